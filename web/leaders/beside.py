"""What stands beside a figure on its own page: other places as published, the findings that it answers, audits of the same practice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from countermark.contracts.findings import Finding, Letter
from countermark.contracts.populations import PER
from countermark.desk.figures import ALL, Figure
from countermark.words import day, is_measured, measured
from web.context import definitions
from web.leaders import figures
from web.leaders.aims import rate_alone
from web.leaders.said import Said, said
from web.published import Row, Snapshot
from web.words import CODES, NOT_AVAILABLE

ORDER = ("own", "own_before", "neighbours", "region", "england")
ROWS = "select * from main.comparators where authority = ? and indicator_id = ? order by ends_on"
ANY_THEME = "*"


@dataclass(frozen=True)
class Other:
    """What is published of one place. `value` and `counts` may begin with a code; `code_says` is its meaning."""

    place: str
    when: str
    value: str
    counts: str
    code_says: str = ""


@dataclass(frozen=True)
class Beside:
    """Other places and what is said of them, findings, audits. `here` is the figure itself as a row of the same table."""

    heading: str
    here: Other
    others: tuple[Other, ...]
    source: str
    differs: str
    findings: tuple[tuple[str, Letter, Finding], ...]
    audits: tuple[Said, ...]


def beside(snapshot: Snapshot, figure: Figure) -> Beside:
    """What stands beside one figure. Other places stand beside the council as a whole alone."""
    rows = _published(snapshot, figure) if figure.team == ALL else []
    first = rows[0] if rows else {"source": "", "differs": ""}
    heading = f"For every {PER:,} children" if figure.unit == "count" else "Figure"
    return Beside(
        heading, _here(snapshot, figure), tuple(_other(row, figure) for row in rows), first["source"], first["differs"],
        tuple(_found(figure.indicator_id)), tuple(_audits(snapshot, figure)),
    )  # fmt: skip


def _published(snapshot: Snapshot, figure: Figure) -> list[Row]:
    """The rows of the last published year that had ended by the figure's date, else of the first; the council's own of the year before."""
    if not snapshot.has("comparators"):
        return []
    rows = snapshot.rows(ROWS, [figure.authority, figure.indicator_id])
    ends = sorted({row["ends_on"] for row in rows})
    chosen = max((day for day in ends if day <= figure.as_at), default=ends[0] if ends else None)
    if chosen is None:
        return []
    before = date(chosen.year - 1, chosen.month, chosen.day)
    told = [row for row in rows if row["ends_on"] == chosen]
    told += [{**row, "whose": "own_before"} for row in rows if (row["whose"], row["ends_on"]) == ("own", before)]
    return sorted(told, key=lambda row: ORDER.index(row["whose"]))


def _other(row: Row, figure: Figure) -> Other:
    code = f"[{row['code']}]" if row["code"] else ""
    when = f"{row['published_for'][:1].upper()}{row['published_for'][1:]} {row['ends_on'].year}"
    counts = (
        ""
        if row["numerator"] is None or row["denominator"] is None
        else f"{_number(row['numerator'])} of {_number(row['denominator'])}"
    )
    if figure.unit == "percent":
        value = code if row["value"] is None else f"{row['value']:.1%}"
    elif is_measured(figure.unit):
        value = code if row["value"] is None else measured(row["value"], figure.unit)
    else:
        value = NOT_AVAILABLE if row["rate"] is None else f"{row['rate']:,.1f}"
        counts = "" if row["whose"] == "neighbours" else code if row["value"] is None else _number(row["value"])
    shown = value or NOT_AVAILABLE
    return Other(row["place"], when, shown, counts, CODES.get(shown, ""))


def _here(snapshot: Snapshot, figure: Figure) -> Other:
    """The figure itself: of a count its rate, of a share of few the counts alone, and the time that it is of."""
    shown, one = said(snapshot, figure), definitions().indicators.get(figure.indicator_id)
    time = {"snapshot": "At", "month": "Month to"}.get(
        one.period if one else "snapshot", f"{one.months if one else 12} months to"
    )
    when = f"{time} {day(figure.as_at)}"
    if figure.unit == "count":
        value = rate_alone(snapshot, figure) or NOT_AVAILABLE
        return Other("Here, as counted now", when, value, shown.value, CODES.get(value, ""))
    counts = shown.of if shown.of[:1].isdigit() else ""
    return Other("Here, as counted now", when, shown.value, counts, CODES.get(shown.value, ""))


def _number(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"


def _found(indicator_id: str) -> Sequence[tuple[str, Letter, Finding]]:
    """The findings that an indicator answers; over a longer time those of its month's."""
    one = definitions().indicators.get(indicator_id)
    names = {indicator_id, one.window_of if one else indicator_id}
    return [
        (letter.code(finding), letter, finding)
        for letter in definitions().findings
        for finding in letter.finding
        if names & set(finding.indicators)
    ]


def _audits(snapshot: Snapshot, figure: Figure) -> list[Said]:
    """What audits said of the same practice, at the same date: of the same team where it was audited, over the longest time there is."""
    every = definitions().indicators
    graders = [one for one in every.values() if one.stands_beside and not one.window_of]
    if figure.theme in {one.theme for one in graders}:
        return []
    named = [one for one in graders if figure.theme in one.stands_beside]
    there = figures.at(snapshot, figure.authority, figure.as_at)
    found = []
    for one in named or [one for one in graders if ANY_THEME in one.stands_beside]:
        ids = [f"{one.id}_{months}M" for months in sorted(one.windows, reverse=True)] + [one.id]
        keys = [(name, team) for team in dict.fromkeys((figure.team, ALL)) for name in ids]
        found += [said(snapshot, there[key]) for key in keys if key in there][:1]
    return found
