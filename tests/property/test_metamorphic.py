"""What may not move a figure, over all of them at once: the order of rows, what children are called, which of two files a child stands in,
a child who is in no cohort. And what must: one visit overdue is one child less seen in time.

Rows of chance in every conformed table. Figures about figures are left out: they are made of no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import pytest

from countermark.contracts.indicator import Indicator
from countermark.reconcile.members import given
from countermark.warehouse.connect import connect
from tests.examples.chance import generated
from tests.examples.world import SQL, indicators, table

AS_AT = date(2022, 10, 31)
ASKED = {name: one for name, one in indicators().items() if one.stage == "members"}
TABLES = sorted({name for one in ASKED.values() for name in (*one.reads, *one.reads_also)})
TIMES = 0.6
Cases = dict[str, tuple[Any, ...]]
# How a copy of the tables is made: what stands for each table, and for a child in it.
RENAMED = "'Z' || lpad((99999 - substr({0}, 2)::integer)::varchar, 5, '0')"
SPLIT = "if(hash({0}) % 2 = 0, 'D1', 'D2')"
CHILD = {  # a child whom the council knew once: everything ended long ago, nothing after it
    "person": {"date_of_birth": "2009-05-01"},
    "contacts": {"contact_date": "2015-02-02"},
    "referrals": {"referral_date": "2015-02-03", "referral_nfa": "no"},
    "cin_assessments": {"assessment_start_date": "2015-02-04", "assessment_auth_date": "2015-03-04"},
    "cin_episodes": {"cin_start_date": "2015-02-04", "cin_close_date": "2015-06-30", "cin_close_reason": "RC7"},
    "early_help_episodes": {"episode_start_date": "2015-07-01", "episode_end_date": "2015-09-30"},
}


def key_of(name: str) -> str:
    """Whom the rows of a table are about."""
    columns = table(name).columns
    return next((one for one in ("person_id", "professional_id", "team") if one in columns), "source_row")


def copied(con: duckdb.DuckDBPyConnection, schema: str, *, order: str = "source_row", **instead: str) -> None:
    """A copy of every table in a schema of its own, rows in an order, some columns replaced (`{0}` is whom the row is about)."""
    con.execute("set search_path = 'main'")
    con.execute(f"create schema {schema}")
    for name in TABLES:
        replaced = ", ".join(
            f"{expression.format(key_of(name))} as {column}"
            for column, expression in instead.items()
            if column in (*table(name).columns, "delivery_id")
        )
        chosen = f"* replace ({replaced})" if replaced else "*"
        con.execute(f"create table {schema}.{name} as select {chosen} from conformed.{name} order by {order}")


def cases_of(con: duckdb.DuckDBPyConnection, schema: str, one: Indicator, query: str = "") -> Cases:
    """Every case of an indicator that has a state: team, state, value. A meeting about children of several teams stands under the team of
    the newest row, which a split may change: of families no team is compared."""
    con.execute(f"set search_path = '{schema},main'")
    query = query or one.members_sql
    asked = {name: value for name, value in given(one, AS_AT).items() if re.search(rf"\${name}\b", query)}
    value = "round(value, 6)" if one.is_measured else "null"
    team = "null" if "family" in (one.case, one.case_unit) else "team"
    found = con.execute(f"select case_id, {team}, state, {value} from ({query}) where state is not null", asked)
    return {case: (team, *rest) for case, team, *rest in found.fetchall()}


def every_case(con: duckdb.DuckDBPyConnection, schema: str) -> dict[str, Cases]:
    """The cases of every indicator."""
    return {name: cases_of(con, schema, one) for name, one in ASKED.items()}


def unlike(one: Mapping[str, Cases], other: Mapping[str, Cases]) -> dict[str, set[tuple[Any, ...]]]:
    """By indicator, the cases of which two looks say different things, at most three."""
    apart = {name: set(one[name].items()) ^ set(other[name].items()) for name in one}
    return {name: set(sorted(cases, key=str)[:3]) for name, cases in apart.items() if cases}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table, filled with rows of chance."""
    opened = connect(None, SQL)
    opened.execute("set threads = 1")
    opened.execute("create schema conformed")
    opened.execute("select setseed(0.22)")
    for name in TABLES:
        opened.execute(table(name).ddl())
        opened.execute(generated(table(name), TIMES))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def told(con: duckdb.DuckDBPyConnection) -> dict[str, Cases]:
    """What is said of the tables as they are."""
    return every_case(con, "conformed")


def test_the_rows_of_chance_bring_cases_about(told: dict[str, Cases]) -> None:
    full = [name for name, cases in told.items() if any(rest[1] == "met" for rest in cases.values())]
    assert len(full) > 0.9 * len(told), sorted(told.keys() - set(full))


def renamed(case: str) -> str:
    """A case's id as it is where children are called otherwise."""
    return re.sub(r"\bC(\d+)\b", lambda child: f"Z{99999 - int(child[1]):05d}", case)


def test_no_figure_hangs_on_the_order_of_rows_names_the_file_of_a_child_or_a_child_of_no_cohort(
    con: duckdb.DuckDBPyConnection, told: dict[str, Cases]
) -> None:
    """All at once, since each alone would take as long: where it fails, leave out one after the other."""
    copied(con, "other", order="hash(source_row || 'x')", delivery_id=SPLIT, person_id=RENAMED)
    for name, said in CHILD.items():
        origin = {
            "authority": "E0", "contract": f"annex_a.{name}", "delivery_id": "D2", "source_row": "L9", "extracted_on": "2022-11-16",
        }  # fmt: skip
        flags = {column: False for column in table(name).columns if column.endswith("_unusable")}
        row = {**origin, **flags, "person_id": "Z00000", **said}
        con.execute(
            f"insert into other.{name} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values())
        )
    expected = {name: {renamed(case): said for case, said in cases.items()} for name, cases in told.items()}
    assert unlike(expected, every_case(con, "other")) == {}


@pytest.mark.parametrize(
    ("indicator_id", "was", "becomes"),
    [
        ("PP0", "delivery_id desc, source_row desc", "delivery_id desc"),
        ("AS3", "delivery_id desc, source_row desc", "delivery_id desc"),
    ],
)
def test_a_definition_that_hangs_on_the_order_of_rows_is_noticed(
    con: duckdb.DuckDBPyConnection, indicator_id: str, was: str, becomes: str
) -> None:
    """The positive control: without its last word on which of two rows counts, a definition takes the one that comes first."""
    if con.execute("select count(*) from duckdb_schemas() where schema_name = 'turned'").fetchone() == (0,):
        copied(con, "turned", order="hash(source_row || 'y')")
    one = ASKED[indicator_id]
    assert was in one.members_sql
    query = one.members_sql.replace(was, becomes)
    assert cases_of(con, "conformed", one) == cases_of(con, "turned", one)
    assert cases_of(con, "conformed", one, query) != cases_of(con, "turned", one, query)


def test_one_visit_that_is_overdue_is_one_child_less_seen_in_time(
    con: duckdb.DuckDBPyConnection, told: dict[str, Cases]
) -> None:
    seen = sorted(case for case, (_, state, _) in told["PP1"].items() if state == "met")
    assert len(seen) >= 5, "too tame to prove anything"
    for child in seen[:5]:
        con.execute("begin")
        con.execute(
            "update conformed.cp_visits set cp_visit_date = date '2022-10-14', cp_visit_date_unusable = false where person_id = ?",
            [child],
        )
        after = cases_of(con, "conformed", ASKED["PP1"])
        con.execute("rollback")
        assert {case for case in told["PP1"] if told["PP1"][case] != after[case]} == {child}
        assert after[child][1] == "not_met" and after.keys() == told["PP1"].keys()
        counts = [[state for _, state, _ in look.values()].count("met") for look in (told["PP1"], after)]
        assert counts[0] - counts[1] == 1
    assert cases_of(con, "conformed", ASKED["PP1"]) == told["PP1"]
