"""Fifty faults of every reason of every pair of systems, on three seeds, mixed with cases on which the two agree: each is told by its reason.

The faults are the cases of the pairs' own examples, each under ids of its own; and of each pair's plain cases the same child under an id
with other zeros, under a linked id and twice on a side, a locked record and a child not yet born. Recall and precision are counted by pair and
reason and printed (`pytest -s`).
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import duckdb
import pytest

from countermark.contracts.catalogue import load
from countermark.contracts.pairs import Pair
from countermark.reconcile.bridges import ready
from countermark.reconcile.members import FACTS, Position
from countermark.reconcile.pairs import reconcile_pairs
from countermark.warehouse.connect import connect, insert
from tests.examples.pipe import parse
from tests.examples.test_pairs import feeds, told
from tests.examples.world import SQL, World, table

CATALOGUE = load()
PLACE, EACH, SEEDS = "E0", 50, (1, 2, 3)
NAMING = ("person_id", "professional_id", "professional_name", "worker", "dispute_number", "challenge_number")
Row = dict[str, Any]
used: set[str] = set()  # tables that have rows
Rows = dict[tuple[str, str], list[Row]]  # by the list that it comes from, and the table


@dataclass(frozen=True)
class Fault:
    """Rows that together make one or more differences: their reasons by case; `links` from old ids, `hidden` children by how."""

    rows: Rows
    told: dict[str, str]
    links: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


def renamed(case: str, mark: str) -> str:
    """A case's name where its child, worker and number are marked: child/day/number."""
    parts = case.split("/")
    return "/".join(f"{part}{mark}" if part and place in (0, 2) else part for place, part in enumerate(parts))


def plain(pair: Pair, said: Row) -> Fault:
    """An example as it stands."""
    rows: Rows = defaultdict(list)
    for side_name, side in (("left", pair.left), ("right", pair.right)):
        for name, text in said["given"].get(side_name, {}).items():
            for row in parse(text):
                rows[row.get("contract") or feeds(side, name), name].append(
                    {k: v for k, v in row.items() if k != "contract"}
                )
    items = parse(said["then"]["items"])
    return Fault(dict(rows), {str(item["case_id"]): str(item["reason"]) for item in items}, said.get("links", {}))


def _rows_of(fault: Fault, child: str, lists: tuple[str, ...], become: str) -> Rows:
    """The rows of a child in some lists, under another id."""
    return {
        key: [{**row, "person_id": become} for row in rows if row.get("person_id") == child]
        for key, rows in fault.rows.items()
        if key[0] in lists and any(row.get("person_id") == child for row in rows)
    }


def derived(pair: Pair, whole: Fault) -> Iterator[Fault]:
    """Faults of a pair whose two sides have lists of their own: of a child on whom they agree (C1 of the first example)."""
    left, right = pair.left.contracts, pair.right.contracts
    if pair.case == "worker" or set(left) & set(right) or "C1" in {case.split("/")[0] for case in whole.told}:
        return
    mine, theirs = _rows_of(whole, "C1", left, "C1"), _rows_of(whole, "C1", right, "C1")
    [start] = {
        str(day) for rows in mine.values() for row in rows for name, day in row.items() if name == "icpc_date"
    } or {""}
    key = f"/{start}" if pair.case == "event" else ""
    zeros, linked = _rows_of(whole, "C1", left, "00C1"), _rows_of(whole, "C1", left, "L1")
    yield Fault({**zeros, **theirs}, {f"00C1{key}": "IDENTITY"})
    yield Fault({**linked, **theirs}, {f"L1{key}": "IDENTITY"}, {"L1": "C1"})
    for side, rows, other, reason in (
        (left, mine, theirs, "DUPLICATE_MANUAL"),
        (right, theirs, mine, "DUPLICATE_SYSTEM"),
    ):
        twice = {one: [*rows[one], *again] for one, again in _rows_of(whole, "C1", side, "L1").items()}
        yield Fault({**twice, **other}, {f"L1{key}": reason}, {"L1": "C1"})
    for how in ("RESTRICTED", "UNBORN"):
        yield Fault(mine, {f"C1{key}": how}, hidden={"C1": how})
        yield Fault(theirs, {f"C1{key}": how}, hidden={"C1": how})


def worlds(pair: Pair) -> list[tuple[date, dict[str, date], list[Fault]]]:
    """The faults of a pair, those together that are of one day and of no other extracts."""
    found: list[tuple[date, dict[str, date], list[Fault]]] = []
    for number, said in enumerate(told(pair)):
        taken = {one: said["as_at"] for side in (pair.left, pair.right) for one in side.contracts} | said.get(
            "extracts", {}
        )
        whole = plain(pair, said)
        faults = [whole, *(derived(pair, whole) if number == 0 else ())]
        for as_at, extracts, others in found:
            if as_at == said["as_at"] and all(extracts.get(one, day) == day for one, day in taken.items()):
                extracts.update(taken)
                others.extend(faults)
                break
        else:
            found.append((said["as_at"], dict(taken), faults))
    return found


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    made = connect(None, SQL)
    made.execute("set threads = 1")
    made.execute(FACTS)
    for schema in ("conformed", "identity", "typed"):
        made.execute(f"create schema {schema}")
    made.execute("create table typed.extracts (authority varchar, contract varchar, extracted_on date)")
    made.execute("create table identity.ids (authority varchar, person_id varchar, root varchar)")
    for name in CATALOGUE.tables:
        made.execute(table(name).ddl("conformed"))
    ready(made, CATALOGUE)
    yield made
    made.close()


def give(
    con: duckdb.DuckDBPyConnection, as_at: date, extracts: dict[str, date], kinds: list[Fault], marks: list[int]
) -> None:
    """Put the rows of every kind of fault into their tables, as often as there are marks, each time under other ids and in another order."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for kind, fault in enumerate(kinds):
        for (contract, name), rows in fault.rows.items():
            tables[name].extend(
                {**row, "contract": contract, "extracted_on": extracts[contract], "kind": kind} for row in rows
            )
        for child, how in fault.hidden.items():
            born = "2022-11-01" if how == "UNBORN" else "2015-01-01"
            tables["person"].append({
                "person_id": child, "contract": "identity.crosswalk", "extracted_on": as_at, "date_of_birth": born,
                "restricted": "T" if how == "RESTRICTED" else None, "kind": kind,
            })  # fmt: skip
    links = [(PLACE, old, new, kind) for kind, fault in enumerate(kinds) for old, new in fault.links.items()]
    con.execute("create or replace temp table marks as select unnest(?::integer[]) as mark", [marks])
    for name in used:
        con.execute(f"delete from conformed.{name}")
    for name, rows in tables.items():
        used.add(name)
        defaults = {**World._defaults(name, 0, as_at), "authority": PLACE}
        columns = list(dict.fromkeys([*defaults, *(column for row in rows for column in row)]))
        con.execute(
            f"create or replace temp table one_of_each ({', '.join(f'{column} varchar' for column in columns)})"
        )
        insert(con, "one_of_each", [[{**defaults, **row}.get(column) for column in columns] for row in rows])
        marked = ", ".join(
            f"{column} || 'r' || mark || 'k' || kind as {column}" for column in NAMING if column in columns
        )
        con.execute(
            f"insert into conformed.{name} by name select * exclude (kind, mark) replace (row_number() over () || '' as source_row"
            f"{', ' + marked if marked else ''}) from (from one_of_each, marks order by hash(mark, kind, one_of_each))"
        )
    con.execute("delete from facts.basis; delete from typed.extracts; delete from identity.ids")
    insert(con, "facts.basis", [(PLACE, as_at, "now", contract, day) for contract, day in extracts.items()])
    insert(con, "typed.extracts", [(PLACE, contract, day) for contract, day in extracts.items()])
    insert(
        con,
        "identity.ids",
        [(PLACE, f"{old}r{n}k{kind}", f"{new}r{n}k{kind}") for _, old, new, kind in links for n in marks],
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_reason_of_every_pair_is_recalled_and_none_told_of_another(
    con: duckdb.DuckDBPyConnection, seed: int
) -> None:
    draw = random.Random(seed)
    meant, said, right = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for pair in CATALOGUE.pairs.values():
        for as_at, extracts, kinds in worlds(pair):
            marks = draw.sample(range(100_000, 900_000), EACH)
            give(con, as_at, extracts, kinds, marks)
            reconcile_pairs(con, replace(CATALOGUE, pairs={pair.id: pair}), Position(PLACE, as_at))
            [(left, counted)] = con.execute("select left_cases, right_cases from facts.pairs").fetchall()
            items = con.execute("select case_id, reason, effect from facts.pair_items").fetchall()
            assert left + sum(effect for *_, effect in items) == counted, pair.id
            planted = {
                renamed(case, f"r{mark}k{kind}"): reason
                for kind, fault in enumerate(kinds)
                for case, reason in fault.told.items()
                for mark in marks
            }
            meant.update((pair.id, reason) for reason in planted.values())
            said.update((pair.id, reason) for _, reason, _ in items)
            right.update((pair.id, reason) for case, reason, _ in items if planted.get(case) == reason)
            con.execute("delete from facts.pairs; delete from facts.pair_items; delete from facts.pair_lines")
    print(f"\nseed {seed}: pair, reason, planted, recall, precision")
    for key in sorted({*meant, *said}):
        recall, precision = right[key] / max(meant[key], 1), right[key] / max(said[key], 1)
        print(f"{key[0]} {key[1]:18}{meant[key]:5} {recall:7.3f} {precision:7.3f}")
        assert meant[key] >= EACH and recall == 1.0 and precision >= 0.98, key
    assert set(CATALOGUE.pairs) == {pair for pair, _ in meant}
    assert {"X03", "X04", "X07"} == {pair for pair, reason in meant if reason == "MAPPING"}


def test_every_reason_that_a_rule_stands_for_is_planted() -> None:
    for pair in CATALOGUE.pairs.values():
        planted = {reason for _, _, faults in worlds(pair) for fault in faults for reason in fault.told.values()}
        stands_for = {rule.reason for side in (pair.left, pair.right) for rule in side.outside.values()}
        assert stands_for | {"MANUAL_ONLY"} <= planted, pair.id
