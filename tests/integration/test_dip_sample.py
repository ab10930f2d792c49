"""Holds dip samples to account: a draw that cannot be repeated until it pleases, files that find both sides wrong, and the end of counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from countermark.certify import dip, dip_results
from countermark.certify.dip_results import Result
from countermark.certify.snapshot import read
from countermark.desk import handed_in
from countermark.exports.dip_sheet import CONTRACT, write
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.ledger.secrets import pseudonym_key
from countermark.warehouse.connect import statements
from tests.certify_kit import AUTHORITY
from tests.intake_kit import Desk, age, catalogue, desk
from tests.small_home import OFFICER, OTHER, SmallHome, small_home

TODAY = date(2026, 11, 20)
READ = date(2022, 11, 5)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallHome]:
    with small_home(tmp_path, differences=4) as made:
        yield made


def draw(world: SmallHome, **said: Any) -> list[dip.Drawn]:
    [figure] = world.figures()
    return dip.draw(world.ledger, world.snapshot, pseudonym_key(world.home.path), figure, OFFICER, **said)


def record(
    world: SmallHome,
    one: dip.Drawn,
    file_says: str,
    looked_on: date = READ,
    by: str = OTHER,
    seen: int = 0,
    **said: Any,
) -> None:
    result = Result(file_says, looked_on, **said)
    dip_results.record(world.ledger, world.snapshot, one, result, by, TODAY, seen)


def ask(world: SmallHome, query: str) -> list[tuple[Any, ...]]:
    with read(world.snapshot) as con:
        return con.execute(query).fetchall()


def state(world: SmallHome, case: str) -> str:
    [(counted, met)] = ask(
        world, f"select in_denominator, in_numerator from main.members where case_id = '{case}'"
    ) or [(False, False)]
    return "met" if met else "not_met" if counted else "not_counted"


def test_a_draw_is_the_seeds_and_nobody_draws_until_it_pleases(world: SmallHome) -> None:
    first = draw(world, seed=7, files=2)
    [figure] = world.figures()
    cases = [
        row[0]
        for row in ask(world, "select distinct case_id from main.members where in_denominator and indicator_id = 'PP1'")
    ]
    population = sorted({*cases, *(one.case_id for one in first)})
    assert set(dip.order(7, population)) == set(population) and dip.order(7, population) != dip.order(8, population)
    assert [one.case_id for one in first] == [c for c in dip.order(7, population) if c in {o.case_id for o in first}]
    with pytest.raises(LedgerError, match="a further draw needs --reason"):
        draw(world, seed=8, files=2)
    more = draw(world, seed=8, files=1, reason="The first were all of one team.")
    assert not {one.case_id for one in more} & {one.case_id for one in first} and more[0].round == 2
    every = dip.standing(world.ledger, world.snapshot, pseudonym_key(world.home.path), figure)
    assert [one.case_id for one in every] == [one.case_id for one in [*first, *more]], "what was drawn before stays"
    body = world.ledger.notes(dip.DRAW, newest=False)[0].body
    assert (body["seed"], body["files"], len(body["cases"])) == (7, 2, 64), (
        "the draw can be told again, and names no child"
    )
    assert world.ledger.verify() is None


def test_a_child_whom_a_list_has_under_an_id_with_zeros_is_one_file(world: SmallHome) -> None:
    """Drawn twice it would be in the sample twice, under one name; the draw was refused as if somebody else had been faster."""
    world.spoil("update facts.items set case_id = '004', break_key = '4', manual_in = true where case_id = 'C001'")
    of = "select case_id from main.breaks where case_id = '004' and manual_in and kind = 'case'"
    assert ask(world, of) and ask(world, "select 1 from main.members where case_id = '4' and in_denominator")
    drawn = [one.case_id for one in draw(world, files=20)]
    assert "4" in drawn and "004" not in drawn and len(drawn) == len(set(drawn))


def test_a_file_finds_the_system_wrong_and_moves_the_range(world: SmallHome) -> None:
    [one, *_] = draw(world, seed=1, files=1)
    before = ask(world, "select range_low, range_high from main.metrics where team = 'ALL'")
    said = "not_met" if state(world, one.case_id) != "not_met" else "met"
    record(world, one, said)
    world.publish()
    [(low, high)] = ask(world, "select range_low, range_high from main.metrics where team = 'ALL'")
    assert (low, high) != before[0] and (low <= before[0][0] and high >= before[0][1])
    assert ask(world, "select is_wrong, file_says from desk.dip_files") == [(True, said)]


def test_a_file_that_agrees_is_evidence_and_moves_nothing(world: SmallHome) -> None:
    before = ask(world, "select range_low, range_high, status from main.metrics where team = 'ALL'")
    for one in draw(world, seed=1, files=20):
        record(world, one, state(world, one.case_id))
    world.publish()
    assert ask(world, "select range_low, range_high, status from main.metrics where team = 'ALL'") == before
    told = ask(
        world,
        "select distinct evidence from main.breaks where kind = 'case' and case_id in (select case_id from desk.dip_files)",
    )
    assert told in ([], [("file_checked",)])
    assert ask(world, "select count(*) from desk.dip_files where is_wrong") == [(0,)]


def test_what_was_not_drawn_or_not_read_yet_is_not_recorded(world: SmallHome) -> None:
    [one] = draw(world, seed=1, files=1)
    for wrong, says in (
        ({"file_says": "perhaps"}, "one of"), ({"looked_on": date(2022, 10, 1)}, "on or after"), ({"finds": "perhaps"}, "finds one of"),
        ({"file_on": date(2022, 11, 6)}, "after the day on which it was read"),
        ({"looked_on": date(2027, 1, 1)}, "to come"), ({"one": replace(one, pseudonym="0" * 16)}, "not drawn"), ({"by": " "}, "name"),
    ):  # fmt: skip
        given: dict[str, Any] = {"one": one, "file_says": "met", **wrong}
        with pytest.raises(LedgerError, match=says):
            record(world, **given)
    record(world, one, "met")
    with pytest.raises(LedgerConflict, match="meantime"):
        record(world, one, "not_met", by=OFFICER)


def test_who_read_the_files_does_not_judge_the_figure(world: SmallHome) -> None:
    [one, *_] = draw(world, seed=1, files=1)
    record(world, one, state(world, one.case_id))
    world.publish()
    with pytest.raises(LedgerError, match="read case files of this figure"):
        world.check(OTHER)
    world.check(OFFICER)


def test_the_workbook_comes_back_row_by_row(world: SmallHome, tmp_path: Path) -> None:
    drawn = draw(world, seed=3, files=20)
    with desk(tmp_path, CONTRACT, "manual_decisions") as at:
        at.definitions = replace(at.definitions, indicators=catalogue().indicators)
        back(world, at, drawn)


def back(world: SmallHome, at: Desk, drawn: list[dip.Drawn]) -> None:
    file = at.inbox / "sample.xlsx"
    write(file, drawn, pseudonym_key(world.home.path), catalogue())
    book = openpyxl.load_workbook(file)
    page = book.active
    heads = [cell.value for cell in page[1]]
    says, on, by, case = (heads.index(name) + 1 for name in ("File says", "Looked on", "Filled in by", "Case ID"))
    page.cell(2, says, " counts and IS met ")
    page.cell(2, on, "05/11/2022")
    page.cell(2, by, OTHER)
    page.cell(3, says, "No file")
    page.cell(4, says, "perhaps")
    if len(drawn) > 3:
        page.cell(5, says, "met")
        page.cell(5, case, "C999")
    book.save(file)
    age(file)
    at.run(AUTHORITY)
    assert handed_in.take(world.home, world.ledger, at.con, TODAY) == {
        "applied": 2, "refused": min(2, len(drawn) - 2), "ignored": max(0, len(drawn) - 4),
    } or len(drawn) < 5  # fmt: skip
    assert handed_in.take(world.home, world.ledger, at.con, TODAY) == {}
    recorded = world.ledger.notes(dip_results.RESULT)
    assert {note.body["file_says"] for note in recorded} == {"met", "no_file"} and {note.by for note in recorded} == {
        OTHER
    }
    assert not {str(said) for note in recorded for said in note.body.values()} & {one.case_id for one in drawn}


def sampled(months: list[tuple[str, bool | None, bool]]) -> list[str]:
    """The dates at which a sample stands in the place of the count, by what each month was: its count in tolerance (None: no count given),
    and whether a sample passed."""
    con = duckdb.connect()
    con.execute(
        "create schema facts; create table facts.owes (authority varchar, indicator_id varchar, as_at date, team varchar)"
    )
    con.execute("create table facts.claims as from facts.owes")
    con.execute(
        "create table main.gates (authority varchar, indicator_id varchar, as_at date, team varchar, gate varchar, outcome varchar)"
    )
    con.execute("create table dip_samples (authority varchar, indicator_id varchar, as_at date, passes boolean)")
    for day, in_tolerance, passes in months:
        con.execute("insert into facts.owes values ('E1', 'PP1', ?, 'North')", [day])
        if in_tolerance is not None:
            con.execute("insert into facts.claims values ('E1', 'PP1', ?, 'North')", [day])
            con.execute(
                "insert into main.gates values ('E1', 'PP1', ?, 'North', 'reconciled', ?)",
                [day, "PASS" if in_tolerance else "FAIL"],
            )
        con.execute("insert into dip_samples values ('E1', 'PP1', ?, ?)", [day, passes])
    [query] = [one for one in statements(catalogue().shared("certify/counted_gate")) if "table sampled_counts" in one]
    con.execute(query, {"months": dip.rules().months})
    return [str(day) for (day,) in con.execute("select as_at from sampled_counts order by 1").fetchall()]


MONTHS = ["2022-05-31", "2022-06-30", "2022-07-31", "2022-08-31", "2022-09-30", "2022-10-31"]


@pytest.mark.parametrize(
    ("counted", "samples", "replaced"),
    [
        ((True, True, True, None, None, None), (0, 0, 0, 1, 1, 1), MONTHS[3:]),
        ((True, True, True, None, None, None), (0, 0, 0, 0, 1, 1), []),
        ((True, True, True, None, None, None), (0, 0, 0, 1, 0, 1), MONTHS[3:4]),
        ((True, True, None, None, None, None), (0, 0, 1, 1, 1, 1), []),
        ((True, False, True, True, None, None), (0, 0, 0, 0, 1, 1), []),
        ((True, False, True, True, True, None), (0, 0, 0, 0, 0, 1), MONTHS[5:]),
        ((None, None, None, None, None, None), (1, 1, 1, 1, 1, 1), []),
    ],
)  # fmt: skip
def test_a_sample_takes_the_place_of_a_count_after_three_months_in_tolerance_and_as_long_as_it_passes(
    counted: tuple[bool | None, ...], samples: tuple[int, ...], replaced: list[str]
) -> None:
    assert (
        sampled([(day, one, bool(passes)) for day, one, passes in zip(MONTHS, counted, samples, strict=True)])
        == replaced
    )


def test_the_rules_say_their_numbers_and_why() -> None:
    assert dip.rules() == dip.Rules(20, 1, 3)
