"""Holds to account: the home's key, and pseudonyms that are stable, distinct and quick to make."""

from __future__ import annotations

import hashlib
import hmac
import time
from pathlib import Path

import pytest

from countermark.ledger.secrets import pseudonym, pseudonym_key, pseudonyms

KEY = bytes(range(32))


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = pseudonym_key(tmp_path)
    assert len(key) == 32
    assert pseudonym_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_damaged_key_is_refused_and_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="restore it from the backup"):
        pseudonym_key(tmp_path)
    assert (tmp_path / "secret.key").read_bytes() == b"short"


def test_a_pseudonym_is_the_hmac_of_its_parts() -> None:
    expected = hmac.new(KEY, b"9:E060000123:PP15:10045", hashlib.sha256).hexdigest()[:16]
    assert pseudonym(KEY, "E06000012", "PP1", "10045") == expected
    assert pseudonym(bytes(32), "E06000012", "PP1", "10045") != expected


def test_parts_do_not_run_into_each_other() -> None:
    many = [("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"), ("a", "bc", ""), ("1:a", ""), ("", "1:a")]
    assert len({pseudonym(KEY, *parts) for parts in many}) == len(many)


def test_many_at_once_are_the_same_as_one_by_one_and_fast() -> None:
    many = [("E06000012", "PP1", f"child {number} é") for number in range(50_000)]
    spent = []
    for _ in range(3):
        started = time.perf_counter()
        made = pseudonyms(KEY, many)
        spent.append(time.perf_counter() - started)
    assert made[::5_000] == [pseudonym(KEY, *parts) for parts in many[::5_000]]
    assert len(set(made)) == len(many)
    assert min(spent) < 0.6  # seconds; about 0.15 on an idle core
