"""The exported tables as tables.toml describes them: names, columns, types and meanings. Not here: who is given what,
and writing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from countermark.contracts.model import Definition

Kind = Literal["text", "date", "moment", "integer", "number", "boolean"]
ENGINE_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "moment": "TIMESTAMP",
    "integer": "INTEGER",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}


class Column(Definition):
    """One exported column."""

    name: str
    type: Kind
    meaning: str = Field(min_length=1)
    hidden_from: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()


class Reference(Definition):
    """Columns that name a row of another exported table by its key, in the key's order."""

    columns: tuple[str, ...]
    table: str


class Table(Definition):
    """One exported table. `key` is empty where no columns make a row unique."""

    name: str
    title: str
    audiences: tuple[str, ...]
    order: tuple[str, ...]
    key: tuple[str, ...] = ()
    refers: tuple[Reference, ...] = ()
    columns: tuple[Column, ...]

    def only(self, is_given: Callable[[Column], bool]) -> Table:
        """The same table with some of its columns."""
        return self.model_copy(update={"columns": tuple(column for column in self.columns if is_given(column))})


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """Every exported table by name, in the order of tables.toml."""
    text = (Path(__file__).parent / "tables.toml").read_text(encoding="utf-8")
    return {name: _table(name, said) for name, said in tomllib.loads(text).items()}


def _table(name: str, said: dict[str, Any]) -> Table:
    columns = [{"name": column, **fields} for column, fields in said["columns"].items()]
    return Table.model_validate({**said, "name": name, "columns": columns})
