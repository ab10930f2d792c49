"""Holds the reading of snapshots to account: sealed, whole for the length of a request, shared by fifty readers while others are published."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from flask import g

from countermark.certify.snapshot import NothingPublishedError
from countermark.desk import accounts
from countermark.home import Home
from countermark.ledger.records import Decision
from countermark.warehouse.connect import EngineError
from tests.web_kit import CODE, Desk
from web.context import publisher
from web.published import Published, snapshot
from web.publishing import Publisher


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')", "select * from read_text('/etc/hostname')", "attach '/tmp/other.duckdb' as other",
        "copy main.metrics to '/tmp/metrics.csv'", "set enable_external_access = true", "set threads = 1", "install httpfs",
        "create table main.mine (a integer)", "delete from main.metrics", "load httpfs",
    ],
)  # fmt: skip
def test_a_page_can_neither_write_nor_reach_outside(desk: Desk, sql: str) -> None:
    with pytest.raises(EngineError):
        desk.rows(sql)


def test_an_error_says_nothing_of_the_data(desk: Desk) -> None:
    with pytest.raises(EngineError) as error:
        desk.rows("select error('Zebedee Quixotl') from main.metrics")
    assert "Zebedee" not in str(error.value)


def test_before_the_first_publication_pages_say_so(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError):
        Published(Home.open(tmp_path)).now()


def change(desk: Desk, number: int) -> None:
    """Something that gives the next publication another content: a decision on a difference not decided so far."""
    row = desk.rows("select break_id, indicator_id, bound_to from main.breaks where state = 'open' order by 1 limit 1")[
        0
    ]
    desk.ledger().decide(
        [
            Decision(
                CODE,
                row["break_id"],
                row["indicator_id"],
                "system_right",
                "workload",
                f"n{number}",
                "Dana",
                bound_to=row["bound_to"],
            )
        ]
    )


def test_a_request_keeps_the_snapshot_that_it_began_with(own_desk: Desk) -> None:
    with own_desk.app.test_request_context():
        before = snapshot()
        change(own_desk, 1)
        assert publisher().soon(60)
        assert snapshot() is before and before.rows("select count(*) as n from main.metrics")[0]["n"] > 0
        g.pop("snapshot")
        assert snapshot().name != before.name


def test_what_is_kept_is_made_once_and_belongs_to_its_snapshot(own_desk: Desk) -> None:
    published, made = own_desk.app.extensions["published"], []
    assert [published.now().kept("x", lambda: made.append(1) or len(made)) for _ in range(3)] == [1, 1, 1]
    change(own_desk, 1)
    with own_desk.app.app_context():
        assert publisher().soon(60)
    assert published.now().kept("x", lambda: "new") == "new"


def test_fifty_readers_see_no_error_while_five_snapshots_are_published(own_desk: Desk) -> None:
    """Each reader opens pages in a row; every answer is whole and of one snapshot."""
    addresses = [
        rule
        for rule in ("/", "/indicators/PP1", "/worklist")
        if rule in {str(r) for r in own_desk.app.url_map.iter_rules()}
    ]
    accounts.everybody(own_desk.ledger())
    clients = [own_desk.client("officer") for _ in range(50)]
    stop, wrong, answered = threading.Event(), list[str](), [0] * len(clients)

    def read(number: int) -> None:
        while not stop.is_set():
            for address in addresses or ["/password"]:
                try:
                    answer = clients[number].get(address)
                except Exception as error:  # whatever it is, the reader saw it
                    wrong.append(type(error).__name__)
                    return
                if answer.status_code != 200 or not answer.text.rstrip().endswith("</html>"):
                    wrong.append(f"{address} {answer.status_code}")
                answered[number] += 1
            time.sleep(0.05)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(len(clients))]
    for reader in readers:
        reader.start()
    names = set()
    with own_desk.app.app_context():
        for number in range(5):
            change(own_desk, number)
            assert publisher().soon(120), publisher().failed
            names.add(own_desk.app.extensions["published"].now().name)
    stop.set()
    for reader in readers:
        reader.join(60)
    assert not wrong, wrong[:5]
    assert len(names) == 5 and min(answered) > 0


def test_many_wishes_are_one_publication_and_none_is_forgotten(own_desk: Desk) -> None:
    with own_desk.app.app_context():
        first = len(own_desk.ledger().revisions())
        change(own_desk, 1)
        asked = [threading.Thread(target=publisher().soon, args=(60,)) for _ in range(10)]
        for one in asked:
            one.start()
        for one in asked:
            one.join()
        assert not publisher().behind
        assert len(own_desk.ledger().revisions()) == first + 1


def test_a_failed_publication_is_said_and_the_next_one_catches_up(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import web.publishing

    with own_desk.app.app_context():
        change(own_desk, 1)
        with monkeypatch.context() as broken:
            broken.setattr(web.publishing, "publish_again", lambda *_: (_ for _ in ()).throw(OSError("full")))
            assert not publisher().soon(10)
        assert publisher().behind and publisher().failed == "OSError"
        assert "publication is under way" in own_desk.client("officer").get("/password").text
        assert publisher().soon(60) and not publisher().behind


def test_a_page_that_was_begun_before_a_publication_ended_says_that_it_may_change(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has read the figures of before, whatever has ended by the time that it is drawn."""
    client, words = desk.client("officer"), "A publication is under way"
    for states, told in (([True, False], True), ([False, True], True), ([False, False], False)):
        answers = iter(states)
        monkeypatch.setattr(Publisher, "behind", property(lambda _, answers=answers: next(answers, False)))
        assert (words in client.get("/worklist").text) == told, states
