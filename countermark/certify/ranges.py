"""The exact lowest and highest share over all ways the open items of a figure can fall.

Each open item is a choice between ways to count (pairs of whole numbers: change of numerator, change of denominator). Whole numbers
and fractions only. Finding the items is SQL's work; this is the arithmetic of choosing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

Choice = tuple[int, int]
Item = frozenset[Choice]


def share_range(numerator: int, denominator: int, items: Iterable[Item]) -> tuple[Fraction, Fraction] | None:
    """Lowest and highest (numerator + Σ) / (denominator + Σ), each item falling one of its ways.

    Falls that leave no case at all have no share; None where every one does. Items are independent of each other; shares are kept
    between 0 and 1.
    """
    alike = Counter(items)
    if denominator + sum(min(d for _, d in item) * times for item, times in alike.items()) <= 0:
        shares = [Fraction(n, d) for n, d in _reachable(numerator, denominator, alike) if d > 0]
        low, high = (min(shares), max(shares)) if shares else (None, None)
    else:
        low, high = _extreme(numerator, denominator, alike, -1), _extreme(numerator, denominator, alike, 1)
    if low is None or high is None:
        return None
    return max(Fraction(0), min(Fraction(1), low)), max(Fraction(0), min(Fraction(1), high))


def _reachable(numerator: int, denominator: int, items: Counter[Item]) -> set[Choice]:
    """Every (numerator, denominator) that the falls can lead to: for the few figures that could be left without a case."""
    reached = {(numerator, denominator)}
    for item in items.elements():
        reached = {(n + dn, d + dd) for n, d in reached for dn, dd in item}
    return reached


def _extreme(numerator: int, denominator: int, items: Counter[Item], sign: int) -> Fraction | None:
    """Dinkelbach's method: for a trial share the best fall of each item is seen at once; its share is the next trial."""
    trial = Fraction(1 if sign < 0 else 0)
    for _ in range(10_000):
        n, d = numerator, denominator
        for item, times in items.items():
            best = max(item, key=lambda choice: (sign * (choice[0] - trial * choice[1]), choice[1]))
            n, d = n + best[0] * times, d + best[1] * times
        if d <= 0:
            return None
        share = Fraction(n, d)
        if share == trial:
            return share
        trial = share
    raise ArithmeticError("the range did not settle")


def count_range(count: int, items: Iterable[Item]) -> tuple[int, int]:
    """Lowest and highest count, each item falling one of its ways."""
    alike = Counter(items)
    low = count + sum(min(n for n, _ in item) * times for item, times in alike.items())
    high = count + sum(max(n for n, _ in item) * times for item, times in alike.items())
    return max(0, low), max(0, high)
