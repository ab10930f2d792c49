"""What happens somewhere every month and in a small authority perhaps not in this one: steps before court, proceedings that end, approvals
that run out, actions and safety plans that fall due.

What belongs here is told from the date alone and draws nothing, so that no other record changes with it.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.days import add_wd
from countermark.sample.histories import Plan, Row
from countermark.sample.sources.story import Story

# Days before the position: the decision to begin, the decision that ends it; what it came to; working days from there to the court.
_BEFORE_COURT = (
    (20, None, None, 0), (140, 25, "Issue proceedings", 8), (150, 27, "Issue proceedings", 13), (120, 18, "Extended", 0),
    (130, 15, "Step down", 0), (128, None, None, 0),
)  # fmt: skip
_ENDED_IN_COURT = ((9, 24), (12, 33))  # days before the position, weeks that it took
_ACTIONS = (
    (-24, 18),
    (-27, 26),
    (-30, None),
    (-45, None),
)  # working days to when it was raised, and from there to when it was done


def fill(story: Story) -> None:
    """Each of them once, for families and children who are on a plan or in care."""
    families: dict[int, list[Plan]] = {}
    for plan in story.open_plans(story.world.clock.as_at):
        families.setdefault(plan.child.family, []).append(plan)
    waiting = sorted(families.values(), key=lambda plans: (plans[0].start, plans[0].child.id))
    busy = {row["child"] for row in story.records["pre_proceedings"]}
    free = [plans for plans in waiting if plans[0].child.id not in busy]
    used = _before_court(story, free)
    _ended_in_court(story, [plans for plans in free if plans not in used] or waiting)
    _ran_out(story)
    for plans, (raised, after) in zip((waiting * len(_ACTIONS))[: len(_ACTIONS)], _ACTIONS, strict=False):
        _action(story, plans[0], raised, after)
    for plans, reviewed in zip(waiting, (timedelta(days=10), None), strict=False):
        _safety_plan(story, plans[0], reviewed)


def _before_court(story: Story, free: list[list[Plan]]) -> list[list[Plan]]:
    as_at, used = story.world.clock.as_at, list[list[Plan]]()
    for begun, ended, outcome, to_court in _BEFORE_COURT:
        start = as_at - timedelta(days=begun)
        plans = next((one for one in free if one not in used and one[0].start < start - timedelta(days=14)), None)
        if plans is None:
            continue
        used.append(plans)
        letter = add_wd(start, 4)
        meeting = add_wd(letter, 7)
        step = as_at - timedelta(days=ended) if ended else None
        common: Row = {
            "start": start, "letter": letter, "offered": True, "facilitated": False, "meeting": meeting,
            "reviews": max(0, ((step or as_at) - meeting).days // 42), "step": step, "outcome": outcome,
            "court": add_wd(step, to_court) if step and to_court else None, "conference_letter": add_wd(letter, 2),
            "family": f"F{100000 + plans[0].child.family}", "due": start + timedelta(days=112), "team": plans[0].team,
            "worker": plans[0].worker,
        }  # fmt: skip
        for plan in plans:
            story.add("pre_proceedings", child=plan.child.id, plan_start=plan.start, **common)
    return used


def _ended_in_court(story: Story, families: list[list[Plan]]) -> None:
    """Proceedings about children at home that ended with a supervision order, the last statement filed late."""
    as_at = story.world.clock.as_at
    for number, (plans, (ended, weeks)) in enumerate(zip(families[-2:] * 2, _ENDED_IN_COURT, strict=False)):
        concluded = as_at - timedelta(days=ended)
        filing = add_wd(concluded, -8)
        for plan in plans:
            story.add(
                "court_hearings", child=plan.child.id, case=f"ZZ22C{60000 + number}", issued=concluded - timedelta(weeks=weeks),
                hearing="Final hearing", listed=concluded, held=concluded, filing_due=filing, filed=add_wd(filing, 3 * number),
                weeks_end=concluded + timedelta(weeks=26 - weeks), outcome="Final order", concluded=concluded, order="Supervision order",
                team=plan.team, worker=plan.worker,
            )  # fmt: skip


def _ran_out(story: Story) -> None:
    """The temporary approval of the longest placement with relatives has run out, and nobody has gone on with it."""
    by = story.world.clock.as_at - timedelta(days=120)
    for row in sorted(story.records["reg24_approvals"], key=lambda row: (row["placed"], row["child"]))[:1]:
        if row["approved"] < by:
            row.update(extended=None, extended_to=None, assessed=None, panel=None)


def _action(story: Story, plan: Plan, raised: int, after: int | None) -> None:
    begun = add_wd(story.world.clock.as_at, raised)
    story.add(
        "actions", id=f"ACT{900 - raised}", audit=None, source="Audit", child=plan.child.id, raised=begun, due=add_wd(begun, 20),
        done=_by(story, add_wd(begun, after)) if after else None, action="Bring the chronology up to date", owner=plan.worker,
        team=plan.team,
    )  # fmt: skip


def _safety_plan(story: Story, plan: Plan, reviewed: timedelta | None) -> None:
    as_at = story.world.clock.as_at
    start = max(plan.start + timedelta(days=7), as_at - timedelta(days=75))
    story.add(
        "safety_plans", child=plan.child.id, start=start, review_due=add_wd(start, 20),
        reviewed=as_at - reviewed if reviewed and as_at - reviewed > start else None, ended=None, agreed=True, effective=None,
        on_plan=True, team=plan.team, worker=plan.worker,
    )  # fmt: skip


def _by(story: Story, on: date) -> date | None:
    return on if on <= story.first else None
