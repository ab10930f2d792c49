"""The ledger's tables as certification reads them: schema `book` of a snapshot being made. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from countermark.ledger.records import Certificate, Check
from countermark.ledger.secrets import pseudonyms
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert, statements

SCHEMA = """
create schema if not exists book;
create or replace table book.decisions (
    authority varchar, break_id varchar, indicator_id varchar, decision varchar, cause varchar, reason varchar, decided_by varchar,
    decided_at timestamp, until_day date, evidence varchar, bound_to varchar, version integer
);
create or replace table book.checks (
    authority varchar, indicator_id varchar, as_at date, checked_by varchar, note varchar, facts_hash varchar, checked_at timestamp,
    is_void boolean
);
create or replace table book.certificates (
    id varchar, authority varchar, indicator_id varchar, as_at date, facts_hash varchar, signed_by varchar, issued_at timestamp,
    lapsed_at timestamp, lapse_reason varchar, reaffirmed_at timestamp, ended varchar
);
create or replace table book.counted (authority varchar, indicator_id varchar, as_at date, team varchar);
create or replace table book.dip_files (
    authority varchar, indicator_id varchar, as_at date, round integer, place integer, mark varchar, drawn_on date, looked_on date,
    looked_by varchar, file_says varchar, finds varchar, file_on date, version integer, bound_system varchar, bound_list varchar
);
create or replace table book.dip_ids (authority varchar, indicator_id varchar, case_key varchar, mark varchar);
create or replace table book.seen (authority varchar, break_id varchar, kind varchar, first_seen date);
"""

# Of a key and its child's other keys, which are no difference of their own at the same position, the name that people know.
KNOWN_AS = """
create or replace temp table shared_keys as
select distinct authority, indicator_id, as_at, break_key, other_keys[1] as root_key, unnest(list_prepend(break_key, other_keys)) as called
from facts.items where other_keys is not null;
create or replace temp table break_ids as
with held as (
    select *, first_value(break_key) over (
        partition by authority, indicator_id, as_at, called order by called <> break_key, break_key <> root_key, break_key
    ) as holder
    from shared_keys
),
others as (
    select distinct authority, indicator_id, break_key, called from held
    anti join (select authority, indicator_id, break_key, called from held where holder <> break_key) as lost
        using (authority, indicator_id, break_key, called)
),
ways as (
    select distinct authority, indicator_id, break_key, break_key as called from facts.items
    union select * from others
)
select
    ways.authority, ways.indicator_id, ways.break_key,
    arg_min(
        names.break_id,
        row(
            -coalesce(epoch_us(decisions.decided_at), 0), coalesce(seen.first_seen, date '9999-12-31'),
            seen.first_seen is not null and ways.called = ways.break_key,            names.break_id
        )
    ) as break_id,
    min(seen.first_seen) as first_seen
from ways
join called_breaks as names
    on ways.authority = names.authority and ways.indicator_id = names.indicator_id and ways.called is not distinct from names.break_key
left join book.decisions as decisions on names.authority = decisions.authority and names.break_id = decisions.break_id
left join book.seen as seen on names.authority = seen.authority and names.break_id = seen.break_id and seen.kind = 'break'
group by all
"""


def _plain(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None


def _withdrawn_since(check: Check, issued: Sequence[Certificate]) -> bool:
    """Whether a certificate of the figure was withdrawn after the check, which then counts no more."""
    figure = (check.authority, check.indicator_id, check.as_at)
    gone = (c.lapsed_at for c in issued if c.ended == "withdrawn" and (c.authority, c.indicator_id, c.as_at) == figure)
    return any(at is not None and at >= check.at for at in gone)


def load(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Fill schema `book` of the open snapshot with decisions, checks, certificates and first-seen dates."""
    for statement in filter(str.strip, SCHEMA.split(";")):
        con.execute(statement)
    decisions = [
        (d.authority, d.break_id, d.indicator_id, d.decision, d.cause, d.reason, d.by, _plain(d.at), d.until, d.evidence,
         d.bound_to, d.version)
        for d in ledger.decisions()
    ]  # fmt: skip
    issued = ledger.certificates()
    checks = [
        (c.authority, c.indicator_id, c.as_at, c.by, c.note, c.facts_hash, _plain(c.at), _withdrawn_since(c, issued))
        for c in ledger.checks()
    ]  # fmt: skip
    certificates = [
        (c.id, c.authority, c.indicator_id, c.as_at, c.facts_hash, c.signed_by, _plain(c.issued_at), _plain(c.lapsed_at),
         f"withdrawn: {c.lapse_reason}" if c.ended == "withdrawn" else c.lapse_reason, _plain(c.reaffirmed_at), c.ended)
        for c in issued
    ]  # fmt: skip
    for table, rows in (("decisions", decisions), ("checks", checks), ("certificates", certificates)):
        insert(con, f"book.{table}", rows)
    seen = ledger.first_seen_table()
    con.register("seen_rows", seen)
    con.execute("insert into book.seen by name select * from seen_rows")
    con.unregister("seen_rows")


def name_breaks(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Fill `break_ids`: a keyed pseudonym for each (authority, indicator, case), leading zeros of the child's id aside.

    A case that has stood under other ids of its child keeps the name by which people know it: the one that was decided on last, else the
    one seen first.
    """
    _name(
        con, key, "called_breaks",
        "select distinct authority, indicator_id, unnest(list_prepend(break_key, coalesce(other_keys, []))) as break_key from facts.items",
    )  # fmt: skip
    for statement in statements(KNOWN_AS):
        con.execute(statement)


def name_drawn(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Fill book.dip_ids: the pseudonyms of the cases of figures that files were drawn of, leading zeros of the child's id aside."""
    bare = "regexp_replace(case_id, '^0+([^/])', '\\1') as case_key"
    _name(
        con, key, "drawn_names",
        "with drawn as (select distinct authority, indicator_id from book.dip_files) "
        f"select authority, indicator_id, {bare} from facts.members join drawn using (authority, indicator_id) "
        f"union select authority, indicator_id, {bare} from facts.items join drawn using (authority, indicator_id) "
        "where case_id is not null",
    )  # fmt: skip
    con.execute("insert into book.dip_ids select authority, indicator_id, case_key, break_id from drawn_names")


def name_failures(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Fill `failure_ids`: a keyed pseudonym for each (authority, rule, column, child; without a child the row)."""
    _name(
        con, key, "failure_ids",
        "select distinct authority, rule_code, coalesce(column_name, '') as column_name, coalesce(child_id, source_row) as failing "
        "from facts.failures",
    )  # fmt: skip


def name_pairs(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Fill `pair_ids`: a keyed pseudonym for each (authority, pair of systems, case), leading zeros of the child's id aside."""
    _name(con, key, "pair_ids", "select distinct authority, pair_id, break_key from facts.pair_items")


def _name(con: duckdb.DuckDBPyConnection, key: bytes, table: str, query: str) -> None:
    """A temporary table of the query's rows (all text), each with `break_id`, the pseudonym of its columns together."""
    import pyarrow

    cursor = con.execute(f"{query} order by all")
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = {name: pyarrow.array(list(column), pyarrow.string()) for name, column in zip(names, columns, strict=True)}
    ids = pyarrow.array(pseudonyms(key, [tuple(cell or "" for cell in row) for row in rows]), pyarrow.string())
    con.register("named_rows", pyarrow.table(arrays | {"break_id": ids}))
    con.execute(f"create or replace temp table {table} as select * from named_rows")
    con.unregister("named_rows")
