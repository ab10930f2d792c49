"""XML documents (statutory returns): streamed record by record in constant memory, as rows of every layout that the document fits.

What a document is follows from its root and from the texts that layouts ask for, never from its name. A DOCTYPE is refused before
anything else is read, so nothing can be declared that swells or that lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.parsers import expat

from countermark.readers.drawing import Drawing, steps_of
from countermark.readers.drawn_rows import DrawnRows
from countermark.readers.headings import Layout
from countermark.readers.records import Part, Taking, gather, line_of, local
from countermark.readers.shapes import NO_YEAR, OTHER_YEAR, UNKNOWN, Fault, shape_of, years_of
from countermark.readers.sheets import Refusal

Path_ = tuple[str, ...]
CHUNK = 1 << 16
DOCTYPE = "The XML file declares a DOCTYPE, which is never taken: export it without one."
NO_ELEMENT = "The XML file holds no element: export it again."
NOT_KNOWN = "The file is XML of a kind that no file layout takes: send the list as a workbook (.xlsx) or as CSV."
NO_RECORD = "The XML file holds no record (it has no element {}): an empty return is not taken as zero, so send it with its rows."
MOST_NAMED, LONGEST_NAMED = 12, 120
ENCODING_FAULTS = (9, 31, 32, 81)  # a sign that XML does not allow; encodings unknown, unsupported, and not kept to
AFTER_END = 5
EXPAT_ENCODING = (18, 19, 30)
ENCODING = (
    "The file is XML and not written in the encoding that it names{} (UTF-8 where it names none): export it again."
)
CUT = "The XML file breaks off or goes on after its end{}: export it again and send the whole file."
BROKEN = "The file begins as XML and is not well formed{}: export it again."


def read_document(path: Path, layouts: Sequence[Layout], rows: str) -> dict[str, Any]:
    """The answers for every layout that the document fits; its rows go to `<rows>-<n>.arrow`. Raises Refusal for the whole file."""
    from lxml import etree

    root = root_of(path)
    fitting = [(layout, layout.drawing) for layout in layouts if layout.drawing and layout.drawing.root == root]
    if not fitting:
        raise Refusal(NOT_KNOWN)
    reading = _Reading(fitting, rows)
    tags = {"{*}" + steps_of(drawing.record)[-1] for _, drawing in fitting}
    options = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
    try:
        with path.open("rb") as file:
            events = etree.iterparse(file, events=("end",), tag=tags, remove_comments=True, remove_pis=True, **options)
            for _, node in events:
                reading.take(node)
            reading.end(events.root)
    except etree.XMLSyntaxError as error:
        raise Refusal(_why(error, _is_cut(path, root))) from None
    return reading.answer()


def root_of(path: Path) -> str:
    """The name of the root element, read without what lies below it. Raises Refusal for a DOCTYPE and for what is no XML."""
    parser = expat.ParserCreate()
    found: list[str] = []

    def begin(name: str, _: Any) -> None:
        found.append(name.rpartition(":")[2])
        parser.StartElementHandler = None

    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = begin
    try:
        with path.open("rb") as file:
            while not found:
                chunk = file.read(CHUNK)
                parser.Parse(chunk, not chunk)
                if not chunk:
                    break
    except (LookupError, ValueError):
        raise Refusal(ENCODING.format("")) from None
    except expat.ExpatError as error:
        if not found:
            raise Refusal((ENCODING if error.code in EXPAT_ENCODING else BROKEN).format("")) from None
    if not found:
        raise Refusal(NO_ELEMENT)
    return found[0]


def _refuse_doctype(*_: object) -> None:
    raise Refusal(DOCTYPE)


def _is_cut(path: Path, root: str) -> bool:
    """Whether the file does not end with its root element's end."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - CHUNK))
        end = file.read().replace(b"\0", b"").rstrip()
    return not end.endswith(root.encode() + b">")


def _why(error: Any, is_cut: bool) -> str:
    where = f" at line {error.lineno}" if error.lineno else ""
    if error.code in ENCODING_FAULTS:
        return ENCODING.format(where)
    return (CUT if is_cut or error.code == AFTER_END else BROKEN).format(where)


class _Reading:
    """One document on its way: which layouts it fits is known at its first record."""

    def __init__(self, fitting: list[tuple[Layout, Drawing]], rows: str) -> None:
        self.fitting, self.prefix = fitting, rows
        self.records = {steps_of(drawing.record) for _, drawing in fitting}
        self.taking: dict[Path_, list[tuple[Taking, DrawnRows]]] = {}
        self.known: dict[Path_, set[Path_]] = {}
        self.stems: set[Path_] = set()
        self.outside: dict[Path_, list[tuple[str, int]]] = {}
        self.unread: dict[str, None] = {}
        self.extracted: set[str] = set()
        self.count, self.chosen = 0, False
        self.shape: Any = None
        self.faults: DrawnRows | None = None
        self.of_record: Taking | None = None
        self._judged: set[tuple[Path_, Path_]] = set()

    def take(self, node: Any) -> None:
        """Take the rows of one record, and let go of all that was read."""
        path = tuple(local(one.tag) for one in reversed([node, *node.iterancestors()]))[1:]
        if path not in self.records:
            return
        if not self.chosen:
            self._choose(node.getroottree().getroot())
        if path in self.taking:
            self.count += 1
            record = gather(node, path[-1])
            for taking, rows in self.taking[path]:
                for part, texts in taking.rows(record):
                    rows.add(part.line, texts)
            self._compare(record, path)
        node.clear(keep_tail=False)
        self._sweep(node, path)

    def end(self, root: Any) -> None:
        """Look at what stands behind the last record."""
        if root.getroottree().docinfo.internalDTD is not None:
            raise Refusal(DOCTYPE)
        if not self.chosen:
            self._choose(root)
        if not self.count:
            raise Refusal(NO_RECORD.format(" or ".join(sorted({path[-1] for path in self.taking}))))
        self._rest(root, ())
        if self.shape and self.faults:
            for path, names in self.outside.items():
                parent = path[-1] if path else self.fitting[0][1].root
                known = self.shape.elements.get(parent, {})
                for kind, index in self.shape.structure(parent, tuple(name for name, _ in names)):
                    name, line = names[index] if kind != "missing" else (list(known)[index], 1)
                    self._fault(Fault(kind, "/".join((*path, name)), line), None)

    def _choose(self, root: Any) -> None:
        """Keep the layouts whose marks the document bears, and what its header says."""
        self.chosen = True
        held = [(y, d) for y, d in self.fitting if all(_said(root, path) == text for path, text in d.marks.items())]
        if not held:
            raise Refusal(NOT_KNOWN)
        for number, (layout, drawing) in enumerate(held):
            path, taking = steps_of(drawing.record), Taking(drawing)
            whole = {name: _said(root, "/".join(down)) for name, down in taking.whole.items()}
            rows = DrawnRows(
                layout,
                drawing.root if drawing.shape else drawing.row_name,
                taking.near,
                whole,
                f"{self.prefix}-{number}",
                number,
            )
            self.extracted |= {said for said in (_said(root, one) for one in drawing.extracted) if said}
            if drawing.shape:
                self.faults, self.of_record = rows, taking
                self._open_shape(drawing.shape, root)
                continue
            self.taking.setdefault(path, []).append((taking, rows))
            self.known.setdefault(path, set()).update(taking.known())
        self.stems = {path[:length] for path in self.taking for length in range(len(path) + 1)}
        read = [steps_of(one) for _, d in held for one in (*d.marks, *d.extracted, *d.paths.values())]
        self.header = {path[:length] for path in read for length in range(1, len(path) + 1)}

    def _open_shape(self, data: dict[str, Any], root: Any) -> None:
        said = _said(root, data["year"]) or ""
        year = int(said) if said.isdecimal() and len(said) == 4 else None
        first, newest = years_of(data)
        self.shape = shape_of(data, year)
        if self.faults:
            self.faults.add(line_of(root), [None] * len(self.faults.near))
        if year is None or not first <= year <= newest:
            self._fault(Fault(NO_YEAR if year is None else OTHER_YEAR, data["year"], line_of(root)), None)

    def _compare(self, record: Part, path: Path_) -> None:
        """Note what the record holds that its shape, or no layout, knows."""
        faults = sorted(self.shape.faults(record, "/".join(path)), key=lambda one: one.line) if self.shape else []
        for fault in faults:
            self._fault(fault, record)
        if self.shape is None or any(fault.kind == UNKNOWN for fault in faults):
            self._look(record, path, (), self.known[path])

    def _fault(self, fault: Fault, record: Part | None) -> None:
        if self.faults is None or self.of_record is None:
            return
        texts = next(self.of_record.rows(record))[1] if record else [None] * len(self.faults.near)
        self.faults.add(fault.line, texts, {"path": fault.path, "problem": fault.kind})

    def _look(self, part: Part, record: Path_, path: Path_, known: set[Path_]) -> None:
        """Note the elements of a record that no layout reads. Each list of names is looked at once for each path."""
        key = ((*record, *path), tuple([one.name for one in part.parts]))
        if key not in self._judged and len(self._judged) < CHUNK:
            self._judged.add(key)
            new = [(*path, one.name) for one in part.parts if (*path, one.name) not in known]
            self.unread.update({"/".join((*record, *one)): None for one in new})
        for one in part.parts:
            if one.parts and (*path, one.name) in known:
                self._look(one, record, (*path, one.name), known)

    def _sweep(self, node: Any, path: Path_) -> None:
        """Let go of everything before a record; what is no record is looked at first."""
        while (parent := node.getparent()) is not None:
            path = path[:-1]
            while (before := node.getprevious()) is not None:
                self._beside(before, path)
                parent.remove(before)
            node = parent

    def _rest(self, node: Any, path: Path_) -> None:
        for one in node:
            self._beside(one, path)
            if (below := (*path, local(one.tag))) in self.stems and below not in self.taking:
                self._rest(one, below)

    def _beside(self, node: Any, path: Path_) -> None:
        """An element outside the records: in step with the shape, or read for the header, or unread."""
        name = local(node.tag)
        here, names = (*path, name), self.outside.setdefault(path, [])
        if here in self.stems:
            if not any(one == name for one, _ in names):
                names.append((name, line_of(node)))
            return
        if self.shape is not None:
            names.append((name, line_of(node)))
            for fault in self.shape.faults(gather(node, name), "/".join(here)):
                self._fault(fault, None)
        if here not in self.header and not (self.shape and name in self.shape.elements):
            self.unread["/".join(here)] = None

    def _nearest(self) -> str:
        """The layout with rows that reads nearest to what was left unread."""
        first = steps_of(next(iter(self.unread)))
        found = [(path + taking.down, rows) for path, several in self.taking.items() for taking, rows in several]
        near = [(len(where) if where == first[: len(where)] else 0, rows) for where, rows in found if rows.count]
        return max(near, key=lambda one: one[0])[1].layout.id

    def answer(self) -> dict[str, Any]:
        """What was found, as the child answers: a sheet for every layout that has rows, or of which the document says that it has none."""
        rows = [rows for several in self.taking.values() for _, rows in several] + (
            [self.faults] if self.faults else []
        )
        sheets = [one.close() for one in rows if one.count]
        sheets += [
            one.none() for one in rows if not one.count and one.layout.drawing and one.layout.drawing.may_be_empty
        ]
        if self.unread and sheets:
            next(one for one in sheets if one["contract"] == self._nearest())["reason"] = _left_unread(
                list(self.unread)
            )
        return {"sheets": sheets, "reason": "", "extracted": sorted(self.extracted)}


def _left_unread(paths: list[str]) -> str:
    named = ", ".join(path[:LONGEST_NAMED] for path in paths[:MOST_NAMED])
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"The document has elements that its file layout does not know, and they were not read: {named}{more}."


def _said(root: Any, path: str) -> str | None:
    """The text at a path from the root, without white space at its ends."""
    node = root
    for step in steps_of(path):
        node = next((one for one in node if local(one.tag) == step), None)
        if node is None:
            return None
    return (node.text or "").strip() or None
