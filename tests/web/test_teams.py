"""A team manager's morning: the own teams alone, a count typed in, a look at each overdue child."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from countermark.desk import started
from countermark.home import Home
from tests.web_kit import Desk, post, tables_of, text_of

COUNT = "/team/count?indicator=PP1&team=Safeguarding+East&as_at=2022-10-31"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def start(home: Home, authority: str, as_at: Any, mark: str) -> None:
        asked.append(mark)

    monkeypatch.setattr(started, "start", start)
    return asked


def overdue(desk: Desk, team: str = "Safeguarding East") -> list[dict[str, Any]]:
    return desk.rows(
        "select child_id from main.members where indicator_id = 'PP1' and as_at = '2022-10-31' and team = ? "
        "and state in ('not_met', 'unusable')",
        [team],
    )


def test_the_morning_shows_own_counts_children_and_differences(desk: Desk) -> None:
    answer = desk.client("team_manager").get("/team")
    said = text_of(answer)
    assert "Safeguarding East" in said and "Counts to give" in said
    for heading in ("Children not seen, or overdue", "Differences and failures"):
        assert heading in said
    children = overdue(desk)
    assert children
    assert all(row["child_id"] in said for row in children)
    others = desk.rows(
        "select child_id from main.members group by 1 having not bool_or(team = 'Safeguarding East') and count(team) > 0"
    )
    shown = {cell for table in tables_of(answer) for row in table for cell in row}
    assert others and not {row["child_id"] for row in others} & shown


@pytest.mark.parametrize(
    "page", ["/team?team={}", "/team/count?indicator=AS2&team={}", "/team/look?indicator=AS3&child=x&team={}"]
)
def test_another_teams_page_is_refused(desk: Desk, page: str) -> None:
    client = desk.client("team_manager")
    refused = client.get(page.format("Assessment+North"))
    assert refused.status_code == 403
    assert "another team" in text_of(refused)
    assert client.get(page.format("No+such+team")).status_code == 403, "nor is it said whether there is such a team"


def test_an_officer_may_look_at_any_team_and_enters_nothing(desk: Desk) -> None:
    client = desk.client("officer")
    assert "Assessment North" in text_of(client.get("/team?team=Assessment+North"))
    assert client.get("/team?team=No+such+team").status_code == 404
    assert client.get(COUNT).status_code == 403
    for role in ("leader", "board", "engineer", "auditor", "admin"):
        assert desk.client(role).get("/team").status_code == 403, role


def test_each_view_is_entered_with_pseudonyms(own_desk: Desk) -> None:
    own_desk.client("team_manager").get("/team")
    entry = own_desk.ledger().entries()[-1]
    assert entry.kind == "view"
    assert "Safeguarding East" in str(entry) and "Child " in str(entry)
    assert not [row["child_id"] for row in overdue(own_desk) if row["child_id"] in str(entry)]


def _look(days: int = 0, **said: str) -> dict[str, Any]:
    day = date.today() + timedelta(days=days)
    typed = {"looked_on": f"{date.today():%d %m %Y}", "child_seen": "no", "next_on": f"{day:%d %m %Y}"} | said
    return {name: text.split(" ") if name.endswith("_on") else text for name, text in typed.items()}


def _links(desk: Desk) -> list[str]:
    from lxml import html

    page = html.fromstring(desk.client("team_manager").get("/team").text)
    links = [str(link.get("href")) for link in page.iter("a")]
    return [link for link in links if "/team/look" in link and "indicator=PP1" in link]


def test_a_look_is_entered_and_stands_beside_the_child(own_desk: Desk) -> None:
    client, (link, *_) = own_desk.client("team_manager"), _links(own_desk)
    assert not [row["child_id"] for row in overdue(own_desk) if row["child_id"] in link], "an address names no child"
    assert post(client, link, _look(7)).status_code == 302
    said = text_of(client.get("/team"))
    assert "Kemi Thorganby" in said and "No, not seen yet" in said
    (note,) = own_desk.ledger().notes("look")
    assert note.body["child_seen"] == "no" and note.subject.startswith("PP1/")
    assert not [row["child_id"] for row in overdue(own_desk) if row["child_id"] in note.subject]
    assert post(client, link, _look(child_seen="yes")).status_code == 302
    assert "Yes, seen" in text_of(client.get("/team"))
    assert len(own_desk.ledger().notes("look", newest=False)) == 2


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        pytest.param(_look(next_on=""), "Say when you look again", id="not seen and no next date"),
        pytest.param(_look(child_seen=""), "Say whether the child has been seen", id="seen or not"),
        pytest.param(_look(looked_on=""), "Say when you looked", id="no day"),
        pytest.param(_look(looked_on="31 12 2039"), "cannot lie ahead", id="a day ahead"),
        pytest.param(_look(400), "three months ahead", id="next date far off"),
        pytest.param(_look(-3), "from today", id="next date passed"),
        pytest.param(_look(looked_on="31 2 2022"), "Enter a day, a month and a year", id="no such day"),
        pytest.param(_look(next_on=" 12 2022"), "Enter a day, a month and a year", id="half a date"),
    ],
)  # fmt: skip
def test_a_look_that_says_too_little_is_refused(own_desk: Desk, said: dict[str, Any], refusal: str) -> None:
    answer = post(own_desk.client("team_manager"), _links(own_desk)[0], said)
    assert answer.status_code == 422 and refusal in text_of(answer)
    assert own_desk.ledger().notes("look") == []


def test_a_child_who_is_not_overdue_cannot_be_looked_at(desk: Desk) -> None:
    client = desk.client("team_manager")
    assert client.get("/team/look?indicator=PP1&child=0000000000000000").status_code == 404


def test_a_count_typed_in_becomes_a_file_by_the_person_signed_in(own_desk: Desk, runs: list[str]) -> None:
    client = own_desk.client("team_manager")
    answer = post(
        client, COUNT, {"numerator": "3", "denominator": "4", "method": "case_file", "note": "all files read"}
    )
    assert answer.status_code == 302
    (mark,) = runs
    (row,) = csv.DictReader(io.StringIO((own_desk.home.inbox / "uploads" / f"{mark}.csv").read_text(encoding="utf-8")))
    assert row == {
        "indicator_id": "PP1", "team": "Safeguarding East", "as_at": "2022-10-31", "unit": "child", "numerator": "3",
        "denominator": "4", "counted_by": "Kemi Thorganby", "counted_at": date.today().isoformat(), "method": "case_file",
        "note": "all files read",
    }  # fmt: skip
    assert "being taken in" in text_of(client.get(answer.location))


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"numerator": "5", "denominator": "4", "method": "case_file"}, "cannot be more than all who count"),
        ({"numerator": "5", "method": "case_file"}, "whole number from 0 up"),
        ({"numerator": "-1", "denominator": "4", "method": "case_file"}, "whole number from 0 up"),
        ({"numerator": "many", "denominator": "4", "method": "case_file"}, "valid integer"),
        ({"numerator": "3", "denominator": "4"}, "Choose how it was counted"),
        ({"numerator": "3", "denominator": "4", "method": "guess"}, "valid choice"),
        ({"numerator": "3", "denominator": "4", "method": "case_file", "note": "x" * 301}, "300 characters"),
    ],
)
def test_a_count_that_cannot_be_is_refused(own_desk: Desk, runs: list[str], said: dict[str, str], refusal: str) -> None:
    answer = post(own_desk.client("team_manager"), COUNT, said)
    assert answer.status_code == 422 and refusal in text_of(answer)
    assert not runs and not own_desk.home.inbox.exists()


def test_a_headcount_asks_for_one_number(own_desk: Desk, runs: list[str]) -> None:
    client, address = own_desk.client("team_manager"), COUNT.replace("PP1", "PP0")
    assert 'name="denominator"' not in client.get(address).text
    assert post(client, address, {"numerator": "3", "method": "case_file"}).status_code == 302
    assert client.get(COUNT.replace("PP1", "QQ9")).status_code == 404


def test_templates_are_handed_out_empty(desk: Desk) -> None:
    client = desk.client("team_manager")
    answer = client.get("/team/template/manual_lists")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet["A1"].value == "indicator_id" and sheet["A2"].value is None
    assert client.get("/team/template/annex_a.list_07").status_code == 404


def test_a_note_that_names_a_child_is_refused(own_desk: Desk, runs: list[str]) -> None:
    child = overdue(own_desk)[0]["child_id"]
    said = {"numerator": "3", "denominator": "4", "method": "case_file", "note": f"without {child}"}
    answer = post(own_desk.client("team_manager"), COUNT, said)
    assert answer.status_code == 422 and "a child's id" in text_of(answer).replace("’", "'")
    assert not runs
