"""Excel templates for what people count: real date cells, drop-downs of the known codes, a note on every heading.

A template that is filled in and delivered fits its contract, because both come from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Column, Contract

ROWS = 1000  # rows prepared with drop-downs and date cells
VERSION = "1"
CHOICES = "Choices"
YES_NO = ("Yes", "No")
WIDTH = 18


class TemplateError(ValueError):
    """There is no such template. The text names those there are."""


def names(catalogue: Catalogue) -> list[str]:
    """The contracts for which there is a template: those that people fill in."""
    return sorted(contract.id for contract in catalogue.contracts.values() if contract.family == "manual")


def write_template(name: str, out: Path, catalogue: Catalogue) -> Path:
    """Write the template of the contract `name` to `out` and return it. TemplateError where there is none of that name."""
    import xlsxwriter

    if name not in names(catalogue):
        raise TemplateError(f"There is no template {name}: choose one of {', '.join(names(catalogue))}.")
    contract = catalogue.contracts[name]
    out.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(out)) as book:
        book.set_properties({"title": contract.title, "comments": f"{contract.id} version {VERSION}"})
        sheet = book.add_worksheet(contract.title[:31])
        choices = book.add_worksheet(CHOICES)
        choices.hide()
        choices.write_string(0, 0, f"{contract.id} version {VERSION}")
        formats = {
            "date": book.add_format({"num_format": "dd/mm/yyyy"}),
            "text": book.add_format({"num_format": "@"}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        }
        for place, column in enumerate(contract.columns.values()):
            sheet.write_string(0, place, column.header, formats["head"])
            sheet.write_comment(0, place, _note(column), {"x_scale": 2})
            sheet.set_column(place, place, WIDTH, formats.get(_format(column)))
            _validate(sheet, choices, place, column, _allowed(column, contract, catalogue))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, ROWS, len(contract.columns) - 1)
        sheet.activate()
    return out


def _format(column: Column) -> str:
    return "text" if column.type in ("id", "text", "code", "flag") else column.type


def _note(column: Column) -> str:
    needed = "Needed." if column.required else "May be blank."
    return f"{column.meaning} {needed}"


def _allowed(column: Column, contract: Contract, catalogue: Catalogue) -> list[str]:
    """The entries of a drop-down; empty where anything may be typed."""
    if column.type == "flag":
        return list(YES_NO)
    if column.type == "code":
        return [code.code for code in catalogue.code_sets[column.code_set].codes]
    if contract.columns.get("indicator_id") is column:
        return sorted(catalogue.indicators)
    return []


def _validate(sheet: Any, choices: Any, place: int, column: Column, allowed: list[str]) -> None:
    """Hold the cells below a heading to what can be taken. The choices stand in a hidden sheet of their own."""
    rule: dict[str, Any] = {"ignore_blank": True, "error_title": column.header}
    if allowed:
        for row, entry in enumerate(allowed, start=1):
            choices.write_string(row, place, entry)
        from xlsxwriter.utility import xl_rowcol_to_cell

        first, last = (xl_rowcol_to_cell(row, place, True, True) for row in (1, len(allowed)))
        rule |= {
            "validate": "list",
            "source": f"={CHOICES}!{first}:{last}",
            "error_message": "Choose an entry of the list.",
        }
    elif column.type == "date":
        from datetime import date

        rule |= {"validate": "date", "criteria": "between", "minimum": date(1990, 1, 1), "maximum": date(2040, 12, 31)}
        rule["error_message"] = "Give a date as day/month/year."
    elif column.type == "integer":
        rule |= {
            "validate": "integer",
            "criteria": ">=",
            "value": column.min or 0,
            "error_message": "Give a whole number.",
        }
    else:
        return
    sheet.data_validation(1, place, ROWS, place, rule)
