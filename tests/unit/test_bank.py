"""Holds the printed bridge to its arithmetic: both columns end in one number, whatever the items; the design's example comes out."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.explaining.bank import GAP, LABEL, NUMBER, print_bridge, side_of
from countermark.explaining.reading import Bridge, Line
from tests.intake_kit import catalogue

AS_AT = date(2022, 10, 31)
HAND, NOW = [date(2022, 11, 2)], [date(2022, 11, 16)]
CODES = sorted(catalogue().reasons)


def columns(printed: list[str]) -> tuple[list[int], list[int]]:
    """The numbers of the two columns, the adjusted ones last."""
    width = LABEL + NUMBER
    parts = [(line[:width], line[width + GAP : width * 2 + GAP]) for line in printed]
    found = [[re.search(r"([−+]?\d+)\s*$", cell) for cell in column] for column in zip(*parts, strict=True)]
    left, right = ([int(match[1].replace("−", "-")) for match in column if match] for column in found)
    return left, right


def test_the_example_of_the_design() -> None:
    lines = (
        Line("DUPLICATE_MANUAL", -1, 1),
        Line("AS_AT", -2, 2),
        Line("MANUAL_ONLY", -1, 1),
        Line("SYSTEM_ONLY", 1, 1),
    )
    printed = print_bridge(
        Bridge("numerator", 58, 55, 51, "listed", lines),
        catalogue().reasons,
        "Team list counted 1 November",
        HAND,
        NOW,
        AS_AT,
    )
    left, right = columns(printed)
    assert sorted(left[1:-1]) == [-2, -1, -1] and (left[0], left[-1]) == (58, 54)
    assert right == [51, 4, 55, -1, 54]
    assert printed[-1].endswith("unexplained 0, gross 5")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.builds(Line, st.sampled_from(CODES), st.integers(-400, 400), st.just(1)), max_size=12),
    st.integers(5000, 9999),  # so that no side falls below nothing
    st.integers(0, 9999),
)
def test_both_columns_come_to_one_number(lines: list[Line], manual: int, at_hand: int) -> None:
    system = manual + sum(line.effect for line in lines)
    bridge = Bridge("numerator", manual, system, at_hand, "listed", tuple(lines))
    printed = print_bridge(bridge, catalogue().reasons, "Team list counted 30 September", HAND, NOW, AS_AT)
    end = next(i for i, line in enumerate(printed) if line.startswith("Adjusted"))
    left, right = columns(printed[: end + 1])
    assert left[0] == manual and sum(left[:-1]) == left[-1]
    assert (
        right[0] == at_hand and right[0] + right[1] == right[2] == system and right[2] + sum(right[3:-1]) == right[-1]
    )
    assert left[-1] == right[-1]
    assert all(len(line) <= 100 for line in printed)


def test_a_bridge_that_does_not_add_up_is_not_printed() -> None:
    with pytest.raises(ValueError, match="does not add up"):
        print_bridge(Bridge("numerator", 5, 7, 7, "listed", ()), catalogue().reasons, "Team list", HAND, NOW, AS_AT)


def test_a_case_held_by_another_team_adjusts_the_side_that_lacks_it() -> None:
    reasons = catalogue().reasons
    assert [side_of(Line("TEAM", effect, 1), reasons) for effect in (-1, 1)] == ["manual", "system"]
    system = {code for code in CODES if side_of(Line(code, -1, 1), reasons) == "system"}
    assert system == {"SYSTEM_ONLY", "LATE_RECORDED", "DUPLICATE_SYSTEM", "NOT_ENDED", "CP_AND_CLA", "MIGRATION"}
