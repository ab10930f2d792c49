"""Holds every reason file to its own examples: a pair with the fields given, and the reasons that hold for it, the first one primary."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from countermark.contracts.catalogue import load
from countermark.contracts.model import Reason, ReasonExample
from countermark.reconcile.bridges import reasons_expression
from countermark.reconcile.sentences import expression, facts
from countermark.warehouse.connect import prepare, statements

CATALOGUE = load()
CASES = [(reason, example) for reason in CATALOGUE.reasons.values() for example in reason.example if example.reasons]
SENTENCES = [(reason, example) for reason in CATALOGUE.reasons.values() for example in reason.example if example.says]
# A pair about which there is nothing to remark, with the types that sql/shared/reconcile/pairs.sql gives.
UNREMARKABLE = {
    "measure": "'denominator'", "effect": "0", "listed": "false", "manual_in": "false", "system_in": "false", "in_system": "false",
    "match": "null::varchar", "state": "null::varchar", "outside": "null::varchar", "outside_reason": "null::varchar",
    "contradicts": "false", "event_outside": "false", "in_other_team": "false", "in_other_list": "false", "twin_listed": "false",
    "late": "false", "is_event": "false", "child_known": "false", "status_differs": "false", "child_not_countable": "false",
    "visit_draft": "false", "visit_unseen": "false", "visit_other_form": "false", "visit_other_worker": "false",
    "visit_on_sibling": "false", "visit_other_day": "false", "event_elsewhere": "false", "held_elsewhere": "false",
    "ended_elsewhere": "false", "transferred": "false", "unborn": "false", "restricted": "false", "counted_as_other": "false", "other_days": "false",
    "in_lost_block": "false", "coded_otherwise": "false",
}  # fmt: skip
# And with the facts that sentences name, by sql/shared/reconcile/found.sql and, of what is no single case, items.sql.
UNKNOWN = {
    **UNREMARKABLE,
    **dict.fromkeys(("as_at", "now_on", "at_hand_on", "event_date", "decides_on", "before_decides_on", "entered_on", "written_on", "began_on", "before_on",
        "after_on"), "null::date"),
    **dict.fromkeys(("decides", "system_team", "other_teams", "in_the_list", "in_the_system", "block_says", "counted_in", "counted",
        "they_have", "cases_counted", "of_measure", "cases_held", "cases_without"), "null::varchar"),
    **dict.fromkeys(("is_visit", "has_visits", "visit_that_day", "of_event", "late_by_extract", "twin_by_zeros", "in_cases"), "false"),
    **dict.fromkeys(("manual_rows", "unlisted", "more", "no_row_means"), "null::integer"),
}  # fmt: skip
Given = dict[str, bool | int | str | date]


def _fact(value: bool | int | str | date) -> str:
    if isinstance(value, date):
        return f"date '{value}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value).lower()


def _pair(given: Given, fields: dict[str, str]) -> str:
    fields = {**fields, **{name: _fact(value) for name, value in given.items()}}
    return ", ".join(f"{value} as {name}" for name, value in fields.items())


def proofs(given: Given) -> list[str]:
    """The reasons that hold, in order of precedence; a fallback counts only where it is the first."""
    pair = _pair(given, UNREMARKABLE)
    row = duckdb.sql(f"select {reasons_expression(CATALOGUE)} from (select {pair})").fetchone()
    assert row
    return [proof["code"] for i, proof in enumerate(row[0]) if i == 0 or not proof["fallback"]]


@pytest.mark.parametrize(("reason", "example"), CASES, ids=[f"{r.code}: {e.title}" for r, e in CASES])
def test_example(reason: Reason, example: ReasonExample) -> None:
    assert set(example.given) <= set(UNREMARKABLE)
    assert tuple(proofs(example.given)) == example.reasons


@pytest.mark.parametrize(("reason", "example"), SENTENCES, ids=[f"{r.code}: {e.title}" for r, e in SENTENCES])
def test_sentence(reason: Reason, example: ReasonExample) -> None:
    assert set(example.given) <= set(UNKNOWN)
    assert _said(reason, example.given) == example.says


def test_every_reason_has_an_example_of_its_sentence_and_names_no_child() -> None:
    assert {reason.code for reason, _ in SENTENCES} == set(CATALOGUE.reasons)
    named = set().union(*(facts(reason) for reason in CATALOGUE.reasons.values()))
    assert named <= set(UNKNOWN)
    assert named.isdisjoint({"case_id", "child_id", "root_child", "listed_case", "system_case", "worker", "source_row"})


def test_of_a_count_in_families_the_sentence_says_how_many_have_how_many() -> None:
    whole = expression(CATALOGUE.reasons["SCOPE"].whole)
    given: Given = {"in_cases": True, "counted_in": "families", "counted": "23 families", "they_have": "have", "cases_counted": "41 children",
                    "of_measure": "numerator"}  # fmt: skip
    row = duckdb.sql(f"select {whole} from (select {_pair(given, UNKNOWN)})".replace("told(", "(")).fetchone()
    assert row == ("Counted in families: 23 families have 41 children in the numerator.",)
    given = {"counted_in": "families", "cases_held": "41 children", "cases_without": "3"}
    row = duckdb.sql(f"select {whole} from (select {_pair(given, UNKNOWN)})".replace("told(", "(")).fetchone()
    assert row and row[0].startswith("Counted in families: of 41 children in the system 3 have no single family")


def test_what_is_not_known_is_said_and_never_made_up() -> None:
    late = CATALOGUE.reasons["LATE_RECORDED"]
    known = {"in_the_list": "in the list", "decides": "last visit", "decides_on": date(2022, 10, 17)}
    said = _said(late, known | {"late_by_extract": True, "at_hand_on": date(2022, 11, 2), "now_on": date(2022, 11, 16)})
    assert said.endswith("; the system's last visit is 17 October 2022; this source does not say when it was entered.")
    assert "the extract of 2 November 2022 does not have what decides" in said


def _said(reason: Reason, given: Given) -> str:
    with duckdb.connect() as con:
        prepare(con, CATALOGUE.sql)
        for statement in statements(CATALOGUE.shared("reconcile/macros")):
            con.execute(statement)
        row = con.execute(f"select {expression(reason.sentence)} from (select {_pair(given, UNKNOWN)})").fetchone()
    assert row
    return str(row[0])


def test_nothing_to_remark_has_no_reason() -> None:
    assert proofs({}) == []


def test_every_reason_of_a_case_has_an_example_in_which_it_is_primary() -> None:
    primary = {example.reasons[0] for _, example in CASES}
    assert primary == {reason.code for reason in CATALOGUE.reasons.values() if reason.kind == "case"}


def test_precedence_is_an_order() -> None:
    places = [reason.precedence for reason in CATALOGUE.reasons.values()]
    assert len(set(places)) == len(places)
