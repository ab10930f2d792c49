"""Excel templates for what people fill in: real date cells, drop-downs of the known codes, a note on every heading.

A template that is filled in and delivered fits its contract, because both come from it. Headings are locked, without a password; entries,
sorting, filtering, inserting and deleting of rows are not. A hidden sheet says which state of the contract's columns it was made of.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Column, Contract
from countermark.readers.headings import version_of

ROWS = 1000  # rows prepared with drop-downs and date cells
CHOICES = "Choices"
GUIDE = "Guide"
GUIDE_HEAD = ("In the heading", "Stands", "Must it be filled in?", "For example")
YES_NO = ("Yes", "No")
SENT_OUT = ("manual_prefilled", "manual_decisions", "manual_dip_samples")  # commands of their own write them
WIDTH, GUIDE_WIDTHS = 18, (30, 80, 22, 30)
LAST_COLUMN = 16383
LONGEST_NAME = 31  # of a sheet
NOT_IN_NAMES = str.maketrans("[]:*?/\\'", " " * 8)
MAY = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")


class TemplateError(ValueError):
    """There is no such template. The text names those there are."""


def names(catalogue: Catalogue) -> list[str]:
    """The contracts for which there is a template: those that people fill in. A list to tick is made from a publication, never empty."""
    filled_in = (c.id for c in catalogue.contracts.values() if catalogue.families[c.family].filled_in)
    return sorted(name for name in filled_in if name not in SENT_OUT)


def find(name: str, catalogue: Catalogue) -> Contract:
    """The contract of a template by its id, or by the last part of it: `visits` is `trackers.visits`. TemplateError where there is none."""
    known = names(catalogue)
    found = [one for one in known if name.strip().lower() in (one, one.rpartition(".")[2])]
    if len(found) != 1:
        raise TemplateError(f"There is no template {name}: choose one of {', '.join(map(_shortest(known), known))}.")
    return catalogue.contracts[found[0]]


def listed(catalogue: Catalogue) -> list[str]:
    """Every template by its shortest name, with its title."""
    known = names(catalogue)
    return [f"{_shortest(known)(name)}: {catalogue.contracts[name].title}" for name in known]


def _shortest(known: list[str]) -> Any:
    ends = [one.rpartition(".")[2] for one in known]
    return lambda one: one.rpartition(".")[2] if ends.count(one.rpartition(".")[2]) == 1 else one


def write_template(name: str, out: Path, catalogue: Catalogue) -> Path:
    """Write the template of the contract `name` to `out` and return it. TemplateError where there is none of that name."""
    import xlsxwriter

    contract = find(name, catalogue)
    out.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(out)) as book:
        mark = f"{contract.id} version {version_of(contract)}"
        book.set_properties({"title": contract.title, "comments": mark})
        sheet = book.add_worksheet(sheet_name(contract))
        guide, choices = book.add_worksheet(GUIDE), book.add_worksheet(CHOICES)
        choices.hide()
        choices.write_string(0, 0, mark)
        formats = _formats(book)
        _write_guide(guide, contract, formats)
        sheet.set_column(0, LAST_COLUMN, WIDTH, formats["any"])
        for place, column in enumerate(contract.columns.values()):
            sheet.write_string(0, place, column.header, formats["head"])
            sheet.write_comment(0, place, _note(column), {"x_scale": 2})
            sheet.set_column(place, place, WIDTH, formats.get(_format(column), formats["any"]))
            _validate(sheet, choices, place, column, _allowed(column, contract, catalogue))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, ROWS, len(contract.columns) - 1)
        for one in (sheet, guide, choices):
            one.protect("", dict.fromkeys(MAY, True) if one is sheet else {})
        sheet.activate()
    return out


def sheet_name(contract: Contract) -> str:
    """The name of the sheet to fill in: the title, without what stands before a colon."""
    name = contract.title.rpartition(": ")[2].translate(NOT_IN_NAMES)
    return (name[:1].upper() + name[1:])[:LONGEST_NAME]


def _formats(book: Any) -> dict[str, Any]:
    open_cell = {"locked": False}
    return {
        "date": book.add_format({"num_format": "dd/mm/yyyy", **open_cell}),
        "text": book.add_format({"num_format": "@", **open_cell}),
        "any": book.add_format(open_cell),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write_guide(guide: Any, contract: Contract, formats: dict[str, Any]) -> None:
    """The headings down the page with their meaning and an example: for reading, and never taken for rows."""
    example = _example(contract)
    guide.write_row(0, 0, GUIDE_HEAD, formats["head"])
    for row, (name, column) in enumerate(contract.columns.items(), start=1):
        cells = (
            f"“{column.header}”",
            column.meaning,
            "yes" if column.required else "may be blank",
            example.get(name, ""),
        )
        guide.write_row(row, 0, cells, formats["words"])
    for place, width in enumerate(GUIDE_WIDTHS):
        guide.set_column(place, place, width)


def _example(contract: Contract) -> dict[str, str]:
    """The first row of the contract's first worked example, by column."""
    said = tomllib.loads((contract.folder / "examples.toml").read_text(encoding="utf-8"))["example"][0]["given"]["rows"]
    head, first, *_ = [[cell.strip() for cell in line.split("|")] for line in said.strip().splitlines()]
    return dict(zip(head, first, strict=False))


def _format(column: Column) -> str:
    return "text" if column.type in ("id", "text", "code", "flag") else column.type


def _note(column: Column) -> str:
    needed = "Needed." if column.required else "May be blank."
    return f"{column.meaning} {needed}"


def _allowed(column: Column, contract: Contract, catalogue: Catalogue) -> list[str]:
    """The entries of a drop-down, in words where the contract is a tracker; empty where anything may be typed."""
    if column.type == "flag":
        return list(YES_NO)
    if column.type == "code":
        codes = catalogue.code_sets[column.code_set].codes
        return [code.code if contract.family == "manual" else code.label for code in codes]
    if contract.columns.get("indicator_id") is column:
        return sorted(catalogue.indicators)
    return []


def _validate(sheet: Any, choices: Any, place: int, column: Column, allowed: list[str]) -> None:
    """Hold the cells below a heading to what can be taken. The choices stand in a hidden sheet of their own."""
    rule: dict[str, Any] = {"ignore_blank": True, "error_title": column.header[:32]}
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
