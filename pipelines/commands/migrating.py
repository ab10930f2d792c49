"""`countermark migrate`: everything that the new case system holds against everything that the old one held."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import FAILED, NOT_ALL_CERTIFIED, UsageError

EXIT = {"PASS": 0, "FAIL": NOT_ALL_CERTIFIED, "ERROR": FAILED}


def migrate(
    before: Annotated[Path, typer.Argument(help="A folder (or workbook) with every list of the old case system.")],
    after: Annotated[Path, typer.Argument(help="The same of the new one.")],
    crosswalk: Annotated[
        Path | None, typer.Option("--crosswalk", help="Which id became which: headings Old ID, New ID.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A workbook of the rows. It names children: put it where they may be named."),
    ] = None,
) -> None:
    """Two extracts of all lists, before and after a change of case system. Exit 0 PASS, 3 FAIL, 1 ERROR."""
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]  # Arrow would import it, and works without
    from rich.console import Console

    from countermark.compare.sides import CompareError
    from countermark.contracts.catalogue import load
    from countermark.migrating.migrate import migrate as migrated
    from countermark.migrating.taking import MigrationError
    from pipelines.console import shown

    if out is not None and (out.suffix != ".xlsx" or not out.parent.is_dir()):
        raise UsageError("--out names a workbook, as in rows.xlsx, in a folder that is there.")
    if crosswalk is not None and not crosswalk.is_file():
        raise UsageError("--crosswalk names a file: a sheet or CSV with the headings Old ID and New ID.")
    try:
        with shown(Console(stderr=True)):
            found = migrated(before, after, load(), crosswalk, out)
    except (MigrationError, CompareError) as error:
        raise UsageError(str(error)) from None
    for line in found.lists:
        typer.echo(line)
    typer.echo("")
    for check in found.checks:
        typer.echo(f"{check.outcome:<6}{check.name}: {check.says}.")
    if found.blocks:
        typer.echo("\nMissing together, each one cause:")
        for line in found.blocks:
            typer.echo(f"  {line}")
    if out is not None:
        typer.echo(f"Written: {out}. It names children.")
    typer.echo(f"\n{found.outcome}")
    raise typer.Exit(EXIT[found.outcome])
