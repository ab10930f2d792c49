"""The range by brute force: every way the open items can fall, each tried. Not here: which items are open."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product

Move = tuple[int, int]  # change of the numerator, change of the denominator
MOST_ITEMS = 12


def outcomes(numerator: int, denominator: int, options: Sequence[Sequence[Move]]) -> set[tuple[int, int]]:
    """Every (numerator, denominator) that the items can lead to; each item takes exactly one of its moves."""
    if len(options) > MOST_ITEMS:
        raise ValueError(f"more than {MOST_ITEMS} items are too many to try one by one")
    return {
        (numerator + sum(dn for dn, _ in moves), denominator + sum(dd for _, dd in moves))
        for moves in product(*options)
    }


def share_range(
    numerator: int, denominator: int, options: Sequence[Sequence[Move]]
) -> tuple[Fraction, Fraction] | None:
    """Lowest and highest share; outcomes with nobody in the denominator have no share, and None if none has."""
    shares = [Fraction(n, d) for n, d in outcomes(numerator, denominator, options) if d > 0]
    return (min(shares), max(shares)) if shares else None


def count_range(numerator: int, options: Sequence[Sequence[Move]]) -> tuple[int, int]:
    """Lowest and highest count."""
    counts = [n for n, _ in outcomes(numerator, 0, options)]
    return min(counts), max(counts)


def children_of(families: int, sizes: Sequence[int]) -> set[int] | None:
    """Every number of children that so many different families can have, each with one at least; None where there are not so many."""
    if families > len(sizes):
        return None
    return {
        sum(some)
        for chosen in combinations(sizes, families)
        for some in product(*(range(1, size + 1) for size in chosen))
    }
