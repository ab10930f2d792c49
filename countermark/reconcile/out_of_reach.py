"""Figures that an authority's lists cannot give: of a column that no sheet of theirs has ever had, or of a longer time than they hold.

They are not made, as those are not whose list was never delivered. What a list has had and lacks now is another matter: that is withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.mapped import may_lack

# Of the layouts of which this authority has delivered a sheet: every column that any of these sheets had.
HAD = """
select receipts.contract, list(distinct headings.column_name) from typed.receipts as receipts
join raw.headings as headings on receipts.delivery_id = headings.delivery_id
where receipts.authority = ? and receipts.status not in ('rejected', 'duplicate') group by receipts.contract
"""
RECORDS = """
select sources.table_name, sources.contract, max(basis.extracted_on) from facts.sources as sources
join facts.basis as basis on sources.authority = basis.authority and sources.as_at = basis.as_at and sources.contract = basis.contract
where sources.authority = ? and sources.as_at = ? and basis.basis = 'now' group by all
"""


def never_told(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, authority: str) -> set[str]:
    """The indicators that read a column of Annex A which no sheet of the authority's has ever had."""
    had = {str(contract): set(columns) for contract, columns in con.execute(HAD, [authority]).fetchall()}
    return {
        indicator
        for indicator, contract, sources, _ in may_lack(catalogue)
        if contract in catalogue.indicators[indicator].contracts and contract in had and not had[contract] & set(sources)
    }  # fmt: skip


def forgotten(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, authority: str, as_at: date, starts: Mapping[str, date]
) -> set[str]:
    """Of the indicators over longer windows (`starts`: the first day of each): those whose record forgets what lies so far back."""
    short: dict[str, list[date]] = {}
    for table, contract, extracted_on in con.execute(RECORDS, [authority, as_at]).fetchall():
        layout = catalogue.contracts[contract]
        if months := layout.holds_months or layout.reaches_back_months:
            [(first,)] = con.execute("select (?::date - to_months(?))::date", [extracted_on, months]).fetchall()
            short.setdefault(table, []).append(first)
    return {
        name
        for name, start in starts.items()
        if any(start < first for table in catalogue.indicators[name].reads for first in short.get(table, []))
    }
