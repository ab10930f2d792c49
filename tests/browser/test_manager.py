"""A team manager's morning: the children to see to, a look entered, a count given, and no other team's business."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Browser, Page, expect

from tests.browser import kit

TEAM = "Children in Care 1"


def fill_date(page: Page, when: date, within: str) -> None:
    group = page.get_by_role("group", name=within)
    for label, number in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
        group.get_by_label(label).fill(str(number))


def test_a_morning(browser: Browser, address: str) -> None:
    with kit.signed_in(browser, address, f"Team manager, {TEAM}") as page:
        expect(page).to_have_url(f"{address}/team")
        expect(page.locator("h1")).to_have_text(TEAM)
        kit.picture(page, "manager-team", height=1300)
        page.get_by_role("link", name="enter a look at").first.click()
        look = page.url
        page.get_by_role("button").last.click()
        expect(page.get_by_role("alert")).to_be_visible()  # an empty form says what it lacks
        assert (
            "There is a problem" in page.locator("main").inner_text() and page.url.split("?")[0] == look.split("?")[0]
        )

        page.goto("/worklist")
        items = page.locator("main li").filter(has=page.locator("h2"))
        assert items.count() > 0
        assert all(TEAM in text for text in items.all_inner_texts())
        kit.picture(page, "manager-worklist")

        assert page.request.get("/team?team=Assessment North").status in (403, 404)
        assert page.request.get("/certification").status == 403


def test_without_javascript(browser: Browser, address: str) -> None:
    with kit.signed_in(browser, address, f"Team manager, {TEAM}", java_script_enabled=False) as page:
        expect(page.locator("h1")).to_have_text(TEAM)
        page.get_by_role("link", name="Worklist").click()
        expect(page.locator("h1")).to_have_text("Worklist")
