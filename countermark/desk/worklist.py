"""The worklist: differences and failures as published, with who has them, filtered, sorted and cut into pages. Reading only.

What an item is and what it moves is made at publication (sql/shared/certify/worklist.sql); who has it stands in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from countermark.calendar.working_days import working_days_since
from countermark.certify.snapshot import NothingPublishedError
from countermark.desk.figures import Rows

Keep = Callable[[Any, Callable[[], Any]], Any]
PAGE = 25
NOBODY = "nobody"
PAIR, ALL = "pair", "all"  # kinds: a difference between two systems; whatever there is
SORTS = {
    "headline": "rank, list_position(['blocking', 'warning', 'query'], coalesce(severity, 'blocking')), size desc, age desc, item_id",
    "age": "age desc, rank, item_id",
    "team": "teams[1] nulls last, rank, size desc, age desc, item_id",
    "measure": "indicators[1] nulls last, rank, size desc, age desc, item_id",
    "child": "child_id nulls last, rank, item_id",
}
EARLIER = "The last publication was made by an earlier version of countermark: run `countermark run`, or decide something, to publish anew."


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty means any, but for `kind`: differences between two systems (`pair`) are left out unless asked for, by kind
    (`all` is whatever there is), by their pair, by the child or by who has them, so that they do not hide what moves a figure. `age` is the
    least number of working days; `state` may also be lapsed or reopened, of the open ones. `only` are the teams that the reader may see
    (None: all): an item that is neither of one of them nor given to one is never returned."""

    as_at: date
    kind: str = ""
    team: str = ""
    indicator: str = ""
    rule: str = ""
    reason: str = ""
    cause: str = ""
    severity: str = ""
    state: str = "open"
    assigned: str = ""
    child: str = ""
    form: str = ""
    worker: str = ""
    age: int = 0
    sort: str = "headline"
    page: int = 1
    only: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Item:
    """One line of the worklist: a difference at a position, or a failure. Ages are in working days: `age` since it was first seen,
    `event_age` since the event. `others` are the differences and failures of the same fact, where a page lists facts."""

    authority: str
    as_at: date | None
    item_id: str
    kind: str
    indicator_id: str | None
    indicators: list[str]
    child_id: str | None
    case_id: str | None
    teams: list[str]
    reason: str | None
    reasons: list[str]
    cause: str | None
    decision: str | None
    lapsed: bool
    first_seen: date | None
    state: str
    rule_code: str | None
    severity: str | None
    message: str | None
    contract: str | None
    manual_source: str | None
    system_source: str | None
    effects: list[dict[str, Any]] | None
    places: list[dict[str, str | None]] | None
    rank: int
    size: int
    age: int
    assigned: str
    form: str | None
    worker: str | None
    event_on: date | None
    event_age: int | None
    life: str | None
    since: date | None
    reason_before: str | None
    fact: str
    block: str | None
    others: list[dict[str, Any]] | None

    @property
    def is_difference(self) -> bool:
        """Whether it is a difference between two counts or two systems, and not a failure of a rule."""
        return self.kind in ("difference", PAIR)

    @property
    def is_between_systems(self) -> bool:
        """Whether it is a difference between two systems, which moves no figure."""
        return self.kind == PAIR

    @property
    def moves(self) -> list[dict[str, Any]]:
        """The effects that move a figure."""
        return [effect for effect in self.effects or [] if effect["effect"]]

    @property
    def together(self) -> list[str]:
        """The names of all differences of the piece of work, its own first."""
        return [self.item_id, *(one["item_id"] for one in self.others or [])]


@dataclass(frozen=True)
class Listing:
    """One page of the worklist, a line for each fact: `total` counts lines. `tally` counts all differences, failures and differences
    between systems that match, and those that move a headline (`headline`)."""

    items: list[Item]
    total: int
    page: int
    pages: int
    tally: Mapping[str, int] = field(default_factory=dict)


# $days and $ages: how old a first-seen day is now; $subjects and $holders: who has what, newest first.
MATCHING = """
with ages as (
    select unnest($days::date[]) as day, unnest($ages::integer[]) as age
),
holders as (
    select unnest($subjects::varchar[]) as item_id, unnest($holders::varchar[]) as assigned
),
matching as (
    select items.*, coalesce(ages.age, 0) as age, happened.age as event_age, coalesce(holders.assigned, '') as assigned
    from desk.items as items
    left join ages on items.first_seen = ages.day
    left join ages as happened on items.event_on = happened.day
    left join holders on items.item_id = holders.item_id
    where items.authority = $authority
        and (items.as_at = $as_at or items.as_at is null)
        and ($only is null or list_has_any(items.teams, $only::varchar[]) or list_contains($only::varchar[], holders.assigned))
        and ($child = '' or items.child_id = $child)
        and case $kind when 'all' then true
            when '' then items.kind <> 'pair' or items.indicator_id = $indicator or $child <> '' or $assigned not in ('', 'nobody')
            else items.kind = $kind end
        and ($team = '' or list_contains(items.teams, $team) or holders.assigned = $team)
        and ($form = '' or items.form = $form)
        and ($worker = '' or items.worker = $worker)
        and ($indicator = '' or list_contains(items.indicators, $indicator))
        and ($rule = '' or items.rule_code = $rule)
        and ($reason = '' or list_contains(items.reasons, $reason))
        and ($cause = '' or items.cause = $cause)
        and ($severity = '' or items.severity = $severity)
        and case $state when '' then true when 'lapsed' then items.state = 'open' and items.lapsed
            when 'reopened' then items.state = 'open' and coalesce(items.life = 'reopened', false) else items.state = $state end
        and ($age = 0 or coalesce(ages.age, 0) >= $age)
        and ($assigned = '' or coalesce(holders.assigned, '') = if($assigned = 'nobody', '', $assigned))
)
"""
# A failing cell and the differences that it makes are one piece of work: the difference leads, since it can be decided.
LINES = """,
lines as (
    select *, row_number() over (partition by fact order by kind, rank, size desc, item_id) = 1 as leads,
        min(rank) over (partition by fact) as worst,
        list({'item_id': item_id, 'kind': kind, 'indicator_id': indicator_id, 'reason': reason, 'state': state, 'effects': effects,
            'rule_code': rule_code, 'message': message})
            over (partition by fact order by kind, rank, size desc, item_id rows between unbounded preceding and unbounded following)
            as fellows
    from matching
)
"""
ONE_A_FACT = """
select * replace (worst as rank), list_filter(fellows, lambda one: one.item_id <> lines.item_id) as others from lines where leads
"""
TALLY = """
select
    count(*) filter (leads) as total, count(*) filter (kind = 'difference') as differences,
    count(*) filter (kind = 'failure') as failures, count(*) filter (kind = 'pair') as between_systems,
    count(*) filter (rank <= 1) as headline, count(*) filter (rank = 0) as outside
from lines
"""
CHOICES = """
select
    list_sort(list_distinct(flatten(list(teams)))) as teams, list_sort(list_distinct(flatten(list(indicators)))) as indicators,
    list_sort(list_distinct(list(rule_code))) as rules, list_sort(list_distinct(flatten(list(reasons)))) as reasons,
    list_sort(list_distinct(list(cause))) as causes, list_sort(list_distinct(list(form))) as forms,
    list_sort(list_distinct(list(worker))) as workers,
    list_sort(list_distinct(list(item_id) filter (kind = 'pair' and state = 'open'))) as between_systems
from desk.items
where authority = $authority and (as_at = $as_at or as_at is null) and ($only is null or list_has_any(teams, $only::varchar[]))
"""


def read(
    rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date, keep: Keep | None = None
) -> Listing:
    """The page that `wanted` asks for; the last one where it asks for one behind it. `holders` says who has which item.

    `keep` keeps what never changes with the snapshot: all but a page that asks for somebody's items.
    """
    reads = set(wanted.only or ()) | {wanted.team}
    said_of = holders if wanted.assigned else {item: to for item, to in holders.items() if to in reads}
    if keep is None or wanted.assigned:
        found = _page(rows, authority, wanted, said_of, today)
    else:
        key = ("worklist", authority, wanted, today, tuple(sorted(said_of.items())))
        found = keep(key, lambda: _page(rows, authority, wanted, said_of, today))
    return replace(found, items=[replace(item, assigned=holders.get(item.item_id, "")) for item in found.items])


def _page(rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date) -> Listing:
    said = parameters(rows, authority, wanted, holders, today)
    tally = {name: int(number) for name, number in ask(rows, MATCHING + LINES + TALLY, said)[0].items()}
    pages = max(1, -(-tally["total"] // PAGE))
    page = min(max(1, wanted.page), pages)
    order = SORTS.get(wanted.sort, SORTS["headline"])
    query = f"{MATCHING}{LINES}{ONE_A_FACT} order by {order} limit {PAGE} offset {(page - 1) * PAGE}"
    return Listing([_item(row) for row in ask(rows, query, said)], tally["total"], page, pages, tally)


def items(rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date) -> list[Item]:
    """All that match, in order, for whoever wants them on one sheet."""
    said = parameters(rows, authority, wanted, holders, today)
    order = SORTS.get(wanted.sort, SORTS["headline"])
    return [
        _item(row) for row in ask(rows, f"{MATCHING} select *, null as others from matching order by {order}", said)
    ]


def every_fact(rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date) -> list[Item]:
    """All that match as pages list them: one line a fact, the other differences of the fact below it."""
    said = parameters(rows, authority, wanted, holders, today)
    order = SORTS.get(wanted.sort, SORTS["headline"])
    return [_item(row) for row in ask(rows, f"{MATCHING}{LINES}{ONE_A_FACT} order by {order}", said)]


def find(
    rows: Rows, authority: str, item_ids: Sequence[str], as_at: date, holders: Mapping[str, str], today: date,
    only: tuple[str, ...] | None = None,
) -> list[Item]:  # fmt: skip
    """The named items at a position, in any state, in the order of the names; what is unknown or not to be seen is left out."""
    said = parameters(rows, authority, Filters(as_at, kind=ALL, state="", only=only), holders, today)
    query = f"{MATCHING} select *, null as others from matching where list_contains($items::varchar[], item_id)"
    found = {row["item_id"]: _item(row) for row in ask(rows, query, {**said, "items": list(item_ids)})}
    return [found[one] for one in dict.fromkeys(item_ids) if one in found]


def choices(rows: Rows, authority: str, as_at: date, only: tuple[str, ...] | None = None) -> dict[str, list[str]]:
    """What each filter can be set to at a position; and the open differences between systems, which a list without filters leaves out."""
    said = {"authority": authority, "as_at": as_at, "only": list(only) if only is not None else None}
    return {name: list(found or []) for name, found in rows(CHOICES, said)[0].items()}


def is_there(rows: Rows) -> bool:
    """True; NothingPublishedError where the snapshot is of a version that knew no worklist, or none of facts."""
    query = (
        "select 1 from duckdb_columns() where schema_name = 'desk' and table_name = 'items' and column_name = 'block'"
    )
    if not rows(query, {}):
        raise NothingPublishedError(EARLIER)
    return True


def days_of(rows: Rows, authority: str) -> list[date]:
    """The days on which anything was first seen, or happened."""
    query = "select first_seen as day from desk.items where authority = $authority and first_seen is not null "
    query += "union select event_on from desk.items where authority = $authority and event_on is not null"
    return [row["day"] for row in rows(query, {"authority": authority})]


def parameters(rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date) -> dict[str, Any]:
    """What MATCHING is asked with."""
    days = days_of(rows, authority)
    said = {one.name: getattr(wanted, one.name) for one in fields(Filters) if one.name not in ("sort", "page")}
    return {
        **said, "authority": authority, "only": list(wanted.only) if wanted.only is not None else None,
        "days": days, "ages": [working_days_since(day, today) for day in days],
        "subjects": list(holders), "holders": list(holders.values()),
    }  # fmt: skip


def ask(rows: Rows, query: str, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The query with those of the values that it names: the engine refuses others."""
    return rows(query, {name: value for name, value in said.items() if f"${name}" in query})


def _item(row: Mapping[str, Any]) -> Item:
    return Item(**{one.name: row[one.name] for one in fields(Item)})
