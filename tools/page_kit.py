"""What every generated page is made with: tables, links, anchors, the words about marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from countermark.contracts.catalogue import SHIPPED

MARKS = (
    "A mark before a statement says where it comes from: **F** found in a published source that is named; **K** common knowledge of "
    "the field; **L** a local choice, to be made by each authority."
)


def cell(text: object) -> str:
    """A text as the cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A table's lines."""
    names = list(headings)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(cell(value) for value in row)} |"
    yield ""


def opening(sql: str) -> str:
    """The comment that a SQL text begins with, as a sentence or two."""
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


def titles(folder: Path) -> list[str]:
    """The titles of a folder's worked examples."""
    import tomllib

    said = tomllib.loads((folder / "examples.toml").read_text(encoding="utf-8"))
    return [str(example["title"]) for example in said.get("example", [])]


def link(path: Path, up: int = 1) -> str:
    """A file of the project, as a link from a page in docs/, or further below it."""
    relative = path.relative_to(SHIPPED).as_posix()
    return f"[{relative}]({'../' * up}{relative})"


def anchor(heading: str) -> str:
    """The anchor that a heading gets."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")
