"""Lists for teams to tick: each headline figure's own children as recorded, so that confirming is faster than counting.

One workbook a team, one sheet a figure. What comes back is read by the file layout `manual_prefilled` and becomes the team's count by
sql/shared/reconcile/prefilled.sql. Nothing is suppressed: a list goes to the team whose children it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.snapshot import read
from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from countermark.exports.prefilled_sheet import Listed, write_book
from countermark.exports.write import ExportError
from countermark.warehouse.connect import quiet

QUERIES = SHIPPED / "sql" / "shared" / "export" / "prefilled"
MOST = 7  # a manager who is sent more sheets than that fills in none
NO_INITIALS = "select null::varchar as authority, null::varchar as child_id, null::varchar as initials where false"


@dataclass(frozen=True)
class Made:
    """One workbook: the team, where it lies, how many cases each of its sheets lists."""

    team: str
    path: Path
    cases: dict[str, int] = field(default_factory=dict)


def write_lists(
    snapshot: Path, out: Path, as_at: date, team: str | None = None, indicators: Sequence[str] = (),
    authority: str | None = None, catalogue: Catalogue | None = None,
) -> list[Made]:  # fmt: skip
    """Write the workbook of each team that owes counts (or of `team`) into the folder `out`.

    `indicators` asks for other figures that the team owes than the headline ones. ExportError, a plain sentence, where nothing is
    published for the date, or nothing is owed that was asked for.
    """
    with read(snapshot) as con, quiet("reading the teams' cases"):
        code = _authority(con, authority, as_at)
        wanted = _lists(con, code, as_at, team, [name.upper() for name in indicators])
        found = {
            name: [_listed(con, code, as_at, name, row, snapshot.stem) for row in rows] for name, rows in wanted.items()
        }
    out.mkdir(parents=True, exist_ok=True)
    definitions = catalogue or load()
    made = []
    for name, lists in found.items():
        path = out / f"{_plain(name)} {as_at.isoformat()}.xlsx"
        write_book(path, name, as_at, lists, definitions)
        made.append(Made(name, path, {one.indicator_id: len(one.rows) for one in lists}))
    return made


def _lists(
    con: duckdb.DuckDBPyConnection, authority: str, as_at: date, team: str | None, indicators: list[str]
) -> dict[str, list[tuple[Any, ...]]]:
    """By team: the figures of its sheets."""
    query = (QUERIES / "lists.sql").read_text(encoding="utf-8")
    said = {"authority": authority, "as_at": as_at, "team": team, "indicators": indicators, "most": MOST}
    wanted: dict[str, list[tuple[Any, ...]]] = {}
    for name, *row in con.execute(query, said).fetchall():
        wanted.setdefault(str(name), []).append(tuple(row))
    if not wanted and team is not None:
        raise ExportError("This team owes no such count at this date: see `owes` in authority.toml.")
    if not wanted:
        raise ExportError("No team owes such a count at this date: see `owes` in authority.toml.")
    return wanted


def _listed(
    con: duckdb.DuckDBPyConnection, authority: str, as_at: date, team: str, row: tuple[Any, ...], snapshot: str
) -> Listed:
    query = (QUERIES / "rows.sql").read_text(encoding="utf-8")
    if not con.execute(
        "select 1 from duckdb_tables() where schema_name = 'facts' and table_name = 'initials'"
    ).fetchone():
        query = query.replace("facts.initials", f"({NO_INITIALS})")
    indicator, title, question, measures, _ = row
    said = {"authority": authority, "as_at": as_at, "team": team, "indicator": indicator}
    rows = con.execute(query, said).fetchall()
    return Listed(str(indicator), str(title), str(question), measures == "count", tuple(rows), snapshot)


def _authority(con: duckdb.DuckDBPyConnection, authority: str | None, as_at: date) -> str:
    """The authority asked for, or the only one with figures at the date."""
    rows = con.execute("select distinct authority from metrics where as_at = ? order by 1", [as_at]).fetchall()
    found = [str(code) for (code,) in rows]
    if authority in found:
        return str(authority)
    if authority is None and len(found) == 1:
        return found[0]
    raise ExportError(f"Nothing has been published for {as_at}." if not found else "Say for which council.")


def _plain(team: str) -> str:
    """A team's name as a file's: letters, digits, spaces."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in team).split()) or "team"
