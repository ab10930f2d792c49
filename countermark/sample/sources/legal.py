"""What comes before court and in it, and who approved where a child lives: the records that no statutory return held.

What belongs here follows from plans that went on long and from placements with relatives and parents.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.authority import OFFICERS
from countermark.sample.days import add_wd
from countermark.sample.histories import Care, Plan, Row
from countermark.sample.sources.story import Story

_OUTCOMES = ("Step down", "Issue proceedings", "Extended")
_ASSESSORS = ("Independent social worker", "Family assessment team", "Kinship team")
_APPROVER = OFFICERS[3][0]


def proceed(story: Story) -> None:
    """Everything legal, from the plans and periods of care of the database's day."""
    _before_court(story)
    _in_court(story)
    _with_relatives(story)
    _with_parents(story)
    _meetings_of_families(story)


def _shown(on: date | None, story: Story) -> date | None:
    return on if on is not None and on <= story.first else None


def _before_court(story: Story) -> None:
    """Families whose plans have lasted nine months: one in three is in pre-proceedings, and so is one other in fifteen."""
    families: dict[int, list[Plan]] = {}
    for plan in story.open_plans(story.first):
        families.setdefault(plan.child.family, []).append(plan)
    for family, plans in families.items():
        start = plans[0].start
        long = start < story.first - timedelta(days=270)
        if start > story.first - timedelta(days=60) or not story.likely(0.34 if long else 0.07):
            continue
        decided = start + timedelta(days=min(240, (story.first - start).days // 2))
        _one_family(story, family, plans, decided)
    if not story.records["pre_proceedings"] and families:
        family, plans = next(iter(families.items()))
        _one_family(story, family, plans, plans[0].start + timedelta(days=1))


def _one_family(story: Story, family: int, plans: list[Plan], decided: date) -> None:
    letter = add_wd(decided, story.rng.randint(3, 25))
    meeting = add_wd(letter, story.rng.randint(5, 15))
    step = meeting + timedelta(days=story.rng.randint(60, 200))
    outcome = story.rng.choice(_OUTCOMES) if step <= story.first else None
    court = add_wd(step, story.rng.randint(5, 20)) if outcome == "Issue proceedings" else None
    common: Row = {
        "start": decided, "letter": _shown(letter, story), "offered": story.likely(0.8), "facilitated": story.likely(0.5),
        "meeting": _shown(meeting, story), "reviews": max(0, (min(step, story.first) - meeting).days // 42),
        "step": step if outcome else None, "outcome": outcome, "court": _shown(court, story),
        "conference_letter": _shown(add_wd(letter, 2), story), "family": f"F{100000 + family}", "due": decided + timedelta(days=112),
        "team": plans[0].team, "worker": plans[0].worker,
    }  # fmt: skip
    for plan in plans:
        story.add("pre_proceedings", child=plan.child.id, plan_start=plan.start, **common)
    _assessed(story, plans[0].child.id, "Parenting", add_wd(decided, 10), plans[0].team, plans[0].worker)
    _family_meeting(story, plans, add_wd(decided, 5), bool(common["facilitated"]))


def _in_court(story: Story) -> None:
    """Interim orders are hearings under way: twenty-six weeks from the application."""
    interim = [care for care in story.open_cares(story.first) if care.legal == "C1"]
    for number, care in enumerate(interim):
        issued = max(care.start, care.legal_start)
        for hearing, days in (
            ("Case management hearing", 18),
            ("Issues resolution hearing", 140),
            ("Final hearing", 182),
        ):
            listed = issued + timedelta(days=days + story.rng.randint(0, 20))
            held = listed if listed <= story.first and not story.likely(0.1) else None
            filed = add_wd(listed, -story.rng.randint(-3, 6))
            story.add(
                "court_hearings", child=care.child.id, case=f"ZZ22C{50000 + number}", issued=issued, hearing=hearing,
                listed=listed, held=held, filing_due=add_wd(listed, -3), filed=_shown(filed, story),
                weeks_end=issued + timedelta(days=182), outcome="Adjourned" if listed <= story.first and not held else None,
                team=care.team, worker=care.worker,
            )  # fmt: skip
        _assessed(story, care.child.id, "Viability", add_wd(issued, 8), care.team, care.worker)


def _placed(story: Story, *kinds: str) -> list[tuple[Care, Row]]:
    open_now = {care.child.id: care for care in story.open_cares(story.first)}
    return [
        (open_now[row["child"]], row)
        for row in story.records["placements"]
        if row["type"] in kinds and row["child"] in open_now and row["start"] <= story.first < row["end"]
    ]


def _with_relatives(story: Story) -> None:
    """Approved for a time, sixteen weeks, sometimes eight more; then approved as carers, or not in time."""
    for care, place in _placed(story, "U1", "U2", "U3"):
        approved = add_wd(place["start"], story.rng.randint(0, 3))
        ends = approved + timedelta(days=112)
        longer = ends if ends <= story.first and story.likely(0.3) else None
        full = approved + timedelta(days=story.rng.randint(70, 190))
        story.add(
            "reg24_approvals", child=care.child.id, placed=place["start"], approved=approved, by=_APPROVER, ends=ends,
            extended=longer, extended_to=longer + timedelta(days=56) if longer else None, assessed=_shown(full, story),
            panel=_shown(full + timedelta(days=14), story), team=care.team, worker=care.worker,
        )  # fmt: skip
        _assessed(story, care.child.id, "Viability", add_wd(place["start"], -5), care.team, care.worker)


def _with_parents(story: Story) -> None:
    for care, place in _placed(story, "P1"):
        agreed = place["start"] - timedelta(days=story.rng.randint(1, 20)) if story.likely(0.8) else None
        story.add(
            "parent_placements", child=care.child.id, placed=place["start"], assessed=agreed, authorised=agreed,
            by=_APPROVER if agreed else None, ends=_shown(place["end"], story), order=care.legal, team=care.team, worker=care.worker,
            reviewed=_shown(place["start"] + timedelta(days=90), story),
        )  # fmt: skip
        _assessed(story, care.child.id, "Parenting", place["start"] - timedelta(days=60), care.team, care.worker)


def _assessed(story: Story, child: str, kind: str, asked: date, team: str, worker: str) -> None:
    due = asked + timedelta(days=84 if kind == "Parenting" else 28)
    done = due + timedelta(days=story.rng.randint(-20, 25))
    story.add(
        "family_assessments", child=child, type=kind, asked=asked, due=due, done=_shown(done, story),
        by=story.rng.choice(_ASSESSORS), outcome=story.rng.choice(("Positive", "Negative")) if done <= story.first else None,
        team=team, worker=worker,
    )  # fmt: skip


def _meetings_of_families(story: Story) -> None:
    done = {row["family"] for row in story.records["family_meetings"]}
    for plan in story.open_plans(story.first):
        family = f"F{100000 + plan.child.family}"
        if family not in done and story.likely(0.25):
            done.add(family)
            _family_meeting(story, [plan], add_wd(plan.start, 15), story.likely(0.6))


def _family_meeting(story: Story, plans: list[Plan], offered: date, held: bool) -> None:
    on = add_wd(offered, story.rng.randint(10, 40))
    for plan in plans:
        story.add(
            "family_meetings", child=plan.child.id, family=f"F{100000 + plan.child.family}", offered=_shown(offered, story) or story.first,
            accepted=held, held=_shown(on, story) if held else None, plan=held and on <= story.first, team=plan.team,
            worker=plan.worker,
        )  # fmt: skip
