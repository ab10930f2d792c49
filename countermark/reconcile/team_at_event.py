"""Who held each case when it counted, from allocations: so that one team's lateness is not taken for another's.

The figures' team stays the one allocated at extract; this stands beside it. Where no allocations were delivered, nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Indicator
from countermark.warehouse.connect import statements

READS = "involvements"


def set_teams(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    authority: str,
    as_at: date,
    basis: str,
) -> bool:
    """Fill event_on and team_at_event of the position's members on one basis, from the view `involvements`; False where it is empty."""
    if READS not in catalogue.tables or con.execute(f"select 1 from {READS} limit 1").fetchone() is None:
        return False
    said = {
        "authority": authority, "as_at": as_at, "basis": basis, "indicators": [i.id for i in indicators],
        "decides": [i.event_decides for i in indicators], "last_event": [i.last_event for i in indicators],
    }  # fmt: skip
    for statement in statements(catalogue.shared("reconcile/team_at_event")):
        con.execute(statement, {name: value for name, value in said.items() if f"${name}" in statement})
    return True
