"""Publication: a new snapshot, certified, compared by content with the last one, and made current only where it differs.

Order, so that a crash anywhere leaves the last publication standing and a rerun reaches the same content: the file whole and
durable, then the ledger's revision, then the pointer. A pointer that lags behind the ledger is put right first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify import dip_results, records, snapshot
from countermark.certify.beside import set_beside
from countermark.certify.certify import certify
from countermark.certify.facts import copy_facts
from countermark.certify.judge import people_of
from countermark.certify.lists import add_lists
from countermark.certify.lives import add_work
from countermark.certify.trends import publish_trends
from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.records import Revision, utc_now
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import connect, quiet
from countermark.warehouse.identity import proposed

PUBLISHED = (
    "metrics", "members", "bridge_lines", "breaks", "failures", "deliveries", "rejects", "gates", "claims", "revisions", "certificates",
    "team_at_event", "targets", "comparators", "rates", "to_see", "to_supervise", "events", "signals", "weekly",
    "roll_forward", "moves", "ranges", "pairs", "pair_lines", "pair_items", "pair_roll_forward",
)  # fmt: skip
# Of a snapshot, beside its published tables: pages need `desk`, `facts.changes`. Counted up, a home that stands still is published anew.
LAYOUT = 14
# Left out of the content hash: when a run happened, names made with the home's own key, and numbers of publications.
NOT_CONTENT = {
    "metrics": {"published_at", "revision", "certificate_id", "facts_hash"},
    "breaks": {"break_id", "first_seen"},
    "moves": {"break_id"},
    "deliveries": {"received_at", "seq"},
    "failures": {"first_seen", "failure_id"},
    "pair_items": {"difference_id", "first_seen"},
    "revisions": None,
    "certificates": None,
}
# A figure about differences has them for its cases: of these it is content how many there are, and not the name.
CONTENT_OF = {("members", "case_id"): "if(case_id in (select break_id from main.breaks), null, case_id)"}


@dataclass(frozen=True)
class Publication:
    """What a publication came to. `changed` is empty and `is_new` false where the content was that of the last one."""

    snapshot: str
    content_hash: str
    is_new: bool
    changed: list[dict[str, Any]] = field(default_factory=list)


def publish_from_warehouse(
    con: duckdb.DuckDBPyConnection, home: Home, catalogue: Catalogue, ledger: Ledger
) -> Publication:
    """Publish the facts of all positions in the open warehouse."""

    def fill(path: Path) -> None:
        with quiet("writing the snapshot"):
            warehouse = con.execute("select current_database()").fetchall()[0][0]
            con.execute(f"attach '{_quoted(path)}' as publication")
            try:
                copy_facts(con, str(warehouse), "publication")
            finally:
                con.execute("detach publication")

    publication = _publish(home, catalogue, ledger, fill)
    records.write(con, catalogue, home)
    return publication


def publish_again(home: Home, catalogue: Catalogue, ledger: Ledger) -> Publication:
    """Publish the last snapshot's facts with what the ledger now says, without the warehouse (decisions, checks, signatures)."""
    last = snapshot.find(home)

    def fill(path: Path) -> None:
        with quiet("writing the snapshot"):
            con = duckdb.connect(str(path))
            try:
                con.execute(f"attach '{_quoted(last)}' as last (read_only)")
                copy_facts(con, "last", str(con.execute("select current_database()").fetchall()[0][0]))
            finally:
                con.close()

    return _publish(home, catalogue, ledger, fill)


def _publish(home: Home, catalogue: Catalogue, ledger: Ledger, fill: Callable[[Path], None]) -> Publication:
    standing = _put_pointer_right(home, ledger)
    path = snapshot.new_file(home)
    published_at = utc_now().replace(microsecond=0)
    try:
        fill(path)
        con = connect(path, catalogue.sql, home.tmp)
        try:
            last = home.published / standing.snapshot if standing else None
            certify(con, catalogue, ledger, pseudonym_key(home.path), last)
            with quiet("finishing the snapshot"):
                _finish_tables(con, [code for code in ledger.authorities() if people_of(ledger, code)])
                set_beside(con, catalogue, ledger, home)
                publish_trends(con, catalogue, ledger)
                add_work(con, catalogue, ledger)
                add_lists(con, catalogue)
                changed = _number_revisions(con, ledger, published_at)
                content = content_hash(con)
                con.execute("drop schema if exists book cascade")
                con.execute("checkpoint")
        finally:
            con.close()
        if standing is not None and standing.content_hash == content:
            return Publication(standing.snapshot, content, is_new=False)
        snapshot.make_durable(path)
        seq = ledger.next_revision()
        name = f"{seq:06d}-{content[:12]}.duckdb"
        path.replace(home.published / name)
        kind = _class_of_publication(changed)
        ledger.add_revision(name, content, changed, kind, _summary(changed), published_at, seq)
        snapshot.point_at(home, name)
        return Publication(name, content, is_new=True, changed=changed)
    finally:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    """A path as the inside of a SQL string."""
    return str(path).replace("'", "''")


def _put_pointer_right(home: Home, ledger: Ledger) -> Revision | None:
    """The ledger's last revision where its file is there, the pointer set to it; None where there is none to stand on.

    A file with the number of the next revision is what a process left that was killed before the ledger had it: it goes.
    """
    for stray in home.published.glob(f"{ledger.next_revision():06d}-*.duckdb"):
        stray.unlink()
    last = ledger.revision_at()
    if last is None or not (home.published / last.snapshot).is_file():
        return None
    if snapshot.current(home) != home.published / last.snapshot:
        snapshot.point_at(home, last.snapshot)
    return last


def _finish_tables(con: duckdb.DuckDBPyConnection, with_people: list[str]) -> None:
    """The published tables that are plain copies of facts."""
    con.execute(
        "create or replace table main.members as select authority, indicator_id, as_at, case_id, child_id, team, worker, "
        "in_denominator, in_numerator, state, due_on, done_on, delivery_id, source_row, team_at_event, value from facts.members"
    )
    con.execute(
        "create or replace table main.failures as select failures.authority, failures.rule_code, severity, message, contract, "
        'delivery_id, source_row, failures.column_name as "column", child_id, team, seen.first_seen, ids.break_id as failure_id '
        "from facts.failures as failures "
        "left join failure_ids as ids on failures.authority = ids.authority and failures.rule_code = ids.rule_code "
        "and coalesce(failures.column_name, '') = ids.column_name and coalesce(failures.child_id, failures.source_row) = ids.failing "
        "left join book.seen as seen on ids.authority = seen.authority and ids.break_id = seen.break_id and seen.kind = 'failure'"
    )
    con.execute(
        "create or replace table main.certificates as select c.authority, c.indicator_id, c.as_at, c.id as certificate_id, c.signed_by, "
        "c.issued_at, c.reaffirmed_at, c.lapsed_at, c.lapse_reason, "
        "if(list_contains($with_people, c.authority), 'as authority.toml spells them', 'as typed') as names "
        "from book.certificates as c",
        {"with_people": with_people},
    )
    con.execute(
        "create or replace table main.deliveries as select authority, delivery_id, file, sha256, contract, extracted_on, "
        "extracted_on_inferred, received_at, rows_in, rows_loaded, rows_rejected, rows_ignored, status, reason from facts.deliveries"
    )
    con.execute("create or replace table main.rejects as select * from facts.rejects")
    con.execute("create or replace table main.claims as select * from facts.claims")


def _number_revisions(con: duckdb.DuckDBPyConnection, ledger: Ledger, published_at: datetime) -> list[dict[str, Any]]:
    """Give every figure its revision: the last one's where the figure is the same, else the next. Returns the new ones."""
    history = [
        {"system_value": None, **row, "published_at": revision.published_at.replace(tzinfo=None)}
        for revision in ledger.revisions()
        for row in revision.positions
    ]
    con.execute(
        "create or replace table main.revisions (authority varchar, indicator_id varchar, as_at date, team varchar, revision integer, "
        "class varchar, changes_conclusion boolean, system_numerator integer, system_denominator integer, status varchar, "
        "figure_hash varchar, definition_hash varchar, extracts varchar, published_at timestamp, system_value double)"
    )
    if history:
        con.execute("insert into main.revisions select unnest(rows, max_depth := 2) from (select $rows::struct(authority varchar, "
            "indicator_id varchar, as_at date, team varchar, revision integer, class varchar, changes_conclusion boolean, "
            "system_numerator integer, system_denominator integer, status varchar, figure_hash varchar, definition_hash varchar, "
            "extracts varchar, published_at timestamp, system_value double)[] as rows)", {"rows": history})  # fmt: skip
    con.execute(NEW_REVISIONS, {"published_at": published_at.replace(tzinfo=None)})
    con.execute("insert into main.revisions by name select * from new_revisions")
    con.execute(
        """
        update main.metrics set revision = last.revision, published_at = last.published_at
        from (
            select * from main.revisions
            qualify row_number() over (partition by authority, indicator_id, as_at, team order by revision desc) = 1
        ) as last
        where metrics.authority = last.authority and metrics.indicator_id = last.indicator_id and metrics.as_at = last.as_at
            and metrics.team = last.team
        """
    )
    cursor = con.execute("select * exclude (published_at) from new_revisions order by all")
    names = [column[0] for column in cursor.description]
    return [json.loads(json.dumps(dict(zip(names, row, strict=True)), default=str)) for row in cursor.fetchall()]


NEW_REVISIONS = """
create or replace temp table new_revisions as
with now as (
    select
        metrics.authority, metrics.indicator_id, metrics.as_at, metrics.team, metrics.system_numerator, metrics.system_denominator,
        metrics.system_value, metrics.unit, metrics.status, definitions.definition_hash,
        md5(concat_ws('|', metrics.system_numerator, coalesce(metrics.system_denominator, -1), coalesce(metrics.manual_numerator, -1),
            coalesce(metrics.manual_denominator, -1), metrics.reconciled_numerator, coalesce(metrics.reconciled_denominator, -1),
            coalesce(metrics.range_low, -1), coalesce(metrics.range_high, -1),
            if(metrics.unit in ('percent', 'count'), null, 'value ' || metrics.system_value), metrics.not_countable, metrics.overtaken,
            metrics.status, metrics.status_reason)) as figure_hash,
        (
            select string_agg(contract || ' ' || extracted_on, ', ' order by contract) from facts.extracts
            where extracts.authority = metrics.authority and extracts.as_at = metrics.as_at
                and (len(definitions.contracts) = 0 or list_contains(definitions.contracts, extracts.contract))
        ) as extracts
    from main.metrics as metrics
    join facts.definitions as definitions
        on metrics.authority = definitions.authority and metrics.as_at = definitions.as_at
        and metrics.indicator_id = definitions.indicator_id
),
last as (
    select * from main.revisions
    qualify row_number() over (partition by authority, indicator_id, as_at, team order by revision desc) = 1
)
select
    now.authority, now.indicator_id, now.as_at, now.team, coalesce(last.revision, 0) + 1 as revision,
    case
        when last.revision is null then 'scheduled'
        when now.definition_hash <> last.definition_hash then 'method'
        when now.extracts is distinct from last.extracts then 'late recording'
        else 'correction'
    end as class,
    last.revision is not null and (
        now.status <> last.status
        or abs(coalesce(now.system_value, 0) - coalesce(case
            when now.unit not in ('percent', 'count') then last.system_value
            when now.system_denominator is null then last.system_numerator::double
            else last.system_numerator / nullif(last.system_denominator, 0)::double end, 0)) >= 0.01
    ) as changes_conclusion,
    now.system_numerator, now.system_denominator, now.status, now.figure_hash, now.definition_hash, now.extracts,
    $published_at::timestamp as published_at, now.system_value
from now
left join last
    on now.authority = last.authority and now.indicator_id = last.indicator_id and now.as_at = last.as_at and now.team = last.team
where last.figure_hash is distinct from now.figure_hash
"""


def _class_of_publication(changed: list[dict[str, Any]]) -> str:
    kinds = {row["class"] for row in changed}
    return next((kind for kind in ("scheduled", "method", "late recording") if kind in kinds), "correction")


def _summary(changed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"figures": len(changed), "conclusions": sum(bool(row["changes_conclusion"]) for row in changed)}


def content_hash(con: duckdb.DuckDBPyConnection) -> str:
    """A hash over the sorted rows of the published tables, without run times: equal content, equal hash, on any machine."""
    parts = [f"layout {LAYOUT}"]
    for table in PUBLISHED:
        left_out = NOT_CONTENT.get(table, set())
        if left_out is None:
            continue
        names = [row[0] for row in con.execute(f"describe main.{table}").fetchall() if row[0] not in left_out]
        told = [CONTENT_OF.get((table, name), f'"{name}"') for name in sorted(names)]
        cells = ", ".join(f"coalesce(({cell})::varchar, chr(1))" for cell in told)
        row = con.execute(
            f"select md5(string_agg(line, chr(10) order by line)) from (select concat_ws(chr(2), {cells}) as line from main.{table})"
        ).fetchone()
        parts.append(f"{table} {row[0] if row else ''}")
    looks = con.execute("from facts.looks order by all").fetchall()
    parts += [f"beside {one}" for one in (*proposed(con), *looks, *dip_results.told(con))]
    from hashlib import sha256

    return sha256("\n".join(parts).encode()).hexdigest()
