"""Lists 1 to 5: contacts, early help, referrals, assessments, enquiries and conferences.

What belongs here are the columns of these lists and their windows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from countermark.sample.days import add_wd
from countermark.sample.histories import Row
from countermark.sample.view import View, who


def contacts(view: View) -> list[Row]:
    """List 1; an unborn child has often no expected date yet."""
    rows = []
    for child, on, source in view.world.contacts:
        if view.since <= on <= view.on:
            row = {**who(child, view.on), "contact_on": on, "source": source}
            if row["age"] == -1 and int(child.id) % 2:
                row["dob"] = None
            rows.append(row)
    return rows


def early_help(view: View) -> list[Row]:
    """List 2: early help assessments."""
    return [
        {**who(child, view.on), "start": on, "completed": view.shown(done), "organisation": by}
        for child, on, done, by in view.world.early_help
        if on <= view.on and (on >= view.since or done is None or done > view.on)
    ]


def _before_latest(events: Iterable[tuple[str, date]], until: date) -> dict[str, int]:
    """Of each child: how many events fell in the twelve months before the latest."""
    dates = defaultdict(list)
    for child_id, on in events:
        if on <= until:
            dates[child_id].append(on)
    return {child: sum(max(days) - timedelta(365) <= d < max(days) for d in days) for child, days in dates.items()}


def referrals(view: View) -> list[Row]:
    """List 3: referrals."""
    world = view.world
    earlier = _before_latest(((r.child.id, r.on) for r in world.referrals), view.on)
    rows = []
    for r in world.referrals:
        if not view.since <= r.on <= view.on:
            continue
        answered = r.nfa is not None and add_wd(r.on, 1) <= view.on
        rows.append({
            **who(r.child, view.on), "referred_on": r.on, "source": r.source,
            "nfa": ("a) Yes" if r.nfa else "b) No") if answered else None,
            "referrals_12m": earlier[r.child.id], "team": r.team, "worker": r.worker,
        })  # fmt: skip
    return rows


def assessments(view: View) -> list[Row]:
    """List 4: social work assessments."""
    rows = []
    for a in view.world.assessments:
        done = view.shown(a.authorised, a.recorded)
        if a.start > view.on or (done is not None and max(a.start, done) < view.since):
            continue
        rows.append({
            **who(a.child, view.on, True), "start": a.start, "seen": a.seen if done else None,
            "authorised": a.broken if a.broken and view.spoilt else done,
            "in_need": ("a) Yes" if a.in_need else "b) No") if done else None, "team": a.team, "worker": a.worker,
        })  # fmt: skip
    return rows


def enquiries(view: View) -> list[Row]:
    """List 5. A decision that no conference is needed is entered at the month's end, so later ones do not show yet."""
    world, told_until = view.world, view.world.clock.month_before(view.on)
    enquiries = _before_latest(((e.child.id, e.discussion) for e in world.enquiries), view.on)
    held = _before_latest(((e.child.id, e.conference) for e in world.enquiries if e.conference), view.on)
    rows = []
    for e in world.enquiries:
        conference = view.shown(e.conference, e.recorded)
        decided = e.unnecessary_on is not None and e.unnecessary_on <= told_until
        if e.discussion > view.on or (e.discussion < view.since and (decided or conference or e.on_plan)):
            continue
        rows.append({
            **who(e.child, view.on, True), "discussion": e.discussion,
            "unnecessary": "a) Yes" if decided else ("b) No" if conference or e.on_plan else None),
            "conference": e.broken if e.broken and view.spoilt else conference,
            "planned": ("a) Yes" if e.planned else "b) No") if conference else None,
            "enquiries_12m": enquiries[e.child.id], "conferences_12m": held.get(e.child.id, 0),
            "team": e.team, "worker": e.worker,
        })  # fmt: skip
    return rows
