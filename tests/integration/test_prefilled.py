"""Lists that are sent out, ticked by a script and delivered again: what a team answers is its count, and nothing else is.

Every test has a team of its own with the same five children, so that one home and three runs serve them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from countermark.certify.snapshot import read
from countermark.exports.prefilled import write_lists
from countermark.exports.write import ExportError
from countermark.templates import names
from tests.chain import run_chain
from tests.hostile_snapshot import HOSTILE
from tests.intake_kit import age, catalogue, headers, plan, workbook

AS_AT = date(2022, 10, 31)
SEEN, LONG_AGO = date(2022, 10, 25), date(2022, 8, 1)
CASES = {"01": SEEN, "02": LONG_AGO, "003": SEEN, "04": None, "05": SEEN}  # behind each, its team's letter
ALLOCATIONS = "workforce.allocations"
LISTED, PARTLY = ("listed", "listed"), ("partly_listed", "partly_listed")
TEAMS = ("all right", "wrong", "some", "untouched", "sorted", "cut", "halves", "initials", "counted later", "hostile")


def letter(team: str) -> str:
    return chr(ord("A") + TEAMS.index(team))


class Sheet:
    """A filled-in list as a script holds it: rows by case, and what a person would do to them."""

    def __init__(self, page: Any, letter: str) -> None:
        self.page, self.letter = page, letter
        self.places = {cell.value: cell.column for cell in page[3]}

    def cell(self, row: int, heading: str) -> Any:
        return self.page.cell(row, self.places[heading])

    def find(self, case: str) -> int:
        rows = range(4, self.page.max_row + 1)
        return next(n for n in rows if self.cell(n, "Case ID").value == f"{case}{self.letter}")

    def answer(self, says: str, *cases: str, day: date | None = None) -> None:
        for case in cases:
            self.cell(self.find(case), "Your answer").value = says
            self.cell(self.find(case), "Another date").value = day

    def others(self, says: str | None = "Right", on: date | None = date(2022, 11, 3)) -> None:
        assert self.cell(4, "As recorded").value == "ALL OTHERS"
        self.cell(4, "Your answer").value, self.cell(4, "Filled in by").value = says, "Tess Manager"
        self.cell(4, "Filled in on").value = on

    def add(self, case: str | None, says: str, day: date, initials: str) -> None:
        row = next(n for n in range(10, self.page.max_row + 1) if not self.cell(n, "Initials").value)
        self.cell(row, "Case ID").value = f"{case}{self.letter}" if case else None
        self.cell(row, "Your answer").value, self.cell(row, "Another date").value = says, day
        self.cell(row, "Initials").value = initials


Tick = Callable[[Sheet], None]


@dataclass
class World:
    """The inbox, the home, the lists sent out by team, and the publication after each run."""

    folder: Path
    lists: dict[str, Path] = field(default_factory=dict)
    snapshots: list[Path] = field(default_factory=list)

    def deliver(self, team: str, tick: Tick, name: str = "") -> None:
        book = openpyxl.load_workbook(self.lists[team])
        tick(Sheet(book["PP1"], letter(team)))
        path = self.folder / "inbox" / f"{name or team}.xlsx"
        book.save(path)
        age(path)

    def run(self) -> None:
        self.snapshots.append(run_chain(self.folder / "inbox", self.folder / "home", AS_AT, validate=False))

    def ask(self, query: str, team: str, after: int) -> list[tuple[Any, ...]]:
        with read(self.snapshots[after]) as con:
            return con.execute(query, [team]).fetchall()

    def claim(self, team: str, after: int = 2) -> tuple[Any, ...]:
        """Numerator, denominator and method, then the two grades; nothing where there is no claim."""
        columns = "numerator, denominator, method, grade_numerator, grade_denominator"
        found = self.ask(f"select {columns} from claims where team = ?", team, after)
        assert len(found) <= 1
        return found[0] if found else ()

    def differences(self, team: str, after: int = 2) -> set[tuple[Any, ...]]:
        """Case without its team's letter, measure, effect and reason."""
        query = "select coalesce(case_id, ''), measure, effect, reason from breaks where team = ?"
        return {(str(case).removesuffix(letter(team)), *row) for case, *row in self.ask(query, team, after)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("prefilled"))
    inbox = made.folder / "inbox"
    inbox.mkdir()
    (inbox / "authority.toml").write_text(
        'authority = "E1"\n[[teams]]\nname = "Owes nothing"\n'
        + "".join(f'[[teams]]\nname = "{team}"\nowes = ["PP1"]\n' for team in TEAMS)
    )
    rows = [plan(case + letter(team), date_of_the_last_statutory_visit=day, allocated_team=team, allocated_worker="=cmd()")
            for team in TEAMS for case, day in CASES.items()]  # fmt: skip
    held = [[f"01{letter('all right')}", "W1", "all right", None, date(2022, 6, 1), None, None, None, "A.B."]]
    workbook(inbox / "list 7.xlsx", {"List 7": [headers(), *rows, plan("9", allocated_team="Owes nothing")]})
    workbook(inbox / "allocations.xlsx", {"Allocations": [headers(ALLOCATIONS), *held]})
    made.run()
    made.lists = {one.team: one.path for one in write_lists(made.snapshots[0], made.folder / "out", AS_AT)}
    for deliver in (first_round, second_round):
        deliver(made)
        made.run()
    return made


def first_round(world: World) -> None:
    def wrong(sheet: Sheet) -> None:
        sheet.others()
        sheet.answer("Wrong: it is met", "02", day=date(2022, 10, 24))
        sheet.answer("Wrong: it is not met", "05")
        sheet.answer("Should not be here", "04")
        sheet.add("06", "Wrong: it is met", date(2022, 10, 26), "CD")

    def upside_down(sheet: Sheet) -> None:
        sheet.others()
        rows = [[cell.value for cell in row] for row in sheet.page.iter_rows(min_row=4)]
        for number, row in enumerate(reversed(rows), start=4):
            for place, value in enumerate(row, start=1):
                sheet.page.cell(number, place).value = value

    def initials_alone(sheet: Sheet) -> None:
        sheet.others()
        sheet.add(None, "Wrong: it is met", SEEN, "XY")

    def hostile(sheet: Sheet) -> None:
        for number, text in enumerate(HOSTILE[:5], start=5):
            sheet.cell(number, "Your answer").value = "'" + str(text)

    world.deliver("all right", lambda sheet: sheet.others())
    world.deliver("wrong", wrong)
    world.deliver("some", lambda sheet: sheet.answer("Right", "01", "02", "003"))
    world.deliver("untouched", lambda sheet: sheet.others(None))
    world.deliver("sorted", upside_down)
    world.deliver("cut", lambda sheet: sheet.others())
    world.deliver("halves", lambda sheet: sheet.answer("Right", "01", "02"), "a to m")
    world.deliver("initials", initials_alone)
    world.deliver("counted later", lambda sheet: sheet.others())
    world.deliver("hostile", hostile)


def second_round(world: World) -> None:
    def cut(sheet: Sheet) -> None:
        sheet.others(on=date(2022, 11, 4))
        sheet.page.delete_rows(sheet.find("01"))

    def other_half(sheet: Sheet) -> None:
        sheet.answer("Right", "003", "04", "05")
        sheet.answer("Wrong: it is not met", "01")

    world.deliver("cut", cut)
    world.deliver("halves", other_half, "n to z")
    path = world.folder / "inbox" / "counts.csv"
    path.write_text(
        "indicator_id,team,as_at,unit,numerator,denominator,counted_by,counted_at,method,note\n"
        "PP1,counted later,2022-10-31,child,5,5,Tess Manager,2022-11-04,whiteboard,\n"
    )
    age(path)


def test_what_is_sent_out(world: World) -> None:
    assert set(world.lists) == set(TEAMS), "every team that owes a count, and no other"
    page = openpyxl.load_workbook(world.lists["all right"])["PP1"]
    sheet = Sheet(page, letter("all right"))
    columns = catalogue().contracts["manual_prefilled"].columns
    assert list(sheet.places) == [column.header for column in columns.values()]
    shown = {case: sheet.find(case) for case in CASES}
    assert sorted(shown.values()) == [5, 6, 7, 8, 9], "the team's own children, with their leading zeros, and no others"
    assert not any(sheet.cell(n, "Case ID").value for n in range(10, page.max_row + 1)) and page.max_row == 29
    recorded = {case: sheet.cell(n, "As recorded").value for case, n in shown.items()}
    assert recorded == {"01": "Met", "02": "Not met", "003": "Met", "04": "Not met", "05": "Met"}
    assert sheet.cell(shown["01"], "Initials").value == "AB" and not sheet.cell(shown["02"], "Initials").value
    assert sheet.cell(shown["01"], "Last recorded").value == datetime(2022, 10, 25)
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row), "a worker called =cmd() stays text"


def test_what_is_recorded_is_locked_and_what_is_asked_offers_its_answers(world: World) -> None:
    page = openpyxl.load_workbook(world.lists["all right"])["PP1"]
    sheet = Sheet(page, letter("all right"))
    assert page.protection.sheet and page.column_dimensions["L"].hidden and page.freeze_panes == "B4"
    assert sheet.cell(5, "Last recorded").protection.locked and sheet.cell(5, "Case ID").protection.locked
    assert not sheet.cell(5, "Your answer").protection.locked and not sheet.cell(12, "Case ID").protection.locked
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["G4"].formula1 == '"Right"'
    assert rules["G5:G29"].formula1 == '"Right,Wrong: it is met,Wrong: it is not met,Should not be here"'
    assert rules["H4:H29"].type == "date"


def test_one_answer_confirms_all_that_is_right(world: World) -> None:
    assert world.claim("all right") == (3, 5, "prefilled", *LISTED)
    assert world.differences("all right") == set()
    said = world.ask("select counted_by, counted_at from claims where team = ?", "all right", 1)
    assert said == [("Tess Manager", date(2022, 11, 3))]


def test_what_is_wrong_is_a_difference_of_its_own(world: World) -> None:
    assert world.claim("wrong") == (4, 5, "prefilled", *LISTED)
    found = world.differences("wrong")
    assert {row[:3] for row in found if row[2]} == {
        ("02", "numerator", -1), ("05", "numerator", 1), ("04", "denominator", 1), ("06", "numerator", -1), ("06", "denominator", -1),
    }  # fmt: skip
    for measure, manual, system in (("numerator", 4, 3), ("denominator", 5, 5)):
        assert manual + sum(row[2] for row in found if row[1] == measure) == system
    query = "select event_date from breaks where team = ? and measure = 'numerator' and case_id like '02%'"
    assert world.ask(query, "wrong", 1) == [(date(2022, 10, 24),)]


def test_a_row_without_an_answer_is_never_taken_for_right(world: World) -> None:
    assert world.claim("some") == (3, 5, "prefilled", *PARTLY)
    assert {row[3] for row in world.differences("some")} == {"MANUAL_NOT_LISTED"}


def test_nothing_answered_is_no_count_and_neither_is_an_answer_that_nobody_can_read(world: World) -> None:
    assert world.claim("untouched") == () and world.claim("hostile") == ()


def test_a_list_may_be_sorted(world: World) -> None:
    assert world.claim("sorted") == (3, 5, "prefilled", *LISTED) and world.differences("sorted") == set()


def test_what_is_cut_from_a_list_is_missed(world: World) -> None:
    assert world.claim("cut", after=1) == (3, 5, "prefilled", *LISTED)
    assert world.claim("cut", after=2) == (3, 5, "prefilled", *PARTLY), "the lost row is not taken for right"


def test_two_halves_make_a_whole_and_a_corrected_answer_stands(world: World) -> None:
    assert world.claim("halves", after=1) == (3, 5, "prefilled", *PARTLY)
    assert world.claim("halves", after=2) == (2, 5, "prefilled", *LISTED)
    assert {row[:3] for row in world.differences("halves") if row[2]} == {("01", "numerator", 1)}


def test_initials_without_an_id_count_and_nobody_can_find_them(world: World) -> None:
    assert world.claim("initials") == (4, 6, "prefilled", *PARTLY)


def test_the_later_of_two_counts_stands_whatever_its_kind(world: World) -> None:
    assert world.claim("counted later", after=1)[:3] == (3, 5, "prefilled")
    assert world.claim("counted later", after=2)[:3] == (5, 5, "whiteboard")


def test_nobody_who_owes_nothing_is_sent_a_list(world: World) -> None:
    with pytest.raises(ExportError, match="owes no such count"):
        write_lists(world.snapshots[0], world.folder / "none", AS_AT, team="Owes nothing")
    with pytest.raises(ExportError, match="Nothing has been published"):
        write_lists(world.snapshots[0], world.folder / "none", date(2021, 1, 31))
    with pytest.raises(ExportError, match="No team owes"):
        write_lists(world.snapshots[0], world.folder / "none", AS_AT, indicators=["LA8"])


def test_there_is_no_empty_list_to_tick() -> None:
    assert "manual_counts" in names(catalogue()) and "manual_prefilled" not in names(catalogue())
