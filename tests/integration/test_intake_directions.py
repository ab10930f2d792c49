"""Holds to account whose a file is and when it was taken: authority.toml, sidecars, the command line, and what the home knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.intake_kit import LIST_7, TEAMS, Desk, csv_file, desk, headers, plan, text_file, workbook


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        yield found


def deliver(at: Desk, name: str, child: str = "1", **cells: object) -> None:
    csv_file(at.inbox / name, [headers(), plan(child, "2022-06-01", **cells)])


def test_a_home_that_knows_no_authority_takes_local_and_says_so(at: Desk) -> None:
    deliver(at, "a.csv")
    summary = at.run(authority=None)
    assert at.receipt("a.csv").authority == "LOCAL"
    assert any("LOCAL" in note for note in summary.notes)
    deliver(at, "b.csv", "2")
    assert at.run(authority=None).notes == ()
    assert at.receipt("b.csv").authority == "LOCAL"


def test_the_sidecar_comes_before_the_command_line_and_that_before_authority_toml(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    text_file(at.inbox / "sub" / "delivery.toml", 'authority = "E2"\nextracted_on = 2022-11-02')
    text_file(at.inbox / "sub" / "c.csv.delivery.toml", 'authority = "E3"')
    for index, name in enumerate(["a.csv", "sub/b.csv", "sub/c.csv", "sub/deep/d.csv"]):
        deliver(at, name, str(index))
    at.run(authority=None)
    found = {file: (r.authority, r.extracted_on_inferred) for (file, _), r in at.receipts().items()}
    assert found == {
        "a.csv": ("E1", True), "sub/b.csv": ("E2", False), "sub/c.csv": ("E3", False), "sub/deep/d.csv": ("E2", False),
    }  # fmt: skip
    assert at.receipt("sub/c.csv").extracted_on == date(2022, 11, 2)
    deliver(at, "e.csv", "9")
    at.run(authority="E9")
    assert at.receipt("e.csv").authority == "E9"


def test_where_several_are_known_and_none_is_named_the_file_is_refused_with_its_rows(at: Desk) -> None:
    text_file(at.inbox / "x" / "delivery.toml", 'authority = "E1"')
    text_file(at.inbox / "y" / "delivery.toml", 'authority = "E2"')
    deliver(at, "x/a.csv")
    deliver(at, "y/a.csv", "2")
    at.run(authority=None)
    deliver(at, "b.csv", "3")
    at.run(authority=None)
    receipt = at.receipt("b.csv")
    assert (receipt.authority, receipt.status, receipt.rows_in, receipt.rows_rejected) == ("", "rejected", 1, 1)
    assert "--authority" in receipt.reason
    at.run(authority="E2")
    assert [r.authority for (file, _), r in at.receipts().items() if file == "b.csv"] == ["E2"]


@pytest.mark.parametrize("text", ["extracted_on = yesterday", 'extracted_on = "soon"', "authority = 7", "= ="])
def test_a_sidecar_that_does_not_parse_refuses_the_files_it_speaks_for(at: Desk, text: str) -> None:
    text_file(at.inbox / "sub" / "delivery.toml", text)
    deliver(at, "sub/a.csv")
    deliver(at, "b.csv", "2")
    at.run()
    assert (at.receipt("sub/a.csv").status, at.receipt("b.csv").status) == ("rejected", "loaded")
    assert "sub/delivery.toml" in at.receipt("sub/a.csv").reason
    assert len(at.receipts()) == 2
    text_file(at.inbox / "sub" / "delivery.toml", "extracted_on = 2022-11-02")
    at.run()
    assert at.con.execute("select authority, extracted_on from typed.receipts where file = 'sub/a.csv' order by seq").fetchall()[1:] == [
        ("E1", date(2022, 11, 2)),
    ]  # fmt: skip


def test_a_sidecar_of_one_file_refuses_that_file_alone(at: Desk) -> None:
    text_file(at.inbox / "a.csv.delivery.toml", "extracted_on =")
    deliver(at, "a.csv")
    deliver(at, "b.csv", "2")
    at.run()
    assert (at.receipt("a.csv").status, at.receipt("b.csv").status) == ("rejected", "loaded")


def test_an_authority_file_that_does_not_parse_refuses_what_it_speaks_for(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", 'name = "Anytown"')
    deliver(at, "a.csv")
    at.run(authority=None)
    assert at.receipt("a.csv").status == "rejected" and "authority.toml" in at.receipt("a.csv").reason


def test_the_inboxs_authority_file_wins_and_every_version_is_kept(at: Desk) -> None:
    text_file(at.home.path / "authority.toml", TEAMS)
    deliver(at, "a.csv", allocated_team="Nrth")
    at.run(authority=None)
    assert at.typed("authority, team") == [("E1", "North")]
    text_file(at.inbox / "authority.toml", TEAMS.replace("Nrth", "Nth"))
    at.run(authority=None)
    assert at.typed("team") == [("Nrth",)]
    assert "Nth" in (at.ledger.authority_text("E1") or "")
    (at.inbox / "authority.toml").unlink()
    at.run(authority=None)
    assert at.typed("team") == [("Nrth",)]


def test_aliases_fold_teams_in_extracts_and_an_unknown_team_keeps_its_name(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    teams = ["North", "NRTH", "north\u00a0", " South", "Duty  Team"]
    workbook(at.inbox / "a.xlsx", {"x": [headers(), *(plan(str(i), allocated_team=t) for i, t in enumerate(teams))]})
    at.run(authority=None)
    assert [team for (team,) in at.typed("team")] == ["North", "North", "North", "South", "Duty Team"]


def test_the_extract_date_is_the_latest_event_and_never_a_birth_nor_after_receipt(at: Desk) -> None:
    dates = {"date_of_birth": date(2022, 12, 1), "date_of_the_last_statutory_visit": date(2022, 10, 20)}
    later = {"date_of_latest_review_conference": date(2039, 1, 1)}
    workbook(
        at.inbox / "a.xlsx", {"x": [headers(), plan("1", **dates), plan("2", **later), plan("3", date(2022, 6, 2))]}
    )
    at.run()
    receipt = at.receipt("a.xlsx", LIST_7)
    assert (receipt.extracted_on, receipt.extracted_on_inferred) == (date(2022, 10, 20), True)


def test_directions_are_no_deliveries(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    text_file(at.inbox / "delivery.toml", "extracted_on = 2022-11-02")
    text_file(at.inbox / "none.csv.delivery.toml", "= =")
    assert at.run(authority=None).receipts == ()
