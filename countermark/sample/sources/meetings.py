"""Meetings that follow: strategy discussions, core groups, reviews of plans, their minutes, plans for children in need.

What belongs here are dates of meetings and of the papers that come of them.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.days import add_wd, months_before
from countermark.sample.histories import Plan
from countermark.sample.population import Child
from countermark.sample.sources.story import Story

_AGENCIES = ("Police; Health", "Police; Health; School", "Police", "Health; School; Early years")
_CONFERENCE, _REVIEW, _CARE_REVIEW, _CORE = (
    "Initial conference",
    "Review conference",
    "Looked after review",
    "Core group",
)


def meet(story: Story) -> None:
    """All meetings up to the database's day."""
    _strategy(story)
    for plan in story.world.plans:
        if plan.start <= story.second:
            _core_groups(story, plan)
            _reviews(story, plan)
    _plans_in_need(story)
    _conferences(story)


def _strategy(story: Story) -> None:
    world, asked = story.world, set()
    for enquiry in world.enquiries:
        asked.add((enquiry.child.id, enquiry.discussion))
        if enquiry.discussion <= story.second:
            outcome = "Section 47 enquiry"
            _discuss(story, enquiry.child, enquiry.discussion, outcome, enquiry.team, enquiry.worker)
    for assessment in world.assessments:
        on = add_wd(assessment.start, 1)
        if story.likely(0.06) and on <= story.second and (assessment.child.id, on) not in asked:
            _discuss(story, assessment.child, on, "No further action", assessment.team, assessment.worker)


def _discuss(story: Story, child: Child, on: date, outcome: str, team: str, worker: str) -> None:
    raised = on - timedelta(days=story.rng.choice((0, 0, 0, 1)))
    story.add(
        "strategy_discussions", child=child.id, raised=raised, on=on, agencies=story.rng.choice(_AGENCIES), outcome=outcome,
        minutes=add_wd(on, story.rng.randint(0, 5)), team=team, worker=worker,
    )  # fmt: skip


def _core_groups(story: Story, plan: Plan) -> None:
    """The first within ten working days of the plan's start, then every six weeks at most; some do not happen."""
    due, since = add_wd(plan.start, 10), story.first - timedelta(days=300)
    while due <= min(plan.end, story.second):
        draw = story.rng.random()
        held = add_wd(due, -story.rng.randint(0, 4)) if draw < 0.8 else add_wd(due, story.rng.randint(1, 8))
        last = min(plan.end, story.second)
        held_on = held if draw <= 0.95 and plan.start < held <= last else None
        if due >= since:
            story.add(
                "core_groups", child=plan.child.id, plan_start=plan.start, due=due, held=held_on,
                attended=story.rng.choice(_AGENCIES) if held_on else None, parents=story.likely(0.8) if held_on else None,
                team=plan.team, worker=plan.worker,
            )  # fmt: skip
            if held_on:
                _minutes(story, plan.child.id, _CORE, held_on, plan.team)
        due = add_wd(held, 30)


def _reviews(story: Story, plan: Plan) -> None:
    before, due = plan.start, months_before(plan.start, -3)
    for number, on in enumerate(plan.reviews, start=1):
        if on > story.second:
            break
        story.add(
            "cp_reviews", child=plan.child.id, plan_start=plan.start, due=due, on=on, number=number,
            goes_on=on < plan.end, quorate=story.likely(0.93), took_part=story.likely(0.6), team=plan.team,
        )  # fmt: skip
        if on > story.first - timedelta(days=300):
            _minutes(story, plan.child.id, _REVIEW, on, plan.team)
        before, due = on, months_before(on, -6)
    if before and plan.end > story.first:
        story.add(
            "cp_reviews", child=plan.child.id, plan_start=plan.start, due=due, on=None, number=len(plan.reviews) + 1,
            goes_on=None, quorate=None, took_part=None, team=plan.team,
        )  # fmt: skip


def _conferences(story: Story) -> None:
    for enquiry in story.world.enquiries:
        if enquiry.conference and story.first - timedelta(days=300) < enquiry.conference <= story.first:
            _minutes(story, enquiry.child.id, _CONFERENCE, enquiry.conference, enquiry.team)


def _minutes(story: Story, child: str, meeting: str, on: date, team: str) -> None:
    """Written within days, sent out within weeks; one in ten is not written yet, where the meeting was of late."""
    written = add_wd(on, story.rng.randint(1, 15)) if story.likely(0.92) else None
    sent = add_wd(written, story.rng.randint(1, 10)) if written else None
    last = story.first
    story.add(
        "minutes", child=child, meeting=meeting, on=on, due=add_wd(on, 20), written=written if written and written <= last else None,
        sent=sent if sent and sent <= last else None, team=team,
    )  # fmt: skip


def minutes_of_care(story: Story, child: str, on: date, team: str) -> None:
    """The minutes of a looked after review."""
    _minutes(story, child, _CARE_REVIEW, on, team)


def _plans_in_need(story: Story) -> None:
    """A child in need plan of each episode that has one, and its reviews: every three months at most, mostly."""
    for need in (*story.world.earlier_needs, *story.world.needs.values()):
        start = need.cin_from
        if start is None or start > story.second or start >= need.closed:
            continue
        team = need.area_team
        names = story.world.staff.by_team[team]
        worker = names[int(need.child.id) % len(names)]
        story.add(
            "cin_plans",
            child=need.child.id,
            start=start,
            end=need.closed,
            referral=need.start,
            team=team,
            worker=worker,
        )
        due = start + timedelta(days=42)
        while due <= min(need.closed, story.second):
            held = add_wd(due, story.rng.randint(-8, 3) if story.likely(0.85) else story.rng.randint(5, 20))
            held_on = held if start < held <= min(need.closed, story.second) and story.likely(0.94) else None
            if due > story.first - timedelta(days=300):
                story.add(
                    "cin_reviews", child=need.child.id, plan_start=start, due=due, on=held_on,
                    seen=story.likely(0.8) if held_on else None, parents=story.likely(0.8) if held_on else None,
                    outcome=("Plan goes on" if held_on < need.closed else "Plan ended") if held_on else None, team=team,
                    worker=worker,
                )  # fmt: skip
            due = held + timedelta(days=91)
