"""Holds the range to brute force over every way that up to twelve open items can fall, in fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.certify.ranges import Item, count_range, share_range

# Each item's ways as pairs of changes (numerator, denominator), its system state first where it has one.
WAYS: list[Item] = [
    frozenset({(0, 0), (1, 0)}),  # the two records differ; or a visit whose date cannot be used
    frozenset({(0, 0), (-1, 0)}),  # the system says met, the list does not
    frozenset({(0, 0), (0, -1)}),  # in the system alone, not met
    frozenset({(0, 0), (-1, -1)}),  # in the system alone, met
    frozenset({(0, 0), (1, 1)}),  # in the list alone, met
    frozenset({(0, 0), (0, 1)}),  # in the list alone, not met
    frozenset({(0, 1), (1, 1)}),  # overtaken
    frozenset({(0, 0), (2, 3)}),  # a part of a count that no list backs
]


def brute_force(n: int, d: int, items: list[Item]) -> tuple[Fraction, Fraction] | None:
    shares = []
    for fall in product(*items):
        numerator, denominator = n + sum(dn for dn, _ in fall), d + sum(dd for _, dd in fall)
        if denominator > 0:
            shares.append(Fraction(numerator, denominator))
    if not shares:
        return None
    return max(Fraction(0), min(Fraction(1), min(shares))), max(Fraction(0), min(Fraction(1), max(shares)))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.lists(st.sampled_from(WAYS), max_size=12))
def test_share_range_is_exact(a: int, b: int, items: list[Item]) -> None:
    n, d = min(a, b), max(a, b)
    assert share_range(n, d, items) == brute_force(n, d, items)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 30), st.lists(st.sampled_from(WAYS), max_size=10))
def test_count_range_is_exact(n: int, items: list[Item]) -> None:
    counts = [n + sum(dn for dn, _ in fall) for fall in product(*items)]
    assert count_range(n, items) == (max(0, min(counts)), max(0, max(counts)))


def test_many_items_are_quick_and_the_system_value_lies_inside() -> None:
    items = WAYS * 500
    found = share_range(5000, 10000, items)
    assert found is not None
    assert found[0] < Fraction(1, 2) < found[1]


def test_no_open_item_leaves_the_value_itself() -> None:
    assert share_range(3, 4, []) == (Fraction(3, 4), Fraction(3, 4))
    assert share_range(0, 0, []) is None
