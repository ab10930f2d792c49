"""What the statements that gather evidence for reasons have to know of each indicator: which tables it reads, its limit in working days.

The evidence itself is gathered set at a time by sql/shared/reconcile/evidence*.sql.
"""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.reconcile.members import Position, is_due
from countermark.warehouse.connect import insert

STEPS = (
    "evidence_sources",
    "evidence_children",
    "evidence",
    "evidence_entered",
    "evidence_calendar",
    "evidence_migration",
    "../migrate/blocks",
    "migration",
)
LIMIT = "within_working_days"  # how the parameter that holds an indicator's limit ends


def load(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> None:
    """Fill the temporary table `indicator_facts` with the indicators due at the position."""
    con.execute(
        "create or replace temp table indicator_facts (indicator_id varchar, reads varchar[], is_event boolean, is_month boolean, "
        "better varchar, working_days integer)"
    )
    rows = [
        [i.id, list(i.reads), i.case == "event", i.period == "month", i.better, _limit(i)]
        for i in catalogue.indicators.values()
        if is_due(i, position.as_at)
    ]
    insert(con, "indicator_facts", rows)


def _limit(indicator: Indicator) -> int | None:
    found = [value for name, value in indicator.parameters.items() if name.endswith(LIMIT) and isinstance(value, int)]
    return found[0] if len(found) == 1 else None
