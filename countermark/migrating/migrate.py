"""The two sides read, compared and told: what `countermark migrate` does."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.migrating.finding import find
from countermark.migrating.taking import MigrationError, take
from countermark.migrating.telling import Result, result
from countermark.migrating.writing import write


def migrate(
    before: Path, after: Path, catalogue: Catalogue, crosswalk: Path | None = None, out: Path | None = None
) -> Result:
    """Compare everything in `after` with everything in `before`; with `out`, a workbook of the rows is written there.

    Both are read in a private folder that is gone afterwards. MigrationError, a plain sentence, where one cannot be read at all.
    """
    for side in (before, after):
        if not side.exists():
            raise MigrationError(f"{side.name} is neither a folder nor a file: name the two extracts.")
    with tempfile.TemporaryDirectory(prefix="countermark-migrate-") as folder:
        scratch = Path(folder)
        sides = take("before", before, scratch, catalogue), take("after", after, scratch, catalogue, crosswalk)
        con = duckdb.connect()
        try:
            con.execute(f"set temp_directory = '{str(scratch).replace(chr(39), chr(39) * 2)}'")
            find(con, catalogue, *sides, scratch)
            found = result(con, *sides)
            if out is not None:
                write(con, found, out)
        finally:
            con.close()
    return found
