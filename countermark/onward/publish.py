"""Publishing onward: the audience's tables of the current snapshot into somebody's database, whole or not at all.

Rows are deleted and inserted in one transaction and tables are never swapped: readers are not kept waiting where the database keeps
versions, and views, permissions and reports that rest on the tables stay. Nothing is read back from there but what it says it holds.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
from sqlalchemy import Connection, MetaData, Table, delete, insert, inspect, select, text
from sqlalchemy.engine import URL, RowMapping
from sqlalchemy.schema import CreateColumn, CreateSchema, SetColumnComment, SetTableComment

from countermark.certify.snapshot import find
from countermark.exports import suppression
from countermark.exports.export import query_of, reading
from countermark.exports.profile import profile
from countermark.home import PRIVATE_FOLDER, Home
from countermark.ledger.append import MACHINE
from countermark.ledger.store import Ledger
from countermark.onward.tables import MEANINGS, PUBLICATION, Given, as_table, given, meanings_of, own_tables
from countermark.onward.target import WHOLE_DDL, OnwardError, address, one_transaction, shown
from countermark.warehouse.connect import quiet

ROWS_AT_ONCE = 5_000
SCHEMA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


@dataclass(frozen=True)
class Onward:
    """What a publication onward came to. `is_new` is false where the database held these rows already; `rows` are by table."""

    where: str
    snapshot: str
    content_hash: str
    is_new: bool
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Shape:
    """The tables as the database should have them."""

    metadata: MetaData
    tables: dict[str, Table]
    publication: Table
    meanings: Table


def publish_to(
    home: Home, ledger: Ledger, to: str | None, audience: str, now: datetime, schema: str | None = None
) -> Onward:
    """Make the database at `to` hold the current snapshot's tables of an audience, of all authorities.

    `now` dates the writing, and ages are counted to its day. OnwardError, a plain sentence, where the database refuses or holds what is
    not ours or another audience's; NothingPublishedError where there is nothing to publish; ValueError for an unknown audience.
    """
    url, wanted, path = address(to), given(audience), find(home)
    if schema is not None and not SCHEMA_NAME.fullmatch(schema):
        raise OnwardError("A schema is named by letters, digits and _, beginning with a letter.")
    if schema is not None and url.get_backend_name() == "sqlite":
        raise OnwardError("SQLite has no schemas: name another file for another audience.")
    published_at = next((one.published_at for one in ledger.revisions() if one.snapshot == path.name), now)
    shape = _shape(wanted, schema)
    with (
        one_transaction(url) as connection,
        _scratch(home) as scratch,
        reading(path, now.date(), scratch / "spill") as con,
    ):
        standing = _standing(connection, shape, audience, schema)
        if audience == "public":
            told = _told(connection, shape, scratch / "metrics.csv") if standing is not None else None
            suppression.prepare(con, profile(), told)
        queries = {one.described.name: _query(con, one, audience) for one in wanted}
        content = _content_hash(con, queries)
        if standing is not None and (standing["content_hash"], standing["snapshot"]) == (content, path.stem):
            return Onward(shown(url), path.stem, content, is_new=False)
        _bring_into_shape(connection, shape, schema)
        rows = {name: _fill(con, query, connection, shape.tables[name]) for name, query in queries.items()}
        _replace(connection, shape.meanings, meanings_of([one.described for one in wanted]))
        says = {
            "snapshot": path.stem, "content_hash": content, "published_at": published_at, "audience": audience,
            "written_at": now, "countermark": "countermark",
        }  # fmt: skip
        _replace(connection, shape.publication, [says])
        _note(ledger, url, audience, path.stem, content)
    return Onward(shown(url), path.stem, content, is_new=True, rows=rows)


@contextmanager
def _scratch(home: Home) -> Iterator[Path]:
    """A folder of this publication's own in the home, removed whatever happens."""
    folder = home.path / f".onward-{uuid4().hex}"
    folder.mkdir(mode=PRIVATE_FOLDER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _told(connection: Connection, shape: _Shape, path: Path) -> Path:
    """The figures that the public has been given there already: what was told is known for good."""
    found = connection.execute(select(shape.tables["metrics"]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(found.keys())
        writer.writerows(found)
    return path


def _note(ledger: Ledger, url: URL, audience: str, snapshot: str, content: str) -> None:
    """Say in the audit chain what was given to whom. Before the commit: rather one entry too many than one too few."""
    ledger.viewed(MACHINE, "publish-to", where=shown(url), audience=audience, snapshot=snapshot, content=content)


def _query(con: duckdb.DuckDBPyConnection, one: Given, audience: str) -> str:
    """The rows to write, in stable order; no text holds a character that databases refuse."""
    query = query_of(con, one.described, audience, None, one.query)
    cells = [
        f'replace("{c.name}", chr(0), \'\') as "{c.name}"' if c.type == "text" else f'"{c.name}"'
        for c in one.described.columns
    ]
    return f"select {', '.join(cells)} from ({query})"


def _content_hash(con: duckdb.DuckDBPyConnection, queries: dict[str, str]) -> str:
    """A fingerprint of all rows and of the columns that they have."""
    parts = []
    for name, query in queries.items():
        with quiet("fingerprinting what is published"):
            columns = [row[0] for row in con.execute(f"describe {query}").fetchall()]
            cells = ", ".join(f'coalesce("{column}"::varchar, chr(1))' for column in columns)
            found = con.execute(
                f"select md5(string_agg(line, chr(10) order by line)) from (select concat_ws(chr(2), {cells}) as line from ({query}))"
            ).fetchone()
        parts.append(f"{name} {' '.join(columns)} {found[0] if found else ''}")
    return sha256("\n".join(parts).encode()).hexdigest()


def _shape(wanted: Sequence[Given], schema: str | None) -> _Shape:
    metadata = MetaData()
    tables = {one.described.name: as_table(one.described, metadata, schema) for one in wanted}
    return _Shape(metadata, tables, *own_tables(metadata, schema))


def _standing(connection: Connection, shape: _Shape, audience: str, schema: str | None) -> RowMapping | None:
    """What the database says it holds; None where it holds nothing of ours. OnwardError where it is not for us to write to."""
    there = set(inspect(connection).get_table_names(schema=schema))
    if PUBLICATION not in there:
        if taken := sorted(there & {table.name for table in shape.metadata.tables.values()}):
            raise OnwardError(
                f"The database holds {', '.join(taken)}, not written by countermark: name another schema or database."
            )
        return None
    found = {column["name"] for column in inspect(connection).get_columns(PUBLICATION, schema=schema)}
    if "countermark" not in found:
        raise OnwardError(
            "The database holds a table publication, not written by countermark: name another schema or database."
        )
    row = connection.execute(select(shape.publication)).mappings().first()
    if row is not None and row["audience"] != audience:
        raise OnwardError(
            f"The database holds the tables of the audience {row['audience']}: name another schema or database for {audience}."
        )
    return row


def _bring_into_shape(connection: Connection, shape: _Shape, schema: str | None) -> None:
    """Make what is missing, tables and columns, and drop what the audience is no longer given."""
    looked = inspect(connection)
    if schema is not None and schema not in looked.get_schema_names():
        connection.execute(CreateSchema(schema))
    there = set(looked.get_table_names(schema=schema))
    old = (
        {row.table_name for row in connection.execute(select(shape.meanings.c.table_name))}
        if MEANINGS in there
        else set()
    )
    for name in sorted((old & there) - set(shape.tables)):
        Table(name, MetaData(), schema=schema).drop(connection)
    for table in shape.metadata.sorted_tables:
        if table.name not in there:
            table.create(connection)
            continue
        found = {column["name"] for column in looked.get_columns(table.name, schema=schema)}
        for column in (column for column in table.columns if column.name not in found):
            _add_column(connection, table, column)
        if connection.dialect.name == "postgresql":
            connection.execute(SetTableComment(table))
            for column in table.columns:
                connection.execute(SetColumnComment(column))


def _add_column(connection: Connection, table: Table, column: Any) -> None:
    if column.primary_key or connection.dialect.name not in WHOLE_DDL:
        raise OnwardError(f"The table {table.name} has to change: drop countermark's tables there and publish again.")
    spelled = connection.dialect.identifier_preparer.format_table(table)
    word = "add" if connection.dialect.name == "mssql" else "add column"
    connection.execute(text(f"alter table {spelled} {word} {CreateColumn(column).compile(dialect=connection.dialect)}"))


def _fill(con: duckdb.DuckDBPyConnection, query: str, connection: Connection, table: Table) -> int:
    """Replace a table's rows; returns how many there are."""
    connection.execute(delete(table))
    count = 0
    with quiet("reading what is published"):
        found = con.execute(query)
        names = [column[0] for column in found.description]
        while rows := found.fetchmany(ROWS_AT_ONCE):
            connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
            count += len(rows)
    return count


def _replace(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    connection.execute(delete(table))
    connection.execute(insert(table), list(rows))
