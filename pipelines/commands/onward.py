"""Commands that hand figures on: publish-to and contract."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import HomeOption, UsageError, open_home, open_ledger


def publish_to(
    url: Annotated[
        str | None,
        typer.Argument(
            help="The database, as SQLAlchemy writes addresses; better kept in COUNTERMARK_PUBLISH_URL.",
            show_default=False,
        ),
    ] = None,
    audience: Annotated[str, typer.Option(help="officer, leader or public.")] = "leader",
    schema: Annotated[str | None, typer.Option(help="The schema to write into; one for each audience.")] = None,
    home: HomeOption = None,
) -> None:
    """The published tables into a database, for Power BI and others: whole or not at all, a status beside every figure."""
    from countermark.exports.audience import AUDIENCES
    from countermark.onward.publish import publish_to as write

    if audience not in AUDIENCES:
        raise UsageError("--audience is officer, leader or public.")
    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        done = write(place, ledger, url, audience, datetime.now(UTC), schema)
    if not done.is_new:
        typer.echo(f"{done.where} holds publication {done.snapshot} already, for the audience {audience}.")
        return
    rows = ", ".join(f"{name} {count}" for name, count in done.rows.items())
    typer.echo(f"Publication {done.snapshot} is in {done.where}, for the audience {audience}. Rows: {rows}.")


def contract(
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    audience: Annotated[str, typer.Option(help="officer, leader or public.")] = "leader",
) -> None:
    """What the published tables promise, as an Open Data Contract (ODCS 3.1, YAML)."""
    from countermark.exports.audience import AUDIENCES
    from countermark.onward.contract import contract_text

    if audience not in AUDIENCES:
        raise UsageError("--audience is officer, leader or public.")
    out.write_text(contract_text(audience), encoding="utf-8", newline="\n")
    typer.echo(f"Written: {out}")
