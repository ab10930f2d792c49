"""Holds to account: one writer at a time and readers at any time. Two runs at once, a decision during a run, a reader while publishing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from countermark.certify.snapshot import find, read
from countermark.home import Home
from countermark.warehouse.connect import HomeBusyError, home_lock
from tests.integration.commands import DAY, Commands, Running, content, leftovers, revisions, tables, without_times
from tests.integration.conftest import Undisturbed

TEN = ("AS1", "AS2", "CN0", "FD5", "LA0", "LA4", "LA8", "PP0", "PP6", "PP7")
HOLD = """
import sys
from pathlib import Path
from countermark.home import Home
from countermark.warehouse.connect import home_lock
with home_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def start(commands: Commands, inbox: Path, home: Path) -> Running:
    return commands.start("run", "--inbox", inbox, "--home", home, "--as-at", DAY)


def test_two_runs_at_once_and_a_decision_in_between(
    commands: Commands, inbox: Path, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """The second waits, says so, and finds nothing new. A decision during a run waits too and then stands."""
    home = tmp_path / "home"
    first = start(commands, inbox, home)
    first.says("Conforming")
    second = start(commands, inbox, home)
    ended = [run.wait() for run in (first, second)]
    assert [one.code for one in ended if one] == [0, 0], ended
    said = [one.out for one in ended if one]
    assert "Waiting for another run to end" in said[1] and "Waiting" not in said[0]
    assert "new receipts" in said[0] and "new receipts" not in said[1]
    assert "No figure has changed since the last publication" in said[1]
    assert content(home) == content(undisturbed.home) and len(revisions(home)) == 1
    assert without_times(tables(commands, home)) == without_times(tables(commands, undisturbed.home))

    third = start(commands, inbox, home)
    third.says("Conforming")
    difference = next(row["break_id"] for row in tables(commands, home)["breaks"] if row["state"] == "open")
    decided = commands(
        "decide", difference, "--home", home, "--decision", "system_right", "--cause", "form wrong in the new system",
        "--reason", "The record was looked at.", "--by", "Delphine Fennimore",
    )  # fmt: skip
    assert decided.code == 0 and "1 decision recorded" in decided.out, decided
    again = third.wait()
    assert again and again.code == 0
    states = {row["state"] for row in tables(commands, home)["breaks"] if row["break_id"] == difference}
    assert states == {"decided"}
    assert len(revisions(home)) == 2 and leftovers(home) == []


def test_a_busy_home_is_said_plainly(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout and holder.stdin
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(HomeBusyError, match="Another run is writing to this home: try again"), home_lock(home, 0.2):
        pass
    holder.kill()
    holder.wait()
    with home_lock(home, 0.2), home_lock(home, 0.2):
        pass


def test_a_reader_is_never_disturbed(commands: Commands, undisturbed: Undisturbed, tmp_path: Path) -> None:
    """Whoever reads while ten publications are made reads one whole snapshot each time, and an old one for as long as it is open."""
    home = undisturbed.copy(tmp_path / "home")
    officer = ("--as-at", DAY, "--by", "Delphine Fennimore", "--home", home, "--note")
    whole = {(len(exported["metrics"]), len(exported["members"])) for exported in [tables(commands, home)]}
    read_count, seen = 0, set()
    with read(find(Home(home))) as old:
        before = old.execute(
            "select count(*), md5(string_agg(status_reason, '' order by all)) from main.metrics"
        ).fetchall()
        for indicator in TEN:
            publishing = commands.start("check", indicator, *officer, "Looked at five files.")
            while True:
                running = publishing.is_running()
                snapshot = find(Home(home))
                with read(snapshot) as con:
                    [counts] = con.execute(
                        "select (select count(*) from main.metrics), (select count(*) from main.members)"
                    ).fetchall()
                assert counts in whole
                seen.add(snapshot.name)
                read_count += 1
                if not running:
                    break
            ended = publishing.wait()
            assert ended and ended.code == 0, ended
        after = old.execute(
            "select count(*), md5(string_agg(status_reason, '' order by all)) from main.metrics"
        ).fetchall()
    assert before == after
    assert read_count > 20 and len(seen) == len(revisions(home)) == 1 + len(TEN)
