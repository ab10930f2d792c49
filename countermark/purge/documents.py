"""Redacting an XML document: the records of a child become blank lines, so that every other row keeps its line.

A child's record is found by an element whose text is the id, whatever the document is: of the elements around it the outermost that
stands there several times (a child among children), or all below the root where none does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from countermark.purge.called import Called
from countermark.readers.kinds import MARKS

Span = tuple[int, int]
DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


@dataclass
class _Node:
    """An element under way. `hits` are the elements right below it that hold an id: name, place, and what goes of them where they are
    the only ones of their name."""

    name: str
    start: int
    text: list[str] = field(default_factory=list)
    below: dict[str, int] = field(default_factory=dict)
    hits: list[tuple[str, Span, list[Span]]] = field(default_factory=list)


def is_document(content: bytes) -> bool:
    """Whether a file is XML, by its first sign."""
    return content[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def redact_document(content: bytes, called: Called) -> tuple[bytes, bool] | None:
    """The document without the records that name a child by an id, and whether there were any. None where it cannot be told apart."""
    declared = DECLARED.search(content[:400].replace(b"\0", b""))
    marked = [encoding for mark, encoding in MARKS if content.startswith(mark)]
    encoding = marked[0] if marked else declared[1].decode() if declared else "utf-8"
    try:
        text = content.decode(encoding)
        gone = _Finder(text.encode(), called).spans
    except (UnicodeError, LookupError, ValueError, expat.ExpatError):
        return None
    data, parts, at = text.encode(), [], 0
    for start, end in sorted(gone):
        parts += [data[at:start], re.sub(rb"[^\r\n]", b"", data[start:end])]
        at = end
    left = called.without(b"".join([*parts, data[at:]]).decode())
    return left.encode(encoding), bool(gone)


class _Finder:
    """Goes through a document once; `spans` are the bytes of the records that name a child."""

    def __init__(self, data: bytes, called: Called) -> None:
        self.called, self.data = called, data
        self.open: list[_Node] = []
        self.spans: list[Span] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.Parse(data, True)

    def _begin(self, name: str, _: object) -> None:
        if self.open:
            self.open[-1].below[name] = self.open[-1].below.get(name, 0) + 1
        self.open.append(_Node(name, self.parser.CurrentByteIndex))

    def _text(self, text: str) -> None:
        self.open[-1].text.append(text)

    def _end(self, name: str) -> None:
        node = self.open.pop()
        span = (node.start, self.data.index(b">", self.parser.CurrentByteIndex) + 1)
        if not self.open:
            self.spans = [one for _, own, inner in _outermost(node) for one in (inner or [own])]
        elif node.hits or (not node.below and self.called.is_case("".join(node.text))):
            self.open[-1].hits.append((name, span, [one for _, _, inner in _outermost(node) for one in inner]))


def _outermost(node: _Node) -> list[tuple[str, Span, list[Span]]]:
    """The hits below an element; one that stands there several times goes as a whole."""
    return [(name, own, [own] if node.below[name] > 1 else inner) for name, own, inner in node.hits]
