"""Which alerts stand, from the snapshot, the ledger and the runs: a question asked anew each time, nothing is kept here.

An alert is one sentence with ids of measures, rules and councils, and dates; nothing in it came from a row or was typed by anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from countermark.certify.proven import alarms
from countermark.certify.snapshot import read
from countermark.certify.waiting import waiting
from countermark.ledger.records import Certificate, Revision
from countermark.ledger.store import Ledger
from countermark.runs import Run, failed_last
from countermark.warehouse.connect import quiet
from countermark.words import STATUS_WORDS, day

RUN_FAILED, NOT_PUBLISHED, LAPSED, NOT_CERTIFIED, CHECK_ERROR, HELD = (
    "run failed",
    "not published",
    "lapsed",
    "no longer certified",
    "error",
    "held",
)
KINDS = (RUN_FAILED, NOT_PUBLISHED, CHECK_ERROR, HELD, LAPSED, NOT_CERTIFIED)  # the order in which a digest says them


@dataclass(frozen=True)
class Alert:
    """One thing to be told. The same thing has the same `key` for as long as it stands; `urgent` does not wait for the digest."""

    key: str
    kind: str
    says: str
    urgent: bool = False
    authority: str = ""  # whose figure it is about; empty for what concerns the home


def standing(
    ledger: Ledger,
    snapshot: Path | None,
    runs: list[Run] | None,
    now: datetime,
    hours: float,
    confirmed: datetime | None = None,
) -> list[Alert]:
    """Every alert that stands now, the gravest first.

    `snapshot` is the current one, None where there is none; `hours` is how old the last publication may be; `confirmed` is when a run
    last found that nothing new had to be published, where that is known.
    """
    lapsed = _lapsed(ledger.certificates())
    found = [*_failed(runs), *_overdue(ledger.revision_at(), runs, now, hours, confirmed)]
    if snapshot is not None:
        with read(snapshot) as con, quiet("looking for alerts"):
            found += [*_errors(con), *_held(con), *lapsed.values(), *_not_certified(con, set(lapsed))]
    return sorted(found, key=lambda alert: (KINDS.index(alert.kind), alert.key))


def concerns(alert: Alert, authority: str) -> bool:
    """Whether an alert is about an authority or about the whole home."""
    return alert.authority in ("", authority)


def _failed(runs: list[Run] | None) -> list[Alert]:
    return [
        Alert(
            f"{RUN_FAILED} {run.run_id}", RUN_FAILED,
            f"The run {run.run_id} of {run.started_at:%d %B %Y %H:%M} UTC failed; the last publication stands.", urgent=True,
        )
        for run in failed_last(runs)
    ]  # fmt: skip


def _overdue(
    last: Revision | None, runs: list[Run] | None, now: datetime, hours: float, confirmed: datetime | None
) -> list[Alert]:
    """Nothing published, and no run that found nothing new, for longer than allowed. It is said again after as long again."""
    if last is None:
        return [Alert(f"{NOT_PUBLISHED} ever", NOT_PUBLISHED, "Nothing has ever been published in this home.")]
    ended = [run.ended_at for run in runs or [] if run.outcome == "succeeded" and run.ended_at]
    seen = max([last.published_at, *ended, *([confirmed] if confirmed else [])])
    age = now - seen
    if age <= timedelta(hours=hours):
        return []
    times = int(age / timedelta(hours=hours)) if hours > 0 else 1
    says = f"Nothing has been published since {seen:%d %B %Y %H:%M} UTC; the figures are getting old."
    return [Alert(f"{NOT_PUBLISHED} since {last.seq}, {times}", NOT_PUBLISHED, says)]


def _lapsed(certificates: Sequence[Certificate]) -> dict[tuple[str, str, date], Alert]:
    """Certificates that lapsed and have no successor, by figure."""
    newest = {(one.authority, one.indicator_id, one.as_at): one for one in certificates}
    return {
        figure: Alert(
            f"{LAPSED} {one.id}",
            LAPSED,
            f"The certificate of {_figure(*figure)} lapsed on {day(one.lapsed_at.date())}.",
            authority=one.authority,
        )
        for figure, one in newest.items()
        if one.lapsed_at is not None and one.ended == "lapsed"
    }


def _not_certified(con: duckdb.DuckDBPyConnection, told: set[tuple[str, str, date]]) -> list[Alert]:
    """Figures of the authority as a whole that were certified and are not any more, but for those whose certificate is told of."""
    rows = con.execute(FALLEN).fetchall()
    return [
        Alert(
            f"{NOT_CERTIFIED} {authority} {indicator} {as_at} {revision}", NOT_CERTIFIED,
            f"{_figure(authority, indicator, as_at)} was certified and is no longer: {STATUS_WORDS[status]}.", authority=authority,
        )
        for authority, indicator, as_at, status, revision in rows
        if (authority, indicator, as_at) not in told
    ]  # fmt: skip


def _held(con: duckdb.DuckDBPyConnection) -> list[Alert]:
    """Lists that shrank and wait for somebody to release them."""
    return [
        Alert(f"{HELD} {one.authority} {one.contract} {one.extracted_on}", HELD, one.says, authority=one.authority)
        for one in waiting(con)
    ]


FALLEN = """
with certified as (
    select authority, indicator_id, as_at, max(revision) as last_certified
    from revisions where team = 'ALL' and status = 'certified' group by all
)
select authority, indicator_id, as_at, arg_max(status, revision) as status, min(revision) as revision
from revisions
join certified using (authority, indicator_id, as_at)
where team = 'ALL' and revision > last_certified
group by all
order by all
"""
ERRORS = """
select distinct authority, indicator_id, as_at, gate from gates where outcome = 'ERROR' order by all
"""
RULE_ERRORS = """
select distinct authority, contract, rule_code from facts.rule_results where status = 'ERROR' order by all
"""


def _errors(con: duckdb.DuckDBPyConnection) -> list[Alert]:
    """Rules and checks that could not be run: whatever rests on them is withheld."""
    rules = [
        Alert(
            f"{CHECK_ERROR} {authority} {code}",
            CHECK_ERROR,
            f"Rule {code} on {contract} could not be run ({authority}).",
            authority=authority,
        )
        for authority, contract, code in con.execute(RULE_ERRORS).fetchall()
    ]
    checks = [
        Alert(
            f"{CHECK_ERROR} {authority} {indicator} {as_at} {gate}", CHECK_ERROR,
            f"The check “{gate}” of {_figure(authority, indicator, as_at)} could not be run.", authority=authority,
        )
        for authority, indicator, as_at, gate in con.execute(ERRORS).fetchall()
    ]  # fmt: skip
    untried = [
        Alert(f"{CHECK_ERROR} {authority} {as_at} planted", CHECK_ERROR, says, urgent=True, authority=authority)
        for authority, as_at, says in alarms(con)
    ]
    return untried + rules + checks


def _figure(authority: str, indicator: str, as_at: date) -> str:
    return f"{indicator} at {day(as_at)} ({authority})"
