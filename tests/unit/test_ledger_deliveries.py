"""Holds to account: receipts, withdrawals, versions of authority.toml, and what was known at a past moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from countermark.ledger.records import LedgerError
from tests.ledger_samples import CODE, START, Clock, ledger_in, receipt


def test_a_receipt_comes_back_as_it_was_given_with_its_place_in_the_order(tmp_path: Path) -> None:
    given = [receipt(), receipt("cccc-", contract="", status="rejected", extracted_on=None, file_complete=False)]
    given[1] = replace(given[1], rows_in=0, rows_loaded=0, rows_rejected=0, rows_ignored=0, reason="No heading fits.")
    with ledger_in(tmp_path) as ledger:
        stored = ledger.add_receipts(given)
        assert stored == [replace(given[0], seq=1), replace(given[1], seq=2)]
        assert ledger.receipts() == stored
    with ledger_in(tmp_path) as again:
        assert again.receipts() == stored
        assert again.add_receipts([receipt("dddd-x")])[0].seq == 3


def test_the_same_bytes_count_as_seen_at_the_same_path_only(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.add_receipts([receipt()])
        assert ledger.receipt_exists("north/annex a.xlsx", "a" * 64)
        assert not ledger.receipt_exists("south/annex a.xlsx", "a" * 64)
        assert not ledger.receipt_exists("north/annex a.xlsx", "b" * 64)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param([receipt(rows_in=10)], id="rows that do not add up"),
        pytest.param([receipt("x-1"), receipt("x-1")], id="one id twice"),
        pytest.param([receipt("x-1"), receipt("known-1")], id="an id of before"),
        pytest.param([receipt(received_at=datetime(2022, 11, 2))], id="no time zone"),
    ],
)
def test_receipts_are_stored_all_or_none(tmp_path: Path, bad: list) -> None:  # type: ignore[type-arg]
    with ledger_in(tmp_path) as ledger:
        ledger.add_receipts([receipt("known-1")])
        head = ledger.head()
        with pytest.raises(LedgerError):
            ledger.add_receipts(bad)
        assert [one.delivery_id for one in ledger.receipts()] == ["known-1"]
        assert ledger.head() == head


def test_a_withdrawal_takes_one_delivery_or_all_of_a_file_and_only_from_then_on(tmp_path: Path) -> None:
    ids = ["aaaa-annex_a.list_07", "aaaa-annex_a.list_08", "aaaab-manual_counts"]
    with ledger_in(tmp_path, Clock(START)) as ledger:
        ledger.add_receipts([receipt(one) for one in ids])
        assert ledger.withdraw(ids[1], "Wrong list.", "Wendy", START + timedelta(hours=1)) == [ids[1]]
        assert ledger.withdraw("aaaa", "Wrong file.", "Wendy", START + timedelta(hours=2)) == [ids[0]]
        now = {one.delivery_id: (one.status, one.reason) for one in ledger.receipts()}
        assert now == {
            ids[0]: ("withdrawn", "Wrong file."),
            ids[1]: ("withdrawn", "Wrong list."),
            ids[2]: ("loaded_with_rejects", ""),
        }
        then = [one.status for one in ledger.receipts(START + timedelta(minutes=90))]
        assert then == ["loaded_with_rejects", "withdrawn", "loaded_with_rejects"]
        assert ledger.receipts(START - timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    ("delivery", "reason", "by", "says"),
    [
        ("zzzz", "Why.", "Wendy", "no such delivery"),
        ("aaaa-annex", "Why.", "Wendy", "no such delivery"),
        ("aaaa", "  ", "Wendy", "reason"),
        ("aaaa", "Why.", " - ", "name"),
        ("gone", "Why.", "Wendy", "already"),
    ],
)
def test_a_withdrawal_is_refused_in_a_plain_sentence(
    tmp_path: Path, delivery: str, reason: str, by: str, says: str
) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.add_receipts([receipt(), receipt("gone-x")])
        ledger.withdraw("gone", "Once.", "Wendy")
        with pytest.raises(LedgerError, match=says):
            ledger.withdraw(delivery, reason, by)
        assert [one.status for one in ledger.receipts()] == ["loaded_with_rejects", "withdrawn"]


def test_authority_toml_gets_a_version_when_it_changes_and_back_again(tmp_path: Path) -> None:
    moments = [START + timedelta(hours=hour) for hour in range(4)]
    with ledger_in(tmp_path) as ledger:
        texts = ["one", "one", "two", "one"]
        kept = [ledger.store_authority(CODE, text, at) for text, at in zip(texts, moments, strict=True)]
        assert kept == [True, False, True, True]
        assert [ledger.authority_text(CODE, at) for at in moments] == ["one", "one", "two", "one"]
        assert ledger.authority_text(CODE) == "one"
        assert ledger.authority_text(CODE, START - timedelta(hours=1)) is None
        assert ledger.authority_text("E06000099") is None
        assert len(ledger.entries()) == 3


def test_authorities_become_known_by_use_and_not_by_a_refused_file(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        nothing = {"rows_in": 0, "rows_loaded": 0, "rows_rejected": 0, "rows_ignored": 0}
        ledger.add_receipts([receipt("r-1", authority="WRONG", status="rejected", **nothing)])
        assert ledger.authorities() == []
        ledger.add_receipts([receipt("r-2", authority="E06000013")])
        ledger.store_authority(CODE, "text")
        assert [ledger.know_authority("LOCAL"), ledger.know_authority("LOCAL")] == [True, False]
        assert ledger.authorities() == [CODE, "E06000013", "LOCAL"]
