"""Holds to account: whatever people do to a team's workbook, no decision lands on another difference than the one it was written beside,
and no row is lost.

A thousand edits by chance in forty files, read by intake as any delivery; what each row comes to is held against the grid itself.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from countermark.certify.snapshot import read
from countermark.contracts.catalogue import SHIPPED
from countermark.desk.answered import Outcome, Row, judge
from countermark.desk.figures import rows_of
from countermark.desk.handed_in import ROWS, _known
from countermark.exports.sent_out import CONTRACT, Sent
from countermark.ledger.secrets import pseudonym_key
from tests.certify_kit import AS_AT, AUTHORITY
from tests.intake_kit import Desk, catalogue, csv_file, desk
from tests.small_home import SmallHome, small_home
from tests.workbook_kit import (
    DEEDS,
    Line,
    Sheet,
    edit,
    is_as_sent,
    is_filled,
    is_heading,
    meaning,
    same,
    sheet,
    unchanged,
)

FILES, EDITS, DIFFERENCES = 40, 25, 12
TODAY = date(2022, 11, 20)
NEEDED = ("Indicator ID", "Team", "As at")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SmallHome, Desk]]:
    folder = tmp_path_factory.mktemp("edited")
    with small_home(folder, differences=DIFFERENCES) as made, desk(folder, CONTRACT) as at:
        at.definitions = replace(at.definitions, indicators=catalogue().indicators)
        yield made, at


def sent_out(world: SmallHome) -> Sheet:
    query = (SHIPPED / "sql" / "shared" / "export" / "team" / "differences.sql").read_text(encoding="utf-8")
    with read(world.snapshot) as con:
        rows = rows_of(con)(query, {"authority": AUTHORITY, "as_at": AS_AT, "team": "North"})
    return sheet(rows, AUTHORITY, "North", AS_AT, Sent(pseudonym_key(world.home.path)))


def came_back(at: Desk, name: str, it: Sheet) -> None:
    grid = [it.columns] + [[line.cells[column] for column in it.columns] for line in it.lines]
    csv_file(at.inbox / f"{name}.csv", grid, separator=";")


def judged(world: SmallHome, at: Desk, name: str) -> tuple[list[Outcome], int, int]:
    receipt = at.receipt(f"{name}.csv", CONTRACT)
    rows = [Row(*found) for found in at.con.execute(ROWS, [receipt.delivery_id]).fetchall()]
    with read(world.snapshot) as con:
        known = _known(world.ledger, rows_of(con), AUTHORITY, rows)
    found = judge(rows, pseudonym_key(world.home.path), AUTHORITY, known, TODAY)
    return found, receipt.rows_in, receipt.rows_rejected + receipt.rows_ignored


def expected(line: Line, it: Sheet) -> str | None:
    """What a row has to come to, from the grid alone; None where the layout of the file refuses it before."""
    rivals = [
        one for one in it.lines
        if is_filled(one) and same(one.cells["Difference"], line.cells["Difference"]) and same(one.cells["As at"], line.cells["As at"])
    ]  # fmt: skip
    if not line.cells["Row key"] and not line.cells["Difference"]:
        if not line.cells["Case"]:
            return "refused" if is_filled(line) else "ignored"
        return "refused" if any(same(line.cells["Case"], row["Case"]) for row in it.sent.values()) else "question"
    if not is_filled(line):
        return "ignored"
    if not is_as_sent_by_key(line, it):
        return "refused"
    if len(rivals) > 1:
        return None  # told apart below: the same answers or not
    return "applied" if meaning(line) else "refused"


def is_as_sent_by_key(line: Line, it: Sheet) -> bool:
    """Whether the key beside the cells is that of the difference which the cells name, wherever the key lay before."""
    mine = next((one for one in it.sent.values() if one["Row key"] == line.cells["Row key"]), None)
    return mine is not None and is_as_sent(Line(line.cells, mine["Difference"]), it.sent)


def test_a_thousand_edits_and_none_misapplied(world: tuple[SmallHome, Desk]) -> None:
    home, at = world
    original, sheets, came_to, answered_for_all = sent_out(home), {}, Counter[str](), 0
    assert len(original.sent) == DIFFERENCES < len(original.lines), "differences, and headings between them"
    for number in range(FILES):
        chance, it = random.Random(number), unchanged(original)
        for _ in range(EDITS):
            edit(chance, it)
        sheets[f"{number:02d}"] = it
        came_back(at, f"{number:02d}", it)
    at.run(AUTHORITY)
    turned_away = set(
        at.con.execute("select file, source_row, \"column\" from facts.rejects where reason <> ''").fetchall()
    )
    for name, it in sheets.items():
        found, rows_in, not_read = judged(home, at, name)
        assert rows_in == len(it.lines) and len(found) + not_read == rows_in, f"{name}: a row is lost"
        headings = 0
        by_place = {one.row.place: one for one in found}
        applied = Counter(one.row.difference for one in found if one.outcome == "applied")
        assert not applied or max(applied.values()) == 1, f"{name}: one difference decided twice"
        for place, line in enumerate(it.lines, start=2):
            one = by_place.get(str(place))
            if is_heading(line):
                assert one is None, f"{name} row {place}: a heading was taken for a row, after {it.log}"
                headings += 1
                continue
            if one is None:
                lacks = {head for head in NEEDED if not line.cells[head]}
                lacks |= {"Team"} if same(line.cells["Team"], "South") else set()
                told = {head for head in NEEDED if (f"{name}.csv", str(place), head) in turned_away}
                assert told and told <= lacks, f"{name} row {place}: turned away and nobody told why"
                answered_for_all += line.is_heading and is_filled(line)
                continue
            came_to[one.outcome] += 1
            wanted = expected(line, it)
            assert wanted in (None, one.outcome), f"{name} row {place}: {one.outcome} ({one.reason}), after {it.log}"
            assert one.outcome != "refused" or (one.heading and one.reason), "a refusal names its cell and says why"
            if one.outcome == "applied":
                assert is_as_sent_by_key(line, it), f"{name} row {place}: decided beside other cells than were sent"
                assert same(one.row.difference, line.cells["Difference"])
                said = (one.row.decision, one.row.cause, " ".join((one.row.words or "").split()), one.row.until)
                assert said == meaning(line), f"{name} row {place}"
        assert headings == at.receipt(f"{name}.csv", CONTRACT).rows_ignored, (
            f"{name}: every heading is counted as left out"
        )
    assert answered_for_all > 20, "nobody decides for a group in its heading"
    assert set(came_to) == {"applied", "refused", "ignored", "question"} and min(came_to.values()) > 20, came_to
    assert {name for it in sheets.values() for name in it.log} == {deed.__name__ for deed in DEEDS}


def test_rows_that_stand_twice_say_the_same_or_are_refused(world: tuple[SmallHome, Desk]) -> None:
    home, at = world
    answer = {"Who is right": "System", "How it came about": "Workload", "In your words": "Seen."}
    for name, other in (("same", answer), ("other", {**answer, "Who is right": "Both are wrong"})):
        it = unchanged(sent_out(home))
        mine = next(line for line in it.lines if line.origin)
        mine.cells.update(answer)
        it.lines.append(mine.copy())
        it.lines[-1].cells.update(other)
        came_back(at, name, it)
    at.run(AUTHORITY)
    outcomes = {name: [one.outcome for one in judged(home, at, name)[0]] for name in ("same", "other")}
    assert outcomes["same"][0] == "applied" and outcomes["same"][-1] == "ignored"
    assert outcomes["other"][0] == outcomes["other"][-1] == "refused"


def test_the_control_a_key_of_another_home_fits_no_row(world: tuple[SmallHome, Desk]) -> None:
    home, at = world
    it = unchanged(sent_out(home))
    answer: dict[str, Any] = {"Who is right": "System", "How it came about": "Workload", "In your words": "Seen."}
    for line in it.lines:
        line.cells.update(answer if line.origin else {})
    came_back(at, "foreign", it)
    at.run(AUTHORITY)
    rows = [one.row for one in judged(home, at, "foreign")[0]]
    with read(home.snapshot) as con:
        known = _known(home.ledger, rows_of(con), AUTHORITY, rows)
    mine = judge(rows, pseudonym_key(home.home.path), AUTHORITY, known, TODAY)
    theirs = judge(rows, b"x" * 32, AUTHORITY, known, TODAY)
    assert {one.outcome for one in mine} == {"applied"} and {one.outcome for one in theirs} == {"refused"}
