"""Commands for an inspection: freeze a position, list what is frozen, write its Annex A lists with their proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import AsAt, AuthorityOption, By, HomeOption, day, open_home, open_ledger

app = typer.Typer(
    help="Freeze a position and write its Annex A lists from the same children as its figures.", no_args_is_help=True
)
Reason = Annotated[str, typer.Option("--reason", help="What it is for.")]


@app.command()
def freeze(as_at: AsAt, reason: Reason, by: By, home: HomeOption = None, authority: AuthorityOption = None) -> None:
    """Keep the position as it is published now, under a name."""
    from countermark.inspection.freeze import freeze as keep
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        frozen = keep(place, ledger, day(as_at), reason, by, authority)
    typer.echo(f"Frozen as {frozen.name}: publication {frozen.revision}, position at {frozen.as_at}.")


@app.command("frozen")
def frozen(home: HomeOption = None) -> None:
    """What is frozen, oldest first."""
    from countermark.inspection.freeze import freezes

    with open_ledger(open_home(home, must_exist=True)) as ledger:
        for one in freezes(ledger):
            typer.echo(f"{one.name}  {one.authority}  publication {one.revision}  {one.by}: {one.reason}")


@app.command()
def lists(
    name: Annotated[str, typer.Argument(help="What `inspection freeze` named it.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the workbook and its proof.")],
    by: By = "command line",
    home: HomeOption = None,
    authority: AuthorityOption = None,
) -> None:
    """The Annex A lists of a frozen position, and the proof that they agree with its figures. Fails where they do not."""
    from countermark.contracts.catalogue import load
    from countermark.inspection.lists import write_lists

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        written = write_lists(place, load(), ledger, name, out, by, authority)
    explained = sum(line.explained for line in written.lines)
    typer.echo(f"Written: {written.workbook}, {sum(written.rows.values())} rows on {len(written.rows)} lists.")
    said = f", {explained} cases explained in {written.proof.name}" if explained else ""
    typer.echo(f"{len(written.lines)} figures agree with the lists{said}.")
