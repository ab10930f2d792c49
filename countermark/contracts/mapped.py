"""Which column of a file layout fills which column of a conformed table, and which of them an indicator reads. Told from the SQL itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract

INSERT = re.compile(r"insert into conformed\.(\w+) by name\s+select\b(.*?)\bfrom\b", re.S)
WORD = re.compile(r"\w+")
EVERYWHERE = "annex_a"  # the family that every authority has


def mapped(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Table, conformed column, and the layout's column that fills it; a column made of several is left out."""
    for table, chosen in INSERT.findall(contract.conform_sql):
        for item in chosen.split(","):
            source, _, target = item.strip().partition(" as ")
            plain = source.strip().removesuffix(" is null").removesuffix("_unusable")
            if plain in {*contract.columns, "team"}:
                yield table, (target or source).strip(), plain


def deciding(catalogue: Catalogue) -> list[tuple[str, str, str, list[str]]]:
    """Indicator, layout, conformed column (as table.column) and the layout's columns that can fill it: what a figure is made of.

    An indicator reads a column where its members.sql names it. Who a worker is decides no figure.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    fed = [(contract, *row) for contract in catalogue.contracts.values() for row in mapped(contract)]
    for indicator in catalogue.indicators.values():
        words = set(WORD.findall(indicator.members_sql)) - {"worker", "team"}
        for contract, table, column, source in fed:
            if table in indicator.reads and column in words and source != "team":
                found.setdefault((indicator.id, contract.id, f"{table}.{column}"), []).append(source)
    return [(*key, sorted(set(sources))) for key, sources in sorted(found.items())]


def may_lack(catalogue: Catalogue) -> list[tuple[str, str, list[str], str]]:
    """Indicator, layout, columns and heading of what figures are made of and a sheet of Annex A may lack without being refused. What a
    manager's own sheet may lack is said by its layout."""
    rows = []
    for indicator, contract, column, sources in deciding(catalogue):
        layout, is_optional = catalogue.contracts[contract], column in catalogue.indicators[indicator].optional
        if (
            layout.family == EVERYWHERE
            and not is_optional
            and not any(layout.columns[name].must_have for name in sources)
        ):
            header = " or ".join(f"“{layout.columns[name].header}”" for name in sources)
            rows.append((indicator, contract, sources, header))
    return rows
