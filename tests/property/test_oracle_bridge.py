"""Holds the oracle's bridge to the arithmetic that no bridge may break, on generated populations and claims.

An oracle that does not add cannot judge one that should.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import bridge, figures
from tests.oracle.bridge import Case, Claim, Facts, Listing
from tests.oracle.claims import claimed_populations
from tests.oracle.population import Population, typed

INDICATORS = ["PP1", "PP0", "AS1", "FD5", "LA8"]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def cases(indicator: str, population: Population, basis: str) -> dict[str, Case]:
    """The figures' members as the bridge takes them."""
    members = figures.members(indicator, population.as_at, typed(population), basis)
    return {
        case_id: Case(
            case_id,
            member.team,
            member.in_denominator,
            member.in_numerator,
            member.state,
            starts_on=bridge.start_of(case_id),
            decides_on=bridge.start_of(case_id),
        )
        for case_id, member in members.items()
    }


def facts_of(indicator: str, population: Population) -> Facts:
    """What the bridge may look at, all from the oracle's own figures."""
    now = cases(indicator, population, "now")
    return Facts(
        population.as_at,
        population.as_at.replace(day=1) if indicator in figures.PERIOD else None,
        now,
        cases(indicator, population, "at_hand"),
        figures.INDICATORS[indicator][0] in figures.BY_EVENT,
        frozenset(bridge.MEASURES),
        dict.fromkeys((case_id.split("/")[0] for case_id in now), "known"),
    )


def claims_of(population: Population) -> list[Claim]:
    """The population's counts and lists, by team."""
    lists: dict[str, list[Listing]] = {}
    for row in population.list_rows:
        listing = Listing(row.case_id, row.in_denominator, row.in_numerator, row.event_date)
        lists.setdefault(row.team, []).append(listing)
    counts = {count.team: count for count in population.counts}
    return [
        Claim(
            team,
            counts[team].numerator if team in counts else None,
            counts[team].denominator if team in counts else None,
            tuple(lists.get(team, ())),
        )
        for team in sorted({*lists, *counts})
    ]


@pytest.mark.parametrize("indicator", INDICATORS)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(data=st.data())
def test_manual_plus_effects_is_system_and_each_case_has_one_item(indicator: str, data: st.DataObject) -> None:
    population = data.draw(claimed_populations(indicator))
    facts, claims = facts_of(indicator, population), claims_of(population)
    for claim in claims:
        items = bridge.claim_items(claim, claims, facts)
        team = None if claim.team == "ALL" else claim.team
        for measure in bridge.MEASURES:
            own = [item for item in items if item.measure == measure]
            assert claim.count(measure) + sum(item.effect for item in own) == bridge.system_count(team, measure, facts)
            main = Counter(item.case_id for item in own if item.reason != "DUPLICATE_MANUAL")
            assert not [case for case, times in main.items() if times > 1]
            listed = sum(row.holds(measure) for row in claim.rows)
            assert (claim.count(measure) != listed) == any(item.reason == "MANUAL_NOT_LISTED" for item in own)


@pytest.mark.parametrize("indicator", INDICATORS)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(data=st.data())
def test_the_teams_items_add_to_the_authority(indicator: str, data: st.DataObject) -> None:
    population = data.draw(claimed_populations(indicator))
    facts, claims = facts_of(indicator, population), claims_of(population)
    items = bridge.authority_items(claims, {claim.team for claim in claims} - {"ALL"}, facts)
    for measure in bridge.MEASURES:
        manual = bridge.authority_manual(claims, {claim.team for claim in claims} - {"ALL"}, measure)
        effect = sum(item.effect for item in items if item.measure == measure)
        assert manual is None or manual + effect == bridge.system_count(None, measure, facts)
        takes = Counter(item.case_id for item in items if item.measure == measure and item.reason == "TEAM")
        gives = {
            item.case_id for item in items if item.measure == measure and (item.reason, item.effect) == ("TEAM", 1)
        }
        assert not [case for case in takes if case in gives and takes[case] > 1], "a pair was not left out"
