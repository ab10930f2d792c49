"""Validation: failing rows by rule, and the verdict of Great Expectations on every rule. PASS, FAIL and ERROR are three things."""

from collections.abc import Iterator

import dagster as dg

from assets.conformed import conformed_key
from assets.intake import raw_key
from assets.steps import RETRY, HomeResource, plainly
from countermark import progress
from countermark.contracts.catalogue import Catalogue
from countermark.warehouse.connect import quiet
from expectations.rules import ALONE, judged_as

FAILURES = dg.AssetKey("failures")
RESULTS = """
create schema if not exists facts;
create table if not exists facts.rule_results (
    authority varchar, contract varchar, rule_code varchar, status varchar, evaluated bigint, failed bigint
);
"""


def build(catalogue: Catalogue) -> dg.AssetsDefinition:
    """One step that runs all rules over the newest extracts. A check for each list of Annex A and for each contract of what teams count;
    of the other families one each, since every check is two events of every run. None of them stops the run."""
    groups: dict[str, list[str]] = {}
    for name in sorted({rule.contract for rule in catalogue.rules}):
        groups.setdefault(judged_as(catalogue.contracts[name]), []).append(name)
    checks = [
        dg.AssetCheckSpec(group, asset=FAILURES, description=f"The rules for {', '.join(names)}")
        for group, names in groups.items()
    ]
    judged_alone = [raw_key(c) for c in catalogue.contracts.values() if not c.feeds and c.family not in ALONE]
    spec = dg.AssetSpec(
        FAILURES, deps=[*map(conformed_key, catalogue.tables), *judged_alone], group_name="validated", owners=["team:performance"],
        kinds={"duckdb", "greatexpectations"}, description="Every row that fails a rule, with the rule's code and words.",
    )  # fmt: skip

    @dg.multi_asset(specs=[spec], check_specs=checks, name="validate", retry_policy=RETRY)
    @plainly
    def validate(home: HomeResource) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
        from expectations.counts import SCHEMA, append
        from expectations.results import RuleResult
        from expectations.suites import run
        from expectations.violations import evaluate

        place = home.open()
        results: list[RuleResult] = []
        with place.ledger() as ledger, place.warehouse() as con:
            con.execute(RESULTS)
            con.execute(SCHEMA)  # a home that took in nothing but refused files knows no authority, and has no failures
            authorities = ledger.authorities()
            for number, authority in enumerate(authorities):
                progress.report("Validating", number, len(authorities))
                counts = evaluate(con, place.catalogue, authority)
                found = run(counts, place.catalogue, place.home.path, authority)
                results += found
                with quiet("keeping the verdicts"):
                    con.execute("delete from facts.rule_results where authority = ?", [authority])
                    append(
                        con, "facts.rule_results",
                        [(authority, r.contract, r.rule_code, r.status, r.evaluated, r.failed) for r in found],
                    )  # fmt: skip
            rows = con.execute("select count(*) from facts.failures").fetchall()[0][0]
        yield dg.MaterializeResult(asset_key=FAILURES, metadata={"dagster/row_count": rows})
        for group, names in groups.items():
            yield _verdict(group, [result for result in results if result.contract in names])

    return validate


def _verdict(check: str, results: list[object]) -> dg.AssetCheckResult:
    statuses = [getattr(result, "status", "ERROR") for result in results]
    errors = statuses.count("ERROR")
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=FAILURES,
        passed=bool(statuses) and all(status in ("PASS", "NOT_APPLICABLE") for status in statuses),
        severity=dg.AssetCheckSeverity.ERROR if errors else dg.AssetCheckSeverity.WARN,
        metadata={
            "passed": statuses.count("PASS"), "failed": statuses.count("FAIL"), "could not be run": errors,
            "not applicable": statuses.count("NOT_APPLICABLE"),
        },
    )  # fmt: skip
