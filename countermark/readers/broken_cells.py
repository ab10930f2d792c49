"""Cells whose value cannot be read although they are not blank: errors, and formulas without a stored value.

calamine gives both as an empty text, which would read as "not visited". They are told apart in the sheet's own XML: a piece of it
at a time, and only rows that hold an error or a formula are parsed.
"""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from typing import IO, Any

MAY_BE_BROKEN = (b't="e"', b"t='e'", b"<f", b":f>", b":f ")
CHUNK = 1 << 20
LONGEST_ROW = 64 << 20  # bytes; a row of every column filled takes 2 MB
ROOT = re.compile(rb"<((?:[\w.-]+:)?worksheet)\b[^>]*>")
ROW = re.compile(rb"<(?:[\w.-]+:)?row\b")
NUMBERED_ROW = re.compile(rb"<(?:[\w.-]+:)?row\s+r=[\"'](\d+)[\"']")
ROW_END = re.compile(rb"</(?:[\w.-]+:)?row\s*>")
SEAM = 64  # the end of a row is shorter than this


class _OddError(ValueError):
    """The sheet's XML cannot be cut between rows."""


def broken_cells(archive: zipfile.ZipFile, part: str) -> dict[int, set[int]]:
    """By row number (from 1), the places (from 0) of a sheet's unreadable cells. Memory does not grow with the sheet."""
    from lxml import etree

    try:
        try:
            with archive.open(part) as stream:
                return _by_pieces(stream)
        except (_OddError, etree.XMLSyntaxError):
            with archive.open(part) as stream:
                return _whole(stream)
    except (etree.XMLSyntaxError, ValueError):
        raise zipfile.BadZipFile from None


def _by_pieces(stream: IO[bytes]) -> dict[int, set[int]]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    suspects: Any = etree.XPath("//*[local-name()='c'][@t='e' or *[local-name()='f']]")
    found: dict[int, set[int]] = {}
    last = 0  # the number of the row before the piece
    for root, rows in _pieces(stream):
        told = NUMBERED_ROW.findall(rows)
        if told and len(told) == rows.count(b"<row") and b":row" not in rows:
            last, rows = int(told[-1]), _marked(rows)
        if not rows:
            continue
        tree: Any = etree.fromstring(root[0] + rows + b"</" + root[1] + b">", parser)
        numbers = _row_numbers(tree, last)
        last = max(last, next(reversed(numbers.values()), last))
        for cell in suspects(tree):
            if cell.getparent() not in numbers:
                raise _OddError
            if _is_broken(cell):
                found.setdefault(numbers[cell.getparent()], set()).add(_place_in_row(cell))
    return found


def _pieces(stream: IO[bytes]) -> Iterator[tuple[tuple[bytes, bytes], bytes]]:
    """The root's start tag and name, and whole rows of about a megabyte, in order."""
    held = stream.read(CHUNK)
    root, first = ROOT.search(held), ROW.search(held)
    if root is None or held[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _OddError
    held = held[first.start() :] if first else held[root.end() :]
    looked, chunk = 0, held
    while chunk:
        end = _last_end(held, max(0, looked - SEAM))
        if end:
            yield (root[0], root[1]), held[:end]
            held = held[end:]
        if len(held) > LONGEST_ROW:
            raise _OddError
        looked = len(held)
        chunk = stream.read(CHUNK)
        held += chunk
    if b"</" + root[1] not in held:
        raise _OddError


def _last_end(held: bytes, start: int) -> int:
    """Behind the last row that ends after `start`; 0 where none does."""
    near = held.rfind(b"row>", start)
    return max((end.end() for end in ROW_END.finditer(held, max(start, near - SEAM))), default=0) if near >= 0 else 0


def _marked(rows: bytes) -> bytes:
    """Of rows that say their numbers, those that may hold such a cell."""
    marks = [place for mark in MAY_BE_BROKEN for place in _places(rows, mark)]
    if not marks:
        return b""
    ends = [0, *(end.end() for end in ROW_END.finditer(rows))]
    return b"".join(rows[ends[row - 1] : ends[row]] for row in sorted({bisect_right(ends, place) for place in marks}))


def _places(text: bytes, mark: bytes) -> Iterator[int]:
    place = text.find(mark)
    while place >= 0:
        yield place
        place = text.find(mark, place + 1)


def _row_numbers(tree: Any, before: int) -> dict[Any, int]:
    """Each row of a piece with its number: its own, else the one after the row before it."""
    numbers: dict[Any, int] = {}
    for row in tree.iter("{*}row"):
        before = int(row.get("r") or before + 1)
        numbers[row] = before
    return numbers


def _place_in_row(cell: Any) -> int:
    """The column of a cell, from 0: by its reference, else the one after the cell before it."""
    if cell.get("r"):
        return _place(cell.get("r"), -1)
    place = -1
    for one in cell.getparent().iterchildren("{*}c"):
        place = _place(one.get("r"), place)
        if one is cell:
            break
    return place


def _whole(stream: IO[bytes]) -> dict[int, set[int]]:
    """The same, cell by cell through the whole sheet: slower, and right however the XML is written."""
    from lxml import etree

    found: dict[int, set[int]] = {}
    row = place = 0
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=("{*}row", "{*}c"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )
    for event, node in events:
        is_row = node.tag.endswith("}row")
        if is_row and event == "start":
            row, place = int(node.get("r") or row + 1), -1
        elif is_row:
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]
        elif event == "end":
            place = _place(node.get("r"), place)
            if _is_broken(node):
                found.setdefault(row, set()).add(place)
    return found


def _place(reference: str | None, before: int) -> int:
    """The column of a cell: by its reference, else the one after the cell before it."""
    if not reference:
        return before + 1
    place = 0
    for sign in reference:
        if not sign.isalpha():
            break
        place = place * 26 + ord(sign.upper()) - 64
    return place - 1


def _is_broken(cell: Any) -> bool:
    """An error, or a formula whose value was never stored. A formula that came to an empty text says so by its type."""
    kind = cell.get("t")
    if kind == "e":
        return True
    if cell.find("{*}f") is None:
        return False
    value = cell.find("{*}v")
    return value is None or (not value.text and kind != "str")
