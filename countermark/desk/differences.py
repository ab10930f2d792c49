"""One difference as the desk shows it: both sides beside each other, what it moves, what has been decided. Reading only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.desk.figures import Rows

POSITIONS = (
    "select distinct as_at from main.breaks where authority = $authority and break_id = $break_id order by 1 desc"
)
SIDES = """
with mine as (
    select * from main.breaks where authority = $authority and break_id = $break_id and as_at = $as_at
)
select distinct
    mine.*, items.manual_rows, items.manual_delivery_id, items.manual_source_row, items.system_delivery_id, items.system_source_row,
    lists.file as manual_file, extracts.file as system_file, extracts.extracted_on, claims.counted_by, claims.counted_at, claims.method,
    members.due_on, members.done_on, bridges.manual, bridges.system, metrics.status
from mine
join facts.items as items
    on mine.authority = items.authority and mine.as_at = items.as_at and mine.indicator_id = items.indicator_id
    and mine.team = items.team and mine.measure = items.measure and mine.kind = items.kind and mine.bound_to = items.bound_to
    and mine.reason = items.reason and mine.case_id is not distinct from items.case_id
    and mine.of_team is not distinct from items.of_team
left join facts.deliveries as lists on items.manual_delivery_id = lists.delivery_id
left join facts.deliveries as extracts on items.system_delivery_id = extracts.delivery_id
left join facts.claims as claims
    on mine.authority = claims.authority and mine.as_at = claims.as_at and mine.indicator_id = claims.indicator_id
    and coalesce(mine.of_team, mine.team) = claims.team
left join main.members as members
    on mine.authority = members.authority and mine.as_at = members.as_at and mine.indicator_id = members.indicator_id
    and mine.case_id = members.case_id
left join facts.bridges as bridges
    on mine.authority = bridges.authority and mine.as_at = bridges.as_at and mine.indicator_id = bridges.indicator_id
    and mine.team = bridges.team and mine.measure = bridges.measure
left join main.metrics as metrics
    on mine.authority = metrics.authority and mine.as_at = metrics.as_at and mine.indicator_id = metrics.indicator_id
    and mine.team = metrics.team
order by mine.team = 'ALL', mine.team, mine.measure, mine.kind, mine.reason
"""


@dataclass(frozen=True)
class Difference:
    """A difference at one position: a row for each figure and measure that it bears on, the team's own before the authority's."""

    rows: list[dict[str, Any]]
    as_at: date
    positions: list[date]

    @property
    def first(self) -> dict[str, Any]:
        """The row that speaks for all: of the largest effect."""
        return max(self.rows, key=lambda row: abs(row["effect"]))

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where the team's rows stand, as delivery and row; several where more than one team lists the case."""
        found = [(row["manual_delivery_id"], row["manual_source_row"]) for row in self.rows]
        return [one for one in dict.fromkeys(found) if one[0] and one[1]]

    def counted(self, side: str, measure: str) -> bool | None:
        """Whether a side counts the case in a measure; None where the difference says nothing about it."""
        said = [row[f"{side}_in"] for row in self.rows if row["measure"] == measure and row["kind"] == "case"]
        return None if not said or all(one is None for one in said) else any(said)

    def any(self, name: str) -> Any:
        """The first value of that name that any row has."""
        return next((row[name] for row in self.rows if row[name] is not None), None)

    @property
    def proof(self) -> str:
        """What was looked for and found, in a sentence; empty where an earlier version published. Of several measures the numerator's
        words: what decides stands there."""
        said = [row for row in self.rows if row.get("proof")]
        mine = [
            row for row in said if row["reason"] == self.first["reason"] and row["kind"] == self.first["kind"]
        ] or said
        return str(max(mine, key=lambda row: row["measure"])["proof"]) if mine else ""

    @property
    def secondary(self) -> list[str]:
        """The other reasons that hold."""
        found = [code for row in self.rows for code in (row["secondary_reasons"] or "").split()]
        found += [row["reason"] for row in self.rows]
        return [code for code in dict.fromkeys(found) if code != self.first["reason"]]


def find(rows: Rows, authority: str, break_id: str, as_at: date | None) -> Difference | None:
    """The difference at a position (default: the newest that has it); None where there is none."""
    said: Mapping[str, Any] = {"authority": authority, "break_id": break_id}
    positions = [row["as_at"] for row in rows(POSITIONS, said)]
    at = as_at if as_at in positions else positions[0] if positions else None
    if at is None:
        return None
    return Difference(rows(SIDES, {**said, "as_at": at}), at, positions)
