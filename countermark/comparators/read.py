"""Reading published tables (DfE's open data layout) by their columns, whatever their files are called.

A file below the home's folder `comparators` belongs to a definition in sql/comparators where it has the columns that the definition
adds up. Codes in place of a number (`c`, `k`, `z`, `x`, `low`) stay missing; they are never zero.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict, Field

from countermark.contracts.catalogue import SHIPPED

FOLDER = "comparators"  # below the home
LARGEST = 50 << 20  # bytes; a published table has a few megabytes at most
LEAST_NEIGHBOURS = 3  # a median of two is a guess
PLACE = ("time_period", "geographic_level", "region_name", "new_la_code", "la_name")


class Published(BaseModel):
    """Which columns of a published table make an indicator's numerator and denominator, and how it differs from ours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    numerator: tuple[str, ...] = Field(min_length=1)
    denominator: tuple[str, ...] = Field(min_length=1)
    differs: str


@dataclass(frozen=True)
class Comparator:
    """What a published table says of one place. `share` is None where a number was suppressed or not given."""

    indicator_id: str
    whose: str
    period: str
    numerator: int | None
    denominator: int | None
    share: float | None
    source: str
    differs: str


Row = Mapping[str, str]


def definitions(roots: Sequence[Path] = (SHIPPED,)) -> dict[str, Published]:
    """Indicator to published table, from sql/comparators of each root; a later root's replaces an earlier one's."""
    found = [path for root in roots for path in sorted((root / "sql" / FOLDER).glob("*.toml"))]
    return {path.stem: Published.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in found}


def comparators(
    folder: Path, known: Mapping[str, Published], authority: str, neighbours: Sequence[str] = ()
) -> dict[str, list[Comparator]]:
    """By indicator: the newest figures of the authority as published, its region, its neighbours' median and England.

    A file that is no such table, or cannot be read, says nothing here. `neighbours` are codes; their median needs three of them.
    """
    found: dict[str, list[Comparator]] = {}
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else []:
        state = path.stat()
        headings, rows = _table(path, state.st_mtime_ns, state.st_size)
        for indicator, published in known.items():
            if {*PLACE, *published.numerator, *published.denominator} <= set(headings):
                found[indicator] = _figures(indicator, published, rows, authority, neighbours)
    return {indicator: figures for indicator, figures in found.items() if figures}


@lru_cache(maxsize=64)
def _table(path: Path, changed: int, size: int) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """A file's headings and rows, read again only where it changed."""
    if path.is_symlink() or size > LARGEST:
        return (), ()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            return tuple(reader.fieldnames or ()), tuple({k: v or "" for k, v in row.items() if k} for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error):
        return (), ()


def _figures(
    indicator: str, published: Published, rows: Sequence[Row], authority: str, neighbours: Sequence[str]
) -> list[Comparator]:
    newest = max((row["time_period"] for row in rows), default="")
    now = [row for row in rows if row["time_period"] == newest]

    def one(row: Row, whose: str) -> Comparator:
        n, d = _sum(row, published.numerator), _sum(row, published.denominator)
        share = n / d if n is not None and d else None
        return Comparator(indicator, whose, _period(newest), n, d, share, published.source, published.differs)

    own = next((row for row in now if _level(row) == "local authority" and row["new_la_code"] == authority), None)
    regions = [row for row in now if _level(row) == "regional"]
    region = next((row for row in regions if own and row["region_name"] == own["region_name"]), None)
    country = next((row for row in now if _level(row) == "national"), None)
    found: list[Comparator | None] = [
        one(own, "This council, as published") if own else None,
        _median(indicator, published, [one(row, "") for row in now if row["new_la_code"] in neighbours], newest),
        one(region, region["region_name"]) if region else None,
        one(country, "England") if country else None,
    ]
    return [figure for figure in found if figure is not None]


def _level(row: Row) -> str:
    return row["geographic_level"].strip().lower()


def _median(indicator: str, published: Published, of: Sequence[Comparator], newest: str) -> Comparator | None:
    shares = [one.share for one in of if one.share is not None]
    if len(shares) < LEAST_NEIGHBOURS:
        return None
    whose = f"Statistical neighbours, the median of {len(shares)}"
    return Comparator(
        indicator, whose, _period(newest), None, None, median(shares), published.source, published.differs
    )


def _sum(row: Row, columns: Sequence[str]) -> int | None:
    """The columns added; None where one of them holds a code and no number."""
    numbers = [row[column].replace(",", "").strip() for column in columns]
    return sum(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else None


def _period(text: str) -> str:
    """2024 and 202324 as people say it."""
    year = f"20{text[4:6]}" if len(text) == 6 else text[:4]
    return f"year to 31 March {year}" if year.isdigit() else text
