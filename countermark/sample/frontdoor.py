"""From contact to the end of an assessment: contacts, early help, referrals, assessments, enquiries and what follows.

What belongs here is the front door; plans and visits are protection.py's, care is care.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from countermark.sample.authority import ASSESSMENT, DISABILITY, SAFEGUARDING
from countermark.sample.days import add_wd, draw_working_day
from countermark.sample.histories import Assessment, Enquiry, Need, Referral, World
from countermark.sample.layout import CODES
from countermark.sample.population import Child

REFERRALS_A_YEAR = 2500
STRAIN = 0.12  # in a history: assessments in time are rarer since posts stand empty
_SOURCE_WEIGHTS = (6, 4, 2, 3, 18, 2, 3, 4, 3, 3, 5, 4, 3, 3, 6, 3, 22, 4, 5, 3, 1)
_NEED_WEIGHTS = (520, 70, 60, 130, 140, 30, 5, 20, 5, 20)
_ON_TIME = {ASSESSMENT[0]: 0.90, ASSESSMENT[1]: 0.84, ASSESSMENT[2]: 0.74, DISABILITY: 0.80}
_CONFERENCE_ON_TIME = dict(zip(SAFEGUARDING, (0.90, 0.82, 0.74), strict=True))
_ORGANISATIONS = ("School", "Family hub", "Health visiting", "Nursery", "Voluntary sector", "Family help team")

Protect = Callable[[World, list[Child], date], date]
Enter = Callable[[World, Child, date], date | None]


def fill_front_door(world: World, protect: Protect, enter_care: Enter) -> None:
    """Families come to notice through the simulation's eighteen months until the year's rate of referrals is met."""
    clock, rng = world.clock, world.rng
    years = (clock.second - clock.start).days / 365.25
    wanted = round(REFERRALS_A_YEAR * years * world.scale)
    while len(world.referrals) < wanted:
        on = draw_working_day(rng, clock.start, clock.second)
        family = world.people.household(on)
        closed = _refer(world, family, on, protect, enter_care)
        while closed is not None and rng.random() < 0.24:
            again = add_wd(closed, rng.randint(10, 190))
            if again > clock.as_at:
                break
            closed = _refer(world, family, again, protect, enter_care)
    _other_contacts(world)
    _early_help(world)


def _refer(world: World, family: list[Child], on: date, protect: Protect, enter_care: Enter) -> date | None:
    """One referral of a family; the day on which its last episode closed, or None where nobody was referred."""
    rng = world.rng
    children = [c for c in family if c.born is None or (on - c.born).days < 17.4 * 365]
    if not children:
        return None
    source = rng.choices(CODES["source"], _SOURCE_WEIGHTS)[0]
    team = ASSESSMENT[children[0].area]
    worker = world.worker(team)
    nfa = rng.random() < 0.08
    for child in children:
        world.contacts.append((child, on, source))
        held = None if rng.random() < 0.006 else team
        world.referrals.append(Referral(child, on, source, nfa, held, worker))
    if nfa:
        return add_wd(on, 2)
    return _work(world, children, on, protect, enter_care)


def _work(world: World, children: list[Child], on: date, protect: Protect, enter_care: Enter) -> date:
    """Assessment, perhaps an enquiry, perhaps a plan or care, for the children of one referral."""
    rng = world.rng
    start = add_wd(on, rng.choices((0, 1, 2, 3), (30, 40, 20, 10))[0])
    enquired = [c for c in children if rng.random() < 0.94] if rng.random() < 0.47 else []
    planned_from = _enquire(world, enquired, add_wd(start, rng.randint(0, 8))) if enquired else None
    plan_ends = protect(world, enquired, planned_from) if planned_from else None
    last = on
    code = rng.choices(CODES["need"], _NEED_WEIGHTS)[0]
    late = rng.random()
    for child in children:
        assessment = _assess(world, child, start, late, bool(planned_from and child in enquired))
        closed, cin_from, reason = _afterwards(world, assessment)
        if planned_from and plan_ends and child in enquired:
            closed, cin_from, reason = add_wd(plan_ends, rng.randint(20, 100)), plan_ends, CODES["closure"][6]
        likely = (0.24 if planned_from else 0.10) if assessment.in_need else 0.0
        cared_from = add_wd(planned_from or assessment.authorised, rng.randint(2, 110))
        if rng.random() < likely and (entered := enter_care(world, child, cared_from)):
            closed, reason = add_wd(entered, rng.randint(10, 60)), CODES["closure"][6]
        world.begin_need(Need(child, on, closed, reason, code, cin_from, ASSESSMENT[child.area]))
        last = max(last, closed)
    return last


def _assess(world: World, child: Child, start: date, late: float, in_need: bool) -> Assessment:
    rng = world.rng
    team = DISABILITY if child.disability == "a) Yes" and child.area != 1 else ASSESSMENT[child.area]
    if late < _ON_TIME[team] - (STRAIN if start > world.clock.worse_since else 0):
        days = min(45, round(rng.triangular(8, 46, 43)))
    else:
        days = rng.randint(46, 72) if rng.random() < 0.85 else rng.randint(73, 150)
    authorised = add_wd(start, days)
    seen = rng.choices(CODES["yes_no_unknown"], (93, 5, 2))[0]
    recorded = world.clock.typed(authorised, rng.randint(0, 2))
    needed = in_need or rng.random() < 0.42
    made = Assessment(child, start, authorised, seen, needed, team, world.worker(team), recorded)
    world.assessments.append(made)
    return made


def _afterwards(world: World, first: Assessment) -> tuple[date, date | None, str]:
    """When the episode closes, from when there was a child in need plan, and why; a long plan is assessed again."""
    rng = world.rng
    if not first.in_need:
        return add_wd(first.authorised, rng.randint(0, 4)), None, CODES["closure"][7]
    cin_from = add_wd(first.authorised, rng.randint(0, 5))
    closed = add_wd(cin_from, rng.randint(30, 190))
    if rng.random() < 0.72:
        again = add_wd(cin_from, rng.randint(20, 120))
        if again < closed - timedelta(days=10) and (first.child.born is None or (again - first.child.born).days < 6400):
            second = _assess(world, first.child, again, rng.random(), True)
            closed = max(closed, add_wd(second.authorised, 3))
    return closed, cin_from, CODES["closure"][6]


def _enquire(world: World, children: list[Child], discussion: date) -> date | None:
    """A section 47 enquiry for siblings together; the day of the conference where it made a plan."""
    rng, team = world.rng, SAFEGUARDING[children[0].area]
    worker = world.worker(team)
    kind = rng.choices(("unnecessary", "conference", "stuck"), (585, 400, 15))[0]
    decided = add_wd(discussion, rng.randint(3, 14)) if kind == "unnecessary" else None
    conference = planned = None
    if kind == "conference":
        in_time = rng.random() < _CONFERENCE_ON_TIME[team]
        conference = add_wd(discussion, rng.randint(8, 15) if in_time else rng.randint(16, 32))
        planned = rng.random() < 0.82
    recorded = world.clock.typed(conference, rng.randint(0, 2)) if conference else None
    for child in children:
        made = Enquiry(child, discussion, decided, conference, bool(planned), False, team, worker, recorded)
        world.enquiries.append(made)
    return conference if planned else None


def _other_contacts(world: World) -> None:
    """Contacts that became no referral: about as many again, and half as many more."""
    rng, clock, wanted = world.rng, world.clock, round(len(world.referrals) * 1.3)
    while wanted > 0:
        on = draw_working_day(rng, clock.start, clock.second)
        source = rng.choices(CODES["source"], _SOURCE_WEIGHTS)[0]
        children = world.people.household(on)
        world.contacts += [(child, on, source) for child in children]
        wanted -= len(children)


def _early_help(world: World) -> None:
    rng, clock = world.rng, world.clock
    for _ in range(round(1300 * world.scale * (1 + clock.span / 550))):
        on = draw_working_day(rng, clock.start, clock.second)
        child = world.people.single(on, 0, 16)
        done = add_wd(on, rng.randint(10, 120)) if rng.random() < 0.9 else None
        world.early_help.append((child, on, done, rng.choice(_ORGANISATIONS)))
