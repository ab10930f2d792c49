"""The second bridge of pairs over a whole warehouse: the rows that each side sees, and what is known of children beside them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.oracle.pair_bridge import LEFT, RIGHT, Beside, Item, bare, bridge
from tests.oracle.pair_sides import Row

TABLES = (
    "cin_episodes", "cp_plans", "cp_plan_history", "cla_episodes", "initial_cp_conference", "s47_enquiry", "pre_proceedings",
    "reg24_approvals", "cla_placement", "iro_disputes", "challenges", "person", "involvements", "professionals", "supervision",
)  # fmt: skip


def told(con: duckdb.DuckDBPyConnection, folder: Path, said: dict[str, Any], on: date) -> tuple[int, int, list[Item]]:
    """A pair, by its folder and what its pair.toml says, at a position of a warehouse in which every list was handed in once a day."""
    query = "select contract, extracted_on from facts.basis where basis = 'now' and as_at = ?"
    extracts: dict[str, date] = dict(con.execute(query, [on]).fetchall())
    day = on
    if said.get("compared") == "year_end":
        [returned] = said[LEFT]["contracts"]
        day = date(extracts[returned].year, 3, 31)
        day = day if day <= extracts[returned] else date(day.year - 1, 3, 31)
        taken = defaultdict(list)
        for contract, extracted_on in con.execute("select contract, extracted_on from typed.extracts").fetchall():
            taken[contract].append(extracted_on)
        later = {name: [one for one in days if one >= day] for name, days in taken.items()}
        extracts = {
            name: newest if name == returned else min(later[name] or [newest]) for name, newest in extracts.items()
        }
    lists = {side: [*said[side]["contracts"], *said[side].get("also", ())] for side in (LEFT, RIGHT)}
    beside = _beside(con, on, {side: max(extracts[one] for one in said[side]["contracts"]) for side in (LEFT, RIGHT)})
    left, right = ({name: _rows(con, name, lists[side], extracts) for name in TABLES} for side in (LEFT, RIGHT))
    return bridge(folder, left, right, day, beside)


def _rows(con: duckdb.DuckDBPyConnection, table: str, lists: list[str], extracts: dict[str, date]) -> list[Row]:
    found = con.execute(f"from conformed.{table}")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [row for row in rows if row["contract"] in lists and row["extracted_on"] == extracts.get(row["contract"])]


def _beside(con: duckdb.DuckDBPyConnection, on: date, taken: dict[str, date]) -> Beside:
    roots: dict[str, set[str]] = defaultdict(set)
    for child, root in con.execute("select person_id, root from identity.ids where person_id <> root").fetchall():
        roots[bare(child)].add(bare(root))
    born: dict[str, list[date]] = defaultdict(list)
    locked = set()
    for child, birth, restricted in con.execute(
        "select person_id, date_of_birth, restricted from conformed.person"
    ).fetchall():
        if birth is not None:
            born[bare(child)].append(birth)
        if restricted:
            locked.add(bare(child))
    return Beside(
        taken, {child: one for child, (one, *more) in roots.items() if not more}, frozenset(locked),
        frozenset(child for child, days in born.items() if min(days) > on),
    )  # fmt: skip
