"""Cells whose value cannot be read although they are not blank: errors, and formulas without a stored value.

calamine gives both as an empty text, which would read as "not visited". They are told apart in the sheet's own XML.
"""

from __future__ import annotations

import zipfile
from typing import Any

MAY_BE_BROKEN = (b't="e"', b"t='e'", b"<f", b":f>", b":f ")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def broken_cells(archive: zipfile.ZipFile, part: str) -> dict[int, set[int]]:
    """By row number (from 1), the places (from 0) of a sheet's unreadable cells. Memory does not grow with the sheet."""
    from lxml import etree

    found: dict[int, set[int]] = {}
    row = place = 0
    with archive.open(part) as stream:
        events = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=("{*}row", "{*}c"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
        )
        try:
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
        except (etree.XMLSyntaxError, ValueError):
            raise zipfile.BadZipFile from None
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
