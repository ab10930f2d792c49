"""Periods of care, placements and legal statuses from random chains of episodes: what the SQL derives is what plain Python counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.contracts import catalogue
from countermark.warehouse.conform import create_tables
from countermark.warehouse.connect import connect, statements
from tests.oracle.care import Care, Episode, care_of, looked_after, moves_of, moves_within_a_year

CATALOGUE = catalogue.load([catalogue.SHIPPED])
EPISODES = CATALOGUE.contracts["ssda903.episodes"]
EXTRACTED_ON = date(2022, 11, 2)
AS_AT = (date(2022, 10, 31), date(2022, 3, 31), date(2021, 8, 31))
COLUMNS = (
    "child varchar, row_number integer, decom date, rne varchar, ls varchar, place varchar, dec date, rec varchar, pl_post varchar,"
    " urn varchar, dec_unusable boolean, ls_unusable boolean, authority varchar, delivery_id varchar, source_row varchar,"
    " extracted_on date, is_counted boolean, cin varchar, place_provider varchar, reason_place_change varchar"
)
maybe = st.integers(0, 9).map(lambda number: number == 0)


@st.composite
def chains(draw: st.DrawFn) -> list[Episode]:
    """One child's episodes: mostly a chain as it should be, each link broken now and then."""
    starts = draw(st.integers(0, 900).map(lambda days: date(2020, 4, 1) + timedelta(days)))
    found: dict[date, Episode] = {}
    for place in range(draw(st.integers(1, 6))):
        ends = starts + timedelta(draw(st.sampled_from([0, 1, 7, 30, 90, 400, -2])))
        lost = draw(maybe)
        found[starts] = Episode(
            decom=starts,
            rne=("S" if place == 0 else draw(st.sampled_from("LPTBUS"))) if not draw(maybe) else None,
            ls=draw(st.sampled_from(["C2", "C2", "C2", "V2", "V3", "V4", None])),
            place=draw(st.sampled_from(["U6", "U6", "K2", "T1", "T3", None])),
            dec=None if lost or draw(maybe) else ends,
            rec=draw(st.sampled_from(["X1", "X1", "X1", "X1", "E4A", "E2", None])),
            home=draw(st.sampled_from(["AA1 1AA", "BB1 1BB", None])),
            urn=draw(st.sampled_from(["1", "1", "2", None])),
            dec_unusable=lost and draw(st.booleans()),
        )
        starts = max(ends, starts) + timedelta(draw(st.sampled_from([0, 0, 0, 1, 2, 45, -3])))
    return list(found.values())


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The product's macros and conformed tables, and a typed table of episodes alone."""
    with connect(None, CATALOGUE.sql) as made:
        made.execute("set threads = 1")
        made.execute("create schema typed")
        made.execute(f"create table typed.{EPISODES.table} ({COLUMNS})")
        create_tables(made, CATALOGUE)
        yield made


def _derive(con: duckdb.DuckDBPyConnection, children: list[list[Episode]]) -> None:
    rows = [
        (
            str(child), place, e.decom, e.rne, e.ls, e.place, e.dec, e.rec, e.home, e.urn, e.dec_unusable, False, "X", "D",
            f"!{place}", EXTRACTED_ON, True, None, None, None,
        )
        for child, chain in enumerate(children)
        for place, e in enumerate(reversed(chain))
    ]  # fmt: skip
    con.execute(f"delete from typed.{EPISODES.table}")
    con.executemany(f"insert into typed.{EPISODES.table} values ({', '.join('?' * len(rows[0]))})", rows)
    for table in EPISODES.feeds:
        con.execute(f"delete from conformed.{table}")
    for statement in statements(EPISODES.conform_sql):
        con.execute(statement)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def _periods(child: int, care: Care) -> list[tuple[Any, ...]]:
    moves = moves_within_a_year(care, EXTRACTED_ON)
    return [
        (
            str(child), p.start, p.ceased, p.end_unknown, p.reason, p.episodes[-1].ls, p.episodes[0].rne, moves, p.problem,
        )
        for p in care.periods
    ]  # fmt: skip


def _placements(child: int, care: Care) -> list[tuple[Any, ...]]:
    counted = moves_of(care)
    spells = [spell for period in care.placements for spell in period]
    return [
        (
            str(child), p.start, p.end, p.end_unknown, p.episodes[0].place, p.episodes[0].home, any(p is one for one in counted),
            p.problem,
        )
        for p in spells
    ]  # fmt: skip


PERIODS = """
select person_id, cla_start_date, cla_ceased_date, cla_ceased_date_unusable, cla_ceased_reason, legal_status, cla_episode_start_reason,
    placements_last_12_months, chain_problem
from conformed.cla_episodes order by 1, 2
"""
PLACEMENTS = """
select person_id, cla_placement_start_date, cla_placement_end_date, cla_placement_end_date_unusable, cla_placement_type,
    cla_placement_postcode, counts_as_move, chain_problem
from conformed.cla_placement order by 1, 2
"""
STATUSES = """
select person_id, legal_status_start_date, legal_status_end_date, legal_status_end_date_unusable, legal_status, chain_problem
from conformed.legal_status order by 1, 2
"""


def by_start(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: row[:2])


@settings(max_examples=40, deadline=None)
@given(st.lists(chains(), min_size=1, max_size=12))
def test_spells_are_as_plain_python_finds_them(con: duckdb.DuckDBPyConnection, children: list[list[Episode]]) -> None:
    _derive(con, children)
    cared = [(child, care_of(chain)) for child, chain in enumerate(children)]
    assert _rows(con, PERIODS) == by_start([row for child, care in cared for row in _periods(child, care)])
    assert _rows(con, PLACEMENTS) == by_start([row for child, care in cared for row in _placements(child, care)])
    statuses = [
        (str(child), s.start, s.end, s.end_unknown, s.episodes[0].ls, s.problem)
        for child, care in cared
        for s in care.statuses
    ]
    assert _rows(con, STATUSES) == by_start(statuses)
    _looked_after_as_counted(con, cared)


def _looked_after_as_counted(con: duckdb.DuckDBPyConnection, cared: list[tuple[int, Care]]) -> None:
    """LA0 itself over what was derived: each child in it once, out of it, or not countable."""
    con.execute("create or replace temp view cla_episodes as from conformed.cla_episodes")
    for as_at in AS_AT:
        found = dict(
            con.execute(
                f"select case_id, state from ({CATALOGUE.indicators['LA0'].members_sql}) where state is not null",
                {"as_at": as_at},
            ).fetchall()
        )
        counted = {str(child): looked_after(care, as_at) for child, care in cared}
        assert found == {
            child: "met" if said else "not_countable" for child, said in counted.items() if said is not False
        }, as_at


BROKEN = {
    "the next day ends a period": ("dec_before + 1)", "dec_before)"),
    "a change of status alone is a move": ("rne is distinct from 'L'", "true"),
    "short breaks go on as other care": ("short_break <> short_break_before", "false"),
    "an overlap goes unsaid": ("if(decom < latest_dec, 'overlap', null)", "null"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_derivation_that_is_wrong_is_seen(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """The control: each rule broken in the SQL, over one chain that needs it."""
    right, wrong = BROKEN[name]
    text = CATALOGUE.shared("care_chain")
    assert right in text
    first, later = date(2022, 1, 1), date(2022, 2, 2)
    chain = [
        Episode(first, "S", "V4", "U6", date(2022, 2, 1), "X1"),
        Episode(later, "L", "C2", "U6", date(2022, 6, 1), "X1"),
        Episode(date(2022, 6, 2), "L", "C1", "U6", date(2022, 8, 1), "X1"),
        Episode(date(2022, 7, 1), "P", "C1", "K2", None, None),
    ]
    care = care_of(chain)
    try:
        for statement in statements(text.replace(right, wrong)):
            con.execute(statement)
        _derive(con, [chain])
        same = _rows(con, PERIODS) == by_start(_periods(0, care)) and _rows(con, PLACEMENTS) == by_start(
            _placements(0, care)
        )
    finally:
        for statement in statements(text):
            con.execute(statement)
    _derive(con, [chain])
    assert not same
    assert _rows(con, PERIODS) == by_start(_periods(0, care)) and _rows(con, PLACEMENTS) == by_start(
        _placements(0, care)
    )
