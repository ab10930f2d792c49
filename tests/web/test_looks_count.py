"""Holds a manager's look to one meaning, wherever it was written: entered at the desk it counts in the figure at the next run, written in
a tracker it shows on the page; and the ledger never learns the child's id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countermark.desk import accounts, looks
from countermark.home import Home
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.reconcile.members import Position
from countermark.reconcile.positions import note_computed, to_compute
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import connect
from countermark.warehouse.identity import Judgements
from tests import canary, chain
from tests.intake_kit import catalogue, csv_file, headers, plan, row, text_file, workbook
from tests.web_kit import AS_AT, CODE, PEOPLE, TEAM, Desk, open_desk, text_of

EARLIER = date(2022, 9, 30)
LATE, LOOKED_AT, TOLD, KEPT = "CANARY1001", "CANARY1002", "CANARY1003", "CANARY1004"
CHILDREN = (LATE, LOOKED_AT, TOLD, KEPT)
TRACKER = [
    "Child ID",
    "Management Look Date",
    "Looked At By",
    "Overdue For",
    "Child Seen Date",
    "Next Date",
    "Look Outcome",
    "Team",
]
DUE = date(2022, 10, 17)  # ten working days after the visit of 3 October


def _plans() -> list[list[Any]]:
    seen = {KEPT: date(2022, 10, 28)}
    return [
        plan(child, date_of_the_last_statutory_visit=seen.get(child, date(2022, 10, 3)), allocated_team=TEAM)
        for child in CHILDREN
    ]


def _assessments() -> list[list[Any]]:
    name = "annex_a.list_04"
    return [
        headers(name),
        row(name, child_unique_id=LATE, continuous_assessment_start_date=date(2022, 10, 3), allocated_team=TEAM),
    ]


@pytest.fixture(scope="module", autouse=True)
def _few_figures() -> Iterator[None]:
    """The chain of this file makes three figures and no others: it is run again and again."""
    all_of = catalogue()
    few = replace(
        all_of,
        indicators={name: all_of.indicators[name] for name in ("AS3", "ML1", "PP1")},
        contracts={
            name: one for name, one in all_of.contracts.items() if name.startswith(("annex_a", "manual", "trackers.m"))
        },
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(chain, "catalogue", lambda: few)
        yield


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of four children on a plan, three of them not seen in time; nobody keeps a tracker of looks."""
    folder = tmp_path_factory.mktemp("small")
    inbox = folder / "inbox"
    text_file(inbox / "authority.toml", f'authority = "{CODE}"\nname = "Anytown"\n[[teams]]\nname = "{TEAM}"\n')
    lists = {"List 4": _assessments(), "List 7": [headers(), *_plans()]}
    workbook(inbox / "2022-11-02" / "lists.xlsx", lists)
    text_file(inbox / "2022-11-02" / "delivery.toml", f'authority = "{CODE}"\nextracted_on = 2022-11-02\n')
    chain.run_chain(inbox, folder / "home", AS_AT, validate=False)
    with Ledger.open(Home(folder / "home").ledger_url) as ledger:
        for username, (name, role, teams) in PEOPLE.items():
            accounts.add(ledger, accounts.Account(username, name, role, CODE, teams), "setup")
    return folder


@pytest.fixture
def own(small: Path, tmp_path: Path) -> Iterator[Desk]:
    yield open_desk(small / "home", tmp_path / "home")


def _tracker(inbox: Path, *rows: list[Any]) -> None:
    csv_file(inbox / "2022-11-03" / "Management looks.csv", [TRACKER, *rows])
    text_file(inbox / "2022-11-03" / "delivery.toml", f'authority = "{CODE}"\nextracted_on = 2022-11-03\n')


def _look(desk: Desk, child: str, on: date, authority: str = CODE, indicator: str = "PP1") -> None:
    said = (TEAM, AS_AT, on, "yes", None)
    looks.record(
        desk.ledger(),
        pseudonym_key(desk.home.path),
        authority,
        child,
        indicator,
        *said,
        "Kemi Thorganby",
        date(2022, 11, 4),
    )


def _again(desk: Desk, *tracker: list[Any]) -> None:
    """Another run over what the desk now knows, and over a tracker's rows where there are any."""
    inbox = desk.home.path.parent / "inbox"
    if tracker:
        _tracker(inbox, *tracker)
    else:
        inbox.mkdir(exist_ok=True)
    chain.run_chain(inbox, desk.home.path, AS_AT, validate=False)


def states(desk: Desk) -> dict[str, str]:
    found = desk.rows("select case_id, state from main.members where indicator_id = 'ML1' and in_denominator")
    return {row["case_id"].split("/")[0]: row["state"] for row in found}


def test_a_look_entered_at_the_desk_counts_and_the_ledger_never_learns_whose(own: Desk) -> None:
    assert states(own) == {}, "neither a tracker nor the desk has told of a look: there is no such figure"
    _look(own, LOOKED_AT, date(2022, 10, 19))
    _look(own, TOLD, date(2022, 10, 20))
    _look(own, LATE, DUE, authority="E09999999")
    _look(own, LATE, DUE, indicator="AS3")
    _look(own, LATE, date(2022, 10, 14))
    _look(own, "CANARY9999", DUE)
    _again(own)
    assert states(own) == {LATE: "not_met", LOOKED_AT: "met", TOLD: "not_met"}, (
        "the third working day is too late; so are another authority's look, another matter's, and one before it was due"
    )
    assert own.rows("select 1 from main.members where child_id = 'CANARY9999'") == [], (
        "a look makes nobody a child who is counted"
    )
    [delivered] = own.rows(
        "select outcome, says from main.gates where indicator_id = 'ML1' and team = 'ALL' and gate = 'delivered'"
    )
    assert delivered["outcome"] == "PASS" and "looks" not in delivered["says"], (
        "no tracker is missed where the desk has the looks"
    )
    own.client("team_manager").get("/today")
    hits = {name for _, name in canary.search(CHILDREN, own.home.path, leave_out=("deliveries",))}
    assert hits and all(name.startswith(("warehouse.duckdb", "published/")) for name in hits), (
        "where children are counted, and nowhere else"
    )
    assert {note.subject.split("/")[0] for note in own.ledger().notes("look")} == {"PP1", "AS3"}


def test_the_page_tells_of_the_trackers_looks_and_of_the_newest(own: Desk) -> None:
    assert text_of(own.client("team_manager").get("/today")).count("Nobody has looked yet") == 3
    _look(own, LOOKED_AT, date(2022, 10, 19))
    _again(
        own, [TOLD, "18/10/2022", "Rhoda Ringtoft", "", "", "25/10/2022", "Visit planned", TEAM],
        [LOOKED_AT, "14/10/2022", "Rhoda Ringtoft", "PP1", "", "", "Escalated", TEAM],
        [LATE, "17/10/2022", "Rhoda Ringtoft", "AS3", "14/10/2022", "", "Seen", TEAM],
    )  # fmt: skip
    assert states(own) == {LATE: "not_met", LOOKED_AT: "met", TOLD: "met"}, (
        "the desk's looks and the tracker's count together"
    )
    said = text_of(own.client("team_manager").get("/today"))
    assert "Looked at by Rhoda Ringtoft, by the tracker, on 18 October 2022: A visit is planned" in said
    assert "looks again 25 October 2022 (passed)" in said
    assert "Looked at by Kemi Thorganby on 19 October 2022: Yes, seen" in said, "the desk's is the newer one"
    assert said.count("Nobody has looked yet") == 1, "a look at the assessment is none at the visit"
    _look(own, TOLD, date(2022, 10, 24))
    assert "by the tracker" not in text_of(own.client("team_manager").get("/today"))


def test_only_the_positions_that_a_look_reaches_are_worked_out_again(own: Desk) -> None:
    known = [Position(CODE, EARLIER), Position(CODE, AS_AT)]

    def stale() -> list[date]:
        con = connect(own.home.warehouse, catalogue().sql, own.home.tmp)
        try:
            conform(con, chain.catalogue(), Judgements.of(own.ledger(), pseudonym_key(own.home.path)))
            found = [one.as_at for one in to_compute(con, Position(CODE, AS_AT), known)]
            for position in known:
                note_computed(con, position)
        finally:
            con.close()
        return found

    assert stale() == [EARLIER, AS_AT]
    assert stale() == [AS_AT], "what was asked for, and nothing else"
    _look(own, LOOKED_AT, DUE)
    assert stale() == [AS_AT]
    _look(own, TOLD, date(2022, 9, 15))
    assert stale() == [EARLIER, AS_AT]
