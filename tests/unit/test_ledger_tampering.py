"""Holds to account: whatever is edited, deleted, added or moved behind the ledger's back, `verify` names the entry.

The edits are raw SQL on a ledger that holds one of everything; the expected number is the entry's place in `fill`.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermark.ledger.chain import entry_hash
from countermark.ledger.records import Head
from countermark.ledger.tables import VOUCHED
from tests.ledger_samples import fill, ledger_in

LAST = 16


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    with ledger_in(folder) as ledger:
        fill(ledger)
        assert ledger.head().seq == LAST
        assert ledger.verify() is None
        assert ledger.verify(ledger.head()) is None
    return folder / "ledger.db"


@pytest.fixture
def database(filled: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    shutil.copy(filled, tmp_path / "ledger.db")
    connection = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    yield connection
    connection.close()


def verify(tmp_path: Path, anchor: Head | None = None) -> int | None:
    with ledger_in(tmp_path) as ledger:
        return ledger.verify(anchor)


CHAIN = [
    ("update entries set payload = replace(payload, 'PP1', 'PP6') where seq = 9", 9),
    ("update entries set payload = '' where seq = 2", 2),
    ("update entries set \"by\" = 'Somebody Else' where seq = 9", 9),
    ("update entries set at = '2022-01-01T00:00:00.000000Z' where seq = 5", 5),
    ("update entries set kind = 'signature' where seq = 9", 9),
    ("delete from entries where seq = 1", 1),
    ("delete from entries where seq = 7", 7),
    ("delete from entries", 1),
    (f"delete from entries where seq = {LAST}", LAST),
    ("update entries set seq = -seq where seq in (3, 4); update entries set seq = 7 + seq where seq < 0", 3),
    ("update entries set seq = seq + 1 where seq = 16", 16),
]
ROWS = [
    ("update receipts set rows_loaded = rows_loaded + 1, rows_rejected = rows_rejected - 1 where seq = 3", 3),
    ("update receipts set file = 'other.xlsx' where seq = 1", 2),
    ("delete from receipts where seq = 2", 2),
    ("update receipts set seq = seq - 4; update receipts set seq = -seq", 2),
    ("delete from withdrawals", 4),
    ("update authority_versions set text = 'authority = \"other\"'", 1),
    ("update break_seen set first_seen = '2022-11-30' where kind = 'break'", 5),
    ("delete from break_seen where kind = 'failure'", 6),
    ("update positions set as_at = '2022-09-30'", 7),
    ("update decisions set decision = 'system_right' where break_id like '00%'", 8),
    ("update decisions set until = '2099-12-31' where until is not null", 8),
    ("update decisions set reason = 'Other words.' where break_id like '88%'", 8),
    ("update checks set facts_hash = 'facts two'", 9),
    ("update signatures set \"by\" = 'Other' where seq = 2", 11),
    ("update certificates set facts_hash = 'facts three' where facts_hash = 'facts one'", 10),
    ("delete from certificate_events where kind = 'lapse'", 11),
    ("delete from certificate_events where kind = 'reaffirm'", 12),
    ("update revisions set content_hash = 'other'", 13),
    ("update notes set body = '{}'", 15),
    ("update counters set \"by\" = 'Somebody Else'", 16),
    ("delete from spellings where may_be = 'nc'", 16),
    ("insert into spellings values ('samsigner', 'norahcounter', 10, 'n')", 10),
    ("insert into known_authorities values ('E1', '2022-11-02T09:00:00.000000Z', 14, 'n')", 14),
    ("insert into positions values ('E1', '2022-10-31', '2022-11-02T09:00:00.000000Z', 99, 'n')", 99),
    ("update positions set entry_seq = 8", 7),
]


@pytest.mark.parametrize(("sql", "broken"), CHAIN + ROWS)
def test_what_was_changed_by_hand_is_found(database: sqlite3.Connection, tmp_path: Path, sql: str, broken: int) -> None:
    before = "\n".join(database.iterdump())
    database.executescript(sql)
    assert "\n".join(database.iterdump()) != before
    assert verify(tmp_path) == broken


def test_every_vouched_table_is_tampered_with_above() -> None:
    assert {table.name for table in VOUCHED} == {name for sql, _ in ROWS for name in sql.split() if name in _names()}


def _names() -> set[str]:
    return {table.name for table in VOUCHED}


def test_a_forged_entry_breaks_the_chain_after_it(database: sqlite3.Connection, tmp_path: Path) -> None:
    row = database.execute("select seq, prev_hash, at, kind, payload from entries where seq = 9").fetchone()
    seq, prev, at, kind, payload = row
    forged = entry_hash(seq, prev, at, kind, "Forger", payload)
    database.execute("update entries set \"by\" = 'Forger', hash = ? where seq = 9", [forged])
    assert verify(tmp_path) == 10


def test_a_chain_cut_short_with_its_rows_is_found_against_a_head_kept_elsewhere(
    database: sqlite3.Connection, tmp_path: Path
) -> None:
    with ledger_in(tmp_path) as ledger:
        head = ledger.head()
    database.execute(f"delete from counters where entry_seq = {LAST}")
    database.execute(f"delete from spellings where entry_seq = {LAST}")
    database.execute(f"delete from entries where seq = {LAST}")
    assert verify(tmp_path) is None
    assert verify(tmp_path, head) == LAST
    with ledger_in(tmp_path) as ledger:
        ledger.know_authority("E06000014")
    assert verify(tmp_path) is None
    assert verify(tmp_path, head) == LAST


def test_the_chain_tells_nothing_that_people_typed_about_cases(database: sqlite3.Connection) -> None:
    told = " ".join(row[0] for row in database.execute("select payload from entries"))
    for secret in ("north/annex", "count.csv", "written up", "wrong month", "Looked at all", "audit", "authority ="):
        assert secret not in told
    assert "0011223344556677" in told  # the pseudonym of a decided break may stand there
