"""The workforce as delivered: lists of staff, allocations and posts, the census as XML; and the team that held a case when it counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.certify.snapshot import read
from countermark.contracts.catalogue import SHIPPED
from countermark.warehouse.conform import conform
from tests.chain import run_chain
from tests.intake_kit import Desk, age, catalogue, desk, headers, row, text_file, workbook

AS_AT = date(2022, 10, 31)
SAMPLE = SHIPPED.parent / "shared" / "samples" / "workforce" / "social_work_workforce_2022.xml"
AUTHORITY = 'authority = "E1"\n' + "".join(
    f'[[teams]]\nname = "{name}"\naliases = ["{name} Team"]\n' for name in ("Assessment", "Safeguarding")
)
CENSUS = """<?xml version="1.0"?>
<Message>
  <Header><CollectionDetails><Collection>CSWW</Collection><Year>2022</Year><ReferenceDate>2022-09-30</ReferenceDate></CollectionDetails></Header>
  <LALevelVacancies><NumberOfVacancies>16.6</NumberOfVacancies><NoAgencyFTE>14</NoAgencyFTE><NoAgencyHeadcount>15</NoAgencyHeadcount></LALevelVacancies>
  <CSWWWorker><AgencyWorker>0</AgencyWorker><SWENo>SW0000000001</SWENo><FTE>0.6</FTE><OrgRole>5</OrgRole><Cases30>12</Cases30><CFKSSstatus>1</CFKSSstatus></CSWWWorker>
  <CSWWWorker><AgencyWorker>1</AgencyWorker><SWENo>SW0000000002</SWENo><FTE>1</FTE><OrgRole>3</OrgRole></CSWWWorker>
</Message>
"""


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("workforce")) as made:
        (made.inbox / "authority.toml").write_text(AUTHORITY)
        staff = row(
            "workforce.staff",
            worker_id="W1",
            role="Social Worker",
            fte=0.6,
            team="Assessment Team",
            agency="Locum",
            asye="Y",
        )
        posts = row("workforce.posts", team="Assessment", role="SW", budgeted_fte=8, filled_fte=6.5, vacant_fte=1.5)
        workbook(
            made.inbox / "hr.xlsx",
            {"Staff": [headers("workforce.staff"), staff], "Posts": [headers("workforce.posts"), posts]},
        )
        own = "Child Ref,Allocated To,Team,Role,From,To\n77,W1,assessment team,Key worker,01/09/2022,\n"
        text_file(made.inbox / "who has whom.csv", own)
        text_file(made.inbox / "census.xml", CENSUS)
        if SAMPLE.is_file():
            (made.inbox / "sample").mkdir()
            path = made.inbox / "sample" / "sample.xml"
            path.write_bytes(SAMPLE.read_bytes())
            (path.parent / "delivery.toml").write_text('authority = "E2"\n')
            age(path)
        made.run()
        conform(made.con, catalogue())
        yield made


def conformed(made: Desk, query: str) -> list[tuple[Any, ...]]:
    return made.con.execute(query).fetchall()


def test_every_list_is_known_by_its_headings_a_managers_own_too(delivered: Desk) -> None:
    found = {key: (one.status, one.rows_in, one.rows_loaded) for key, one in delivered.receipts().items()}
    loaded = ("loaded", 1, 1)
    assert found["hr.xlsx", "workforce.staff"] == found["hr.xlsx", "workforce.posts"] == loaded
    assert found["who has whom.csv", "workforce.allocations"] == loaded
    assert found["census.xml", "workforce_census.workers"] == ("loaded", 2, 2)
    assert found["census.xml", "workforce_census.vacancies"] == loaded
    assert delivered.receipt("census.xml", "workforce_census.workers").extracted_on == date(2022, 9, 30)


def test_workers_posts_and_allocations_reach_the_conformed_tables(delivered: Desk) -> None:
    query = (
        "select professional_id, professional_role, full_time_equivalency, professional_department, agency_worker_flag, asye, "
        "professional_caseload from conformed.professionals where authority = 'E1' order by 1"
    )
    assert conformed(delivered, query) == [
        ("SW0000000001", "social_worker", 0.6, None, "no", "yes", 12),
        ("SW0000000002", "team_manager", 1.0, None, "yes", None, None),
        ("W1", "social_worker", 0.6, "Assessment", "yes", "yes", None),
    ]
    posts = "select contract, team, vacant_fte, agency_headcount from conformed.posts where authority = 'E1' order by 1"
    assert conformed(delivered, posts) == [
        ("workforce.posts", "Assessment", 1.5, None), ("workforce_census.vacancies", None, 16.6, 15),
    ]  # fmt: skip
    held = "select person_id, professional_id, professional_team, professional_role_id, involvement_start_date from conformed.involvements"
    assert conformed(delivered, held) == [("77", "W1", "Assessment", "allocated", date(2022, 9, 1))]


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample of the census is not here")
def test_a_whole_census_file_of_others_is_taken_row_by_row(delivered: Desk) -> None:
    name = "sample/sample.xml"
    workers = delivered.receipt(name, "workforce_census.workers")
    text = SAMPLE.read_text("utf-8")
    assert workers.rows_in == workers.rows_loaded == text.count("<CSWWWorker>")
    query = "select vacant_fte, agency_fte, agency_headcount from conformed.posts where authority = 'E2'"
    assert conformed(delivered, query) == [(79.68, 59.82, 71)]
    unusable = [n for n, c in catalogue().contracts["workforce_census.workers"].columns.items() if c.type == "code"]
    table = "typed.workforce_census_workers"
    for column in unusable:
        lost = f"select count(*) from {table} where authority = 'E2' and {column}_unusable"
        assert conformed(delivered, lost) == [(0,)], column


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four assessments due in October, all of them with the safeguarding team by the time of the extract."""
    folder = tmp_path_factory.mktemp("then")
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "authority.toml").write_text(AUTHORITY)
    start = date(2022, 8, 8)  # due on 11 October, a bank holiday between
    done = {"1": date(2022, 10, 20), "2": date(2022, 10, 3), "3": None, "4": date(2022, 10, 20)}
    lists = [
        row("annex_a.list_04", child_unique_id=child, continuous_assessment_start_date=start,
            continuous_assessment_date_of_authorisation=day, allocated_team="Safeguarding")
        for child, day in done.items()
    ]  # fmt: skip
    passed_on = date(2022, 10, 14)
    held = [[child, "W1", "Assessment", "Allocated worker", start, passed_on] for child in ("1", "2")]
    held += [[child, "W2", "Safeguarding", "Allocated worker", passed_on, None] for child in ("1", "2")]
    held += [["3", "W2", "Safeguarding", None, start, None], ["3", "W3", "Assessment", "IRO", start, None]]
    names = ("child_id", "worker_id", "team", "role", "start_date", "end_date")
    rows = [row("workforce.allocations", **dict(zip(names, one, strict=True))) for one in held]
    workbook(inbox / "list 4.xlsx", {"List 4": [headers("annex_a.list_04"), *lists]})
    workbook(inbox / "held.xlsx", {"Allocations": [headers("workforce.allocations"), *rows]})
    return run_chain(inbox, folder / "home", AS_AT, validate=False)


def asked(path: Path, query: str) -> list[tuple[Any, ...]]:
    with read(path) as con:
        return con.execute(query).fetchall()


def test_lateness_stays_with_the_team_that_held_the_case_when_it_fell_due(published: Path) -> None:
    query = "select child_id, team, state, team_at_event from members where indicator_id = 'AS2' order by 1"
    assert asked(published, query) == [
        ("1", "Safeguarding", "not_met", "Assessment"),
        ("2", "Safeguarding", "met", "Assessment"),
        ("3", "Safeguarding", "not_met", "Safeguarding"),
        ("4", "Safeguarding", "not_met", None),
    ]
    query = "select team, team_at_event, cases, not_met from team_at_event where indicator_id = 'AS2' order by 2 nulls first"
    assert asked(published, query) == [
        ("Safeguarding", None, 1, 1), ("Safeguarding", "Assessment", 2, 1), ("Safeguarding", "Safeguarding", 1, 1),
    ]  # fmt: skip


def test_the_figures_team_stays_the_one_at_extract(published: Path) -> None:
    query = (
        "select system_numerator, system_denominator from metrics where indicator_id = 'AS2' and team = 'Safeguarding'"
    )
    assert asked(published, query) == [(1, 4)]
    assert asked(published, "select count(*) from metrics where indicator_id = 'AS2' and team = 'Assessment'") == [(0,)]


def test_without_allocations_nothing_is_said(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute("create schema facts")
    con.execute(
        "create table facts.members (authority varchar, indicator_id varchar, as_at date, team varchar, team_at_event varchar, "
        "in_denominator boolean, in_numerator boolean)"
    )
    con.execute("create table facts.definitions (authority varchar, indicator_id varchar, as_at date, better varchar)")
    con.execute(
        "insert into facts.definitions values ('E1', 'PP1', '2022-10-31', 'high'), ('E1', 'PP0', '2022-10-31', 'neither')"
    )
    con.execute("insert into facts.members values ('E1', 'PP1', '2022-10-31', 'North', null, true, false)")
    con.execute(catalogue().shared("certify/team_at_event"))
    assert con.execute("from main.team_at_event").fetchall() == []
    con.execute("insert into facts.members values ('E1', 'PP0', '2022-10-31', 'North', 'South', true, true)")
    con.execute(catalogue().shared("certify/team_at_event"))
    found = con.execute(
        "select indicator_id, team_at_event, cases, not_met from main.team_at_event order by 1"
    ).fetchall()
    assert found == [("PP0", "South", 1, None), ("PP1", None, 1, 1)]
