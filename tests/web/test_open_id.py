"""Holds signing in through the council's provider to account: the account whose subject it vouches for, and nobody on a wrong token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient

from countermark.desk import accounts
from tests.web.provider import Provider, provider
from tests.web_kit import CODE, Desk
from web.settings import OpenId


@pytest.fixture
def council(own_desk: Desk) -> Iterator[Provider]:
    with provider() as state:
        settings = own_desk.app.extensions["settings"]
        own_desk.app.extensions["settings"] = replace(settings, open_id=OpenId(state.address, "countermark", "secret"))
        account = accounts.Account("ona", "Ona Officer", "officer", CODE, subject="council|17")
        accounts.add(own_desk.ledger(), account, "setup")
        yield state


def through(client: FlaskClient) -> str:
    """There and back; where the person lands."""
    away = client.get("/sign-in/provider?next=/password")
    assert away.status_code == 302
    there = requests.get(away.headers["Location"], allow_redirects=False, timeout=10)
    back = urlsplit(there.headers["Location"])
    return client.get(f"{back.path}?{back.query}").headers["Location"]


def test_whom_the_provider_vouches_for_is_signed_in(own_desk: Desk, council: Provider) -> None:
    client = own_desk.client()
    assert through(client) == "/password"
    assert "Ona Officer" in client.get("/password").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "council|99"},
        {"subject": ""},
        {"other_key": True},
        {"other_nonce": True},
        {"audience": "another"},
        {"lifetime": -600},
    ],
    ids=str,
)
def test_a_wrong_token_opens_nothing(own_desk: Desk, council: Provider, wrong: dict[str, object]) -> None:
    for name, value in wrong.items():
        setattr(council, name, value)
    client = own_desk.client()
    assert through(client) == "/sign-in"
    assert client.get("/password").status_code == 302


def test_an_answer_that_was_not_asked_for_opens_nothing(own_desk: Desk, council: Provider) -> None:
    client = own_desk.client()
    there = requests.get(
        own_desk.client().get("/sign-in/provider").headers["Location"], allow_redirects=False, timeout=10
    )
    back = urlsplit(there.headers["Location"])
    assert client.get(f"{back.path}?{back.query}").headers["Location"] == "/sign-in"
    assert client.get("/password").status_code == 302


def test_a_disabled_account_stays_out(own_desk: Desk, council: Provider) -> None:
    account = accounts.find(own_desk.ledger(), "ona")
    assert account
    accounts.change(own_desk.ledger(), replace(account, disabled=True), "admin")
    assert through(own_desk.client()) == "/sign-in"


def test_without_a_provider_there_is_no_such_page(desk: Desk) -> None:
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert desk.client().get("/sign-in/provider").status_code == 404
    assert desk.client().get("/sign-in/provider/back").status_code == 404
