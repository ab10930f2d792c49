"""Whether a document has the shape that its year asks for: every departure with its line, never with a value.

A shape is data (shape.toml beside a contract): for each element the elements below it in order, how often each may stand there, and
what its text must be; and what earlier years did otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from countermark.readers.records import Part

CHILD = re.compile(r"(\w+)([?*+]?)(?: (\w+))?")
TIMES = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}
DATE = re.compile(r"\d{4}-\d\d-\d\d")
ZONE = r"(Z|[+-]\d\d:\d\d)?"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?" + ZONE)
FORMS = {"number": re.compile(r"\+?\d+"), "year": re.compile(r"\d{4}"), "text": re.compile(r"(?s).*\S.*")}
MOST_REMEMBERED = 50_000
ANY = "any"  # whatever stands there, nothing included
UNKNOWN, ORDER, MISSING, MANY, BLANK, STRAY = "unknown", "order", "missing", "too_many", "blank", "stray_text"
CODE, NO_DATE, FORM = "code", "no_date", "form"
NO_YEAR, OTHER_YEAR = "no_year", "other_year"


@dataclass(frozen=True)
class Fault:
    """A departure from the shape: what kind, the path of the element from the root, and the line on which it begins."""

    kind: str
    path: str
    line: int


@dataclass(frozen=True)
class Below:
    """What may stand at one place below an element; `kind` is the type of its text, empty where it holds elements."""

    position: int
    least: int
    most: int | None
    kind: str


@dataclass
class Shape:
    """The shape of one year. `elements` are, by name, the elements below; `types` lists of codes or patterns."""

    elements: dict[str, dict[str, Below]]
    types: dict[str, Sequence[str] | str]
    _structures: dict[tuple[str, tuple[str, ...]], list[tuple[str, int]]] = field(default_factory=dict)
    _texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def faults(self, part: Part, path: str) -> Iterator[Fault]:
        """Every departure at and below an element that the shape knows by name."""
        known = self.elements.get(part.name)
        if known is None:
            return
        for kind, index in self.structure(part.name, tuple([one.name for one in part.parts])):
            if kind == MISSING:
                yield Fault(kind, f"{path}/{list(known)[index]}", part.line)
            else:
                yield Fault(kind, f"{path}/{part.parts[index].name}", part.parts[index].line)
        if _is_stray(part.text) or any(_is_stray(one.node.tail) for one in part.parts):
            yield Fault(STRAY, path, part.line)
        for one in part.parts:
            below = known.get(one.name)
            if below is None:
                continue
            if not below.kind:
                yield from self.faults(one, f"{path}/{one.name}")
            elif one.parts:
                yield Fault(UNKNOWN, f"{path}/{one.name}/{one.parts[0].name}", one.parts[0].line)
            elif kind := self._text(below.kind, one.text):
                yield Fault(kind, f"{path}/{one.name}", one.line)

    def structure(self, name: str, names: tuple[str, ...]) -> list[tuple[str, int]]:
        """What is wrong with the names below an element: the kind, and which of them (of what is missing: which of those known).
        Many elements hold the same names, so each list of them is judged once."""
        key = (name, names)
        if key not in self._structures:
            if len(self._structures) > MOST_REMEMBERED:
                self._structures.clear()
            self._structures[key] = list(_structure(self.elements.get(name, {}), names))
        return self._structures[key]

    def _text(self, kind: str, text: str | None) -> str:
        """What is wrong with the text of an element; empty where nothing is."""
        said = (text or "").strip()
        key = (kind, said)
        if key not in self._texts:
            if len(self._texts) > MOST_REMEMBERED:
                self._texts.clear()
            self._texts[key] = self._judge(kind, said)
        return self._texts[key]

    def _judge(self, kind: str, said: str) -> str:
        if kind == ANY:
            return ""
        if not said:
            return BLANK
        if kind in ("date", "datetime"):
            return "" if _is_date(said, kind) else NO_DATE
        form = FORMS.get(kind)
        if form is not None:
            return "" if form.fullmatch(said) else FORM
        allowed = self.types[kind]
        if isinstance(allowed, str):
            return "" if re.fullmatch(allowed, said) else FORM
        return "" if said in allowed else CODE


def _structure(known: dict[str, Below], names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    furthest, seen = -1, dict.fromkeys(known, 0)
    for index, name in enumerate(names):
        below = known.get(name)
        if below is None:
            yield UNKNOWN, index
            continue
        seen[name] += 1
        if below.position < furthest:
            yield ORDER, index
        furthest = max(furthest, below.position)
        if below.most is not None and seen[name] > below.most:
            yield MANY, index
    yield from ((MISSING, below.position) for name, below in known.items() if seen[name] < below.least)


def _is_stray(text: str | None) -> bool:
    return text is not None and not text.isspace() and text != ""


def _is_date(said: str, kind: str) -> bool:
    form = DATE if kind == "date" else TIME
    try:
        date.fromisoformat(said[:10])
    except ValueError:
        return False
    return form.fullmatch(said) is not None


def shape_of(data: Mapping[str, Any], year: int | None) -> Shape:
    """The shape that documents of a year have; the newest one's for a year that is unknown or still to come."""
    elements = {name: list(below) for name, below in data["elements"].items()}
    types: dict[str, Any] = {
        name: kind if isinstance(kind, str) else list(kind) for name, kind in data["types"].items()
    }
    for change in sorted(data.get("years", ()), key=lambda one: -int(one["until"])):
        if year is None or year > change["until"]:
            continue
        for old, new in change.get("instead", {}).items():
            elements = {name: [new if _name(one) == old else one for one in below] for name, below in elements.items()}
        absent = set(change.get("absent", ()))
        elements = {
            name: [one for one in below if _name(one) not in absent]
            for name, below in elements.items()
            if name not in absent
        }
        for name, codes in change.get("without", {}).items():
            types[name] = [code for code in types[name] if code not in codes]
    return Shape({name: _below(below) for name, below in elements.items()}, types)


def _name(said: str) -> str:
    return _parsed(said)[0]


def _parsed(said: str) -> tuple[str, str, str]:
    match = CHILD.fullmatch(said)
    if match is None:
        raise ValueError("an element of a shape is a name, a sign for how often, and the type of its text")
    return match[1], match[2], match[3] or ""


def _below(entries: Sequence[str]) -> dict[str, Below]:
    return {
        name: Below(position, *TIMES[sign], kind)
        for position, (name, sign, kind) in enumerate(_parsed(entry) for entry in entries)
    }


def years_of(data: Mapping[str, Any]) -> tuple[int, int]:
    """The first and the newest year that a shape describes."""
    return int(data["first_year"]), int(data["newest_year"])
