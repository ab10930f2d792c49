"""A real browser before a real server: Debian's Chromium, `countermark serve` as a process, axe out of its package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).resolve().parents[2]
PHONE, LAPTOP, ZOOMED = 390, 1366, 320  # 320 px wide is what a page of 1280 px has at 400 %
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
)  # fmt: skip
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def chromium() -> str:
    """The browser's path. Without one the tests of pages are left out, except where CI has promised one."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI installs chromium before the tests: .ci/run")
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    return found


@contextmanager
def served(home: Path, log: Path) -> Iterator[str]:
    """`countermark serve` over a home until the block ends; its address."""
    command = [Path(sys.executable).with_name("countermark"), "serve", "--home", home, "--port", "0", "--demo"]
    with log.open("w") as kept:
        server = subprocess.Popen(
            [*map(str, command)],
            stdout=subprocess.PIPE,
            stderr=kept,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert server.stdout
            for line in server.stdout:
                if found := re.search(r"http://\S+", line):
                    yield found[0]
                    break
            else:
                pytest.fail(f"the server did not start: {log.read_text()}")
        finally:
            server.terminate()
            try:
                server.wait(20)
            finally:
                server.kill()


@contextmanager
def signed_in(browser: Browser, address: str, person: str, width: int = LAPTOP, **options: Any) -> Iterator[Page]:
    """A page of the person's own, signed in by the sign-in page's button. Fails on a script error or a blocked load."""
    context = browser.new_context(viewport={"width": width, "height": 900}, base_url=address, **options)
    page = context.new_page()
    page.set_default_timeout(20_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        page.goto("/sign-in")
        sent(page, page.get_by_role("button", name=person).first)
        yield page
        blocked = [text for text in said if "status of 4" not in text]
        assert not blocked, blocked
    finally:
        context.close()


def sent(page: Page, button: Locator) -> None:
    """Press a button that sends a form and wait for the page that answers: whoever goes elsewhere before may be there first."""
    with page.expect_navigation(timeout=60_000):
        button.click()


def settled(page: Page) -> None:
    """Wait until what was decided, checked or signed is published: a page says above its heading while a publication is under way."""
    for _ in range(90):
        if not page.locator(".cm-behind").count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError("The publication did not end.")


def complaints(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{urlsplit(page.url).path}: {one['id']} at {one['nodes'][0]['target']} ({one['help']})" for one in found]


def runs_over(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth + 1"))


def picture(page: Page, name: str, height: int = 900) -> None:
    """Keep what is seen, `height` points of it, under docs/pictures/desk, where COUNTERMARK_PICTURES asks for it."""
    if os.environ.get("COUNTERMARK_PICTURES"):
        into = ROOT / "docs" / "pictures" / "desk"
        into.mkdir(parents=True, exist_ok=True)
        size = page.viewport_size or {"width": LAPTOP, "height": height}
        page.set_viewport_size({"width": size["width"], "height": height})
        page.evaluate("window.scrollTo(0, 0)")
        page.screenshot(path=into / f"{name}.png")
        page.set_viewport_size(size)
