"""Rebasing: a person says from which day a series is judged anew, and why. Kept in the ledger as notes of the kind `rebase`."""

from __future__ import annotations

from datetime import date, datetime

from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from countermark.signals.series import Cut

KIND = "rebase"
LEAST_WORDS = 3  # a reason is a sentence; "new" tells nobody anything


def rebase(ledger: Ledger, cut: Cut, by: str) -> None:
    """Judge a series anew from a day. LedgerError without a reason in words or without a name."""
    if len(cut.reason.split()) < LEAST_WORDS:
        raise LedgerError("A reason is needed, in words: what changed in the work or in the recording?")
    _write(ledger, cut, by, stands=True)


def lift(ledger: Ledger, cut: Cut, by: str) -> None:
    """Take a rebase back; the note of it stays."""
    _write(ledger, cut, by, stands=False)


def rebases(ledger: Ledger, known_at: datetime | None = None) -> list[Cut]:
    """The rebases that stand, or stood at a moment, oldest day first."""
    found = [one for one in ledger.notes(KIND, known_at=known_at) if one.body["stands"]]
    cuts = [
        Cut(
            one.authority,
            one.body["indicator_id"],
            one.body["team"],
            date.fromisoformat(one.body["from"]),
            one.body["reason"],
            one.by,
        )
        for one in found
    ]
    return sorted(cuts, key=lambda cut: (cut.authority, cut.indicator_id, cut.team, cut.from_day))


def _write(ledger: Ledger, cut: Cut, by: str, stands: bool) -> None:
    body = {
        "indicator_id": cut.indicator_id, "team": cut.team, "from": str(cut.from_day), "reason": cut.reason.strip(), "stands": stands,
    }  # fmt: skip
    ledger.note([Note(cut.authority, KIND, f"{cut.indicator_id}/{cut.team}/{cut.from_day}", body, by)])
