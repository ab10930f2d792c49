"""What to say of the tables and columns that a case system's database does not have, or has and nobody knows. Reads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract

MOST_FIGURES = 20


def says_missing(catalogue: Catalogue, missing: Mapping[str, Contract]) -> str:
    """That a database lacks these tables (by name), which were never read from it, and which figures could rest on them."""
    fed = {table for contract in missing.values() for table in contract.feeds}
    figures = sorted(one.id for one in catalogue.indicators.values() if fed.intersection(one.reads))
    many = len(missing) > 1
    rest = (
        f"Figures that read {'them' if many else 'it'}"
        if figures
        else "No figure reads " + ("them." if many else "it.")
    )
    if figures:
        more = f" and {len(figures) - MOST_FIGURES} more" if len(figures) > MOST_FIGURES else ""
        rest += f" rest on other sources, or are not made: {', '.join(figures[:MOST_FIGURES])}{more}."
    return f"The database has no {'tables' if many else 'table'} {_listed(missing)}. {rest}"


def _listed(names: Iterable[str]) -> str:
    *first, last = sorted(names)
    return f"{', '.join(first)} and {last}" if first else last


def says_columns(missing: list[str], unknown: list[str]) -> str:
    """The columns that a table lacks, and those that no layout knows; empty where it is as described."""
    parts = [f"The table lacks {', '.join(missing)}: blank throughout."] if missing else []
    parts += [f"Not read, since no layout knows it: {', '.join(unknown)}."] if unknown else []
    return " ".join(parts)
