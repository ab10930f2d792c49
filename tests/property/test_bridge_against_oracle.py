"""Holds the product's items to the oracle's bridge, claim by claim, on generated populations with faulty counts and lists.

Both start from the product's members (those are judged in test_figures_against_oracle); what is compared is each item's
case, measure, effect and primary reason. COUNTERMARK_THOROUGH=1 draws five hundred instead of thirty. Three authorities are taken
in at once, each with an indicator of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from countermark.reconcile.invariants import check
from countermark.reconcile.members import Position
from tests.oracle import bridge
from tests.oracle.bridge import Case, Claim, Facts
from tests.oracle.cells import as_date, as_id
from tests.oracle.claims import claimed_populations
from tests.oracle.engine import Engine, World
from tests.oracle.population import Population
from tests.property.test_oracle_bridge import claims_of

THOROUGH = bool(os.environ.get("COUNTERMARK_THOROUGH"))
INDICATORS = ["PP1", "PP0", "AS1", "FD5", "LA8", "AS2", "PP7", "CP4", "PP3"]
DECIDED = {
    "numerator": {"numerator"},
    "denominator": {"denominator"},
    "both": {"numerator", "denominator"},
    "none": set[str](),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for every example."""
    running = Engine.start(tmp_path_factory.mktemp("engine"))
    yield running
    running.stop()


def cases(engine: Engine, indicator: str, position: Position, basis: str) -> dict[str, Case]:
    """The product's members with the reason of the rule that leaves each out."""
    rules = engine.catalogue.indicators[indicator].outside
    rows = engine.con.execute(
        "select case_id, team, in_denominator, in_numerator, state, outside, starts_on, decides_on from facts.members "
        "where authority = ? and as_at = ? and basis = ? and indicator_id = ?",
        [position.authority, position.as_at, basis, indicator],
    ).fetchall()
    found = {}
    for case_id, team, denominator, numerator, state, outside, starts_on, decides_on in rows:
        rule = rules.get(outside)
        case = Case(case_id, team, denominator, numerator, state, starts_on=starts_on, decides_on=decides_on)
        if rule:
            hinges = {"hinges_on_event": rule.event_in_window, "hinges_on_answer": rule.answer_contradicts}
            case = case._replace(outside=rule.reason, **hinges)
        found[case_id] = case
    return found


def roots_of(links: dict[str, str]) -> dict[str, str]:
    """Each old id of a crosswalk with the id at the end of its chain, leading zeros aside."""
    ends = {}
    for old, new in links.items():
        while new in links:
            new = links[new]
        ends[old.lstrip("0")] = new.lstrip("0")
    return ends


def unborn(population: Population, roots: dict[str, str]) -> frozenset[str]:
    """Children whose every date of birth in the newest extract lies after D; list 7 alone has one here."""
    born: dict[str, list[date]] = {}
    for row in population.extracts[-1].lists["list_07"]:
        if isinstance(day := as_date(row["date_of_birth"]), date):
            bare = str(as_id(row["child_unique_id"])).lstrip("0")
            born.setdefault(roots.get(bare, bare), []).append(day)
    return frozenset(child for child, days in born.items() if min(days) > population.as_at)


def facts_of(
    engine: Engine, indicator: str, position: Position, population: Population, links: dict[str, str]
) -> Facts:
    """What the bridge may look at. The generated lists hold no case status."""
    one = engine.catalogue.indicators[indicator]
    now = cases(engine, indicator, position, "now")
    newest = population.extracts[-1].lists.values()
    return Facts(
        population.as_at,
        population.as_at.replace(day=1) if one.period == "month" else None,
        now,
        cases(engine, indicator, position, "at_hand") or now,  # kept only where the bases differ
        one.case == "event",
        frozenset(DECIDED[one.event_decides]),
        {str(as_id(row["child_unique_id"])): None for rows in newest for row in rows},
        roots_of(links),
        unborn(population, roots_of(links)),
    )


def known_claims(engine: Engine, indicator: str, position: Position, population: Population) -> list[Claim]:
    """The claims of teams that the extracts name, as those are shown; in a headcount a listed case is a counted one."""
    query = "select team from typed.teams where known and authority = ?"
    teams = {name.casefold(): name for (name,) in engine.con.execute(query, [position.authority]).fetchall()}
    found = [
        claim._replace(team=teams[claim.team.casefold()])
        for claim in claims_of(population)
        if claim.team.casefold() in teams
    ]
    if engine.catalogue.indicators[indicator].measures == "share":
        return found
    return [
        claim._replace(rows=tuple(row._replace(in_numerator=row.in_denominator) for row in claim.rows))
        for claim in found
    ]


LINKS = [("A77", "1001"), ("9999", "1002"), ("0777", "0010"), ("1003", "1004"), ("1004", "1005"), ("1006", "1007")]


def drawn_world(data: st.DataObject) -> World:
    indicator = data.draw(st.sampled_from(INDICATORS))
    population = data.draw(claimed_populations(indicator))
    links = data.draw(st.one_of(st.just([]), st.lists(st.sampled_from(LINKS), unique=True, min_size=1)))
    return World(population, dict(links), (indicator,))


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_position_that_nobody_counted_holds_nothing_of_the_one_before_it(engine: Engine, data: st.DataObject) -> None:
    counted = World(data.draw(claimed_populations("PP0")), {}, ("PP0",))
    silent = counted._replace(population=replace(counted.population, counts=(), list_rows=()))
    one, other = engine.take([counted, silent])
    first = sorted(engine.bridge(one, {"North": ["PP0"]}), key=str)
    assert engine.bridge(other, {"North": ["PP0"]}) == []
    for table in ("pairs", "cases", "claim_measures"):
        assert engine.con.execute(f"select count(*) from {table}").fetchall() == [(0,)], table
    assert {found.outcome for found in check(engine.con, engine.catalogue, other)} == {"PASS"}
    assert sorted(engine.bridge(one, {"North": ["PP0"]}), key=str) == first
    assert {found.outcome for found in check(engine.con, engine.catalogue, one)} == {"PASS"}


@settings(
    max_examples=167 if THOROUGH else 10,
    deadline=None,
    derandomize=not THOROUGH,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_items_are_those_of_the_oracle(engine: Engine, data: st.DataObject) -> None:
    worlds = [drawn_world(data) for _ in range(3)]
    for position, world in zip(engine.take(worlds), worlds, strict=True):
        population, [indicator] = world.population, world.indicators
        claims = known_claims(engine, indicator, position, population)
        teams = [claim for claim in claims if claim.team != "ALL"]
        product = engine.bridge(position, {claim.team: [indicator] for claim in teams})
        facts = facts_of(engine, indicator, position, population, dict(world.links))
        for claim in teams or claims:
            mine = bridge.claim_items(claim, teams, facts, engine.catalogue.indicators[indicator].bridge_measures)
            expected = {(item.case_id, item.measure, item.effect, item.reason) for item in mine}
            assert {item[2:] for item in product if item[:2] == (indicator, claim.team)} == expected
