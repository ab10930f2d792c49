"""`python -m bench.comparison`: `countermark compare` beside one bare full outer join and beside datacompy, on the same Parquet files.

Two extracts of a table of 12 columns are invented, with differences planted by rule; each contender runs in a process of its own, in
turn. Before anything is reported every planted difference must have been found, and a planted one more must not be (the control).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

import duckdb

from bench.measuring import ROOT, Measured, MeasurementError, measure, python

PAGE = ROOT / "docs" / "benchmarks-comparison.md"
AIM = 1.5
# One in a thousand children is of each kind; `n` numbers them.
LEFT = """
select 'C' || lpad(n::varchar, 9, '0') as child_id, date '2015-01-01' + (hash(n) % 3000)::int as start_date,
    (hash(n + 1) % 40)::int as visits, (hash(n + 2) % 1000000)::bigint as file_no, 'Team ' || (hash(n + 3) % 30) as team,
    'Worker ' || (hash(n + 4) % 900) as worker, (hash(n + 5) % 100) / 7.0 as score, hash(n + 6) % 2 = 0 as seen, md5(n::varchar) as note,
    ['N1', 'N2', 'N3', 'N4'][1 + (hash(n + 7) % 4)::int] as need,
    if(hash(n + 8) % 5 = 0, null, date '2016-01-01' + (hash(n + 8) % 3000)::int) as end_date, 'R' || (hash(n + 9) % 100000) as reference
from range({rows}) as numbers (n)
"""
RIGHT = """
with kept as (select *, row_number() over () as n from read_parquet('{left}') where file_no % 1000 <> 2)
select * exclude (n) replace (
    if(file_no % 1000 = 1, 'Another', team) as team, if(file_no % 2000 = 1, visits + 1, visits) as visits
) from kept
union all select * exclude (n) replace ('Z' || child_id as child_id) from kept where file_no % 1000 = 3
union all select * exclude (n) from kept where file_no % 1000 = 4
"""
KINDS = """
select 'left_only' as kind, count(*) from read_parquet('{left}') where file_no % 1000 = 2
union all select 'changed', count(*) from read_parquet('{left}') where file_no % 1000 = 1
union all select 'right_only', count(*) from read_parquet('{left}') where file_no % 1000 = 3
union all select 'duplicate_right', count(*) from read_parquet('{left}') where file_no % 1000 = 4
"""
FLOOR = """
import duckdb, sys
con = duckdb.connect()
left, right = sys.argv[1:3]
names = [row[0] for row in con.execute(f"describe select * from '{left}'").fetchall()]
flags = [f'l."{n}" is distinct from r."{n}"' for n in names if n != "child_id"]
told = ", ".join(f'{flag} as "{n}"' for flag, n in zip(flags, names[1:]))
con.execute(f"create table found as select l.child_id, r.child_id as other, {told} from '{left}' as l "
    f"full outer join '{right}' as r on l.child_id = r.child_id where l.child_id is null or r.child_id is null or {' or '.join(flags)}")
"""
DATACOMPY = """
import sys, polars, datacompy
left, right = (polars.read_parquet(path) for path in sys.argv[1:3])
compared = datacompy.PolarsCompare(left, right, join_columns="child_id")
print(compared.report())
"""


def invent(rows: int, folder: Path) -> tuple[Path, Path, Counter[str]]:
    """The two extracts, and how many differences of each kind were planted."""
    left, right = folder / f"left-{rows}.parquet", folder / f"right-{rows}.parquet"
    con = duckdb.connect()
    con.execute(f"copy ({LEFT.format(rows=rows)}) to '{left}'")
    con.execute(f"copy ({RIGHT.format(left=left)}) to '{right}'")
    planted = Counter(dict(con.execute(KINDS.format(left=left)).fetchall()))
    con.close()
    return left, right, planted


def found_in(folder: Path) -> Counter[str]:
    """The differences that were written, by kind. MeasurementError where one names a duplicate an extra, or no column a change."""
    with (folder / "differences.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if any((row["kind"] == "changed") != bool(row["columns"]) for row in rows):
        raise MeasurementError("A changed row names no column, or another row does.")
    return Counter(row["kind"] for row in rows)


def of_size(rows: int, times: int, folder: Path) -> dict[str, list[Measured]]:
    """Every contender's measurements on tables of `rows` rows. MeasurementError where a planted difference was not found."""
    left, right, planted = invent(rows, folder)
    out = folder / f"out-{rows}"
    made: dict[str, list[Measured]] = {"countermark compare": [], "full outer join": [], "datacompy (Polars)": []}
    for _ in range(times):
        made["countermark compare"].append(
            measure(
                python(
                    "pipelines.command_line", "compare", str(left), str(right), "--key", "child_id", "--out", str(out)
                ),
                folder,
            )
        )
        made["full outer join"].append(measure([sys.executable, "-c", FLOOR, str(left), str(right)], folder))
        made["datacompy (Polars)"].append(measure([sys.executable, "-c", DATACOMPY, str(left), str(right)], folder))
    if found_in(out) != planted:
        raise MeasurementError(f"Planted {json.dumps(planted)}, found {json.dumps(found_in(out))}.")
    if found_in(out) == planted + Counter(changed=1):
        raise MeasurementError("The control, one difference more than was planted, counts as found.")
    return made


def page(found: dict[int, dict[str, list[Measured]]]) -> str:
    """What was measured, as Markdown."""
    lines = [
        "# Comparing two extracts\n",
        "Made by `python -m bench.comparison --write` (part of `make bench`): tables of 12 columns as Parquet, four differences planted in "
        "each thousand rows (on one side alone, changed, twice). Each contender is a process of its own, start-up included; medians.\n",
        "The floor is one bare full outer join in DuckDB that compares every column and knows no duplicates. datacompy counts a key that "
        "stands twice as an extra row; `countermark compare` names it a duplicate.\n",
        "| rows a side | | seconds | CPU seconds | × the join's CPU | peak MB |\n|---|---|---|---|---|---|",
    ]
    for rows, made in found.items():
        floor = median(one.cpu for one in made["full outer join"])
        for name, rounds in made.items():
            cpu = median(one.cpu for one in rounds)
            lines.append(
                f"| {rows:,} | {name} | {median(one.seconds for one in rounds):.2f} | {cpu:.2f} | {cpu / floor:.2f} "
                f"| {median(one.peak() for one in rounds):.0f} |"
            )
    lines.append(
        f"\nAim: at most {AIM} × the join's CPU. Every planted difference was found in every round, and named by its kind."
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """0 where everything was measured, 1 where a contender failed or a planted difference was not found."""
    parser = argparse.ArgumentParser(prog="python -m bench.comparison", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=[1_000_000, 5_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-comparison.md")
    asked = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            found = {rows: of_size(rows, asked.rounds, Path(name)) for rows in asked.rows}
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
