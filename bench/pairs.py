"""`python -m bench.pairs`: two systems of five million cases reconciled with reasons, beside the bare full outer join of the same rows.

Both work on one database file, each in a process of its own, with a limit of memory far below what the rows take, so that they spill to
disk. In each two thousand children one of each kind of difference is planted; before anything is reported every one must have been found
under its reason, a planted one more must not count as found, and without room to spill the same work must fail (the controls).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median

from bench.measuring import ROOT, Measured, MeasurementError, measure, python

PAGE = ROOT / "docs" / "benchmarks-pairs.md"
PAIR = ROOT / "bench" / "pair" / "X90_national"
AIM = 3.0
AS_AT = date(2022, 10, 31)
PLACE = "X90000001"
MEMORY = "256MB"
# Of each two thousand children: 1 had ended in the first list, 2 in the second, 3 is missing from the first, 4 from the second, 5 has
# lost its zeros in the second, 6 is there under two ids, 7 is on a short break, 8 begins after the date.
LEFT = """
insert into conformed.cin_episodes by name
select '{place}' as authority, 'annex_a.list_06' as contract, 'd1' as delivery_id, 'List 6!' || n as source_row,
    date '{as_at}' as extracted_on, if(n % 2000 = 5, '0', '') || (100000000 + (n * 7919) % {rows})::varchar as person_id,
    date '2022-01-01' + (n % 200)::integer as cin_start_date,
    if(n % 2000 = 1, date '2022-10-01', null) as cin_close_date, false as cin_close_date_unusable, 'looked_after' as case_status,
    'Team ' || n % 900 as team
from range({rows}) as numbers (n) where n % 2000 <> 3
"""
RIGHT = """
insert into conformed.cla_episodes by name
with kept as (select n from range({rows}) as numbers (n) where n % 2000 <> 4),
doubled as (select n, '' as zeros from kept union all select n, '00' as zeros from kept where n % 2000 = 6)
select '{place}' as authority, 'annex_a.list_08' as contract, 'd2' as delivery_id, 'List 8!' || n as source_row,
    date '{as_at}' as extracted_on, zeros || (100000000 + (n * 7919) % {rows})::varchar as person_id,
    if(n % 2000 = 8, date '2022-11-01', date '2022-01-01' + (n % 200)::integer) as cla_start_date,
    if(n % 2000 = 2, date '2022-10-01', null) as cla_ceased_date, false as cla_ceased_date_unusable,
    if(n % 2000 = 7, 'V4', 'C2') as legal_status,
    'Team ' || n % 900 as team
from doubled
"""
PLANTED = {
    ("AS_AT", 1): (1,), ("AS_AT", -1): (2, 8), ("SYSTEM_ONLY", 1): (3,), ("MANUAL_ONLY", -1): (4,), ("IDENTITY", 0): (5,),
    ("DUPLICATE_SYSTEM", 1): (6,), ("SCOPE", -1): (7,),
}  # fmt: skip
# The bare join of the same rows, which keeps the rows of both sides where they differ; and one of their ids alone.
JOIN = """
create temp table found as
select {kept}
from (select *, cin_close_date is null as counted from conformed.cin_episodes) as mine
full outer join (
    select *, cla_ceased_date is null and legal_status <> 'V4' and cla_start_date <= date '{as_at}' as counted
    from conformed.cla_episodes
) as theirs on mine.person_id = theirs.person_id
where mine.counted is distinct from theirs.counted
"""
OURS, ROWS, IDS = "pair with reasons", "full outer join", "full outer join, ids alone"
KEPT = {
    ROWS: "mine.person_id as left_case, theirs.person_id as right_case, mine.team as left_team, theirs.team as right_team, "
    "mine.cin_start_date, theirs.cla_start_date, mine.case_status, theirs.legal_status, mine.delivery_id as left_delivery, "
    "theirs.delivery_id as right_delivery, mine.source_row as left_row, theirs.source_row as right_row",
    IDS: "mine.person_id as left_case, theirs.person_id as right_case",
}
Found = dict[tuple[str, int], int]


@dataclass(frozen=True)
class Cost:
    """What one round cost: processor seconds of the work itself, and the whole process as it was seen from outside."""

    cpu: float
    whole: Measured


def invent(rows: int, folder: Path) -> tuple[Path, Found]:
    """A warehouse with the two lists, and how many differences of each reason and effect were planted."""
    from countermark.contracts.catalogue import load
    from countermark.reconcile.bridges import ready
    from countermark.reconcile.members import FACTS
    from countermark.warehouse.connect import connect

    catalogue, path = load(), folder / f"national-{rows}.duckdb"
    con = connect(path, catalogue.sql, folder)
    con.execute(f"set memory_limit = '{MEMORY}'")
    con.execute(FACTS)
    con.execute("create schema conformed; create schema identity; create schema typed")
    con.execute("create table identity.ids (authority varchar, person_id varchar, root varchar)")
    con.execute("create table typed.extracts (authority varchar, contract varchar, extracted_on date)")
    for name in ("cin_episodes", "cla_episodes", "person"):
        con.execute(catalogue.tables[name].ddl("conformed"))
    for contract in ("annex_a.list_06", "annex_a.list_08"):
        con.execute("insert into facts.basis values (?, ?, 'now', ?, ?)", [PLACE, AS_AT, contract, AS_AT])
    for text in (LEFT, RIGHT):
        con.execute(text.format(rows=rows, place=PLACE, as_at=AS_AT))
    ready(con, catalogue)
    con.close()
    planted = {key: sum(len(range(kind, rows, 2000)) for kind in kinds) for key, kinds in PLANTED.items()}
    return path, planted


def work(path: Path, bare: str, spills: bool) -> None:
    """One round, in a process of its own: the join alone or the pair; tells its processor seconds and what it found."""
    from countermark.contracts.catalogue import load
    from countermark.contracts.pairs import Pair
    from countermark.reconcile.members import Position
    from countermark.reconcile.pairs import reconcile_pairs
    from countermark.warehouse.connect import connect

    catalogue = load()
    con = connect(path, catalogue.sql, path.parent / "spilled")
    con.execute(f"set memory_limit = '{MEMORY}'")
    if not spills:
        con.execute("set max_temp_directory_size = '0KB'")
    pair = Pair.model_validate({**tomllib.loads((PAIR / "pair.toml").read_text("utf-8")), "folder": PAIR})
    began = _cpu()
    if bare:
        con.execute(JOIN.format(as_at=AS_AT, kept=KEPT[bare]))
        found = [("join", 0, con.execute("select count(*) from found").fetchall()[0][0])]
    else:
        reconcile_pairs(con, replace(catalogue, pairs={pair.id: pair}), Position(PLACE, AS_AT))
        found = con.execute("select reason, effect, count(*) from facts.pair_items group by all").fetchall()
    spent = _cpu() - began
    adds = con.execute(
        "select left_cases + (select sum(effect) from facts.pair_items) = right_cases from facts.pairs"
    ).fetchall()
    said = {"cpu": spent, "found": found, "adds": bool(bare) or adds == [(True,)]}
    (path.parent / "said.json").write_text(json.dumps(said), encoding="utf-8")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def one(path: Path, folder: Path, *asked: str) -> tuple[Cost, Found]:
    """A round of `work`, measured. MeasurementError where it failed, or where left and effects are not right."""
    whole = measure(python("bench.pairs", "--work", str(path), *asked), folder)
    said = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    if not said["adds"]:
        raise MeasurementError("Left and the effects do not come to right.")
    return Cost(said["cpu"], whole), {(reason, effect): cases for reason, effect, cases in said["found"]}


def of_size(rows: int, times: int, folder: Path) -> dict[str, list[Cost]]:
    """Both contenders' rounds, in turn. MeasurementError where a planted difference was not found or a control does not hold."""
    path, planted = invent(rows, folder)
    made: dict[str, list[Cost]] = {OURS: [], ROWS: [], IDS: []}
    for _ in range(times):
        cost, found = one(path, folder)
        if found != planted:
            raise MeasurementError(f"Planted {planted}, found {found}.")
        if found == planted | {("SCOPE", -1): planted["SCOPE", -1] + 1}:
            raise MeasurementError("The control, one difference more than was planted, counts as found.")
        made[OURS].append(cost)
        for name in (ROWS, IDS):
            made[name].append(one(path, folder, "--bare", name)[0])
    return made


def needs_room(path: Path, folder: Path) -> bool:
    """Whether the work fails where it may not spill: only then was the limit of memory one."""
    try:
        one(path, folder, "--no-spill")
    except MeasurementError:
        return True
    return False


def page(rows: int, made: dict[str, list[Cost]]) -> str:
    """What was measured, as Markdown."""
    floor = median(one.cpu for one in made[ROWS])
    ours = median(one.cpu for one in made[OURS])
    lines = [
        "# Two systems of a whole country\n",
        f"Made by `python -m bench.pairs --write` (part of `make bench`): two lists of {rows:,} children, eight differences planted "
        "in each two thousand. The floor is one bare full outer join in DuckDB that keeps the rows of both sides on which they differ, as "
        f"the pair does; the last line keeps their ids alone and knows nothing else. All have {MEMORY} of memory for the engine and "
        "spill the rest to disk. Processor seconds of the work itself; seconds and memory of the whole process, start-up included; "
        "medians.\n",
        "| | CPU seconds | × the join's | whole process, s | peak MB |\n|---|---:|---:|---:|---:|",
    ]
    for name, rounds in made.items():
        cpu = median(one.cpu for one in rounds)
        seconds, peak = median(one.whole.seconds for one in rounds), median(one.whole.peak() for one in rounds)
        lines.append(f"| {name} | {cpu:.2f} | {cpu / floor:.2f} | {seconds:.1f} | {peak:.0f} |")
    lines.append(
        f"\nAim: at most {AIM:g} × the join's CPU: {'held' if ours <= AIM * floor else '**missed**'}. Every planted difference was found "
        "in every round under its reason, left + effects = right; without room to spill the work fails, as it must."
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """0 where everything was measured, 1 where a round failed, a planted difference was not found or a control does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.pairs", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-pairs.md")
    parser.add_argument("--bare", default="", help=argparse.SUPPRESS)
    parser.add_argument("--no-spill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.work, asked.bare, not asked.no_spill)
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            made = of_size(asked.rows, asked.rounds, Path(name))
            if not needs_room(Path(name) / f"national-{asked.rows}.duckdb", Path(name)):
                raise MeasurementError("The work does not spill: the limit of memory was none.")
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 1
    text = page(asked.rows, made)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
