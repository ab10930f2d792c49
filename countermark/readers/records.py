"""One record of a document (a child, a worker) as parts that are quickly looked up, and the rows that a drawing takes from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from countermark.readers.drawing import Drawing, Place, places_of, steps_of

FAR_LINE = 65_535  # beyond it libxml2 counts by the end of an element's first text
CONFLICT = object()  # an element stands there several times and does not say the same


class Part:
    """An element: its name without a namespace, its own text, its parts in order and the first of each name."""

    __slots__ = ("doubled", "first", "name", "node", "parts", "text")

    def __init__(self, node: Any, name: str) -> None:
        self.node, self.name, self.text = node, name, node.text
        self.parts: list[Part] = []
        self.first: dict[str, Part] = {}
        self.doubled: set[str] | None = None

    @property
    def line(self) -> int:
        """The line on which the element begins."""
        return line_of(self.node)


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2] if tag[:1] == "{" else tag


def line_of(node: Any) -> int:
    """The line on which an element begins. Elements far down know only where their first text, or the text after them, ends."""
    line = int(node.sourceline or 0)
    if line < FAR_LINE:
        return line
    if node.text:
        return line - int(node.text.count("\n"))
    if len(node):
        return line_of(node[0])
    return line - (int(node.tail.count("\n")) if node.tail else 0)


def gather(node: Any, name: str) -> Part:
    """An element with all that is below it."""
    part = Part(node, name)
    for child in node:
        tag = child.tag
        if tag[:1] == "{":
            tag = local(tag)
        below = gather(child, tag) if len(child) else Part(child, tag)
        part.parts.append(below)
        if tag not in part.first:
            part.first[tag] = below
        elif part.doubled is None:
            part.doubled = {tag}
        else:
            part.doubled.add(tag)
    return part


def text_at(part: Part, steps: tuple[str, ...]) -> Any:
    """The text at a path below a part: None where nothing stands there, CONFLICT where several do that differ."""
    for index, step in enumerate(steps):
        if part.doubled and step in part.doubled:
            rest = steps[index + 1 :]
            said = {_bare(text_at(one, rest)) for one in part.parts if one.name == step}
            return said.pop() if len(said) == 1 else CONFLICT
        found = part.first.get(step)
        if found is None:
            return None
        part = found
    return part.text


def _bare(text: Any) -> Any:
    return (text.strip() or None) if isinstance(text, str) else text


class Taking:
    """What one layout takes of every record: the chain of elements down to its rows, and each column's places from there."""

    def __init__(self, drawing: Drawing) -> None:
        self.down = steps_of(drawing.row)
        places = {name: places_of(path) for name, path in drawing.paths.items()}
        self.whole = {name: found[0].down for name, found in places.items() if found[0].whole}
        self.near = [name for name in places if name not in self.whole]
        self._places = [places[name] for name in self.near]
        self.needs = [index for index, name in enumerate(self.near) if name in drawing.needs]

    def rows(self, record: Part) -> Iterator[tuple[Part, list[Any]]]:
        """Each row's element, and the texts of `near` in order."""
        for chain in _chains(record, self.down):
            last = len(chain) - 1
            texts = [
                text_at(chain[last - places[0].up], places[0].down) if len(places) == 1 else _either(chain, places)
                for places in self._places
            ]
            if not self.needs or any(_bare(texts[index]) for index in self.needs):
                yield chain[-1], texts

    def known(self) -> set[tuple[str, ...]]:
        """The paths below a record that this layout reads or passes through."""
        ends = [self.down]
        ends += [self.down[: len(self.down) - place.up] + place.down for places in self._places for place in places]
        return {end[:length] for end in ends for length in range(1, len(end) + 1)}


def _either(chain: tuple[Part, ...], places: tuple[Place, ...]) -> Any:
    """The text at the one of several places where there is one; CONFLICT where they differ."""
    said = {_bare(text_at(chain[len(chain) - 1 - place.up], place.down)) for place in places} - {None}
    return CONFLICT if len(said) > 1 else next(iter(said), None)


def _chains(part: Part, steps: tuple[str, ...]) -> Iterator[tuple[Part, ...]]:
    if not steps:
        yield (part,)
        return
    if steps[0] not in part.first:
        return
    for below in part.parts:
        if below.name == steps[0]:
            for chain in _chains(below, steps[1:]):
                yield (part, *chain)
