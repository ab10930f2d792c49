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
ROWS_OF = {
    "visits": 3600,
    "supervision": 3600,
    "cp_visits": 3600,
    "core_groups": 3600,
    "safety_plans": 3600,
    "management_looks": 9000,
    "pre_proceedings": 200,
}  # a history needs several days a child before two lie near each other; few children come into pre-proceedings
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
    "visit_type": "['cp', 'cp', 'cp', 'cla', 'cin', null][1 + (random() * 5)::integer]",
    "status": "['held', 'held', 'finalised', 'draft', 'planned'][1 + (random() * 4)::integer]",
    "meeting_type": "['icpc', 'rcpc', 'core_group', 'strategy', 'cla_review'][1 + (random() * 4)::integer]",
    "court_event": "['filing_evidence', 'filing_care_plan', 'final_hearing'][1 + (random() * 2)::integer]",
    "challenge_kind": "['chair', 'chair', 'board', null][1 + (random() * 3)::integer]",
    "challenge_number": "'CH' || (i % 300)",
    "pre_pro_outcome": "['step_down', 'issue', 'extended', null][1 + (random() * 3)::integer]",
    "cla_placement_type": "['P1', 'U1', 'U6', 'A6', 'T1', null][1 + (random() * 5)::integer]",
    "move_reason": "['CARPL', 'CREQB', 'PLACE', null][1 + (random() * 3)::integer]",
    "care_leaver_accom_suitable": "['suitable', 'unsuitable', null][1 + (random() * 2)::integer]",
    "care_leaver_activity": "['F1', 'G5', '0', null][1 + (random() * 3)::integer]",
    "team": "['North', 'South'][1 + (random() < 0.5)::integer]",
    # Workers, and what registers of oversight are kept by.
    "professional_id": "'W' || (i % [4, 300][1 + (random() < 0.7)::integer])",
    "worker": "'W' || (i % 70)",
    "asye": "if(random() < 0.8, 'yes', 'no')",
    "full_time_equivalency": "[0.1, 0.2, 0.3, null][1 + (random() * 3)::integer]",
    "professional_role": "['social_worker', 'social_worker', 'team_manager', null][1 + (random() * 3)::integer]",
    "professional_department": "'T' || (i % 40)",
    "supervision_kind": "['worker', 'case', 'oversight', null][1 + (random() * 3)::integer]",
    "action_number": "'ACT' || i",
    "action_source": "['audit', 'supervision', 'chair', null][1 + (random() * 3)::integer]",
    "audit_theme": (
        "['overall', 'overall', 'assessment', 'planning', 'visits', 'reviews', 'management', 'voice', null][1 + (random() * 8)::integer]"
    ),
    "original_grade": "['outstanding', 'good', 'requires_improvement', 'inadequate', null][1 + (random() * 4)::integer]",
    "moderated_grade": "['good', 'requires_improvement', 'inadequate', null][1 + (random() * 3)::integer]",
    "worker_involved": "if(random() < 0.8, 'yes', 'no')",
    "child_involved": "if(random() < 0.8, 'yes', 'no')",
    "parent_involved": "if(random() < 0.8, 'yes', 'no')",
    "priority": "'P' || (i % 9)",
    "milestone": "'M' || (i % 20)",
    "rag": "['green', 'green', 'green', 'green', 'amber'][1 + (random() * 4)::integer]",
    "cla_ceased_reason": "['E4A', 'E4B', 'E11', 'E45', null][1 + (random() * 4)::integer]",
}
ALWAYS_COUNTABLE = {
    "WF6",
    "WF8",
    "WF10",
    "WF10L",
}  # lines of posts, teams, workers of allocations: no date decides who they are
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
    kinds = {
        "DOUBLE": "if(random() < 0.2, null, round(random() * 2, 1))",
        "DATE": NEAR,
        "INTEGER": "if(random() < 0.2, null, (random() * 5)::integer)",
        "BOOLEAN": "random() < 0.5",
    }
    return kinds.get(column_type, YES_NO)


def _generated(definition: ConformedTable, times: int) -> str:
    extract = ANY_EXTRACT if definition.history else BASIS
    origin = f"'E0', '{FEEDS.get(definition.name, definition.name)}', 'D1', i::varchar, {extract}"
    own = ", ".join(_value(name, column.type) for name, column in definition.columns.items())
    own = own.replace("i % 250", f"i % {250 * times}")
    rows = times * ROWS_OF.get(definition.name, ROWS)
    return f"insert into conformed.{definition.name} select {origin}, {own} from range({rows}) as rows (i)"


def _crowded(indicator_id: str, seed: float) -> World:
    world = World(indicators()[indicator_id])
    world.con.execute(f"select setseed({seed})")
    for name in (*world.indicator.reads, *world.indicator.reads_also):
        world.con.execute(_generated(table(name), TIMES.get(indicator_id, 1)))
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
    register = "as_it_stands" in world.indicator.members_sql and table(first).history and "team" in table(first).columns
    listing = f"as_it_stands('{first}')" if register else first
    world.relation(AS_AT)
    lost = f"select person_id from {listing} where person_id is not null except select child_id from members"
    assert world.con.execute(f"select count(*) from ({lost})").fetchone() == (0,)
    added = f"select child_id from members where child_id is not null except select person_id from {listing}"
    assert world.indicator.reads_also or world.con.execute(f"select count(*) from ({added})").fetchone() == (0,)


@pytest.mark.parametrize("indicator_id", OVER_RECORDS)
def test_no_rows_are_no_members(indicator_id: str) -> None:
    assert World(indicators()[indicator_id]).members(AS_AT) == []
