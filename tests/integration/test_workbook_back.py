"""Holds a team's workbook to its round trip as a real file: out, filled in, in through the drop folder or a page, decided, published."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from countermark.certify.answers import NOTE
from countermark.certify.drift import record_drift
from countermark.certify.facts import record_deliveries
from countermark.certify.snapshot import read
from countermark.desk import answers, handed_in, uploads
from countermark.desk.figures import rows_of
from countermark.exports.dip_sheet import CONTRACT as SAMPLE
from countermark.exports.sent_out import CONTRACT, Sent
from countermark.exports.team_workbook import write
from countermark.ledger.counters import Counter
from countermark.ledger.secrets import pseudonym_key
from tests.certify_kit import AS_AT, AUTHORITY
from tests.intake_kit import Desk, age, catalogue, desk
from tests.small_home import COUNTER, OFFICER, OTHER, SmallHome, small_home

TODAY = date(2022, 11, 20)
ANSWER = {
    "Who is right": "the system is right ",
    "How it came about": "WORKLOAD",
    "In your words": "Opened with the team.",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[SmallHome, Desk]]:
    with small_home(tmp_path, differences=4) as made, desk(tmp_path, CONTRACT, SAMPLE) as at:
        at.definitions = replace(at.definitions, indicators=catalogue().indicators)
        yield made, at


def workbook(world: SmallHome, out: Path) -> Path:
    versions = {one.break_id: one.version for one in world.ledger.decisions()}
    sent = Sent(pseudonym_key(world.home.path), versions)
    assert write(world.snapshot, "North", AS_AT, out, AUTHORITY, catalogue(), sent)["Differences"] == 4
    return out


def fill(path: Path, *rows: dict[str, Any], order: list[int] | None = None) -> Path:
    """Fill in the rows of differences from the first one on, rows beyond the last are added; `order` puts the columns in another one."""
    book = openpyxl.load_workbook(path)
    page = book["Differences"]
    grid = [[cell.value for cell in row] for row in page.iter_rows()]
    heads = grid[0]
    mine = [line for line in grid[1:] if line[heads.index("Difference")]]
    for place, cells in enumerate(rows):
        if place == len(mine):
            mine.append([None] * len(heads))
            grid.append(mine[-1])
        for name, value in cells.items():
            mine[place][heads.index(name)] = value
    page.delete_rows(1, page.max_row)
    for line in grid:
        page.append([line[j] for j in order or range(len(heads))])
    book.save(path)
    return age(path)


def decided(world: SmallHome) -> dict[str, tuple[str, str, str]]:
    return {one.break_id: (one.decision, one.cause, one.by) for one in world.ledger.decisions()}


def outcomes(at: Desk) -> list[tuple[str, str, str]]:
    query = "select outcome, heading, reason from facts.answers order by source_row"
    return [tuple(row) for row in at.con.execute(query).fetchall()]  # type: ignore[misc]


def test_a_workbook_through_the_drop_folder_row_by_row(world: tuple[SmallHome, Desk], tmp_path: Path) -> None:
    home, at = world
    file = workbook(home, at.inbox / "north.xlsx")
    new = {
        "Case": "NEW1",
        "Indicator ID": "PP1",
        "Team": "North",
        "As at": AS_AT,
        "In your words": "She is ours, is she not?",
    }
    half = {"Who is right": "The team's count is right", "How it came about": "Workload", "In your words": "Seen."}
    named = {**ANSWER, "In your words": "See child C002 for this."}
    fill(file, {**ANSWER, "Filled in by": OFFICER}, half, named, {}, new, order=list(reversed(range(22))))
    at.run(AUTHORITY)
    assert handed_in.take(home.home, home.ledger, at.con, TODAY) == {
        "applied": 1,
        "refused": 2,
        "ignored": 1,
        "question": 1,
    }
    [(break_id, said)] = decided(home).items()
    assert said == ("system_right", "workload", OFFICER)
    refused = [(heading, reason) for outcome, heading, reason in outcomes(at) if outcome == "refused"]
    assert refused[0][0] == "Until" and "runs out" in refused[0][1]
    assert refused[1][0] == "In your words" and "child's id" in refused[1][1] and "C002" not in refused[1][1]
    receipt = at.receipt("north.xlsx", CONTRACT)
    assert receipt.rows_in == len(outcomes(at)) + receipt.rows_rejected + receipt.rows_ignored, "no row is lost"
    told = str([note.body for note in home.ledger.notes(NOTE)])
    assert "NEW1" not in told and "C00" not in told, "the record of decisions names no child"
    before = home.ledger.head()
    assert handed_in.take(home.home, home.ledger, at.con, TODAY) == {} and home.ledger.head() == before, "taken once"
    record_deliveries(at.con, catalogue())
    home.publish()
    with read(home.snapshot) as con:
        query = "select distinct decision from main.breaks where break_id = ?"
        assert con.execute(query, [break_id]).fetchall() == [("system_right",)]


def test_a_workbook_that_others_have_overtaken_is_refused_row_by_row(world: tuple[SmallHome, Desk]) -> None:
    home, at = world
    file = workbook(home, at.inbox / "old.xlsx")
    from countermark.certify import judge

    said = {"decision": "both_wrong", "cause": "workload", "reason": "Looked at the file."}
    one, two, *_ = cells(file, "Difference")
    judge.decide(home.ledger, home.snapshot, [one], OTHER, **said)
    home.spoil(f"update facts.items set bound_to = 'other fields' where case_id = '{case(file, two)}'")
    fill(file, *([{**ANSWER, "Filled in by": OFFICER}] * 4))
    at.run(AUTHORITY)
    assert handed_in.take(home.home, home.ledger, at.con, TODAY) == {"applied": 2, "refused": 2}
    reasons = [reason for outcome, _, reason in outcomes(at) if outcome == "refused"]
    assert "decided since" in reasons[0] and "changed since" in reasons[1]
    assert decided(home)[one] == ("both_wrong", "workload", OTHER) and two not in decided(home)


def cells(file: Path, heading: str) -> list[str]:
    """A column of the rows of differences, in their order."""
    page = openpyxl.load_workbook(file)["Differences"]
    heads = [cell.value for cell in page[1]]
    rows = [row for row in page.iter_rows(min_row=2, values_only=True) if row[heads.index("Difference")]]
    return [str(row[heads.index(heading)]) for row in rows]


def case(file: Path, break_id: str) -> str:
    return dict(zip(cells(file, "Difference"), cells(file, "Case"), strict=True))[break_id]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (COUNTER, "counted for this figure"),
        ("T. Manager", "may be the same person"),
        ("", "Nobody says who"),
        ("Stray Person", "authority.toml"),
    ],
)
def test_who_may_not_decide_decides_nothing(world: tuple[SmallHome, Desk], name: str, says: str) -> None:
    home, at = world
    if name == "T. Manager":  # a name that authority.toml does not know is refused before: this home has none
        home.ledger.store_authority(AUTHORITY, f'authority = "{AUTHORITY}"\n[[teams]]\nname = "North"\n')
    home.ledger.note_counters([Counter(AUTHORITY, "PP1", AS_AT, "North", COUNTER)])
    fill(workbook(home, at.inbox / "north.xlsx"), *([{**ANSWER, "Filled in by": name}] * 4))
    at.run(AUTHORITY)
    assert handed_in.take(home.home, home.ledger, at.con, TODAY) == {"refused": 4}
    assert all(says in reason for _, _, reason in outcomes(at)) and decided(home) == {}


def test_handed_in_on_a_page_whoever_hands_it_in_decides(world: tuple[SmallHome, Desk], tmp_path: Path) -> None:
    home, at = world
    file = fill(workbook(home, tmp_path / "north.xlsx"), {**ANSWER, "Filled in by": "Somebody Else"}, {**ANSWER})
    mine = uploads.receive(home.home, io.BytesIO(file.read_bytes()), AUTHORITY, "olive", OFFICER)
    mine = uploads.deliver(home.home, home.ledger, at.definitions, mine)
    at.inbox = home.home.inbox
    age(home.home.inbox / mine.file)
    at.run(AUTHORITY)
    assert handed_in.take(home.home, home.ledger, at.con, TODAY) == {"applied": 2, "ignored": 2}
    assert {by for _, _, by in decided(home).values()} == {OFFICER}


def test_a_run_that_was_killed_between_deciding_and_saying_so_goes_on(world: tuple[SmallHome, Desk]) -> None:
    home, at = world
    fill(workbook(home, at.inbox / "north.xlsx"), *([{**ANSWER, "Filled in by": OFFICER}] * 2))
    at.run(AUTHORITY)
    delivery = at.receipt("north.xlsx", CONTRACT).delivery_id
    rows = [handed_in.Row(*found) for found in at.con.execute(handed_in.ROWS, [delivery]).fetchall()]
    key = pseudonym_key(home.home.path)
    handed_in.decided(home.ledger, home.snapshot, key, AUTHORITY, rows[:1], "", delivery, TODAY)
    assert len(decided(home)) == 1
    assert handed_in.take(home.home, home.ledger, at.con, TODAY) == {"applied": 2, "ignored": 2}
    assert [one.version for one in home.ledger.decisions(newest=False)] == [1, 1], "nothing is decided twice"


@pytest.mark.parametrize("comes_back", [True, False])
def test_what_we_sent_out_ourselves_has_no_headings_that_nobody_knows(
    world: tuple[SmallHome, Desk], comes_back: bool
) -> None:
    home, at = world
    fill(workbook(home, at.inbox / "north.xlsx"), {**ANSWER, "Filled in by": OFFICER})
    at.run(AUTHORITY)
    mine = at.definitions.contracts[CONTRACT].model_copy(update={"comes_back": comes_back})
    record_drift(at.con, replace(at.definitions, contracts={**at.definitions.contracts, CONTRACT: mine}), [])
    told = at.con.execute("select count(*) from facts.drift where contract = ?", [CONTRACT]).fetchall()
    assert (told == [(0,)]) is comes_back, "the control: of any other list it would be told"


def test_receipts_and_questions_of_a_publication(world: tuple[SmallHome, Desk]) -> None:
    home, at = world
    new = {"Case": "NEW1", "Indicator ID": "PP1", "Team": "North", "As at": AS_AT}
    fill(
        workbook(home, at.inbox / "north.xlsx"),
        {**ANSWER, "Filled in by": OFFICER},
        {},
        {},
        {},
        new,
        {**new, "Team": "Nowhere"},
    )
    at.run(AUTHORITY)
    handed_in.take(home.home, home.ledger, at.con, TODAY)
    record_deliveries(at.con, catalogue())
    with read(home.snapshot) as con:
        assert answers.receipts(rows_of(con)) == []
    rows = at.con.execute("select * from facts.answers order by source_row").fetchall()
    assert len(rows) == 5
    receipt = at.receipt("north.xlsx", CONTRACT)
    assert (receipt.rows_in, receipt.rows_rejected, receipt.rows_ignored) == (9, 1, 3), (
        "a row of a team that nobody knows is turned away as it comes in; two headings and the line on adding rows are left out"
    )
    at.con.execute(
        "create schema if not exists main; create or replace table main.deliveries as select * from facts.deliveries"
    )
    at.con.execute("create or replace table main.rejects as select * from facts.rejects")
    at.con.execute("create or replace table main.members (authority varchar, child_id varchar, case_id varchar)")
    ask = rows_of(at.con)
    [one] = answers.receipts(ask, AUTHORITY)
    assert (one.rows_in, one.applied, one.refused, one.ignored, one.questions) == (9, 1, 1, 6, 1)
    assert one.says == "9 rows: 1 decided, 1 refused, 6 with nothing to decide, 1 asked about"
    assert [row["case_id"] for row in answers.questions(ask, AUTHORITY)] == ["NEW1"]
    assert answers.questions(ask, AUTHORITY, ("South",)) == []
    told = answers.rows(ask, one.delivery_id)
    assert [row["outcome"] for row in told] == ["applied", "ignored", "ignored", "ignored", "question", "refused"]
    assert told[-1]["why"].startswith("Team: ")
    at.con.execute("insert into main.members values (?, 'NEW1', 'NEW1')", [AUTHORITY])
    assert answers.questions(ask, AUTHORITY) == [], "a child whom the lists hold by now is no question any more"
