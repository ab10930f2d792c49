"""Lists as people hand them in: as the template prints them, or as a manager's own sheet with headings of its own.

What belongs here is the form of such a file; its rows are trackers.py's, workforce.py's and identity.py's.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from countermark.sample import write
from countermark.sample.authority import CODE
from countermark.sample.histories import Row
from countermark.sample.mess import Sheet

_SAID = tomllib.loads(Path(__file__).with_name("layout.toml").read_text(encoding="utf-8"))
LAYOUTS: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    name: (str(said["sheet"]), tuple((str(a), str(b), str(c)) for a, b, c in said["columns"]))
    for name, said in _SAID.items()
}


@dataclass
class Inbox:
    """The inbox being filled, and the rows of each file of it."""

    path: Path
    told: list[Row] = field(default_factory=list)

    def tell(self, path: Path, rows_in: int, sheet: str | None = None, rejected: int = 0, ignored: int = 0) -> None:
        """Note how many rows a file, or a sheet of it, has, and how many of them cannot be used."""
        name = path.relative_to(self.path).as_posix()
        self.told.append({"file": name, "sheet": sheet, "rows_in": rows_in, "rejected": rejected, "ignored": ignored})

    def folder(self, name: str, on: date) -> Path:
        """A folder of deliveries, with its sidecar."""
        path = self.path / f"{on.isoformat()} {name}"
        write.write_text(path / "delivery.toml", f'authority = "{CODE}"\nextracted_on = {on.isoformat()}\n')
        return path

    def list(
        self,
        path: Path,
        layout: str,
        rows: Iterable[Row],
        *,
        own: bool = False,
        rejected: int = 0,
        made_on: str = "",
        without: str = "",
    ) -> None:
        """A list as a workbook or as text, by its suffix; with a manager's own headings and title where `own`. `made_on` is what a template
        says of itself in its hidden sheet, and `without` the column that it did not have yet."""
        sheet, columns = LAYOUTS[layout]
        columns = tuple(column for column in columns if column[0] != without)
        cells = [[_cell(row.get(key)) for key, _, _ in columns] for row in rows]
        headings = [their if own else ours for _, ours, their in columns]
        if path.suffix == ".csv":
            _write_text(path, headings, cells)
            self.tell(path, len(cells), None, rejected)
            return
        title = f"{sheet}: please keep up to date" if own else None
        marks = [Sheet(0, "Choices", None, [made_on], [], unseen=True)] if made_on else []
        write.write_workbook(path, [Sheet(0, sheet, title, headings, cells), *marks])
        self.tell(path, len(cells), sheet, rejected)


def _write_text(path: Path, headings: list[str], cells: list[list[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(headings)
        out.writerows(
            [value.strftime("%d/%m/%Y") if isinstance(value, date) else value for value in line] for line in cells
        )


def _cell(value: Any) -> Any:
    return ("Yes" if value else "No") if isinstance(value, bool) else value
