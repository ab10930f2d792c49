"""Holds the running of rules to account: what fails, how many were asked, and that silence is never a pass."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.contracts.rules import RuleError, RuleFile, load_rules
from expectations.counts import ERROR, NEVER, NOT_APPLICABLE, RAN, RuleCount, stored_counts
from expectations.violations import evaluate

COLUMNS = {
    "child_id": {"header": "Child ID", "type": "id", "meaning": "m"},
    "start": {"header": "Start Date", "type": "date", "meaning": "m"},
    "allocated_team": {"header": "Allocated Team", "type": "text", "meaning": "m"},
}
LIST_A = Contract(
    id="annex_a.list_a",
    title="A",
    source="L",
    family="x",
    child="child_id",
    team="allocated_team",
    columns=COLUMNS,
    folder=Path(),
)
LIST_B = LIST_A.model_copy(update={"id": "annex_a.list_b"})
CLAIMS = Contract(
    id="claims",
    title="C",
    source="L",
    family="claims",
    folder=Path(),
    columns={n: {"header": n, "type": "text", "meaning": "m"} for n in ("indicator_id", "team", "as_at", "child_id")},
)
EARLY = "select delivery_id, source_row, 'start' as column_name from list_a where start < date '2000-01-01'"


def rule(code: str, query: str, contract: str = "annex_a.list_a", **more: Any) -> RuleFile:
    said = {
        "code": code, "severity": "blocking", "contract": contract, "title": "t", "why": "K: w", "query": query,
        "message": "{start} is early: see {column}", "fields": ("start",),
    } | more  # fmt: skip
    return RuleFile.model_validate(said)


def catalogue(*rules: RuleFile) -> Catalogue:
    return Catalogue((Path(),), contracts={c.id: c for c in (LIST_A, LIST_B, CLAIMS)}, rules=rules)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema typed")
    for name in ("annex_a_list_a", "annex_a_list_b"):
        con.execute(
            f"create table typed.{name} (authority varchar, delivery_id varchar, delivery_seq int, extracted_on date,"
            " row_number int, source_row varchar, child_id varchar, start date, allocated_team varchar, team varchar,"
            " reject_column varchar, reject_reason varchar)"
        )
    rows = [
        ("A", "old", 1, "2022-01-31", "L!2", "C0", "1990-01-01", None),
        ("A", "new", 2, "2022-02-28", "L!2", "C1", "1990-01-01", None),
        ("A", "new", 2, "2022-02-28", "L!3", "C2", "2020-01-01", None),
        ("A", "more", 3, "2022-02-28", "L!2", "C3", "1990-01-01", None),
        ("A", "more", 3, "2022-02-28", "L!3", None, "1990-01-01", "no id"),
        ("B", "other", 4, "2022-03-31", "L!2", "C9", "1990-01-01", None),
    ]
    con.executemany("insert into typed.annex_a_list_a select ?, ?, ?, ?, 2, ?, ?, ?, 'north ', 'North', null, ?", rows)
    return con


def count_of(counts: list[RuleCount], code: str) -> RuleCount:
    return next(c for c in counts if c.rule_code == code)


def test_failing_rows_of_the_newest_extract_carry_words_child_and_team(con: duckdb.DuckDBPyConnection) -> None:
    counts = evaluate(con, catalogue(rule("T-A-001", EARLY)), "A")
    assert counts == [RuleCount("A", "annex_a.list_a", "T-A-001", evaluated=4, failed=2, row_limit=0, row_count=4)]
    message = "“Start Date” is early: see “Start Date”"
    assert con.execute("from facts.failures order by delivery_id").fetchall() == [
        ("A", "T-A-001", "blocking", message, "annex_a.list_a", "more", "L!2", "Start Date", "C3", "North"),
        ("A", "T-A-001", "blocking", message, "annex_a.list_a", "new", "L!2", "Start Date", "C1", "North"),
    ]


def test_evaluating_again_replaces_and_leaves_other_authorities_alone(con: duckdb.DuckDBPyConnection) -> None:
    book = catalogue(rule("T-A-001", EARLY))
    for authority in ("A", "B", "A"):
        evaluate(con, book, authority)
    assert con.execute("select authority, count(*) from facts.failures group by 1 order by 1").fetchall() == [
        ("A", 2),
        ("B", 1),
    ]
    assert len(stored_counts(con, "A")) == len(stored_counts(con, "B")) == 1
    assert con.execute("select count(*) from duckdb_tables() where temporary").fetchall() == [(0,)]


def test_a_rule_sees_rejected_rows_only_where_it_asks_for_them(con: duckdb.DuckDBPyConnection) -> None:
    every = EARLY.replace("from list_a", "from list_a_all")
    counts = evaluate(con, catalogue(rule("T-A-001", EARLY), rule("T-A-002", every)), "A")
    assert [(c.rule_code, c.failed) for c in counts] == [("T-A-001", 2), ("T-A-002", 3)]


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (
            "select delivery_id, source_row, 'start' as column_name from list_a where cast(child_id as integer) > 0",
            "Conversion",
        ),
        ("select delivery_id, source_row, 'start' as column_name from list_a where no_such_column", "Binder"),
        ("select delivery_id, source_row from list_a", "Binder"),
        ("select delivery_id source_row, 'start' as column_name from from list_a", "Parser"),
    ],
)
def test_a_rule_that_raises_is_an_error_of_that_rule_alone_and_without_a_value(
    con: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture, broken: str, kind: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        counts = evaluate(con, catalogue(rule("T-A-001", EARLY), rule("T-A-002", broken)), "A")
    assert count_of(counts, "T-A-001") == RuleCount("A", "annex_a.list_a", "T-A-001", 4, 2, 0, 4, RAN)
    assert count_of(counts, "T-A-002") == RuleCount("A", "annex_a.list_a", "T-A-002", NEVER, 0, 0, 4, ERROR)
    assert con.execute("select distinct rule_code from facts.failures").fetchall() == [("T-A-001",)]
    assert f"rule T-A-002: {kind}" in caplog.text and "C1" not in caplog.text


@pytest.mark.parametrize(
    "astray",
    [
        "select 'elsewhere' as delivery_id, source_row, 'start' as column_name from list_a",
        "select null as delivery_id, source_row, 'start' as column_name from list_a",
        "select delivery_id, source_row, child_id as column_name from list_a",
    ],
)
def test_a_rule_that_finds_what_is_not_in_its_contract_is_an_error(con: duckdb.DuckDBPyConnection, astray: str) -> None:
    assert count_of(evaluate(con, catalogue(rule("T-A-001", astray)), "A"), "T-A-001").hint == ERROR
    assert con.execute("select count(*) from facts.failures").fetchone() == (0,)


def test_without_a_delivery_a_rule_is_not_applicable_and_never_passed(con: duckdb.DuckDBPyConnection) -> None:
    across = rule("T-A-002", EARLY + " and child_id not in (select child_id from list_b)", reads=("annex_a.list_b",))
    of_claims = rule(
        "T-C-001",
        "select delivery_id, source_row, '' as column_name from claims",
        "claims",
        fields=("team",),
        message="m",
    )
    counts = evaluate(con, catalogue(rule("T-A-001", EARLY), across, of_claims), "A")
    assert [(c.rule_code, c.hint) for c in counts] == [
        ("T-A-001", RAN), ("T-A-002", NOT_APPLICABLE), ("T-C-001", NOT_APPLICABLE)
    ]  # fmt: skip
    con.execute(
        "insert into typed.annex_a_list_b select * replace ('C1' as child_id) from typed.annex_a_list_a where delivery_id = 'new'"
    )
    assert count_of(evaluate(con, catalogue(across), "A"), "T-A-002").failed == 1


def test_a_corrected_claim_replaces_its_predecessor_and_no_other(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table typed.claims as select 'A' as authority, d as delivery_id, s as delivery_seq,"
        " null::date as extracted_on, r as source_row, i as indicator_id, 'North' as team, '2022-10-31' as as_at,"
        " null::varchar as child_id, null::varchar as reject_column, null::varchar as reject_reason"
        " from (values ('one', 1, '2', 'PP1'), ('one', 1, '3', 'LA8'), ('one', 1, '4', null),"
        " ('two', 2, '2', 'PP1')) as v(d, s, r, i)"
    )
    everything = rule(
        "T-C-001",
        "select delivery_id, source_row, '' as column_name from claims",
        "claims",
        fields=("team",),
        message="m",
    )
    evaluate(con, catalogue(everything), "A")
    found = con.execute("select delivery_id, source_row, column_name from facts.failures order by all").fetchall()
    assert found == [("one", "3", None), ("one", "4", None), ("two", "2", None)]


def test_a_limit_is_a_number_of_rows_rounded_down(con: duckdb.DuckDBPyConnection) -> None:
    lenient = rule("T-A-001", EARLY, limit=0.6, limit_why="half of them are known to be old")
    assert count_of(evaluate(con, catalogue(lenient), "A"), "T-A-001").row_limit == 2


@pytest.mark.parametrize(
    ("faulty", "says"),
    [
        ({"limit": 0.5}, "reason"),
        ({"code": "lower-1"}, "capitals"),
        ({"query": "delete from list_a"}, "one select"),
        ({"query": "select 1; drop table t"}, "semicolon"),
    ],
)
def test_a_faulty_rule_is_refused(faulty: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        rule(**{"code": "T-A-001", "query": EARLY} | faulty)


def test_a_rule_that_names_an_unknown_column_or_contract_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    for more in ({"fields": ("nowhere",)}, {"message": "{nowhere}"}, {"reads": ("x.list_z",)}):
        with pytest.raises(RuleError, match=r"nowhere|list_z"):
            evaluate(con, catalogue(rule("T-A-001", EARLY, **more)), "A")


def test_a_rule_file_lies_where_its_code_and_contract_say(tmp_path: Path) -> None:
    lines = ('code = "T-A-001"', 'severity = "query"', 'contract = "annex_a.list_a"', 'title = "t"', 'message = "m"')
    text = "\n".join((*lines, 'fields = ["start"]', 'why = "K: w"', ""))
    folder = tmp_path / "annex_a.list_b"
    folder.mkdir()
    (folder / "T-A-001.toml").write_text(text + f'query = """{EARLY}"""\n', encoding="utf-8")
    with pytest.raises(RuleError, match="the folder is the rule's contract"):
        load_rules(tmp_path)
