"""Holds the days that an authority marks to what authority.toml says: refused in a sentence, published, and go-lives of the check too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from countermark.certify.trends import publish_events, publish_signals
from countermark.contracts.authority import DirectionError, parse_authority
from countermark.contracts.catalogue import load
from countermark.contracts.parameters import fault
from countermark.exports.audience import given_to
from countermark.reconcile.positions import go_lives
from countermark.sample.authority import authority_toml
from tests import certify_kit
from tests.certify_kit import AUTHORITY, Desk

KNOWN = load()
HEAD = f'authority = "{AUTHORITY}"\n'


def event(kind: str, day: str = "2022-01-04", more: str = "") -> str:
    """An event as authority.toml writes it."""
    return f'[[events]]\ndate = {day}\nkind = "{kind}"\n{more}'


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with certify_kit.desk(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (event("vist"), "its event of 2022-01-04 is of a kind that there is not: perhaps visit"),
        (event("zzz"), "there is go_live, inspection, visit, other"),
        (event("other"), "its event of 2022-01-04 has to say in words what it was"),
        (event("other", more='says = "form"\n'), "in words"),
        (event("visit") + event("visit", more='says = "again"\n'), "is there twice: leave one"),
    ],
)
def test_what_cannot_be_taken_is_said(text: str, says: str) -> None:
    assert says in fault(parse_authority(HEAD + text), KNOWN)


@pytest.mark.parametrize("text", [event("visit", '"soon"'), event("visit", more="when = 3\n"), "[[events]]\n"])
def test_what_is_no_event_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(DirectionError, match=r"events\.0"):
        parse_authority(HEAD + text)


def test_several_of_a_day_and_the_invented_authoritys_own_are_taken() -> None:
    both = event("visit") + event("go_live") + event("other", more='says = "The form changed"\n')
    assert fault(parse_authority(HEAD + both), KNOWN) == ""
    invented = parse_authority(authority_toml())
    assert fault(invented, KNOWN) == ""
    assert {one.kind for one in invented.events} == {"go_live", "visit"}
    assert {one.day.year for one in invented.events if one.kind == "visit"} == {2022}


def test_go_lives_are_those_of_both_ways_to_say_them_and_a_visit_is_none() -> None:
    text = (
        event("visit", "2022-03-01")
        + event("go_live", "2022-05-01")
        + "[parameters]\ngo_live = [2021-02-01, 2022-05-01]\n"
    )
    assert go_lives(parse_authority(HEAD + text)) == ["2021-02-01", "2022-05-01"]
    assert go_lives(parse_authority(HEAD + "[parameters]\ngo_live = 2021-02-01\n")) == ["2021-02-01"]
    assert go_lives(None) == []


def test_what_is_published_is_what_the_newest_file_says_and_each_go_live_once(at: Desk) -> None:
    at.run(f"insert into facts.go_lives values ('{AUTHORITY}', '2021-02-01'), ('{AUTHORITY}', '2022-01-04')")
    at.ledger.store_authority(AUTHORITY, HEAD + event("inspection"))
    at.ledger.store_authority(AUTHORITY, HEAD + event("visit") + event("go_live", more='says = "Tidewater"\n'))
    publish_events(at.con, at.ledger)
    assert at.con.execute("select happened_on, kind, says from main.events order by all").fetchall() == [
        (date(2021, 2, 1), "go_live", None), (date(2022, 1, 4), "go_live", "Tidewater"), (date(2022, 1, 4), "visit", None),
    ]  # fmt: skip


def test_signals_are_published_where_there_are_limits_and_the_public_is_not_told(at: Desk) -> None:
    at.certify()
    rows = ", ".join(f"(last_day(date '2021-0{m}-01'), {0.5 + m % 2 / 100})" for m in range(1, 8))
    rows += ", " + ", ".join(f"(last_day(date '2022-0{m}-01'), {0.5 + m % 2 / 100})" for m in range(1, 7))
    at.run(
        "insert into main.metrics by name select metrics.* replace (new_day as as_at, new_value as system_value) from main.metrics, "
        f"(values {rows}) as new (new_day, new_value) where indicator_id = 'PP1' and team = 'ALL'"
    )
    publish_events(at.con, at.ledger)
    publish_signals(at.con, at.ledger)
    found = at.con.execute("select as_at, average, upper_limit, signal, judged from main.signals").fetchall()
    assert len(found) == 14, "thirteen earlier month ends and this one"
    assert {row[1] for row in found} == {round((0.51 * 4 + 0.5 * 3 + 0.51 * 3 + 0.5 * 3 + 0.75) / 14, 9)}
    assert [row[3:] for row in found if row[0] == certify_kit.AS_AT] == [("outside", "improvement")]
    assert not {"events", "signals"} & {table.name for table in given_to("public")}
    assert {"events", "signals"} <= {table.name for table in given_to("leader")}
