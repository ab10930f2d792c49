"""The design's one figure worked by hand, delivered as files and read back from exports and printed words, both extracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.acceptance.kit import COUNTS, LISTED, Export, Said, World, annex_a, table, text

D = "2022-10-31"
SYSTEM = """
1001 | North | 2022-06-01 | 2022-10-20 | 2022-10-20
1002 | North | 2022-06-01 | 2022-10-05 | 2022-10-24
1003 | North | 2022-06-01 | 2022-10-25 | 2022-10-25
1004 | South | 2022-06-01 | 2022-10-27 | 2022-10-27
1005 | North | 2022-06-01 |            | 2022-11-09
0010 | North | 2022-06-01 | 2022-10-28 | 2022-10-28
1007 | North | 2022-06-01 | 2022-11-01 | 2022-11-14
1008 | North | 2022-10-24 | 2022-10-26 | 2022-10-26
"""
LIST = """
1001 | 2022-10-20
1001 | 2022-10-20
1002 | 2022-10-24
1003 | 2022-10-25
1004 | 2022-10-27
10   | 2022-10-28
1008 | 2022-10-26
9999 | 2022-10-21
"""


def _cells(block: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in block.strip().splitlines()]


def _plans(extract: int) -> list[dict[str, Any]]:
    def day(cell: str) -> date | None:
        return date.fromisoformat(cell) if cell else None

    return [
        {"id": child, "team": team, "start": day(start), "visit": day((first, second)[extract])}
        for child, team, start, first, second in _cells(SYSTEM)
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Export, Export, Said]]:
    """The home, the exports after each extract, and what `explain` said of North after the second."""
    world = World(tmp_path_factory.mktemp("worked"))
    teams = "".join(f'[[teams]]\nname = "{name}"\nowes = ["PP1"]\n' for name in ("North", "South"))
    text(world.inbox / "authority.toml", f'authority = "E1"\n{teams}')
    annex_a(world.inbox / "first.xlsx", "2022-11-02", {"List 7": _plans(0)})
    rows = [["PP1", team, D, "child", n, d, who, "2022-11-01", "own_list", ""]
            for team, n, d, who in (("North", 8, 8, "Ann"), ("South", 2, 3, "Bob"))]  # fmt: skip
    table(world.inbox / "counts.csv", [COUNTS, *rows])
    table(
        world.inbox / "list.csv",
        [LISTED, *(["PP1", "North", D, case, "", "true", day, "Ann", "2022-11-01", ""] for case, day in _cells(LIST))],
    )
    assert world.run(D).code == 0
    first = world.export()
    annex_a(world.inbox / "second.xlsx", "2022-11-16", {"List 7": _plans(1)})
    assert world.run(D).code == 0
    yield world, first, world.export(), world.do("explain", "PP1", "--as-at", D, "--team", "North")


@pytest.fixture(scope="module")
def first(told: tuple[World, Export, Export, Said]) -> Export:
    """After the extract of 2 November."""
    return told[1]


@pytest.fixture(scope="module")
def second(told: tuple[World, Export, Export, Said]) -> Export:
    """After the extract of 16 November."""
    return told[2]


def test_the_figures(first: Export) -> None:
    assert [first.share("PP1", team) for team in ("North", "South", "ALL")] == ["3/5", "1/1", "4/6"]
    assert [first.share("PP1", team, "manual") for team in ("North", "South", "ALL")] == ["8/8", "2/3", "10/11"]
    assert [first.metric("PP1", team)["overtaken"] for team in ("North", "South", "ALL")] == ["1", "0", "1"]
    assert first.states("PP1") == {
        "1001": "met", "1002": "not_met", "1003": "met", "1004": "met", "1005": "not_met", "0010": "met", "1007": "overtaken",
    }  # fmt: skip


def test_norths_bridge(first: Export) -> None:
    shared = {"DUPLICATE_MANUAL": -1, "TEAM": -1, "IDENTITY": 0, "SCOPE": -1, "MANUAL_ONLY": -1}
    assert first.lines("PP1", "North", "denominator") == shared | {"SYSTEM_ONLY": 1}
    assert first.lines("PP1", "North", "numerator") == shared | {"VALUE": -1}
    rows = first.rows("bridge_lines", indicator_id="PP1", team="North", measure="numerator")
    assert {(row["manual"], row["system"], row["cases"]) for row in rows} == {("8", "3", "1")}
    for measure in ("denominator", "numerator"):
        assert sum(abs(effect) for effect in first.items("PP1", "North", measure).values()) == 5


def test_norths_items_case_by_case(first: Export) -> None:
    assert first.items("PP1", "North", "numerator") == {
        ("1001", "DUPLICATE_MANUAL"): -1, ("1002", "VALUE"): -1, ("1004", "TEAM"): -1, ("0010", "IDENTITY"): 0, ("1008", "SCOPE"): -1,
        ("9999", "MANUAL_ONLY"): -1,
    }  # fmt: skip
    assert ("1005", "SYSTEM_ONLY") in first.items("PP1", "North", "denominator")


def test_south_and_the_authority(first: Export) -> None:
    assert first.lines("PP1", "South", "denominator") == {"MANUAL_NOT_LISTED": -2}
    assert first.lines("PP1", "South", "numerator") == {"MANUAL_NOT_LISTED": -1}
    shared = {"DUPLICATE_MANUAL": -1, "TEAM": -1, "IDENTITY": 0, "SCOPE": -1, "MANUAL_ONLY": -1}
    assert first.lines("PP1", "ALL", "denominator") == shared | {"SYSTEM_ONLY": 1, "MANUAL_NOT_LISTED": -2}
    assert first.lines("PP1", "ALL", "numerator") == shared | {"VALUE": -1, "MANUAL_NOT_LISTED": -1}


def test_the_second_extract(first: Export, second: Export) -> None:
    assert (second.share("PP1", "North"), second.share("PP1")) == ("4/5", "5/6")
    assert (second.states("PP1")["1005"], second.states("PP1")["1007"]) == ("not_met", "overtaken")
    assert sum(second.lines("PP1", "North", "numerator").values()) == -4
    before = first.one("breaks", indicator_id="PP1", team="North", case_id="1002", measure="numerator")
    after = second.one("breaks", indicator_id="PP1", team="North", case_id="1002", measure="numerator")
    assert (before["reason"], before["state"], after["reason"], after["effect"], after["state"]) == (
        "VALUE",
        "open",
        "LATE_RECORDED",
        "0",
        "closed",
    )
    assert (before["break_id"], before["first_seen"]) == (after["break_id"], after["first_seen"])


def test_a_new_figure_supersedes_and_never_overwrites(second: Export) -> None:
    assert {second.metric("PP1", team)["revision"] for team in ("North", "ALL")} == {"2"}
    assert second.metric("PP1", "South")["revision"] == "1"
    kinds = {(row["team"], row["revision"]): row["class"] for row in second.rows("revisions", indicator_id="PP1")}
    assert kinds[("North", "1")] == "scheduled" and kinds[("North", "2")] == "late recording"


def test_the_printed_bridge(told: tuple[World, Export, Export, Said]) -> None:
    said = told[3]
    assert said.code == 0
    for words in (
        "4 of 5", "counted 1 November", "extract of 2 November", "seen by 16 November", "System now", "Adjusted", "unexplained 0",
        "1004", "South", "9999", "list.csv", "second.xlsx", "List 7", "row 3",
    ):  # fmt: skip
        assert words in said.text, (words, said.out)
    lines = [line for line in said.out.splitlines() if line.startswith("Adjusted")]
    assert len(lines) == 2
    for line in lines:
        numbers = [int(word.replace("−", "-")) for word in line.split() if word.lstrip("−-").isdigit()]
        assert numbers[0] == numbers[1], line


def test_the_printed_sides_begin_with_the_two_figures_and_meet(told: tuple[World, Export, Export, Said]) -> None:
    out = told[3].out.replace("−", "-")
    numerator = out[out.index("Numerator") : out.index("Denominator")]
    assert " 8 " in numerator and " 3" in numerator and "gross" in numerator
