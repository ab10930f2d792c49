"""The team that held a case when it counted: the SQL against the plain Python, on generated cases and allocations; and by example."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.contracts.authority import SourceOrder
from countermark.contracts.indicator import Indicator
from countermark.reconcile.members import FACTS
from countermark.reconcile.team_at_event import set_teams
from countermark.warehouse.connect import statements
from tests.intake_kit import catalogue
from tests.oracle.team_at_event import Case, Held, day_it_counted, team_then

AS_AT = date(2022, 10, 31)
RECORD, OTHER = "workforce.allocations", "ssd.involvements"
KINDS = {"N": ("none", False), "E": ("both", False), "L": ("numerator", True)}
DAYS = st.integers(-6, 3).map(lambda days: AS_AT + timedelta(days=days))
MAYBE = st.none() | DAYS
CASES = st.builds(Case, st.sampled_from("AB"), st.booleans(), MAYBE, MAYBE, MAYBE, MAYBE)
ROLES = st.sampled_from([None, "allocated", "co_worker", "duty", "reviewing_officer", "supervising_social_worker"])
HELD = st.builds(
    Held, st.sampled_from("AB"), st.sampled_from([None, "East", "North", "West"]), ROLES, MAYBE, MAYBE,
    st.sampled_from([False, False, False, True]),
)  # fmt: skip


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    made = duckdb.connect()
    made.execute("set threads = 1")
    for statement in statements(FACTS):
        made.execute(statement)
    made.execute(catalogue().tables["involvements"].ddl("main"))
    yield made
    made.close()


def found(con: duckdb.DuckDBPyConnection, kind: str, cases: list[Case], held: list[Held]) -> list[tuple[Any, Any]]:
    """The day and the team of each case, by the product."""
    con.execute("delete from facts.members")
    con.execute("delete from involvements")
    for number, case in enumerate(cases):
        con.execute(
            "insert into facts.members (authority, indicator_id, as_at, basis, case_id, child_id, in_numerator, in_denominator, state, "
            "starts_on, decides_on, due_on, done_on) values ('E1', ?, ?, 'now', ?, ?, ?, true, 'met', ?, ?, ?, ?)",
            [kind, AS_AT, str(number), case.child, case.met, case.starts, case.decides, case.due, case.done],
        )
    for one in held:
        con.execute(
            "insert into involvements (contract, person_id, professional_team, professional_role_id, involvement_start_date, "
            "involvement_end_date, involvement_end_date_unusable) values (?, ?, ?, ?, ?, ?, ?)",
            [RECORD, one.child, one.team, one.role, one.start, None if one.end_lost else one.end, one.end_lost],
        )
    event_decides, last_event = KINDS[kind]
    indicator = cast(Indicator, SimpleNamespace(id=kind, event_decides=event_decides, last_event=last_event))
    named = any(one.team for one in held)
    assert set_teams(con, catalogue(), [indicator], "E1", AS_AT, "now", SourceOrder()) is named
    return con.execute("select event_on, team_at_event from facts.members order by case_id::integer").fetchall()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(KINDS)),
    cases=st.lists(CASES, min_size=1, max_size=4),
    held=st.lists(HELD, min_size=1, max_size=6),
)
def test_both_implementations_agree(
    con: duckdb.DuckDBPyConnection, kind: str, cases: list[Case], held: list[Held]
) -> None:
    days = [day_it_counted(case, AS_AT, *KINDS[kind]) for case in cases]
    expected = [(day, team_then(case, held, day)) for case, day in zip(cases, days, strict=True)]
    if not any(one.team for one in held):
        expected = [(None, None)] * len(cases)
    assert found(con, kind, cases, held) == expected


def test_the_assessment_team_answers_for_what_fell_due_while_it_held_the_child(con: duckdb.DuckDBPyConnection) -> None:
    start, due, passed_on = date(2022, 8, 1), date(2022, 10, 3), date(2022, 10, 10)
    held = [
        Held("A", "Assessment", "allocated", start, passed_on, False),
        Held("A", "Safeguarding", "allocated", passed_on, None, False),
        Held("A", "Reviewing", "reviewing_officer", passed_on, None, False),
    ]
    late = Case("A", False, start, None, due, date(2022, 10, 20))
    on_time = Case("A", True, start, None, date(2022, 10, 24), date(2022, 10, 10))
    assert found(con, "E", [late, on_time], held) == [(due, "Assessment"), (passed_on, "Safeguarding")]


def test_where_nothing_covers_the_day_nothing_is_said(con: duckdb.DuckDBPyConnection) -> None:
    case = Case("A", False, None, None, date(2022, 10, 3), None)
    gap = [Held("A", "North", "allocated", date(2022, 10, 4), None, False)]
    lost = [Held("A", "North", "allocated", date(2022, 9, 1), None, True)]
    assert found(con, "E", [case], gap) == found(con, "E", [case], lost) == [(date(2022, 10, 3), None)]
    assert found(con, "E", [case], []) == [(None, None)], "without allocations not even the day is noted"


@pytest.mark.parametrize(("said", "team"), [((), "System"), (("workforce",), "Sheet")])
def test_of_two_sources_that_name_teams_the_record_speaks(
    con: duckdb.DuckDBPyConnection, said: tuple[str, ...], team: str
) -> None:
    found(con, "E", [Case("A", False, None, None, AS_AT, None)], [Held("A", "Sheet", None, AS_AT, None, False)])
    add = "insert into involvements (contract, person_id, professional_team, involvement_start_date, involvement_end_date_unusable)"
    con.execute(
        f"{add} values (?, 'A', 'System', ?, false), ('ssda903.social_worker', 'A', null, ?, false)",
        [OTHER, AS_AT, AS_AT],
    )
    indicator = cast(Indicator, SimpleNamespace(id="E", event_decides="both", last_event=False))
    assert set_teams(con, catalogue(), [indicator], "E1", AS_AT, "now", SourceOrder(record=said))
    assert con.execute("select team_at_event from facts.members").fetchall() == [(team,)]
