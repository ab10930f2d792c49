"""The one row of counts per contract, in a small DuckDB file: all that Great Expectations is ever shown.

A count that cannot be trusted is written as one that no expectation can accept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from countermark.contracts.rules import RuleFile
from countermark.warehouse.connect import quiet
from expectations.counts import ERROR, NEVER, RuleCount

Counts = Mapping[str, RuleCount]


def column(code: str, kind: str = "failed") -> str:
    """The column of the counts row that holds a rule's number (`cm_l07_010_failed`)."""
    return f"{code.lower().replace('-', '_')}_{kind}"


def table(contract: str) -> str:
    """The name of a contract's suite and of its table of counts (a dot would read as a schema, or as a folder)."""
    return contract.replace(".", "_")


def write(path: Path, to_judge: Mapping[str, list[RuleFile]], counts: Counts) -> None:
    """One table of one row per contract: its rows, and of each rule how many were asked about and how many failed.

    A rule without a count, in ERROR, or not asked about every row has -1 failed; so its expectation cannot hold.
    """
    with quiet("writing the counts"), duckdb.connect(str(path)) as con:
        for contract, rules in to_judge.items():
            con.execute(
                "create or replace temp table given (name varchar, evaluated bigint, failed bigint, row_count bigint)"
            )
            con.executemany("insert into given values (?, ?, ?, ?)", [_numbers(rule, counts) for rule in rules])
            judged = "".join(
                f""", any_value(evaluated) filter (name = '{column(rule.code)}') as "{column(rule.code, "evaluated")}",
                max(failed) filter (name = '{column(rule.code)}') as "{column(rule.code)}\""""
                for rule in rules
            )
            con.execute(
                f"""
                create table "{table(contract)}" as
                select max(row_count) as row_count, min(evaluated) as least_evaluated,
                    max(evaluated) as most_evaluated{judged}
                from (
                    select
                        name, coalesce(evaluated, {NEVER}) as evaluated, row_count,
                        case when evaluated is distinct from row_count then {NEVER} else failed end as failed
                    from given
                )
                """
            )


def _numbers(rule: RuleFile, counts: Counts) -> tuple[str, int | None, int | None, int]:
    count = counts.get(rule.code)
    if count is None or count.hint == ERROR:
        return column(rule.code), NEVER, NEVER, count.row_count if count else 0
    return column(rule.code), count.evaluated, count.failed, count.row_count
