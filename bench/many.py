"""`python -m bench.many`: every indicator, team and month end of three years for an invented authority, beside the least that it can cost.

The floor is each members.sql alone, run once at each month end over the same tables, one after another; the product lists members on
both bases, with the team at the event, and reconciles, several month ends at once. Every month end must have figures, or nothing is told.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from bench.child import mark, save
from bench.measuring import ROOT, Measured, MeasurementError, measure, python

PAGE = ROOT / "docs" / "benchmarks-many.md"
AS_AT = date(2022, 10, 31)
MONTHS = 36
AIM_SECONDS = 60  # at scale 1


def month_ends(months: int) -> list[date]:
    """The last days of so many months, up to the newest."""
    firsts = (
        AS_AT.year * 12 + AS_AT.month - back for back in range(months)
    )  # counted from January of year 0, the month after
    return sorted(date(number // 12, number % 12 + 1, 1) - timedelta(days=1) for number in firsts)


def work(place: Path, months: int) -> None:
    """In this process: the positions of a home that a run has filled, a mark round the product's work and one round the floor."""
    from countermark.contracts.catalogue import load
    from countermark.home import Home
    from countermark.reconcile import members
    from countermark.reconcile.abreast import Asked, compute_each
    from countermark.reconcile.bridges_abreast import Counted, bridge_each
    from countermark.warehouse.connect import warehouse

    catalogue = load()
    with warehouse(Home.open(place), catalogue.sql) as con:
        authority = con.execute("select authority from facts.basis").fetchall()[0][0]
        positions = [members.Position(authority, day) for day in month_ends(months)]
        with mark("members"):
            list(compute_each(con, [Asked(position, catalogue) for position in positions]))
        with mark("reconcile"):
            list(bridge_each(con, [Counted(position, catalogue, {}, []) for position in positions]))
        found = con.execute("select count(distinct as_at), count(*) from facts.figures where basis = 'now'").fetchall()[
            0
        ]
        if found[0] != len(positions):
            raise SystemExit(f"{len(positions)} month ends were asked for and {found[0]} have figures.")
        (place / "figures").write_text(str(found[1]), encoding="utf-8")
        for position in positions:
            members.set_bases(con, catalogue, position)
            members.look_at(con, catalogue, position, "now")
            with mark("floor"):
                for indicator in members.due(con, catalogue, position):
                    sql = indicator.members_sql.strip().rstrip(";")
                    given = members.given(indicator, position.as_at)
                    used = {name: value for name, value in given.items() if re.search(rf"\${name}\b", sql)}
                    con.execute(f"create or replace temp table members_here as {sql}", used)


def measured(scale: float, months: int, folder: Path) -> tuple[int, Measured]:
    """Figures made, and what they cost. MeasurementError where a process fails."""
    sample, home = folder / "sample", folder / "home"
    options = ["--scale", str(scale), "--as-at", AS_AT.isoformat(), "--sources", "annex_a"]
    measure(python("pipelines.command_line", "sample", "--out", str(sample), *options), folder)
    run = ["run", "--home", str(home), "--inbox", str(sample / "inbox"), "--as-at", AS_AT.isoformat()]
    measure(python("pipelines.command_line", *run), folder)
    cost = measure(python("bench.many", "--work", str(home), "--months", str(months)), folder)
    return int((home / "figures").read_text(encoding="utf-8")), cost


def page(scale: float, months: int, figures: int, cost: Measured) -> str:
    """What was measured, as Markdown."""
    members, reconciled, floor = (cost.layer(name)[0] for name in ("members", "reconcile", "floor"))
    whole = members + reconciled
    return (
        "# Every indicator, team and month end\n\n"
        "Made by `python -m bench.many --write` (part of `make bench`): an invented authority's Annex A, taken in once, then its figures "
        "at each month end. The floor is each indicator's own query, run once a month end over the same tables.\n\n"
        "| scale | month ends | figures | members, s | reconcile, s | together, s | floor, s | times the floor | peak MB |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        f"| {scale:g} | {months} | {figures:,} | {members:.1f} | {reconciled:.1f} | {whole:.1f} | {floor:.1f} | {whole / floor:.2f} "
        f"| {cost.peak():.0f} |\n\nThe aim at scale 1 is {AIM_SECONDS} s.\n"
    )


def main() -> int:
    """0 where it was measured, 1 where a process failed or a month end has no figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.many", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-many.md")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.work, asked.months)
        save()
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            figures, cost = measured(asked.scale, asked.months, Path(name))
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 1
    text = page(asked.scale, asked.months, figures, cost)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
