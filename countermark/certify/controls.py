"""Whether the checks find what is wrong: at each publication known faults are planted in a shadow copy, and every one has to be found.

A fault for each reason, a damage for each invariant, a figure that each check must not let through, each beside one with nothing wrong.
PASS: found, and nothing said of what is sound; FAIL: not; ERROR: could not be tried. What is not PASS certifies nothing at any position.
Docs: docs/adr/0044-the-checks-are-tried-with-planted-faults.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from countermark.certify import book, shadow
from countermark.certify.certify import judge_data, judge_figures
from countermark.certify.facts import CONTROLS, SCHEMA
from countermark.certify.shadow import CLEAN, Shadow
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Reason
from countermark.reconcile.bridges import reasons_expression
from countermark.reconcile.invariants import NAMES, check
from countermark.reconcile.members import Position
from countermark.warehouse.connect import EngineError, insert, quiet

REASON, ARITHMETIC, CHECK = "reason", "arithmetic", "check"
KINDS = (REASON, ARITHMETIC, CHECK)
NEWEST = (
    "select authority, max(as_at) from facts.definitions group by authority order by max(as_at) desc, authority limit 1"
)


@dataclass(frozen=True)
class Control:
    """One fault that was planted, and what became of it; `says` is empty where it was found."""

    name: str
    kind: str
    outcome: str
    says: str = ""


def record(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> list[Control]:
    """Try everything on a shadow of the newest position, and write what came of it for every position of the warehouse."""
    with quiet("trying the checks"):
        newest = con.execute(NEWEST).fetchall()
    found = tried(con, catalogue, Position(*newest[0])) if newest else []
    with quiet("noting how the checks were tried"):
        con.execute(f"create or replace table facts.controls ({CONTROLS})")
        insert(con, "facts.controls", rows_of(con, found))
    return found


def rows_of(con: duckdb.DuckDBPyConnection, found: list[Control]) -> list[tuple[object, ...]]:
    """The rows of facts.controls: what was found, for each computed position."""
    positions = con.execute("select distinct authority, as_at from facts.definitions order by all").fetchall()
    return [(*position, one.name, one.kind, one.outcome, one.says) for position in positions for one in found]


def tried(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> list[Control]:
    """What came of every planted fault; one ERROR of a kind where its faults could not be planted at all."""
    try:
        with quiet("making a shadow"), shadow.shadow(con, catalogue, position) as place:
            ids = shadow.children(con, position, len(shadow.faults(catalogue)) * shadow.EACH)
            return [
                *_safely(REASON, lambda: _reasons(place, ids)), *_safely(ARITHMETIC, lambda: _invariants(place)),
                *_safely(CHECK, lambda: _checks(place)),
            ]  # fmt: skip
    except (EngineError, LookupError):
        return [Control(kind, kind, "ERROR", "it could not be tried") for kind in KINDS]


def _safely(kind: str, work: object) -> list[Control]:
    try:
        with quiet("trying the checks"):
            return list(work())  # type: ignore[operator]
    except (EngineError, LookupError):
        return [Control(kind, kind, "ERROR", "it could not be tried")]


def _reasons(place: Shadow, ids: list[str]) -> Iterator[Control]:
    shadow.prepare(place)
    shadow.plant(place, ids)
    found = shadow.found(place)
    _, _, wrong = found.pop(CLEAN)
    yield _control("nothing wrong", REASON, not wrong, "a difference was told where nothing is wrong")
    for reason in sorted(place.catalogue.reasons.values(), key=lambda one: one.precedence):
        if reason.code not in found and reason.kind != "case":
            continue
        planted, missed, mistaken = found.get(reason.code, (0, 0, 0))
        is_found = planted > missed + mistaken == 0 if planted else _told_by_examples(place, reason)
        yield _control(reason.code, REASON, is_found, f"a fault “{reason.people_read}” was put in and not found")


def _told_by_examples(place: Shadow, reason: Reason) -> bool:
    """Of a reason whose fault nobody planted: whether it is told of each of its own examples in which it comes first."""
    mine = [example for example in reason.example if example.reasons[:1] == (reason.code,)]
    columns = {name: kind for name, kind, *_ in place.con.execute("describe pairs").fetchall()}
    for example in mine:
        values = {name: "false" if kind == "BOOLEAN" else f"null::{kind}" for name, kind in columns.items()}
        values |= {"effect": "0", "measure": "'denominator'"} | {name: f"${name}" for name in example.given}
        pair = ", ".join(f'{value} as "{name}"' for name, value in values.items())
        query = f"select ({reasons_expression(place.catalogue)})[1].code from (select {pair})"
        if place.con.execute(query, dict(example.given)).fetchall() != [(reason.code,)]:
            return False
    return bool(mine)


def _invariants(place: Shadow) -> Iterator[Control]:
    """The arithmetic holds of the shadow as it is, and each damage is told by the invariant that it is named after."""
    con, sound = place.con, check(place.con, place.catalogue, place.position)
    damages = shadow.damages(place.catalogue)
    for one in sound:
        if one.name not in damages:
            continue
        con.execute("begin transaction")
        try:
            con.execute(damages[one.name])
            [damaged] = check(con, place.catalogue, place.position, [one.name])
        finally:
            con.execute("rollback")
        is_told = (one.outcome, damaged.outcome) == ("PASS", "FAIL")
        yield _control(one.name, ARITHMETIC, is_told, f"damage was not told: {one.says}")
    if {one.name for one in sound} != set(NAMES):
        yield Control("arithmetic", ARITHMETIC, "ERROR", "it could not be tried")


def _checks(place: Shadow) -> Iterator[Control]:
    """Every check of a sound figure holds and it is certified; of each other one the check that must not hold does not."""
    con = place.con
    con.execute(f"{book.SCHEMA}; {SCHEMA}")
    place.run("figures")
    judge_data(con, place.catalogue)
    place.run("signatures")
    judge_figures(con, place.catalogue)
    [query] = place.texts("judged")
    for figure, name, was_told, others_hold, is_certified in con.execute(query).fetchall():
        is_found = is_certified if not name else not is_certified and (was_told or name == "proven")
        yield _control(
            figure, CHECK, is_found and others_hold, f"the check “{name or 'all'}” did not tell a figure made to try it"
        )


def _control(name: str, kind: str, is_found: bool, says: str) -> Control:
    return Control(name, kind, "PASS" if is_found else "FAIL", "" if is_found else says)
