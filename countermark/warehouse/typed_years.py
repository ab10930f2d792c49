"""Of which year a return is, and which of its cells that year did not take (`[[years]]` of a contract).

A column `return_year` says the year where there is one. Else the dates tell it: those named by `tells_year` in the deliveries that
belong together, or else the dates without which a row is none. Deliveries belong together that one authority made of one kind of return
for one stated extract date, or that lay in one folder of the inbox: so a list without any date (the header) is of its neighbours' year,
in whatever order they came. Where none of them has a date, the extract date decides: a return is made by July after its year. The rules
that read this are contracts/years.py's.
"""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract, Year

SAYS = "return_year"
COLUMNS = ("year_of_return", "not_in_year", "column_not_in_year", "list_not_in_year")


def note_years(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Fill typed.return_years: for each delivery of a yearly return the year, ended on 31 March, that it is for."""
    families = {contract.family for contract in catalogue.contracts.values() if contract.years}
    yearly = [contract for contract in catalogue.contracts.values() if contract.family in families]
    told = " union all ".join(filter(None, map(_told, yearly)))
    con.execute(
        f"""
        create or replace table typed.return_years as
        with kinds as (select unnest($contracts::varchar[]) as contract, unnest($families::varchar[]) as family),
        told as ({told or "select '' as delivery_id, null::integer as said, null::date as told, null::date as event where false"}),
        together as (
            select d.delivery_id, t.said,
                coalesce(max(t.told) over neighbours, max(t.event) over neighbours) as latest, d.extracted_on as made_on
            from typed.deliveries as d join kinds using (contract) left join told as t using (delivery_id)
            window neighbours as (partition by d.authority, family,
                if(d.extracted_on_inferred, regexp_replace(d.file, '[^/]*$', ''), d.extracted_on::varchar))
        )
        select delivery_id,
            coalesce(said, year(latest) + (month(latest) > 3)::integer, year(made_on) + (month(made_on) > 7)::integer)::integer
                as year_of_return
        from together
        """,
        {"contracts": [contract.id for contract in yearly], "families": [contract.family for contract in yearly]},
    )


def _told(contract: Contract) -> str:
    """What the rows of a contract say of the year of their delivery; dates after the delivery came are plans or slips."""
    if SAYS in contract.columns:
        dates, said = [], f'max(as_integer(r."{SAYS}"))'
    else:
        required = [name for name, column in contract.columns.items() if column.type == "date" and column.required]
        dates, said = list(contract.tells_year or required), "null::integer"
        if not dates:
            return ""
    each = [f"max(within(as_date(r.\"{name}\"), date '1990-01-01', d.received_at::date))" for name in dates]
    latest = f"greatest({', '.join(each)})" if each else "null::date"
    told, event = (latest, "null::date") if contract.tells_year else ("null::date", latest)
    return (
        f'select r.delivery_id, {said} as said, {told} as told, {event} as event from raw."{contract.table}" as r '
        "join typed.deliveries as d using (delivery_id) group by r.delivery_id"
    )


def join_of(contract: Contract) -> list[str]:
    """What a query over raw rows `r` joins to know the year."""
    return ["left join typed.return_years as of_year on of_year.delivery_id = r.delivery_id"] if contract.years else []


def columns_of(contract: Contract) -> list[str]:
    """The columns of typed.<contract> that name the cells which the year did not take. A cell that no year took is none of them."""
    if not contract.years:
        return []
    coded = sorted({name for year in contract.years for name in year.codes})
    without = [(name, year.until) for year in contract.years for name in year.without]
    absent = max((year.until for year in contract.years if year.absent), default=0)
    return [
        _named([(name, f'"{name}" is not null and {_not_taken(contract, name)}') for name in coded], "not_in_year"),
        _named(
            [(n, f'"{n} said" is not null and year_of_return <= {until}') for n, until in without], "column_not_in_year"
        ),
        f"coalesce(year_of_return <= {absent}, false) as list_not_in_year",
    ]


def _named(cells: list[tuple[str, str]], name: str) -> str:
    """A list of the columns for which the condition holds; null where there are none."""
    if not cells:
        return f"null::varchar[] as {name}"
    each = ", ".join(f"case when {when} then '{column}' end" for column, when in cells)
    return f"nullif(list_filter([{each}], lambda cell: cell is not null), []) as {name}"


def _not_taken(contract: Contract, name: str) -> str:
    """Whether a year took none of what a cell says: the shape with the least `until` that reaches the year decides."""
    shapes = sorted((year for year in contract.years if name in year.codes), key=lambda year: year.until)
    branches = " ".join(f"when year_of_return <= {shape.until} then {_unlike(shape, name)}" for shape in shapes)
    return f"case {branches} else false end"


def _unlike(shape: Year, name: str) -> str:
    entries = ", ".join("'" + entry.upper().replace("'", "''") + "'" for entry in shape.codes[name])
    return f'upper("{name} said") not in ({entries})'
