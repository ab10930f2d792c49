"""The published figures as these pages need them, each kept with its snapshot: figures, doubts, series, certificates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from countermark.certify.snapshot import read
from countermark.desk.figures import Figure, case_nouns
from countermark.desk.figures import figures as read_figures
from countermark.explaining.doubt import NONE, Doubt, doubts
from countermark.signals.read import Key, every_series
from countermark.signals.rebase import rebases
from countermark.signals.series import Series
from web.context import definitions, ledger
from web.published import Row, Snapshot

ALL = "ALL"


def rows_of(snapshot: Snapshot) -> Any:
    """Queries over a snapshot that are given only the values that they name."""

    def rows(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        return snapshot.rows(sql, {name: value for name, value in parameters.items() if f"${name}" in sql})

    return rows


def at(snapshot: Snapshot, authority: str, as_at: date) -> dict[tuple[str, str], Figure]:
    """Every figure of a position, by indicator and team, in the order of the definitions."""

    def make() -> dict[tuple[str, str], Figure]:
        nouns = case_nouns(definitions())
        found = read_figures(rows_of(snapshot), as_at, team=None, authority=authority, nouns=nouns)
        return {(one.indicator_id, one.team): one for one in found}

    made: dict[tuple[str, str], Figure] = snapshot.kept(("figures", authority, as_at), make)
    return made


def doubt(snapshot: Snapshot, figure: Figure) -> Doubt:
    """The doubts of one figure."""
    key = ("doubts", figure.authority, figure.as_at)
    made = snapshot.kept(key, lambda: doubts(rows_of(snapshot), figure.authority, figure.as_at))
    found: Doubt = made.get((figure.indicator_id, figure.team), NONE)
    return found


def series(snapshot: Snapshot, known_at: datetime | None = None) -> dict[Key, Series]:
    """Every series with its limits and signals, judged anew from each rebase that stands (stood)."""
    cuts = rebases(ledger(), known_at)

    def make() -> dict[Key, Series]:
        with read(snapshot.path) as con:
            return every_series(con, cuts)

    made: dict[Key, Series] = snapshot.kept(("series", tuple(cuts)), make)
    return made


def series_of(snapshot: Snapshot, figure: Figure, known_at: datetime | None = None) -> Series:
    """The series that a figure belongs to; one without a point where there is none."""
    key = (figure.authority, figure.indicator_id, figure.team)
    none = Series(*key, figure.title, figure.unit, figure.case_unit, figure.better, ())
    return series(snapshot, known_at).get(key, none)


def teams(snapshot: Snapshot, authority: str) -> list[str]:
    """The teams with figures, by name."""
    query = "select distinct team from main.metrics where authority = ? and team <> 'ALL' order by team"
    found: list[str] = snapshot.kept(
        ("teams", authority), lambda: [row["team"] for row in snapshot.rows(query, [authority])]
    )
    return found


def positions(snapshot: Snapshot, authority: str) -> list[date]:
    """The dates with figures, newest first."""
    query = "select distinct as_at from main.metrics where authority = ? order by 1 desc"
    found: list[date] = snapshot.kept(
        ("dates", authority), lambda: [row["as_at"] for row in snapshot.rows(query, [authority])]
    )
    return found


def certified_before(snapshot: Snapshot, figure: Figure) -> Row | None:
    """The last certified value of a measure and team: an earlier revision of this date's, else that of the newest earlier date."""

    def make() -> dict[tuple[str, str, date], Row]:
        found = snapshot.rows(
            "select indicator_id, team, as_at, revision, system_numerator as numerator, system_denominator as denominator, "
            "system_value as value, published_at "
            "from main.revisions where authority = $authority and status = 'certified' "
            "qualify row_number() over (partition by indicator_id, team, as_at order by revision desc) = 1 order by as_at",
            {"authority": figure.authority},
        )
        return {(row["indicator_id"], row["team"], row["as_at"]): row for row in found}

    every = snapshot.kept(("certified", figure.authority), make)
    own = [
        row
        for (indicator, team, as_at), row in every.items()
        if (indicator, team) == (figure.indicator_id, figure.team) and as_at <= figure.as_at
    ]
    return own[-1] if own else None
