"""What inspectors found, finding by finding, and which figures would have shown it. Shapes only; the register is sql/findings."""

from __future__ import annotations

import datetime

from pydantic import Field, model_validator

from countermark.contracts.model import Definition


class Finding(Definition):
    """One finding: its number in the register, what was found in our words, the indicators that would have shown it, best first.

    One without an indicator says why.
    """

    number: int = Field(ge=1)
    says: str
    indicators: tuple[str, ...]
    reason: str = ""

    @model_validator(mode="after")
    def _has_a_figure_or_a_reason(self) -> Finding:
        if bool(self.indicators) == bool(self.reason):
            raise ValueError("a finding has indicators, or a reason why it has none")
        return self


class Letter(Definition):
    """A document with findings. `date` is its own, as YYYY-MM-DD, empty where it bears none and `date_why` says so."""

    title: str
    document: str
    date: str
    date_why: str = ""
    prefix: str
    finding: tuple[Finding, ...]

    @property
    def written(self) -> datetime.date | None:
        """The day that the document bears."""
        return datetime.date.fromisoformat(self.date) if self.date else None

    def code(self, finding: Finding) -> str:
        """The finding's name in the register: `S2-23`."""
        return f"{self.prefix}-{finding.number:02d}"
