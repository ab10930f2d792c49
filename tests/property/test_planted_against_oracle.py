"""Holds the product's items to the naive bridge on the planted faults of every reason, at the three dates of test_planted_reasons: a second
opinion on each child, reason and effect, counts in families, other days and what a change of system lost among them.

What the naive bridge reads is written down here row by row from what was planted; it shares no statement with the product.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from countermark.certify import shadow
from countermark.certify.shadow import Shadow
from countermark.contracts.catalogue import load
from countermark.reconcile.bridges import ready, reconcile
from countermark.reconcile.members import FACTS, Position
from tests.oracle import bridge
from tests.oracle.blocks import Held, lost_children
from tests.oracle.bridge import Case, Claim, Facts, Listing
from tests.oracle.engine import Engine
from tests.oracle.evidence import Records, Spell, Visit

CATALOGUE = load()
FAULTS = shadow.faults(CATALOGUE)
EACH = 50
SEEDS = {1: date(2022, 10, 31), 2: date(2024, 2, 29), 3: date(2022, 9, 19)}
OUTSIDE = {"left_out": "SCOPE", "closed": "AS_AT"}
TABLES = {"ZZ1": "cp_plans", "ZZ2": "cin_assessments", "ZZ3": "cla_episodes", "ZZ4": "cp_plans"}
SPELLS = {  # table -> the columns of its beginning, its end, and of why it ended
    "cp_plans": ("cp_plan_start_date", "cp_plan_end_date", None),
    "cin_episodes": ("cin_start_date", "cin_close_date", "cin_close_reason"),
    "cla_episodes": ("cla_start_date", "cla_ceased_date", "cla_ceased_reason"),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with all tables and nothing in them."""
    running = Engine.start(tmp_path_factory.mktemp("engine"))
    running.take([])
    running.con.execute(FACTS)
    ready(running.con, CATALOGUE)
    yield running.con
    running.stop()


class World:
    """What was planted, as plain rows."""

    def __init__(self, place: Shadow) -> None:
        self.place, self.as_at = place, place.position.as_at
        self.newest = self.as_at + timedelta(days=15)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of a table, as they were planted."""
        return self.place.con.execute(f"select {', '.join(columns)} from {table}").fetchall()

    def root(self, child: str) -> str:
        """The child without leading zeros."""
        return child.lstrip("0") or "0"

    def cases(self, indicator: str, basis: str) -> dict[str, Case]:
        """The cases of an indicator."""
        columns = (
            "indicator_id", "basis", "case_id", "team", "in_denominator", "in_numerator", "state", "outside", "starts_on", "decides_on",
            "done_on",
        )  # fmt: skip
        found = [row[2:] for row in self.rows("facts.members", *columns) if row[:2] == (indicator, basis)]
        return {
            row[0]: Case(*row[:5], OUTSIDE.get(row[5]), starts_on=row[6], decides_on=row[7], done_on=row[8])
            for row in found
        }

    def spells(self) -> tuple[Spell, ...]:
        """Every episode of the newest extracts."""
        found = []
        for table, (began, ended, why) in SPELLS.items():
            for child, contract, day, start, end, reason in self.rows(
                f"conformed.{table}", "person_id", "contract", "extracted_on", began, ended, why or "null"
            ):
                if day == self.newest:
                    found.append(
                        Spell(self.root(child), table, start, end, contract != "control.other", reason in ("RC5", "E3"))
                    )
        return tuple(found)

    def lost(self, indicator: str) -> frozenset[str]:
        """Who is missing from the plans since the change of system, one of a block."""
        if TABLES[indicator] != "cp_plans":
            return frozenset()
        plans = self.rows(
            "conformed.cp_plans",
            "person_id",
            "contract",
            "extracted_on",
            "team",
            "cp_plan_start_date",
            "cp_plan_end_date",
        )
        own = [row for row in plans if row[1] == "annex_a.list_07"]
        there = {self.root(row[0]) for row in own if row[2] == self.newest}
        before = [row for row in own if row[2] == self.as_at - timedelta(days=10) and row[5] is None]
        held = [
            Held(child, team, None, None, began, self.root(child) not in there)
            for child, _, _, team, began, _ in before
        ]
        return frozenset(self.root(child) for child in lost_children(held))

    def claims(self, indicator: str) -> list[Claim]:
        """The teams' counts and lists."""
        lists: dict[str, list[Listing]] = {}
        for one, team, *row in self.rows(
            "typed.manual_lists",
            "indicator_id",
            "team",
            "case_id",
            "in_denominator",
            "in_numerator",
            "event_date",
            "family_id",
        ):
            if one == indicator:
                lists.setdefault(team, []).append(Listing(*row))
        counts = {
            team: (n, d, unit)
            for one, team, n, d, unit in self.rows(
                "typed.manual_counts", "indicator_id", "team", "numerator", "denominator", "unit"
            )
            if one == indicator
        }
        found = []
        for team in sorted({*lists, *counts}):
            n, d, unit = counts[team]
            found.append(
                Claim(team, n, d, tuple(lists.get(team, ())), unit=unit if unit in ("family", "meeting") else None)
            )
        return found

    def facts(self, indicator: str) -> Facts:
        """What the naive bridge may look at."""
        families: dict[str, set[str]] = {}
        for family, child in self.rows("conformed.family", "family_id", "person_id"):
            families.setdefault(self.root(child), set()).add(family)
        together = {
            name: frozenset(c for c, names in families.items() if name in names)
            for names in families.values()
            for name in names
        }
        people = self.rows("conformed.person", "person_id", "contract", "date_of_birth", "restricted")
        visits = self.rows("conformed.visits", "person_id", "visit_date", "visit_type", "status", "seen", "lead_worker")
        others = {"cp_plans": ["ZZ3"], "cla_episodes": ["ZZ1", "ZZ4"]}.get(TABLES[indicator], [])
        records = Records(
            self.as_at, "cp" if TABLES[indicator] == "cp_plans" else "none", TABLES[indicator],
            tuple(Visit(self.root(child), *rest) for child, *rest in visits), tuple(together.values()), self.spells(),
            frozenset(self.root(child) for child, _, _, locked in people if locked),
            frozenset(self.root(row.case_id) for other in others for claim in self.claims(other) for row in claim.rows),
            self.lost(indicator),
        )  # fmt: skip
        known = {child for child, contract, *_ in people if not contract.startswith("identity.")}
        known |= {child for (child,) in self.rows("conformed.cin_episodes", "person_id")}
        now = self.cases(indicator, "now")
        return Facts(
            self.as_at, None, now, self.cases(indicator, "at_hand"), indicator == "ZZ2",
            frozenset() if indicator == "ZZ3" else frozenset({"numerator"}), dict.fromkeys(known),
            unborn=frozenset(self.root(child) for child, _, born, _ in people if born and born > self.as_at),
            records=records, families=families, limit=10 if indicator == "ZZ4" else None,
        )  # fmt: skip


FAMILIES = """
insert into conformed.family by name
select 'CONTROL' as authority, 'control.other' as contract, day_before(-15) as extracted_on, 'OF' || (n // 3) as family_id, child_id as person_id
from kin;
insert into main.on_record by name
select child_id, 'Control Home' as team, n % 4 > 0 as in_numerator, if(n % 4 > 0, 'met', 'not_met') as state from kin where n % 5 > 0;
insert into main.in_lists by name
select child_id as case_id, 'Control Home' as team, n % 2 = 0 as in_numerator from kin where n % 3 = {which};
insert into main.more_counted by name select 'Control Home' as team, 'family' as unit, {numerator} as numerator, {denominator} as denominator
"""


@pytest.mark.parametrize("seed", SEEDS)
def test_the_second_bridge_agrees_on_every_planted_fault(tables: duckdb.DuckDBPyConnection, seed: int) -> None:
    draw = random.Random(seed)
    ids = draw.sample([str(number) for number in range(100_000, 900_000)], len(FAULTS) * EACH + 30)
    with shadow.shadow(tables, CATALOGUE, Position("E1", SEEDS[seed])) as place:
        shadow.prepare(place)
        place.con.execute("create temp table kin (child_id varchar, n integer)")
        place.con.executemany("insert into kin values (?, ?)", [(child, n) for n, child in enumerate(ids[-30:])])
        more = {"which": draw.randrange(3), "numerator": draw.randrange(3), "denominator": draw.choice([0, 0, 2])}
        for statement in FAMILIES.format(**more).split(";"):
            place.con.execute(statement)
        shadow.plant(place, ids, EACH)
        world = World(place)
        reasons = set()
        for indicator in TABLES:
            facts, claims = world.facts(indicator), world.claims(indicator)
            measures = ["numerator"] if indicator == "ZZ3" else bridge.MEASURES
            expected = {tuple(item) for one in claims for item in bridge.claim_items(one, claims, facts, measures)}
            product = place.con.execute(
                "select case_id, team, measure, effect, reason from facts.items where indicator_id = ? and team <> 'ALL'",
                [indicator],
            ).fetchall()
            assert sorted(product, key=str) == sorted(expected, key=str), indicator
            reasons |= {row[4] for row in product}
    assert reasons == set(FAULTS) - {"CLEAN"}


TEAMS = ("Control North", "Control South", "Control Empty")
REASONED: set[str] = set()


def planted_families(place: Shadow, draw: random.Random) -> None:
    """Families over two teams, some children outside the cohort, and lists of children, of families by their number, or of none."""
    by_source, names_families = draw.random() < 0.8, draw.random() < 0.5
    children = [
        (
            str(1000 + n),
            f"F{draw.randrange(8)}",
            draw.choice(TEAMS[:2]),
            draw.choice(["met", "met", "not_met", "closed"]),
        )
        for n in range(16)
    ]
    for child, family, team, state in children:
        values = [
            child,
            team,
            state != "closed",
            state == "met",
            None if state == "closed" else state,
            "closed" if state == "closed" else None,
        ]
        place.con.execute(
            "insert into main.on_record by name select ? as child_id, ? as team, ? as in_denominator, ? as in_numerator, ? as state, "
            "? as outside", values,
        )  # fmt: skip
        if by_source:
            place.con.execute(
                "insert into conformed.family by name select 'CONTROL' as authority, 'control.other' as contract, day_before(-15) as "
                "extracted_on, ? as family_id, ? as person_id", [family, child],
            )  # fmt: skip
    for team in TEAMS:
        of = [one for one in children if one[2] == team or draw.random() < 0.1]
        named = draw.sample(of, draw.randrange(len(of) + 1)) if of else children[:1]
        for child, family, *_ in dict.fromkeys(named):
            case = family if names_families and draw.random() < 0.5 else child
            place.con.execute(
                "insert into main.in_lists by name select ? as case_id, ? as team, ? as in_numerator",
                [case, team, draw.random() < 0.6],
            )
        if draw.random() < 0.2:
            place.con.execute("insert into main.in_lists by name select 'F99' as case_id, ? as team", [team])
        place.con.execute(
            "insert into main.more_counted by name select ? as team, 'family' as unit, ? as numerator, ? as denominator",
            [team, draw.choice([0, 0, 1, -1]), draw.choice([0, 0, 2, -1])],
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_the_second_bridge_agrees_on_counts_in_families(tables: duckdb.DuckDBPyConnection, seed: int) -> None:
    draw = random.Random(seed)
    with shadow.shadow(tables, CATALOGUE, Position("E1", SEEDS[1])) as place:
        shadow.prepare(place)
        planted_families(place, draw)
        place.run("gather")
        reconcile(place.con, place.catalogue, place.position, shadow.OWES)
        world = World(place)
        facts, claims = world.facts("ZZ1"), world.claims("ZZ1")
        assert {claim.unit for claim in claims} == {"family"} and len(claims) == len(TEAMS)
        expected = [tuple(item) for one in claims for item in bridge.claim_items(one, claims, facts)]
        product = place.con.execute(
            "select case_id, team, measure, effect, reason from facts.items where indicator_id = 'ZZ1' and team <> 'ALL'"
        ).fetchall()
    assert sorted(product, key=str) == sorted(expected, key=str)
    REASONED.update(row[4] for row in product)
    for claim in claims:
        for measure in bridge.MEASURES:
            effects = sum(item[3] for item in product if item[1:3] == (claim.team, measure))
            assert claim.count(measure) + effects == bridge.system_count(claim.team, measure, facts)


def test_counts_in_families_differed_in_every_way_that_was_drawn() -> None:
    """What came about above: agreement on nothing proves nothing."""
    assert {"SCOPE", "MANUAL_NOT_LISTED", "VALUE", "AS_AT", "TEAM", "SYSTEM_ONLY", "MANUAL_ONLY"} <= REASONED
