"""The two extracts as DuckDB sees them: CSV, Parquet, the first table of a workbook, a table of a database.

A side is a relation with row numbers: as a spreadsheet or a text file counts (the heading is row 1), in Parquet and databases from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from countermark.readers.cells import CONVERT, is_blank, text_column
from countermark.readers.headings import LEAST_HEADINGS, ROWS_SEARCHED
from countermark.readers.kinds import encoding_of
from countermark.readers.sheets import Refusal, Sheet

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = b"PAR1"
DATABASE = re.compile(r"[a-z][a-z0-9]*(\+[a-z0-9]+)?://", re.IGNORECASE)
HEAD = 1 << 16
BATCH = 20_000
ROW = "row of the side"  # no heading of anybody's


class CompareError(ValueError):
    """A side cannot be compared. The text says which and what to do, and quotes no cell."""


@dataclass(frozen=True)
class Side:
    """One extract: the SQL that reads it, the types of its columns by name, and the expressions for a row's place in it, counted from 0,
    and for its number as people count."""

    label: str
    relation: str
    columns: dict[str, str]
    place: str
    row: str


def open_side(con: duckdb.DuckDBPyConnection, said: str, label: str) -> Side:
    """The extract that `said` names: a path, or `URL#table` of a database. `label` is left or right.

    Raises CompareError where it cannot be read.
    """
    if DATABASE.match(said):
        return _stored(con, label, _database(con, said, label))
    path = Path(said)
    if not path.is_file():
        raise CompareError(f"The {label} side, {path.name}, is no file: give a path, or a database as URL#table.")
    with path.open("rb") as file:
        head = file.read(HEAD)
    try:
        if head.startswith(PARQUET):
            return _parquet(con, path, label)
        if head.startswith(b"PK\x03\x04"):
            return _stored(con, label, _workbook(con, path, label))
        return _stored(con, label, _text(con, path, head, label))
    except Refusal as refusal:
        raise CompareError(f"The {label} side, {path.name}: {refusal}") from None
    except duckdb.Error:
        raise CompareError(
            f"The {label} side, {path.name}, cannot be read as a table: check that every row has as many cells as there are headings."
        ) from None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _described(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {name: str(kind) for name, kind, *_ in con.execute(f"describe select * from {relation}").fetchall()}


def _parquet(con: duckdb.DuckDBPyConnection, path: Path, label: str) -> Side:
    source = f"read_parquet({_quoted(str(path))}, file_row_number = true)"
    columns = {name: kind for name, kind in _described(con, source).items() if name != "file_row_number"}
    return Side(label, source, columns, "file_row_number", "file_row_number + 1")


def _stored(con: duckdb.DuckDBPyConnection, label: str, table: str) -> Side:
    columns = {name: kind for name, kind in _described(con, table).items() if name != ROW}
    return Side(label, table, columns, "rowid", f'"{ROW}"')


def _text(con: duckdb.DuckDBPyConnection, path: Path, head: bytes, label: str) -> str:
    """A text file as a table: every cell as it stands, read by DuckDB as UTF-8."""
    encoding = encoding_of(
        path.read_bytes() if len(head) == HEAD else head
    )  # a sign of another encoding may stand far down
    first = head.decode(encoding, errors="ignore").split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=first.count)
    source = str(path)
    if encoding in ("utf-16", "cp1252"):  # DuckDB's own decoding of these needs an extension that is not shipped
        source = str(_as_utf8(con, path, encoding, label))
    con.execute(
        f"""
        create or replace temp table "{label} side" as
        select *, (row_number() over () + 1)::bigint as "{ROW}" from read_csv(
            $path, header = true, all_varchar = true, delim = $separator, quote = '"', escape = '"', encoding = 'utf-8',
            null_padding = false, strict_mode = true, auto_detect = false, columns = $columns::json, max_line_size = 16777216
        )
        """.replace("$columns::json", _columns(first, separator)),
        {"path": source, "separator": separator},
    )
    return f'"{label} side"'


def _columns(first: str, separator: str) -> str:
    """The headings of a text file as DuckDB wants them. Raises Refusal for one that is blank or stands twice."""
    import csv

    headings = [cell.strip().lstrip("\ufeff") for cell in next(csv.reader([first.rstrip("\r")], delimiter=separator))]
    _refuse_headings(headings)
    return "{" + ", ".join(f"{_quoted(heading)}: 'VARCHAR'" for heading in headings) + "}"


def _refuse_headings(headings: Sequence[str]) -> None:
    if len(headings) < LEAST_HEADINGS or not all(headings):
        raise Refusal("The first row holds no headings, or a blank one: give every column a heading.")
    twice = next((one for index, one in enumerate(headings) if one in headings[:index]), None)
    if twice:
        raise Refusal(f"The heading “{twice}” stands twice: rename one of the two.")


def _as_utf8(con: duckdb.DuckDBPyConnection, path: Path, encoding: str, label: str) -> Path:
    """A copy of a text file in UTF-8, in the connection's own scratch folder."""
    (folder,) = con.execute("select current_setting('temp_directory')").fetchall()[0]
    copy = Path(str(folder)) / f"{label}.csv"
    with path.open(encoding=encoding, newline="") as file, copy.open("w", encoding="utf-8", newline="") as out:
        while chunk := file.read(HEAD):
            out.write(chunk)
    return copy


def _workbook(con: duckdb.DuckDBPyConnection, path: Path, label: str) -> str:
    """The first sheet that has headings, its cells as text."""
    from countermark.readers.workbook import read_workbook

    for sheet in read_workbook(path):
        if isinstance(sheet, tuple):
            raise sheet[1]
        found = _header(sheet)
        if found is not None:
            return _keep(con, label, [_sheet_table(sheet, found)])
    raise Refusal("No sheet has a row of headings with rows below it.")


def _header(sheet: Sheet) -> int | None:
    for index, row in enumerate(islice(sheet.rows, ROWS_SEARCHED)):
        if sum(not is_blank(cell) for cell in row) >= LEAST_HEADINGS:
            return index
    return None


def _sheet_table(sheet: Sheet, header: int) -> pa.Table:
    import pyarrow as pa

    places = [place for place, cell in enumerate(sheet.rows[header]) if not is_blank(cell)]
    names = [str(sheet.rows[header][place]).strip() for place in places]
    _refuse_headings(names)
    kept = [i for i in range(header + 1, len(sheet.rows)) if any(not is_blank(cell) for cell in sheet.rows[i])]
    data: dict[str, Any] = {}
    for name, place in zip(names, places, strict=True):
        cells = [sheet.rows[i][place] if place < len(sheet.rows[i]) else None for i in kept]
        data[name] = pa.array(text_column(cells, "text")[0], pa.string())
    data[ROW] = pa.array([sheet.numbers[i] for i in kept], pa.int64())
    return pa.table(data)


def _keep(con: duckdb.DuckDBPyConnection, label: str, tables: Iterable[pa.Table]) -> str:
    for number, table in enumerate(tables):
        con.register("arrived", table)
        verb = f'insert into "{label} side"' if number else f'create or replace temp table "{label} side" as'
        con.execute(f"{verb} select * from arrived")
        con.unregister("arrived")
    return f'"{label} side"'


def _database(con: duckdb.DuckDBPyConnection, said: str, label: str) -> str:
    """A table of a database, read in batches; `URL#table` or `URL#schema.table`."""
    from sqlalchemy import MetaData, Table, create_engine, select
    from sqlalchemy.exc import SQLAlchemyError

    address, _, name = said.partition("#")
    schema, _, table = name.rpartition(".")
    if not table:
        raise CompareError(f"The {label} side is a database: name the table after the address, as in URL#table.")
    try:
        engine = create_engine(address)
        with engine.connect().execution_options(stream_results=True, max_row_buffer=BATCH) as connection:
            shape = Table(table, MetaData(), schema=schema or None, autoload_with=connection)
            names = [column.name for column in shape.columns]
            result = connection.execute(select(shape))
            kept = _keep(con, label, _batches(names, result.partitions(BATCH)))
        engine.dispose()
    except (SQLAlchemyError, ImportError, ValueError):
        raise CompareError(
            f"The {label} side's table cannot be read: check the address, the driver that it needs, and the right to read the table."
        ) from None
    return kept


def _batches(names: Sequence[str], parts: Iterable[Sequence[Any]]) -> Iterator[pa.Table]:
    import pyarrow as pa

    done = 0
    shape = pa.schema([*((name, pa.string()) for name in names), (ROW, pa.int64())])
    yield shape.empty_table()
    for part in parts:
        columns = list(zip(*part, strict=True))
        data = [pa.array(text_column(map(_plain, cells), "text")[0], pa.string()) for cells in columns]
        data.append(pa.array(range(done + 1, done + 1 + len(part)), pa.int64()))
        done += len(part)
        yield pa.Table.from_arrays(data, schema=shape)


def _plain(cell: Any) -> Any:
    """A value of a database as a cell: what no file could hold, as its text."""
    return cell if type(cell) in CONVERT else str(cell)
