"""A dip sample to fill in: one row for each file that was drawn, with a drop-down for what the file says and a key of its own.

It does not show what the system says: who knows that reads the file for it.
"""

from __future__ import annotations

from pathlib import Path

from countermark.certify.dip import Drawn
from countermark.contracts.catalogue import Catalogue
from countermark.exports.sent_out import locked
from countermark.exports.write import write_cell
from countermark.ledger.row_keys import bound_of, row_key

CONTRACT, SHEET = "manual_dip_samples", "Dip sample"
FILL_IN = ("file_says", "looked_on", "filled_in_by")


def key_of(key: bytes, one: Drawn) -> str:
    """The row key of a drawn file."""
    cells = locked(one.authority, one.team, one.as_at, one.indicator_id, one.pseudonym, one.case_id)
    return row_key(key, one.round, bound_of(CONTRACT), *cells)


def write(path: Path, drawn: list[Drawn], key: bytes, catalogue: Catalogue) -> None:
    """Write the workbook, readable by its owner alone."""
    import xlsxwriter

    contract = catalogue.contracts[CONTRACT]
    book = xlsxwriter.Workbook(str(path), {"tmpdir": str(path.parent)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    fill = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#FFF7BF"})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "dd/mm/yyyy"})
    page = book.add_worksheet(SHEET)
    for place, (name, column) in enumerate(contract.columns.items()):
        page.set_column(place, place, 22, day if column.type == "date" else text, {"hidden": name == "row_key"})
        page.write_string(0, place, column.header, fill if name in FILL_IN else head)
    names = list(contract.columns)
    for number, one in enumerate(drawn, start=1):
        cells = {
            "case_id": one.case_id, "indicator_id": one.indicator_id, "team": one.team, "as_at": one.as_at,
            "row_key": key_of(key, one),
        }  # fmt: skip
        for name, cell in cells.items():
            write_cell(page, number, names.index(name), cell, day if name == "as_at" else None)
    labels = [code.label for code in catalogue.code_sets["file_says"].codes]
    place = names.index("file_says")
    page.data_validation(1, place, max(1, len(drawn)), place, {"validate": "list", "source": labels})
    page.freeze_panes(1, 0)
    book.close()
    path.chmod(0o600)
