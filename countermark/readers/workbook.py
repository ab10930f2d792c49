"""Workbooks: guarded against swelling before anything is inflated in memory, then read by calamine, sheet by sheet."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from countermark.readers.broken_cells import MAY_BE_BROKEN, broken_cells
from countermark.readers.cells import is_blank
from countermark.readers.sheets import Refusal, Sheet

CHUNK = 1 << 20
SEAM = 16  # what is looked for is shorter than this
DOCTYPE = b"<!DOCTYPE"
LARGEST = 640 << 20  # bytes inflated; a sheet of 100,000 rows and 20 columns takes about 100 MB
SUSPECT = 48 << 20  # below this, the ratio does not matter
RATIO = 100  # sheets of real data are packed 8 to 20 times, never a hundred
MOST_PARTS = 4_000
DAMAGED = "The workbook is damaged or cut short: export it again and send the whole file."
SWELLS = "The workbook swells to far more than its size when it is opened, so it was not: save it again from Excel."
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ParseError, NotImplementedError, RuntimeError)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def read_workbook(path: Path) -> Iterator[Sheet | tuple[str, Refusal]]:
    """The worksheets of a workbook in order, hidden ones too; a sheet that alone cannot be read comes as its name and refusal.

    Raises Refusal where the whole file is damaged, swells, or is another kind of archive.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    try:
        with zipfile.ZipFile(path) as archive:
            _guard(archive)
            suspects = _parts_with_broken_cells(archive)
            parts = _sheet_parts(archive) if suspects else {}
            book = CalamineWorkbook.from_path(str(path))
            if not book.sheets_metadata:
                raise Refusal(DAMAGED)
            for meta in book.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                part = parts.get(meta.name, "")
                broken = broken_cells(archive, part) if part in suspects else {}
                try:
                    yield _sheet(book.get_sheet_by_name(meta.name), meta.name, broken)
                except CalamineError:
                    reason = f"Sheet {meta.name} is damaged and could not be read: export the workbook again."
                    yield meta.name, Refusal(reason)
    except (*FAULTS, CalamineError):
        raise Refusal(DAMAGED) from None
    except DefusedXmlException:
        raise Refusal(
            "The workbook declares a DOCTYPE inside, which is never taken: save it again from Excel."
        ) from None


def _sheet(data: Any, name: str, broken: dict[int, set[int]]) -> Sheet:
    rows = data.to_python()
    top, left = data.start or (0, 0)
    # A column of broken cells outside what calamine calls filled still belongs to the row.
    shifted = {row: frozenset(place - left for place in places) for row, places in broken.items()}
    for row, places in _merged(data, rows, top, left, shifted).items():
        shifted[row] = shifted.get(row, frozenset()) | places
    return Sheet(name, rows, range(top + 1, top + 1 + len(rows)), left, shifted)


def _merged(
    data: Any, rows: list[list[Any]], top: int, left: int, broken: dict[int, frozenset[int]]
) -> dict[int, frozenset[int]]:
    """By row number the places of merged cells: of what stood there one value is left, and nobody can say in which cell it stood."""
    found: dict[int, set[int]] = {}
    for (first_row, first), (last_row, last) in data.merged_cell_ranges or ():
        places = range(max(0, first - left), last - left + 1)
        numbers = range(max(0, first_row - top), min(last_row - top, len(rows) - 1) + 1)
        cells = ((number, place) for number in numbers for place in places if place < len(rows[number]))
        if all(is_blank(rows[n][place]) and place not in broken.get(top + n + 1, ()) for n, place in cells):
            continue  # a blank line for show
        for number in numbers:
            found.setdefault(top + number + 1, set()).update(places)
    return {row: frozenset(places) for row, places in found.items()}


def _guard(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that is no workbook or that swells, by what it says of itself."""
    parts = archive.infolist()
    if not any(part.filename == "[Content_Types].xml" for part in parts) or not any("xl/" in p.filename for p in parts):
        raise Refusal("The file is a packed folder (zip) and no workbook: unpack it and send what is in it.")
    if any(part.flag_bits & 1 for part in parts):
        raise Refusal("The workbook is protected by a password: save it without one and send it again.")
    inflated = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > MOST_PARTS or inflated > LARGEST or (inflated > SUSPECT and inflated > RATIO * packed):
        raise Refusal(SWELLS)


def _parts_with_broken_cells(archive: zipfile.ZipFile) -> set[str]:
    """Inflate every XML part once, a piece at a time: proves its size and checksum, refuses a DOCTYPE, and tells which sheets
    may hold error cells or formulas."""
    suspects = set()
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(part) as stream:
            tail = b""
            while chunk := stream.read(CHUNK):
                seam = tail + chunk[:SEAM]
                if DOCTYPE in chunk or DOCTYPE in seam:
                    raise Refusal(
                        "The workbook declares a DOCTYPE inside, which is never taken: save it again from Excel."
                    )
                if part.filename not in suspects and any(mark in chunk or mark in seam for mark in MAY_BE_BROKEN):
                    suspects.add(part.filename)
                tail = chunk[-SEAM:]
    return suspects


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet names to the names of their parts."""
    workbook = _workbook_part(archive)
    folder = posixpath.dirname(workbook)
    relations = posixpath.join(folder, "_rels", posixpath.basename(workbook) + ".rels")
    targets = {node.get("Id"): node.get("Target", "") for node in fromstring(archive.read(relations), forbid_dtd=True)}
    found = {}
    for node in fromstring(archive.read(workbook), forbid_dtd=True).iter():
        if node.tag in (f"{MAIN}sheet", f"{STRICT}sheet"):
            target = targets.get(node.get(RELATION) or node.get(STRICT_RELATION), "")
            found[node.get("name", "")] = (
                target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            )
    return found


def _workbook_part(archive: zipfile.ZipFile) -> str:
    for node in fromstring(archive.read("_rels/.rels"), forbid_dtd=True):
        if node.get("Type", "").endswith("/officeDocument"):
            return str(node.get("Target", "")).lstrip("/")
    return "xl/workbook.xml"
