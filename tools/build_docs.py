"""The catalogue as pages: docs/indicators.md, sources.md with a page for each kind of source, rules.md, reasons.md, and the contract of
the published tables, docs/published.odcs.yaml; all of it from definitions.

`python tools/build_docs.py` writes them; with `--check` it writes nothing and fails where a page and its definitions differ.
Nothing is said here that a definition does not say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from countermark.contracts.indicator import Indicator
from countermark.contracts.model import Contract, Reason
from countermark.contracts.rules import RuleFile
from countermark.onward.contract import contract_text
from tools.page_kit import MARKS, anchor, link, opening, table, titles
from tools.source_pages import families, one_family, sources

MADE = "<!-- Made from definitions by tools/build_docs.py. Change those and run `make docs`. -->"


def facts(indicator: Indicator) -> Iterator[tuple[str, object]]:
    """What an indicator.toml says, a row each."""
    share = "share" if indicator.measures == "share" else "headcount"
    when = "at a date" if indicator.period == "snapshot" else "over the month that ends at the date"
    child = indicator.case == "child"
    tolerance, overtaken, checked = indicator.tolerance, indicator.overtaken_limit, indicator.checked_by
    yield "Kind", f"{share}, {when}"
    yield "A case is", "a child" if child else f"{indicator.case_name or 'an event'}, named by child and start date"
    yield "Decided by", indicator.decides or "–"
    yield "Better", {"high": "higher", "low": "lower", "neither": "neither higher nor lower"}[indicator.better]
    yield "Theme", f"{indicator.theme}{'; headline: teams owe a count of it' if indicator.headline else ''}"
    yield "Reads", f"{', '.join(indicator.reads)} (from {', '.join(indicator.contracts)})"
    yield from ((f"Parameter `{name}`", value) for name, value in indicator.parameters.items())
    yield "Tolerance", f"{tolerance.cases} cases or {tolerance.share:.0%}, whichever is more. {tolerance.why}"
    yield "Declared range", f"{indicator.declared_range[0]:g} to {indicator.declared_range[1]:g}. {indicator.range_why}"
    yield "Overtaken cases", f"at most {overtaken.share:.0%}. {overtaken.why}"
    yield "It does not say", indicator.not_said or "–"
    yield "Owner", f"{indicator.owner}; definition {f'checked by {checked}' if checked else 'not yet checked'}"
    yield "Next review", indicator.next_review
    yield "Sources", "; ".join(indicator.sources)


def one_indicator(indicator: Indicator) -> Iterator[str]:
    """An indicator: meaning, formula in words, parameters, what leaves a case out, SQL, examples."""
    share = indicator.measures == "share"
    yield f"## {indicator.id}: {indicator.title}"
    yield ""
    yield f"**{indicator.question}** {indicator.why_it_matters}"
    yield ""
    yield f"*Formula.* {opening(indicator.members_sql)}"
    yield (
        "The value is the members that are met, divided by all members."
        if share
        else "The value is the number of members."
    )
    yield ""
    yield from table(("", ""), facts(indicator))
    if indicator.outside:
        yield "A case is left out where"
        yield ""
        yield from (f"- {outside.says} (`{name}`, {outside.reason})" for name, outside in indicator.outside.items())
        yield ""
    yield "Worked examples: " + "; ".join(titles(indicator.folder)) + "."
    yield ""
    yield f"<details><summary>SQL: {link(indicator.folder / 'members.sql')}</summary>"
    yield ""
    yield "```sql"
    yield indicator.members_sql.rstrip()
    yield "```"
    yield ""
    yield "</details>"
    yield ""


def indicators(catalogue: Catalogue) -> Iterator[str]:
    """docs/indicators.md."""
    yield "# Indicators"
    yield ""
    yield f"{len(catalogue.indicators)} definitions, each a folder below sql/indicators. {MARKS}"
    yield ""
    yield from table(
        ("", "title", "theme", "kind", "headline"),
        (
            (f"[{i.id}](#{anchor(f'{i.id}: {i.title}')})", i.title, i.theme, i.unit, "yes" if i.headline else "")
            for i in catalogue.indicators.values()
        ),
    )
    for indicator in catalogue.indicators.values():
        yield from one_indicator(indicator)


def rule_row(rule: RuleFile, contract: Contract) -> tuple[object, ...]:
    """A rule as a row of its contract's table."""
    limit = f" Up to {rule.limit:.0%} of rows may fail: {rule.limit_why}" if rule.limit else ""
    return f"`{rule.code}`", rule.severity, rule.title, rule.words(contract), f"{rule.why}{limit}"


def rules(catalogue: Catalogue) -> Iterator[str]:
    """docs/rules.md."""
    yield "# Validation rules"
    yield ""
    yield (
        f"{len(catalogue.rules)} rules, each a file in expectations/suites with its failing-row query and worked examples. *Blocking* "
        "failures bear on certification; *warnings* are wrong and move no figure; *queries* may be right and want a look. A rule "
        "that did not run is an error, never a pass."
    )
    yield ""
    yield MARKS
    yield ""
    for contract in catalogue.contracts.values():
        mine = [rule for rule in catalogue.rules if rule.contract == contract.id]
        if mine:
            yield f"## {contract.title}"
            yield ""
            yield from table(("code", "severity", "", "message", "why"), (rule_row(rule, contract) for rule in mine))


def one_reason(reason: Reason) -> Iterator[str]:
    """A reason with its proof and its condition."""
    yield f"## {reason.code}: {reason.meaning}"
    yield ""
    yield f"People read: “{reason.people_read}”. Proof: {reason.proof}. Evidence: {reason.evidence}. Precedence {reason.precedence}."
    yield ""
    if reason.when_sql.strip():
        yield "```sql"
        yield reason.when_sql.strip()
        yield "```"
        yield ""
    if reason.settled_where != "false":
        yield f"Closed by itself where `{reason.settled_where}`."
        yield ""
    yield "Worked examples: " + "; ".join(example.title for example in reason.example) + "."
    yield ""


def reasons(catalogue: Catalogue) -> Iterator[str]:
    """docs/reasons.md."""
    yield "# Reasons: why two counts differ about a case"
    yield ""
    yield (
        "In order of precedence: the first that holds is the primary reason, the others that hold stand beside it. A condition asks "
        "the columns that `sql/shared/reconcile/pairs.sql` makes for each case on which two sides could differ."
    )
    yield ""
    for reason in sorted(catalogue.reasons.values(), key=lambda one: (one.precedence, one.code)):
        yield from one_reason(reason)


def access(_: Catalogue) -> Iterator[str]:
    """Who may open which page of the web pages."""
    from web.matrix import page as matrix

    yield from matrix()


PAGES = {
    "indicators.md": indicators, "sources.md": sources, "rules.md": rules, "reasons.md": reasons, "access.md": access,
}  # fmt: skip
CONTRACT = "published.odcs.yaml"


def pages(catalogue: Catalogue) -> dict[str, Callable[[Catalogue], Iterator[str]]]:
    """Every page by its name in docs/."""
    return PAGES | {f"sources/{family.id}.md": one_family(family.id) for family in families(catalogue)}


def page(name: str, catalogue: Catalogue) -> str:
    """The text of one page, or of the contract."""
    if name == CONTRACT:
        return (
            "# Made from countermark/exports/tables.toml by tools/build_docs.py. Change that and run `make docs`.\n"
            + contract_text()
        )
    return "\n".join([MADE, "", *pages(catalogue)[name](catalogue)]).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or say which are out of step."""
    catalogue = load([SHIPPED])
    stale = []
    for name in (*pages(catalogue), CONTRACT):
        path, text = SHIPPED / "docs" / name, page(name, catalogue)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(f"docs/{name}")
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if stale:
        print(f"{'Out of step, run `make docs`' if '--check' in arguments else 'Written'}: {', '.join(stale)}")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
