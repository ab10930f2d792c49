"""Holds signing in to account: passwords, sessions that end, guessing slowed down, no way round, no way elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from unittest.mock import patch

import pytest

from countermark.desk import accounts
from countermark.ledger.records import LedgerConflict, LedgerError
from tests.ledger_samples import ledger_in
from tests.web_kit import CODE, Desk, post, text_of
from web.settings import Settings
from web.signing_in import throttle

PASSWORD = "correct horse battery"


@pytest.fixture
def ona(own_desk: Desk) -> accounts.Account:
    throttle._failed.clear()
    return accounts.add(own_desk.ledger(), accounts.Account("ona", "Ona Officer", "officer", CODE), "setup", PASSWORD)


def test_a_right_password_opens_the_desk_and_a_wrong_one_does_not(own_desk: Desk, ona: accounts.Account) -> None:
    client = own_desk.client()
    wrong = post(client, "/sign-in", {"username": "ona", "password": "something else"})
    assert wrong.status_code == 422 and "not right" in text_of(wrong)
    assert client.get("/password").status_code == 302
    right = post(client, "/sign-in", {"username": " ONA ", "password": PASSWORD})
    assert right.status_code == 302
    assert "Ona Officer" in client.get("/password").text


def test_the_sixth_guess_waits_even_with_the_right_password(own_desk: Desk, ona: accounts.Account) -> None:
    client = own_desk.client()
    for _ in range(throttle.TRIES):
        post(client, "/sign-in", {"username": "ona", "password": "guess guess guess"})
    held = post(client, "/sign-in", {"username": "ona", "password": PASSWORD})
    assert held.status_code == 422 and "Too many attempts" in text_of(held)


def test_no_token_no_signing_in(own_desk: Desk, ona: accounts.Account) -> None:
    own_desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = own_desk.client().post("/sign-in", data={"username": "ona", "password": PASSWORD})
    assert answer.status_code == 400 and "no longer valid" in text_of(answer)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(own_desk: Desk, ona: accounts.Account, elsewhere: str) -> None:
    client = own_desk.client()
    page = client.get("/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token
    answer = client.post(
        "/sign-in",
        query_string={"next": elsewhere},
        data={"username": "ona", "password": PASSWORD, "csrf_token": token[1]},
    )
    assert answer.headers["Location"] == "/start"


def test_a_session_ends_after_a_while_and_after_a_long_day(own_desk: Desk) -> None:
    client = own_desk.client("officer")
    with client.session_transaction() as session:
        session["seen"] -= own_desk.app.extensions["settings"].idle_minutes * 60 + 1
    assert client.get("/password").status_code == 302
    other = own_desk.client("officer")
    with other.session_transaction() as session:
        session["began"] -= 11 * 3600
    assert other.get("/password").status_code == 302


def test_a_disabled_or_changed_account_ends_its_sessions(own_desk: Desk) -> None:
    client, account = own_desk.client("board"), accounts.find(own_desk.ledger(), "board")
    assert account and client.get("/password").status_code == 200
    accounts.change(own_desk.ledger(), accounts.replace(account, disabled=True), "admin")
    assert client.get("/password").status_code == 302
    with pytest.raises(LedgerConflict):
        accounts.change(own_desk.ledger(), account, "admin")


def test_a_new_password_ends_the_other_sessions(own_desk: Desk, ona: accounts.Account) -> None:
    here, there = own_desk.client(), own_desk.client()
    for client in (here, there):
        post(client, "/sign-in", {"username": "ona", "password": PASSWORD})
    short = post(here, "/password", {"old": PASSWORD, "new": "short", "again": "short"})
    assert short.status_code == 422 and "12 characters" in text_of(short)
    new = "four words are better"
    assert post(here, "/password", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert here.get("/password").status_code == 200 and there.get("/password").status_code == 302
    assert accounts.signed_in(own_desk.ledger(), "ona", new) and not accounts.signed_in(
        own_desk.ledger(), "ona", PASSWORD
    )


def test_without_demo_nobody_signs_in_without_a_password(own_desk: Desk) -> None:
    own_desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    own_desk.app.extensions["settings"] = Settings(own_desk.home)
    client = own_desk.client()
    assert "invented" not in client.get("/sign-in").text
    assert post(client, "/sign-in/invented", {"username": "admin"}, page="/sign-in").status_code == 404


def test_every_answer_carries_its_headers(desk: Desk) -> None:
    answer = desk.client("officer").get("/password")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce and f'nonce="{nonce[1]}"' in answer.text and "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert desk.client("officer").get("/password").headers["Content-Security-Policy"] != policy
    assert "max-age" in desk.client().get("/assets/countermark.css").headers["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(desk: Desk) -> None:
    cookie = desk.client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_passwords_are_kept_as_argon2_hashes(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        account = accounts.add(ledger, accounts.Account("ona", "Ona", "officer", CODE), "setup", PASSWORD)
        assert account.password_hash.startswith("$argon2id$")
        assert PASSWORD.encode() not in (tmp_path / "ledger.db").read_bytes()
        assert accounts.signed_in(ledger, "nobody", PASSWORD) is None
        for wrong in (
            accounts.Account("ona", "Ona", "officer", CODE), accounts.Account("x", "X", "king", CODE),
            accounts.Account("x", "X", "team_manager", CODE), accounts.Account(" ", "X", "officer", CODE),
        ):  # fmt: skip
            with pytest.raises(LedgerError):
                accounts.add(ledger, wrong, "setup", PASSWORD)


def test_an_account_without_a_password_is_opened_by_none(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        accounts.add(ledger, accounts.Account("ona", "Ona", "officer", CODE, subject="s-1"), "setup")
        with patch.object(accounts, "_NOBODY", accounts._hasher.hash("known to an attacker")):
            assert accounts.signed_in(ledger, "ona", "known to an attacker") is None
        found = accounts.find_subject(ledger, "s-1")
        assert found and found.username == "ona" and accounts.find_subject(ledger, "") is None
