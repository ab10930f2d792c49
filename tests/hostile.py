"""A catalogue of files that no sender meant well or knew better: what each is made of, and what has to become of it.

Each entry: the bytes, the status that some receipt of the file must have, and words that one of its receipts or rejects must hold. Every
file with room for it holds CANARY, which no receipt, reject or log may repeat.
"""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.intake_kit import headers, plan, workbook

CANARY = "Quillon Zebrafax"
Make = Callable[[], bytes]
START = date(2022, 6, 1)
HEAD = headers()
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


@dataclass(frozen=True)
class Hostile:
    """One file: how it is made, what some receipt of it says, and how many rows of it load (-1: of several layouts, not asked)."""

    make: Make
    status: str
    words: str = ""
    loaded: int = 0


def book(rows: list[list[Any]], name: str = "List 7", **options: Any) -> bytes:
    """The bytes of a workbook with one sheet."""
    with tempfile.TemporaryDirectory() as folder:
        return workbook(Path(folder) / "x.xlsx", {name: rows}, **options).read_bytes()


def parts(change: Callable[[dict[str, bytes]], object], rows: list[list[Any]] | None = None) -> bytes:
    """A workbook that would load, with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(book(rows or [HEAD, plan("1"), plan("2", allocated_worker=CANARY)]))) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    change(held)
    return zipped(held)


def zipped(held: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def put(part: str, old: bytes, new: bytes) -> Make:
    """A workbook with one text of one part replaced."""

    def change(held: dict[str, bytes]) -> None:
        assert old in held[part], (part, old)
        held[part] = held[part].replace(old, new, 1)

    return lambda: parts(change)


def lines(*rows: list[Any], separator: str = ",", end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """A text file of List 7 with its headings."""
    texts = [separator.join("" if cell is None else str(cell) for cell in row) for row in [HEAD, *rows]]
    return (end.join(texts) + end).encode(encoding)


def text(child: str, start: str = "2022-06-01", **cells: Any) -> list[Any]:
    """A row of List 7 as text."""
    return plan(child, start, **cells)


def tables() -> bytes:
    """The bytes of a SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        base = sqlite3.connect(path)
        base.execute("create table people (name text)")
        base.execute("insert into people values (?)", [CANARY])
        base.commit()
        base.close()
        return path.read_bytes()


def census(*children: str, year: str = "2022", head: str = '<?xml version="1.0"?>', collection: str = "CIN") -> bytes:
    """A census document."""
    header = (
        f"<Header><CollectionDetails><Collection>{collection}</Collection><Year>{year}</Year>"
        "<ReferenceDate>2022-03-31</ReferenceDate></CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>812</LEA>"
        "<SoftwareCode>x</SoftwareCode><SerialNo>1</SerialNo><DateTime>2022-06-01T10:00:00</DateTime></Source></Header>"
    )
    return f"{head}<Message>{header}<Children>{''.join(children)}</Children></Message>".encode()


def child(name: str = "CH1", more: str = "") -> str:
    """One child of a census with one referral."""
    return (
        f"<Child><ChildIdentifiers><LAchildID>{name}</LAchildID><UPN>A812345678901</UPN><PersonBirthDate>2012-03-04</PersonBirthDate>"
        "<GenderCurrent>1</GenderCurrent></ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>"
        "<CINdetails><CINreferralDate>2021-06-01</CINreferralDate><ReferralSource>6</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>"
        f"{more}<ReferralNFA>0</ReferralNFA></CINdetails></Child>"
    )


def external() -> bytes:
    """A document that asks for a file of the machine."""
    entity = '<?xml version="1.0"?><!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return census(child("&x;"), head=entity)


WORKBOOKS: dict[str, Hostile] = {
    "a workbook of 1904": Hostile(lambda: book([HEAD, plan("1", START)], date_1904=True), "loaded", loaded=1),
    "error in the key": Hostile(
        lambda: book([HEAD, plan(("=NA()", "#N/A"), START), plan("2", START)]),
        "loaded_with_rejects",
        "holds an error",
        1,
    ),
    "formula without a value": Hostile(
        put(SHEET, b"</row></sheetData>", b'<c r="F3"><f>TODAY()</f></c></row></sheetData>'), "loaded", loaded=2
    ),
    "two headings for one column": Hostile(
        lambda: book([[*HEAD, HEAD[0]], [*plan("1"), CANARY]]), "rejected", "Two headings mean"
    ),
    "a heading is missing": Hostile(lambda: book([HEAD[1:], plan("1")[1:]]), "rejected", "lacks the heading"),
    "headings below a page of notes": Hostile(
        lambda: book([*([[CANARY]] * 40), HEAD, plan("1")]), "rejected", "headings of no known"
    ),
    "headings alone": Hostile(lambda: book([HEAD]), "rejected", "is not taken as zero"),
    "totals alone": Hostile(lambda: book([HEAD, ["Total", 3]]), "rejected", "is not taken as zero"),
    "an empty workbook": Hostile(lambda: book([]), "rejected", "headings of no known"),
    "dates of a time before time": Hostile(put(SHEET, b"<sheetData>", b"<sheetData>"), "loaded", loaded=2),
    "numbers where dates belong": Hostile(
        lambda: book([HEAD, plan("1", 44713), plan("2", START)]), "loaded_with_rejects", "no date that can be used", 1
    ),
    "month first": Hostile(
        lambda: book([HEAD, plan("1", "12/25/2022"), plan("2", START)]),
        "loaded_with_rejects",
        "no date that can be used",
        1,
    ),
    "a date in the year 9999": Hostile(
        lambda: book([HEAD, plan("1", date(9999, 12, 31)), plan("2", START)]),
        "loaded_with_rejects",
        "no date that can be used",
        1,
    ),
    "ids as fractions": Hostile(lambda: book([HEAD, plan(10045.0, START), plan("2", START)]), "loaded", loaded=2),
    "a formula that would run": Hostile(
        lambda: book([HEAD, plan("=cmd|' /C calc'!A0", START), plan("2", START)]), "loaded", loaded=2
    ),
    "invisible signs": Hostile(
        lambda: book([HEAD, plan("\u200b\xa0", START), plan("2", START)]), "loaded_with_rejects", "is blank", 1
    ),
    "strings that are not there": Hostile(put(SHEET, b't="s"><v>0</v>', b't="s"><v>999999</v>'), "rejected", ""),
    "a doctype in the relations": Hostile(
        put("xl/_rels/workbook.xml.rels", b"<Relationships", b'<!DOCTYPE x [<!ENTITY a "b">]><Relationships'),
        "rejected",
        "DOCTYPE",
    ),
    "entities in the strings": Hostile(
        put(STRINGS, b"<sst", b'<!DOCTYPE x [<!ENTITY a "b">]><sst'), "rejected", "DOCTYPE"
    ),
    "a part that climbs out": Hostile(
        lambda: parts(lambda held: held.update({"../../evil.xml": b"<x/>"})), "loaded", loaded=2
    ),
    "a macro inside": Hostile(
        lambda: parts(lambda held: held.update({"xl/vbaProject.bin": b"\0" * 999})), "loaded", loaded=2
    ),
    "links to other workbooks": Hostile(
        lambda: parts(lambda held: held.update({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})),
        "loaded",
        loaded=2,
    ),
    "thousands of parts": Hostile(
        lambda: parts(lambda held: held.update({f"xl/p{n}.xml": b"<x/>" for n in range(4_100)})), "rejected", "swells"
    ),
    "binary sheets": Hostile(
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01", "xl/x.xml": b"<x/>"}),
        "rejected",
        "damaged",
    ),
    "a sheet that was never closed": Hostile(put(SHEET, b"</worksheet>", b""), "loaded", loaded=2),
    "two rows of one number": Hostile(put(SHEET, b'<row r="3"', b'<row r="2"'), "loaded", "", 2),
    "a text document": Hostile(
        lambda: zipped({"mimetype": b"x", "content.xml": CANARY.encode()}), "rejected", "no workbook"
    ),
    "a folder packed": Hostile(lambda: zipped({"list.csv": lines(text("1"))}), "rejected", "no workbook"),
}
TEXTS: dict[str, Hostile] = {
    "utf-16 without a mark": Hostile(lambda: lines(text(CANARY), encoding="utf-16-le"), "rejected", "neither"),
    "null signs": Hostile(lambda: lines(text("1")).replace(b"2022", b"20\x0022"), "rejected", "neither"),
    "a second byte order mark": Hostile(lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + lines(text("1")), "loaded", loaded=1),
    "tabs between": Hostile(lambda: lines(text("1"), separator="\t"), "rejected", "headings of no known"),
    "bars between": Hostile(lambda: lines(text("1"), separator="|"), "rejected", "headings of no known"),
    "old line ends": Hostile(lambda: lines(text("1"), text("2"), end="\r"), "loaded", loaded=2),
    "line ends mixed": Hostile(
        lambda: lines(text("1"), end="\n") + b"2" + lines(text("2")).split(b"\r\n")[1][1:] + b"\r\n", "loaded", loaded=2
    ),
    "commas at the ends": Hostile(lambda: lines([*text("1"), "", "", ""]), "loaded", loaded=1),
    "more cells than headings": Hostile(lambda: lines([*text("1"), CANARY, CANARY]), "loaded", loaded=1),
    "the headings twice": Hostile(lambda: lines(text("1"), HEAD, text("2")), "loaded", loaded=2),
    "a quotation mark inside": Hostile(
        lambda: lines(text("1", allocated_worker=f'"{CANARY[:4]}"{CANARY}')), "rejected", "quotation mark"
    ),
    "windows accents": Hostile(lambda: lines(text("1", allocated_worker="Zoë"), encoding="cp1252"), "loaded", loaded=1),
    "packed": Hostile(lambda: gzip.compress(lines(text("1"))), "rejected", "neither"),
    "json": Hostile(lambda: json.dumps([{"Child Unique ID": CANARY}]).encode(), "rejected", "headings of no known"),
    "a web page called a workbook": Hostile(
        lambda: f"<html><body><table><tr><td>{CANARY}</td></tr></table></body></html>".encode(),
        "rejected",
        "no file layout takes",
    ),
    "a letter": Hostile(lambda: b"{\\rtf1\\ansi " + CANARY.encode() + b"}", "rejected", "headings of no known"),
    "a print": Hostile(lambda: b"%PDF-1.7\n" + CANARY.encode(), "rejected", "neither"),
    "a picture": Hostile(lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "rejected", "neither"),
    "a database": Hostile(tables, "rejected", "neither"),
    "one heading": Hostile(lambda: b"Child Unique ID\n" + CANARY.encode() + b"\n", "rejected", "headings of no known"),
    "white space": Hostile(lambda: b" \r\n\t\r\n", "rejected", "empty"),
    "dates of the year 0": Hostile(
        lambda: lines(text("1", "0000-00-00"), text("2")), "loaded_with_rejects", "no date", 1
    ),
    "the thirtieth of February": Hostile(
        lambda: lines(text("1", "30/02/2022"), text("2")), "loaded_with_rejects", "no date", 1
    ),
    "a cell of a million signs": Hostile(
        lambda: lines(text("1", allocated_worker="x" * 1_000_000)), "rejected", "quotation mark"
    ),
}
DOCUMENTS: dict[str, Hostile] = {
    "an external entity": Hostile(external, "rejected", "DOCTYPE"),
    "a doctype alone": Hostile(lambda: census(child(), head="<!DOCTYPE Message>"), "rejected", "DOCTYPE"),
    "a document cut in half": Hostile(lambda: census(child(), child("CH2"))[:700], "rejected", "breaks off"),
    "two documents in one": Hostile(lambda: census(child()) + census(child()), "rejected", "not well formed"),
    "another encoding than it says": Hostile(
        lambda: census(child("ZOË"), head='<?xml version="1.0" encoding="utf-8"?>').decode().encode("cp1252"),
        "rejected",
        "encoding",
    ),
    "an encoding nobody knows": Hostile(
        lambda: census(child(), head='<?xml version="1.0" encoding="klingon"?>'), "rejected", ""
    ),
    "signs that XML forbids": Hostile(lambda: census(child("A\x01B")), "rejected", ""),
    "another collection": Hostile(
        lambda: census(child(CANARY), collection="NOBODY"), "rejected", "no file layout takes"
    ),
    "a census without children": Hostile(lambda: census(), "rejected", "not taken as zero"),
    "a census of another century": Hostile(lambda: census(child(), year="1922"), "loaded", "", -1),
    "a child without an id": Hostile(lambda: census(child(""), child("CH2")), "loaded_with_rejects", "", -1),
    "elements nobody knows": Hostile(
        lambda: census(child(more=f"<Zebra>{CANARY}</Zebra>")), "loaded", "Children/Child/CINdetails/Zebra", -1
    ),
    "a hundred thousand levels": Hostile(lambda: census("<a>" * 100_000 + "</a>" * 100_000), "rejected", ""),
    "an include": Hostile(
        lambda: census(child('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>')),
        "rejected",
        "were not read",
        -1,
    ),
    "an instruction to a reader": Hostile(
        lambda: census('<?xml-stylesheet href="http://127.0.0.1/x"?>', child()), "loaded", "", -1
    ),
    "namespaces": Hostile(lambda: census(child()).replace(b"<Message>", b'<Message xmlns="urn:x">'), "loaded", "", -1),
    "bare text": Hostile(lambda: b"<Message>" + CANARY.encode() + b"</Message>", "rejected", ""),
}
CATALOGUE = {**WORKBOOKS, **TEXTS, **DOCUMENTS}
