"""One figure explained in plain text: what it is, how far it can be trusted, why the team's count and the system differ, case by case.

Officers see cases with file, sheet and row. Leaders see no child, no worker and no name, and of a withheld figure no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.snapshot import read
from countermark.contracts.catalogue import load
from countermark.explaining import pairs, reading
from countermark.explaining.parts import Explanation, Reader
from countermark.warehouse.connect import quiet


class UnknownFigure(LookupError):  # noqa: N818 (it is a finding, and its text is what people read)
    """No such figure has been published. The text says which there are."""


def explain(snapshot: Path, indicator: str, as_at: date, team: str = "ALL", audience: Reader = "officer") -> str:
    """The text, lines of at most 100 characters (a long file name aside); one part for each authority that has the figure.

    Raises UnknownFigure, a plain sentence naming what there is; EngineError where the database fails.
    """
    catalogue = load()
    if (pair := indicator.strip().upper()) in catalogue.pairs and audience == "officer":
        return _pair(snapshot, pair, as_at)
    with read(snapshot) as con, quiet("reading the published figure"):
        found = reading.figures(con, indicator, as_at, team)
        if not found:
            raise UnknownFigure(what_there_is(con, indicator, as_at, team))
        parts = [Explanation(con, catalogue, figure, audience).lines() for figure in found]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _pair(snapshot: Path, pair: str, as_at: date) -> str:
    """Two systems side by side, with their cases; one part for each authority."""
    with read(snapshot) as con, quiet("reading the published pairs"):

        def rows(query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
            found = con.execute(query, dict(values))
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        if not rows("from duckdb_tables() where schema_name = 'main' and table_name = 'pairs'", {}):
            raise UnknownFigure("This publication is of an earlier version: it has no pairs of systems.")
        places = rows("select distinct authority from main.pairs where as_at = $as_at order by all", {"as_at": as_at})
        parts = [
            list(pairs.words(shown, pairs.cases(rows, place["authority"], as_at, pair)))
            for place in places
            for shown in pairs.pairs(rows, place["authority"], as_at, pair)
        ]
    if not parts:
        raise UnknownFigure(f"{pair} has not been published for {as_at}.")
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def what_there_is(con: duckdb.DuckDBPyConnection, indicator: str, as_at: date, team: str) -> str:
    """Which figures there are in place of one that there is not, in a sentence."""
    rows = con.execute("select distinct indicator_id, as_at, team from main.metrics order by all").fetchall()
    wanted = [row for row in rows if row[0] == indicator.strip().upper()]
    if not wanted:
        names = ", ".join(sorted({row[0] for row in rows})) or "none yet"
        return f"No figure of {indicator} has been published. Published indicators: {names}."
    at_date = [row for row in wanted if row[1] == as_at]
    if not at_date:
        days = ", ".join(str(d) for d in sorted({row[1] for row in wanted}))
        return f"{indicator} has not been published for {as_at}. Published dates: {days}."
    teams = ", ".join(row[2] for row in at_date)
    return f"{indicator} at {as_at} has no figure for the team {team}. Published teams: {teams}."
