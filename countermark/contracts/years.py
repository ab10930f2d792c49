"""Rules that follow from `[[years]]`: what a return holds and its year did not take. One definition for every layout of every yearly
return; the typed rows say which cells they are (warehouse/typed_years.py), so no layout writes these rules down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from countermark.contracts.model import Contract
from countermark.contracts.rules import RuleFile

WHY = "F: the guidance of each year's return says which lists, columns and entries it takes."


def year_rules(contracts: Mapping[str, Contract], written: Iterable[RuleFile]) -> list[RuleFile]:
    """The rules about years, named after the rules that a layout has (`CM-9EP-Y01` beside `CM-9EP-001`)."""
    prefixes: dict[str, str] = {}
    for rule in written:
        prefixes.setdefault(rule.contract, rule.code.rpartition("-")[0])
    yearly = [contract for contract in contracts.values() if contract.years]
    return [rule for contract in yearly for rule in _rules(contract, prefixes.get(contract.id) or _prefix(contract))]


def _prefix(contract: Contract) -> str:
    return "CM-" + "".join(sign for sign in contract.table.upper() if sign.isalnum())


def _rules(contract: Contract, prefix: str) -> list[RuleFile]:
    codes = sorted({name for year in contract.years for name in year.codes})
    columns = sorted({name for year in contract.years for name in year.without})
    found = []
    if codes:
        found.append(
            RuleFile(
                code=f"{prefix}-Y01", severity="warning", contract=contract.id, fields=tuple(codes), why=WHY,
                title="An entry that the return of that year did not take",
                message="{column} holds an entry of another year's return; use the entries of the year that the return is for.",
                query=_cells(contract, "not_in_year"),
            )
        )  # fmt: skip
    if columns:
        found.append(
            RuleFile(
                code=f"{prefix}-Y02", severity="query", contract=contract.id, fields=tuple(columns), why=WHY,
                title="A column that the return of that year did not have",
                message="{column} is filled, and the return of that year did not have it; is this another year's file?",
                query=_cells(contract, "column_not_in_year"),
            )
        )  # fmt: skip
    if any(year.absent for year in contract.years):
        found.append(
            RuleFile(
                code=f"{prefix}-Y03", severity="query", contract=contract.id, fields=(contract.child or next(iter(contract.columns)),),
                why=WHY, title="A list that the return of that year did not have",
                message="The return of that year did not have this list yet; is this another year's file?",
                query=f"select delivery_id, source_row, '' as column_name from {contract.table} where list_not_in_year",
            )
        )  # fmt: skip
    return found


def _cells(contract: Contract, named_by: str) -> str:
    return f"select delivery_id, source_row, unnest({named_by}) as column_name from {contract.table}"
