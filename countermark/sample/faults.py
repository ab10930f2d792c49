"""Faults planted in the system: what order they come in, and children under two ids.

What belongs here changes histories before they are extracted; slips of those who count belong to slips.py.
"""

from __future__ import annotations

from countermark.sample import faults_care, faults_events, faults_plans
from countermark.sample.authority import CARE_ONE, CENTRAL, EAST, NORTH, SOUTH, WEST
from countermark.sample.faults_events import case_of, done_in_time
from countermark.sample.faults_plans import steady_plans
from countermark.sample.histories import Assessment, Care, Plan
from countermark.sample.lists import twin_of
from countermark.sample.planting import Planter


def plant_in_system(planter: Planter) -> None:
    """Plant every fault of the system; the order decides who is left to choose from, and stays as it is."""
    faults_plans.late_visits(planter)
    faults_plans.overtaken_visits(planter)
    faults_plans.unreadable_plans(planter)
    faults_events.conferences(planter)
    faults_events.assessments(planter)
    faults_care.checks(planter)
    faults_care.periods(planter)
    faults_events.pending_referrals(planter)
    _twins(planter)


def give_old_ids(planter: Planter) -> None:
    """Children get ids of the old system, whose leading zeros the lists will lose; before the other faults."""
    world = planter.world
    for team in (EAST, WEST):
        for plan in steady_plans(planter, team, 2):
            _rename(planter, plan)
    for care in planter.pick(world.cares, 3, lambda c: c.team == CARE_ONE and planter.met(c.child.id, "LA8", "LA0")):
        _rename(planter, care)
    for assessment in planter.pick(world.assessments, 2, lambda a: a.team == NORTH and done_in_time(planter, a)):
        _rename(planter, assessment)
    overdue = planter.pick(world.assessments, 2, lambda a: a.team == SOUTH and planter.met(case_of(a), "AS3"))
    for assessment in overdue:
        _rename(planter, assessment)


def _rename(planter: Planter, event: Plan | Care | Assessment) -> None:
    if not event.child.id.startswith("0"):
        event.child.id = f"00{event.child.id}"
    planter.planted.used.add(event.child.id)


def _twins(planter: Planter) -> None:
    """One child under two ids that differ by leading zeros: on plans, looked after, and in an assessment."""
    world = planter.world
    for plan in steady_plans(planter, EAST, 1, lambda p: p.child.id[0] != "0"):
        world.twins += [(7, plan.child.id, None), (6, plan.child.id, None)]
        planter.planted.in_system("two_ids_on_a_plan", twin_of(plan.child.id), "DUPLICATE_SYSTEM")
        planter.planted.used.add(plan.child.id)

    def cared(c: Care) -> bool:
        last = c.dental and c.dental[-1][0] <= world.clock.as_at
        return c.team == CARE_ONE and bool(last) and planter.met(c.child.id, "LA8") and c.child.id[0] != "0"

    for care in planter.pick(world.cares, 1, cared):
        world.twins += [(8, care.child.id, None), (6, care.child.id, None)]
        planter.planted.in_system("two_ids_in_care", twin_of(care.child.id), "DUPLICATE_SYSTEM")
        planter.planted.used.add(care.child.id)

    def assessed(a: Assessment) -> bool:
        return a.team == CENTRAL and done_in_time(planter, a) and a.child.id[0] != "0"

    for a in planter.pick(world.assessments, 1, assessed):
        world.twins.append((4, a.child.id, a.start))
        planter.planted.in_system("two_ids_assessed", twin_of(case_of(a)), "DUPLICATE_SYSTEM")
        planter.planted.used.add(a.child.id)
