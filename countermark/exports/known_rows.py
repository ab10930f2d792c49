"""The rows of a conformed table as they were known on a day, as a file for officers: they are children's records."""

from __future__ import annotations

from pathlib import Path

import duckdb

from countermark.contracts.model import ConformedTable
from countermark.exports.published import Column, Kind, Table
from countermark.exports.write import write_csv, write_parquet
from countermark.warehouse.connect import quiet

ORIGIN: dict[str, Kind] = {
    "authority": "text", "contract": "text", "delivery_id": "text", "source_row": "text", "extracted_on": "date",
}  # fmt: skip
TYPES: dict[str, Kind] = {
    "VARCHAR": "text",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "DOUBLE": "number",
}


def write(con: duckdb.DuckDBPyConnection, table: ConformedTable, out: Path) -> None:
    """Write the temporary table `known` (`known_on` fills it) to a .csv or .parquet file, readable by its owner alone."""
    origin = [Column(name=name, type=kind, meaning="Where the row comes from.") for name, kind in ORIGIN.items()]
    own = [Column(name=name, type=TYPES[c.type], meaning=c.meaning) for name, c in table.columns.items()]
    since = Column(name="recorded_on", type="date", meaning="Since when it has been known.")
    shape = Table(name=table.name, title=table.title, audiences=("officer",), order=(), columns=(*origin, *own, since))
    out.parent.mkdir(parents=True, exist_ok=True)
    with quiet("writing what was known"):
        to = write_parquet if out.suffix == ".parquet" else write_csv
        to(con, "from known order by all", shape, out)
    out.chmod(0o600)
