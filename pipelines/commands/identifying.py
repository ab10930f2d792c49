"""The command by which a person says that two ids are one child's, or two children's."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.shared import AuthorityOption, By, HomeOption, UsageError, open_home, open_ledger


def link(
    gives_up: Annotated[str, typer.Argument(metavar="OLD", help="The id that is given up.")],
    keeps: Annotated[str, typer.Argument(metavar="NEW", help="The id that stays.")],
    reason: Annotated[str, typer.Option("--reason", help="How you know, in words; name no child.")],
    by: By,
    apart: Annotated[
        bool, typer.Option("--apart", help="They are two children: never propose the pair again.")
    ] = False,
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """Say that two ids are one child's, or with --apart two children's; counts from the next run on."""
    from countermark.certify.judge import name_of, people_of
    from countermark.desk.identities import say
    from countermark.ledger.secrets import pseudonym_key
    from countermark.purge.called import normal

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        known = ledger.authorities()
        if authority not in known if authority else len(known) != 1:
            raise UsageError(f"Say whose child it is with --authority: {', '.join(known) or 'none is known here yet'}.")
        code = authority or known[0]
        name = name_of(by, people_of(ledger, code))
        say(ledger, pseudonym_key(place.path), code, normal(gives_up), normal(keeps), not apart, reason, name)
    told = "two children" if apart else "one child; an id that no source and no list holds is linked to nothing"
    typer.echo(f"Stored: {told}. It counts from the next run on.")
