"""Holds to account: a difference keeps its identity, its age and what was decided on it when the case system and every id change.

Three positions' worth of files, taken in in the order in which they come: the old system's ids, the new system's, and then a crosswalk.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.certify import judge
from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests import chain
from tests.chain import run_chain
from tests.intake_kit import COUNTS, LISTS, catalogue, csv_file, headers, plan, text_file, workbook

OCT, NOV = date(2022, 10, 31), date(2022, 11, 30)
AUTHORITY = """authority = "E1"
name = "Anytown"
[[teams]]
name = "North"
owes = ["PP0"]
[[teams]]
name = "South"
owes = ["PP0"]
[[events]]
date = 2022-11-21
kind = "go_live"
"""
NORTH, SOUTH = range(1, 41), range(51, 57)  # children of both worlds; an extract that shrinks by more would be held
UNLISTED, ONLY_LISTED, NEVER_DECIDED = 3, 45, 4
LOST_ALONE = 12  # not moved across, and the whole of South with it
STANDS = {"decision": "accepted", "cause": "workload", "reason": "Agreed with the team.", "until": date(2023, 3, 31)}


def _month(inbox: Path, prefix: str, taken: str, as_at: date) -> None:
    """One extract and one list of each team, every child by its id of that world."""
    folder = inbox / taken
    held = [(n, "North") for n in NORTH] + [(n, "South") for n in SOUTH]
    moved = [one for one in held if prefix == "OLD" or one[0] not in (*SOUTH, LOST_ALONE)]
    plans = [plan(f"{prefix}{n:03}", date(2022, 3, 1) + timedelta(n), allocated_team=team) for n, team in moved]
    workbook(folder / "annex.xlsx", {"List 7": [headers(), *plans]})
    text_file(folder / "delivery.toml", f'authority = "E1"\nextracted_on = {taken}\n')
    listed = [(n, team) for n, team in (*held, (ONLY_LISTED, "North")) if n not in (UNLISTED, NEVER_DECIDED)]
    rows = [["PP0", team, as_at, f"{prefix}{n:03}", None, None, None, "Ann Counter", taken, None] for n, team in listed]
    csv_file(folder / "list.csv", [LISTS, *rows])
    counts = [
        [
            "PP0",
            team,
            as_at,
            "child",
            sum(one == team for _, one in listed),
            None,
            "Ann Counter",
            taken,
            "own_list",
            None,
        ]
        for team in ("North", "South")
    ]
    csv_file(folder / "count.csv", [COUNTS, *counts])


def _differences(snapshot: Path, as_at: date) -> dict[str, dict[str, Any]]:
    """The teams' differences at a position, by the last digits of the child's id, which are the same in both worlds."""
    with duckdb.connect(str(snapshot), read_only=True) as con:
        cursor = con.execute(
            "select case_id, break_id, reason, state, decision, first_seen, decision_lapsed, block, proof from main.breaks "
            "where as_at = ? and team <> 'ALL' and indicator_id = 'PP0' and effect <> 0",
            [as_at],
        )
        names = [column[0] for column in cursor.description]
        return {row[0][-3:]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """The differences as October is published, as November is before the crosswalk, and as both are after it."""
    folder = tmp_path_factory.mktemp("ids")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "catalogue", few)
        return _told(folder)


def few() -> Catalogue:
    """The shipped definitions with one indicator and the file layouts that it is told in: quicker, and no other."""
    whole = catalogue()
    wanted = (
        "annex_a.list_04",
        "annex_a.list_06",
        "annex_a.list_07",
        "annex_a.list_08",
        "manual_counts",
        "manual_lists",
        "manual_prefilled",
        "identity.crosswalk",
    )
    return replace(
        whole, indicators={"PP0": whole.indicators["PP0"]}, contracts={name: whole.contracts[name] for name in wanted}
    )


def _told(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    inbox, home = folder / "inbox", folder / "home"
    inbox.mkdir()
    text_file(inbox / "authority.toml", AUTHORITY)
    _month(inbox, "OLD", "2022-11-02", OCT)
    first = run_chain(inbox, home, OCT, validate=False)
    found = {"october": _differences(first, OCT)}
    with Ledger.open(Home.open(home).ledger_url) as ledger:
        wanted = [found["october"][f"{n:03}"]["break_id"] for n in (UNLISTED, ONLY_LISTED)]
        judge.decide(ledger, first, wanted, "Dec Ider", **STANDS)
    _month(inbox, "NEW", "2022-12-02", NOV)
    found["without"] = _differences(run_chain(inbox, home, NOV, validate=False), NOV)
    crosswalk = [[f"OLD{n:03}", f"NEW{n:03}"] for n in (*NORTH, *SOUTH, ONLY_LISTED)]
    csv_file(inbox / "2022-12-02" / "crosswalk.csv", [["Old ID", "New ID"], *crosswalk])
    run_chain(inbox, home, NOV, validate=False)
    last = run_chain(inbox, home, OCT, validate=False)  # as a run does for every position that new files bear on
    found |= {"again": _differences(last, OCT), "after": _differences(last, NOV)}
    with duckdb.connect(str(last), read_only=True) as con:
        facts = con.execute(
            "select block, count(*), count(distinct fact) from desk.items where as_at = ? and indicator_id = 'PP0' group by 1",
            [NOV],
        )
        found["facts"] = {str(row[0]): {"all": row[1:]} for row in facts.fetchall()}
        rolled = con.execute(
            "select as_at, sum(opening), sum(new), sum(closed), sum(closing) from facts.roll_forward group by 1 order by 1"
        )
        found["rolled"] = {str(row[0]): {"all": row[1:]} for row in rolled.fetchall()}
    return found


def test_a_decision_stands_through_the_change_of_ids(told: dict[str, dict[str, dict[str, Any]]]) -> None:
    for n, reason in ((UNLISTED, "SYSTEM_ONLY"), (ONLY_LISTED, "MANUAL_ONLY")):
        for when in ("again", "after"):
            now = told[when][f"{n:03}"]
            assert (now["reason"], now["state"], now["decision"]) == (reason, "decided", "accepted"), when
            assert not now["decision_lapsed"]


def test_a_difference_keeps_its_name_and_its_age(told: dict[str, dict[str, dict[str, Any]]]) -> None:
    before = told["october"]
    assert before.keys() == {"003", "004", "045"}
    for when in ("again", "after"):
        assert {n: (told[when][n]["break_id"], told[when][n]["first_seen"]) for n in before} == {
            n: (one["break_id"], one["first_seen"]) for n, one in before.items()
        }, when
    assert told["rolled"][str(NOV)]["all"] == (10, 0, 0, 10), "the same are carried on: none closed, none new"


def test_a_team_that_was_not_moved_across_is_one_cause(told: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Found by its shape. One child who is gone alone may have left for a hundred reasons, and stays unproved."""
    after = told["after"]
    assert {n for n, one in after.items() if one["reason"] == "MIGRATION"} == {f"{n:03}" for n in SOUTH}
    says = "of the team South 6 of 6 open cases are missing since the case system changed on 21 November 2022, elsewhere 1 of 40"
    assert {one["block"] for one in after.values()} == {None, says}
    said = "the extract of 2 November 2022 had it open, and that of 2 December 2022 has the child under no id; "
    assert after["051"]["proof"] == f"In the list; {said}{says}."
    assert after["045"]["reason"] == "MANUAL_ONLY" and after["012"]["reason"] == "UNEXPLAINED"
    assert not [one for one in told["october"].values() if one["reason"] == "MIGRATION"]
    assert told["facts"][says]["all"] == (len(SOUTH), 1), "one piece of work on the worklist"
    alone, pieces = told["facts"]["None"]["all"]
    assert alone == pieces, "and every other one is its own"


def test_without_a_crosswalk_nothing_is_guessed(told: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Ids that merely look alike are others': a difference of its own, open, for a person to look at."""
    names = {one["break_id"] for one in told["october"].values()}
    assert told["without"] and names.isdisjoint(one["break_id"] for one in told["without"].values())
    assert {one["state"] for one in told["without"].values()} == {"open"}
