"""The records that the ledger keeps, as frozen dataclasses, and its errors. No SQL and no rules here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any


class LedgerError(Exception):
    """The ledger refuses; the message is one plain sentence for the person who asked."""


class LedgerConflict(LedgerError):  # noqa: N818  # "conflict" is the field's word for it
    """Somebody else changed the same thing in the meantime: read again, then ask again.

    `subjects` are the ids of what was changed (of differences; of indicators), as far as they are known.
    """

    def __init__(self, text: str, subjects: tuple[str, ...] = ()) -> None:
        """A plain sentence, and what it is about."""
        super().__init__(text)
        self.subjects = subjects


class LedgerUnwritable(LedgerError):  # noqa: N818  # named beside the conflict
    """The database cannot write: no refusal of what was asked. What was committed before stands."""


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """`moment` as fixed-width UTC text that sorts by time: `2022-11-01T09:30:00.000000Z`. Refuses a naive datetime."""
    if moment.tzinfo is None:
        raise LedgerError("A moment without a time zone cannot be recorded: give it in UTC.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The datetime (UTC) that `stamp` wrote."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Receipt:
    """One file and contract as it was taken in. `seq` is the ledger's order, 0 before storing."""

    authority: str
    delivery_id: str
    file: str
    sha256: str
    contract: str
    extracted_on: date | None
    extracted_on_inferred: bool
    received_at: datetime
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_ignored: int
    status: str
    reason: str = ""
    seq: int = 0
    file_complete: bool = True


@dataclass(frozen=True)
class Decision:
    """An officer's word on one break. `bound_to` hashes the fields it was taken on; `version` is set on storing."""

    authority: str
    break_id: str
    indicator_id: str
    decision: str
    cause: str
    reason: str
    by: str
    at: datetime = field(default_factory=utc_now)
    until: date | None = None
    evidence: str = ""
    bound_to: str = ""
    version: int = 0


@dataclass(frozen=True)
class Check:
    """An officer has looked at a figure whose facts hashed to `facts_hash`."""

    authority: str
    indicator_id: str
    as_at: date
    by: str
    note: str
    facts_hash: str
    at: datetime


@dataclass(frozen=True)
class Signature:
    """The accountable head has signed; the certificate follows from it."""

    authority: str
    indicator_id: str
    as_at: date
    by: str
    facts_hash: str
    at: datetime
    certificate_id: str


@dataclass(frozen=True)
class Certificate:
    """A signed figure and what became of it. It stands while `lapsed_at` is None.

    `ended` says how it came to its end: lapsed (its facts changed), superseded (signed anew) or withdrawn (by `ended_by`).
    `entry_seq` is the chain entry that vouches for its issue.
    """

    id: str
    authority: str
    indicator_id: str
    as_at: date
    facts_hash: str
    signed_by: str
    issued_at: datetime
    lapsed_at: datetime | None = None
    lapse_reason: str = ""
    reaffirmed_at: datetime | None = None
    ended: str = ""
    ended_by: str = ""
    entry_seq: int = 0


@dataclass(frozen=True)
class CertificateEvent:
    """One thing that happened to a certificate: lapsed, superseded, withdrawn or reaffirmed. `by` is empty where no person acted."""

    certificate_id: str
    kind: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Position:
    """An authority and an as-at date for which figures exist, and when they were first computed."""

    authority: str
    as_at: date
    first_computed_at: datetime


@dataclass(frozen=True)
class Revision:
    """One publication. `snapshot` is the file's name; `positions` and `summary` are JSON as the publisher gave it."""

    seq: int
    published_at: datetime
    snapshot: str
    content_hash: str
    revision_class: str
    positions: Any
    summary: Any


@dataclass(frozen=True)
class Entry:
    """One link of the audit chain. `payload` is canonical JSON text and names no child."""

    seq: int
    prev_hash: str
    hash: str
    at: str
    kind: str
    by: str
    payload: str


@dataclass(frozen=True)
class Head:
    """The newest link, to be kept outside the ledger: a chain cut short is seen only against a head kept elsewhere."""

    seq: int
    hash: str
