"""A generated population as an inbox folder, for the real pipeline: CSV files, sidecars, authority.toml.

One folder a delivery, one CSV a list with all its standard headers. Not here: what the files ought to lead to.
"""

from __future__ import annotations

import csv
from pathlib import Path

from tests.oracle.cells import standard_name
from tests.oracle.headers import HEADERS
from tests.oracle.population import Population

AUTHORITY = "E06000012"
COUNT_HEADERS = [
    "indicator_id", "team", "as_at", "unit", "numerator", "denominator", "counted_by", "counted_at", "method", "note",
]  # fmt: skip
LIST_HEADERS = [
    "indicator_id", "team", "as_at", "case_id", "in_denominator", "in_numerator", "event_date", "counted_by",
    "counted_at", "note",
]  # fmt: skip
COUNTED_BY = "A Manager"
UNITS = {"FD5": "event", "AS1": "event", "AS2": "event", "AS3": "event", "CP3": "event", "CP4": "event"}


def write_inbox(population: Population, folder: Path, owes: dict[str, list[str]] | None = None) -> Path:
    """Write the population's files below `folder`. `owes`: the indicators whose count each team owes.

    List files are delivery_<n>/list_<nn>.csv; the manual files lie in manual/.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "authority.toml").write_text(_authority(owes or {}), encoding="utf-8")
    for number, extract in enumerate(population.extracts, start=1):
        place = folder / f"delivery_{number}"
        place.mkdir()
        sidecar = f'authority = "{AUTHORITY}"\nextracted_on = {extract.extracted_on}\n'
        (place / "delivery.toml").write_text(sidecar, encoding="utf-8")
        for name, rows in extract.lists.items():
            columns = {header: standard_name(header) for header in HEADERS[name]}
            _write(place / f"{name}.csv", [*columns], [[row.get(own, "") for own in columns.values()] for row in rows])
    _write_manual(population, folder / "manual")
    return folder


def _authority(owes: dict[str, list[str]]) -> str:
    teams = [
        f'[[teams]]\nname = "{team}"\nowes = [{", ".join(f"{chr(34)}{one}{chr(34)}" for one in indicators)}]\n'
        for team, indicators in owes.items()
    ]
    return "\n".join([f'authority = "{AUTHORITY}"\nname = "Invented"\n', *teams])


def count_cells(population: Population) -> list[list[str]]:
    """The rows of manual_counts, in the order of COUNT_HEADERS."""
    as_at = population.as_at.isoformat()
    return [
        [
            count.indicator_id, count.team, as_at, UNITS.get(count.indicator_id, "child"), _text(count.numerator),
            _text(count.denominator), COUNTED_BY, as_at, "own_list", "",
        ]
        for count in population.counts
    ]  # fmt: skip


def list_cells(population: Population) -> list[list[str]]:
    """The rows of manual_lists, in the order of LIST_HEADERS."""
    as_at = population.as_at.isoformat()
    return [
        [
            row.indicator_id, row.team, as_at, row.case_id, _text(row.in_denominator), _text(row.in_numerator),
            _text(row.event_date), COUNTED_BY, as_at, "",
        ]
        for row in population.list_rows
    ]  # fmt: skip


def _write_manual(population: Population, place: Path) -> None:
    if not (population.counts or population.list_rows):
        return
    place.mkdir()
    if population.counts:
        _write(place / "manual_counts.csv", COUNT_HEADERS, count_cells(population))
    if population.list_rows:
        _write(place / "manual_lists.csv", LIST_HEADERS, list_cells(population))


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
