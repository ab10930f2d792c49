"""Systems side by side: what each counts, the lines between, the cases for officers alone, and what could not be made."""

from __future__ import annotations

import json

import pytest

from countermark.certify.publish import publish_again
from countermark.certify.snapshot import current
from countermark.contracts.catalogue import load
from countermark.explain import UnknownFigure, explain
from countermark.words import signed
from tests.web_kit import AS_AT, CODE, Desk, tables_of, text_of

MADE = ("X01", "X02", "X05", "X06")  # of the workbooks of Annex A alone


def test_the_list_has_both_totals_and_says_what_was_not_delivered(desk: Desk) -> None:
    page = desk.client("leader").get("/systems")
    said = {row["pair_id"]: row for row in desk.rows("from pairs")}
    rows = {name: row for row in tables_of(page)[0][1:] for name in MADE if row[0].endswith(name)}
    assert rows.keys() == set(MADE)
    for name, row in rows.items():
        one = said[name]
        assert (row[2], row[4], row[5]) == (str(one["left_cases"]), str(one["right_cases"]), str(one["gross"]))
        assert one["left_cases"] + one["net"] == one["right_cases"]
    assert "Not delivered: Annex A List 8" not in text_of(page)
    assert "Not delivered: Children in need census: child protection plans." in text_of(page)
    assert "/systems/X02" not in page.text, "leaders open no case"


def test_an_officer_opens_a_pair_to_its_cases_and_the_view_is_entered(desk: Desk) -> None:
    page = desk.client("officer").get("/systems/x02")
    shown = tables_of(page)
    items = desk.rows("select * from pair_items where pair_id = 'X02'")
    assert items and "a short break (V3 or V4), which is not counted" in text_of(page)
    assert sum(len(table) - 1 for table in shown[1:]) == len(items)
    lines = [int(row[1].replace("−", "-")) for row in shown[0][1:]]
    assert lines[0] + sum(lines[1:-1]) == lines[-1]
    assert all(
        item["child_id"] in page.text and item["left_source"] in page.text for item in items if item["left_case"]
    )
    [entry] = [said for one in desk.ledger().entries() if (said := json.loads(one.payload)).get("what") == "pair"]
    assert entry["pair"] == "X02" and not any(item["child_id"] in str(entry) for item in items)


@pytest.mark.parametrize(("who", "address", "status"), [
    ("leader", "/systems/X02", 403), ("auditor", "/systems", 200), ("auditor", "/systems/X02", 403),
    ("team_manager", "/systems", 403), ("officer", "/systems/X99", 404), ("officer", "/systems/X03", 200),
])  # fmt: skip
def test_who_may_open_what(desk: Desk, who: str, address: str, status: int) -> None:
    page = desk.client(who).get(address)
    assert page.status_code == status
    assert ("Not made at 31 October 2022" in page.text) == (address == "/systems/X03")


def test_a_difference_keeps_its_name_and_the_day_it_was_first_seen(own_desk: Desk) -> None:
    query = "select pair_id, case_id, difference_id, first_seen from pair_items order by all"
    before = own_desk.rows(query)
    assert len({row["difference_id"] for row in before}) == len(before) and all(row["first_seen"] for row in before)
    publish_again(own_desk.home, load(), own_desk.ledger())
    assert own_desk.rows(query) == before


def test_the_command_line_says_what_the_page_says(desk: Desk) -> None:
    snapshot = current(desk.home)
    assert snapshot
    told = explain(snapshot, "x02", AS_AT)
    [one] = desk.rows("from pairs where pair_id = 'X02' and authority = ?", [CODE])
    [cases] = desk.rows("select count(*) as n from pair_items where pair_id = 'X02' and authority = ?", [CODE])
    assert cases["n"] == 1 and f"1 difference, which comes to {signed(one['net'])}." in told and "List 8" in told
    assert "counted by another definition [SCOPE]" in told and "Open, first seen on " in told
    assert "Not made at 31 October 2022. Not delivered:" in explain(snapshot, "X11", AS_AT)
    with pytest.raises(UnknownFigure, match="X02 has not been published for 2021-01-31"):
        explain(snapshot, "X02", AS_AT.replace(year=2021, month=1))
