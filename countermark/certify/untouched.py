"""Whether the record of decisions is as it was written: nothing that rests on it is certified where somebody has altered it by hand.

What a broken chain means for figures is said here; how a chain is walked stands in `ledger.append`.
"""

from __future__ import annotations

import duckdb

from countermark.certify.proven import RECORD
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import quiet

ALTERED = (
    "the record of decisions was altered at entry {}, outside countermark, and nobody can say who decided what: "
    "`countermark verify`, then the last backup"
)
NOTED = """
insert into facts.controls by name
select authority, as_at, 'record of decisions' as control, $kind as kind, $outcome as outcome, $says as says
from (select distinct authority, as_at from facts.definitions)
"""


def look_at_record(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Whether the record of decisions is whole, for every position of the open snapshot: what it says decides what is certified.

    FAIL: an entry, or a row that it vouched for, was edited, deleted or put elsewhere.
    """
    says = altered(ledger)
    with quiet("noting whether the record is whole"):
        con.execute("delete from facts.controls where kind = ?", [RECORD])
        con.execute(NOTED, {"kind": RECORD, "outcome": "FAIL" if says else "PASS", "says": says})


def refuse_where_altered(ledger: Ledger) -> None:
    """Raises LedgerError where the record is not whole: no signature is put to it."""
    if says := altered(ledger):
        raise LedgerError(f"Nothing can be signed: {says}.")


def altered(ledger: Ledger) -> str:
    """Where the record was altered, as a clause; empty where it is whole."""
    broken = ledger.verify()
    return "" if broken is None else ALTERED.format(broken)
