"""Cases that a list counts although they are outside the cohort: too new, short breaks, of another date.

What belongs here finds such cases in the truth and says how a list would hold them. `None` where a row is no such case.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.days import add_wd, wd
from countermark.sample.histories import Row

Listed = tuple[str, bool, date | None]


def too_new(row: Row, as_at: date) -> Listed | None:
    """A plan ten working days old or less, whose child has been seen."""
    if row["start"] > as_at or wd(row["start"], as_at) > 10 or row["end"] is not None or row["visit"] is None:
        return None
    return row["id"], True, row["visit"]


def short_break(row: Row, as_at: date) -> Listed | None:
    """A child in short breaks, listed as if looked after."""
    checked = row["dental"]
    if row["legal"][:2] not in ("V3", "V4") or row["start"] > as_at or row["end"] is not None:
        return None
    return row["id"], row["indicator"] == "LA0" or (checked is not None and wd(checked, as_at) < 245), checked


def not_begun(row: Row, as_at: date) -> Listed | None:
    """A child who came into care within two working days after the date."""
    if row["start"] <= as_at or row["end"] is not None or row["start"] > add_wd(as_at, 2):
        return None
    checked = row["dental"]
    return row["id"], row["indicator"] == "LA0" or (checked is not None and wd(checked, as_at) < 245), checked


def on_plan(row: Row, as_at: date) -> Listed | None:
    """An enquiry about a child who is on a plan already and needs no conference."""
    day = row["discussion"]
    if row["unnecessary"] != "b) No" or row["conference"] is not None or day > as_at:
        return None
    return f"{row['id']}/{day.isoformat()}", wd(day, as_at) > 15, day


def pending(row: Row, as_at: date) -> Listed | None:
    """A referral of the month that is not answered yet."""
    on = row["referred_on"]
    if row["nfa"] is not None or not as_at.replace(day=1) <= on <= as_at:
        return None
    return f"{row['id']}/{on.isoformat()}", False, on


def other_case(row: Row, as_at: date) -> Listed | None:
    """A case of another date: closed by then, held before the month, or due in another."""
    indicator, before = row["indicator"], as_at.replace(day=1) - timedelta(days=1)
    if indicator in ("PP1", "PP0"):
        ended = row["end"] is not None and add_wd(as_at, -25) < row["end"] <= as_at
        seen = row["visit"]
        return (row["id"], indicator == "PP0" or wd(seen, as_at) <= 10, seen) if ended and seen else None
    if indicator in ("LA8", "LA0"):
        ended, checked = row["end"] is not None and add_wd(as_at, -60) < row["end"] <= as_at, row["dental"]
        met = indicator == "LA0" or (checked is not None and wd(checked, as_at) < 245)
        return (row["id"], met, checked) if ended else None
    if indicator in ("CP3", "CP4"):
        return other_conference(row, as_at, before)
    case, done = f"{row['id']}/{row['start'].isoformat()}", row["authorised"]
    if indicator == "AS3":
        closed = done is not None and add_wd(as_at, -12) < done <= as_at
        return (case, wd(row["start"], as_at) > 45, row["start"]) if closed else None
    due = add_wd(row["start"], 45)
    late = done is not None and add_wd(before, -10) < due <= before and done <= due
    return (case, True, done) if late else None


def other_conference(row: Row, as_at: date, before: date) -> Listed | None:
    """An enquiry whose conference was held in another month."""
    held, day = row["conference"], row["discussion"]
    if held is None:
        return None
    case = f"{row['id']}/{day.isoformat()}"
    if row["indicator"] == "CP3":
        return (case, wd(day, held) <= 15, held) if add_wd(before, -25) < held <= before else None
    return (case, wd(day, as_at) > 15, day) if add_wd(as_at, -12) < held <= as_at else None
