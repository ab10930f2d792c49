"""What moves what, and the roll-forward, as published: for pages, commands and statements. Reading only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from countermark.desk.figures import Rows

# Worst first: what moves a headline outside its tolerance, then headlines, then by how many more cases would worry, then by how much.
MOVES = """
select moves.*, metrics.unit, metrics.title, metrics.case_unit, metrics.measures, items.child_id, items.case_id
from main.moves as moves
left join desk.items as items
    on moves.authority = items.authority and moves.as_at = items.as_at and moves.break_id = items.item_id and items.kind = 'difference'
join main.metrics as metrics
    on moves.authority = metrics.authority and moves.indicator_id = metrics.indicator_id and moves.as_at = metrics.as_at
    and moves.team = metrics.team
where moves.authority = $authority and moves.as_at = $as_at and ($indicator = '' or moves.indicator_id = $indicator)
    and ($team = '' or moves.team = $team) and ($only is null or list_contains($only::varchar[], moves.team))
order by moves.headline and moves.outside_tolerance desc, moves.headline desc, moves.worse_by desc,
    abs(coalesce(moves.value_otherwise, 0) - moves.value_now) desc, moves.indicator_id, moves.team <> 'ALL', moves.team, moves.break_id
"""
ROLLED = """
select as_at, reason, sum(opening)::integer as opening, sum(new)::integer as new, sum(reopened)::integer as reopened,
    sum(moved_in)::integer as moved_in, sum(moved_out)::integer as moved_out, sum(closed)::integer as closed,
    sum(closing)::integer as closing, sum(decided)::integer as decided, sum(lapsed)::integer as lapsed, sum(past)::integer as past,
    sum(not_counted)::integer as not_counted, min(oldest) as oldest
from main.roll_forward
where authority = $authority and as_at = $as_at and ($indicator = '' or indicator_id = $indicator)
group by as_at, reason order by closing desc, opening desc, reason
"""
# The same of some teams' differences alone: those that are theirs at the date, or were at the date before.
ROLLED_OF = """
with lived as (
    select lives.* from desk.lives as lives
    semi join main.breaks as breaks
        on lives.authority = breaks.authority and lives.break_id = breaks.break_id and breaks.as_at in (lives.as_at, lives.before)
        and list_contains($only::varchar[], coalesce(breaks.of_team, breaks.team))
    where lives.authority = $authority and lives.as_at = $as_at and ($indicator = '' or lives.indicator_id = $indicator)
),
steps as (
    select as_at, reason_before as reason, 1 as opening, 0 as new, 0 as reopened, 0 as moved_in, (life = 'moved')::integer as moved_out,
        (reason is null)::integer as closed, 0 as closing, 0 as decided, 0 as lapsed, (life = 'past')::integer as past,
        (life = 'not_counted')::integer as not_counted, null::date as oldest
    from lived where reason_before is not null
    union all by name
    select as_at, reason, 0 as opening, (life = 'new')::integer as new, (life = 'reopened')::integer as reopened,
        (life = 'moved')::integer as moved_in, 0 as moved_out, 0 as closed, 1 as closing, (state = 'decided')::integer as decided,
        (state = 'open' and lapsed)::integer as lapsed, 0 as past, 0 as not_counted, since as oldest
    from lived where reason is not null
)
select as_at, reason, sum(opening)::integer as opening, sum(new)::integer as new, sum(reopened)::integer as reopened,
    sum(moved_in)::integer as moved_in, sum(moved_out)::integer as moved_out, sum(closed)::integer as closed,
    sum(closing)::integer as closing, sum(decided)::integer as decided, sum(lapsed)::integer as lapsed, sum(past)::integer as past,
    sum(not_counted)::integer as not_counted, min(oldest) as oldest
from steps group by as_at, reason order by closing desc, opening desc, reason
"""

ROLLED_PAIRS = """
select rolled.as_at, rolled.pair_id, rolled.reason, words.says, rolled.* exclude (authority, as_at, pair_id, reason)
from main.pair_roll_forward as rolled
left join (
    select pair_id, reason, arg_max(says, as_at) as says from main.pair_lines where authority = $authority group by all
) as words
    on rolled.pair_id = words.pair_id and rolled.reason = words.reason
where rolled.authority = $authority and rolled.as_at = $as_at and ($pair = '' or rolled.pair_id = $pair)
order by rolled.pair_id, closing desc, opening desc, rolled.reason
"""

COLUMNS = (
    "opening", "new", "reopened", "moved_in", "moved_out", "closed", "closing", "decided", "lapsed", "past", "not_counted",
)  # fmt: skip


def moves(
    rows: Rows, authority: str, as_at: date, indicator: str = "", team: str = "", only: tuple[str, ...] | None = None
) -> list[dict[str, Any]]:
    """Each open difference with its effect on each figure that it moves, worst first. `only`: the teams that the reader may see."""
    said = {
        "authority": authority, "as_at": as_at, "indicator": indicator, "team": team, "only": list(only) if only is not None else None,
    }  # fmt: skip
    return rows(MOVES, said)


def rolled(
    rows: Rows, authority: str, as_at: date, indicator: str = "", only: tuple[str, ...] | None = None
) -> list[dict[str, Any]]:
    """The roll-forward to a date, a row for each reason: of one measure, or of all added; of the teams that the reader may see (`only`)."""
    said = {"authority": authority, "as_at": as_at, "indicator": indicator}
    return rows(ROLLED, said) if only is None else rows(ROLLED_OF, {**said, "only": list(only)})


def rolled_pairs(rows: Rows, authority: str, as_at: date, pair: str = "") -> list[dict[str, Any]]:
    """The roll-forward of pairs of systems to a date, a row for each reason of each pair, or of one; none where an earlier version
    published."""
    if not rows("select 1 from duckdb_tables() where schema_name = 'main' and table_name = 'pair_roll_forward'", {}):
        return []
    return rows(ROLLED_PAIRS, {"authority": authority, "as_at": as_at, "pair": pair})


def summed(found: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rows of `rolled_pairs` added for each pair, by its id, with `oldest`, the first date of the oldest that is there."""
    sums: dict[str, dict[str, Any]] = {}
    for row in found:
        one = sums.setdefault(row["pair_id"], dict.fromkeys(COLUMNS, 0) | {"oldest": None})
        one |= {name: one[name] + row[name] for name in COLUMNS}
        one["oldest"] = min((day for day in (one["oldest"], row["oldest"]) if day), default=None)
    return sums


def is_there(rows: Rows) -> bool:
    """Whether the publication is of a version that published both."""
    query = "select count(*) as found from duckdb_tables() where table_name in ('moves', 'roll_forward')"
    return bool(rows(query, {})[0]["found"] == 2)
