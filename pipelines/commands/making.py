"""Commands that make figures: sample, prepare, run, rebuild, demo."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.shared import (
    FAILED,
    NOT_ALL_CERTIFIED,
    AsAt,
    AuthorityOption,
    HomeOption,
    UsageError,
    day,
    open_home,
    open_ledger,
)
from pipelines.spans import Span, span_of

MOST_MONTHS = 60
MOST_SHAPES = 10
NO_ROOM = 8 << 20  # bytes; with less nothing of a run fits


def sample(
    out: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    seed: Annotated[int, typer.Option(help="The same seed, the same authority.")] = 1,
    scale: Annotated[float, typer.Option(help="1 is about the size of North East Lincolnshire.")] = 1.0,
    as_at: AsAt = "2022-10-31",
    history: Annotated[int, typer.Option(help="How many earlier months have an extract and counts too.")] = 0,
    sources: Annotated[
        str,
        typer.Option(
            help="all: everything that an authority has, with its case system's database; annex_a: the workbooks alone."
        ),
    ] = "all",
) -> None:
    """Write an invented authority's deliveries, its managers' counts, and the truth about both."""
    from countermark.sample.sample import ALL, write_sample

    if scale <= 0:
        raise UsageError("--scale needs a number above 0.")
    _refuse_sources(sources)
    _refuse_months(history)
    truth = write_sample(out, seed=seed, scale=scale, as_at=day(as_at), history=history, sources=sources)
    typer.echo(f"Written: {out / 'inbox'} (deliveries) and {truth} (every planted fault).")
    typer.echo(f"Invented tables of other places, for the folder “comparators” of a home: {out / 'comparators'}.")
    if sources == ALL:
        typer.echo(f"Beside them the case system's database, {out / 'casesystem.db'}: authority.toml names it.")


def _refuse_sources(sources: str) -> None:
    from countermark.sample.sample import SOURCES

    if sources not in SOURCES:
        raise UsageError(f"--sources needs one of {', '.join(SOURCES)}.")


def _refuse_months(history: int) -> None:
    if not 0 <= history <= MOST_MONTHS:
        raise UsageError(f"--history needs a number of months from 0 to {MOST_MONTHS}.")


def prepare(home: HomeOption = None) -> None:
    """Make a home, ready for Dagster before anything was run in it."""
    from pipelines.instance import prepare as write_settings

    place = open_home(home)
    with open_ledger(place):
        write_settings(place)
    typer.echo(
        f"The home is ready. Dagster finds it with:\n  COUNTERMARK_HOME={place.path}\n  DAGSTER_HOME={place.dagster}"
    )


def run(
    inbox: Annotated[Path, typer.Option("--inbox", help="The folder with the deliveries.")],
    as_at: Annotated[str | None, typer.Option("--as-at", help="The position's date, YYYY-MM-DD.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="In place of --as-at: every month end from this day on.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="… up to this day.")] = None,
    home: HomeOption = None,
    authority: AuthorityOption = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit 3 where a headline, or a figure ever checked, is not certified, or a delivery was refused.",
        ),
    ] = False,
) -> None:
    """The whole pipeline: take in, conform, reconcile, validate, certify, publish. One position, or every month end of a span."""
    span = span_of(as_at, first, last, date.today())
    if not inbox.is_dir():
        raise UsageError(f"There is no folder {inbox}.")
    _run(open_home(home), inbox.absolute(), span, authority, strict)


def _run(home: Any, inbox: Path | None, span: Span, authority: str | None, strict: bool = False) -> None:
    from countermark.warehouse.connect import home_lock
    from pipelines.console import a_console, changes, months, shown, summary
    from pipelines.running import run as run_pipeline

    console = a_console()
    with shown(console), home_lock(home):
        before = datetime.now(UTC)  # under the lock: what another run took in while this one waited is not this one's
        try:
            result = run_pipeline(home, inbox, span.as_at, authority, span.earlier)
        except Exception:
            _tell_if_full(home)
            raise
    if not result.ok:
        _tell_if_full(home)
        for reason in result.reasons:
            typer.echo(reason, err=True)
        typer.echo("The run failed; the last publication stands.", err=True)
        raise typer.Exit(FAILED)
    from countermark.certify.drift import shapes
    from countermark.certify.snapshot import find, read
    from countermark.certify.waiting import waiting

    snapshot = find(home)
    for note in result.notes:
        console.print(note, markup=False, highlight=False)
    for code in result.authorities:
        console.print(summary(snapshot, code, span.as_at.isoformat()))
        if span.earlier:
            console.print(months(snapshot, code, span.dates))
    refused = _tell_deliveries(console, home, before)
    with read(snapshot) as con:
        for one in waiting(con):
            said = f"{one.says} Release it with: countermark release {one.deliveries[0]} --reason … --by …"
            console.print(f"  held: {said}", markup=False, highlight=False)
        for line in shapes(con, before, MOST_SHAPES):
            console.print(f"  shape: {line}", markup=False, highlight=False)
    console.print(changes(result.changed))
    if strict and (refused or _not_certified(home, snapshot, span.dates)):
        raise typer.Exit(NOT_ALL_CERTIFIED)


def _tell_if_full(home: Any) -> None:
    """Whatever it was that failed: where there is no room, that is what has to be mended first."""
    if shutil.disk_usage(home.path).free < NO_ROOM:
        typer.echo("The disk that holds the home is full: make room and run again.", err=True)


def _tell_deliveries(console: Any, home: Any, since: datetime) -> int:
    """Say what came of the files, and each that was refused with the reason. Returns how many were.

    A file's name can be a child's: a person at a terminal is told it, a log is told the delivery's id.
    """
    with open_ledger(home) as ledger:
        new = [receipt for receipt in ledger.receipts() if receipt.received_at >= since]
    refused = [receipt for receipt in new if receipt.status == "rejected"]
    if new:
        rows = [sum(getattr(r, f"rows_{part}") for r in new) for part in ("in", "loaded", "rejected", "ignored")]
        console.print(
            f"{len(new)} new receipts: {rows[0]} rows in = {rows[1]} loaded + {rows[2]} rejected + {rows[3]} ignored."
        )
    for receipt in refused:
        named = console.is_terminal or ".toml" not in receipt.reason  # a sidecar has its file's name
        what = f"{receipt.file} {receipt.contract}" if console.is_terminal else receipt.delivery_id
        why = receipt.reason if named else "see deliveries.csv of an export."
        console.print(f"  refused: {what}: {why}", markup=False, highlight=False)
    return len(refused)


def _not_certified(home: Any, snapshot: Path, dates: Sequence[date]) -> int:
    """How many figures of the dates are not certified, of those that somebody answers for: the headlines, and each ever checked."""
    from countermark.certify.snapshot import read

    with open_ledger(home) as ledger:
        followed = sorted({check.indicator_id for check in ledger.checks()})
    query = "select count(*) from main.metrics where list_contains(?, as_at) and status <> 'certified' "
    query += "and (headline or list_contains(?, indicator_id))"
    with read(snapshot) as con:
        return int(con.execute(query, [list(dates), followed]).fetchall()[0][0])


def recompute(home: Any) -> None:
    """Bring every known position in step and publish."""
    with open_ledger(home) as ledger:
        positions = ledger.positions()
    if positions:
        newest = max(positions, key=lambda one: one.as_at)
        _run(home, None, Span((newest.as_at,)), newest.authority)


def rebuild(home: HomeOption = None) -> None:
    """The warehouse made anew from the kept deliveries and the ledger, and published: the same content, or a new revision that says so."""
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place):
        place.warehouse.unlink(missing_ok=True)
        place.warehouse.with_name(place.warehouse.name + ".wal").unlink(missing_ok=True)
    recompute(place)


def demo(
    home: HomeOption = None,
    seed: int = 1,
    scale: float = 1.0,
    history: Annotated[
        int, typer.Option(help="How many months came before; with some, a month's work is left waiting.")
    ] = 0,
    desk: Annotated[bool, typer.Option("--desk", help="Give the invented people accounts for the pages.")] = False,
    sources: Annotated[
        str, typer.Option(help="annex_a: the workbooks alone; all: everything that an authority has.")
    ] = "annex_a",
) -> None:
    """The invented authority through a month: run, decisions, checks, signatures, and the summary."""
    from pipelines.demo import play

    _refuse_months(history)
    _refuse_sources(sources)
    play(open_home(home), seed, scale, history, desk, sources)
