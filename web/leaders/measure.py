"""The page of one measure, as records: chart and its table, why the two counts differ, revisions, the file for spreadsheets."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from countermark.charts.control import control_chart
from countermark.charts.told import limits_text
from countermark.charts.waterfall import Step, waterfall
from countermark.desk.figures import Figure
from countermark.explaining.lived import lived_of
from countermark.signals.series import JUDGED_WORDS, LEAST_POINTS, SIGNAL_WORDS, Cut, Point, Series
from countermark.words import STATUS_WORDS, sentence
from web.context import definitions
from web.leaders import figures
from web.leaders.aims import population
from web.leaders.beside import Beside, beside
from web.leaders.changes import reason
from web.leaders.evidence import Certificate, certificate
from web.leaders.said import Said, is_quoted, last_year, number, said
from web.leaders.weeks import Weeks, weeks
from web.published import Row, Snapshot

LEAST_TO_DRAW = 2
BRIDGES = """
select bridges.measure, bridges.manual, bridges.system, bridges.grade,
    coalesce((
        select list({'reason': lines.reason, 'effect': lines.effect, 'cases': lines.cases} order by abs(lines.effect) desc, lines.reason)
        from (
            select reason, sum(effect)::integer as effect, count(*)::integer as cases from main.breaks as breaks
            where breaks.authority = bridges.authority and breaks.indicator_id = bridges.indicator_id and breaks.as_at = bridges.as_at
                and breaks.team = bridges.team and breaks.measure = bridges.measure
            group by reason, sign(effect)
        ) as lines
    ), []) as lines
from facts.bridges as bridges
where authority = $authority and indicator_id = $indicator and as_at = $as_at and team = $team
order by measure desc
"""
REVISIONS = """
select revision, class, changes_conclusion, system_numerator as numerator, system_denominator as denominator,
    system_value as value, status, extracts, published_at
from main.revisions
where authority = $authority and indicator_id = $indicator and as_at = $as_at and team = $team
order by revision desc
"""
HEADINGS = (
    "indicator_id", "team", "as_at", "numerator", "denominator", "value", "range_low", "range_high", "status", "status_words", "average",
    "lower_limit", "upper_limit", "signal", "judged",
)  # fmt: skip


@dataclass(frozen=True)
class Bridge:
    """One measure's way from the team's count to the system's: the picture, twice, and its lines."""

    name: str
    counted: str
    manual: int
    system: int
    lines: tuple[Step, ...]
    wide: Markup
    narrow: Markup


@dataclass(frozen=True)
class Measure:
    """A measure's page. `chart` is empty where there are too few points, and `no_chart` says so."""

    said: Said
    certificate: Certificate
    series: Series
    chart: Markup
    chart_narrow: Markup
    no_chart: str
    key: str
    points: tuple[dict[str, Any], ...]
    bridges: tuple[Bridge, ...]
    hidden_bridges: bool
    revisions: tuple[dict[str, Any], ...]
    last_year: str
    beside: Beside
    population: str
    cuts: tuple[Cut, ...]
    weeks: Weeks | None
    ages: tuple[str, ...]


def measure(snapshot: Snapshot, figure: Figure, known_at: datetime | None = None) -> Measure:
    """The page of one figure, for the person of this request."""
    line = figures.series_of(snapshot, figure, known_at)
    shown, found = said(snapshot, figure, known_at), [] if not is_quoted(figure.status) else _bridges(snapshot, figure)
    drawn = len(line.judged_points) >= LEAST_TO_DRAW
    officer = is_quoted("withheld")
    return Measure(
        shown, certificate(snapshot, figure), line,
        Markup(control_chart(line, figure.as_at, shows_withheld=officer) if drawn else ""),  # noqa: S704 (our own drawing)
        Markup(control_chart(line, figure.as_at, narrow=True, shows_withheld=officer) if drawn else ""),  # noqa: S704
        "" if drawn else _no_chart(line), _key(line, figure, officer) if drawn else "",
        tuple(_row(one, line) for one in reversed(line.points)), tuple(found), not is_quoted(figure.status),
        _revisions(_rows(snapshot, REVISIONS, figure), figure), last_year(line, figure), beside(snapshot, figure),
        population(snapshot, figure), line.cuts_between,
        weeks(snapshot, figure) if is_quoted(figure.status) else None,
        _ages(snapshot, figure) if found else (),
    )  # fmt: skip


def _ages(snapshot: Snapshot, figure: Figure) -> tuple[str, ...]:
    """How old its differences are: explained, lapsed, new, there before and since when."""
    key = ("ages", figure.authority, figure.indicator_id, figure.as_at, figure.team)
    ages = snapshot.kept(key, lambda: lived_of(lambda sql, said: snapshot.rows(sql, dict(said)), *key[1:]))
    return tuple(ages.says()) if ages else ()


def counted_alone(snapshot: Snapshot, whole: Figure | None, team: str) -> str:
    """What a team counted where the system has nobody to count; empty where it counted nobody, or the figure is not quoted."""
    if whole is None or not is_quoted(whole.status):
        return ""
    row = snapshot.row(
        "select numerator, denominator from main.claims where authority = $authority and indicator_id = $indicator and as_at = $as_at "
        "and team = $team",
        {"authority": whole.authority, "indicator": whole.indicator_id, "as_at": whole.as_at, "team": team},
    )
    if row is None or not (row["denominator"] or row["numerator"]):
        return ""
    counted = row["numerator"] if row["denominator"] is None else f"{row['numerator']} of {row['denominator']}"
    return f"The team itself counted {counted}: each of them is a difference."


def _key(line: Series, figure: Figure, officer: bool) -> str:
    """What the lines and marks of the chart are, those that it has."""
    point = line.at(figure.as_at)
    parts = [f"Thirteen month ends make an average and limits; {len(line.judged_points)} are there."]
    if line.has_limits:
        parts = ["Plain line: the average. Broken lines: between them lies what chance explains."]
        parts += [f"{limits_text(point, line)}."] if point and point.centre is not None else []
    if any(one.range_low != one.range_high for one in line.judged_points):
        parts.append("Grey bars: the range in which a figure lies.")
    if any(one.value is None and one.recorded is not None for one in line.points):
        parts.append(
            "Crosses: recorded, but not reliable enough." if officer else "[x]: not reliable enough to report."
        )
    return " ".join(parts)


def _no_chart(line: Series) -> str:
    points = len(line.judged_points)
    there = "no month end" if points == 0 else "one month end"
    return f"No chart yet: {there} that can be compared. Two make a line, {LEAST_POINTS} make limits."


def _rows(snapshot: Snapshot, sql: str, figure: Figure) -> list[Row]:
    bound = {
        "authority": figure.authority, "indicator": figure.indicator_id, "as_at": figure.as_at, "team": figure.team,
    }  # fmt: skip
    found: list[Row] = snapshot.kept((sql, *bound.values()), lambda: snapshot.rows(sql, bound))
    return found


def _row(point: Point, line: Series) -> dict[str, Any]:
    """A point as a line of the chart's table."""
    quoted = is_quoted(point.status)
    return {
        "as_at": point.as_at,
        "value": number(point.numerator, point.denominator, line.unit, point.recorded) if quoted else "[x]",
        "counts": _counts(point) if quoted else "[x]",
        "status": point.status,
        "limits": limits_text(point, line) if point.centre is not None else "[z]",
        "signal": JUDGED_WORDS[point.judged] + (f": {SIGNAL_WORDS[point.signal]}" if point.signal else ""),
    }


def _counts(point: Point) -> str:
    return f"{point.numerator:,}" if point.denominator is None else f"{point.numerator:,} of {point.denominator:,}"


def _bridges(snapshot: Snapshot, figure: Figure) -> list[Bridge]:
    reasons, found = definitions().reasons, []
    for row in _rows(snapshot, BRIDGES, figure):
        steps = tuple(
            Step(
                reasons[one["reason"]].people_read if one["reason"] in reasons else one["reason"],
                one["effect"],
                one["cases"],
            )
            for one in row["lines"]
        )
        counted = "The teams' counts added" if row["grade"] == "sum of teams" else "The team's count"
        if figure.team == figures.ALL and row["grade"] != "sum of teams":
            counted = "The authority's count"
        ends = ((counted, row["manual"]), [step for step in steps if step.effect], ("The system now", row["system"]))
        name = "Those that meet it" if row["measure"] == "numerator" else "All who count"
        name = "The count" if figure.unit == "count" else name
        wide, narrow = Markup(waterfall(*ends)), Markup(waterfall(*ends, narrow=True))  # noqa: S704 (our own drawing)
        found.append(Bridge(name, counted, row["manual"], row["system"], steps, wide, narrow))
    return found


def _revisions(rows: list[Row], figure: Figure) -> tuple[dict[str, Any], ...]:
    """The revisions, newest first, each beside the one before it."""
    return tuple(_revision(row, before, figure) for row, before in zip(rows, [*rows[1:], None], strict=True))


def _revision(row: Row, before: Row | None, figure: Figure) -> dict[str, Any]:
    quoted = is_quoted(row["status"]) and (row["status"] != "provisional" or is_quoted(figure.status))
    same = before is not None and _value(before) == _value(row)
    why, conclusion = reason(
        str(row["class"]), before["status"] if before else None, row["status"], same, bool(row["changes_conclusion"])
    )
    return {
        **row,
        "value": number(row["numerator"], row["denominator"], figure.unit, row["value"]) if quoted else "[x]",
        "counts": _whole(row) if quoted else "",
        "class": sentence(why),
        "changes_conclusion": conclusion,
    }


def _value(row: Row) -> tuple[int, int | None, float | None]:
    return row["numerator"], row["denominator"], row["value"]


def _whole(row: Row) -> str:
    return "" if row["denominator"] is None else f"{row['numerator']:,} of {row['denominator']:,}"


def csv_of(snapshot: Snapshot, authority: str, indicator_id: str, team: str) -> str:
    """The points of a series as CSV: empty for what is missing or not quoted; a text is never a formula."""
    line = figures.series(snapshot).get((authority, indicator_id, team))
    into = io.StringIO()
    writer = csv.writer(into, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for point in line.points if line else ():
        quoted = is_quoted(point.status)
        figure = (point.numerator, point.denominator, point.recorded, point.range_low, point.range_high)
        writer.writerow(
            [indicator_id, _text(team), point.as_at, *(figure if quoted else (None,) * 5), point.status,
             STATUS_WORDS[point.status], point.centre, point.lower, point.upper, point.signal, point.judged]
        )  # fmt: skip
    return "\ufeff" + into.getvalue()


def _text(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r\n" else text
