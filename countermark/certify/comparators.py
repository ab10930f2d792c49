"""The published table of comparators: what the DfE's tables say of the council itself, its neighbours, its region and England.

Tables lie in the home's folder `comparators`, as downloaded; a file belongs to a definition in sql/comparators where it has the columns of
one of its layouts, whatever it is called. A file that is no such table, or cannot be read, says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.published import WHEN, Layout
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert, statements
from countermark.warehouse.published import headings_of, layouts_of

LEAST_NEIGHBOURS = 3  # a median of two is a guess
NEIGHBOURS = "statistical_neighbours"  # under [parameters] in authority.toml
PLACES = ("region_name", "new_la_code", "country_name")
KEPT = """
create or replace temp table published_said (
    indicator_id varchar, defined varchar, source varchar, differs varchar, published_for varchar, ends varchar, value_is varchar
);
create or replace temp table authorities_said (authority varchar, neighbours varchar[]);
create or replace temp table published_cells (
    defined varchar, file varchar, period varchar, level varchar, region varchar, code varchar, country varchar, plus varchar[],
    minus varchar[], below varchar[], value varchar, rate varchar, has_value boolean
)
"""
CELLS = """
insert into published_cells
select
    $defined, $file, trim(time_period), lower(trim(geographic_level)), {region}, {code}, {country},
    {plus}, {minus}, {below}, {value}, {rate}, {has}
from read_csv($path, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')
{where}
"""


def publish_comparators(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger, folder: Path) -> None:
    """Make main.comparators of the open snapshot from the files in the folder."""
    for statement in statements(KEPT):
        con.execute(statement)
    known = catalogue.comparators
    insert(con, "published_said", [
        (one.id, name, of.source, of.differs_from(one), *WHEN[of.published_for], of.value_is)
        for one in catalogue.indicators.values() if (of := known.get(name := one.window_of or one.id)) is not None
    ])  # fmt: skip
    insert(con, "authorities_said", [(code, _neighbours(ledger, code)) for code in ledger.authorities()])
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else []:
        headings = headings_of(path)
        for name, layout in layouts_of(headings, known):
            _take(con, name, path, layout, headings)
    for statement in statements(catalogue.shared("certify/comparators")):
        con.execute(statement, {"least": LEAST_NEIGHBOURS} if "$least" in statement else {})


def _neighbours(ledger: Ledger, code: str) -> list[str]:
    text = ledger.authority_text(code)
    named = parse_authority(text).parameters.get(NEIGHBOURS, ()) if text else ()
    return [str(one) for one in named] if isinstance(named, list) else []


def _take(con: duckdb.DuckDBPyConnection, name: str, path: Path, layout: Layout, headings: set[str]) -> None:
    """Add the cells that a layout names. A file that the engine cannot read adds none."""
    kept = {f"kept_{place}": [one.lower() for one in values] for place, values in enumerate(layout.where.values())}
    tests = [
        f"len(list_filter($kept_{place}, lambda one: lower(trim({_quoted(column)})) glob one)) > 0"
        for place, column in enumerate(layout.where)
    ]
    region, code, country = (f"trim({_quoted(one)})" if one in headings else "''" for one in PLACES)
    query = CELLS.format(
        region=region, code=code, country=country, where=f"where {' and '.join(tests)}" if tests else "",
        plus=_list(one for one in layout.numerator if one[0] != "-"),
        minus=_list(one[1:] for one in layout.numerator if one[0] == "-"), below=_list(layout.denominator),
        value=_quoted(layout.value) if layout.value else "null", rate=_quoted(layout.rate) if layout.rate else "null",
        has="true" if layout.value else "false",
    )  # fmt: skip
    try:
        con.execute(query, {"defined": name, "file": path.name, "path": str(path), **kept})
    except duckdb.Error:
        return


def _list(columns: Iterator[str] | tuple[str, ...]) -> str:
    """The cells of some columns as a list in SQL."""
    return f"[{', '.join(f'coalesce({_quoted(one)}, {chr(39) * 2})' for one in columns)}]::varchar[]"


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
