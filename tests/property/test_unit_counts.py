"""Counts of families held against children: the statements against a count in plain Python, on families, teams and lists drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.contracts.catalogue import load
from countermark.warehouse.connect import prepare, statements
from tests.oracle import ranges

CATALOGUE = load()
MEASURES = ("numerator", "denominator")
SETUP = """
create schema conformed; create schema facts;
create table conformed.family (authority varchar, contract varchar, extracted_on date, family_id varchar, person_id varchar);
create table facts.claims (authority varchar, as_at date, indicator_id varchar, team varchar, unit varchar, definition varchar,
    numerator integer, denominator integer, listed_numerator integer, listed_denominator integer, unlisted_numerator integer,
    unlisted_denominator integer, grade_numerator varchar, grade_denominator varchar, comparable boolean);
create table facts.members (authority varchar, as_at date, basis varchar, indicator_id varchar, case_id varchar, decides_on date,
    in_numerator boolean, in_denominator boolean);
create table conformed.person (authority varchar, person_id varchar, extracted_on date, contract varchar);
create table conformed.cin_episodes (authority varchar, person_id varchar, extracted_on date, case_status varchar);
create temp table apart (person_id varchar, root varchar);
create temp table differing_bases (indicator_id varchar);
create temp table catalogue_indicators as select 'X1' as indicator_id, 'share' as measures, false as is_event, 'child' as case_unit,
    1 as version, 'numerator' as event_decides, false as is_meeting;
create temp table claim_lists (indicator_id varchar, team varchar, delivery_id varchar, source_row varchar, family_id varchar);
create temp table cases (authority varchar, as_at date, indicator_id varchar, case_id varchar, child_id varchar, team varchar,
    in_denominator boolean, in_numerator boolean, starts_on date, decides_on date, bare varchar, bare_child varchar, root_child varchar,
    root varchar);
create temp table listed (authority varchar, as_at date, indicator_id varchar, team varchar, row_id integer, case_id varchar,
    child_id varchar, starts_on date, in_denominator boolean, in_numerator boolean, event_date date, delivery_id varchar,
    source_row varchar, bare varchar, bare_child varchar, is_event boolean, root_child varchar, root varchar);
create temp table matched (indicator_id varchar, team varchar, row_id integer, system_case varchar, match varchar);
"""
EMPTIED = ("conformed.family", "facts.claims", "cases", "listed", "matched")


class Child(NamedTuple):
    """A child of the system: its family, its team, whether it is met and in the cohort at all."""

    family: str
    team: str
    counted: bool
    met: bool


class Row(NamedTuple):
    """A listed child, met or not."""

    child: int
    met: bool


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables that the statements read, empty."""
    with duckdb.connect() as con:
        prepare(con, CATALOGUE.sql)
        for text in (CATALOGUE.shared("reconcile/macros"), SETUP):
            for statement in statements(text):
                con.execute(statement)
        yield con


def bridged(
    con: duckdb.DuckDBPyConnection, children: list[Child], rows: list[Row], claimed: tuple[int, int]
) -> dict[str, tuple[int, ...]]:
    """By measure: the line, all cases' effects added, the unlisted part's effect, the system's count."""
    for table in EMPTIED:
        con.execute(f"delete from {table}")
    con.execute("insert into facts.claims (authority, as_at, indicator_id, team, unit, numerator, denominator, comparable) "
                "values ('A', '2024-01-31', 'X1', 'North', 'family', ?, ?, false)", [*claimed])  # fmt: skip
    for place, one in enumerate(children):
        con.execute("insert into conformed.family values ('A', 'c', '2024-01-31', ?, ?)", [one.family, f"C{place}"])
        con.execute("insert into cases by name select 'X1' as indicator_id, $1 as case_id, $1 as child_id, $1 as bare, $1 as bare_child, "
                    "$1 as root_child, $1 as root, $2 as team, $3 as in_denominator, $4 as in_numerator",
                    [f"C{place}", one.team, one.counted, one.counted and one.met])  # fmt: skip
    for place, row in enumerate(rows):
        con.execute("insert into listed by name select 'X1' as indicator_id, 'North' as team, $1 as row_id, $2 as case_id, $2 as child_id, "
                    "true as in_denominator, $3 as in_numerator, 'd' as delivery_id, $1::varchar as source_row, $2 as bare, "
                    "$2 as bare_child, $2 as root_child, $2 as root, false as is_event", [place, f"C{row.child}", row.met])  # fmt: skip
    con.execute("insert into matched select indicator_id, team, row_id, case_id, 'exact' from listed")
    for step in ("units", "unit_lists", "manual_cases", "sides", "unit_lines", "unit_bounds"):
        for statement in statements(CATALOGUE.shared(f"reconcile/{step}")):
            values = {"authority": "A", "as_at": "2024-01-31"}
            con.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
    found = con.execute(
        "select lines.measure, lines.cases - lines.units, coalesce((select sum(coalesce((if(sides.measure = 'numerator', cases.in_numerator, "
        "cases.in_denominator) and cases.team = 'North')::integer, 0) - sides.manual_rows) from sides left join cases on sides.system_case "
        "= cases.case_id where sides.measure = lines.measure), 0), if(claims.unlisted = 0, 0, lines.units_left - claims.unlisted), "
        "(select count(*) from cases where team = 'North' and if(lines.measure = 'numerator', in_numerator, in_denominator)) "
        "from unit_lines as lines join claim_measures as claims on lines.measure = claims.measure"
    ).fetchall()  # fmt: skip
    return {row[0]: row[1:] for row in found}


def line_by_hand(children: list[Child], rows: list[Row], claimed: int, measure: str) -> int:
    """The cases less the families, counted one by one."""

    def holds(child: Child) -> bool:
        return child.team == "North" and child.counted and (child.met or measure == "denominator")

    named = [
        {row.child for row in rows if children[row.child].family == family}
        for family in {one.family for one in children}
    ]
    names_children = any(len(one) > 1 for one in named)
    in_measure = [row for row in rows if row.met or measure == "denominator"]
    families = {children[row.child].family for row in in_measure}
    cases = len(in_measure)
    held = {row.child for row in rows}
    for place, child in enumerate(children):
        if place in held or child.team != "North" or not child.counted:
            continue
        if not names_children and child.family in {children[row.child].family for row in rows}:
            held.add(place)
            cases += child.family in families
    line = cases - len(families)
    if claimed != len(families):
        left = [child for place, child in enumerate(children) if place not in held and holds(child)]
        line += len(left) - len({child.family for child in left} - families)
    return line


CHILDREN = st.lists(
    st.builds(Child, st.sampled_from("PQRS"), st.sampled_from(["North", "North", "South"]), st.sampled_from([True, True, False]), st.booleans()),
    min_size=1, max_size=7,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_manual_and_effects_are_the_system_and_the_line_is_the_siblings(
    con: duckdb.DuckDBPyConnection, data: st.DataObject
) -> None:
    children = data.draw(CHILDREN)
    rows = data.draw(st.lists(st.builds(Row, st.integers(0, len(children) - 1), st.booleans()), max_size=5))
    families = [len({children[row.child].family for row in rows if row.met or every}) for every in (False, True)]
    claimed = (families[0] + data.draw(st.integers(0, 2)), families[1] + data.draw(st.integers(0, 2)))
    found = bridged(con, children, rows, claimed)
    assert set(found) == set(MEASURES)
    for measure, manual in zip(MEASURES, claimed, strict=True):
        line, cases, unlisted, system = found[measure]
        assert manual + line + cases + unlisted == system
        assert line == line_by_hand(children, rows, manual, measure)


def test_siblings_of_a_listed_family_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    children = [Child("P", "North", True, True), Child("P", "North", True, False), Child("Q", "North", True, True)]
    found = bridged(con, children, [Row(0, True)], (1, 2))
    assert found == {"numerator": (1, 0, 0, 2), "denominator": (1, 0, 0, 3)}


class Kin(NamedTuple):
    """A child in truth, and how the system has it."""

    family: str
    team: str
    counted: bool
    met: bool
    seen: Child


def kin(family: str, team: str, truth: tuple[bool, bool], system: tuple[bool, bool]) -> Kin:
    return Kin(family, team, truth[0], truth[0] and truth[1], Child(family, team, *system))


FLAGS = st.tuples(st.sampled_from([True, True, False]), st.booleans())
KIN = st.lists(
    st.builds(kin, st.sampled_from("PQRS"), st.sampled_from(["North", "North", "South"]), FLAGS, FLAGS),
    min_size=1,
    max_size=7,
)


def bounds(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int | None]]:
    """By measure: how many children more than the system's the team's count can stand for, at least and at most."""
    return {row[0]: row[1:] for row in con.execute("select measure, least, most from unit_bounds").fetchall()}


@settings(max_examples=60, deadline=None)
@given(everybody=KIN, named=st.sets(st.sampled_from("PQRS"), max_size=2))
def test_the_true_number_of_children_lies_within_the_bounds_of_a_count_in_families(
    con: duckdb.DuckDBPyConnection, everybody: list[Kin], named: set[str]
) -> None:
    """The team counts the families truly there and names all children of some of them; of those the system is right."""
    everybody = [
        one._replace(seen=Child(one.family, one.team, one.counted, one.met)) if one.family in named else one
        for one in everybody
    ]

    def families(met: bool) -> set[str]:
        return {one.family for one in everybody if one.team == "North" and one.counted and (one.met or not met)}

    rows = [
        Row(place, one.met)
        for place, one in enumerate(everybody)
        if one.family in named and one.team == "North" and one.counted
    ]
    bridged(con, [one.seen for one in everybody], rows, (len(families(True)), len(families(False))))
    found = bounds(con)
    sizes = {family: sum(one.family == family for one in everybody) for family in {one.family for one in everybody}}
    for measure in MEASURES:
        met = measure == "numerator"
        unlisted = families(met) - named
        rest = [one for one in everybody if one.team == "North" and one.family not in named]
        truly = sum(one.counted and (one.met or not met) for one in rest)
        system = sum(one.seen.counted and (one.seen.met or not met) for one in rest)
        listed = {everybody[row.child].family for row in rows if row.met or not met}
        if not unlisted:
            assert measure not in found
            continue
        least, most = found[measure]
        possible = ranges.children_of(len(unlisted), [size for family, size in sizes.items() if family not in listed])
        assert possible and (least, most) == (min(possible) - system, max(possible) - system)
        assert most is not None and system + least <= truly <= system + most


def test_more_families_than_any_source_names_are_bounded_by_nothing(con: duckdb.DuckDBPyConnection) -> None:
    children = [Child("P", "North", True, True), Child("P", "South", True, True), Child("Q", "South", True, True)]
    bridged(con, children, [], (2, 3))
    assert bounds(con) == {"numerator": (1, 2), "denominator": (2, None)}


def test_of_more_listed_than_counted_each_has_a_child_at_least(con: duckdb.DuckDBPyConnection) -> None:
    children = [Child(family, "North", True, True) for family in "PPPQS"]
    bridged(con, children, [Row(0, True), Row(3, True)], (1, 1))
    # three of P and one of Q are listed, S is not: the one family that was counted has one child at least, and three at most
    assert bounds(con) == {"numerator": (-4, -2), "denominator": (-4, -2)}


def loose(con: duckdb.DuckDBPyConnection) -> set[tuple[str, int, int | None]]:
    return set(con.execute("select measure, least, most from loose_units").fetchall())


def test_a_listed_family_that_the_system_does_not_count_is_as_many_children_as_it_has(
    con: duckdb.DuckDBPyConnection,
) -> None:
    children = [Child("P", "North", False, False), Child("P", "North", False, False), Child("Q", "North", True, True)]
    bridged(con, children, [Row(0, False)], (0, 1))
    assert loose(con) == {("denominator", 1, 2)}
    bridged(con, children, [Row(2, True)], (1, 1))
    assert loose(con) == set()


def test_a_team_without_a_case_counts_the_families_that_the_source_names(con: duckdb.DuckDBPyConnection) -> None:
    children = [Child("P", "North", False, False), Child("P", "South", True, False)]
    found = bridged(con, children, [Row(0, False), Row(1, False)], (0, 1))
    assert found["denominator"] == (
        1,
        -2,
        0,
        0,
    )  # one family counted, its two children listed, neither of them the team's
