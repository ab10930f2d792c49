"""The process that reads files: one request a line on standard input, one answer a line on standard output.

It holds no more memory than its limit and may be ended at any time. Rows leave it as Arrow files, never through the pipe, and
nothing it prints quotes a cell.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from countermark.readers.headings import LEAST_HEADINGS, ROWS_SEARCHED, Layout
from countermark.readers.sheets import Refusal

MOST_HEADINGS, LONGEST_HEADING = 80, 120
TEMPLATE_MARK = re.compile(r"([a-z0-9_.]+) version ([0-9a-z]+)")  # what a template says of itself, in its hidden sheet
NOTHING_KNOWN = (
    "The file has the headings of no known file layout: check that the header row is there and spelled as in the template, or say on the "
    "page of deliveries what its headings mean."
)


@dataclass(frozen=True)
class Request:
    """A file to read and where the rows go: `<rows>-<n>.arrow`."""

    path: Path
    rows: str


def read_file(request: Request, layouts: list[Layout]) -> dict[str, Any]:
    """Every sheet of a file that fits a layout, and the reason where the whole file was refused."""
    from countermark.readers.documents import read_document
    from countermark.readers.kinds import kind_of

    sheets: list[dict[str, Any]] = []
    try:
        kind = kind_of(request.path)
        if kind == "xml":
            return read_document(request.path, layouts, request.rows)
        _read_sheets(kind, request, layouts, sheets)
    except Refusal as refusal:
        return {"sheets": [], "reason": str(refusal)}
    return {"sheets": sheets, "reason": "" if sheets else NOTHING_KNOWN}


def headings_of(request: Request) -> dict[str, Any]:
    """Of each sheet the row that looks most like a header: its place and its cells. For a person to say what they mean."""
    from countermark.readers.delimited import read_delimited
    from countermark.readers.kinds import kind_of
    from countermark.readers.workbook import read_workbook

    try:
        kind = kind_of(request.path)
        if kind == "xml":
            return {"headings": []}
        source = read_workbook(request.path) if kind == "workbook" else iter([read_delimited(request.path, [])])
        return {"headings": [found for sheet in source if not isinstance(sheet, tuple) and (found := _headings(sheet))]}
    except Refusal:
        return {"headings": []}


def _headings(sheet: Any) -> dict[str, Any] | None:
    rows = [[cell.strip() if isinstance(cell, str) else "" for cell in row] for row in sheet.rows[:ROWS_SEARCHED]]
    best = max(range(len(rows)), key=lambda index: (len(set(rows[index]) - {""}), -index), default=None)
    if best is None or len(set(rows[best]) - {""}) < LEAST_HEADINGS:
        return None
    cells = [cell[:LONGEST_HEADING] for cell in rows[best] if cell][:MOST_HEADINGS]
    return {"sheet": sheet.name, "row": sheet.numbers[best], "cells": cells}


def _read_sheets(kind: str, request: Request, layouts: list[Layout], sheets: list[dict[str, Any]]) -> None:
    from countermark.readers.delimited import read_delimited
    from countermark.readers.tables import read_table
    from countermark.readers.workbook import read_workbook

    source = read_workbook(request.path) if kind == "workbook" else iter([read_delimited(request.path, layouts)])
    made_on: dict[str, str] = {}
    columns: dict[int, tuple[str, ...]] = {}
    for number, sheet in enumerate(source):
        if not isinstance(sheet, tuple) and (mark := _template_mark(sheet)):
            made_on[mark[1]] = mark[2]
        if isinstance(sheet, tuple):
            sheets.append(
                {"sheet": sheet[0], "contract": "", "state": "refused", "reason": str(sheet[1]), "rows_in": 0}
            )
            continue
        reading = read_table(sheet, layouts, number)
        if reading.state == "unknown":
            continue
        answer = {
            name: getattr(reading, name)
            for name in ("sheet", "contract", "state", "reason", "rows_in", "rows_ignored", "headings")
        }
        if reading.table is not None:
            answer["rows"] = _store(reading.table, f"{request.rows}-{number}.arrow")
        columns[len(sheets)] = reading.columns
        sheets.append(answer)
    for place, answer in enumerate(sheets):
        if answer["state"] == "loaded" and answer["contract"] in made_on:
            layout = next(one for one in layouts if one.id == answer["contract"])
            answer["reason"] = _said_of_version(layout, made_on[layout.id], columns[place])


def _template_mark(sheet: Any) -> re.Match[str] | None:
    first = sheet.rows[0][0] if len(sheet.rows) and len(sheet.rows[0]) else ""
    return TEMPLATE_MARK.fullmatch(first) if isinstance(first, str) else None


def _said_of_version(layout: Layout, version: str, columns: tuple[str, ...]) -> str:
    """What a receipt says of a template that is not the newest; nothing of the newest one."""
    if version == layout.version:
        return ""
    new = ", ".join(f"“{header}”" for name, header in layout.headers.items() if name not in columns)
    more = f" The newest one also has {new}." if new else ""
    return f"It was filled in on an older template and is read by its headings.{more} Fetch the newest one for the next time."


def _store(table: Any, path: str) -> str:
    import pyarrow as pa

    with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return path


def limit_memory(size: int) -> None:
    """Hold this process below `size` bytes of address space where the platform can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit and the guard on inflation remain
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def make_ready() -> None:
    """Import what reading needs. pyarrow works without numpy, whose import would take longer than reading most files."""
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # None makes the import fail, as Python documents
    for name in ("delimited", "documents", "kinds", "tables", "workbook"):
        import_module(f"countermark.readers.{name}")
    import_module("lxml.etree")
    import_module("python_calamine")


def main() -> None:
    """Serve requests until standard input ends. The first line holds the layouts and the memory limit."""
    make_ready()
    start = json.loads(sys.stdin.readline())
    layouts = [Layout.of_plain(layout) for layout in start["layouts"]]
    if start["memory"]:
        limit_memory(start["memory"])
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            request = Request(Path(ask["path"]), ask.get("rows", ""))
            answer = headings_of(request) if ask.get("headings") else read_file(request, layouts)
        except MemoryError:
            answer = {"sheets": [], "failed": "memory"}
        except Exception as error:
            answer = {"sheets": [], "failed": type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
