"""Limits and signals of an XmR chart in plain Python and exact fractions, one point at a time. Not here: which figures take part."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

REACH, CLOSE, SCREEN, LEAST = Fraction(266, 100), Fraction(177, 100), Fraction(3267, 1000), 13


@dataclass(frozen=True)
class Judged:
    """A point's limits, and its signal with its direction; no signal is ('', 0)."""

    centre: Fraction
    mean_range: Fraction
    signal: str
    whither: int


def mean(values: Sequence[Fraction]) -> Fraction:
    """The mean of one or more numbers."""
    return sum(values, Fraction(0)) / len(values)


def sign(value: Fraction) -> int:
    """1, 0 or -1."""
    return (value > 0) - (value < 0)


def judge(values: Sequence[Fraction]) -> list[Judged] | None:
    """Every point of one stretch; None with fewer than 13 points."""
    if len(values) < LEAST:
        return None
    moves = [abs(b - a) for a, b in itertools.pairwise(values)]
    kept = [move for move in moves if move < SCREEN * mean(moves)]
    mean_range = mean(kept) if kept and any(kept) else mean(moves)
    centre = mean(values)
    return [Judged(centre, mean_range, *_signal(values, i, centre, mean_range)) for i in range(len(values))]


def _signal(values: Sequence[Fraction], i: int, centre: Fraction, mean_range: Fraction) -> tuple[str, int]:
    off = values[i] - centre
    if abs(off) > REACH * mean_range:
        return "outside", sign(off)
    for window in _windows(values, i, 7):
        steps = {sign(b - a) for a, b in itertools.pairwise(window)}
        if steps in ({1}, {-1}):
            return "trend", steps.pop()
    if abs(off) > CLOSE * mean_range:
        for window in _windows(values, i, 3):
            near = [sign(v - centre) for v in window if abs(v - centre) > CLOSE * mean_range]
            if near.count(sign(off)) >= 2:
                return "two_of_three", sign(off)
    for window in _windows(values, i, 7):
        sides = {sign(v - centre) for v in window}
        if sides in ({1}, {-1}):
            return "one_side", sides.pop()
    return "", 0


def _windows(values: Sequence[Fraction], i: int, size: int) -> list[Sequence[Fraction]]:
    """Every run of `size` neighbours that holds point i, the earliest first."""
    starts = range(max(0, i - size + 1), min(i, len(values) - size) + 1)
    return [values[start : start + size] for start in starts]
