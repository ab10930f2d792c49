"""Differences between systems on the desk: found apart from the figures', opened, given away, commented, decided; no figure is moved."""

from __future__ import annotations

import time
from typing import Any

import pytest

from countermark.certify.snapshot import current
from countermark.explain import explain
from tests.web.test_desk_deeds import send, send_shown
from tests.web.test_worklist import all_ids
from tests.web_kit import AS_AT, CODE, TEAM, Desk, tables_of, text_of

FIGURES = "select * exclude (published_at, revision) from main.metrics order by all"
RIGHT = {
    "decision": "left_right", "cause": "system_fault", "reason": "The plan was agreed that day; it is to be entered.", "evidence": "",
    "until": ["31", "1", "2023"],
}  # fmt: skip


def open_items(desk: Desk, pair: str = "X01") -> list[dict[str, Any]]:
    """A pair's open differences at the newest position."""
    query = "select * from pair_items where pair_id = ? and state = 'open' and effect <> 0 order by difference_id"
    found = desk.rows(query, [pair])
    assert found
    return found


def settled(desk: Desk) -> None:
    """Wait until what was decided is published."""
    until = time.monotonic() + 60
    while desk.app.extensions["publisher"].behind and time.monotonic() < until:
        time.sleep(0.05)


def test_they_stand_on_a_list_of_their_own_and_not_among_the_figures(desk: Desk) -> None:
    client = desk.client("officer")
    every = {row["difference_id"] for row in desk.rows("from pair_items where state = 'open'")}
    plain = client.get("/worklist")
    assert f"Between systems: {len(every)} differences" in text_of(plain) and "They move no figure" in text_of(plain)
    assert every and every.isdisjoint(all_ids(client)) and set(all_ids(client, "kind=pair")) == every
    assert set(all_ids(client, "indicator=X01")) == {row["difference_id"] for row in open_items(desk)}
    assert every < set(all_ids(client, "kind=all"))
    listed = text_of(client.get("/worklist?kind=pair"))
    assert f"{len(every)} differences between systems are open: they move no figure" in listed
    assert "Nothing that is decided here changes a figure" in listed and "Moves a headline" not in listed


def test_one_shows_what_either_system_says_and_its_ages(desk: Desk) -> None:
    one, client = open_items(desk)[0], desk.client("officer")
    page = client.get(f"/differences/{one['difference_id']}")
    [shown, *_] = tables_of(page)
    rows = {row[0].split(" (")[0]: row[1:] for row in shown}
    assert rows["Counts it"] == ["yes", "no"]
    assert rows["Says"] == [one["left_says"] or "none recorded", one["right_says"] or "none recorded"]
    assert one["left_source"] in page.text and one["right_source"] in page.text
    text = text_of(page)
    assert one["why"] in text and "since it was first seen" in text and "since it began" in text
    assert "It moves no figure and keeps none from being signed off" in text
    assert "Right: List 6, on a plan; to be corrected: List 7, not looked after" in text and "team's count" not in text
    seen = desk.client("auditor").get(f"/differences/{one['difference_id']}")
    assert seen.status_code == 200 and one["child_id"] not in text_of(seen)


def test_it_is_given_away_spoken_of_and_decided_and_no_figure_moves(own_desk: Desk) -> None:
    one = open_items(own_desk)[0]
    name, child = one["difference_id"], one["child_id"]
    client, before, breaks = (
        own_desk.client("officer"),
        own_desk.rows(FIGURES),
        own_desk.rows("from main.breaks order by all"),
    )
    page = f"/differences/{name}"
    assert send(client, page, "/assign", holder="Tomasz Ingleshaw").status_code == 302
    assert name in all_ids(own_desk.client("officer2"), "assigned=Tomasz+Ingleshaw")
    refused = send(client, page, "/comment", text=f"{child} was seen at home")
    assert refused.status_code == 422 and "holds a child" in text_of(refused)
    assert send(client, page, "/comment", text="Asked the plan's chair.").status_code == 302
    without = send(client, page, "/decide", **RIGHT | {"until": ["", "", ""]})
    assert without.status_code == 422 and "Enter the day until which this holds" in text_of(without)
    assert send(client, page, "/decide", **RIGHT).status_code == 302
    settled(own_desk)
    [now] = own_desk.rows("from pair_items where difference_id = ?", [name])
    assert (now["state"], now["decision"], now["cause"]) == ("decided", "left_right", "system_fault")
    text = text_of(client.get(page))
    assert "Right: List 6, on a plan; to be corrected: List 7, not looked after, until 31 January 2023" in text
    assert "Asked the plan's chair." in text and "Given to Tomasz Ingleshaw" in text
    assert name not in all_ids(client, "kind=pair") and name in all_ids(client, "kind=pair&state=decided")
    assert own_desk.rows(FIGURES) == before and own_desk.rows("from main.breaks order by all") == breaks
    [row] = [row for row in tables_of(client.get("/systems"))[0] if row[0].endswith("X01")]
    assert row[7].startswith(str(len(open_items(own_desk)))) and row[8] == "1"
    told = explain(current(own_desk.home), "X01", AS_AT)  # type: ignore[arg-type]
    assert f"{len(open_items(own_desk))} open" in told and "1 decided" in told and name in told


def test_decisions_of_figures_are_none_of_systems_and_many_are_decided_at_once(own_desk: Desk) -> None:
    client = own_desk.client("officer")
    first, second, *_ = [one["difference_id"] for one in open_items(own_desk)]
    query = "select item_id from desk.items where kind = 'difference' and state = 'open' and as_at = ? order by size, item_id"
    figures = own_desk.rows(query, [AS_AT])[0]["item_id"]
    wrong = send(client, f"/differences/{first}", "/decide", **RIGHT | {"decision": "manual_right"})
    assert wrong.status_code == 422
    mixed = client.get(f"/worklist/together?item={first}&item={figures}")
    assert "Differences between systems are decided apart" in text_of(mixed) and "Right: List 6" not in text_of(mixed)
    together = client.get(f"/worklist/together?item={first}&item={second}")
    assert "Right: List 6, on a plan" in text_of(together)
    assert send(own_desk.client("officer2"), f"/differences/{second}", "/decide", **RIGHT).status_code == 302
    answer = send_shown(client, together, "/together/decide", **RIGHT)
    assert answer.status_code == 409 and "Tomasz Ingleshaw has decided it in the meantime" in text_of(answer)
    settled(own_desk)
    states = own_desk.rows("select difference_id, state from pair_items where difference_id in (?, ?)", [first, second])
    assert {row["state"] for row in states} == {"decided"}
    assert [one.by for one in own_desk.ledger().decisions(breaks=[first])] == ["Delphine Fennimore"]


@pytest.mark.parametrize("pair", ["X01", "X02"])
def test_a_manager_sees_the_own_teams_and_decides_none(desk: Desk, pair: str) -> None:
    manager = desk.client("team_manager")
    query = "select item_id, list_contains(teams, ?) as own from desk.items where kind = 'pair' and indicator_id = ?"
    found = {row["item_id"]: row["own"] for row in desk.rows(query, [TEAM, pair])}
    assert set(all_ids(manager, f"kind=pair&indicator={pair}")) == {one for one, own in found.items() if own}
    for one, own in found.items():
        page = manager.get(f"/differences/{one}")
        assert page.status_code == (200 if own else 403) and "/decide" not in page.text
    assert manager.get("/systems").status_code == 403


def test_leaders_see_how_many_are_open_and_no_case(desk: Desk) -> None:
    page = desk.client("leader").get("/systems")
    [row] = [row for row in tables_of(page)[0] if row[0].endswith("X01")]
    assert row[7:9] == [str(len(open_items(desk))), "0"] and "/worklist" not in page.text
    assert "It moves no figure and keeps none from being signed off" in text_of(page)
    children = {row["child_id"] for row in desk.rows("from pair_items where authority = ?", [CODE])}
    assert not any(child in page.text for child in children if child)
