"""Holds what people write at the desk to account: kept in versions, no write lost between two, vouched for, nothing open in the chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerConflict, LedgerError
from tests.ledger_samples import CODE, ledger_in


def comment(text: str, subject: str = "b1", by: str = "Dana Decider") -> Note:
    return Note(CODE, "comment", subject, {"text": text}, by)


def test_the_newest_version_stands_and_the_others_are_kept(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        first, other = ledger.note([comment("one"), comment("elsewhere", "b2")])
        second = ledger.note([comment("two")])[0]
        assert (first.version, other.version, second.version) == (1, 1, 2)
        assert [n.body["text"] for n in ledger.notes("comment")] == ["two", "elsewhere"]
        assert [n.body["text"] for n in ledger.notes("comment", "b1", newest=False)] == ["one", "two"]
        assert ledger.notes("comment", known_at=first.at)[0].body["text"] == "one"
        assert ledger.notes("assignment") == []


def test_a_writer_who_saw_an_older_version_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.note([comment("one")], expected_version=0)
        with pytest.raises(LedgerConflict):
            ledger.note([comment("b2", "b2"), comment("late")], expected_version={"b2": 0, "b1": 0})
        assert [n.subject for n in ledger.notes("comment", newest=False)] == ["b1"]
        ledger.note([comment("two")], expected_version=1)


def test_two_versions_of_one_subject_in_one_call(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        assert [n.version for n in ledger.note([comment("one"), comment("two")])] == [1, 2]


def test_nobody_writes_without_a_name(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger, pytest.raises(LedgerError):
        ledger.note([comment("one", by=" - ")])


def test_the_chain_holds_neither_text_nor_subject(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.note([comment("Zebedee was at school", "ZQX-77")])
        ledger.viewed("Ona Officer", "export", audience="officer")
        chain = " ".join(entry.payload for entry in ledger.entries())
        assert "Zebedee" not in chain and "ZQX-77" not in chain
        assert '"audience":"officer"' in chain and ledger.verify() is None
