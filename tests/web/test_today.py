"""Whom to see today: own teams alone, one row a child, the look entered for every measure, workers apart, and what could not be made."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from lxml import html

from countermark.certify import snapshot
from countermark.ledger.secrets import pseudonym, pseudonym_key
from tests.web_kit import AS_AT, CODE, OTHER_TEAM, TEAM, Desk, post, tables_of, text_of


def to_see(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows("select * from main.to_see order by place")


def own(desk: Desk) -> list[str]:
    return [row["child_id"] for row in to_see(desk) if TEAM in (row["teams"] or "")]


def children_on(page: Any) -> list[str]:
    """The children of a page's list, in order."""
    items: Any = html.fromstring(page.text).xpath("//ol[contains(@class, 'cm-items')]/li//h2//a")
    return [str(item.text_content()).strip() for item in items]


def a_look(days: int = 3, **said: str) -> dict[str, Any]:
    typed = {
        "looked_on": f"{date.today():%d %m %Y}",
        "child_seen": "no",
        "next_on": f"{date.today() + timedelta(days):%d %m %Y}",
    } | said
    return {name: text.split(" ") if name.endswith("_on") else text for name, text in typed.items()}


def look_links(desk: Desk) -> list[str]:
    page = html.fromstring(desk.client("team_manager").get("/today").text)
    return [str(link.get("href")) for link in page.iter("a") if "/today/look" in str(link.get("href"))]


def test_an_officer_sees_every_child_in_order_of_risk(desk: Desk) -> None:
    page = desk.client("officer").get("/today")
    wanted = [row["child_id"] for row in to_see(desk)]
    assert wanted and children_on(page) == wanted[:25]
    said = text_of(page)
    assert f"{len(wanted)} children" in said and "31 October 2022" in said and "days ago" in said
    assert "What is not here" in said and "register of temporary approvals" in said, "what no list could be made of"


def test_a_manager_sees_own_children_and_no_others(desk: Desk) -> None:
    page = desk.client("team_manager").get("/today")
    mine = own(desk)
    others = {row["child_id"] for row in to_see(desk)} - set(mine)
    assert mine and others and children_on(page) == mine[:25]
    assert not others & set(re.findall(r"\w+", page.text)), "another team's child stands nowhere in the page"


def test_another_teams_list_is_refused(desk: Desk) -> None:
    client = desk.client("team_manager")
    for asked in (OTHER_TEAM, "none", "No such team"):
        refused = client.get("/today", query_string={"team": asked})
        assert refused.status_code == 403 and "another team" in text_of(refused)
    other = next(row["child_id"] for row in to_see(desk) if TEAM not in (row["teams"] or ""))
    mark = pseudonym(pseudonym_key(desk.home.path), "child", other)
    assert client.get(f"/today/look?child={mark}").status_code == 403
    assert client.get("/today/look?child=0000000000000000").status_code == 404


@pytest.mark.parametrize("role", ["leader", "board", "auditor", "engineer", "admin", None])
@pytest.mark.parametrize("page", ["/today", "/today/workers", "/today/look?child=x"])
def test_nobody_else_opens_the_lists(desk: Desk, role: str | None, page: str) -> None:
    answer = desk.client(role).get(page)
    assert answer.status_code == (403 if role else 302)
    assert not [row["child_id"] for row in to_see(desk) if row["child_id"] in text_of(answer)]


def test_an_officer_enters_no_look(desk: Desk) -> None:
    client = desk.client("officer")
    assert "/today/look" not in client.get("/today").text
    assert client.get("/today/look?child=x").status_code == 403


def test_filters_keep_the_order(desk: Desk) -> None:
    client = desk.client("officer")
    for name in ("visits", "assessments"):
        wanted = [
            row["child_id"]
            for row in to_see(desk)
            if {"visits": "Visits", "assessments": "Overdue ass"}[name] in row["lists"]
        ]
        assert wanted and children_on(client.get(f"/today?list={name}")) == wanted[:25]
    assert children_on(client.get("/today", query_string={"team": TEAM})) == own(desk)[:25]
    assert "Nobody stands on this list" in text_of(client.get("/today?list=no_such_list"))
    assert (
        children_on(client.get("/today?page=999"))
        == [row["child_id"] for row in to_see(desk)][-(len(to_see(desk)) % 25 or 25) :]
    )


def test_each_view_is_entered_with_pseudonyms(own_desk: Desk) -> None:
    own_desk.client("team_manager").get("/today")
    entry = own_desk.ledger().entries()[-1]
    assert entry.kind == "view" and "today" in str(entry) and "Child " in str(entry)
    assert not [child for child in own(own_desk) if child in str(entry)]


def test_a_look_counts_for_every_measure_and_stands_in_the_row(own_desk: Desk) -> None:
    client, link = own_desk.client("team_manager"), look_links(own_desk)[0]
    child = own(own_desk)[0]
    assert child not in link, "an address names no child"
    answer = post(client, link, a_look())
    assert answer.status_code == 302 and answer.location.startswith("/today")
    said = text_of(client.get("/today"))
    assert "Looked at by Kemi Thorganby on" in said and "No, not seen yet; looks again" in said
    notes = own_desk.ledger().notes("look")
    named = own_desk.rows("select distinct indicator_id from desk.reasons_to_see where child_id = ?", [child])
    assert {note.subject.split("/")[0] for note in notes} == {row["indicator_id"] for row in named}
    assert all(note.body["team"] == TEAM and child not in note.subject for note in notes)
    assert "Looked at by" in text_of(own_desk.client("officer").get("/today", query_string={"team": TEAM}))
    assert post(client, link, a_look(child_seen="yes")).status_code == 302
    assert "Yes, seen" in text_of(client.get("/today")) and "looked on" in text_of(client.get(link))


def test_what_was_chosen_is_kept_through_a_look(own_desk: Desk) -> None:
    client, link = own_desk.client("team_manager"), look_links(own_desk)[0]
    answer = post(client, f"{link}&list=visits&team=Safeguarding+East", a_look())
    assert answer.location == "/today?team=Safeguarding+East&list=visits"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (a_look(next_on=""), "Say when you look again"),
        (a_look(child_seen=""), "Say whether the child has been seen"),
        (a_look(looked_on="31 12 2039"), "cannot lie ahead"),
        (a_look(400), "three months ahead"),
    ],
)
def test_a_look_that_says_too_little_is_refused(own_desk: Desk, said: dict[str, Any], refusal: str) -> None:
    answer = post(own_desk.client("team_manager"), look_links(own_desk)[0], said)
    assert answer.status_code == 422 and refusal in text_of(answer)
    assert own_desk.ledger().notes("look") == []


def test_without_a_register_the_list_of_workers_says_what_it_needs(desk: Desk) -> None:
    for role in ("officer", "team_manager"):
        said = text_of(desk.client(role).get("/today/workers"))
        assert "register of supervision" in said and "Nobody waits" not in said, (
            "nothing delivered is not nobody overdue"
        )


def test_workers_of_own_teams_alone(own_desk: Desk) -> None:
    path = snapshot.find(own_desk.home)
    with duckdb.connect(str(path)) as con:
        con.execute("update desk.lists set is_made = true where unit = 'worker'")
        for place, (worker, team) in enumerate((("Wilma Own", TEAM), ("Otto Other", OTHER_TEAM)), start=1):
            con.execute(
                "insert into main.to_supervise values (?, ?, ?, ?, ?, ?, 'SV1', 'Supervision overdue', ?, null, 3)",
                [CODE, AS_AT, place, f"w{place}", worker, team, AS_AT],
            )
    officer = tables_of(own_desk.client("officer").get("/today/workers"))[0]
    assert [row[0] for row in officer[1:]] == ["Wilma Own", "Otto Other"]
    answer = own_desk.client("team_manager").get("/today/workers")
    assert "Wilma Own" in answer.text and "Otto Other" not in answer.text


def test_a_publication_of_an_earlier_version_says_what_to_do(own_desk: Desk) -> None:
    with duckdb.connect(str(snapshot.find(own_desk.home))) as con:
        con.execute("drop table desk.reasons_to_see")
    for page in ("/today", "/today/workers"):
        answer = own_desk.client("officer").get(page)
        assert answer.status_code == 503 and "earlier version" in text_of(answer)


def test_the_teams_workbook_begins_with_the_list(desk: Desk) -> None:
    import io

    import openpyxl

    answer = desk.client("team_manager").get("/downloads/team", query_string={"team": TEAM, "as_at": AS_AT.isoformat()})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet.title == "To see today"
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == own(desk)
