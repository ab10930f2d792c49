"""One child, one id: after the sources are conformed, the ids that a crosswalk or a person calls one child's become one.

Every table is put under the child's id at once, extract by extract; what each row said stays in `identity.ids`. What a crosswalk
says is refused where it contradicts itself. Who might be one child is found and proposed, and never merged here: a person says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.ledger.secrets import pseudonyms
from countermark.ledger.store import Ledger
from countermark.warehouse import noted
from countermark.warehouse.connect import statements
from countermark.warehouse.weighing import WEIGHING, outcome, weigh

KIND = "same_child"  # notes: two ids, as pseudonyms, that a person calls one child's or two children's
NOT_HELD = ("linked_identifiers",)  # says what a child is called, and not that an extract holds the child
ASKED = {
    "person",
    "linked_identifiers",
    "family",
    "cin_episodes",
    "cp_plans",
    "cla_episodes",
}  # by what finds who is alike
PROPOSALS = (
    "authority varchar, child_id varchar, other_child_id varchar, why varchar, is_sure boolean, same_family boolean, "
    "consecutive boolean, probability double, weight double, evidence varchar, doubts varchar"
)
SCHEMA = """
create schema if not exists identity;
create schema if not exists facts;
create or replace temp table told_links (authority varchar, old_id varchar, new_id varchar, said_by varchar, same boolean);
"""


@dataclass(frozen=True)
class Told:
    """What a person said of two ids, which are pseudonyms here: `old` is the one that is given up where they are one child's."""

    authority: str
    old: str
    new: str
    same: bool
    by: str


@dataclass(frozen=True)
class Judgements:
    """What people said of children whom the ledger knows by pseudonyms: of pairs of ids, and that a manager looked. `key` is what the
    pseudonyms were made with."""

    key: bytes
    told: tuple[Told, ...] = ()
    looks: tuple[noted.Looked, ...] = ()

    @classmethod
    def of(cls, ledger: Ledger, key: bytes, known_at: datetime | None = None) -> Judgements:
        """The newest word on each pair and every look, by `known_at` where that is given."""
        return cls(key, tuple(told_of(ledger, known_at)), noted.looked(ledger, known_at))


def told_of(ledger: Ledger, known_at: datetime | None = None) -> list[Told]:
    """What people said of pairs of ids, the newest word on each pair; nothing of a pair that was let go again."""
    return [
        Told(note.authority, str(note.body["old"]), str(note.body["new"]), bool(note.body["same"]), note.by)
        for note in ledger.notes(KIND, known_at=known_at)
    ]


def identify(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, judged: Judgements | None = None) -> None:
    """Put the conformed tables under one id a child, and note who might be one child (`facts.identity_proposals`)."""
    for statement in statements(SCHEMA):
        con.execute(statement)
    tables = [table.name for table in catalogue.tables.values() if "person_id" in table.columns]
    holding = [name for name in tables if name not in NOT_HELD]
    _fill_told(con, catalogue, judged, holding)
    _run(con, catalogue, "links")
    if "linked_identifiers" in tables:
        con.execute(
            "update conformed.linked_identifiers as t set person_id = links.root from identity.links as links "
            "where t.authority = links.authority and t.person_id = links.old_id"
        )
    con.execute(
        "create or replace temp table one_of_several as select distinct authority, unnest([old_id, root]) as person_id from identity.links"
    )
    is_linked = con.execute("select count(*) from one_of_several").fetchone() != (0,)
    held = " union ".join(
        f'select authority, contract, extracted_on, person_id from conformed."{name}" semi join one_of_several using (authority, person_id)'
        for name in holding[: None if is_linked else 1]
    )
    con.execute(f"create or replace temp table held as {held}")
    _run(con, catalogue, "apply")
    if con.execute("select count(*) from identity.ids").fetchone() != (0,):
        for name in holding:
            con.execute(
                f'update conformed."{name}" as t set person_id = ids.person_id from identity.ids as ids '
                "where t.authority = ids.authority and t.contract = ids.contract and t.extracted_on = ids.extracted_on "
                "and t.person_id = ids.said_id and ids.person_id <> ids.said_id"
            )
    if catalogue.tables.keys() >= ASKED:
        _run(con, catalogue, "alike")
        weigh(con, catalogue)
        _run(con, catalogue, "proposals")


def ensure(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of who is who, empty, where no source was conformed yet."""
    for statement in statements(
        f"""
        create schema if not exists identity;
        create schema if not exists facts;
        create table if not exists identity.links (authority varchar, old_id varchar, new_id varchar, valid_from date, valid_to date,
            hops integer, root varchar);
        create table if not exists identity.ids (authority varchar, contract varchar, extracted_on date, said_id varchar, root varchar,
            person_id varchar);
        create table if not exists facts.identity_proposals ({PROPOSALS});
        create table if not exists facts.identity_weighing ({WEIGHING})
        """
    ):
        con.execute(statement)


def proposed(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """The pairs of ids that a person is asked about, and how the weighing ended; none in the publications of an earlier version."""
    names = "child_id", "other_child_id", "why", "is_sure", "probability", "evidence", "doubts"
    query = "select column_name from duckdb_columns() where schema_name = 'facts' and table_name = 'identity_proposals'"
    there = {row[0] for row in con.execute(query).fetchall()}
    columns = ", ".join(one for one in names if one in there)
    found = con.execute(f"select {columns} from facts.identity_proposals order by all").fetchall() if columns else []
    return found + outcome(con)


def links_digest(con: duckdb.DuckDBPyConnection) -> str:
    """A short hash of the links that are applied; empty where there are none."""
    there = "select count(*) from duckdb_tables() where schema_name = 'identity' and table_name = 'links'"
    if con.execute(there).fetchone() == (0,):
        return ""
    row = con.execute(
        "select md5(string_agg(line, '/' order by line)) from ("
        "select concat_ws('|', authority, old_id, root, coalesce(valid_from::varchar, ''), coalesce(valid_to::varchar, '')) as line "
        "from identity.links)"
    ).fetchone()
    return f" {row[0]}" if row and row[0] else ""


def _run(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, name: str) -> None:
    for statement in statements(catalogue.shared(f"identity/{name}")):
        con.execute(statement)


def _fill_told(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, judged: Judgements | None, holding: Sequence[str]
) -> None:
    """The pairs that people spoke of and the children they looked at, by their ids: those whose pseudonyms are of ids that the sources
    hold."""
    if judged is None or not (judged.told or judged.looks):
        return
    places = [f'select authority, person_id as id from conformed."{name}"' for name in holding]
    if "linked_identifiers" in catalogue.tables:
        places.append("select authority, identifier_value as id from conformed.linked_identifiers")
    if con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'typed' and table_name = 'manual_lists'"
    ).fetchone() != (0,):
        places.append("select authority, regexp_replace(case_id, '/[^/]*$', '') as id from typed.manual_lists")
    every = " union ".join(places)
    rows = con.execute(f"select authority, id from ({every}) where id is not null").fetchall()
    marks = pseudonyms(judged.key, [("child", str(one)) for _, one in rows])
    by_mark = {(str(row[0]), mark): str(row[1]) for row, mark in zip(rows, marks, strict=True)}
    if noted.TABLE in catalogue.tables:
        noted.set_beside(con, judged.looks, by_mark)
    for one in judged.told:
        old, new = by_mark.get((one.authority, one.old)), by_mark.get((one.authority, one.new))
        if old and new:
            con.execute("insert into told_links values (?, ?, ?, ?, ?)", [one.authority, old, new, one.by, one.same])
