"""The whole chain in one call, for tests that need a published snapshot: intake, conform, members, bridges, rules, certify, publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from countermark.certify import controls, facts
from countermark.certify.lacking import record_lacking
from countermark.certify.publish import publish_from_warehouse
from countermark.contracts.catalogue import Catalogue, load
from countermark.contracts.rules import RuleFile
from countermark.home import Home
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.reconcile.bridges import reconcile
from countermark.reconcile.invariants import check
from countermark.reconcile.members import Position, compute
from countermark.reconcile.pairs import reconcile_pairs
from countermark.reconcile.positions import duties, go_lives
from countermark.reconcile.weekly import watch
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import connect, insert
from countermark.warehouse.directions import authorities_of
from countermark.warehouse.identity import Judgements
from countermark.warehouse.intake import intake
from countermark.warehouse.typed import create_typed
from expectations.counts import NOT_APPLICABLE, RuleCount
from expectations.results import Observation, RuleResult, result_of
from expectations.rules import rules_by_contract
from tests.intake_kit import catalogue

RESULTS = (
    "create or replace table facts.rule_results (authority varchar, contract varchar, rule_code varchar, status varchar, "
    "evaluated bigint, failed bigint)"
)


def run_chain(inbox: Path, home: Path, as_at: date, validate: bool = True) -> Path:
    """Publish the inbox's figures at a date into `home`; the snapshot's path.

    Without `validate` no rule is run, which every figure says by being withheld.
    """
    place, definitions = Home.open(home), catalogue()
    with Ledger.open(place.ledger_url) as ledger:
        con = connect(place.warehouse, definitions.sql, place.tmp)
        con.execute("set threads = 1")  # so few rows are done sooner by one
        try:
            intake(place, inbox, None, definitions, ledger, con, settle=0)
            create_typed(con, definitions, ledger)
            conform(con, definitions, Judgements.of(ledger, pseudonym_key(place.path)))
            for authority in authorities_of(ledger):
                position = Position(authority.authority, as_at)
                compute(con, definitions, position)
                owes = duties(authority, as_at, set(definitions.indicators))
                reconcile(con, definitions, position, owes, go_lives(authority))
                reconcile_pairs(con, definitions, position)
                facts.record_definitions(con, definitions, position, owes, go_lives(authority))
                record_lacking(con, definitions, position)
                watch(con, definitions, position, authority, "chain")
                broken = [one for one in check(con, definitions, position) if one.outcome != "PASS"]
                assert not broken, broken
                _validate(con, definitions, position.authority, validate)
            facts.record_deliveries(con, definitions)
            _try_the_checks(con, as_at)
            publication = publish_from_warehouse(con, place, definitions, ledger)
        finally:
            con.close()
    return place.published / publication.snapshot


_tried: list[controls.Control] = []


def _try_the_checks(con: duckdb.DuckDBPyConnection, as_at: date) -> None:
    """As `controls.record` does, by all definitions and the planting once a process: what it comes to is tested where it is made."""
    if not _tried:
        authority = con.execute("select min(authority) from facts.definitions").fetchall()[0][0]
        _tried.extend(controls.tried(con, load(), Position(authority, as_at)))
        assert {one.outcome for one in _tried} == {"PASS"}, _tried
    con.execute(f"create or replace table facts.controls ({facts.CONTROLS})")
    insert(con, "facts.controls", controls.rows_of(con, _tried))


def verdicts(counts: Iterable[RuleCount], definitions: Catalogue) -> list[RuleResult]:
    """What Great Expectations says of these counts, without the seconds that its suites, stores and pages take.

    Where the verdict itself is tested it is the real one; test_every_source holds this one to it, rule by rule.
    """
    by_code = {count.rule_code: count for count in counts}
    return [
        _verdict(rule, by_code.get(rule.code)) for rules in rules_by_contract(definitions).values() for rule in rules
    ]


def _verdict(rule: RuleFile, count: RuleCount | None) -> RuleResult:
    if count and count.hint == NOT_APPLICABLE:
        return RuleResult(rule.contract, rule.code, "NOT_APPLICABLE")
    holds = count is not None and count.failed is not None and count.failed <= count.row_limit
    failed = Observation(rule.code, "failed", holds, False, count.failed if count else None)
    return result_of(rule, count, [Observation("", "rows", True, False, 1), failed])


def _validate(con: duckdb.DuckDBPyConnection, definitions: Catalogue, authority: str, validate: bool) -> None:
    from expectations.counts import SCHEMA
    from expectations.violations import evaluate

    con.execute(RESULTS)
    if not validate:
        con.execute(SCHEMA)
        return
    found = verdicts(evaluate(con, definitions, authority), definitions)
    rows = [(authority, r.contract, r.rule_code, r.status, r.evaluated, r.failed) for r in found]
    con.executemany("insert into facts.rule_results values (?, ?, ?, ?, ?, ?)", rows)
