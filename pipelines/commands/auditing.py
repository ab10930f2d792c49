"""Commands about the record of decisions: whether it is whole, its signed head to be kept elsewhere, and what it says.

`verify` exits 0 where the record is whole (and holds the head that was kept), 1 where it is not, 2 on wrong usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import FAILED, AuthorityOption, HomeOption, UsageError, day, open_home, open_ledger

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The record of decisions: whether it is whole, and what it says."
)
HeadFile = Annotated[
    Path | None,
    typer.Option("--head", help="A head that `audit head` wrote and you kept elsewhere.", exists=True, dir_okay=False),
]
PublicKey = Annotated[
    Path | None,
    typer.Option(
        "--public-key", help="The council's public keys (PEM), kept elsewhere too.", exists=True, dir_okay=False
    ),
]


@app.command()
def verify(head: HeadFile = None, public_key: PublicKey = None, home: HomeOption = None) -> None:
    """Walk the record: any edit, deletion or reordering is found; with a head kept elsewhere also an end that was cut off, and a
    record written anew."""
    from countermark.sealing.heads import read_head
    from countermark.sealing.keys import present_public, public_keys, read_bundle

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        broken = ledger.verify()
        if broken is None and head is not None:
            keys = [one.raw for one in public_keys(ledger)] + present_public(place)
            if public_key:
                keys = read_bundle(public_key.read_text(encoding="utf-8"))
            kept = read_head(head.read_bytes(), keys)
            cut = ledger.verify(kept.head)
            if cut is not None:
                typer.echo(
                    f"The record does not hold the head of entry {kept.head.seq}, kept since {kept.at}: its end was cut off, or it was "
                    f"written anew, at entry {cut} or before.",
                    err=True,
                )
                raise typer.Exit(FAILED)
        now = ledger.head()
    if broken is not None:
        typer.echo(f"The chain is broken at entry {broken}.", err=True)
        raise typer.Exit(FAILED)
    if head is not None:
        typer.echo(f"It holds the head of entry {kept.head.seq}, kept since {kept.at}.")
    typer.echo(
        f"The chain is whole up to entry {now.seq} {now.hash}; keep its head somewhere else: `countermark audit head`."
    )


@app.command()
def head(
    out: Annotated[Path, typer.Option("--out", help="The file to write; keep it where the home's owner cannot write.")],
    home: HomeOption = None,
) -> None:
    """The newest entry's number and hash, signed with the home's key: against it a cut end is found."""
    from countermark.ledger.records import LedgerError
    from countermark.sealing.heads import write_head
    from countermark.sealing.keys import signing_key

    place = open_home(home, must_exist=True)
    if out.resolve().is_relative_to(place.path.resolve()):
        raise UsageError("A head kept in the home proves nothing: write it somewhere else.")
    with open_ledger(place) as ledger:
        broken = ledger.verify()
        if broken is not None:
            raise LedgerError(f"The chain is broken at entry {broken}: a head of it would prove nothing.")
        key = signing_key(place, ledger)
        text, now = write_head(ledger, key), ledger.head()
    out.write_text(text, encoding="utf-8")
    typer.echo(f"Written: {out}, entry {now.seq}. Keep it on another machine, or printed.")


@app.command("list")
def listed(
    kind: Annotated[str, typer.Option(help="Entries of one kind alone, such as decision.")] = "",
    by: Annotated[str, typer.Option("--by", help="Part of the name of whoever did it.")] = "",
    since: Annotated[str, typer.Option(help="From this day on, YYYY-MM-DD.")] = "",
    until: Annotated[str, typer.Option(help="Up to this day, YYYY-MM-DD.")] = "",
    most: Annotated[int, typer.Option(help="How many, the newest first.", min=1)] = 50,
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """What the record says, newest first: number, when, what, by whom."""
    from countermark.desk.audit import Wanted, found, kind_words, says

    asked = Wanted(kind, by, day(since, "--since") if since else None, day(until, "--until") if until else None)
    with open_ledger(open_home(home, must_exist=True)) as ledger:
        codes = ledger.authorities()
        code = authority or (codes[0] if len(codes) == 1 else "")
        if codes and code not in codes:
            raise UsageError("Say for which council with --authority.")
        for one in found(ledger, asked, code, most):
            told = "; ".join(f"{name} {text}" for name, text in says(one))
            typer.echo(f"{one.seq:>6}  {one.at[:19]}  {kind_words(one.kind)}  {one.by}  {told}".rstrip())
