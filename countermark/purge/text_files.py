"""Redacting a text table: the rows of a child become blank lines, so that every other row keeps its line number."""

from __future__ import annotations

import csv
from io import StringIO

from countermark.purge.called import Called
from countermark.readers.kinds import encoding_of


def redact_text(content: bytes, rows: set[int], called: Called, every_cell: bool) -> tuple[bytes, set[int]] | None:
    """The bytes without the records that begin on `rows` (and, with `every_cell`, without any that holds an id in a cell), and which
    lines those were. None where the file is no text, or cannot be told apart into records."""
    try:
        encoding = encoding_of(content)
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    lines = list(StringIO(text, newline=""))
    gone: set[int] = set()
    for begin, end, cells in _records(text, lines):
        if begin in rows or (every_cell and any(map(called.is_case, cells))):
            gone.add(begin)
            for index in range(begin - 1, end):
                lines[index] = lines[index][len(lines[index].rstrip("\r\n")) :]
    left = called.without("".join(lines))
    return left.encode(encoding), gone


def _records(text: str, lines: list[str]) -> list[tuple[int, int, list[str]]]:
    """First line, last line and cells of each record; each line by itself where quotation marks do not close."""
    found: list[tuple[int, int, list[str]]] = []
    separator = max(",;", key=text[:10_000].split("\n", 1)[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for row in reader:
            found.append((begins, reader.line_num, row))
            begins = reader.line_num + 1
    except csv.Error:
        return [(number, number, line.replace(";", ",").split(",")) for number, line in enumerate(lines, start=1)]
    return found
