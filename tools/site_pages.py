"""The pages that only the site has: one for each rule and each reason, with what it asks in SQL and its worked examples."""

from __future__ import annotations

import re
from collections.abc import Iterator

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract, Reason
from countermark.contracts.rules import RuleFile
from tools.build_docs import one_reason
from tools.page_kit import MARKS, table

LANGUAGES = {
    ".sql": "sql", ".toml": "toml", ".py": "python", ".md": "markdown", ".yaml": "yaml", ".csv": "text", ".txt": "text", ".scss": "css",
    ".sh": "sh",
}  # fmt: skip


def own_pages(catalogue: Catalogue, made: dict[str, str]) -> dict[str, str]:
    """The pages of rules and reasons by their place; rules.md and reasons.md come again with links to them."""
    found = {
        f"rules/{rule.code}.md": "\n".join(one_rule(rule, catalogue.contracts[rule.contract])) + "\n"
        for rule in catalogue.rules
    }
    found |= {
        f"reasons/{reason.code}.md": "\n".join(reason_page(reason)) + "\n" for reason in catalogue.reasons.values()
    }
    codes = {rule.code for rule in catalogue.rules}
    found["rules.md"] = re.sub(
        r"^\| `([A-Z0-9-]+)`",
        lambda m: f"| [{m[1]}](rules/{m[1]}.md)" if m[1] in codes else m[0],
        made["rules.md"],
        flags=re.M,
    )
    found["reasons.md"] = re.sub(
        r"^## ([A-Z0-9_]+)(:.*)$",
        lambda m: f"{m[0]}\n\n[Its worked examples](reasons/{m[1]}.md)." if m[1] in catalogue.reasons else m[0],
        made["reasons.md"],
        flags=re.M,
    )
    return found


def one_rule(rule: RuleFile, contract: Contract) -> Iterator[str]:
    """What a rule asks, why, and what it does with its examples."""
    yield f"# {rule.code}: {rule.title}"
    yield ""
    yield f"{rule.words(contract)}"
    yield ""
    yield f"*Why.* {rule.why}"
    yield ""
    looked_at = ", ".join(
        f"`{contract.columns[name].header if name in contract.columns else name}`" for name in rule.fields
    )
    yield from table(
        ("", ""),
        (
            ("File layout", f"[{contract.title}](../sources/{contract.family}.md)"),
            ("Severity", rule.severity),
            ("Looks at", looked_at),
            *(("Reads too", name) for name in rule.reads),
            *((f"Parameter `{name}`", f"{one.value} ({one.why})") for name, one in rule.parameters.items()),
            *([("Rows that may fail", f"{rule.limit:.0%}. {rule.limit_why}")] if rule.limit else []),
        ),
    )
    if rule.parameters:
        yield MARKS
        yield ""
    yield "```sql"
    yield rule.query
    yield "```"
    yield ""
    yield "## Worked examples"
    yield ""
    for example in rule.example:
        yield f"### {example.title}"
        yield ""
        for name, text in example.given.items():
            yield from _pipes(f"*Given* `{name}`", text)
        failures = example.then.get("failures", "")
        yield from _pipes("*Then* these rows fail", failures) if failures.strip() else ("*Then* nothing fails.", "")


def reason_page(reason: Reason) -> Iterator[str]:
    """A reason with the pairs of counts that it was tried on."""
    yield from (line.replace("## ", "# ", 1) if line.startswith("## ") else line for line in one_reason(reason))
    yield f"*What to do.* {reason.to_do}"
    yield ""
    yield "## Worked examples"
    yield ""
    yield "An unremarkable pair, but for what is given. The first reason is the primary one."
    yield ""
    yield from table(
        ("", "given", "reasons"),
        (
            (
                example.title,
                "; ".join(f"`{name}` = {value}" for name, value in example.given.items()),
                ", ".join(example.reasons),
            )
            for example in reason.example
        ),
    )


def _pipes(heading: str, text: str) -> Iterator[str]:
    yield heading
    yield ""
    yield "```"
    yield from text.strip().splitlines()
    yield "```"
    yield ""
