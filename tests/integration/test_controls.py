"""The checks are tried with planted faults at each publication: every one is found, and where what finds them is broken, that is told and
nothing can be certified or signed. Broken definitions here are copies; nothing planted reaches the position's own facts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from countermark.certify import controls, shadow
from countermark.certify.controls import ARITHMETIC, CHECK, REASON, Control
from countermark.certify.facts import record_deliveries
from countermark.certify.judge import sign
from countermark.certify.proven import NOT_FOUND, NOT_TRIED, alarms, tried
from countermark.contracts.catalogue import Catalogue, load
from countermark.explain import explain
from countermark.ledger.records import LedgerError
from countermark.reconcile.invariants import NAMES
from tests.certify_kit import AS_AT, AUTHORITY, POSITION, desk
from tests.oracle.engine import Engine
from tests.small_home import HEAD, SmallHome, small_home

CATALOGUE = load()
BROKEN = ("TEAM", "LATE_RECORDED", "NOT_FINALISED", "CALENDAR")
DAMAGES: list[
    tuple[str, str, str, set[str]]
] = [  # a file below sql/shared, what is changed in it, and what must not pass then
    ("reconcile/invariants", "<> bridges.system;", "<> bridges.system and false;", {"bridges_add"}),
    ("reconcile/invariants", "having count(*) <> 1", "having count(*) > 2", {"cases_partition"}),
    ("reconcile/invariants", "rolled.closed <> rolled.closing", "rolled.closed > 1000", {"roll_forward_adds"}),
    (
        "certify/valid_gate",
        "coalesce(worst.failing, 0) > figure_rows.tolerance then 'FAIL'",
        "false then 'FAIL'",
        {"valid"},
    ),
    ("certify/valid_gate", "when rule_state.ran = 0 then", "when false then", {"unruled"}),
    (
        "certify/breaks",
        "list_has_any(string_split(decisions.bound_to, ' '), list_prepend(items.bound_to, coalesce(items.other_bound_to, [])))",
        "true",
        {"reconciled"},
    ),
    ("certify/judgement_gates", "and certificates.facts_hash = prints.facts_hash", "", {"lapsed", "signed"}),
    ("certify/metrics", "and proven.says = ''", "", {"uncontrolled", "never controlled"}),
    ("certify/data_gates", "extracts.extracted_on >= figure_rows.as_at as covers", "true as covers", {"stale"}),
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with all tables, and nobody in them but three children."""
    running = Engine.start(tmp_path_factory.mktemp("engine"))
    running.take([])
    with desk(tmp_path_factory.mktemp("desk")) as beside:
        record_deliveries(beside.con, beside.catalogue)
        for (table,) in beside.con.execute(
            "select table_name from duckdb_tables() where schema_name = 'facts'"
        ).fetchall():
            columns = beside.con.execute(f"describe facts.{table}").fetchall()
            listed = ", ".join(f'"{name}" {kind}' for name, kind, *_ in columns)
            running.con.execute(
                f"create schema if not exists facts; create table if not exists facts.{table} ({listed})"
            )
    for child in ("1001", "1002", "0003"):
        running.con.execute(
            "insert into facts.members by name select ? as authority, ? as as_at, ? as child_id",
            [AUTHORITY, AS_AT, child],
        )
    yield running.con
    running.stop()


def copied(tmp_path: Path) -> Catalogue:
    """The definitions with SQL files of their own, to be spoilt."""
    root = tmp_path / "definitions"
    shutil.copytree(CATALOGUE.sql / "shared", root / "sql" / "shared")
    return replace(CATALOGUE, roots=(root,))


def unfound(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> dict[str, Control]:
    """What was planted and not found, by name."""
    return {one.name: one for one in controls.tried(con, catalogue, POSITION) if one.outcome != "PASS"}


def test_every_planted_fault_is_found_and_nothing_reaches_the_facts(tables: duckdb.DuckDBPyConnection) -> None:
    count = "select (select count(*) from facts.members), (select count(*) from facts.items), (select count(*) from facts.claims)"
    before = tables.execute(count).fetchall()
    found = controls.tried(tables, CATALOGUE, POSITION)
    assert {one.outcome for one in found} == {"PASS"}
    assert {one.name for one in found if one.kind == REASON} == {*CATALOGUE.reasons, "nothing wrong"}
    assert {one.name for one in found if one.kind == ARITHMETIC} == set(NAMES)
    told = {one.name for one in found if one.kind == CHECK}
    assert told >= {
        "sound",
        "delivered",
        "valid",
        "reconciled",
        "counted",
        "plausible",
        "checked",
        "signed",
        "uncontrolled",
    }
    assert tables.execute(count).fetchall() == before


def test_the_shadow_holds_children_of_the_position_and_made_up_ones_where_it_has_too_few(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    ids = shadow.children(tables, POSITION, 6)
    assert ids[:2] == ["1001", "1002"] and len(set(ids)) == 6 and "0003" not in ids


def test_reasons_whose_conditions_are_broken_are_told(tables: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    broken = {code: CATALOGUE.reasons[code].model_copy(update={"when_sql": "false"}) for code in BROKEN}
    catalogue = replace(copied(tmp_path), reasons={**CATALOGUE.reasons, **broken})
    items = catalogue.sql / "shared/reconcile/items.sql"  # a reason that is proved by a statement of its own
    items.write_text(items.read_text().replace("from pairs where manual_rows > 1", "from pairs where manual_rows > 9"))
    found = unfound(tables, catalogue)
    for code in (*BROKEN, "DUPLICATE_MANUAL"):
        assert found[code].outcome == "FAIL" and CATALOGUE.reasons[code].people_read in found[code].says
    assert not {"nothing wrong", "MANUAL_ONLY", "SCOPE"} & set(found)


def test_a_reason_that_holds_of_everything_is_told_of_all_it_takes(tables: duckdb.DuckDBPyConnection) -> None:
    greedy = CATALOGUE.reasons["SCOPE"].model_copy(update={"when_sql": "true"})
    found = unfound(tables, replace(CATALOGUE, reasons={**CATALOGUE.reasons, "SCOPE": greedy}))
    assert {"nothing wrong", "VALUE", "AS_AT"} <= set(found)


@pytest.mark.parametrize("condition", ["in_other_list and effect > 0", "false"])
def test_a_reason_that_nobody_planted_is_tried_with_its_own_examples(
    tables: duckdb.DuckDBPyConnection, condition: str
) -> None:
    example = CATALOGUE.reasons["TEAM"].example[1].model_copy(update={"reasons": ("NEW_ONE",)})
    new = CATALOGUE.reasons["TEAM"].model_copy(
        update={"code": "NEW_ONE", "precedence": 79, "when_sql": condition, "example": (example,)}
    )
    others = {code: one for code, one in CATALOGUE.reasons.items() if code != "TEAM"}
    assert ("NEW_ONE" in unfound(tables, replace(CATALOGUE, reasons={**others, "NEW_ONE": new}))) == (
        condition == "false"
    )


def test_arithmetic_and_checks_that_are_broken_are_told(tables: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    catalogue = copied(tmp_path)
    for file, old, new, _ in DAMAGES:
        path = catalogue.sql / "shared" / f"{file}.sql"
        assert old in path.read_text(), old
        path.write_text(path.read_text().replace(old, new))
    found = unfound(tables, catalogue)
    assert set(found) == set.union(*(names for *_, names in DAMAGES))
    assert {one.outcome for one in found.values()} == {"FAIL"}


def test_what_cannot_be_tried_is_an_error_and_no_pass(tables: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    catalogue = copied(tmp_path)
    (catalogue.sql / "shared/reconcile/pairs.sql").write_text("select no_such_column from nowhere")
    outcomes = {one.kind: one.outcome for one in controls.tried(tables, catalogue, POSITION)}
    assert outcomes[REASON] == outcomes[ARITHMETIC] == "ERROR"


FOUND = "insert into facts.controls values ('{}', '{}', 'TEAM', 'reason', '{}', 'a fault “held by another team” was put in and not found')"


def test_a_signed_figure_of_a_position_whose_faults_were_not_found_is_not_certified(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        at.judge()
        at.certify()
        assert at.metric("status") == "certified"
        for outcome in ("FAIL", "ERROR"):
            at.run("delete from facts.controls where control = 'TEAM'")
            at.run(FOUND.format(AUTHORITY, AS_AT, outcome))
            assert set(at.certify().values()) == {"PASS"}
            assert (at.metric("status"), at.metric("certificate_id")) == ("provisional", None)
            assert NOT_FOUND in str(at.metric("status_reason"))
        at.run("truncate facts.controls")
        at.certify()
        assert at.metric("status") == "provisional" and "not tried with faults" in str(at.metric("status_reason"))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[SmallHome]:
    with small_home(tmp_path / "home") as made:
        yield made


def test_nobody_can_sign_and_explain_and_alerts_say_why(home: SmallHome) -> None:
    text = explain(home.snapshot, "PP1", AS_AT)
    assert "were put in a copy on purpose, and every one was found" in " ".join(text.split())
    con = duckdb.connect(str(home.snapshot))
    assert alarms(con) == []
    con.execute(FOUND.format(AUTHORITY, AS_AT, "FAIL"))
    [(authority, as_at, says)] = alarms(con)
    assert (
        (authority, as_at) == (AUTHORITY, AS_AT)
        and "held by another team" in says
        and "nothing can be certified" in says
    )
    assert tried(con, AUTHORITY, AS_AT).planted == 2 and not tried(con, AUTHORITY, AS_AT).holds
    con.close()
    assert NOT_FOUND in " ".join(explain(home.snapshot, "PP1", AS_AT, audience="leader").split())
    con = duckdb.connect(str(home.snapshot))
    con.execute("update gates set outcome = 'PASS'")
    con.close()
    assert (home.progress().state, home.progress().owner) == ("draft", "whoever keeps it running")
    with pytest.raises(LedgerError, match="cannot be signed: the checks did not find"):
        sign(home.ledger, home.snapshot, home.figures(), HEAD)
    con = duckdb.connect(str(home.snapshot))
    con.execute("delete from facts.controls where outcome <> 'PASS'")
    con.close()
    assert home.progress().state == "certified"
    con = duckdb.connect(str(home.snapshot))
    con.execute("drop table facts.controls")
    assert tried(con, AUTHORITY, AS_AT).why_not == NOT_TRIED
    con.close()
    with pytest.raises(LedgerError, match="run the pipeline again"):
        sign(home.ledger, home.snapshot, home.figures(), HEAD)
