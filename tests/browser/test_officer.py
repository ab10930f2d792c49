"""An officer's month: differences decided, given away and commented on, a figure checked, signed by the head, verified by anybody."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import kit

FIGURE = "PP0"
OFFICER, SECOND, HEAD = "Delphine Fennimore", "Tomasz Ingleshaw", "Leader"


def decide(page: Page, words: str = "The system is right") -> None:
    page.get_by_label(words, exact=True).check()
    page.get_by_label("How did it come about?").select_option("form wrong in the new system")
    page.get_by_label("Your reason").fill("Looked at with the team manager in the case system.")
    kit.sent(page, page.get_by_role("button", name="Decide", exact=True))


def open_items(page: Page) -> int:
    found = re.search(r"(\d+) differences?", page.locator("main p").first.inner_text())
    return int(found[1]) if found else 0


def test_a_month(browser: Browser, address: str, tmp_path: Path) -> None:
    with kit.signed_in(browser, address, OFFICER) as page:
        expect(page).to_have_url(f"{address}/worklist")
        kit.picture(page, "officer-worklist")
        one_difference(page)
        one_child(page)
        all_of_a_figure(page)
    with kit.signed_in(browser, address, SECOND) as page:
        page.goto("/certification")
        kit.settled(page)
        kit.picture(page, "officer-certification")
        page.goto(f"/certification/{FIGURE}/2022-10-31/check")
        kit.picture(page, "officer-check", height=1500)
        page.get_by_label("What you looked at").fill("Its differences, five files, and last month's figure.")
        kit.sent(page, page.get_by_role("button", name="I have checked this figure"))
        assert f"/{FIGURE}" not in page.url or "There is a problem" not in page.locator("main").inner_text()
    with kit.signed_in(browser, address, HEAD, accept_downloads=True) as page:
        certificate = signed(page)
        page.goto(f"/certificates/{certificate}")
        kit.picture(page, "certificate")
        with page.expect_download() as waiting:
            page.locator(f'a[href*="/certificates/{certificate}/file"]').first.click()
        kept = tmp_path / "certificate.json"
        waiting.value.save_as(kept)
    verified_by_anybody(browser, address, kept)
    with kit.signed_in(browser, address, HEAD) as page:
        page.goto(f"/indicators/{FIGURE}")
        assert "Checked: safe to quote" in page.locator("main").inner_text()


def one_difference(page: Page) -> None:
    """Comment on a difference, give it away, decide it; an empty decision says all that it lacks."""
    page.locator('main a[href*="/differences/"]').nth(4).click()
    where = page.url
    page.get_by_label("Add a comment").fill("Asked the worker <b>today</b>.")
    page.get_by_role("button", name="Add the comment").click()
    expect(page.locator("main")).to_contain_text("Asked the worker <b>today</b>.")
    page.get_by_label("Give it to").select_option(SECOND)
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.locator("main")).to_contain_text(SECOND)
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto(where)
    kit.picture(page, "officer-difference", height=1500)
    decide(page)
    page.goto(where)
    assert "Nobody has decided yet" not in page.locator("main").inner_text()


def one_child(page: Page) -> None:
    """The child behind it: no id in the address, the failing cell lit and said in words."""
    page.goto("/worklist?kind=failure")
    page.locator('main a[href*="/children/"]').first.click()
    assert re.fullmatch(r"/children/[0-9a-f]{16}", page.url.removeprefix(page.url.split("/children/")[0]).split("?")[0])
    assert page.locator(".cm-failing").count() > 0
    kit.picture(page, "officer-child", height=1500)


def all_of_a_figure(page: Page) -> None:
    """Everything open of one figure, a page of the list at a time."""
    for _ in range(8):
        page.goto(f"/worklist?kind=difference&state=open&indicator={FIGURE}")
        kit.settled(page)
        boxes = page.locator("main li input[type=checkbox]")
        if not boxes.count():
            break
        for number in range(boxes.count()):
            boxes.nth(number).check()
        page.get_by_role("button", name="Decide or give away").click()
        decide(page)
    page.goto(f"/worklist?kind=difference&state=open&indicator={FIGURE}")
    kit.settled(page)
    assert open_items(page) == 0


def signed(page: Page) -> str:
    """The head signs the figure; the certificate's id."""
    page.goto("/certification/sign")
    kit.settled(page)
    kit.picture(page, "head-sign")
    page.locator(f'input[type=checkbox][value="{FIGURE}"]').check()
    kit.sent(page, page.get_by_role("button", name=re.compile("Sign|sign")).last)
    page.goto("/certification")
    kit.settled(page)
    row = page.locator("tr", has=page.locator(f'a[href*="/indicators/{FIGURE}"]'))
    expect(row).to_contain_text("Signed off")
    return row.locator('a[href*="/certificates/"]').inner_text().strip()


def verified_by_anybody(browser: Browser, address: str, kept: Path) -> None:
    """Without signing in: the file is genuine, and no longer after one digit of it was changed."""
    page = browser.new_context(base_url=address).new_page()
    for path, words in ((kept, "genuine"), (altered(kept), "altered")):
        page.goto("/verify")
        page.locator("input[type=file]").set_input_files(path)
        page.get_by_role("button").last.click()
        assert words in page.locator("main").inner_text().lower(), words
    page.context.close()


def altered(kept: Path) -> Path:
    text = kept.read_text()
    found = re.search(r'"as_at": ?"2022-10-31"', text)
    assert found
    other = kept.with_name("altered.json")
    other.write_text(text.replace(found[0], found[0].replace("10-31", "11-30"), 1))
    return other


def test_deciding_without_javascript(browser: Browser, address: str) -> None:
    with kit.signed_in(browser, address, OFFICER, java_script_enabled=False) as page:
        page.goto("/worklist?kind=difference&state=open&indicator=LA8")
        before = open_items(page)
        page.locator('main a[href*="/differences/"]').first.click()
        decide(page)
        page.goto("/worklist?kind=difference&state=open&indicator=LA8")
        kit.settled(page)
        assert open_items(page) == before - 1
