"""What a statement is before it is written as text, page or workbook. It names no child and no person."""

from __future__ import annotations

from dataclasses import dataclass

from countermark.charts.waterfall import Step
from countermark.explaining.bank import BankForm


@dataclass(frozen=True)
class Part:
    """One way from a number to another: the numerator's, the denominator's or the count's. `bank` is None of a restatement.
    `standing` says beside the first and the last number how far each can be trusted, where that is a figure's."""

    name: str
    first: tuple[str, int]
    steps: tuple[Step, ...]
    last: tuple[str, int]
    bank: BankForm | None = None
    standing: tuple[str, str] = ("", "")

    @property
    def gross(self) -> int:
        """What the steps come to without their signs."""
        return sum(abs(step.effect) for step in self.steps)


@dataclass(frozen=True)
class Statement:
    """A statement: `heads` say which figure and how far it can be trusted, `notes` what is to be known beside the parts."""

    title: str
    heads: tuple[str, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    picture: str
    name: str
