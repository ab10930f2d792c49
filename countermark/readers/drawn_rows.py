"""The rows that one layout draws from a document, on their way to an Arrow file: a batch at a time, so that memory stays the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from countermark.readers.cells import text_column
from countermark.readers.headings import Layout
from countermark.readers.records import CONFLICT

BATCH = 8_192


class DrawnRows:
    """Rows of one layout. `near` are the columns that each row brings, `whole` those that the document says once."""

    def __init__(
        self, layout: Layout, name: str, near: Sequence[str], whole: Mapping[str, str | None], path: str, number: int
    ) -> None:
        self.layout, self.name, self.near, self.whole = layout, name, list(near), whole
        self.path, self.number = f"{path}.arrow", number
        self.count = self.last_line = self.on_line = 0
        self._writer: Any = None
        self._file: Any = None
        self._empty()

    def _empty(self) -> None:
        self._rows: list[list[Any]] = []
        self._places: list[str] = []
        self._more: dict[int, Mapping[str, str]] = {}

    def add(self, line: int, texts: list[Any], more: Mapping[str, str] | None = None) -> None:
        """A row that begins on a line; `more` are columns that stand in no element. Several on one line are numbered."""
        line = max(line, self.last_line)
        self.on_line = self.on_line + 1 if line == self.last_line else 1
        self.last_line = line
        self._places.append(f"{self.name}!{line}" if self.on_line == 1 else f"{self.name} ({self.on_line})!{line}")
        if more:
            self._more[len(self._rows)] = more
        self._rows.append(texts)
        self.count += 1
        if len(self._rows) == BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        number = len(self._rows)
        unreadable: dict[int, list[str]] = {}
        columns: dict[str, list[str | None]] = {}
        by_name = dict(zip(self.near, zip(*self._rows, strict=True), strict=True)) if self.near else {}
        for name, kind in self.layout.kinds.items():
            cells = list(by_name[name]) if name in by_name else [self.whole.get(name)] * number
            for index, more in self._more.items():
                cells[index] = more.get(name, cells[index])
            if CONFLICT in cells:
                for index in [i for i, cell in enumerate(cells) if cell is CONFLICT]:
                    cells[index] = None
                    unreadable.setdefault(index, []).append(name)
            columns[name], errors = text_column(cells, kind)
            for index in errors:
                unreadable.setdefault(index, []).append(name)
        start = self.count - number
        table = pa.table(
            {
                "row_number": pa.array(range(start + 1, self.count + 1), pa.int32()),
                "source_row": pa.array(self._places, pa.string()),
                "sheet_number": pa.array([self.number] * number, pa.int32()),
                "unreadable": pa.array([unreadable.get(i) for i in range(number)], pa.list_(pa.string())),
                **{name: pa.array(texts, pa.string()) for name, texts in columns.items()},
            }
        )
        if self._writer is None:
            self._file = pa.OSFile(self.path, "wb")
            self._writer = pa.ipc.new_file(self._file, table.schema)
        self._writer.write_table(table)
        self._empty()

    def none(self) -> dict[str, Any]:
        """The answer for a layout of which the document has no row."""
        return {
            "sheet": self.name,
            "contract": self.layout.id,
            "state": "empty",
            "reason": "",
            "rows_in": 0,
            "rows_ignored": 0,
        }

    def close(self) -> dict[str, Any]:
        """Write what is left; the answer for this layout."""
        if self._rows:
            self._flush()
        self._writer.close()
        self._file.close()
        return {
            "sheet": self.name, "contract": self.layout.id, "state": "loaded", "reason": "",
            "rows_in": self.count, "rows_ignored": 0, "rows": self.path,
        }  # fmt: skip
