"""Holds the site to the definitions: each has its page, and a link that leads nowhere stops the build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from countermark.contracts.catalogue import SHIPPED, load
from tools.site import build, pages


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages(load([SHIPPED]))


def test_each_definition_has_its_page(made: dict[str, str]) -> None:
    catalogue = load([SHIPPED])
    wanted = {f"indicators/{one.id}.md" for one in catalogue.indicators.values() if not one.window_of}
    wanted |= {f"rules/{rule.code}.md" for rule in catalogue.rules}
    wanted |= {f"reasons/{code}.md" for code in catalogue.reasons}
    wanted |= {f"sources/{contract.family}.md" for contract in catalogue.contracts.values()}
    assert len(wanted) > 700 and wanted <= set(made)


def test_a_rules_page_holds_its_query_and_what_it_was_tried_on(made: dict[str, str]) -> None:
    rule = next(one for one in load([SHIPPED]).rules if one.parameters and one.example)
    page = made[f"rules/{rule.code}.md"]
    assert rule.query in page and rule.why in page and f"### {rule.example[0].title}" in page
    assert f"[{rule.code}](rules/{rule.code}.md)" in made["rules.md"]


def test_a_reasons_page_holds_its_examples(made: dict[str, str]) -> None:
    reason = next(one for one in load([SHIPPED]).reasons.values() if one.example)
    assert (
        reason.example[0].title in made[f"reasons/{reason.code}.md"]
        and reason.to_do in made[f"reasons/{reason.code}.md"]
    )
    assert f"(reasons/{reason.code}.md)" in made["reasons.md"]


def test_links_out_of_docs_lead_to_a_page_with_the_file(made: dict[str, str]) -> None:
    [link] = set(re.findall(r"\]\((\S+PP1_\S+members\.sql\.md)\)", made["indicators/PP1.md"]))
    assert made[link.removeprefix("../")].count("select") and "](files/" in made["index.md"]


SMALL = {
    "index.md": "# First\n\n[A figure](indicators/PP1.md#formula)\n",
    "indicators.md": "# Indicators\n",
    "indicators/PP1.md": "# PP1\n\n## Formula\n",
}


def test_a_site_of_whole_links_is_built_and_asks_no_other_host(tmp_path: Path) -> None:
    assert build(tmp_path / "site", SMALL) == 0
    page = (tmp_path / "site" / "indicators" / "PP1.html").read_text(encoding="utf-8")
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", page)


@pytest.mark.parametrize("broken", ["[gone](indicators/PP2.md)", "[gone](indicators/PP1.md#no-such-part)"])
def test_a_link_that_leads_nowhere_stops_it(tmp_path: Path, broken: str) -> None:
    assert build(tmp_path / "site", SMALL | {"index.md": f"# First\n\n{broken}\n"}) != 0
