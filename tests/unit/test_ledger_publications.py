"""Holds to account: first sightings, positions, revisions, the schema's migrations, and how fast a ledger opens."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from countermark.ledger import engine, tables
from countermark.ledger.records import LedgerConflict, LedgerError
from tests.ledger_samples import AS_AT, CODE, START, fill, ledger_in

MIGRATIONS = Path(engine.__file__).with_name("migrations")


def test_a_break_keeps_the_day_of_its_first_sighting(tmp_path: Path) -> None:
    first, second = date(2022, 11, 2), date(2022, 12, 5)
    with ledger_in(tmp_path) as ledger:
        assert ledger.see(CODE, ["k1", "k2", "k1"], "break", first) == 2
        assert ledger.see(CODE, ["k2", "k3"], "break", second) == 1
        assert ledger.see(CODE, ["k2"], "failure", second) == 1
        assert ledger.see("E06000013", ["k1"], "break", second) == 1
        assert ledger.first_seen(CODE, "break") == {"k1": first, "k2": first, "k3": second}
        assert ledger.first_seen(CODE, "failure") == {"k2": second}
        with pytest.raises(ValueError, match="kind"):
            ledger.see(CODE, ["k1"], "rumour", first)


def test_ten_thousand_sightings_are_one_entry_fast_and_seeing_them_again_is_none(tmp_path: Path) -> None:
    keys = [f"{number:016x}" for number in range(10_000)]
    with ledger_in(tmp_path) as ledger:
        started = time.perf_counter()
        ledger.see(CODE, keys, "break", AS_AT)
        ledger.see(CODE, reversed(keys), "break", date(2023, 1, 1))
        assert time.perf_counter() - started < 3
        assert len(ledger.entries()) == 1
        assert "0000000000000001" not in ledger.entries()[0].payload
        assert ledger.verify() is None


def test_duckdb_reads_the_sightings_as_a_table_an_empty_one_too(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger, duckdb.connect() as warehouse:
        for expected in (0, 2):
            warehouse.register("seen", ledger.first_seen_table())
            types = warehouse.execute("describe seen").fetchall()
            assert [(row[0], row[1]) for row in types] == [
                ("authority", "VARCHAR"), ("kind", "VARCHAR"), ("break_id", "VARCHAR"), ("first_seen", "DATE"),
            ]  # fmt: skip
            assert warehouse.execute("select count(*) from seen where first_seen = $1", [AS_AT]).fetchone() == (
                expected,
            )
            warehouse.unregister("seen")
            ledger.see(CODE, ["k1", "k2"], "break", AS_AT)


def test_positions_are_noted_once(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        dates = [AS_AT, date(2022, 9, 30), AS_AT]
        assert [ledger.add_position(CODE, day, START) for day in dates] == [True, True, False]
        assert [(one.as_at, one.first_computed_at) for one in ledger.positions()] == [(dates[1], START), (AS_AT, START)]
        assert len(ledger.entries()) == 2


def test_every_publication_is_a_revision_and_the_past_stays_answerable(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        assert (ledger.next_revision(), ledger.revision_at()) == (1, None)
        first = ledger.add_revision("1.duckdb", "c1", [[CODE, "2022-10-31"]], "scheduled", {"n": 1}, START)
        with pytest.raises(LedgerConflict):
            ledger.add_revision("2.duckdb", "c2", [], "correction", {}, seq=1)
        later = START + timedelta(days=1)
        second = ledger.add_revision("2.duckdb", "c2", [], "correction", {}, later, seq=ledger.next_revision())
        assert ledger.revisions() == [first, second]
        assert (first.positions, first.summary, second.seq) == ([[CODE, "2022-10-31"]], {"n": 1}, 2)
        assert [ledger.revision_at(START + timedelta(hours=hour)) for hour in (-1, 0, 25)] == [None, first, second]


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger, ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == tables.HEAD


def test_a_current_ledger_opens_fast_and_without_alembic(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        fill(ledger)
    started = time.perf_counter()
    with ledger_in(tmp_path) as ledger:
        assert len(ledger.receipts()) == 3
    assert time.perf_counter() - started < 0.3
    program = (
        "import sys; from countermark.ledger.store import Ledger;"
        f"Ledger.open('sqlite:///{tmp_path / 'ledger.db'}').receipts(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    ledger_in(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(LedgerError, match="newer countermark"):
        ledger_in(tmp_path)


def test_a_damaged_ledger_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a database " * 100)
    with pytest.raises(LedgerError, match="damaged"):
        ledger_in(tmp_path)


def test_the_ledger_is_private_also_in_a_folder_with_an_awkward_name(tmp_path: Path) -> None:
    folder = tmp_path / "50% of café's files"
    folder.mkdir()
    with ledger_in(folder) as ledger:
        fill(ledger)
    assert (folder / "ledger.db").stat().st_mode & 0o777 == 0o600


def test_postgresql_addresses_get_the_driver_that_is_shipped() -> None:
    pytest.importorskip("psycopg", reason="the PostgreSQL extra is not installed")
    for url in ("postgresql://u@localhost/l", "postgresql+psycopg://u@localhost/l"):
        assert engine.connect(url).driver == "psycopg"
