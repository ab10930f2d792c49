"""Children looked after: who enters care, where they live, when they are seen, and those who leave care behind them.

What belongs here is care; adoption is printed from it by permanence.py.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.authority import CARE, DISABILITY
from countermark.sample.days import add_wd, years_before
from countermark.sample.histories import Care, Need, World
from countermark.sample.layout import CODES
from countermark.sample.population import Child

STOCK = 465
LEAVING = 0.06  # the share of the stock that leaves care in 150 days
FAR_AHEAD = date(2038, 12, 31)  # the calendar ends in 2040, and an episode closes some weeks after care
_LEGAL = (("C2", 48), ("C1", 20), ("V2", 24), ("E1", 6), ("J1", 1), ("L1", 1))
_PLACEMENT_WEIGHTS = (6, 1, 10, 22, 1, 30, 1, 1, 1, 1, 8, 3, 0, 5, 1, 6, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0)
_CARE_NEED_WEIGHTS = (70, 4, 4, 7, 10, 1, 1, 3)


def enter_care(world: World, child: Child, start: date) -> date | None:
    """Begin a period of care if the child is of an age for it; the day on which it ends. A plan ends soon after."""
    clock, rng = world.clock, world.rng
    if child.born is None or child.born > start or (start - child.born).days > 17.3 * 365 or start > clock.second:
        return None
    for plan in world.plans[-6:]:
        if plan.child is child:
            if plan.end <= start:
                return None
            plan.end = min(plan.end, add_wd(start, rng.randint(0, 25)))
            plan.visits = [visit for visit in plan.visits if visit.on <= plan.end]
            plan.reviews = [review for review in plan.reviews if review <= plan.end]
    return _care(world, child, start).end


def fill_stock(world: World) -> None:
    """Those who came into care before the simulation, and the short breaks of the disability team."""
    rng, clock = world.rng, world.clock
    wanted, breaks = round(STOCK * world.scale), round(26 * world.scale)
    while wanted > 0:
        start = clock.start - timedelta(days=1 + min(4200, round(rng.expovariate(1 / 1100))))
        child = world.people.single(start, 0, 15)
        if years_before(child.born or start, -18) <= clock.first - timedelta(days=150 + clock.span):
            continue
        care = _care(world, child, start)
        left = rng.random() < LEAVING * (150 + clock.span) / 150
        still = add_wd(clock.second, rng.randint(5, 400))
        thought = min(care.end, clock.first)
        care.end = clock.first - timedelta(days=rng.randint(5, 150 + clock.span)) if left else max(care.end, still)
        care.end = min(care.end, years_before(child.born or start, -18))
        _keep_up(care, min(care.end, clock.first) - thought)
        wanted -= 1
        _episode(world, care)
    for i in range(breaks):
        start = add_wd(clock.as_at, -rng.randint(60, 600 + clock.span))
        child = world.people.single(start, 4, 13, disabled=1.0)
        _episode(world, _care(world, child, start, "V4" if i % 3 else "V3"))


def _keep_up(care: Care, longer: timedelta) -> None:
    """A child who stays for longer than was thought goes on being visited and reviewed."""
    for last in ("review", "visit", "iro"):
        if longer > timedelta(0) and care.details[last] is not None:
            care.details[last] += longer


def _episode(world: World, care: Care) -> None:
    rng = world.rng
    on, closed = add_wd(care.start, -rng.randint(15, 120)), add_wd(care.end, rng.randint(10, 60))
    code = CODES["need"][1] if care.legal in ("V3", "V4") else CODES["need"][0]
    world.begin_need(Need(care.child, on, closed, CODES["closure"][6], code, None, care.team))


def _care(world: World, child: Child, start: date, legal: str | None = None) -> Care:
    rng, clock = world.rng, world.clock
    length = 20 + round(rng.expovariate(1 / (900 if legal is None else 2500)))
    grown = min(years_before(child.born or start, -18), FAR_AHEAD)
    end = max(min(start + timedelta(days=length), grown), add_wd(start, 3))
    placements = rng.choices((1, 2, 3, 4, 5), (64, 24, 8, 3, 1))[0]
    last = max(start, min(end, clock.first))
    moved = start if placements == 1 else last - timedelta(days=rng.randint(1, 300))
    if placements > 1 and (last - start).days < 40:
        placements, moved = 1, start
    status = legal or rng.choices([c for c, _ in _LEGAL], [w for _, w in _LEGAL])[0]
    team = DISABILITY if legal else rng.choice(CARE)
    need = CODES["care_need"][1] if legal else rng.choices(CODES["care_need"], _CARE_NEED_WEIGHTS)[0]
    legal_start = start if rng.random() < 0.35 else start + timedelta(days=rng.randint(0, max(0, (last - start).days)))
    worker, ceased = world.worker(team), rng.choice(CODES["ceased"][4:12])
    moved = max(moved, start)
    care = Care(child, start, end, need, status, legal_start, placements, moved, team, worker, ceased)
    _checks(world, care)
    _details(world, care)
    world.cares.append(care)
    return care


def _checks(world: World, care: Care) -> None:
    """The last health assessment and the last dental checks; a check after the as-at date is typed up later."""
    rng, clock = world.rng, world.clock
    recent = (clock.as_at - care.start).days < 60
    draw = rng.random()
    if draw < (0.4 if recent else 0.80):
        on = clock.as_at - timedelta(days=rng.randint(2, 360))
        care.dental.append((on, clock.typed_later(on, 3)))
    elif draw < 0.95 and not recent:
        on = clock.as_at - timedelta(days=rng.randint(370, 800))
        care.dental.append((on, clock.typed_later(on, 3)))
    if rng.random() < 0.03 and add_wd(clock.as_at, 8) < care.end:
        on = add_wd(clock.as_at, rng.randint(1, 7))
        care.dental.append((on, clock.typed_later(on, 2)))
    if not recent:
        care.health = clock.as_at - timedelta(days=rng.randint(0, 420))
    _earlier_checks(world, care)


def _earlier_checks(world: World, care: Care) -> None:
    """For a history: the dental checks before the last, about a year apart and one in five late, while the child was in care."""
    rng, clock = world.rng, world.clock
    if not clock.span:
        return
    on = min((on for on, _ in care.dental), default=clock.as_at)
    until = max(care.start, clock.ends[0] - timedelta(days=400))
    earlier = []
    while (on := on - timedelta(days=rng.randint(200, 360) if rng.random() < 0.75 else rng.randint(400, 700))) > until:
        earlier.append((on, clock.typed_later(on, 3)))
    care.dental = [*reversed(earlier), *care.dental]


def _details(world: World, care: Care) -> None:
    """The columns that no indicator of ours reads, consistent in themselves."""
    rng, clock = world.rng, world.clock
    last = min(care.end, clock.first)
    held = (last - care.start).days
    missing = rng.choices((0, 1, 2, 5), (88, 6, 4, 2))[0]
    outside = rng.random() < 0.3
    care.details = {
        "uasc": "a) Yes" if held < 365 and rng.random() < 0.05 else "b) No",
        "again": "a) Yes" if rng.random() < 0.03 else "b) No",
        "review": last - timedelta(days=rng.randint(0, min(held, 180))) if held > 25 else None,
        "visit": last - timedelta(days=rng.randint(0, min(held, 45))) if held > 5 else None,
        "permanence": rng.choices(CODES["permanence"], (18, 8, 14, 8, 6, 40, 6))[0] if held > 120 else None,
        "iro": last - timedelta(days=rng.randint(0, min(held, 150))) if held > 30 else None,
        "placement_type": rng.choices(CODES["placement_type"], _PLACEMENT_WEIGHTS)[0],
        "provider": rng.choices(CODES["provider"], (6, 48, 3, 1, 36, 6))[0],
        "postcode": f"ZZ{rng.randint(1, 99)} {rng.randint(0, 9)}{rng.choice('ABDEFGHJ')}{rng.choice('LNPQRSTU')}",
        "urn": f"SC{rng.randint(400000, 499999)}" if rng.random() < 0.2 else None,
        "location": "b) Out" if outside else "a) In",
        "placed_la": rng.choice(("X99000002", "X99000003", "X99000007")) if outside else "X99000001",
        "missing": missing,
        "absent": rng.choices((0, 1), (97, 3))[0],
        "offered": rng.choice(("a) Yes", "a) Yes", "b) No")) if missing else None,
    }
    care.details["accepted"] = rng.choice(("a) Yes", "b) No")) if care.details["offered"] == "a) Yes" else None
