"""What stands beside a figure in a publication: its target, other places, its rate per 10,000. No status looks at any of it."""

from __future__ import annotations

import duckdb

from countermark.certify.comparators import publish_comparators
from countermark.certify.targets import publish_targets
from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.populations import DAY, PER
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert, quiet, statements

SAID = """
create or replace temp table rated_said (indicator_id varchar, of_whom varchar);
create or replace temp table populations_said (authority varchar, of_whom varchar, year integer, since date, number integer, source varchar)
"""


def set_beside(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger, home: Home) -> None:
    """Make main.targets, main.comparators and main.rates of the open snapshot."""
    with quiet("setting figures beside their targets"):
        publish_targets(con, catalogue, ledger)
    with quiet("setting figures beside others"):
        publish_comparators(con, catalogue, ledger, home.comparators)
    with quiet("making rates of figures"):
        publish_rates(con, catalogue, ledger)


def publish_rates(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger) -> None:
    """Make main.rates from the counts that a definition wants a rate of and the populations of each authority's newest authority.toml."""
    for statement in statements(SAID):
        con.execute(statement)
    insert(con, "rated_said", [(one.id, one.rate_of) for one in catalogue.indicators.values() if one.rate_of])
    said = [
        (code, one.of, one.year, f"{one.year}-{DAY}", one.number, one.source)
        for code in ledger.authorities()
        if (text := ledger.authority_text(code))
        for one in parse_authority(text).populations
    ]
    insert(con, "populations_said", said)
    for statement in statements(catalogue.shared("certify/rates")):
        con.execute(statement, {"per": PER} if "$per" in statement else {})
