"""The words that people read: how many of what, and measured values."""

from __future__ import annotations

import pytest

from countermark.words import is_measured, measured, plain, unit


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("child", "children"),
        ("event", "events"),
        ("section 47 enquiry", "section 47 enquiries"),
        ("visit that fell due", "visits that fell due"),
        ("period of care", "periods of care"),
        ("assessment of a family", "assessments of a family"),
        ("placement with connected carers", "placements with connected carers"),
        ("child's care proceedings", "child's care proceedings"),
    ],
)
def test_the_first_noun_takes_the_plural(one: str, several: str) -> None:
    assert unit(one, 1) == one
    assert unit(one, 2) == unit(one, 0) == several


def test_a_measured_value_has_its_unit_and_no_place_that_says_nothing() -> None:
    assert measured(12.0, "days") == "12 days" and measured(12.44, "weeks") == "12.4 weeks"
    assert plain(1204.0) == "1,204" and measured(None, "days") == "[z]"


def test_only_shares_and_counts_are_not_measured() -> None:
    assert is_measured("days") and is_measured("cases for each full-time worker")
    assert not is_measured("percent") and not is_measured("count")
