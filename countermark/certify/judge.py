"""What people do to figures: decide on breaks, check, sign, withdraw. Rules of who may, and what has to hold first.

Each ends in the ledger; publishing the consequence is the caller's next step. Many at once, some of which may fail: `each`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from countermark.certify.proven import tried
from countermark.certify.read_fields import BINDS, bound, digest, refuse_changed
from countermark.certify.snapshot import read
from countermark.certify.untouched import refuse_where_altered
from countermark.contracts.authority import Authority, parse_authority
from countermark.ledger.causes import refuse_of_the_other_kind
from countermark.ledger.people import resolve, same_person, separation_error
from countermark.ledger.records import Certificate, Decision, LedgerError
from countermark.ledger.store import Ledger

READER = "dip sample"  # in a counter's team: who read case files, so that the database keeps them from judging
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


def checked_of(snapshot: Path, theme: list[Figure]) -> tuple[list[Figure], list[str]]:
    """Of a theme's figures those that an officer has checked, and the ids of the rest; all of them where none has been."""
    with read(snapshot) as con:
        query = "select authority, indicator_id, as_at from main.gates where gate = 'checked' and outcome = 'PASS' and team = 'ALL'"
        passed = set(con.execute(query).fetchall())
    done = [one for one in theme if (one.authority, one.indicator_id, one.as_at) in passed]
    return (done, [one.indicator_id for one in theme if one not in done]) if done else (theme, [])


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


class _Said:
    """Who decided and who checked what, and the people of each authority, read from the ledger once for many figures."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._people: dict[str, list[str]] = {}
        self._decided: dict[tuple[str, str], list[str]] = {}
        for one in ledger.decisions():
            self._decided.setdefault((one.authority, one.break_id), []).append(one.by)
        self._checked = {(one.authority, one.indicator_id, one.as_at): one.by for one in ledger.checks()}
        self._signed = [(one.authority, one.indicator_id, one.as_at, one.signed_by) for one in ledger.certificates()]
        self._read = [(one.place[:3], one.by) for one in ledger.counters() if one.team.startswith(READER) and one.by]

    def people(self, authority: str) -> list[str]:
        """Whom an authority names."""
        if authority not in self._people:
            self._people[authority] = people_of(self._ledger, authority)
        return self._people[authority]

    def refuse_unless_apart(self, snapshot: Path, figure: Figure, role: str, by: str) -> None:
        """LedgerError where a person counted, read files, decided or checked what the same person may not judge now."""
        involved = _involved(snapshot, figure)
        decided = [name for one in involved["breaks"] for name in self._decided.get((figure.authority, one), [])]
        place = (figure.authority, figure.indicator_id, figure.as_at)
        checked = self._checked.get(place)
        signs = [checked] if checked else []
        people = self.people(figure.authority)
        readers = [name for at, name in self._read if at == place]
        signed = [name for *at, name in self._signed if tuple(at) == place]
        if problem := separation_error(
            role, by, involved["counted_by"], decided, signs, people, read_by=readers, signed_by=signed
        ):
            raise LedgerError(problem)


def refuse_reader(ledger: Ledger, snapshot: Path, figure: Figure, by: str) -> None:
    """LedgerError where `by` counted, decided on, checked or signed the figure whose case files are to be read."""
    _Said(ledger).refuse_unless_apart(snapshot, figure, "read", by)


def decide(
    ledger: Ledger,
    snapshot: Path,
    breaks: list[str],
    by: str,
    *,
    expected_version: int | Mapping[str, int] | None = None,
    read_fields: Mapping[str, str] | None = None,
    **said: Any,
) -> list[Decision]:
    """Record one decision on each of the named breaks (`said`: decision, cause, reason, until, evidence).

    Bound to the fields of both rows that the indicator reads, as they stand now; of two systems to what both say of it.
    LedgerError for an unknown break, or where `by` counted the figure; LedgerConflict, naming them, where one has another version than
    `expected_version` (one for all, or by break), or other fields than those that the officer read (`read_fields`, by break as `fields_of`
    gave them; one left out is not held to it).
    """
    with read(snapshot) as con:
        found = bound(con, breaks)
    unknown = sorted(set(breaks) - {one.break_id for one in found})
    if unknown:
        raise LedgerError(
            f"There is no difference {', '.join(unknown)} in the published figures: see breaks.csv of an export."
        )
    refuse_changed({one.break_id: digest(one.bound_to) for one in found}, read_fields or {})
    names: dict[Figure, str] = {}
    new, said_before = [], _Said(ledger)
    for one in found:
        refuse_of_the_other_kind(one.break_id, str(said.get("decision", "")), of_systems=one.of_systems)
        figure = Figure(one.authority, one.indicator_id, one.as_at, "", False)
        if figure not in names:  # many differences of one figure: asked once
            names[figure] = name_of(by, said_before.people(one.authority))
            said_before.refuse_unless_apart(snapshot, figure, "decide", names[figure])
        new.append(
            Decision(one.authority, one.break_id, one.indicator_id, by=names[figure], bound_to=one.bound_to, **said)
        )
    return ledger.decide(new, expected_version)


def seen_by(ledger: Ledger, snapshot: Path, breaks: list[str], by: str) -> dict[str, int]:
    """The versions that somebody has seen who looked at no page: what was decided by the same person, or holds no more. Where another's
    decision holds it is 0, so that deciding over it is refused."""
    with read(snapshot) as con:
        query = "select break_id from main.breaks where decision is not null and list_contains($breaks, break_id)"
        if con.execute(BINDS).fetchall():
            query += " union select difference_id from main.pair_items where decision is not null and list_contains($breaks, difference_id)"
        holds = {row[0] for row in con.execute(query, {"breaks": list(breaks)}).fetchall()}
    seen = dict.fromkeys(breaks, 0)
    for one in ledger.decisions(breaks=breaks):
        mine = same_person(one.by, by, people_of(ledger, one.authority))
        seen[one.break_id] = one.version if mine or one.break_id not in holds else 0
    return seen


def check(
    ledger: Ledger,
    snapshot: Path,
    wanted: list[Figure],
    by: str,
    note: str,
    expected_version: int | Mapping[str, int] | None = None,
) -> None:
    """Record an officer's check of each figure. LedgerError where `by` counted it or decided on it.

    `expected_version` (one for all, or by indicator) is how many checks the officer saw: LedgerConflict where there are others now.
    """
    names, said_before = [], _Said(ledger)
    for figure in wanted:  # all or none: a refusal leaves no check behind
        names.append(name_of(by, said_before.people(figure.authority)))
        said_before.refuse_unless_apart(snapshot, figure, "check", names[-1])
    for figure, name in zip(wanted, names, strict=True):
        seen = _seen(expected_version, figure)
        ledger.check(
            figure.authority, figure.indicator_id, figure.as_at, name, note, figure.facts_hash, expected_version=seen
        )


def sign(
    ledger: Ledger,
    snapshot: Path,
    wanted: list[Figure],
    by: str,
    expected_version: int | Mapping[str, int] | None = None,
) -> list[str]:
    """Sign each figure; returns certificate ids.

    LedgerError while another gate does not hold, or where `by` counted, decided or checked. `expected_version` (one for all, or by
    indicator) is how many signatures the signer saw: LedgerConflict where there are others now.
    """
    refuse_where_altered(ledger)
    names, said_before = [], _Said(ledger)
    for figure in wanted:
        name = name_of(by, said_before.people(figure.authority))
        _refuse_open_gates(snapshot, figure)
        said_before.refuse_unless_apart(snapshot, figure, "sign", name)
        names.append(name)
    return [
        ledger.sign(
            figure.authority, figure.indicator_id, figure.as_at, name, figure.facts_hash,
            expected_version=_seen(expected_version, figure),
        )
        for figure, name in zip(wanted, names, strict=True)
    ]  # fmt: skip


def _seen(expected: int | Mapping[str, int] | None, figure: Figure) -> int | None:
    return expected.get(figure.indicator_id) if isinstance(expected, Mapping) else expected


def withdraw(ledger: Ledger, snapshot: Path, certificate_id: str, reason: str, by: str) -> Certificate:
    """A person takes a certificate back, with a reason that everybody may read. Returns it as it was.

    LedgerError for an unknown certificate or person, without a reason, or where the reason names a child;
    LedgerConflict where it does not stand any more.
    """
    found = next((one for one in ledger.certificates() if one.id == certificate_id.strip().upper()), None)
    if found is None:
        raise LedgerError(f"There is no certificate {certificate_id}.")
    name = name_of(by, people_of(ledger, found.authority))
    _refuse_naming_a_child(snapshot, reason)
    ledger.withdraw_certificate(found.id, reason, name)
    return found


def _refuse_naming_a_child(snapshot: Path, text: str) -> None:
    """Words that are a child's id in the published figures; short ones are left, they are as likely a number."""
    words = [
        word for word in re.findall(r"\w+", text.upper()) if len(word) >= 5 and any(sign.isdigit() for sign in word)
    ]
    with read(snapshot) as con:
        query = "select count(*) from main.members where list_contains(?, child_id)"
        named = words and con.execute(query, [words]).fetchall()[0][0]
    if named:
        raise LedgerError("The reason names a child, and everybody may read it: say it without the child's id.")


def _refuse_open_gates(snapshot: Path, figure: Figure) -> None:
    with read(snapshot) as con:
        failing = con.execute(
            "select gate, says from main.gates where authority = ? and indicator_id = ? and as_at = ? and team = 'ALL' "
            "and list_contains(?, gate) and outcome not in ('PASS', 'NOT_APPLICABLE') order by list_position(?, gate)",
            [figure.authority, figure.indicator_id, figure.as_at, list(BEFORE_SIGNING), list(BEFORE_SIGNING)],
        ).fetchall()
        unproven = tried(con, figure.authority, figure.as_at).why_not
    if failing:
        why = "; ".join(f"{gate}: {says}" for gate, says in failing)
        raise LedgerError(f"{figure.indicator_id} cannot be signed yet. {why}.")
    if unproven:
        raise LedgerError(f"{figure.indicator_id} cannot be signed: {unproven}.")
    if figure.reconstructed:
        raise LedgerError(
            f"{figure.indicator_id} cannot be signed: it is reconstructed, no extract was taken near its date."
        )
