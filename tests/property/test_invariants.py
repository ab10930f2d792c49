"""The nine invariants of reconciliation, asked in Python of populations in which every planted fault may meet every other.

One to six are arithmetic over claims, cases and items of two months, worked out here case by case; seven to nine set the status: decisions
bound to evidence, certificates to facts, checks to what they evaluated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.certify import book, shadow
from countermark.certify.certify import judge_data, judge_figures
from countermark.certify.facts import record_deliveries
from countermark.certify.shadow import Shadow
from countermark.contracts.catalogue import load
from countermark.reconcile.bridges import ready, reconcile
from countermark.reconcile.invariants import check
from countermark.reconcile.members import FACTS, Position
from countermark.warehouse.connect import insert, statements
from tests.certify_kit import AS_AT, AUTHORITY, Desk, desk
from tests.oracle.engine import Engine

CATALOGUE = load()
FAULTS = shadow.faults(CATALOGUE)
CHILDREN = [str(number) for number in range(1001, 1041)]
FIRST, SECOND = date(2022, 10, 31), date(2022, 11, 30)
ONE_ROW_A_CASE = """
delete from main.on_record as extra where exists (
    select 1 from main.on_record as kept where kept.indicator_id = extra.indicator_id and kept.rowid < extra.rowid
        and coalesce(kept.case_id, kept.child_id) = coalesce(extra.case_id, extra.child_id)
)
"""
AGAIN = """
drop table main.planted_children; drop table main.planted_lines; drop table main.on_record; drop table main.on_record_then;
drop table main.in_lists; drop table main.more_counted; truncate typed.deliveries;
"""
Drawn = dict[str, list[str]]  # by fault, the children on whom it is planted
drawn_faults = st.dictionaries(
    st.sampled_from(sorted(FAULTS)),
    st.lists(st.sampled_from(CHILDREN), min_size=1, max_size=5, unique=True),
    min_size=4,
)
FEW = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with all tables and nothing in them."""
    running = Engine.start(tmp_path_factory.mktemp("engine"))
    running.take([])
    running.con.execute(FACTS)
    ready(running.con, CATALOGUE)
    yield running.con
    running.stop()


def plant(place: Shadow, drawn: Drawn) -> None:
    """The drawn faults, one on top of the other, of each case one row on record."""
    shadow.prepare(place)
    for name, children in drawn.items():
        place.con.execute("create or replace temp table planted (child_id varchar, n integer)")
        insert(place.con, "planted", [(child, n) for n, child in enumerate(children)])
        for statement in statements(FAULTS[name].read_text(encoding="utf-8")):
            place.con.execute(statement)
    place.con.execute(ONE_ROW_A_CASE)
    place.run("gather")


class Item(NamedTuple):
    """One item of one position."""

    indicator: str
    team: str
    measure: str
    case: str | None
    kind: str
    effect: int
    reason: str
    closed: bool
    key: str


class Bridge(NamedTuple):
    """What one claim says of one measure, and the system."""

    indicator: str
    team: str
    measure: str
    manual: int
    system: int
    unlisted: int
    grade: str


class Told:
    """Everything that was worked out of one date."""

    def __init__(self, con: duckdb.DuckDBPyConnection, day: date) -> None:
        def rows(columns: str, table: str) -> list[tuple[Any, ...]]:
            return con.execute(f"select {columns} from facts.{table} where as_at = ?", [day]).fetchall()

        self.items = [
            Item(*row)
            for row in rows("indicator_id, team, measure, case_id, kind, effect, reason, closed, break_key", "items")
        ]
        self.bridges = [
            Bridge(*row) for row in rows("indicator_id, team, measure, manual, system, unlisted, grade", "bridges")
        ]
        self.members = rows("indicator_id, team, case_id, in_denominator, in_numerator, basis", "members")
        self.listed = rows("indicator_id, team, in_denominator, in_numerator", "claim_rows")
        self.rolled = {
            row[0]: row[1:]
            for row in rows("reason, opening, new, reopened, moved_in, moved_out, closed, closing", "roll_forward")
        }
        manual = "select indicator_id, team, coalesce(system_case, manual_key), rows_denominator, rows_numerator from manual_cases"
        self.manual: list[tuple[Any, ...]] = con.execute(manual).fetchall()

    def system(self, bridge: Bridge) -> list[str]:
        """The system's cases of a bridge, out of the members."""
        place = 3 if bridge.measure == "denominator" else 4
        return [
            row[2]
            for row in self.members
            if row[5] == "now" and row[0] == bridge.indicator and row[place] and bridge.team in ("ALL", row[1])
        ]


def holds_for(told: Told) -> None:
    """One to five, of one date."""
    comparable = {(b.indicator, b.team, b.measure): b for b in told.bridges}
    lines = {
        (one.indicator, one.team, one.measure) for one in told.items if one.kind == "line" and one.reason == "SCOPE"
    }
    for key, bridge in comparable.items():
        mine = [one for one in told.items if one[:3] == key]
        assert bridge.manual + sum(one.effect for one in mine) == bridge.system == len(told.system(bridge))  # 1
        if bridge.team == "ALL" or key in lines:
            continue
        place = 2 if bridge.measure == "denominator" else 3
        rows = sum(bool(row[place]) for row in told.listed if row[:2] == key[:2])
        assert rows + bridge.unlisted == bridge.manual  # 4
        counted = {row[2] for row in told.manual if row[:2] == key[:2] and row[3 if place == 2 else 4]}
        system = set(told.system(bridge))
        by_case = Counter(one.effect for one in mine if one.kind == "case")
        assert by_case[-1] == len(counted - system)  # 2
        if not bridge.unlisted:
            assert by_case[1] == len(system - counted)
        agree = len(counted & system)
        assert agree + len(counted - system) + len(system - counted) == len(counted | system)
    assert all(one.reason in CATALOGUE.reasons for one in told.items)  # 3
    cases = Counter(
        (*one[:4], one.kind) for one in told.items if one.kind in ("case", "duplicate") and one.team != "ALL"
    )
    assert not cases or max(cases.values()) == 1
    assert all(row[3] or not row[4] for row in told.members)
    for whole in (one for one in told.bridges if one.grade == "sum of teams"):  # 5
        teams = [
            one for one in told.bridges if one[0] == whole.indicator and one[2] == whole.measure and one.team != "ALL"
        ]
        of_teams = {case for one in teams for case in told.system(one)}
        nobody = [case for case in told.system(whole) if case not in of_teams]
        net = sum(
            one.effect
            for one in told.items
            if (one[0], one[2]) == (whole.indicator, whole.measure) and one.team != "ALL"
        )
        assert whole.system - whole.manual == net + len(nobody)


def open_cases(told: Told) -> Counter[str]:
    """By reason, the cases that are open: of a case with several the first."""
    places = {code: reason.precedence for code, reason in CATALOGUE.reasons.items()}
    found: dict[tuple[str, str], str] = {}
    for one in told.items:
        if one.effect and not one.closed:
            key = (one.indicator, one.key)
            found[key] = min(found.get(key, one.reason), one.reason, key=lambda code: places[code])
    return Counter(found.values())


@FEW
@given(one=drawn_faults, other=drawn_faults)
def test_the_arithmetic_holds_whatever_faults_meet(tables: duckdb.DuckDBPyConnection, one: Drawn, other: Drawn) -> None:
    with shadow.shadow(tables, CATALOGUE, Position("E1", FIRST)) as place:
        told = []
        for day, drawn in ((FIRST, one), (SECOND, other)):
            if told:
                place.con.execute(AGAIN)
                place.con.execute("set variable control_day = ?", [day])
            plant(place, drawn)
            position = Position(shadow.AUTHORITY, day)
            reconcile(place.con, place.catalogue, position, shadow.OWES)
            assert [
                found.name for found in check(place.con, place.catalogue, position) if found.outcome != "PASS"
            ] == []
            told.append(Told(place.con, day))
            holds_for(told[-1])
        before, now = map(open_cases, told)
        for reason in set(before) | set(now):  # 6
            opening, new, reopened, moved_in, moved_out, closed, closing = told[1].rolled.get(reason, (0,) * 7)
            assert opening + new + reopened + moved_in - moved_out - closed == closing
            assert (opening, closing) == (before[reason], now[reason])


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A position whose checks hold, with five open differences; what is done to it is taken back."""
    with desk(tmp_path_factory.mktemp("desk")) as at:
        for number in range(5):
            at.item(1 if number % 2 else -1, "VALUE", case=f"C{number}")
        record_deliveries(at.con, at.catalogue)
        at.run(book.SCHEMA)
        at.run(
            "create or replace temp table break_ids as select distinct authority, indicator_id, break_key, break_key as break_id, "
            "null::date as first_seen from facts.items"
        )
        yield at


def judged(at: Desk) -> None:
    judge_data(at.con, at.catalogue)
    judge_figures(at.con, at.catalogue)


DAYS = [None, AS_AT - timedelta(days=1), AS_AT, AS_AT + timedelta(days=1)]
DECISIONS = ["manual_right", "system_right", "accepted", "both_wrong"]
decided = st.tuples(st.sampled_from(DECISIONS), st.sampled_from(["b", "b c", "c", "", "bb"]), st.sampled_from(DAYS))


@settings(FEW, max_examples=12)
@given(said=st.lists(st.one_of(st.none(), decided), min_size=5, max_size=5))
def test_a_decision_whose_evidence_changed_or_whose_day_is_past_counts_for_nothing(
    sound: Desk, said: list[Any]
) -> None:
    sound.run("begin transaction")
    try:
        for number, one in enumerate(said):
            if one:
                sound.con.execute(
                    "insert into book.decisions by name select ? as authority, ? as break_id, ? as decision, ? as bound_to, ? as until_day, "
                    "1 as version",
                    [AUTHORITY, f"C{number}", *one],
                )
        judged(sound)
        found = {
            case: (decision, state)
            for case, decision, state in sound.con.execute(
                "select case_id, decision, state from main.breaks where team = 'North'"
            ).fetchall()
        }
        moved = 0
        for number, one in enumerate(said):
            holds = one is not None and "b" in one[1].split(" ") and (one[2] is None or one[2] >= AS_AT)
            expected = (one[0], "open" if one[0] == "both_wrong" else "decided") if holds else (None, "open")
            assert found[f"C{number}"] == expected
            if holds and one[0] == "manual_right":
                moved += -1 if number % 2 else 1  # the effect reversed
        assert sound.metric("reconciled_numerator", "North") == sound.metric("system_numerator", "North") + moved  # type: ignore[operator]
    finally:
        sound.run("rollback")


CHANGES = {  # what is done to the facts: whether it is a change of what was signed
    "update facts.definitions set definition_hash = 'another'": True,
    "update facts.members set team = 'South' where case_id = '1'": True,
    "update facts.members set in_numerator = false where case_id = '1'": True,
    "update facts.members set due_on = date '2022-11-01' where case_id = '2'": True,
    "delete from facts.members where case_id = '4'": True,
    "update facts.items set bound_to = 'c' where case_id = 'C1'": True,
    "update facts.items set reason = 'AS_AT' where case_id = 'C2'": True,
    "update facts.rule_results set status = 'ERROR'": True,
    f"insert into book.decisions by name select '{AUTHORITY}' as authority, 'C1' as break_id, 'accepted' as decision, 'b' as bound_to": True,
    "update facts.members set delivery_id = 'd9', source_row = 'Sheet 7!99'": False,
    "update facts.deliveries set file = 'another.xlsx', delivery_id = 'd9'": False,
    "update facts.items set system_source_row = 'Sheet 7!99', manual_delivery_id = 'd8'": False,
}


@settings(FEW, max_examples=10)
@given(done=st.lists(st.sampled_from(sorted(CHANGES)), max_size=3, unique=True))
def test_a_certificate_stands_as_long_as_what_it_certifies(sound: Desk, done: list[str]) -> None:
    sound.run("begin transaction")
    try:
        judged(sound)
        sound.run(
            "insert into book.certificates by name select 'CERT' as id, authority, indicator_id, as_at, facts_hash, "
            "timestamp '2022-11-02 12:00:00' as issued_at from facts_hashes"
        )
        for change in done:
            sound.run(change)
        judged(sound)
        [(outcome, says)] = sound.con.execute(
            "select outcome, says from main.gates where gate = 'signed' and team = 'ALL' and indicator_id = 'PP1'"
        ).fetchall()
        lapsed = any(CHANGES[change] for change in done)
        assert (outcome, says) == (("FAIL", "the certificate has lapsed") if lapsed else ("PASS", ""))
    finally:
        sound.run("rollback")


@settings(FEW, max_examples=10)
@given(ran=st.lists(st.sampled_from(["PASS", "FAIL", "ERROR", "NOT_APPLICABLE"]), max_size=3), is_empty=st.booleans())
def test_a_check_that_evaluated_nothing_fails_and_an_empty_cohort_is_not_applicable(
    sound: Desk, ran: list[str], is_empty: bool
) -> None:
    sound.run("begin transaction")
    try:
        sound.run("truncate facts.rule_results")
        for status in ran:
            sound.con.execute(
                "insert into facts.rule_results values (?, 'annex_a.list_07', 'CM', ?, 4, 0)", [AUTHORITY, status]
            )
        if is_empty:
            sound.run("update facts.figures set numerator = 0, denominator = 0")
        judged(sound)
        evaluated = {"PASS", "FAIL"} & set(ran)
        expected = "ERROR" if "ERROR" in ran else "PASS" if evaluated else "NOT_APPLICABLE" if is_empty else "ERROR"
        query = "select outcome from main.gates where gate = 'valid' and team = 'ALL' and indicator_id = 'PP1'"
        assert sound.con.execute(query).fetchall() == [(expected,)]
        if expected == "ERROR":
            assert sound.metric("status") == "withheld"
    finally:
        sound.run("rollback")
