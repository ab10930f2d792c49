"""Every visit, not only the last: to children on protection plans, in need and looked after, seen or not, written up when.

What belongs here hangs together with Annex A: the last visit of List 7 is the last of these that was seen and written up by the day.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.days import add_wd
from countermark.sample.histories import Need, Plan, Row, Visit
from countermark.sample.sources.story import Story

SHOWN_DAYS = 220
NOT_AT_HOME = 0.05
NEVER = date(2040, 12, 31)  # when a visit is written up that stays unfinished: unfinished.py
_ALONE = {"a) Yes": "Yes", "b) No": "No", "c) Unknown": "Unknown"}


def visit(story: Story) -> None:
    """The visits of the months that the trackers show."""
    for plan in story.world.plans:
        if plan.start <= story.second and plan.end > story.first - timedelta(days=SHOWN_DAYS):
            _on_plan(story, plan)
    for need in (*story.world.earlier_needs, *story.world.needs.values()):
        if need.cin_from:
            _in_need(story, need, need.cin_from)
    _looked_after(story)


def _on_plan(story: Story, plan: Plan) -> None:
    before = plan.start
    for seen in [*_earlier(story, plan), *plan.visits]:
        if story.likely(NOT_AT_HOME) and (tried := add_wd(before, 3)) < seen.on:
            add_visit(story, plan, tried, "No", "", add_wd(tried, 1), due=add_wd(before, 10))
        add_visit(story, plan, seen.on, "Yes", _ALONE[seen.alone], _written_up(story, seen), due=add_wd(before, 10))
        before = seen.on


def _written_up(story: Story, seen: Visit) -> date:
    """When the visit was entered. Only planted faults are entered after the date: what the first extract shows was there by then."""
    return seen.on if story.world.clock.as_at < seen.recorded <= story.first else seen.recorded


def _earlier(story: Story, plan: Plan) -> list[Visit]:
    """Visits before those that an extract can show: within ten working days of one another, mostly."""
    made: list[Visit] = []
    if (
        not plan.visits or (plan.visits[0].on - plan.start).days < 45
    ):  # the first of a plan comes sooner: there were none before
        return made
    on, since = plan.visits[0].on, max(plan.start, story.first - timedelta(days=SHOWN_DAYS))
    while (on := add_wd(on, -story.rng.choice((5, 7, 8, 9, 10, 10, 14)))) > since:
        made.insert(0, Visit(on, story.rng.choice(("a) Yes", "a) Yes", "b) No")), add_wd(on, story.rng.randint(0, 2))))
    return made


def add_visit(
    story: Story,
    plan: Plan,
    on: date,
    seen: str,
    alone: str,
    recorded: date,
    *,
    due: date | None = None,
    **other: object,
) -> Row:
    """One visit to a child on a plan, in the usual form unless told otherwise."""
    row: Row = {
        "child": plan.child.id, "type": "Child protection", "plan_start": plan.start, "due": due, "on": on, "seen": seen,
        "alone": alone, "bedroom": "Yes" if seen == "Yes" and story.likely(0.7) else "No", "status": "Finalised",
        "form": "Child protection visit", "worker": plan.worker, "lead": plan.worker, "team": plan.team, "recorded": recorded,
        "finalised": recorded,
    }  # fmt: skip
    return story.add("visits", **row | other)


def _in_need(story: Story, need: Need, start: date) -> None:
    """Monthly, so that the last by each extract is the day on which List 6 says the child was last seen."""
    team, number = need.area_team, int(need.child.id)
    worker = story.world.staff.by_team[team][number % len(story.world.staff.by_team[team])]
    dates: set[date] = set()
    for extract in (story.second, story.first):
        on = max(need.start, min(extract, need.closed) - timedelta(days=number % 27))
        while on > max(start, story.first - timedelta(days=SHOWN_DAYS)) and on <= extract:
            if extract == story.first or on > story.first:
                dates.add(on)
            on -= timedelta(days=28)
    for on in sorted(dates):
        alone = "Yes" if story.likely(0.8) else "No"
        story.add(
            "visits", child=need.child.id, type="Child in need", plan_start=start, due=None, on=on, seen="Yes", alone=alone,
            bedroom="Yes", status="Finalised", form="Child in need visit", worker=worker, lead=worker, team=team,
            recorded=min(add_wd(on, 1), story.first if on <= story.first else story.second), finalised=add_wd(on, 1),
        )  # fmt: skip


def _looked_after(story: Story) -> None:
    """The visits that List 8's last visit ends: forty days apart at most."""
    for care in story.world.cares:
        on, since = care.details.get("visit"), max(care.start, story.first - timedelta(days=SHOWN_DAYS))
        before = None
        while on is not None and on >= since and on <= story.second:
            story.add(
                "visits", child=care.child.id, type="Looked after", plan_start=care.start, due=before, on=on, seen="Yes",
                alone="Yes" if story.likely(0.85) else "No", bedroom="Yes", status="Finalised", form="Looked after visit",
                worker=care.worker, lead=care.worker, team=care.team, recorded=on, finalised=on,
            )  # fmt: skip
            before, on = on, on - timedelta(days=40)


def known(rows: list[Row], on: date) -> list[Row]:
    """The records that had happened and were written up by a day."""
    return [row for row in rows if row["on"] <= on and (row["recorded"] or row["on"]) <= on]
