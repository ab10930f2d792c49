"""The lists that figures imply: which members of which indicators name somebody to see today, in order of risk. Shapes only; the lists
are sql/lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field, model_validator

from countermark.contracts.indicator import Indicator
from countermark.contracts.model import Definition

KNOWN_WORDS = {"late", "since"}  # working days past the due day; working days since it was last done
UNITS = {"child": "children", "worker": "workers"}
BRACES = re.compile(r"\{(\w+)\}")


class Entry(Definition):
    """One indicator of a list: the states of its members that are listed, their place in the order of risk (1 is the first), why they have
    it, and the words for them.

    Of `says` the first sentence is used whose days in braces are known: `{late}` working days past the due day, `{since}` working days
    since it was last done; the last sentence asks for none. `unreadable` is said of a member whose date cannot be read. `needs` names what
    has to be delivered for the figure to be made.
    """

    indicator: str
    states: tuple[Literal["met", "not_met", "unusable"], ...] = Field(min_length=1)
    rank: int = Field(ge=1)
    why: str
    says: tuple[str, ...] = Field(min_length=1)
    unreadable: str = ""
    needs: str

    @model_validator(mode="after")
    def _says_something_of_everybody(self) -> Entry:
        asked = {word for sentence in (*self.says, self.unreadable) for word in BRACES.findall(sentence)}
        if unknown := asked - KNOWN_WORDS:
            raise ValueError(f"{self.indicator}: says may ask for {{late}} and {{since}}, not {{{sorted(unknown)[0]}}}")
        if BRACES.search(self.says[-1] + self.unreadable):
            raise ValueError(
                f"{self.indicator}: the last sentence, and what is said of no readable date, ask for no days"
            )
        if ("unusable" in self.states) != bool(self.unreadable):
            raise ValueError(
                f"{self.indicator}: a member whose date cannot be read is listed with words for it, `unreadable`"
            )
        return self


class ToSee(Definition):
    """One list: children to see, or workers to supervise."""

    title: str
    question: str
    unit: Literal["child", "worker"]
    entry: tuple[Entry, ...] = Field(min_length=1)


def faults(lists: Mapping[str, ToSee], indicators: Mapping[str, Indicator]) -> Iterable[str]:
    """What is wrong with the lists together, each in a sentence: unknown indicators, figures over a period, a place given twice."""
    taken: dict[tuple[str, int], str] = {}
    for name, one in lists.items():
        for entry in one.entry:
            indicator = indicators.get(entry.indicator)
            if indicator is None:
                yield f"the list {name} names the unknown indicator {entry.indicator}"
            elif indicator.period != "snapshot" or indicator.stage != "members":
                yield f"the list {name} names {entry.indicator}, which does not say how things stand at a date"
            elif (indicator.case == "worker") != (one.unit == "worker"):
                yield f"the list {name} is of {UNITS[one.unit]}, and {entry.indicator} counts by {indicator.case}"
            other = taken.setdefault((one.unit, entry.rank), entry.indicator)
            if other != entry.indicator:
                yield f"the list {name} gives {entry.indicator} the place {entry.rank}, which {other} has"
