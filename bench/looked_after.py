"""`python -m bench.looked_after`: an SSDA903 return of many children, every file of it, taken into raw; beside DuckDB's own read_csv.

The return is invented by SQL from the numbers of its children. Each contender is a process of its own, start-up included, in turn. Before
anything is reported raw must hold every row that was written, and a row more must not be found (the control).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb

from bench.measuring import ROOT, Measured, MeasurementError, measure, python

PAGE = ROOT / "docs" / "benchmarks-ssda903.md"
AIM_SECONDS = 6.0
CHILD = "(100000 + n)::varchar as CHILD, strftime(date '2007-01-01' + (hash(n) % 5500)::int, '%d/%m/%Y') as DOB"
DAY = "strftime(date '2024-04-01' + ({})::int, '%d/%m/%Y')"
SEVERAL = "1 + (hash(n + 3) % 5)::int"
LAST = "k = hash(n + 3) % 5"
# file: in each how many children it names one, how many rows it has for it, and its columns
FILES = {
    "header": (1, "1", """{child}, ['M', 'F'][1 + (hash(n + 1) % 2)::int] as SEX,
        ['WBRI', 'BAFR', 'MWBC', 'APKN'][1 + (hash(n) % 4)::int] as ETHNIC,
        'A' || lpad((hash(n + 2) % 1000000000000)::varchar, 12, '0') as UPN, null as MOTHER, null as MC_DOB"""),
    "episodes": (1, SEVERAL, """{child}, {day:n % 100 + k * 40} as DECOM,
        if(k = 0, 'S', ['L', 'P', 'T', 'B'][1 + (hash(n + k) % 4)::int]) as RNE,
        ['C1', 'C2', 'V2', 'V4'][1 + (hash(n + k + 1) % 4)::int] as LS, 'N' || (1 + hash(n) % 8) as CIN,
        ['U6', 'U4', 'K2', 'K3', 'R1', 'P1', 'T4'][1 + (hash(n + k + 2) % 7)::int] as PLACE, 'PR' || (hash(n + k) % 6) as PLACE_PROVIDER,
        if({last}, null, {day:n % 100 + k * 40 + 40}) as DEC, if({last}, null, 'X1') as REC,
        if({last}, null, 'CARPL') as REASON_PLACE_CHANGE, 'AB' || (n % 99) || ' ' || (n % 9) || 'CD' as HOME_POST,
        'EF' || (hash(n + k) % 99) || ' ' || (n % 9) || 'GH' as PL_POST, (hash(n + k) % 1000000)::varchar as URN"""),
    "reviews": (1, "2 + (hash(n + 4) % 6)::int", "{child}, {day:k * 50} as REVIEW, 'PN' || (hash(n + k) % 8) as REVIEW_CODE"),
    "oc2": (1, "1", """{child}, (hash(n) % 40)::varchar as SDQ_SCORE, null as SDQ_REASON, n % 2 as CONVICTED, n % 2 as HEALTH_CHECK,
        1 as IMMUNISATIONS, n % 3 % 2 as TEETH_CHECK, 1 as HEALTH_ASSESSMENT, 0 as SUBSTANCE_MISUSE, 0 as INTERVENTION_RECEIVED,
        0 as INTERVENTION_OFFERED"""),
    "previous_permanence": (1, "1", "{child}, 'Z1' as PREV_PERM, null as LA_PERM, null as DATE_PERM"),
    "social_worker": (1, "1 + (hash(n + 5) % 2)::int", """{child}, 'SW' || (hash(n + k) % 900) as SW_ID, {day:k * 60} as SW_DECOM,
        null as SW_DEC, 'MANAGE' as SW_REASON"""),
    "uasc": (10, "1", "{child}, 'M' as SEX, '01/05/2031' as DUC"),
    "oc3": (8, "1", "{child}, 'YES' as IN_TOUCH, 'F2' as ACTIV, 'U1' as ACCOM"),
    "ad1": (30, "1", """{child}, '01/05/2024' as DATE_INT, '01/06/2024' as DATE_MATCH, 0 as FOSTER_CARE, 2 as NB_ADOPTR,
        'MF' as SEX_ADOPTR, 'L11' as LS_ADOPTR"""),
    "placed_for_adoption": (30, "1", "{child}, '01/05/2024' as DATE_PLACED, null as DATE_PLACED_CEASED, null as REASON_PLACED_CEASED"),
    "missing": (6, "1", "{child}, 'M' as MISSING, {day:n % 300} as MIS_START, null as MIS_END"),
    "dolo": (500, "1", "{child}, '01/05/2024' as DOLO_START, null as DOLO_END"),
}  # fmt: skip
FLOOR = """
import duckdb, sys
from pathlib import Path
folder = Path(sys.argv[1])
con = duckdb.connect(str(folder / "floor.duckdb"))
for path in sorted((folder / "inbox").glob("*.csv")):
    con.execute(f"create or replace table {path.stem} as from read_csv('{path}', all_varchar = true)")
con.close()
"""


class _Days:
    """`{day:EXPRESSION}` in a format: a date so many days after 1 April 2024, as the return writes dates."""

    def __format__(self, days: str) -> str:
        return DAY.format(days)


def invent(children: int, inbox: Path) -> dict[str, int]:
    """Write the files of a return; rows by file."""
    inbox.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    rows = {}
    for name, (every, times, columns) in FILES.items():
        query = (
            f"select {columns.format(child=CHILD, day=_Days(), last=LAST)} from range({children}) as children (n)"
            f" cross join lateral (select unnest(range({times})) as k) as several where n % {every} = 0"
        )
        counted = con.execute(f"copy ({query}) to '{inbox / name}.csv' (header, delimiter ',')").fetchone()
        rows[name] = int(counted[0]) if counted else 0
    con.close()
    return rows


def take(folder: Path, *, typed: bool) -> None:
    """What the measured process does: the files into raw, and where asked for their types."""
    from countermark.contracts.catalogue import load
    from countermark.home import Home
    from countermark.ledger.store import Ledger
    from countermark.warehouse import intake
    from countermark.warehouse.connect import connect

    if not typed:
        for step in ("create_typed", "settle_counts"):
            setattr(intake, step, lambda *_, **__: [])
    catalogue, home = load(), Home.open(folder / "home")
    with Ledger.open(home.ledger_url) as ledger, connect(home.warehouse, catalogue.sql, home.tmp) as con:
        began = time.time()
        intake.intake(home, folder / "inbox", "E1", catalogue, ledger, con, settle=0)
        marks = [{"name": "intake", "began": began, "ended": time.time()}]
    Path(os.environ["BENCH_MARKS"]).write_text(json.dumps(marks), encoding="utf-8")


def in_raw(folder: Path) -> dict[str, int]:
    """Rows in raw by file of the return."""
    with duckdb.connect(str(folder / "home" / "warehouse.duckdb"), read_only=True) as con:
        return {name: con.execute(f"select count(*) from raw.ssda903_{name}").fetchall()[0][0] for name in FILES}


def of_size(children: int, times: int, folder: Path) -> tuple[int, int, dict[str, list[Measured]]]:
    """Rows and bytes, and every contender's measurements. MeasurementError where raw does not hold every row."""
    planted = invent(children, folder / "inbox")
    size = sum(path.stat().st_size for path in (folder / "inbox").iterdir())
    made: dict[str, list[Measured]] = {"into raw": [], "into raw, with types": [], "DuckDB read_csv": []}
    for number in range(times):
        for name, how in (("into raw", "raw"), ("into raw, with types", "typed")):
            place = folder / f"{how}-{number}"
            place.mkdir()
            (place / "inbox").symlink_to(folder / "inbox")
            made[name].append(measure(python("bench.looked_after", "--take", how, str(place)), folder))
            found = in_raw(place)
            if found != planted:
                raise MeasurementError(f"Written {planted}, in raw {found}.")
            if found == planted | {"dolo": planted["dolo"] + 1}:
                raise MeasurementError("The control, a row more than was written, counts as found.")
        made["DuckDB read_csv"].append(measure([sys.executable, "-c", FLOOR, str(folder)], folder))
    return sum(planted.values()), size, made


def page(children: int, found: tuple[int, int, dict[str, list[Measured]]], load: tuple[float, float]) -> str:
    """What was measured, as Markdown."""
    rows, size, made = found
    lines = [
        "# The SSDA903 return into raw\n",
        f"Made by `python -m bench.looked_after --write` (part of `make bench`): a return of {children:,} children, all twelve files, "
        f"{rows:,} rows, {size / 1e6:.1f} MB of CSV. Each contender is a process of its own, start-up included; medians.\n",
        "The floor is DuckDB's read_csv of the same files, every column as text, into tables: it finds no header, keeps no line numbers, "
        "hashes no file and writes no receipt. Raw held every row in every round.\n",
        "| | seconds | of them the intake | CPU seconds | peak MB |\n|---|---|---|---|---|",
    ]
    for name, rounds in made.items():
        seconds, cpu = median(one.seconds for one in rounds), median(one.cpu for one in rounds)
        inner = f"{median(one.span('intake') for one in rounds):.2f}" if rounds[0].marks else "all"
        lines.append(f"| {name} | {seconds:.2f} | {inner} | {cpu:.2f} | {median(one.peak() for one in rounds):.0f} |")
    lines.append(
        f"\nAim: into raw in {AIM_SECONDS:.0f} seconds. The load average was {load[0]:.1f} before and "
        f"{load[1]:.1f} after, so the processor seconds say more than the clock."
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """0 where everything was measured, 1 where a process failed or raw does not hold every row."""
    parser = argparse.ArgumentParser(prog="python -m bench.looked_after", description=__doc__)
    parser.add_argument("--children", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-ssda903.md")
    parser.add_argument("--take", nargs=2, metavar=("HOW", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.take:
        take(Path(asked.take[1]), typed=asked.take[0] == "typed")
        return 0
    load = os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            found = of_size(asked.children, asked.rounds, Path(name))
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 1
    text = page(asked.children, found, (load, os.getloadavg()[0]))
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
