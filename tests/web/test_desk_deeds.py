"""Holds deeds at the desk to account: deciding, giving away and commenting, one or many, with somebody else at it; nothing lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from countermark.desk import assignments, comments
from tests.web.test_worklist import all_ids
from tests.web_kit import AS_AT, CODE, OTHER_TEAM, TEAM, Desk, text_of

DECISION = {
    "decision": "system_right",
    "cause": "not_trained",
    "reason": "The record was opened with the team.",
    "evidence": "file",
}
WORDS = "Looked at with the team; nothing else to say."


def form_of(page: TestResponse, action: str) -> dict[str, Any]:
    """The hidden fields of the page's form that is sent to `action`, as a browser would send them."""
    [form] = html.fromstring(page.text).xpath(f"//form[contains(@action, '{action}')]")
    found: dict[str, list[str]] = {}
    for field in form.xpath(".//input[@type='hidden']"):
        found.setdefault(field.get("name"), []).append(field.get("value"))
    return found


def send(client: FlaskClient, page: str, action: str, **said: Any) -> TestResponse:
    """Fill in a form of a page and send it."""
    shown = client.get(page)
    assert shown.status_code == 200, text_of(shown)
    return send_shown(client, shown, action, **said)


def send_shown(client: FlaskClient, shown: TestResponse, action: str, **said: Any) -> TestResponse:
    [form] = html.fromstring(shown.text).xpath(f"//form[contains(@action, '{action}')]")
    return client.post(form.get("action"), data=form_of(shown, action) | said)


def open_differences(desk: Desk, least: int = 3) -> list[str]:
    rows = desk.rows(
        "select distinct break_id from main.breaks as b where state = 'open' and kind = 'case' and as_at = ? and not exists ("
        "select 1 from facts.claims as c where c.indicator_id = b.indicator_id and c.as_at = b.as_at "
        "and c.counted_by in ('Delphine Fennimore', 'Tomasz Ingleshaw')) order by 1",
        [AS_AT],
    )
    assert len(rows) >= least
    return [row["break_id"] for row in rows]


@pytest.fixture
def still(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk on which nothing is published again: for deeds that are only stored."""
    monkeypatch.setattr(type(own_desk.app.extensions["publisher"]), "soon", lambda *_: True)
    return own_desk


def test_a_decision_is_stored_published_and_shown_with_its_day(own_desk: Desk) -> None:
    client, one = own_desk.client("officer"), open_differences(own_desk)[0]
    until = {"until": ["31", "1", "2023"]}
    answer = send(client, f"/differences/{one}", "/decide", **DECISION | {"decision": "accepted"}, **until)
    assert answer.status_code == 302
    text = text_of(client.get(answer.headers["Location"]))
    assert "Accepted as the system has it, until 31 January 2023" in text and "Delphine Fennimore" in text
    assert "Not trained" in text and "The record was opened with the team." in text
    assert own_desk.rows("select distinct state, decision, cause from main.breaks where break_id = ?", [one]) == [
        {"state": "decided", "decision": "accepted", "cause": "not_trained"}
    ]
    assert one not in all_ids(client) and one in all_ids(client, "state=decided&cause=not_trained")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"decision": ""}, "Choose a decision"),
        ({"cause": "boredom"}, "Not a valid choice"),
        ({"reason": " "}, "Enter a reason"),
        ({"decision": "manual_right"}, "Enter the day until which this holds"),
        ({"until": ["31", "2", "2023"]}, "Enter a real date"),
        ({"until": ["", "2", "2023"]}, "Enter a real date"),
        ({"until": ["1", "1", "2020"]}, "The day lies before the position"),
    ],
)
def test_what_is_missing_is_said_first_and_what_was_typed_stays(desk: Desk, wrong: dict[str, Any], says: str) -> None:
    client, one = desk.client("officer"), open_differences(desk)[0]
    answer = send(client, f"/differences/{one}", "/decide", **DECISION | {"evidence": "drawer 7"} | wrong)
    page = html.fromstring(answer.text)
    summary = page.xpath("//div[contains(@class, 'govuk-error-summary')]//a")
    assert answer.status_code == 422 and says in summary[0].text_content()
    assert (
        page.xpath(f"//*[@id='{summary[0].get('href')[1:]}']") and "Error: " in page.xpath("//title")[0].text_content()
    )
    assert page.xpath("//input[@name='evidence']/@value") == ["drawer 7"]
    assert not [d for d in desk.ledger().decisions() if d.break_id == one]


def test_whoever_saw_an_older_page_is_told_who_decided_and_what(still: Desk) -> None:
    one = open_differences(still)[0]
    officers = still.client("officer"), still.client("officer2")
    pages = [client.get(f"/differences/{one}") for client in officers]
    assert send_shown(officers[1], pages[1], "/decide", **DECISION).status_code == 302
    late = send_shown(officers[0], pages[0], "/decide", **DECISION | {"reason": "Mine."})
    assert late.status_code == 409
    text = text_of(late)
    assert (
        "Tomasz Ingleshaw has decided it in the meantime (system right): look again, then decide" in text
        and "Mine." in text
    )
    assert send_shown(officers[0], late, "/decide", **DECISION | {"reason": "Mine."}).status_code == 302
    assert [d.by for d in still.ledger().decisions(newest=False, breaks=[one])] == [
        "Tomasz Ingleshaw",
        "Delphine Fennimore",
    ]


def test_of_many_at_once_those_that_somebody_decided_are_named_and_the_rest_is_stored(own_desk: Desk) -> None:
    query = "select fact from desk.items where as_at = ? group by fact having count(*) = 1"
    alone = {row["fact"] for row in own_desk.rows(query, [AS_AT])}
    mine, taken, other = [one for one in open_differences(own_desk) if one in alone][:3]
    first, second = own_desk.client("officer"), own_desk.client("officer2")
    listing = first.get("/worklist?kind=difference")
    ticked = send_shown(first, listing, "/worklist/ticked", item=[mine, taken, other])
    assert ticked.status_code == 303
    together = first.get(ticked.headers["Location"])
    assert "3 at once" in text_of(together)
    assert send(second, f"/differences/{taken}", "/decide", **DECISION).status_code == 302
    answer = send_shown(first, together, "/together/decide", **DECISION)
    text = text_of(answer)
    assert answer.status_code == 409 and "2 differences decided. 1 could not be" in text
    assert "Tomasz Ingleshaw has decided it in the meantime" in text
    assert html.fromstring(answer.text).xpath("//main//li//a/@href") == [f"/differences/{taken}"]
    by = {d.break_id: d.by for d in own_desk.ledger().decisions()}
    assert by == {mine: "Delphine Fennimore", taken: "Tomasz Ingleshaw", other: "Delphine Fennimore"}
    decided = own_desk.rows("select distinct break_id from main.breaks where state = 'decided' order by 1")
    assert [row["break_id"] for row in decided] == sorted([mine, taken, other])


def test_nothing_ticked_is_said_and_an_unknown_item_is_not_shown(desk: Desk) -> None:
    client = desk.client("officer")
    answer = send(client, "/worklist", "/worklist/ticked")
    assert "Tick at least one line" in client.get(answer.headers["Location"]).text
    assert client.get("/worklist/together?item=0123456789abcdef").status_code == 404
    assert client.get("/differences/0123456789abcdef").status_code == 404
    assert client.get("/failures/0123456789abcdef").status_code == 404


def test_giving_away_shows_filters_and_refuses_who_comes_late(still: Desk) -> None:
    first, second = still.client("officer"), still.client("officer2")
    one, two = open_differences(still)[:2]
    failing = still.rows("select failure_id from main.failures order by 1 limit 1")[0]["failure_id"]
    pages = [client.get(f"/differences/{one}") for client in (first, second)]
    assert send_shown(first, pages[0], "/assign", holder="Tomasz Ingleshaw").status_code == 302
    late = send_shown(second, pages[1], "/assign", holder="Delphine Fennimore")
    assert late.status_code == 409 and "Somebody else has given it on" in text_of(late)
    assert send(first, f"/failures/{failing}", "/assign", holder="Tomasz Ingleshaw").status_code == 302
    assert set(all_ids(second, "assigned=Tomasz+Ingleshaw")) == {one, failing}
    assert not {one, failing} & set(all_ids(second, "assigned=nobody"))
    together = first.get(f"/worklist/together?item={one}&item={two}&item={failing}")
    assert send(second, f"/differences/{one}", "/assign", holder="Kemi Thorganby").status_code == 302
    answer = send_shown(first, together, "/together/assign", holder="Delphine Fennimore")
    assert answer.status_code == 409 and "2 items given to Delphine Fennimore. 1 could not be" in text_of(answer)
    held = {key: a.holder for key, a in assignments.of_items(still.ledger(), CODE, [one, two, failing]).items()}
    assert held == {one: "Kemi Thorganby", two: "Delphine Fennimore", failing: "Delphine Fennimore"}
    assert send(first, f"/failures/{failing}", "/assign", holder="").status_code == 302
    assert failing in all_ids(first, "assigned=nobody")
    assert send(first, f"/differences/{two}", "/assign", holder="A Stranger").status_code == 422


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '=HYPERLINK("http://example.org")', "{{ 7*7 }} & <b>", "a\n\nb"]
)
def test_a_comment_is_shown_as_the_text_that_it_is(still: Desk, text: str) -> None:
    client, one = still.client("officer"), open_differences(still)[0]
    assert send(client, f"/differences/{one}", "/comment", text=text).status_code == 302
    page = html.fromstring(client.get(f"/differences/{one}").text)
    assert [p.text_content() for p in page.xpath("//p[contains(@class, 'cm-text')]")] == [text]
    assert not page.xpath("//main//script") and not page.xpath("//div[@class='cm-comment']//b")
    assert (
        "1 comment" in client.get("/worklist?kind=difference&state=open&sort=child").text or len(all_ids(client)) > 25
    )


@pytest.mark.parametrize("address", ["comment", "decide"])
def test_no_text_takes_a_child_s_id_into_the_ledger(still: Desk, address: str) -> None:
    client, one = still.client("officer"), open_differences(still)[0]
    row = still.rows("select child_id from main.breaks where child_id is not null order by 1 limit 1")[0]
    said = f"Compare with {row['child_id'].lower()}, please."
    fields = {"text": said} if address == "comment" else DECISION | {"reason": said}
    answer = send(client, f"/differences/{one}", f"/{address}", **fields)
    assert answer.status_code == 422 and "holds a child's id" in text_of(answer)
    assert not comments.comments(still.ledger(), CODE, [one]) and not still.ledger().decisions()


def test_a_form_without_the_version_that_was_seen_stores_nothing(still: Desk) -> None:
    client, one = still.client("officer"), open_differences(still)[0]
    for seen in ("", "x", "-1"):
        assert send(client, f"/differences/{one}", "/decide", **DECISION, seen=seen).status_code == 400
    assert not still.ledger().decisions()


def test_a_manager_gives_away_and_comments_on_own_items_and_decides_none(still: Desk) -> None:
    client = still.client("team_manager")
    one = all_ids(client, "kind=difference")[0]
    assert "/decide" not in client.get(f"/differences/{one}").text
    assert send(client, f"/differences/{one}", "/comment", text=WORDS).status_code == 302
    assert send(client, f"/differences/{one}", "/assign", holder="Delphine Fennimore").status_code == 302
    hidden = form_of(client.get(f"/differences/{one}"), "/assign")
    assert client.post(f"/differences/{one}/decide", data=hidden | DECISION).status_code == 403
    theirs = "select item_id from desk.items where not list_contains(teams, 'Safeguarding East') and list_contains(teams, ?) and kind = ?"
    for kind, path in (("difference", "differences"), ("failure", "failures")):
        foreign = still.rows(theirs, [OTHER_TEAM, kind])[0]["item_id"]
        for deed, said in (("comment", {"text": WORDS}), ("assign", {"holder": "Delphine Fennimore"})):
            assert client.post(f"/{path}/{foreign}/{deed}", data=hidden | said).status_code == 403
        together = client.post(
            "/worklist/together/assign", data=hidden | {"item": foreign, "holder": "Delphine Fennimore"}
        )
        assert together.status_code == 404
        assert not assignments.of_items(still.ledger(), CODE, [foreign])
    assert still.client("auditor").post(f"/differences/{one}/comment", data=hidden | {"text": WORDS}).status_code in (
        400,
        403,
    )


def test_two_officers_a_hundred_rounds_and_none_is_lost(still: Desk) -> None:
    """Both see the same page, both send at once: one decision is stored, the other is told; and where they differ, both are."""
    same, apart = open_differences(still, 12)[:4], open_differences(still, 12)[4:12]
    clients = {"Delphine Fennimore": still.client("officer"), "Tomasz Ingleshaw": still.client("officer2")}
    gate = threading.Barrier(2)

    def decide(name: str, one: str, number: int) -> tuple[int, str]:
        shown = clients[name].get(f"/differences/{one}")
        gate.wait(60)
        answer = send_shown(clients[name], shown, "/decide", **DECISION | {"reason": f"{name}, round {number}"})
        return answer.status_code, text_of(answer) if answer.status_code == 409 else ""

    stored: list[tuple[str, str]] = []
    with ThreadPoolExecutor(2) as pool:
        for number in range(100):
            mine, theirs = (same[number % 4],) * 2 if number % 5 else (apart[number % 4], apart[4 + number % 4])
            wishes = zip(clients, (mine, theirs), strict=True)
            ended = {name: (one, pool.submit(decide, name, one, number)) for name, one in wishes}
            codes = {name: future.result(120)[0] for name, (_, future) in ended.items()}
            assert sorted(codes.values()) == ([302, 409] if mine == theirs else [302, 302]), (number, codes)
            for name, (one, future) in ended.items():
                if codes[name] == 302:
                    stored.append((one, f"{name}, round {number}"))
                else:
                    winner = next(other for other in clients if other != name)
                    assert f"{winner} has decided it in the meantime" in future.result()[1]
    kept = still.ledger().decisions(newest=False)
    assert sorted((d.break_id, d.reason) for d in kept) == sorted(stored) and len(stored) == 120
    assert all(d.reason.startswith(d.by) for d in kept) and still.ledger().verify() is None


def test_what_changed_since_it_was_read_is_named_and_left(still: Desk) -> None:
    mine, moved = open_differences(still)[:2]
    client = still.client("officer")
    together = client.get(f"/worklist/together?item={mine}&item={moved}")
    fields = form_of(together, "/together/decide")
    assert len(fields[f"fields-{moved}"][0]) == 16
    stale = {
        **fields,
        f"fields-{moved}": "0" * 16,
        **DECISION,
    }  # as if a delivery had come between reading and deciding
    answer = client.post("/worklist/together/decide", data=stale)
    assert answer.status_code == 409 and "1 difference decided. 1 could not be" in text_of(answer)
    assert "Its records have changed since you read them" in text_of(answer)
    assert {d.break_id for d in still.ledger().decisions()} == {mine}
    page = client.get(f"/differences/{moved}")
    late = client.post(
        f"/differences/{moved}/decide", data={**form_of(page, "/decide"), "fields": "0" * 16, **DECISION}
    )
    assert late.status_code == 409 and "records have changed" in text_of(late)
    assert send(client, f"/differences/{moved}", "/decide", **DECISION).status_code == 302


def test_what_is_given_to_a_team_is_seen_by_its_manager(still: Desk) -> None:
    query = "select item_id from desk.items where kind = 'difference' and state = 'open' and as_at = ? and not list_contains(teams, ?)"
    theirs = still.rows(f"{query} order by 1", [AS_AT, TEAM])[0]["item_id"]
    manager, officer = still.client("team_manager"), still.client("officer")
    assert theirs not in all_ids(manager) and manager.get(f"/differences/{theirs}").status_code == 403
    assert send(officer, f"/differences/{theirs}", "/assign", holder=TEAM).status_code == 302
    assert theirs in all_ids(manager) and manager.get(f"/differences/{theirs}").status_code == 200
    assert theirs in all_ids(officer, f"team={TEAM.replace(' ', '+')}")
    assert send(officer, f"/differences/{theirs}", "/assign", holder="").status_code == 302
    assert theirs not in all_ids(manager)
