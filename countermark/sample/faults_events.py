"""Faults in Lists 3, 4 and 5: conferences and authorisations unread or typed late, referrals that wait for an answer.

What belongs here changes single events of the front door.
"""

from __future__ import annotations

from datetime import timedelta

from countermark.sample.authority import CENTRAL, EAST, NORTH, SAFEGUARDING, WEST
from countermark.sample.days import add_wd
from countermark.sample.histories import Assessment, Enquiry
from countermark.sample.planting import ERROR, IMPOSSIBLE, WORDS, Planter


def case_of(event: Assessment | Enquiry) -> str:
    """The id of an event's case: child and start date."""
    day = event.start if isinstance(event, Assessment) else event.discussion
    return f"{event.child.id}/{day.isoformat()}"


def done_in_time(planter: Planter, a: Assessment) -> bool:
    """Due in the month and done on time, by the as-at date."""
    return planter.met(case_of(a), "AS2") and a.authorised <= planter.world.clock.as_at


def conferences(planter: Planter) -> None:
    """Conferences that made no plan: cells that cannot be read, and minutes typed up between the extracts."""
    clock, planted = planter.world.clock, planter.planted
    for team, fault, number in (
        (WEST, "unreadable_conference", 1),
        (EAST, "unreadable_conference", 1),
        (WEST, "late_conference", 1),
        (WEST, "late_conference_missed", 1),
    ):
        for enquiry in _new_conferences(planter, team, number):
            case = case_of(enquiry)
            if fault == "unreadable_conference":
                enquiry.broken = ERROR if team == WEST else WORDS
                planted.in_system(fault, case, "INVALID")
                continue
            enquiry.recorded = add_wd(clock.first, planter.rng.randint(2, 8))
            planted.in_system(fault, case, "LATE_RECORDED")
            if fault == "late_conference_missed":
                planted.missed.add(case)


def _new_conferences(planter: Planter, team: str, number: int) -> list[Enquiry]:
    """Further enquiries with a conference in the month, in time, which made no plan."""
    world, clock = planter.world, planter.world.clock
    busy = {e.child.id for e in world.enquiries} | {p.child.id for p in world.plans}
    area = SAFEGUARDING.index(team)
    recent = clock.as_at - timedelta(days=150)

    def fits(a: Assessment) -> bool:
        return a.child.area == area and a.child.id not in busy and recent < a.start and a.authorised < clock.as_at

    made = []
    for a in planter.pick(world.assessments, number, fits):
        held = add_wd(clock.as_at, -planter.rng.randint(2, 12))
        discussion = add_wd(held, -planter.rng.randint(9, 14))
        made.append(Enquiry(a.child, discussion, None, held, False, False, team, world.worker(team), held))
    world.enquiries += made
    return made


def assessments(planter: Planter) -> None:
    """Authorisations that cannot be read, and those entered between the extracts."""
    clock, planted = planter.world.clock, planter.planted
    for team, fault, number in (
        (NORTH, "unreadable_authorisation", 1),
        (CENTRAL, "unreadable_authorisation", 1),
        (NORTH, "late_authorisation", 2),
        (CENTRAL, "late_authorisation_missed", 1),
    ):
        chosen = planter.pick(
            planter.world.assessments,
            number,
            lambda a, t=team: a.team == t and done_in_time(planter, a),  # type: ignore[misc]
        )
        for a in chosen:
            if fault == "unreadable_authorisation":
                a.broken = ERROR if team == NORTH else IMPOSSIBLE
                planted.in_system(fault, case_of(a), "INVALID")
                continue
            a.recorded = add_wd(clock.first, planter.rng.randint(2, 8))
            planted.in_system(fault, case_of(a), "LATE_RECORDED")
            if fault == "late_authorisation_missed":
                planted.missed.add(case_of(a))


def pending_referrals(planter: Planter) -> None:
    """Referrals of the month that nobody has answered yet."""
    clock = planter.world.clock

    def fits(on: object) -> bool:
        return isinstance(on, type(clock.as_at)) and clock.as_at.replace(day=1) <= on <= clock.as_at

    for referral in planter.pick(planter.world.referrals, 3, lambda r: r.team == CENTRAL and fits(r.on)):
        referral.nfa = None
        planter.planted.in_system("pending_referral", f"{referral.child.id}/{referral.on.isoformat()}", None)
