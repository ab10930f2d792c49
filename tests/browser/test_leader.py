"""A leader's ten minutes: what stands, what cannot be relied on and why, a question, the pack for the board."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser import kit

WORDS = ("Checked: safe to quote", "Being checked: quote with its range", "Not reliable enough to report")


def test_ten_minutes(browser: Browser, address: str, tmp_path: Path) -> None:
    with kit.signed_in(browser, address, "Leader", accept_downloads=True) as page:
        expect(page).to_have_url(f"{address}/")
        headline = page.get_by_role("table", name="Headline figures").locator("tbody tr")
        assert 1 <= headline.count() <= 7
        assert all(any(words in text for words in WORDS) for text in headline.all_inner_texts())
        kit.picture(page, "leader-figures")

        doubtful = headline.filter(has_text=WORDS[2]).first
        assert re.search(r"At least \d+ and at most \d+", doubtful.inner_text())
        assert "The list is with" in doubtful.inner_text()
        doubtful.get_by_role("link").first.click()
        assert page.locator("h1").inner_text() and "Does not hold" in page.locator("main").inner_text()

        page.goto("/indicators/AS1")
        expect(page.locator("figure svg, .cm-chart svg").first).to_be_visible()
        page.get_by_text("The figures of the chart as a table").click()
        assert page.get_by_role("table").first.is_visible()
        kit.picture(page, "leader-measure", height=1500)

        page.get_by_role("link", name="Put a question").first.click()
        page.get_by_role("button", name="Put the question").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_role("textbox").first.fill("Why do a third of assessments take longer than they should?")
        page.get_by_role("button", name="Put the question").click()
        expect(page.locator("main")).to_contain_text("Why do a third of assessments")

        page.goto("/board-pack")
        kit.picture(page, "leader-board-pack")
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download the pack").click()
        pack = tmp_path / "pack.pdf"
        waiting.value.save_as(pack)
        assert pack.read_bytes()[:5] == b"%PDF-"


def test_the_board_sees_no_child_and_no_colleague(browser: Browser, address: str) -> None:
    with kit.signed_in(browser, address, "Board") as page:
        for path in ("/", "/indicators/PP1", "/actions", "/register"):
            page.goto(path)
            text = page.locator("main").inner_text()
            assert not re.search(r"\b3\d{4}\b|Fennimore|Ingleshaw|Thorganby", text), path
        answer = page.request.get("/worklist")
        assert answer.status == 403


def test_a_phone_and_a_page_enlarged_four_times(browser: Browser, address: str) -> None:
    for width, name in ((kit.PHONE, "phone"), (kit.ZOOMED, "enlarged")):
        with kit.signed_in(browser, address, "Leader", width) as page:
            assert not kit.runs_over(page), name
            kit.picture(page, f"leader-{name}")
            page.goto("/indicators/AS1")
            assert not kit.runs_over(page), name


def test_by_keyboard_alone(browser: Browser, address: str) -> None:
    with kit.signed_in(browser, address, "Leader") as page:
        expect(page).to_have_url(f"{address}/")  # a key pressed sooner would go to the page that is being left
        page.wait_for_load_state()
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to main content")
        page.keyboard.press("Enter")
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('main table a')"):
                break
        wanted = page.evaluate("document.activeElement.href")
        page.keyboard.press("Enter")
        expect(page).to_have_url(wanted)
