"""Pages under test: a small home with accounts for every role, and clients signed in as each."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from countermark.desk import accounts
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.sample.sample import write_sample
from tests.chain import run_chain
from web.app import create_app
from web.settings import Settings

AS_AT = date(2022, 10, 31)
CODE = "X99000001"
TEAM, OTHER_TEAM = "Safeguarding East", "Assessment North"
PEOPLE = {  # username (the role itself, or what the person is for) to name, role, teams
    "officer": ("Delphine Fennimore", "officer", ()),
    "officer2": ("Tomasz Ingleshaw", "officer", ()),
    "team_manager": ("Kemi Thorganby", "team_manager", (TEAM,)),
    "leader": ("Ursula Quarrington", "leader", ()),
    "board": ("Ada Boardmember", "board", ()),
    "engineer": ("Eno Engineer", "engineer", ()),
    "auditor": ("Abel Auditor", "auditor", ()),
    "admin": ("Ama Admin", "admin", ()),
}


def build_home(folder: Path, scale: float = 0.05) -> Path:
    """A published home of the invented authority below `folder`, with an account for each of PEOPLE (without passwords)."""
    write_sample(folder / "sample", scale=scale, as_at=AS_AT, sources="annex_a")
    run_chain(folder / "sample" / "inbox", folder / "home", AS_AT)
    with Ledger.open(Home(folder / "home").ledger_url) as ledger:
        for username, (name, role, teams) in PEOPLE.items():
            accounts.add(ledger, accounts.Account(username, name, role, CODE, teams), "setup")
    return folder / "home"


@dataclass
class Desk:
    """The pages over a copy of a home, and whoever opens them."""

    app: Flask
    home: Home

    def client(self, username: str | None = None) -> FlaskClient:
        """A client with cookies of its own; signed in as one of PEOPLE, or as nobody."""
        client = self.app.test_client()
        if username:
            assert post(client, "/sign-in/invented", {"username": username}, page="/sign-in").status_code == 302
        return client

    def ledger(self) -> Ledger:
        """The ledger that the pages write to."""
        found: Ledger = self.app.extensions["ledger"]
        return found

    def rows(self, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
        """A query of a test's own over the snapshot that stands."""
        found: list[dict[str, Any]] = self.app.extensions["published"].now().rows(sql, parameters)
        return found


def open_desk(home: Path, into: Path) -> Desk:
    """The pages over a copy of `home`. Errors are raised and not shown as pages."""
    shutil.copytree(home, into)
    place = Home.open(into)
    app = create_app(Settings(place, demo=True))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    return Desk(app, place)


def post(client: FlaskClient, address: str, data: dict[str, Any], page: str | None = None) -> TestResponse:
    """Send a form as its page would: with the token that the page (default: the same address) carries."""
    shown = client.get(page or address)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown.text)
    assert token, f"{page or address} has no form ({shown.status_code})"
    return client.post(address, data={**data, "csrf_token": token.group(1)}, content_type="multipart/form-data")


def text_of(answer: TestResponse) -> str:
    """What a reader sees of a page's main part, spaces folded."""
    main = html.fromstring(answer.text).xpath("//main")
    return " ".join((main[0] if main else html.fromstring(answer.text)).text_content().split())


def tables_of(answer: TestResponse) -> list[list[list[str]]]:
    """The tables of a page: of each, its rows of cells as text."""
    return [
        [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")]
        for table in html.fromstring(answer.text).xpath("//main//table")
    ]
