"""Commands that keep a home: backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import HomeOption, open_home


def backup(out: Annotated[Path, typer.Option("--out", help="The archive to write.")], home: HomeOption = None) -> None:
    """Deliveries, ledger and publications as one archive."""
    from countermark.ledger import backup as archive
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place):
        head = archive.backup(place, out)
    typer.echo(f"Written: {out}, ledger up to entry {head.seq} {head.hash}")


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
