"""Rows put into the conformed tables by hand, as a source would, for tests of who is who. No test here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import duckdb

from countermark.contracts import catalogue
from countermark.ledger.secrets import pseudonym
from countermark.warehouse.conform import create_tables
from countermark.warehouse.identity import Judgements, Told, identify

CATALOGUE = catalogue.load()
KEY = b"k" * 32
NOV, DEC = date(2022, 11, 2), date(2022, 12, 2)
Link = tuple[str, str]


class Table:
    """The conformed tables, empty at the start of each test."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con, self.authority = con, "E1"
        create_tables(con, CATALOGUE)

    @contextmanager
    def of(self, authority: str) -> Iterator[None]:
        """Within the block rows are of another authority: cases that know nothing of one another, worked out in one run."""
        before, self.authority = self.authority, authority
        yield
        self.authority = before

    def add(self, table: str, contract: str = "annex_a.list_07", on: date = NOV, **cells: object) -> None:
        """A row of a source."""
        said = {
            "authority": self.authority,
            "contract": contract,
            "delivery_id": "d",
            "source_row": "1",
            "extracted_on": on,
            **cells,
        }
        names, marks = ", ".join(said), ", ".join("?" * len(said))
        self.con.execute(f'insert into conformed."{table}" ({names}) values ({marks})', list(said.values()))

    def child(self, *ids: str, on: date = NOV, contract: str = "annex_a.list_07", **person: object) -> None:
        """Children with a plan."""
        for one in ids:
            self.add("person", contract, on, person_id=one, **person)
            self.add("cp_plans", contract, on, person_id=one, cp_plan_start_date=date(2022, 6, 1))

    def crosswalk(self, *links: Link, on: date = NOV, **more: object) -> None:
        """Rows of a crosswalk: old id, new id."""
        for old, new in links:
            self.add(
                "linked_identifiers", "identity.crosswalk", on, person_id=new, identifier_type="former system id",
                identifier_value=old, **more,
            )  # fmt: skip

    def number(self, child: str, number: str, kind: str = "nhs number") -> None:
        """A number of a child's."""
        self.add(
            "linked_identifiers", "identity.crosswalk", person_id=child, identifier_type=kind, identifier_value=number
        )

    def run(self, *told: Told) -> None:
        """Put everything under one id a child."""
        identify(self.con, CATALOGUE, Judgements(KEY, told))

    def plans(self, on: date = NOV) -> list[str]:
        """The ids under which plans stand in an extract."""
        query = "select person_id from conformed.cp_plans where extracted_on = ? order by 1"
        return [row[0] for row in self.con.execute(query, [on]).fetchall()]

    def refused(self) -> dict[Link, str]:
        """Links that are not applied, and why."""
        return {
            (a, b): why for a, b, why in self.con.execute("select old_id, new_id, why from identity.refused").fetchall()
        }

    def proposed(self) -> dict[frozenset[str], tuple[str, bool]]:
        """Pairs that a person is asked about: why, and whether it is sure."""
        query = "select child_id, other_child_id, why, is_sure from facts.identity_proposals"
        return {frozenset((a, b)): (why, sure) for a, b, why, sure in self.con.execute(query).fetchall()}


def told(old: str, new: str, same: bool = True, authority: str = "E1") -> Told:
    """What a person says of two ids."""
    return Told(authority, pseudonym(KEY, "child", old), pseudonym(KEY, "child", new), same, "Olive Officer")
