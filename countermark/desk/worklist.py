"""The worklist: differences and failures as published, with who has them, filtered, sorted and cut into pages. Reading only.

What an item is and what it moves is made at publication (sql/shared/certify/worklist.sql); who has it stands in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from countermark.calendar.working_days import working_days
from countermark.certify.snapshot import NothingPublishedError
from countermark.desk.figures import Rows

Keep = Callable[[Any, Callable[[], Any]], Any]
PAGE = 25
NOBODY = "nobody"
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
    """What is asked for; empty means any. `age` is the least number of working days. `only` are the teams that the reader may see
    (None: all): an item of none of them is never returned."""

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
    age: int = 0
    sort: str = "headline"
    page: int = 1
    only: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Item:
    """One line of the worklist: a difference at a position, or a failure."""

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

    @property
    def is_difference(self) -> bool:
        """Whether it is a difference between two counts, and not a failure of a rule."""
        return self.kind == "difference"

    @property
    def moves(self) -> list[dict[str, Any]]:
        """The effects that move a figure."""
        return [effect for effect in self.effects or [] if effect["effect"]]


@dataclass(frozen=True)
class Listing:
    """One page of the worklist. `tally` counts all that match by kind, and those that move a headline (`headline`)."""

    items: list[Item]
    total: int
    page: int
    pages: int
    tally: Mapping[str, int] = field(default_factory=dict)


# $days and $ages: how old a first-seen day is now; $subjects and $holders: who has what, newest first.
MATCHING = """
with ages as (
    select unnest($days::date[]) as first_seen, unnest($ages::integer[]) as age
),
holders as (
    select unnest($subjects::varchar[]) as item_id, unnest($holders::varchar[]) as assigned
),
matching as (
    select items.*, coalesce(ages.age, 0) as age, coalesce(holders.assigned, '') as assigned
    from desk.items as items
    left join ages on items.first_seen = ages.first_seen
    left join holders on items.item_id = holders.item_id
    where items.authority = $authority
        and (items.as_at = $as_at or items.as_at is null)
        and ($only is null or list_has_any(items.teams, $only::varchar[]))
        and ($child = '' or items.child_id = $child)
        and ($kind = '' or items.kind = $kind)
        and ($team = '' or list_contains(items.teams, $team))
        and ($indicator = '' or list_contains(items.indicators, $indicator))
        and ($rule = '' or items.rule_code = $rule)
        and ($reason = '' or list_contains(items.reasons, $reason))
        and ($cause = '' or items.cause = $cause)
        and ($severity = '' or items.severity = $severity)
        and ($state = '' or items.state = $state)
        and ($age = 0 or coalesce(ages.age, 0) >= $age)
        and ($assigned = '' or coalesce(holders.assigned, '') = if($assigned = 'nobody', '', $assigned))
)
"""
TALLY = """
select count(*) as total, count(*) filter (kind = 'difference') as differences, count(*) filter (kind = 'failure') as failures,
    count(*) filter (rank <= 1) as headline, count(*) filter (rank = 0) as outside
from matching
"""
CHOICES = """
select
    list_sort(list_distinct(flatten(list(teams)))) as teams, list_sort(list_distinct(flatten(list(indicators)))) as indicators,
    list_sort(list_distinct(list(rule_code))) as rules, list_sort(list_distinct(flatten(list(reasons)))) as reasons,
    list_sort(list_distinct(list(cause))) as causes
from desk.items
where authority = $authority and (as_at = $as_at or as_at is null) and ($only is null or list_has_any(teams, $only::varchar[]))
"""


def read(
    rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date, keep: Keep | None = None
) -> Listing:
    """The page that `wanted` asks for; the last one where it asks for one behind it. `holders` says who has which item.

    `keep` keeps what never changes with the snapshot: all but a page that asks for somebody's items.
    """
    said_of = holders if wanted.assigned else {}
    if keep is None or wanted.assigned:
        found = _page(rows, authority, wanted, said_of, today)
    else:
        found = keep(("worklist", authority, wanted, today), lambda: _page(rows, authority, wanted, {}, today))
    return replace(found, items=[replace(item, assigned=holders.get(item.item_id, "")) for item in found.items])


def _page(rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date) -> Listing:
    said = _parameters(rows, authority, wanted, holders, today)
    tally = {name: int(number) for name, number in _ask(rows, MATCHING + TALLY, said)[0].items()}
    pages = max(1, -(-tally["total"] // PAGE))
    page = min(max(1, wanted.page), pages)
    order = SORTS.get(wanted.sort, SORTS["headline"])
    query = f"{MATCHING} select * from matching order by {order} limit {PAGE} offset {(page - 1) * PAGE}"
    return Listing([_item(row) for row in _ask(rows, query, said)], tally["total"], page, pages, tally)


def items(rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date) -> list[Item]:
    """All that match, in order, for whoever wants them on one sheet."""
    said = _parameters(rows, authority, wanted, holders, today)
    order = SORTS.get(wanted.sort, SORTS["headline"])
    return [_item(row) for row in _ask(rows, f"{MATCHING} select * from matching order by {order}", said)]


def find(
    rows: Rows, authority: str, item_ids: Sequence[str], as_at: date, holders: Mapping[str, str], today: date,
    only: tuple[str, ...] | None = None,
) -> list[Item]:  # fmt: skip
    """The named items at a position, in any state, in the order of the names; what is unknown or not to be seen is left out."""
    said = _parameters(rows, authority, Filters(as_at, state="", only=only), holders, today)
    query = f"{MATCHING} select * from matching where list_contains($items::varchar[], item_id)"
    found = {row["item_id"]: _item(row) for row in _ask(rows, query, {**said, "items": list(item_ids)})}
    return [found[one] for one in dict.fromkeys(item_ids) if one in found]


def choices(rows: Rows, authority: str, as_at: date, only: tuple[str, ...] | None = None) -> dict[str, list[str]]:
    """What each filter can be set to at a position."""
    said = {"authority": authority, "as_at": as_at, "only": list(only) if only is not None else None}
    return {name: list(found or []) for name, found in rows(CHOICES, said)[0].items()}


def is_there(rows: Rows) -> bool:
    """True; NothingPublishedError where the snapshot is of a version that knew no worklist."""
    if not rows("select 1 from duckdb_tables() where schema_name = 'desk' and table_name = 'items'", {}):
        raise NothingPublishedError(EARLIER)
    return True


def first_seen_days(rows: Rows, authority: str) -> list[date]:
    """The days on which anything was first seen."""
    query = "select distinct first_seen from desk.items where authority = $authority and first_seen is not null"
    return [row["first_seen"] for row in rows(query, {"authority": authority})]


def _parameters(rows: Rows, authority: str, wanted: Filters, holders: Mapping[str, str], today: date) -> dict[str, Any]:
    days = first_seen_days(rows, authority)
    said = {one.name: getattr(wanted, one.name) for one in fields(Filters) if one.name not in ("sort", "page")}
    return {
        **said, "authority": authority, "only": list(wanted.only) if wanted.only is not None else None,
        "days": days, "ages": [max(0, working_days(day, today)) for day in days],
        "subjects": list(holders), "holders": list(holders.values()),
    }  # fmt: skip


def _ask(rows: Rows, query: str, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The query with those of the values that it names: the engine refuses others."""
    return rows(query, {name: value for name, value in said.items() if f"${name}" in query})


def _item(row: Mapping[str, Any]) -> Item:
    return Item(**{one.name: row[one.name] for one in fields(Item)})
