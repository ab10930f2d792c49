"""What every reader yields: sheets of rows, and the refusal that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class Refusal(Exception):  # noqa: N818  # "refusal" is the field's word
    """A file or sheet that cannot be read. The text is one plain sentence for its sender and quotes nothing from the file."""


@dataclass(frozen=True)
class Sheet:
    """Rows of one sheet, or of a text file (`name` is empty then).

    `numbers` are the row numbers as a spreadsheet shows them (a text file's lines); `first_column` is the place of the first
    cell, 0 for A; `broken` names, by row number, the places (counted within the row) of cells without a readable value.
    """

    name: str
    rows: Sequence[Sequence[Any]]
    numbers: Sequence[int]
    first_column: int = 0
    broken: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def cell(self, index: int, place: int) -> str:
        """The address of a cell, as a person would look for it."""
        if not self.name:
            return f"line {self.numbers[index]}, column {place + 1}"
        return f"{self.name}!{letters(self.first_column + place)}{self.numbers[index]}"

    def source_row(self, index: int) -> str:
        """The address of a row: `List 7!14`, or the line number of a text file."""
        return f"{self.name}!{self.numbers[index]}" if self.name else str(self.numbers[index])


def letters(place: int) -> str:
    """The name of a spreadsheet column, 0 being A."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
