"""The invented authority, put together: the clock and the order in which its histories are made."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from countermark.sample import care, found, frontdoor, permanence, protection
from countermark.sample.authority import Staff
from countermark.sample.days import add_wd, is_month_end, month_end_before
from countermark.sample.histories import AFTER_THE_MONTH, Clock, World
from countermark.sample.population import People


def make_clock(as_at: date, history: int = 0) -> Clock:
    """Two extracts, two and twelve working days after the as-at date, and one after each of the `history` months before.

    Raises ValueError unless the as-at date ends a month.
    """
    if not is_month_end(as_at):
        raise ValueError(f"the sample's as-at date must be the last day of a month, and {as_at} is not")
    ends = tuple(month_end_before(as_at, months) for months in range(history, -1, -1))
    return Clock(as_at, add_wd(as_at, AFTER_THE_MONTH), add_wd(as_at, 12), ends[0] - timedelta(days=550), ends)


def make_world(seed: int, scale: float, as_at: date, history: int = 0) -> World:
    """Every history of the authority, before any fault. The same seed gives the same world."""
    rng = Random(f"countermark sample {seed}")  # noqa: S311  not for secrets: the same seed must give the same authority
    world = World(make_clock(as_at, history), rng, scale, People(rng), Staff.recruit(rng, scale))
    protection.fill_stock(world)
    care.fill_stock(world)
    frontdoor.fill_front_door(world, protection.protect, care.enter_care)
    protection.enquire_again(world)
    permanence.fill_permanence(world)
    found.plant(world)
    return world
