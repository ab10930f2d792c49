"""Challenges: a question that a leader puts to a figure, its answer, and whether the asker is content.

Note kind `challenge`, one subject per question; each version is a step: asked, answered, closed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from countermark.desk import guard
from countermark.desk.bound import Bound
from countermark.desk.figures import Figure, Rows, subject
from countermark.desk.people import Roles
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

KIND = "challenge"
ASKED, ANSWERED, CLOSED = "asked", "answered", "closed"
STATE_WORDS = {ASKED: "Waiting for an answer", ANSWERED: "Answered", CLOSED: "Closed"}


@dataclass(frozen=True)
class Challenge:
    """A question put to a figure. `role` is the asker's, `answered_role` the answerer's: pages for leaders name no one."""

    id: str
    authority: str
    indicator_id: str
    as_at: date
    team: str
    text: str
    role: str
    asked_by: str
    asked_on: date
    state: str
    answer: str
    answered_role: str
    answered_on: date | None
    revision: int
    version: int

    @property
    def subject(self) -> str:
        """The figure's own subject."""
        return subject(self.indicator_id, self.as_at, self.team)

    @property
    def state_words(self) -> str:
        """The state as people read it."""
        return STATE_WORDS[self.state]


def ask(ledger: Ledger, rows: Rows, figure: Figure, text: str, by: str, role: str = "") -> Challenge:
    """Put a question to a figure. `role` as the asker holds it; by default as authority.toml has the name."""
    roles = Roles.of(ledger, figure.authority)
    said = guard.plain(text, "A question")
    guard.refuse_names(rows, said, roles.names)
    body = {
        "indicator_id": figure.indicator_id, "as_at": figure.as_at, "team": figure.team, "text": said,
        "role": role or roles.role(by), "asked_by": by, "asked_on": ledger.clock().date(), "state": ASKED, "answer": "",
        "answered_role": "", "answered_on": None, "bound": Bound.to(figure).body(),
    }  # fmt: skip
    return _store(ledger, figure.authority, secrets.token_hex(6), body, by, 0)


def answer(
    ledger: Ledger,
    rows: Rows,
    challenge: Challenge,
    text: str,
    by: str,
    role: str = "",
    expected_version: int | None = None,
) -> Challenge:
    """Answer a question; a second answer takes the place of the first. LedgerError where it is closed."""
    if challenge.state == CLOSED:
        raise LedgerError("The question is closed: put a new one.")
    roles = Roles.of(ledger, challenge.authority)
    said = guard.plain(text, "An answer")
    guard.refuse_names(rows, said, roles.names)
    new = {
        "state": ANSWERED, "answer": said, "answered_role": role or roles.role(by), "answered_on": ledger.clock().date(),
    }  # fmt: skip
    return _step(ledger, challenge, new, by, expected_version)


def close(ledger: Ledger, challenge: Challenge, by: str, expected_version: int | None = None) -> Challenge:
    """The asker is content. LedgerError while there is no answer."""
    if not challenge.answer:
        raise LedgerError("The question has no answer yet.")
    return _step(ledger, challenge, {"state": CLOSED}, by, expected_version)


def challenges(
    ledger: Ledger, authority: str | None = None, figure: str | None = None, known_at: datetime | None = None
) -> list[Challenge]:
    """The questions of a council and figure (its subject); None: all. Oldest first."""
    found = [_read(one) for one in ledger.notes(KIND, known_at=known_at) if authority in (None, one.authority)]
    return sorted((one for one in found if figure in (None, one.subject)), key=lambda one: (one.asked_on, one.id))


def challenge(ledger: Ledger, authority: str, id_: str) -> Challenge:
    """One question. LedgerError where there is none."""
    found = [one for one in ledger.notes(KIND, subject=id_) if one.authority == authority]
    if not found:
        raise LedgerError("There is no such question.")
    return _read(found[0])


def _step(
    ledger: Ledger, challenge: Challenge, new: Mapping[str, Any], by: str, expected_version: int | None
) -> Challenge:
    newest = [one for one in ledger.notes(KIND, subject=challenge.id) if one.authority == challenge.authority]
    seen = challenge.version if expected_version is None else expected_version
    return _store(ledger, challenge.authority, challenge.id, {**newest[0].body, **new}, by, seen)


def _store(ledger: Ledger, authority: str, id_: str, body: Mapping[str, Any], by: str, seen: int) -> Challenge:
    return _read(ledger.note([Note(authority, KIND, id_, body, by)], seen)[0])


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _read(note: Note) -> Challenge:
    b = note.body
    as_at, asked_on = _day(b["as_at"]), _day(b["asked_on"])
    assert as_at is not None and asked_on is not None  # noqa: S101  # written above, never blank
    return Challenge(
        note.subject, note.authority, b["indicator_id"], as_at, b["team"], b["text"], b["role"], b["asked_by"], asked_on,
        b["state"], b["answer"], b["answered_role"], _day(b["answered_on"]), b["bound"]["revision"], note.version,
    )  # fmt: skip
