"""CSV: encoding and separator found, rows read strictly, each with the line on which it begins."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice
from pathlib import Path

from countermark.readers.headings import ROWS_SEARCHED, Layout, find_header
from countermark.readers.kinds import encoding_of
from countermark.readers.sheets import Refusal, Sheet

SEPARATORS = (",", ";")


def read_delimited(path: Path, layouts: Sequence[Layout]) -> Sheet:
    """The rows of a text file as a sheet without a name. Raises Refusal where the quotation marks do not close."""
    data = path.read_bytes()
    try:
        text = data.decode(encoding_of(data))
    except UnicodeDecodeError:
        raise Refusal("The text is neither UTF-8 nor UTF-16 nor Windows-1252: save it as CSV (UTF-8).") from None
    if "\0" in text:
        raise Refusal("The text holds null characters, so it is damaged or no text: save it as CSV (UTF-8).")
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, row in _rows(text, _separator(text, layouts)):
        numbers.append(number)
        rows.append(row)
    return Sheet("", rows, numbers)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refusal(
                f"Line {begins}: a quotation mark is not closed or stands inside a cell, so the rows after it cannot be told "
                "apart. Mend it, or save the list again as CSV (UTF-8)."
            ) from None
        yield begins, row
        begins = reader.line_num + 1


def _separator(text: str, layouts: Sequence[Layout]) -> str:
    """The separator under which more known headings are found; where neither finds any, the one used more in the first line."""
    found = {separator: _headings(text, separator, layouts) for separator in SEPARATORS}
    first_line = text[:10_000].split("\n", 1)[0]
    return max(SEPARATORS, key=lambda separator: (found[separator], first_line.count(separator)))


def _headings(text: str, separator: str, layouts: Sequence[Layout]) -> int:
    try:
        start = [row for _, row in islice(_rows(text, separator), ROWS_SEARCHED)]
    except Refusal:
        return 0
    match = find_header(start, layouts, "")
    return len(match.places) if match else 0
