"""Mutants held to the examples: which are noticed, which are not, which are no SQL that the engine takes.

All examples lie in one database in memory, each in a schema of its own, so that a mutant costs one query for each example.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Timer

import duckdb

from countermark.contracts.indicator import Indicator
from countermark.warehouse.connect import MACROS, connect, statements
from tests.examples.cases import Case, cases
from tests.examples.world import SQL, World, indicators
from tools.mutation.mutants import Mutant, mutants
from tools.mutation.parsing import ROOT, functions

SECONDS = 10.0  # a mutant that asks the engine for longer is noticed: the examples take milliseconds
NOT_TAKEN = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.SyntaxException,
    duckdb.NotImplementedException,
)
MACRO = re.compile(r"create or replace macro (\w+)")
KILLED, SURVIVED, EQUIVALENT, NOT_VALID = "killed", "survived", "equivalent", "not valid"


class ControlError(RuntimeError):
    """What should hold before anything is altered does not: no score would mean anything."""


@dataclass(frozen=True)
class Subject:
    """A text that is altered: of an indicator, or one macro of a shared file, which stands there from `offset`."""

    name: str
    file: str
    sql: str
    cases: tuple[tuple[World, Case], ...]
    macro: bool = False
    offset: int = 0


@dataclass(frozen=True)
class Result:
    """What became of a mutant."""

    subject: str
    file: str
    kind: str
    line: int
    before: str
    after: str
    verdict: str


def _world(con: duckdb.DuckDBPyConnection, case: Case, schema: str) -> World:
    world = World(case.indicator, con, schema)
    for name, rows in case.given.items():
        world.give(name, rows, case.extracted_on)
    return world


def database() -> duckdb.DuckDBPyConnection:
    """A database in memory with the calendar and the macros, for one thread."""
    con = connect(None, SQL)
    con.execute("set threads = 1")
    con.execute("set memory_limit = '1GB'")
    return con


def subjects(con: duckdb.DuckDBPyConnection, wanted: Iterable[Indicator], *, shared: bool) -> list[Subject]:
    """Each wanted indicator's query; where `shared`, each macro that any of them uses, with the examples of all that do."""
    found: list[Subject] = []
    for one in wanted:
        worlds = tuple((_world(con, case, f"{one.id}_{n}".lower()), case) for n, case in enumerate(cases(one)))
        file = (one.folder / "members.sql").relative_to(ROOT).as_posix()
        found.append(Subject(one.id, file, one.members_sql, worlds))
    return found + (list(_macros(found)) if shared else [])


def _macros(members: Sequence[Subject]) -> Iterator[Subject]:
    made: dict[str, tuple[str, int, str]] = {}
    for name in MACROS:
        text = (SQL / name).read_text("utf-8")
        for statement in statements(text):
            if named := MACRO.match(statement):
                made[named[1]] = (f"sql/{name}", text.index(statement), statement)
    names = {one.name: functions(one.sql) & made.keys() for one in members}
    uses: dict[str, frozenset[str]] = {}
    waiting = set().union(*names.values())
    while waiting:
        uses |= {macro: functions(made[macro][2]) & made.keys() for macro in waiting}
        waiting = set().union(*uses.values()) - uses.keys()
    reach = {one.name: _reached(names[one.name], uses) for one in members}
    for macro in (macro for macro in made if macro in uses):
        file, offset, sql = made[macro]
        held = tuple(case for one in members if macro in reach[one.name] for case in one.cases)
        yield Subject(macro, file, sql, held, macro=True, offset=offset)


def _reached(names: frozenset[str], uses: dict[str, frozenset[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = set(names)
    while waiting:
        seen |= (now := waiting - seen)
        waiting = set().union(*(uses[name] for name in now)) - seen
    return seen


def _first_difference(cases: list[tuple[World, Case]], query: str | None) -> str:
    """What the first example that does not hold says; empty where all hold. That example goes to the front: it often notices the next."""
    for place, (world, case) in enumerate(cases):
        timer = Timer(SECONDS, world.con.interrupt)
        timer.start()
        said = "It failed."
        try:
            said = case.differs(world.asked(query or case.indicator.members_sql, case.as_at))
        finally:
            timer.cancel()
            if said:
                cases.insert(0, cases.pop(place))
        if said:
            return f"{case.indicator.id}: {case.title}{said}"
    return ""


def judge(
    con: duckdb.DuckDBPyConnection, subject: Subject, mutant: Mutant, cases: list[tuple[World, Case]] | None = None
) -> str:
    """KILLED where an example differs or fails, SURVIVED where all hold, NOT_VALID where the engine does not take the text."""
    altered, order = mutant.of(subject.sql), list(subject.cases) if cases is None else cases
    try:
        if subject.macro:
            con.execute("set search_path = 'main'")
            con.execute(altered)
        return KILLED if _first_difference(order, None if subject.macro else altered) else SURVIVED
    except NOT_TAKEN:
        return NOT_VALID
    except duckdb.Error:
        return KILLED
    finally:
        if subject.macro:
            con.execute("set search_path = 'main'")
            con.execute(subject.sql)


def held_to_examples(con: duckdb.DuckDBPyConnection, subject: Subject) -> Iterator[Result]:
    """Every mutant of a subject and what became of it. ControlError where an indicator's text as it stands does not hold."""
    order = list(subject.cases)
    if not subject.macro and (said := _first_difference(order, None)):
        raise ControlError(f"Before anything was altered: {said}")
    whole = (ROOT / subject.file).read_text("utf-8") if subject.macro else subject.sql
    for mutant in mutants(subject.sql):
        line = whole.count("\n", 0, subject.offset + mutant.start) + 1
        verdict = judge(con, subject, mutant, order)
        yield Result(subject.name, subject.file, mutant.kind, line, *mutant.lines(subject.sql), verdict)


def all_shipped(ids: Sequence[str] = ()) -> list[Indicator]:
    """The indicators asked for, each once (not over its windows); every one where none is named. KeyError for an unknown id."""
    known = {name: one for name, one in indicators().items() if not one.window_of}
    return [known[name] for name in (ids or known)]
