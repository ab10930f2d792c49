"""Holds the table of who may open what to account, for every page and role there is: the matrix is made from the routes themselves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from countermark.desk.accounts import ROLES, find
from tests.web_kit import Desk
from web import access
from web.access import AccessError, Table
from web.app import WEB, areas
from web.matrix import table

PUBLIC = {  # what may be opened by nobody in particular, named once more: a page does not get here by its table alone
    "signing_in.sign_in", "signing_in.demo", "signing_in.provider", "signing_in.provider_back", "signing_in.sign_out",
    "engineers.alive", "engineers.metrics", "certifying.genuine", "certifying.public_keys",
}  # fmt: skip
LOOKS_AT_NO_CHILD = ("leader", "board")
FILL = {"int": "1", "default": "x", "path": "x"}


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if rule.endpoint != "static":
                yield rule, method


def address(app: Flask, rule: Rule) -> str:
    values = {name: sorted(getattr(rule._converters[name], "items", {"1"}))[0] for name in rule.arguments}
    with app.test_request_context():
        made = rule.build(values)
    assert made is not None
    return str(made[1])


def test_every_page_and_role_is_answered_as_the_table_says(own_desk: Desk) -> None:
    own_desk.app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False, TESTING=False)
    allowed = table().pages
    asked = []
    for role in (None, *ROLES):
        for rule, method in rules(own_desk.app):
            if rule.endpoint.startswith("signing_in."):
                continue  # test_signing_in
            client = signed_in_as(own_desk, role) if role else own_desk.client()
            answer = client.open(address(own_desk.app, rule), method=method)
            page = allowed[rule.endpoint]
            asked.append((role, rule.endpoint, method))
            if page.public or (role and role in page.roles):
                assert answer.status_code != 403 or "team" in answer.text, (role, rule, method)
                assert "/sign-in" not in answer.headers.get("Location", ""), (role, rule, method)
            elif role is None:
                assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (302, True), (rule, method)
            else:
                assert answer.status_code == 403, (role, rule, method)
    assert len(asked) == 8 * sum(not rule.endpoint.startswith("signing_in.") for rule, _ in rules(own_desk.app)) > 0


def signed_in_as(desk: Desk, role: str) -> FlaskClient:
    """A client whose session is that role's, without the page in between."""
    client, account = desk.app.test_client(), find(desk.ledger(), role)
    assert account
    with client.session_transaction() as session:
        session.update(username=account.username, version=account.version, began=time.time(), seen=time.time())
    return client


def test_what_is_open_to_all_is_known_by_name() -> None:
    assert {page.endpoint for page in table().pages.values() if page.public} <= PUBLIC


def test_leaders_and_boards_open_no_page_that_shows_children() -> None:
    shown = [page for page in table().pages.values() if page.child]
    assert shown and not [page.endpoint for page in shown if page.roles & set(LOOKS_AT_NO_CHILD) or page.public]


def test_a_page_without_a_line_stops_the_start(own_desk: Desk) -> None:
    app = Flask("one more")
    app.add_url_rule("/secret", endpoint="new.secret", view_func=lambda: "all children")
    with pytest.raises(AccessError, match=r"new\.secret"):
        access.guard(app, Table())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('[pages.x]\nroles = ["king"]', "known roles"),
        ("[pages.x]\n", "known roles"),
        ('[pages.x]\npublic = true\nroles = ["officer"]', "known roles"),
        ('[pages.x]\nroles = ["officer"]\nhidden = true', "known roles"),
        ('[page.x]\nroles = ["officer"]', "unknown part"),
    ],
)
def test_a_wrong_line_stops_the_start(tmp_path: Path, said: str, why: str) -> None:
    (tmp_path / "access.toml").write_text(said)
    with pytest.raises(AccessError, match=why):
        access.read_area("new", tmp_path / "access.toml", Table())


def test_a_line_for_a_page_that_is_gone_stops_the_start(tmp_path: Path) -> None:
    found = Table()
    (tmp_path / "access.toml").write_text('[pages.x]\nroles = ["officer"]')
    access.read_area("new", tmp_path / "access.toml", found)
    with pytest.raises(AccessError, match=r"new\.x"):
        access.guard(Flask("none"), found)


def test_an_unknown_endpoint_is_refused_whoever_asks() -> None:
    assert not any(Table().may(role, "anything") for role in (None, *ROLES))


def test_every_area_has_its_table() -> None:
    assert areas() and all((WEB / area / "access.toml").is_file() for area in areas())


def test_views_of_children_are_entered_even_where_a_page_forgets(own_desk: Desk) -> None:
    app = own_desk.app
    page = next(page for page in table().pages.values() if page.child and "officer" in page.roles)
    with app.test_request_context():
        rule = next(r for r in app.url_map.iter_rules() if r.endpoint == page.endpoint)
    app.view_functions[page.endpoint] = lambda **_: "children"
    before = len(own_desk.ledger().entries())
    assert signed_in_as(own_desk, "officer").get(address(app, rule)).status_code == 200
    entry = own_desk.ledger().entries()[before:]
    assert [one.kind for one in entry] == ["view"] and page.endpoint in entry[0].payload
