"""Every page of every role, found by following links: axe reports nothing, nothing runs over, no page is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError
from werkzeug.exceptions import HTTPException

from tests.browser import kit
from web.matrix import table

ROLES = {
    "officer": "Performance officer", "team_manager": "Team manager", "leader": "Leader", "board": "Board",
    "engineer": "Data engineer", "auditor": "Auditor", "admin": "Administrator",
}  # fmt: skip
EACH = {"officer": 2}  # how many addresses of one page are looked at; else one


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The pages without a home's figures, to know which address is which page."""
    from countermark.home import Home
    from web.app import create_app
    from web.settings import Settings

    return create_app(Settings(Home.open(tmp_path_factory.mktemp("empty") / "home")))


def page_of(routes: Flask, address: str) -> str | None:
    parts = urlsplit(address)
    try:
        endpoint, _ = routes.url_map.bind("localhost").match(parts.path, method="GET")
    except HTTPException:
        return None
    return None if endpoint == "static" else str(endpoint)


def shown(page: Page, address: str) -> bool:
    """Open an address; False where it is a download, or the validation results, which are a site of their own."""
    if "/data-docs/" in address:
        assert page.request.get(address).ok
        return False
    try:
        answer = page.goto(address)
    except PlaywrightError as error:
        if "Download" not in str(error):
            raise
        return False
    assert answer and answer.status < 400, (address, answer and answer.status)
    return "text/html" in answer.headers.get("content-type", "")


def walk(page: Page, routes: Flask, origin: str, each: int) -> Iterator[str]:
    """Each page that links lead to, at most `each` addresses of one kind; the page stands open while the caller looks."""
    waiting, seen, often = [page.url], {page.url.split("#")[0]}, dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        endpoint = page_of(routes, address)
        if endpoint is None or often.get(endpoint, 0) >= each:
            continue
        often[endpoint] = often.get(endpoint, 0) + 1
        if not shown(page, address):
            yield endpoint
            continue
        yield endpoint
        for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            target = urljoin(origin, link.split("#")[0])
            if target.startswith(origin) and target not in seen:
                seen.add(target)
                waiting.append(target)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(browser: Browser, address: str, routes: Flask, role: str) -> None:
    wrong, visited = [], set()
    with kit.signed_in(browser, address, ROLES[role]) as page:
        for endpoint in walk(page, routes, address, EACH.get(role, 1)):
            new = endpoint not in visited
            visited.add(endpoint)
            if page_of(routes, page.url) != endpoint:
                continue  # a download, or a site of its own: the page before still stands
            wrong += kit.complaints(page)
            if new:
                page.set_viewport_size({"width": kit.ZOOMED, "height": 800})
                wrong += [f"{page.url} runs over at 320 px"] if kit.runs_over(page) else []
                wrong += kit.complaints(page) if role == "officer" else []
                page.set_viewport_size({"width": kit.LAPTOP, "height": 900})
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert_all_reached(routes, role, visited)


def assert_all_reached(routes: Flask, role: str, visited: set[str]) -> None:
    """A page that the role may open and no link leads to is out of reach."""
    pages = table().pages
    readable = {rule.endpoint for rule in routes.url_map.iter_rules() if "GET" in (rule.methods or set())}
    missing = {name for name in readable if name in pages and role in pages[name].roles} - visited - REACHED_OTHERWISE
    assert not missing, f"no link leads {role} to {sorted(missing)}"


REACHED_OTHERWISE = {  # by no link, or by links of some figures only, which a walk with few addresses of a page may not meet
    "signing_in.start",  # where signing in leads
    "board.download", "worklist.together", "deliveries.handed_in",  # forms' answers
    "downloads.officer", "downloads.leader", "downloads.public", "downloads.team",  # the same
    "engineers.data_docs",  # the pages behind the one that the bar leads to
    "board.tell",  # once a figure that was given out is restated
    "board.action", "board.challenge",  # of a figure that has one
    "certifying.certificate", "certifying.printed", "certifying.signed_file",  # of a figure that is signed
    "leaders.stated",  # of a figure that somebody counted
    "teams.count",  # of a team that still owes one
}  # fmt: skip


def test_axe_would_complain(browser: Browser, address: str) -> None:
    """The control: a picture without words and grey text on grey are found."""
    page = browser.new_page()
    page.set_content("<main><h1>x</h1><img src='data:,'><p style='color:#bbb;background:#ccc'>grey</p></main>")
    found = " ".join(kit.complaints(page))
    assert "image-alt" in found and "color-contrast" in found
    page.set_content("<div style='width:3000px'>wide</div>")
    assert kit.runs_over(page)
    page.close()
