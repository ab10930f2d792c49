"""What changed since last time: figures published again with another value or status, certificates that lapsed or were withdrawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from web.leaders.said import is_quoted, number
from web.published import Row, Snapshot

DAYS = 31  # a month's meeting to the next one's
MOST = 15
SIGNED = "checked and signed"
CLASS_WORDS = {
    "scheduled": "first published",
    "late recording": "recorded late",
    "correction": "corrected, or decided since",
    "method": "the definition changed",
}
CHANGES = """
with mine as (
    select * from main.revisions where authority = $authority and team = $team
),
before as (
    select * from mine
    where published_at < $since or revision = 1
    qualify row_number() over (partition by indicator_id, as_at order by revision desc) = 1
),
now as (
    select * from mine qualify row_number() over (partition by indicator_id, as_at order by revision desc) = 1
)
select
    now.indicator_id, metrics.title, metrics.unit, now.as_at, now.class, now.published_at, now.revision, before.status as status_before,
    before.system_numerator as numerator_before, before.system_denominator as denominator_before, before.system_value as value_before,
    now.system_value as value, now.status,
    now.system_numerator as numerator, now.system_denominator as denominator,
    exists (
        select 1 from mine as one
        where one.indicator_id = now.indicator_id and one.as_at = now.as_at and one.published_at >= $since and one.revision > 1
            and one.changes_conclusion
    ) as changes_conclusion
from now
join before on now.indicator_id = before.indicator_id and now.as_at = before.as_at
join main.metrics as metrics
    on now.indicator_id = metrics.indicator_id and now.as_at = metrics.as_at and metrics.authority = $authority and metrics.team = $team
where now.published_at >= $since and now.revision > before.revision and (
    now.status <> before.status or now.system_numerator <> before.system_numerator
    or now.system_denominator is distinct from before.system_denominator
    or (metrics.unit not in ('percent', 'count') and now.system_value is distinct from before.system_value)
)
order by changes_conclusion desc, now.as_at desc, metrics.headline desc, now.indicator_id
"""
LAPSED = """
select certificates.indicator_id, metrics.title, certificates.as_at, certificates.lapsed_at, certificates.lapse_reason
from main.certificates as certificates
join main.metrics as metrics
    on certificates.authority = metrics.authority and certificates.indicator_id = metrics.indicator_id
    and certificates.as_at = metrics.as_at and metrics.team = 'ALL'
where certificates.authority = $authority and certificates.lapsed_at >= $since and metrics.status <> 'certified'
order by certificates.lapsed_at desc, certificates.indicator_id
"""


@dataclass(frozen=True)
class Change:
    """A figure published again. Values are `[x]` where they are not quoted to the reader."""

    indicator_id: str
    title: str
    as_at: date
    before: str
    now: str
    status_before: str
    status: str
    why: str
    conclusion: bool


@dataclass(frozen=True)
class Changes:
    """Since when, what changed, how many figures were signed at which position, which certificates no longer stand.

    `more` is how many changes are not listed. A signature under the same number is no change of the figure, and is only counted.
    """

    since: date
    figures: tuple[Change, ...]
    signed: tuple[tuple[date, int], ...]
    lapsed: tuple[Row, ...]
    more: int


def changes(snapshot: Snapshot, authority: str, team: str, since: date | None) -> Changes:
    """What changed since a day (default: a month before the newest publication)."""
    newest: datetime | None = snapshot.kept(
        ("newest", authority),
        lambda: (
            snapshot.row("select max(published_at) as at from main.revisions where authority = ?", [authority]) or {}
        )["at"],
    )
    day = since or ((newest or datetime.min + timedelta(DAYS)) - timedelta(days=DAYS)).date()
    bound = {"authority": authority, "team": team, "since": datetime(day.year, day.month, day.day)}
    found = snapshot.kept(("changes", authority, team, day), lambda: snapshot.rows(CHANGES, bound))
    lapsed = snapshot.kept(
        ("lapsed", authority, day),
        lambda: snapshot.rows(LAPSED, {name: bound[name] for name in ("authority", "since")}),
    )
    every = [_change(row) for row in found]
    listed = [one for one in every if one.why != SIGNED]
    signed = Counter(one.as_at for one in every if one.why == SIGNED)
    newest_first = tuple(sorted(signed.items(), reverse=True))
    return Changes(day, tuple(listed[:MOST]), newest_first, tuple(lapsed), max(0, len(listed) - MOST))


def _change(row: Row) -> Change:
    before = (
        number(row["numerator_before"], row["denominator_before"], row["unit"], row["value_before"])
        if is_quoted(row["status_before"])
        else "[x]"
    )
    now = number(row["numerator"], row["denominator"], row["unit"], row["value"]) if is_quoted(row["status"]) else "[x]"
    if row["status_before"] == "provisional" and not is_quoted(row["status"]):
        before = "[x]"  # what was being checked is no value any more once the figure turned out not to be reliable
    why, conclusion = reason(
        row["class"], row["status_before"], row["status"], before == now, row["changes_conclusion"]
    )
    return Change(
        row["indicator_id"], row["title"], row["as_at"], before, now, row["status_before"], row["status"],
        why, conclusion,
    )  # fmt: skip


def reason(kind: str, status_before: str | None, status: str, same: bool, conclusion: bool) -> tuple[str, bool]:
    """Why a figure was published again, and whether that changes what is to be concluded from it.

    A signature, or its end, changes the status alone: the same number then leads to the same conclusion.
    """
    if same and status == "certified":
        return SIGNED, False
    if same and status_before == "certified" and status == "provisional":
        return "no longer signed off", False
    return CLASS_WORDS.get(kind, kind), conclusion and (not same or status == "withheld" or status_before == "withheld")
