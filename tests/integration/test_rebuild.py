"""Holds to account: what was published stays as it was, follows what comes later, and can be made again from what is kept.

One home is followed: a first extract, a second one at a later date, a rebuild, a backup restored elsewhere, a withdrawal.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from countermark.home import Home
from countermark.warehouse.connect import connect
from tests.intake_kit import catalogue
from tests.integration.commands import DAY, Commands, Row, content, leftovers, revisions, tables, without_times

LATER, SECOND = "2022-11-15", "2022-11-16 Annex A"
VALUES = (
    "system_numerator", "system_denominator", "system_value", "manual_value", "reconciled_numerator", "reconciled_denominator",
    "range_low", "range_high", "not_countable", "overtaken", "status", "status_reason",
)  # fmt: skip
Figures = dict[tuple[str, str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Step:
    """What a home had published, when that was looked at, the snapshots' hashes and the content's."""

    tables: dict[str, list[Row]]
    at: datetime
    files: dict[str, str]
    content: str


def figures(exported: dict[str, list[dict[str, str]]], day: str = DAY) -> Figures:
    """What every figure of a date says."""
    return {
        (row["indicator_id"], row["team"], row["as_at"]): tuple(row[name] for name in VALUES)
        for row in exported["metrics"] if row["as_at"] == day
    }  # fmt: skip


def snapshots(home: Path) -> dict[str, str]:
    """Each published snapshot with the hash of its bytes."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in Home(home).published.glob("*.duckdb")}


def raw_rows(home: Path, deliveries: set[str]) -> int:
    """How many rows the warehouse keeps of some deliveries, just as the files said them."""
    con = connect(Home(home).warehouse, catalogue().sql, read_only=True)
    try:
        names = [contract.table for contract in catalogue().contracts.values()]
        each = " union all ".join(f'select delivery_id from raw."{name}"' for name in names)
        return int(
            con.execute(
                f"select count(*) from ({each}) where list_contains(?, delivery_id)", [sorted(deliveries)]
            ).fetchall()[0][0]
        )
    finally:
        con.close()


@pytest.fixture(scope="module")
def story(commands: Commands, inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The home's story, told once."""
    root = tmp_path_factory.mktemp("rebuild")
    mine, home, told = root / "inbox", root / "home", {}
    shutil.copytree(inbox, mine, ignore=shutil.ignore_patterns(SECOND))

    def look(name: str, home: Path = home) -> None:
        told[name] = Step(tables(commands, home), datetime.now(UTC), snapshots(home), content(home))

    assert commands.run(mine, home).code == 0
    look("first")
    shutil.copytree(inbox / SECOND, mine / SECOND)
    assert commands.run(mine, home, LATER).code == 0
    look("second")
    told["then"] = tables(commands, home, "--known-at", told["first"].at.isoformat())
    told["rebuild says"] = commands.well("rebuild", "--home", home).out
    look("rebuilt")
    other = root / "elsewhere"
    commands.well("backup", "--home", home, "--out", root / "backup.tar")
    commands.well("restore", root / "backup.tar", "--home", other)
    told["restored files"] = snapshots(other)
    commands.well("rebuild", "--home", other)
    look("restored", other)
    told["restored revisions"] = len(revisions(other))
    new = {row["delivery_id"] for row in told["second"].tables["deliveries"]} - {
        row["delivery_id"] for row in told["first"].tables["deliveries"]
    }
    told["withdrawn ids"], told["raw before"] = new, raw_rows(home, new)
    [file] = {one.split("-")[0] for one in new}
    commands.well(
        "withdraw",
        file,
        "--reason",
        "The export was taken of the test system.",
        "--by",
        "Delphine Fennimore",
        "--home",
        home,
    )
    look("withdrawn")
    told["raw after"], told["left"] = raw_rows(home, new), leftovers(home)
    return told


def test_a_figure_as_it_was_known_then_is_as_it_was(story: dict[str, Any]) -> None:
    assert figures(story["first"].tables) != figures(story["second"].tables)
    assert figures(story["then"]) == figures(story["first"].tables)
    assert without_times(story["then"])["members"] == without_times(story["first"].tables)["members"]


def test_an_earlier_date_follows_a_later_extract(story: dict[str, Any]) -> None:
    """The run at the later date restates the earlier one, says so by class, and leaves what did not move its revision."""
    first, second = figures(story["first"].tables), figures(story["second"].tables)
    moved = {key for key in first if first[key] != second[key]}
    classes = {
        (row["indicator_id"], row["team"]): row["class"]
        for row in story["second"].tables["revisions"] if row["as_at"] == DAY and row["revision"] == "2"
    }  # fmt: skip
    assert {(indicator, team) for indicator, team, _ in moved} <= set(classes)
    assert set(classes.values()) == {"late recording"}
    assert {row["class"] for row in story["second"].tables["revisions"] if row["as_at"] == LATER} == {"scheduled"}
    assert {
        r["revision"]
        for r in story["second"].tables["metrics"]
        if r["as_at"] == DAY and (r["indicator_id"], r["team"], DAY) not in moved
    } == {"1"}


def test_published_files_are_never_changed(story: dict[str, Any]) -> None:
    for earlier, later in (("first", "second"), ("second", "rebuilt"), ("rebuilt", "withdrawn")):
        assert story[earlier].files.items() <= story[later].files.items()
    assert story["restored files"] == story["rebuilt"].files


def test_a_rebuild_is_the_same_and_makes_no_revision(story: dict[str, Any]) -> None:
    assert story["rebuilt"].content == story["second"].content == story["restored"].content
    assert "No figure has changed since the last publication" in story["rebuild says"]
    assert story["rebuilt"].files == story["second"].files
    assert story["restored revisions"] == 2
    assert (
        without_times(story["restored"].tables)
        == without_times(story["rebuilt"].tables)
        == without_times(story["second"].tables)
    )
    assert [row["break_id"] for row in story["restored"].tables["breaks"]] == [
        row["break_id"] for row in story["rebuilt"].tables["breaks"]
    ]


def test_a_withdrawal_brings_back_what_was_and_keeps_the_rows(story: dict[str, Any]) -> None:
    assert figures(story["withdrawn"].tables) == figures(story["first"].tables)
    receipts = {row["delivery_id"]: row for row in story["withdrawn"].tables["deliveries"]}
    assert {receipts[one]["status"] for one in story["withdrawn ids"]} == {"withdrawn"}
    assert {receipts[one]["reason"] for one in story["withdrawn ids"]} == {"The export was taken of the test system."}
    assert story["raw before"] == story["raw after"] > 100
    assert story["left"] == []
