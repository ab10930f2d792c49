"""What people do to figures: decide on breaks, check, sign. Rules of who may, and what has to hold first.

Each ends in the ledger; publishing the consequence is the caller's next step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from countermark.certify.snapshot import read
from countermark.contracts.authority import Authority, parse_authority
from countermark.ledger.people import resolve, separation_error
from countermark.ledger.records import Decision, LedgerError
from countermark.ledger.store import Ledger

BEFORE_SIGNING = ("delivered", "valid", "reconciled", "counted", "plausible", "checked")


@dataclass(frozen=True)
class Figure:
    """One figure of an authority as a whole, as published."""

    authority: str
    indicator_id: str
    as_at: date
    facts_hash: str
    reconstructed: bool


def people_of(ledger: Ledger, authority: str) -> list[str]:
    """The names in the authority's file; empty where there is none."""
    text = ledger.authority_text(authority)
    known: Authority | None = parse_authority(text) if text else None
    return [person.name for person in known.people] if known else []


def name_of(by: str, people: list[str]) -> str:
    """The name as authority.toml spells it; as typed where there are no people. LedgerError for a name that nobody there has."""
    if not by.strip():
        raise LedgerError("A name is needed: say with --by who you are.")
    if not people:
        return " ".join(by.split())
    found = resolve(by, people)
    if found is None:
        raise LedgerError(
            "Nobody of that name stands in authority.toml: add the person there, or mend the spelling of --by."
        )
    return found


def figures(snapshot: Path, indicators: list[str], as_at: date, theme: str = "", authority: str = "") -> list[Figure]:
    """The published figures named by id or theme. LedgerError, saying what there is, where one does not exist."""
    with read(snapshot) as con:
        rows = con.execute(
            "select authority, indicator_id, as_at, facts_hash, reconstructed from main.metrics where team = 'ALL' and as_at = ? "
            "and (list_contains(?, indicator_id) or theme = ?) and (? = '' or authority = ?) order by all",
            [as_at, indicators, theme or "-", authority, authority],
        ).fetchall()
        query = "select distinct indicator_id from main.metrics where as_at = ? order by 1"
        there = [row[0] for row in con.execute(query, [as_at]).fetchall()]
    found = [Figure(*row) for row in rows]
    missing = [name for name in indicators if name not in {figure.indicator_id for figure in found}]
    if missing or not found:
        what = ", ".join(missing) or f"theme {theme}"
        raise LedgerError(f"There is no figure of {what} at {as_at}. Published there: {', '.join(there) or 'nothing'}.")
    if len({figure.authority for figure in found}) > 1:
        raise LedgerError("Several authorities have that figure: say which with --authority.")
    return found


def _involved(snapshot: Path, figure: Figure) -> dict[str, list[str]]:
    """Who counted, decided and checked the figure."""
    with read(snapshot) as con:
        key = [figure.authority, figure.indicator_id, figure.as_at]
        counted = con.execute(
            "select distinct counted_by from facts.claims where authority = ? and indicator_id = ? and as_at = ? "
            "and counted_by is not null",
            key,
        ).fetchall()
        breaks = con.execute(
            "select distinct break_id from main.breaks where authority = ? and indicator_id = ? and as_at = ?", key
        ).fetchall()
    return {"counted_by": [row[0] for row in counted], "breaks": [row[0] for row in breaks]}


def _refuse_unless_apart(ledger: Ledger, snapshot: Path, figure: Figure, role: str, by: str, people: list[str]) -> None:
    involved = _involved(snapshot, figure)
    mine = set(involved["breaks"])
    decided = [d.by for d in ledger.decisions() if d.authority == figure.authority and d.break_id in mine]
    checked = [
        c.by for c in ledger.checks()
        if (c.authority, c.indicator_id, c.as_at) == (figure.authority, figure.indicator_id, figure.as_at)
    ]  # fmt: skip
    problem = separation_error(role, by, involved["counted_by"], decided, checked if role == "sign" else [], people)
    if problem:
        raise LedgerError(problem)


def decide(ledger: Ledger, snapshot: Path, breaks: list[str], by: str, **said: Any) -> list[Decision]:
    """Record one decision on each of the named breaks (`said`: decision, cause, reason, until, evidence).

    Bound to the fields of both rows that the indicator reads, as they stand now. LedgerError for an unknown break, or where `by`
    counted the figure.
    """
    with read(snapshot) as con:
        rows = con.execute(
            "select authority, break_id, any_value(indicator_id), string_agg(distinct bound_to, ' ' order by bound_to), "
            "max(as_at) from main.breaks where list_contains(?, break_id) group by all",
            [breaks],
        ).fetchall()
    unknown = sorted(set(breaks) - {row[1] for row in rows})
    if unknown:
        raise LedgerError(
            f"There is no difference {', '.join(unknown)} in the published figures: see breaks.csv of an export."
        )
    new = []
    for authority, break_id, indicator, bound_to, as_at in rows:
        people = people_of(ledger, authority)
        name = name_of(by, people)
        _refuse_unless_apart(ledger, snapshot, Figure(authority, indicator, as_at, "", False), "decide", name, people)
        new.append(Decision(authority, break_id, indicator, by=name, bound_to=bound_to, **said))
    return ledger.decide(new)


def check(ledger: Ledger, snapshot: Path, wanted: list[Figure], by: str, note: str) -> None:
    """Record an officer's check of each figure. LedgerError where `by` counted it or decided on it."""
    names = []
    for figure in wanted:  # all or none: a refusal leaves no check behind
        people = people_of(ledger, figure.authority)
        names.append(name_of(by, people))
        _refuse_unless_apart(ledger, snapshot, figure, "check", names[-1], people)
    for figure, name in zip(wanted, names, strict=True):
        ledger.check(figure.authority, figure.indicator_id, figure.as_at, name, note, figure.facts_hash)


def sign(ledger: Ledger, snapshot: Path, wanted: list[Figure], by: str) -> list[str]:
    """Sign each figure; returns certificate ids.

    LedgerError while another gate does not hold, or where `by` counted, decided or checked.
    """
    names = []
    for figure in wanted:
        people = people_of(ledger, figure.authority)
        name = name_of(by, people)
        _refuse_open_gates(snapshot, figure)
        _refuse_unless_apart(ledger, snapshot, figure, "sign", name, people)
        names.append(name)
    return [
        ledger.sign(figure.authority, figure.indicator_id, figure.as_at, name, figure.facts_hash)
        for figure, name in zip(wanted, names, strict=True)
    ]


def _refuse_open_gates(snapshot: Path, figure: Figure) -> None:
    with read(snapshot) as con:
        failing = con.execute(
            "select gate, says from main.gates where authority = ? and indicator_id = ? and as_at = ? and team = 'ALL' "
            "and list_contains(?, gate) and outcome not in ('PASS', 'NOT_APPLICABLE') order by list_position(?, gate)",
            [figure.authority, figure.indicator_id, figure.as_at, list(BEFORE_SIGNING), list(BEFORE_SIGNING)],
        ).fetchall()
    if failing:
        why = "; ".join(f"{gate}: {says}" for gate, says in failing)
        raise LedgerError(f"{figure.indicator_id} cannot be signed yet. {why}.")
    if figure.reconstructed:
        raise LedgerError(
            f"{figure.indicator_id} cannot be signed: it is reconstructed, no extract was taken near its date."
        )
