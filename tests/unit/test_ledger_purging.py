"""Holds to account: rows go from the ledger, the chain stays whole, and whoever changes what was left is found out."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from countermark.ledger.chain import canonical, link
from countermark.ledger.records import Head
from tests.ledger_purging import go_on_after, purge_one_of_two
from tests.ledger_samples import ledger_in


def test_one_goes_and_everything_else_stays(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        purge_one_of_two(ledger)
        go_on_after(ledger)


def test_no_page_of_the_file_holds_what_went(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        purge_one_of_two(ledger)
    content = (tmp_path / "ledger.db").read_bytes()
    assert b"about the child" not in content and b"Asked the team." not in content
    assert content.count(b"Kestrel") == content.count(b"Kestrel of another council")


def spoilt(folder: Path, *statements: str) -> int | None:
    """What `verify` says after somebody changed a purged ledger by hand."""
    con = sqlite3.connect(folder / "ledger.db")
    for statement in statements:
        assert con.execute(statement).rowcount == 1, statement
    con.commit()
    con.close()
    with ledger_in(folder) as ledger:
        return ledger.verify()


@pytest.mark.parametrize(
    "statement",
    [
        "update decisions set reason = 'all fine' where version = 2",
        "delete from decisions where version = 2",
        "update notes set body = '{}' where kind = 'commentary'",
        "delete from break_seen where break_id = '8899aabbccddeeff'",
        "delete from notes where kind = 'purge'",
        "update checks set note = 'x' where indicator_id = 'PP3'",
    ],
)
def test_what_was_left_is_vouched_for(tmp_path: Path, statement: str) -> None:
    with ledger_in(tmp_path) as ledger:
        purge_one_of_two(ledger)
    assert spoilt(tmp_path, statement) is not None


@pytest.mark.parametrize("wrong", ["before", "later"])
def test_a_purge_that_does_not_begin_with_what_stood_is_a_break(tmp_path: Path, wrong: str) -> None:
    """Somebody deletes a decision and writes an entry of a purge over it, with a hash that fits: it must know the digest before."""
    with ledger_in(tmp_path) as ledger:
        purge_one_of_two(ledger)
        last, seq = ledger.head(), next(e.seq for e in ledger.entries() if e.kind == "decision")
    standing = [seq if wrong == "before" else last.seq + 5, "decisions", "0" * 64, None]
    forged = link(
        Head(last.seq, last.hash),
        "2030-01-01T00:00:00.000000Z",
        "purge",
        "Mallory",
        {"standing": [standing], "rows": {}, "digests": {}},
    )
    con = sqlite3.connect(tmp_path / "ledger.db")
    con.execute("insert into entries values (?, ?, ?, ?, ?, ?, ?)", list(vars(forged).values()))
    con.execute("delete from decisions where entry_seq = ?", [seq])
    con.commit()
    con.close()
    with ledger_in(tmp_path) as ledger:
        assert ledger.verify() == forged.seq


def test_an_entry_that_cannot_be_read_vouches_for_nothing(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        purge_one_of_two(ledger)
        last = ledger.entries()[-1]
    payload = canonical({**json.loads(last.payload), "standing": "?"}).replace("'", "''")
    assert spoilt(tmp_path, f"update entries set payload = '{payload}' where seq = {last.seq}") is not None
