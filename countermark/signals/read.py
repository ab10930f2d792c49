"""Reading every series of a snapshot with its limits and signals: three queries for all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from countermark.contracts.events import OTHER, told
from countermark.signals.series import LEAST_POINTS, LIMIT, NEAR, NOTHING, SCREEN, Cut, Mark, Point, Series
from countermark.warehouse.connect import quiet, statements

SQL = Path(__file__).resolve().parents[2] / "sql" / "shared" / "signals"
CONSTANTS = {"reach": LIMIT, "close_to": NEAR, "screen": SCREEN, "least_points": LEAST_POINTS, "nothing": NOTHING}
Key = tuple[str, str, str]  # authority, indicator, team
SERIES = """
select
    points.authority, points.indicator_id, points.team, points.title, points.unit, points.case_unit, points.better, points.as_at,
    points.numerator, points.denominator, points.recorded, points.value, points.status, points.reconstructed, points.range_low,
    points.range_high, signals.since, signals.centre, signals.lower, signals.upper, signals.signal, coalesce(signals.whither, 0),
    coalesce(signals.judged, 'none')
from signal_points as points
left join signal_findings as signals using (authority, indicator_id, team, as_at)
order by points.authority, points.indicator_id, points.team, points.as_at
"""
# Days that the authority marks. A publication of an earlier version knows go-lives alone.
EVENTS = {
    True: "select authority, happened_on, kind, says from main.events",
    False: "select authority, on_day as happened_on, 'go_live' as kind, null::varchar as says from facts.go_lives",
}


def every_series(con: duckdb.DuckDBPyConnection, rebases: Sequence[Cut] = ()) -> dict[Key, Series]:
    """All series of the open snapshot, judged anew from each rebase and each day that its authority marks. EngineError where the
    database fails."""
    with quiet("following the figures over time"):
        find_signals(con, rebases)
        rows = con.execute(SERIES).fetchall()
        marks = [
            (str(code), Mark(day, kind, told(kind, says)))
            for code, day, kind, says in con.execute("select * from signal_events order by all").fetchall()
        ]
    return {key: _series(key, list(found), rebases, marks) for key, found in groupby(rows, lambda row: tuple(row[:3]))}


def find_signals(con: duckdb.DuckDBPyConnection, rebases: Sequence[Cut]) -> None:
    """Fill the temporary tables of points, limits and signals."""
    has_events = "select count(*) > 0 from duckdb_tables() where schema_name = 'main' and table_name = 'events' and not temporary"
    there = bool(con.execute(has_events).fetchall()[0][0])
    con.execute(f"create or replace temp table signal_events as {EVENTS[there]}")
    cuts = [
        {"authority": c.authority, "indicator_id": c.indicator_id, "team": c.team, "from_day": c.from_day}
        for c in rebases
    ]
    run(con, "points", rebases=cuts)
    run(con, "limits")
    run(con, "signals")


def run(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> None:
    """Run one file of sql/shared/signals, its constants and values bound."""
    bound = {**CONSTANTS, **values}
    for statement in statements((SQL / f"{name}.sql").read_text(encoding="utf-8")):
        con.execute(statement, {key: value for key, value in bound.items() if f"${key}" in statement})


def _series(key: Key, rows: list[tuple[Any, ...]], rebases: Sequence[Cut], marks: Sequence[tuple[str, Mark]]) -> Series:
    authority, indicator, team = key
    cuts = [cut for cut in rebases if (cut.authority, cut.indicator_id, cut.team) == key]
    own = tuple(mark for code, mark in marks if code == authority)
    cuts += [Cut(authority, indicator, team, mark.on, mark.says, kind=mark.kind) for mark in own if mark.kind != OTHER]
    title, unit, case_unit, better = rows[-1][3:7]
    points = tuple(Point(*row[7:]) for row in rows)
    return Series(*key, title, unit, case_unit, better, points, tuple(sorted(cuts, key=lambda cut: cut.from_day)), own)
