"""Attacks what the public is given: no reader with a linear program may narrow an emptied cell to fewer values than the profile leaves.

Publications are generated: two months, up to four teams, measures that share their populations, counts beside the system's. The control
is the same attack on the same figures with secondary suppression switched off, where it must succeed.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from countermark.exports import suppression
from countermark.exports.audience import given_to, rows_query
from countermark.exports.polyhedron import Polyhedron
from countermark.exports.profile import Profile, Rounding, Secondary, profile
from countermark.exports.published import Table
from tests.attack import exposed, key_of, truth_of
from tests.snapshots import ddl, insert, metric

Row = dict[str, Any]
PUBLIC, STRICT = profile(), profile("strict")
OPEN = PUBLIC.model_copy(update={"secondary": Secondary(totals=False, related=False)})
ROUNDED = PUBLIC.model_copy(update={"rounding": Rounding(decimals=2)})
FIRST, SECOND = date(2022, 9, 30), date(2022, 10, 31)
SHARES = {"PP0": ("PP6", "PP1"), "LA0": ("LA4", "LA8")}


@lru_cache(maxsize=1)
def _desk() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(ddl("metrics"))
    return con


def _metrics() -> Table:
    """The public's table of figures, with the columns that it is given."""
    return next(table for table in given_to("public") if table.name == "metrics")


def told(rows: list[Row], by: Profile) -> list[Row]:
    """What the public is told of these figures by a profile."""
    con, table = _desk(), _metrics()
    con.execute("delete from metrics")
    insert(con, "metrics", rows)
    suppression.prepare(con, by)
    names = [column.name for column in table.columns]
    found = con.execute(f"select {', '.join(names)} from ({rows_query(table, 'public')}) order by all").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def attack(rows: list[Row], by: Profile, also: Profile | None = None) -> dict[Any, Any]:
    """The cells that are exposed; `also` is the profile whose promise is asked for where it is another one."""
    promise = also or by
    return exposed(
        rows, told(rows, by), promise.primary.smallest, promise.primary.largest, promise.secondary.values, by.rounding.decimals
    )  # fmt: skip


count = st.one_of(st.integers(0, 9), st.integers(6, 40))


def _row(indicator: str, day: date, team: str, n: int, d: int | None, overtaken: int = 0, **other: Any) -> Row:
    low = n / (d + overtaken) if d else None
    high = (n + overtaken) / (d + overtaken) if d else None
    spans = {"range_low": low, "range_high": high} if d is not None else {}
    return metric(n, d, indicator_id=indicator, as_at=day, team=team, overtaken=overtaken, **other | spans)


@st.composite
def _population(draw: st.DrawFn, base: str, day: date, team: str) -> list[Row]:
    """A headcount and two shares of it, of one team."""
    whole, of_all = draw(count), draw(count)
    small = min(draw(count), whole)
    overtaken = min(draw(st.sampled_from([0, 0, 0, 1, 2, 7])), whole)
    left = whole - overtaken
    manual = (
        {side: draw(count) for side in ("manual_numerator",)}
        if draw(st.integers(0, 3)) == 0
        else {"manual_numerator": None}
    )
    rows = [_row(base, day, team, whole, None, **manual, manual_denominator=None)]
    rows.append(_row(SHARES[base][0], day, team, small, whole, manual_numerator=None, manual_denominator=None))
    rows.append(_row(SHARES[base][1], day, team, min(of_all, left), left, overtaken))
    return rows


@st.composite
def publications(draw: st.DrawFn) -> list[Row]:
    """The rows of one publication."""
    teams = ["East", "North", "South", "West"][: draw(st.integers(0, 4))]
    rows: list[Row] = []
    for day in (FIRST, SECOND)[: draw(st.integers(1, 2))]:
        for base in draw(st.sampled_from([["PP0"], ["LA0"], ["PP0", "LA0"]])):
            parts = [row for team in teams for row in draw(_population(base, day, team))]
            nobodys = draw(_population(base, day, "")) if not teams or draw(st.integers(0, 2)) == 0 else []
            rows += [row for row in parts if (row["system_denominator"] or row["system_numerator"])]
            rows += [
                _sum([row for row in [*parts, *nobodys] if row["indicator_id"] == name], name, day)
                for name in (base, *SHARES[base])
            ]
        if draw(st.booleans()):
            rows.append(_row("PP7", day, "ALL", n := draw(count), n + draw(count)))
    for row in rows:
        if draw(st.integers(0, 9)) == 0:
            row["status"] = "withheld"
    return rows


def _sum(parts: list[Row], indicator: str, day: date) -> Row:
    def total(name: str) -> int | None:
        cells = [part[name] for part in parts]
        return None if not cells or any(cell is None for cell in cells) else sum(cells)

    names = [f"{side}_{part}" for side in ("manual", "reconciled") for part in ("numerator", "denominator")]
    n, o = total("system_numerator") or 0, total("overtaken") or 0
    return _row(indicator, day, "ALL", n, total("system_denominator"), o, **{name: total(name) for name in names})


CALM = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@CALM
@given(publications(), st.sampled_from([PUBLIC, PUBLIC, STRICT, ROUNDED]))
def test_no_emptied_cell_can_be_narrowed(rows: list[Row], by: Profile) -> None:
    given_sides = [row if by is not STRICT else _only_system(row) for row in rows]
    found = attack(given_sides, by)
    for cell in beyond_emptying(given_sides, by) if found else ():
        found.pop(cell, None)
    assert not found, found


def beyond_emptying(rows: list[Row], by: Profile) -> set[Any]:
    """What a reader narrows from the rows' being there alone, with every count in them emptied: no choice of cells hides that."""
    kept = {"authority", "indicator_id", "as_at", "team", "unit", "status"}
    empty = [{name: value if name in kept else None for name, value in row.items()} for row in told(rows, by)]
    return set(exposed(rows, empty, by.primary.smallest, by.primary.largest, by.secondary.values, by.rounding.decimals))


def test_that_a_team_has_no_row_beside_its_other_row_cannot_be_hidden_and_nothing_else_escapes() -> None:
    """East and North have a child each in care and nobody whose check is known: of both somebody is overtaken, whatever is emptied."""
    rows = [
        _row("LA0", FIRST, "East", 2, None), _row("LA0", FIRST, "North", 1, None), _row("LA0", FIRST, "South", 11, None),
        _row("LA0", FIRST, "West", 19, None), _row("LA0", FIRST, "ALL", 33, None),
        _row("LA8", FIRST, "South", 10, 10, 1), _row("LA8", FIRST, "West", 3, 19), _row("LA8", FIRST, "ALL", 13, 29, 4),
    ]  # fmt: skip
    found = attack(rows, PUBLIC)
    assert {(key[1:], name) for key, name in found} == {(("LA8", FIRST, team), "overtaken") for team in ("ALL", "")}
    assert set(found) == beyond_emptying(rows, PUBLIC)
    assert not any(row["overtaken"] for row in told(rows, PUBLIC))
    assert not beyond_emptying(CONTROLS["the total less the other teams"], PUBLIC)


def _only_system(row: Row) -> Row:
    return row | {
        f"{side}_{part}": None for side in ("manual", "reconciled") for part in ("numerator", "denominator", "value")
    }


@CALM
@given(publications())
def test_what_is_emptied_is_marked_and_what_is_not_is_true(rows: list[Row]) -> None:
    truth = {key_of(row): row for row in rows}
    for row in told(rows, PUBLIC):
        real, cells = truth[key_of(row)], (row["suppressed_cells"] or "").split()
        for name in [name for name in truth_of(real) if not name.endswith("complement")]:
            if row[name] is not None:
                assert row[name] == real[name]
            elif real["status"] != "withheld" or name in ("overtaken", "not_countable"):
                assert name in cells or (name.endswith("numerator") and row["suppressed"] == "[c]"), name


def teams_of(*counts: int, **other: Any) -> list[Row]:
    """A headcount of the teams and of the authority."""
    rows = [metric(n, None, indicator_id="CN0", team=name, **other) for name, n in zip("ABCDE", counts, strict=False)]
    return [metric(sum(counts), None, indicator_id="CN0", **other), *rows]


def by_names(**counts: tuple[int, int]) -> list[Row]:
    """A share of the teams and of the authority."""
    whole = metric(sum(n for n, _ in counts.values()), sum(d for _, d in counts.values()))
    return [whole, *(metric(n, d, team=team) for team, (n, d) in counts.items())]


CONTROLS = {
    "the total less the other teams": teams_of(3, 20, 30),
    "two teams of one each": teams_of(1, 1, 30, 40),
    "the total less the other teams, of those who do not meet it": by_names(A=(20, 23), B=(10, 30), C=(15, 30)),
    "the same children in another figure": [
        metric(4, None, indicator_id="PP0"), metric(0, 4, indicator_id="PP6"), *teams_of(4)[1:],
        metric(9, 40, indicator_id="LA4"), metric(40, None, indicator_id="LA0"),
        metric(10, 37, indicator_id="LA8", overtaken=3, range_low=0.25, range_high=0.325),
    ],
    "those who began, by two months": [
        metric(50, None, indicator_id="PP0", as_at=FIRST), metric(55, None, indicator_id="PP0", as_at=SECOND),
        metric(1, 5, indicator_id="PP7", as_at=SECOND),
    ],
    "a withheld team, by the others": [*teams_of(20, 30, 2)[:-1], metric(2, None, indicator_id="CN0", team="C", status="withheld")],
    "children of no team": [metric(53, None, indicator_id="CN0"), *teams_of(20, 30)[1:]],
}  # fmt: skip


@pytest.mark.parametrize("name", CONTROLS)
def test_the_attack_succeeds_where_nothing_protects_and_fails_where_the_profile_does(name: str) -> None:
    rows = CONTROLS[name]
    assert attack(rows, OPEN, also=PUBLIC), "the attack is too weak to show anything"
    assert not attack(rows, PUBLIC)


def test_each_half_of_secondary_suppression_is_needed() -> None:
    for part, name in {"totals": "the total less the other teams", "related": "those who began, by two months"}.items():
        without = PUBLIC.model_copy(update={"secondary": PUBLIC.secondary.model_copy(update={part: False})})
        assert attack(CONTROLS[name], without, also=PUBLIC), part


def test_a_total_is_kept_where_a_second_team_is_enough_and_large_teams_stay() -> None:
    rows = {row["team"]: row["system_numerator"] for row in told(teams_of(3, 20, 30, 40), PUBLIC)}
    assert rows == {"ALL": 93, "A": None, "B": None, "C": 30, "D": 40}


def test_the_choice_of_the_second_team_says_nothing_about_sizes() -> None:
    """It goes by the names: the next after the exposed one, and on from the last to the first."""
    for sizes in ((3, 20, 30, 40), (3, 40, 20, 30), (3, 300, 20, 30)):
        assert _emptied(teams_of(*sizes)) == {"A", "B"}
    assert _emptied(teams_of(20, 30, 40, 3)) == {"A", "D"}


def _emptied(rows: list[Row]) -> set[str]:
    return {row["team"] for row in told(rows, PUBLIC) if row["system_numerator"] is None}


def test_revisions_that_were_told_hide_nothing(tmp_path: Any) -> None:
    """Told before, and unchanged since, a team's figure is known: the total goes instead."""
    con = duckdb.connect()
    before = tmp_path / "metrics.csv"
    names = [
        "authority",
        "indicator_id",
        "as_at",
        "team",
        "revision",
        *suppression.COUNTS,
        "overtaken",
        "not_countable",
    ]
    earlier = [{name: row[name] for name in names} for row in told(teams_of(6, 20, 30), PUBLIC)]
    con.execute(f"create table t ({', '.join(f'{name} varchar' for name in names)})")
    con.executemany(f"insert into t values ({', '.join('?' * len(names))})", [list(row.values()) for row in earlier])
    con.execute(f"copy t to '{before}' (header true)")
    now = teams_of(5, 20, 30)
    for row in now[:2]:
        row["revision"] = 2
    desk = _desk()
    desk.execute("delete from metrics")
    insert(desk, "metrics", now)
    shown = {}
    for given_before in (None, tmp_path, before):
        suppression.prepare(desk, PUBLIC, given_before)
        query = rows_query(_metrics(), "public")
        shown[given_before] = dict(desk.execute(f"select team, system_numerator from ({query})").fetchall())
    assert shown[None] == {"ALL": 55, "A": None, "B": None, "C": 30}, (
        "and B is in the earlier publication: 55 - 20 - 30 = 5"
    )
    assert shown[tmp_path] == shown[before] == {"ALL": None, "A": None, "B": 20, "C": 30}


@CALM
@given(st.data())
def test_the_small_simplex_finds_what_another_solver_finds(data: st.DataObject) -> None:
    n, m = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    point = data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    rows = data.draw(st.lists(st.lists(st.integers(-2, 2), min_size=n, max_size=n), min_size=m, max_size=m))
    totals = [int(np.dot(row, point)) for row in rows]
    aim = data.draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n))
    space = Polyhedron(n, [(dict(enumerate(row)), total) for row, total in zip(rows, totals, strict=True)])
    other = linprog([-a for a in aim], A_eq=rows, b_eq=totals, bounds=[(0, None)] * n, method="highs")
    found = space.highest(dict(enumerate(aim)))
    assert (found is None) == (other.status == 3)
    assert found is None or float(found) == pytest.approx(-other.fun, abs=1e-6)
    corner = space.corner()
    assert all(
        sum(a * corner.get(i, 0) for i, a in enumerate(row)) == total for row, total in zip(rows, totals, strict=True)
    )


def test_equations_without_a_solution_are_refused() -> None:
    with pytest.raises(ValueError, match="no solution"):
        Polyhedron(1, [({0: 1}, 2), ({0: 1}, 3)])
