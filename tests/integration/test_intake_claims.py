"""Holds the intake of claims to account: counts and lists, unknown names turned away with the nearest known, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.intake_kit import COUNTS, LISTS, TEAMS, Desk, csv_file, desk, headers, plan, text_file, workbook

D = "2022-10-31"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        yield found


def count(
    indicator: object = "PP1", team: object = "North", as_at: object = D, denominator: object = 8
) -> list[object]:
    return [indicator, team, as_at, "child", 8, denominator, "A Manager", "01/11/2022", "own_list", None]


def listed(
    case: object, in_denominator: object = None, in_numerator: object = None, team: str = "North"
) -> list[object]:
    return ["pp1", team, D, case, in_denominator, in_numerator, None, "A Manager", "01/11/2022", None]


def test_counts_are_typed_and_teams_folded(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    rows = [count("pp1 ", " nrth"), count(team="ALL"), count(team="South", denominator=None)]
    workbook(
        at.inbox / "counts.xlsx", {"Our counts": [["October"], COUNTS, *rows, ["Total", None, None, None, 24, 16]]}
    )
    at.run(None)
    columns = "indicator_id, team, as_at, unit, numerator, denominator, counted_at, method"
    assert at.typed(columns, "manual_counts") == [
        ("PP1", team, date(2022, 10, 31), "child", 8, of, date(2022, 11, 1), "own_list")
        for team, of in (("North", 8), ("ALL", 8), ("South", None))
    ]
    receipt = at.receipt("counts.xlsx", "manual_counts")
    assert (receipt.status, receipt.rows_in, receipt.rows_loaded, receipt.rows_ignored) == ("loaded", 4, 3, 1)


def test_unknown_names_are_rejected_with_the_nearest_known(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    csv_file(at.inbox / "c.csv", [COUNTS, count(team="Nroth"), count("PP1X"), count(), count(team="Nowhere at all")])
    at.run(None)
    assert at.receipt("c.csv", "manual_counts").status == "loaded_with_rejects"
    (two, three, five) = at.rejects()
    assert (two[:2], "North" in two[2], "Nroth" in two[2]) == (("2", "team"), True, False)
    assert (three[:2], "PP1," in three[2], "PP1X" in three[2]) == (("3", "indicator_id"), True, False)
    assert five[:2] == ("5", "team") and "Nowhere" not in five[2] and "North, South" in five[2]


def test_without_an_authority_file_the_extracts_say_which_teams_there_are(at: Desk) -> None:
    csv_file(at.inbox / "c.csv", [COUNTS, count(team="north"), count(team="South"), count(team="all")])
    workbook(at.inbox / "list.xlsx", {"List 7": [headers(), plan("1", allocated_team="North")]})
    at.run()
    assert at.typed("team", "manual_counts", "reject_column is null") == [("North",), ("ALL",)]


def test_a_claim_is_taken_up_once_its_team_is_known(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    csv_file(at.inbox / "c.csv", [COUNTS, count(team="West")])
    at.run(None)
    assert at.receipt("c.csv", "manual_counts").status == "rejected"
    text_file(at.inbox / "authority.toml", TEAMS + '[[teams]]\nname = "West"\n')
    at.run(None)
    assert at.typed("team", "manual_counts") == [("West",)]
    now = "select status, rows_in, rows_loaded, rows_rejected, reason from typed.receipts"
    assert at.con.execute(now).fetchall() == [("loaded", 1, 1, 0, "")]
    assert at.rejects() == []


def test_lists_keep_every_row_and_reject_a_numerator_outside_the_denominator(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    rows = [
        listed("0010", None, "Y"), listed("0010", "a) Yes", 1), listed("10045/2022-10-03", "TRUE", "b) No"),
        listed("3", "No", "Yes"), listed("4", "no", None), listed(None, None, "Yes"), listed(5.0, "perhaps", None),
    ]  # fmt: skip
    workbook(at.inbox / "l.xlsx", {"Lists": [LISTS, *rows]})
    at.run(None)
    columns = "case_id, in_denominator, in_numerator, is_counted, reject_column, in_denominator_unusable"
    assert at.typed(columns, "manual_lists") == [
        ("0010", None, True, True, None, False), ("0010", True, True, True, None, False),
        ("10045/2022-10-03", True, False, True, None, False), ("3", False, True, True, "in_numerator", False),
        ("4", False, None, True, None, False), (None, None, True, True, "case_id", False), ("5", None, None, True, None, True),
    ]  # fmt: skip
    assert [(place, column) for place, column, _ in at.rejects()] == [
        ("Lists!5", "in_numerator"),
        ("Lists!7", "case_id"),
    ]


@pytest.mark.parametrize(
    ("missing", "column"),
    [((None, "North", D), "indicator_id"), (("PP1", None, D), "team"), (("PP1", "North", None), "as_at")],
)
def test_a_claim_without_what_it_is_of_is_rejected(
    at: Desk, missing: tuple[object, object, object], column: str
) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    csv_file(at.inbox / "c.csv", [COUNTS, count(*missing)])
    csv_file(at.inbox / "l.csv", [LISTS, [*missing, *listed("1")[3:]]])
    at.run(None)
    assert [reject[1] for reject in at.rejects()] == [column] * 2


def test_a_workbook_may_hold_counts_and_lists_beside_each_other(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    workbook(at.inbox / "both.xlsx", {"A": [COUNTS, count()], "B": [LISTS, listed("1"), listed("2")]})
    at.run(None)
    assert {contract: r.rows_loaded for (_, contract), r in at.receipts().items()} == {
        "manual_counts": 1,
        "manual_lists": 2,
    }


def test_a_counts_sheet_without_denominators_is_no_faulty_list(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    csv_file(at.inbox / "c.csv", [["indicator_id", "team", "as_at", "numerator"], ["PP0", "North", D, 3]])
    at.run(None)
    assert at.typed("numerator, denominator, unit", "manual_counts") == [(3, None, None)]
