"""Copying what certification needs out of the warehouse into a new snapshot, or from one snapshot into the next.

After this a snapshot can be certified again from itself and the ledger, without the warehouse.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

import duckdb

from countermark.certify.answers import ANSWERS
from countermark.certify.changes import CHANGES, record_changes
from countermark.certify.drift import DRIFT, record_drift
from countermark.certify.initials import INITIALS, record_initials
from countermark.certify.lacking import LACKING
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.reconcile import pair_tables
from countermark.reconcile.members import FACTS, Position, contracts_wanted, made, period_start
from countermark.reconcile.weekly import WEEKLY
from countermark.warehouse.connect import insert, statements
from countermark.warehouse.identity import PROPOSALS
from countermark.warehouse.noted import LOOKS
from countermark.warehouse.weighing import WEIGHING

FACT_TABLES = (
    "definitions", "contracts", "reads", "extracts", "taken", "owes", "go_lives", "members", "items", "claims", "figures", "bridges",
    "failures", "rule_results", "roll_forward", "deliveries", "rejects", "changes", "drift", "initials",
    "identity_proposals", "identity_weighing", "lacking", "looks", "weekly", "controls", "answers",
    *pair_tables.TABLES,
)  # fmt: skip

SCHEMA = """
create schema if not exists facts;
create table if not exists facts.definitions (
    authority varchar, as_at date, indicator_id varchar, title varchar, theme varchar, question varchar, headline boolean,
    unit varchar, case_unit varchar, measures varchar, better varchar, period varchar, version integer, owner varchar,
    contracts varchar[], tolerance_cases integer, tolerance_share double, range_low double, range_high double,
    overtaken_share double, independent_evidence varchar, definition_hash varchar
);
alter table facts.definitions add column if not exists first_day date;
alter table facts.definitions add column if not exists value_name varchar;
create table if not exists facts.extracts (
    authority varchar, as_at date, contract varchar, extracted_on date, complete boolean, stated boolean, whole_file boolean
);
alter table facts.extracts add column if not exists at_hand_on date;
create table if not exists facts.owes (authority varchar, as_at date, indicator_id varchar, team varchar);
create table if not exists facts.go_lives (authority varchar, on_day date);
"""
SCHEMA += f"create table if not exists facts.lacking ({LACKING});"
SCHEMA += f"create table if not exists facts.weekly ({WEEKLY});"
CONTROLS = "authority varchar, as_at date, control varchar, kind varchar, outcome varchar, says varchar"
SCHEMA += f"create table if not exists facts.controls ({CONTROLS});"
SCHEMA += f"create table if not exists facts.answers ({ANSWERS});"
LATER = {
    "changes": CHANGES,
    "drift": DRIFT,
    "initials": INITIALS,
    "identity_proposals": PROPOSALS,
    "identity_weighing": WEIGHING,
    "lacking": LACKING,
    "weekly": WEEKLY,
    "looks": LOOKS,
    "controls": CONTROLS,
    "answers": ANSWERS,
    **pair_tables.TABLES,
}  # what publications of an earlier version lack: tables, with their columns
LATER_COLUMNS = {  # and columns
    "members": {"event_on": "date", "team_at_event": "varchar", "value": "double", "weight": "double"},
    "figures": {
        "average": "double", "middle": "double", "largest": "double", "children_numerator": "integer", "children_denominator": "integer",
    },
    "definitions": {"first_day": "date", "value_name": "varchar"},
    "items": {"proof": "varchar", "block": "varchar", "other_keys": "varchar[]", "other_bound_to": "varchar[]",
        "moves_least": "integer", "moves_most": "integer"},
    "identity_proposals": {"probability": "double", "weight": "double", "evidence": "varchar", "doubts": "varchar"},
}  # fmt: skip


def definition_hash(indicator: Indicator) -> str:
    """A hash of what the definition says: its fields and its SQL, comments and spacing aside."""
    fields = indicator.model_dump(
        mode="json", exclude={"folder", "own", "wording", "stands_beside", "follows", "rolling_weeks"}
    )
    fields = {name: value for name, value in fields.items() if value or name not in ("varies_by", "values_by")}
    fields["rate_of"] = ""  # a rate beside a count makes it no other count
    sql = re.sub(r"--[^\n]*", "", indicator.members_sql).split()
    return sha256(json.dumps([fields, sql], sort_keys=True).encode()).hexdigest()


def record_definitions(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    position: Position,
    owes: dict[str, list[str]],
    go_lives: list[str],
) -> None:
    """Write into the warehouse which definitions, extracts and duties the figures of a position rest on."""
    for statement in statements(FACTS + SCHEMA):
        con.execute(statement)
    key = [position.authority, position.as_at]
    for table in ("definitions", "extracts", "owes"):
        con.execute(f"delete from facts.{table} where authority = ? and as_at = ?", key)
    con.execute("delete from facts.go_lives where authority = ?", [position.authority])
    there = made(con, catalogue, position)
    wanted = contracts_wanted(con, catalogue, there, position)
    insert_definitions(con, position, [(one, wanted[one.id]) for one in there])
    duties = [(*key, indicator, team) for team, indicators in owes.items() for indicator in indicators]
    insert(con, "facts.owes", duties)
    insert(con, "facts.go_lives", [(position.authority, day) for day in go_lives])
    con.execute(
        """
        insert into facts.extracts
        with taken as (
            select authority, contract, extracted_on, not bool_or(extracted_on_inferred) as stated, bool_and(file_complete) as whole_file
            from typed.receipts
            where authority = $authority and status in ('loaded', 'loaded_with_rejects') and extracted_on is not null
            group by authority, contract, extracted_on
        )
        select taken.authority, $as_at, taken.contract, taken.extracted_on, true, taken.stated, taken.whole_file, before.extracted_on
        from taken
        left join facts.basis as basis
            on taken.authority = basis.authority and basis.as_at = $as_at and taken.contract = basis.contract and basis.basis = 'now'
        left join facts.basis as before
            on taken.authority = before.authority and before.as_at = $as_at and taken.contract = before.contract
            and before.basis = 'at_hand'
        qualify taken.extracted_on = coalesce(basis.extracted_on, max(taken.extracted_on) over (partition by taken.contract))
        """,
        {"authority": position.authority, "as_at": position.as_at},
    )


def insert_definitions(
    con: duckdb.DuckDBPyConnection, position: Position, indicators: list[tuple[Indicator, list[str]]]
) -> None:
    """Write the definitions of a position's figures, each with the contracts that it rests on."""
    rows = [_definition_row(position, indicator, contracts) for indicator, contracts in indicators]
    insert(con, "facts.definitions", rows)


def record_deliveries(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Write what does not depend on a position: contracts' titles, extracts taken, deliveries, and empty tables that nothing filled."""
    for statement in statements(SCHEMA):
        con.execute(statement)
    for name, columns in pair_tables.TABLES.items():
        con.execute(f"create table if not exists facts.{name} ({columns})")
    con.execute("create or replace table facts.contracts (contract varchar, title varchar)")
    insert(con, "facts.contracts", [(c.id, c.title) for c in catalogue.contracts.values()])
    con.execute("create or replace table facts.reads (indicator_id varchar, contract varchar, header varchar)")
    read = columns_read(catalogue)
    insert(con, "facts.reads", read)
    con.execute(
        "create or replace table facts.taken as select distinct authority, contract, extracted_on from typed.extracts"
    )
    con.execute("create or replace table facts.deliveries as select * from typed.receipts")
    record_changes(con, catalogue)
    record_drift(con, catalogue, read)
    record_initials(con)


def columns_read(catalogue: Catalogue) -> list[tuple[str, str, str]]:
    """Which cells could move an indicator: (indicator, contract, header) of every column that a conformed table it reads is made of."""
    fed: dict[str, set[tuple[str, str]]] = {}
    for contract in catalogue.contracts.values():
        for statement in re.split(r"insert into conformed\.", contract.conform_sql)[1:]:
            words = set(re.findall(r"\w+", statement))
            table = re.match(r'"?(\w+)', statement)
            if table:
                named = {
                    (contract.id, c.header)
                    for name, c in contract.columns.items()
                    if {name, f"{name}_unusable"} & words
                }
                fed.setdefault(table[1], set()).update(named)
    return sorted(
        {(i.id, *cell) for i in catalogue.indicators.values() for table in i.reads for cell in fed.get(table, set())}
    )


def _definition_row(position: Position, i: Indicator, contracts: list[str]) -> tuple[object, ...]:
    return (
        position.authority, position.as_at, i.id, f"{i.title}, {i.own}" if i.own else i.title, i.theme, i.question, i.headline,
        i.unit, i.case_unit, i.measures, i.better, i.period, i.version, i.owner, contracts, i.tolerance.cases, i.tolerance.share,
        i.declared_range[0], i.declared_range[1], i.overtaken_limit.share, i.independent_evidence, definition_hash(i),
        None if i.period == "snapshot" else period_start(i, position.as_at), i.value_name or None,
    )  # fmt: skip


def copy_facts(con: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Copy every fact table from one attached database into another (names as attached)."""
    con.execute(f'create schema if not exists "{target}".facts')
    there = {
        row[0]
        for row in con.execute(
            "select table_name from duckdb_tables() where database_name = ? and schema_name = 'facts'", [source]
        ).fetchall()
    }
    for table in FACT_TABLES:
        if table not in there and table in LATER:
            con.execute(f'create or replace table "{target}".facts."{table}" ({LATER[table]})')
            continue
        only = "where basis = 'now' and state is not null" if table == "members" else ""
        con.execute(
            f'create or replace table "{target}".facts."{table}" as select * from "{source}".facts."{table}" {only}'
        )
        for name, kind in LATER_COLUMNS.get(table, {}).items():
            con.execute(f'alter table "{target}".facts."{table}" add column if not exists {name} {kind}')
