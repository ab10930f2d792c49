"""How old the differences of one figure are, in sentences: explained, lapsed, new, old and since when, there again; and what closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from countermark.calendar.working_days import working_days_since
from countermark.words import day

Rows = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
# `mine`: the differences that move the figure at its date, or moved it at the date before; the authority without a count of its own
# has its teams'.
LIVES = """
with own as (
    select 1 from facts.bridges
    where authority = $authority and indicator_id = $indicator and as_at = $as_at and team = $team
),
mine as (
    select distinct break_id from main.breaks
    where authority = $authority and indicator_id = $indicator and effect <> 0
        and (team = $team or ($team = 'ALL' and team <> 'ALL' and not exists (from own)))
)
select lives.life, lives.state, lives.lapsed, lives.since, lives.before, lives.reason is not null as stands
from desk.lives as lives semi join mine on lives.break_id = mine.break_id
where lives.authority = $authority and lives.indicator_id = $indicator and lives.as_at = $as_at
    and (lives.reason is null or lives.break_id in (
        select break_id from main.breaks
        where authority = $authority and indicator_id = $indicator and as_at = $as_at and effect <> 0
            and (team = $team or ($team = 'ALL' and team <> 'ALL' and not exists (from own)))
    ))
"""


@dataclass(frozen=True)
class Lived:
    """How many of a figure's differences are what. `before` is the date before, `since` the first date of the oldest."""

    as_at: date
    standing: int
    explained: int
    lapsed: int
    new: int
    again: int
    since: date | None
    before: date | None
    corrected: int
    past: int
    not_counted: int

    @property
    def old(self) -> int:
        """Those that were there at the date before."""
        return self.standing - self.new - self.again

    def says(self) -> list[str]:
        """Sentences; none where there is nothing to say."""
        said: list[str] = []
        if self.standing:
            still = self.standing - self.explained - self.lapsed
            parts = [
                (self.explained, "explained by decisions in force"), (self.lapsed, "open again since the decision no longer holds"),
                (still, "open"),
            ]  # fmt: skip
            said.append(f"{_many(self.standing)}: {_and([f'{number} {words}' for number, words in parts if number])}.")
            ages = [f"{self.new} new at this date"] if self.before else []
            if self.old and self.since and self.before:
                waited = working_days_since(self.since, self.as_at)
                ages.append(f"{self.old} there before, the oldest since {day(self.since)}, {waited} working days")
            ages += [f"{self.again} there again"] if self.again else []
            said += [f"{_and(ages)[:1].upper()}{_and(ages)[1:]}."] if ages else []
        gone = [
            (self.corrected, "closed"),
            (self.past, "past with their month, corrected by nobody"),
            (self.not_counted, "not counted again, so that nobody knows"),
        ]
        if any(number for number, _ in gone) and self.before:
            said.append(f"Since {day(self.before)}: {_and([f'{number} {words}' for number, words in gone if number])}.")
        return said


def lived(con: duckdb.DuckDBPyConnection, authority: str, indicator: str, as_at: date, team: str) -> Lived | None:
    """The lives of a figure's differences; None where a publication of an earlier version knows none."""

    def rows(sql: str, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = con.execute(sql, dict(said))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return lived_of(rows, authority, indicator, as_at, team)


def lived_of(rows: Rows, authority: str, indicator: str, as_at: date, team: str) -> Lived | None:
    """The same by a query function."""
    if not rows("select 1 from duckdb_tables() where schema_name = 'desk' and table_name = 'lives'", {}):
        return None
    found = rows(LIVES, {"authority": authority, "indicator": indicator, "as_at": as_at, "team": team})
    there = [row for row in found if row["stands"]]
    life = Counter(row["life"] for row in found)
    return Lived(
        as_at, len(there), sum(row["state"] == "decided" for row in there), sum(row["state"] == "open" and row["lapsed"] for row in there),
        life["new"], life["reopened"], min((row["since"] for row in there), default=None),
        next((row["before"] for row in found), None), life["corrected"], life["past"], life["not_counted"],
    )  # fmt: skip


def _many(number: int) -> str:
    return "1 difference moves it" if number == 1 else f"{number} differences move it"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
