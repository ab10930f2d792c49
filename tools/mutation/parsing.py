"""A SQL text as sqlfluff's parser sees it: the tree, where a part of it stands in the text, which functions it names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.parser import BaseSegment

ROOT = Path(__file__).resolve().parents[2]


class NotParsedError(ValueError):
    """The parser does not understand a text."""


@lru_cache
def _linter() -> Linter:
    return Linter(config=FluffConfig.from_path(str(ROOT)))


@lru_cache(maxsize=512)
def tree_of(sql: str) -> BaseSegment:
    """The tree of a text. NotParsedError where a part of it is not understood."""
    parsed = _linter().parse_string(sql)
    if parsed.tree is None or parsed.violations or "unparsable" in parsed.tree.descendant_type_set:
        raise NotParsedError("a SQL text is not understood")
    return parsed.tree


def walk(segment: BaseSegment) -> Iterator[BaseSegment]:
    """A segment and every one below it that is code, in the order of the text, but for what stands in for a bound value."""
    if segment.segments or (segment.pos_marker and segment.pos_marker.is_literal()):
        yield segment
    for below in parts(segment):
        yield from walk(below)


def parts(segment: BaseSegment) -> list[BaseSegment]:
    """The parts of a segment that are code."""
    return [below for below in segment.segments if below.is_code and not below.is_meta]


def start(segment: BaseSegment) -> int:
    """Where a segment begins in the text."""
    assert segment.pos_marker is not None
    return int(segment.pos_marker.source_slice.start)


def stop(segment: BaseSegment) -> int:
    """Where a segment ends in the text."""
    assert segment.pos_marker is not None
    return int(segment.pos_marker.source_slice.stop)


def functions(sql: str) -> frozenset[str]:
    """The names of the functions and macros that a text uses (or makes)."""
    return frozenset(found.raw.lower() for found in tree_of(sql).recursive_crawl("function_name_identifier"))
