"""The one row of counts per suite, in a small DuckDB file: all that Great Expectations is ever shown.

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
NOT_ASKED = "rows_not_asked"


def column(code: str, kind: str = "failed") -> str:
    """The column of the counts row that holds a rule's number (`cm_l07_010_failed`)."""
    return f"{code.lower().replace('-', '_')}_{kind}"


def write(path: Path, to_judge: Mapping[str, list[RuleFile]], counts: Counts) -> None:
    """One table of one row per suite: of each rule how many rows failed, and how far the worst was from being asked about every row.

    A rule without a count, in ERROR, or not asked about every row has -1 failed; so its expectation cannot hold.
    """
    with quiet("writing the counts"), duckdb.connect(str(path)) as con:
        for suite, rules in to_judge.items():
            numbers = [_numbers(rule, counts) for rule in rules]
            judged = "".join(
                f""", any_value(evaluated) filter (name = '{column(rule.code)}') as "{column(rule.code, "evaluated")}",
                max(failed) filter (name = '{column(rule.code)}') as "{column(rule.code)}\""""
                for rule in rules
            )
            con.execute(
                f"""
                create table "{suite}" as
                select max(abs(evaluated - row_count)) as {NOT_ASKED}{judged}
                from (
                    select
                        name, evaluated, row_count,
                        case when evaluated is distinct from row_count then {NEVER} else failed end as failed
                    from (
                        select unnest($names::varchar[]) as name, coalesce(unnest($evaluated::bigint[]), {NEVER}) as evaluated,
                            unnest($failed::bigint[]) as failed, unnest($row_counts::bigint[]) as row_count
                    )
                )
                """,
                dict(
                    zip(
                        ("names", "evaluated", "failed", "row_counts"),
                        map(list, zip(*numbers, strict=True)),
                        strict=True,
                    )
                ),
            )


def _numbers(rule: RuleFile, counts: Counts) -> tuple[str, int | None, int | None, int]:
    count = counts.get(rule.code)
    if count is None or count.hint == ERROR:
        return column(rule.code), NEVER, NEVER, count.row_count if count else 0
    return column(rule.code), count.evaluated, count.failed, count.row_count
