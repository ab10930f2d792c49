"""Faults planted in the system: cells that nobody can read, late recording, one child under two ids, what a visit overwrote.

What belongs here changes histories before they are extracted; slips of those who count belong to slips.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from countermark.sample.authority import ASSESSMENT, CARE, DISABILITY, SAFEGUARDING
from countermark.sample.days import add_wd, wd
from countermark.sample.histories import Assessment, Care, Enquiry, Plan, Unreadable, Visit
from countermark.sample.lists import twin_of
from countermark.sample.planting import Planter

ERROR, WORDS, IMPOSSIBLE = Unreadable("#N/A"), Unreadable("to be confirmed"), Unreadable("31/02/2022")
EAST, WEST, HARBOUR = SAFEGUARDING
NORTH, CENTRAL, SOUTH = ASSESSMENT


def plant_in_system(planter: Planter) -> None:
    """Plant every fault of the system; the order decides who is left to choose from, and stays as it is."""
    _late_visits(planter)
    _overtaken_visits(planter)
    _unreadable_plans(planter)
    _conferences(planter)
    _assessments(planter)
    _checks(planter)
    _care(planter)
    _pending_referrals(planter)
    _twins(planter)


def _plans(planter: Planter, team: str, at_scale_one: int, fits: Callable[[Plan], bool] = lambda _: True) -> list[Plan]:
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


def give_old_ids(planter: Planter) -> None:
    """Children get ids of the old system, whose leading zeros the lists will lose; before the other faults."""
    world = planter.world
    for team in (EAST, WEST):
        for plan in _plans(planter, team, 2):
            _rename(planter, plan)
    for care in planter.pick(world.cares, 3, lambda c: c.team == CARE[0] and planter.met(c.child.id, "LA8", "LA0")):
        _rename(planter, care)
    for assessment in planter.pick(world.assessments, 2, lambda a: a.team == NORTH and _done_in_time(planter, a)):
        _rename(planter, assessment)
    overdue = planter.pick(world.assessments, 2, lambda a: a.team == SOUTH and planter.met(_case(a), "AS3"))
    for assessment in overdue:
        _rename(planter, assessment)


def _rename(planter: Planter, event: Plan | Care | Assessment) -> None:
    if not event.child.id.startswith("0"):
        event.child.id = f"00{event.child.id}"
    planter.planted.used.add(event.child.id)


def _case(event: Assessment | Enquiry) -> str:
    day = event.start if isinstance(event, Assessment) else event.discussion
    return f"{event.child.id}/{day.isoformat()}"


def _done_in_time(planter: Planter, a: Assessment) -> bool:
    """Due in the month and done on time, by the as-at date."""
    return planter.met(_case(a), "AS2") and a.authorised <= planter.world.clock.as_at


def _late_visits(planter: Planter) -> None:
    """Visits written up between the extracts; of some of them the counters did not know either."""
    clock, planted = planter.world.clock, planter.planted

    def fits(plan: Plan) -> bool:
        visits = _by_then(planter, plan)
        return len(visits) > 1 and wd(visits[-2].on, clock.as_at) > 10

    for team, fault, number in (
        (EAST, "late_visit", 2), (WEST, "late_visit", 1), (HARBOUR, "late_visit", 1), (WEST, "late_visit_missed", 1),
    ):  # fmt: skip
        for plan in _plans(planter, team, number, fits):
            plan.visits[-1].recorded = add_wd(clock.first, planter.rng.randint(2, 8))
            plan.visits[-1].alone, plan.visits[-2].alone = "a) Yes", "b) No"
            planted.in_system(fault, plan.child.id, "LATE_RECORDED")
            if fault == "late_visit_missed":
                planted.missed.add(plan.child.id)


def _overtaken_visits(planter: Planter) -> None:
    """Visits after the as-at date and before the first extract: the last one by the date is lost to the system."""
    clock = planter.world.clock
    for team, number in ((EAST, 2), (WEST, 1), (HARBOUR, 1)):
        for i, plan in enumerate(_plans(planter, team, number)):
            plan.visits.append(Visit(add_wd(clock.as_at, 1), "a) Yes", clock.first))
            planter.planted.in_system("overtaken_visit", plan.child.id, "AS_AT")
            if team != EAST or i % 2:
                planter.planted.seen_since.add(plan.child.id)


def _unreadable_plans(planter: Planter) -> None:
    """A last visit, or a plan's start, that stands in the system and cannot be read."""
    enquired = {e.child.id for e in planter.world.enquiries if e.unnecessary_on is None and e.conference is None}
    for team, column, cell in ((EAST, "visit", ERROR), (WEST, "visit", WORDS), (EAST, "start", IMPOSSIBLE)):
        for plan in _plans(planter, team, 1, lambda p: p.child.id not in enquired):
            plan.broken[column] = cell
            planter.planted.in_system(f"unreadable_plan_{column}", plan.child.id, "INVALID")


def _conferences(planter: Planter) -> None:
    """Conferences that made no plan: cells that cannot be read, and minutes typed up between the extracts."""
    clock, planted = planter.world.clock, planter.planted
    for team, fault, number in (
        (WEST, "unreadable_conference", 1), (EAST, "unreadable_conference", 1), (WEST, "late_conference", 1),
        (WEST, "late_conference_missed", 1),
    ):  # fmt: skip
        for enquiry in _new_conferences(planter, team, number):
            case = _case(enquiry)
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


def _assessments(planter: Planter) -> None:
    """Authorisations that cannot be read, and those entered between the extracts."""
    clock, planted = planter.world.clock, planter.planted
    for team, fault, number in (
        (NORTH, "unreadable_authorisation", 1), (CENTRAL, "unreadable_authorisation", 1), (NORTH, "late_authorisation", 2),
        (CENTRAL, "late_authorisation_missed", 1),
    ):  # fmt: skip
        chosen = planter.pick(
            planter.world.assessments, number, lambda a, t=team: a.team == t and _done_in_time(planter, a)  # type: ignore[misc]
        )  # fmt: skip
        for a in chosen:
            if fault == "unreadable_authorisation":
                a.broken = ERROR if team == NORTH else IMPOSSIBLE
                planted.in_system(fault, _case(a), "INVALID")
                continue
            a.recorded = add_wd(clock.first, planter.rng.randint(2, 8))
            planted.in_system(fault, _case(a), "LATE_RECORDED")
            if fault == "late_authorisation_missed":
                planted.missed.add(_case(a))


def _checks(planter: Planter) -> None:
    """Dental checks: so many that cannot be read that the figure must be withheld, some typed late, some overwritten."""
    clock, planted = planter.world.clock, planter.planted

    def fits(care: Care) -> bool:
        return len(care.dental) == 1 and planter.met(care.child.id, "LA8") and care.end > clock.second

    for fault, number in (("late_check", 3), ("late_check_missed", 1)):
        for care in planter.pick(planter.world.cares, number, lambda c: fits(c) and c.team == CARE[0]):
            on, _ = care.dental[0]
            care.dental = [(clock.as_at - timedelta(days=430), clock.as_at), (on, add_wd(clock.first, 4))]
            planted.in_system(fault, care.child.id, "LATE_RECORDED")
            if fault == "late_check_missed":
                planted.missed.add(care.child.id)
    for team, number in ((CARE[0], 1), (CARE[1], 2)):
        for care in planter.pick(planter.world.cares, number, lambda c, t=team: fits(c) and c.team == t):  # type: ignore[misc]
            care.dental.append((add_wd(clock.as_at, 1), clock.first))
            planted.in_system("overtaken_check", care.child.id, "AS_AT")
    for i, care in enumerate(planter.pick(planter.world.cares, 42, lambda c: fits(c) and c.team in CARE)):
        care.broken["dental"] = (ERROR, WORDS, IMPOSSIBLE)[i % 3]
        planted.in_system("unreadable_check", care.child.id, "INVALID")
        if i % 3:
            planted.missed.add(care.child.id)


def _care(planter: Planter) -> None:
    """Short breaks held by a care team, children who came into care the day after, and ends before the beginning."""
    world, clock = planter.world, planter.world.clock
    for care in planter.pick(world.cares, 4, lambda c: c.team == DISABILITY):
        care.team = CARE[0]
        planter.planted.in_system("short_break", care.child.id, None)
    recent = clock.as_at - timedelta(days=120)

    def young(c: Care) -> bool:
        return c.team == CARE[0] and recent < c.start <= clock.as_at and c.end > clock.second

    for care in planter.pick(world.cares, 2, young):
        care.start = care.legal_start = care.placement_start = add_wd(clock.as_at, 1)
        care.placements = 1
        care.details |= {"review": None, "visit": None, "iro": None, "permanence": None}
        planter.planted.in_system("began_after", care.child.id, None)
    for care in planter.pick(world.cares, 4, lambda c: c.team in CARE and recent < c.end < clock.as_at):
        planter.planted.in_system("ceased_before_start", care.child.id, None)
        care.told_end = care.start - timedelta(days=30)


def _pending_referrals(planter: Planter) -> None:
    """Referrals of the month that nobody has answered yet."""
    clock = planter.world.clock

    def fits(on: object) -> bool:
        return isinstance(on, type(clock.as_at)) and clock.as_at.replace(day=1) <= on <= clock.as_at

    for referral in planter.pick(planter.world.referrals, 3, lambda r: r.team == CENTRAL and fits(r.on)):
        referral.nfa = None
        planter.planted.in_system("pending_referral", f"{referral.child.id}/{referral.on.isoformat()}", None)


def _twins(planter: Planter) -> None:
    """One child under two ids that differ by leading zeros: on plans, looked after, and in an assessment."""
    world = planter.world
    for plan in _plans(planter, EAST, 1, lambda p: p.child.id[0] != "0"):
        world.twins += [(7, plan.child.id, None), (6, plan.child.id, None)]
        planter.planted.in_system("two_ids_on_a_plan", twin_of(plan.child.id), "DUPLICATE_SYSTEM")
        planter.planted.used.add(plan.child.id)

    def cared(c: Care) -> bool:
        last = c.dental and c.dental[-1][0] <= world.clock.as_at
        return c.team == CARE[0] and bool(last) and planter.met(c.child.id, "LA8") and c.child.id[0] != "0"

    for care in planter.pick(world.cares, 1, cared):
        world.twins += [(8, care.child.id, None), (6, care.child.id, None)]
        planter.planted.in_system("two_ids_in_care", twin_of(care.child.id), "DUPLICATE_SYSTEM")
        planter.planted.used.add(care.child.id)
    pool = planter.pick(world.assessments, 1, lambda a: a.team == CENTRAL and _done_in_time(planter, a) and a.child.id[0] != "0")
    for a in pool:
        world.twins.append((4, a.child.id, a.start))
        planter.planted.in_system("two_ids_assessed", f"{twin_of(a.child.id)}/{a.start.isoformat()}", "DUPLICATE_SYSTEM")
        planter.planted.used.add(a.child.id)
