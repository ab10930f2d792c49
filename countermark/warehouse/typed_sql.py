"""The query that gives a contract's rows their types. Text only: nothing is run here."""

from __future__ import annotations

from countermark.contracts.model import Column, Contract
from countermark.warehouse.claims import claim_rejects, is_claim
from countermark.warehouse.typed_years import columns_of, join_of

READ = ("loaded", "loaded_with_rejects", "rejected")  # statuses whose rows are in raw; a rejected one may have none
WITH_UNUSABLE = ("date", "code", "flag", "integer", "number", "age")
WANTED = {
    "date": "holds no date that can be used: give a date cell, 2022-10-31 or 31/10/2022, between 1990 and 2040",
    "integer": "holds no whole number: give one",
    "number": "holds no number: give one, such as 0.6",
    "age": "holds no age: give it in years",
    "flag": "is neither yes nor no: give one of them",
}


def judged(contract: Contract) -> str:
    """All rows of a contract with types, rejection and whether each is the one that counts for its key.

    One row per raw row of a delivery that was read, in the columns of docs/data-model.md.
    """
    columns = contract.columns
    said = [f'r."{name}" as "{name} said"' for name in columns]
    values = [f'{_value(n, c)} as "{n}"' for n, c in columns.items() if n != "team" or contract.team != "team"]
    unusable = [_unusable(name) for name, column in columns.items() if column.type in WITH_UNUSABLE]
    unsaid = ", ".join(f'"{name} said"' for name in columns)
    return f"""
    with typed_cells as (
        select d.authority, d.delivery_id, d.newness as delivery_seq, d.extracted_on,
            r.row_number, r.source_row, r.sheet_number, coalesce(r.unreadable, []) as unreadable,
            {", ".join([*said, *values, *_people(contract), *(["year_of_return"] if contract.years else [])])}
        from raw."{contract.table}" as r
        join typed.deliveries as d on d.delivery_id = r.delivery_id and d.status in {READ} and d.authority <> ''
        {" ".join(_joins(contract))}
    ), with_reject as (
        select {", ".join(["*", *unusable, *columns_of(contract)])}, {_reject(contract)} as reject from typed_cells
    )
    select * exclude (unreadable, sheet_number, reject, {unsaid}), reject.at as reject_column, reject.why as reject_reason,
        {_is_counted(contract)} as is_counted
    from with_reject
    """


def _people(contract: Contract) -> list[str]:
    worker = [f'r."{contract.worker}" as worker'] if contract.worker and contract.worker != "worker" else []
    return [*worker, *(["teams.team as team"] if contract.team else [])]


def _joins(contract: Contract) -> list[str]:
    """Codes by the text of the cell, teams by the folded text."""
    codes = [
        f'left join typed.codes as "{name} code" '
        f'on "{name} code".code_set = \'{column.code_set}\' and "{name} code".said = r."{name}"'
        for name, column in contract.columns.items()
        if column.type == "code"
    ]
    on = f'teams.authority = d.authority and teams.spelling = fold_name(r."{contract.team}")'
    return [*codes, *join_of(contract), *([f"left join typed.teams on {on}"] if contract.team else [])]


def _value(name: str, column: Column) -> str:
    cell = f'r."{name}"'
    return {
        "code": f'"{name} code".code',
        "date": f"{'as_birth_date' if column.birth else 'as_date'}({cell})",
        "integer": f"as_integer({cell})",
        "number": f"as_number({cell})",
        "age": f"as_age({cell})",
        "flag": f"as_flag({cell})",
    }.get(column.type, cell)


def _unusable(name: str) -> str:
    """Whether a cell is not blank and yet says nothing that its type can hold."""
    lost = f'"{name} said" is not null and "{name}" is null'
    return f"(list_contains(unreadable, '{name}') or ({lost})) as \"{name}_unusable\""


def _is_counted(contract: Contract) -> str:
    """Of the usable rows with one key in one extract, the newest delivery's last; every row where there is no key."""
    if not contract.key:
        return "true"
    key = [f'coalesce("{n}", "{n} said")' if contract.columns[n].type == "code" else f'"{n}"' for n in contract.key]
    return (
        f"reject is not null or row_number() over (partition by authority, extracted_on, reject is null, {', '.join(key)} "
        "order by delivery_seq desc, sheet_number desc, row_number desc) = 1"
    )


def _reject(contract: Contract) -> str:
    """A CASE that names the first column for which a row cannot be used, and what to do about it. Never a cell's value."""
    cases = []
    for name, column in contract.columns.items():
        if not column.required:
            continue
        said, cell = f'"{name} said"', f"The cell under “{column.header}”"
        unreadable = (
            f"{cell} holds an error or a formula without a value, or is part of a merged cell: type the value in."
        )
        cases.append((f"list_contains(unreadable, '{name}')", name, unreadable))
        cases.append((f"{said} is null", name, f"{cell} is blank and a row needs it: fill it in."))
        if column.type in WANTED:
            cases.append((f'"{name}" is null', name, f"{cell} {WANTED[column.type]}."))
    lines = [_branch(when, at, why) for when, at, why in cases]
    lines += claim_rejects() if is_claim(contract) else []
    if {"in_numerator", "in_denominator"} <= contract.columns.keys():
        why = "The row is in the numerator and not in the denominator: mend one of the two."
        lines.append(_branch("in_numerator and not coalesce(in_denominator, true)", "in_numerator", why))
    return f"case {' '.join(lines)} end" if lines else 'null::struct("at" varchar, why varchar)'


def _branch(when: str, at: str, why: str) -> str:
    quoted = why.replace("'", "''")
    return f"when {when} then {{'at': '{at}', 'why': '{quoted}'}}"
