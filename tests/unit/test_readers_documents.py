"""XML documents become rows: told by what they hold, line by line, in constant memory; what is hostile is refused in plain words."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.contracts.catalogue import load
from countermark.readers.documents import NOT_KNOWN, read_document, root_of
from countermark.readers.drawing import Drawing, place_of, places_of
from countermark.readers.headings import Layout, layout_of
from countermark.readers.records import FAR_LINE
from countermark.readers.sheets import Refusal
from tests.census_kit import census, child, episode

MARKS = {"Header/Kind": "K"}
HEAD = "<Root><Header><Kind>K</Kind><Made>2022-05-23T11:14:05</Made></Header><All>\n"
TAIL = "</All></Root>"


def layout(name: str, row: str, kinds: str = "text", **paths: str) -> Layout:
    """A layout of records at All/One."""
    drawing = Drawing("Root", "All/One", row, MARKS, ("Header/Made",), paths=paths)
    return Layout(name, name.title(), "", (), (), dict.fromkeys(paths, kinds), {}, {}, {}, drawing)


ONES = layout("ones", "", id="Id", made="/Header/Made")
THINGS = layout("things", "Box/Thing", id="../../Id", what=".", box="../Name")
LAYOUTS = [ONES, THINGS]


def read(folder: Path, text: str | bytes, layouts: list[Layout] | None = None) -> dict[str, Any]:
    """The answers, each with its rows."""
    path = folder / "document.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    answer = read_document(path, layouts or LAYOUTS, str(folder / "rows"))
    for sheet in answer["sheets"]:
        if sheet["state"] == "empty":
            sheet["found"] = []
            continue
        with pa.memory_map(sheet["rows"]) as source:
            sheet["found"] = pa.ipc.open_file(source).read_all().to_pylist()
        assert len(sheet["found"]) == sheet["rows_in"]
    return answer


def rows(folder: Path, text: str | bytes, name: str, layouts: list[Layout] | None = None) -> list[dict[str, Any]]:
    """The rows of one layout; none where it has no answer."""
    return next((one["found"] for one in read(folder, text, layouts)["sheets"] if one["contract"] == name), [])


def test_a_row_for_every_element_that_makes_one_with_what_stands_above_it(tmp_path: Path) -> None:
    text = f"{HEAD}<One><Id> 7 </Id><Box><Name>B</Name>\n<Thing>x</Thing><Thing>y</Thing></Box>\n<Box><Thing/></Box></One>\n<One><Id>8</Id></One>{TAIL}"
    answer = read(tmp_path, text)
    assert [(one["contract"], one["sheet"], one["rows_in"], one["reason"]) for one in answer["sheets"]] == [
        ("ones", "One", 2, ""),
        ("things", "Thing", 3, ""),
    ]
    ones, things = (one["found"] for one in answer["sheets"])
    assert [(one["source_row"], one["row_number"], one["id"], one["made"]) for one in ones] == [
        ("One!2", 1, "7", "2022-05-23T11:14:05"),
        ("One!5", 2, "8", "2022-05-23T11:14:05"),
    ]
    assert [(one["source_row"], one["id"], one["what"], one["box"]) for one in things] == [
        ("Thing!3", "7", "x", "B"),
        ("Thing (2)!3", "7", "y", "B"),
        ("Thing!4", "7", None, None),
    ]
    assert answer["extracted"] == ["2022-05-23T11:14:05"]


def test_namespaces_comments_and_instructions_change_nothing(tmp_path: Path) -> None:
    plain = f"{HEAD}<One><Id>7</Id><Box><Thing>xy</Thing></Box></One>{TAIL}"
    odd = plain.replace("<Root>", '<?xml version="1.0"?><!-- a note --><Root xmlns="urn:a" xmlns:q="urn:b">')
    odd = odd.replace("<Thing>xy", "<q:Thing>x<!-- -->y<?go on?>").replace("</Thing>", "</q:Thing>")
    odd = odd.replace("<Id>7", "<Id><![CDATA[7]]>")
    assert [rows(tmp_path, odd, name) for name in ("ones", "things")] == [
        rows(tmp_path, plain, name) for name in ("ones", "things")
    ]


def test_an_element_that_stands_twice_and_differs_is_unreadable_and_not_the_first(tmp_path: Path) -> None:
    text = f"{HEAD}<One><Id>7</Id><Id>8</Id></One>\n<One><Id>7</Id><Id> 7</Id></One>{TAIL}"
    assert [(one["id"], one["unreadable"]) for one in rows(tmp_path, text, "ones")] == [(None, ["id"]), ("7", None)]


def test_a_column_may_have_stood_elsewhere_in_other_years(tmp_path: Path) -> None:
    either = layout("either", "", sex="Sex | Old/Gender")
    text = f"{HEAD}<One><Sex>M</Sex></One><One><Old><Gender>1</Gender></Old></One><One/><One><Sex>M</Sex><Old><Gender>2</Gender></Old></One>{TAIL}"
    found = rows(tmp_path, text, "either", [either])
    assert [one["sex"] for one in found] == ["M", "1", None, None]
    assert [one["unreadable"] for one in found] == [None, None, None, ["sex"]]


def test_a_cell_that_spells_an_error_is_unreadable(tmp_path: Path) -> None:
    found = rows(tmp_path, f"{HEAD}<One><Id>#N/A</Id></One>{TAIL}", "ones")
    assert (found[0]["id"], found[0]["unreadable"]) == (None, ["id"])


def test_elements_that_nobody_reads_are_named_once_and_their_values_never(tmp_path: Path) -> None:
    one = "<One><Id>7</Id><New><Deep>SECRET</Deep></New><Box><Thing>x</Thing><Colour>SECRET</Colour></Box></One>"
    answer = read(
        tmp_path, f"{HEAD}{one * 3}<Two>SECRET</Two>{one}<Three>SECRET</Three></All><Four>SECRET</Four></Root>"
    )
    (reason,) = [sheet["reason"] for sheet in answer["sheets"] if sheet["reason"]]
    assert reason.endswith("were not read: All/One/New, All/One/Box/Colour, All/Two, All/Three, Four."), reason
    assert "SECRET" not in str([{**sheet, "found": ""} for sheet in answer["sheets"]])


def test_what_a_document_is_follows_from_its_marks(tmp_path: Path) -> None:
    for odd in (HEAD.replace(">K<", ">L<"), HEAD.replace("Root", "Boot"), HEAD.replace("Header>", "Footer>")):
        with pytest.raises(Refusal) as refused:
            read(tmp_path, f"{odd}<One/>{TAIL.replace('Root', 'Boot') if 'Boot' in odd else TAIL}")
        assert str(refused.value) == NOT_KNOWN


def test_no_record_is_no_zero(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="holds no record"):
        read(tmp_path, HEAD + TAIL)


LAUGHS = "<!DOCTYPE Root [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
ONE = "<One><Id>7</Id></One>"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "billion laughs": (f"{LAUGHS}{HEAD}<One><Id>&b;</Id></One>{TAIL}".encode(), "DOCTYPE"),
    "an external entity": (f"<!DOCTYPE Root SYSTEM 'file:///etc/passwd'>{HEAD}{ONE}{TAIL}".encode(), "DOCTYPE"),
    "a doctype in UTF-16": (f"<!DOCTYPE Root>{HEAD}{ONE}{TAIL}".encode("utf-16"), "DOCTYPE"),
    "a doctype behind a long comment": (f"<!--{'-x' * 90_000}--><!DOCTYPE Root>{HEAD}{ONE}{TAIL}".encode(), "DOCTYPE"),
    "an entity of nobody's": (f"{HEAD}<One><Id>&who;</Id></One>{TAIL}".encode(), "not well formed"),
    "half a file": (f"{HEAD}{ONE}\n<One><Id>7".encode(), "breaks off"),
    "cut in a tag": (f"{HEAD}{ONE}\n<One><I".encode(), "breaks off"),
    "two roots": (f"{HEAD}{ONE}{TAIL}<Root/>".encode(), "after its end"),
    "tags that cross": (f"{HEAD}<One><Id>7</One></Id>{TAIL}".encode(), "not well formed at line 2"),
    "Windows letters in UTF-8": (f"{HEAD}\n\n<One><Id>Zoë</Id></One>{TAIL}".encode("cp1252"), "encoding that it names at line 4"),
    "a false name of the encoding": (f"<?xml version='1.0' encoding='klingon'?>{HEAD}{ONE}{TAIL}".encode(), "encoding"),
    "UTF-16 that is UTF-8": (f"<?xml version='1.0' encoding='utf-16'?>{HEAD}{ONE}{TAIL}".encode(), "encoding"),
    "a bell": (f"{HEAD}<One><Id>\x07</Id></One>{TAIL}".encode(), "encoding"),
    "a prefix of nobody's": (f"{HEAD}<q:One/>{TAIL}".encode(), "not well formed"),
    "a tower": (f"{HEAD}{'<One>' * 5_000}{TAIL}".encode(), "not well formed"),
    "no element": (b"<?xml version='1.0'?><!-- nothing -->", "not well formed"),
    "another kind": (b"<html><body/></html>", "no file layout takes"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_in_plain_words(tmp_path: Path, name: str) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(Refusal) as refused:
        read(tmp_path, data)
    assert words in str(refused.value)
    assert "Zoë" not in str(refused.value) and "<" not in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_that_a_document_names_and_keeps_to_are_read(tmp_path: Path, encoding: str) -> None:
    said = "" if encoding == "utf-8-sig" else f"<?xml version='1.0' encoding='{encoding}'?>"
    text = f"{said}{HEAD}<One><Id>Zoë</Id></One>{TAIL}".encode(encoding)
    assert [one["id"] for one in rows(tmp_path, text, "ones")] == ["Zoë"]


def test_the_root_is_told_without_its_prefix_and_without_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(b"<q:Root xmlns:q='urn:x'><broken")
    assert root_of(path) == "Root"


def test_lines_are_right_far_down_where_the_parser_counts_otherwise(tmp_path: Path) -> None:
    one = "<One>\n<Id>7</Id>\n<Box>\n<Thing>x</Thing>\n<Thing>\ny\n</Thing>\n<Thing/>\n</Box>\n</One>\n"
    text = HEAD + "\n" * FAR_LINE + one * 3 + TAIL
    lines = text.split("\n")
    ones = [number for number, line in enumerate(lines, 1) if line == "<One>"]
    things = [number for number, line in enumerate(lines, 1) if line.startswith("<Thing")]
    assert [row["source_row"] for row in rows(tmp_path, text, "ones")] == [f"One!{line}" for line in ones]
    assert [row["source_row"] for row in rows(tmp_path, text, "things")] == [f"Thing!{line}" for line in things]


def test_memory_does_not_grow_with_the_document(tmp_path: Path) -> None:
    one = "<One><Id>7</Id><Box><Thing>x</Thing></Box></One>\n"
    read_document(_write(tmp_path / "small.xml", HEAD + one * 6_000 + TAIL), LAYOUTS, str(tmp_path / "rows"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_document(_write(tmp_path / "large.xml", HEAD + one * 40_000 + TAIL), LAYOUTS, str(tmp_path / "rows"))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 12, f"{grown:.0f} MB more for seven times the records, which as a tree take 30 MB"


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


NAMES = st.sampled_from(["Id", "Name", "Thing", "Box", "Odd"])
TEXTS = st.sampled_from(["", "x", " y ", "2022-01-01", "#N/A", "é"])
TREES = st.recursive(TEXTS, lambda below: st.lists(st.tuples(NAMES, below), max_size=5), max_leaves=30)


def _xml(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    return "\n".join(f"<{name}>{_xml(below)}</{name}>" for name, below in tree)


def _things(tree: Any) -> Iterator[Any]:
    """What a person would count: the Thing elements right below a Box of the record."""
    boxes = [below for name, below in tree if name == "Box" and not isinstance(below, str)]
    yield from (inner for box in boxes for name, inner in box if name == "Thing")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(NAMES, TREES), max_size=5), min_size=1, max_size=5))
def test_rows_out_are_the_rows_in_of_any_document(tmp_path_factory: pytest.TempPathFactory, records: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("random", numbered=True)
    text = HEAD + "\n".join(f"<One>{_xml(record)}</One>" for record in records) + TAIL
    assert len(rows(folder, text, "ones")) == len(records)
    things = rows(folder, text, "things")
    assert len(things) == sum(len(list(_things(record))) for record in records)
    assert len({row["source_row"] for row in things}) == len(things)
    assert [row["row_number"] for row in things] == list(range(1, len(things) + 1))


def test_every_drawn_layout_stays_within_its_record() -> None:
    drawn = [layout_of(contract) for contract in load().contracts.values() if contract.xml]
    assert drawn
    for one in drawn:
        assert one.drawing is not None
        depth = len([step for step in one.drawing.row.split("/") if step])
        for name, path in one.drawing.paths.items():
            for place in places_of(path):
                assert place.up <= depth, f"{one.id}: {name} goes above its record"
                assert ".." not in place.down, f"{one.id}: {name} goes down and up again"
    assert place_of("/Header/Kind").whole and place_of("../../Id").up == 2


def test_a_document_that_fits_in_part_gives_what_fits(tmp_path: Path) -> None:
    layouts = [layout_of(contract) for contract in load().contracts.values() if contract.family == "cin"]
    later = census([child("C1", episode("2022-01-10"), more="<Faith>none</Faith>")])
    answer = read(tmp_path, later, layouts)
    assert {sheet["contract"]: sheet["rows_in"] for sheet in answer["sheets"] if sheet["rows_in"]} == {
        "cin.children": 1,
        "cin.details": 1,
        "cin.shape": 2,
    }
    none = {sheet["contract"] for sheet in answer["sheets"] if sheet["state"] == "empty"}
    may = {contract.id for contract in load().contracts.values() if contract.family == "cin" and contract.may_be_empty}
    assert none == may and "cin.pre_proceedings" not in may, (
        "of a list that returns of some years do not have, nothing is said"
    )
    reasons = {sheet["contract"]: sheet["reason"] for sheet in answer["sheets"] if sheet["reason"]}
    assert list(reasons) == ["cin.children"] and "ChildCharacteristics/Faith" in reasons["cin.children"]
