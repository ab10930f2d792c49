"""What a text or a quotation was bound to: the figure as it stood, and what has changed in it since, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from countermark.desk.figures import ALL, Figure
from countermark.words import STATUS_WORDS, is_measured, measured, unit

NOT_AVAILABLE = "[x]"
CONCLUSION = (
    0.01  # a share that moves by a point, or a count by one, may change what is concluded (as revisions have it)
)


@dataclass(frozen=True)
class Bound:
    """A figure as it stood: copied from the snapshot by query. `low` and `high` are the range's ends, exact, as text."""

    revision: int
    facts_hash: str
    definition_hash: str
    team: str
    case_unit: str
    is_share: bool
    status: str
    numerator: int | None
    denominator: int | None
    manual_numerator: int | None
    manual_denominator: int | None
    reconciled_numerator: int | None
    reconciled_denominator: int | None
    low: str
    high: str
    fewest: int | None
    most: int | None
    not_countable: int | None
    overtaken: int | None
    measured: float | None = None  # of an average or a median, the value,
    measured_unit: str = ""  # and its unit

    @classmethod
    def to(cls, figure: Figure) -> Bound:
        """Bound to `figure` as it stands."""
        said: dict[str, Any] = {f.name: getattr(figure, f.name) for f in fields(cls) if hasattr(figure, f.name)}
        low, high = _exact(figure.range_low), _exact(figure.range_high)
        if is_measured(figure.unit):
            said |= {"measured": figure.value, "measured_unit": figure.unit}
        return cls(**said, low=low, high=high, is_share=figure.unit == "percent")

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Bound:
        """As a note's body keeps it."""
        return cls(**{field.name: body[field.name] for field in fields(cls) if field.name in body})

    def body(self) -> dict[str, Any]:
        """As a note's body keeps it."""
        return asdict(self)

    @property
    def value(self) -> float | None:
        """The share, the count, or what was measured; None where there is none."""
        if self.measured_unit:
            return self.measured
        if self.numerator is None:
            return None
        if not self.is_share:
            return float(self.numerator)
        return self.numerator / self.denominator if self.denominator else None

    @property
    def number(self) -> str:
        """The figure in words and digits: `80 of 89 children (89.9%)`, `12.4 days`."""
        if self.measured_unit:
            return measured(self.measured, self.measured_unit)
        return said(self.numerator, self.denominator, self.is_share, self.case_unit)

    @property
    def counted(self) -> str:
        """The team's count likewise."""
        return said(self.manual_numerator, self.manual_denominator, self.is_share, self.case_unit)

    @property
    def range(self) -> str:
        """`between 83.5% and 94.9%`, `exactly 97`; `[x]` where there is none."""
        if not self.low or not self.high:
            return NOT_AVAILABLE
        low, high = (self._end(float(end)) for end in (self.low, self.high))
        return f"exactly {low}" if low == high else f"between {low} and {high}"

    def _end(self, end: float) -> str:
        if self.measured_unit:
            return measured(end, self.measured_unit)
        return percent(end) if self.is_share else str(round(end))

    @property
    def status_words(self) -> str:
        """The status as people read it."""
        return STATUS_WORDS[self.status]


def said(numerator: int | None, denominator: int | None, is_share: bool, case_unit: str) -> str:
    """A number of cases in words: `80 of 89 children (89.9%)`, `97 children`; `[x]` where there is none."""
    if numerator is None or (is_share and denominator is None):
        return NOT_AVAILABLE
    if not is_share or denominator is None:
        return f"{numerator} {unit(case_unit, numerator)}"
    share = f" ({percent(numerator / denominator)})" if denominator else ""
    return f"{numerator} of {denominator} {unit(case_unit, denominator)}{share}"


def percent(share: float) -> str:
    """A share between 0 and 1 as people read it, to one place."""
    return f"{share:.1%}"


def _exact(number: float | None) -> str:
    return "" if number is None else repr(float(number))


def changes(before: Bound, now: Bound | None) -> list[str]:
    """What has changed in a figure, a sentence each; empty where nothing has that a reader could have relied on.

    A number of a figure that is, or was, not reliable enough to report is not repeated.
    """
    if now is None:
        return ["The figure is no longer published."]
    now = replace(now, case_unit=before.case_unit)  # another word for a case is no change
    shown = "withheld" not in (before.status, now.status)
    pairs = [
        ("It was {} and is now {}.", before.number, now.number),
        ("The team's count was {} and is now {}.", before.counted, now.counted),
        ("With the decisions counted in it was {} and is now {}.", _reconciled(before), _reconciled(now)),
        ("Its range was {} and is now {}.", before.range, now.range),
    ]
    if (_reconciled(before), _reconciled(now)) == (before.number, now.number):
        del pairs[2]  # no decision moved it: it would be said twice
    says = [text.format(old, new) for text, old, new in pairs if old != new and shown]
    if not shown and any(old != new for _, old, new in pairs):
        says.append("Its numbers have changed.")
    if before.status != now.status:
        says.append(f"It was “{before.status_words}” and is now “{now.status_words}”.")
    if (before.not_countable, before.overtaken) != (now.not_countable, now.overtaken):
        says.append("The number of cases that nobody can place has changed.")
    if before.definition_hash != now.definition_hash:
        says.append("Its definition has changed.")
    if not says and before.team == ALL and before.facts_hash != now.facts_hash:
        says.append("Its number is the same; the cases, differences or decisions behind it are not.")
    return says


def _reconciled(one: Bound) -> str:
    if one.measured_unit:
        return one.number  # a decision moves no measured value
    return said(one.reconciled_numerator, one.reconciled_denominator, one.is_share, one.case_unit)


def is_stale(before: Bound, now: Bound | None) -> bool:
    """Whether a text bound to `before` has to be read again. That a figure has been signed since does not make it stale."""
    return bool(changes(before, now)) and not _only_signed(before, now)


def _only_signed(before: Bound, now: Bound | None) -> bool:
    if now is None or now.status != "certified" or before.facts_hash != now.facts_hash:
        return False
    return len(changes(before, now)) == 1 and before.status != now.status


def changes_conclusion(before: Bound, now: Bound | None) -> bool:
    """Whether what a reader concluded may no longer hold: another status, or a value that moved by a point or by a case."""
    if now is None or before.status != now.status:
        return True
    return abs((now.value or 0.0) - (before.value or 0.0)) >= CONCLUSION
