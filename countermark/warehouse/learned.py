"""Headings that a person has given a meaning: kept as notes of the kind "mapping", applied to every file with the same header row.

The subject is the key of the whole header row, so that one team's "Seen" is not taken for another's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from countermark.contracts.catalogue import Catalogue
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from countermark.readers.headings import Layout, fold, headings_key, layout_of

KIND = "mapping"


def layouts_of(catalogue: Catalogue, ledger: Ledger) -> list[Layout]:
    """The layout of every contract, with what people have taught it."""
    learned: dict[str, dict[str, dict[str, str]]] = {}
    for note in ledger.notes(KIND):
        learned.setdefault(str(note.body["contract"]), {})[note.subject] = dict(note.body["columns"])
    return [replace(layout_of(c), learned=learned.get(c.id, {})) for c in catalogue.contracts.values()]


def mapping(
    catalogue: Catalogue, authority: str, headings: Sequence[str], contract: str, columns: Mapping[str, str], by: str
) -> Note:
    """The note that gives headings a meaning. `columns` maps headings as they stand to columns of the contract.

    LedgerError for an unknown contract or column, for one column given twice, and where a needed column is still missing.
    """
    known = catalogue.contracts.get(contract)
    if known is None:
        raise LedgerError("Say which file layout this is.")
    chosen = {fold(heading): column for heading, column in columns.items() if column}
    if unknown := set(chosen.values()) - set(known.columns):
        raise LedgerError(f"{known.title} has no column {', '.join(sorted(unknown))}.")
    layout = layout_of(known)
    all_of = layout.headings | chosen
    found = [all_of[fold(heading)] for heading in headings if fold(heading) in all_of]
    twice = sorted({known.columns[column].header for column in found if found.count(column) > 1})
    if twice:
        raise LedgerError(f"Two headings stand for {', '.join(twice)}: choose one of them.")
    if missing := [known.columns[column].header for column in layout.must_have if column not in found]:
        raise LedgerError(f"Say which heading stands for {', '.join(missing)}: without it no row can be taken.")
    return Note(authority, KIND, headings_key(headings), {"contract": contract, "columns": chosen}, by)


def remember(ledger: Ledger, note: Note) -> None:
    """Store a mapping, over what was said of the same header row before; nothing where it is the same."""
    before = next((one for one in ledger.notes(KIND, note.subject) if one.authority == note.authority), None)
    if before is None or dict(before.body) != dict(note.body):
        ledger.note([note], expected_version=before.version if before else 0)
