"""Child protection plans and the visiting of children on them.

What belongs here is a plan from its conference to its end. The visiting process: siblings are visited together, mostly
within ten working days, with a lateness of each team's own.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.authority import SAFEGUARDING
from countermark.sample.days import add_wd, draw_working_day, wd, years_before
from countermark.sample.histories import Enquiry, Need, Plan, Visit, World
from countermark.sample.layout import CODES
from countermark.sample.population import Child

_VISITED_IN_TIME = dict(zip(SAFEGUARDING, (0.90, 0.85, 0.78), strict=True))
_ALONE = dict(zip(SAFEGUARDING, (88, 84, 78), strict=True))
_CATEGORY_WEIGHTS = (45, 9, 5, 38, 3)
STOCK_A_YEAR = 170
SLOWER = 0.12  # in a history: visits in time were rarer until the teams changed how they plan them


def protect(world: World, children: list[Child], start: date) -> date:
    """Put siblings on plans from one conference; the day on which the plans end (perhaps years ahead)."""
    rng, clock = world.rng, world.clock
    end = add_wd(start, 55 + min(1100, round(rng.expovariate(1 / 190))))
    eighteenth = min((years_before(child.born, -18) for child in children if child.born), default=end)
    end = max(min(end, eighteenth), add_wd(start, 5))
    team = SAFEGUARDING[children[0].area]
    worker, category = world.worker(team), rng.choices(CODES["category"], _CATEGORY_WEIGHTS)[0]
    latest = category if rng.random() < 0.9 else rng.choices(CODES["category"], _CATEGORY_WEIGHTS)[0]
    visits = _visits(world, start, end, team)
    reviews = _reviews(world, start, min(end, clock.second))
    previous = rng.choices((0, 1, 2, 3), (72, 20, 6, 2))[0]
    for child in children:
        protected = "a) Yes" if rng.random() < 0.06 else "b) No"
        plan = Plan(child, start, end, (category, latest), protected, previous, team, worker, reviews=reviews)
        alone = (_ALONE[team], 92 - _ALONE[team], 8)
        plan.visits = [Visit(on, rng.choices(CODES["yes_no_unknown"], alone)[0], seen) for on, seen in visits]
        world.plans.append(plan)
    return end


def fill_stock(world: World) -> None:
    """Plans that began before the simulation, with the episode of need that they belong to."""
    rng, clock = world.rng, world.clock
    for _ in range(round(STOCK_A_YEAR * 3 * world.scale)):
        start = draw_working_day(rng, clock.start - timedelta(days=1100), clock.start - timedelta(days=1))
        children = world.people.household(start)
        kept = len(world.plans)
        end = protect(world, children, start)
        grown = any(c.born and (clock.second - c.born).days > 6500 for c in children)
        if grown or end < clock.first - timedelta(days=220 + clock.span):
            del world.plans[kept:]
            continue
        for child in children:
            on, closed = add_wd(start, -rng.randint(12, 50)), add_wd(end, rng.randint(20, 100))
            team = SAFEGUARDING[child.area]
            need = Need(child, on, closed, CODES["closure"][6], CODES["need"][0], end, team)
            world.begin_need(need)


def enquire_again(world: World) -> None:
    """Fresh enquiries about children who are on a plan already: no conference follows, and CP4 leaves them out."""
    rng, clock = world.rng, world.clock
    for plan in world.plans:
        if plan.end <= clock.second or plan.start > clock.as_at - timedelta(days=150) or rng.random() > 0.07:
            continue
        on = draw_working_day(rng, clock.as_at - timedelta(days=120), clock.as_at - timedelta(days=10))
        world.enquiries.append(Enquiry(plan.child, on, None, None, False, True, plan.team, plan.worker))


def _visits(world: World, start: date, end: date, team: str) -> list[tuple[date, date]]:
    """(visit, recorded) of the months that an extract can show; nobody has yet been to one plan in a hundred."""
    rng, clock = world.rng, world.clock
    if rng.random() < 0.01 and wd(start, clock.as_at) < 40:
        return []
    last = min(end, clock.second)
    on = max(start, min(last, clock.ends[0]) - timedelta(days=110))
    made: list[tuple[date, date]] = []
    while True:
        in_time = rng.random() < _VISITED_IN_TIME[team] - (SLOWER if on < clock.better_since else 0)
        on = add_wd(on, rng.randint(4, 10) if in_time else rng.randint(11, 26))
        if on > last:
            return made
        made.append((on, clock.typed_later(on, rng.choices((0, 1, 2, 4), (30, 40, 20, 10))[0])))


def _reviews(world: World, start: date, last: date) -> list[date]:
    """The first review within three months, then every six at most, nine times in ten."""
    reviews, on = [], add_wd(start, world.rng.randint(50, 63))
    while on <= last:
        reviews.append(on)
        on = add_wd(on, world.rng.randint(105, 124) if world.rng.random() < 0.93 else world.rng.randint(126, 150))
    return reviews
