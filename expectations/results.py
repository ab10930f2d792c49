"""What a run says of each rule: PASS, FAIL, ERROR or NOT_APPLICABLE, read from Great Expectations' own results.

Its `success` is false both when data fail and when the engine raised, and true or absent for things that never ran; so a rule
passes only where everything that must have happened is seen to have happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["PASS", "FAIL", "ERROR", "NOT_APPLICABLE"]


@dataclass(frozen=True)
class RuleResult:
    """What one run says of one rule. `failed` of `evaluated` rows failed; both are 0 unless the status is PASS or FAIL."""

    contract: str
    rule_code: str
    status: Status
    evaluated: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Observation:
    """One expectation's result: about which rule (empty: the whole row of counts), of what kind, what was seen."""

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


def result_of(contract: str, code: str, seen: Iterable[Observation]) -> RuleResult:
    """The result of rule `code` from the observations of its contract's suite."""
    by_kind = {(o.code, o.kind): o for o in seen}
    one_row, evaluated, failed = (
        by_kind.get(("", "rows")),
        by_kind.get((code, "evaluated")),
        by_kind.get((code, "failed")),
    )
    if not (_held(one_row) and _held(evaluated)) or evaluated is None or evaluated.value is None:
        return RuleResult(contract, code, "ERROR")
    if failed is None or failed.raised or failed.value is None or not 0 <= failed.value <= evaluated.value:
        return RuleResult(contract, code, "ERROR")
    return RuleResult(contract, code, "PASS" if failed.success else "FAIL", evaluated.value, failed.value)


def _held(observation: Observation | None) -> bool:
    return observation is not None and observation.success and not observation.raised
