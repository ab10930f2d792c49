"""What inspectors found and chance alone would hardly give an authority of this size: a referral that nobody took up, an assessment begun
again, harm after a child went home.

What belongs here changes a history after all are made, and draws nothing: every other child's history stays as it was.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from countermark.sample.authority import SAFEGUARDING
from countermark.sample.days import add_wd
from countermark.sample.histories import Care, Enquiry, World

_HOME = ("E4A", "E4B")


def plant(world: World) -> None:
    """One of each, and more in a large authority."""
    often = max(1, round(6 * world.scale))
    _not_taken_up(world, often)
    _begun_again(world, often)
    _harmed_at_home(world, often)


def _not_taken_up(world: World, often: int) -> None:
    """Referrals on which it was decided to act, and nothing followed: of families about whom nothing was under way."""
    as_at = world.clock.as_at
    busy: dict[str, date] = {}  # by when a child's last piece of work of before the date was done
    for child, begun, done in (
        *((one.child.id, one.start, one.authorised) for one in world.assessments),
        *((one.child.id, one.discussion, one.discussion) for one in world.enquiries),
    ):
        if begun <= as_at:
            busy[child] = max(done, busy.get(child, done))
    waiting = [
        one
        for one in world.referrals
        if one.nfa
        and as_at - timedelta(days=150) < one.on < add_wd(as_at, -8)
        and busy.get(one.child.id, date.min) < one.on
    ]
    chosen = set(list(dict.fromkeys((one.child.family, one.on) for one in waiting))[:often])
    for one in waiting:
        if (one.child.family, one.on) in chosen:
            one.nfa = False


def _begun_again(world: World, often: int) -> None:
    """Assessments that another worker began anew this month before the first was done, in the same referral."""
    as_at = world.clock.as_at
    times = Counter(one.child.id for one in world.assessments)
    latest = as_at.replace(day=1)
    for first in [
        one
        for one in world.assessments
        if times[one.child.id] == 1 and not one.broken
        and latest - timedelta(days=12) < one.start <= as_at - timedelta(days=12) and one.authorised > as_at + timedelta(days=8)
    ][:often]:  # fmt: skip
        others = [name for name in world.staff.by_team[first.team] if name != first.worker]
        again = max(add_wd(first.start, 6), latest + timedelta(days=3))
        world.assessments.append(replace(first, start=again, worker=(others or [first.worker])[0]))


def _harmed_at_home(world: World, often: int) -> None:
    """Children who went home from care in the last half year, and about whom there was an enquiry some weeks later."""
    as_at = world.clock.as_at
    enquired = {one.child.id for one in world.enquiries if one.discussion > as_at - timedelta(days=400)}
    home = [
        care
        for care in world.cares
        if care.ceased.split(":")[0].split(") ")[-1] in _HOME and care.legal not in ("V3", "V4") and care.child.id not in enquired
        and as_at - timedelta(days=150) < care.end < as_at - timedelta(days=40)
    ]  # fmt: skip
    for care in home[:often]:
        world.enquiries.append(_enquiry(world, care))


def _enquiry(world: World, care: Care) -> Enquiry:
    team = SAFEGUARDING[care.child.area]
    discussion = add_wd(care.end, 15)
    decided = add_wd(discussion, 8)
    return Enquiry(care.child, discussion, decided, None, False, False, team, world.staff.by_team[team][0])
