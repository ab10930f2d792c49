"""What pages ask of deliveries: receipts, rejects, what changed, who owes which count. Reading only."""

from __future__ import annotations

from datetime import date
from typing import Any

from countermark.certify import records
from countermark.certify.drift import of_row
from countermark.desk import owed as counts
from countermark.home import Home
from countermark.warehouse.connect import EngineError
from web.published import Row, snapshot, snapshot_at

STATUS_WORDS = {
    "loaded": "Taken in",
    "loaded_with_rejects": "Taken in, some rows not",
    "held": "Held",
    "rejected": "Refused",
    "duplicate": "The same file as another",
    "withdrawn": "Withdrawn",
}
CHANGED_WORDS = {"new": "Added", "gone": "Removed", "changed": "Changed"}
MOST_CHANGED = 200
GRADES = {
    "listed": "With its whole list",
    "partly_listed": "With part of its list",
    "over_listed": "Its list is longer than the count",
    "count_only": "A number alone",
}
PAGE = 50
OF_DATABASE = "if(starts_with(deliveries.file, 'databases/'), 'A case system''s database', '')"
TITLE = f"coalesce(contracts.title, {OF_DATABASE}) as title"
RECEIVED = f"""
select deliveries.*, {TITLE}, count(*) over () as total
from main.deliveries as deliveries
left join facts.contracts as contracts on deliveries.contract = contracts.contract
where deliveries.authority in ($authority, '') and ($contract = '' or deliveries.contract = $contract)
    and ($status = '' or deliveries.status = $status)
order by deliveries.received_at desc, deliveries.extracted_on desc nulls last, deliveries.contract, deliveries.delivery_id
limit $most offset $from
"""


def received(authority: str, contract: str, status: str, page: int) -> tuple[list[Row], int]:
    """One page of receipts, newest first, and how many there are."""
    said = {"authority": authority, "contract": contract, "status": status, "most": PAGE, "from": (page - 1) * PAGE}
    rows = snapshot().rows(RECEIVED, said)
    return rows, int(rows[0]["total"]) if rows else 0


def lists(authority: str) -> list[Row]:
    """The file layouts of which anything was received."""
    return snapshot().rows(
        "select distinct deliveries.contract, coalesce(contracts.title, deliveries.contract) as title "
        "from main.deliveries as deliveries left join facts.contracts as contracts on deliveries.contract = contracts.contract "
        "where deliveries.authority = $authority and deliveries.contract <> '' order by 1",
        {"authority": authority},
    )


def delivery(authority: str, delivery_id: str) -> Row | None:
    """One receipt; None where this authority has none of that id."""
    return snapshot().row(
        f"select deliveries.*, {TITLE} from main.deliveries as deliveries "
        "left join facts.contracts as contracts on deliveries.contract = contracts.contract "
        "where deliveries.authority in ($authority, '') and deliveries.delivery_id = $id",
        {"authority": authority, "id": delivery_id},
    )


def rejects(delivery_id: str) -> list[Row]:
    """The rows that were not taken: cell and reason, at most 200."""
    return snapshot().rows(
        'select source_row, "column", reason from main.rejects where delivery_id = $id order by source_row limit 200',
        {"id": delivery_id},
    )


def changes(one: Row) -> list[Row]:
    """What changed against the extract before: a row a kind, and per heading that differs; empty where nothing was compared."""
    if not snapshot().rows("select 1 from duckdb_tables() where schema_name = 'facts' and table_name = 'changes'"):
        return []  # published by an earlier version
    return snapshot().rows(
        "select against, kind, heading, rows from facts.changes where authority = $authority and contract = $contract "
        "and extracted_on = $on and list_contains(string_split(split_part(read_from, ' / ', 1), ' '), $id) "
        "order by heading <> '', rows desc, heading",
        {
            "authority": one["authority"],
            "contract": one["contract"],
            "on": one["extracted_on"],
            "id": one["delivery_id"],
        },
    )


def drift(one: Row) -> list[str]:
    """How the list's shape changed since the extract before, in sentences; nothing where an earlier version published."""
    if not snapshot().rows("select 1 from duckdb_tables() where schema_name = 'facts' and table_name = 'drift'"):
        return []
    rows = snapshot().rows(
        "select * from facts.drift where authority = $authority and contract = $contract and extracted_on = $on "
        "order by list_position(['gone', 'emptied', 'unusable', 'teams', 'unknown', 'renamed'], what), heading",
        {"authority": one["authority"], "contract": one["contract"], "on": one["extracted_on"]},
    )
    return [of_row(row).says for row in rows]


def changed_rows(home: Home, one: Row, kind: str) -> list[Row]:
    """Which rows changed, by their places, at most MOST_CHANGED; from the file of records, nothing where none has been written.

    `kind` is new, gone or changed, or empty for all of them.
    """
    path = records.newest(home)
    try:
        kept = snapshot_at(path) if path else None
    except EngineError:  # a run has just replaced it
        return []
    if kept is None or not kept.rows("select 1 from duckdb_tables() where table_name = 'changes'"):
        return []
    return kept.rows(
        "select * from changes where authority = $authority and contract = $contract and extracted_on = $on "
        "and ($kind = '' or kind = $kind) order by kind, coalesce(source_row, before_source_row) limit $most",
        {
            "authority": one["authority"],
            "contract": one["contract"],
            "on": one["extracted_on"],
            "kind": kind,
            "most": MOST_CHANGED,
        },
    )


def owed(authority: str, as_at: date, teams: tuple[str, ...] | None) -> list[Row]:
    """Every count owed at a date, those not handed in first. `teams` None: of every team."""
    return counts.owed(lambda sql, said: snapshot().rows(sql, dict(said)), authority, as_at, teams)


def due_on(as_at: date, parameters: dict[str, Any]) -> date:
    """By when a count of this date is wanted."""
    return counts.due_on(as_at, parameters)
