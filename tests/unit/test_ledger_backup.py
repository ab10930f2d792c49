"""Holds to account: a backup brings back all truth, and an archive that is no backup changes nothing."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from countermark.home import Home
from countermark.ledger.backup import backup, restore
from countermark.ledger.records import LedgerError
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from tests.ledger_samples import fill, ledger_in

KEPT = (
    "secret.key",
    "authority.toml",
    "deliveries/" + "a" * 64,
    "comparators/c1.csv",
    "published/one.duckdb",
    "published/current",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("COUNTERMARK_LEDGER_URL", raising=False)
    home = Home.open(tmp_path / "home")
    with ledger_in(home.path) as ledger:
        fill(ledger)
    pseudonym_key(home.path)
    (home.path / "authority.toml").write_text('authority = "E06000012"\n')
    (home.deliveries / ("a" * 64)).write_bytes(b"delivered")
    (home.published / "one.duckdb").write_bytes(b"snapshot")
    home.pointer.write_text("one.duckdb\n")
    home.comparators.mkdir()
    (home.comparators / "c1.csv").write_text("published")
    (home.comparators / "odd:name.csv").write_text("not taken along: no archive of ours has such a name")
    home.warehouse.write_bytes(b"can be rebuilt")
    (home.dagster / "history").write_text("can be lost")
    return home


def test_what_was_backed_up_comes_back_and_nothing_else(home: Home, tmp_path: Path) -> None:
    head = backup(home, tmp_path / "truth.tar")
    other = Home.open(tmp_path / "other")
    for folder in (other.deliveries, other.tmp, other.published, other.dagster):
        folder.rmdir()
    assert restore(tmp_path / "truth.tar", other.path) == head
    for name in KEPT:
        assert (other.path / name).read_bytes() == (home.path / name).read_bytes()
        assert (other.path / name).stat().st_mode & 0o777 == 0o600
    assert {path.name for path in other.path.iterdir()} == {
        "secret.key", "authority.toml", "deliveries", "comparators", "published", "ledger.db", "dagster", "tmp",
    }  # fmt: skip
    with Ledger.open(home.ledger_url) as before, Ledger.open(other.ledger_url) as after:
        assert after.verify(head) is None
        assert after.entries() == before.entries()
        assert after.receipts() == before.receipts()
        assert after.know_authority("E06000099")
    assert pseudonym_key(other.path) == pseudonym_key(home.path)


def test_two_backups_of_one_state_are_the_same_bytes_and_private(home: Home, tmp_path: Path) -> None:
    for name in ("one.tar", "two.tar"):
        backup(home, tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    assert (tmp_path / "one.tar").stat().st_mode & 0o777 == 0o600
    with pytest.raises(LedgerError, match="exists"):
        backup(home, tmp_path / "one.tar")


def test_a_broken_ledger_is_not_backed_up_as_if_it_were_whole(home: Home, tmp_path: Path) -> None:
    with Ledger.open(home.ledger_url) as ledger, ledger.engine.begin() as connection:
        connection.exec_driver_sql("update decisions set reason = 'Other.'")
    with pytest.raises(LedgerError, match="entry 8"):
        backup(home, tmp_path / "truth.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_home_without_a_ledger_and_a_ledger_on_a_server_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERMARK_LEDGER_URL", raising=False)
    home = Home.open(tmp_path / "home")
    with pytest.raises(LedgerError, match="no ledger"):
        backup(home, tmp_path / "truth.tar")
    with pytest.raises(LedgerError, match="own folders"):
        backup(home, home.published / "truth.tar")
    monkeypatch.setenv("COUNTERMARK_LEDGER_URL", "postgresql://u@localhost/l")
    with pytest.raises(LedgerError, match="server"):
        backup(home, tmp_path / "truth.tar")


def test_a_home_that_holds_anything_is_left_as_it_is(home: Home, tmp_path: Path) -> None:
    backup(home, tmp_path / "truth.tar")
    before = sorted(path.name for path in home.path.iterdir())
    with pytest.raises(LedgerError, match="not empty"):
        restore(tmp_path / "truth.tar", home.path)
    assert sorted(path.name for path in home.path.iterdir()) == before


def _member(name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "../outside" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    return info, content


@pytest.mark.parametrize(
    "added",
    [
        pytest.param(_member("../outside"), id="above the home"),
        pytest.param(_member("/tmp/outside"), id="an absolute path"),
        pytest.param(_member("deliveries/../../outside"), id="above, hidden below a folder"),
        pytest.param(_member("deliveries\\..\\outside"), id="a Windows path"),
        pytest.param(_member("C:outside"), id="a drive"),
        pytest.param(_member("home.lock"), id="a file that no backup holds"),
        pytest.param(_member("deliveries/link", kind=tarfile.SYMTYPE), id="a symbolic link"),
        pytest.param(_member("deliveries/link", kind=tarfile.LNKTYPE), id="a hard link"),
        pytest.param(_member("deliveries/pipe", kind=tarfile.FIFOTYPE), id="a pipe"),
        pytest.param(_member("manifest.json", b'{"format": "countermark backup 1"}'), id="a manifest without a head"),
        pytest.param(_member("ledger.db", b"not a database"), id="another ledger"),
    ],
)
def test_an_archive_that_was_touched_restores_nothing(
    home: Home, tmp_path: Path, added: tuple[tarfile.TarInfo, bytes]
) -> None:
    backup(home, tmp_path / "truth.tar")
    with tarfile.open(tmp_path / "truth.tar", "a") as tar:
        tar.addfile(added[0], io.BytesIO(added[1]))
    _refuses(tmp_path)


def test_a_file_that_is_no_archive_and_one_cut_short_restore_nothing(home: Home, tmp_path: Path) -> None:
    backup(home, tmp_path / "whole.tar")
    whole = (tmp_path / "whole.tar").read_bytes()
    for content in (b"", b"not an archive" * 99, whole[:5000], whole[: len(whole) // 2]):
        (tmp_path / "truth.tar").write_bytes(content)
        _refuses(tmp_path)


def test_a_ledger_of_another_backup_is_noticed(home: Home, tmp_path: Path) -> None:
    backup(home, tmp_path / "truth.tar")
    with Ledger.open(home.ledger_url) as ledger:
        ledger.know_authority("E06000077")
    with tarfile.open(tmp_path / "truth.tar", "a") as tar:
        tar.add(home.path / "ledger.db", "ledger.db")
    _refuses(tmp_path, "has been changed")


def _refuses(folder: Path, says: str = "backup|damaged") -> None:
    with pytest.raises(LedgerError, match=says):
        restore(folder / "truth.tar", folder / "new")
    assert list((folder / "new").iterdir()) == []
    assert not (folder / "outside").exists()
