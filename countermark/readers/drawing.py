"""How the rows of a file layout are drawn from an XML document: paths of element names, resolved once. Nothing here opens a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermark.contracts.model import Contract

OWN_TEXT = "."  # the text of the row's element itself


@dataclass(frozen=True)
class Drawing:
    """What reading needs of a contract's `[xml]`. `paths` are the columns' places, `shape` what the whole document must look like."""

    root: str
    record: str
    row: str = ""
    marks: dict[str, str] = field(default_factory=dict)
    extracted: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    paths: dict[str, str] = field(default_factory=dict)
    shape: dict[str, Any] = field(default_factory=dict)
    may_be_empty: bool = False  # a document without a row of it says that there are none

    @classmethod
    def of_plain(cls, data: Mapping[str, Any] | None) -> Drawing | None:
        """The drawing that JSON holds; None for a layout that no document has."""
        return cls(**{**data, "extracted": tuple(data["extracted"]), "needs": tuple(data["needs"])}) if data else None

    @property
    def row_name(self) -> str:
        """The name of the element that makes a row."""
        return (self.row or self.record).rpartition("/")[2]


def drawing_of(contract: Contract) -> Drawing | None:
    """The drawing of a contract; None where no document has it."""
    xml = contract.xml
    if xml is None:
        return None
    paths = {name: column.xml for name, column in contract.columns.items() if column.xml}
    every_year = contract.may_be_empty and not any(year.absent for year in contract.years)
    return Drawing(
        xml.root, xml.record, xml.row, dict(xml.marks), xml.extracted, xml.needs, paths, contract.shape, every_year
    )


@dataclass(frozen=True)
class Place:
    """Where a column stands, seen from a row: so many elements up, then down by these names. `whole` counts from the root."""

    up: int
    down: tuple[str, ...]
    whole: bool = False


def places_of(path: str) -> tuple[Place, ...]:
    """The places of a column: `A | B` stands at A, and in documents of other years at B."""
    return tuple(place_of(one.strip()) for one in path.split("|"))


def place_of(path: str) -> Place:
    """`../X/Y` as one up and two down, `/X` from the root, `.` the row's own text."""
    if path.startswith("/"):
        return Place(0, tuple(path[1:].split("/")), whole=True)
    steps = [step for step in path.split("/") if step and step != OWN_TEXT]
    up = len(steps) - len([step for step in steps if step != ".."])
    return Place(up, tuple(steps[up:]))


def steps_of(path: str) -> tuple[str, ...]:
    """The names of a path that only goes down."""
    return tuple(step for step in path.split("/") if step)
