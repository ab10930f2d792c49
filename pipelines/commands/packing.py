"""Commands for boards: the pack, and the register of figures given out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import AsAt, AuthorityOption, By, HomeOption, UsageError, day, open_home, open_ledger


def pack(
    as_at: AsAt,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    audience: Annotated[str, typer.Option(help="leader or public.")] = "leader",
    fmt: Annotated[str, typer.Option("--format", help="html, pdf or pptx.")] = "pdf",
    snapshot: Annotated[
        str | None, typer.Option(help="A publication's file name or a freeze's name; without it, what stands now.")
    ] = None,
    told: Annotated[
        Path | None, typer.Option(help="For the public: an earlier publication, whose figures are known already.")
    ] = None,
    by: By = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """The board pack of one position: a page, a PDF or slides that say the same, from one publication."""
    from countermark.contracts.catalogue import load
    from countermark.pack.make import AUDIENCES, FORMATS, make
    from countermark.pack.model import PackError

    if fmt not in FORMATS:
        raise UsageError(f"--format is {', '.join(FORMATS)}.")
    wanted = next((one for one in AUDIENCES if one == audience), None)
    if wanted is None:
        raise UsageError(f"--audience is {' or '.join(AUDIENCES)}.")
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent}: make it first.")
    place, position = open_home(home, must_exist=True), day(as_at)
    with open_ledger(place) as ledger:
        try:
            model, content = make(
                place, ledger, load(), position, wanted, fmt, snapshot, authority=authority, told=told
            )
        except PackError as error:
            raise UsageError(str(error)) from None
        out.write_bytes(content)
        ledger.viewed(
            by or "command line", "board pack", audience=audience, format=fmt, as_at=position, snapshot=model.snapshot
        )
    typer.echo(f"Written to {out}. {model.source}.")


given_out = typer.Typer(name="given-out", no_args_is_help=True, help="The register of figures given out.")


@given_out.command("add")
def add(
    indicators: Annotated[list[str], typer.Argument(help="Indicator ids.")],
    as_at: AsAt,
    to: Annotated[str, typer.Option("--to", help="self-evaluation, DfE, lead member, inspectors, board or other.")],
    document: Annotated[str, typer.Option(help="In which document.")],
    by: By,
    on: Annotated[str | None, typer.Option(help="The day, YYYY-MM-DD; without it, today.")] = None,
    snapshot: Annotated[str | None, typer.Option(help="From which publication; without it, what stands now.")] = None,
    home: HomeOption = None,
) -> None:
    """Enter figures that were given out, as they stood in a publication."""
    from countermark.certify.judge import name_of, people_of
    from countermark.certify.snapshot import read
    from countermark.contracts.catalogue import load
    from countermark.desk import register
    from countermark.desk.figures import case_nouns, figure, rows_of
    from countermark.pack.gather import snapshot_named
    from countermark.pack.model import PackError

    place, position = open_home(home, must_exist=True), day(as_at)
    with open_ledger(place) as ledger:
        try:
            path = snapshot_named(place, ledger, snapshot)
        except PackError as error:
            raise UsageError(str(error)) from None
        with read(path) as con:
            rows, nouns = rows_of(con), case_nouns(load())
            try:
                found = [figure(rows, one.upper(), position, nouns=nouns) for one in indicators]
            except LookupError as error:
                raise UsageError(str(error)) from None
            name = name_of(by, people_of(ledger, found[0].authority))
            when = day(on, "--on") if on else ledger.clock().date()
            for given in register.give_out(ledger, rows, path.name, found, to, document, when, name):
                typer.echo(
                    f"{given.indicator_id} {given.value_given}, {given.as_given.status_words}: {given.receiver_words}"
                )


@given_out.command("list")
def list_(home: HomeOption = None) -> None:
    """What was given out, and what has changed since."""
    from countermark.certify.snapshot import find, read
    from countermark.contracts.catalogue import load
    from countermark.desk import register
    from countermark.desk.figures import case_nouns, rows_of

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger, read(find(place)) as con:
        for one in register.register(ledger):
            typer.echo(
                f"{one.on} {one.receiver_words}, {one.document}: {one.indicator_id} at {one.as_at}, {one.value_given}"
            )
        for found in register.restated(ledger, rows_of(con), nouns=case_nouns(load())):
            tell = "to be told" if found.to_be_told else "nothing to tell, or told"
            typer.echo(
                f"Changed since ({tell}): {found.given.indicator_id} at {found.given.as_at}. {' '.join(found.changed)}"
            )
