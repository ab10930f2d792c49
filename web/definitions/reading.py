"""The catalogue as pages show it: statements with their marks, worked examples as tables. Nothing is said here that a definition does not.

A mark before a statement says where it comes from: F found in a published source, K common knowledge of the field, L a local choice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from countermark.contracts.indicator import Indicator
from countermark.contracts.model import Contract
from countermark.contracts.rules import RuleFile

MARKS = {"F": "Found in a published source", "K": "Common knowledge of the field", "L": "A local choice"}
SEVERITIES = {"blocking": "error", "warning": "warning", "query": "query"}
KINDS = {"share": "Share", "count": "Headcount", "average": "Average", "median": "Middle value"}
BETTER = {"high": "Higher is better", "low": "Lower is better", "neither": "Neither higher nor lower is better"}


@dataclass(frozen=True)
class Statement:
    """A sentence with its mark; `mark` is empty where it bears none."""

    mark: str
    text: str


@dataclass(frozen=True)
class Example:
    """A worked example: small tables in, a table out."""

    title: str
    note: str
    given: tuple[tuple[str, list[list[str]]], ...]
    then: tuple[tuple[str, list[list[str]]], ...]


def statement(text: str) -> Statement:
    """A text split from the mark before it."""
    mark, colon, rest = text.partition(":")
    return Statement(mark, rest.strip()) if colon and mark in MARKS else Statement("", text)


def piped(text: str) -> list[list[str]]:
    """A pipe table as rows of cells, the headings first; empty where the text is."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]


@lru_cache(maxsize=256)
def examples_of(folder: Path) -> tuple[Example, ...]:
    """The worked examples beside a definition, in order."""
    path = folder / "examples.toml"
    said = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return tuple(_example(one) for one in said.get("example", []))


def examples_of_rule(rule: RuleFile) -> tuple[Example, ...]:
    """A rule's worked examples, in order."""
    return tuple(_example({"title": one.title, "given": one.given, "then": one.then}) for one in rule.example)


def _example(said: dict[str, Any]) -> Example:
    as_at = said.get("as_at")
    return Example(
        str(said["title"]),
        f"Position at {as_at:%-d %B %Y}." if as_at else "",
        _tables(said.get("given", {})),
        _tables(said.get("then", {})),
    )


def _tables(said: Any) -> tuple[tuple[str, list[list[str]]], ...]:
    """The small tables of one half of an example; what is no table is shown as a table of one cell."""
    if not isinstance(said, dict):
        return (("", [[str(said)]]),)
    return tuple((name, piped(text) if isinstance(text, str) else [[str(text)]]) for name, text in said.items())


def themes(indicators: Iterable[Indicator]) -> dict[str, list[Indicator]]:
    """Measures by theme, both in order of name."""
    found: dict[str, list[Indicator]] = {}
    for indicator in sorted(indicators, key=lambda one: (one.theme, one.id)):
        found.setdefault(indicator.theme, []).append(indicator)
    return found


def rules_by_list(rules: Iterable[RuleFile], contracts: dict[str, Contract]) -> list[tuple[Contract, list[RuleFile]]]:
    """Each list that has checks, with them."""
    found: dict[str, list[RuleFile]] = {}
    for rule in sorted(rules, key=lambda one: one.code):
        found.setdefault(rule.contract, []).append(rule)
    return [(contracts[name], found[name]) for name in sorted(found)]


def facts(indicator: Indicator) -> list[tuple[str, str]]:
    """What a measure's definition fixes, in people's words."""
    months = "month" if indicator.months == 1 else f"{indicator.months} months"
    when = (
        "at a date"
        if indicator.period == "snapshot"
        else f"over the {months} that {'ends' if indicator.months == 1 else 'end'} at the date"
    )
    case = {"child": "a child", "worker": "a worker"}.get(indicator.case, indicator.case_name or "an event")
    if indicator.case == "event":
        case += ", named by child and start date"
    tolerance, (lowest, highest) = indicator.tolerance, indicator.declared_range
    return [
        ("Kind", f"{KINDS[indicator.measures]}, {when}"),
        ("What is counted", case[0].upper() + case[1:]),
        *([("The clock starts at", indicator.clock_start)] if indicator.clock_start else []),
        ("Good is", BETTER[indicator.better]),
        *((name.replace("_", " ").capitalize(), str(value)) for name, value in indicator.parameters.items()),
        *([("Set by the council", f"{indicator.own[0].upper()}{indicator.own[1:]}.")] if indicator.own else []),
        (
            "How far off is still all right",
            f"{tolerance.cases} cases or {tolerance.share:.0%}, whichever is more. {tolerance.why}",
        ),
        (
            "Plausible between",
            f"{lowest:g} and {highest:g}. {statement(indicator.range_why).text}",
        ),
        *([("What it does not say", indicator.not_said)] if indicator.not_said else []),
        ("Owner", indicator.owner.capitalize()),
        ("Definition reviewed by", indicator.checked_by or "Nobody yet"),
        ("Next review", f"{indicator.next_review:%-d %B %Y}"),
        ("Version", str(indicator.version)),
    ]
