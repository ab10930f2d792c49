"""What the first reader would wait for is made before anybody asks, and made once however many ask together."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from countermark.home import Home
from tests.web_kit import Desk
from web.app import create_app
from web.published import KEPT_RESULTS
from web.settings import Settings
from web.warming import warm


def test_after_warming_the_figures_need_no_heavy_query(followed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(followed.app)
    asked: list[str] = []
    snapshot = followed.app.extensions["published"].now()
    real = snapshot.rows
    monkeypatch.setattr(snapshot, "rows", lambda sql, *more: (asked.append(sql), real(sql, *more))[1])
    assert followed.client("leader").get("/").status_code == 200
    assert asked and not [sql for sql in asked if "odd_cases" in sql or "failing" in sql]


def test_a_home_with_nothing_published_warms_without_a_word(tmp_path: Path) -> None:
    warm(create_app(Settings(Home.open(tmp_path / "home"))))


def test_what_is_kept_is_made_once_for_all_who_ask_together(desk: Desk) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return 7

    snapshot, got = desk.app.extensions["published"].now(), list[int]()
    threads = [threading.Thread(target=lambda: got.append(snapshot.kept("together", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [7] * 8 and made == [1]


def test_nothing_is_kept_of_what_failed_and_none_is_a_result(desk: Desk) -> None:
    snapshot = desk.app.extensions["published"].now()
    with pytest.raises(ValueError, match="not now"):
        snapshot.kept("fails", lambda: (_ for _ in ()).throw(ValueError("not now")))
    assert snapshot.kept("fails", lambda: None) is None
    assert snapshot.kept("fails", lambda: 3) is None


def test_the_least_used_results_go_first(desk: Desk) -> None:
    snapshot = desk.app.extensions["published"].now()
    snapshot.kept("used", lambda: 1)
    for number in range(KEPT_RESULTS + 5):
        snapshot.kept(("filler", number), lambda: 0)
        snapshot.kept("used", lambda: 2)
    assert snapshot.kept("used", lambda: 3) == 1
    assert snapshot.kept(("filler", 0), lambda: 9) == 9
