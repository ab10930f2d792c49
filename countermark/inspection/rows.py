"""Which delivered rows a list of a date holds, and what stands in their cells. Writes temporary tables on the bench alone.

A row is listed where an indicator's figure rests on it (it is, or might be, a child counted), or where Ofsted's own scope of the list
asks for it. Nothing else is, and every row comes from the extract that the figures came from.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from countermark.contracts.model import Contract
from countermark.inspection.bench import Bench
from countermark.warehouse.connect import quiet, statements

FAMILY = "annex_a"
Cell = str | int | date | None

# The rows of the extracts behind the figures that count for their key, rejected ones too.
COUNTED = """
create or replace temp table counted (contract varchar, delivery_id varchar, source_row varchar, extracted_on date);
create or replace temp table basis as
select contract, extracted_on from frozen.facts.extracts where authority = $authority and as_at = $as_at
"""
LISTED = """
create or replace temp table listed as
with told as (
    select deliveries.contract, members.delivery_id, members.source_row
    from frozen.facts.members as members
    join frozen.facts.deliveries as deliveries using (delivery_id)
    where members.authority = $authority and members.as_at = $as_at and members.basis = 'now' and members.state is not null
)
select counted.*, exists (select 1 from told where (told.delivery_id, told.source_row) = (counted.delivery_id, counted.source_row)
    and told.contract = counted.contract) as is_told
from counted
where is_told or exists (
    select 1 from in_scope where in_scope.contract = counted.contract and in_scope.delivery_id = counted.delivery_id
        and in_scope.source_row = counted.source_row
)
"""
STANDING = """
create or replace temp table standing (
    contract varchar, delivery_id varchar, source_row varchar, "column" varchar, from_delivery varchar, from_row varchar, from_on date
)
"""


@dataclass(frozen=True)
class LastEvent:
    """A column that keeps only the last event, those beside it, and the indicators for which an earlier extract proves it."""

    contract: str
    column: str
    beside: tuple[str, ...] = ()
    proves: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def last_events(sql: Path) -> tuple[LastEvent, ...]:
    """The columns of sql/shared/inspection/last_events.toml."""
    with (sql / "shared" / "inspection" / "last_events.toml").open("rb") as file:
        found = tomllib.load(file)["event"]
    return tuple(
        LastEvent(one["contract"], one["column"], tuple(one.get("beside", ())), tuple(one.get("proves", ())))
        for one in found
    )


def lists_of(bench: Bench) -> list[Contract]:
    """The contracts of Annex A, in the order of the lists."""
    return sorted((c for c in bench.catalogue.contracts.values() if c.family == FAMILY), key=lambda c: c.id)


def choose(bench: Bench) -> None:
    """Make `listed` (the rows that the lists hold) and `standing` (where an earlier extract says what stood at the date)."""
    at = {"authority": bench.frozen.authority, "as_at": bench.frozen.as_at}
    with quiet("choosing the rows of the lists"):
        for statement in statements(COUNTED):
            bench.con.execute(statement, at if "$" in statement else {})
        for contract in lists_of(bench):
            bench.con.execute(
                f"insert into counted select '{contract.id}', rows.delivery_id, rows.source_row, rows.extracted_on "
                f"from typed.\"{contract.table}\" as rows join basis on basis.contract = '{contract.id}' "
                "and basis.extracted_on = rows.extracted_on where rows.is_counted and rows.authority = $authority",
                {"authority": at["authority"]},
            )
        for name in ("scope", "scope_care"):
            for statement in statements(bench.catalogue.shared(f"inspection/{name}")):
                bench.con.execute(statement, {"as_at": at["as_at"]})
        bench.con.execute(LISTED, at)
        bench.con.execute(STANDING)
        for event in last_events(bench.catalogue.sql):
            _find_standing(bench, event)


def _find_standing(bench: Bench, event: LastEvent) -> None:
    """Where the event recorded lies after the date: the row of the newest earlier extract that showed what stood at it.

    First an extract taken on or after the date; failing that, one taken before it, where a figure counted the event that it proves.
    """
    contract = bench.catalogue.contracts[event.contract]
    rows = f"""(
        select r.*, coalesce(ids.person_id, r."{contract.child}") as one_child
        from typed."{contract.table}" as r left join identity.ids as ids
            on r.authority = ids.authority and ids.contract = $contract and r.extracted_on = ids.extracted_on
            and r."{contract.child}" = ids.said_id
    )"""
    earlier = f"""
        from listed join {rows} as here on listed.delivery_id = here.delivery_id and listed.source_row = here.source_row
        join {rows} as past on here.authority = past.authority
            and here.one_child = past.one_child and past.extracted_on < here.extracted_on
            and past.is_counted and past.reject_column is null
        where listed.contract = $contract and here."{event.column}" > $as_at
    """
    newest = (
        "qualify row_number() over (partition by here.delivery_id, here.source_row order by past.extracted_on desc) = 1"
    )
    found = (
        "insert into standing select $contract, here.delivery_id, here.source_row, $column, past.delivery_id, "
        "past.source_row, past.extracted_on"
    )
    at = {"contract": event.contract, "column": event.column, "as_at": bench.frozen.as_at}
    bench.con.execute(
        f'{found} {earlier} and past.extracted_on >= $as_at and not past."{event.column}_unusable" '
        f'and coalesce(past."{event.column}" <= $as_at, true) {newest}',
        at,
    )
    if event.proves:
        bench.con.execute(
            f"""
            {found} {earlier} and past.extracted_on < $as_at
                and not exists (
                    select 1 from standing as s where s.contract = $contract and s."column" = $column
                        and s.delivery_id = here.delivery_id and s.source_row = here.source_row
                )
                and exists (
                    select 1 from frozen.facts.members as m where m.as_at = $as_at and m.basis = 'now' and m.state = 'met'
                        and list_contains($proves, m.indicator_id) and m.delivery_id = here.delivery_id
                        and m.source_row = here.source_row and m.done_on = past."{event.column}"
                )
            {newest}
            """,
            {**at, "proves": list(event.proves)},
        )


def cells(bench: Bench, contract: Contract) -> list[tuple[str, str, list[Cell]]]:
    """The rows of one list: delivery, place in it, and a cell for each column of the template. Dates and whole numbers are such.

    A cell that held an error, or a formula without a value, says that it could not be read; text columns stay blank there.
    """
    columns = ", ".join(_cell(name, contract) for name in contract.columns)
    by = f'here."{contract.columns and next(iter(contract.columns))}"'
    joins = "".join(
        f' left join standing as "s{i}" on "s{i}".contract = listed.contract and "s{i}"."column" = \'{event.column}\' '
        f'and "s{i}".delivery_id = here.delivery_id and "s{i}".source_row = here.source_row '
        f'left join raw."{contract.table}" as "r{i}" on "r{i}".delivery_id = "s{i}".from_delivery '
        f'and "r{i}".source_row = "s{i}".from_row '
        for i, event in enumerate(_events(bench, contract))
    )
    replaced = {
        name: f'if("s{i}".contract is null, said."{name}", "r{i}"."{name}")'
        for i, event in enumerate(_events(bench, contract))
        for name in (event.column, *event.beside)
    }
    said = ", ".join(f'{replaced.get(name, f"said.{chr(34)}{name}{chr(34)}")} as "{name}"' for name in contract.columns)
    team = f', coalesce(here.team, said."{contract.team}") as shown_team' if contract.team else ""
    with quiet("reading the cells of the lists"):
        rows = bench.con.execute(
            f"""
            with here as (
                select listed.delivery_id, listed.source_row, said.row_number, coalesce(said.unreadable, []) as unreadable, {said} {team}
                from listed join raw."{contract.table}" as said using (delivery_id, source_row)
                join typed."{contract.table}" as here using (delivery_id, source_row) {joins}
                where listed.contract = $contract
            )
            select delivery_id, source_row, {columns} from here order by {by}, delivery_id, row_number
            """,
            {"contract": contract.id},
        ).fetchall()
    return [(row[0], row[1], [_plain(cell) for cell in row[2:]]) for row in rows]


def _events(bench: Bench, contract: Contract) -> list[LastEvent]:
    return [event for event in last_events(bench.catalogue.sql) if event.contract == contract.id]


UNREAD = "(could not be read)"


def _cell(name: str, contract: Contract) -> str:
    """A struct of what a cell is: a date, a whole number, or text. Which of them is not null decides."""
    said = "shown_team" if name == contract.team else f'here."{name}"'
    kind = contract.columns[name].type
    day = f"as_{'birth_' if contract.columns[name].birth else ''}date({said})" if kind == "date" else "null::date"
    number = {"integer": f"as_integer({said})", "age": f"as_age({said})"}.get(kind, "null::integer")
    unread = (
        "null" if kind in ("id", "text", "postcode") else f"if(list_contains(unreadable, '{name}'), '{UNREAD}', null)"
    )
    return f"{{'d': {day}, 'n': {number}, 't': coalesce({unread}, {said})}}"


def _plain(cell: dict[str, Cell]) -> Cell:
    return next((cell[kind] for kind in ("d", "n") if cell[kind] is not None), cell["t"])
