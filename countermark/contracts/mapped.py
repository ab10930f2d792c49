"""Which column of a file layout fills which column of a conformed table, and which of them an indicator reads. Told from the SQL itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract

INSERT = re.compile(r"insert into conformed\.(\w+) by name\s+select\b(.*?)\bfrom\b", re.S)
WORD = re.compile(r"\w+")
EVERYWHERE = "annex_a"  # the family that every authority has


@lru_cache(maxsize=256)
def _inserts(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(INSERT.findall(text))


def mapped(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Table, conformed column, and the layout's column that fills it; a column made of several is left out."""
    for table, chosen in _inserts(contract.conform_sql):
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
    fed: dict[str, list[tuple[str, str, str]]] = {}
    for contract in catalogue.contracts.values():
        for table, column, source in mapped(contract):
            if source != "team":
                fed.setdefault(table, []).append((contract.id, column, source))
    for indicator in catalogue.indicators.values():
        words = _words(indicator.members_sql)
        for table in indicator.reads:
            for name, column, source in fed.get(table, []):
                if column in words:
                    found.setdefault((indicator.id, name, f"{table}.{column}"), []).append(source)
    return [(*key, sorted(set(sources))) for key, sources in sorted(found.items())]


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text)) - {"worker", "team"}


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
