"""One child's record as the desk sees it: delivered rows list by list with failing cells, measures it counts in, who may see it.

A child is named in addresses by its pseudonym, never by its id: addresses end in logs. Delivered rows come from the file of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.desk.figures import Rows
from countermark.ledger.secrets import pseudonym, pseudonyms

CHILDREN = """
select distinct child_id from (
    select child_id from main.members where authority = $authority
    union all select child_id from main.breaks where authority = $authority
    union all select child_id from main.failures where authority = $authority
) where child_id is not null
"""
# A child is a team's where a figure or a failing row allocates it to the team; one that no figure holds, where the team lists it.
OF_TEAMS = """
with asked as (
    select unnest($children::varchar[]) as child_id
),
held as (
    select members.child_id, members.team from main.members as members
    where members.authority = $authority and members.child_id in (select child_id from asked)
)
select child_id from held where list_contains($teams::varchar[], team)
union
select failures.child_id from main.failures as failures
where failures.authority = $authority and failures.child_id in (select child_id from asked)
    and list_contains($teams::varchar[], failures.team)
union
select items.child_id from desk.items as items
where items.authority = $authority and items.child_id in (select child_id from asked) and list_has_any(items.teams, $teams::varchar[])
    and items.kind <> 'pair' and items.child_id not in (select child_id from held)
"""
COUNTS = """
select members.indicator_id, definitions.title, members.as_at, members.case_id, members.team, members.state, members.in_denominator,
    members.in_numerator, definitions.measures, members.due_on, members.done_on, deliveries.file, members.source_row
from main.members as members
join facts.definitions as definitions
    on members.authority = definitions.authority and members.as_at = definitions.as_at and members.indicator_id = definitions.indicator_id
left join facts.deliveries as deliveries on members.delivery_id = deliveries.delivery_id
where members.authority = $authority and members.child_id = $child and members.as_at = $as_at
order by members.indicator_id, members.case_id
"""
FAILURES = """
select failures.failure_id, failures.rule_code, failures.severity, failures.message, failures.contract, failures.delivery_id,
    failures.source_row, failures."column" as header, deliveries.file
from main.failures as failures
left join facts.deliveries as deliveries on failures.delivery_id = deliveries.delivery_id
where failures.authority = $authority and failures.child_id = $child
order by list_position(['blocking', 'warning', 'query'], failures.severity), failures.rule_code, failures.source_row
"""
DELIVERED = """
select rows.*, headings.columns,
    rows.extracted_on = max(rows.extracted_on) over (partition by rows.contract) as is_newest
from rows
join headings on rows.contract = headings.contract
where rows.authority = $authority and rows.bare_child = $bare
order by rows.contract, rows.extracted_on desc nulls first, rows.file, rows.row_number
"""
ROW = """
select rows.*, headings.columns, true as is_newest
from rows
join headings on rows.contract = headings.contract
where rows.authority = $authority and rows.delivery_id = $delivery and rows.source_row = $source_row
"""


@dataclass(frozen=True)
class Cell:
    """One cell as it was delivered. `fails` are the rules that it fails, each with code, severity, message and failure_id."""

    name: str
    heading: str
    type: str
    is_birth: bool
    value: str | None
    is_unreadable: bool
    fails: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Delivered:
    """One delivered row, with its place. `is_newest` false: an earlier extract's."""

    contract: str
    title: str
    child_id: str
    extracted_on: date | None
    file: str
    source_row: str
    team: str | None
    is_counted: bool
    is_newest: bool
    reject_reason: str | None
    cells: tuple[Cell, ...]
    row_fails: tuple[Mapping[str, Any], ...]


def bare(child_id: str) -> str:
    """The id with leading zeros aside: lists of different makers drop them."""
    return child_id.lstrip("0")


def address(key: bytes, child_id: str) -> str:
    """What stands for a child in an address."""
    return pseudonym(key, "child", child_id)


def by_address(rows: Rows, key: bytes, authority: str) -> dict[str, str]:
    """Every child of the published figures by its address. Worth keeping with the snapshot: 50,000 take a moment."""
    found = [row["child_id"] for row in rows(CHILDREN, {"authority": authority})]
    return dict(zip(pseudonyms(key, [("child", one) for one in found]), found, strict=True))


def of_teams(rows: Rows, authority: str, child_ids: Iterable[str], teams: Iterable[str]) -> set[str]:
    """Those of the children who are one of these teams'."""
    said = {"authority": authority, "children": list(child_ids), "teams": list(teams)}
    return {row["child_id"] for row in rows(OF_TEAMS, said)}


def counts(rows: Rows, authority: str, child_id: str, as_at: date) -> list[dict[str, Any]]:
    """The measures that the child counts in at a position, with its state in each."""
    return rows(COUNTS, {"authority": authority, "child": child_id, "as_at": as_at})


def failures(rows: Rows, authority: str, child_id: str) -> list[dict[str, Any]]:
    """The rules that the child's newest rows fail."""
    return rows(FAILURES, {"authority": authority, "child": child_id})


def delivered(
    records: Rows, catalogue: Catalogue, authority: str, child_id: str, failing: Iterable[Mapping[str, Any]]
) -> list[Delivered]:
    """The child's rows, list by list, the newest extract first, with their failing cells."""
    found = records(DELIVERED, {"authority": authority, "bare": bare(child_id)})
    return _delivered(found, catalogue, failing)


def row_at(
    records: Rows, catalogue: Catalogue, authority: str, delivery_id: str | None, source_row: str | None,
    failing: Iterable[Mapping[str, Any]] = (),
) -> Delivered | None:  # fmt: skip
    """The row at a place; None where it is not kept."""
    if not delivery_id or not source_row:
        return None
    said = {"authority": authority, "delivery": delivery_id, "source_row": source_row}
    return next(iter(_delivered(records(ROW, said), catalogue, failing)), None)


def _delivered(
    found: Iterable[Mapping[str, Any]], catalogue: Catalogue, failing: Iterable[Mapping[str, Any]]
) -> list[Delivered]:
    at: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in failing:
        at.setdefault((one["delivery_id"], one["source_row"]), []).append(one)
    made = []
    for row in found:
        contract = catalogue.contracts.get(row["contract"])
        fails = at.get((row["delivery_id"], row["source_row"]), [])
        cells = [
            _cell(name, contract.columns.get(name) if contract else None, value, row["unreadable"] or [], fails)
            for name, value in zip(row["columns"], row["cells"], strict=True)
        ]
        made.append(
            Delivered(
                row["contract"], contract.title if contract else row["contract"], row["child_id"], row["extracted_on"],
                row["file"], row["source_row"], row["team"], bool(row["is_counted"]), bool(row["is_newest"]),
                row["reject_reason"], tuple(cells), tuple(one for one in fails if not one["header"]),
            )
        )  # fmt: skip
    return made


def _cell(
    name: str, column: Any, value: str | None, unreadable: Iterable[str], fails: Iterable[Mapping[str, Any]]
) -> Cell:
    heading = column.header if column else name
    mine = tuple(one for one in fails if one["header"] == heading)
    return Cell(
        name, heading, column.type if column else "text", bool(column and column.birth), value, name in unreadable, mine
    )
