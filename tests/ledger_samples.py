"""Records of an invented authority for the ledger's tests, and a ledger that holds one of everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from countermark.ledger.counters import Counter
from countermark.ledger.notes import Note
from countermark.ledger.records import Decision, Receipt
from countermark.ledger.store import Ledger

AS_AT = date(2022, 10, 31)
START = datetime(2022, 11, 2, 9, 0, tzinfo=UTC)
CODE = "E06000012"


class Clock:
    """A clock that goes on by a minute whenever somebody looks at it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def ledger_in(folder: Path, clock: Clock | None = None) -> Ledger:
    """The ledger of a folder, on an invented clock."""
    return Ledger.open(f"sqlite:///{folder / 'ledger.db'}", clock or Clock())


def receipt(delivery_id: str = "aaaa-annex_a.list_07", **fields: object) -> Receipt:
    """A loaded delivery of List 7, or what `fields` make of it."""
    usual: dict[str, object] = {
        "authority": CODE, "delivery_id": delivery_id, "file": "north/annex a.xlsx", "sha256": "a" * 64,
        "contract": "annex_a.list_07", "extracted_on": date(2022, 11, 2), "extracted_on_inferred": False,
        "received_at": START, "rows_in": 9, "rows_loaded": 6, "rows_rejected": 2, "rows_ignored": 1,
        "status": "loaded_with_rejects",
    }  # fmt: skip
    return Receipt(**{**usual, **fields})  # type: ignore[arg-type]


def decision(break_id: str = "0011223344556677", **fields: object) -> Decision:
    """Dana accepts a break of PP1 until the end of the year, or what `fields` make of it."""
    usual: dict[str, object] = {
        "authority": CODE, "break_id": break_id, "indicator_id": "PP1", "decision": "accepted", "cause": "workload",
        "reason": "The visit was made and never written up.", "by": "Dana Decider", "at": START,
        "until": date(2022, 12, 31), "bound_to": "b" * 64,
    }  # fmt: skip
    return Decision(**{**usual, **fields})  # type: ignore[arg-type]


def fill(ledger: Ledger) -> str:
    """One of everything; returns the standing certificate's id. Sixteen entries, in the order of these lines."""
    ledger.store_authority(CODE, f'authority = "{CODE}"\n')
    ledger.add_receipts([receipt(), receipt("aaaa-annex_a.list_08", contract="annex_a.list_08")])
    ledger.add_receipts([receipt("bbbb-manual_counts", contract="manual_counts", sha256="b" * 64, file="count.csv")])
    ledger.withdraw("bbbb", "The wrong month.", "Wendy")
    ledger.see(CODE, ["0011223344556677", "8899aabbccddeeff"], "break", date(2022, 11, 2))
    ledger.see(CODE, ["0123012301230123"], "failure", date(2022, 11, 2))
    ledger.add_position(CODE, AS_AT)
    ledger.decide([decision(), decision("8899aabbccddeeff", decision="both_wrong", until=None)])
    ledger.check(CODE, "PP1", AS_AT, "Charlie Checker", "Looked at all.", "facts one")
    ledger.sign(CODE, "PP1", AS_AT, "Sam Signer", "facts one")
    certificate = ledger.sign(CODE, "PP1", AS_AT, "Sam Signer", "facts two")
    ledger.reaffirm(certificate)
    ledger.add_revision("one.duckdb", "c" * 64, [[CODE, "2022-10-31"]], "scheduled", {"certified": 1})
    ledger.know_authority("E06000013")
    ledger.note([Note(CODE, "comment", "0011223344556677", {"text": "Asked the team."}, "Dana Decider")])
    ledger.note_counters([Counter(CODE, "PP1", AS_AT, "North", "Norah Counter")])
    return certificate
