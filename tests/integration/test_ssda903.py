"""The SSDA903 return from files to figures: counted by hand, in both its forms, in the shape of every year, and as others made it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from countermark.reconcile.members import Position, compute
from countermark.warehouse.conform import conform
from expectations.violations import evaluate
from tests.intake_kit import Desk, age, catalogue, desk, text_file

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "ssda903"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files of the return are not here")
HEADINGS = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN",
    "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE",
    "oc3": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM",
    "social_worker": "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON",
    "DoLo": "CHILD,DOB,DOLO_START,DOLO_END",
}
# C1 in care throughout, three homes; C2 short breaks; C3 left and came back; C4 left on the day; C5 short breaks, then care;
# C6 began the day after; C7 cannot be told: it left care under one episode that nobody ended, and has short breaks since
EPISODES = """
C1,01/12/2023,S,C2,N1,U6,PR1,10/01/2024,X1,CREQB,,AA1 1AA,1
C1,10/01/2024,P,C2,N1,U6,PR1,01/02/2024,X1,CARPL,,AA2 2AA,1
C1,02/02/2024,P,C2,N1,K2,PR4,,,,,BB1 1BB,2
C2,01/12/2023,S,V4,N2,U6,PR1,,,,,AA1 1AA,1
C3,01/12/2023,S,V2,N1,U6,PR1,10/01/2024,E4A,,,AA1 1AA,1
C3,20/02/2024,S,V2,N1,U6,PR1,,,,,AA1 1AA,1
C4,01/12/2023,S,V2,N1,U6,PR1,31/03/2024,E4A,,,AA1 1AA,1
C5,01/12/2023,S,V4,N1,U6,PR1,01/03/2024,X1,,,AA1 1AA,1
C5,01/03/2024,L,C1,N1,U6,PR1,,,,,AA1 1AA,1
C6,01/04/2024,S,C1,N1,U6,PR1,,,,,AA1 1AA,1
C7,01/12/2023,S,C1,N1,U6,PR1,,,,,AA1 1AA,1
C7,01/03/2024,L,V4,N1,U6,PR1,,,,,AA1 1AA,1
""".strip().splitlines()
AS_AT = date(2024, 3, 31)


def write(desk: Desk, folder: str, name: str, *rows: str) -> None:
    """A file of the return below the inbox."""
    text_file(desk.inbox / folder / f"{name}.csv", "\r\n".join([HEADINGS[name], *rows]) + "\r\n")


def said(desk: Desk, folder: str, authority: str, extracted_on: str) -> None:
    text_file(desk.inbox / folder / "delivery.toml", f'authority = "{authority}"\nextracted_on = {extracted_on}\n')


def states(desk: Desk, indicator: str) -> dict[str, str]:
    query = "select case_id, state from facts.members where indicator_id = ? and basis = 'now' and state is not null"
    return dict(desk.con.execute(query, [indicator]).fetchall())


XML = """<?xml version="1.0"?>
<EXPSSDA903>
{children}
</EXPSSDA903>
"""


def _child(child: str) -> str:
    names = [
        "DECOM",
        "RNE",
        "LS",
        "CIN",
        "PL",
        "PLACE_PROVIDER",
        "DEC",
        "REC",
        "REASON_PLACE_CHANGE",
        "HOME_POST",
        "PL_POST",
        "URN",
    ]
    rows = [row.split(",") for row in EPISODES if row.startswith(child + ",")]
    episodes = "".join(
        "<EPISODE>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(names, row[1:], strict=True)) + "</EPISODE>"
        for row in rows
    )
    more = "<IN_TOUCH>YES</IN_TOUCH><ACTIV>F2</ACTIV><ACCOM>U1</ACCOM>" if child == "C1" else ""
    header = f"<CHILDID>{child}</CHILDID><UPN>UN1</UPN><SEX>1</SEX><DOB>01/02/2012</DOB><ETHNIC>WBRI</ETHNIC>{more}"
    review = "<AREVIEW><REVIEW>04/03/2024</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>"
    return f"<CHILD><HEADER>{header}{review}</HEADER>{episodes}</CHILD>"


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An inbox that holds a return as CSV and nothing else, taken in and counted; that of a neighbour says the same in XML."""
    with desk(tmp_path_factory.mktemp("return")) as made:
        said(made, "2024", "E1", "2024-04-15")
        write(made, "2024", "episodes", *EPISODES)
        write(made, "2024", "header", *(f"C{number},1,01/02/2012,WBRI,UN1,," for number in range(1, 8)))
        said(made, "xml", "E2", "2024-04-15")
        children = "\n".join(_child(f"C{number}") for number in range(1, 8))
        text_file(made.inbox / "xml" / "return.xml", XML.format(children=children))
        made.run()
        conform(made.con, catalogue())
        compute(made.con, catalogue(), Position("E1", AS_AT))
        yield made


def test_a_return_alone_gives_looked_after_as_counted_by_hand(returned: Desk) -> None:
    assert states(returned, "LA0") == {"C1": "met", "C3": "met", "C5": "met", "C7": "not_countable"}
    outside = dict(
        returned.con.execute(
            "select case_id, outside from facts.members where indicator_id = 'LA0' and basis = 'now' and outside is not null"
        ).fetchall()
    )
    assert outside == {"C2": "short_break", "C4": "ceased", "C6": "not_begun"}


def test_a_return_alone_gives_three_placements(returned: Desk) -> None:
    assert states(returned, "LA4") == {"C1": "met", "C3": "not_met", "C5": "not_met", "C7": "not_countable"}


def test_a_return_does_not_pass_its_answers_for_the_year_off_as_health_checks(returned: Desk) -> None:
    assert returned.con.execute("select count(*) from conformed.cla_health").fetchall() == [(0,)]
    wanted = "select count(*) from facts.sources where table_name = 'cla_health'"
    assert returned.con.execute(wanted).fetchall() == [(0,)], "LA8 has no source, so it is not made"


def test_the_xml_form_says_the_same_as_the_files(returned: Desk) -> None:
    loaded = {r.contract: r.rows_loaded for r in returned.ledger.receipts() if r.authority == "E2"}
    assert {contract: rows for contract, rows in loaded.items() if rows} == {
        "ssda903.header": 7, "ssda903.episodes": 12, "ssda903.reviews": 7, "ssda903.oc3": 1,
    }  # fmt: skip
    assert {"ssda903.missing", "ssda903.oc2"} <= loaded.keys(), "what the document has none of, it says so of"
    for table in ("cla_episodes", "cla_placement", "legal_status", "person"):
        query = (
            f"select * exclude (authority, delivery_id, source_row) from conformed.{table} "
            "where authority = ? and contract <> 'ssda903.oc3' order by all"
        )
        from_csv, from_xml = (returned.con.execute(query, [authority]).fetchall() for authority in ("E1", "E2"))
        assert from_csv and from_csv == from_xml, table


YEARS = range(2020, 2029)


def _year(desk: Desk, year: int) -> None:
    """One small return whose episodes lie in the year; the other files hold no date of it, or another year's."""
    folder, at = str(year), f"04/11/{year - 1}"
    said(desk, folder, f"Y{year}", f"{year}-05-20")
    places = ("P2", "K3", "Z11", "U6")
    rows = [f"C{n},{at},S,C2,N1,{place},PR1,,,,,AA1 1AA,1" for n, place in enumerate(places)]
    write(desk, folder, "episodes", *rows)
    write(desk, folder, "header", *(f"C{n},{sex},01/02/2012,WBRI,UN1,," for n, sex in enumerate(("1", "M", "F", "2"))))
    write(desk, folder, "oc3", "C0,01/02/2004,YES,F3,U1", "C1,01/02/2004,YES,F5,U1")
    write(desk, folder, "social_worker", f"C0,01/02/2012,S1,{at},,MANAGE")
    write(desk, folder, "DoLo", f"C0,01/02/2012,{at},")


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A return of each year, each of an authority of its own; of N1 three returns that nobody dated."""
    with desk(tmp_path_factory.mktemp("years")) as made:
        for year in YEARS:
            _year(made, year)
        for folder, at in (("last year", "04/11/2022"), ("this year", "31/03/2024"), ("next", "01/04/2024")):
            text_file(made.inbox / folder / "delivery.toml", 'authority = "N1"\n')
            write(made, folder, "episodes", f"C1,{at},S,C2,N1,U6,PR1,,,,,AA1 1AA,1")
            write(made, folder, "header", "C1,1,01/02/2012,WBRI,UN1,," + folder)
        made.run()
        yield made


def _taken(year: int) -> dict[str, set[str]]:
    """What a year's return took, of what `_year` writes."""
    places = {"U6"} | ({"P2"} if year <= 2024 else {"K3"}) | ({"Z11"} if year >= 2026 else set())
    return {
        "place": places,
        "sex": {"1", "2"} if year <= 2024 else {"M", "F"},
        "activ": {"F3"} if year <= 2021 else {"F5"},
    }


@pytest.mark.parametrize("year", YEARS)
def test_each_year_takes_its_own_entries_and_lists(years: Desk, year: int) -> None:
    found = {count.rule_code: (count.failed, count.hint) for count in evaluate(years.con, catalogue(), f"Y{year}")}
    taken = _taken(year)
    assert found["CM-9EP-Y01"] == (4 - len(taken["place"]), "")
    assert found["CM-9HD-Y01"] == (2, "")
    assert found["CM-9O3-Y01"] == (1, "")
    assert found["CM-9SW-Y03"] == (int(year < 2024), "")
    assert found["CM-9DL-Y03"] == (int(year < 2027), "")
    assert found["CM-9EP-003"] == found["CM-9HD-003"] == found["CM-9O3-003"] == (0, ""), "every entry is of some year"
    query = "select column_name, child_id from facts.failures where authority = ? and rule_code like '%-Y01'"
    wrong = {
        *(("PLACE", f"C{n}") for n, place in enumerate(("P2", "K3", "Z11", "U6")) if place not in taken["place"]),
        *(("SEX", f"C{n}") for n, sex in enumerate(("1", "M", "F", "2")) if sex not in taken["sex"]),
        *(("ACTIV", f"C{n}") for n, activ in enumerate(("F3", "F5")) if activ not in taken["activ"]),
    }
    assert set(years.con.execute(query, [f"Y{year}"]).fetchall()) == wrong


def test_files_without_a_date_are_of_the_year_of_their_neighbours(years: Desk) -> None:
    query = "select file, year_of_return from typed.return_years join typed.deliveries using (delivery_id) where authority = 'N1' order by 1"
    assert years.con.execute(query).fetchall() == [
        ("last year/episodes.csv", 2023), ("last year/header.csv", 2023), ("next/episodes.csv", 2025), ("next/header.csv", 2025),
        ("this year/episodes.csv", 2024), ("this year/header.csv", 2024),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The files of 2,675 invented children that the sector's validator is tried on, each named as its makers named it."""
    with desk(tmp_path_factory.mktemp("real")) as made:
        for path in SAMPLES.iterdir():
            if "rule_info" not in path.name:
                age(Path(shutil.copy(path, made.inbox / path.name)))
        made.run()
        yield made


LOADED = {
    "DoLo.csv": ("dolo", 1), "SSDA903_2020_episodes.csv": ("episodes", 5), "SSDA903_2020_header.csv": ("header", 5),
    "ad1.csv": ("ad1", 29), "episodes.csv": ("episodes", 5050), "header.csv": ("header", 2675), "missing.csv": ("missing", 43),
    "oc2.csv": ("oc2", 2675), "oc3.csv": ("oc3", 53), "placed_for_adoption.csv": ("placed_for_adoption", 29),
    "placed_for_adoption_errors.csv": ("placed_for_adoption", 30), "previous_permanence.csv": ("previous_permanence", 2675),
    "reviews.csv": ("reviews", 12582), "sw_episodes.csv": ("social_worker", 1), "uasc.csv": ("uasc", 132),
}  # fmt: skip


@needs_samples
def test_files_that_others_made_load_with_every_row(real: Desk) -> None:
    receipts = real.receipts()
    for name, (contract, rows) in LOADED.items():
        receipt = receipts[name, f"ssda903.{contract}"]
        assert (receipt.rows_in, receipt.rows_loaded, receipt.rows_rejected, receipt.rows_ignored) == (
            rows,
            rows,
            0,
            0,
        ), name
    from_xml = {r.contract: r.rows_loaded for (name, _), r in receipts.items() if name == "fake_903.xml"}
    assert from_xml == {
        "ssda903.header": 253, "ssda903.episodes": 459, "ssda903.reviews": 1206, "ssda903.oc2": 253, "ssda903.oc3": 6,
        "ssda903.previous_permanence": 253, "ssda903.missing": 6, "ssda903.placed_for_adoption": 3, "ssda903.ad1": 3,
        "ssda903.uasc": 12,
    }  # fmt: skip


@needs_samples
def test_every_episode_of_them_is_in_one_period_placement_and_status(real: Desk) -> None:
    conform(real.con, catalogue())
    chained = real.con.execute("select count(*) from care_chain('typed.ssda903_episodes')").fetchall()
    standing = real.con.execute("select count(*) from typed.ssda903_episodes where is_counted").fetchall()
    spells = {
        name: real.con.execute(
            f"select count(distinct (extracted_on, child, {name})) from care_chain('typed.ssda903_episodes')"
        ).fetchall()
        for name in ("period", "placement", "status")
    }
    kept = {
        name: real.con.execute(f"select count(*) from conformed.{table}").fetchall()
        for name, table in {"period": "cla_episodes", "placement": "cla_placement", "status": "legal_status"}.items()
    }
    assert chained == standing and standing >= [(5050,)]
    assert kept == spells


@needs_samples
def test_no_rule_breaks_over_them_and_what_is_wrong_is_found(real: Desk) -> None:
    counts = evaluate(real.con, catalogue(), "E1")
    assert [count.rule_code for count in counts if count.hint == "ERROR"] == []
    failed = {count.rule_code: count.failed for count in counts if count.failed}
    assert {"CM-9EP-012", "CM-9EP-013", "CM-9PA-003", "CM-9SW-003"} <= failed.keys()
