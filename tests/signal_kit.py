"""The least of a snapshot that series are read from, and series in it. For tests of signals and charts."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

import duckdb

KEY = ("E1", "PP1", "ALL")


def month_end(index: int) -> date:
    """The last day of the month `index` months after January 2021."""
    year, month = 2021 + index // 12, index % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def figures(
    con: duckdb.DuckDBPyConnection,
    numerators: Sequence[int | None],
    *,
    denominator: int = 100,
    better: str = "high",
    withheld: Sequence[int] = (),
    also: Sequence[tuple[date, int]] = (),
    events: Sequence[tuple[date, str, str | None]] | None = None,
) -> None:
    """One series of shares, month end by month end; None is a month with an empty cohort; `also` are other days; `events` what the
    authority marks (none: a publication of an earlier version, which knew go-lives alone)."""
    con.execute("create schema if not exists facts")
    con.execute("drop table if exists main.events")
    if events is not None:
        con.execute("create table main.events (authority varchar, happened_on date, kind varchar, says varchar)")
        for day, kind, says in events:
            con.execute("insert into main.events values ('E1', ?, ?, ?)", [day, kind, says])
    con.execute("create or replace table facts.go_lives (authority varchar, on_day date)")
    con.execute(
        "create or replace table main.metrics (authority varchar, indicator_id varchar, team varchar, as_at date, title varchar, "
        "unit varchar, case_unit varchar, better varchar, system_numerator integer, system_denominator integer, system_value double, "
        "range_low double, range_high double, status varchar, reconstructed boolean)"
    )
    days = [(month_end(i), n, i in withheld) for i, n in enumerate(numerators)] + [(day, n, False) for day, n in also]
    rows = [
        (
            "E1", "PP1", "ALL", day, "Seen in time", "percent", "child", better, n or 0, denominator if n is not None else 0,
            None if n is None else n / denominator, None, None, "withheld" if hidden else "provisional", False,
        )
        for day, n, hidden in days
    ]  # fmt: skip
    if rows:
        con.executemany(f"insert into main.metrics values ({', '.join('?' * 15)})", rows)


def points_of(con: duckdb.DuckDBPyConnection) -> int:
    """How many points the last reading found."""
    return int(con.execute("select count(*) from signal_points").fetchall()[0][0])
