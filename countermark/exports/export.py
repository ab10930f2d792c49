"""Exporting a snapshot: the tables of an audience as files of one format, put into the folder whole or not at all
where it is new.

The snapshot is attached for reading; nothing is written into it. Only files named after exported tables are replaced.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import duckdb

from countermark.calendar.working_days import working_days_since
from countermark.exports import package, suppression
from countermark.exports.audience import Audience, given_to, rows_query
from countermark.exports.later import fill_in_later
from countermark.exports.profile import DEFAULT
from countermark.exports.profile import profile as suppression_profile
from countermark.exports.published import ENGINE_TYPES, Table, tables
from countermark.exports.write import WRITERS, ExportError, Format
from countermark.warehouse.connect import quiet

DAYS = """
select first_seen as day from breaks where first_seen is not null
union select coalesce(event_date, decides_on) from breaks where coalesce(event_date, decides_on) is not null
"""


def export(
    snapshot: Path,
    out: Path,
    fmt: Format,
    audience: Audience,
    as_at: date | None,
    today: date,
    profile: str = DEFAULT,
    told: Path | None = None,
    authority: str | None = None,
) -> list[Path]:
    """Write the audience's tables of a snapshot into `out`, one file a table (`metrics.csv`), and return the files in
    order. Beside CSV lie what describes it and its fingerprints (`package`).

    `as_at` keeps one date's rows of the tables that have dates; `today` is the day to which ages are counted. For the public,
    `profile` names the suppression profile and `told` an earlier publication, which is known already. `authority`
    keeps one council's rows, where the home holds several. Raises ExportError, a
    plain sentence, where nothing is published for the date, where the folder holds tables that the audience may not see, or
    where a table is not as documented; EngineError where the database fails; OSError where the folder cannot be written.
    """
    given = given_to(audience)
    _refuse_mixture(out, {table.name for table in given}, audience)
    with _unfinished(out) as folder, reading(snapshot, today, folder.with_name(f"{folder.name}-spill")) as con:
        if as_at is not None:
            _refuse_unknown_date(con, as_at)
        if audience == "public":
            suppression.prepare(con, suppression_profile(profile), told)
        for table in given:
            query = query_of(con, table, audience, as_at, _of(authority, table, audience))
            with quiet("writing the export"):
                WRITERS[fmt](con, query, table, folder / f"{table.name}.{fmt}")
        described = package.describe(folder, given, audience, snapshot.stem) if fmt == "csv" else []
        return _put_in_place(folder, out, [f"{table.name}.{fmt}" for table in given], described)


@contextmanager
def reading(snapshot: Path, today: date, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory whose default database is the snapshot, read only, with what queries call.

    What does not fit into memory goes to `spill`: not, as is the engine's habit, to the folder where somebody happens to be.
    """
    if not snapshot.is_file():
        raise ExportError("The published figures are not there: run `countermark run` first.")
    with quiet("opening the published figures"):
        con = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    try:
        with quiet("opening the published figures"):
            con.execute(f"attach '{str(snapshot).replace(chr(39), chr(39) * 2)}' as published (read_only)")
            con.execute("use published")
            con.execute("set temp_directory = ?", [str(spill)])
            fill_in_later(con)
            _count_ages(con, today)
        yield con
    finally:
        con.close()


def _count_ages(con: duckdb.DuckDBPyConnection, today: date) -> None:
    """Table `ages`: working days to today, at least 0, from each day on which a difference was first seen or its case was decided."""
    con.execute("create temp table ages (day date, age_working_days integer)")
    days = con.execute(DAYS).fetchall()
    if days:
        con.executemany("insert into ages values (?, ?)", [(day, working_days_since(day, today)) for (day,) in days])


def _refuse_unknown_date(con: duckdb.DuckDBPyConnection, as_at: date) -> None:
    with quiet("looking for the date"):
        dates = [day for (day,) in con.execute("select distinct as_at from metrics order by as_at").fetchall()]
    if as_at not in dates:
        there = ", ".join(str(day) for day in dates) or "none"
        raise ExportError(f"Nothing has been published for {as_at}. Published dates: {there}.")


def query_of(
    con: duckdb.DuckDBPyConnection, table: Table, audience: str, as_at: date | None, rows: str | None = None
) -> str:
    """The audience's rows of a table in stable order, checked against the table's description. `rows` is another query for them."""
    names = [column.name for column in table.columns]
    order = [name for name in table.order if name in names]
    only = f"where as_at = date '{as_at}'" if as_at is not None and "as_at" in names else ""
    columns = ", ".join(f'"{name}"' for name in names)
    query = f"select {columns} from ({rows or rows_query(table, audience)}) {only} order by " + ", ".join(
        f'"{name}" nulls first' for name in (*order, *(name for name in names if name not in order))
    )
    try:
        found = {row[0]: row[1] for row in con.execute(f"describe {query}").fetchall()}
    except duckdb.Error:
        raise ExportError(f"The published table {table.name} lacks what tables.toml describes.") from None
    differing = [c.name for c in table.columns if found[c.name] != ENGINE_TYPES[c.type]]
    if differing:
        raise ExportError(f"The published table {table.name} is not as tables.toml says: {', '.join(differing)}.")
    return query


def _of(authority: str | None, table: Table, audience: str) -> str | None:
    """The audience's rows of one council; None where they are of all."""
    if authority is None:
        return None
    return (
        f"select * from ({rows_query(table, audience)}) where authority = '{authority.replace(chr(39), chr(39) * 2)}'"
    )


def _refuse_mixture(out: Path, given: set[str], audience: str) -> None:
    """Refuse a folder with tables that this audience may not see: whoever is sent the folder is sent them too."""
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out.name} is a file: name a folder to export into.")
    others = [f"{name}.{fmt}" for name in tables() if name not in given for fmt in WRITERS]
    withheld = [name for name in others if (out / name).exists()]
    if withheld:
        names = ", ".join(withheld)
        raise ExportError(
            f"The folder {out.name} holds {names}, not for the audience {audience}: choose an empty folder."
        )


@contextmanager
def _unfinished(out: Path) -> Iterator[Path]:
    """A new folder on the same disk to write into; what is left of it is removed, whatever happens."""
    parent = out if out.is_dir() else out.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / f".countermark-unfinished-{uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(folder: Path, out: Path, names: list[str], described: list[str]) -> list[Path]:
    if not out.exists():
        folder.rename(out)
    else:
        for name in (*names, *described):
            (folder / name).replace(out / name)
    return [out / name for name in names]
