"""Care leavers, adoption and adopters: the rows of Lists 9, 10 and 11.

What belongs here are lists that no indicator reads yet; they hang together with care, and a date after an extract is
blank in it.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.authority import LEAVING
from countermark.sample.days import add_wd
from countermark.sample.histories import Row, World
from countermark.sample.layout import CODES
from countermark.sample.population import Child

_ACCOMMODATION_WEIGHTS = (12, 1, 25, 6, 1, 0, 3, 2, 3, 2, 34, 1, 1, 4, 3, 12)


def fill_permanence(world: World) -> None:
    """Make the care leavers, the children with an adoption plan, and the people who want to adopt."""
    for _ in range(round(210 * world.scale)):
        world.leavers.append(_leaver(world))
    recent, young = (
        world.clock.as_at - timedelta(days=200 + world.clock.span),
        world.clock.as_at - timedelta(days=8 * 365),
    )
    open_at = [
        c for c in world.cares if c.start < recent and c.legal in ("E1", "C2") and c.child.born and c.child.born > young
    ]
    for care in open_at[: max(2, round(38 * world.scale))]:
        world.adoptions.append((care.child, _adoption(world, care.start)))
    _of_this_month(world)
    for number in range(max(2, round(30 * world.scale))):
        world.adopters += _adopters(world, number)


def _leaver(world: World) -> tuple[Child, Row]:
    rng = world.rng
    child = world.people.single(world.clock.as_at, 18, 24, disabled=0.15)
    return child, {
        "team": LEAVING,
        "worker": world.worker(LEAVING),
        "eligibility": rng.choices(CODES["eligibility"], (5, 85, 10))[0],
        "in_touch": rng.choices(CODES["in_touch"], (90, 6, 0, 2, 1, 1))[0],
        "accommodation": rng.choices(CODES["accommodation"], _ACCOMMODATION_WEIGHTS)[0],
        "suitability": rng.choices(CODES["suitability"], (92, 8))[0],
        "activity": rng.choice(CODES["activity"]),
    }


def _adoption(world: World, entered: date) -> Row:
    rng, clock = world.rng, world.clock
    decided = max(clock.as_at - timedelta(days=rng.randint(20, 350 + clock.span)), add_wd(entered, 20))
    order = add_wd(decided, rng.randint(15, 60)) if rng.random() < 0.85 else None
    matched = add_wd(order, rng.randint(20, 120)) if order else None
    placed = add_wd(matched, rng.randint(5, 25)) if matched else None
    reversed_on = add_wd(decided, rng.randint(30, 150)) if order is None else None
    return {
        "family": None, "entered": entered, "decided": decided, "order": order, "matched": matched, "placed": placed,
        "adopted": add_wd(placed, rng.randint(60, 140)) if placed else None, "reversed": reversed_on,
        "reason": rng.choice(CODES["reversal"]) if reversed_on else None, "fostered": None,
    }  # fmt: skip


def _of_this_month(world: World) -> None:
    """One child adopted this month, by its foster carers; one whose placement order is older than a year and who waits for a family."""
    as_at = world.clock.as_at
    eldest = sorted(range(len(world.adoptions)), key=lambda i: world.adoptions[i][1]["entered"])[:2]
    steps = ("decided", "order", "matched", "placed", "adopted")
    for i, wanted in zip(eldest, (5, 2), strict=False):
        child, row = world.adoptions[i]
        until = as_at - timedelta(days=12) if wanted == 5 else as_at - timedelta(days=370)
        apart = max(1, (until - row["entered"]).days // (wanted + 1))
        dates = {step: until - timedelta(days=apart * (wanted - 1 - n)) for n, step in enumerate(steps[:wanted])}
        if row["entered"] + timedelta(days=60) < dates["decided"]:
            fostered = row["entered"] + timedelta(days=30) if wanted == 5 else None
            blank = dict.fromkeys((*steps, "reversed", "reason"))
            world.adoptions[i] = (child, {**row, **blank, **dates, "fostered": fostered})


def _adopters(world: World, number: int) -> list[Row]:
    """One family of adopters: a couple has two rows with one family identifier."""
    rng, clock = world.rng, world.clock
    enquiry = clock.as_at - timedelta(days=rng.randint(60, 420 + clock.span))
    steps = ("stage1_start", "stage1_end", "stage2_start", "stage2_end", "applied", "approved", "matched", "placed")
    dates: Row = {}
    on, reached = enquiry, rng.randint(1, len(steps))
    for step in steps[:reached]:
        on = add_wd(on, rng.randint(3, 45))
        dates[step] = on
    left = add_wd(on, 15) if reached < 4 and rng.random() < 0.3 else None
    family = {
        "family": f"AF{1000 + number}", "disability": "b) No", "fostering": rng.choice(("a) Yes", "b) No")),
        "enquiry": enquiry, **dates, "children": 1 if reached == len(steps) else None, "left": left,
        "reason": rng.choice(CODES["leaving"]) if left else None,
    }  # fmt: skip
    people = ((1, CODES["gender"][0]), (2, CODES["gender"][1]))[: 2 if rng.random() < 0.7 else 1]
    return [
        {
            "id": f"A{10000 + number * 3 + i}",
            "gender": gender,
            "ethnicity": rng.choice(CODES["ethnicity"][:12]),
            **family,
        }
        for i, gender in people
    ]
