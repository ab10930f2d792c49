"""What differences move, worst first, and what became of them from one date to the next: two commands of `countermark differences`."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from pipelines.commands.opened import opened
from pipelines.commands.shared import AuthorityOption, HomeOption

PAIR = re.compile(r"X[0-9]{2}$")  # a pair of systems by its id
Position = Annotated[str, typer.Option("--as-at", help="The position's date, YYYY-MM-DD; the newest without it.")]


def moves(
    indicator: Annotated[str, typer.Argument(help="One indicator's; all without it.")] = "",
    as_at: Position = "",
    team: Annotated[str, typer.Option(help="A team's figure; ALL for the council, empty for both.")] = "",
    most: Annotated[int, typer.Option(help="At most so many.")] = 50,
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """What moves what: each open difference with its effect on each figure, worst first."""
    from countermark.contracts.catalogue import load
    from countermark.desk import rolled, telling

    with opened(home, authority, as_at) as it:
        found = rolled.moves(it.rows, it.authority, it.as_at, indicator.upper(), team)
    for line in telling.influence_lines(found[:most], load()):
        typer.echo(line)
    more = f", the first {most} shown" if len(found) > most else ""
    typer.echo(f"{len(found)} effects of open differences on figures{more}.")


def roll_forward(
    indicator: Annotated[
        str, typer.Argument(help="One indicator's, or pair's of systems; all measures without it.")
    ] = "",
    as_at: Position = "",
    team: Annotated[str, typer.Option(help="One team's differences of figures alone.")] = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """From one date to the next, for every reason: opening + new + again + in - out - closed = closing."""
    from countermark.contracts.catalogue import load
    from countermark.desk import rolled, telling

    with opened(home, authority, as_at) as it:
        name = indicator.strip().upper()
        of_pair = PAIR.match(name)
        if of_pair:
            found = rolled.rolled_pairs(it.rows, it.authority, it.as_at, name)
        else:
            found = rolled.rolled(it.rows, it.authority, it.as_at, name, (team,) if team else None)
    typer.echo("\n".join(telling.roll_lines(found, load())))
    past, silent = sum(row["past"] for row in found), sum(row["not_counted"] for row in found)
    oldest = min((row["oldest"] for row in found if row["oldest"]), default=None)
    over = ("months or a year that are over", "a pair that could not be made this time")
    over = over if of_pair else ("a month that is over", "a team that gave no count this time")
    typer.echo(f"Of those closed {past} are of {over[0]}, and {silent} of {over[1]}.")
    typer.echo(f"The oldest that is there was there first at {oldest}." if oldest else "None is there.")
