"""Holds the Great Expectations run to account: four states kept apart, no cell value stored, pages that open offline.

Each positive control breaks one thing that a careless reading of a result would take for a pass.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pytest

from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from countermark.contracts.rules import RuleFile
from expectations import counts_row
from expectations.counts import RuleCount
from expectations.results import RuleResult
from expectations.suites import run
from expectations.violations import evaluate
from tests.examples.typed_world import AUTHORITY, fill, world

LIST_7 = "annex_a.list_07"
ENDS_FIRST = "CM-L07-010"
CONVERTS = "CM-L07-900"
CANARY = {
    "child_unique_id": "QZX-7741-CANARY",
    "date_of_birth": "2013-07-19",
    "allocated_worker": "Zebedee Quillfeather",
    "allocated_team": "Quillfeather Team",
    "child_protection_plan_start_date": "2022-03-17",
    "child_protection_plan_end_date": "2022-03-16",
}
WRITTEN = {*CANARY.values(), "19/07/2013", "Quillfeather", "zebedee", "7741-CANARY"} - {"2022-03-17", "2022-03-16"}


@dataclass(frozen=True)
class Ran:
    """One run over the canary child."""

    home: Path
    catalogue: Catalogue
    counts: list[RuleCount]
    results: dict[str, RuleResult]
    log: str
    failures: list[tuple[str, ...]]


def converting_rule() -> RuleFile:
    """A rule whose engine error would quote the worker's name."""
    query = (
        "select delivery_id, source_row, 'allocated_worker' as column_name"
        " from list_07 where cast(allocated_worker as integer) > 0"
    )
    return RuleFile(
        code=CONVERTS, severity="blocking", contract=LIST_7, title="Raises", message="m", fields=("allocated_worker",),
        why="K: a control", query=query,
    )  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    shipped = load([SHIPPED])
    catalogue = replace(shipped, rules=(*shipped.rules, converting_rule()))
    con, home, lines = world(), tmp_path_factory.mktemp("home"), list[str]()
    fill(
        con,
        catalogue.contracts[LIST_7],
        [CANARY, {"child_unique_id": "C2", "child_protection_plan_start_date": "2022-06-01"}],
    )
    listener = logging.Handler(logging.DEBUG)
    listener.emit = lambda record: lines.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        counts = evaluate(con, catalogue, AUTHORITY)
        results = run(counts, catalogue, home)
    finally:
        root.removeHandler(listener)
        root.setLevel(level)
    failures = con.execute("select rule_code, message, column_name, child_id from facts.failures").fetchall()
    return Ran(home, catalogue, counts, {r.rule_code: r for r in results}, "\n".join(lines), failures)


def test_the_four_states_are_kept_apart(ran: Ran) -> None:
    assert ran.results[ENDS_FIRST] == RuleResult(LIST_7, ENDS_FIRST, "FAIL", evaluated=2, failed=1)
    assert ran.results["CM-L07-011"] == RuleResult(LIST_7, "CM-L07-011", "PASS", evaluated=2, failed=0)
    assert ran.results[CONVERTS] == RuleResult(LIST_7, CONVERTS, "ERROR")
    assert ran.results["CM-L07-017"].status == "NOT_APPLICABLE", "List 6 was not delivered"
    assert {r.status for r in ran.results.values() if r.contract != LIST_7} == {"NOT_APPLICABLE"}


def test_a_failure_names_the_child_in_the_violation_table_and_no_value_in_its_message(ran: Ran) -> None:
    (failure,) = [row for row in ran.failures if row[0] == ENDS_FIRST]
    assert failure[2:] == ("Child Protection Plan End Date", CANARY["child_unique_id"])
    assert not any(value.lower() in row[1].lower() for row in ran.failures for value in WRITTEN)


def test_no_cell_value_is_in_any_stored_file_or_log(ran: Ran) -> None:
    files = [path for path in ran.home.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in files}
    assert {".json", ".html", ".duckdb"} <= kinds, "there is something to search"
    for path in files:
        text = path.read_bytes().lower() + str(path.relative_to(ran.home)).lower().encode()
        assert [value for value in WRITTEN if value.lower().encode() in text] == [], path.name
    assert f"rule {CONVERTS}: ConversionException" in ran.log, "the error was met"
    assert [value for value in WRITTEN if value.lower() in ran.log.lower()] == []


def test_suites_and_results_are_stored_one_named_expectation_a_rule(ran: Ran) -> None:
    suite = json.loads((ran.home / "gx" / AUTHORITY / "suites" / "annex_a_list_07.json").read_text(encoding="utf-8"))
    named = [e["meta"]["code"] for e in suite["expectations"] if "code" in e["meta"]]
    judged = [r.rule_code for r in ran.results.values() if r.contract == LIST_7 and r.status != "NOT_APPLICABLE"]
    assert sorted(named) == sorted(judged) and len(set(named)) == len(named)
    meta = next(e["meta"] for e in suite["expectations"] if e["meta"].get("code") == ENDS_FIRST)
    assert (meta["severity"], meta["title"]) == ("blocking", "Plan end is before plan start")
    assert list((ran.home / "gx" / AUTHORITY / "results").rglob("*.json")), "validation results are kept"


def test_data_docs_hold_the_rules_words_and_open_offline(ran: Ran) -> None:
    pages = sorted((ran.home / "data_docs").rglob("*.html"))
    assert len(pages) == 3, (
        "a list of authorities, a list of rules, and the results of the one file layout that was delivered"
    )
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"""(?:src|href|action|url)\s*[=(]\s*["']?\s*(?:https?:)?//""", text, re.IGNORECASE) == [], (
            page.name
        )
        assert "<script" not in text.lower() and "@import" not in text
        for address in re.findall(r'(?:href|src)="([^"#][^"]*)"', text):
            assert (page.parent / unquote(urlsplit(address).path)).is_file(), f"{page.name} points to {address}"
    (results,) = (ran.home / "data_docs" / AUTHORITY / "validations").rglob("*.html")
    assert f"{ENDS_FIRST}, blocking: Plan end is before plan start. Of 2 rows none may fail." in results.read_text(
        encoding="utf-8"
    )
    index = (ran.home / "data_docs" / AUTHORITY / "index.html").read_text(encoding="utf-8")
    assert all(code in index for code in ran.results) and 'class="ERROR"' in index


def test_data_docs_can_be_read_by_keyboard_and_screen_reader(ran: Ran) -> None:
    """One main part and one first heading, a language, named navigation, and no control that only a script would have worked."""
    from lxml import html

    for page in (ran.home / "data_docs").rglob("*.html"):
        root = html.fromstring(page.read_text(encoding="utf-8"))
        assert root.get("lang") == "en" and len(root.xpath("//main")) == len(root.xpath("//h1")) == 1, page.name
        assert not root.xpath("//input | //button | //a[not(normalize-space())]"), page.name
        names = root.xpath("//nav/@aria-label")
        assert len(names) == len(set(names)) == len(root.xpath("//nav")), page.name


def test_homes_are_private(ran: Ran) -> None:
    for folder in (ran.home / "gx" / AUTHORITY, ran.home / "data_docs"):
        assert folder.stat().st_mode & 0o077 == 0


def small(ran: Ran, **changed: int | None) -> tuple[list[RuleCount], Catalogue]:
    """Two rules that pass, the first with its count changed."""
    rules = tuple(rule for rule in ran.catalogue.rules if rule.code in ("CM-L07-011", "CM-L07-012"))
    counts = [
        RuleCount(AUTHORITY, LIST_7, rule.code, evaluated=2, failed=0, row_limit=0, row_count=2) for rule in rules
    ]
    return [replace(counts[0], **changed), counts[1]], replace(ran.catalogue, rules=rules)


def statuses(counts: list[RuleCount], catalogue: Catalogue, home: Path) -> list[str]:
    return [result.status for result in run(counts, catalogue, home)]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, "PASS"),
        ({"failed": 1}, "FAIL"),
        ({"failed": 1, "row_limit": 1}, "PASS"),
        ({"failed": None}, "ERROR"),
        ({"evaluated": None}, "ERROR"),
        ({"evaluated": 1}, "ERROR"),
        ({"evaluated": 0}, "ERROR"),
        ({"evaluated": 3}, "ERROR"),
    ],
)
def test_only_a_rule_asked_about_every_row_can_pass(
    ran: Ran, tmp_path: Path, changed: dict[str, int | None], status: str
) -> None:
    assert statuses(*small(ran, **changed), tmp_path) == [status, "PASS"]


def test_a_rule_without_a_count_never_ran_and_is_an_error(ran: Ran, tmp_path: Path) -> None:
    counts, catalogue = small(ran)
    assert statuses(counts[1:], catalogue, tmp_path) == ["ERROR", "PASS"]


def test_without_any_count_every_rule_is_an_error(ran: Ran, tmp_path: Path) -> None:
    assert statuses([], small(ran)[1], tmp_path) == ["ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("alter table annex_a_list_07 drop cm_l07_011_failed", ["ERROR", "PASS"]),
        ("insert into annex_a_list_07 from annex_a_list_07", ["ERROR", "ERROR"]),
        ("delete from annex_a_list_07", ["ERROR", "ERROR"]),
        ("update annex_a_list_07 set cm_l07_011_failed = null", ["ERROR", "PASS"]),
    ],
)
def test_a_damaged_row_of_counts_is_an_error_and_never_a_pass(
    ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str, expected: list[str]
) -> None:
    write = counts_row.write

    def write_and_damage(path: Path, *others: object) -> None:
        write(path, *others)
        with duckdb.connect(str(path)) as con:
            con.execute(damage)

    monkeypatch.setattr(counts_row, "write", write_and_damage)
    assert statuses(*small(ran), tmp_path) == expected


def test_breaking_a_rules_query_turns_its_pass_into_an_error(ran: Ran, tmp_path: Path) -> None:
    con, book = world(), small(ran)[1]
    fill(con, book.contracts[LIST_7], [CANARY])
    assert statuses(evaluate(con, book, AUTHORITY), book, tmp_path) == ["PASS", "PASS"]
    first = book.rules[0].model_copy(update={"query": book.rules[0].query.replace("list_07", "list_70")})
    broken = replace(book, rules=(first, book.rules[1]))
    assert statuses(evaluate(con, broken, AUTHORITY), broken, tmp_path) == ["ERROR", "PASS"]


def test_a_second_authority_stands_beside_the_first(ran: Ran, tmp_path: Path) -> None:
    counts, catalogue = small(ran)
    for authority in ("E1", "E2", "E1"):
        run([replace(count, authority=authority) for count in counts], catalogue, tmp_path)
    index = (tmp_path / "data_docs" / "index.html").read_text(encoding="utf-8")
    assert "E1/index.html" in index and "E2/index.html" in index
    assert len(list((tmp_path / "gx" / "E1" / "results").rglob("*.json"))) == 1, "a run replaces its predecessor"


def test_an_authority_that_is_no_folder_name_is_refused(ran: Ran, tmp_path: Path) -> None:
    counts, catalogue = small(ran)
    with pytest.raises(ValueError, match="letters, digits"):
        run(counts, catalogue, tmp_path, authority="../elsewhere")
