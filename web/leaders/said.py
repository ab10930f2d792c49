"""A figure in the words of these pages: value, range, why it is not safe to quote, to whom its list went, how it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from countermark.charts.small import signal_icon, sparkline
from countermark.desk.figures import Figure
from countermark.explaining.doubt import Doubt
from countermark.signals.series import SMALL, Series, says
from countermark.words import day, is_measured, measured, plain, sentence, unit, unmoved, without_range
from web.context import person
from web.leaders import figures
from web.leaders.aims import Aim, aim, rate
from web.published import Row, Snapshot

QUOTED_ALL = ("officer", "team_manager", "auditor")  # they work on what is not reliable enough, so they see it
TOLD_CHILDREN = (*QUOTED_ALL, "leader")
STARTS = ("Being checked: ", "Not reliable enough to report: ")


@dataclass(frozen=True)
class Said:
    """One figure as a page shows it. `value` is `[x]` where it is not quoted, `[z]` where there was nobody to count."""

    figure: Figure
    quoted: bool
    value: str
    of: str
    range: str
    why: str
    bounds: str
    list_with: str
    earlier: str
    judged: str
    trend: str
    icon: Markup
    spark: Markup
    aim: Aim | None
    rate: str

    @property
    def is_missing(self) -> bool:
        """Whether a code stands in the number's place."""
        return self.value.startswith("[")


def said(snapshot: Snapshot, figure: Figure, known_at: datetime | None = None) -> Said:
    """The figure in words, for the person of this request."""
    quoted = is_quoted(figure.status)
    doubt, line = figures.doubt(snapshot, figure), figures.series_of(snapshot, figure, known_at)
    judged, trend = says(line, figure.as_at)
    point = line.at(figure.as_at)
    withheld = figure.status == "withheld"
    return Said(
        figure, quoted, value(figure) if quoted else "[x]", whole(figure) + children(figure) if quoted else "",
        range_words(figure) if quoted and not withheld else "", why(figure), bounds(figure, doubt) if withheld else "",
        list_with(doubt) if figure.status != "certified" else "", earlier(snapshot, figure) if withheld else "",
        judged, trend, Markup(signal_icon(judged, point.whither if point else 0)),  # noqa: S704 (our own drawing)
        Markup(sparkline(line, figure.as_at)),  # noqa: S704 (our own drawing)
        aim(snapshot, figure), rate(snapshot, figure),
    )  # fmt: skip


def is_quoted(status: str) -> bool:
    """Whether the person of this request is quoted a figure of that status."""
    return status != "withheld" or person().role in QUOTED_ALL


def number(numerator: int | None, denominator: int | None, figure_unit: str, value: float | None) -> str:
    """A value as text: a percentage; counts where there are few cases; a measured value with its unit; [z] where there is nobody to
    count, [x] without a number."""
    if numerator is None:
        return "[x]"
    if is_measured(figure_unit):
        return measured(value, figure_unit)
    if figure_unit != "percent":
        return f"{numerator:,}"
    if not denominator:
        return "[z]"
    return f"{numerator} of {denominator}" if denominator < SMALL else f"{numerator / denominator:.1%}"


def value(figure: Figure) -> str:
    """The recorded value as text."""
    return number(figure.numerator, figure.denominator, figure.unit, figure.value)


def whole(figure: Figure) -> str:
    """What the value is of: 80 of 89 children; children; where there are few, no more than who they are."""
    noun = unit(figure.case_unit, figure.denominator if figure.denominator is not None else figure.numerator or 0)
    if is_measured(figure.unit):
        return f"of {figure.numerator:,} {unit(figure.case_unit, figure.numerator or 0)}{_unmeasured(figure)}"
    if figure.unit != "percent":
        return noun
    if not figure.denominator:
        return f"no {unit(figure.case_unit, 1)} to count"
    return noun if figure.denominator < SMALL else f"{figure.numerator:,} of {figure.denominator:,} {noun}"


def children(figure: Figure) -> str:
    """How many children the cases are, where that is another number: brothers and sisters, or one child several times."""
    of, some = figure.children_denominator, figure.children_numerator
    if person().role not in TOLD_CHILDREN or is_measured(figure.unit):
        return ""
    if figure.unit != "percent":
        return f" about {some:,} {unit('child', some)}" if some and some != figure.numerator else ""
    return f"; {some:,} of {of:,} {unit('child', of)}" if of and some is not None and of != figure.denominator else ""


def _unmeasured(figure: Figure) -> str:
    missing = (figure.denominator or 0) - (figure.numerator or 0)
    return f"; {missing:,} more {'has' if missing == 1 else 'have'} nothing to measure" if missing else ""


def verb(figure: Figure, cases: int) -> str:
    """What the cases on the side that worries do."""
    if figure.counts_unmet:
        return "does not meet it" if cases == 1 else "do not meet it"
    return "is counted" if cases == 1 else "are counted"


def range_words(figure: Figure) -> str:
    """Between how many cases the figure may lie, as the open differences fall."""
    silent = f" {sentence(figure.range_says)}" if figure.range_says else ""
    if figure.unit == "percent" and not figure.denominator:
        return silent.strip()
    if is_measured(figure.unit) and figure.range_low is None:
        return f"[x] No range: some of its cases are open, and what would be measured of them is not known.{silent}"
    if figure.range_low is None or figure.range_high is None:
        return f"[x] {without_range(figure.range_says)}"
    if figure.range_low == figure.range_high or figure.fewest is None or figure.most is None:
        return unmoved(figure.open_moving, figure.open_apart) + silent
    if is_measured(figure.unit):
        return f"{plain(figure.range_low)} to {measured(figure.range_high, figure.unit)}.{silent}"
    between = f"Between {figure.fewest:,} and {figure.most:,}"
    of = f" of {figure.denominator:,}" if figure.unit == "percent" else ""
    share = f" ({figure.range_low:.1%} to {figure.range_high:.1%})" if figure.unit == "percent" else ""
    if figure.fewest == figure.most and figure.unit == "percent":
        noun = unit(figure.case_unit, figure.most)
        return f"{figure.most:,} {noun} {verb(figure, figure.most)}; of how many is open{share}.{silent}"
    return f"{between}{of} {unit(figure.case_unit, figure.most)} {verb(figure, figure.most)}{share}.{silent}"


def why(figure: Figure) -> str:
    """Why the figure is not safe to quote, without the words of the status that stand beside it."""
    reason = figure.status_reason
    for start in STARTS:
        reason = reason.removeprefix(start)
    return "" if figure.status == "certified" else sentence(reason)


def bounds(figure: Figure, doubt: Doubt) -> str:
    """At least and at most how many, where the figure itself is not reliable enough.

    Errors in records have bounds. A list that did not come whole, or a check that could not be run, has none.
    """
    reason = figure.status_reason
    if "blocking error" not in reason or "delivery of" in reason or "rule" in reason:
        return "[x] How many cannot be said before that is put right."
    if figure.fewest is None or figure.most is None:
        return "[x] How many cannot be said."
    low, high = doubt.at_least(figure.fewest), doubt.at_most(figure.most)
    if low == high:
        return f"Exactly {low:,} {unit(figure.case_unit, low)} {verb(figure, low)}."
    return f"At least {low:,} and at most {high:,} {unit(figure.case_unit, high)} {verb(figure, high)}."


def list_with(doubt: Doubt) -> str:
    """Who has the list of the cases in question: the managers of their teams, and the performance team for those without."""
    named = [team for team in doubt.teams if team]
    managers = f"the team manager{'s' if len(named) > 1 else ''} of {enumerated(named)}" if named else ""
    officers = "the performance team" if "" in doubt.teams or not named else ""
    return f"The list is with {enumerated([managers, officers])}."


def enumerated(parts: Sequence[str]) -> str:
    """Parts in a sentence: a, b and c."""
    there = [part for part in parts if part]
    return there[0] if len(there) == 1 else f"{', '.join(there[:-1])} and {there[-1]}" if there else ""


def earlier(snapshot: Snapshot, figure: Figure) -> str:
    """The last certified value with its age; it stays readable."""
    row: Row | None = figures.certified_before(snapshot, figure)
    if row is None:
        return "It has not been certified before."
    then = number(row["numerator"], row["denominator"], figure.unit, row["value"])
    if row["as_at"] == figure.as_at:
        return f"Before that, {then} had been certified for this date."
    return f"Last certified: {then} at {day(row['as_at'])}, {age(row['as_at'], figure.as_at)} earlier."


def age(then: date, now: date) -> str:
    """How long ago, in months where it is more than one."""
    months = (now.year - then.year) * 12 + now.month - then.month
    days = (now - then).days
    return f"{months} months" if months > 1 else "one month" if months == 1 else f"{days} days"


def last_year(line: Series, figure: Figure) -> str:
    """The same month of the year before: the first comparator that a board asks for."""
    then = next(
        (p for p in line.points if p.as_at.month == figure.as_at.month and p.as_at.year == figure.as_at.year - 1), None
    )
    if then is None:
        return "[x] No figure of a year before."
    shown = number(then.numerator, then.denominator, figure.unit, then.recorded) if is_quoted(then.status) else "[x]"
    return f"{shown} at {day(then.as_at)}."
