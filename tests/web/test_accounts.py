"""Holds the administrator's pages to account: what is added can sign in, what is closed cannot, the password is shown once."""

from __future__ import annotations

import re

from countermark.desk import accounts
from tests.web_kit import TEAM, Desk, post, tables_of, text_of


def test_the_list_shows_everybody(desk: Desk) -> None:
    rows = tables_of(desk.client("admin").get("/admin/accounts"))[0][1:]
    assert [row[1] for row in rows] == [account.username for account in accounts.everybody(desk.ledger())]


def test_a_new_account_can_sign_in_with_the_password_shown(own_desk: Desk) -> None:
    data = {"name": "Niall Carrowby", "username": "Niall", "role": "team_manager", "teams": TEAM}
    made = post(own_desk.client("admin"), "/admin/accounts/new", data)
    password = re.search(r"Password ((?:[0-9a-f]{6}-){3}[0-9a-f]{6})", text_of(made))
    assert password
    client = own_desk.client()
    assert post(client, "/sign-in", {"username": "niall", "password": password[1]}).status_code == 302
    assert TEAM in client.get("/password").text
    assert password[1] not in own_desk.client("admin").get("/admin/accounts/niall").text


def test_a_wrong_form_says_everything_that_is_wrong(own_desk: Desk) -> None:
    admin = own_desk.client("admin")
    empty = post(admin, "/admin/accounts/new", {})
    assert empty.status_code == 422
    for said in ("Enter a name", "Enter a username", "Choose a role"):
        assert said in text_of(empty)
    taken = post(admin, "/admin/accounts/new", {"name": "X", "username": "BOARD", "role": "board"})
    assert taken.status_code == 422 and "taken" in text_of(taken)
    no_team = post(admin, "/admin/accounts/new", {"name": "X", "username": "x", "role": "team_manager"})
    assert no_team.status_code == 422 and "needs the teams" in text_of(no_team)


def test_a_closed_account_is_out_at_once_and_in_again_when_opened(own_desk: Desk) -> None:
    admin, board = own_desk.client("admin"), own_desk.client("board")
    assert board.get("/password").status_code == 200
    assert post(admin, "/admin/accounts/board", {"disable": "1"}).status_code == 302
    assert board.get("/password").status_code == 302
    assert post(admin, "/admin/accounts/board", {"enable": "1"}).status_code == 302
    assert own_desk.client("board").get("/password").status_code == 200


def test_nobody_closes_the_own_account(own_desk: Desk) -> None:
    own_desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = post(own_desk.client("admin"), "/admin/accounts/admin", {"disable": "1"})
    assert answer.status_code == 403 and "another administrator" in text_of(answer)
    assert own_desk.client("admin").get("/admin/accounts").status_code == 200
