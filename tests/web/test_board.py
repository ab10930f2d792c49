"""The board's pages: the pack to download, the register of figures given out, commentary, questions and actions."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pptx import Presentation
from pypdf import PdfReader
from werkzeug.test import TestResponse

from countermark.desk import actions, challenges
from countermark.inspection.freeze import freeze
from countermark.ledger.tables import entries
from tests.web_kit import AS_AT, CODE, OTHER_TEAM, PEOPLE, TEAM, Desk, post, tables_of, text_of

TODAY = datetime.now(UTC).date()
FIGURE = "/indicators/PP6"
WRITE = f"{FIGURE}/commentary?as_at={AS_AT}"


def entered(desk: Desk, what: str) -> list[dict[str, Any]]:
    """The views of that name in the audit chain."""
    with desk.ledger().engine.connect() as connection:
        found = connection.execute(entries.select().where(entries.c.kind == "view")).mappings()
        said = [json.loads(row["payload"]) for row in found]
    return [one for one in said if one["what"] == what]


def day(when: Any) -> list[str]:
    return [str(when.day), str(when.month), str(when.year)]


def follow(client: FlaskClient, answer: TestResponse) -> str:
    assert answer.status_code == 302, text_of(answer)
    return text_of(client.get(answer.headers["Location"]))


def comment(desk: Desk, text: str, who: str = "officer", **more: str) -> TestResponse:
    client = desk.client(who)
    return post(client, WRITE, {"text": text, "owner": "", "version": "0", **more})


def ask(desk: Desk, text: str = "Which children are these, and why so long?") -> str:
    answer = post(desk.client("board"), f"{FIGURE}/challenges?as_at={AS_AT}", {"text": text})
    assert answer.status_code == 302, text_of(answer)
    return answer.headers["Location"]


def agree(desk: Desk, owner: str, who: str = "leader", due: Any = TODAY + timedelta(days=1)) -> TestResponse:
    return post(
        desk.client(who),
        f"{FIGURE}/actions/new?as_at={AS_AT}",
        {"text": "Look at each plan", "owner": owner, "due": day(due)},
    )


def give(desk: Desk, chosen: tuple[str, ...] = ("PP6", "PP0"), who: str = "officer", **more: Any) -> TestResponse:
    said = {
        "figures": list(chosen),
        "receiver": "inspectors",
        "whom": "",
        "document": "Annex A letter",
        "on": day(TODAY),
        **more,
    }
    return post(desk.client(who), f"/register/new?as_at={AS_AT}", said)


@pytest.mark.parametrize(
    ("who", "fmt", "begins"),
    [("officer", "html", b"<!DOCTYPE html>"), ("leader", "pdf", b"%PDF"), ("board", "pptx", b"PK")],
)
def test_a_pack_is_downloaded_and_entered_in_the_chain(desk: Desk, who: str, fmt: str, begins: bytes) -> None:
    before = len(entered(desk, "board pack"))
    answer = desk.client(who).get(f"/board-pack/download?as_at={AS_AT}&audience=leader&format={fmt}&publication=")
    assert answer.status_code == 200 and answer.data.startswith(begins)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="board-pack-{AS_AT}-leader.{fmt}"'
    said = entered(desk, "board pack")
    assert len(said) == before + 1
    assert (said[-1]["audience"], said[-1]["format"], said[-1]["as_at"]) == ("leader", fmt, str(AS_AT))


def test_all_formats_say_what_the_snapshot_holds(desk: Desk) -> None:
    client, said = desk.client("leader"), dict[str, str]()
    for fmt in ("html", "pdf", "pptx"):
        content = client.get(f"/board-pack/download?as_at={AS_AT}&audience=leader&format={fmt}").data
        if fmt == "pdf":
            said[fmt] = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        elif fmt == "pptx":
            slides = Presentation(io.BytesIO(content)).slides
            said[fmt] = " ".join(
                cell.text
                for slide in slides
                for shape in slide.shapes
                if shape.has_table
                for cell in shape.table.iter_cells()
            )
        else:
            said[fmt] = content.decode()
    rows = desk.rows(
        "select * from main.metrics where team = 'ALL' and as_at = ? and status <> 'withheld' and unit = 'percent'",
        [AS_AT],
    )
    assert len(rows) > 3
    for row in rows:
        for fmt, text in said.items():
            assert f"{row['system_numerator']} of {row['system_denominator']} " in " ".join(text.split()), (
                fmt,
                row["indicator_id"],
            )


def test_a_pack_names_nobody(desk: Desk) -> None:
    content = desk.client("board").get(f"/board-pack/download?as_at={AS_AT}&audience=leader&format=html").text
    workers = [row["worker"] for row in desk.rows("select distinct worker from main.members where worker is not null")]
    assert len(workers) > 3
    for name in [*workers, *[name for name, _, _ in PEOPLE.values()]]:
        assert name not in content


@pytest.mark.parametrize(
    "said",
    [
        "format=docx&audience=leader",
        "format=pdf&audience=officer",
        "format=pdf&audience=public&publication=../ledger.db",
    ],
)
def test_what_cannot_be_chosen_is_not_found(desk: Desk, said: str) -> None:
    assert desk.client("leader").get(f"/board-pack/download?as_at={AS_AT}&{said}").status_code == 404


def test_a_frozen_publication_can_be_chosen(own_desk: Desk) -> None:
    freeze(own_desk.home, own_desk.ledger(), AS_AT, "for the board in November", "Delphine Fennimore")
    client = own_desk.client("leader")
    assert "Frozen for 31 October 2022: for the board in November" in text_of(client.get("/board-pack"))
    answer = client.get(f"/board-pack/download?as_at={AS_AT}&audience=public&format=html&publication={AS_AT}-1")
    assert answer.status_code == 200 and "Children’s services figures for the public" in answer.text


def test_numbers_are_filled_in_on_the_figures_page(own_desk: Desk) -> None:
    row = own_desk.rows(
        "select * from main.metrics where indicator_id = 'PP6' and team = 'ALL' and as_at = ?", [AS_AT]
    )[0]
    officer = own_desk.client("officer")
    shown = follow(officer, comment(own_desk, "There are {numerator} of {denominator}."))
    assert (
        f"There are {row['system_numerator']} of {row['system_denominator']}." in shown
        and "Delphine Fennimore, written" in shown
    )
    leader = text_of(own_desk.client("leader").get(f"{FIGURE}?as_at={AS_AT}"))
    assert (
        f"There are {row['system_numerator']} of" in leader
        and "Performance officer, written" in leader
        and "Delphine" not in leader
    )
    assert "Rewrite the commentary" not in leader


@pytest.mark.parametrize("text", ["{numerater}", "", "{", "Ask Kemi Thorganby"])
def test_a_commentary_that_cannot_be_is_sent_back(desk: Desk, text: str) -> None:
    answer = comment(desk, text)
    assert answer.status_code == 422 and "There is a problem" in text_of(answer)


def test_two_officers_who_write_at_once(own_desk: Desk) -> None:
    assert comment(own_desk, "First").status_code == 302
    answer = comment(own_desk, "Second", who="officer2")
    assert answer.status_code == 409 and "Somebody else has changed this" in text_of(answer)
    assert comment(own_desk, "Third", who="officer2", version="1").status_code == 302


def test_stale_commentary_is_marked_and_confirmed(own_desk: Desk) -> None:
    comment(own_desk, "{figure}")
    note = own_desk.ledger().notes("commentary")[0]
    old = {**note.body, "bound": {**note.body["bound"], "numerator": 99, "facts_hash": "another"}}
    own_desk.ledger().note([type(note)(note.authority, note.kind, note.subject, old, note.by)])
    officer = own_desk.client("officer")
    shown = text_of(officer.get(f"{FIGURE}?as_at={AS_AT}"))
    assert "Written before the figure changed" in shown and "It was 99 of" in shown
    leader = text_of(own_desk.client("leader").get(f"{FIGURE}?as_at={AS_AT}"))
    assert "Written before the figure changed" in leader and "The commentary still holds" not in leader
    answer = post(
        officer, f"{FIGURE}/commentary/confirm?as_at={AS_AT}", {"version": "2"}, page=f"{FIGURE}?as_at={AS_AT}"
    )
    assert "Written before" not in follow(officer, answer)
    late = post(officer, f"{FIGURE}/commentary/confirm?as_at={AS_AT}", {"version": "2"}, page=WRITE)
    assert late.status_code == 409


def test_a_question_goes_from_the_board_to_an_officer_and_back(own_desk: Desk) -> None:
    address = ask(own_desk)
    officer, board = own_desk.client("officer"), own_desk.client("board")
    assert "Waiting for an answer" in text_of(officer.get("/challenges"))
    assert "Close the question" not in text_of(board.get(address))
    done = post(officer, f"{address}/answer", {"text": "Two are siblings", "version": "1"}, page=address)
    assert "Two are siblings" in follow(officer, done)
    late = post(officer, f"{address}/answer", {"text": "Another", "version": "1"}, page=address)
    assert late.status_code == 409
    shown = text_of(board.get(address))
    assert "Performance officer" in shown and "Delphine" not in shown
    assert "Closed" in follow(board, post(board, f"{address}/close", {"version": "2"}, page=address))
    assert [one.state for one in challenges.challenges(own_desk.ledger(), CODE)] == ["closed"]


def test_an_empty_question_is_sent_back(desk: Desk) -> None:
    answer = post(desk.client("board"), f"{FIGURE}/challenges?as_at={AS_AT}", {"text": " "})
    assert answer.status_code == 422 and "A question needs words" in text_of(answer)


def test_an_action_is_followed_up_by_its_owner_and_nobody_else(own_desk: Desk) -> None:
    assert "Look at each plan" in follow(own_desk.client("leader"), agree(own_desk, "kemi thorganby"))
    one = actions.actions(own_desk.ledger(), CODE)[0]
    manager, board = own_desk.client("team_manager"), own_desk.client("board")
    assert "Look at each plan" in text_of(manager.get("/actions")), (
        "an own action, though it is about the whole council"
    )
    said = {"says": "Both looked at", "state": "done", "version": "1"}
    assert "Save" not in text_of(board.get(f"/actions/{one.id}")).split("followed up")[-1]
    refused = post(board, f"/actions/{one.id}/follow-up", said, page=f"{FIGURE}/challenges?as_at={AS_AT}")
    assert refused.status_code == 403 and "owner" in text_of(refused)
    shown = follow(manager, post(manager, f"/actions/{one.id}/follow-up", said, page=f"/actions/{one.id}"))
    assert "1 done" in shown
    text = text_of(board.get(f"/actions/{one.id}"))
    assert "Both looked at" in text and "Team manager" in text and "Kemi" not in text


def test_an_action_of_another_team_is_not_a_managers(own_desk: Desk) -> None:
    agree(own_desk, "Delphine Fennimore")
    one = actions.actions(own_desk.ledger(), CODE)[0]
    manager = own_desk.client("team_manager")
    assert one.text not in text_of(manager.get("/actions")) and manager.get(f"/actions/{one.id}").status_code == 403


def test_overdue_actions_come_first(own_desk: Desk) -> None:
    agree(own_desk, "Delphine Fennimore")
    note = own_desk.ledger().notes("action")[0]
    late = {**note.body, "due": str(TODAY - timedelta(days=3))}
    own_desk.ledger().note([type(note)(note.authority, note.kind, note.subject, late, note.by)])
    answer = own_desk.client("leader").get("/actions")
    assert "1 overdue" in text_of(answer) and tables_of(answer)[0][1][-1] == "Overdue"


def test_an_action_with_a_day_gone_by_is_sent_back(desk: Desk) -> None:
    answer = agree(desk, "Delphine Fennimore", due=TODAY - timedelta(days=1))
    assert answer.status_code == 422 and "gone by" in text_of(answer)


def test_figures_given_out_are_copied_and_listed(own_desk: Desk) -> None:
    row = own_desk.rows(
        "select * from main.metrics where indicator_id = 'PP6' and team = 'ALL' and as_at = ?", [AS_AT]
    )[0]
    officer = own_desk.client("officer")
    shown = follow(officer, give(own_desk))
    assert f"{row['system_numerator']} of {row['system_denominator']} children" in shown and "Inspectors" in shown
    board = text_of(own_desk.client("board").get("/register"))
    assert "Annex A letter" in board and "Delphine" not in board and "Enter figures" not in board
    assert "given out 1 time" in text_of(officer.get(f"{FIGURE}?as_at={AS_AT}"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"chosen": ()}, "Choose at least one"),
        ({"document": ""}, "Enter the document"),
        ({"on": day(TODAY + timedelta(days=2))}, "day to come"),
    ],
)
def test_an_entry_that_cannot_be_is_sent_back(desk: Desk, said: dict[str, Any], words: str) -> None:
    answer = give(desk, **said)
    assert answer.status_code == 422 and words in text_of(answer)


def test_a_figure_restated_is_warned_of_and_told(own_desk: Desk) -> None:
    give(own_desk, ("PP6",))
    note = own_desk.ledger().notes("given_out")[0]
    bound = {**note.body["bound"], "numerator": 99, "revision": 0}
    own_desk.ledger().note(
        [type(note)(note.authority, note.kind, note.subject, {**note.body, "bound": bound}, note.by)]
    )
    officer = own_desk.client("officer")
    shown = text_of(officer.get("/register"))
    assert "1 receiver has to be told" in shown and "It was 99 of" in shown and "The conclusion may change" in shown
    address = f"/register/{note.subject}/told"
    assert post(officer, address, {"how": "", "version": "0"}).status_code == 422
    assert "to be told" not in follow(officer, post(officer, address, {"how": "By letter", "version": "0"}))
    assert post(officer, address, {"how": "By telephone", "version": "0"}).status_code == 409


def test_a_team_managers_own_team_and_no_other(desk: Desk) -> None:
    manager = desk.client("team_manager")
    assert manager.get(f"{FIGURE}?as_at={AS_AT}&team={TEAM}").status_code == 200
    assert manager.get(f"{FIGURE}?as_at={AS_AT}&team={OTHER_TEAM}").status_code in (403, 404)
    assert manager.get("/board-pack").status_code == 403 and manager.get("/register").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/challenges/nothing",
        "/actions/nothing",
        "/register/nothing/told",
        "/indicators/PP6/commentary?as_at=yesterday",
        "/indicators/NO9/commentary",
    ],
)
def test_what_is_not_there_is_not_found(desk: Desk, address: str) -> None:
    assert desk.client("officer").get(address).status_code == 404


def test_packs_wait_for_one_another_and_not_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.board import packs

    monkeypatch.setattr(packs, "PATIENCE", 0.01)
    client = desk.client("leader")
    with packs._one_at_a_time:
        answer = client.get(f"/board-pack/download?as_at={AS_AT}&audience=leader&format=html")
    assert answer.status_code == 503 and "try again in a minute" in text_of(answer)
    assert client.get(f"/board-pack/download?as_at={AS_AT}&audience=leader&format=docx").status_code == 404
    assert client.get(f"/board-pack/download?as_at={AS_AT}&audience=leader&format=html").status_code == 200
