"""Whom to see today, as published: one line per child with every reason, in order of risk; workers without supervision; and which lists
could not be made. Reading only; what a list holds is made at publication (sql/shared/lists/to_see.sql).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from countermark.certify.snapshot import NothingPublishedError
from countermark.desk.figures import Rows
from countermark.desk.worklist import EARLIER

PAGE = 25
NO_TEAM = "none"


@dataclass(frozen=True)
class Reason:
    """Why a child is on the list: an indicator's sentence about one case."""

    list: str
    list_title: str
    indicator_id: str
    says: str
    due_on: date | None
    done_on: date | None
    days_late: int | None
    team: str | None
    worker: str | None


@dataclass(frozen=True)
class Child:
    """A child to see, with all reasons, the gravest first."""

    place: int
    child_id: str
    as_at: date
    team: str | None
    worker: str | None
    overdue_since: date | None
    days_overdue: int | None
    reasons: tuple[Reason, ...]

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that put the child there, each once."""
        return tuple(dict.fromkeys(reason.indicator_id for reason in self.reasons))


@dataclass(frozen=True)
class Wanted:
    """What is asked for; empty means any. `only` are the teams that the reader may see (None: all): a child whom no reason allocates to
    one of them is never returned, one whom a reason does with all its reasons."""

    team: str = ""
    list: str = ""
    page: int = 1
    child: str = ""
    only: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Part:
    """One indicator of a list: whether it could be made of what was delivered, and how far its figure may be trusted."""

    list: str
    list_title: str
    question: str
    unit: str
    indicator_id: str
    rank: int
    why: str
    needs: str
    title: str | None
    is_made: bool
    status: str | None


@dataclass(frozen=True)
class Listing:
    """One page of the list. `by_list` counts children by list and `by_team` by team, both over all that the reader may see."""

    as_at: date | None
    children: list[Child]
    total: int
    page: int
    pages: int
    by_list: Mapping[str, int] = field(default_factory=dict)
    by_team: Mapping[str, int] = field(default_factory=dict)


SEEN_BY = """
with mine as (
    select child_id
    from desk.reasons_to_see
    where authority = $authority and unit = 'child'
    group by child_id
    having ($only is null or bool_or(list_contains($only::varchar[], team)))
        and ($child = '' or child_id = $child)
        and ($team = '' or bool_or(coalesce(team, '') = if($team = 'none', '', $team)))
        and ($list = '' or bool_or(list = $list))
)
"""
CHILDREN = """
select
    to_see.place, to_see.child_id, to_see.as_at, to_see.team, to_see.worker, to_see.overdue_since,
    to_see.days_overdue,
    list(
        {
            'list': reasons.list, 'list_title': reasons.list_title, 'indicator_id': reasons.indicator_id, 'says': reasons.says,
            'due_on': reasons.due_on, 'done_on': reasons.done_on, 'days_late': reasons.days_late, 'team': reasons.team,
            'worker': reasons.worker
        } order by reasons.rank, reasons.days_late desc nulls first, reasons.case_id
    ) as reasons
from main.to_see as to_see
join mine on to_see.child_id = mine.child_id
join desk.reasons_to_see as reasons
    on to_see.authority = reasons.authority and to_see.child_id = reasons.child_id and reasons.unit = 'child'
where to_see.authority = $authority
group by all
order by to_see.place
"""
TALLY = """
select reasons.list as name, count(distinct child_id) as children
from desk.reasons_to_see as reasons
join mine using (child_id)
where authority = $authority and unit = 'child'
group by 1 order by 1
"""
TEAMS = """
select coalesce(team, '') as name, count(distinct child_id) as children
from desk.reasons_to_see
join mine using (child_id)
where authority = $authority and unit = 'child'
group by 1 order by 1
"""
PARTS = """
select lists.* exclude (authority, as_at), metrics.status
from desk.lists as lists
left join main.metrics as metrics
    on lists.authority = metrics.authority and lists.as_at = metrics.as_at and lists.indicator_id = metrics.indicator_id
    and metrics.team = 'ALL'
where lists.authority = $authority
order by lists.unit, lists.rank
"""
WORKERS = """
select place, worker_id, worker, team, reason, overdue_since, last_on, days_overdue, as_at
from main.to_supervise
where authority = $authority and ($only is null or list_contains($only::varchar[], team))
order by place
"""


def read(rows: Rows, authority: str, wanted: Wanted) -> Listing:
    """The page that `wanted` asks for; the last one where it asks for one behind it. NothingPublishedError where the publication is of a
    version that made no lists."""
    _refuse_earlier(rows)
    said = {
        "authority": authority, "only": _listed(wanted.only), "child": wanted.child, "team": wanted.team, "list": wanted.list,
    }  # fmt: skip
    every = {**said, "child": "", "team": "", "list": ""}
    total = int(rows(SEEN_BY + "select count(*) as total from mine", said)[0]["total"])
    pages = max(1, -(-total // PAGE))
    page = min(max(1, wanted.page), pages)
    found = rows(f"{SEEN_BY} {CHILDREN} limit {PAGE} offset {(page - 1) * PAGE}", said)
    return Listing(
        position(rows, authority), [_child(row) for row in found], total, page, pages,
        {row["name"]: int(row["children"]) for row in rows(SEEN_BY + TALLY, every)},
        {row["name"]: int(row["children"]) for row in rows(SEEN_BY + TEAMS, every)},
    )  # fmt: skip


def position(rows: Rows, authority: str) -> date | None:
    """The date that the lists speak of; None where no list is defined."""
    found = rows("select max(as_at) as as_at from desk.lists where authority = $authority", {"authority": authority})
    as_at: date | None = found[0]["as_at"]
    return as_at


def parts(rows: Rows, authority: str) -> list[Part]:
    """Every indicator of every list, in order of risk: those that were made, and those that what was delivered does not allow."""
    _refuse_earlier(rows)
    return [Part(**{one.name: row[one.name] for one in fields(Part)}) for row in rows(PARTS, {"authority": authority})]


def workers(rows: Rows, authority: str, only: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """The workers without supervision, of the teams in `only` (None: all)."""
    _refuse_earlier(rows)
    return rows(WORKERS, {"authority": authority, "only": _listed(only)})


def _listed(only: tuple[str, ...] | None) -> list[str] | None:
    return list(only) if only is not None else None


def _refuse_earlier(rows: Rows) -> None:
    if not rows("select 1 from duckdb_tables() where schema_name = 'desk' and table_name = 'reasons_to_see'", {}):
        raise NothingPublishedError(EARLIER)


def _child(row: Mapping[str, Any]) -> Child:
    reasons = tuple(Reason(**reason) for reason in row["reasons"])
    return Child(**{one.name: row[one.name] for one in fields(Child) if one.name != "reasons"}, reasons=reasons)
