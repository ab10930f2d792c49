"""Published tables beside an indicator: which columns of one say the same of other places, and how that differs from ours. Shapes only."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from countermark.contracts.indicator import Indicator
from countermark.contracts.model import Definition, Mark

WHEN = {  # what a published year is about: its words, and the month and day on which it ends
    "year to 31 March": ("year to 31 March", "03-31"),
    "31 March": ("31 March", "03-31"),
    "year to 30 September": ("year to 30 September", "09-30"),
    "30 September": ("30 September", "09-30"),
}
OURS = {"snapshot": "one date", "month": "one month"}


class Layout(Definition):
    """The columns of one edition of a published table. A `-` before a column of the numerator takes it away.

    `value` is the column of the share or average where the table has it, else it is the numerator over the denominator. `where` keeps
    the rows whose column holds one of these values (`*` stands for any ending), which has to leave one row for each place and year.
    """

    mark: Mark
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    value: str = ""
    rate: str = ""  # per 10,000 children
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("where", mode="before")
    @classmethod
    def _several(cls, said: Any) -> Any:
        if not isinstance(said, dict):
            return said
        return {name: (one,) if isinstance(one, str) else one for name, one in said.items()}

    @property
    def columns(self) -> set[str]:
        """Every column that a table needs to be of this layout."""
        named = {self.value, self.rate} - {""}
        return {name.removeprefix("-") for name in self.numerator} | {*self.denominator, *named, *self.where}

    @model_validator(mode="after")
    def _says_something(self) -> Layout:
        if not (self.value or self.numerator):
            raise ValueError("a layout names the column of the value, or those of the numerator")
        return self


class Published(Definition):
    """Where the same is published of other places, in one or more editions of a table, and how it differs from ours.

    `value_is`: what the value's column holds; a percentage becomes a share between 0 and 1, years and months become days.
    Columns given without `layout` are one.
    """

    source: str
    published_for: Literal["year to 31 March", "31 March", "year to 30 September", "30 September"] = "year to 31 March"
    value_is: Literal["percent", "number", "years:months"] = "percent"
    differs: str = ""
    layout: tuple[Layout, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_layout(cls, said: Any) -> Any:
        if not isinstance(said, dict) or "layout" in said:
            return said
        named = {name: said[name] for name in Layout.model_fields if name in said}
        rest = {name: one for name, one in said.items() if name not in named}
        return {**rest, "layout": [{"mark": "L"} | named]}

    def differs_from(self, ours: Indicator) -> str:
        """How what is published differs from an indicator, in whole sentences: its time first, where that is another."""
        years = {12: "twelve months", 36: "three years"}
        mine = OURS.get(ours.period) or years.get(ours.months, f"{ours.months} months")
        first = f"Published for the {self.published_for}; here for {mine}."
        return f"{first.replace('the 3', '3')} {self.differs}".strip()
