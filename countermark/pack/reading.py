"""Reading for a pack what its audience is given: the exported tables of one snapshot and nothing else, and the definitions.

Whatever the audience must not see is left out by the export, so that no page can show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from countermark.desk.figures import Rows, rows_of
from countermark.exports.export import export
from countermark.pack.model import Audience, PackError
from countermark.warehouse.connect import quiet


@contextmanager
def exported(
    snapshot: Path, audience: Audience, as_at: date, scratch: Path, told: Path | None = None
) -> Iterator[Rows]:
    """Queries over the tables that the audience is given, and `definitions`. Temporary files lie in `scratch` and go at the end.

    `told` is an earlier publication to the public, whose figures are known already.
    """
    con = duckdb.connect(":memory:")
    try:
        with TemporaryDirectory(dir=scratch, prefix="pack-") as folder:
            written = export(snapshot, Path(folder) / "tables", "parquet", audience, None, as_at, told=told)
            with quiet("reading what the audience is given"):
                for path in written:
                    if path.suffix == ".parquet":
                        con.execute(f'create table "{path.stem}" as select * from read_parquet(?)', [str(path)])
        with quiet("reading the definitions"):
            con.execute("attach '" + str(snapshot).replace("'", "''") + "' as published (read_only)")
            con.execute("create table definitions as select * from published.facts.definitions")
            con.execute("detach published")
        yield rows_of(con)
    finally:
        con.close()


FIGURES = """
select
    metrics.*, definitions.theme, definitions.headline, definitions.question, definitions.better, definitions.definition_hash,
    definitions.version, definitions.owner, definitions.tolerance_cases, definitions.tolerance_share
from metrics
join definitions
    on metrics.authority = definitions.authority and metrics.as_at = definitions.as_at
    and metrics.indicator_id = definitions.indicator_id
where metrics.team = 'ALL' and metrics.authority = $authority and metrics.as_at <= $as_at
order by definitions.headline desc, definitions.theme, regexp_replace(metrics.indicator_id, '_[0-9]+M$', ''),
    try_cast(regexp_extract(metrics.indicator_id, '_([0-9]+)M$', 1) as integer) desc nulls last, metrics.as_at
"""

# One row per figure and reason that moves anything, the two measures beside each other. A count has no denominator.
LINES = """
select indicator_id, reason, coalesce(sum(effect) filter (measure = 'numerator'), 0)::integer as numerator,
    coalesce(sum(effect) filter (measure = 'denominator'), 0)::integer as denominator
from bridge_lines
where team = 'ALL' and authority = $authority and as_at = $as_at and indicator_id = $indicator
group by indicator_id, reason having sum(abs(effect)) > 0
order by abs(numerator) desc, abs(denominator) desc, reason
"""
# Figures of earlier dates whose number became another one after the first publication, as far as the audience is given revisions.
RESTATED = """
with numbered as (
    select *,
        lag(system_numerator) over figure as numerator_before, lag(system_denominator) over figure as denominator_before,
        lag(system_value) over figure as value_before,
        row_number() over figure as place
    from revisions where team = 'ALL' and authority = $authority and as_at <= $as_at
    window figure as (partition by indicator_id, as_at order by revision)
)
select numbered.*, metrics.title, metrics.unit, metrics.case_unit
from numbered
join metrics
    on numbered.authority = metrics.authority and numbered.indicator_id = metrics.indicator_id and numbered.as_at = metrics.as_at
    and numbered.team = metrics.team
where place > 1 and numerator_before is not null and numbered.system_numerator is not null
    and (numerator_before <> numbered.system_numerator or denominator_before is distinct from numbered.system_denominator
        or (metrics.unit not in ('percent', 'count') and value_before is distinct from numbered.system_value))
order by numbered.published_at desc, numbered.indicator_id, numbered.as_at, numbered.revision
"""


def authority_of(rows: Rows, as_at: date, wanted: str | None) -> str:
    """The council whose pack is made. PackError where the date has no figures, or several councils have."""
    found = rows("select distinct authority, as_at from metrics order by as_at, authority", {})
    codes = [row["authority"] for row in found if row["as_at"] == as_at and wanted in (None, row["authority"])]
    if not codes:
        days = ", ".join(dict.fromkeys(row["as_at"].isoformat() for row in found)) or "none"
        raise PackError(f"Nothing has been published for {as_at.isoformat()}. Published dates: {days}.")
    if len(codes) > 1:
        raise PackError(f"Several councils have figures for that date: {', '.join(codes)}. Say which.")
    return str(codes[0])


def has(rows: Rows, table: str) -> bool:
    """Whether the audience is given a table."""
    query = "select count(*) > 0 as there from information_schema.tables where table_name = $table"
    return bool(rows(query, {"table": table})[0]["there"])


def by_indicator(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by their indicator, in order."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        grouped.setdefault(row["indicator_id"], []).append(row)
    return grouped
