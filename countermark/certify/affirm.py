"""Which certificates are re-affirmed: the files that a figure rests on are others than at the last publication, its facts are not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from countermark.warehouse.connect import quiet

# Of every figure, a digest of the deliveries that its contracts have taken in.
FILES = """
select definitions.authority, definitions.indicator_id, definitions.as_at,
    md5(coalesce(string_agg(deliveries.delivery_id, ' ' order by deliveries.delivery_id), ''))[:12] as files
from {facts}.definitions as definitions
left join {facts}.deliveries as deliveries
    on definitions.authority = deliveries.authority and list_contains(definitions.contracts, deliveries.contract)
    and deliveries.status in ('loaded', 'loaded_with_rejects')
group by all
"""


def other_files(con: duckdb.DuckDBPyConnection, last: Path) -> dict[tuple[str, str, date], str]:
    """Figures of the open snapshot whose files differ from those in the last one, with a digest of the files now."""
    with quiet("comparing with the last publication"):
        con.execute("attach '" + str(last).replace("'", "''") + "' as last (read_only)")
        try:
            rows = con.execute(
                f"select now.* from ({FILES.format(facts='facts')}) as now join ({FILES.format(facts='last.facts')}) as before "
                "using (authority, indicator_id, as_at) where now.files <> before.files"
            ).fetchall()
        finally:
            con.execute("detach last")
    return {(authority, indicator, as_at): files for authority, indicator, as_at, files in rows}
