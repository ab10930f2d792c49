"""Which row of a sheet is its header, and which file layout it belongs to. Knows headings only, never what lies below them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from countermark.readers.drawing import Drawing, drawing_of

if TYPE_CHECKING:
    from countermark.contracts.model import Contract

ROWS_SEARCHED = 30  # a header lower than this would be below a page of notes
APOSTROPHES = "'’‘`´ʼ"
POSSESSIVE = re.compile(f"[{APOSTROPHES}]s\\b", re.IGNORECASE)  # Child's ref is the child ref
LEAST_HEADINGS = 2  # one heading alone is a coincidence
UNTOLD = (
    "a heading in column {} that no file layout knows"  # what people read of a heading that could be a child's name
)
TAUGHT = "a heading that was given its meaning by hand"


@dataclass(frozen=True)
class Layout:
    """What reading needs of a contract. `headings` maps folded headings to columns, `kinds` columns to their types; `key` are the
    columns without which a row says nothing; `drawing` says how the rows stand in an XML document. `learned` holds, by the
    `headings_key` of a whole header row, further headings that a person has given a meaning; `version` is the state of its columns."""

    id: str
    title: str
    sheet_hint: str
    key: tuple[str, ...]
    must_have: tuple[str, ...]
    kinds: dict[str, str]
    headers: dict[str, str]
    headings: dict[str, str]
    learned: dict[str, dict[str, str]] = field(default_factory=dict)
    drawing: Drawing | None = None
    version: str = ""

    def plain(self) -> dict[str, Any]:
        """The layout as JSON can hold it."""
        return asdict(self)

    @classmethod
    def of_plain(cls, data: Mapping[str, Any]) -> Layout:
        """The layout that `plain` wrote."""
        drawing = Drawing.of_plain(data.get("drawing"))
        return cls(**{**data, "key": tuple(data["key"]), "must_have": tuple(data["must_have"]), "drawing": drawing})


@dataclass(frozen=True)
class Match:
    """A header row: its place among the rows given, the layout, where each column stands, what is wrong with it. `rival` is the title
    of another layout that it fits just as well."""

    row: int
    layout: Layout
    places: dict[str, int]
    missing: tuple[str, ...]
    doubled: dict[str, tuple[int, ...]]
    rival: str = ""

    @property
    def fits(self) -> bool:
        """Whether the sheet can be loaded by this header."""
        return not self.missing and not self.doubled and not self.rival


def fold(text: str) -> str:
    """A heading as it is compared: NFKC, a possessive s and apostrophes out, case folded, all else but letters and digits one space."""
    plain = POSSESSIVE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    kept = "".join(sign if sign.isalnum() else " " for sign in plain if sign not in APOSTROPHES)
    return " ".join(kept.split())


def as_told(heading: str, layouts: Iterable[Layout], column: str, letter: str) -> str:
    """A heading as it may be told: in its own words where some file layout has them, else by its place (`letter`), or that a person said
    which `column` it stands for. A sheet can have children's names for headings."""
    words = fold(heading)
    if any(words in layout.headings for layout in layouts):
        return heading
    return TAUGHT if column else UNTOLD.format(letter)


def headings_key(headings: Iterable[str]) -> str:
    """What stands for a header row as a whole: the same headings, in whatever order, have the same key."""
    return sha256("\n".join(sorted({fold(heading) for heading in headings} - {""})).encode()).hexdigest()[:24]


def layout_of(contract: Contract) -> Layout:
    """The layout of a contract."""
    columns = contract.columns
    headings = {fold(name): column for column, c in columns.items() for name in (*c.aliases, column.replace("_", " "))}
    headings |= {fold(c.header): column for column, c in columns.items()}
    return Layout(
        id=contract.id,
        title=contract.title,
        sheet_hint=fold(contract.sheet_hint),
        key=contract.key or tuple(name for name, c in columns.items() if c.required),
        must_have=tuple(name for name, c in columns.items() if c.must_have),
        kinds={name: c.type for name, c in columns.items()},
        headers={name: c.header for name, c in columns.items()},
        headings=headings,
        drawing=drawing_of(contract),
        version=version_of(contract),
    )


def version_of(contract: Contract) -> str:
    """What stands for a layout's columns: their names, headings and types, in any order."""
    told = sorted(f"{name}\t{c.header}\t{c.type}\t{c.required}" for name, c in contract.columns.items())
    return sha256("\n".join(told).encode()).hexdigest()[:12]


def find_header(rows: Iterable[Sequence[Any]], layouts: Sequence[Layout], sheet: str) -> Match | None:
    """The best header among the first rows of a sheet called `sheet`; None where nothing resembles any layout.

    Most headings matched wins, then a layout that is complete, then the sheet's name, then the upper row. Where two complete layouts are
    still alike, the sheet fits neither: nothing says which it is.
    """
    name, has_learned = fold(sheet), any(layout.learned for layout in layouts)
    best: tuple[tuple[int, bool, bool, int], Match] | None = None
    for index, row in zip(range(ROWS_SEARCHED), rows, strict=False):
        folded = [fold(cell) if isinstance(cell, str) else "" for cell in row]
        key = headings_key(folded) if has_learned else ""
        said = set(folded)
        for layout in layouts:
            taught = layout.learned.get(key)
            if not taught and layout.headings.keys().isdisjoint(said):
                continue  # as nearly every row is to nearly every layout
            match = _match(index, folded, layout, layout.headings | taught if taught else layout.headings)
            hinted = _hinted(layout, name)
            if match is None or not _resembles(match, hinted, sum(map(bool, folded))):
                continue
            rank = (len(match.places), match.fits, hinted, -index)
            if best is None or rank > best[0]:
                best = (rank, match)
            elif rank == best[0] and match.fits:
                best = (rank, replace(best[1], rival=layout.title))
    return best[1] if best else None


def _match(index: int, folded: Sequence[str], layout: Layout, headings: Mapping[str, str]) -> Match | None:
    found: dict[str, list[int]] = {}
    for place, heading in enumerate(folded):
        column = headings.get(heading) if heading else None
        if column is not None:
            found.setdefault(column, []).append(place)
    if len(found) < LEAST_HEADINGS:
        return None
    missing = tuple(column for column in layout.must_have if column not in found)
    doubled = {column: tuple(places) for column, places in found.items() if len(places) > 1}
    return Match(index, layout, {column: places[0] for column, places in found.items()}, missing, doubled)


def _resembles(match: Match, hinted: bool, filled: int) -> bool:
    """Whether the row is a header of the layout, if perhaps a faulty one; a list of codes shares headings and is none."""
    needed, had = len(match.layout.must_have), len(match.layout.must_have) - len(match.missing)
    return not match.missing or ((hinted or 2 * had >= needed) and 2 * len(match.places) >= filled)


def _hinted(layout: Layout, name: str) -> bool:
    """Whether the sheet's name holds the hint as whole words (`list 1` is not in `list 11`)."""
    return bool(layout.sheet_hint) and f" {layout.sheet_hint} " in f" {name} "
