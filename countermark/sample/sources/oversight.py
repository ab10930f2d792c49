"""Who looks at the work: supervision, audits, actions, disputes, safety plans, looks of managers, priority actions, challenges.

What belongs here is oversight of cases and of workers; none of it is in any statutory return.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.authority import DISABILITY, OFFICERS, TEAMS
from countermark.sample.days import add_wd
from countermark.sample.histories import Plan
from countermark.sample.sources.story import Story

_GRADES = ("Outstanding", "Good", "Requires improvement", "Inadequate")
THEMES = ("assessment", "planning", "visits", "management oversight", "reviews", "voice of the child")
_AUDITORS = ("Alys Fennimore", "Osian Northolme", "Hana Ravensby")
_IROS = ("Carys Quarrington", "Fergus Bexhoe")
_PRIORITIES = (
    "Visits to children proportionate to risk", "Frequency of multi-agency reviews", "Remedial action after audit",
    "Escalation to pre-proceedings", "Size of caseloads", "Support of newly qualified social workers",
    "Accurate performance information", "Challenge by senior leaders",
)  # fmt: skip
_TOLD = ("The child was seen by the duty worker.", "A visit is booked.", "The worker was off sick; reallocated today.")


def oversee(story: Story) -> None:
    """All oversight up to the first extract."""
    _of_workers(story)
    _of_cases(story)
    _audits(story)
    _disputes(story)
    _safety_plans(story)
    _looks(story)
    _improvement(story)
    _from_supervision(story)


def _months(story: Story, number: int) -> list[date]:
    """A day in each of the months before the as-at date, the last first."""
    return [story.world.clock.as_at - timedelta(days=12 + 30 * i) for i in range(number)]


def _of_workers(story: Story) -> None:
    """Monthly, as it should be; in three of twenty months it was cancelled or not held."""
    for team in TEAMS:
        for name in story.world.staff.by_team[team.name]:
            for month in _months(story, 6):
                planned = add_wd(month, story.rng.randint(0, 8))
                held = planned if story.likely(0.84) else None
                story.add(
                    "supervision", kind="Worker", worker=name, worker_id=story.worker_id(team.name, name), team=team.name,
                    supervisor=team.manager, child=None, planned=planned, held=held, reflective=story.likely(0.4) if held else None,
                    decision=None, actions=None,
                )  # fmt: skip


def _of_cases(story: Story) -> None:
    """A child's case, every month or so, with the manager's decision."""
    managers = {team.name: team.manager for team in TEAMS}
    cases = [(p.child.id, p.team, p.worker, p.start) for p in story.open_plans(story.first)]
    cases += [(c.child.id, c.team, c.worker, c.start) for c in story.open_cares(story.first)]
    for child, team, worker, start in cases:
        for month in _months(story, 3):
            on = add_wd(month, story.rng.randint(0, 9))
            if on > start and story.likely(0.82):
                story.add(
                    "supervision", kind="Case", worker=worker, worker_id=story.worker_id(team, worker), team=team,
                    supervisor=managers[team], child=child, planned=on, held=on, reflective=story.likely(0.3),
                    decision="Plan goes on; visits as agreed.", actions=story.rng.choice((None, "Chronology to be brought up to date")),
                )  # fmt: skip


def _audits(story: Story) -> None:
    """A dozen a month, graded, some moderated to a lower grade; each weak one leads to an action."""
    plans: list[Plan] = story.open_plans(story.first)
    if not plans:
        return
    for number in range(max(4, round(70 * story.world.scale))):
        plan = story.rng.choice(plans)
        on = add_wd(story.world.clock.as_at, -story.rng.randint(1, 110))
        grade = story.rng.choices(_GRADES, (2, 38, 48, 12))[0]
        lower = _GRADES[min(3, _GRADES.index(grade) + 1)]
        moderated = story.rng.choices((None, grade, lower), (60, 25, 15))[0]
        audit = f"AUD{1000 + number}"
        story.add(
            "audits", id=audit, child=plan.child.id, on=on, auditor=story.rng.choice(_AUDITORS), grade=grade, moderated=moderated,
            moderator="Isolde Garthwick" if moderated else None, moderated_on=add_wd(on, 8) if moderated else None,
            worker_involved=story.likely(0.6), family_view=story.likely(0.45), team=plan.team, worker=plan.worker,
            themes={theme: story.rng.choices(_GRADES, (2, 38, 48, 12))[0] for theme in THEMES[:4]}
            | {theme: _GRADES[(number + i) % 3 + 1] for i, theme in enumerate(THEMES[4:])},
        )  # fmt: skip
        if grade in _GRADES[2:] or number == 0:
            _act(story, f"ACT{1000 + number}", audit, plan, on, "Audit")
    for number, plan in enumerate(plans[:: max(1, len(plans) // max(2, round(20 * story.world.scale)))]):
        _act(story, f"CHR{100 + number}", "", plan, add_wd(story.world.clock.as_at, -30), "Conference chair")


def _act(story: Story, action: str, audit: str, plan: Plan, raised: date, source: str) -> None:
    due = add_wd(raised, 20)
    done = add_wd(raised, story.rng.randint(5, 35)) if story.likely(0.75) else None
    story.add(
        "actions", id=action, audit=audit or None, source=source, child=plan.child.id, raised=raised, due=due,
        done=done if done and done <= story.first else None, action="Bring the plan up to date with the family",
        owner=plan.worker, team=plan.team,
    )  # fmt: skip


def _disputes(story: Story) -> None:
    cares = story.open_cares(story.first)
    for number, care in enumerate(cares[:: max(1, len(cares) // max(2, round(25 * story.world.scale)))]):
        raised = add_wd(story.world.clock.as_at, -story.rng.randint(5, 120))
        solved = add_wd(raised, story.rng.randint(5, 45)) if story.likely(0.7) else None
        story.add(
            "iro_disputes", id=f"IRO{100 + number}", child=care.child.id, raised=raised, by=story.rng.choice(_IROS),
            about=story.rng.choice(("Drift in permanence", "Care plan not up to date", "Visits")), stage=story.rng.choice((1, 1, 2, 3)),
            due=add_wd(raised, 20), solved=solved if solved and solved <= story.first else None,
            outcome="Plan agreed" if solved and solved <= story.first else None, team=care.team, worker=care.worker,
        )  # fmt: skip


def _safety_plans(story: Story) -> None:
    recent = [
        a for a in story.world.assessments if story.first - timedelta(days=120) < a.start <= story.first and a.in_need
    ]
    for assessment in recent[:: max(1, len(recent) // max(3, round(40 * story.world.scale)))]:
        start = add_wd(assessment.start, 2)
        due = add_wd(start, 20)
        story.add(
            "safety_plans", child=assessment.child.id, start=start, review_due=due,
            reviewed=due if due <= story.first and story.likely(0.8) else None, ended=None if story.likely(0.5) else _by(story, due),
            agreed=story.likely(0.9), effective=story.likely(0.8) if due <= story.first else None, team=assessment.team,
            worker=assessment.worker,
        )  # fmt: skip


def _by(story: Story, on: date) -> date | None:
    return on if on <= story.first else None


def _looks(story: Story) -> None:
    """Children on a plan who were not seen for ten working days, and late assessments: a manager has looked at most."""
    managers = {team.name: team.manager for team in TEAMS}
    as_at = story.world.clock.as_at
    for plan in story.open_plans(as_at):
        last = max((v.on for v in plan.visits if v.on <= as_at), default=plan.start)
        if add_wd(last, 10) < as_at and story.likely(0.7):
            _look(story, plan.child.id, "PP1", managers[plan.team], plan.team, add_wd(last, 10))
    for a in story.world.assessments:
        if a.start <= as_at < a.authorised and add_wd(a.start, 45) < as_at and story.likely(0.6):
            _look(story, a.child.id, "AS3", managers[a.team], a.team, add_wd(a.start, 45))


def _look(story: Story, child: str, about: str, manager: str, team: str, due: date) -> None:
    """The manager looks at half of them at once, and at the others when the month ends."""
    late = add_wd(story.world.clock.as_at, -story.rng.randint(0, 2))
    on = late if int(child) % 2 else min(late, add_wd(due, 1))
    story.add(
        "management_looks", child=child, about=about, by=manager, on=on, seen=story.likely(0.6), told=story.rng.choice(_TOLD),
        next=add_wd(on, story.rng.randint(2, 6)), team=team,
    )  # fmt: skip


def _improvement(story: Story) -> None:
    as_at, head = story.world.clock.as_at, OFFICERS[4][0]
    for number, title in enumerate(_PRIORITIES, start=1):
        due = as_at + timedelta(days=30 * (number - 3))
        for reported in (as_at - timedelta(days=days) for days in (64, 34, 4)):
            done = due if number < 3 and due <= reported else None
            story.add(
                "priority_actions", id=f"PA{number:02d}", title=title, owner=OFFICERS[2 + number % 2][0],
                start=as_at - timedelta(days=240), due=due, status="Done" if done else "Under way", done=done,
                measure=("PP1", "AS2", "AS3")[number % 3], target=90, reported=reported,
            )  # fmt: skip
    for number in range(1, 9):
        raised = as_at - timedelta(days=25 * number)
        answered = add_wd(raised, 12) if number > 1 else None
        story.add(
            "challenges", id=f"CH{number:02d}", on=raised, by=head if number % 2 else "Chair of scrutiny",
            about=("PP1", "AS3", "LA8")[number % 3],
            said="Why has the figure not moved since the last meeting?", to=OFFICERS[2 + number % 2][0], due=add_wd(raised, 15),
            answered=answered, answer="An action was agreed with the teams." if answered else None,
            closed=add_wd(raised, 25) if number > 2 else None, team=DISABILITY if number == 5 else None,
        )  # fmt: skip
    plans = story.open_plans(story.first)
    for number, plan in enumerate(plans[:: max(1, len(plans) // max(3, round(30 * story.world.scale)))]):
        raised = max(plan.start, as_at - timedelta(days=14 + 9 * (number % 6)))
        due, done = add_wd(raised, 20), add_wd(raised, 8 + 5 * (number % 4))
        story.add(
            "challenges", id=f"CC{number + 1:02d}", on=raised, child=plan.child.id, by="Conference chair", about=None,
            said="The plan is not moving.", to=plan.worker, due=due, answered=done if done <= story.first else None,
            answer="An action was agreed." if done <= story.first else None,
            closed=done if done <= story.first and number % 5 else None, team=plan.team,
        )  # fmt: skip


def _from_supervision(story: Story) -> None:
    """What supervision of cases agreed: a third is done in time, a third late, and a third is lost."""
    agreed = [row for row in story.records["supervision"] if row["child"] and row["held"] and row["actions"]]
    for number, row in enumerate(agreed[::4]):
        done = (add_wd(row["held"], 15), add_wd(row["held"], 26), None)[number % 3]
        story.add(
            "actions", id=f"SUP{100 + number}", audit=None, source="Supervision", child=row["child"], raised=row["held"],
            due=add_wd(row["held"], 20), done=done if done and done <= story.first else None, action=row["actions"],
            owner=row["worker"], team=row["team"],
        )  # fmt: skip
