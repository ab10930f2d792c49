"""Two systems that hold the same thing, side by side: what each counts, and which rule leaves a case out of it. Shapes only; the pairs are
sql/pairs, and what they share is computed by sql/shared/pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from countermark.contracts.model import Contract, Definition

ID = re.compile(r"^X[0-9]{2}$")
PARAMETER = re.compile(r"\$(\w+)")


class LeftOut(Definition):
    """A rule that leaves a case out of one side: the reason that it proves where the other side counts the case, and its words. `by_code`:
    what it looks at is the pair's code, so that it proves nothing where the other side has another one of the same day."""

    reason: Literal["SCOPE", "AS_AT", "VALUE", "INVALID", "EXTRACT_RULE", "TRANSFER_IN_OUT"]
    says: str = Field(min_length=1)
    by_code: bool = False


class Side(Definition):
    """One side: its name, the conformed tables that its query reads, the lists that have to be delivered for it, those that are looked at
    beside them where they were, the rules that leave a case out, and the column of a list in which the pair's code is written."""

    name: str
    reads: tuple[str, ...] = Field(min_length=1)
    contracts: tuple[str, ...] = Field(min_length=1)
    also: tuple[str, ...] = ()
    outside: dict[str, LeftOut] = Field(default_factory=dict)
    written: dict[str, str] = Field(default_factory=dict)


class Pair(Definition):
    """Two systems' figures of one thing. `compared` says of which day: the position's, or the last day of the year that the left side's
    return is of. `coded` names a code that both sides have: their queries give it as `code`, with the day of what it says as `coded_on`.
    What the sources cannot show stands in `sees_not`."""

    id: str
    title: str
    question: str
    why_it_matters: str
    case: Literal["child", "event", "worker"]
    compared: Literal["position", "year_end"] = "position"
    coded: str = ""
    owner: str
    next_review: date
    left: Side
    right: Side
    sees_not: tuple[str, ...] = Field(min_length=1)
    parameters: dict[str, int] = Field(default_factory=dict)
    sources: tuple[str, ...] = Field(min_length=1)
    folder: Path

    @model_validator(mode="after")
    def _is_whole(self) -> Pair:
        if not ID.match(self.id):
            raise ValueError(f"a pair's id is an X and two digits, not {self.id}")
        known = {"as_at", *self.parameters}
        if unknown := {name for text in self.queries for name in PARAMETER.findall(text)} - known:
            raise ValueError(f"{self.id} asks for ${sorted(unknown)[0]}, which it does not give")
        sides = (self.left, self.right)
        if not self.coded and any(
            side.written or any(rule.by_code for rule in side.outside.values()) for side in sides
        ):
            raise ValueError(
                f"{self.id} says where a code is written, or what it leaves out, and does not say which code (coded)"
            )
        return self

    @cached_property
    def queries(self) -> tuple[str, str]:
        """What each side counts, as SQL: left, then right."""
        left, right = ((self.folder / f"{name}.sql").read_text(encoding="utf-8") for name in ("left", "right"))
        return left, right

    @property
    def sides(self) -> tuple[tuple[str, Side, str], ...]:
        """Each side by its place, with its query."""
        return (("left", self.left, self.queries[0]), ("right", self.right, self.queries[1]))

    @property
    def unit(self) -> str:
        """What the pair counts, in the plural."""
        return {"child": "children", "event": "events", "worker": "workers"}[self.case]


def faults(pairs: Iterable[Pair], tables: Iterable[str], contracts: Mapping[str, Contract]) -> Iterable[str]:
    """Which names the pairs give that nothing else defines, each in a sentence."""
    known_tables, known_contracts = set(tables), set(contracts)
    for pair in pairs:
        for side in (pair.left, pair.right):
            yield from (f"{pair.id} reads the unknown table {name}" for name in side.reads if name not in known_tables)
            named = (*side.contracts, *side.also)
            yield from (f"{pair.id} names the unknown contract {name}" for name in named if name not in known_contracts)
            yield from (
                f"{pair.id} says that its code is written in {column} of {name}, which is no such column"
                for name, column in side.written.items()
                if name not in named or column not in contracts[name].columns
            )
