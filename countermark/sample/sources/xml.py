"""XML as returns hold it: elements in the order that the schema gives, empty ones left out, and how many rows each kind makes.

What belongs here is the writing alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import escape

from countermark.sample import write
from countermark.sample.authority import LEA

Content: TypeAlias = "str | int | float | bool | date | list[Element] | None"
Element: TypeAlias = tuple[str, "Content"]


def lines(elements: Iterable[Element], counted: Counter[str], depth: int = 0) -> list[str]:
    """Elements as lines, each counted by its name."""
    made, pad = [], "  " * depth
    for name, content in elements:
        if content is None or content == "":
            continue
        counted[name] += 1
        if isinstance(content, list):
            made += [f"{pad}<{name}>", *lines(content, counted, depth + 1), f"{pad}</{name}>"]
        else:
            made.append(f"{pad}<{name}>{escape(_text(content))}</{name}>")
    return made


def _text(content: str | float | date) -> str:
    if isinstance(content, bool):
        return "true" if content else "false"
    return content.isoformat() if isinstance(content, date) else str(content)


def header(collection: str, reference: date, made_on: date) -> Element:
    """What stands before the children or workers of a return."""
    return (
        "Header",
        [
            ("CollectionDetails", [("Collection", collection), ("Year", reference.year), ("ReferenceDate", reference)]),
            (
                "Source",
                [
                    ("SourceLevel", "L"), ("LEA", LEA), ("SoftwareCode", "Invented case system"), ("Release", "1"),
                    ("SerialNo", "001"), ("DateTime", f"{made_on.isoformat()}T09:30:00"),
                ],
            ),
        ],
    )  # fmt: skip


def write_message(path: Path, content: list[Element]) -> Counter[str]:
    """A return as a file; how many elements of each name it has."""
    counted: Counter[str] = Counter()
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines([("Message", content)], counted)])
    write.write_text(path, text + "\n")
    return counted
