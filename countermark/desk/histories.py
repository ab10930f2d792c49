"""The history of one difference, readable: seen, what each date made of it, decided, lapsed, closed, reopened, given, said; when, by whom.

Dates of figures come from the publication, days and people from the ledger. Reading only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from countermark.certify.dip_results import RESULT
from countermark.certify.lives import CLOSED, LAPSE, REOPENED, told_of
from countermark.contracts.model import Reason
from countermark.desk import assignments, between, comments
from countermark.desk.dips import FINDS
from countermark.desk.figures import Rows
from countermark.ledger.causes import CAUSES
from countermark.ledger.records import Decision
from countermark.ledger.store import Ledger
from countermark.words import day, decision_words

LIVES = """
select indicator_id, as_at, before, reason, reason_before, state, lapsed, decision, since, life
from desk.lives where authority = $authority and break_id = $break_id order by as_at
"""
SEEN = "select min(first_seen) as first_seen from main.breaks where authority = $authority and break_id = $break_id"
GONE = {
    "corrected": "no difference any more",
    "past": "its month is over: it stays with its own date",
    "not_counted": "nobody counted again, so nobody knows",
}


@dataclass(frozen=True)
class Event:
    """One line of a history. `what` is a code, `by` a person or empty; `as_at` where it is about a date of the figures and not a day."""

    what: str
    says: str
    on: date | None = None
    at: datetime | None = None
    as_at: date | None = None
    by: str = ""


@dataclass(frozen=True)
class History:
    """`days`: what was seen and done, oldest first; `dates`: what each date of the figures made of it, oldest first."""

    days: tuple[Event, ...]
    dates: tuple[Event, ...]


def history(
    rows: Rows, ledger: Ledger, authority: str, break_id: str, reasons: Mapping[str, Reason], today: date
) -> History:
    """The history of a difference; empty where nobody ever saw it."""
    found = rows(LIVES, {"authority": authority, "break_id": break_id})
    decisions = [one for one in ledger.decisions(newest=False, breaks=[break_id]) if one.authority == authority]
    days = [*_seen(rows, authority, break_id), *_lives(ledger, authority, break_id)]
    days += [_decided(rows, one) for one in decisions] + _run_out(decisions, today)
    days += _given(ledger, authority, break_id) + _files_read(ledger, authority, break_id)
    said = comments.comments(ledger, authority, [break_id]).get(break_id, [])
    days += [Event("commented", one.text, at=one.at, by=one.by) for one in said]
    words = {code: one.people_read for code, one in reasons.items()}
    words |= between.reasons_of(rows, authority, found[0]["indicator_id"]) if found else {}
    return History(tuple(sorted(days, key=_moment)), tuple(_date(row, words) for row in found))


def _moment(one: Event) -> datetime:
    if one.at:
        return one.at
    on = one.on or date.min
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


def _seen(rows: Rows, authority: str, break_id: str) -> list[Event]:
    first = rows(SEEN, {"authority": authority, "break_id": break_id})[0]["first_seen"]
    first = first or between.first_seen(rows, authority, break_id)
    return [Event("seen", "first seen", on=first)] if first else []


def _lives(ledger: Ledger, authority: str, break_id: str) -> list[Event]:
    """On which day a later delivery, or another count, closed it or brought it back, and a decision on it lapsed."""
    words = {
        CLOSED: "closed by itself: no difference any more",
        REOPENED: "there again, with its old age",
        LAPSE: "the decision no longer holds: the record has changed, or its day has passed",
    }
    whats = [(str(note.body.get("what", LAPSE)), note.at) for note in told_of(ledger, authority, [break_id])]
    return [Event("lapsed" if what == LAPSE else what, words[what], at=at) for what, at in whats]


def _decided(rows: Rows, one: Decision) -> Event:
    until = f", until {day(one.until)}" if one.until else ""
    words = decision_words(one.decision, between.sides_of(rows, one.authority, one.indicator_id))
    return Event("decided", f"{words}{until}; {CAUSES.get(one.cause, one.cause)}: {one.reason}", at=one.at, by=one.by)


def _run_out(decisions: list[Decision], today: date) -> list[Event]:
    """The newest decision, where its day has passed."""
    newest = decisions[-1] if decisions else None
    if newest is None or newest.until is None or newest.until >= today:
        return []
    return [Event("run_out", "the decision ran out", on=newest.until)]


def _given(ledger: Ledger, authority: str, break_id: str) -> list[Event]:
    found = [one for one in ledger.notes(assignments.KIND, break_id, newest=False) if one.authority == authority]
    return [Event("given", f"given to {one.body['to'] or 'nobody'}", at=one.at, by=one.by) for one in found]


def _files_read(ledger: Ledger, authority: str, break_id: str) -> list[Event]:
    """What the child's own file was recorded to say."""
    every = [one for one in ledger.notes(RESULT, newest=False) if one.authority == authority]
    mine = [one for one in every if one.body["break"] == break_id]
    return [
        Event(
            "file_read", f"the child's file was read: {FINDS.get(one.body.get('finds', ''), 'see the dip sample').lower()}", at=one.at,
            by=one.by,
        )
        for one in mine
    ]  # fmt: skip


def _date(row: dict[str, Any], words: Mapping[str, str]) -> Event:
    """What one date made of it."""

    def why(code: str) -> str:
        return words.get(code, code)

    if row["reason"] is None:
        return Event(row["life"], GONE[row["life"]], as_at=row["as_at"])
    says = {
        "new": f"new: {why(row['reason'])}",
        "old": f"there still: {why(row['reason'])}",
        "reopened": f"there again: {why(row['reason'])}",
        "moved": f"now: {why(row['reason'])} (before: {why(row['reason_before'] or '')})",
    }[row["life"]]
    if row["state"] == "decided":
        says += "; explained by a decision"
    elif row["lapsed"]:
        says += "; the decision no longer holds, since the record has changed or its day has passed"
    return Event("lapsed" if row["lapsed"] and row["state"] == "open" else row["life"], says, as_at=row["as_at"])
