"""What an indicator's definition may say: meaning, owner, period, tolerance, as typed models. What it computes lies in its members.sql."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from countermark.contracts.model import Definition

INDICATOR_ID = re.compile(r"[A-Z]{2}\d+[A-Z]*(_\d+M)?")
SENTENCES = ("title", "question", "why_it_matters", "not_said", "clock_start", "value_name")
ASKED = re.compile(r"\{(\w+)\}")  # in a title or another sentence: the value of a parameter


class Tolerance(Definition):
    """How large the gross of open differences may be: the larger of `cases` and floor(`share` × denominator)."""

    cases: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    why: str


class Outside(Definition):
    """A rule that leaves a case out of the cohort."""

    reason: Literal["SCOPE", "AS_AT"]
    says: str
    event_in_window: bool = False
    answer_contradicts: bool = False


class Limit(Definition):
    """A share with the reason for it."""

    share: float = Field(ge=0, le=1)
    why: str


class Indicator(Definition):
    """An indicator: meaning, owner, standards, tolerance. Its members are in members.sql beside it.

    An average or a median is one of the members' `value` (an average weighted by `weight` where members have one): the numerator counts
    the cases that have a value, the denominator those that should. `windows` are lengths in months for which the figure is made beside
    the month's, each under an id of its own (`CP3_12M`). `reads_also` are tables that help where they are there and that no figure waits
    for. `varies_by` names what an authority may let a parameter vary by (`category`). An authority's own values (`with_values`) leave
    `values_by`, what it set by kind, and `own`, the same in words; `wording` keeps the sentences that name a parameter in braces.
    """

    id: str
    title: str
    why_it_matters: str
    question: str
    theme: str
    headline: bool = False
    version: int = 1
    measures: Literal["share", "count", "average", "median"]
    value_name: str = ""  # what a measured value is: "working days since the last visit"
    value_unit: str = ""  # the word after its number: "days", "children"
    rate_of: str = ""  # of a count: the population (authority.toml) of which it is said per 10,000 as well
    case: Literal["child", "event", "worker", "family", "other"]
    case_unit: Literal["child", "event", "family", "meeting", "worker"] = "child"
    case_name: str = ""
    meeting: bool = False  # the case is a child at a meeting on one day (`decides`), which siblings share
    clock_start: str = ""
    cohort: Literal["", "due", "completed", "open"] = ""
    better: Literal["high", "low", "neither"]
    stage: Literal["members", "published"] = (
        "members"  # published: made of this product's own figures (sql/own), at publication
    )
    period: Literal["snapshot", "month", "window"]
    months: int = 1  # how long its period is
    windows: tuple[int, ...] = ()
    rolling_weeks: int = Field(0, ge=0, le=13)  # watched at each week's end over so many weeks: no figure of record
    window_of: str = ""  # the id of the monthly indicator whose definition this is over a longer time
    reads: tuple[str, ...]
    reads_also: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()  # columns (table.column) without which the figure still says what it says
    contracts: tuple[str, ...]
    decides: str
    event_decides: Literal["numerator", "denominator", "both", "none"]
    requires_status: str = ""
    last_event: bool = False
    declared_range: tuple[float, float]
    range_why: str
    overtaken_limit: Limit
    independent_evidence: Literal["", "dip_sample"] = ""
    not_said: str = ""
    owner: str
    checked_by: str = ""
    next_review: date
    sources: tuple[str, ...]
    parameters: dict[str, int | float | str] = Field(default_factory=dict)
    varies_by: dict[str, str] = Field(default_factory=dict)
    follows: str = (
        ""  # whose values of an authority hold here too, of parameters that both have, where it sets none here
    )
    stands_beside: tuple[str, ...] = ()  # an audit's grade: beside figures of which themes; "*": where none is named
    values_by: dict[str, dict[str, int | float | str]] = Field(default_factory=dict)
    own: str = ""
    wording: dict[str, str] = Field(default_factory=dict)
    tolerance: Tolerance
    outside: dict[str, Outside] = Field(default_factory=dict)
    folder: Path

    @property
    def members_sql(self) -> str:
        """The text of members.sql."""
        return (self.folder / "members.sql").read_text(encoding="utf-8")

    @property
    def unit(self) -> str:
        """`percent` for a share, `count` for a headcount, else the unit of what is measured."""
        return {"share": "percent", "count": "count"}.get(self.measures, self.value_unit)

    @property
    def bridge_measures(self) -> tuple[str, ...]:
        """The measures that a bridge of this indicator has."""
        return ("numerator",) if self.measures == "count" else ("denominator", "numerator")

    @property
    def is_measured(self) -> bool:
        """Whether the figure is made of measured values and not of counted cases."""
        return self.measures in ("average", "median")

    def with_values(
        self, values: dict[str, Any], values_by: dict[str, dict[str, Any]] | None = None, own: str = ""
    ) -> Indicator:
        """This indicator with an authority's own parameters; sentences that name one in braces follow."""
        if not values and not values_by:
            return self
        parameters = self.parameters | values
        worded = {name: _filled(text, parameters) for name, text in self.wording.items()}
        if "title" in worded and self.window_of:
            worded["title"] += self.title[len(_filled(self.wording["title"], self.parameters)) :]
        outside = {
            name: rule.model_copy(update={"says": worded.pop(f"outside.{name}", rule.says)})
            for name, rule in self.outside.items()
        }
        return self.model_copy(
            update={**worded, "parameters": parameters, "values_by": values_by or {}, "own": own, "outside": outside}
        )

    @property
    def said(self) -> dict[str, object]:
        """The parameters as members.sql asks for them; of one that may vary also `<name>_by`, a map with the usual value at ''."""
        maps = {name: {"": self.parameters[name]} | self.values_by.get(name, {}) for name in self.varies_by}
        by_kind = {f"{name}_by": {"key": list(one), "value": list(one.values())} for name, one in maps.items()}
        return {**self.parameters, **by_kind}

    def over_windows(self) -> tuple[Indicator, ...]:
        """This indicator, and the same over each of its longer windows."""
        return (self, *(self._over(months) for months in self.windows))

    def _over(self, months: int) -> Indicator:
        said = {12: "rolling twelve months", 36: "rolling three years"}.get(months, f"rolling {months} months")
        return self.model_copy(
            update={
                "id": f"{self.id}_{months}M", "title": f"{self.title}, {said}", "period": "window", "months": months, "windows": (),
                "rolling_weeks": 0,
                "window_of": self.id, "headline": False,
            }
        )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, said: Any) -> Any:
        """Put parameters into the sentences that name them, and keep the sentences."""
        if not isinstance(said, dict) or "wording" in said:
            return said
        texts = {name: text for name, text in said.items() if isinstance(text, str) and name in SENTENCES}
        rules = said.get("outside", {})
        texts |= {f"outside.{name}": rule["says"] for name, rule in rules.items() if "says" in rule}
        wording = {name: text for name, text in texts.items() if ASKED.search(text)}
        filled = {name: _filled(text, said.get("parameters", {})) for name, text in wording.items()}
        outside = {
            name: rule | {"says": filled.pop(f"outside.{name}", rule.get("says"))} for name, rule in rules.items()
        }
        return {**said, **filled, "outside": outside, "wording": wording} if wording else said

    @model_validator(mode="after")
    def _is_whole(self) -> Indicator:
        if self.is_measured != bool(self.value_unit and self.value_name):
            raise ValueError("an average or a median names value_name and value_unit; nothing else does")
        if self.rate_of and self.measures != "count":
            raise ValueError("only a count has a rate")
        if self.windows and self.period != "month":
            raise ValueError("only a monthly indicator has windows")
        if self.rolling_weeks and (self.period != "month" or self.stage != "members" or self.is_measured):
            raise ValueError("only a monthly share or count of cases is watched over rolling weeks")
        return self


def _filled(text: str, parameters: dict[str, Any]) -> str:
    """A sentence with the values of the parameters that it names in braces."""
    return ASKED.sub(lambda found: str(parameters[found[1]]) if found[1] in parameters else found[0], text)
