"""Commands that read what was published or is about to be delivered: export, explain, verify, validate, template."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import (
    FAILED,
    AsAt,
    AuthorityOption,
    HomeOption,
    KnownAt,
    UsageError,
    day,
    moment,
    open_home,
    open_ledger,
)


def export(
    out: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    home: HomeOption = None,
    fmt: Annotated[str, typer.Option("--format", help="csv, xlsx or parquet.")] = "csv",
    audience: Annotated[str, typer.Option(help="officer, leader or public.")] = "officer",
    as_at: Annotated[str | None, typer.Option("--as-at", help="One position only, YYYY-MM-DD.")] = None,
    known_at: KnownAt = None,
    profile: Annotated[str, typer.Option(help="For the public: the suppression profile.")] = "public",
    told: Annotated[
        Path | None, typer.Option(help="For the public: an earlier publication, whose figures are known already.")
    ] = None,
) -> None:
    """The published tables as files."""
    from countermark.certify.snapshot import find
    from countermark.exports.export import export as write
    from countermark.exports.profile import profiles

    if fmt not in ("csv", "xlsx", "parquet"):
        raise UsageError("--format is csv, xlsx or parquet.")
    if audience not in ("officer", "leader", "public"):
        raise UsageError("--audience is officer, leader or public.")
    if profile not in (names := profiles()):
        raise UsageError(f"--profile is one of {', '.join(names)}.")
    if told is not None and not told.exists():
        raise UsageError("--told names an earlier publication: its folder, or its metrics file.")
    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        snapshot = find(place, ledger, moment(known_at))
    today, position = datetime.now(UTC).date(), day(as_at) if as_at else None
    written = write(snapshot, out, fmt, audience, position, today, profile, told)  # type: ignore[arg-type]
    typer.echo(f"Written to {out}: {', '.join(path.name for path in written)}")


def explain(
    indicator: str,
    as_at: AsAt,
    team: Annotated[str, typer.Option(help="A team, or ALL for the authority.")] = "ALL",
    known_at: KnownAt = None,
    home: HomeOption = None,
) -> None:
    """A figure opened: the bridge, the checks, each case down to file, sheet and row. X01 and on: two systems side by side."""
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


def verify(home: HomeOption = None) -> None:
    """Walk the ledger's chain of entries and say whether anything was edited, deleted or reordered."""
    with open_ledger(open_home(home, must_exist=True)) as ledger:
        broken = ledger.verify()
        head = ledger.head()
    if broken is not None:
        typer.echo(f"The chain is broken at entry {broken}.", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"The chain is whole up to entry {head.seq} {head.hash}; keep this line somewhere else.")


def validate(files: Annotated[list[Path], typer.Argument(help="Files to look at.")]) -> None:
    """What a file is, whether it would load, and every problem with its cell; loads nothing."""
    from countermark.contracts.catalogue import load
    from countermark.validate import validate_files

    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise UsageError(f"There is no file {', '.join(missing)}.")
    for line in validate_files(files, load()):
        typer.echo(line)


def template(
    name: Annotated[
        str, typer.Argument(help="The template, such as manual_counts or visits; without one, those there are.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="The workbook to write.")] = None,
) -> None:
    """An Excel template with drop-downs and date cells for what people fill in: counts, lists, trackers, staff, identifiers."""
    from countermark.contracts.catalogue import load
    from countermark.templates import listed, write_template

    catalogue = load()
    if not name:
        for line in listed(catalogue):
            typer.echo(line)
    elif out is None:
        raise UsageError("Say where the workbook goes with --out FILE.")
    else:
        write_template(name, out, catalogue)
        typer.echo(f"Written: {out}")


def prefilled(
    out: Annotated[Path, typer.Option("--out", help="The folder for one workbook a team.")],
    as_at: AsAt,
    team: Annotated[str | None, typer.Option("--team", help="This team only.")] = None,
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", help="These figures instead of the headline ones.")
    ] = None,
    home: HomeOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Lists for teams to tick: each headline figure's own children as recorded. What comes back counts as the team's count."""
    from countermark.certify.snapshot import find
    from countermark.exports.prefilled import write_lists

    snapshot = find(open_home(home, must_exist=True))
    for made in write_lists(snapshot, out, day(as_at), team, indicator or (), authority):
        told = ", ".join(f"{name} {cases}" for name, cases in made.cases.items())
        typer.echo(f"Written: {made.path} (cases: {told})")
