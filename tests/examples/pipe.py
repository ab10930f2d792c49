"""Tiny pipe tables: how an examples file writes rows. Parsing and printing only; what a table means is the runner's.

person_id | cp_visit_date
C1        | 2022-10-17
C2        |
"""

from __future__ import annotations

Row = dict[str, str | None]


def parse(text: str) -> list[Row]:
    """The rows of a pipe table, blank cells as None. ValueError where a row has more or fewer cells than the header."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise ValueError("a pipe table needs a header line")
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells below {len(header)} headings: {' | '.join(row)}")
    return [{name: cell or None for name, cell in zip(header, row, strict=True)} for row in rows]


def header(text: str) -> list[str]:
    """The headings of a pipe table."""
    return [cell.strip() for cell in next(line for line in text.splitlines() if line.strip()).split("|")]


def show(columns: list[str], rows: list[Row]) -> str:
    """A pipe table with aligned columns, None as blank."""
    cells = [columns, *[[row.get(name) or "" for name in columns] for row in rows]]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )
