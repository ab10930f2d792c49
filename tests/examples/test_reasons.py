"""Holds every reason file to its own examples: a pair with the fields given, and the reasons that hold for it, the first one primary."""

from __future__ import annotations

import duckdb
import pytest

from countermark.contracts.catalogue import load
from countermark.contracts.model import Reason, ReasonExample
from countermark.reconcile.bridges import reasons_expression

CATALOGUE = load()
CASES = [(reason, example) for reason in CATALOGUE.reasons.values() for example in reason.example]
# A pair about which there is nothing to remark, with the types that sql/shared/reconcile/pairs.sql gives.
UNREMARKABLE = {
    "measure": "'denominator'", "effect": "0", "listed": "false", "manual_in": "false", "system_in": "false", "in_system": "false",
    "match": "null::varchar", "state": "null::varchar", "outside": "null::varchar", "outside_reason": "null::varchar",
    "contradicts": "false", "event_outside": "false", "in_other_team": "false", "in_other_list": "false", "twin_listed": "false",
    "late": "false", "is_event": "false", "child_known": "false", "status_differs": "false", "child_not_countable": "false",
    "visit_draft": "false", "visit_unseen": "false", "visit_other_form": "false", "visit_other_worker": "false",
    "visit_on_sibling": "false", "visit_other_day": "false", "event_elsewhere": "false", "held_elsewhere": "false",
    "ended_elsewhere": "false", "transferred": "false", "unborn": "false", "restricted": "false", "counted_as_other": "false", "other_days": "false",
}  # fmt: skip


def proofs(given: dict[str, bool | int | str]) -> list[str]:
    """The reasons that hold, in order of precedence; a fallback counts only where it is the first."""
    fields = {
        **UNREMARKABLE,
        **{name: repr(value) if isinstance(value, str) else str(value).lower() for name, value in given.items()},
    }
    pair = ", ".join(f"{value} as {name}" for name, value in fields.items())
    row = duckdb.sql(f"select {reasons_expression(CATALOGUE)} from (select {pair})").fetchone()
    assert row
    return [proof["code"] for i, proof in enumerate(row[0]) if i == 0 or not proof["fallback"]]


@pytest.mark.parametrize(("reason", "example"), CASES, ids=[f"{r.code}: {e.title}" for r, e in CASES])
def test_example(reason: Reason, example: ReasonExample) -> None:
    assert set(example.given) <= set(UNREMARKABLE)
    assert tuple(proofs(example.given)) == example.reasons


def test_nothing_to_remark_has_no_reason() -> None:
    assert proofs({}) == []


def test_every_reason_of_a_case_has_an_example_in_which_it_is_primary() -> None:
    primary = {example.reasons[0] for _, example in CASES}
    assert primary == {reason.code for reason in CATALOGUE.reasons.values() if reason.kind == "case"}


def test_precedence_is_an_order() -> None:
    places = [reason.precedence for reason in CATALOGUE.reasons.values()]
    assert len(set(places)) == len(places)
