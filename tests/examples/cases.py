"""The examples of an indicator as cases that can be held to any query: rows in, the members that must come out.

Not here: where the rows lie while a query runs (`world`), and altered queries (tools/mutation).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date

from countermark.contracts.indicator import Indicator
from tests.examples.pipe import Row, header, parse, show
from tests.examples.world import indicators, only

PARTS = ("members", "outside")


@dataclass(frozen=True)
class Case:
    """One example: the indicator over the window and with the parameters that it names, its tables, what must be found."""

    indicator: Indicator
    title: str
    as_at: date
    extracted_on: date
    given: dict[str, list[Row]]
    then: dict[str, str]

    def differs(self, found: list[Row]) -> str:
        """What was expected beside what was found; empty where every part holds."""
        for part, text in self.then.items():
            rows = [row for row in found if row["state" if part == "members" else "outside"]]
            columns = header(text)
            expected, got = only(parse(text), columns), only(rows, columns)
            if got != expected:
                return f"\nexpected\n{show(columns, expected)}\n\nfound\n{show(columns, got)}"
        return ""


def cases(indicator: Indicator) -> list[Case]:
    """Every example of an indicator. AssertionError for a part that is not understood."""
    text = (indicator.folder / "examples.toml").read_text("utf-8")
    found = []
    for said in tomllib.loads(text).get("example", []):
        asked = indicators()[f"{indicator.id}_{said['months']}M"] if "months" in said else indicator
        for part in said["then"]:
            assert part in PARTS, f"then.{part} is not understood"
        found.append(
            Case(
                asked.with_values(said.get("parameters", {}), said.get("parameters_by", {})),
                said["title"],
                said["as_at"],
                said.get("extracted_on", said["as_at"]),
                {name: parse(rows) for name, rows in said["given"].items()},
                said["then"],
            )
        )
    return found
