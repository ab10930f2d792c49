"""Who held a case when it counted, written a second time in plain Python: one case and one list of allocations at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

NEVER_HOLD = {"reviewing_officer", "supervising_social_worker"}


@dataclass(frozen=True)
class Case:
    """What is known of a case that counts."""

    child: str
    met: bool
    starts: date | None
    decides: date | None
    due: date | None
    done: date | None


@dataclass(frozen=True)
class Held:
    """One allocation. `end_lost`: something stands there that is no date."""

    child: str
    team: str | None
    role: str | None
    start: date | None
    end: date | None
    end_lost: bool


def day_it_counted(case: Case, as_at: date, event_decides: str, last_event: bool) -> date | None:
    """The day on which a team answered for the case; never after the position's date."""
    if event_decides == "none":
        return as_at
    rest = [case.decides, case.starts]
    if last_event and case.met:
        order = [case.done, *rest]
    elif not last_event and case.done and case.due and case.done <= case.due:
        order = [case.done]
    else:
        order = [case.due, case.done, *rest]
    found = next((day for day in order if day is not None), None)
    return min(found, as_at) if found else None


def team_then(case: Case, held: Iterable[Held], day: date | None) -> str | None:
    """The team that held the case on the day; None where no allocation says so."""
    if day is None:
        return None
    covering = [
        one
        for one in held
        if one.child == case.child and one.team is not None and one.role not in NEVER_HOLD
        and one.start is not None and one.start <= day
        and not one.end_lost and (one.end is None or one.end >= day)
    ]  # fmt: skip
    allocated = [one for one in covering if one.role == "allocated"] or covering
    latest = max((one.start for one in allocated if one.start), default=None)
    latest_started = [one for one in allocated if one.start == latest]
    still_open = [one for one in latest_started if one.end is None]
    last_end = max((one.end for one in latest_started if one.end), default=None)
    longest = still_open or [one for one in latest_started if one.end == last_end]
    return min((str(one.team) for one in longest), default=None)
