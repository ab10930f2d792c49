"""Care from episodes, counted a second time: one child's rows walked in order, in plain Python and without the product's SQL.

It is told what a period of care, a placement and a spell of one legal status are in the words of docs/ssda903.md, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

SHORT_BREAKS = ("V3", "V4")
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")


@dataclass(frozen=True)
class Episode:
    """One row of the file of episodes; None for a blank cell. `home` is the postcode of the placement, `urn` its provider's."""

    decom: date
    rne: str | None
    ls: str | None
    place: str | None
    dec: date | None
    rec: str | None
    home: str | None = None
    urn: str | None = None
    dec_unusable: bool = False

    @property
    def short_break(self) -> bool:
        return self.ls in SHORT_BREAKS


@dataclass
class Spell:
    """A run of episodes: a period, a placement or a spell of one legal status."""

    episodes: list[Episode]
    problems: set[str] = field(default_factory=set)
    followed: bool = False

    @property
    def start(self) -> date:
        return self.episodes[0].decom

    @property
    def end(self) -> date | None:
        """The end of the last episode."""
        return self.episodes[-1].dec

    @property
    def end_unknown(self) -> bool:
        """Whether the last episode's end cannot be read, or is open although the child has a later one."""
        return self.end is None and (self.followed or self.episodes[-1].dec_unusable)

    @property
    def ceased(self) -> date | None:
        """When a period ended: by its last episode, or by one that outlasted it."""
        ends = [episode.dec for episode in self.episodes if episode.dec is not None]
        return max(ends) if self.end is not None else None

    @property
    def reason(self) -> str | None:
        """Why a period ended, as the episode says that ended last."""
        ended = [(episode.dec, episode.decom, episode.rec) for episode in self.episodes if episode.dec is not None]
        return max(ended, key=lambda one: one[:2])[2] if self.end is not None else None

    @property
    def problem(self) -> str | None:
        return ", ".join(sorted(self.problems)) or None


def _goes_on(before: Episode, now: Episode, latest_end: date | None) -> bool:
    """Whether an episode belongs to the same stay in care as the ones before it."""
    if before.dec is None:
        return True
    if latest_end is not None and now.decom < latest_end:
        return True
    ended_for_another = before.rec in (None, "X1")
    return ended_for_another and now.decom - before.dec in (timedelta(0), timedelta(1))


def _problems(episodes: Sequence[Episode], place: int, goes_on: bool, latest_end: date | None) -> set[str]:
    now = episodes[place]
    before = episodes[place - 1] if place else None
    after = episodes[place + 1] if place + 1 < len(episodes) else None
    found = set()
    if not goes_on and now.rne != "S":
        found.add("no start")
    if now.dec is None and after is not None:
        found.add("no end")
    if now.dec is not None and now.dec < now.decom:
        found.add("end before start")
    if latest_end is not None and now.decom < latest_end:
        found.add("overlap")
    if now.rec == "X1" and after is not None and now.dec is not None and (after.decom - now.dec).days > 1:
        found.add("gap")
    if before is not None and before.rec == "X1" and not goes_on:
        found.add("gap")
    if now.rec == "X1" and after is None:
        found.add("nothing follows")
    if now.dec is None and now.rec not in (None, "X1"):
        found.add("reason without end")
    if now.dec is not None and now.rec is None:
        found.add("no reason")
    return found


@dataclass
class Care:
    """All that one child's episodes come to."""

    periods: list[Spell] = field(default_factory=list)
    placements: list[list[Spell]] = field(default_factory=list)  # of each period
    statuses: list[Spell] = field(default_factory=list)

    def _add(self, spells: list[Spell], new: bool, episode: Episode, problems: set[str], followed: bool) -> None:
        if new:
            spells.append(Spell([]))
        spells[-1].episodes.append(episode)
        spells[-1].problems |= problems
        spells[-1].followed = followed


def care_of(rows: Sequence[Episode]) -> Care:
    """Walk the episodes of one child in order of their start."""
    episodes = sorted(rows, key=lambda episode: episode.decom)
    care = Care()
    latest_end: date | None = None
    for place, now in enumerate(episodes):
        before = episodes[place - 1] if place else None
        goes_on = before is not None and _goes_on(before, now, latest_end)
        problems = _problems(episodes, place, goes_on, latest_end)
        followed = place + 1 < len(episodes)
        new_period = before is None or not goes_on or now.short_break != before.short_break
        if new_period:
            care.placements.append([])
        care._add(care.periods, new_period, now, problems, followed)
        care._add(care.placements[-1], new_period or now.rne != "L", now, problems, followed)
        care._add(care.statuses, new_period or before is None or now.ls != before.ls, now, problems, followed)
        if now.dec is not None and (latest_end is None or now.dec > latest_end):
            latest_end = now.dec
    return care


def _temporary(placement: Spell) -> bool:
    return any(episode.place in TEMPORARY for episode in placement.episodes)


def moves_of(care: Care) -> list[Spell]:
    """The placements that count: no short break, no temporary one, no return from one to the home before it."""
    counted = []
    for period in care.placements:
        settled: Spell | None = None
        for place, placement in enumerate(period):
            if _temporary(placement):
                continue
            first = placement.episodes[0]
            came_back = (
                place > 0
                and _temporary(period[place - 1])
                and settled is not None
                and first.home is not None
                and (first.place, first.home, first.urn)
                == (settled.episodes[0].place, settled.episodes[0].home, settled.episodes[0].urn)
            )
            settled = placement
            if not came_back and not first.short_break:
                counted.append(placement)
    return counted


def moves_within_a_year(care: Care, as_at: date) -> int:
    """How many placements that count were open at some time in the twelve months up to a day."""
    year_before = as_at.replace(year=as_at.year - 1)
    found = 0
    for period in care.placements:
        for place, placement in enumerate(period):
            if not any(placement is one for one in moves_of(care)) or placement.start > as_at:
                continue
            end = placement.end
            if end is None and place + 1 < len(period):
                end = period[place + 1].start
            found += end is None or end > year_before
    return found


def looked_after(care: Care, as_at: date) -> bool | None:
    """Whether the child is looked after at a date, short breaks aside; None where nobody can say."""
    unknown = False
    for period in care.periods:
        if period.episodes[-1].short_break or period.start > as_at or (period.ceased and period.ceased <= as_at):
            continue
        if not period.end_unknown:
            return True
        unknown = True
    return None if unknown else False
