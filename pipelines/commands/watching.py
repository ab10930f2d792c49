"""The command that watches: alerts."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.shared import FAILED, HomeOption, open_home


def alerts(
    send: Annotated[
        bool, typer.Option("--send", help="Tell what is new, in one message, to whom the operator named.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """What stands that somebody should know of: failed runs, nothing published in time, checks in error, certificates lapsed."""
    from pipelines.telling import any_target, look

    place = open_home(home, must_exist=True)
    said = look(place, tell=send)
    new = {alert.key for alert in said.new}
    for alert in said.standing:
        typer.echo(f"{'new   ' if alert.key in new else '      '}{alert.says}")
    count = "1 alert stands" if len(said.standing) == 1 else f"{len(said.standing)} alerts stand"
    typer.echo(f"{count}, {len(said.new)} new, {said.held_back} held back for the next digest.")
    if send and said.text and not any_target(place):
        typer.echo("Nobody is named to be told: set COUNTERMARK_ALERT_COMMAND or COUNTERMARK_ALERT_URLS.", err=True)
        raise typer.Exit(FAILED)
