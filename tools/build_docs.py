"""The catalogue as pages: docs/indicators.md with a page for each, findings.md, sources.md with a page for each kind of source, rules.md,
reasons.md, pairs.md, and the contract of the published tables, docs/published.odcs.yaml; all of it from definitions.

`python tools/build_docs.py` writes them; with `--check` it writes nothing and fails where a page and its definitions differ.
Nothing is said here that a definition does not say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from countermark.contracts.model import FIRST_HOLDS, Contract, Reason
from countermark.contracts.rules import RuleFile
from countermark.onward.contract import contract_text
from tools.indicator_pages import findings, indicators, one_indicator
from tools.page_kit import MARKS, table
from tools.pair_pages import pairs
from tools.source_pages import families, one_family, sources

MADE = "<!-- Made from definitions by tools/build_docs.py. Change those and run `make docs`. -->"


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
    ordered = sorted(catalogue.reasons.values(), key=lambda one: (one.precedence, one.code))
    yield f"The order is {', '.join(one.code for one in ordered)}. Why the first: {FIRST_HOLDS}."
    yield ""
    yield (
        "Of every difference a sentence says what was looked for and found, from the difference's own facts; what the source cannot show "
        "is said. It names no child, no worker and no id, and officers alone read it: in `explain`, on the difference's page and in the "
        "team's workbook."
    )
    yield ""
    for reason in sorted(catalogue.reasons.values(), key=lambda one: (one.precedence, one.code)):
        yield from one_reason(reason)


def access(_: Catalogue) -> Iterator[str]:
    """Who may open which page of the web pages."""
    from web.matrix import page as matrix

    yield from matrix()


PAGES = {
    "indicators.md": indicators, "findings.md": findings, "sources.md": sources, "rules.md": rules, "reasons.md": reasons,
    "pairs.md": pairs, "access.md": access,
}  # fmt: skip
CONTRACT = "published.odcs.yaml"


def pages(catalogue: Catalogue) -> dict[str, Callable[[Catalogue], Iterator[str]]]:
    """Every page by its name in docs/."""
    own = {
        f"indicators/{one.id}.md": one_indicator(one.id) for one in catalogue.indicators.values() if not one.window_of
    }
    return PAGES | own | {f"sources/{family.id}.md": one_family(family.id) for family in families(catalogue)}


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
