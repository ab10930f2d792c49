"""The command line. Words and options only: each command calls what does the work, and heavy parts are imported where they are used.

Exit codes: 0 done, 1 failed and the last publication stands, 2 wrong usage, 3 only with --strict.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="countermark", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Figures of children's services that say of themselves whether they can be trusted.",
)  # fmt: skip

HomeOption = Annotated[Path | None, typer.Option("--home", help="The folder that holds everything countermark writes.")]
AsAt = Annotated[str, typer.Option("--as-at", help="The position's date, YYYY-MM-DD.")]
By = Annotated[str, typer.Option("--by", help="Who you are, as authority.toml spells it.")]
AuthorityOption = Annotated[str | None, typer.Option("--authority", help="The authority's code.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="As known at this moment, an ISO date or date and time (UTC).")
]

FAILED, USAGE, NOT_ALL_CERTIFIED = 1, 2, 3


def main() -> None:
    """Run the command line; our own refusals become one plain sentence, never a traceback with values in it."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    os.umask(0o077)
    try:
        app()
    except Exception as error:
        refused, text = _plain(error)
        typer.echo(text, err=True)
        sys.exit(USAGE if refused else FAILED)


def _plain(error: Exception) -> tuple[bool, str]:
    """Whether an error is our own refusal, and what to say of it."""
    from countermark.certify.snapshot import NothingPublishedError
    from countermark.contracts.authority import DirectionError
    from countermark.contracts.catalogue import CatalogueError
    from countermark.contracts.rules import RuleError
    from countermark.ledger.records import LedgerError
    from countermark.warehouse.connect import EngineError, HomeBusyError

    if isinstance(error, (NothingPublishedError, DirectionError, CatalogueError, RuleError, LedgerError, UsageError)):
        return True, str(error)
    if isinstance(error, (EngineError, HomeBusyError)):
        return False, str(error)
    if isinstance(error, OSError):
        return (
            False,
            f"The disk or a file refused: {error.strerror or type(error).__name__}. What was published stands.",
        )
    return False, f"countermark failed ({type(error).__name__}); what was published stands."


class UsageError(ValueError):
    """What was typed cannot be used. The text says what to type."""


def day(text: str, option: str = "--as-at") -> date:
    """A date as typed. UsageError for anything but an ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} needs a date as YYYY-MM-DD.") from None


def moment(text: str | None) -> datetime | None:
    """A moment as typed; a date alone is its end."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("--known-at needs a date as YYYY-MM-DD, or a date and time.") from None
    if len(text.strip()) == 10:
        found = found.replace(hour=23, minute=59, second=59, microsecond=999999)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def open_home(path: Path | None, *, must_exist: bool = False) -> Any:
    """The home named, or the default one. UsageError where it has to be there and is not."""
    from countermark.home import Home

    if must_exist and not (path or Home.default_path()).is_dir():
        raise UsageError(
            f"There is no home at {path or Home.default_path()}: run `countermark run` first, or name one with --home."
        )
    return Home.open(path)


def open_ledger(home: Any) -> Any:
    """The home's ledger."""
    from countermark.ledger.store import Ledger

    return Ledger.open(home.ledger_url)


@app.command()
def sample(
    out: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    seed: Annotated[int, typer.Option(help="The same seed, the same authority.")] = 1,
    scale: Annotated[float, typer.Option(help="1 is about the size of North East Lincolnshire.")] = 1.0,
    as_at: AsAt = "2022-10-31",
) -> None:
    """Write an invented authority's deliveries, its managers' counts, and the truth about both."""
    from countermark.sample.sample import write_sample

    if scale <= 0:
        raise UsageError("--scale needs a number above 0.")
    truth = write_sample(out, seed=seed, scale=scale, as_at=day(as_at))
    typer.echo(f"Written: {out / 'inbox'} (deliveries) and {truth} (every planted fault).")


@app.command()
def prepare(home: HomeOption = None) -> None:
    """Make a home, ready for Dagster before anything was run in it."""
    from pipelines.instance import prepare as write_settings

    place = open_home(home)
    with open_ledger(place):
        write_settings(place)
    typer.echo(
        f"The home is ready. Dagster finds it with:\n  COUNTERMARK_HOME={place.path}\n  DAGSTER_HOME={place.dagster}"
    )


@app.command()
def run(
    inbox: Annotated[Path, typer.Option("--inbox", help="The folder with the deliveries.")],
    as_at: AsAt,
    home: HomeOption = None,
    authority: AuthorityOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 where something is not certified or was refused.")
    ] = False,
) -> None:
    """The whole pipeline: take in, conform, reconcile, validate, certify, publish."""
    if not inbox.is_dir():
        raise UsageError(f"There is no folder {inbox}.")
    _run(open_home(home), inbox.absolute(), day(as_at), authority, strict)


def _run(home: Any, inbox: Path | None, as_at: date, authority: str | None, strict: bool = False) -> None:

    from pipelines.console import a_console, changes, shown, summary
    from pipelines.running import run as run_pipeline

    console = a_console()
    before = datetime.now(UTC)
    with shown(console):
        result = run_pipeline(home, inbox, as_at, authority)
    if not result.ok:
        for reason in result.reasons:
            typer.echo(reason, err=True)
        typer.echo("The run failed; the last publication stands.", err=True)
        raise typer.Exit(FAILED)
    from countermark.certify.snapshot import find

    snapshot = find(home)
    for note in result.notes:
        console.print(note, markup=False, highlight=False)
    for code in result.authorities:
        console.print(summary(snapshot, code, as_at.isoformat()))
    refused = _tell_deliveries(console, home, before)
    console.print(changes(result.changed))
    if strict and (refused or _not_certified(snapshot, as_at)):
        raise typer.Exit(NOT_ALL_CERTIFIED)


def _tell_deliveries(console: Any, home: Any, since: datetime) -> int:
    """Say what came of the files, and each that was refused with the reason. Returns how many were."""
    with open_ledger(home) as ledger:
        new = [receipt for receipt in ledger.receipts() if receipt.received_at >= since]
    refused = [receipt for receipt in new if receipt.status == "rejected"]
    if new:
        rows = [sum(getattr(r, f"rows_{part}") for r in new) for part in ("in", "loaded", "rejected", "ignored")]
        console.print(
            f"{len(new)} new receipts: {rows[0]} rows in = {rows[1]} loaded + {rows[2]} rejected + {rows[3]} ignored."
        )
    for receipt in refused:
        console.print(f"  refused: {receipt.file} {receipt.contract}: {receipt.reason}", markup=False, highlight=False)
    return len(refused)


def _not_certified(snapshot: Path, as_at: date) -> int:
    from countermark.certify.snapshot import read

    with read(snapshot) as con:
        return int(
            con.execute(
                "select count(*) from main.metrics where as_at = ? and status <> 'certified'", [as_at]
            ).fetchall()[0][0]
        )


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    home: HomeOption = None,
    fmt: Annotated[str, typer.Option("--format", help="csv, xlsx or parquet.")] = "csv",
    audience: Annotated[str, typer.Option(help="officer, leader or public.")] = "officer",
    as_at: Annotated[str | None, typer.Option("--as-at", help="One position only, YYYY-MM-DD.")] = None,
    known_at: KnownAt = None,
) -> None:
    """The published tables as files."""
    from countermark.certify.snapshot import find
    from countermark.exports.export import export as write

    if fmt not in ("csv", "xlsx", "parquet"):
        raise UsageError("--format is csv, xlsx or parquet.")
    if audience not in ("officer", "leader", "public"):
        raise UsageError("--audience is officer, leader or public.")
    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        snapshot = find(place, ledger, moment(known_at))
    written = write(snapshot, out, fmt, audience, day(as_at) if as_at else None, datetime.now(UTC).date())  # type: ignore[arg-type]
    typer.echo(f"Written to {out}: {', '.join(path.name for path in written)}")


@app.command()
def explain(
    indicator: str,
    as_at: AsAt,
    team: Annotated[str, typer.Option(help="A team, or ALL for the authority.")] = "ALL",
    known_at: KnownAt = None,
    home: HomeOption = None,
) -> None:
    """A figure opened: the bridge, the checks, each case down to file, sheet and row."""
    from countermark.certify.snapshot import find
    from countermark.explain import UnknownFigure
    from countermark.explain import explain as words

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        snapshot = find(place, ledger, moment(known_at))
    try:
        typer.echo(words(snapshot, indicator, day(as_at), team))
    except UnknownFigure as error:
        raise UsageError(str(error)) from None


def _publish_again(home: Any, ledger: Any) -> None:
    from pipelines.console import changes

    typer.echo(changes(_republish(home, ledger)))


def _republish(home: Any, ledger: Any) -> list[dict[str, Any]]:
    from countermark.certify.publish import publish_again
    from countermark.contracts.catalogue import load

    return publish_again(home, load(), ledger).changed


@app.command()
def decide(
    breaks: Annotated[list[str], typer.Argument(help="Ids of differences, from breaks.csv.")],
    decision: Annotated[str, typer.Option(help="manual_right, system_right, both_wrong, not_comparable or accepted.")],
    cause: Annotated[str, typer.Option(help="Why it came about, from the fixed list.")],
    reason: Annotated[str, typer.Option(help="In your own words; name no child.")],
    by: By,
    until: Annotated[str | None, typer.Option(help="Until when it holds; accepted and manual_right need it.")] = None,
    evidence: Annotated[str, typer.Option(help="A reference to evidence.")] = "",
    home: HomeOption = None,
) -> None:
    """An officer's decision on differences, into the ledger; published at once."""
    from countermark.certify import judge
    from countermark.certify.snapshot import find
    from countermark.ledger.causes import cause_code
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    ends = day(until, "--until") if until else None
    with home_lock(place), open_ledger(place) as ledger:
        code = cause_code(cause)
        taken = judge.decide(
            ledger, find(place), breaks, by, decision=decision, cause=code, reason=reason, until=ends, evidence=evidence
        )
        typer.echo(f"{len(taken)} decisions recorded.")
        _publish_again(place, ledger)


@app.command()
def check(
    indicators: Annotated[list[str] | None, typer.Argument(help="Indicator ids.")] = None,
    as_at: AsAt = "",
    by: By = "",
    note: Annotated[str, typer.Option(help="What you looked at; needed while there are no limits yet.")] = "",
    theme: Annotated[str, typer.Option(help="A group of indicators.")] = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """An officer has checked figures of the authority as a whole."""
    from countermark.certify import judge
    from countermark.certify.snapshot import find
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        snapshot = find(place)
        wanted = judge.figures(snapshot, indicators or [], day(as_at), theme, authority or "")
        judge.check(ledger, snapshot, wanted, by, note)
        typer.echo(f"{len(wanted)} figures checked.")
        _publish_again(place, ledger)


@app.command()
def sign(
    indicators: Annotated[list[str] | None, typer.Argument(help="Indicator ids.")] = None,
    as_at: AsAt = "",
    by: By = "",
    theme: Annotated[str, typer.Option(help="A group of indicators.")] = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """The accountable head signs figures of the authority as a whole; refused while another check does not hold."""
    from countermark.certify import judge
    from countermark.certify.snapshot import find
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        snapshot = find(place)
        wanted = judge.figures(snapshot, indicators or [], day(as_at), theme, authority or "")
        for certificate in judge.sign(ledger, snapshot, wanted, by):
            typer.echo(f"Certificate {certificate}")
        _publish_again(place, ledger)


@app.command()
def withdraw(
    delivery: Annotated[
        str, typer.Argument(help="A delivery id of deliveries.csv, or its part before the hyphen: the whole file.")
    ],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    by: By,
    home: HomeOption = None,
) -> None:
    """A delivery stays in raw and leaves every present figure."""
    from countermark.certify.judge import name_of, people_of
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        mine = [r for r in ledger.receipts() if r.delivery_id == delivery or r.delivery_id.split("-")[0] == delivery]
        name = name_of(by, people_of(ledger, mine[0].authority) if mine else [])
        withdrawn = ledger.withdraw(delivery, reason, name)
    typer.echo(f"Withdrawn: {', '.join(withdrawn)}")
    _recompute(place)


def _recompute(home: Any) -> None:
    """Bring every known position in step and publish."""
    with open_ledger(home) as ledger:
        positions = ledger.positions()
    if positions:
        newest = max(positions, key=lambda one: one.as_at)
        _run(home, None, newest.as_at, newest.authority)


@app.command()
def backup(out: Annotated[Path, typer.Option("--out", help="The archive to write.")], home: HomeOption = None) -> None:
    """Deliveries, ledger and publications as one archive."""
    from countermark.ledger import backup as archive
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place):
        head = archive.backup(place, out)
    typer.echo(f"Written: {out}, ledger up to entry {head.seq} {head.hash}")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="An archive that backup wrote.")], home: HomeOption = None
) -> None:
    """A home from a backup; the home must be empty or not there."""
    from countermark.home import Home
    from countermark.ledger import backup as archive

    head = archive.restore(source, home or Home.default_path())
    typer.echo(
        f"Restored, ledger up to entry {head.seq}. The warehouse is rebuilt by the next run, or by `countermark rebuild`."
    )


@app.command()
def rebuild(home: HomeOption = None) -> None:
    """The warehouse made anew from the kept deliveries and the ledger, and published: the same content, or a new revision that says so."""
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place):
        place.warehouse.unlink(missing_ok=True)
        place.warehouse.with_name(place.warehouse.name + ".wal").unlink(missing_ok=True)
    _recompute(place)


@app.command()
def template(
    name: Annotated[str, typer.Argument(help="manual_counts or manual_lists.")],
    out: Annotated[Path, typer.Option("--out", help="The workbook to write.")],
) -> None:
    """An Excel template with drop-downs and date cells for managers' own counts."""
    from countermark.contracts.catalogue import load
    from countermark.templates import write_template

    write_template(name, out, load())
    typer.echo(f"Written: {out}")


@app.command()
def validate(files: Annotated[list[Path], typer.Argument(help="Files to look at.")]) -> None:
    """What a file is, whether it would load, and every problem with its cell; loads nothing."""
    from countermark.contracts.catalogue import load
    from countermark.validate import validate_files

    for line in validate_files(files, load()):
        typer.echo(line)


@app.command()
def verify(home: HomeOption = None) -> None:
    """Walk the ledger's chain of entries and say whether anything was edited, deleted or reordered."""
    with open_ledger(open_home(home, must_exist=True)) as ledger:
        broken = ledger.verify()
        head = ledger.head()
    if broken is not None:
        typer.echo(f"The chain is broken at entry {broken}.", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"The chain is whole up to entry {head.seq} {head.hash}; keep this line somewhere else.")


@app.command()
def demo(home: HomeOption = None, seed: int = 1, scale: float = 1.0) -> None:
    """The invented authority through a month: run, decisions, checks, signatures, and the summary."""
    from pipelines.demo import play

    play(open_home(home), seed, scale)


if __name__ == "__main__":
    main()
