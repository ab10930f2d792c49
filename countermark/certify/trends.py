"""Published tables of figures over time: the days that an authority marks, what each point of a series says, and the weeks."""

from __future__ import annotations

import duckdb

from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.ledger.store import Ledger
from countermark.signals.read import find_signals
from countermark.signals.rebase import rebases
from countermark.warehouse.connect import quiet, statements

EVENTS = "create or replace table main.events (authority varchar, happened_on date, kind varchar, says varchar)"
GO_LIVES = """
insert into main.events
select distinct authority, on_day, 'go_live', null from facts.go_lives
where (authority, on_day) not in (select (authority, happened_on) from main.events where kind = 'go_live')
"""
# Rounded: a mean of many numbers differs in its last digits with the order in which they are added up.
SIGNALS = """
create or replace table main.signals as
select
    authority, indicator_id, as_at, team, since as judged_from, round(centre, 9) as average, round(lower, 9) as lower_limit,
    round(upper, 9) as upper_limit, signal, whither, judged
from signal_findings
"""


def publish_trends(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger) -> None:
    """Make all of these tables of the open snapshot."""
    with quiet("following the figures over time"):
        publish_events(con, ledger)
        publish_signals(con, ledger)
        publish_weekly(con, catalogue)


def publish_weekly(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make main.weekly of the open snapshot: figures that are watched week by week, and are no figures of record."""
    for statement in statements(catalogue.shared("certify/weekly")):
        con.execute(statement)


def publish_events(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Make main.events of the open snapshot from what each authority's newest authority.toml says."""
    con.execute(EVENTS)
    for code in ledger.authorities():
        text = ledger.authority_text(code)
        for one in parse_authority(text).events if text else ():
            con.execute("insert into main.events values (?, ?, ?, ?)", [code, one.day, one.kind, one.says or None])
    con.execute(GO_LIVES)


def publish_signals(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Make main.signals of the open snapshot: limits and signal of every point that has limits. After `publish_events`."""
    find_signals(con, rebases(ledger))
    con.execute(SIGNALS)
