"""Commands that state: why two counts differ as a bank reconciliation, and the restatement of a figure; as text, page or workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from pipelines.commands.shared import (
    AsAt,
    AuthorityOption,
    HomeOption,
    KnownAt,
    UsageError,
    day,
    moment,
    open_home,
    open_ledger,
)

if TYPE_CHECKING:
    from countermark.explaining.parts import Reader
    from countermark.statement.model import Statement

Indicator = Annotated[str, typer.Argument(help="The indicator.")]
Team = Annotated[str, typer.Option(help="A team, or ALL for the authority.")]
Form = Annotated[str, typer.Option("--format", help="text, html or xlsx.")]
Out = Annotated[Path | None, typer.Option("--out", help="The file to write; text goes to the terminal without it.")]
AudienceOption = Annotated[
    str, typer.Option("--audience", help="officer, or leader: nothing of a figure that is not reliable enough.")
]


def statement(
    indicator: Indicator, as_at: AsAt, team: Team = "ALL", fmt: Form = "text", out: Out = None, audience: AudienceOption = "officer",
    known_at: KnownAt = None, authority: AuthorityOption = None, home: HomeOption = None,
) -> None:  # fmt: skip
    """Why the team's count and the system differ, as a bank reconciliation with its waterfall: it names no child."""
    _refuse(fmt, audience, out)
    from countermark.certify.snapshot import find
    from countermark.explain import UnknownFigure
    from countermark.statement.making import statement as made

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        snapshot = find(place, ledger, moment(known_at))
    try:
        _write(made(snapshot, indicator.upper(), day(as_at), team, cast("Reader", audience), authority), fmt, out)
    except UnknownFigure as error:
        raise UsageError(str(error)) from None


def restatement(
    indicator: Indicator, as_at: AsAt, team: Team = "ALL",
    first: Annotated[int | None, typer.Option("--from", help="The earlier revision of the figure; else the one before the newest.")] = None,
    last: Annotated[int | None, typer.Option("--to", help="The later revision; else the newest.")] = None,
    fmt: Form = "text", out: Out = None, audience: AudienceOption = "officer", authority: AuthorityOption = None, home: HomeOption = None,
) -> None:  # fmt: skip
    """From what a figure was in one publication to what it is in a later one, with the waterfall: it names no child."""
    _refuse(fmt, audience, out)
    if (first is None) != (last is None):
        raise UsageError("Name both revisions, with --from and --to, or neither.")
    from countermark.certify.snapshot import find
    from countermark.contracts.catalogue import load
    from countermark.explain import UnknownFigure
    from countermark.statement.restating import restatement as made

    place = open_home(home, must_exist=True)
    between = (first, last) if first is not None and last is not None else None
    try:
        with open_ledger(place) as ledger:
            found = made(
                place.published, ledger, load(), find(place), (indicator.upper(), day(as_at), team), between=between, audience=audience,
                authority=authority,
            )  # fmt: skip
        _write(found, fmt, out)
    except UnknownFigure as error:
        raise UsageError(str(error)) from None


def _refuse(fmt: str, audience: str, out: Path | None) -> None:
    if fmt not in ("text", "html", "xlsx"):
        raise UsageError("--format is text, html or xlsx.")
    if audience not in ("officer", "leader"):
        raise UsageError("--audience is officer or leader.")
    if out is None and fmt != "text":
        raise UsageError("Say with --out FILE where it goes.")


def _write(made: Statement, fmt: str, out: Path | None) -> None:
    from countermark.statement.writing import written

    content = written(made, fmt)
    if out is None:
        typer.echo(content.decode(), nl=False)
        return
    out.write_bytes(content)
    out.chmod(0o600)
    typer.echo(f"Written: {out}")
