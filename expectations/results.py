"""What a run says of each rule: PASS, FAIL, ERROR or NOT_APPLICABLE, read from Great Expectations' own results.

Its `success` is false both when data fail and when the engine raised, and true or absent for things that never ran;
so a rule passes only where everything that must have happened is seen to have happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from countermark.contracts.rules import RuleFile
from expectations.counts import RuleCount

Status = Literal["PASS", "FAIL", "ERROR", "NOT_APPLICABLE"]


@dataclass(frozen=True)
class RuleResult:
    """One run on one rule. `failed` of `evaluated` rows failed; both are 0 unless the status is PASS or FAIL."""

    contract: str
    rule_code: str
    status: Status
    evaluated: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Observation:
    """One expectation's result: about which rule (empty: about the row of counts), of what kind, what was seen."""

    code: str
    kind: str
    success: bool
    raised: bool
    value: int | None


def observations(results: Iterable[Any]) -> list[Observation]:
    """The results of one suite, reduced to what a status depends on."""
    return [_observation(result) for result in results]


def _observation(result: Any) -> Observation:
    meta = result.expectation_config.meta or {}
    value = (result.result or {}).get("observed_value")
    return Observation(
        code=meta.get("code", ""),
        kind=meta.get("kind", ""),
        success=result.success is True,
        raised=_raised(result.exception_info),
        value=value if isinstance(value, int) else None,
    )


def _raised(info: Any) -> bool:
    """Whether an exception is recorded: directly, or below the identity of the metric that failed."""
    if not isinstance(info, Mapping):
        return False
    return bool(info.get("raised_exception")) or any(_raised(inner) for inner in info.values())


def result_of(rule: RuleFile, count: RuleCount | None, seen: Iterable[Observation]) -> RuleResult:
    """What the observations of a contract's suite, and the count behind them, say of `rule`."""
    by_kind = {(o.code, o.kind): o for o in seen}
    one_row, failed = by_kind.get(("", "rows")), by_kind.get((rule.code, "failed"))
    error = RuleResult(rule.contract, rule.code, "ERROR")
    if count is None or count.evaluated is None or count.evaluated != count.row_count:
        return error
    if one_row is None or one_row.raised or not one_row.success:
        return error
    if failed is None or failed.raised or failed.value is None or failed.value != count.failed or failed.value < 0:
        return error
    return RuleResult(rule.contract, rule.code, "PASS" if failed.success else "FAIL", count.evaluated, failed.value)
