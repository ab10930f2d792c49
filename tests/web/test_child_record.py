"""Holds a child's record, and both sides of a difference, to what was delivered; and to who may see it, under which name."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from countermark.certify import records
from countermark.contracts.catalogue import load
from countermark.desk import children, looks
from countermark.ledger.secrets import pseudonym_key
from tests.web.test_desk_deeds import open_differences
from tests.web.test_worklist import all_ids
from tests.web_kit import AS_AT, CODE, TEAM, Desk, text_of

UNREADABLE = "an error, or a formula without a value"


def address(desk: Desk, child_id: str) -> str:
    return f"/children/{children.address(pseudonym_key(desk.home.path), child_id)}"


def failing_child(desk: Desk) -> str:
    """A child with a failing cell, in at least two lists and a measure."""
    rows = desk.rows(
        "select f.child_id from main.failures as f join main.members as m on f.child_id = m.child_id and m.as_at = ? "
        "where f.severity = 'blocking' and f.\"column\" is not null and m.indicator_id <> 'CN0' order by 1 limit 1",
        [AS_AT],
    )
    return str(rows[0]["child_id"])


def delivered(desk: Desk, tmp_path: Path, child_id: str) -> dict[tuple[str, str], tuple[str, dict[str, str | None]]]:
    """Every row of the child in the newest extract of each list, out of a copy of the warehouse: file and cells by delivery and row."""
    shutil.copy(desk.home.warehouse, tmp_path / "copy.duckdb")
    con = duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True)
    found = {}
    for contract in (c for c in load().contracts.values() if c.child):
        rows = con.execute(
            f'select r.* exclude (row_number, sheet_number), d.file from raw."{contract.table}" as r '
            "join typed.receipts as d using (delivery_id) where "
            f'r."{contract.child}" = ? and d.extracted_on = (select max(extracted_on) from typed.receipts where contract = ?)',
            [child_id, contract.id],
        )
        names = [column[0] for column in rows.description]
        for row in rows.fetchall():
            said = dict(zip(names, row, strict=True))
            place = said.pop("delivery_id"), said.pop("source_row")
            file, unreadable = said.pop("file"), said.pop("unreadable") or []
            cells = {contract.columns[n].header: UNREADABLE if n in unreadable else value for n, value in said.items()}
            found[place] = file, cells
    con.close()
    return found


def shown_rows(page: html.HtmlElement) -> dict[str, dict[str, str]]:
    """The newest delivered rows of a page: cells by heading, by the text of the caption."""
    found = {}
    for table in page.xpath("//table[contains(@class, 'cm-record')][not(ancestor::details)]"):
        cells = {row.xpath("./th")[0].text_content().strip(): row.xpath("./td")[0] for row in table.xpath("./tbody/tr")}
        caption = " ".join(table.xpath("./caption")[0].text_content().split())
        found[caption] = {heading: " ".join(cell.text.split()) if cell.text else "" for heading, cell in cells.items()}
        blank = {heading for heading, cell in cells.items() if cell.xpath("./span[@class='cm-blank']")}
        found[caption] |= dict.fromkeys(blank, "blank")
    return found


def test_every_row_of_the_child_is_there_with_its_place_and_every_cell(desk: Desk, tmp_path: Path) -> None:
    child_id = failing_child(desk)
    wanted = delivered(desk, tmp_path, child_id)
    page = html.fromstring(desk.client("officer").get(address(desk, child_id)).text)
    lists = {k: cells for k, cells in shown_rows(page).items() if "lists/" not in k}
    assert len(wanted) >= 2 and len(lists) == len(wanted)
    for (_, source_row), (file, cells) in wanted.items():
        [caption] = [one for one in lists if one.startswith(f"{file}, {source_row},")]
        assert lists[caption] == {heading: " ".join((value or "blank").split()) for heading, value in cells.items()}


def test_failing_cells_are_lit_and_say_why_in_words(desk: Desk) -> None:
    child_id = failing_child(desk)
    page = html.fromstring(desk.client("officer").get(address(desk, child_id)).text)
    wanted = desk.rows("select * from main.failures where child_id = ?", [child_id])
    lit = {
        (
            row.getparent().getparent().xpath("./caption")[0].text_content().split("!")[1].split(",")[0],
            row.xpath("./th")[0].text_content(),
        )
        for row in page.xpath("//tr[contains(@class, 'cm-failing')][not(ancestor::details)]")
    }
    assert lit == {(row["source_row"].split("!")[1], row["column"]) for row in wanted if row["column"]}
    for row in wanted:
        assert page.xpath(f"//a[@href='/failures/{row['failure_id']}'][text()='{row['rule_code']}']")
        assert row["message"] in page.text_content()


def test_measures_and_states_are_those_of_the_published_cases(desk: Desk) -> None:
    child_id = failing_child(desk)
    text = desk.client("officer").get(address(desk, child_id)).text
    [table] = [t for t in html.fromstring(text).xpath("//table") if "cm-record" not in t.get("class")]
    shown = [row.xpath("./th")[0].text_content().split(":")[0] for row in table.xpath("./tbody/tr")]
    wanted = desk.rows(
        "select * from main.members where child_id = ? and as_at = ? order by indicator_id, case_id", [child_id, AS_AT]
    )
    assert shown == [row["indicator_id"] for row in wanted]
    for row, line in zip(wanted, table.xpath("./tbody/tr"), strict=True):
        assert row["source_row"] in line.text_content() and (row["team"] or "[x]") in line.text_content()


def test_both_sides_of_a_difference_are_the_two_delivered_rows(desk: Desk, tmp_path: Path) -> None:
    found = desk.rows(
        "select b.*, i.manual_source_row as mine, i.system_source_row as its from main.breaks as b join facts.items as i using "
        "(authority, as_at, indicator_id, team, measure, case_id, reason, kind) "
        "where b.reason = 'VALUE' and b.kind = 'case' and b.team <> 'ALL' order by break_id limit 1"
    )[0]
    page = html.fromstring(desk.client("officer").get(f"/differences/{found['break_id']}").text)
    rows = shown_rows(page)
    [mine] = [cells for caption, cells in rows.items() if caption.startswith("The team's row")]
    [its] = [cells for caption, cells in rows.items() if caption.startswith("The system's row")]
    assert mine["case_id"] == found["case_id"] and its["Child Unique ID"] == found["child_id"]
    wanted = delivered(desk, tmp_path, found["child_id"])
    assert any({k: (v or "blank") for k, v in cells.items()} == its for _, cells in wanted.values())
    text = " ".join(page.text_content().split())
    assert "Both hold the case, a named field differs" in text and "Open the record and the team's evidence" in text
    effects = desk.rows("select team, measure, effect from main.breaks where break_id = ?", [found["break_id"]])
    [table] = [t for t in page.xpath("//table") if "What it does" in t.text_content()]
    assert len(table.xpath("./tbody/tr")) == len(effects)
    for row in effects:
        assert ("−1" if row["effect"] < 0 else "+1" if row["effect"] > 0 else "0") in table.text_content()


def test_every_difference_and_failure_opens(desk: Desk) -> None:
    client = desk.client("officer")
    for item in desk.rows("select item_id, kind from desk.items using sample 40 (reservoir, 7)"):
        area = "failures" if item["kind"] == "failure" else "differences"
        assert client.get(f"/{area}/{item['item_id']}").status_code == 200
    for kind in desk.rows("select kind, min(break_id) as one from main.breaks group by kind"):
        assert client.get(f"/differences/{kind['one']}").status_code == 200


def test_a_team_manager_sees_own_teams_children_and_no_other(desk: Desk) -> None:
    client = desk.client("team_manager")
    members = desk.rows("select child_id, list(distinct team) as teams from main.members group by child_id order by 1")
    own = [row["child_id"] for row in members if row["teams"] == [TEAM]]
    foreign = [row["child_id"] for row in members if TEAM not in row["teams"]]
    failing = {row["child_id"] for row in desk.rows("select child_id from main.failures where team = ?", [TEAM])}
    assert client.get(address(desk, own[0])).status_code == 200
    refused = client.get(address(desk, next(one for one in foreign if one not in failing)))
    assert refused.status_code == 403 and "another team" in text_of(refused)
    seen = set(all_ids(client, "state=any&kind=all"))
    mine = desk.rows(
        "select item_id, list_contains(teams, ?) as own from desk.items where as_at = ? or as_at is null", [TEAM, AS_AT]
    )
    assert seen == {row["item_id"] for row in mine if row["own"]} and 0 < len(seen) < len(mine)
    for row in [row for row in mine if not row["own"]][:20]:
        codes = {client.get(f"/{kind}/{row['item_id']}").status_code for kind in ("differences", "failures")}
        assert codes <= {403, 404} and 403 in codes
    text = client.get("/worklist?state=any").text
    named = set(re.findall(r"Child (\d+)", text))
    assert named <= {
        r["child_id"] for r in desk.rows("select child_id from desk.items where list_contains(teams, ?)", [TEAM])
    }
    assert f'value="{TEAM}"' in text


def test_nobody_is_named_to_an_auditor_nor_in_any_address(desk: Desk) -> None:
    ids = {
        r["child_id"]
        for r in desk.rows("select child_id from main.members union select child_id from main.breaks")
        if r["child_id"]
    }
    ids |= {r["child_id"] for r in desk.rows("select child_id from main.failures where child_id is not null")}
    auditor, officer = desk.client("auditor"), desk.client("officer")
    one = desk.rows(
        "select break_id, child_id from main.breaks where reason = 'VALUE' and system_source is not null limit 1"
    )[0]
    two = desk.rows("select failure_id from main.failures where child_id is not null limit 1")[0]["failure_id"]
    pages = [
        "/worklist",
        "/worklist?kind=failure",
        f"/differences/{one['break_id']}",
        f"/failures/{two}",
        address(desk, one["child_id"]),
    ]
    for page in pages:
        text = auditor.get(page)
        assert text.status_code == 200
        words = set(re.findall(r"[\w]+", html.fromstring(text.text).xpath("string(//main)")))
        assert not {one for one in ids if len(one) >= 5} & words, page
        assert not re.search(r"Date of Birth\s*</th>\s*<td[^>]*>\s*\d", text.text)
    assert one["child_id"] in officer.get(pages[2]).text  # the search would find it
    for page in pages:
        for link in re.findall(r'(?:href|action)="([^"]+)"', officer.get(page).text):
            assert not ids & set(re.findall(r"\w+", link)), link


def test_each_view_is_entered_with_pseudonyms_alone(own_desk: Desk) -> None:
    child_id = failing_child(own_desk)
    own_desk.client("officer").get(address(own_desk, child_id))
    entry = own_desk.ledger().entries()[-1]
    said = json.loads(entry.payload)
    assert said["what"] == "child" and entry.by == "Delphine Fennimore"
    assert (
        said["children"] == ["Child " + address(own_desk, child_id).rsplit("/", 1)[1][:8]]
        and child_id not in entry.payload
    )


def test_a_look_a_decision_and_an_unknown_child(own_desk: Desk) -> None:
    row = own_desk.rows(
        "select child_id, indicator_id, team from main.members where team = ? order by 1 limit 1", [TEAM]
    )[0]
    key = pseudonym_key(own_desk.home.path)
    looks.record(
        own_desk.ledger(), key, CODE, row["child_id"], row["indicator_id"], TEAM, AS_AT, date(2022, 11, 3), "yes", None,
        "Kemi Thorganby", date(2022, 11, 4),
    )  # fmt: skip
    text = text_of(own_desk.client("officer").get(address(own_desk, row["child_id"])))
    assert "Yes, seen. Looked on 3 November 2022" in text and "Kemi Thorganby" in text
    assert own_desk.client("officer").get("/children/0123456789abcdef").status_code == 404
    assert own_desk.client("leader").get(address(own_desk, row["child_id"])).status_code == 403


def test_without_the_file_of_records_all_else_is_shown(own_desk: Desk) -> None:
    child_id = failing_child(own_desk)
    records.clear(own_desk.home)
    client = own_desk.client("officer")
    assert "they come with the next run" in text_of(client.get(address(own_desk, child_id)))
    assert "they come with the next run" in text_of(client.get(f"/differences/{open_differences(own_desk)[0]}"))


@pytest.mark.parametrize("text", ["<script>x</script>", "=cmd|' /C calc'!A0"])
def test_a_cell_is_shown_as_the_text_that_it_is(own_desk: Desk, text: str, tmp_path: Path) -> None:
    child_id = failing_child(own_desk)
    path = records.newest(own_desk.home)
    assert path
    con = duckdb.connect(str(path))
    con.execute("update rows set cells = list_transform(cells, lambda cell: ?) where child_id = ?", [text, child_id])
    con.close()
    page: Any = html.fromstring(own_desk.client("officer").get(address(own_desk, child_id)).text)
    assert not page.xpath("//main//script")
    assert {" ".join(td.text.split()) for td in page.xpath("//table[contains(@class, 'cm-record')]//td")} == {
        " ".join(text.split())
    }


def test_a_page_that_fails_tells_nobody_of_the_child(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    child_id = failing_child(own_desk)

    def fails(*_: Any) -> None:
        raise ValueError(f"no such thing as {child_id}")

    monkeypatch.setattr(children, "counts", fails)
    own_desk.app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)
    answer = own_desk.client("officer").get(address(own_desk, child_id))
    said = "".join([answer.text, caplog.text, *capfd.readouterr()])
    assert answer.status_code == 500 and "ValueError at worklist.child" in said and child_id not in said
