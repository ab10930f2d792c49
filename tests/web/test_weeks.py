"""The weeks on the page of a measure: beside the month, named as what they are, to each person what that person may see."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from countermark.certify.snapshot import find
from countermark.home import Home
from tests.web_kit import OTHER_TEAM, TEAM, Desk, open_desk, tables_of

HEADINGS = ["Weeks", "Figure", "Counts"]
SAID = "Four weeks to 30 October 2022"


@pytest.fixture(scope="module")
def reported(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The home with two figures that may be reported."""
    place = tmp_path_factory.mktemp("weeks") / "home"
    shutil.copytree(built_home, place)
    with duckdb.connect(str(find(Home(place)))) as con:
        con.execute("update metrics set status = 'provisional' where indicator_id in ('AS2', 'CP0')")
    return open_desk(place, tmp_path_factory.mktemp("weeks desk") / "home")


def shown(desk: Desk, username: str, address: str) -> list[list[str]]:
    answer = desk.client(username).get(address)
    assert answer.status_code == 200
    return next((table[1:] for table in tables_of(answer) if table[0] == HEADINGS), [])


def test_every_sunday_of_the_publication_is_told_the_newest_first(reported: Desk) -> None:
    found = shown(reported, "leader", "/indicators/AS2")
    rows = reported.rows(
        "select numerator, denominator from main.weekly where indicator_id = 'AS2' and team = 'ALL' order by week_end desc"
    )
    assert found[0][0] == SAID and len(found) == len(rows) > 2
    assert [one[2] for one in found] == [f"{row['numerator']} of {row['denominator']}" for row in rows]
    page = reported.client("leader").get("/indicators/AS2").text
    assert "week by week" in page and "no figure of record" in page and f"{SAID}: " in page


def test_a_count_is_a_count_and_a_measure_that_is_not_watched_has_no_weeks(reported: Desk) -> None:
    found = shown(reported, "officer", "/indicators/CP0")
    assert found and all(one[1] == one[2] and " of " not in one[1] for one in found)
    assert shown(reported, "officer", "/indicators/PP0") == []


def test_a_team_has_its_own_and_a_manager_no_other_teams(reported: Desk) -> None:
    own = shown(reported, "leader", f"/indicators/AS2?team={OTHER_TEAM}")
    assert own and own != shown(reported, "leader", "/indicators/AS2")
    assert shown(reported, "team_manager", f"/indicators/CP0?team={TEAM}")
    denied = reported.client("team_manager").get(f"/indicators/AS2?team={OTHER_TEAM}")
    assert own[0] not in [row for table in tables_of(denied) for row in table]


def test_of_a_figure_that_is_not_quoted_and_in_an_older_publication_there_are_none(
    built_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(built_home, tmp_path / "home")
    with duckdb.connect(str(find(Home(tmp_path / "home")))) as con:
        con.execute("update metrics set status = 'withheld' where indicator_id = 'AS2'")
    withheld = open_desk(tmp_path / "home", tmp_path / "withheld")
    assert shown(withheld, "leader", "/indicators/AS2") == []
    with duckdb.connect(str(find(Home(tmp_path / "home")))) as con:
        con.execute("update metrics set status = 'provisional' where indicator_id = 'AS2'")
        con.execute("drop table main.weekly")
    older = open_desk(tmp_path / "home", tmp_path / "older")
    assert shown(older, "officer", "/indicators/AS2") == []
