"""Whose figures they are: with authority.toml and without, with the command's word, from sidecars, over several runs of one home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.kit import COUNTS, LISTED, World, annex_a, countermark, table, text

D = "2022-10-31"


def plans(*ids: str, team: str = "North") -> dict[str, Any]:
    """List 7 with these children, all seen in time."""
    return {
        "List 7": [{"id": one, "team": team, "start": date(2022, 6, 1), "visit": date(2022, 10, 20)} for one in ids]
    }


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty inbox."""
    world = World(tmp_path)
    world.inbox.mkdir()
    return world


def test_a_home_that_knows_nobody_takes_local_and_says_so(world: World) -> None:
    annex_a(
        world.inbox / "annex.xlsx",
        "2022-11-02",
        plans("1", "2") | {"List 8": [{"id": "9", "team": "South", "start": date(2020, 1, 1)}]},
    )
    counts = [["PP1", "north", D, "child", 2, 2, "Ann", "2022-11-01", "own_list", None],
              ["PP1", "South", D, "child", 0, 0, "Ann", "2022-11-01", "own_list", None],
              ["PP1", "West", D, "child", 2, 2, "Ann", "2022-11-01", "own_list", None]]  # fmt: skip
    table(world.inbox / "counts.csv", [COUNTS, *counts])
    table(
        world.inbox / "list.csv",
        [LISTED, *(["PP1", "North", D, one, "", "1", "2022-10-20", "Ann", "2022-11-01", ""] for one in "12")],
    )
    said = world.run(D)
    assert said.code == 0 and "LOCAL" in said.text, said
    out = world.export()
    assert {row["authority"] for row in out.tables["metrics"]} == {"LOCAL"}
    # every team that the extracts name is a team, nobody owes a count, and ALL has no manual figure but its own claim
    assert out.share("PP1", "North", "manual") == "2/2" and out.share("PP1", side="manual") == ""
    (rejected,) = out.rows("rejects", file="counts.csv")
    assert (rejected["source_row"], rejected["column"]) == ("4", "team")
    said = world.do("check", "PP1", "--as-at", D, "--by", "Somebody Typed", "--note", "Looked.")
    assert said.code == 0
    # spellings that differ in case, spaces or punctuation are one person
    for name in ("somebody  typed", "Somebody-Typed", "SOMEBODY TYPED."):
        assert world.do("sign", "PP1", "--as-at", D, "--by", name).code == 2, name
    assert world.do("sign", "PP1", "--as-at", D, "--by", "ANN.").code == 2, "Ann counted"
    signed = world.do("sign", "PP1", "--as-at", D, "--by", "Someone Else")
    assert signed.code == 0, signed
    out = world.export()
    assert out.metric("PP1")["status"] == "certified"
    assert out.one("certificates", indicator_id="PP1")["names"] == "as typed"
    assert "names as typed" in world.do("explain", "PP1", "--as-at", D).text


def test_several_authorities_live_apart_and_a_file_of_nobodys_is_refused(world: World) -> None:
    annex_a(world.inbox / "one" / "annex.xlsx", "2022-11-02", plans("1", "2"), authority="E1")
    annex_a(world.inbox / "two" / "annex.xlsx", "2022-11-02", plans("1", "2", "3"), authority="E2")
    annex_a(world.inbox / "three" / "annex.xlsx", None, plans("4"))
    text(world.inbox / "three" / "delivery.toml", "extracted_on = 2022-11-03\n")
    said = world.run(D, "--strict")
    assert said.code == 3
    out = world.export()
    assert {
        row["authority"]: row["system_numerator"] for row in out.rows("metrics", indicator_id="PP0", team="ALL")
    } == {"E1": "2", "E2": "3"}
    refused = out.one("deliveries", file="three/annex.xlsx")
    assert refused["status"] == "rejected" and "authority" in refused["reason"].lower(), refused
    both = world.do("check", "PP0", "--as-at", D, "--by", "Olive", "--note", "x")
    assert both.code == 2 and "--authority" in both.err
    assert world.do("check", "PP0", "--as-at", D, "--by", "Olive", "--note", "x", "--authority", "E2").code == 0


def test_wrong_usage_and_failure_have_their_codes(world: World) -> None:
    assert world.run("31/10/2022").code == 2
    assert countermark("run", "--inbox", world.root / "nowhere", "--as-at", D, "--home", world.home).code == 2
    assert countermark("run", "--as-at", D).code == 2
    assert countermark("nonsense").code == 2
    assert world.do("export", "--out", world.root / "x").code == 2
    said = countermark("template", "no_such_template", "--out", world.root / "x.xlsx")
    assert said.code == 2 and "manual_counts" in said.err


def test_a_file_of_directions_that_does_not_parse_refuses_what_it_speaks_for(world: World) -> None:
    text(world.inbox / "authority.toml", "authority = \n")
    annex_a(world.inbox / "annex.xlsx", "2022-11-02", plans("1"))
    said = world.run(D, "--strict")
    assert said.code == 3 and "refused" in said.text and "Traceback" not in said.text, said
    out = world.export()
    row = out.one("deliveries", file="annex.xlsx")
    assert (row["status"], "authority.toml" in row["reason"]) == ("rejected", True), row
    about_children = [row for row in out.tables["metrics"] if "this product itself" not in row["status_reason"]]
    assert {row["status"] for row in about_children} == {"withheld"} and {
        row["child_id"] for row in out.tables["members"]
    } == {""}
    assert out.metric("DQ1")["system_value"] == "0.0", "no figure can be relied on, and that is a figure"


COUNT = {"indicator_id": "PP1", "team": "North", "as_at": date(2022, 10, 31), "unit": "child", "numerator": 2, "denominator": 2,
         "counted_by": "Ann", "counted_at": date(2022, 11, 1), "method": "own_list"}  # fmt: skip
LIST = {"indicator_id": "PP1", "team": "North", "as_at": date(2022, 10, 31), "in_numerator": "Yes", "event_date": date(2022, 10, 20),
        "counted_by": "Ann", "counted_at": date(2022, 11, 1)}  # fmt: skip


def _fill(name: str, path: Path, records: list[dict[str, Any]]) -> None:
    import openpyxl

    said = countermark("template", name, "--out", path)
    assert said.code == 0, said
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = {str(cell.value): int(cell.column or 0) for cell in sheet[1]}
    for i, record in enumerate(records, start=2):
        for heading, value in record.items():
            sheet.cell(i, places[heading], value)
    book.save(path)


@pytest.fixture
def templates(tmp_path: Path) -> Callable[[Path], None]:
    """Fills both templates as a manager would and drops them into a folder."""

    def drop(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _fill("manual_counts", folder / "our count.xlsx", [COUNT])
        _fill("manual_lists", folder / "our list.xlsx", [LIST | {"case_id": "0001"}, LIST | {"case_id": "2"}])

    return drop


def test_a_template_filled_in_validates_loads_and_certifies(world: World, templates: Callable[[Path], None]) -> None:
    templates(world.inbox / "North")
    for name in ("our count.xlsx", "our list.xlsx"):
        said = countermark("validate", world.inbox / "North" / name)
        assert said.code == 0 and "would load" in said.text and "would not load" not in said.text, said.out
    annex_a(world.inbox / "annex.xlsx", "2022-11-02", plans("0001", "2"), authority="E1")
    assert world.run(D, "--authority", "E1").code == 0
    out = world.export()
    found = {row["file"]: (row["contract"], row["status"], row["rows_in"]) for row in out.tables["deliveries"]}
    assert found["North/our count.xlsx"] == ("manual_counts", "loaded", "1")
    assert found["North/our list.xlsx"] == ("manual_lists", "loaded", "2")
    assert out.share("PP1", "North", "manual") == "2/2" and not out.rows("breaks", indicator_id="PP1")
