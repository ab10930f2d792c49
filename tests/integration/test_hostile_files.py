"""Holds intake to account against files that are broken, locked, made to swell, or hold a child's name where none may go.

Each hostile file gets a plain reason within ten seconds and a gigabyte, and the good files beside it load as ever.
"""

from __future__ import annotations

import io
import logging
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from countermark.readers.process import Limits, Reader
from countermark.warehouse.connect import EngineError
from tests.intake_kit import Desk, age, catalogue, csv_file, desk, headers, plan, text_file, workbook

CANARY = "Zebedee Quixotl"
CANARY_ID = "ZQX-77-CANARY"
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        workbook(found.inbox / "good.xlsx", {"List 7": [headers(), plan("1"), plan("2")]})
        yield found


def good() -> bytes:
    """The bytes of a workbook that would load."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        rows = [plan(str(i), allocated_worker=f"Worker {i * 7919}") for i in range(300)]
        return workbook(Path(folder) / "x.xlsx", {"List 7": [headers(), *rows]}).read_bytes()


def repacked(change: Callable[[dict[str, bytes]], None], level: int = 9) -> bytes:
    """A workbook that would load, with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def bomb() -> bytes:
    """300 MB of blanks inside a sheet of a few hundred kilobytes."""
    return repacked(
        lambda parts: parts.update({SHEET: parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + b" " * 300_000_000)}),
        1,
    )


def lying_bomb() -> bytes:
    """The same, with the sizes in its directory made small."""
    data = bytearray(repacked(lambda parts: parts.update({SHEET: parts[SHEET] + b" " * 60_000_000})))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(SHEET.encode()))
    struct.pack_into("<I", data, at + 24, 1000)
    return bytes(data)


def far_cell() -> bytes:
    """One cell in the last column of the last row: a dense reading would take hundreds of gigabytes."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(lambda parts: parts.update({SHEET: parts[SHEET].replace(b"</sheetData>", far)}))


def broken_xml() -> bytes:
    return repacked(lambda parts: parts.update({SHEET: parts[SHEET][: len(parts[SHEET]) // 2]}))


def laughing() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"ha") for i in range(12))
    return b'<?xml version="1.0"?><!DOCTYPE x [' + entities + b"]><x>&l11;</x>"


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut short": (lambda: good()[:9000], "damaged or cut short"),
    "cut to its head": (lambda: good()[:40], "damaged or cut short"),
    "flipped": (lambda: good().replace(good()[2000:2040], b"\xff" * 40, 1), "damaged or cut short"),
    "encrypted": (lambda: OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\1" * 4000, "password"),
    "old excel": (lambda: OLE + b"\0" * 5000, "old Excel format"),
    "bomb": (bomb, "swells"),
    "lying bomb": (lying_bomb, "damaged or cut short"),
    "far cell": (far_cell, "memory"),
    "broken xml": (broken_xml, "damaged"),
    "a zip": (
        lambda: repacked(lambda parts: [parts.pop(n) for n in list(parts) if n.startswith("[")] and None),
        "no workbook",
    ),
    "no workbook part": (lambda: repacked(lambda parts: parts.pop("xl/workbook.xml") and None), "damaged"),
    "doctype": (laughing, "DOCTYPE"),
    "xml": (lambda: b'\xef\xbb\xbf<?xml version="1.0"?><Message/>', "that no file layout takes"),
    "half xml": (lambda: b"<Message", "not well formed"),
    "nothing": (lambda: b"", "empty"),
    "binary": (lambda: bytes(range(256)) * 40, "neither a workbook"),
    "latin with holes": (lambda: b"Child Unique ID,\x81\x8d\n1,\x90", "neither UTF-8"),
    "open quote": (lambda: ",".join(headers()).encode() + b'\n1,"', "Line 2"),
    "one long cell": (lambda: b"a" * 3_000_000, "Line 1"),
    "nobody's list": (lambda: b"Month,Figure\nOctober,7\n", "headings of no known file layout"),
}


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, float]]:
    """A desk that has taken in every hostile file at once, a good one before and one after them, and the seconds it took."""
    with desk(tmp_path_factory.mktemp("hostile")) as found:
        for name in ("a good one.xlsx", "z good one.xlsx"):
            workbook(found.inbox / name, {"List 7": [headers(), plan(name[0]), plan("2")]})
        for name, (make, _) in HOSTILE.items():
            (found.inbox / f"hostile {name}").write_bytes(make())
            age(found.inbox / f"hostile {name}")
        began = time.monotonic()
        found.run()
        yield found, time.monotonic() - began


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_plain_reason(taken: tuple[Desk, float], name: str) -> None:
    receipt = taken[0].receipt(f"hostile {name}", "")
    assert receipt.status == "rejected" and HOSTILE[name][1] in receipt.reason, receipt.reason
    assert not receipt.file_complete


def test_the_good_files_among_them_load_and_nothing_takes_long(taken: tuple[Desk, float]) -> None:
    at, seconds = taken
    for name in ("a good one.xlsx", "z good one.xlsx"):
        assert (at.receipt(name).status, at.receipt(name).rows_loaded) == ("loaded", 2)
    assert seconds < 10 + len(HOSTILE), "all of them together; each alone has ten seconds"


@pytest.mark.parametrize("name", ["bomb", "far cell", "cut short"])
def test_each_alone_is_answered_within_ten_seconds_and_a_gigabyte(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(HOSTILE[name][0]())
    reason, seconds, kilobytes = ended_in_a_process_of_its_own(path)
    assert HOSTILE[name][1] in reason
    assert seconds < 10
    assert kilobytes < 1 << 20


def test_the_measure_of_memory_sees_a_reader_that_takes_too_much(tmp_path: Path) -> None:
    swollen = "bytearray(1100 * 1024 * 1024)"
    program = f"import resource, subprocess, sys; subprocess.run([sys.executable, '-c', '{swollen}']); {LARGEST_CHILD}"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(found.stdout) > 1 << 20, "the control: the measure finds a child of more than a gigabyte"


LARGEST_CHILD = "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
ONE_READING = f"""
import resource, sys, time
from pathlib import Path
from countermark.readers.headings import layout_of
from countermark.readers.process import Reader
from tests.intake_kit import catalogue
layouts = [layout_of(contract) for contract in catalogue().contracts.values()]
began = time.monotonic()
with Reader(layouts, Path(sys.argv[2])) as reader:
    print(reader.read(Path(sys.argv[1])).reason)
print(time.monotonic() - began)
{LARGEST_CHILD}
"""


def ended_in_a_process_of_its_own(path: Path) -> tuple[str, float, int]:
    """The reader's reason for a file, the seconds it took, and its memory in kilobytes.

    A process of its own, as a child's peak counts the memory that its parent had when it forked, and the process of
    the whole test run has had much.
    """
    command = [sys.executable, "-c", ONE_READING, str(path), str(path.parent / "scratch")]
    found = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    reason, seconds, kilobytes = found.stdout.splitlines()
    return reason, float(seconds), int(kilobytes)


def test_a_file_that_takes_too_long_is_ended_and_the_next_is_read(at: Desk, tmp_path: Path) -> None:
    path = csv_file(at.inbox / "a.csv", [headers(), *(plan(str(i), "2022-06-01") for i in range(40_000))])
    at.run(limits=Limits(seconds=30, seconds_per_mb=-30 * (1 << 20) / path.stat().st_size))
    assert "longer than a file of its size may" in at.receipt("a.csv", "").reason
    assert at.receipt("good.xlsx").status == "loaded"


def test_the_reading_process_is_started_again_after_it_died(tmp_path: Path) -> None:
    from countermark.readers.headings import layout_of

    good = csv_file(tmp_path / "a.csv", [headers(), plan("1", "2022-06-01")])
    with Reader([layout_of(c) for c in catalogue().contracts.values()], tmp_path / "scratch") as reader:
        assert reader.read(good).sheets[0].rows_in == 1
        assert reader._child is not None
        reader._child.kill()
        reader._child.wait()
        assert reader.read(good).sheets[0].rows_in == 1


def test_memory_is_held_to_its_limit(tmp_path: Path) -> None:
    from countermark.readers.headings import layout_of

    wide = ",".join(headers()).encode() + b"\n" + (b"1" + b",2" * 16 + b"\n") * 400_000
    (tmp_path / "a.csv").write_bytes(wide)
    layouts = [layout_of(c) for c in catalogue().contracts.values()]
    with Reader(layouts, tmp_path / "scratch", Limits(memory=400 << 20, seconds=30)) as reader:
        answer = reader.read(tmp_path / "a.csv")
    assert "memory" in answer.reason and answer.sheets == ()


def test_no_cell_value_leaves_the_rows(
    at: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    dirty = {"gender": CANARY, "allocated_worker": CANARY, "age_of_child_years": CANARY, "date_of_birth": CANARY}
    rows = [plan(CANARY_ID, **dirty), plan(CANARY_ID, CANARY), plan(CANARY_ID, "31/31/2022"), [None, CANARY, CANARY]]
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), *rows], "Note": [[CANARY]]})
    workbook(at.inbox / "b.xlsx", {"List 7": [[*headers()[1:]], [CANARY_ID, CANARY]]})
    text_file(at.inbox / "c.csv", ",".join(headers()) + f'\n{CANARY_ID},"{CANARY}\n')
    text_file(
        at.inbox / "d.csv", f"indicator_id,team,as_at,numerator\n{CANARY_ID},{CANARY},2022-10-31,4\nPP1,{CANARY},,4\n"
    )
    text_file(at.inbox / "e.csv", f"<x>{CANARY}</y>")
    text_file(at.inbox / "sub" / "delivery.toml", f'extracted_on = "{CANARY}"')
    csv_file(at.inbox / "sub" / "f.csv", [headers(), plan(CANARY_ID, "2022-06-01")])
    summary = at.run()
    assert len(at.rejects()) >= 5
    told = "\n".join(
        [repr(summary), repr(at.receipts()), repr(at.rejects()), caplog.text, *capfd.readouterr(),
         repr(at.con.execute("select * from typed.receipts").fetchall())]
    )  # fmt: skip
    for secret in (CANARY, CANARY_ID, CANARY.lower(), "Zebedee", "31/31"):
        assert secret not in told
    assert at.typed("child_unique_id, worker", where="gender_unusable and reject_column is null") == [
        (CANARY_ID, CANARY)
    ]


def test_an_engine_error_is_told_without_its_text(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object) -> None:
        at.con.execute("select cast(? as integer)", [CANARY])

    monkeypatch.setattr("countermark.warehouse.raw.store", burst)
    with pytest.raises(EngineError) as caught:
        at.run()
    chain = [caught.value, caught.value.__cause__]
    assert CANARY not in repr(chain) and caught.value.__suppress_context__
    assert at.ledger.receipts() == []


def test_a_name_that_is_no_utf_8_is_taken_all_the_same(at: Desk) -> None:
    import os

    data = (at.inbox / "good.xlsx").read_bytes()
    path = os.fsencode(at.inbox) + b"/p\xe4ul.xlsx"
    try:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(data + b"")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    at.run()
    assert {r.status for r in at.receipts().values()} == {"loaded", "duplicate"}


def test_month_first_dates_are_unusable_and_never_guessed(at: Desk) -> None:
    rows = [plan("1", "12/25/2022"), plan("2", "05/06/2022"), plan("3", "2022-13-01"), plan("4", "6/1/2022")]
    csv_file(at.inbox / "a.csv", [headers(), *rows])
    at.run()
    found = at.typed(
        "child_unique_id, child_protection_plan_start_date", where="child_unique_id <> '1' or reject_column is not null"
    )
    assert ("2", date(2022, 6, 5)) in found
    assert at.receipt("a.csv").rows_rejected == 3
