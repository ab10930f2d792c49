"""Actions: what somebody will do about a figure, by when, what was followed up, and when it was done.

Note kind `action`, one subject per action; each version is a step.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from countermark.desk import guard
from countermark.desk.figures import Figure, Rows, subject
from countermark.desk.people import Roles
from countermark.ledger.notes import Note
from countermark.ledger.people import person_key
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

KIND = "action"


@dataclass(frozen=True)
class FollowUp:
    """Somebody has asked after an action, and what was found."""

    on: date
    by: str
    role: str
    says: str


@dataclass(frozen=True)
class Action:
    """What will be done about a figure. `owner` is a name or a role; `owner_role` is what pages for leaders show."""

    id: str
    authority: str
    indicator_id: str
    as_at: date
    team: str
    text: str
    owner: str
    owner_role: str
    due: date
    raised_by: str
    raised_on: date
    challenge: str
    followed_up: tuple[FollowUp, ...]
    done_on: date | None
    version: int

    @property
    def subject(self) -> str:
        """The figure's own subject."""
        return subject(self.indicator_id, self.as_at, self.team)

    def is_overdue(self, on: date) -> bool:
        """Whether it is open on that day and was due before it."""
        return self.done_on is None and self.due < on

    def state_words(self, on: date) -> str:
        """Done, overdue or open, as people read it on that day."""
        return "Done" if self.done_on else "Overdue" if self.is_overdue(on) else "Open"

    def is_of(self, name: str, role: str = "") -> bool:
        """Whether that person owns it: by name, or by role where a role owns it."""
        return person_key(self.owner) in {key for key in (person_key(name), person_key(role)) if key}


def raise_(
    ledger: Ledger, rows: Rows, figure: Figure, text: str, owner: str, due: date, by: str, challenge: str = ""
) -> Action:
    """Agree an action about a figure. LedgerError without an owner, or with a date that has gone by."""
    roles = Roles.of(ledger, figure.authority)
    said, today = guard.plain(text, "An action"), ledger.clock().date()
    guard.refuse_names(rows, said, roles.names)
    if not person_key(owner):
        raise LedgerError("An action needs an owner: somebody who will do it.")
    if due < today:
        raise LedgerError("The day by which it is due has gone by: choose a later one.")
    body = {
        "indicator_id": figure.indicator_id, "as_at": figure.as_at, "team": figure.team, "text": said, "owner": owner.strip(),
        "due": due, "raised_by": by, "raised_on": today, "challenge": challenge, "followed_up": [], "done_on": None,
    }  # fmt: skip
    return _read(ledger.note([Note(figure.authority, KIND, secrets.token_hex(6), body, by)], 0)[0], roles)


def follow_up(
    ledger: Ledger, rows: Rows, action: Action, says: str, by: str, *, done: bool = False,
    due: date | None = None, expected_version: int | None = None,
) -> Action:  # fmt: skip
    """Say how an action stands; `done` ends it, `due` moves its date. LedgerError where it was done before."""
    if action.done_on:
        raise LedgerError("The action is done already.")
    roles, today = Roles.of(ledger, action.authority), ledger.clock().date()
    said = guard.plain(says, "A follow-up")
    guard.refuse_names(rows, said, roles.names)
    if due is not None and due < today:
        raise LedgerError("The new date has gone by: choose a later one.")
    newest = next(one for one in ledger.notes(KIND, subject=action.id) if one.authority == action.authority)
    step = {"on": today, "by": by, "says": said}
    body = {
        **newest.body, "followed_up": [*newest.body["followed_up"], step], "done_on": today if done else None,
        "due": due or newest.body["due"],
    }  # fmt: skip
    seen = action.version if expected_version is None else expected_version
    return _read(ledger.note([Note(action.authority, KIND, action.id, body, by)], seen)[0], roles)


def actions(
    ledger: Ledger, authority: str, figure: str | None = None, known_at: datetime | None = None
) -> list[Action]:
    """The actions of a council, about one figure (its subject) or all: the open ones first, by due date."""
    roles = Roles.of(ledger, authority)
    found = [_read(one, roles) for one in ledger.notes(KIND, known_at=known_at) if one.authority == authority]
    wanted = [one for one in found if figure in (None, one.subject)]
    return sorted(wanted, key=lambda one: (one.done_on is not None, one.due, one.id))


def action(ledger: Ledger, authority: str, id_: str) -> Action:
    """One action. LedgerError where there is none."""
    found = [one for one in ledger.notes(KIND, subject=id_) if one.authority == authority]
    if not found:
        raise LedgerError("There is no such action.")
    return _read(found[0], Roles.of(ledger, authority))


def overdue(ledger: Ledger, authority: str, on: date) -> list[Action]:
    """The actions that are overdue on a day, the longest overdue first."""
    return [one for one in actions(ledger, authority) if one.is_overdue(on)]


def _read(note: Note, roles: Roles) -> Action:
    b: Mapping[str, Any] = note.body
    steps = tuple(FollowUp(_day(s["on"]), s["by"], roles.role(s["by"]), s["says"]) for s in b["followed_up"])
    return Action(
        note.subject, note.authority, b["indicator_id"], _day(b["as_at"]), b["team"], b["text"], b["owner"],
        roles.role(b["owner"]), _day(b["due"]), b["raised_by"], _day(b["raised_on"]), b["challenge"], steps,
        _day(b["done_on"]) if b["done_on"] else None, note.version,
    )  # fmt: skip


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
