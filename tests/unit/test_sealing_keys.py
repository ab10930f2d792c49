"""Holds to account: one key however many ask, private, in the backup, changed by a person, and old certificates still verify."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermark.home import Home
from countermark.ledger.backup import backup, restore
from countermark.ledger.secrets import SEALING_KEY_FILE
from countermark.ledger.store import Ledger
from countermark.sealing import keys
from countermark.sealing.seal import seal, verify
from countermark.warehouse.connect import home_lock

MAKE = """
import sys
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.sealing.keys import raw_public, signing_key
home = Home.open(sys.argv[1])
with Ledger.open(home.ledger_url) as ledger:
    print("open", flush=True)
    sys.stdin.readline()
    print(raw_public(signing_key(home, ledger)).hex())
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home")


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home.ledger_url) as opened:
        yield opened


def test_the_key_is_made_once_and_is_its_owners_alone(home: Home, ledger: Ledger) -> None:
    first = keys.raw_public(keys.signing_key(home, ledger))
    assert keys.raw_public(keys.signing_key(home, ledger)) == first
    path = home.path / SEALING_KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    [known] = keys.public_keys(ledger)
    assert (known.raw, known.id, known.retired) == (first, keys.key_id(first), "")
    assert b"PRIVATE" in path.read_bytes()
    assert "PRIVATE" not in keys.bundle([known]) and keys.read_bundle(keys.bundle([known])) == [first]
    assert ledger.verify() is None
    assert [one for one in home.path.iterdir() if one.name.startswith(".")] == []


def test_processes_that_start_together_make_one_key(home: Home, ledger: Ledger) -> None:
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for one in makers:
        assert one.stdout and one.stdin and one.stdout.readline() == "open\n"
    for one in makers:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    made = {one.communicate(timeout=60)[0].strip() for one in makers}
    assert len(made) == 1 and len(made.pop()) == 64
    assert len(keys.public_keys(ledger)) == 1
    assert [one.name for one in home.path.glob(".certificate*")] == []


def test_a_new_key_signs_and_the_old_one_still_verifies(home: Home, ledger: Ledger) -> None:
    old = keys.signing_key(home, ledger)
    before = seal({"id": "C1"}, old)
    new = keys.rotate(home, ledger, "Ada Admin", "a  laptop was lost")
    assert keys.raw_public(keys.signing_key(home, ledger)) == new.raw != keys.raw_public(old)
    after = seal({"id": "C1"}, keys.signing_key(home, ledger))
    known = keys.public_keys(ledger)
    assert [(one.raw, one.retired) for one in known] == [
        (keys.raw_public(old), "a laptop was lost"), (new.raw, ""),
    ]  # fmt: skip
    assert known[0].retired_at is not None and known[1].retired_at is None
    every = [one.raw for one in known]
    assert {verify(text, every).finding for text in (before, after)} == {"genuine"}
    assert verify(before, [new.raw]).finding == "another key"
    assert keys.read_bundle(keys.bundle(known)) == [new.raw, keys.raw_public(old)]
    third = keys.rotate(home, ledger, "Ada Admin", "once a year")
    assert [one.retired for one in keys.public_keys(ledger)] == ["a laptop was lost", "once a year", ""]
    assert keys.public_keys(ledger)[-1] == third
    with pytest.raises(keys.KeyRefused, match="for a reason"):
        keys.rotate(home, ledger, "Ada Admin", " ")


def test_a_lost_key_is_not_replaced_by_accident(home: Home, ledger: Ledger) -> None:
    old = keys.raw_public(keys.signing_key(home, ledger))
    with pytest.raises(keys.KeyRefused, match="still in the home"):
        keys.replace_lost(home, ledger, "Ada Admin", "gone")
    (home.path / SEALING_KEY_FILE).unlink()
    with pytest.raises(keys.KeyRefused, match="restore it from the backup"):
        keys.signing_key(home, ledger)
    assert not (home.path / SEALING_KEY_FILE).exists()
    new = keys.replace_lost(home, ledger, "Ada Admin", "the disk died")
    assert new.raw != old
    assert [(one.raw, one.retired) for one in keys.public_keys(ledger)] == [(old, "the disk died"), (new.raw, "")]


def test_a_passphrase_locks_the_key(home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.PASSPHRASE, "correct horse")
    made = keys.raw_public(keys.signing_key(home, ledger))
    text = (home.path / SEALING_KEY_FILE).read_text()
    assert "ENCRYPTED" in text
    assert keys.raw_public(keys.signing_key(home, ledger)) == made
    monkeypatch.setenv(keys.PASSPHRASE, "wrong")
    with pytest.raises(keys.KeyRefused, match="does not open"):
        keys.signing_key(home, ledger)
    monkeypatch.delenv(keys.PASSPHRASE)
    with pytest.raises(keys.KeyRefused, match="locked"):
        keys.signing_key(home, ledger)


def test_an_open_key_opens_whatever_passphrase_is_set(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = keys.raw_public(keys.signing_key(home, ledger))
    monkeypatch.setenv(keys.PASSPHRASE, "set later")
    assert keys.raw_public(keys.signing_key(home, ledger)) == made


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_key_is_refused_and_not_replaced(home: Home, ledger: Ledger, content: bytes) -> None:
    keys.signing_key(home, ledger)
    path = home.path / SEALING_KEY_FILE
    path.write_bytes(content)
    with pytest.raises(keys.KeyRefused, match="damaged"):
        keys.signing_key(home, ledger)
    assert path.read_bytes() == content


def test_a_file_without_a_public_key_is_refused(home: Home, ledger: Ledger) -> None:
    keys.signing_key(home, ledger)
    for text in ("", "a letter", (home.path / SEALING_KEY_FILE).read_text(), f"-----BEGIN\n{keys.PEM_END}\n"):
        with pytest.raises(keys.KeyRefused, match="no public key"):
            keys.read_bundle(text)


def test_backup_and_restore_keep_the_key_and_its_rights(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    made = keys.raw_public(keys.signing_key(home, ledger))
    backup(home, tmp_path / "backup.tar")
    restore(tmp_path / "backup.tar", tmp_path / "other")
    there = Home.open(tmp_path / "other")
    with Ledger.open(there.ledger_url) as restored:
        assert keys.raw_public(keys.signing_key(there, restored)) == made
    if os.name == "posix":
        assert stat.S_IMODE((there.path / SEALING_KEY_FILE).stat().st_mode) == 0o600


def test_what_a_killed_process_left_is_swept(home: Home) -> None:
    left = home.path / f".{SEALING_KEY_FILE}.123.abcd"
    left.write_text("half a key")
    with home_lock(home):
        assert not left.exists()
