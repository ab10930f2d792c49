"""The rules as Great Expectations suites: one per file layout or family, one named expectation per rule, run by a checkpoint.

Only what was delivered has a suite. The suites run over one row of counts each in a small DuckDB file of their own; Great Expectations
never opens the warehouse and never sees a cell. Which rows fail is in `facts.failures`; what is stored here is how many. (The rule files
lie in the folder of the same name.)
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.rules import RuleFile
from expectations import counts_row, docs
from expectations.counts import NOT_APPLICABLE, RuleCount
from expectations.results import Observation, RuleResult, observations, result_of
from expectations.rules import judged_as, rules_by_contract

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
    to_judge: dict[str, list[RuleFile]] = {}
    for contract, rules in rules_by_contract(catalogue).items():
        if judged := [rule for rule in rules if not _waived(by_code.get(rule.code))]:
            to_judge.setdefault(judged_as(catalogue.contracts[contract]), []).extend(judged)
    work = home_dir / "gx" / authority
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    counts_row.write(work / "counts.duckdb", to_judge, by_code)
    seen = _checkpoint(work, to_judge, by_code) if to_judge else {}
    results = [
        RuleResult(rule.contract, rule.code, "NOT_APPLICABLE")
        if _waived(by_code.get(rule.code))
        else result_of(rule, by_code.get(rule.code), seen.get(judged_as(catalogue.contracts[rule.contract]), []))
        for rules in rules_by_contract(catalogue).values()
        for rule in rules
    ]
    docs.publish(work / "site", home_dir / "data_docs", authority, results, catalogue)
    return results


def _waived(count: RuleCount | None) -> bool:
    return count is not None and count.hint == NOT_APPLICABLE


def _checkpoint(work: Path, to_judge: Mapping[str, list[RuleFile]], counts: Counts) -> dict[str, list[Observation]]:
    """Build and run the suites; the observations per suite. Nothing comes back for what could not run."""
    context = _context(work)
    dialect: Any = import_module("expectations.dialect")
    made: Any = import_module("expectations.just_made")
    source = context.data_sources.add_sql("counts", connection_string=dialect.url(work / "counts.duckdb"))
    try:
        definitions = []
        for name, rules in to_judge.items():
            batch = source.add_table_asset(name, table_name=name).add_batch_definition_whole_table("one row of counts")
            suite = made.Suite(name=name, expectations=_expectations(rules, counts))
            _add(context.expectations_store, suite)
            definitions.append(made.Definition(name=name, data=batch, suite=suite))
            _add(context.validation_definition_store, definitions[-1])
        checkpoint = made.Rules(
            name="rules", validation_definitions=definitions, result_format={"result_format": "BASIC"}
        )
        _add(context.checkpoint_store, checkpoint)
        ran = checkpoint.run().run_results.values()
        context.build_data_docs()
        return {result.suite_name: observations(result.results) for result in ran}
    finally:
        for engine in (source.get_execution_engine().engine, source.get_engine()):
            engine.dispose()


def _add(store: Any, thing: Any) -> None:
    """Store what was just made. (The context's own `add` reads it back, and hands out the copy.)"""
    store.add(key=store.get_key(name=thing.name, id=None), value=thing)


def _expectations(rules: Sequence[RuleFile], counts: Counts) -> list[Any]:
    """Per rule: no more rows failed than may. First: the counts are one row, every rule was asked about every row."""
    gxe: Any = import_module("great_expectations.expectations")
    made: list[Any] = [
        gxe.ExpectTableRowCountToEqual(value=1, meta={"kind": "rows"}, description="There is one row of counts."),
        gxe.ExpectColumnMaxToBeBetween(
            column=counts_row.NOT_ASKED, min_value=0, max_value=0, severity="critical", meta={"kind": "evaluated"},
            description="Every rule was asked about every row.",
        ),
    ]  # fmt: skip
    for rule in rules:
        count = counts.get(rule.code)
        rows, limit = (count.row_count, count.row_limit) if count else (0, 0)
        words = f"{rule.code}, {rule.severity}: {rule.title}. Of {rows} rows {limit or 'none'} may fail."
        made.append(
            gxe.ExpectColumnMaxToBeBetween(
                column=counts_row.column(rule.code), min_value=0, max_value=limit, severity=SEVERITY[rule.severity],
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
        "site_section_builders": {
            "expectations": "None",
            "profiling": "None",
        },  # the pages of results say the same, and how it went
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
