"""Which files are tables that the DfE publishes, by their headings: known as such in the folder of comparators and in the inbox alike."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from countermark.contracts.published import Layout, Published

LARGEST = 200 << 20  # bytes; the largest published table has some tens of megabytes
PLACE = {"time_period", "geographic_level"}  # with a name or code for each place, where the table has places
COMPARATOR = (
    "This is a table that the DfE publishes, and holds no records: put it into the folder comparators of the home, and it stands "
    "beside the figures from the next publication on."
)


def headings_of(path: Path) -> set[str]:
    """A file's headings; none of one that is a link, larger than any published table, or no text."""
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST:
            return set()
        with path.open(encoding="utf-8-sig", newline="") as file:
            return set(next(csv.reader(file), []))
    except (OSError, UnicodeDecodeError, csv.Error):
        return set()


def layouts_of(headings: set[str], known: Mapping[str, Published]) -> Iterator[tuple[str, Layout]]:
    """The definitions that a file with these headings says something of, each with the edition whose columns it has."""
    for name, published in known.items():
        layout = next((one for one in published.layout if PLACE | one.columns <= headings), None)
        if layout is not None:
            yield name, layout
