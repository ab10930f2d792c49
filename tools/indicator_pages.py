"""The pages on figures: docs/indicators.md, a page for each indicator, and docs/findings.md. All of it from definitions."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.findings import Finding
from countermark.contracts.indicator import Indicator
from tools.page_kit import MARKS, link, opening, table

KINDS = {
    "share": "share of cases", "count": "headcount", "average": "average of a measured value", "median": "median of a measured value",
}  # fmt: skip
FORMULAS = {
    "share": "The value is the members that are met, divided by all members.",
    "count": "The value is the number of members.",
    "average": "The value is the members' values added up, divided by their weights added up (each weighs one where none is given).",
    "median": "The value is the middle one of the members' values; the largest stands beside it.",
}
COHORTS = {"due": "what fell due", "completed": "what was completed", "open": "what is open"}
BETTER = {"high": "higher", "low": "lower", "neither": "neither higher nor lower"}


def _when(indicator: Indicator) -> str:
    windows = "".join(f", and over {months} months as `{indicator.id}_{months}M`" for months in indicator.windows)
    return "at a date" if indicator.period == "snapshot" else f"over the month that ends at the date{windows}"


def facts(indicator: Indicator) -> Iterator[tuple[str, object]]:
    """What an indicator.toml says, a row each."""
    tolerance, overtaken, checked = indicator.tolerance, indicator.overtaken_limit, indicator.checked_by
    measured = f": {indicator.value_name}, in {indicator.value_unit}" if indicator.is_measured else ""
    yield "Kind", f"{KINDS[indicator.measures]}{measured}, {_when(indicator)}"
    yield "A case is", indicator.case_name or f"a {indicator.case_unit}"
    yield from ([("Clock starts", indicator.clock_start)] if indicator.clock_start else [])
    yield from ([("Cohort", COHORTS[indicator.cohort])] if indicator.cohort else [])
    yield "Decided by", indicator.decides or "–"
    yield "Better", BETTER[indicator.better]
    yield "Theme", f"{indicator.theme}{'; headline: teams owe a count of it' if indicator.headline else ''}"
    yield (
        "Reads",
        ", ".join(indicator.reads) + (f" (from {', '.join(indicator.contracts)})" if indicator.contracts else ""),
    )
    yield from ([("Reads too, where there", ", ".join(indicator.reads_also))] if indicator.reads_also else [])
    yield from ((f"Parameter `{name}`", value) for name, value in indicator.parameters.items())
    if indicator.rate_of:
        yield (
            "Rate",
            f"per 10,000 of `{indicator.rate_of}` beside the count, where authority.toml says how many there are",
        )
    if indicator.follows:
        yield "Follows", f"what an authority sets of {indicator.follows}, where it sets nothing here"
    yield "Tolerance", f"{tolerance.cases} cases or {tolerance.share:.0%}, whichever is more. {tolerance.why}"
    yield "Declared range", f"{indicator.declared_range[0]:g} to {indicator.declared_range[1]:g}. {indicator.range_why}"
    yield "Overtaken cases", f"at most {overtaken.share:.0%}. {overtaken.why}"
    yield "It does not say", indicator.not_said or "–"
    yield "Owner", f"{indicator.owner}; definition {f'checked by {checked}' if checked else 'not yet checked'}"
    yield "Next review", indicator.next_review
    yield "Sources", "; ".join(indicator.sources)


def one_indicator(name: str) -> Callable[[Catalogue], Iterator[str]]:
    """docs/indicators/<ID>.md: meaning, formula in words, parameters, what leaves a case out, findings, examples, SQL."""

    def page(catalogue: Catalogue) -> Iterator[str]:
        indicator = catalogue.indicators[name]
        yield f"# {indicator.id}: {indicator.title}"
        yield ""
        yield f"**{indicator.question}** {indicator.why_it_matters}"
        yield ""
        yield f"*Formula.* {opening(indicator.members_sql)}"
        yield FORMULAS[indicator.measures]
        yield ""
        yield from table(("", ""), facts(indicator))
        yield from _outside(indicator)
        yield from _beside(catalogue, indicator)
        yield from _found(catalogue, indicator)
        yield from _examples(indicator)
        yield f"## SQL: {link(indicator.folder / 'members.sql', 2)}"
        yield ""
        yield "```sql"
        yield indicator.members_sql.rstrip()
        yield "```"

    return page


def _outside(indicator: Indicator) -> Iterator[str]:
    if indicator.outside:
        yield "## A case is left out where"
        yield ""
        yield from (f"- {outside.says} (`{name}`, {outside.reason})" for name, outside in indicator.outside.items())
        yield ""


def _found(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    found = [
        (letter.code(one), one.says)
        for letter in catalogue.findings
        for one in letter.finding
        if indicator.id in one.indicators
    ]
    if found:
        yield "## Findings that it would have shown"
        yield ""
        yield from (f"- [{code}](../findings.md): {says}" for code, says in found)
        yield ""


def _beside(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    if published := catalogue.comparators.get(indicator.id):
        columns = "; ".join(
            f"{layout.mark}: {', '.join(f'`{one}`' for one in sorted(layout.columns))}" for layout in published.layout
        )
        yield "## Beside others"
        yield ""
        yield f"{published.source}. {published.differs_from(indicator)} Read by the columns {columns}."
        yield ""


def _examples(indicator: Indicator) -> Iterator[str]:
    said = tomllib.loads((indicator.folder / "examples.toml").read_text(encoding="utf-8"))
    yield "## Worked examples"
    yield ""
    yield "A column that is not shown is blank. These are the definition's tests."
    yield ""
    for example in said["example"]:
        yield f"### {example['title']}"
        yield ""
        yield f"Position at {example['as_at']}{_asked(example)}."
        yield ""
        for kind, tables in (("given", example["given"]), ("then", example["then"])):
            for name, text in tables.items():
                yield f"*{'Given' if kind == 'given' else 'Then'}* `{name}`"
                yield ""
                yield "```"
                yield from text.strip().splitlines()
                yield "```"
                yield ""


def _asked(example: dict[str, Any]) -> str:
    window = f", over {example['months']} months" if "months" in example else ""
    set_so = "".join(f", with {name} {value}" for name, value in example.get("parameters", {}).items())
    return f"{window}{set_so}"


def indicators(catalogue: Catalogue) -> Iterator[str]:
    """docs/indicators.md: every indicator, theme by theme."""
    own = [one for one in catalogue.indicators.values() if not one.window_of]
    longer = len(catalogue.indicators) - len(own)
    yield "# Indicators"
    yield ""
    yield f"{len(own)} definitions, each a folder below sql/indicators; {longer} of them are made over a longer time too. {MARKS}"
    yield ""
    for theme in sorted({one.theme for one in own}):
        yield f"## {theme.replace('_', ' ').capitalize()}"
        yield ""
        yield from table(
            ("", "title", "kind", "cohort", "when", "headline"),
            (
                (f"[{i.id}](indicators/{i.id}.md)", i.title, KINDS[i.measures], COHORTS.get(i.cohort, ""), _when(i),
                 "yes" if i.headline else "")
                for i in own if i.theme == theme
            ),
        )  # fmt: skip


def findings(catalogue: Catalogue) -> Iterator[str]:
    """docs/findings.md: what inspectors found, and what would have shown it."""
    yield "# What inspectors found, and what you would have seen"
    yield ""
    yield (
        "Each finding of two documents beside the figures that would have shown it, the one that shows it best first. The words are ours. "
        "On the pages each finding opens to this council's own figures (`/findings`), and each figure to its children."
    )
    yield ""
    for letter in catalogue.findings:
        yield f"## {letter.title}"
        yield ""
        yield f"{letter.document}. {letter.date or letter.date_why}"
        yield ""
        yield from table(
            ("", "finding", "what you would have seen"),
            ((letter.code(one), one.says, _answer(catalogue, one)) for one in letter.finding),
        )


def _answer(catalogue: Catalogue, finding: Finding) -> str:
    shown = (f"[{name}](indicators/{name}.md) {catalogue.indicators[name].title}" for name in finding.indicators)
    return finding.reason or "; ".join(shown)
