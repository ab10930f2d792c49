"""Running the pipeline from the command line: the same assets as Dagster shows, in process, stored in the home's own instance."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from countermark.home import Home


@dataclass(frozen=True)
class RunResult:
    """How a run ended. `reasons` are plain sentences where it failed."""

    ok: bool
    authorities: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changed: list[dict[str, Any]] = field(default_factory=list)


def run(home: Home, inbox: Path | None, as_at: date, authority: str | None, earlier: Sequence[date] = ()) -> RunResult:
    """The whole pipeline for one as-at date and every authority that the inbox or the home names, under the home's lock.

    Positions of `earlier` dates are made in the same run where they are lacking or out of step: deliveries are taken in once.
    """
    from pipelines.instance import quiet_everything

    quiet_everything()
    from assets.steps import HomeResource
    from countermark.ledger.store import Ledger
    from countermark.warehouse.connect import home_lock, kept_open
    from pipelines.authorities import authorities_of
    from pipelines.definitions import build
    from pipelines.instance import close_killed, instance

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    reasons: list[str] = []
    with home_lock(home):
        wanted = authorities_of(home, inbox, authority)
        if wanted.refusal:
            return RunResult(False, (), (wanted.refusal,))
        with Ledger.open(home.ledger_url) as ledger:
            before = len(ledger.revisions())
        with instance(home) as opened, kept_open(home):
            job = build().resolve_job_def("everything")
            close_killed(opened)
            for code in wanted.authorities:
                resource = HomeResource(
                    path=str(home.path),
                    inbox=str(inbox or ""),
                    authority=authority or "",
                    earlier=list(map(str, earlier)),
                )
                reasons += _run_one(job, opened, resource, code, as_at)
                if reasons:
                    break
        with Ledger.open(home.ledger_url) as ledger:
            changed = [row for revision in ledger.revisions()[before:] for row in revision.positions]
    return RunResult(not reasons, wanted.authorities, tuple(reasons), wanted.notes, changed)


def _run_one(job: Any, instance: Any, resource: Any, authority: str, as_at: date) -> list[str]:
    from pipelines.instance import BY_HAND
    from pipelines.partitions import AUTHORITIES, key

    instance.add_dynamic_partitions(AUTHORITIES, [authority])
    result = job.execute_in_process(
        instance=instance,
        partition_key=key(authority, as_at),
        resources={"home": resource},
        tags=BY_HAND,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )
    if result.success:
        return []
    failures = [event for event in result.all_events if event.is_step_failure]
    said = [*filter(None, map(_said, failures)), *_broken_invariants(result)]
    return said or [f"The step {event.step_key} failed." for event in failures] or ["The run failed."]


def _said(event: Any) -> str:
    """What a step that failed said of it, in words of our own."""
    data = event.step_failure_data.user_failure_data
    return str(data.description or "") if data else ""


def _broken_invariants(result: Any) -> list[str]:
    from countermark.reconcile.invariants import NAMES

    return [
        f"An invariant does not hold: {check.check_name} ({check.description})."
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.check_name in NAMES
    ]
