"""A measure watched week by week, where its definition asks for it: beside the month's figure, and named so."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from countermark.charts.weekly import Week, weekly_chart
from countermark.desk.figures import Figure
from web.published import Row, Snapshot

THERE = "select 1 from duckdb_tables() where schema_name = 'main' and table_name = 'weekly'"
WEEKS = """
select week_end, period_says, numerator, denominator, value from main.weekly
where authority = $authority and indicator_id = $indicator and team = $team and week_end <= $as_at
order by week_end
"""
LEAST_TO_DRAW = 2


@dataclass(frozen=True)
class Weeks:
    """What the page shows of them: the newest in words, the pictures, every Sunday, the newest first."""

    newest: Week
    chart: Markup
    chart_narrow: Markup
    weeks: tuple[Week, ...]


def weeks(snapshot: Snapshot, figure: Figure) -> Weeks | None:
    """The weeks up to the figure's date; None where its measure is not watched so, or too few Sundays have anybody to count."""
    bound = {
        "authority": figure.authority, "indicator": figure.indicator_id, "team": figure.team, "as_at": figure.as_at,
    }  # fmt: skip
    if not snapshot.kept((THERE,), lambda: snapshot.rows(THERE)):
        return None
    rows: list[Row] = snapshot.kept((WEEKS, *bound.values()), lambda: snapshot.rows(WEEKS, bound))
    found = tuple(Week(r["week_end"], r["period_says"], r["numerator"], r["denominator"], r["value"]) for r in rows)
    if sum(week.value is not None for week in found) < LEAST_TO_DRAW:
        return None
    wide, narrow = weekly_chart(figure.title, found), weekly_chart(figure.title, found, narrow=True)
    return Weeks(found[-1], Markup(wide), Markup(narrow), found[::-1])  # noqa: S704 (our own drawing)
