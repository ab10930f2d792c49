"""Why the teams' count and the system differ, for a leader's page: one line a reason, the picture, or why there is none."""

from __future__ import annotations

from typing import Any

from countermark.charts.waterfall import Step, waterfall_drawing
from countermark.contracts.catalogue import Catalogue
from countermark.desk.figures import Rows
from countermark.pack import reading
from countermark.pack.model import Difference, Line

NOT_COUNTED = "No count stands against the authority as a whole, so there is nothing to compare."
NOT_SHOWN = "No number is quoted of a figure that is not reliable enough to report."
COUNTED, RECORDED = "The teams’ count", "As the system records it"


def difference(row: dict[str, Any], rows: Rows, catalogue: Catalogue) -> tuple[Difference | None, str]:
    """From the teams' count to the system's (`row` is the published figure), or the sentence that stands in its place."""
    if row["status"] == "withheld":
        return None, NOT_SHOWN
    if row["manual_numerator"] is None:
        return None, NOT_COUNTED
    is_share = row["unit"] != "count"
    measures = ("numerator", "denominator") if is_share else ("numerator",)
    key = {"authority": row["authority"], "as_at": row["as_at"], "indicator": row["indicator_id"]}
    found = rows(reading.LINES, key)
    lines = tuple(Line(_words(catalogue, one["reason"]), tuple(one[name] for name in measures)) for one in found)
    counted, recorded = (tuple(row[f"{side}_{name}"] for name in measures) for side in ("manual", "system"))
    steps = [Step(line.words, line.effects[0]) for line in lines if line.effects[0]]
    picture = waterfall_drawing((COUNTED, counted[0]), steps, (RECORDED, recorded[0]))
    heads = ("Meet it", "Of all") if is_share else ("Counted",)
    return Difference(heads, counted, lines, recorded, picture), ""


def _words(catalogue: Catalogue, reason: str) -> str:
    known = catalogue.reasons.get(reason)
    return known.people_read if known else reason
