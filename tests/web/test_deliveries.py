"""Deliveries, files handed in, counts owed: what is shown to whom, and what is refused in which words."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from countermark.desk import started, uploads
from countermark.home import Home
from countermark.templates import write_template
from tests.intake_kit import headers, plan
from tests.web_kit import TEAM, Desk, post, tables_of, text_of
from web.context import definitions

COUNTS = "indicator_id,team,as_at,unit,numerator,denominator,counted_by,counted_at,method,note\n"
MINE = "PP1,Safeguarding East,2022-10-31,child,3,4,Kemi Thorganby,2022-11-20,own_list,\n"
SECRET = "Zebedee Canary"  # a name that must not come out anywhere but to whoever sent it


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Runs that pages would have started: (as-at date, mark)."""
    asked: list[tuple[str, str]] = []

    def start(home: Home, authority: str, as_at: Any, mark: str) -> None:
        asked.append((as_at.isoformat(), mark))

    monkeypatch.setattr(started, "start", start)
    return asked


def send(client: FlaskClient, content: bytes | str, name: str = f"{SECRET}.csv") -> TestResponse:
    """Choose a file; the answer after the redirect to its preview, or the refusal."""
    data = content.encode() if isinstance(content, str) else content
    answer = post(client, "/upload", {"file": (io.BytesIO(data), name)})
    return client.get(answer.location) if answer.status_code == 302 else answer


def upload_id(answer: TestResponse) -> str:
    found = re.search(r"/upload/([\w-]+)", answer.request.path)
    assert found
    return found[1]


def test_receipts_add_up_and_name_no_file(desk: Desk) -> None:
    answer = desk.client("officer").get("/deliveries")
    assert answer.status_code == 200
    (table,) = tables_of(answer)
    assert len(table) > 20
    for row in table[1:]:
        rows_in, taken, refused, left_out = (int(cell.replace(",", "")) for cell in row[3:7])
        assert rows_in == taken + refused + left_out
    files = [row["file"] for row in desk.rows("select distinct file from main.deliveries")]
    assert files and not [file for file in files if file in answer.text]


def test_receipts_can_be_narrowed_by_the_address(desk: Desk) -> None:
    client = desk.client("officer")
    (table,) = tables_of(client.get("/deliveries?status=loaded_with_rejects&list=annex_a.list_01"))
    assert len(table) > 1
    assert {row[0] for row in table[1:]} == {"Annex A List 1: Contacts"}
    assert {row[7] for row in table[1:]} == {"Taken in, some rows not"}
    assert "Nothing was received" in text_of(client.get("/deliveries?status=held"))


def test_one_delivery_says_which_rows_were_not_taken_and_what_changed(desk: Desk) -> None:
    (row,) = desk.rows(
        "select delivery_id, rows_rejected from main.deliveries where contract = 'annex_a.list_07' and extracted_on = '2022-11-16'"
    )
    client = desk.client("officer")
    answer = client.get(f"/deliveries/{row['delivery_id']}")
    shown = text_of(answer)
    assert "Against the extract of 2 November 2022" in shown
    assert "Annex A 16 Nov 2022.xlsx" in shown, "an officer sees the file"
    rejects = desk.rows("select source_row, reason from main.rejects where delivery_id = ?", [row["delivery_id"]])
    assert len(rejects) == row["rows_rejected"]
    assert all(one["source_row"] in shown and one["reason"] in shown for one in rejects)
    for role in ("engineer", "auditor", "admin"):
        assert "Annex A 16 Nov" not in desk.client(role).get(f"/deliveries/{row['delivery_id']}").text, role
    assert client.get("/deliveries/no-such").status_code == 404


def test_a_delivery_is_taken_back_with_a_reason_and_a_run_begins(own_desk: Desk, runs: list[tuple[str, str]]) -> None:
    client = own_desk.client("officer")
    (row,) = own_desk.rows("select delivery_id from main.deliveries where contract = 'manual_counts'")
    address = f"/deliveries/{row['delivery_id']}"
    refused = post(client, f"{address}/withdraw", {"reason": ""}, page=address)
    assert refused.status_code == 422 and "Say why it is taken back" in text_of(refused)
    (child,) = own_desk.rows("select child_id from main.members where child_id is not null limit 1")
    named = post(client, f"{address}/withdraw", {"reason": f"{child['child_id']} is missing"}, page=address)
    assert named.status_code == 422 and "a child's id" in text_of(named)
    assert not runs
    answer = post(client, f"{address}/withdraw", {"reason": "the wrong month"}, page=address)
    assert answer.status_code == 302
    assert [day for day, _ in runs] == ["2022-10-31"]
    (receipt,) = [one for one in own_desk.ledger().receipts() if one.delivery_id == row["delivery_id"]]
    assert receipt.status == "withdrawn"


def hold(desk: Desk) -> str:
    """Mark the newest List 7 of the publication as held, before any page has opened it; its delivery id."""
    import duckdb

    from countermark.certify.snapshot import find

    con = duckdb.connect(str(find(desk.home)))
    newest = (
        "select delivery_id from main.deliveries where contract = 'annex_a.list_07' and extracted_on = '2022-11-16'"
    )
    ((delivery,),) = con.execute(newest).fetchall()
    con.execute(
        "update main.deliveries set status = 'held', reason = 'Held: few rows.' where delivery_id = ?", [delivery]
    )
    con.close()
    return str(delivery)


def test_a_held_delivery_is_released_with_a_reason_and_a_run_begins(
    own_desk: Desk, runs: list[tuple[str, str]]
) -> None:
    delivery = hold(own_desk)
    address, client = f"/deliveries/{delivery}", own_desk.client("officer")
    assert "Held" in text_of(client.get("/deliveries?status=held"))
    shown = text_of(client.get(address))
    assert "Held: few rows." in shown and "Why is it right that it has so many fewer rows?" in shown
    for role in ("auditor", "admin"):
        said = own_desk.client(role).get(address)
        assert (
            "until the performance team or a data engineer releases it" in text_of(said) and "/release" not in said.text
        ), role
        assert own_desk.client(role).post(f"{address}/release").status_code in (400, 403), role
    refused = post(client, f"{address}/release", {"reason": ""}, page=address)
    assert refused.status_code == 422 and "Say why it is right" in text_of(refused)
    (child,) = own_desk.rows("select child_id from main.members where child_id is not null limit 1")
    named = post(client, f"{address}/release", {"reason": f"{child['child_id']} has moved"}, page=address)
    assert named.status_code == 422 and "a child's id" in text_of(named)
    assert not runs and not own_desk.ledger().notes("release")
    engineer = own_desk.client("engineer")
    answer = post(engineer, f"{address}/release", {"reason": "closed cases were archived"}, page=address)
    assert answer.status_code == 302, text_of(answer)
    assert [day for day, _ in runs] == ["2022-10-31"]
    (note,) = own_desk.ledger().notes("release")
    assert (note.subject, note.by, dict(note.body)) == (
        delivery,
        "Eno Engineer",
        {"reason": "closed cases were archived"},
    )
    assert "It is released; the next publication uses it" in text_of(client.get(address))


def test_a_delivery_that_is_not_held_cannot_be_released(own_desk: Desk, runs: list[tuple[str, str]]) -> None:
    (row,) = own_desk.rows("select delivery_id from main.deliveries where contract = 'manual_counts'")
    address, client = f"/deliveries/{row['delivery_id']}", own_desk.client("officer")
    assert "/release" not in client.get(address).text
    refused = post(client, f"{address}/release", {"reason": "why not"}, page=address)
    assert refused.status_code == 422 and "No such delivery is held" in text_of(refused) and not runs


def test_leaders_and_those_who_run_it_are_told_of_a_held_list(own_desk: Desk) -> None:
    hold(own_desk)
    says = (
        "the list of 16 November 2022 is held, since it has many fewer rows than the one before. "
        "Figures stand on that of 2 November 2022."
    )
    leader = own_desk.client("leader")
    assert says in text_of(leader.get("/"))
    assert says in text_of(leader.get("/indicators/PP1"))
    assert says not in text_of(leader.get("/indicators/LA0")), "a figure that does not rest on it says nothing of it"
    health = text_of(own_desk.client("engineer").get("/health"))
    assert says in health and "1 held" in health


def test_nobody_is_told_of_held_lists_where_none_is(desk: Desk) -> None:
    assert "is held, since" not in desk.client("leader").get("/").text
    assert "held" not in text_of(desk.client("engineer").get("/health"))


def test_a_deliverys_page_says_how_its_headings_changed(own_desk: Desk) -> None:
    delivery = hold(own_desk)
    address = f"/deliveries/{delivery}"
    import duckdb

    from countermark.certify.snapshot import find

    con = duckdb.connect(str(find(own_desk.home)))
    con.execute("delete from facts.drift")
    con.execute(
        "insert into facts.drift select authority, contract, extracted_on, null, 'gone', 'Ethnicity', null, null, null, ['PP9'] "
        "from main.deliveries where delivery_id = ?",
        [delivery],
    )
    con.close()
    shown = text_of(own_desk.client("engineer").get(address))
    assert "“Ethnicity” is gone: it is blank in every row. It could move PP9." in shown


def test_the_rows_that_changed_are_shown_by_their_places(desk: Desk) -> None:
    (one,) = desk.rows(
        "select delivery_id from main.deliveries where contract = 'annex_a.list_07' and extracted_on = '2022-11-16'"
    )
    address = f"/deliveries/{one['delivery_id']}"
    counts = {
        row["kind"]: row["rows"] for row in desk.rows("select * from facts.changes where contract = 'annex_a.list_07' and heading = ''")
    }  # fmt: skip
    assert counts["changed"] and counts["new"] + counts["gone"]
    client = desk.client("officer")
    words = {"new": "Added", "gone": "Removed", "changed": "Changed"}
    for kind, said in words.items():
        tables = tables_of(client.get(f"{address}?changed={kind}"))
        shown = [row for table in tables for row in table if len(row) == 5 and row[1] in words.values()]
        assert len(shown) == min(counts[kind], 200) and {row[1] for row in shown} <= {said}
        assert all(row[3] and row[4] for row in shown) or kind != "changed", "both places of a row that changed"
    ids = {
        row["child_id"] for row in desk.rows("select distinct child_id from main.members where child_id is not null")
    }
    engineer = desk.client("engineer").get(address)
    assert "Rows that changed" in engineer.text
    assert not [child for child in ids if f">{child}<" in engineer.text], "an engineer sees pseudonyms"


def test_an_extract_handed_in_says_what_nobody_knows_and_that_it_is_held(
    own_desk: Desk, runs: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery, client = hold(own_desk), own_desk.client("officer")
    row = plan("1", "2022-06-01", allocated_team=TEAM)
    shown = send(
        client,
        "\n".join(
            ",".join(map(str, line)) for line in ([*headers(), "Shoe size"], [cell or "" for cell in [*row, 38]])
        ),
    )
    said = text_of(shown)
    assert "that no file layout knows: what stands under it is not read." in said and "Shoe size" not in said
    found = upload_id(shown)
    assert post(client, f"/upload/{found}/deliver", {}, page=f"/upload/{found}").status_code == 302
    (receipt,) = [one for one in own_desk.ledger().receipts() if one.delivery_id == delivery]
    assert receipt.status.startswith("loaded"), "no receipt knows by itself that it is held"
    monkeypatch.setattr(uploads, "receipts", lambda *_: [receipt])
    said = text_of(client.get(f"/upload/{found}"))
    assert "Held: " in said and "Held: few rows." in said


def test_a_receipt_says_published_only_of_what_is(
    own_desk: Desk, runs: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own_desk.client("officer")
    found = upload_id(send(client, COUNTS + MINE))
    assert post(client, f"/upload/{found}/deliver", {}, page=f"/upload/{found}").status_code == 302
    there = own_desk.rows("select delivery_id from main.deliveries where status = 'loaded' limit 1")[0]["delivery_id"]
    (known,) = [one for one in own_desk.ledger().receipts() if one.delivery_id == there]

    def said(receipt: Any, *, failed: bool) -> str:
        ended = started.Progress("The run failed" if failed else "Ended", True, failed)
        monkeypatch.setattr(started, "progress", lambda *_: ended)
        monkeypatch.setattr(uploads, "receipts", lambda *_: [receipt])
        return text_of(client.get(f"/upload/{found}"))

    unknown = replace(known, delivery_id="0000000000-not_published")
    refused = said(unknown, failed=True)
    assert "The run failed" in refused and "No figure has the file yet" in refused and "rows in =" in refused
    assert "are published with it" not in refused
    assert "No figure is published with it yet" in said(unknown, failed=False)
    for failed in (False, True):  # a later run has published what an earlier one could not
        assert "The figures are published with it" in said(known, failed=failed)


def test_a_count_is_looked_at_then_handed_in(own_desk: Desk, runs: list[tuple[str, str]]) -> None:
    client = own_desk.client("team_manager")
    shown = send(
        client, COUNTS + MINE + "PP1,Safeguarding East,2022-10-31,child,many,4,Kemi Thorganby,2022-11-20,own_list,\n"
    )
    said = text_of(shown)
    assert "1 of 2 rows would be taken" in said or "2 of 2 rows would be taken" in said
    assert "no whole number" in said and "Cell or row" in said
    assert SECRET not in shown.text, "the file's own name is not kept"
    assert not (own_desk.home.inbox / "uploads").exists() and not runs, "nothing is taken in by looking"
    found = upload_id(shown)
    answer = post(client, f"/upload/{found}/deliver", {}, page=f"/upload/{found}")
    assert answer.status_code == 302
    assert runs == [("2022-10-31", found)]
    assert {path.name for path in (own_desk.home.inbox / "uploads").iterdir()} == {
        f"{found}.csv",
        f"{found}.csv.delivery.toml",
    }
    waiting = client.get(f"/upload/{found}")
    assert "The file is being taken in" in text_of(waiting)
    again = post(client, f"/upload/{found}/deliver", {}, page="/upload")
    assert again.status_code == 400 and "handed in already" in text_of(again)


def test_a_team_manager_hands_in_for_the_own_teams_alone(own_desk: Desk, runs: list[tuple[str, str]]) -> None:
    client = own_desk.client("team_manager")
    for rows in (
        "AS2,Assessment North,2022-10-31,event,3,4,X,2022-11-20,own_list,\n",
        "PP1,ALL,2022-10-31,child,3,4,X,2022-11-20,own_list,\n",
    ):
        shown = send(client, COUNTS + MINE + rows)
        assert "a team that is not yours" in text_of(shown)
        found = upload_id(shown)
        assert "deliver" not in shown.text
        assert post(client, f"/upload/{found}/deliver", {}, page="/upload").status_code == 422
    assert not runs
    extract = next(own_desk.home.path.parent.parent.glob("**/Annex A 16 Nov 2022.xlsx"), None)
    if extract is not None:
        assert "team managers hand in counts" in text_of(send(client, extract.read_bytes()))


def test_nobody_sees_another_persons_upload(own_desk: Desk) -> None:
    found = upload_id(send(own_desk.client("team_manager"), COUNTS + MINE))
    officer = own_desk.client("officer")
    assert officer.get(f"/upload/{found}").status_code == 404
    assert post(officer, f"/upload/{found}/deliver", {}, page="/upload").status_code == 404
    assert officer.get("/upload/..%2F..%2Fsecret.key").status_code == 404


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "The file is empty", id="empty"),
        pytest.param(b"%PDF-1.4 something", "neither a workbook", id="a PDF"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel format", id="old Excel"),
        pytest.param(b"PK\x03\x04 torn", "damaged", id="a damaged workbook"),
        pytest.param(b"<?xml version='1.0'?><!DOCTYPE a><a/>", "DOCTYPE", id="a DOCTYPE"),
        pytest.param(COUNTS.encode(), "an empty list is not taken as zero", id="no rows"),
        pytest.param((COUNTS + MINE.replace("East", "Nowhere")).encode(), "No such team is known", id="unknown team"),
        pytest.param((COUNTS + MINE.replace("PP1", "QQ9")).encode(), "No such indicator is known", id="unknown measure"),
        pytest.param((COUNTS + MINE.replace("2022-10-31", "2039-10-31")).encode(), "not come yet", id="the future"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_in_plain_words(
    own_desk: Desk, runs: list[tuple[str, str]], content: bytes, says: str
) -> None:
    answer = send(own_desk.client("team_manager"), content)
    assert says in text_of(answer)
    assert "Hand it in" not in answer.text
    assert SECRET not in answer.text and not runs


def test_a_file_beyond_the_limit_is_refused_and_not_kept(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 1 << 20)
    answer = send(own_desk.client("officer"), b"a,b\n" * (1 << 19))
    assert answer.status_code == 422 and "larger than 1 MB" in text_of(answer)
    assert list(own_desk.home.uploads.glob("*")) == []
    own_desk.app.config["MAX_CONTENT_LENGTH"] = 4096
    refused = send(own_desk.client("officer"), b"a,b\n" * 4096)
    assert refused.status_code == 413 and "too large" in text_of(refused)


def test_formula_cells_and_errors_are_named_by_their_place(own_desk: Desk, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "counts.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Counts")
        for place, heading in enumerate(COUNTS.strip().split(",")):
            sheet.write_string(0, place, heading)
        for place, cell in enumerate(MINE.strip().split(",")):
            sheet.write_string(1, place, cell)
        sheet.write_formula(1, 5, "=NA()", None, "#N/A")
    said = text_of(send(own_desk.client("team_manager"), path.read_bytes(), "x.xlsx"))
    assert "Counts!2" in said and "an error or a formula without a value" in said


def test_an_empty_template_is_known_and_not_taken_as_zero(own_desk: Desk, tmp_path: Path) -> None:
    path = write_template("manual_counts", tmp_path / "t.xlsx", definitions())
    said = text_of(send(own_desk.client("team_manager"), path.read_bytes(), "t.xlsx"))
    assert "an empty list is not taken as zero" in said


OWN_SHEET = "Measure;Our team;Date of it;Seen in time;Of how many\nPP1;Safeguarding East;31/10/2022;3;4\n"


def test_unknown_headings_are_given_a_meaning_once_and_remembered(own_desk: Desk, runs: list[tuple[str, str]]) -> None:
    client = own_desk.client("team_manager")
    shown = send(client, OWN_SHEET)
    assert "Say what the headings mean" in text_of(shown)
    found = upload_id(shown)
    page, address = f"/upload/{found}", f"/upload/{found}/headings"
    chosen = post(client, address, {"sheet": "0", "contract": "manual_counts", "choose": "1"}, page=page)
    assert 'name="column-1"' in chosen.text and "Seen in time" in chosen.text
    columns = {"column-0": "indicator_id", "column-1": "team", "column-2": "as_at", "column-4": "denominator"}
    said = {"sheet": "0", "contract": "manual_counts", **columns}
    lacking = post(client, address, said, page=page)
    assert lacking.status_code == 422 and "Say which heading stands for numerator" in text_of(lacking)
    twice = post(client, address, {**said, "column-3": "denominator"}, page=page)
    assert twice.status_code == 422 and "Two headings stand for denominator" in text_of(twice)
    assert post(client, address, {**said, "column-3": "numerator"}, page=page).status_code == 302
    assert "1 of 1 rows would be taken" in text_of(client.get(page))
    assert own_desk.ledger().notes("mapping") == [], "remembered when the file is handed in, and not before"
    assert post(client, f"/upload/{found}/deliver", {}, page=page).status_code == 302
    (note,) = own_desk.ledger().notes("mapping")
    assert note.body["columns"]["seen in time"] == "numerator" and note.by == "Kemi Thorganby"
    again = send(client, OWN_SHEET.replace(";3;", ";2;"))
    assert "1 of 1 rows would be taken" in text_of(again), "understood by itself"


def test_what_was_not_handed_in_can_be_thrown_away(own_desk: Desk) -> None:
    client = own_desk.client("officer")
    found = upload_id(send(client, COUNTS + MINE))
    assert post(client, f"/upload/{found}/discard", {}, page=f"/upload/{found}").status_code == 302
    assert client.get(f"/upload/{found}").status_code == 404
    assert list(own_desk.home.uploads.glob("*")) == []


def test_who_owes_which_count_and_who_has_given_it(desk: Desk) -> None:
    table, _ = tables_of(desk.client("officer").get("/owed"))
    owes = desk.rows("select count(*) as n from facts.owes")[0]["n"]
    assert len(table) - 1 == owes
    assert table[1][:3] == [
        "Safeguarding West",
        "CP4 Section 47 enquiries with no outcome after 15 working days",
        "Late",
    ]
    assert {row[3] for row in table[2:]} >= {"Kemi Thorganby", "Bronwen Marshgate"}
    leader, _ = tables_of(desk.client("leader").get("/owed"))
    assert {row[3] for row in leader[2:]} == {"the team"}, "leaders see teams, not names"
    mine, _ = tables_of(desk.client("team_manager").get("/owed"))
    assert {row[0] for row in mine[1:]} == {"Safeguarding East"}
