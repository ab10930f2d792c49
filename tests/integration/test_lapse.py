"""Holds to account: a certificate stands while what it certifies is the same, is re-affirmed where only files changed, and lapses else.

So does a decision on one difference: it is bound to the fields of both rows that the indicator reads, and to no other child's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.acceptance.kit import COUNTS, LISTED, annex_a, table, text
from tests.chain import run_chain
from tests.integration.commands import DAY, Commands, figure, tables

AUTHORITY = """authority = "E1"
name = "Anytown"
[[teams]]
name = "North"
[[people]]
name = "Ann Counter"
role = "team manager"
[[people]]
name = "Olive Officer"
role = "performance officer"
[[people]]
name = "Dec Ider"
role = "performance officer"
[[people]]
name = "Dora Director"
role = "director"
"""
AS_AT = date.fromisoformat(DAY)
CHILDREN = ("P1", "P2", "P3", "P4", "P5")


def lists(children: Sequence[str] = CHILDREN, **starts: str) -> dict[str, list[dict[str, Any]]]:
    """The children in need and on a plan; who has no start of their own began on 1 June."""
    rows = [{"id": child, "start": date.fromisoformat(starts.get(child, "2022-06-01"))} for child in children]
    return {"List 6": [{**row, "status": "b) Child Protection plan"} for row in rows], "List 7": rows}


def events(home: Path) -> Counter[str]:
    """How often certificates were re-affirmed and have lapsed, by the chain."""
    with Ledger.open(Home(home).ledger_url) as ledger:
        assert ledger.verify() is None
        return Counter(entry.kind for entry in ledger.entries() if entry.kind in ("reaffirm", "lapse"))


@pytest.fixture(scope="module")
def story(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A month in which extracts come one after the other; what was exported and noted after each.

    People's words are commands; the runs go without Dagster, which adds nothing to what a certificate is held against.
    """
    root = tmp_path_factory.mktemp("lapse")
    inbox, home, told = root / "inbox", root / "home", {}

    def look(name: str) -> None:
        told[name] = {**tables(commands, home), "events": events(home)}

    def deliver(day: str, given: dict[str, Any]) -> None:
        annex_a(inbox / day / "annex.xlsx", day, given)
        run_chain(inbox, home, AS_AT)

    at = ("--as-at", DAY, "--home", home)
    text(inbox / "authority.toml", AUTHORITY)
    table(
        inbox / "c" / "counts.csv",
        [COUNTS, ["PP0", "North", DAY, "child", 4, None, "Ann Counter", "2022-11-01", "own_list", None]],
    )
    row = [None, None, "2022-06-01", "Ann Counter", "2022-11-01", None]
    table(inbox / "c" / "list.csv", [LISTED, *(["PP0", "North", DAY, child, *row] for child in CHILDREN[:4])])
    deliver("2022-11-02", lists())
    told["first"] = tables(commands, home)
    [mark] = {r["break_id"] for r in told["first"]["breaks"] if r["indicator_id"] == "PP0" and r["state"] == "open"}
    told["mark"] = mark
    decide = (
        "decide",
        mark,
        "--decision",
        "system_right",
        "--cause",
        "left without writing up",
        "--reason",
        "The file was read.",
    )
    told["sign before a check"] = commands("sign", "CN0", *at, "--by", "Dora Director")
    commands.well(*decide, "--by", "Dec Ider", "--home", home)
    commands.well("check", "CN0", "PP0", *at, "--by", "Olive Officer", "--note", "Looked at four files.")
    for name, who in (("counter", "Ann Counter"), ("decider", "Dec Ider"), ("checker", "olive OFFICER")):
        told[f"sign by {name}"] = commands("sign", "PP0", *at, "--by", who)
    commands.well("sign", "CN0", "PP0", *at, "--by", "Dora Director")
    look("signed")
    deliver("2022-11-09", lists())
    look("only files")
    run_chain(inbox, home, AS_AT)
    look("again")
    deliver("2022-11-16", lists((*CHILDREN, "P6"), P1="2022-05-30"))
    look("another child")
    deliver("2022-11-23", lists((*CHILDREN, "P6"), P1="2022-05-30", P5="2022-05-31"))
    look("its own field")
    return told


def test_nobody_signs_who_had_a_hand_in_it_or_while_a_gate_is_open(story: dict[str, Any]) -> None:
    for name, word in (
        ("sign before a check", "no officer has checked it"), ("sign by counter", "count"), ("sign by decider", "decided"),
        ("sign by checker", "check"),
    ):  # fmt: skip
        assert story[name].code == 2 and word in story[name].err, story[name]
    assert {figure(story["signed"], one)["status"] for one in ("CN0", "PP0")} == {"certified"}
    assert figure(story["first"], "PP0")["status"] == "provisional"


def test_other_files_with_the_same_facts_reaffirm_once(story: dict[str, Any]) -> None:
    for step in ("only files", "again"):
        for one in ("CN0", "PP0"):
            now = figure(story[step], one)
            assert (now["status"], now["certificate_id"]) == (
                "certified",
                figure(story["signed"], one)["certificate_id"],
            )
        assert story[step]["events"] == Counter(reaffirm=2), step
    assert story["signed"]["events"] == Counter()
    assert len(story["only files"]["deliveries"]) == len(story["signed"]["deliveries"]) + 2
    assert all(row["reaffirmed_at"] and not row["lapsed_at"] for row in story["again"]["certificates"])


def test_a_changed_member_lapses_the_certificate_with_the_reason(story: dict[str, Any]) -> None:
    now = figure(story["another child"], "CN0")
    assert (now["status"], now["certificate_id"], now["system_value"]) == ("provisional", "", "6.0")
    assert (
        "the certificate has lapsed" in now["status_reason"]
        and "what was checked has changed since" in now["status_reason"]
    )
    assert story["another child"]["events"] == Counter(reaffirm=2, lapse=2)
    assert {row["lapse_reason"] for row in story["another child"]["certificates"]} == {"what it certified has changed"}


def test_a_decision_lapses_with_a_field_of_its_own_rows_alone(story: dict[str, Any]) -> None:
    def state(step: str) -> set[tuple[str, str]]:
        return {(row["state"], row["decision"]) for row in story[step]["breaks"] if row["break_id"] == story["mark"]}

    assert state("first") == {("open", "")}
    assert state("signed") == state("again") == state("another child") == {("decided", "system_right")}
    assert {one for one, _ in state("its own field")} == {"open"}
