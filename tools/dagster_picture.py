"""The picture of the asset graph in the docs: docs/pictures/dagster.png, from Dagster's own pages over a home that is made for it.

`python tools/dagster_picture.py` needs Debian's Chromium. Not part of the one check.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.dagster_dev import ROOT, serving

BROWSER = "/usr/bin/chromium"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SIZE = {"width": 1500, "height": 800}
OPENED = ("reconciled", "validated", "published")  # the other layers are shown as one box each
LARGEST = 300_000


def photograph(address: str, picture: Path) -> None:
    """Open the graph, unfold some layers and keep what is seen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        page.goto(f"{address}/asset-groups", wait_until="load", timeout=60_000)
        page.get_by_text("Hide navigation").click()
        for layer in OPENED:
            page.locator("svg").get_by_text(layer, exact=True).first.click()
            page.wait_for_timeout(2000)
            page.reload(wait_until="load")  # which fits the whole into the window
            page.locator("svg").get_by_text(OPENED[0], exact=True).first.wait_for()
        page.wait_for_timeout(5000)
        page.screenshot(path=picture)
        browser.close()


def main() -> int:
    """Run the invented authority once, start the server, take the picture."""
    command = Path(sys.executable).with_name("countermark")
    picture = ROOT / "docs" / "pictures" / "dagster.png"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        subprocess.run([command, "demo", "--home", folder / "home", "--scale", "0.05"], check=True, capture_output=True)
        with serving(folder / "home", folder / "sample" / "inbox", folder / "log") as server:
            photograph(server.address, picture)
    if picture.stat().st_size > LARGEST:
        raise SystemExit("The picture is too large for a page.")
    print(f"Written: {picture.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
