"""Holds `countermark audit …` and `decide` to what they promise: every kind of tampering is found, and of two officers one is told."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countermark.ledger.store import Ledger
from pipelines.command_line import main
from tests.ledger_samples import fill
from tests.small_home import COUNTER, OFFICER, OTHER, SmallHome, small_home

Run = Callable[..., tuple[int, str]]
SAID = ("--decision", "system_right", "--cause", "workload", "--reason", "Opened with the team.")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallHome]:
    with small_home(tmp_path / "home", differences=2) as made:
        made.check()
        yield made


@pytest.fixture
def run(world: SmallHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`countermark` with these words and the home; returns exit code and what was said."""

    def command(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["countermark", *map(str, words), "--home", str(world.home.path)])
        with pytest.raises(SystemExit) as ended:
            main()
            raise SystemExit(0)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return command


@pytest.fixture
def kept(world: SmallHome, run: Run, tmp_path: Path) -> Path:
    """A head kept elsewhere, and something that happened after it."""
    file = tmp_path / "kept.head.json"
    code, said = run("audit", "head", "--out", file)
    assert code == 0 and "Keep it on another machine" in said, said
    return file


def sql(world: SmallHome, text: str) -> None:
    with sqlite3.connect(str(world.home.ledger_url).removeprefix("sqlite:///")) as database:
        database.executescript(text)


def test_a_whole_record_holds_its_head_also_after_it_went_on(world: SmallHome, run: Run, kept: Path) -> None:
    for command in (("verify",), ("audit", "verify"), ("audit", "verify", "--head", kept)):
        code, said = run(*command)
        assert code == 0 and "whole up to entry" in said, said
    world.check(OTHER)
    code, said = run("audit", "verify", "--head", kept)
    assert code == 0 and f"holds the head of entry {json.loads(kept.read_text())['seq']}" in said
    assert not any(name in kept.read_text() for name in (OFFICER, OTHER, COUNTER, "PP1"))


TAMPERING = {
    "an edited row": "update checks set note = 'Never looked.'",
    "an edited entry": "update entries set \"by\" = 'Somebody' where kind = 'check'",
    "a deleted row": "delete from checks",
    "a deleted entry": "pragma foreign_keys = off; delete from entries where kind = 'check'",
    "an added row": "insert into known_authorities values ('E1', '2022-11-02T09:00:00.000000Z', 1, 'n')",
    "entries in another order": "pragma foreign_keys = off; update entries set seq = -seq where seq in (2, 3);"
    "update entries set seq = 5 + seq where seq < 0",
    "a version taken out of the middle": "delete from counters",
}


@pytest.mark.parametrize("what", list(TAMPERING))
def test_every_kind_of_tampering_is_found(world: SmallHome, run: Run, what: str) -> None:
    assert run("audit", "verify")[0] == 0, "the control"
    sql(world, TAMPERING[what])
    code, said = run("audit", "verify")
    assert code == 1 and "broken at entry" in said
    assert run("verify") == (1, said)
    assert run("audit", "head", "--out", "nowhere.json")[0] == 2, "no head of a broken record"


def test_a_cut_end_is_found_against_the_head_alone(world: SmallHome, run: Run, kept: Path) -> None:
    seq = json.loads(kept.read_text())["seq"]
    tables = [
        "notes",
        "decisions",
        "checks",
        "signatures",
        "counters",
        "spellings",
        "revisions",
        "break_seen",
        "positions",
    ]
    cut = seq - 3  # the key's own note goes too
    sql(world, "pragma foreign_keys = off;" + "".join(f"delete from {name} where entry_seq > {cut};" for name in tables)
        + f"delete from entries where seq > {cut}")  # fmt: skip
    assert run("audit", "verify")[0] == 0, "the chain alone does not show it"
    code, said = run("audit", "verify", "--head", kept)
    assert code == 1 and "cut off" in said, said


def test_a_record_written_anew_is_found_against_the_head_alone(
    world: SmallHome, run: Run, kept: Path, tmp_path: Path
) -> None:
    place = Path(str(world.home.ledger_url).removeprefix("sqlite:///"))
    world.ledger.close()
    with Ledger.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        fill(other)
        for name in range(30):
            other.know_authority(f"E{name}")
    shutil.copy(tmp_path / "other.db", place)
    assert run("audit", "verify")[0] == 0
    code, said = run("audit", "verify", "--head", kept)
    assert code == 1 and "written anew" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda one: {**one, "seq": one["seq"] - 1}, "altered"),
        (lambda one: {**one, "hash": "0" * 64}, "altered"),
        (lambda one: {**one, "at": "2020-01-01"}, "altered"),
        (lambda one: {"format": "another"}, "no head"),
        (lambda one: [one], "no head"),
        (lambda one: {**one, "seq": True}, "no head"),
    ],
)
def test_a_head_that_was_changed_is_refused(run: Run, kept: Path, change: Callable[..., object], says: str) -> None:
    kept.write_text(json.dumps(change(json.loads(kept.read_text()))))
    code, said = run("audit", "verify", "--head", kept)
    assert code == 2 and says in said


def test_a_head_of_another_home_is_refused_and_none_is_kept_in_the_home(
    world: SmallHome, run: Run, kept: Path, tmp_path: Path
) -> None:
    from countermark.home import Home
    from countermark.sealing.heads import write_head
    from countermark.sealing.keys import signing_key

    with small_home(tmp_path / "another") as other:
        kept.write_text(write_head(other.ledger, signing_key(Home.open(other.home.path), other.ledger)))
    code, said = run("audit", "verify", "--head", kept)
    assert code == 2 and "another key" in said
    code, said = run("audit", "head", "--out", world.home.path / "my.head.json")
    assert code == 2 and "proves nothing" in said


def test_of_two_officers_at_the_command_line_the_second_is_told(world: SmallHome, run: Run) -> None:
    one, two = world.breaks()
    assert run("decide", one, *SAID, "--by", OFFICER)[0] == 0
    code, said = run("decide", one, two, *SAID, "--by", OTHER)
    assert code == 2 and one in said and "meantime" in said and "--anew" in said
    assert [d.by for d in world.ledger.decisions(newest=False)] == [OFFICER], "nothing is stored, nothing is lost"
    assert run("decide", one, *SAID, "--by", OFFICER)[0] == 0, "one's own word may be mended"
    assert run("decide", one, two, *SAID, "--by", OTHER, "--anew")[0] == 0
    assert [(d.by, d.version) for d in world.ledger.decisions(newest=False) if d.break_id == one] == [
        (OFFICER, 1), (OFFICER, 2), (OTHER, 3),
    ]  # fmt: skip


def test_the_record_is_listed_as_the_page_lists_it(world: SmallHome, run: Run) -> None:
    code, said = run("audit", "list", "--kind", "check", "--by", "olive")
    assert code == 0 and "figure checked" in said and OFFICER in said and "differences first seen" not in said
    assert "who counted" in run("audit", "list")[1]
