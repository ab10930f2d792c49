"""What richer sources prove, through the whole chain from files: each child of one invented team is one reason why list and extract differ.

PP1 at 31 October 2022: the list has every child seen on 20 October; the extract's last visit is older. Beside each reason stand children
of whom the record of visits says nothing of the kind: they stay what they were.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from countermark.explaining.reading import cases, figures
from tests.chain import run_chain
from tests.intake_kit import COUNTS, LISTS, csv_file, headers, plan, row, text_file, workbook

AS_AT = date(2022, 10, 31)
THE_DAY, LAST, LATER = "2022-10-20", date(2022, 10, 13), "2022-10-25"
SIDECAR = 'authority = "E1"\nextracted_on = 2022-11-02\n'
AUTHORITY = 'authority = "E1"\nname = "Anytown"\n[[teams]]\nname = "North"\nowes = ["PP1"]\n'
VISITS = [
    "Child ID",
    "Visit Date",
    "Visit Type",
    "Visit Status",
    "Child Seen",
    "Visited By",
    "By Allocated Worker",
    "Date Recorded",
]
ENTERED = "2022-11-01"  # after the date, and before the only extract was taken
RECORD = [
    ("2001", THE_DAY, "Child protection", "Draft", "Yes", "W. Orker", "Yes"),
    ("2002", THE_DAY, "Child protection", "Finalised", "No", "W. Orker", "Yes"),
    ("2003", THE_DAY, "Child in need", "Finalised", "Yes", "W. Orker", "Yes"),
    ("2004", THE_DAY, "Child protection", "Finalised", "Yes", "D. Uty", "No"),
    ("2015", THE_DAY, "Child protection", "Finalised", "Yes", "W. Orker", "Yes"),  # the sister of 2005
    ("2006", "2022-10-13", "Child protection", "Finalised", "Yes", "W. Orker", "Yes"),
    ("2007", THE_DAY, "Child protection", "Finalised", "Yes", "W. Orker", "Yes"),
    ("2009", "2022-10-21", "Child protection", "Draft", "Yes", "W. Orker", "Yes"),  # of another day
    ("2010", THE_DAY, "Child protection", "", "", "W. Orker", ""),  # nothing is known of it
    ("2010", "2022-09-01", "Child protection", "Finalised", "Yes", "W. Orker", "Yes"),  # too far off to be the same
    ("2022", LATER, "Child protection", "Finalised", "Yes", "W. Orker", "Yes", ENTERED),
    (
        "2023",
        LATER,
        "Child protection",
        "Finalised",
        "Yes",
        "W. Orker",
        "Yes",
        ENTERED,
    ),  # another row of the day came in time
    ("2023", LATER, "Child protection", "Finalised", "Yes", "D. Uty", "No", "2022-10-26"),
    ("2024", LATER, "Child protection", "Finalised", "Yes", "W. Orker", "Yes", ""),  # nobody says when it was entered
    ("2025", "2022-10-24", "Child protection", "Finalised", "Yes", "W. Orker", "Yes", ENTERED),  # of another day
    ("2026", LATER, "Child in need", "Finalised", "Yes", "W. Orker", "Yes", ENTERED),  # of another kind
    ("2027", LATER, "Child protection", "Finalised", "Yes", "W. Orker", "Yes", ENTERED),  # in the list too
]
EXPECTED = {
    "2001": "NOT_FINALISED", "2002": "NOT_SEEN", "2003": "WRONG_FORM", "2004": "OTHER_WORKER", "2005": "SIBLING_RECORD",
    "2006": "DATE_DIFFERS", "2007": "EXTRACT_RULE", "2008": "VALUE", "2009": "VALUE", "2010": "VALUE", "2011": "RESTRICTED",
    "2012": "IDENTITY", "2013": "MANUAL_ONLY", "2014": "DUPLICATE_SYSTEM", "M14": "DUPLICATE_SYSTEM", "2016": "NOT_ENDED",
    "2017": "UNBORN", "2018": "TRANSFER_IN_OUT", "2019": "CP_AND_CLA", "2020": "EXTRACT_RULE", "2021": "SYSTEM_ONLY",
    "2022": "LATE_RECORDED", "2023": "VALUE", "2024": "VALUE", "2025": "VALUE", "2026": "VALUE", "2027": "LATE_RECORDED",
}  # fmt: skip
SEEN_SINCE = {"2022", "2023", "2024", "2025", "2026"}  # seen by the extract, and listed as not seen
MISSING = {"2016", "2017", "2018", "2019", "2021"}  # in the extract, and not in the list
UNKNOWN = {"2011", "2013", "2020"}  # in the list, and not in the extract
NOT_LISTED = {*MISSING, "M14"}


def _annex(inbox: Path) -> None:
    system = sorted(set(EXPECTED) - UNKNOWN | {"2015"})
    plans = [
        plan(
            child,
            date_of_birth=date(2022, 12, 24) if child == "2017" else date(2015, 3, 4),
            allocated_worker="W. Orker",
            date_of_the_last_statutory_visit=date(2022, 10, 25) if child in {"2012", "2027", *SEEN_SINCE} else LAST,
        )
        for child in system
    ]
    need, care = "annex_a.list_06", "annex_a.list_08"
    moved = row(
        need, child_unique_id="2018", cin_start_date=date(2022, 1, 3), cin_closure_date=date(2022, 9, 30),
        reason_for_closure="RC5", allocated_team="North",
    )  # fmt: skip
    cared_for = row(
        care, child_unique_id="2019", date_started_to_be_looked_after=date(2022, 9, 1), allocated_team="North"
    )
    sheets = {
        "List 7": [headers(), *plans],
        "List 6": [headers(need), moved],
        "List 8": [headers(care), cared_for],
    }
    workbook(inbox / "annex.xlsx", sheets)


def _others(inbox: Path) -> None:
    csv_file(inbox / "visits.csv", [VISITS, *RECORD])
    csv_file(inbox / "families.csv", [["Family ID", "Child ID"], ["F1", "2005"], ["F1", "2015"]])
    crosswalk = [["M12", "2012", ""], ["M14", "2014", ""], ["", "2011", "Yes"]]
    csv_file(inbox / "crosswalk.csv", [["Old ID", "New ID", "Restricted"], *crosswalk])
    text_file(
        inbox / "ssd_cp_plans.csv",
        "cppl_cp_plan_id,cppl_referral_id,cppl_icpc_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date,"
        "cppl_cp_plan_initial_category,cppl_cp_plan_ola,cppl_cp_plan_latest_category\n"
        "P1,R1,I1,2016,2022-06-01,2022-10-10,NEG,N,NEG\n"
        "P2,R2,I2,2020,2022-06-01,,NEG,N,NEG\n",
    )


def _said_of(child: str) -> tuple[str, str | None]:
    """Whether the list has the child seen, and when."""
    if child in SEEN_SINCE:
        return "false", None
    return "true", LATER if child == "2027" else THE_DAY


def _claims(inbox: Path) -> None:
    listed = [*sorted(set(EXPECTED) - NOT_LISTED - {"2012"}), "M12"]
    rows = [
        ["PP1", "North", "2022-10-31", child, None, *_said_of(child), "Ann Counter", "2022-11-01", None]
        for child in listed
    ]
    rows.append(["PP1", "North", "2022-10-31", "2015", None, "false", None, "Ann Counter", "2022-11-01", None])
    other = [["LA0", "North", "2022-10-31", "2019", None, None, None, "Ann Counter", "2022-11-01", None]]
    csv_file(inbox / "lists.csv", [LISTS, *rows, *other])
    count = [
        "PP1",
        "North",
        "2022-10-31",
        "child",
        len(listed) - len(SEEN_SINCE),
        len(rows),
        "Ann Counter",
        "2022-11-01",
        "own_list",
        None,
    ]
    csv_file(inbox / "counts.csv", [COUNTS, count])


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[str, int]]:
    """Reason and effect of each difference of North's, by child and measure."""
    folder = tmp_path_factory.mktemp("richer")
    inbox = folder / "inbox"
    inbox.mkdir()
    text_file(inbox / "authority.toml", AUTHORITY)
    text_file(inbox / "delivery.toml", SIDECAR)
    _annex(inbox)
    _others(inbox)
    _claims(inbox)
    snapshot = run_chain(inbox, folder / "home", AS_AT, validate=False)
    with duckdb.connect(str(snapshot), read_only=True) as con:
        refused = con.execute("select file, contract, reason from main.deliveries where status <> 'loaded'").fetchall()
        assert refused == []
        query = "select case_id, measure, reason, effect from facts.items where indicator_id = 'PP1' and team = 'North'"
        found = {(child, measure): (reason, effect) for child, measure, reason, effect in con.execute(query).fetchall()}
        _sentences(con)
        return found


SENTENCES = {
    "2001": "In the list with the last visit 20 October 2022; the system's last visit is 13 October 2022 (not met); the record of visits has a draft of "
    "20 October 2022, and no visit of that day that is finalised.",
    "2006": "In the list with the last visit 20 October 2022; the record of visits has none on 20 October 2022, and one within five working "
    "days of it, on 13 October 2022.",
    "2008": "In the list with the last visit 20 October 2022; the system's last visit is 13 October 2022 (not met); the record of visits has none on 20 "
    "October 2022.",
    "2013": "In the list with the last visit 20 October 2022; looked for in every table of every extract, and not found.",
    "M14": "The system has the child under two ids, and the team's list has one of them; the crosswalk or a person calls both the child's.",
    "2021": "Looked for in the team's list, and not found; the system's last visit is 13 October 2022 (not met).",
    "2022": "In the list, which does not count it here; the system's last visit is 25 October 2022; it was entered on 1 November 2022.",
    "2024": "In the list, which does not count it here; the system's last visit is 25 October 2022 (met); this source does not say when a visit was "
    "entered.",
    "2027": "In the list with the last visit 25 October 2022; the system's last visit is 25 October 2022; it was entered on 1 November 2022.",
}  # fmt: skip


def _sentences(con: duckdb.DuckDBPyConnection) -> None:
    """Every case has its sentence, of its own facts; `explain` prints it, and none names a child."""
    query = (
        "select case_id, arg_max(proof, measure), bool_and(proof is not null) from main.breaks "
        "where kind = 'case' and team = 'North' and indicator_id = 'PP1' group by all"
    )
    said = {child: (words, complete) for child, words, complete in con.execute(query).fetchall()}
    assert said.keys() >= EXPECTED.keys() - {"2014", "2015"} and all(complete for _, complete in said.values())
    assert {child: said[child][0] for child in SENTENCES} == SENTENCES
    assert not [words for child, (words, _) in said.items() if (child in words and child != "2022") or "{" in words]
    (figure,) = figures(con, "PP1", AS_AT, "North")
    told = {case.case_id: case.proof for case in reversed(cases(con, figure))}  # the open ones stand first
    assert {child: told[child] for child in SENTENCES} == SENTENCES


@pytest.mark.parametrize("child", EXPECTED)
def test_the_difference_is_proved(items: dict[tuple[str, str], tuple[str, int]], child: str) -> None:
    measure = "denominator" if child in NOT_LISTED | UNKNOWN or child in ("2012", "2014") else "numerator"
    effect = {"2012": 0, "2027": 0}.get(child, 1 if child in NOT_LISTED | SEEN_SINCE else -1)
    if child == "2014":  # listed by the id that stays: the other one is the double
        assert ("2014", "denominator") not in items
    else:
        assert items[child, measure] == (EXPECTED[child], effect)


def test_nobody_else_differs(items: dict[tuple[str, str], tuple[str, int]]) -> None:
    assert {child for child, _ in items} == set(EXPECTED)
