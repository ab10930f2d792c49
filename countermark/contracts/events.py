"""Days on which an authority's figures may have changed their meaning: a case system's go-live, Ofsted's inspections and visits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from countermark.contracts.authority import Authority

GO_LIVE, OTHER = "go_live", "other"
KINDS = {
    GO_LIVE: "a new case system went live",
    "inspection": "Ofsted inspected",
    "visit": "Ofsted visited",
    OTHER: "",
}  # no limit crosses the day of one, but for `other`: that is a line in the chart and nothing more
LABELS = {GO_LIVE: "go-live", "inspection": "inspection", "visit": "visit", OTHER: "event"}
LEAST_WORDS = 2


class Event(BaseModel):
    """One such day; `says` is what charts tell of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date = Field(alias="date")
    kind: str
    says: str = ""


def told(kind: str, says: str | None) -> str:
    """An event in words: what it was, and what the authority says of it."""
    return ": ".join(part for part in (KINDS.get(kind, ""), (says or "").strip().rstrip(".")) if part)


def faults(authority: Authority) -> Iterator[str]:
    """What is wrong with the events, each as a sentence's end."""
    seen: set[tuple[date, str]] = set()
    for one in authority.events:
        where = f"its event of {one.day}"
        if one.kind not in KINDS:
            near = get_close_matches(one.kind, KINDS, 1, 0.5)
            there = f"perhaps {near[0]}" if near else f"there is {', '.join(KINDS)}"
            yield f"{where} is of a kind that there is not: {there}"
        elif one.kind == OTHER and len(one.says.split()) < LEAST_WORDS:
            yield f"{where} has to say in words what it was: fill in “says”"
        if (one.day, one.kind) in seen:
            yield f"{where} is there twice: leave one"
        seen.add((one.day, one.kind))
