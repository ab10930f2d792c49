"""The digest: what is new among the alerts that stand, in one message, at most one an interval. What was told is a note in the ledger.

An alert that went away and comes again is told again. A failed run does not wait for the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from countermark.alerts.standing import KINDS, Alert
from countermark.ledger.append import MACHINE
from countermark.ledger.notes import Note
from countermark.ledger.records import moment, stamp
from countermark.ledger.store import Ledger

KIND, SUBJECT = "alert_digest", "home"
MOST_LINES = 30  # a message is read on a telephone; the health page has them all


@dataclass(frozen=True)
class Digest:
    """What to tell. `text` is empty where there is nothing to tell now; `held_back` alerts are new and wait for the interval's end."""

    new: tuple[Alert, ...]
    standing: tuple[Alert, ...]
    text: str = ""
    held_back: int = 0


def digest(ledger: Ledger, alerts: Sequence[Alert], now: datetime, every: timedelta, where: str = "") -> Digest:
    """What to tell of the alerts that stand, given what was told before. `where` is the address of a page that shows them all."""
    told, last = _told(ledger)
    unknown = tuple(alert for alert in alerts if alert.key not in told)
    early = last is not None and now - last < every
    new = tuple(alert for alert in unknown if alert.urgent) if early else unknown
    held_back = len(unknown) - len(new)
    return Digest(new, tuple(alerts), _text(new, alerts, where) if new else "", held_back)


def note_told(ledger: Ledger, said: Digest, now: datetime) -> None:
    """Remember what was told, and forget what stands no longer. Nothing is written where nothing differs."""
    before, last = _told(ledger)
    new = {alert.key for alert in said.new}
    told = ({alert.key for alert in said.standing} & before) | new
    if told == before:
        return
    urgent_only = bool(new) and all(alert.urgent for alert in said.new)
    at = last if (urgent_only or not new) else now  # an urgent message does not put the digest off
    body = {"told": sorted(told), "at": stamp(at) if at else ""}
    ledger.note([Note("", KIND, SUBJECT, body, MACHINE)])


def _told(ledger: Ledger) -> tuple[set[str], datetime | None]:
    """The keys that were told and stood at the last look, and when a digest was last sent."""
    notes = ledger.notes(KIND, SUBJECT)
    if not notes:
        return set(), None
    body = notes[-1].body
    return set(body["told"]), moment(body["at"]) if body["at"] else None


def _text(new: Sequence[Alert], alerts: Sequence[Alert], where: str) -> str:
    lines = [f"countermark: {len(new)} new {'alert' if len(new) == 1 else 'alerts'}, {len(alerts)} standing."]
    lines += [f"- {alert.says}" for alert in new[:MOST_LINES]]
    if len(new) > MOST_LINES:
        lines.append(f"- and {len(new) - MOST_LINES} more.")
    told = [alert for alert in alerts if alert not in new]
    tally = [
        f"{sum(alert.kind == kind for alert in told)} {kind}" for kind in KINDS if any(a.kind == kind for a in told)
    ]
    if tally:
        lines.append(f"Told before and still standing: {', '.join(tally)}.")
    if where:
        lines.append(f"All of them: {where}")
    return "\n".join(lines)
