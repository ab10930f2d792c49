"""Visits that a manager counted and the system does not: drafts, nobody in, another form, the duty worker's, on a sibling's file.

What belongs here is planted in the world, since it is really so: the manager knows of the visit, and no extract ever shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from countermark.sample.authority import EAST, HARBOUR, WEST
from countermark.sample.days import wd
from countermark.sample.faults_plans import steady_plans
from countermark.sample.histories import Plan, Visit
from countermark.sample.planting import Planter
from countermark.sample.sources.extras import add_person
from countermark.sample.sources.story import Story
from countermark.sample.sources.visits import NEVER, add_visit

KINDS = (
    ("NOT_FINALISED", EAST), ("NOT_SEEN", WEST), ("WRONG_FORM", HARBOUR), ("OTHER_WORKER", EAST), ("SIBLING_RECORD", WEST),
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """A visit that its manager counted: why the system does not, whose plan, when."""

    reason: str
    plan: Plan
    on: date


def plant(planter: Planter) -> list[Counted]:
    """One visit of each kind: the only one of the last ten working days."""
    clock, found = planter.world.clock, []

    def earlier(plan: Plan) -> list[Visit]:
        return [visit for visit in plan.visits if wd(visit.on, clock.as_at) > 10]

    for reason, team in KINDS:
        for plan in steady_plans(planter, team, 1, lambda plan: bool(earlier(plan))):
            plan.visits = [*earlier(plan), plan.visits[-1]]
            plan.visits[-1].recorded = NEVER
            plan.visits[-2].alone = plan.visits[-1].alone
            planter.planted.in_system(f"counted_{reason.lower()}", plan.child.id, reason)
            found.append(Counted(reason, plan, plan.visits[-1].on))
    return found


def write_up(story: Story, counted: list[Counted]) -> None:
    """What the trackers hold of these visits."""
    hidden = {(one.plan.child.id, one.on) for one in counted}
    story.records["visits"] = [row for row in story.records["visits"] if (row["child"], row["on"]) not in hidden]
    for one in counted:
        _WRITTEN[one.reason](story, one.plan, one.on)


def _draft(story: Story, plan: Plan, on: date) -> None:
    add_visit(story, plan, on, "Yes", "Yes", on, status="Draft", finalised=None)


def _nobody_in(story: Story, plan: Plan, on: date) -> None:
    add_visit(story, plan, on, "No", "No", on)


def _wrong_form(story: Story, plan: Plan, on: date) -> None:
    add_visit(story, plan, on, "Yes", "Yes", on, form="Child in need visit", type="Child in need")


def _duty(story: Story, plan: Plan, on: date) -> None:
    others = [name for name in story.world.staff.by_team[plan.team] if name != plan.worker]
    add_visit(story, plan, on, "Yes", "Yes", on, worker=others[0], form="Duty visit")


def _sibling(story: Story, plan: Plan, on: date) -> None:
    """On the file of a brother who is on no plan, as if he were: a child whom nothing else knows."""
    brother = add_person(story, (plan.child.born or on) - timedelta(days=1100), family=plan.child.family)
    row = add_visit(story, plan, on, "Yes", "Yes", on, misplaced=True)
    row["child"] = brother.id


_WRITTEN: dict[str, Callable[[Story, Plan, date], None]] = {
    "NOT_FINALISED": _draft, "NOT_SEEN": _nobody_in, "WRONG_FORM": _wrong_form, "OTHER_WORKER": _duty, "SIBLING_RECORD": _sibling,
}  # fmt: skip
