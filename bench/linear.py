"""`python -m bench.linear`: Annex A of scale 50 beside scale 10, from files to conformed tables, seconds for each 100,000 rows.

Linear is a ratio of 1. Each scale is taken in by a process of its own into a fresh home; every row must have become one that was loaded,
rejected or ignored, as many as the sample says that it wrote.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

from bench.child import mark, save
from bench.measuring import ROOT, Measured, MeasurementError, measure, python

PAGE = ROOT / "docs" / "benchmarks-linear.md"
AS_AT = date(2022, 10, 31)
SMALL, LARGE = 10.0, 50.0
LAYERS = ("intake and raw", "typed", "conform")
AIM = 1.2  # how much more a row may cost at the large scale


def take_in(inbox: Path, place: Path) -> None:
    """One intake in this process, a mark round each layer. Prints the rows that came in."""
    from countermark.contracts.catalogue import load
    from countermark.home import Home
    from countermark.ledger.store import Ledger
    from countermark.warehouse import intake as taking
    from countermark.warehouse.conform import conform
    from countermark.warehouse.connect import warehouse
    from countermark.warehouse.typed import create_typed

    home, catalogue = Home.open(place), load()

    def typed(*given: object) -> None:
        with mark("typed"):
            create_typed(*given)  # type: ignore[arg-type]

    taking.create_typed = typed  # type: ignore[assignment,attr-defined]  # the same step, with a mark round it
    with Ledger.open(home.ledger_url) as ledger, warehouse(home, catalogue.sql) as con:
        with mark("intake and raw"):
            taking.intake(home, inbox, None, catalogue, ledger, con)
        with mark("conform"):
            conform(con, catalogue)
        receipts = ledger.receipts()
    if any(one.rows_in != one.rows_loaded + one.rows_rejected + one.rows_ignored for one in receipts):
        raise SystemExit("Rows in are not loaded, rejected and ignored together.")
    (place / "rows").write_text(str(sum(one.rows_in for one in receipts)), encoding="utf-8")


def of_scale(scale: float, times: int, folder: Path) -> tuple[int, list[Measured]]:
    """Rows in, and the measurements of one scale. MeasurementError where a process fails or a row is missing."""
    sample = folder / f"sample-{scale}"
    options = ["--scale", str(scale), "--as-at", AS_AT.isoformat(), "--sources", "annex_a"]
    measure(python("pipelines.command_line", "sample", "--out", str(sample), *options), folder)
    told = json.loads((sample / "truth.json").read_text(encoding="utf-8"))
    expected = sum(row["rows_in"] for row in told["rows"])
    made = []
    for number in range(times):
        home = folder / f"home-{scale}-{number}"
        made.append(measure(python("bench.linear", "--take", str(sample / "inbox"), str(home)), folder))
        rows = int((home / "rows").read_text(encoding="utf-8"))
        if rows != expected:
            raise MeasurementError(f"{expected} rows were delivered and {rows} taken in.")
    return expected, made


def page(found: dict[float, tuple[int, list[Measured]]]) -> str:
    """What was measured, as Markdown."""
    lines = [
        "# Annex A, larger and larger\n",
        "Made by `python -m bench.linear --write` (part of `make bench`): two workbooks and the counts of an invented authority, from "
        "files to conformed tables, in a process and a home of their own; medians. Every row is accounted for first.\n",
        "| scale | rows in | " + " | ".join(f"{layer}, s" for layer in LAYERS) + " | s for 100,000 rows | peak MB |",
        "|---|---:|" + "---:|" * (len(LAYERS) + 2),
    ]
    each = {}
    for scale, (rows, rounds) in found.items():
        layers = [median(one.layer(layer)[0] for one in rounds) for layer in LAYERS]
        each[scale] = sum(layers) / rows * 100_000
        cells = " | ".join(f"{seconds:.2f}" for seconds in layers)
        lines.append(
            f"| {scale:g} | {rows:,} | {cells} | {each[scale]:.2f} | {median(one.peak() for one in rounds):.0f} |"
        )
    first, last = min(each), max(each)
    lines.append(
        f"\nA row of scale {last:g} costs {each[last] / each[first]:.2f} times what one of scale {first:g} does; 1 is linear."
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """0 where both scales were measured, 1 where a process failed or a row is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.linear", description=__doc__)
    parser.add_argument("--scales", nargs="+", type=float, default=[SMALL, LARGE])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-linear.md")
    parser.add_argument("--take", nargs=2, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.take:
        take_in(*asked.take)
        save()
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            found = {scale: of_scale(scale, asked.rounds, Path(name)) for scale in asked.scales}
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 1
    text = page(found)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
