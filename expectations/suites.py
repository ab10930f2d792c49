"""The rules as Great Expectations suites: one per contract, one named expectation per rule, run by a checkpoint.

The suites run over one row of counts per contract in a small DuckDB file of their own; Great Expectations never opens
the warehouse and never sees a cell. Which rows fail is in `facts.failures`; what is stored here is how many. (The
rule files lie in the folder of the same name.)
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.rules import RuleFile
from countermark.warehouse.connect import quiet
from expectations import docs
from expectations.results import Observation, RuleResult, observations, result_of
from expectations.rules import rules_by_contract
from expectations.violations import ERROR, NEVER, NOT_APPLICABLE, RuleCount

log = logging.getLogger(__name__)

SEVERITY = {"blocking": "critical", "warning": "warning", "query": "info"}
FOLDER = re.compile(r"\w[\w.-]*")
Counts = Mapping[str, RuleCount]


def run(counts: Iterable[RuleCount], catalogue: Catalogue, home_dir: Path, authority: str = "") -> list[RuleResult]:
    """Judge every rule of the catalogue by the `counts` of one authority; results in order of contract and rule.

    Stores suites and results below `home_dir`/gx/<authority> and builds Data Docs in
    `home_dir`/data_docs/<authority>; what an earlier run left there is replaced. `authority` is that of the counts
    unless named. A rule without a count is an ERROR.
    """
    by_code = {count.rule_code: count for count in counts}
    authority = authority or next((count.authority for count in by_code.values()), "LOCAL")
    if not FOLDER.fullmatch(authority):
        raise ValueError("an authority's code is made of letters, digits, dots and hyphens")
    to_judge = {
        contract: [rule for rule in rules if not _waived(by_code.get(rule.code))]
        for contract, rules in rules_by_contract(catalogue).items()
    }
    to_judge = {contract: rules for contract, rules in to_judge.items() if rules}
    work = home_dir / "gx" / authority
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    _write_counts(work / "counts.duckdb", to_judge, by_code)
    seen = _checkpoint(work, to_judge, by_code) if to_judge else {}
    results = [
        RuleResult(rule.contract, rule.code, "NOT_APPLICABLE")
        if _waived(by_code.get(rule.code))
        else result_of(rule, by_code.get(rule.code), seen.get(rule.contract, []))
        for rules in rules_by_contract(catalogue).values()
        for rule in rules
    ]
    docs.publish(work / "site", home_dir / "data_docs", authority, results, catalogue)
    return results


def _waived(count: RuleCount | None) -> bool:
    return count is not None and count.hint == NOT_APPLICABLE


def column(code: str, kind: str = "failed") -> str:
    """The column of the counts row that holds a rule's number (`cm_l07_010_failed`)."""
    return f"{code.lower().replace('-', '_')}_{kind}"


def table(contract: str) -> str:
    """The name of a contract's suite and of its table of counts (a dot would read as a schema, or as a folder)."""
    return contract.replace(".", "_")


def _write_counts(path: Path, to_judge: Mapping[str, list[RuleFile]], counts: Counts) -> None:
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


def _checkpoint(work: Path, to_judge: Mapping[str, list[RuleFile]], counts: Counts) -> dict[str, list[Observation]]:
    """Build and run the suites; the observations per contract. Nothing comes back for what could not run."""
    context = _context(work)
    dialect: Any = import_module("expectations.dialect")
    gx: Any = import_module("great_expectations")
    source = context.data_sources.add_sql("counts", connection_string=dialect.url(work / "counts.duckdb"))
    try:
        definitions = []
        for contract, rules in to_judge.items():
            asset = source.add_table_asset(table(contract), table_name=table(contract))
            batch = asset.add_batch_definition_whole_table("one row of counts")
            suite = context.suites.add(
                gx.ExpectationSuite(name=table(contract), expectations=_expectations(rules, counts))
            )
            definitions.append(
                context.validation_definitions.add(
                    gx.ValidationDefinition(name=table(contract), data=batch, suite=suite)
                )
            )
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(name="rules", validation_definitions=definitions, result_format={"result_format": "BASIC"})
        )
        ran = checkpoint.run().run_results.values()
        context.build_data_docs()
        by_suite = {result.suite_name: observations(result.results) for result in ran}
        return {contract: by_suite[table(contract)] for contract in to_judge if table(contract) in by_suite}
    finally:
        for engine in (source.get_execution_engine().engine, source.get_engine()):
            engine.dispose()


def _expectations(rules: Sequence[RuleFile], counts: Counts) -> list[Any]:
    """Per rule: no more rows failed than may. First: the counts are one row, every rule was asked about every row."""
    gxe: Any = import_module("great_expectations.expectations")
    rows = max((count.row_count for rule in rules if (count := counts.get(rule.code))), default=0)
    asked = {"min_value": rows, "max_value": rows, "meta": {"kind": "evaluated"}, "severity": "critical"}
    made: list[Any] = [
        gxe.ExpectTableRowCountToEqual(value=1, meta={"kind": "rows"}, description="There is one row of counts."),
        gxe.ExpectColumnMinToBeBetween(
            column="least_evaluated", description=f"Every rule was asked about at least {rows} rows.", **asked
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column="most_evaluated", description=f"No rule was asked about more than {rows} rows.", **asked
        ),
    ]
    for rule in rules:
        limit = count.row_limit if (count := counts.get(rule.code)) else 0
        words = f"{rule.code}, {rule.severity}: {rule.title}. Of {rows} rows {limit or 'none'} may fail."
        made.append(
            gxe.ExpectColumnMaxToBeBetween(
                column=column(rule.code), min_value=0, max_value=limit, severity=SEVERITY[rule.severity],
                description=words, notes=rule.why,
                meta={"kind": "failed"} | rule.model_dump(include={"code", "severity", "title", "limit"}),
            )
        )  # fmt: skip
    return made


def _context(work: Path) -> Any:
    """A context that keeps its definitions in memory and stores suites, results and pages below `work`."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    gx: Any = import_module("great_expectations")
    types: Any = import_module("great_expectations.data_context.types.base")

    def kept(store: str, folder: str) -> dict[str, Any]:
        backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(work / folder)}
        return {"class_name": store, "store_backend": backend}

    site = kept("SiteBuilder", "site") | {
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    config = types.DataContextConfig(
        config_version=4,
        expectations_store_name="suites",
        validation_results_store_name="results",
        checkpoint_store_name="checkpoints",
        stores={
            "suites": kept("ExpectationsStore", "suites"),
            "results": kept("ValidationResultsStore", "results"),
            "checkpoints": kept("CheckpointStore", "checkpoints"),
            "validation_definition_store": kept("ValidationDefinitionStore", "definitions"),
        },
        data_docs_sites={"countermark": site},
        analytics_enabled=False,
        progress_bars={"globally": False},
    )
    return gx.get_context(project_config=config, mode="ephemeral")
