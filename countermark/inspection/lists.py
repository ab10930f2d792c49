"""The Annex A lists of a frozen position, written into a folder with the proof that they agree with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from countermark import progress
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.inspection import agreement, book
from countermark.inspection.bench import Bench, bench
from countermark.inspection.freeze import Freeze, InspectionError, named
from countermark.inspection.remarks import HEADER, list_remarks, row_remarks
from countermark.inspection.rows import Cell, cells, choose, lists_of
from countermark.ledger.store import Ledger

PRIVATE_FOLDER = 0o700
AGREEMENT = "agreement.csv"
SIDECAR = "delivery.toml"


@dataclass(frozen=True)
class Written:
    """What was written: the workbook, the proof, how many rows each list has, and the lines of the proof."""

    workbook: Path
    proof: Path
    rows: dict[str, int]
    lines: tuple[agreement.Line, ...]


def write_lists(
    home: Home, catalogue: Catalogue, ledger: Ledger, name: str, out: Path, by: str, authority: str | None = None
) -> Written:
    """Write the lists of the freeze `name` into the empty folder `out`. InspectionError where lists and figures differ: then the
    workbook is not left there, the proof is. Who took them stands in the audit chain."""
    frozen = named(ledger, name, authority)
    if out.exists() and any(out.iterdir()):
        raise InspectionError("The folder is not empty: name a new one for the lists, so that nothing is mixed up.")
    out.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    workbook = out / f"annex_a_{frozen.as_at.isoformat()}.xlsx"
    with bench(home, catalogue, ledger, frozen) as work:
        progress.report("Choosing the rows of the lists")
        choose(work)
        taken = _taken(work)
        rows = _write_book(work, workbook, taken)
        progress.report("Counting the written lists anew")
        lines = agreement.agree(work, workbook, taken, is_purged(ledger, frozen))
    agreement.write(out / AGREEMENT, lines, workbook)
    try:
        agreement.refuse_disagreement(lines)
    except InspectionError:
        workbook.unlink()
        raise
    (out / SIDECAR).write_text(agreement.sidecar(frozen.authority, taken), encoding="utf-8")
    ledger.viewed(by, "annex_a_lists", authority=frozen.authority, freeze=frozen.name, listed=sum(rows.values()))
    return Written(workbook, out / AGREEMENT, rows, tuple(lines))


def is_purged(ledger: Ledger, frozen: Freeze) -> bool:
    """Whether a child was purged from the position since it was published."""
    return any(
        (note.authority, note.subject) == (frozen.authority, frozen.as_at.isoformat())
        for note in ledger.notes("sealed")
    )


def _taken(work: Bench) -> str:
    """The newest day on which one of the lists was taken."""
    [(day,)] = work.con.execute(
        "select max(extracted_on) from basis join counted using (contract, extracted_on)"
    ).fetchall()
    if day is None:
        raise InspectionError("None of the Annex A lists stands behind the frozen figures: there is nothing to write.")
    return str(day)


def _write_book(work: Bench, path: Path, taken: str) -> dict[str, int]:
    remarks = row_remarks(work)
    tables: list[book.Sheet] = []
    general = list_remarks(work)
    for contract, said in zip(lists_of(work), general, strict=True):
        if said[1]:  # it was delivered
            headings = [column.header for column in contract.columns.values()]
            tables.append(book.Sheet(_sheet(contract), [*headings, HEADER], _rows(work, contract, remarks), wide=1))
    comments = book.Sheet(book.COMMENTS, ["List", "Taken on", "Rows", "Behind a figure", HEADER], general, wide=1)
    front = book.Sheet(book.FRONT, ["What", "Said"], _front(work, taken), wide=1)
    book.write(path, [front, comments, *tables])
    return {table.name: len(table.rows) for table in tables}


def _sheet(contract: Contract) -> str:
    return contract.sheet_hint.capitalize()


def _rows(work: Bench, contract: Contract, remarks: dict[tuple[str, str, str], str]) -> Sequence[Sequence[Cell]]:
    found = cells(work, contract)
    return [[*row, remarks.get((contract.id, delivery, place))] for delivery, place, row in found]


def _front(work: Bench, taken: str) -> list[list[Cell]]:
    frozen = work.frozen
    return [
        ["Authority", frozen.authority],
        ["Position at", frozen.as_at],
        ["Lists taken up to", taken],
        ["Frozen as", frozen.name],
        ["Frozen on", frozen.at.date() if frozen.at else None],
        ["Frozen by", frozen.by],
        ["Because", frozen.reason],
        ["Publication", f"number {frozen.revision}"],
        ["What is on the lists", "Every row that a published figure of this date rests on, and every row that Ofsted's scope asks for."],
        ["What proves it", f"{AGREEMENT} beside this workbook: each figure, and what these lists give when they are counted anew."],
        ["What this is", "Management information. It holds children's records: keep it as the case system is kept."],
    ]  # fmt: skip
