"""What came of the faults that were planted to try the checks (`controls`), as a publication holds it. Reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from countermark.words import day

NOT_TRIED = "the checks were not tried with faults put in on purpose: run the pipeline again"
NOT_FOUND = "the checks did not find every fault that was put in on purpose to try them"
THERE = "select 1 from duckdb_tables() where schema_name = 'facts' and table_name = 'controls'"
OF_POSITION = "select kind, outcome, says from facts.controls where authority = ? and as_at = ? order by outcome = 'PASS', kind, control"
UNPROVEN = """
select distinct metrics.authority, metrics.as_at from main.metrics as metrics
anti join (
    select authority, as_at from facts.controls
    group by authority, as_at having bool_and(outcome = 'PASS') and count_if(kind <> 'record') > 0
) as proven using (authority, as_at)
"""
RECORD = "record"  # the kind of control that asks whether the record of decisions is whole
SAID = 3  # of what was not found, so many are named


@dataclass(frozen=True)
class Tried:
    """How many faults were planted for a position, and what is said of each that was not found (or could not be tried).

    `altered` says that the record of decisions is not whole, and is empty where it is.
    """

    planted: int
    unfound: tuple[str, ...]
    altered: str = ""

    @property
    def holds(self) -> bool:
        """Whether some were planted and every one was found, and the record of decisions is whole."""
        return self.planted > 0 and not self.unfound and not self.altered

    @property
    def why_not(self) -> str:
        """Why nothing of the position can be certified, as a clause; empty where it can."""
        if self.holds:
            return ""
        if self.altered:
            return self.altered
        return f"{NOT_FOUND} ({'; '.join(self.unfound[:SAID])})" if self.planted else NOT_TRIED

    @property
    def says(self) -> str:
        """Both of it in a sentence."""
        if self.holds:
            return f"{self.planted} faults were put in a copy on purpose, and every one was found"
        return self.why_not


def tried(con: duckdb.DuckDBPyConnection, authority: str, as_at: date) -> Tried:
    """What came of the planted faults for a published position; none where the publication holds nothing of it."""
    rows = con.execute(OF_POSITION, [authority, as_at]).fetchall() if con.execute(THERE).fetchall() else []
    planted = [(outcome, says) for kind, outcome, says in rows if kind != RECORD]
    altered = [says for kind, outcome, says in rows if kind == RECORD and outcome != "PASS"]
    return Tried(len(planted), tuple(says for outcome, says in planted if outcome != "PASS"), *altered[:1])


def alarms(con: duckdb.DuckDBPyConnection) -> list[tuple[str, date, str]]:
    """Authority, newest position, and a sentence, where planted faults were not found."""
    if not con.execute(THERE).fetchall():
        return []
    newest = con.execute("select authority, max(as_at) from facts.controls group by authority order by all").fetchall()
    found = [(authority, as_at, tried(con, authority, as_at)) for authority, as_at in newest]
    return [
        (authority, as_at, f"At {day(as_at)} ({authority}) {one.why_not}: nothing can be certified.")
        for authority, as_at, one in found
        if not one.holds
    ]
