"""Faults in List 7: visits typed late or overwritten since, cells that nobody can read.

What belongs here changes the visits and the cells of plans.
"""

from __future__ import annotations

from collections.abc import Callable

from countermark.sample.authority import EAST, HARBOUR, WEST
from countermark.sample.days import add_wd, wd
from countermark.sample.histories import Plan, Visit
from countermark.sample.planting import ERROR, IMPOSSIBLE, WORDS, Planter


def steady_plans(
    planter: Planter, team: str, at_scale_one: int, fits: Callable[[Plan], bool] = lambda _: True
) -> list[Plan]:
    """Plans of the team that stay open, seen in time and alone by the as-at date; nobody has been since."""
    clock = planter.world.clock

    def steady(plan: Plan) -> bool:
        known = plan.team == team and plan.end > clock.second and planter.met(plan.child.id, "PP1", "PP3")
        return known and fits(plan)

    chosen = planter.pick(planter.world.plans, at_scale_one, steady)
    for plan in chosen:
        plan.visits = _by_then(planter, plan)
    return chosen


def _by_then(planter: Planter, plan: Plan) -> list[Visit]:
    return [visit for visit in plan.visits if visit.on <= planter.world.clock.as_at]


def late_visits(planter: Planter) -> None:
    """Visits written up between the extracts; of some of them the counters did not know either."""
    clock, planted = planter.world.clock, planter.planted

    def fits(plan: Plan) -> bool:
        visits = _by_then(planter, plan)
        return len(visits) > 1 and wd(visits[-2].on, clock.as_at) > 10

    for team, fault, number in (
        (EAST, "late_visit", 2), (WEST, "late_visit", 1), (HARBOUR, "late_visit", 1), (WEST, "late_visit_missed", 1),
    ):  # fmt: skip
        for plan in steady_plans(planter, team, number, fits):
            plan.visits[-1].recorded = add_wd(clock.first, planter.rng.randint(2, 8))
            plan.visits[-1].alone, plan.visits[-2].alone = "a) Yes", "b) No"
            planted.in_system(fault, plan.child.id, "LATE_RECORDED")
            if fault == "late_visit_missed":
                planted.missed.add(plan.child.id)


def overtaken_visits(planter: Planter) -> None:
    """Visits after the as-at date and before the first extract: the last one by the date is lost to the system."""
    clock = planter.world.clock
    for team, number in ((EAST, 2), (WEST, 1), (HARBOUR, 1)):
        for i, plan in enumerate(steady_plans(planter, team, number)):
            plan.visits.append(Visit(add_wd(clock.as_at, 1), "a) Yes", clock.first))
            planter.planted.in_system("overtaken_visit", plan.child.id, "AS_AT")
            if team != EAST or i % 2:
                planter.planted.seen_since.add(plan.child.id)


def unreadable_plans(planter: Planter) -> None:
    """A last visit, or a plan's start, that stands in the system and cannot be read."""
    enquired = {e.child.id for e in planter.world.enquiries if e.unnecessary_on is None and e.conference is None}
    for team, column, cell in ((EAST, "visit", ERROR), (WEST, "visit", WORDS), (EAST, "start", IMPOSSIBLE)):
        for plan in steady_plans(planter, team, 1, lambda p: p.child.id not in enquired):
            plan.broken[column] = cell
            planter.planted.in_system(f"unreadable_plan_{column}", plan.child.id, "INVALID")
