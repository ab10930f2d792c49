"""The command that purges: a child, or all who have not been named since a day."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.shared import AuthorityOption, By, HomeOption, day, open_home, open_ledger


def purge(
    reason: Annotated[str, typer.Option("--reason", help="Which rule asks for it.")],
    by: By,
    child: Annotated[str, typer.Option("--child", help="The child's id, as the case system writes it.")] = "",
    older_than: Annotated[
        str, typer.Option("--older-than", help="All children whom no delivery dated on or after this day names.")
    ] = "",
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="A name under which people may have written of the child; not kept."),
    ] = None,
    home: HomeOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Remove a child, or children of former years, for good. Published figures stay as numbers; ended anywhere, the same command again
    finishes it."""
    from countermark.contracts.catalogue import load
    from countermark.purge.purge import Order
    from countermark.purge.purge import purge as carry_out

    place = open_home(home, must_exist=True)
    limit = day(older_than, "--older-than") if older_than else None
    order = Order(reason, by, child, limit, tuple(name or ()), authority or "")
    with open_ledger(place) as ledger:
        done = carry_out(place, load(), ledger, order)
    typer.echo(
        f"Purged: {done.children} children, {done.rows} delivered rows, {done.files} kept files, {done.publications} publications, "
        f"{done.ledger_rows} rows of the ledger. {done.positions} positions stand as they were published."
    )
    typer.echo(
        "The warehouse is made anew by the next run. Outside remain: case system, inbox, backups, exports, other databases."
    )
    if done.unread:
        typer.echo(
            f"{done.unread} kept files can be opened by nobody here and were not looked into (such as one with a password)."
        )
    if done.unfindable:
        typer.echo(f"{done.unfindable} ids are too short to be looked for in what people wrote: give a --name.")
