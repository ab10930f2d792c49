"""Which team held the cases then, on the page of a measure: shown beside the teams' figures, to each person what that person may see."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from countermark.certify.snapshot import find
from countermark.home import Home
from tests.web_kit import AS_AT, CODE, OTHER_TEAM, TEAM, Desk, open_desk, tables_of

THIRD = "Safeguarding West"
HEADINGS = ["Held then by", "Counts for", "Counted", "Not as it should be"]
ROWS = [(TEAM, OTHER_TEAM, 7, 5), (TEAM, None, 2, 1), (TEAM, TEAM, 9, 1), (THIRD, THIRD, 4, 0)]


@pytest.fixture(scope="module")
def then(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The home as if allocations had been delivered for one measure."""
    place = tmp_path_factory.mktemp("then") / "home"
    shutil.copytree(built_home, place)
    with duckdb.connect(str(find(Home(place)))) as con:
        for team, held, cases, not_met in ROWS:
            con.execute(
                "insert into team_at_event values (?, 'PP6', ?, ?, ?, ?, ?)", [CODE, AS_AT, team, held, cases, not_met]
            )
        con.execute("update metrics set status = 'provisional' where indicator_id = 'PP6'")
        con.execute("insert into team_at_event values (?, 'PP0', ?, ?, ?, 3, null)", [CODE, AS_AT, TEAM, THIRD])
        con.execute("update metrics set status = 'withheld' where indicator_id = 'PP0'")
    return open_desk(place, tmp_path_factory.mktemp("then desk") / "home")


def shown(desk: Desk, username: str, address: str) -> list[list[str]]:
    answer = desk.client(username).get(address)
    return next((table[1:] for table in tables_of(answer) if table[0] == HEADINGS), [])


def test_the_assessment_teams_lateness_is_not_the_safeguarding_teams(then: Desk) -> None:
    assert shown(then, "leader", "/indicators/PP6") == [
        [OTHER_TEAM, TEAM, "7", "5"],
        [TEAM, TEAM, "9", "1"],
        ["Nobody, by the allocations", TEAM, "2", "1"],
        [THIRD, THIRD, "4", "0"],
    ]


def test_a_team_is_shown_what_it_has_now_or_had_then(then: Desk) -> None:
    found = shown(then, "officer", f"/indicators/PP6?team={TEAM}")
    assert [row[0] for row in found] == [OTHER_TEAM, TEAM, "Nobody, by the allocations"]
    own = shown(then, "team_manager", f"/indicators/PP6?team={TEAM}")
    assert THIRD not in str(own) and [TEAM, TEAM, "9", "1"] in own


def test_of_a_figure_that_is_not_quoted_nothing_is_said(then: Desk) -> None:
    assert shown(then, "leader", "/indicators/PP0") == []
    assert shown(then, "leader", "/indicators/PP1") == [], "no allocation says anything of it"


def test_a_publication_of_an_earlier_version_has_a_page_too(built_home: Path, tmp_path: Path) -> None:
    place = tmp_path / "old"
    shutil.copytree(built_home, place)
    with duckdb.connect(str(find(Home(place)))) as con:
        con.execute("drop table team_at_event")
    desk = open_desk(place, tmp_path / "desk")
    assert desk.client("leader").get("/indicators/PP1").status_code == 200
