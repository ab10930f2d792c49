"""Holds to account: several processes at once never fork the chain, make the schema twice, or make two keys.

A killed process leaves a whole chain. On PostgreSQL too, where this machine has one.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from countermark.ledger.counters import Counter
from countermark.ledger.store import Ledger
from tests.ledger_apart import DEEDS, INSERTS, by_hand, everybody_judged
from tests.ledger_purging import go_on_after, purge_one_of_two
from tests.ledger_samples import AS_AT, CODE, Clock
from tests.postgres_kit import Server

APPEND = """
import sys
from datetime import date, timedelta
from countermark.ledger.store import Ledger
url, code, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Ledger.open(url) as ledger:
    print("open", flush=True)
    for day in range(number):
        ledger.add_position(code, date(2022, 1, 1) + timedelta(days=day))
"""
KEY = """
import sys
from pathlib import Path
from countermark.ledger.secrets import pseudonym_key
print(pseudonym_key(Path(sys.argv[1])).hex())
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(processes: list[subprocess.Popen[str]]) -> list[str]:
    """What they printed, once all have ended well."""
    ended = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [(errors, code) for _, errors, code in ended] == [("", 0)] * len(processes)
    return [printed.strip() for printed, _, _ in ended]


def two_times_two_hundred(url: str) -> None:
    """Two processes make the schema together and append 200 entries each, while a third reads along."""
    processes = [start(APPEND, url, code, "200") for code in ("NORTH", "SOUTH")]
    with Ledger.open(url) as ledger:
        lengths = set()
        while any(process.poll() is None for process in processes):
            assert ledger.verify() is None
            lengths.add(ledger.head().seq)
        assert len(lengths) > 2
    finish(processes)
    with Ledger.open(url) as ledger:
        entries = ledger.entries()
        assert [one.seq for one in entries] == list(range(1, 401))
        assert ledger.verify() is None
        assert len(ledger.positions()) == 400
        turns = [one.payload.count("NORTH") for one in entries]
        assert sum(a != b for a, b in pairwise(turns)) > 0  # they did take turns


def test_two_processes_at_once_make_one_chain(tmp_path: Path) -> None:
    two_times_two_hundred(f"sqlite:///{tmp_path / 'ledger.db'}")


def test_two_processes_at_once_make_one_chain_on_postgresql(postgres: Server) -> None:
    two_times_two_hundred(postgres.new_database("ledger"))


def test_a_process_killed_while_it_appends_leaves_a_whole_chain(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    for delay in (0.0, 0.05, 0.11):
        process = start(APPEND, url, f"KILLED AFTER {delay}", "3000")
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        with Ledger.open(url) as ledger:
            assert ledger.verify() is None
            assert len(ledger.positions()) == len(ledger.entries())
    with Ledger.open(url) as ledger:
        before = ledger.head().seq
        assert before > 0
        assert ledger.know_authority("AFTER")
        assert (ledger.head().seq, ledger.verify()) == (before + 1, None)


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    keys = finish([start(KEY, str(tmp_path)) for _ in range(4)])
    assert len(set(keys)) == 1
    assert len(keys[0]) == 64
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_purging_is_the_same_on_postgresql(postgres: Server) -> None:
    with Ledger.open(postgres.new_database("purging"), Clock()) as ledger:
        purge_one_of_two(ledger)
        go_on_after(ledger)


def test_a_row_put_in_by_hand_is_refused_on_postgresql_too(postgres: Server) -> None:
    with Ledger.open(postgres.new_database("apart"), Clock()) as ledger:
        everybody_judged(ledger)
        for table, by, rule in INSERTS:
            with pytest.raises(DBAPIError, match=f"separation: {rule}"):
                by_hand(ledger, table, by)
        ledger.note_counters([Counter(CODE, "XX1", AS_AT, "South", "Fay Free")])
        for table in DEEDS:
            by_hand(ledger, table, "Fay Free")
        assert ledger.verify() is None
