"""The worklist in groups: how many differences and failures each cause, form, team, worker, reason or fact has. Reading only.

A group's line says how much of it moves a headline, what its differences come to, and how old the oldest is, in working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.desk.figures import Rows
from countermark.desk.worklist import MATCHING, Filters, ask, parameters

# What a group is named by; an item of several teams is in each of them.
KEYS = {
    "cause": "[cause]",
    "form": "[form]",
    "team": "if(len(teams) = 0, [null], teams)",
    "worker": "[worker]",
    "reason": "if(len(reasons) = 0, [rule_code], reasons)",
}
WEIGHTIEST = "headline desc, items desc, name nulls last"
ORDERS = {"worker": "name nulls last"}  # by name: a list of workers by how much is open would be a league
GROUPS = """,
keyed as (
    select *, unnest({key}) as name from matching
)
select
    name, count(*) as items, count(distinct fact) as facts, count(*) filter (kind <> 'failure') as differences,
    count(*) filter (kind = 'failure') as failures, count(*) filter (rank <= 1) as headline,
    coalesce(sum(size) filter (kind <> 'failure'), 0)::bigint as gross, max(age) as age, max(event_age) as event_age
from keyed group by name order by {order}
"""
FELLOWS = """
select distinct items.item_id, items.kind, items.indicator_id, items.reason, items.state, items.effects, items.rule_code, items.message,
    items.rank, items.size
from desk.items as items
join desk.items as mine on items.authority = mine.authority and items.fact = mine.fact
where mine.authority = $authority and coalesce(mine.as_at, $as_at) is not distinct from $as_at::date
    and coalesce(items.as_at, $as_at) is not distinct from $as_at::date and list_contains($items::varchar[], mine.item_id)
    and ($only is null or list_has_any(items.teams, $only::varchar[]))
order by items.kind, items.rank, items.size desc, items.item_id
"""


@dataclass(frozen=True)
class Group:
    """One line: `name` is empty for what has none. `facts` counts pieces of work, `gross` what the differences come to without sign."""

    name: str
    items: int
    facts: int
    differences: int
    failures: int
    headline: int
    gross: int
    age: int
    event_age: int | None


def groups(
    rows: Rows, authority: str, wanted: Filters, by: str, holders: Mapping[str, str], today: date
) -> list[Group]:
    """What matches, grouped. ValueError for a grouping that there is not."""
    if by not in KEYS:
        raise ValueError(f"grouped by one of {', '.join(KEYS)}")
    query = MATCHING + GROUPS.format(key=KEYS[by], order=ORDERS.get(by, WEIGHTIEST))
    found = ask(rows, query, parameters(rows, authority, wanted, holders, today))
    return [Group(**{**row, "name": row["name"] or ""}) for row in found]


def of_one_fact(
    rows: Rows, authority: str, as_at: date | None, item_ids: list[str], only: tuple[str, ...] | None = None
) -> list[dict[str, Any]]:
    """The items of the same facts as those named, the named ones among them, in any state."""
    said = {"authority": authority, "as_at": as_at, "items": item_ids, "only": list(only) if only is not None else None}
    found = {row["item_id"]: row for row in rows(FELLOWS, said)}
    return list(found.values())
