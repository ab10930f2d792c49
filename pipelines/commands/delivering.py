"""Commands about deliveries among each other: what changed between two of them, what was known on a day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import HomeOption, UsageError, day, open_home


def changes(
    contract: Annotated[str, typer.Option(help="A file layout, such as annex_a.list_07; without it all of them.")] = "",
    before: Annotated[
        str, typer.Option("--from", help="A delivery id; without it the extract before is compared with.")
    ] = "",
    after: Annotated[str, typer.Option("--to", help="A delivery id; without it the newest extract is meant.")] = "",
    home: HomeOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for changes.csv, the rows by their places. For officers.")
    ] = None,
) -> None:
    """What changed between two deliveries of the same kind: rows added, removed, and changed with the columns."""
    from countermark.contracts.catalogue import load
    from countermark.exports.changed import changes as compare
    from countermark.exports.changed import write
    from countermark.warehouse.connect import warehouse

    if before and not after:
        raise UsageError("--from needs --to: the delivery that is compared with it.")
    place, catalogue = open_home(home, must_exist=True), load()
    with warehouse(place, catalogue.sql) as con:
        for one in compare(con, catalogue, contract, before, after):
            typer.echo(one.says(catalogue.contracts[one.contract].title))
        if out is not None:
            typer.echo(f"Written to {write(con, out)}.")


def known(
    table: Annotated[str, typer.Argument(help="A conformed table, such as cp_visits; docs/data-model.md names them.")],
    on: Annotated[str, typer.Option("--on", help="The day, YYYY-MM-DD.")],
    out: Annotated[
        Path, typer.Option("--out", help="The file to write: .csv or .parquet. For officers: it holds children.")
    ],
    home: HomeOption = None,
) -> None:
    """A conformed table as it was known on a day: the newest extract by then, and what was recorded by then."""
    from countermark.contracts.catalogue import load
    from countermark.exports.known_rows import write
    from countermark.warehouse.connect import warehouse
    from countermark.warehouse.recorded import known_on

    catalogue, asked = load(), day(on, "--on")
    if table not in catalogue.tables:
        raise UsageError(f"No table is called {table}. There are: {', '.join(sorted(catalogue.tables))}.")
    if out.suffix not in (".csv", ".parquet"):
        raise UsageError("--out names a file that ends in .csv or .parquet.")
    with warehouse(open_home(home, must_exist=True), catalogue.sql) as con:
        rows = known_on(con, catalogue, catalogue.tables[table], asked)
        write(con, catalogue.tables[table], out)
    typer.echo(f"{rows:,} rows as known on {asked:%d/%m/%Y}, written to {out}.")
