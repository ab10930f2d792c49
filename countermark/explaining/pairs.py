"""Pairs of systems as they were published: what each side counts, the lines between, the cases. Reading, and the words of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.words import day, signed

Rows = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
WIDTH = 100
STANDS = """
select pair_id, count(distinct difference_id) filter (state = 'open') as open,
    count(distinct difference_id) filter (state = 'open' and decision_lapsed) as lapsed,
    count(distinct difference_id) filter (state = 'decided') as decided, min(first_seen) filter (state = 'open') as first_seen
from main.pair_items where authority = $authority and as_at = $as_at group by pair_id
"""


@dataclass(frozen=True)
class Line:
    """The cases of one reason: how many, and what they come to."""

    reason: str
    says: str
    effect: int
    cases: int


@dataclass(frozen=True)
class Case:
    """One case on which the sides differ, or which they know by two ids (effect 0)."""

    difference_id: str
    case_id: str
    child_id: str | None
    effect: int
    reason: str
    why: str
    evidence: str
    left_case: str | None
    right_case: str | None
    left_team: str | None
    right_team: str | None
    left_starts_on: date | None
    right_starts_on: date | None
    left_says: str | None
    right_says: str | None
    left_source: str | None
    right_source: str | None
    first_seen: date | None
    state: str | None = None
    decision: str | None = None
    decision_lapsed: bool | None = None


@dataclass(frozen=True)
class Stand:
    """How many of a pair's differences are open, open since a decision holds no more (`lapsed`), decided; when the oldest open was first
    seen."""

    open: int
    lapsed: int
    decided: int
    first_seen: date | None


@dataclass(frozen=True)
class Shown:
    """A pair at a position. Numbers are None where it was not made, and `not_made` says why."""

    authority: str
    pair_id: str
    as_at: date
    title: str
    question: str
    unit: str
    compared_on: date
    left_name: str
    right_name: str
    left_extracted_on: date | None
    right_extracted_on: date | None
    left_cases: int | None
    right_cases: int | None
    net: int
    gross: int
    not_made: str | None
    lines: tuple[Line, ...] = ()
    stand: Stand | None = None  # of an earlier version, which knew no life of them, it is unknown


def positions(rows: Rows, authority: str) -> list[date]:
    """The positions at which pairs were published, the newest first."""
    query = "select distinct as_at from main.pairs where authority = $authority order by as_at desc"
    return [row["as_at"] for row in rows(query, {"authority": authority})]


def pairs(rows: Rows, authority: str, as_at: date, pair_id: str | None = None) -> list[Shown]:
    """Every pair of a position with its lines, or the one asked for; by id."""
    key = {"authority": authority, "as_at": as_at}
    of = "authority = $authority and as_at = $as_at"
    lines: dict[str, list[Line]] = {}
    for row in rows(f"select pair_id, reason, says, effect, cases from main.pair_lines where {of} order by all", key):
        lines.setdefault(row.pop("pair_id"), []).append(Line(**row))
    found = rows(f"select * from main.pairs where {of} order by pair_id", key)
    stands = {row.pop("pair_id"): Stand(**row) for row in rows(STANDS, key)} if has_life(rows) else None
    nothing = Stand(0, 0, 0, None)
    return [
        Shown(
            **row, lines=tuple(lines.get(row["pair_id"], ())),
            stand=None if stands is None or row["not_made"] else stands.get(row["pair_id"], nothing),
        )
        for row in found
        if pair_id is None or row["pair_id"] == pair_id
    ]  # fmt: skip


def has_life(rows: Rows) -> bool:
    """Whether the publication is of a version in which differences between systems are decided on."""
    query = "select 1 from duckdb_columns() where schema_name = 'main' and table_name = 'pair_items' and column_name = 'state'"
    return bool(rows(query, {}))


def cases(rows: Rows, authority: str, as_at: date, pair_id: str) -> list[Case]:
    """The cases of a pair: those of the left side alone first, then by reason and words."""
    lived = ("state", "decision", "decision_lapsed")
    there = has_life(rows)
    names = ", ".join(name for name in Case.__dataclass_fields__ if there or name not in lived)
    found = rows(
        f"select {names} from main.pair_items where authority = $authority and as_at = $as_at and pair_id = $pair "
        "order by effect = 0, effect, reason, why, case_id",
        {"authority": authority, "as_at": as_at, "pair": pair_id},
    )
    return [Case(**row) for row in found]


def standing(stand: Stand) -> str:
    """How a pair's differences stand, in sentences."""
    lapsed = f", {stand.lapsed} of them since a decision no longer holds" if stand.lapsed else ""
    oldest = f", the oldest first seen on {day(stand.first_seen)}" if stand.first_seen else ""
    return f"{stand.open} open{lapsed}{oldest}; {stand.decided} decided. They move no figure, whatever is decided."


def words(shown: Shown, found: list[Case]) -> Iterator[str]:
    """A pair and its cases in lines for a terminal."""
    yield f"{shown.pair_id}: {shown.title}"
    yield from textwrap.wrap(shown.question, WIDTH)
    yield ""
    if shown.not_made:
        yield from textwrap.wrap(f"Not made at {day(shown.as_at)}. {shown.not_made}", WIDTH)
        return
    yield f"As things stood on {day(shown.compared_on)}, in {shown.unit}."
    width = max(len(text) for text in (shown.left_name, shown.right_name, *(f"  {line.says}" for line in shown.lines)))
    yield f"{shown.left_name:<{width}}  {shown.left_cases:>6}   {_taken(shown.left_extracted_on)}"
    for line in shown.lines:
        yield f"  {line.says:<{width - 2}}  {signed(line.effect):>6}   {_many(line.cases, 'case')}"
    yield f"{shown.right_name:<{width}}  {shown.right_cases:>6}   {_taken(shown.right_extracted_on)}"
    come = "which comes to" if len(found) == 1 else "which come to"
    yield f"{_many(len(found), 'difference')}, {come} {signed(shown.net)}." if found else "No difference."
    if shown.stand and found:
        yield from textwrap.wrap(standing(shown.stand), WIDTH)
    why = {line.reason: line.says for line in shown.lines}
    for case in found:
        yield ""
        yield f"  {case.case_id}  {signed(case.effect)}  {why.get(case.reason, case.reason)} [{case.reason}]"
        if case.state and case.first_seen:
            yield f"    {case.state.capitalize()}, first seen on {day(case.first_seen)}. Difference {case.difference_id}."
        yield from textwrap.wrap(case.why, WIDTH, initial_indent="    ", subsequent_indent="    ")
        for name, says, source in (
            (shown.left_name, case.left_says, case.left_source),
            (shown.right_name, case.right_says, case.right_source),
        ):
            if source:
                yield f"    {name}: {says or 'says nothing'} ({source})"


def _taken(on: date | None) -> str:
    return f"taken {day(on)}" if on else ""


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
