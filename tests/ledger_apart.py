"""Rows put into a ledger's judging tables by hand, past every rule of the code, and who is refused. Not a test."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from countermark.ledger.counters import Counter
from countermark.ledger.people import person_key
from countermark.ledger.store import Ledger
from countermark.ledger.tables import checks, decisions, signatures
from tests.ledger_samples import AS_AT, CODE, START, decision

WHEN = START.isoformat()
FIGURE: dict[str, Any] = {"authority": CODE, "indicator_id": "PP1"}
DEEDS: dict[str, dict[str, Any]] = {
    "decisions": {
        "break_id": "8899aabbccddeeff", "version": 7, "decision": "system_right", "cause": "workload", "reason": "By hand.",
        "evidence": "", "bound_to": "b",
    },
    "checks": {"as_at": AS_AT, "seq": 70, "note": "", "facts_hash": "f"},
    "signatures": {"as_at": AS_AT, "seq": 70, "facts_hash": "f", "certificate_id": "C70"},
}  # fmt: skip
TABLES = {table.name: table for table in (decisions, checks, signatures)}
INSERTS = [
    ("decisions", "Norah Counter", "decider_counted"),
    ("decisions", "NORAH  COUNTER", "decider_counted"),
    ("decisions", "N. Counter", "decider_counted"),
    ("decisions", "Nobody Known", "decider_known"),
    ("checks", "Norah Counter", "checker_counted"),
    ("checks", "NC", "checker_counted"),
    ("checks", "Dana Decider", "checker_decided"),
    ("checks", "d-decider", "checker_decided"),
    ("checks", "S Signer", "checker_signed"),
    ("checks", "Nobody Known", "checker_known"),
    ("signatures", "norah counter", "signer_counted"),
    ("signatures", "Counter N", "signer_counted"),
    ("signatures", "Counter, Norah", "signer_counted"),
    ("signatures", "Ms Norah Counter", "signer_counted"),
    ("signatures", "Dana Decider", "signer_decided"),
    ("signatures", "DD", "signer_decided"),
    ("signatures", "Charlie Checker", "signer_checked"),
    ("signatures", "C. Checker", "signer_checked"),
    ("signatures", "Nobody Known", "signer_known"),
]


def everybody_judged(ledger: Ledger) -> None:
    """Four people, a role each, of one figure; every spelling of theirs known to the ledger as people who write of another one."""
    ledger.note_counters([Counter(CODE, "PP1", AS_AT, "North", "Norah Counter")])
    ledger.decide([decision()])
    ledger.check(CODE, "PP1", AS_AT, "Charlie Checker", "", "f")
    ledger.sign(CODE, "PP1", AS_AT, "Sam Signer", "f")
    others = [by for _, by, _ in INSERTS if by != "Nobody Known"]
    ledger.note_counters([Counter(CODE, "XX1", AS_AT, f"T{place}", by) for place, by in enumerate(others)])


def by_hand(ledger: Ledger, table: str, by: str) -> None:
    """A row with its foreign key right and no chain entry of its own; rolled back where it was not refused."""
    row = {**FIGURE, **DEEDS[table], "by": by, "by_key": person_key(by), "at": WHEN, "entry_seq": 1, "nonce": "n"}
    with ledger.engine.connect() as connection:
        connection.execute(insert(TABLES[table]).values(**row))
        connection.rollback()
