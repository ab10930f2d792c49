"""How the home is: last publication and its age, runs, deliveries, checks, statuses, certificates, the audit chain, alerts that stand.

Counts and ids of measures and rules alone: no child, no worker, no team, no file. `exposition` says the same to Prometheus.
"""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from countermark.alerts.limits import hours_allowed
from countermark.alerts.standing import Alert, standing
from countermark.certify.proven import Tried, tried
from countermark.certify.snapshot import current, read
from countermark.certify.waiting import waiting
from countermark.home import Home
from countermark.ledger.records import Revision
from countermark.ledger.store import Ledger
from countermark.runs import Run, runs
from countermark.warehouse.connect import quiet

VERIFIED_FOR = timedelta(minutes=10)  # the walk over the chain reads every row: not at each look
OUTCOMES = ("PASS", "FAIL", "ERROR", "NOT_APPLICABLE")


@dataclass(frozen=True)
class Chain:
    """The audit chain: how long it is, and the first entry that does not hold (None: it is whole) when last walked."""

    entries: int
    broken_at: int | None
    verified_at: datetime


@dataclass(frozen=True)
class Figures:
    """What the snapshot holds, counted. `by_status` of the authorities' own figures at their newest position."""

    positions: dict[str, date]
    by_status: dict[tuple[str, str, str], int]
    gates: dict[tuple[str, str], int]
    rules: dict[str, int]
    tried: dict[str, Tried]  # by authority, at its newest position


@dataclass(frozen=True)
class Health:
    """The state of a home at a moment."""

    at: datetime
    publication: Revision | None
    age: timedelta | None
    is_fresh: bool
    runs: list[Run] | None
    deliveries: dict[str, int]
    last_received: datetime | None
    figures: Figures | None
    certificates: dict[str, int]
    chain: Chain
    alerts: list[Alert]
    disk_free: int

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look: something fresh is published, the chain is whole, no run failed and no check is in error."""
        return (
            self.is_fresh
            and self.chain.broken_at is None
            and not any(a.kind in ("run failed", "error") for a in self.alerts)
        )


def health(home: Home, ledger: Ledger, now: datetime, authority: str | None = None) -> Health:
    """How the home is; counts of figures, deliveries and certificates of one authority, or (None) of all.

    EngineError or LedgerError where snapshot or ledger cannot be read.
    """
    snapshot, known = current(home), runs(home)
    last = ledger.revision_at()
    hours = hours_allowed()
    receipts = [one for one in ledger.receipts() if authority in (None, one.authority)]
    alerts = standing(ledger, snapshot, known, now, hours)
    held = _held(snapshot) if snapshot else frozenset()
    return Health(
        at=now,
        publication=last,
        age=now - last.published_at if last else None,
        is_fresh=last is not None and not any(alert.kind == "not published" for alert in alerts),
        runs=known,
        deliveries=dict(Counter("held" if one.delivery_id in held else one.status for one in receipts)),
        last_received=max((one.received_at for one in receipts), default=None),
        figures=_figures(snapshot, authority) if snapshot else None,
        certificates=dict(
            Counter(one.ended or "standing" for one in ledger.certificates() if authority in (None, one.authority))
        ),
        chain=walked(ledger, now),
        alerts=alerts,
        disk_free=shutil.disk_usage(home.path).free,
    )


def _held(snapshot: Path) -> frozenset[str]:
    """The deliveries that the publication does not count since they shrank: no receipt says so of itself."""
    with read(snapshot) as con, quiet("counting the held deliveries"):
        return frozenset(one for held in waiting(con) for one in held.deliveries)


_chains: dict[str, Chain] = {}
_walking = threading.Lock()


def walked(ledger: Ledger, now: datetime) -> Chain:
    """The chain as last walked, walked anew where that is too long ago or it has become shorter."""
    where, entries = str(ledger.engine.url), ledger.head().seq
    with _walking:
        last = _chains.get(where)
        if last is None or now - last.verified_at > VERIFIED_FOR or now < last.verified_at or entries < last.entries:
            _chains[where] = last = Chain(entries, ledger.verify(), now)
    return last


def _figures(snapshot: Path, authority: str | None) -> Figures:
    mine = "where ($authority is null or authority = $authority)"
    with read(snapshot) as con, quiet("counting the published figures"):

        def ask(sql: str) -> list[tuple[Any, ...]]:
            return con.execute(sql, {"authority": authority}).fetchall()

        newest = "(select max(as_at) from metrics as later where later.authority = metrics.authority)"
        statuses = ask(
            f"select authority, indicator_id, status, count(*) from metrics {mine} and team = 'ALL' and as_at = {newest} "
            "group by all order by all"
        )
        gates = ask(f"select gate, outcome, count(*) from gates {mine} group by all order by all")
        positions = dict(ask(f"select authority, max(as_at) from metrics {mine} group by all order by all"))
        return Figures(
            positions,
            {(code, indicator, status): count for code, indicator, status, count in statuses},
            {(gate, outcome): count for gate, outcome, count in gates},
            dict(ask(f"select status, count(*) from facts.rule_results {mine} group by all order by all")),
            {code: tried(con, code, as_at) for code, as_at in positions.items()},
        )
