"""Holds the public's table to its profile: what is small is gone, cannot be worked out from what stays, and nothing else is lost.

The property is indistinguishability: two authorities that differ in a suppressed count alone are told the same thing.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from countermark.certify.ranges import Item, count_range, share_range
from countermark.exports import suppression
from countermark.exports.audience import given_to, rows_query
from countermark.exports.profile import profile
from countermark.exports.published import Table
from tests.snapshots import ddl, insert, metric

Row = dict[str, Any]
PUBLIC = profile()
SMALLEST, LARGEST = PUBLIC.primary.smallest, PUBLIC.primary.largest
SIDES = ("system", "manual", "reconciled")
NUMBERS = [f"{side}_{part}" for side in SIDES for part in ("numerator", "value")] + ["range_low", "range_high"]
DENOMINATORS = [f"{side}_denominator" for side in SIDES]
SENTENCES = {
    "certified": "Checked: safe to quote.",
    "provisional": "Being checked: quote with its range.",
    "withheld": "Not reliable enough to report.",
}


@lru_cache(maxsize=1)
def _desk() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(ddl("metrics"))
    return con


def _metrics() -> Table:
    """The public's table of figures, with the columns that it is given."""
    return next(table for table in given_to("public") if table.name == "metrics")


def is_small(count: int | None) -> bool:
    """By the profile that is shipped."""
    return count is not None and SMALLEST <= count <= LARGEST


def told(*rows: Row) -> list[Row]:
    """What the public is told of these figures."""
    con, table = _desk(), _metrics()
    con.execute("delete from metrics")
    insert(con, "metrics", rows)
    suppression.prepare(con, PUBLIC)
    names = [column.name for column in table.columns]
    found = con.execute(f"select {', '.join(names)} from ({rows_query(table, 'public')}) order by all").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def figure(sides: dict[str, tuple[int, int | None]], **other: Any) -> Row:
    """A row of metrics from each side's counts, its range from its overtaken cases and the open items."""
    n, d = sides["system"]
    items: list[Item] = [frozenset({(0, 1), (1, 1)})] * other.get("overtaken", 0)
    open_items = other.pop("open_items", 0)
    items += [frozenset({(0, 0), (1, 0)})] * min(open_items, (d - n) if d is not None else open_items)
    bounds = count_range(n, items) if d is None else share_range(n, d, items)
    cells = {f"{side}_numerator": counts[0] for side, counts in sides.items()}
    cells |= {f"{side}_denominator": counts[1] for side, counts in sides.items()}
    cells |= {f"{side}_{part}": None for side in SIDES if side not in sides for part in ("numerator", "denominator")}
    low, high = bounds or (None, None)
    return metric(
        n,
        d,
        **cells,
        **other,
        range_low=low if low is None else float(low),
        range_high=high if high is None else float(high),
    )


few = st.one_of(
    st.integers(0, 8), *[st.integers(LARGEST + 1, 300)] * 4
)  # seldom small, so that one small count stands alone


@st.composite
def shares(draw: st.DrawFn) -> dict[str, tuple[int, int | None]]:
    def side() -> tuple[int, int | None]:
        met, unmet = draw(few), draw(few)
        return met, met + unmet

    found = {"system": side(), "reconciled": side()}
    return found | ({"manual": side()} if draw(st.booleans()) else {})


@st.composite
def headcounts(draw: st.DrawFn) -> dict[str, tuple[int, int | None]]:
    return {side: (draw(few), None) for side in SIDES if side != "manual" or draw(st.booleans())}


around = st.fixed_dictionaries(
    {
        "overtaken": few,
        "not_countable": few,
        "open_items": st.integers(0, 3),
        "status": st.sampled_from(sorted(SENTENCES)),
    }
)


def _is_small(sides: dict[str, tuple[int, int | None]]) -> bool:
    return any(is_small(n) or (d is not None and (is_small(d - n) or is_small(d))) for n, d in sides.values())


@settings(max_examples=120, deadline=None)
@given(shares() | headcounts(), around)
def test_what_is_small_is_empty_and_all_else_is_told(
    sides: dict[str, tuple[int, int | None]], other: dict[str, Any]
) -> None:
    row = figure(sides, **other)
    (public,) = told(row)
    small, hidden = _is_small(sides), row["status"] == "withheld"
    assert public["suppressed"] == ("[c]" if small else None)
    assert public["status_reason"] == SENTENCES[row["status"]]
    few_overtaken = is_small(row["overtaken"])
    for name in NUMBERS:
        gone = small or hidden or (few_overtaken and name.startswith("range"))
        assert public[name] == (None if gone else row[name]), name
    for name in DENOMINATORS:
        assert public[name] == (None if hidden or is_small(row[name]) else row[name]), name
    for name in ("not_countable", "overtaken"):
        assert public[name] == (None if is_small(row[name]) else row[name]), name
        assert (name in (public["suppressed_cells"] or "").split()) == is_small(row[name])


@settings(max_examples=120, deadline=None)
@given(st.data(), shares() | headcounts(), around)
def test_a_suppressed_count_cannot_be_worked_out(
    data: st.DataObject, sides: dict[str, tuple[int, int | None]], other: dict[str, Any]
) -> None:
    """Swap one suppressed count for another small one, carry it through values and range: not a cell may differ."""
    hidden: list[tuple[str, str]] = [(name, "") for name in ("overtaken", "not_countable") if is_small(other[name])]
    for side, (n, d) in sides.items():
        hidden += [(side, "numerator")] if is_small(n) else []
        hidden += [(side, "complement")] if d is not None and is_small(d - n) else []
    assume(hidden)
    which, part = data.draw(st.sampled_from(hidden))
    another = data.draw(st.integers(SMALLEST, LARGEST))
    before = told(figure(sides, **dict(other)))
    if part:
        n, d = sides[which]
        if d is None or is_small(d):
            met = another if part == "numerator" else n
            unmet = another if part == "complement" else (d or 0) - n
            swapped: tuple[int, int | None] = (met, None if d is None else met + unmet)
            assume(d is None or is_small(swapped[1]))
        else:
            swapped = (another, d) if part == "numerator" else (d - another, d)
        after = told(figure({**sides, which: swapped}, **dict(other)))
    else:
        after = told(figure(sides, **{**other, which: another}))
    assert before == after


@pytest.mark.parametrize(
    ("numerator", "mark"),
    [(0, None), (1, "[c]"), (5, "[c]"), (6, None), (94, None), (95, "[c]"), (99, "[c]"), (100, None)],
)
def test_the_bounds_of_small(numerator: int, mark: str | None) -> None:
    (public,) = told(metric(numerator, 100))
    assert (public["suppressed"], public["system_denominator"]) == (mark, 100)
    assert (public["system_numerator"] is None) == (mark is not None)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("counts", [(3, 100), (97, 100), (0, 4)])
def test_a_small_number_on_any_one_side_empties_all_three(side: str, counts: tuple[int, int]) -> None:
    (public,) = told(metric(40, 100, **{f"{side}_numerator": counts[0], f"{side}_denominator": counts[1]}))
    assert public["suppressed"] == "[c]"
    assert [public[name] for name in NUMBERS] == [None] * len(NUMBERS)
    shown = {f"{other}_denominator": 100 for other in SIDES} | {
        f"{side}_denominator": None if is_small(counts[1]) else 100
    }
    assert {name: public[name] for name in DENOMINATORS} == shown


def test_a_small_headcount_is_gone_wherever_it_is_another_figures_total() -> None:
    """Children on a plan are the total of those two years or more on one: neither row may tell the other's."""
    count, share = told(metric(4, None, indicator_id="PP0"), metric(0, 4, indicator_id="PP6"))
    assert count["system_numerator"] is None and share["system_denominator"] is None and share["suppressed"] == "[c]"


def test_teams_are_told_and_reasons_name_none() -> None:
    public = told(
        metric(),
        metric(team="North"),
        metric(indicator_id="PP6", status="withheld", status_reason="North has 3 open.", team="ALL"),
    )
    assert [(row["indicator_id"], row["team"]) for row in public] == [("PP1", "ALL"), ("PP1", "North"), ("PP6", "ALL")]
    assert not any("North" in str(cell) for row in public for name, cell in row.items() if name != "team")
    assert public[2]["system_denominator"] is None and public[2]["range_high"] is None


def test_of_measured_values_teams_are_left_out_and_a_few_cases_are_emptied() -> None:
    """From the averages of the authority and its other teams that of a small team, which may be one child's, could be worked out."""
    average = {"indicator_id": "PP13", "unit": "days"}
    authority, few, missing = (
        metric(n, d, **average | {"as_at": date(2022, month, 28)}, system_value=12.3456, largest=99.0)
        for n, d, month in ((40, 40, 8), (3, 3, 9), (37, 40, 10))
    )
    team = metric(20, 20, team="North", **average | {"as_at": authority["as_at"]}, system_value=3.0)
    shown, *gone = told(authority, few, missing, team)
    assert shown["team"] == "ALL" and (shown["system_value"], shown["system_denominator"]) == (12.3456, 40)
    assert [row["as_at"].month for row in gone] == [9, 10]
    for row in gone:
        assert row["suppressed"] == "[c]" and [row[name] for name in NUMBERS] == [None] * len(NUMBERS)
    assert not any({"largest", "children_numerator", "children_denominator"} & set(row) for row in (shown, *gone))


def test_a_small_team_of_a_measured_figure_costs_the_authority_nothing() -> None:
    """Its row is not published, so nothing has to hide it."""
    average = {"indicator_id": "PP13", "unit": "days"}
    (public,) = told(
        metric(43, 43, **average), metric(3, 3, team="North", **average), metric(40, 40, team="South", **average)
    )
    assert public["suppressed"] is None and public["system_denominator"] == 43


def test_a_target_is_told_of_the_figures_that_are_told_and_of_no_other() -> None:
    """A team has a target row only where it has a figure: of a team left out it would say that somebody is there."""
    con = duckdb.connect()
    rows = [
        metric(), metric(team="North"),
        metric(4, None, indicator_id="PP0"), metric(4, None, indicator_id="PP0", team="North"),
        metric(20, 20, indicator_id="PP13", unit="days"), metric(20, 20, indicator_id="PP13", unit="days", team="North"),
    ]  # fmt: skip
    for name in ("metrics", "targets", "comparators", "rates"):
        con.execute(ddl(name))
    keys = ("authority", "indicator_id", "as_at", "team")
    insert(con, "metrics", rows)
    insert(con, "targets", [{name: row[name] for name in keys} | {"target": 0.9, "standing": "off"} for row in rows])
    suppression.prepare(con, PUBLIC)
    tables = {table.name: table for table in given_to("public")}
    found = {
        name: con.execute(f"select {', '.join(keys)} from ({rows_query(table, 'public')}) order by all").fetchall()
        for name, table in tables.items()
        if name in ("metrics", "targets")
    }
    assert found["targets"] == found["metrics"]
    assert [(row[1], row[3]) for row in found["targets"]] == [
        ("PP0", "ALL"), ("PP1", "ALL"), ("PP1", "North"), ("PP13", "ALL"),
    ]  # fmt: skip
    assert {column.name for column in tables["targets"].columns} == {*keys, "target", "band"}
