"""Holds the file of delivered rows, and the desk's own tables, to what they promise: whose rows, kept once, and no part of the figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.certify import publish, records
from countermark.certify.publish import content_hash, publish_again
from countermark.certify.snapshot import NothingPublishedError, current
from countermark.contracts.catalogue import load
from countermark.desk import assignments, worklist
from countermark.desk.worklist import Filters
from countermark.home import Home
from countermark.warehouse.connect import connect
from tests.ledger_samples import ledger_in
from tests.web_kit import AS_AT, CODE, Desk, open_desk
from web.published import Snapshot


def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
    con = duckdb.connect(str(path), read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


@pytest.fixture(scope="module")
def kept(built_home: Path) -> Path:
    path = records.newest(Home(built_home))
    assert path
    return path


def test_rows_are_kept_of_those_children_alone_whom_the_desk_works_on(desk: Desk, kept: Path, built_home: Path) -> None:
    named = "select child_id from main.members union select child_id from main.breaks union select child_id from main.failures"
    wanted = {row["child_id"].lstrip("0") for row in desk.rows(named) if row["child_id"]}
    found = {row[0] for row in rows_of(kept, "select distinct bare_child from rows")}
    assert found <= wanted and len(found) > 50
    everybody = {
        row[0].lstrip("0")
        for row in rows_of(
            built_home / "warehouse.duckdb",
            "select child_unique_id from raw.annex_a_list_01 where child_unique_id <> ''",
        )
    }
    assert everybody - wanted and not found & (everybody - wanted)


def test_every_place_that_a_figure_or_a_difference_cites_is_kept(desk: Desk, kept: Path) -> None:
    cited = desk.rows(
        "select delivery_id, source_row from main.members where indicator_id not like 'DQ%' union "  # those count figures, not rows
        "select system_delivery_id, system_source_row from facts.items where system_source_row is not null union "
        "select manual_delivery_id, manual_source_row from facts.items where manual_source_row is not null union "
        "select delivery_id, source_row from main.failures where child_id is not null"
    )
    found = set(rows_of(kept, "select delivery_id, source_row from rows"))
    assert {(row["delivery_id"], row["source_row"]) for row in cited} <= found


def test_the_newest_two_are_kept_an_equal_one_stays_and_a_purge_clears_all(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = own_desk.home
    first = records.newest(home)
    assert first
    con = connect(home.warehouse, load().sql, home.tmp)
    try:
        assert records.write(con, load(), home) == first
        before = rows_of(first, "select * from rows order by all")
        for number in (records.SHAPE + 1, records.SHAPE + 2):
            for left in ("records.duckdb", "records.duckdb.wal"):  # of a run that was killed
                (home.tmp / left).write_bytes(b"torn")
            monkeypatch.setattr(records, "SHAPE", number)
            newest = records.write(con, load(), home)
    finally:
        con.close()
    assert rows_of(newest, "select * from rows order by all") == before
    numbers = [path.name.split("-")[1] for path in sorted(home.path.glob("*.records-*"))]
    assert numbers == ["000002", "000003"]
    assert records.newest(home) == newest and newest.stat().st_mode & 0o077 == 0
    assert not list(home.tmp.iterdir())
    records.clear(home)
    assert records.newest(home) is None and not list(home.path.glob("*records*"))


def test_the_desk_is_no_part_of_the_figures_and_comes_with_every_publication(own_desk: Desk) -> None:
    path = current(own_desk.home)
    assert path
    con = duckdb.connect(str(path))
    before = content_hash(con)
    con.execute("delete from desk.items")
    con.execute("update main.failures set failure_id = 'x'")
    assert content_hash(con) == before
    con.close()


def test_a_home_of_an_earlier_layout_is_published_anew(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not publish_again(own_desk.home, load(), own_desk.ledger()).is_new
    monkeypatch.setattr(publish, "LAYOUT", publish.LAYOUT + 1)
    assert publish_again(own_desk.home, load(), own_desk.ledger()).is_new


def test_a_snapshot_without_a_worklist_is_refused_in_words(own_desk: Desk) -> None:
    path = current(own_desk.home)
    assert path
    con = duckdb.connect(str(path))
    con.execute("drop schema desk cascade")
    con.close()
    answer = own_desk.client("officer").get("/worklist")
    assert answer.status_code == 503 and "earlier version" in answer.text
    with pytest.raises(NothingPublishedError):
        worklist.is_there(lambda sql, said: own_desk.rows(sql, said or ()))


def test_who_has_what_is_read_once_and_then_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignments, "people", lambda *_: ["Ona", "Pat"])
    with ledger_in(tmp_path) as ledger:
        known = assignments.Holders(CODE)
        assignments.assign(ledger, CODE, ["a", "b"], "Ona", "Pat", {})
        assignments.assign(ledger, "ELSEWHERE", ["c"], "Ona", "Pat", {})
        assert known.now(ledger) == {"a": "Ona", "b": "Ona"}
        asked: list[int] = []
        real = ledger.notes
        monkeypatch.setattr(ledger, "notes", lambda *a, **k: asked.append(k["after"]) or real(*a, **k))
        assignments.assign(ledger, CODE, ["a"], "", "Pat", {"a": 1})
        stored, late = assignments.assign(ledger, CODE, ["b", "a"], "Pat", "Ona", {"b": 1, "a": 1})
        assert ([one.item_id for one in stored], late) == (["b"], ["a"])
        assert known.now(ledger) == {"b": "Pat"} and asked == [3]
        assert assignments.Holders(CODE).now(ledger) == known.now(ledger)


def test_the_worklist_asks_few_questions_and_the_second_time_none(
    built_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, asked = open_desk(built_home, tmp_path / "home"), list[str]()
    real = Snapshot.rows
    monkeypatch.setattr(Snapshot, "rows", lambda self, sql, said=(): asked.append(sql) or real(self, sql, said))
    officer, manager = desk.client("officer"), desk.client("team_manager")
    assert officer.get("/worklist").status_code == 200 and len(asked) <= 8
    asked.clear()
    assert officer.get("/worklist").status_code == 200 and not asked
    assert manager.get("/worklist").status_code == 200
    asked.clear()
    assert (
        manager.get("/worklist").status_code == 200 and len(asked) == 1
    )  # which of the page's children are the manager's


def test_what_is_kept_is_not_mixed_up_between_readers(desk: Desk) -> None:
    snapshot: Snapshot = desk.app.extensions["published"].now()
    everybody = worklist.read(snapshot.rows, CODE, Filters(AS_AT), {}, date(2026, 1, 1), snapshot.kept)
    own = worklist.read(
        snapshot.rows, CODE, Filters(AS_AT, only=("Safeguarding East",)), {}, date(2026, 1, 1), snapshot.kept
    )
    given = worklist.read(
        snapshot.rows, CODE, Filters(AS_AT), {everybody.items[0].item_id: "Ona"}, date(2026, 1, 1), snapshot.kept
    )
    assert own.total < everybody.total == given.total
    assert [item.assigned for item in given.items][:2] == ["Ona", ""] and everybody.items[0].assigned == ""
