"""Holds `countermark migrate` to account: each fault that a change of case system can bring is planted once and told, and of two extracts that
say the same nothing is told."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from countermark.contracts.catalogue import Catalogue
from countermark.migrating.migrate import migrate
from countermark.migrating.taking import MigrationError
from countermark.migrating.telling import Check, Result
from pipelines.commands.migrating import migrate as command
from pipelines.commands.shared import UsageError
from tests.intake_kit import catalogue, csv_file, headers, plan, row, workbook

NEED = "annex_a.list_06"
TEAMS, WORKERS = ("North", "South", "East"), ("W. Ithall", "P. Ickett")
NUMBER, LATE, RUN = (
    60,
    range(40),
    range(101, 111),
)  # children on plans; whose dates are a day late; whose ids follow each other
ONE, TWICE, NO_CODE = 7, 8, range(12, 18)


@lru_cache(maxsize=1)
def few() -> Catalogue:
    """The shipped definitions with few file layouts: quicker, and no other."""
    whole = catalogue()
    kept = ("annex_a.list_04", NEED, "annex_a.list_07", "annex_a.list_08", "identity.crosswalk")
    return replace(
        whole,
        contracts={
            name: whole.contracts[name] for name in (*kept, *(c for c in whole.contracts if c.startswith("manual")))
        },
    )


def _plan(child: str, n: int, **cells: Any) -> list[Any]:
    said = {
        "date_of_birth": date(2015, 3, 4), "allocated_team": TEAMS[n % 3], "allocated_worker": WORKERS[n % 2],
        "initial_category_of_abuse": "NEG" if n % 2 else "EMO", "date_of_the_last_statutory_visit": date(2022, 10, 1) + timedelta(n % 20),
    }  # fmt: skip
    return plan(child, **{"start": date(2021, 1, 1) + timedelta((n * 37) % 365), **said, **cells})


def _before(folder: Path) -> None:
    plans = [_plan(f"A{n:03}", n) for n in range(NUMBER)] + [_plan(f"A{n}", n, allocated_team="North") for n in RUN]
    need = [
        row(NEED, child_unique_id=f"A{n:03}", cin_start_date=date(2021, 1, 1), allocated_team=TEAMS[n % 3])
        for n in range(30)
    ]
    workbook(folder / "old.xlsx", {"List 7": [headers(), *plans], "List 6": [headers(NEED), *need]})


def _after(folder: Path) -> Path:
    """The new system's ids; of the first 40 the last visit a day late; a run of ids gone and one child beside; one row twice; a code that
    became two; a list without the cases of a whole team."""
    plans = []
    for n in (n for n in range(NUMBER) if n != ONE):
        usual = date(2022, 10, 1) + timedelta(n % 20)
        cells: dict[str, Any] = {"date_of_the_last_statutory_visit": usual + timedelta(1) if n in LATE else usual}
        if n % 2:
            cells["initial_category_of_abuse"] = "PHY" if n > 30 else "NEG"
        elif n in NO_CODE:
            cells["initial_category_of_abuse"] = "Old code 9"
        plans += [_plan(f"N{n:03}", n, **cells)] * (2 if n == TWICE else 1)
    need = [
        row(NEED, child_unique_id=f"N{n:03}", cin_start_date=date(2021, 1, 1), allocated_team=TEAMS[n % 3])
        for n in range(30) if TEAMS[n % 3] != "South"
    ]  # fmt: skip
    workbook(folder / "new.xlsx", {"List 7": [headers(), *plans], "List 6": [headers(NEED), *need]})
    ids = [[f"A{n:03}", f"N{n:03}"] for n in range(NUMBER)] + [["A900", "N901"], ["A900", "N902"]]
    return csv_file(folder.parent / "crosswalk.csv", [["Old ID", "New ID"], *ids])


@dataclass(frozen=True)
class Told:
    """What was told, and the workbook that was written."""

    result: Result
    out: Path

    def check(self, name: str) -> tuple[str, str]:
        """Outcome and words of one check."""
        (one,) = (one for one in self.result.checks if one.name == name)
        return one.outcome, one.says

    def rows(self, sheet: str) -> list[tuple[Any, ...]]:
        """The rows of a sheet, without its headings."""
        book = openpyxl.load_workbook(self.out)
        return list(book[sheet].iter_rows(min_row=2, values_only=True))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("migrate")
    (folder / "before").mkdir()
    (folder / "after").mkdir()
    _before(folder / "before")
    crosswalk = _after(folder / "after")
    out = folder / "rows.xlsx"
    return Told(migrate(folder / "before", folder / "after", few(), crosswalk, out), out)


def test_rows_are_lost_in_blocks_and_each_is_one_cause(told: Told) -> None:
    assert told.result.outcome == "FAIL"
    assert told.check("rows lost") == ("FAIL", "21 rows of 2 lists are missing, 20 of them by 2 causes below")
    assert told.result.blocks == (
        "Annex A List 6: Children in need: the team South: 10 of 10 missing (100%), elsewhere 0 of 20 (0%)",
        "Annex A List 7: Child protection: a run of ids that follow each other: 10 of 10 missing (100%), elsewhere 1 of 60 (2%)",
    )
    lost = told.rows("Lost")
    assert {child for _, child, _, _, block in lost if block is None} == {f"A{ONE:03}"}
    assert {f"A{n}" for n in RUN} <= {child for _, child, *_ in lost}


def test_children_that_stand_under_no_id_and_rows_that_stand_twice(told: Told) -> None:
    gone = len(RUN) + 1  # and the one of both lists
    assert told.check("children lost") == ("FAIL", f"{gone} children of the lists that both have stand under no id now")
    assert told.check("doubled") == ("FAIL", "1 row of 1 child stands there again")
    assert [child for _, child, *_ in told.rows("Doubled")] == [f"N{TWICE:03}"]


def test_dates_that_moved_alike_are_told_by_their_shift(told: Told) -> None:
    moved = len(set(LATE) - {ONE})
    assert told.check("dates") == ("FAIL", f"moved alike: {moved} of “Date of the Last Statutory Visit” by 1 day on")
    assert len(told.rows("Dates")) == moved


def test_a_code_that_became_two_is_told_and_one_that_is_no_code_now(told: Told) -> None:
    outcome, says = told.check("codes")
    assert (
        outcome == "FAIL"
        and "1 code became two: “Initial Category of Abuse” neglect → " in says
        and "physical (" in says
    )
    assert (
        f"{len([n for n in NO_CODE if n % 2 == 0])} of “Initial Category of Abuse” became blank or no known code"
        in says
    )


def test_what_the_crosswalk_says_twice_is_told(told: Told) -> None:
    assert told.check("crosswalk") == ("FAIL", "1 old id became two")


def test_open_cases_are_counted_on_both_sides(told: Told) -> None:
    assert told.check("open cases") == ("FAIL", "child protection plans 70 → 59; episodes of need 30 → 20")


def test_the_file_is_its_owners_alone_and_words_name_nobody(told: Told) -> None:
    assert stat.S_IMODE(told.out.stat().st_mode) == 0o600
    said = " ".join([*(one.says for one in told.result.checks), *told.result.lists, *told.result.blocks])
    for n in (*range(NUMBER), *RUN):
        assert f"A{n:03}" not in said and f"N{n:03}" not in said
    assert not [worker for worker in WORKERS if worker in said]


def test_two_extracts_that_say_the_same_pass(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    _before(tmp_path / "before")
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    found = migrate(tmp_path / "before", tmp_path / "after", few())
    assert found.outcome == "PASS" and not found.blocks, found
    assert {one.outcome for one in found.checks} == {"PASS"}
    assert found.lists[1] == "Annex A List 7: Child protection: 70 → 70"


def test_what_cannot_be_read_is_an_error_and_never_a_pass(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    _before(tmp_path / "before")
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    (tmp_path / "after" / "notes.csv").write_text("Something,Else\n1,2\n", encoding="utf-8")
    found = migrate(tmp_path / "before", tmp_path / "after", few())
    assert found.outcome == "ERROR"
    (tmp_path / "nothing").mkdir()
    with pytest.raises(MigrationError, match="holds no list that is known"):
        migrate(tmp_path / "nothing", tmp_path / "before", few())
    with pytest.raises(MigrationError, match="neither a folder nor a file"):
        migrate(tmp_path / "before", tmp_path / "elsewhere", few())


@pytest.mark.parametrize(("outcome", "code"), [("PASS", 0), ("FAIL", 3), ("ERROR", 1)])
def test_the_command_tells_the_three_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: str, code: int
) -> None:
    found = Result((Check("rows lost", outcome, "so it is"),), ("A list: 1 → 1",), ("A list: the team North",))
    monkeypatch.setattr("countermark.migrating.migrate.migrate", lambda *_: found)
    monkeypatch.setattr("countermark.contracts.catalogue.load", few)
    app = typer.Typer()
    app.command()(command)
    told = CliRunner().invoke(app, [str(tmp_path), str(tmp_path)])
    assert told.exit_code == code
    assert f"{outcome:<6}rows lost: so it is." in told.stdout and told.stdout.rstrip().endswith(outcome)


def test_the_command_refuses_what_names_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--out names a workbook"):
        command(tmp_path, tmp_path, None, tmp_path / "rows.csv")
    with pytest.raises(UsageError, match="--crosswalk names a file"):
        command(tmp_path, tmp_path, tmp_path / "none.csv", None)


@pytest.mark.parametrize(
    ("crosswalk", "told"),
    [
        ([["A001", "A001"], ["A001", "N001"]], ("FAIL", "1 old id became two")),
        ([["A002", "A002"], ["A001", "A002"]], ("FAIL", "1 new id stands for two old ones")),
        ([["A001", "A001"]], ("PASS", "no id became another")),
        ([["A001", "N001"], ["", "N002"]], ("PASS", "1 id, each of one child")),
    ],
)
def test_an_id_that_stays_itself_and_is_anothers_too_is_told(
    tmp_path: Path, crosswalk: list[list[str]], told: tuple[str, str]
) -> None:
    side = csv_file(tmp_path / "side" / "List 7.csv", [headers("annex_a.list_07"), _plan("A001", 1), _plan("A002", 2)])
    given = csv_file(tmp_path / "crosswalk.csv", [["Old ID", "New ID"], *crosswalk])
    [check] = [one for one in migrate(side.parent, side.parent, few(), given).checks if one.name == "crosswalk"]
    assert (check.outcome, check.says) == told


def test_a_crosswalk_with_other_headings_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    side = csv_file(tmp_path / "side" / "List 7.csv", [headers("annex_a.list_07"), _plan("A001", 1)])
    given = csv_file(tmp_path / "ids.csv", [["Alt", "Neu"], ["A001", "N001"]])
    with pytest.raises(MigrationError, match=r"ids\.csv is no crosswalk: .* the headings Old ID and New ID"):
        migrate(side.parent, side.parent, few(), given)
