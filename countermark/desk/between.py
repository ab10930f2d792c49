"""One difference between two systems as the desk shows it: what either says of the case, and the words of its pair. Reading only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.desk.figures import Rows

KNOWN = "select 1 from duckdb_columns() where schema_name = 'main' and table_name = 'pair_items' and column_name = 'bound_to'"
POSITIONS = "select distinct as_at from main.pair_items where authority = $authority and difference_id = $difference order by 1 desc"
ONE = """
select items.*, pairs.title, pairs.question, pairs.unit, pairs.compared_on, pairs.left_name, pairs.right_name,
    pairs.left_extracted_on, pairs.right_extracted_on
from main.pair_items as items
join main.pairs as pairs on items.authority = pairs.authority and items.pair_id = pairs.pair_id and items.as_at = pairs.as_at
where items.authority = $authority and items.difference_id = $difference and items.as_at = $as_at
order by abs(items.effect) desc, items.case_id limit 1
"""
SIDES = """
select left_name, right_name from main.pairs where authority = $authority and pair_id = $pair order by as_at desc limit 1
"""
REASONS = """
select reason, arg_max(says, as_at) as says from main.pair_lines where authority = $authority and pair_id = $pair group by reason
"""
FIRST_SEEN = (
    "select min(first_seen) as day from main.pair_items where authority = $authority and difference_id = $difference"
)


@dataclass(frozen=True)
class SideSaid:
    """What one system says of the case. `has` is false where it has no row of it, `counts` where it does not count it."""

    name: str
    has: bool
    counts: bool
    case_id: str | None
    says: str | None
    starts_on: date | None
    team: str | None
    source: str | None
    extracted_on: date | None
    place: tuple[str | None, str | None]


@dataclass(frozen=True)
class Between:
    """A difference between two systems at one position, and every position that has it, the newest first."""

    row: Mapping[str, Any]
    as_at: date
    positions: list[date]

    @property
    def sides(self) -> tuple[SideSaid, SideSaid]:
        """What either system says."""
        return self._side("left", self.row["effect"] <= 0), self._side("right", self.row["effect"] >= 0)

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called."""
        return self.row["left_name"], self.row["right_name"]

    def _side(self, side: str, counts: bool) -> SideSaid:
        row = self.row
        return SideSaid(
            row[f"{side}_name"], row[f"{side}_case"] is not None, counts, row[f"{side}_case"], row[f"{side}_says"],
            row[f"{side}_starts_on"], row[f"{side}_team"], row[f"{side}_source"], row[f"{side}_extracted_on"],
            (row[f"{side}_delivery_id"], row[f"{side}_source_row"]),
        )  # fmt: skip


def find(rows: Rows, authority: str, difference: str, as_at: date | None) -> Between | None:
    """The difference at a position (default: the newest that has it); None where there is none, or none had a life yet."""
    if not rows(KNOWN, {}):
        return None
    said: Mapping[str, Any] = {"authority": authority, "difference": difference}
    positions = [row["as_at"] for row in rows(POSITIONS, said)]
    at = as_at if as_at in positions else positions[0] if positions else None
    if at is None:
        return None
    return Between(rows(ONE, {**said, "as_at": at})[0], at, positions)


def first_seen(rows: Rows, authority: str, difference: str) -> date | None:
    """When a difference between two systems was first seen; None where it is none."""
    if not rows(KNOWN, {}):
        return None
    found: date | None = rows(FIRST_SEEN, {"authority": authority, "difference": difference})[0]["day"]
    return found


def sides_of(rows: Rows, authority: str, pair: str) -> tuple[str, str] | None:
    """What the two systems of a pair are called; None where it is no pair."""
    found = rows(SIDES, {"authority": authority, "pair": pair}) if rows(KNOWN, {}) else []
    return (found[0]["left_name"], found[0]["right_name"]) if found else None


def reasons_of(rows: Rows, authority: str, pair: str) -> dict[str, str]:
    """The reasons of a pair's differences in the pair's own words; empty where it is no pair."""
    if not rows(KNOWN, {}):
        return {}
    return {row["reason"]: row["says"] for row in rows(REASONS, {"authority": authority, "pair": pair})}
