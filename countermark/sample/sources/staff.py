"""The people who work here and the posts that they fill, and which child is allocated to whom from when.

What belongs here is the workforce; workers are those whom the histories name.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from countermark.sample.authority import DISABILITY, SAFEGUARDING, TEAMS
from countermark.sample.days import add_wd
from countermark.sample.histories import Need
from countermark.sample.sources.story import Story

_LEAVERS = 0.12
Span = tuple[date, date, str, str]


def employ(story: Story) -> None:
    """Staff, posts and allocations."""
    _staff(story)
    _posts(story)
    _allocations(story)


def _staff(story: Story) -> None:
    as_at = story.world.clock.as_at
    managers = {team.manager for team in TEAMS}
    for (held_in, name), worker in story.workers.items():
        manager = name in managers
        agency = not manager and story.likely(0.18)
        newly = not manager and not agency and story.likely(0.14)
        began = as_at - timedelta(days=story.rng.randint(20, 330) if newly else story.rng.randint(60, 3000))
        role = "Team manager" if manager else "Newly qualified social worker" if newly else "Social worker"
        story.add(
            "staff", id=worker.id, registration=worker.registration, name=name, role=role, team=held_in,
            fte=story.rng.choice((1.0, 1.0, 1.0, 0.8, 0.6)), newly=newly, newly_start=began if newly else None,
            newly_end=began + timedelta(days=365) if newly else None, agency=agency, start=began, end=None, why=None,
            absent_from=as_at - timedelta(days=40) if story.likely(0.04) else None,
            born=as_at - timedelta(days=365 * story.rng.randint(24, 60)),
        )  # fmt: skip
    for number, team in enumerate(TEAMS):
        for i in range(max(1, round(len(story.world.staff.by_team[team.name]) * _LEAVERS))):
            left = as_at - timedelta(days=story.rng.randint(10, 300))
            story.add(
                "staff", id=f"W{5000 + 10 * number + i}", registration=f"SW{3 * 10**9 + 10 * number + i}", 
                name=f"Viggo Jesmonde {number}{i}",
                role="Social worker", team=team.name, fte=1.0, newly=False, newly_start=None, newly_end=None, agency=story.likely(0.3),
                start=left - timedelta(days=story.rng.randint(90, 1500)), end=left, why="Resignation", absent_from=None,
                born=as_at - timedelta(days=365 * 40 + i),
            )  # fmt: skip


def _posts(story: Story) -> None:
    """What the budget pays for in each team and role, and how much of it is filled: a tenth stands empty."""
    for team in TEAMS:
        here = [row for row in story.records["staff"] if row["team"] == team.name and row["end"] is None]
        for role in ("Social worker", "Team manager"):
            people = [row for row in here if (row["role"] == "Team manager") == (role == "Team manager")]
            own = round(sum(row["fte"] for row in people if not row["agency"]), 1)
            agency = [row for row in people if row["agency"]]
            vacant = round(
                sum(row["fte"] for row in agency) + (max(1, len(people) // 10) if role == "Social worker" else 0), 1
            )
            story.add(
                "posts", team=team.name, role=role, budgeted=round(own + vacant, 1), filled=own, vacant=vacant,
                agency=round(sum(row["fte"] for row in agency), 1), heads=len(agency),
            )  # fmt: skip


def _allocations(story: Story) -> None:
    """From the assessment's worker to the plan's and on to care's, one at a time; one in seven has changed since. Between and after these
    whoever holds the child in need."""
    world, until = story.world, story.first
    since = until - timedelta(days=400)
    spans: dict[str, list[Span]] = defaultdict(list)  # of what goes before first: care, then plans, then assessments
    for c in world.cares:
        spans[c.child.id].append((c.start, c.end, c.team, c.worker))
    for p in world.plans:
        spans[p.child.id].append((p.start, p.end, p.team, p.worker))
    for a in world.assessments:
        spans[a.child.id].append((a.start, add_wd(a.authorised, 2), a.team, a.worker))
    for child, mine in spans.items():
        for place, (start, end, team, worker) in enumerate(mine):
            before = [span for span in mine[:place] if span[0] < end and span[1] > start]
            last = min([end, *(span[0] for span in before)])
            if start <= until and last > max(start, since):
                _allocate(story, child, team, worker, start, last)
    for need in (*world.earlier_needs, *world.needs.values()):
        _in_need(story, need, spans[need.child.id])


def _in_need(story: Story, need: Need, others: list[Span]) -> None:
    """The days of an episode of need on which nobody else has the child: before an assessment its worker, then the team of the plan. One
    in thirty waits for a worker, as some do."""
    until, on = story.first, max(need.start, story.first - timedelta(days=400))
    if int(need.child.id) % 30 == 0:
        return
    team = DISABILITY if need.child.disability == "a) Yes" else SAFEGUARDING[need.child.area]
    names = story.world.staff.by_team[team]
    own = names[int(need.child.id) % len(names)]
    for start, end, theirs, worker in sorted(others):
        if on < min(start, need.closed, until) and end > need.start:
            _one(story, need.child.id, theirs, worker, on, min(start, need.closed), None)
        on = max(on, end)
    if on < need.closed and on <= until:
        _one(story, need.child.id, team, own, on, need.closed if need.closed <= until else None, None)


def _allocate(story: Story, child: str, team: str, worker: str, start: date, end: date) -> None:
    names = [name for name in story.world.staff.by_team[team] if name != worker]
    last = min(end, story.first)
    if story.likely(0.14) and names and (last - start).days > 60:
        changed = start + timedelta(days=story.rng.randint(20, (last - start).days - 20))
        _one(story, child, team, story.rng.choice(names), start, changed, "LEFTRL")
        start = changed
    _one(story, child, team, worker, start, end if end <= story.first else None, None)


def _one(story: Story, child: str, team: str, worker: str, start: date, end: date | None, why: str | None) -> None:
    story.add(
        "allocations", child=child, worker=worker, worker_id=story.worker_id(team, worker), team=team, start=start, end=end,
        role="Allocated worker", why=why,
    )  # fmt: skip
