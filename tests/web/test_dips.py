"""Holds the pages of dip samples to account: drawing, reading file by file, bad answers, two readers at once, and who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from countermark.certify import dip, dip_results
from tests.web_kit import AS_AT, OTHER_TEAM, TEAM, Desk, open_desk, post, tables_of

SAMPLE = f"/dip-samples/PP1/{AS_AT.isoformat()}"
READ = {"looked_on": ["3", "11", "2022"]}


def drawn(desk: Desk) -> None:
    said = {"indicator": "PP1", "position": AS_AT.isoformat(), "reason": ""}
    post(desk.client("officer"), "/dip-samples/draw", said, page="/dip-samples")
    assert desk.app.extensions["publisher"].soon(60)


@pytest.fixture(scope="module")
def desk(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A home with files drawn of PP1."""
    made = open_desk(built_home, tmp_path_factory.mktemp("dips") / "home")
    drawn(made)
    yield made


def files(desk: Desk, where: str = "true") -> list[dict[str, Any]]:
    return desk.rows(f"select * from desk.dip_files where {where} order by round, place")


def say(client: FlaskClient, mark: str, **said: Any) -> TestResponse:
    return post(client, f"{SAMPLE}/{mark}", {**seen(client, mark), **READ, **said})


def otherwise(row: dict[str, Any]) -> dict[str, str]:
    """An answer by which the system is wrong, and the list where one speaks of the case."""
    sides = {(row["system_n"], row["system_d"]), (row["list_n"], row["list_d"])}
    ways = {"met": (1, 1), "not_met": (0, 1), "not_counted": (0, 0)}
    counts = next(name for name, way in ways.items() if way not in sides)
    return {"finds": "system_wrong" if row["list_d"] is None else "both_wrong", "counts": counts}


def seen(client: FlaskClient, mark: str) -> dict[str, str]:
    """What the page sends back of what its reader saw."""
    page = html.fromstring(client.get(f"{SAMPLE}/{mark}").text)
    return {name: page.xpath(f"//input[@name='{name}']/@value")[0] for name in ("seen", "fields")}


def wrong(answer: TestResponse) -> list[str]:
    """What the error summary says; each links to a field that is there and has the same words beside it."""
    page = html.fromstring(answer.text)
    links = page.xpath("//*[contains(@class, 'govuk-error-summary')]//a")
    for link in links:
        assert page.get_element_by_id(link.get("href")[1:]) is not None
        assert link.text_content() in page.xpath("string(//form[.//textarea])")
    return [link.text_content() for link in links]


def test_a_draw_stands_on_the_list_and_is_not_made_twice(desk: Desk) -> None:
    rows = tables_of(desk.client("officer").get("/dip-samples"))[0]
    drawn = len(files(desk))
    assert rows[1][2:4] == [f"0 of {drawn}", "none"] and drawn > 3
    said = {"indicator": "PP1", "position": AS_AT.isoformat(), "reason": ""}
    answer = post(desk.client("officer2"), "/dip-samples/draw", said, page="/dip-samples")
    assert answer.status_code == 422 and "a further draw needs a reason" in answer.text
    answer = post(desk.client("officer2"), "/dip-samples/draw", {**said, "indicator": ""}, page="/dip-samples")
    assert answer.status_code == 422 and "Choose a measure" in answer.text
    assert len(desk.ledger().notes(dip.DRAW)) == 1


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({}, "Choose what the file shows"),
        ({"finds": "agrees", "looked_on": ["", "", ""]}, "Enter the day on which the file was read"),
        ({"finds": "agrees", "looked_on": ["30", "2", "2022"]}, "Enter a day, a month and a year"),
        ({"finds": "agrees", "looked_on": ["3", "10", "2022"]}, "Enter a day on or after the position, 31 October 2022"),
        ({"finds": "agrees", "looked_on": ["3", "11", "2322"]}, "Enter a day that is not to come"),
        ({"finds": "agrees", "file_on": ["4", "11", "2022"]}, "after the day on which it was read"),
        ({"finds": "system_wrong"}, "Choose how the case counts by the file"),
        ({"finds": "perhaps"}, "Not a valid choice"),
        ({"finds": "agrees", "note": "x" * 1001}, "1000 characters or fewer"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_told_beside_its_field_and_nothing_is_stored(
    desk: Desk, said: dict[str, Any], says: str
) -> None:
    mark = files(desk, "list_d is not null and break_id is null")[0]["mark"]
    answer = say(desk.client("officer2"), mark, **said)
    assert answer.status_code == 422 and any(says in one for one in wrong(answer)), wrong(answer)
    assert "<title>Error: " in answer.text.replace("\n", "") and not desk.ledger().notes(dip_results.RESULT)


def test_what_does_not_hold_together_is_told(desk: Desk) -> None:
    client, agreed = desk.client("officer2"), files(desk, "list_d is not null and break_id is null")[0]
    counts = "met" if agreed["system_n"] else "not_met"
    answer = say(client, agreed["mark"], finds="both_wrong", counts=counts)
    assert "The system counts it so too" in wrong(answer)[0]
    answer = say(client, agreed["mark"], finds="system_wrong", counts="not_counted")
    assert "The list counts it otherwise than the file" in wrong(answer)[0]
    answer = say(client, agreed["mark"], finds="list_wrong")
    assert "say in the note what is wrong in it" in wrong(answer)[0]
    differing = files(desk, "list_n is not null and (list_n, list_d) <> (system_n, system_d)")[0]
    answer = say(client, differing["mark"], finds="agrees")
    assert "one of them is wrong: say which" in wrong(answer)[0]
    answer = say(client, agreed["mark"], finds="agrees", note=f"It is {agreed['child_id']}.")
    assert "holds a child's id" in wrong(answer)[0]


def test_one_file_after_the_other_is_recorded_and_of_two_readers_one_is_told(own_desk: Desk) -> None:
    drawn(own_desk)
    first, second = own_desk.client("officer"), own_desk.client("officer2")
    two = files(own_desk, "break_id is not null and list_d is not null")[0]
    one = next(row for row in files(own_desk) if row["mark"] != two["mark"])
    before = seen(second, one["mark"])
    answer = say(first, one["mark"], **otherwise(one), file_on=["12", "10", "2022"], note="Seen at home.")
    assert answer.status_code == 302 and answer.headers["Location"].startswith(SAMPLE)
    late = post(second, f"{SAMPLE}/{one['mark']}", {**before, **READ, "finds": "no_file"})
    assert late.status_code == 409 and "Delphine Fennimore has recorded this file in the meantime" in wrong(late)[0]
    assert len(own_desk.ledger().notes(dip_results.RESULT, newest=False)) == 1
    page = first.get(f"{SAMPLE}/{one['mark']}").text
    assert "Seen at home." in page and "12 October 2022" in page and "Delphine Fennimore" in page
    assert say(second, one["mark"], finds="no_file").status_code == 302, "with the other's result before the eyes"
    page = second.get(f"{SAMPLE}/{one['mark']}").text
    assert "replaced since" in page and page.index("The file was not found</strong>") < page.index("Seen at home.")
    assert say(second, two["mark"], **otherwise(two)).status_code == 302
    assert own_desk.app.extensions["publisher"].soon(60)
    [status] = own_desk.rows(
        "select status, status_reason from main.metrics where indicator_id = 'PP1' and team = 'ALL'"
    )
    assert (
        status["status"] != "certified"
        and "a child's own file says that the system is wrong" in status["status_reason"]
    )
    assert "cannot be signed off until the record is set right" in first.get(SAMPLE).text
    page = second.get(f"/differences/{two['break_id']}").text
    assert "checked against the child&#39;s own file" in page and "Both are wrong, by the child’s own file." in page
    assert "The child&#39;s file was read: both the system and the team&#39;s list are wrong" in page
    stale = post(
        second, f"{SAMPLE}/{two['mark']}", {**seen(second, two["mark"]), "fields": "0" * 16, **READ, "finds": "no_file"}
    )
    assert stale.status_code == 409 and "changed since you read it" in stale.text
    assert own_desk.ledger().verify() is None


def test_who_counted_is_told_before_filling_in_the_form(own_desk: Desk) -> None:
    drawn(own_desk)
    officer = own_desk.client("officer")
    [[facts]] = [[row["facts_hash"] for row in own_desk.rows(
        "select facts_hash from main.metrics where indicator_id = 'PP1' and team = 'ALL' and as_at = ?", [AS_AT])]]  # fmt: skip
    own_desk.ledger().check("X99000001", "PP1", AS_AT, "Delphine Fennimore", "Looked.", facts)
    mark = files(own_desk)[0]["mark"]
    page = officer.get(f"{SAMPLE}/{mark}").text
    assert "Delphine Fennimore checked this figure and so cannot read its case files" in page
    assert "Record what the file says" not in page


def test_each_role_sees_what_it_may(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = files(desk, f"team = '{TEAM}'")[0]
    others = files(desk, f"team <> '{TEAM}'")[0]
    manager = desk.client("team_manager")
    listed = tables_of(manager.get(SAMPLE))[0]
    assert {row[1] for row in listed[1:]} == {TEAM} and TEAM != OTHER_TEAM
    page = manager.get(f"{SAMPLE}/{theirs['mark']}").text
    assert theirs["child_id"] in page and "Record what the file says" not in page
    assert manager.get(f"{SAMPLE}/{others['mark']}").status_code == 403
    with monkeypatch.context() as patched:
        patched.setattr("web.dips.pages._files", lambda *_: [])
        assert "No file of your teams was drawn." in manager.get(SAMPLE).text
    auditor = desk.client("auditor").get(SAMPLE).text
    assert not [one for one in files(desk) if f"Child {one['child_id']}<" in auditor] and "2022<br>" not in auditor
    leader = desk.client("leader")
    assert leader.get("/dip-samples").status_code == 200 and leader.get(SAMPLE).status_code == 403
    assert desk.client("officer").get("/dip-samples/PP1/2021-10-31").status_code == 404
    assert desk.client("officer").get("/dip-samples/PP1/tomorrow").status_code == 404
    assert desk.client("officer").get(f"{SAMPLE}/0000000000000000").status_code == 404


def test_a_draw_that_is_not_published_yet_is_no_page_that_is_not_there(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(own_desk.app.extensions["publisher"]), "soon", lambda *_: False)
    client, said = own_desk.client("officer"), {"indicator": "PP1", "position": AS_AT.isoformat(), "reason": ""}
    answer = post(client, "/dip-samples/draw", said, page="/dip-samples")
    assert answer.headers["Location"] == SAMPLE
    assert "as soon as the publication under way has ended" in client.get(SAMPLE, follow_redirects=True).text


def test_the_workbook_holds_every_file_and_not_what_the_system_says(desk: Desk) -> None:
    import io

    import openpyxl

    answer = desk.client("officer").get(f"{SAMPLE}/workbook")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert answer.status_code == 200 and len(rows) == len(files(desk)) + 1
    assert {row[0] for row in rows[1:]} == {one["case_id"] for one in files(desk)}


def test_counts_owed_says_what_is_wanted_before_counting_may_end(desk: Desk) -> None:
    [ending] = [
        table for table in tables_of(desk.client("officer").get("/owed")) if table[0][-1] == "What is still wanted"
    ]
    assert {row[2] for row in ending[1:]} <= {"0 of 3 month ends", "1 of 3 month ends"} and len(ending) > 3
    assert {row[3] for row in ending[1:] if row[0].startswith("PP1")} == {f"0 of {len(files(desk))} read"}
    mine = [
        table for table in tables_of(desk.client("team_manager").get("/owed")) if table[0][-1] == "What is still wanted"
    ]
    assert {row[1] for row in mine[0][1:]} == {TEAM}
