"""Data Docs as a site that opens offline: Great Expectations' pages without hosts and scripts, behind our own index.

Pages hold rules' words and numbers of rows. No cell value reaches them, because none reaches the counts that they show.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from countermark.contracts.catalogue import Catalogue
from expectations.results import RuleResult
from expectations.rules import judged_as

STYLE = """
body { font: 16px/1.5 sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; color: #0b0c0c; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #b1b4b6; padding: .4rem; text-align: left; }
main { overflow-x: auto; } main:focus { outline: 3px solid #fd0; }
a { color: #1a65a6; } ul { list-style: none; padding: 0; }
.PASS { color: #005a30; } .FAIL, .ERROR { color: #942514; font-weight: bold; }
"""
DROPPED = ("script", "link", "img", "footer", "style", "button")
OFFSITE = ("http:", "https:", "//", "data:")
ADDRESSES = ("src", "href", "action", "data-href")


def publish(built: Path, data_docs: Path, authority: str, results: Sequence[RuleResult], catalogue: Catalogue) -> None:
    """Move the pages in `built` to `data_docs`/<authority>, cleaned, with an index of `results`; renew the list above.

    Where nothing was built (no rule applied) the index stands alone.
    """
    built.mkdir(exist_ok=True)
    shutil.rmtree(built / "static", ignore_errors=True)
    for page in built.rglob("*.html"):
        _clean(page)
    (built / "index.html").write_text(_index(built, authority, results, catalogue), encoding="utf-8")
    data_docs.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(data_docs / authority, ignore_errors=True)
    built.rename(data_docs / authority)
    links = "".join(
        f'<li><a href="{folder.name}/index.html">{escape(folder.name)}</a></li>'
        for folder in sorted(data_docs.iterdir())
        if folder.is_dir()
    )
    (data_docs / "index.html").write_text(_page("Validation results", f"<ul>{links}</ul>"), encoding="utf-8")


def _clean(page: Path) -> None:
    """Take every script, foreign style, image and address out of a page; its words and numbers stay."""
    from lxml import html

    document = html.parse(str(page), parser=html.HTMLParser(encoding="utf-8"))
    root = document.getroot()
    for element in list(root.iter(*DROPPED)):
        element.drop_tree()
    for link in root.xpath("//a[contains(@href, '../expectations/')]"):
        link.drop_tag()  # to a page of the rules alone, which is not built: this one has them with their results
    for element in root.iter():
        for name in ADDRESSES:
            if element.get(name, "").strip().lower().startswith(OFFSITE):
                del element.attrib[name]
        for name in [name for name in element.attrib if name.startswith("on")]:
            del element.attrib[name]
    head: Any = root.find("head")
    style = html.Element("style")
    style.text = STYLE
    head.append(style)
    _make_plain(root)
    page.write_bytes(html.tostring(document, encoding="utf-8", doctype="<!DOCTYPE html>"))


def _make_plain(root: Any) -> None:
    """What a keyboard and a screen reader need: a language, one main part, one heading, named navigation, no control without a use."""
    root.set("lang", "en")
    for card in root.xpath(
        "//div[contains(@class, 'card')][.//input][not(.//div[contains(@class, 'card')][.//input])]"
    ):
        card.drop_tree()  # a filter that a script would have worked
    for empty in root.xpath("//a[not(normalize-space())]"):
        empty.drop_tag()
    for inner in root.xpath("//nav//nav"):
        inner.tag = "div"
    for nav, name in zip(root.iter("nav"), ("Where you are", "On this page"), strict=False):
        nav.set("aria-label", name)
    for level in root.xpath("//h2 | //h3 | //h4 | //h5 | //h6"):
        level.tag = "h2"
    for first in root.xpath("(//h2)[1]"):
        first.tag = "h1"
    body: Any = root.find("body")
    main = body.makeelement("main", {"tabindex": "0"})
    main.extend([child for child in body if child.tag != "nav"])
    body.append(main)


def _index(built: Path, authority: str, results: Iterable[RuleResult], catalogue: Catalogue) -> str:
    rules = {rule.code: rule for rule in catalogue.rules}
    pages = {page.relative_to(built).parts[1]: page for page in built.glob("validations/*/**/*.html")}
    rows = []
    for result in results:
        rule, page = rules[result.rule_code], pages.get(judged_as(catalogue.contracts[result.contract]))
        contract = escape(result.contract)
        if page:
            contract = f'<a href="{page.relative_to(built).as_posix()}">{contract}</a>'
        rows.append(
            f"<tr><td>{contract}</td><td>{escape(rule.code)}</td><td>{rule.severity}</td><td>{escape(rule.title)}</td>"
            f'<td class="{result.status}">{result.status}</td><td>{result.evaluated}</td><td>{result.failed}</td></tr>'
        )
    headings = "".join(
        f"<th>{heading}</th>"
        for heading in ("Contract", "Rule", "Severity", "Title", "Status", "Rows asked", "Rows failed")
    )
    table = f"<table><thead><tr>{headings}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return _page(f"Validation results of {authority}", table)


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>"
        f'<body><main tabindex="0"><h1>{escape(title)}</h1>{body}</main></body></html>\n'
    )
