"""Holds the invented authority's earlier months to account: an extract and counts each, believable levels, nothing from the future."""

from __future__ import annotations

import csv
import json
import statistics
from datetime import date
from pathlib import Path

import pytest

from countermark.sample.counts import HEADCOUNTS, Question, members
from countermark.sample.histories import World
from countermark.sample.lists import Lists, extract
from countermark.sample.sample import write_sample
from countermark.sample.world import make_clock, make_world

AS_AT, MONTHS = date(2022, 10, 31), 14
LEVELS = {  # at scale 1, over all months: the lowest and the highest that is believable
    "PP0": (200, 400), "LA0": (500, 700), "CN0": (1300, 2000), "PP1": (0.6, 0.97), "PP3": (0.7, 0.95), "AS1": (0.6, 0.95),
    "AS2": (0.6, 0.95), "LA8": (0.65, 0.9), "LA4": (0.07, 0.16), "FD5": (0.02, 0.18),
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(1, 1.0, AS_AT, MONTHS)


@pytest.fixture(scope="module")
def months(world: World) -> dict[date, Lists]:
    """The extract that follows each month's end, before any fault."""
    clock = world.clock
    return dict(zip(clock.ends, [extract(world, on) for on in (*clock.extracts, clock.first)], strict=True))


def _value(indicator: str, as_at: date, lists: Lists) -> float:
    found = members(indicator, Question(as_at, [lists])).values()
    met = sum(member.numerator for member in found)
    return met if indicator in HEADCOUNTS else met / sum(member.denominator for member in found)


@pytest.mark.parametrize("indicator", LEVELS)
def test_levels_stay_believable_from_the_first_month_to_the_last(indicator: str, months: dict[date, Lists]) -> None:
    values = [_value(indicator, end, lists) for end, lists in months.items()]
    low, high = LEVELS[indicator]
    assert len(values) == 15
    assert low <= min(values) and max(values) <= high, values
    if indicator in HEADCOUNTS:
        early, late = statistics.mean(values[:5]), statistics.mean(values[-5:])
        assert abs(late - early) < 0.2 * statistics.mean(values), "no drift by the way the stock is made"


def test_visits_came_to_be_in_time_more_often_and_assessments_less_so(months: dict[date, Lists]) -> None:
    values = {i: [_value(i, end, lists) for end, lists in months.items()] for i in ("PP1", "AS2")}
    assert statistics.mean(values["PP1"][-6:]) > statistics.mean(values["PP1"][:6]) + 0.04
    assert statistics.mean(values["AS2"][-2:]) < statistics.mean(values["AS2"][:8]) - 0.04


def test_nothing_in_an_extract_lies_after_it_and_no_visit_is_lost_to_its_date(
    world: World, months: dict[date, Lists]
) -> None:
    for (end, lists), on in zip(months.items(), (*world.clock.extracts, world.clock.first), strict=True):
        for number in (1, 3, 4, 5, 6, 7, 8):
            dates = [v for row in lists[number] for key, v in row.items() if key != "dob" and isinstance(v, date)]
            assert max(dates) <= on, (number, on)
        if end < AS_AT:
            assert not [m for m in members("PP1", Question(end, [lists])).values() if m.state == "overtaken"]


def test_months_of_a_history_end_with_the_month() -> None:
    clock = make_clock(date(2024, 3, 31), 2)
    assert clock.ends == (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
    assert clock.extracts == (date(2024, 2, 2), date(2024, 3, 4))
    assert make_clock(AS_AT).ends == (AS_AT,) and make_clock(AS_AT).extracts == ()


def test_each_month_has_its_files_and_the_truth_accounts_for_them(tmp_path: Path) -> None:
    truth = json.loads(write_sample(tmp_path, scale=0.05, history=2, sources="annex_a").read_text(encoding="utf-8"))
    inbox = tmp_path / "inbox"
    assert truth["extracts"] == ["2022-09-02", "2022-10-04", "2022-11-02", "2022-11-16"]
    assert len(list(inbox.glob("*/Annex A*.xlsx"))) == 4
    for month in ("2022-08", "2022-09"):
        counts = list(csv.DictReader((inbox / "counts" / f"{month} counts.csv").open(encoding="utf-8")))
        lists = list(csv.DictReader((inbox / "lists" / f"{month} lists.csv").open(encoding="utf-8")))
        assert {row["as_at"][:7] for row in counts} == {row["as_at"][:7] for row in lists} == {month}
        told = {row["file"]: row["rows_in"] for row in truth["rows"]}
        assert told[f"counts/{month} counts.csv"] == len(counts)
        assert told[f"lists/{month} lists.csv"] == len(lists)
        for row in counts:
            listed = [r for r in lists if (r["indicator_id"], r["team"]) == (row["indicator_id"], row["team"])]
            assert len(listed) == int(row["denominator"] or row["numerator"])


def test_without_a_history_the_world_is_as_it_was() -> None:
    one, other = make_world(3, 0.05, AS_AT), make_world(3, 0.05, AS_AT, 0)
    assert extract(one, one.clock.second) == extract(other, other.clock.second)
    assert make_world(3, 0.05, AS_AT, 1).clock.start < one.clock.start
