"""Who held each case when it counted, from allocations: so that one team's lateness is not taken for another's.

The figures' team stays the one allocated at extract; this stands beside it. Where no allocations with teams were delivered, nothing is
said. Of several sources that name teams one is the record, in the authority's order: a return that names workers alone says no team.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from countermark.contracts.authority import SourceOrder
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.warehouse.connect import statements

READS = "involvements"


def set_teams(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, indicators: Sequence[Indicator], authority: str, as_at: date, basis: str,
    order: SourceOrder,
) -> bool:  # fmt: skip
    """Fill event_on and team_at_event of the position's members on one basis, from `involvements`; False where it names no team."""
    contracts = _record(con, catalogue, order)
    if not contracts:
        return False
    said = {
        "authority": authority, "as_at": as_at, "basis": basis, "contracts": contracts, "indicators": [i.id for i in indicators],
        "decides": [i.event_decides for i in indicators], "last_event": [i.last_event for i in indicators],
    }  # fmt: skip
    for statement in statements(catalogue.shared("reconcile/team_at_event")):
        con.execute(statement, {name: value for name, value in said.items() if f"${name}" in statement})
    return True


def _record(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, order: SourceOrder) -> list[str]:
    """The contracts of the source that says which team held a case; none where no source does."""
    if READS not in catalogue.tables:
        return []
    rows = con.execute(f"select distinct contract from {READS} where professional_team is not null").fetchall()
    families = {contract: catalogue.contracts[contract].family for (contract,) in rows}
    first = order.of(READS, catalogue, set(families.values()))[:1]
    return [contract for contract, family in families.items() if family in first]
