"""`python -m bench.bridges`: the bridges of every indicator and nine teams of an invented authority, beside the bare joins of the sides.

Every team counts everything that can be counted, with 2,000 listed cases in all and then with all of its cases. The floor is one full
outer join of lists and members. Rows listed twice and children whom nobody knows are planted: each must be found, or nothing is told.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

import duckdb

from bench.child import mark, save
from bench.measuring import ROOT, Measured, MeasurementError, measure, python

PAGE = ROOT / "docs" / "benchmarks-bridges.md"
AS_AT = date(2022, 10, 31)
TEAMS, LISTED, ROUNDS = 9, 2_000, 3
AIM_SECONDS = 5
TWICE, STRANGERS = 40, 20  # planted
# Lists of the largest teams: their own cases, the first `listed` of them by chance; some again, some whom nobody knows; and the counts.
LISTS = """
create or replace temp table largest as
select team from facts.members where team is not null and in_denominator and basis = 'now' and authority = $authority and as_at = $as_at
group by team order by count(*) desc, team limit $teams;
create or replace temp table own_cases as
select indicator_id, team, case_id, in_numerator, decides_on, row_number() over (order by hash(case_id || indicator_id), indicator_id) as n
from facts.members
where basis = 'now' and authority = $authority and as_at = $as_at and in_denominator and team in (select team from largest);
delete from own_cases where n > $listed;
create or replace temp table written as
select indicator_id, team, case_id, in_numerator, decides_on from own_cases
union all
select indicator_id, team, case_id, in_numerator, decides_on from own_cases where n <= $twice
union all
select indicator_id, team, if(contains(case_id, '/'), 'NOBODY' || n || '/2022-10-03', 'NOBODY' || n), in_numerator, null
from own_cases where n > $twice and n <= $twice + $strangers;
create or replace temp table of_bench as select 'bench' as delivery_id;
delete from typed.manual_counts where authority = $authority;
delete from typed.manual_lists where authority = $authority;
delete from typed.deliveries where delivery_id = 'bench';
insert into typed.deliveries by name
select $authority as authority, 'bench' as delivery_id, 1 as seq, 'bench.csv' as file, 'manual_lists' as contract, 'loaded' as status;
insert into typed.manual_lists by name
select $authority as authority, delivery_id, 1 as delivery_seq, row_number() over () as row_number, indicator_id, $as_at as as_at, case_id,
    true as in_denominator, in_numerator, if(in_numerator, decides_on, null) as event_date, $as_at as counted_at, team
from written cross join of_bench;
insert into typed.manual_counts by name
with whole as (
    select indicator_id, team, count(*) filter (in_numerator) as n, count(*) as d from facts.members
    where basis = 'now' and authority = $authority and as_at = $as_at and in_denominator and team in (select team from largest)
    group by all
),
listed as (select indicator_id, team, count(*) filter (in_numerator) as n, count(*) as d from written group by all)
select $authority as authority, delivery_id, 1 as delivery_seq, row_number() over () as row_number, whole.indicator_id, $as_at as as_at,
    greatest(whole.n, coalesce(listed.n, 0)) as numerator, greatest(whole.d, coalesce(listed.d, 0)) as denominator,
    $as_at as counted_at, whole.team
from whole left join listed using (indicator_id, team) cross join of_bench
"""
FLOOR = """
create or replace temp table sides_here as
select coalesce(members.indicator_id, lists.indicator_id) as indicator_id, coalesce(members.team, lists.team) as team,
    coalesce(members.case_id, lists.case_id) as case_id, members.in_numerator as system_in, lists.in_numerator as manual_in
from (
    select * from facts.members where basis = 'now' and in_denominator and authority = $authority and as_at = $as_at
        and team in (select team from largest)
) as members
full outer join (select * from typed.manual_lists where authority = $authority and as_at = $as_at) as lists
    on members.indicator_id = lists.indicator_id and members.team = lists.team and members.case_id = lists.case_id
"""
FOUND = """
select count(distinct (indicator_id, team, case_id)) filter (reason = 'DUPLICATE_MANUAL'),
    count(distinct (indicator_id, team, case_id)) filter (reason = 'MANUAL_ONLY')
from facts.items where authority = $authority and as_at = $as_at and team <> 'ALL'
"""


def ask(con: duckdb.DuckDBPyConnection, text: str, values: dict[str, object]) -> list[tuple[int, ...]]:
    """Run each statement of a text with the values that it names; the last one's rows."""
    from countermark.warehouse.connect import statements

    rows: list[tuple[int, ...]] = []
    for statement in statements(text):
        rows = con.execute(statement, {n: v for n, v in values.items() if f"${n}" in statement}).fetchall()
    return rows


def work(place: Path) -> None:
    """In this process: both sizes of lists over the position of a home that a run has filled, marks round bridges and floor."""
    from countermark.contracts.catalogue import load
    from countermark.home import Home
    from countermark.reconcile.bridges import reconcile
    from countermark.reconcile.invariants import check
    from countermark.reconcile.members import Position
    from countermark.warehouse.connect import warehouse

    catalogue = load()
    lines = []
    with warehouse(Home.open(place), catalogue.sql) as con:
        authority = con.execute("select authority from facts.basis").fetchall()[0][0]
        position = Position(authority, AS_AT)
        given: dict[str, object] = {"authority": authority, "as_at": AS_AT, "teams": TEAMS}
        for size, listed in (("few", LISTED - TWICE - STRANGERS), ("all", 10_000_000)):
            ask(con, LISTS, given | {"listed": listed, "twice": TWICE, "strangers": STRANGERS})
            for _ in range(ROUNDS):
                with mark(f"{size} bridges"):
                    rows = reconcile(con, catalogue, position, {})
            if ask(con, FOUND, given) != [(TWICE, STRANGERS)]:
                raise SystemExit(f"Of the planted faults of {size} lists not every one was found, or more than those.")
            if broken := [one.name for one in check(con, catalogue, position) if one.outcome != "PASS"]:
                raise SystemExit(f"The bridges of {size} lists break {', '.join(broken)}.")
            for _ in range(ROUNDS):
                with mark(f"{size} floor"):
                    ask(con, FLOOR, given)
            lines.append(f"{rows['claims']} {rows['claim_rows']} {rows['items']}")
    (place / "bridges").write_text("\n".join(lines), encoding="utf-8")


def measured(scale: float, folder: Path) -> tuple[list[list[int]], Measured]:
    """Claims, listed rows and items of both sizes, and what they cost. MeasurementError where a process fails."""
    sample, home = folder / "sample", folder / "home"
    options = ["--scale", str(scale), "--as-at", AS_AT.isoformat(), "--sources", "annex_a"]
    measure(python("pipelines.command_line", "sample", "--out", str(sample), *options), folder)
    run = ["run", "--home", str(home), "--inbox", str(sample / "inbox"), "--as-at", AS_AT.isoformat()]
    measure(python("pipelines.command_line", *run), folder)
    cost = measure(python("bench.bridges", "--work", str(home)), folder)
    found = (home / "bridges").read_text(encoding="utf-8").splitlines()
    return [[int(number) for number in line.split()] for line in found], cost


def page(scale: float, sizes: list[list[int]], cost: Measured) -> str:
    """What was measured, as Markdown."""
    lines = []
    for size, (claims, listed, items) in zip(("few", "all"), sizes, strict=True):
        bridges, floor = (
            median(one.seconds for one in cost.marks if one.name == f"{size} {what}") for what in ("bridges", "floor")
        )
        peak = cost.layer(f"{size} bridges")[1]
        lines.append(
            f"| {scale:g} | {claims:,} | {listed:,} | {items:,} | {bridges:.2f} | {floor:.3f} | {bridges / floor:.0f} | {peak:.0f} |"
        )
    return (
        "# Bridges of every indicator and nine teams\n\n"
        "Made by `python -m bench.bridges --write` (part of `make bench`): an invented authority's Annex A, its members listed, then every "
        f"count of {TEAMS} teams with {LISTED:,} listed cases in all, and with all of their cases. The floor is one full outer join of "
        f"lists and members, which finds neither reason nor duplicate. Medians of {ROUNDS}; {TWICE} rows listed twice and {STRANGERS} "
        "children whom nobody knows were planted and found each time, and all invariants held.\n\n"
        "| scale | counts | listed rows | items | bridges, s | bare join, s | times the join | peak MB |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|\n"
        + "\n".join(lines)
        + f"\n\nThe aim with {LISTED:,} listed cases at scale 1 is {AIM_SECONDS} s after the members.\n"
    )


def main() -> int:
    """0 where it was measured, 1 where a process failed or a planted fault was not found."""
    parser = argparse.ArgumentParser(prog="python -m bench.bridges", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-bridges.md")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.work)
        save()
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            sizes, cost = measured(asked.scale, Path(name))
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 1
    text = page(asked.scale, sizes, cost)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
