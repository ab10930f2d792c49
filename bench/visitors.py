"""Fifty people at the pages: each signs in, then follows a link of the page before it, with five seconds to think in between.

`python -m bench.visitors ADDRESS SECONDS` prints one JSON object: seconds of every answer by page, errors, the generator's own
processor time. Requests are bounded in number and time, and go to loopback alone.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import threading
import time
from urllib.parse import urljoin, urlsplit

import requests

PEOPLE = {"Performance officer": 20, "Team manager": 15, "Leader": 10, "Board": 5}
THINK = (2.5, 7.5)  # seconds, five on average
NOT_PAGES = (
    "/sign-",
    "/password",
    "/exports",
    "/data-docs",
    "/metrics",
    ".csv",
    ".xlsx",
    ".pdf",
    ".pptx",
    ".json",
    "/download",
)
LINK = re.compile(r'<a [^>]*href="([^"#]+)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BUTTON = re.compile(r'name="username" value="([^"]+)">[^<,]*, ([^<,]+)[,<]')


class Crowd:
    """What all visitors noted."""

    def __init__(self, address: str, seconds: float) -> None:
        """`address` on loopback; nobody asks after `seconds`."""
        if urlsplit(address).hostname not in ("127.0.0.1", "localhost"):
            raise SystemExit("Visitors go to this machine alone.")
        self.address, self.until = address, time.monotonic() + seconds
        self.times: list[tuple[str, float]] = []
        self.errors: list[str] = []
        self.lock = threading.Lock()

    def get(self, session: requests.Session, path: str, *, noted: bool = True) -> str:
        """One page, timed; its text."""
        began = time.perf_counter()
        answer = session.get(urljoin(self.address, path), timeout=60)
        took = time.perf_counter() - began
        with self.lock:
            if answer.status_code >= 400:
                self.errors.append(f"{answer.status_code} {urlsplit(path).path}")
            elif noted:
                self.times.append((kind_of(path), took))
        return answer.text


def kind_of(path: str) -> str:
    """A page's kind: its path with what names one thing left out."""
    return re.sub(r"/(?=[^/]*[0-9a-fA-F]{8}|[A-Z]{2}\d|[A-Z]{2}-|\d)[^/]+", "/…", urlsplit(path).path)


def visit(crowd: Crowd, words: str, rng: random.Random) -> None:
    """One person's time at the desk."""
    session = requests.Session()
    time.sleep(rng.uniform(0, THINK[1]))
    page = crowd.get(session, "/sign-in", noted=False)
    token = TOKEN.search(page)
    found = [name for name, role in BUTTON.findall(page) if role.strip() == words]
    if not token or not found:
        crowd.errors.append(f"no button for {words}")
        return
    answer = session.post(
        urljoin(crowd.address, "/sign-in/invented"),
        data={"csrf_token": token[1], "username": rng.choice(found)},
        timeout=60,
    )
    start, page = urlsplit(answer.url).path, answer.text
    while True:
        time.sleep(rng.uniform(*THINK))
        if time.monotonic() > crowd.until:
            return
        links = [link.replace("&amp;", "&") for link in LINK.findall(page)]
        links = [link for link in links if link.startswith("/") and not any(sign in link for sign in NOT_PAGES)]
        page = crowd.get(session, rng.choice(links) if links else start)


def main(address: str, seconds: float) -> None:
    """Everybody at once; what they noted, as JSON."""
    crowd = Crowd(address, seconds)
    words = [role for role, many in PEOPLE.items() for _ in range(many)]
    visitors = [threading.Thread(target=visit, args=(crowd, role, random.Random(i))) for i, role in enumerate(words)]
    began = time.monotonic()
    for one in visitors:
        one.start()
    for one in visitors:
        one.join()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "times": crowd.times, "errors": crowd.errors[:20], "failed": len(crowd.errors),
                "seconds": time.monotonic() - began, "cpu": used.ru_utime + used.ru_stime,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
