"""Holds to account: who is purged is nowhere in the home any more, the figures are what they were, and nothing brings the child back.

One child stands in every kind of place. It is purged by the command; then every byte of the home is searched.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from countermark.certify.snapshot import current
from countermark.contracts.catalogue import load
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.purge import files, tables
from countermark.purge import purge as purging
from countermark.purge.called import PurgeError
from countermark.purge.purge import Order
from countermark.warehouse import kept
from tests.acceptance.kit import Said, annex_a, countermark, text
from tests.canary import search
from tests.chain import run_chain
from tests.purge_kit import AS_AT, BARE, CHILD, DAY, NAMED, WORDS, Metrics, deliver, metrics, receipts, write_about

ORDER = ("--reason", "retention schedule 4.2", "--by", "Olive Officer", "--name", NAMED)


@dataclass
class World:
    """A home before and after; `before` is a copy in which the child still is."""

    inbox: Path
    before: Path
    home: Path
    figures: Metrics
    said: Said


def _run(inbox: Path, home: Path) -> None:
    said = countermark("run", "--inbox", inbox, "--as-at", DAY, "--home", home)
    assert said.code == 0, said


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run, written about, frozen, run again, copied, purged."""
    root = tmp_path_factory.mktemp("purge")
    deliver(root / "inbox")
    _run(root / "inbox", root / "home")
    write_about(root / "home")
    froze = countermark(
        "inspection", "freeze", "--as-at", DAY, "--reason", "Notified", "--by", "Olive", "--home", root / "home"
    )
    assert froze.code == 0, froze
    _run(root / "inbox", root / "home")
    shutil.copytree(root / "home", root / "before")
    figures = metrics(root / "home")
    said = countermark("purge", "--child", f" {CHILD.lower()} ", *ORDER, "--home", root / "home")
    yield World(root / "inbox", root / "before", root / "home", figures, said)


def test_the_child_was_everywhere(world: World) -> None:
    """Without this the search would prove nothing."""
    found = {name.split("/")[0] for _, name in search(WORDS, world.before)}
    assert {"deliveries", "published", "ledger.db", "warehouse.duckdb"} <= found
    assert {word for word, _ in search(WORDS, world.before)} == set(WORDS)


def test_no_byte_of_the_home_names_the_child(world: World) -> None:
    assert world.said.code == 0, world.said
    assert search(WORDS, world.home) == {(BARE, name) for name in _with_the_other(world.home)}


def _with_the_other(home: Path) -> set[str]:
    """Files with the child whose id begins with the purged one's: it stays, and is the proof that no more than asked went."""
    held = search([f"{CHILD}9"], home, leave_out=("dagster", "gx", "data_docs"))
    assert held, "the other child is gone too"
    for _, name in held:
        content = (home / name).read_bytes()
        assert content.count(CHILD.encode()) == content.count(f"{CHILD}9".encode()), name
    return {name for _, name in held}


def test_what_was_said_names_nobody(world: World) -> None:
    assert not any(word.casefold() in world.said.text.casefold() for word in WORDS)
    assert "1 positions stand as they were published" in world.said.text and "backups" in world.said.text


def test_the_published_figures_are_what_they_were(world: World) -> None:
    assert metrics(world.home) == world.figures and len(world.figures) > 20
    for old, new in zip(
        sorted((world.before / "published").glob("0*.duckdb")),
        sorted((world.home / "published").glob("0*.duckdb")),
        strict=False,
    ):
        assert _of(old) == _of(new)


def _of(snapshot: Path) -> Metrics:
    con = duckdb.connect(str(snapshot), read_only=True)
    try:
        return con.execute("select * from main.metrics order by all").fetchall()
    finally:
        con.close()


def test_the_ledger_is_whole_and_keeps_a_tombstone(world: World) -> None:
    with Ledger.open(Home(world.home).ledger_url) as ledger:
        assert ledger.verify() is None
        [stone] = ledger.notes("purge")
        assert (stone.by, stone.body["reason"]) == ("Olive Officer", "retention schedule 4.2")
        assert int(str(stone.body["rows"])) >= 12 and len(stone.subject) == 16
        assert [note.subject for note in ledger.notes("sealed")] == [DAY]
        assert [note.body["text"] for note in ledger.notes("commentary")] == [
            "All were seen but [purged] ([purged]).", "A quiet month.",
        ]  # fmt: skip
        assert ledger.notes("comment") == [] == ledger.notes("action")
        assert ledger.decisions() == [] and [check.note for check in ledger.checks()] == ["looked at [purged] too"]
        assert ledger.notes("freeze")
    assert "chain is whole" in countermark("verify", "--home", world.home).text


def test_tampering_is_still_seen_after_a_purge(world: World, tmp_path: Path) -> None:
    """The purge's entry vouches for what was left: changing it, or deleting more, breaks the chain there."""
    import sqlite3

    for spoil in (
        "update checks set note = 'fine'",
        "delete from notes where kind = 'commentary' and body like '%quiet%'",
    ):
        shutil.copy(world.home / "ledger.db", tmp_path / "ledger.db")
        con = sqlite3.connect(tmp_path / "ledger.db")
        assert con.execute(spoil).rowcount == 1
        con.commit()
        con.close()
        with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
            assert ledger.verify() is not None, spoil


def test_receipts_add_up_with_the_purged_rows_ignored(world: World) -> None:
    before, after = receipts(world.before), receipts(world.home)
    assert before.keys() == after.keys()
    moved = {one: after[one][3] - before[one][3] for one in after}
    assert all(after[one][0] == before[one][0] for one in after)
    assert sum(moved.values()) >= 12 and all(count >= 0 for count in moved.values())
    with Ledger.open(Home(world.home).ledger_url) as ledger:
        by_contract = {r.contract: moved[r.delivery_id] for r in ledger.receipts()}
    assert by_contract["annex_a.list_07"] == by_contract["annex_a.list_06"] == by_contract["manual_lists"] == 1


def test_nothing_brings_the_child_back(world: World, tmp_path: Path) -> None:
    """The same inbox again with a renamed file in it, then a rebuild: figures, search and chain stay, and so does every other child's row."""
    shutil.copytree(world.home, tmp_path / "home")
    shutil.copytree(world.inbox, tmp_path / "inbox")
    shutil.copy(world.inbox / "2022-11-02" / "in care.xlsx", tmp_path / "inbox" / f"{NAMED} again.xlsx")
    _run(tmp_path / "inbox", tmp_path / "home")
    assert metrics(tmp_path / "home") == world.figures
    said = countermark("rebuild", "--home", tmp_path / "home")
    assert said.code == 0 and metrics(tmp_path / "home") == world.figures, said
    receipts(tmp_path / "home")
    assert search(WORDS, tmp_path / "home") == {(BARE, name) for name in _with_the_other(tmp_path / "home")}
    with Ledger.open(Home(tmp_path / "home").ledger_url) as ledger:
        assert ledger.verify() is None
    assert _raw(tmp_path / "home") == [
        row for row in _raw(world.before) if f"'{CHILD}'" not in row and f"'{BARE}'" not in row
    ]


def _raw(home: Path) -> list[str]:
    con = duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)
    try:
        tables = [c.table for c in load().contracts.values()]
        found = [str(row) for t in tables for row in con.execute(f'select * from raw."{t}"').fetchall()]
        return sorted(
            row.replace(f"with {CHILD} and {NAMED}", "")
            .replace(f"not {NAMED}", "")
            .replace("with [purged] and [purged]", "")
            .replace("not [purged]", "")
            for row in found
        )
    finally:
        con.close()


def test_the_frozen_lists_say_that_a_child_was_purged(world: World, tmp_path: Path) -> None:
    said = countermark("inspection", "lists", f"{DAY}-1", "--out", tmp_path / "lists", "--home", world.home)
    assert said.code == 0, said
    proof = (tmp_path / "lists" / "agreement.csv").read_text()
    assert "a child was purged since" in proof
    assert search(WORDS, tmp_path / "lists") == set()


def test_again_is_nothing_more(world: World, tmp_path: Path) -> None:
    shutil.copytree(world.home, tmp_path / "home")
    said = countermark("purge", "--child", CHILD, *ORDER, "--home", tmp_path / "home")
    assert said.code == 0 and "0 delivered rows, 0 kept files, 0 publications, 0 rows of the ledger" in said.text, said
    with Ledger.open(Home(tmp_path / "home").ledger_url) as ledger:
        assert len(ledger.notes("purge", newest=False)) == 1


POINTS = [
    (Ledger, "purge_rows", "after"), (files, "_note_rows", "after"), (kept, "bury", "before"), (tables, "rewrite", "after"),
    (purging, "publish_again", "before"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "late"), POINTS, ids=[f"{name}, {late}" for _, name, late in POINTS])
def test_ended_anywhere_and_begun_again_it_finishes(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str, late: str
) -> None:
    shutil.copytree(world.before, tmp_path / "home")
    place, catalogue = Home(tmp_path / "home"), load()
    order = Order("retention schedule 4.2", "Olive Officer", CHILD, names=(NAMED,))
    real = getattr(module, name)

    def ended(*args: object, **more: object) -> object:
        if late == "after":
            real(*args, **more)
        raise KeyboardInterrupt

    with Ledger.open(place.ledger_url) as ledger:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(module, name, ended)
            purging.purge(place, catalogue, ledger, order)
        purging.purge(place, catalogue, ledger, order)
        assert ledger.verify() is None
        assert len(ledger.notes("purge")) == 1 and ledger.decisions() == []
    assert metrics(place.path) == world.figures
    assert receipts(place.path) == receipts(world.home)
    never = ("dagster", "gx", "data_docs")
    assert search(WORDS, place.path, leave_out=never) == {(BARE, held) for held in _with_the_other(place.path)}


def test_the_same_id_in_another_authority_is_another_child(tmp_path: Path) -> None:
    for code in ("E1", "E2"):
        rows = {
            "List 7": [{"id": CHILD, "start": AS_AT.replace(month=7)}, {"id": "A1", "start": AS_AT.replace(month=7)}]
        }
        annex_a(tmp_path / "inbox" / code / "seven.xlsx", "2022-11-02", rows, code)
        text(tmp_path / "inbox" / code / "authority.toml", f'authority = "{code}"\nname = "{code} Council"\n')
    run_chain(tmp_path / "inbox", tmp_path / "home", AS_AT, validate=False)
    figures, place = metrics(tmp_path / "home"), Home(tmp_path / "home")
    with Ledger.open(place.ledger_url) as ledger:
        with pytest.raises(PurgeError, match="Several authorities"):
            purging.purge(place, load(), ledger, Order("x", "Olive", CHILD))
        purging.purge(place, load(), ledger, Order("x", "Olive", CHILD, authority="E1"))
        left = {receipt.authority: receipt.rows_ignored for receipt in ledger.receipts()}
    assert left == {"E1": 1, "E2": 0} and metrics(place.path) == figures
    con = duckdb.connect(str(current(place)), read_only=True)
    found = con.execute("select authority, count(distinct child_id) from main.members group by 1 order by 1").fetchall()
    con.close()
    assert found == [("E1", 1), ("E2", 2)]


def test_children_of_former_years_go_and_present_ones_stay(world: World, tmp_path: Path) -> None:
    """The list of a team names one child only, on 2 November; every other child is named on the 16th, or is asked for by a later day."""
    shutil.copytree(world.before, tmp_path / "home")
    said = countermark("purge", "--older-than", "2022-11-10", *ORDER[:4], "--home", tmp_path / "home")
    assert said.code == 0, said
    assert search([f"{CHILD}9"], tmp_path / "home") == set(), "only a team's list of 1 November named it"
    assert search([CHILD], tmp_path / "home"), "named by the extract of the 16th"
    assert metrics(tmp_path / "home") == world.figures
    nobody = countermark("purge", "--older-than", "2020-01-01", *ORDER[:4], "--home", tmp_path / "home")
    assert nobody.code == 2 and "No child was last named before that day" in nobody.text


def test_an_order_that_is_not_whole_changes_nothing(world: World) -> None:
    with Ledger.open(Home(world.home).ledger_url) as ledger:
        head = ledger.head()
        for order, says in (
            (Order("", "Olive", "A1"), "needs a reason"),
            (Order("x", " ", "A1"), "A name is needed"),
            (Order("x", "Olive"), "either one child"),
            (Order("x", "Olive", "A1", AS_AT), "either one child"),
            (Order("x", "Olive", "NOBODY99"), "Nobody of that description"),
            (Order("x", "Olive", "A1", names=("Jo",)), "fewer than 4 letters"),
        ):
            with pytest.raises(PurgeError, match=says):
                purging.purge(Home(world.home), load(), ledger, order)
        assert ledger.head() == head
