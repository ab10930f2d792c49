"""A child's records leave an XML document; every other record keeps its line, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermark.contracts.catalogue import load
from countermark.purge.called import Called
from countermark.purge.documents import is_document, redact_document
from countermark.readers.documents import read_document
from countermark.readers.headings import layout_of
from tests.census_kit import assessment, census, child, episode, protection

CENSUS = census(
    [
        child("CANARY1", episode("2022-01-10", assessment("2022-01-11"), protection("2022-02-01")), birth="2011-11-11"),
        child("C2", episode("2022-01-12"), episode("2022-03-12")),
        child("canary1", episode("2022-01-13"), birth="2011-11-11"),
    ]
)
CALLED = Called.of(["canary1"])


def test_every_record_of_the_child_goes_and_the_others_keep_their_lines(tmp_path: Path) -> None:
    outcome = redact_document(CENSUS.encode(), CALLED)
    assert outcome is not None
    left, gone = outcome[0].decode(), outcome[1]
    assert gone and "canary1" not in left.lower() and "2011-11-11" not in left and "2022-01-11" not in left
    lines, before = left.split("\n"), CENSUS.split("\n")
    assert len(lines) == len(before)
    assert all(line in ("", old) for line, old in zip(lines, before, strict=True))
    (tmp_path / "left.xml").write_text(left, encoding="utf-8")
    layouts = [layout_of(contract) for contract in load().contracts.values() if contract.family == "cin"]
    sheets = read_document(tmp_path / "left.xml", layouts, str(tmp_path / "rows"))["sheets"]
    assert {one["contract"]: one["rows_in"] for one in sheets if one["rows_in"]} == {
        "cin.children": 1,
        "cin.details": 2,
        "cin.shape": 1,
    }


def test_the_only_child_of_a_return_goes_with_all_that_is_below(tmp_path: Path) -> None:
    outcome = redact_document(census([child("CANARY1", episode("2022-01-10"), episode("2022-02-10"))]).encode(), CALLED)
    assert outcome is not None
    assert b"2022-01-10" not in outcome[0] and b"<LEA>812</LEA>" in outcome[0]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_the_encoding_stays(encoding: str) -> None:
    declared = "" if encoding == "utf-8-sig" else f"<?xml version='1.0' encoding='{encoding}'?>"
    text = f"{declared}<R><One><Id>CANARY1</Id></One><One><Id>é</Id></One></R>"
    outcome = redact_document(text.encode(encoding), CALLED)
    assert outcome is not None
    assert outcome[0].decode(encoding) == f"{declared}<R><One><Id>é</Id></One></R>"


def test_an_id_within_a_sentence_is_replaced_and_its_record_stays() -> None:
    outcome = redact_document(b"<R><One><Note>see CANARY1 there</Note></One><One/></R>", CALLED)
    assert outcome == (b"<R><One><Note>see [purged] there</Note></One><One/></R>", False)


def test_what_cannot_be_told_apart_is_left_to_others() -> None:
    assert redact_document(b"<R><One>", CALLED) is None
    assert redact_document(b"<R>\xff</R>", CALLED) is None
    assert is_document(b"\xef\xbb\xbf  <R/>") and is_document("<R/>".encode("utf-16"))
    assert not is_document(b"LAchildID,Sex\r\n") and not is_document(b"PK\x03\x04")
