"""The shape of a census return: every departure told, none of its values; years by their differences; held against the schemas."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lxml import etree

from countermark.contracts.catalogue import SHIPPED, load
from countermark.readers.documents import read_document
from countermark.readers.headings import layout_of
from countermark.readers.shapes import CHILD, FORMS, shape_of
from tests.census_kit import assessment, block, census, child, element, enquiry, episode, protection

SAMPLES = SHIPPED.parent / "shared" / "samples" / "cin"
CONTRACTS = [contract for contract in load().contracts.values() if contract.family == "cin"]
LAYOUTS = [layout_of(contract) for contract in CONTRACTS]
DATA = next(contract.shape for contract in CONTRACTS if contract.shape)
GOOD = episode(
    "2022-01-10", assessment("2022-01-11", "2022-02-01", "3B"), enquiry("2022-01-12"), protection("2022-02-01")
)
NEWER = {"code": "5D", "reason": "RC9"}
PRE = block("PreProceedingsandFGDM", element("PPStartDate", "2025-09-09"), element("FGDMMeetingOffer", "1"))


def departures(folder: Path, text: str) -> list[tuple[str, str]]:
    """Path and problem of each departure, in the order of the document."""
    path = folder / "return.xml"
    path.write_text(text, encoding="utf-8")
    sheet = next(
        one for one in read_document(path, LAYOUTS, str(folder / "rows"))["sheets"] if one["contract"] == "cin.shape"
    )
    with pa.memory_map(sheet["rows"]) as source:
        found = pa.ipc.open_file(source).read_all().to_pylist()
    assert found[0]["path"] is None and len({row["source_row"] for row in found}) == len(found)
    return [(row["path"], row["problem"]) for row in found[1:]]


def one_child(*episodes: str, **more: Any) -> str:
    return child("C1", *(episodes or (GOOD,)), **more)


def test_a_good_return_of_each_year_has_no_departure(tmp_path: Path) -> None:
    for year in (2022, 2023, 2024):
        assert departures(tmp_path, census([one_child()], year)) == []
    for year in (2025, 2026):
        later = episode("2022-01-10", source="5D", closed="2022-02-01", reason="RC9")
        assert departures(tmp_path, census([one_child(later, sex="F")], year)) == []
    assert departures(tmp_path, census([one_child(episode("2025-01-10", PRE), sex="U")], 2026)) == []


EPISODE = "Children/Child/CINdetails"
FAULTY: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a new code in an old year": (census([one_child(episode("2022-01-10", source="5D"))]), [(f"{EPISODE}/ReferralSource", "code")]),
    "the new element in an old year": (
        census([one_child(sex="F")]),
        [("Children/Child/ChildIdentifiers/GenderCurrent", "missing"), ("Children/Child/ChildIdentifiers/Sex", "unknown")],
    ),
    "the old element in a new year": (
        census([one_child(sex="2")], 2025),
        [("Children/Child/ChildIdentifiers/Sex", "missing"), ("Children/Child/ChildIdentifiers/GenderCurrent", "unknown")],
    ),
    "pre-proceedings a year too early": (census([one_child(episode("2025-01-10", PRE), sex="F")], 2025), [(f"{EPISODE}/PreProceedingsandFGDM", "unknown")]),
    "out of order": (
        census([one_child(block("CINdetails", element("ReferralSource", "1A"), element("CINreferralDate", "2022-01-10"), element("ReferralNFA", "0")))]),
        [(f"{EPISODE}/CINreferralDate", "order")],
    ),
    "twice": (census([one_child(GOOD.replace("<ReferralNFA>", "<ReferralNFA>true</ReferralNFA>\n<ReferralNFA>"))]), [(f"{EPISODE}/ReferralNFA", "too_many")]),
    "no date": (census([one_child(episode("2022-02-30"))]), [(f"{EPISODE}/CINreferralDate", "no_date")]),
    "an American date": (census([one_child(episode("01/10/2022"))]), [(f"{EPISODE}/CINreferralDate", "no_date")]),
    "a blank": (census([one_child(episode("2022-01-10", closed=""))]), [(f"{EPISODE}/CINclosureDate", "blank")]),
    "a number that is none": (census([one_child(episode("2022-01-10", protection("2022-02-01", None, -1)))]), [(f"{EPISODE}/ChildProtectionPlans/NumberOfPreviousCPP", "form")]),
    "a pupil number of another form": (
        census([one_child().replace("<PersonBirthDate>", "<UPN>SECRET</UPN><PersonBirthDate>")]),
        [("Children/Child/ChildIdentifiers/UPN", "form")],
    ),
    "text between elements": (census([one_child().replace("</PersonBirthDate>", "</PersonBirthDate>SECRET")]), [("Children/Child/ChildIdentifiers", "stray_text")]),
    "no episode": (census([child("C1")]), [(f"{EPISODE}", "missing")]),
    "no id": (census([child(None, GOOD)]), [("Children/Child/ChildIdentifiers/LAchildID", "missing")]),
    "an element in an element of text": (census([one_child().replace("2012-03-04", "<Day>4</Day>")]), [("Children/Child/ChildIdentifiers/PersonBirthDate/Day", "unknown")]),
    "a year to come": (census([one_child(sex="F")], 2031), [("Header/CollectionDetails/Year", "other_year")]),
    "a year that is none": (census([one_child(sex="F")], "MMXXII"), [("Header/CollectionDetails/Year", "no_year"), ("Header/CollectionDetails/Year", "form")]),
    "another element beside the children": (census([one_child()]).replace("</Children>", "<Kid/></Children>"), [("Children/Kid", "unknown")]),
    "a header that is not": (census([one_child()]).replace("812", "E06"), [("Header/Source/LEA", "form")]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_every_departure_is_told_and_no_value(tmp_path: Path, name: str) -> None:
    text, wanted = FAULTY[name]
    assert departures(tmp_path, text) == wanted


def test_all_departures_are_told_and_not_the_first(tmp_path: Path) -> None:
    bad = episode("soon", assessment("never", "later", "99"), source="XX", closed="", reason="RC77")
    found = departures(tmp_path, census([child(f"C{number}", bad) for number in range(30)]))
    assert len(found) == 30 * 7 and len(set(found)) == 7


def test_each_departure_names_its_child_and_its_line(tmp_path: Path) -> None:
    text = census([one_child(), child("C2", episode("2022-02-30"))])
    (tmp_path / "return.xml").write_text(text, encoding="utf-8")
    sheets = read_document(tmp_path / "return.xml", LAYOUTS, str(tmp_path / "rows"))["sheets"]
    with pa.memory_map(next(one["rows"] for one in sheets if one["contract"] == "cin.shape")) as source:
        row = pa.ipc.open_file(source).read_all().to_pylist()[1]
    line = next(number for number, said in enumerate(text.split("\n"), 1) if "2022-02-30" in said)
    assert (row["lachildid"], row["source_row"], row["year"]) == ("C2", f"Message!{line}", "2022")


def test_a_shape_is_written_as_it_is_read() -> None:
    entries = [entry for below in DATA["elements"].values() for entry in below]
    matches = [CHILD.fullmatch(entry) for entry in entries]
    assert all(matches)
    kinds = {match[3] for match in matches if match and match[3]}
    assert kinds <= {*DATA["types"], *FORMS, "date", "datetime", "any"}
    holding = {match[1] for match in matches if match and not match[3]}
    assert holding == set(DATA["elements"]) - {"Message"}


def test_every_element_of_the_shape_is_read_by_a_contract() -> None:
    read = {
        path.rpartition("/")[2]
        for one in LAYOUTS
        if one.drawing
        for path in re.split(r" \| ", " | ".join(one.drawing.paths.values()))
    }
    rows = {one.drawing.row_name for one in LAYOUTS if one.drawing}
    leaves = {
        match[1]
        for below in DATA["elements"].values()
        for entry in below
        if (match := CHILD.fullmatch(entry)) and match[3]
    }
    assert leaves - read - rows == {"Collection", "SourceLevel", "SoftwareCode", "Release", "SerialNo"}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the schemas are not here")
@pytest.mark.parametrize("year", [2022, 2025, 2026])
def test_ours_is_the_schema_of_the_year(year: int) -> None:
    schema = etree.parse(str(SAMPLES / f"CIN_schema_{year}.xsd")).getroot()
    ours, space = shape_of(DATA, year), {"xs": "http://www.w3.org/2001/XMLSchema"}
    types: dict[str | None, Any] = {one.get("name"): one for one in schema.findall("xs:*[@name]", space)}
    beyond = {"PreProceedingsandFGDM"} if year >= 2026 else set()
    tried = set()
    waiting = [("Message", types["messagetype"])]
    while waiting:
        name, kind = waiting.pop()
        theirs = kind.findall("xs:sequence/xs:element", space)
        assert [one.get("name") for one in theirs] == [one for one in ours.elements[name] if one not in beyond], name
        tried.add(name)
        for one in theirs:
            below = ours.elements[name][one.get("name")]
            most = one.get("maxOccurs", "1")
            assert (below.least, below.most) == (
                int(one.get("minOccurs", "1")),
                None if most == "unbounded" else int(most),
            ), one.get("name")
            its = types.get(one.get("type"), one.find("xs:complexType", space))
            if its is not None and its.tag.endswith("complexType"):
                waiting.append((one.get("name"), its))
                continue
            its = its if its is not None else one.find("xs:simpleType", space)
            _same(below.kind, ours.types, one.get("type"), its, space)
    assert tried == set(ours.elements) - beyond


def _same(kind: str, types: dict[str, Any], named: str | None, theirs: Any, space: dict[str, str]) -> None:
    plain = {"xs:date": "date", "xs:dateTime": "datetime", "xs:gYear": "year", "xs:string": ("any", "text")}
    if theirs is None:
        assert kind in plain[str(named)], (kind, named)
        return
    codes = {one.get("value") for one in theirs.iterfind(".//xs:enumeration", space)}
    patterns = [one.get("value") for one in theirs.iterfind(".//xs:pattern", space)]
    if codes:
        assert set(types[kind]) - {"true", "false", "UN8", "UN9", "UN10"} == codes, kind
    elif patterns:
        assert [types[kind]] == patterns
    else:
        assert kind == "number"
