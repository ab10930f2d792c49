"""Holds every members.sql to the shape that the rest is built on, over rows without rhyme or reason and over none."""

from __future__ import annotations

from datetime import date

import pytest

from countermark.contracts.model import ConformedTable
from tests.examples.world import FEEDS, World, indicators, table

AS_AT = date(2022, 10, 31)
ROWS = 900
# Figures about figures are made of rows that this product has written: nothing without rhyme is in them, and no delivery.
OVER_RECORDS = sorted(name for name, one in indicators().items() if one.stage == "members")
MORE_ROWS = {
    "visits": 3600,
    "cp_visits": 3600,
    "core_groups": 3600,
}  # a history needs several days a child before two lie near each other
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
WORDS = {
    "person_id": "'C' || (i % 250)",
    "health_check_type": "['dental check', 'health assessment'][1 + (random() < 0.3)::integer]",
    "professional_role_id": "if(random() < 0.9, 'allocated', 'co_worker')",
    "contact_outcome": "['referral', 'advice', null][1 + (random() * 2)::integer]",
    "case_status": "['cin_plan', 'child_protection_plan', null][1 + (random() * 2)::integer]",
    "cin_close_reason": "['RC7', 'RC8', 'RC9', null][1 + (random() * 3)::integer]",
    "legal_status": "['C1', 'V2', 'V3', 'V4', null][1 + (random() * 4)::integer]",
    "date_of_birth": "if(random() < 0.2, null, date '2022-12-31' - (random() * 4000)::integer)",
    # Codes that decide in records of single visits, meetings and hearings, so often that cases of every state come about.
    "seen": "if(random() < 0.1, 'no', 'yes')",
    "visit_type": "['cp', 'cp', 'cp', 'cin', null][1 + (random() * 4)::integer]",
    "status": "['held', 'held', 'finalised', 'draft', 'planned'][1 + (random() * 4)::integer]",
    "meeting_type": "['icpc', 'rcpc', 'core_group', 'strategy'][1 + (random() * 3)::integer]",
    "court_event": "['filing_evidence', 'filing_care_plan', 'final_hearing'][1 + (random() * 2)::integer]",
    "challenge_kind": "['chair', 'chair', 'board', null][1 + (random() * 3)::integer]",
    "challenge_number": "'CH' || (i % 300)",
    "pre_pro_outcome": "['step_down', 'issue', 'extended', null][1 + (random() * 3)::integer]",
    "team": "['North', 'South'][1 + (random() < 0.5)::integer]",
}
YES_NO = "['yes', 'no', null][1 + (random() * 2)::integer]"
NEAR = (
    "if(random() < 0.2, null, date '2022-11-20' - (random() * [40, 120, 1500][1 + (random() * 2)::integer])::integer)"
)
BASIS = "date '2022-11-16'"
ANY_EXTRACT = (
    "[date '2022-10-14', date '2022-10-31', date '2022-11-02', date '2022-11-16'][1 + (random() * 3)::integer]"
)

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


def _value(name: str, column_type: str) -> str:
    if name in WORDS:
        return WORDS[name]
    if name.endswith("_unusable"):
        return "false"
    kinds = {"DATE": NEAR, "INTEGER": "if(random() < 0.2, null, (random() * 5)::integer)", "BOOLEAN": "random() < 0.5"}
    return kinds.get(column_type, YES_NO)


def _generated(definition: ConformedTable) -> str:
    extract = ANY_EXTRACT if definition.history else BASIS
    origin = f"'E0', '{FEEDS.get(definition.name, definition.name)}', 'D1', i::varchar, {extract}"
    own = ", ".join(_value(name, column.type) for name, column in definition.columns.items())
    return f"insert into conformed.{definition.name} select {origin}, {own} from range({MORE_ROWS.get(definition.name, ROWS)}) as rows (i)"


def _crowded(indicator_id: str, seed: float) -> World:
    world = World(indicators()[indicator_id])
    world.con.execute(f"select setseed({seed})")
    for name in (*world.indicator.reads, *world.indicator.reads_also):
        world.con.execute(_generated(table(name)))
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
    assert {"met", "not_countable"} <= states, "the generated rows are too tame to prove anything"


@pytest.mark.parametrize("indicator_id", OVER_RECORDS)
def test_no_child_that_the_list_names_is_lost(indicator_id: str) -> None:
    world = _crowded(indicator_id, 0.4)
    listed = world.con.execute(f"select count(distinct person_id) from {world.indicator.reads[0]}").fetchone()
    found = world.relation(AS_AT).aggregate("count(distinct child_id)").fetchone()
    assert found == listed


@pytest.mark.parametrize("indicator_id", OVER_RECORDS)
def test_no_rows_are_no_members(indicator_id: str) -> None:
    assert World(indicators()[indicator_id]).members(AS_AT) == []
