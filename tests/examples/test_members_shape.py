"""Holds every members.sql to the shape that the rest is built on, over rows without rhyme or reason and over none."""

from __future__ import annotations

from datetime import date

import pytest

from tests.examples.chance import generated
from tests.examples.world import World, indicators, table

AS_AT = date(2022, 10, 31)
# Figures about figures are made of rows that this product has written: nothing without rhyme is in them, and no delivery.
OVER_RECORDS = sorted(name for name, one in indicators().items() if one.stage == "members")
# So few cases of chance rows reach the cohort of these that there are ten times as many.
CROWDED = {
    "AD4",
    "AD4L",
    "AD6",
    "AD6_12M",
    "LA1P",
    "LA1P_12M",
    "LA2",
    "LA2_12M",
    "LA2S",
    "LA3",
    "LA3_12M",
    "LA5",
    "LA7",
    "LA7I",
}
CROWDED |= {"PP3I", "PP12", "LA7I_12M", "LA9", "LA9A", "LA9B", "LA9C", "LA9D", "LA10"}
TIMES = dict.fromkeys(CROWDED, 10) | {"LA12": 40}
SHAPE = {
    "case_id": "VARCHAR",
    "child_id": "VARCHAR",
    "team": "VARCHAR",
    "worker": "VARCHAR",
    "in_denominator": "BOOLEAN",
    "in_numerator": "BOOLEAN",
    "state": "VARCHAR",
    "outside": "VARCHAR",
    "starts_on": "DATE",
    "decides_on": "DATE",
    "due_on": "DATE",
    "done_on": "DATE",
    "delivery_id": "VARCHAR",
    "source_row": "VARCHAR",
}
MEASURED = {"value": "DOUBLE", "weight": "DOUBLE"}
ALWAYS_COUNTABLE = {
    "WF6",
    "WF8",
    "WF10",
    "WF10L",
}  # lines of posts, teams, workers of allocations: no date decides who they are

# Each query returns the cases that break it.
MUST_HOLD = {
    "a flag is null": "in_denominator is null or in_numerator is null",
    "in the numerator and not in the denominator": "in_numerator and not in_denominator",
    "state and denominator differ": "in_denominator <> coalesce(state in ('met', 'not_met', 'unusable'), false)",
    "state and numerator differ": "in_numerator <> coalesce(state = 'met', false)",
    "neither in the cohort nor outside it": "state is null and outside is null",
    "outside, and in a state other than pending": "outside is not null and state <> 'pending'",
    "pending and no rule that says why": "state = 'pending' and outside is null",
    "no origin": "delivery_id is null or source_row is null",
}


OF_A_CHILD = {"no case id or no child": "(case_id = child_id or starts_with(case_id, child_id || '/')) is not true"}
OF_A_MEASURE = {
    "met and not measured, or measured and not met": "in_numerator <> (value is not null) and in_denominator"
}


def _crowded(indicator_id: str, seed: float) -> World:
    world = World(indicators()[indicator_id])
    world.con.execute(f"select setseed({seed})")
    for name in (*world.indicator.reads, *world.indicator.reads_also):
        world.con.execute(generated(table(name), TIMES.get(indicator_id, 1)))
        for column in table(name).columns:
            if column.endswith("_unusable"):
                bare = column.removesuffix("_unusable")
                world.con.execute(f"update conformed.{name} set {column} = {bare} is null and random() < 0.5")
    return world


@pytest.mark.parametrize("seed", [0.1, 0.2, 0.3])
@pytest.mark.parametrize("indicator_id", OVER_RECORDS)
def test_members_of_random_rows_keep_their_shape(indicator_id: str, seed: float) -> None:
    world = _crowded(indicator_id, seed)
    members = world.relation(AS_AT)
    shape = dict(zip(members.columns, map(str, members.types), strict=True))
    assert {name: kind for name, kind in shape.items() if name not in MEASURED} == SHAPE
    assert {name: kind for name, kind in shape.items() if name not in SHAPE}.items() <= MEASURED.items()
    assert ("value" in shape) == world.indicator.is_measured
    world.con.execute("create or replace table found as from members")
    must_hold = MUST_HOLD | (OF_A_CHILD if world.indicator.case in ("child", "event") else {})
    must_hold |= OF_A_MEASURE if world.indicator.is_measured else {}
    for wrong, where in must_hold.items():
        assert world.con.execute(f"select count(*) from found where {where}").fetchone() == (0,), wrong
    twice = world.con.execute("select case_id from found group by case_id having count(*) > 1").fetchall()
    assert twice == [], "a case is there twice"
    outside = {
        row[0] for row in world.con.execute("select distinct outside from found where outside is not null").fetchall()
    }
    assert outside <= set(world.indicator.outside)
    states = {row[0] for row in world.con.execute("select distinct state from found").fetchall()}
    telling = {"met"} if world.indicator.id.split("_")[0] in ALWAYS_COUNTABLE else {"met", "not_countable"}
    assert telling <= states, "the generated rows are too tame to prove anything"


@pytest.mark.parametrize("indicator_id", [one for one in OVER_RECORDS if indicators()[one].case in ("child", "event")])
def test_no_child_that_the_list_names_is_lost(indicator_id: str) -> None:
    world = _crowded(indicator_id, 0.4)
    first = world.indicator.reads[0]
    stands = any(macro in world.indicator.members_sql for macro in ("as_it_stands", "proceedings_of"))
    register = stands and table(first).history and "team" in table(first).columns
    listing = f"as_it_stands('{first}')" if register else first
    world.relation(AS_AT)
    lost = f"select person_id from {listing} where person_id is not null except select child_id from members"
    assert world.con.execute(f"select count(*) from ({lost})").fetchone() == (0,)
    added = f"select child_id from members where child_id is not null except select person_id from {listing}"
    assert world.indicator.reads_also or world.con.execute(f"select count(*) from ({added})").fetchone() == (0,)


@pytest.mark.parametrize("indicator_id", OVER_RECORDS)
def test_no_rows_are_no_members(indicator_id: str) -> None:
    assert World(indicators()[indicator_id]).members(AS_AT) == []
