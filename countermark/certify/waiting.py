"""Deliveries that are held: which, and on which extract the figures stand meanwhile. Asked of a publication.

A held extract that a fuller one has followed waits for nobody and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from countermark.words import day

HELD = """
with standing as (
    select authority, contract, max(extracted_on) as newest from main.deliveries
    where status in ('loaded', 'loaded_with_rejects') group by all
)
select held.authority, held.contract, coalesce(contracts.title, held.contract) as title, held.extracted_on,
    standing.newest as stands_on, list(held.delivery_id order by held.delivery_id) as deliveries
from main.deliveries as held
join standing on held.authority = standing.authority and held.contract = standing.contract
left join facts.contracts as contracts on held.contract = contracts.contract
where held.status = 'held' and held.extracted_on > standing.newest
group by all order by held.authority, held.contract, held.extracted_on
"""


@dataclass(frozen=True)
class Waiting:
    """One extract that is held and would be the newest, and the date of the one that figures stand on."""

    authority: str
    contract: str
    title: str
    extracted_on: date
    stands_on: date
    deliveries: tuple[str, ...]

    @property
    def says(self) -> str:
        """What a reader of figures is told: lists and days alone."""
        return (
            f"{self.title}: the list of {day(self.extracted_on)} is held, since it has many fewer rows than the one before. "
            f"Figures stand on that of {day(self.stands_on)}."
        )


def waiting(con: duckdb.DuckDBPyConnection) -> list[Waiting]:
    """What is held and waits for somebody, in a publication that is open; nothing where it has no deliveries."""
    there = con.execute(
        "select count(*) from duckdb_tables() where (schema_name, table_name) in (('main', 'deliveries'), ('facts', 'contracts'))"
    ).fetchall()
    return [of_row(row) for row in con.execute(HELD).fetchall()] if there == [(2,)] else []


def of_row(row: Sequence[Any]) -> Waiting:
    """One row of HELD."""
    return Waiting(row[0], row[1], row[2], row[3], row[4], tuple(row[5]))


def held_deliveries(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every delivery that is held, those that a fuller one followed too, and its authority."""
    return dict(
        con.execute("select delivery_id, authority from main.deliveries where status = 'held' order by 1").fetchall()
    )
