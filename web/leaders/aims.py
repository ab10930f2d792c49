"""Where a figure should be at its date and how it stands, and its rate per 10,000: two short lines wherever the figure is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from countermark.charts.small import standing_icon
from countermark.contracts.populations import PER
from countermark.desk.figures import Figure
from countermark.words import day, is_measured, plain
from web.context import definitions
from web.published import Row, Snapshot

AT_TARGET = {
    "on_target": "Target met",
    "within_band": "Target missed by no more than the band",
    "off": "Target not met",
}
ON_THE_WAY = {
    "on_target": "Where it should be by now",
    "within_band": "Short of where it should be by now by no more than the band",
    "off": "Not where it should be by now",
}
TIMES = {"snapshot": "", "month": " in the month"}  # of which time a count is; of a longer one its months
BETTER = {
    "high": "Higher is better",
    "low": "Lower is better",
    "neither": "Neither higher nor lower is better: it should lie within the band",
}


@dataclass(frozen=True)
class Aim:
    """A figure's target as a page shows it. `says` is how it stands; it may begin with a code."""

    says: str
    icon: Markup
    standing: str
    target: str
    band: str
    better: str
    now: str
    baseline: str
    owner: str
    action: str

    @property
    def short(self) -> str:
        """Target and standing in one line."""
        if not self.standing:
            return f"Target {self.target}"
        return f"{self.says} ({f'{self.now}; target {self.target}' if self.now else self.target})"


def aim(snapshot: Snapshot, figure: Figure) -> Aim | None:
    """The target of a figure at its date; None where it has none."""
    row = _of_position(snapshot, "targets", figure).get((figure.indicator_id, figure.team))
    if row is None:
        return None
    standing = row["standing"] or ""
    on_the_way = row["aim"] is not None and row["aim"] != row["target"]
    return Aim(
        _says(figure, row, (ON_THE_WAY if on_the_way else AT_TARGET).get(standing, "")),
        Markup(standing_icon(standing)) if standing else Markup(""),  # noqa: S704 (our own drawing)
        standing, in_unit(row["target"], figure.unit), _apart(row["band"], figure.unit), BETTER[figure.better],
        in_unit(row["aim"], figure.unit) if on_the_way else "", _baseline(row["baseline"], row["baseline_on"], figure.unit),
        row["owner"] or "", row["action"] or "",
    )  # fmt: skip


def _says(figure: Figure, row: Row, standing: str) -> str:
    if standing:
        return standing
    if figure.status == "withheld":
        return "[x] How it stands is not said: the figure is not reliable enough to report"
    return "Nothing is asked of it yet" if row["aim"] is None else "[z] There was nobody to count"


def _baseline(value: float | None, on: date | None, unit: str) -> str:
    return "" if value is None or on is None else f"{in_unit(value, unit)} at {day(on)}"


def in_unit(value: float, unit: str) -> str:
    """A value that people set, in the figure's unit: 95%, 12.5%, 30 days, 400."""
    if unit == "percent":
        return f"{plain(value * 100)}%"
    return f"{plain(value)} {unit}" if is_measured(unit) else plain(value)


def _apart(band: float | None, unit: str) -> str:
    """How far off is still within the band, as a distance: shares lie percentage points apart."""
    if not band:
        return ""
    points = plain(band * 100)
    return f"{points} percentage point{'' if points == '1' else 's'}" if unit == "percent" else in_unit(band, unit)


def rate(snapshot: Snapshot, figure: Figure) -> str:
    """A count for every 10,000 children, in words; empty where it has none. The time that the count is of goes with it."""
    row = _of_position(snapshot, "rates", figure).get((figure.indicator_id, figure.team))
    if row is None or row["rate"] is None:
        return ""
    between = (
        f" (between {row['rate_low']:,.1f} and {row['rate_high']:,.1f})" if row["rate_low"] != row["rate_high"] else ""
    )
    one = definitions().indicators.get(figure.indicator_id)
    time = TIMES.get(one.period, f" in {one.months} months") if one else ""
    return f"{row['rate']:,.1f} for every {PER:,} children{time}{between}"


def rate_alone(snapshot: Snapshot, figure: Figure) -> str:
    """The rate's number by itself; empty where there is none."""
    row = _of_position(snapshot, "rates", figure).get((figure.indicator_id, figure.team))
    return "" if row is None or row["rate"] is None else f"{row['rate']:,.1f}"


def population(snapshot: Snapshot, figure: Figure) -> str:
    """Which children a rate is of, how many there are and who says so."""
    row = _of_position(snapshot, "rates", figure).get((figure.indicator_id, figure.team))
    if row is None or row["rate"] is None:
        return ""
    whom = str(row["population_of"]).replace("_", " ").replace("children", "children aged")
    return f"{row['population']:,} {whom}, mid-{row['population_year']}: {row['population_source']}"


def _of_position(snapshot: Snapshot, table: str, figure: Figure) -> dict[tuple[str, str], Row]:
    """The rows of a table of one position, by indicator and team; none in a publication of an earlier version."""

    def make() -> dict[tuple[str, str], Row]:
        if not snapshot.has(table):
            return {}
        rows = snapshot.rows(
            f"select * from main.{table} where authority = ? and as_at = ?", [figure.authority, figure.as_at]
        )
        return {(row["indicator_id"], row["team"]): row for row in rows}

    found: dict[tuple[str, str], Row] = snapshot.kept((table, figure.authority, figure.as_at), make)
    return found
