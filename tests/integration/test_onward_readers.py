"""Holds publication to other databases to account while others read, publish, or pull the plug: a reader sees the old publication or the new
one, whole; a killed publisher leaves what stood; and no error shows a password or a row."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.onward.target import ADDRESS, OnwardError, address
from pipelines.command_line import app
from tests.onward_kit import home_with, numbered, onward, publish
from tests.postgres_kit import PASSWORD, USER, Server
from tests.snapshots import metric

SERIAL = count()
READERS, ROUNDS = 4, 6
WHOLE = """
select
    (select count(*) from metrics) as figures, (select count(*) from gates) as checks,
    (select min(revision) from metrics) as low, (select max(revision) from metrics) as high,
    (select min(says) from gates) as says, (select max(system_numerator) from revisions) as numbered
"""
SLOW = """
import sys, time
from countermark.onward import publish
fill = publish._fill
def slow(con, query, connection, table):
    rows = fill(con, query, connection, table)
    if table.name == "gates":
        print("half", flush=True)
        time.sleep(60)
    return rows
publish._fill = slow
from pipelines.command_line import main
sys.argv = ["countermark", "publish-to", "--home", sys.argv[1]]
main()
"""
Database = Callable[[], str]


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Addresses of empty databases, of both kinds in turn."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'{next(SERIAL)}.db'}"
    server: Server = request.getfixturevalue("postgres")
    return lambda: server.new_database(f"r{next(SERIAL)}")


class Reader(threading.Thread):
    """Reads as long as it may; what was not whole, and what failed, is kept."""

    def __init__(self, url: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.stop, self.seen, self.wrong = stop, set[int](), list[str]()
        options = (
            {"connect_args": {"timeout": 60}} if url.startswith("sqlite") else {"isolation_level": "REPEATABLE READ"}
        )
        self.engine = create_engine(address(url), **options)  # type: ignore[call-overload]

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.look_once()
                self.stop.wait(0.01)
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}")
                return

    def look_once(self) -> None:
        """In a transaction of its own, which SQLite's driver has to be told to begin."""
        with self.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("begin")
            self.look(connection)

    def look(self, connection: object) -> None:
        """One statement over several tables, then several statements of one transaction."""
        ask = connection.execute  # type: ignore[attr-defined]
        figures, checks, low, high, says, numbered_ = ask(text(WHOLE)).one()
        if not (figures == checks == 40 * low and low == high == int(says) == numbered_):
            self.wrong.append(f"a mixture: {figures, checks, low, high, says, numbered_}")
        rows = [ask(text(f"select count(*) from {table}")).scalar() for table in ("gates", "metrics")]
        if rows[0] != rows[1]:
            self.wrong.append(f"a mixture of statements: {rows}")
        self.seen.add(low)


def test_readers_see_the_old_or_the_new_one_whole_and_no_error(tmp_path: Path, database: Database) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    onward(home, url)
    stop = threading.Event()
    readers = [Reader(url, stop) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for turn in range(ROUNDS):
        publish(home, numbered(2 - turn % 2))
        assert onward(home, url).is_new
    stop.set()
    for reader in readers:
        reader.join(60)
    assert [reader.wrong for reader in readers] == [[]] * READERS
    assert {number for reader in readers for number in reader.seen} == {1, 2}, (
        "both publications were seen, or this shows nothing"
    )


def test_the_readers_would_see_a_mixture(tmp_path: Path, database: Database) -> None:
    """The control of the test above: a database in which half of the tables are of another publication."""
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    onward(home, url)
    reader = Reader(url, threading.Event())
    with reader.engine.begin() as connection:
        connection.execute(text("delete from gates where indicator_id = 'I0000'"))
        reader.look(connection)
    assert len(reader.wrong) == 2


def test_a_killed_publisher_leaves_what_stood_and_the_next_one_succeeds(tmp_path: Path, database: Database) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    onward(home, url)
    publish(home, numbered(2))
    environment = os.environ | {ADDRESS: url}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(home.path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        reader = Reader(url, threading.Event())
        reader.look_once()  # in the middle of it
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate(timeout=60)
    reader.look_once()
    assert (reader.wrong, reader.seen) == ([], {1})
    assert onward(home, url).is_new
    reader.look_once()
    assert (reader.wrong, reader.seen) == ([], {1, 2})


def test_two_publishers_at_once_take_turns(tmp_path: Path, database: Database) -> None:
    homes = [home_with(tmp_path / f"home {number}", numbered(number)) for number in (1, 2)]
    url, errors = database(), list[Exception]()

    def go(home: Home) -> None:
        try:
            for _ in range(4):
                onward(home, url)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=go, args=(home,)) for home in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    reader = Reader(url, threading.Event())
    reader.look_once()
    assert (errors, reader.wrong) == ([], [])


def test_a_database_that_refuses_halfway_holds_what_it_held(tmp_path: Path, database: Database) -> None:
    """Two rows with one key, which no publication has: refused in a plain sentence without the row."""
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    onward(home, url)
    publish(home, {"metrics": [metric(indicator_id="ZEPHYRINE"), metric(indicator_id="ZEPHYRINE")]})
    with pytest.raises(OnwardError, match=r"refused: IntegrityError.* It holds what it held\.") as refused:
        onward(home, url)
    assert "ZEPHYRINE" not in str(refused.value)
    reader = Reader(url, threading.Event())
    reader.look_once()
    assert (reader.wrong, reader.seen) == ([], {1})


def test_no_error_and_no_log_shows_a_password(
    tmp_path: Path, postgres: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, good = home_with(tmp_path / "home", numbered(1)), postgres.new_database(f"r{next(SERIAL)}")
    secret = "s3cret-Wrong"
    addresses = {
        postgres.url("nowhere"): "it cannot be reached",
        good.replace(PASSWORD, secret): "it cannot be reached",
        f"postgresql://{USER}:{secret}@127.0.0.1:1/x": "it cannot be reached",
        f"{USER}:{secret}@here": "This is no address of a database",
        f"nosuch+driver://{USER}:{secret}@h/d": "is not installed",
        f"postgresql://h/d?password={secret}&host=127.0.0.1&port=1": "it cannot be reached",
        "": f"put its address into {ADDRESS}",
    }
    monkeypatch.delenv(ADDRESS, raising=False)
    with caplog.at_level(logging.DEBUG):
        for url, says in addresses.items():
            with pytest.raises(OnwardError, match=says) as refused:
                onward(home, url)
            assert not [word for word in (PASSWORD, secret) if word in str(refused.value)]
        onward(home, good)
    assert PASSWORD not in caplog.text and secret not in caplog.text
    files = [path for path in home.path.rglob("*") if path.is_file()]
    assert not [
        path for path in files if PASSWORD.encode() in path.read_bytes() or secret.encode() in path.read_bytes()
    ]


def test_a_user_who_may_not_write_is_told_so(tmp_path: Path, postgres: Server) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), postgres.new_database(f"r{next(SERIAL)}")
    with create_engine(address(url)).begin() as connection:
        connection.execute(text("create role onlooker login password 'look'"))
    weak = url.replace(f"{USER}:{PASSWORD}", "onlooker:look")
    with pytest.raises(OnwardError, match="this user may not create or write tables there"):
        onward(home, weak)


def test_a_table_that_somebody_holds_is_waited_for_and_not_for_ever(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), postgres.new_database(f"r{next(SERIAL)}")
    onward(home, url)
    publish(home, numbered(2))
    monkeypatch.setattr("countermark.onward.target.WAIT_SECONDS", 1)
    with create_engine(address(url)).begin() as connection:
        connection.execute(text("lock table metrics in access exclusive mode"))
        with pytest.raises(OnwardError, match="somebody has held a table for too long"):
            onward(home, url)


def test_the_command(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    monkeypatch.setenv(ADDRESS, url)
    first = CliRunner().invoke(app, ["publish-to", "--home", str(home.path)])
    assert first.exit_code == 0 and "for the audience leader" in first.output and "metrics 40" in first.output
    second = CliRunner().invoke(app, ["publish-to", url, "--home", str(home.path)])
    assert second.exit_code == 0 and "already" in second.output
    assert PASSWORD not in first.output + second.output
    with Ledger.open(home.ledger_url) as ledger:
        assert [entry.kind for entry in ledger.entries()] == ["revision", "view"]
