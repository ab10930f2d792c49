"""A restatement: from what a figure was in one publication to what it is in a later one, case by case put into a few steps.

Whole numbers, exactly: the steps are the cases that are counted now and were not, and the other way round, by what became of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.revisions import CLASSES, Revision, revisions
from countermark.certify.snapshot import read
from countermark.charts.waterfall import Step
from countermark.contracts.catalogue import Catalogue
from countermark.explain import UnknownFigure, what_there_is
from countermark.explaining import reading
from countermark.explaining.reading import Figure
from countermark.ledger.store import Ledger
from countermark.statement.making import NAMES, heads_of, name_of
from countermark.statement.model import Part, Statement
from countermark.warehouse.connect import quiet
from countermark.words import STATUS_WORDS, day

PICTURE = "From one publication to the next"
WORDS = {
    "came": "in the records now, not before",
    "left": "in the records no longer",
    "from_team": "held by another team before",
    "to_team": "held by another team now",
    "told_now": "can be told now, could not before",
    "untold_now": "cannot be told any longer",
    "counts_now": "counted now, not before",
    "counts_no_longer": "counted before, not now",
}
# One row per measure and way: how many cases, and what they add. `before` and `now` are the members of the figure in the two publications.
STEPS = """
with cases as (
    select
        m.measure, before.case_id is not null and ($team = 'ALL' or before.team is not distinct from $team) as was_here,
        now.case_id is not null and ($team = 'ALL' or now.team is not distinct from $team) as is_here,
        before.case_id is not null as was_there, now.case_id is not null as is_there,
        coalesce(before.state in ('overtaken', 'unusable', 'pending', 'not_countable'), false) as was_untold,
        coalesce(now.state in ('overtaken', 'unusable', 'pending', 'not_countable'), false) as is_untold,
        was_here and coalesce(if(m.measure = 'numerator', before.in_numerator, before.in_denominator), false) as counted_before,
        is_here and coalesce(if(m.measure = 'numerator', now.in_numerator, now.in_denominator), false) as counted_now
    from (select * from members_before) as before
    full join (select * from members_now) as now on before.case_id = now.case_id
    cross join (values ('numerator'), ('denominator')) as m (measure)
)
select
    measure,
    case
        when counted_now and not was_here and was_there then 'from_team'
        when counted_before and not is_here and is_there then 'to_team'
        when counted_now and not was_there then 'came'
        when counted_before and not is_there then 'left'
        when counted_now and was_untold then 'told_now'
        when counted_before and is_untold then 'untold_now'
        when counted_now then 'counts_now'
        else 'counts_no_longer'
    end as way,
    if(counted_now, 1, -1) as sign, count(*)::integer as cases
from cases where counted_before <> counted_now
group by all order by measure, cases desc, way
"""
MEMBERS = """
select case_id, any_value(team) as team, any_value(state) as state, bool_or(in_numerator) as in_numerator,
    bool_or(in_denominator) as in_denominator
from main.members where authority = $authority and indicator_id = $indicator and as_at = $as_at group by case_id
"""


@dataclass(frozen=True)
class _Asked:
    """Which figure."""

    authority: str
    indicator: str
    as_at: date
    team: str

    @property
    def members(self) -> dict[str, Any]:
        """What MEMBERS is asked with."""
        return {"authority": self.authority, "indicator": self.indicator, "as_at": self.as_at}


def restatement(
    published: Path, ledger: Ledger, catalogue: Catalogue, snapshot: Path, figure: tuple[str, date, str], *,
    between: tuple[int, int] | None = None, audience: str = "officer", authority: str | None = None,
) -> Statement:  # fmt: skip
    """From one revision of a figure (indicator, date, team) to another, by default from the one before the newest to the newest.

    `published` is the folder of publications. UnknownFigure where there is no such figure or revision, or it was published once alone.
    """
    indicator, as_at, team = figure
    with read(snapshot) as con, quiet("reading the published figure"):
        found = [one for one in reading.figures(con, indicator, as_at, team) if authority in (None, one.authority)]
        if len(found) != 1:
            raise UnknownFigure(
                "Several councils have that figure: say which." if found else what_there_is(con, indicator, as_at, team)
            )
        known = revisions(_rows(con), found[0].authority, found[0].indicator_id, as_at, found[0].team)
    first, last = _two(known, between)
    files = {one.published_at.replace(tzinfo=None): published / one.snapshot for one in ledger.revisions()}
    kept = [files.get(one.published_at) for one in (first, last)]
    return _made(found[0], first, last, [path if path and path.is_file() else None for path in kept], audience)


def _two(known: Sequence[Revision], between: tuple[int, int] | None) -> tuple[Revision, Revision]:
    by_number = {one.number: one for one in known}
    if len(known) < 2:
        raise UnknownFigure("The figure has been published once alone: there is nothing to restate.")
    wanted = between or (known[-2].number, known[-1].number)
    if not set(wanted) <= set(by_number) or wanted[0] >= wanted[1]:
        there = ", ".join(str(one) for one in by_number)
        raise UnknownFigure(f"Name two revisions of the figure, the earlier one first. There are: {there}.")
    return by_number[wanted[0]], by_number[wanted[1]]


def _made(figure: Figure, first: Revision, last: Revision, files: list[Path | None], audience: str) -> Statement:
    quoted = audience == "officer" or "withheld" not in (first.status, last.status)
    heads = (
        *heads_of(figure),
        f"Revision {first.number}, published on {_day(first.published_at)}: {STATUS_WORDS[first.status]}.",
        f"Revision {last.number}, published on {_day(last.published_at)}: {STATUS_WORDS[last.status]}. {CLASSES[last.revision_class]}.",
    )
    title, name = "Restated since", name_of("restatement", figure.indicator_id, figure.as_at)
    if not quoted:
        return Statement(
            title, heads, (), ("No number is quoted of a figure that is not reliable enough to report.",), PICTURE, name
        )
    found = _steps(figure, files)
    measures = ["numerator"] if figure.measures == "count" else ["numerator", "denominator"]
    parts = tuple(_part(figure, measure, first, last, found) for measure in measures)
    notes = (
        []
        if any(part.steps for part in parts)
        else ["The number is the same: what changed is its status, its range or its checks."]
    )
    if last.changes_conclusion:
        notes.append("This changes the conclusion.")
    if found is None and any(part.steps for part in parts):
        notes.append("One of the two publications is no longer kept, so the change is shown as one step.")
    return Statement(title, heads, parts, tuple(notes), PICTURE, name)


def _day(moment: datetime) -> str:
    return day(moment.date())


def _part(figure: Figure, measure: str, first: Revision, last: Revision, found: dict[str, list[Step]] | None) -> Part:
    before, now = (getattr(one, measure) or 0 for one in (first, last))
    steps = list((found or {}).get(measure, []))
    rest = now - before - sum(step.effect for step in steps)
    if rest:
        words = "published again" if found is None else "not to be seen in the cases"
        steps.append(Step(words, rest, abs(rest)))
    name = "The count" if figure.measures == "count" else NAMES[measure]
    standing = STATUS_WORDS[first.status], STATUS_WORDS[last.status]
    return Part(
        name, (f"Revision {first.number}", before), tuple(steps), (f"Revision {last.number}", now), None, standing
    )


def _steps(figure: Figure, files: list[Path | None]) -> dict[str, list[Step]] | None:
    """The ways by measure; None where a publication is not kept."""
    before, now = files
    if before is None or now is None:
        return None
    asked = _Asked(figure.authority, figure.indicator_id, figure.as_at, figure.team)
    with quiet("comparing two publications"):
        con = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        try:
            for name, path in (("before", before), ("now", now)):
                quoted = str(path).replace("'", "''")
                con.execute(f"attach '{quoted}' as {name}_file (read_only)")
                con.execute(
                    f"create temp table members_{name} as {MEMBERS.replace('main.', f'{name}_file.main.')}",
                    asked.members,
                )
            rows = con.execute(STEPS, {"team": asked.team}).fetchall()
        finally:
            con.close()
    found: dict[str, list[Step]] = {}
    for measure, way, sign, cases in rows:
        found.setdefault(measure, []).append(Step(WORDS[way], sign * cases, cases))
    return found


def _rows(con: duckdb.DuckDBPyConnection) -> Any:
    """Queries over an open snapshot, rows as dictionaries."""

    def rows(sql: str, parameters: Any) -> list[dict[str, Any]]:
        found = con.execute(sql, parameters)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return rows
