"""Faults in List 8: dental checks unread, typed late or overwritten, short breaks, odd beginnings and ends of care.

What belongs here changes the checks and the dates of children looked after.
"""

from __future__ import annotations

from datetime import timedelta

from countermark.sample.authority import CARE, CARE_ONE, CARE_TWO, DISABILITY
from countermark.sample.days import add_wd
from countermark.sample.histories import Care
from countermark.sample.planting import ERROR, IMPOSSIBLE, WORDS, Planter


def checks(planter: Planter) -> None:
    """Dental checks: so many unread that the figure must be withheld, some typed late, some overwritten."""
    clock, planted = planter.world.clock, planter.planted

    def fits(care: Care) -> bool:
        return len(care.dental) == 1 and planter.met(care.child.id, "LA8") and care.end > clock.second

    for fault, number in (("late_check", 3), ("late_check_missed", 1)):
        for care in planter.pick(planter.world.cares, number, lambda c: fits(c) and c.team == CARE_ONE):
            on, _ = care.dental[0]
            care.dental = [(clock.as_at - timedelta(days=430), clock.as_at), (on, add_wd(clock.first, 4))]
            planted.in_system(fault, care.child.id, "LATE_RECORDED")
            if fault == "late_check_missed":
                planted.missed.add(care.child.id)
    for team, number in ((CARE_ONE, 1), (CARE_TWO, 2)):
        for care in planter.pick(planter.world.cares, number, lambda c, t=team: fits(c) and c.team == t):  # type: ignore[misc]
            care.dental.append((add_wd(clock.as_at, 1), clock.first))
            planted.in_system("overtaken_check", care.child.id, "AS_AT")
    for i, care in enumerate(planter.pick(planter.world.cares, 42, lambda c: fits(c) and c.team in CARE)):
        care.broken["dental"] = (ERROR, WORDS, IMPOSSIBLE)[i % 3]
        planted.in_system("unreadable_check", care.child.id, "INVALID")
        if i % 3:
            planted.missed.add(care.child.id)


def periods(planter: Planter) -> None:
    """Short breaks held by a care team, children who came into care the day after, and ends before the beginning."""
    world, clock = planter.world, planter.world.clock
    for care in planter.pick(world.cares, 4, lambda c: c.team == DISABILITY and c.end > clock.second):
        care.team = CARE_ONE
        planter.planted.in_system("short_break", care.child.id, None)
    recent = clock.as_at - timedelta(days=120)

    def young(c: Care) -> bool:
        return c.team == CARE_ONE and recent < c.start <= clock.as_at and c.end > clock.second

    for care in planter.pick(world.cares, 2, young):
        care.start = care.legal_start = care.placement_start = add_wd(clock.as_at, 1)
        care.placements = 1
        care.details |= {"review": None, "visit": None, "iro": None, "permanence": None}
        planter.planted.in_system("began_after", care.child.id, None)
    for care in planter.pick(world.cares, 4, lambda c: c.team in CARE and recent < c.end < clock.as_at):
        planter.planted.in_system("ceased_before_start", care.child.id, None)
        care.told_end = care.start - timedelta(days=30)
