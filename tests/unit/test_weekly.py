"""Figures watched week by week: all weeks at once come to what each comes to by itself; only weeks that an extract holds whole; named as what
they are wherever they go."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from pydantic import ValidationError

from countermark.certify.facts import definition_hash
from countermark.certify.trends import publish_weekly
from countermark.charts.weekly import Week, weekly_chart, weekly_drawing
from countermark.contracts.catalogue import load
from countermark.contracts.indicator import Indicator
from countermark.exports.audience import given_to
from countermark.reconcile import weekly
from countermark.reconcile.members import Position
from tests.examples.cases import cases
from tests.examples.world import World, indicators

AUTHORITY, NEWEST = "E0", date(2022, 10, 31)
KNOWN = load()
WATCHED = sorted(one.id for one in indicators().values() if one.rolling_weeks)
LIST_4, LIST_9 = "annex_a.list_04", "annex_a.list_09"


def test_the_weeks_end_on_sundays_and_the_last_is_the_newest_dates_own_or_the_one_before() -> None:
    for day in (date(2022, 10, 30) + timedelta(days=n) for n in range(7)):
        found = weekly.sundays(day)
        assert len(found) == 26 and {one.isoweekday() for one in found} == {7}
        assert found[-1] == date(2022, 10, 30) and found == sorted(found)


def test_what_matters_week_by_week_is_watched() -> None:
    assert {"AS1", "AS2", "CP0", "CP3", "FD2", "PP2"} <= set(WATCHED)
    assert {indicators()[one].rolling_weeks for one in WATCHED} == {4}
    assert not any(one.rolling_weeks for one in indicators().values() if one.window_of)


@pytest.mark.parametrize("indicator", WATCHED)
def test_all_weeks_at_once_are_what_each_is_by_itself(indicator: str) -> None:
    """Over the definition's own examples, so that its odd days are among them."""
    seen = 0
    for case in (one for one in cases(indicators()[indicator]) if not one.indicator.window_of):
        world = World(case.indicator)
        for name, rows in case.given.items():
            world.give(name, rows, case.extracted_on)
        ends = weekly.sundays(case.as_at + timedelta(days=35), 12)
        world.con.execute("create schema if not exists facts")
        world.con.execute(f"create or replace table facts.weekly ({weekly.WEEKLY})")
        weekly._sum(world.con, case.indicator, Position(AUTHORITY, case.as_at), ends, "x")
        for end in ends:
            first = end - timedelta(days=27)
            said = {**case.indicator.said, "as_at": end, "period_start": first}
            sql = case.indicator.members_sql
            bound = {name: value for name, value in said.items() if re.search(rf"\${name}\b", sql)}
            alone = world.con.execute(
                "select count(*) filter (in_numerator), count(*) filter (in_denominator) "
                f"from ({sql.strip().rstrip(';')}) as m where state is not null", bound,
            ).fetchall()[0]  # fmt: skip
            [(start, n, d)] = world.con.execute(
                "select first_day, numerator, denominator from facts.weekly where week_end = ? and team = 'ALL'", [end]
            ).fetchall()
            assert (start, n) == (first, alone[0]), (case.title, end)
            assert d == (None if case.indicator.measures == "count" else alone[1]), (case.title, end)
            seen += alone[1]
    assert seen > 0, "no example has anybody to count, so this shows nothing"


def extracts(*taken: tuple[str, date], weeks: int = 4) -> dict[tuple[str, date], date]:
    """Of each list and Sunday the extract that the week rests on."""
    with duckdb.connect() as con:
        con.execute("create schema typed")
        con.execute("create table typed.extracts (authority varchar, contract varchar, extracted_on date)")
        con.executemany("insert into typed.extracts values (?, ?, ?)", [(AUTHORITY, *one) for one in taken])
        weekly._find_extracts(con, KNOWN, Position(AUTHORITY, NEWEST), [weeks])
        rows = con.execute("select contract, week_end, extracted_on from week_extracts").fetchall()
    return {(contract, end): extracted_on for contract, end, extracted_on in rows}


def test_a_week_that_had_not_ended_when_the_newest_extract_was_taken_is_left_out() -> None:
    found = extracts((LIST_9, date(2022, 10, 29)))
    assert (LIST_9, date(2022, 10, 23)) in found and (LIST_9, date(2022, 10, 30)) not in found
    assert (LIST_9, date(2022, 10, 30)) in extracts((LIST_9, date(2022, 10, 30)))


def test_a_list_that_forgets_is_asked_only_for_weeks_that_it_holds_whole() -> None:
    """List 4 is followed for three months: of the extract of 2 November the first whole four weeks begin on 8 August."""
    assert KNOWN.contracts[LIST_4].reaches_back_months == 3
    found = extracts((LIST_4, date(2022, 11, 2)))
    assert min(end for _, end in found) == date(2022, 9, 4)
    older = extracts((LIST_4, date(2022, 11, 2)), (LIST_4, date(2022, 8, 30)))
    assert older[LIST_4, date(2022, 8, 28)] == date(2022, 8, 30)
    assert older[LIST_4, date(2022, 9, 4)] == date(2022, 11, 2), "the newest that holds the weeks"
    assert min(end for _, end in extracts((LIST_9, date(2022, 11, 2)))) == date(2022, 5, 8)


def test_only_monthly_shares_and_counts_may_ask_for_it_and_asking_changes_no_definition() -> None:
    monthly, of_a_day = indicators()["AS2"], indicators()["PP0"]
    fields = {name: getattr(of_a_day, name) for name in type(of_a_day).model_fields}
    with pytest.raises(ValidationError, match="only a monthly share or count"):
        Indicator.model_validate(fields | {"rolling_weeks": 4})
    assert definition_hash(monthly) == definition_hash(monthly.model_copy(update={"rolling_weeks": 0}))


def test_what_is_published_is_named_and_of_figures_that_may_be_reported() -> None:
    with duckdb.connect() as con:
        con.execute("create schema facts")
        con.execute(f"create table facts.weekly ({weekly.WEEKLY})")
        rows = [
            (AUTHORITY, name, date(2022, 10, 30), date(2022, 10, 3), team, n, d, NEWEST, "x")
            for name, team, n, d in (
                ("AS2", "ALL", 3, 4), ("AS2", "North", 1, 1), ("CP0", "ALL", 2, None), ("CP3", "ALL", 0, 0), ("AS1", "ALL", 5, 6),
            )
        ]  # fmt: skip
        con.executemany("insert into facts.weekly values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        con.execute(
            "create table main.metrics as select unnest(['AS2', 'CP0', 'CP3', 'AS1']) as indicator_id, 'E0' as authority, 'ALL' as team, "
            "date '2022-10-31' as as_at, 'A title' as title, 'event' as case_unit, "
            "if(indicator_id = 'CP0', 'count', 'percent') as unit, if(indicator_id = 'AS1', 'withheld', 'certified') as status"
        )
        publish_weekly(con, KNOWN)
        found = con.execute(
            "select indicator_id, team, numerator, denominator, value, weeks, period_says from main.weekly order by all"
        )
        said = "four weeks to 30 October 2022"
        assert found.fetchall() == [
            ("AS2", "ALL", 3, 4, 0.75, 4, said), ("AS2", "North", 1, 1, 1.0, 4, said), ("CP0", "ALL", 2, None, 2.0, 4, said),
            ("CP3", "ALL", 0, 0, None, 4, said),
        ]  # fmt: skip
    assert "weekly" in {table.name for table in given_to("leader")}
    assert "weekly" not in {table.name for table in given_to("public")}, "neighbouring weeks would tell of single cases"


def week(number: int, numerator: int, denominator: int | None) -> Week:
    end = date(2022, 10, 2) + timedelta(weeks=number)
    value = float(numerator) if denominator is None else numerator / denominator if denominator else None
    return Week(end, f"four weeks to {end.day} October 2022", numerator, denominator, value)


def test_the_chart_names_the_last_weeks_shows_small_counts_and_breaks_where_nobody_was(tmp_path: Path) -> None:
    drawing = weekly_drawing("Conferences in time", [week(0, 3, 4), week(1, 0, 0), week(2, 30, 40), week(3, 5, 9)])
    assert drawing.label == "Conferences in time, week by week"
    assert (
        drawing.says == "3 Sundays from 2 October 2022 to 23 October 2022. 5 of 9 in the four weeks to 23 October 2022."
    )
    rows = drawing.spec["data"]["values"]
    assert [row["run"] for row in rows] == [0, 1, 1] and [row["text"] for row in rows] == ["", "", "5 of 9"]
    assert drawing.spec["encoding"]["y"]["scale"]["domain"][0] == 0
    assert "5 of 9" in weekly_chart("Conferences in time", [week(0, 3, 4), week(3, 5, 9)], narrow=True)
    assert week(2, 30, 40).text == "75%" and week(1, 0, 0).text == "[z]" and week(0, 7, None).text == "7"
    with pytest.raises(ValueError, match="without a week"):
        weekly_drawing("Conferences in time", [week(1, 0, 0)])
