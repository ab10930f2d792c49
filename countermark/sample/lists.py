"""The eleven lists as an extract of a day shows them: windows, one row a child where Ofsted asks for it, what was recorded.

What belongs here is what the system knows and holds; how its printout spoils that belongs to mess.py. A row is a dict by the
short names of layout.py, with dates, numbers and Ofsted's preferred codes; `Unreadable` stands where a cell is spoilt at source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from countermark.sample.authority import DISABILITY, SAFEGUARDING
from countermark.sample.days import add_wd, months_before
from countermark.sample.histories import Assessment, Care, Need, Plan, Row, World
from countermark.sample.layout import CODES
from countermark.sample.population import Child, age_on

Lists = dict[int, list[Row]]
_Event = TypeVar("_Event", Plan, Care)
_OWN_LISTS = (3, 4, 5, 7, 8)


@dataclass(frozen=True)
class View:
    """What is looked at: the extract's day, or (`truth`) what had really happened by the as-at date."""

    world: World
    on: date
    truth: bool = False

    @property
    def since(self) -> date:
        """The first day of Ofsted's six months."""
        return months_before(self.on, 6)

    def shown(self, event: date | None, recorded: date | None = None) -> date | None:
        """The date of an event, where it had happened and been recorded."""
        if event is None or event > self.on or (recorded is not None and recorded > self.on and not self.truth):
            return None
        return event

    def last(self, events: Iterable[tuple[date, date]]) -> int:
        """The position of the last event that the source keeps, or -1."""
        limit = self.world.clock.as_at if self.truth else self.on
        found, best = -1, date.min
        for i, (on, recorded) in enumerate(events):
            if best <= on <= limit and (self.truth or recorded <= self.on):
                found, best = i, on
        return found


def extract(world: World, on: date) -> Lists:
    """All eleven lists as extracted on a day."""
    view = View(world, on)
    made = {
        1: _contacts(view), 2: _early_help(view), 3: _referrals(view), 4: _assessments(view), 5: _enquiries(view),
        6: _needs(view), 7: _plans(view), 8: _cares(view), 9: _leavers(view), 10: _adoptions(view), 11: _adopters(view),
    }  # fmt: skip
    for number, child_id, start in world.twins:
        made[number] += [{**row, "id": twin_of(child_id)} for row in made[number] if _is(row, child_id, start)]
    return made


def really(world: World) -> Lists:
    """The lists that indicators read, as the managers know them: the truth as of the as-at date, every cell legible."""
    view = View(world, world.clock.second, truth=True)
    makers = (_referrals, _assessments, _enquiries, _plans, _cares)
    return dict(zip(_OWN_LISTS, (make(view) for make in makers), strict=True))


def twin_of(child_id: str) -> str:
    """The second id under which a child was entered again."""
    return f"00{child_id}"


def _is(row: Row, child_id: str, start: date | None) -> bool:
    return bool(row["id"] == child_id and (start is None or row["start"] == start))


def _who(child: Child, on: date, disability: bool = False) -> Row:
    born = child.born
    row: Row = {"id": child.id, "gender": child.gender, "ethnicity": child.ethnicity, "dob": born, "age": None}
    if born is not None:
        row["age"] = age_on(born, on)
    if disability:
        row["disability"] = child.disability
    return row


def _contacts(view: View) -> list[Row]:
    """List 1; an unborn child has often no expected date yet."""
    rows = []
    for child, on, source in view.world.contacts:
        if view.since <= on <= view.on:
            row = {**_who(child, view.on), "contact_on": on, "source": source}
            if row["age"] == -1 and int(child.id) % 2:
                row["dob"] = None
            rows.append(row)
    return rows


def _early_help(view: View) -> list[Row]:
    return [
        {**_who(child, view.on), "start": on, "completed": view.shown(done), "organisation": by}
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


def _referrals(view: View) -> list[Row]:
    world = view.world
    earlier = _before_latest(((r.child.id, r.on) for r in world.referrals), view.on)
    rows = []
    for r in world.referrals:
        if not view.since <= r.on <= view.on:
            continue
        answered = r.nfa is not None and add_wd(r.on, 1) <= view.on
        rows.append({
            **_who(r.child, view.on), "referred_on": r.on, "source": r.source,
            "nfa": ("a) Yes" if r.nfa else "b) No") if answered else None,
            "referrals_12m": earlier[r.child.id], "team": r.team, "worker": r.worker,
        })  # fmt: skip
    return rows


def _assessments(view: View) -> list[Row]:
    rows = []
    for a in view.world.assessments:
        done = view.shown(a.authorised, a.recorded)
        if a.start > view.on or (done is not None and max(a.start, done) < view.since):
            continue
        rows.append({
            **_who(a.child, view.on, True), "start": a.start, "seen": a.seen if done else None,
            "authorised": a.broken if a.broken and not view.truth else done,
            "in_need": ("a) Yes" if a.in_need else "b) No") if done else None, "team": a.team, "worker": a.worker,
        })  # fmt: skip
    return rows


def _enquiries(view: View) -> list[Row]:
    """List 5. A decision that no conference is needed is entered at the month's end: none after the as-at date shows yet."""
    world = view.world
    enquiries = _before_latest(((e.child.id, e.discussion) for e in world.enquiries), view.on)
    held = _before_latest(((e.child.id, e.conference) for e in world.enquiries if e.conference), view.on)
    rows = []
    for e in world.enquiries:
        conference = view.shown(e.conference, e.recorded)
        decided = e.unnecessary_on is not None and e.unnecessary_on <= world.clock.as_at
        if e.discussion > view.on or (e.discussion < view.since and (decided or conference or e.on_plan)):
            continue
        rows.append({
            **_who(e.child, view.on, True), "discussion": e.discussion,
            "unnecessary": "a) Yes" if decided else ("b) No" if conference or e.on_plan else None),
            "conference": e.broken if e.broken and not view.truth else conference,
            "planned": ("a) Yes" if e.planned else "b) No") if conference else None,
            "enquiries_12m": enquiries[e.child.id], "conferences_12m": held.get(e.child.id, 0),
            "team": e.team, "worker": e.worker,
        })  # fmt: skip
    return rows


def _latest(events: Iterable[_Event], view: View) -> dict[str, _Event]:
    """Of each child the latest plan or period of care that had begun and belongs to the list."""
    found: dict[str, _Event] = {}
    for event in events:
        known = found.get(event.child.id)
        if event.start <= view.on and (known is None or event.start > known.start):
            found[event.child.id] = event
    return {child: event for child, event in found.items() if event.end >= view.since}


def _plans(view: View) -> list[Row]:
    rows = []
    for plan in _latest(view.world.plans, view).values():
        seen = view.last((v.on, v.recorded) for v in plan.visits)
        visit = plan.visits[seen] if seen >= 0 else None
        row = {
            **_who(plan.child, view.on, True), "start": plan.start, "category_first": plan.category[0],
            "category_latest": plan.category[1], "visit": visit.on if visit else None,
            "alone": visit.alone if visit else None,
            "review": max((r for r in plan.reviews if r <= view.on), default=None), "end": view.shown(plan.end),
            "protected": plan.protected, "previous": plan.previous, "team": plan.team, "worker": plan.worker,
        }  # fmt: skip
        rows.append(row if view.truth else row | plan.broken)
    return rows


def _cares(view: View) -> list[Row]:
    rows = []
    for care in _latest(view.world.cares, view).values():
        checked = view.last(care.dental)
        row = {
            **_who(care.child, view.on, True), **care.details, "start": care.start, "need": care.need,
            "legal_start": care.legal_start, "legal": _legal(care.legal), "health": care.health,
            "dental": care.dental[checked][0] if checked >= 0 else None, "placements": care.placements,
            "end": view.shown(care.end), "reason": care.ceased if care.end <= view.on else None,
            "placement_start": care.placement_start, "team": care.team, "worker": care.worker,
        }  # fmt: skip
        if not view.truth:
            row |= care.broken
            row["end"] = care.told_end or row["end"]
        rows.append(row)
    return rows


def _legal(code: str) -> str:
    return next(value for value in CODES["legal"] if value.startswith(f"{code}:"))


def _needs(view: View) -> list[Row]:
    """List 6: one row a child, the status that Ofsted's order gives it, the team that holds it."""
    world, on = view.world, view.on
    cares = {c.child.id: c for c in world.cares if c.start <= on < c.end}
    plans = {p.child.id: p for p in world.plans if p.start <= on < p.end}
    assessed = {
        a.child.id: a for a in world.assessments if a.start <= on and view.shown(a.authorised, a.recorded) is None
    }
    rows = []
    for need in world.needs.values():
        if need.start > on or need.closed < view.since:
            continue
        child_id, closed = need.child.id, view.shown(need.closed)
        status, team = _status(need, on, cares.get(child_id), plans.get(child_id), assessed.get(child_id))
        seen = max(need.start, min(on, need.closed) - timedelta(days=int(child_id) % 27))
        rows.append({
            **_who(need.child, on, True), "start": need.start, "need": need.code, "last_seen": seen,
            "closed": closed, "reason": need.reason if closed else None, "status": status, "team": team,
            "worker": (cares.get(child_id) or plans.get(child_id) or assessed.get(child_id) or _Nobody).worker
            or world.staff.by_team[team][int(child_id) % len(world.staff.by_team[team])],
        })  # fmt: skip
    return rows


class _Nobody:
    worker = None


def _status(need: Need, on: date, care: Care | None, plan: Plan | None, open_one: Assessment | None) -> tuple[str, str]:
    if care:
        return CODES["status"][0], care.team
    if plan:
        return CODES["status"][1], plan.team
    disabled = need.child.disability == "a) Yes"
    if need.closed <= on:
        return CODES["status"][4], need.area_team
    if (need.cin_from and need.cin_from <= on) or open_one is None:
        return CODES["status"][2], DISABILITY if disabled else SAFEGUARDING[need.child.area]
    return CODES["status"][3], open_one.team


def _leavers(view: View) -> list[Row]:
    return [{**_who(child, view.on, True), **row} for child, row in view.world.leavers]


def _until(row: Row, on: date) -> Row:
    return {key: None if isinstance(value, date) and value > on else value for key, value in row.items()}


def _adoptions(view: View) -> list[Row]:
    return [
        {**_until(row, view.on), **_who(child, view.on, True)}
        for child, row in view.world.adoptions
        if row["decided"] <= view.on
    ]


def _adopters(view: View) -> list[Row]:
    return [_until(row, view.on) for row in view.world.adopters if row["enquiry"] <= view.on]
