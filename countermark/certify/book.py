"""The ledger's tables as certification reads them: schema `book` of a snapshot being made. Reading only."""

from __future__ import annotations

from datetime import datetime

import duckdb

from countermark.ledger.secrets import pseudonyms
from countermark.ledger.store import Ledger

SCHEMA = """
create schema if not exists book;
create or replace table book.decisions (
    authority varchar, break_id varchar, indicator_id varchar, decision varchar, cause varchar, reason varchar, decided_by varchar,
    decided_at timestamp, until_day date, evidence varchar, bound_to varchar, version integer
);
create or replace table book.checks (
    authority varchar, indicator_id varchar, as_at date, checked_by varchar, note varchar, facts_hash varchar, checked_at timestamp
);
create or replace table book.certificates (
    id varchar, authority varchar, indicator_id varchar, as_at date, facts_hash varchar, signed_by varchar, issued_at timestamp,
    lapsed_at timestamp, lapse_reason varchar, reaffirmed_at timestamp
);
create or replace table book.seen (authority varchar, break_id varchar, kind varchar, first_seen date);
"""


def _plain(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None


def load(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Fill schema `book` of the open snapshot with decisions, checks, certificates and first-seen dates."""
    for statement in filter(str.strip, SCHEMA.split(";")):
        con.execute(statement)
    decisions = [
        (d.authority, d.break_id, d.indicator_id, d.decision, d.cause, d.reason, d.by, _plain(d.at), d.until, d.evidence,
         d.bound_to, d.version)
        for d in ledger.decisions()
    ]  # fmt: skip
    checks = [(c.authority, c.indicator_id, c.as_at, c.by, c.note, c.facts_hash, _plain(c.at)) for c in ledger.checks()]
    certificates = [
        (c.id, c.authority, c.indicator_id, c.as_at, c.facts_hash, c.signed_by, _plain(c.issued_at), _plain(c.lapsed_at),
         c.lapse_reason, _plain(c.reaffirmed_at))
        for c in ledger.certificates()
    ]  # fmt: skip
    for table, rows in (("decisions", decisions), ("checks", checks), ("certificates", certificates)):
        if rows:
            con.executemany(f"insert into book.{table} values ({', '.join('?' * len(rows[0]))})", rows)
    seen = ledger.first_seen_table()
    con.register("seen_rows", seen)
    con.execute("insert into book.seen by name select * from seen_rows")
    con.unregister("seen_rows")


def name_breaks(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Fill `break_ids`: a keyed pseudonym for each (authority, indicator, case), leading zeros of the child's id aside."""
    con.execute(
        "create or replace temp table break_keys as select distinct authority, indicator_id, break_key from facts.items order by all"
    )
    rows = con.execute("select authority, indicator_id, break_key from break_keys order by all").fetchall()
    ids = pseudonyms(key, [tuple(row) for row in rows])
    import pyarrow

    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    names = ("authority", "indicator_id", "break_key")
    table = pyarrow.table(
        {name: pyarrow.array(list(column), pyarrow.string()) for name, column in zip(names, columns, strict=True)}
        | {"break_id": pyarrow.array(ids, pyarrow.string())}
    )
    con.register("break_rows", table)
    con.execute("create or replace temp table break_ids as select * from break_rows")
    con.unregister("break_rows")
