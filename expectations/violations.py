"""Running the rules: every failing row of one authority's newest extracts, and per rule how many rows were asked about.

Set at a time: one query per contract over all its rules. A rule that raises is an ERROR of that rule alone, recorded
without the engine's own words, since these can quote a cell. What the numbers mean for a gate is decided elsewhere.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.contracts.rules import RuleFile
from countermark.warehouse.connect import EngineError, quiet
from expectations.counts import ERROR, NEVER, NOT_APPLICABLE, RAN, SCHEMA, RuleCount, store
from expectations.rules import newest, rules_by_contract, view_name, violation_query

log = logging.getLogger(__name__)


def evaluate(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, authority: str) -> list[RuleCount]:
    """Run every rule for `authority` and replace its rows in `facts.failures` and `facts.rule_counts`.

    Reads `typed.*`. Call it outside a transaction: a rule that raises would spoil it. Raises EngineError (no engine
    text) where anything but a rule itself fails, RuleError where a rule names an unknown contract or column.
    """
    by_contract = rules_by_contract(catalogue)
    needed = {name for rules in by_contract.values() for rule in rules for name in (rule.contract, *rule.reads)}
    counts: list[RuleCount] = []
    with (
        quiet("evaluating the rules"),
        _rows(con, [catalogue.contracts[n] for n in sorted(needed)], authority) as row_counts,
    ):
        con.execute(SCHEMA)
        con.execute("create or replace temp table found as from facts.failures limit 0")
        for contract_id, rules in by_contract.items():
            counts += _contract(con, catalogue.contracts[contract_id], rules, authority, row_counts)
        store(con, authority, counts, "temp.found")
    return counts


@contextmanager
def _rows(con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract], authority: str) -> Iterator[dict[str, int]]:
    """Temporary tables of what the rules read; yields each contract's number of rows, taken from typed."""
    present = {
        name
        for (name,) in con.execute(
            "select table_name from information_schema.tables where table_schema = 'typed'"
        ).fetchall()
    }
    row_counts: dict[str, int] = {}
    made = []
    for contract in contracts:
        row_counts[contract.id] = 0
        if contract.table not in present:
            continue
        source, kept, name = f'typed."{contract.table}" as this', newest(contract), view_name(contract.id)
        con.execute(f"create or replace temp table {name}_all as from {source} where {kept}", {"authority": authority})
        con.execute(f"create or replace temp view {name} as from {name}_all where reject_reason is null")
        row_counts[contract.id] = _number(con, f"select count(*) from {source} where {kept}", {"authority": authority})
        made.append(name)
    try:
        yield row_counts
    finally:
        for name in made:
            con.execute(f"drop view temp.{name}")
            con.execute(f"drop table temp.{name}_all")
        con.execute("drop table if exists temp.violations")
        con.execute("drop table if exists temp.found")


def _contract(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rules: list[RuleFile],
    authority: str,
    row_counts: dict[str, int],
) -> list[RuleCount]:
    rows = row_counts[contract.id]
    able = [rule for rule in rules if rows and all(row_counts[name] for name in rule.reads)]
    if able:
        _violations(con, able)
    hints = {rule.code: NOT_APPLICABLE for rule in rules if rule not in able} | (_astray(con, contract) if able else {})
    sums = _sums(con) if able else {}
    counts = []
    for rule in rules:
        evaluated, failed = sums.get(rule.code, (NEVER, 0))
        if rule in able and evaluated != rows:
            hints[rule.code] = ERROR
        limit = math.floor(rule.limit * rows)
        counts.append(
            RuleCount(authority, contract.id, rule.code, evaluated, failed, limit, rows, hints.get(rule.code, RAN))
        )
    if able:
        _keep(con, contract, [rule for rule in able if hints.get(rule.code, RAN) == RAN], authority)
    return counts


def _violations(con: duckdb.DuckDBPyConnection, rules: list[RuleFile]) -> None:
    """Fill temp.violations by one query; where that fails, rule by rule, leaving out those that fail alone."""
    try:
        con.execute(f"create or replace temp table violations as\n{violation_query(rules)}")
    except duckdb.Error:
        con.execute(
            "create or replace temp table violations (rule_code varchar, delivery_id varchar, source_row varchar,"
            " column_name varchar, evaluated bigint)"
        )
        for rule in rules:
            try:
                with quiet(f"rule {rule.code}"):
                    con.execute(f"insert into temp.violations\n{violation_query([rule])}")
            except EngineError as error:
                log.warning("%s", error)


def _astray(con: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, str]:
    """Rules that found rows or columns which are not the contract's: what they say cannot be trusted."""
    rows = con.execute(
        f"select distinct rule_code from temp.violations as v where v.evaluated is null and"
        f" (not exists (from {view_name(contract.id)}_all as a"
        " where a.delivery_id = v.delivery_id and a.source_row = v.source_row)"
        f" or not (v.column_name = '' or list_contains($names, v.column_name)))",
        {"names": _names_and_headers(contract)},
    ).fetchall()
    return {code: ERROR for (code,) in rows}


def _sums(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    rows = con.execute(
        "select rule_code, max(evaluated), count(distinct (delivery_id, source_row)) filter (delivery_id is not null)"
        " from temp.violations group by rule_code having max(evaluated) is not null"
    ).fetchall()
    return {code: (evaluated, failed) for code, evaluated, failed in rows}


def _keep(con: duckdb.DuckDBPyConnection, contract: Contract, rules: list[RuleFile], authority: str) -> None:
    """Append the violations of `rules` to temp.found, with the words that people read, the child and the team."""
    child = f'a."{contract.child}"' if contract.child else "null"
    team = "a.team" if contract.team else "null"
    con.execute(
        f"""
        insert into temp.found by name
        with rules as (select unnest($codes::varchar[]) as rule_code, unnest($severities::varchar[]) as severity,
                              unnest($words::varchar[]) as words),
             headers as (select unnest($names::varchar[]) as name, unnest($headers::varchar[]) as header)
        select distinct
            $authority as authority, v.rule_code, r.severity,
            replace(r.words, '{{column}}', coalesce('“' || h.header || '”', 'the row')) as message,
            $contract as contract, v.delivery_id, v.source_row, h.header as column_name,
            {child} as child_id, {team} as team
        from temp.violations as v
        join rules as r using (rule_code)
        join {view_name(contract.id)}_all as a on a.delivery_id = v.delivery_id and a.source_row = v.source_row
        left join headers as h on h.name = v.column_name
        """,
        {
            "codes": [rule.code for rule in rules],
            "severities": [rule.severity for rule in rules],
            "words": [rule.words(contract) for rule in rules],
            "names": _names_and_headers(contract),
            "headers": [column.header for column in contract.columns.values()] * 2,
            "authority": authority,
            "contract": contract.id,
        },
    )


def _names_and_headers(contract: Contract) -> list[str]:
    """A failing column may be given by its name or, as a reject does, by its header."""
    return [*contract.columns, *(column.header for column in contract.columns.values())]


def _number(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, str]) -> int:
    row = con.execute(sql, parameters).fetchone()
    return int(row[0]) if row else 0
