"""The exported tables as a database holds them: an audience's columns with types, keys and comments, a status beside every figure, and
the two tables of our own that say what stands there. Not here: talking to a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    Unicode,
)
from sqlalchemy.types import TypeEngine

from countermark.exports import published
from countermark.exports.audience import given_to, rows_query
from countermark.words import STATUS_WORDS as WORDS

PUBLICATION, MEANINGS = "publication", "publication_columns"
FIGURE = ("authority", "indicator_id", "as_at", "team")
NUMBERS = ("integer", "number")
STATUS = published.Column(
    name="status", type="text", meaning="The status of the figure: certified, provisional or withheld"
)
STATUS_WORDS = published.Column(
    name="status_words", type="text", meaning="The status as people read it: show it beside the number"
)


class Moment(TypeDecorator[datetime]):
    """A UTC moment; with its time zone where the database has such a type."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Snapshots hold UTC without saying so."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment, whichever zone the server answers in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


TYPES: dict[str, TypeEngine[Any]] = {
    "text": Text(), "date": Date(), "moment": Moment(), "integer": Integer(), "number": Double(), "boolean": Boolean(),
}  # fmt: skip
KEY_LENGTH = 255  # where a database cannot index text of any length


def _key_text() -> TypeEngine[Any]:
    return Text().with_variant(Unicode(KEY_LENGTH), "mssql", "mysql", "mariadb", "oracle")


@dataclass(frozen=True)
class Given:
    """One table of an audience: its description with the status columns, and the query over a snapshot that yields its rows."""

    described: published.Table
    query: str


def given(audience: str) -> list[Given]:
    """The tables of an audience, a status beside every figure. ValueError for an unknown audience."""
    return [_with_status(table, rows_query(table, audience)) for table in given_to(audience)]


def _with_status(table: published.Table, query: str) -> Given:
    names = {column.name for column in table.columns}
    has_figures = names >= set(FIGURE) and any(column.type in NUMBERS for column in table.columns)
    if not has_figures:
        return Given(table, query)
    added = [STATUS_WORDS] if "status" in names else [STATUS, STATUS_WORDS]
    described = table.model_copy(update={"columns": (*table.columns, *added)})
    cases = " ".join(f"when '{status}' then '{words}'" for status, words in WORDS.items())
    if "status" in names:
        return Given(described, f"select *, case status {cases} end as status_words from ({query})")
    joined = (
        f"select rows.*, coalesce(own.status, whole.status, 'withheld') as status from ({query}) as rows "
        "left join metrics as own using (authority, indicator_id, as_at, team) "
        "left join metrics as whole on rows.authority = whole.authority and rows.indicator_id = whole.indicator_id "
        "and rows.as_at = whole.as_at and whole.team = 'ALL'"
    )
    return Given(described, f"select *, case status {cases} end as status_words from ({joined})")


def as_table(described: published.Table, metadata: MetaData, schema: str | None) -> Table:
    """A described table for SQLAlchemy: types, primary key, comments."""
    columns: list[Column[Any]] = []
    for one in described.columns:
        in_key = one.name in described.key
        kind = _key_text() if in_key and one.type == "text" else TYPES[one.type]
        columns.append(
            Column(one.name, kind, primary_key=in_key, nullable=not in_key, comment=one.meaning, autoincrement=False)
        )
    return Table(described.name, metadata, *columns, schema=schema, comment=described.title)


def own_tables(metadata: MetaData, schema: str | None) -> tuple[Table, Table]:
    """`publication`, one row that says what stands in the database, and `publication_columns`, what every column means."""
    publication = Table(
        PUBLICATION, metadata,
        Column("snapshot", _key_text(), primary_key=True, comment="The publication that these tables hold, whole"),
        Column("content_hash", Text, nullable=False, comment="A fingerprint of every row of these tables"),
        Column("published_at", Moment, nullable=False, comment="When countermark published it"),
        Column("audience", Text, nullable=False, comment="Whom these tables are for: officer, leader or public"),
        Column("written_at", Moment, nullable=False, comment="When it was written here"),
        Column("countermark", Text, nullable=False, comment="Always countermark: these tables are written by it and by nobody else"),
        schema=schema, comment="What stands here: read it first and last, and what you read in between is of one publication",
    )  # fmt: skip
    meanings = Table(
        MEANINGS, metadata,
        Column("table_name", _key_text(), primary_key=True, comment="The table"),
        Column("column_name", _key_text(), primary_key=True, comment="Its column; empty for the table itself"),
        Column("type", Text, nullable=False, comment="What the column holds"),
        Column("meaning", Text, nullable=False, comment="What it means"),
        schema=schema, comment="What every table and column means",
    )  # fmt: skip
    return publication, meanings


def meanings_of(tables: Sequence[published.Table]) -> list[dict[str, str]]:
    """The rows of `publication_columns`."""
    rows = []
    for table in tables:
        rows.append({"table_name": table.name, "column_name": "", "type": "table", "meaning": table.title})
        rows += [
            {"table_name": table.name, "column_name": column.name, "type": column.type, "meaning": column.meaning}
            for column in table.columns
        ]
    return rows
