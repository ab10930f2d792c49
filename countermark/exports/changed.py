"""What changed between two deliveries of one list, or between the newest extract and the one before: counts, and rows by their places.

For officers: children are named by their ids. No cell is written, only under which headings rows differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from countermark.certify.changes import differing
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.exports.write import ExportError
from countermark.warehouse.connect import quiet
from countermark.warehouse.held import with_held
from countermark.words import day

KINDS = {"new": "added", "gone": "removed", "changed": "changed"}
FILE = "changes.csv"
MADE = """
create or replace temp table changed (
    authority varchar, contract varchar, extracted_on date, against date, kind varchar, headings varchar[], child_id varchar,
    delivery_id varchar, source_row varchar, before_delivery_id varchar, before_source_row varchar
)
"""
NEWEST = """
insert into changed
select rows.* exclude (read_from) from facts.changed_rows as rows
where ($contract = '' or rows.contract = $contract) and if($delivery = '',
    rows.extracted_on = (
        select max(c.extracted_on) from facts.changes as c where c.authority = rows.authority and c.contract = rows.contract
    ),
    list_contains(string_split(split_part(rows.read_from, ' / ', 1), ' '), $delivery)
)
"""
COMPARED = """
select distinct authority, contract, extracted_on, against from facts.changes
where ($contract = '' or contract = $contract)
    and ($delivery = '' or list_contains(string_split(split_part(read_from, ' / ', 1), ' '), $delivery))
qualify $delivery <> '' or extracted_on = max(extracted_on) over (partition by authority, contract) order by all
"""
OUT = """
select authority, contract, extracted_on, against, map_extract_value($kinds::map(varchar, varchar), kind) as kind,
    array_to_string(headings, '; ') as columns, child_id, delivery_id, source_row, before_delivery_id, before_source_row
from changed order by authority, contract, kind, delivery_id, source_row, before_delivery_id, before_source_row
"""


@dataclass(frozen=True)
class Compared:
    """Two extracts, or two deliveries, of one list that were compared."""

    authority: str
    contract: str
    extracted_on: date
    against: date
    kinds: dict[str, int]
    headings: dict[str, int]

    def says(self, title: str) -> str:
        """What changed, in a sentence."""
        counts = ", ".join(f"{self.kinds.get(kind, 0):,} {word}" for kind, word in KINDS.items())
        most = ", ".join(f"“{heading}” {rows:,}" for heading, rows in self.headings.items())
        under = f" Changed under {most}." if most else ""
        return f"{title}, {day(self.extracted_on)} against {day(self.against)}: {counts}.{under}"


def changes(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, contract: str = "", before: str = "", after: str = ""
) -> list[Compared]:
    """Compare, leaving the rows in the temporary table `changed`. Without `before` an extract is compared with the one before it.

    `before` and `after` are delivery ids. ExportError where there is nothing to compare, or the two are not of one kind.
    """
    if contract and contract not in catalogue.contracts:
        raise ExportError(f"No file layout is called {contract}: deliveries.csv names them in its column contract.")
    with quiet("comparing deliveries"):
        con.execute(MADE)
        if before:
            return _tally(con, [_two(con, catalogue, before, after)])
        asked = {"contract": contract, "delivery": after}
        pairs = con.execute(COMPARED, asked).fetchall()
        if not pairs:
            raise ExportError(
                "There is nothing to compare: an extract and one before it are needed, of a list with a key."
            )
        con.execute(NEWEST, asked)
        return _tally(con, pairs)


def _two(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, before: str, after: str) -> tuple[str, str, date, date]:
    """Compare two deliveries; who and when they are of."""
    first, second = _delivery(con, before), _delivery(con, after)
    if first[:2] != second[:2]:
        raise ExportError("The two deliveries are not of one list and council: compare two of the same kind.")
    contract = catalogue.contracts[first[1]]
    if not contract.key:
        raise ExportError(f"{contract.title} has no key by which its rows could be compared.")
    query = differing(contract, _rows(con, contract, "after"), _rows(con, contract, "before"))
    days = {"extracted_on": second[2], "against": first[2]}
    con.execute(
        f"insert into changed select $authority, $contract, $extracted_on::date, $against::date, * from ({query})",
        {"authority": first[0], "contract": contract.id, **days, "before": before, "after": after},
    )
    return first[0], first[1], second[2], first[2]


def _delivery(con: duckdb.DuckDBPyConnection, delivery: str) -> tuple[str, str, date]:
    found = con.execute(
        "select authority, contract, extracted_on from typed.receipts "
        "where delivery_id = ? and status in ('loaded', 'loaded_with_rejects', 'held')",
        [delivery],
    ).fetchall()
    if not found:
        raise ExportError(
            "No delivery of that id was taken in and stands: deliveries.csv lists them in its first column."
        )
    authority, contract, extracted_on = found[0]
    return authority, contract, extracted_on


def _rows(con: duckdb.DuckDBPyConnection, contract: Contract, which: str) -> str:
    """The rows of one delivery, of each key the last."""
    key = ", ".join(f'"{name}"' for name in contract.key)
    return (
        f"select * from {with_held(con, contract)} where delivery_id = ${which} and reject_column is null "
        f"qualify row_number() over (partition by {key} order by row_number desc, source_row desc) = 1"
    )


def _tally(con: duckdb.DuckDBPyConnection, pairs: Sequence[tuple[str, str, date, date]]) -> list[Compared]:
    found = []
    for pair in pairs:
        mine = "from changed where (authority, contract, extracted_on, against) = (?, ?, ?, ?)"
        kinds = dict(con.execute(f"select kind, count(*) {mine} group by kind", pair).fetchall())
        headings = con.execute(
            f"select heading, count(*) as n from (select unnest(headings) as heading {mine} and kind = 'changed') "
            "group by heading order by n desc, heading",
            pair,
        ).fetchall()
        found.append(Compared(*pair, kinds, dict(headings)))
    return found


def write(con: duckdb.DuckDBPyConnection, out: Path) -> Path:
    """The rows of `changed` as a file; after `changes` on the same connection."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / FILE
    with quiet("writing what changed"):
        con.execute("create or replace temp table changed_out as " + OUT, {"kinds": KINDS})
        con.execute(
            f"copy changed_out to '{str(path).replace(chr(39), chr(39) * 2)}' (format csv, header true, nullstr '')"
        )
    path.chmod(0o600)
    return path
