"""What a board pack says, in words and numbers, before it takes a form. Every sentence is here; renderers only place them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from countermark.charts.draw import Drawing

Audience = Literal["leader", "public"]
SUPPRESSED, NOT_AVAILABLE = "[c]", "[x]"


class PackError(RuntimeError):
    """A pack cannot be made as asked. The text says why and what to do."""


@dataclass(frozen=True)
class Told:
    """One figure as every page says it. `certificate` is the line that goes wherever the figure goes."""

    indicator_id: str
    title: str
    question: str
    theme: str
    headline: bool
    number: str
    counted: str
    range: str
    status: str
    status_words: str
    why: str
    certificate: str
    revision: int


@dataclass(frozen=True)
class Moment:
    """One month of a trend. Numbers are None where none is shown; `text` says what stands in their place."""

    as_at: date
    text: str
    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Trend:
    """A figure over time: its months, what they say, and the picture (none where nothing can be drawn)."""

    is_share: bool
    months: tuple[Moment, ...]
    says: str
    picture: Drawing | None


@dataclass(frozen=True)
class Line:
    """One reason why two counts differ, and what it adds to each measure."""

    words: str
    effects: tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """Why the teams' count and the system's differ, measure by measure. `picture` shows the first."""

    measures: tuple[str, ...]
    counted: tuple[int, ...]
    lines: tuple[Line, ...]
    recorded: tuple[int, ...]
    picture: Drawing


@dataclass(frozen=True)
class Remark:
    """Commentary on a figure, its numbers filled in. `changed` says what changed since it was written, where it is stale."""

    text: str
    owner: str
    on: date
    stale: bool
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """An action about a figure: its owner by role."""

    text: str
    owner: str
    due: date
    state: str


@dataclass(frozen=True)
class Question:
    """A question that was put to a figure, with its answer."""

    text: str
    role: str
    answer: str
    state: str


@dataclass(frozen=True)
class Page:
    """A headline figure's own page. `no_difference` says why there is nothing to compare, where there is not."""

    told: Told
    trend: Trend
    difference: Difference | None
    no_difference: str
    remark: Remark | None
    tasks: tuple[Task, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Change:
    """A figure beside the one before it."""

    title: str
    before: str
    now: str
    says: str


@dataclass(frozen=True)
class Definition:
    """How a figure is made: pairs of heading and text."""

    indicator_id: str
    title: str
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Warned:
    """A figure given out that is another now."""

    title: str
    as_at: date
    whom: str
    document: str
    given: str
    changed: tuple[str, ...]
    conclusion: bool
    told: bool


@dataclass(frozen=True)
class PackModel:
    """A whole pack. `standing` is the certificate line of pages that show many figures or none; `source` names the snapshot."""

    council: str
    authority: str
    as_at: date
    audience: Audience
    snapshot: str
    content_hash: str
    published_at: datetime
    before: date | None
    figures: tuple[Told, ...]
    changes: tuple[Change, ...]
    restated: tuple[Change, ...]
    pages: tuple[Page, ...]
    definitions: tuple[Definition, ...]
    warnings: tuple[Warned, ...]
    standing: str
    legend: str

    @property
    def headlines(self) -> tuple[Told, ...]:
        """The headline figures."""
        return tuple(one for one in self.figures if one.headline)

    @property
    def unreliable(self) -> tuple[Told, ...]:
        """The figures that are not reliable enough to report."""
        return tuple(one for one in self.figures if one.status == "withheld")

    @property
    def source(self) -> str:
        """The snapshot and its content, as every page names them."""
        return f"Publication {self.snapshot}, content {self.content_hash}"

    @property
    def title(self) -> str:
        """The pack's name."""
        version = "for the public" if self.audience == "public" else "for leaders"
        return f"Children’s services figures {version}"
