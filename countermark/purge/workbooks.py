"""Redacting a workbook without rewriting it: a child's rows are emptied where they stand, other cells keep every byte of their value.

What a list is not read from (comments, drawings, properties, pivot caches, links) is left out of the redacted workbook altogether.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from countermark.purge.called import Called

Element = Any
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
READ = re.compile(
    r"xl/(workbook\.xml|_rels/workbook\.xml\.rels|sharedStrings\.xml|styles\.xml|theme/theme\d+\.xml)|_rels/\.rels"
)
TYPES = "[Content_Types].xml"
LINKED = {
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "picture",
    "oleObjects",
    "controls",
    "tableParts",
    "hyperlinks",
    "headerFooter",
}


def redact_workbook(
    content: bytes, rows: Mapping[str, set[int]], called: Called, known: set[str]
) -> tuple[bytes, set[tuple[str, int]]] | None:
    """The workbook without `rows` (by sheet; of a sheet not in `known`, without every row that holds an id in a cell), and which rows those
    were. None where it is no workbook that can be taken apart."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist() if _is_kept(name)}
        trees = {name: _parse(part) for name, part in parts.items()}
        names = _sheet_names(trees)
        strings = _strings(trees)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, NotImplementedError):
        return None
    gone: set[tuple[str, int]] = set()
    used: set[int] = set()
    for part, tree in trees.items():
        if SHEETS.fullmatch(part):
            sheet = names.get(part, "")
            wanted = rows.get(sheet, set())
            gone |= {(sheet, number) for number in _empty_rows(tree, wanted, called, strings, sheet not in known)}
            used |= set(_used(tree))
            _redact_rest(tree, called)
    _blank_unused(trees.get("xl/sharedStrings.xml"), used, called)
    for part in ("xl/workbook.xml",):
        _redact_words(trees[part], called)
    _drop_dead_ends(trees, set(trees))
    return _pack(trees), gone


def _is_kept(name: str) -> bool:
    return name == TYPES or SHEETS.fullmatch(name) is not None or READ.fullmatch(name) is not None


def _parse(part: bytes) -> Element:
    from lxml import etree

    if b"<!DOCTYPE" in part:
        raise ValueError("a DOCTYPE is not read")
    try:
        return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        raise ValueError("no XML") from None


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _sheet_names(trees: Mapping[str, Element]) -> dict[str, str]:
    """By part: the sheet's name."""
    targets = {rel.get("Id"): rel.get("Target", "") for rel in trees["xl/_rels/workbook.xml.rels"]}
    found = {}
    for sheet in trees["xl/workbook.xml"].iter("{*}sheet"):
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        target = str(targets.get(relation, ""))
        found[target.lstrip("/") if target.startswith("/") else f"xl/{target}"] = str(sheet.get("name", ""))
    return found


def _strings(trees: Mapping[str, Element]) -> list[str]:
    shared = trees.get("xl/sharedStrings.xml")
    return ["".join(t.text or "" for t in si.iter("{*}t")) for si in shared.iter("{*}si")] if shared is not None else []


def _rows(tree: Element) -> Iterator[tuple[int, Element]]:
    number = 0
    for row in tree.iter("{*}row"):
        number = int(row.get("r") or number + 1)
        yield number, row


def _empty_rows(tree: Element, wanted: set[int], called: Called, strings: list[str], every_cell: bool) -> set[int]:
    gone = set()
    for number, row in _rows(tree):
        if number in wanted or (every_cell and any(called.is_case(_cell_text(cell, strings)) for cell in row)):
            gone.add(number)
            for cell in list(row):
                row.remove(cell)
    return gone


def _cell_text(cell: Element, strings: list[str]) -> str:
    value = next((v.text or "" for v in cell.iter("{*}v")), "")
    if cell.get("t") == "s":
        return strings[int(value)] if value.isdigit() and int(value) < len(strings) else ""
    return value or "".join(t.text or "" for t in cell.iter("{*}t"))


def _used(tree: Element) -> Iterator[int]:
    for cell in tree.iter("{*}c"):
        if cell.get("t") == "s":
            yield from (int(v.text) for v in cell.iter("{*}v") if (v.text or "").isdigit())


def _redact_rest(tree: Element, called: Called) -> None:
    """Text cells that stay may still name the child; what hangs on a sheet may too, and is not read."""
    for element in list(tree):
        if _local(element) in LINKED:
            tree.remove(element)
        elif _local(element) != "sheetData":
            _redact_words(element, called)
    for cell in tree.iter("{*}c"):
        if cell.get("t") in ("str", "inlineStr") or cell.find("{*}f") is not None:
            for text in (*cell.iter("{*}v"), *cell.iter("{*}t"), *cell.iter("{*}f")):
                if cell.get("t") in ("str", "inlineStr") or _local(text) == "f":
                    text.text = called.without(text.text or "") or None


def _redact_words(element: Element, called: Called) -> None:
    for one in element.iter():
        if isinstance(one.tag, str):
            one.text = called.without(one.text) if one.text else one.text
            for name, value in one.attrib.items():
                if called.in_text(value):
                    one.set(name, called.without(value))


def _blank_unused(shared: Element | None, used: set[int], called: Called) -> None:
    """Shared texts that no cell uses any more are emptied; the others lose the child's id and name."""
    for index, text in enumerate(shared.iter("{*}si") if shared is not None else ()):
        whole = "".join(t.text or "" for t in text.iter("{*}t"))
        if index not in used or called.is_case(whole) or called.in_text(whole):
            said = called.without(whole) if index in used and not called.is_case(whole) else ""
            for child in list(text):
                text.remove(child)
            from lxml import etree

            etree.SubElement(text, f"{{{etree.QName(text).namespace}}}t").text = said


def _drop_dead_ends(trees: Mapping[str, Element], kept: set[str]) -> None:
    """Take what was left out of the lists of contents and relations."""
    for entry in list(trees[TYPES]):
        if entry.get("PartName", "").lstrip("/") not in kept and _local(entry) == "Override":
            trees[TYPES].remove(entry)
    for part, base in (("_rels/.rels", ""), ("xl/_rels/workbook.xml.rels", "xl/")):
        for relation in list(trees.get(part, ())):
            target = str(relation.get("Target", ""))
            full = target.lstrip("/") if target.startswith("/") else base + target
            if full not in kept:
                trees[part].remove(relation)


def _pack(trees: Mapping[str, Element]) -> bytes:
    """The parts as a zip whose bytes depend on them alone."""
    from lxml import etree

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(trees, key=lambda one: (one != TYPES, one)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, etree.tostring(trees[name], xml_declaration=True, encoding="UTF-8", standalone=True))
    return out.getvalue()
