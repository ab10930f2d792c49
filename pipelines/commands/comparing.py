"""`countermark compare`: two extracts of one table, every difference of one kind."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import NOT_ALL_CERTIFIED, UsageError

if TYPE_CHECKING:
    from countermark.compare.differences import Comparison

WORDS = {
    "left_only": "on the left alone",
    "right_only": "on the right alone",
    "changed": "on both, and changed",
    "duplicate_left": "again on the left",
    "duplicate_right": "again on the right",
}


def compare(
    left: Annotated[str, typer.Argument(help="A CSV, Parquet or Excel file, or a database's table as URL#table.")],
    right: Annotated[str, typer.Argument(help="The other extract of the same table.")],
    key: Annotated[str, typer.Option("--key", help="The columns that make a row what it is, joined by commas.")],
    out: Annotated[Path | None, typer.Option("--out", help="The folder for differences.csv.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 where the two differ.")] = False,
) -> None:
    """Two extracts of one table, every difference classified."""
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]  # None makes the import fail: Arrow would, and works without it
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # numpy sorts numbers here and multiplies none: its threads would only cost a start
    from countermark.compare.differences import compare as compared
    from countermark.compare.sides import CompareError

    columns = [part.strip() for part in key.split(",") if part.strip()]
    if not columns:
        raise UsageError("--key names at least one column.")
    with tempfile.TemporaryDirectory(prefix="countermark-", dir=out if out and out.is_dir() else None) as scratch:
        try:
            found = compared(left, right, columns, out, Path(scratch))
        except CompareError as error:
            raise UsageError(str(error)) from None
    for line in lines(found):
        typer.echo(line)
    if out is not None:
        typer.echo(f"Written: {out / 'differences.csv'}")
    if strict and found.differs:
        raise typer.Exit(NOT_ALL_CERTIFIED)


def lines(found: Comparison) -> list[str]:
    """What a comparison came to, in words."""
    said = [f"{found.left_rows:,} rows on the left, {found.right_rows:,} on the right."]
    said += [f"  {count:,} {WORDS[kind]}" for kind, count in found.kinds.items() if count]
    said += [f"  of the changed, {count:,} differ in {name}" for name, count in found.columns.items()]
    said += [f"  the column {name} is on the left alone" for name in found.only_left]
    said += [f"  the column {name} is on the right alone" for name in found.only_right]
    return said if found.differs else [*said, "The two do not differ."]
