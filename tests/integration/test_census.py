"""The children in need census from file to figure: every row accounted for, every departure told, and figures as counted by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from countermark.contracts.catalogue import SHIPPED
from countermark.looking import look
from countermark.warehouse.conform import conform
from countermark.words import place
from expectations.violations import evaluate
from tests.canary import search
from tests.census_kit import assessment, census, child, element, enquiry, episode, plan, protection, write
from tests.chain import run_chain
from tests.intake_kit import Desk, catalogue, csv_file, desk, text_file

SAMPLES = sorted((SHIPPED.parent / "shared" / "samples" / "cin").glob("*.xml"))
ROWS = {
    "cin.children": "Child", "cin.disabilities": "Disability", "cin.details": "CINdetails", "cin.assessments": "Assessments",
    "cin.factors": "AssessmentFactors", "cin.plans": "CINPlanDates", "cin.section47": "Section47",
    "cin.protection_plans": "ChildProtectionPlans", "cin.reviews": "CPPreviewDate", "cin.pre_proceedings": "PreProceedingsandFGDM",
}  # fmt: skip
MARCH = date(2022, 3, 31)
AUTHORITY = 'authority = "E06000012"\nname = "Anytown"\n'
RETURN = census(
    [
        # on a plan since 2019, and again since March; the older episode is closed
        child(
            "C1",
            episode("2019-01-07", protection("2019-02-01", "2021-02-26", 0), closed="2021-03-01", reason="RC7"),
            episode("2022-02-07", enquiry("2022-02-08", "2022-03-01"), protection("2022-03-01", None, 1, "2022-03-28")),
        ),
        # on a plan for more than two years, and assessed in time
        child("C2", episode("2020-01-06", protection("2020-02-03", None, 0), assessment("2022-01-04", "2022-03-08", "3B", "4B"))),
        # a first plan that began in March and ended in March
        child("C3", episode("2022-01-05", enquiry("2022-02-10", "2022-03-21"), protection("2022-03-21", "2022-03-30", 0))),
        # assessed too late (46 working days), no conference needed
        child("C4", episode("2021-12-01", assessment("2022-01-04", "2022-03-09"), enquiry("2022-03-01", None, "true"))),
        # referred in March, no further action; and again in March, with an open assessment
        child("C5", episode("2022-03-02", nfa="true"), episode("2022-03-14", assessment("2022-03-14"), plan("2022-03-20"))),
        # referred in March and nobody says what followed
        child("C6", episode("2022-03-16", nfa=None)),
        # closed on the last day of the year
        child("C7", episode("2021-06-01", plan("2021-07-01", "2022-03-31"), closed="2022-03-31", reason="RC8")),
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[object, ...]]]:
    """What a census alone publishes, by indicator: numerator, denominator, value, status and reason."""
    folder = tmp_path_factory.mktemp("census")
    inbox = folder / "inbox"
    write(inbox / "return.xml", RETURN)
    write(inbox / "authority.toml", AUTHORITY)
    snapshot = run_chain(inbox, folder / "home", MARCH, validate=False)
    with duckdb.connect(str(snapshot), read_only=True) as con:
        found = con.execute(
            "select indicator_id, system_numerator, system_denominator, status, status_reason from metrics where team = 'ALL'"
        ).fetchall()
    yield {row[0]: row[1:] for row in found}


@pytest.mark.parametrize(
    ("indicator", "numerator", "denominator"),
    [
        pytest.param("PP0", 2, None, id="on a plan: C1 and C2"),
        pytest.param("PP6", 1, 2, id="of them for two years: C2"),
        pytest.param("PP7", 1, 2, id="of C1 and C3, begun in March, C1's is a second one"),
        pytest.param("AS1", 1, 2, id="of C2 and C4, authorised in March, C2's was in time"),
        pytest.param("CP3", 1, 2, id="of C1 (15 working days) and C3 (27) C1's conference was in time"),
        pytest.param("FD5", 1, 2, id="of C5's two referrals in March one; C6's is undecided"),
        pytest.param("CN0", 6, None, id="all but C7"),
    ],
)
def test_a_figure_made_of_the_census_alone_is_the_one_counted_by_hand(
    figures: dict[str, tuple[object, ...]], indicator: str, numerator: int, denominator: int | None
) -> None:
    assert figures[indicator][:2] == (numerator, denominator), figures[indicator]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as one:
        yield one


@pytest.mark.skipif(not SAMPLES, reason="the sample returns are not here")
def test_every_row_of_real_returns_is_accounted_for(at: Desk) -> None:
    texts = {f"{number}/{path.name}": path.read_text(encoding="utf-8") for number, path in enumerate(SAMPLES)}
    for number, (name, text) in enumerate(texts.items()):
        text_file(
            at.inbox / name, text
        )  # each of an authority of its own: a smaller one after a larger is held otherwise
        text_file(at.inbox / str(number) / "delivery.toml", f'authority = "E{number}"\n')
    at.run()
    receipts = at.receipts()
    assert {contract for _, contract in receipts} <= {*ROWS, "cin.shape"}
    for file, text in texts.items():
        for contract, name in ROWS.items():
            there = len(re.findall(rf"<{name}>", text))
            receipt = receipts.get((file, contract))
            assert (receipt.rows_in if receipt else 0) == there, (file, contract)
            if receipt and receipt.rows_loaded:
                typed = at.typed("source_row", contract, f"delivery_id = '{receipt.delivery_id}'")
                assert len(typed) == len(set(typed)) == there


def test_the_return_says_itself_when_it_speaks_and_a_sidecar_goes_before_it(at: Desk) -> None:
    one = child("C1", episode("2022-01-10"))
    write(at.inbox / "a/return.xml", census([one]))
    write(at.inbox / "b/early.xml", census([one], 2023, reference="2023-03-31", made="2022-11-01T09:00:00"))
    write(at.inbox / "c/told.xml", census([one], made="2022-06-01T09:00:00"))
    text_file(at.inbox / "c/delivery.toml", "extracted_on = 2022-05-01\n")
    write(at.inbox / "d/silent.xml", census([one], reference="none", made="2099-01-01T00:00:00"))
    at.run()
    dates = {
        file: (r.extracted_on, r.extracted_on_inferred)
        for (file, name), r in at.receipts().items()
        if name == "cin.details"
    }
    assert dates == {
        "a/return.xml": (MARCH, False),
        "b/early.xml": (date(2022, 11, 1), False),
        "c/told.xml": (date(2022, 5, 1), False),
        "d/silent.xml": (date(2022, 1, 10), True),
    }


def test_a_row_that_cannot_be_used_is_rejected_and_everything_else_is_told_and_loads(at: Desk) -> None:
    bad = [
        child(None, episode("2022-01-10")),
        child("C2", episode("2022-02-30", closed="2022-03-01", source="XX")),
        child(
            "C3",
            episode("2022-01-10", protection("2022-02-01", "soon", "few"), nfa="perhaps"),
            sex="7",
            birth="2012-99-99",
        ),
    ]
    write(at.inbox / "return.xml", census(bad))
    at.run()
    counts = {name: (r.rows_in, r.rows_loaded, r.rows_rejected) for (_, name), r in at.receipts().items()}
    assert counts["cin.children"] == (3, 2, 1) and counts["cin.details"] == (3, 1, 2)
    assert counts["cin.protection_plans"] == (1, 1, 0)
    departures = at.typed("path, problem", "cin.shape", "path is not null")
    assert counts["cin.shape"] == (1 + len(departures),) * 2 + (0,)
    evaluate(at.con, catalogue(), "E1")
    told = at.con.execute("select rule_code, source_row from facts.failures where contract = 'cin.shape'").fetchall()
    places = {row for _, row in told if row != "Message!1"}
    assert places == {row for (row,) in at.typed("source_row", "cin.shape", "path is not null")}
    codes = {code for (code,) in at.con.execute("select rule_code from facts.failures").fetchall()}
    assert {"CM-C01-001", "CM-C03-001", "CM-C03-003", "CM-C08-002"} <= codes
    assert at.con.execute("select count(*) from facts.rule_counts where status_hint = 'ERROR'").fetchone() == (0,)


def test_no_value_of_a_return_leaves_its_rows(
    at: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    word = "QUILLFEATHER"
    more = element("Ethnicity", word) + element("Faith", word)
    bad = child(
        word, episode(word, protection(word, word, word), closed=word, source=word, nfa=word), birth=word, more=more
    )
    write(
        at.inbox / "return.xml",
        census([bad, child("C2", episode("2022-01-10"))]).replace("<Children>", f"<Children>{word}"),
    )
    at.run()
    evaluate(at.con, catalogue(), "E1")
    conform(at.con, catalogue())
    assert any("Faith" in receipt.reason for receipt in at.receipts().values())
    at.con.close()
    assert search([word], at.home.path, leave_out=["deliveries/", "warehouse"]) == set()
    assert search([word], at.home.path) != set(), "the search sees the word where it may stand"
    said = capfd.readouterr()
    assert word not in caplog.text + said.out + said.err


def test_the_flat_version_loads_through_the_same_layouts(at: Desk) -> None:
    csv_file(at.inbox / "CINdetails.csv", [
        ["LAchildID", "CINdetailsID", "CINreferralDate", "ReferralSource", "PrimaryNeedCode", "CINclosureDate", "ReasonForClosure", "DateOfInitialCPC", "ReferralNFA"],
        ["C1", 1, "10/01/2022", "1A", "N1", "", "", "", "false"],
    ])  # fmt: skip
    csv_file(
        at.inbox / "Identifiers.csv",
        [["LAchildID", "UPN", "PersonBirthDate", "GenderCurrent"], ["C1", "", "04/03/2012", "2"]],
    )
    csv_file(at.inbox / "CPP.csv", [
        ["LAchildID", "CINdetailsID", "CPPID", "CPPstartDate", "CPPendDate", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "NumberOfPreviousCPP"],
        ["C1", 1, 1, "01/02/2022", "", "NEG", "EMO", "2"],
    ])  # fmt: skip
    at.run()
    assert {name for _, name in at.receipts()} == {"cin.children", "cin.details", "cin.protection_plans"}
    conform(at.con, catalogue())
    assert at.con.execute("select person_id, sex from conformed.person").fetchall() == [("C1", "female")]
    assert at.con.execute("select cin_start_date from conformed.cin_episodes").fetchall() == [(date(2022, 1, 10),)]
    assert at.con.execute("select previous_plans from conformed.cp_plans").fetchall() == [(2,)]


def test_an_entry_of_a_later_year_is_told_by_the_year_that_the_header_gives(at: Desk) -> None:
    write(at.inbox / "return.xml", census([child("C1", episode("2018-01-10", source="5D"), sex="F")], 2023))
    at.run()
    evaluate(at.con, catalogue(), "E1")
    told = at.con.execute("select rule_code from facts.failures where contract <> 'cin.shape' order by 1").fetchall()
    assert [code for (code,) in told] == ["CM-C01-Y01", "CM-C03-Y01"]


def test_looking_at_a_return_tells_every_departure_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "return.xml", census([child("C1", episode("2022-01-10", source="5D"), sex="F")]))
    looked = {one.receipt.contract: one for one in look(path, None, catalogue())}
    assert looked["cin.details"].loads
    said = {problem.says: problem.places for problem in looked["cin.shape"].problems}
    assert said["Children/Child/CINdetails/ReferralSource: not one of the year's codes."] == ("Message!18",)
    assert "Children/Child/ChildIdentifiers/Sex: an element that the year does not have." in said
    assert place("return.xml", "Section47!56") == "return.xml, Section47 on line 56"


def test_half_a_return_is_refused_and_the_whole_one_is_taken_when_it_comes(at: Desk) -> None:
    whole = census([child(f"C{number}", episode("2022-01-10")) for number in range(50)])
    write(at.inbox / "return.xml", whole[: len(whole) // 2])
    at.run()
    refused = at.receipt("return.xml", "")
    assert (refused.status, refused.rows_in) == ("rejected", 0) and "breaks off" in refused.reason
    write(at.inbox / "return.xml", whole)
    at.run()
    assert at.receipt("return.xml", "cin.children").rows_loaded == 50


def test_what_raw_lost_is_read_again_from_the_kept_return(at: Desk) -> None:
    write(at.inbox / "return.xml", RETURN)
    at.run()
    before = {name: at.typed("*", name) for name in ROWS if ("return.xml", name) in at.receipts()}
    at.con.execute("drop schema raw cascade")
    at.con.execute("delete from typed.state")
    at.run()
    assert {name: at.typed("*", name) for name in before} == before and len(before) > 6
