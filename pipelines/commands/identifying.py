"""The command that lists the ids that might be one child's, and by which a person says whether they are."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipelines.commands.shared import AuthorityOption, HomeOption, UsageError, open_home, open_ledger


def link(
    gives_up: Annotated[str | None, typer.Argument(metavar="OLD", help="The id that is given up.")] = None,
    keeps: Annotated[str | None, typer.Argument(metavar="NEW", help="The id that stays.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="How you know, in words; name no child.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who you are, as authority.toml spells it.")] = None,
    apart: Annotated[
        bool, typer.Option("--apart", help="They are two children: never propose the pair again.")
    ] = False,
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """Say that two ids are one child's, or with --apart two children's; counts from the next run on. Without ids: the pairs that might be,
    how probable each is, and what speaks for it and against."""
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
        if gives_up is None:
            _list(place, ledger, code, by)
            return
        if keeps is None or reason is None or by is None:
            raise UsageError("Two ids are needed, --reason (how you know) and --by (who you are).")
        name = name_of(by, people_of(ledger, code))
        say(ledger, pseudonym_key(place.path), code, normal(gives_up), normal(keeps), not apart, reason, name)
    told = "two children" if apart else "one child; an id that no source and no list holds is linked to nothing"
    typer.echo(f"Stored: {told}. It counts from the next run on.")


def _list(place: Any, ledger: Any, authority: str, by: str | None) -> None:
    """The pairs of the publication that stands, as the page has them; that they were seen is entered."""
    from countermark.certify.snapshot import find, read
    from countermark.desk import identities
    from countermark.desk.figures import rows_of
    from countermark.ledger.secrets import pseudonym, pseudonym_key

    key = pseudonym_key(place.path)
    with read(find(place)) as con:
        rows = rows_of(con)
        weighed = identities.weighing(rows)
        found = identities.unspoken(ledger, key, authority, identities.proposed(rows, authority))
    seen = sorted({pseudonym(key, "child", one) for pair in found for one in (pair.gives_up, pair.keeps)})
    ledger.viewed(by or "command line", "perhaps one child", children=seen)
    typer.echo(weighed.sentence)
    for one in found:
        sure = ", as good as certain" if one.is_sure else ""
        typer.echo(
            f"{one.gives_up} and {one.keeps}: {one.chance or 'not weighed'}{sure}. For one child: {'; '.join(one.words)}."
        )
        if one.doubts:
            typer.echo(f"    For two: {'; '.join(one.doubts)}.")
    typer.echo("1 pair." if len(found) == 1 else f"{len(found)} pairs.")
