"""Targets of indicators: what authority.toml says of where a figure should be, by when, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from countermark.contracts.authority import Authority
    from countermark.contracts.catalogue import Catalogue

ALL = "ALL"


class Point(BaseModel):
    """Where a figure should be on a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    value: float = Field(allow_inf_nan=False)


class Target(BaseModel):
    """Where a figure should be: in its own unit, a share between 0 and 1. Which way is better is the definition's to say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str = Field(min_length=1)
    team: str = ALL
    target: float = Field(allow_inf_nan=False)
    band: float = Field(0.0, ge=0, allow_inf_nan=False)  # how far off is still within the band
    begins: date = Field(date.min, alias="from")
    baseline: float | None = Field(None, allow_inf_nan=False)
    baseline_on: date | None = None
    trajectory: tuple[Point, ...] = ()
    owner: str = ""  # a role and not a name
    action: str = ""


def faults(authority: Authority, catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with the targets, each as a sentence's end."""
    teams = {ALL, *(team.name for team in authority.teams)}
    seen: set[tuple[str, str, date]] = set()
    for one in authority.targets:
        where = f"its target of {one.indicator}"
        indicator = catalogue.indicators.get(one.indicator)
        if indicator is None:
            yield f"{where} is of no indicator that there is{_nearest(one.indicator, catalogue.indicators)}"
            continue
        if one.team not in teams:
            yield f"{where} is of a team that it does not name{_nearest(one.team, teams)}"
        if (one.indicator, one.team, one.begins) in seen:
            yield f"{where} is there twice for {one.team} from the same day: leave one"
        seen.add((one.indicator, one.team, one.begins))
        values = [
            one.target,
            *(point.value for point in one.trajectory),
            *([] if one.baseline is None else [one.baseline]),
        ]
        if indicator.measures == "share" and not all(0 <= value <= 1 for value in values):
            yield f"{where} is of a share, so each of its values lies between 0 and 1: write 0.95 for 95 per cent"
        if (one.baseline is None) != (one.baseline_on is None):
            yield f"{where} needs baseline and baseline_on together: what the figure was, and when"
        days = [*([one.baseline_on] if one.baseline_on else []), *(point.on for point in one.trajectory)]
        if days != sorted(set(days)):
            yield f"{where} has a trajectory whose days do not follow each other, after the baseline's"


def _nearest(name: str, known: object) -> str:
    found = get_close_matches(name, sorted(known), 3, 0.5)  # type: ignore[call-overload]
    return f": perhaps {' or '.join(found)}" if found else ""
