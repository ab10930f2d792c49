"""Commands about certificates: show, export as a signed file or a page, verify, withdraw; the keys they are signed with.

`verify` exits 0 where the file is genuine (and stands, where a home is at hand), 1 where it is not, 2 on wrong usage.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.shared import (
    FAILED,
    AuthorityOption,
    By,
    HomeOption,
    UsageError,
    day,
    open_home,
    open_ledger,
)

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Certificates: who signed what, on which data, until when."
)
Id = Annotated[str, typer.Argument(metavar="ID", help="A certificate's id, such as CA1024A9339D4.")]
AudienceOption = Annotated[str, typer.Option("--audience", help="leader: roles alone; officer: with names.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words that everybody may read; name no child.")]


@app.command("list")
def listed(
    as_at: Annotated[str, typer.Option("--as-at", help="One position's date alone, YYYY-MM-DD.")] = "",
    theme: Annotated[str, typer.Option(help="A group of indicators.")] = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """How far each figure has come, who has to act next, and its certificate."""
    from countermark.certify.snapshot import find, read
    from countermark.certify.workflow import STATES, progress, reader

    on: date | None = day(as_at) if as_at else None
    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger, read(find(place)) as con:
        for one in progress(reader(con), ledger, authority or "", on, theme):
            certificate = one.figure["certificate_id"] or ""
            row = f"{one.figure['as_at']}  {one.figure['indicator_id']:<5} {one.holding}/7  {STATES[one.state]:<24} {certificate}"
            what = f"  {one.owner}: {one.to_do}" if one.owner else ""
            typer.echo((row + what).rstrip())


@app.command()
def show(certificate: Id, audience: AudienceOption = "officer", home: HomeOption = None) -> None:
    """What a certificate says, whether it stands, and what happened to it."""
    from countermark.sealing.document import standing
    from countermark.sealing.printing import words
    from countermark.sealing.verifying import still

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        made = _document(place, ledger, certificate, audience)
        said = words(made)
        typer.echo(f"{said['title']}\n{said['council']}. {said['position']}.\n")
        typer.echo(
            f"{said['figure']['value']}  {said['figure']['counts']}. {said['status']}. {said['figure']['range']}"
        )
        typer.echo(f"{still(standing(ledger, made['id']))}\n")
        for one in said["checks"]:
            typer.echo(f"  {one['check']:<11} {one['outcome']:<15} {one['evidence']}")
        typer.echo("")
        for row in said["who"]:
            typer.echo("  " + ", ".join(cell for cell in row if cell))
        typer.echo(f"\n{said['until']}")
        for mark in said["marks"]:
            typer.echo(f"  {mark['name']:<13} {mark['value']}")


@app.command()
def export(
    certificate: Id,
    out: Annotated[
        Path, typer.Option("--out", help="The file to write: NAME.certificate.json (signed) or NAME.pdf (one page).")
    ],
    audience: AudienceOption = "leader",
    home: HomeOption = None,
) -> None:
    """A certificate as a signed file that anybody can verify, or as one printed page."""
    from countermark.sealing.keys import key_id, raw_public, signing_key
    from countermark.sealing.printing import pdf
    from countermark.sealing.seal import SUFFIX, seal
    from countermark.sealing.verifying import ended

    if not out.name.endswith(SUFFIX) and out.suffix != ".pdf":
        raise UsageError(f"--out needs a name that ends in {SUFFIX} or .pdf.")
    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        made = _document(place, ledger, certificate, audience)
        key = signing_key(place, ledger)
        as_page = out.suffix == ".pdf"
        page = pdf(made, key_id(raw_public(key)), ended(ledger, made["id"])) if as_page else b""
        out.write_bytes(page if as_page else seal(made, key).encode())
    typer.echo(f"Written: {out}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A file that `certificate export` wrote.", exists=True, dir_okay=False)],
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="The council's public keys (PEM).", exists=True, dir_okay=False)
    ] = None,
    home: HomeOption = None,
) -> None:
    """Whether a certificate file is genuine, altered or signed with another key; and, with a home, whether it still stands."""
    from countermark.contracts.catalogue import load
    from countermark.home import Home
    from countermark.ledger.store import Ledger
    from countermark.sealing.document import document
    from countermark.sealing.keys import read_bundle
    from countermark.sealing.verifying import examine

    keys = read_bundle(public_key.read_text(encoding="utf-8", errors="replace")) if public_key else None
    text = file.read_bytes()
    place = Home(home or Home.default_path()) if home or not public_key else None
    if home and not home.is_dir():
        raise UsageError(f"There is no home at {home}.")
    if place is not None and (home or (place.path / "ledger.db").is_file()):
        with Ledger.open(place.ledger_url) as ledger:
            answer = examine(text, ledger, keys, partial(document, place, ledger, load()))
    else:
        answer = examine(text, None, keys)
    for sentence in answer.says:
        typer.echo(sentence)
    if answer.certificate and answer.verdict.finding == "genuine":
        one = answer.certificate
        typer.echo(
            f"Certificate {one['id']}: {one['indicator']['title']}, {one['figure']['value']}, position at {one['as_at']}."
        )
    if not answer.holds:
        raise typer.Exit(FAILED)


@app.command()
def withdraw(certificate: Id, reason: Reason, by: By, home: HomeOption = None) -> None:
    """A person takes a certificate back; the figure needs a new check before it can be signed again. Published at once."""
    from countermark.certify import judge
    from countermark.certify.snapshot import find
    from countermark.warehouse.connect import home_lock
    from pipelines.commands.judging import publish_at_once

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        gone = judge.withdraw(ledger, find(place), certificate, reason, by)
        typer.echo(f"Withdrawn: {gone.id}")
        publish_at_once(place, ledger)


@app.command()
def keys(
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write (PEM); without it they are printed.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """The public keys, the newest first: publish them, so that others can verify certificates."""
    from countermark.sealing.keys import bundle, public_keys, signing_key

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        signing_key(place, ledger)
        found = public_keys(ledger)
    for one in found:
        retired = f", retired on {one.retired_at:%Y-%m-%d}: {one.retired}" if one.retired_at else ""
        typer.echo(f"Key {one.id}, since {one.since:%Y-%m-%d}{retired}", err=out is None)
    if out is None:
        typer.echo(bundle(found), nl=False)
    else:
        out.write_text(bundle(found), encoding="ascii")
        typer.echo(f"Written: {out}")


@app.command("rotate-key")
def rotate_key(
    by: By,
    reason: Reason,
    lost: Annotated[bool, typer.Option("--lost", help="The private key is gone from the home.")] = False,
    home: HomeOption = None,
) -> None:
    """Sign with a new key from now on. What was signed with the old one still verifies."""
    from countermark.sealing import keys as keeper
    from countermark.warehouse.connect import home_lock

    if not by.strip():
        raise UsageError("A name is needed: say with --by who you are.")
    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        new = (keeper.replace_lost if lost else keeper.rotate)(place, ledger, by, reason)
    typer.echo(f"Key {new.id} from now on. Publish `countermark certificate keys` again, and make a backup.")


def _document(place: Any, ledger: Any, certificate: str, audience: str) -> dict[str, Any]:
    from countermark.contracts.catalogue import load
    from countermark.sealing.document import document

    if audience not in ("officer", "leader"):
        raise UsageError("--audience is officer or leader.")
    return document(place, ledger, load(), certificate, audience)  # type: ignore[arg-type]
