"""The ways in which a SQL text is altered, one operator or boundary at a time. Where they stand is read off the parser's tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sqlfluff.core.parser import BaseSegment

from tools.mutation.parsing import parts, start, stop, tree_of, walk

COMPARED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "="}
JOINED = {"and": "or", "or": "and", "+": "-", "-": "+"}
CALLED = {
    "min": "max",
    "arg_min": "arg_max",
    "bool_or": "bool_and",
    "least": "greatest",
    "lag": "lead",
}
CALLED |= {after: before for before, after in CALLED.items()}
TURNED = {"asc": "desc", "desc": "asc"}
EVERY_ROW = "row_number() over () > 0"  # the engine takes no `qualify` without a window
CONDITIONS = ("where", "qualify", "having", "on")


@dataclass(frozen=True)
class Mutant:
    """A text altered in one place: from `start` to `stop` it says `after`."""

    kind: str
    start: int
    stop: int
    after: str

    def of(self, sql: str) -> str:
        """The altered text."""
        return sql[: self.start] + self.after + sql[self.stop :]

    def line(self, sql: str) -> int:
        """The number of the line in which it is."""
        return sql.count("\n", 0, self.start) + 1

    def lines(self, sql: str) -> tuple[str, str]:
        """The lines that are altered, before and after, each run of blanks as one."""
        first = sql.rfind("\n", 0, self.start) + 1
        last = sql.find("\n", self.stop)
        last = len(sql) if last < 0 else last
        before, after = sql[first:last], sql[first : self.start] + self.after + sql[self.stop : last]
        return " ".join(before.split()), " ".join(after.split())


def mutants(sql: str) -> list[Mutant]:
    """Every mutant of a text, in its order; no two make the same text."""
    found = [one for segment in walk(tree_of(sql)) for one in _of(segment)]
    return list({one.of(sql): one for one in sorted(found, key=lambda one: (one.start, one.stop))}.values())


def _of(segment: BaseSegment) -> Iterator[Mutant]:
    raw = segment.raw.lower()
    if segment.is_type("comparison_operator") and raw in COMPARED:
        yield _instead("comparison", segment, COMPARED[raw])
    elif segment.is_type("binary_operator") and raw in JOINED:
        yield _instead("operator", segment, JOINED[raw])
    elif segment.is_type("numeric_literal"):
        yield _instead("number", segment, str(Decimal(raw) + 1))
        yield _instead("number", segment, f"({Decimal(raw) - 1})" if Decimal(raw) < 1 else str(Decimal(raw) - 1))
    elif segment.is_type("boolean_literal"):
        yield _instead("true or false", segment, "false" if raw == "true" else "true")
    elif segment.is_type("function_name_identifier") and raw in CALLED:
        yield _instead("function", segment, CALLED[raw])
    elif segment.segments:
        inside = parts(segment)
        yield from _negations(inside)
        yield from _between(inside)
        yield from _conditions(inside)
        if segment.is_type("orderby_clause"):
            yield from _order(inside)
        if segment.is_type("join_clause"):
            yield from _joins(inside)


def _instead(kind: str, segment: BaseSegment, after: str) -> Mutant:
    return Mutant(kind, start(segment), stop(segment), after)


def _is(segment: BaseSegment | None, *words: str) -> bool:
    return segment is not None and segment.is_type("keyword") and segment.raw.lower() in words


def _negations(inside: Sequence[BaseSegment]) -> Iterator[Mutant]:
    """`is …` and `is not …` change places; any other `not` goes."""
    for before, word, after in zip([None, *inside], inside, [*inside[1:], None], strict=False):
        if _is(word, "is") and not _is(after, "not"):
            yield Mutant("is or is not", stop(word), stop(word), " not")
        elif _is(word, "not") and after is not None:
            yield Mutant("is or is not" if _is(before, "is") else "not", start(word), start(after), "")


def _between(inside: Sequence[BaseSegment]) -> Iterator[Mutant]:
    """Either end of a `between` a step further in."""
    for place, word in enumerate(inside):
        if not _is(word, "between"):
            continue
        middle = next((n for n in range(place, len(inside)) if _is(inside[n], "and")), None)
        if middle is None:  # of a window's frame
            continue
        ends = (n for n in range(middle, len(inside)) if inside[n].raw.lower() in ("and", "or") and n > middle)
        last = next(ends, len(inside)) - 1
        yield Mutant("between", stop(inside[middle - 1]), stop(inside[middle - 1]), " + 1")
        yield Mutant("between", stop(inside[last]), stop(inside[last]), " - 1")


def _conditions(inside: Sequence[BaseSegment]) -> Iterator[Mutant]:
    """Each part of a condition that all must hold goes; the whole one where any may."""
    for word, condition in pairwise(inside):
        if not _is(word, *CONDITIONS) or not condition.is_type("expression"):
            continue
        held = parts(condition)
        cuts = [n for n, part in enumerate(held) if part.is_type("binary_operator") and part.raw.lower() == "and"]
        if any(part.is_type("binary_operator") and part.raw.lower() == "or" for part in held):
            cuts = []
        for first, last in zip([0, *(n + 1 for n in cuts)], [*cuts, len(held)], strict=True):
            nothing = EVERY_ROW if _is(word, "qualify") and not cuts else "true"
            yield Mutant("condition dropped", start(held[first]), stop(held[last - 1]), nothing)


def _order(inside: Sequence[BaseSegment]) -> Iterator[Mutant]:
    """Each part of an order turned round; nulls at the other end."""
    for part in inside:
        if _is(part, "first", "last"):
            yield _instead("order", part, "last" if part.raw.lower() == "first" else "first")
        elif _is(part, *TURNED):
            yield _instead("order", part, TURNED[part.raw.lower()])
    named = [part for part in inside if not _is(part, "order", "by", "nulls", "first", "last")]
    for part, after in zip(named, [*named[1:], None], strict=True):
        last = after is None or after.is_type("comma")
        if last and not part.is_type("comma") and not _is(part, *TURNED, "all"):
            yield Mutant("order", stop(part), stop(part), " desc")


def _joins(inside: Sequence[BaseSegment]) -> Iterator[Mutant]:
    """A join that needs a partner keeps rows without one, and the other way round."""
    words = [part for part in inside if part.is_type("keyword")]
    first = words[0]
    if _is(first, "join", "inner"):
        yield Mutant("join", start(first), stop(first), "left join" if _is(first, "join") else "left")
    elif _is(first, "left"):
        yield Mutant("join", start(first), stop(first), "inner")
    elif _is(first, "full"):
        yield Mutant("join", start(first), stop(first), "left")
        yield Mutant("join", start(first), stop(first), "right")
