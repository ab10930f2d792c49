"""Claims, items and bridges of one position, computed set at a time by the SQL in sql/shared/reconcile.

manual + sum(effect of every item) = system, in whole numbers, for every claim and measure. Python only orders the statements and
turns the reasons' files into one expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.reconcile import evidence, pair_tables, sentences
from countermark.reconcile.blocks import THRESHOLDS
from countermark.reconcile.members import Position, due, period_start
from countermark.warehouse.connect import insert, quiet, statements

STEPS = (
    "prefilled",
    "handed_in",
    "claims",
    "matches",
    "units",
    "unit_lists",
    "manual_cases",
    "sides",
    "unit_lines",
    "unit_bounds",
    *evidence.STEPS,
    "listing",
    "pairs",
    "figures",
    "found",
    "items",
    "authority",
    "identities",
)
OF_CLAIMS = frozenset(STEPS) - {"prefilled", "handed_in", "claims", "figures"}  # nothing without a claim
MADE = re.compile(r"^create or replace temp table (\w+)", re.MULTILINE)
TABLES = ("claims", "claim_rows", "items", "figures", "bridges")


def reasons_expression(catalogue: Catalogue) -> str:
    """The ordered list of proofs that hold for a pair, as SQL: structs of code, evidence and fallback."""
    parts = [
        f"case when {reason.when_sql.strip()} then "
        f"{{'code': '{reason.code}', 'evidence': '{reason.evidence}', 'fallback': {str(reason.fallback).lower()}}} end"
        for reason in sorted(catalogue.reasons.values(), key=lambda r: r.precedence)
        if reason.kind == "case"
    ]
    return f"list_filter([{', '.join(parts)}], lambda proof: proof is not null)"


def settled_expression(catalogue: Catalogue) -> str:
    """Whether the proof itself closes the item, as SQL."""
    arms = " ".join(
        f"when '{r.code}' then {r.settled_where}" for r in catalogue.reasons.values() if r.settled_where != "false"
    )
    return f"case reason {arms} else false end" if arms else "false"


def _load_definitions(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> None:
    con.execute(
        "create or replace temp table catalogue_indicators (indicator_id varchar, measures varchar, is_event boolean, "
        "event_decides varchar, requires_status varchar, case_unit varchar, version integer, period varchar, first_day date, "
        "decides varchar, is_meeting boolean)"
    )
    con.execute(
        "create or replace temp table catalogue_outside (indicator_id varchar, name varchar, reason varchar, "
        "event_in_window boolean, answer_contradicts boolean, says varchar)"
    )
    made = due(con, catalogue, position)
    insert(
        con,
        "catalogue_indicators",
        [
            (
                i.id, i.measures, i.case == "event", i.event_decides, i.requires_status, i.case_unit, i.version, i.period,
                period_start(i, position.as_at) if i.period != "snapshot" else date(1, 1, 1), i.decides or None, i.meeting,
            )
            for i in made
        ],
    )  # fmt: skip
    rules = [
        (i.id, name, rule.reason, rule.event_in_window, rule.answer_contradicts, rule.says)
        for i in made
        for name, rule in i.outside.items()
    ]
    insert(con, "catalogue_outside", rules)
    _load_reasons(con, catalogue)
    con.execute(
        "create or replace temp table position_windows as select indicator_id, first_day from catalogue_indicators"
    )


def _load_reasons(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    con.execute("create or replace temp table catalogue_reasons (code varchar, precedence integer)")
    insert(con, "catalogue_reasons", [(r.code, r.precedence) for r in catalogue.reasons.values()])


def _load_bases(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> None:
    con.execute("create or replace temp table indicator_contracts (indicator_id varchar, contract varchar)")
    rows = [(i.id, contract) for i in catalogue.indicators.values() for contract in i.contracts]
    insert(con, "indicator_contracts", rows)
    con.execute(
        """
        create or replace temp table differing_bases as
        select distinct indicator_contracts.indicator_id
        from facts.basis as a
        join facts.basis as b on a.authority = b.authority and a.as_at = b.as_at and a.contract = b.contract
        join indicator_contracts on a.contract = indicator_contracts.contract
        where a.basis = 'now' and b.basis = 'at_hand' and a.extracted_on <> b.extracted_on
            and a.authority = $authority and a.as_at = $as_at
        """,
        {"authority": position.authority, "as_at": position.as_at},
    )


def reconcile(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    position: Position,
    owes: Mapping[str, Iterable[str]],
    went_live: Iterable[str] = (),
) -> dict[str, int]:
    """Rebuild claims, figures, items and bridges of a position and the roll-forward of its authority. `owes` maps a team to the indicators
    whose count it owes at the date; `went_live` are the days, in ISO form, on which a case system did.

    Returns rows per table for the position. Raises EngineError where the database fails.
    """
    ready(con, catalogue)
    rows = bridge(con, catalogue, position, owes, went_live)
    roll_forward(con, catalogue, position)
    return rows


def ready(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """The tables that bridges are written to, made where there are none, and the macros. Once before `bridge`, on any connection."""
    with quiet("reconciling"):
        for name in ("schema", "macros"):
            for statement in statements_of(catalogue.shared(f"reconcile/{name}")):
                con.execute(statement)
        con.execute(pair_tables.DDL)


def bridge(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    position: Position,
    owes: Mapping[str, Iterable[str]],
    went_live: Iterable[str] = (),
) -> dict[str, int]:
    """Rebuild claims, figures, items and bridges of one position, which touches no other's rows. Returns rows per table.

    The roll-forward over positions is left as it was: `roll_forward` makes it anew.
    """
    with quiet("reconciling"):
        folder = catalogue.sql / "shared" / "reconcile"
        con.execute("begin transaction")
        for table in TABLES:
            con.execute(
                f"delete from facts.{table} where authority = ? and as_at = ?", [position.authority, position.as_at]
            )
        _load_definitions(con, catalogue, position)
        _load_bases(con, catalogue, position)
        evidence.load(con, catalogue, position)
        con.execute("create or replace temp table team_owes (team varchar, indicator_id varchar)")
        con.execute("create or replace temp table went_live (on_day date)")
        insert(con, "went_live", [(day,) for day in went_live])
        owed = [(team, indicator) for team, indicators in owes.items() for indicator in indicators]
        insert(con, "team_owes", owed)
        fill = {
            "{reasons}": reasons_expression(catalogue),
            "{settled}": settled_expression(catalogue),
            **sentences.marks(catalogue),
        }
        texts = {step: _filled((folder / f"{step}.sql").read_text(encoding="utf-8"), fill) for step in STEPS}
        of_claims = [step for step in STEPS if step in OF_CLAIMS]
        is_empty = False
        for step, text in texts.items():
            if step == of_claims[0]:
                is_empty = _is_counted_by_nobody(con, position) and _emptied(con, [texts[one] for one in of_claims])
            if not (is_empty and step in OF_CLAIMS):
                run_step(con, text, position)
        con.execute("commit")
        return {
            table: con.execute(
                f"select count(*) from facts.{table} where authority = ? and as_at = ?",
                [position.authority, position.as_at],
            ).fetchall()[0][0]
            for table in TABLES
        }


@lru_cache(maxsize=256)
def statements_of(text: str) -> tuple[str, ...]:
    """The statements of a SQL text, split once however often they are run."""
    return tuple(statements(text))


def _is_counted_by_nobody(con: duckdb.DuckDBPyConnection, position: Position) -> bool:
    query = "select 1 from facts.claims where authority = ? and as_at = ? limit 1"
    return not con.execute(query, [position.authority, position.as_at]).fetchall()


def _emptied(con: duckdb.DuckDBPyConnection, texts: list[str]) -> bool:
    """Whether all temporary tables of these steps stood on this connection, so that they were emptied and not made anew of nothing."""
    made = {table for text in texts for table in MADE.findall(text)}
    query = "select count(distinct table_name) from duckdb_tables() where temporary and list_contains(?, table_name)"
    if con.execute(query, [sorted(made)]).fetchall()[0][0] != len(made):
        return False
    for table in sorted(made):
        con.execute(f"truncate {table}")
    return True


def _filled(text: str, fill: Mapping[str, str]) -> str:
    for mark, expression in fill.items():
        text = text.replace(mark, expression)
    return text


def roll_forward(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> None:
    """Make the roll-forward of the position's authority anew, over all its dates."""
    with quiet("rolling forward"):
        con.execute("begin transaction")
        _load_reasons(con, catalogue)
        run_step(con, catalogue.shared("reconcile/roll_forward"), position)
        con.execute("commit")


def run_step(con: duckdb.DuckDBPyConnection, text: str, position: Position) -> None:
    """Run the statements of one SQL file with the position's parameters where they name them."""
    values = {"authority": position.authority, "as_at": position.as_at, **THRESHOLDS}
    for statement in statements_of(text):
        con.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
