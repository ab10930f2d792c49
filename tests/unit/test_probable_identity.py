"""Holds the weighing of pairs to account: whom it proposes and whom never, in what words, and that nothing else hangs on it.

Each case is an authority of its own, with invented children; all are worked out in one run of the product's own SQL and of splink.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from countermark.warehouse import weighing
from countermark.warehouse.connect import connect
from tests.identity_kit import CATALOGUE, DEC, NOV, Table, told
from tests.identity_people import People, people

BORN, REFERRED, STARTED = date(2015, 3, 4), date(2022, 6, 7), date(2022, 6, 21)
GIRL: dict[str, Any] = {"date_of_birth": BORN, "sex": "female", "ethnicity": "WBRI"}
SYSTEM, CENSUS, CARE = "ssd.person", "cin.children", "ssda903.header"
Found = dict[frozenset[str], dict[str, Any]]
Case = Callable[[Table], None]
CASES: dict[str, Case] = {}


def case(make: Case) -> Case:
    """A case by its name."""
    CASES[make.__name__] = make
    return make


def child(table: Table, one: str, contract: str = SYSTEM, on: date = NOV, **cells: Any) -> None:
    """A record of a child: the person, a family, and what happened when."""
    family, referred, care = (cells.pop(name, None) for name in ("family", "referred", "care"))
    table.add("person", contract, on, person_id=one, **cells)
    if family:
        table.add("family", "identity.families", family_id=family, person_id=one)
    if referred:
        table.add("referrals", contract, on, person_id=one, referral_date=referred)
    if care:
        table.add("cla_episodes", contract, on, person_id=one, cla_start_date=care)


@case
def changed_surname(table: Table) -> None:
    child(table, "S1", initials="JS", referred=REFERRED, **GIRL)
    child(table, "C9", CENSUS, initials="JB", referred=REFERRED, **GIRL)


@case
def strangers_of_one_birthday(table: Table) -> None:
    child(table, "S1", initials="JS", referred=REFERRED, **GIRL)
    child(table, "C9", CENSUS, initials="MB", referred=STARTED, **GIRL)
    child(table, "C8", CENSUS, referred=date(2022, 7, 1), **GIRL)


@case
def strangers_of_one_birthday_and_referral(table: Table) -> None:
    child(table, "S1", initials="JS", referred=REFERRED, **GIRL)
    child(table, "C9", CENSUS, initials="MB", referred=REFERRED, **GIRL)


@case
def day_and_month_exchanged(table: Table) -> None:
    child(table, "S1", initials="JS", referred=REFERRED, **GIRL)
    child(table, "C9", CENSUS, initials="JS", referred=REFERRED, **{**GIRL, "date_of_birth": date(2015, 4, 3)})


@case
def one_digit_of_the_birth(table: Table) -> None:
    child(table, "S1", initials="JS", referred=REFERRED, **GIRL)
    child(table, "C9", CENSUS, initials="JS", referred=REFERRED, **{**GIRL, "date_of_birth": date(2015, 3, 14)})


@case
def unborn_with_a_day(table: Table) -> None:
    child(table, "U1", family="F1", date_of_birth=date(2022, 12, 20), referred=REFERRED)
    child(table, "B1", on=DEC, family="F1", date_of_birth=date(2022, 11, 29), sex="male", initials="TS")


@case
def unborn_without_a_day(table: Table) -> None:
    child(table, "U1", family="F1", referred=REFERRED)
    child(table, "B1", on=DEC, family="F1", date_of_birth=date(2022, 11, 20), sex="male", referred=REFERRED)
    child(table, "OLD", on=DEC, family="F1", date_of_birth=date(2016, 11, 20), sex="male", referred=REFERRED)


@case
def unborn_twins(table: Table) -> None:
    for one in ("U1", "U2"):
        child(table, one, family="F1", date_of_birth=date(2022, 12, 20))
    for one in ("B1", "B2"):
        child(table, one, on=DEC, family="F1", date_of_birth=date(2022, 11, 29))


@case
def twins(table: Table) -> None:
    for one, initials in (("S1", "AB"), ("S2", "CB")):
        for contract in (SYSTEM, CENSUS):
            child(table, one, contract, family="F1", initials=initials, referred=REFERRED, **GIRL)


@case
def twins_without_initials_of_whom_one_is_in_care(table: Table) -> None:
    for one in ("70001", "81555"):
        child(table, one, "annex_a.list_06", family="F1", referred=REFERRED, **GIRL)
    child(table, "81555", "annex_a.list_08", care=STARTED, **GIRL)


@case
def twins_held_apart(table: Table) -> None:
    child(table, "70001", family="F1", **GIRL)
    child(table, "81555", CARE, family="F1", **GIRL)


@case
def twins_with_the_same_initials(table: Table) -> None:
    for one in ("S1", "S2"):
        child(table, one, family="F1", initials="JB", referred=REFERRED, **GIRL)


@case
def siblings_in_care_under_new_ids(table: Table) -> None:
    births = (BORN, date(2017, 9, 30), date(2019, 1, 2))
    for place, born in enumerate(births):
        cells = {**GIRL, "date_of_birth": born}
        child(table, f"S{place}", family="F1", referred=REFERRED, care=STARTED, **cells)
        child(table, f"L{place}", CARE, care=STARTED, **cells)


@case
def another_sex(table: Table) -> None:
    child(table, "S1", initials="JS", referred=REFERRED, **GIRL)
    child(table, "C9", CENSUS, initials="JS", referred=REFERRED, **{**GIRL, "sex": "male"})


@case
def another_number(table: Table) -> None:
    changed_surname(table)
    table.number("S1", "9000000009")
    table.number("C9", "9000000017")


@case
def told_apart(table: Table) -> None:
    changed_surname(table)


@case
def a_slip_in_ids_that_one_extract_holds(table: Table) -> None:
    for one in ("104512", "140512"):
        child(table, one, referred=REFERRED, **GIRL)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None, CATALOGUE.sql) as con:
        con.execute("set threads = 1")
        yield con


@pytest.fixture(scope="module")
def found(con: duckdb.DuckDBPyConnection) -> dict[str, Found]:
    """What is proposed in each case."""
    table = Table(con)
    for name, make in CASES.items():
        with table.of(name):
            make(table)
    table.run(told("S1", "C9", same=False, authority="told_apart"))
    assert con.execute("select state from facts.identity_weighing").fetchall() == [("done",)]
    return {name: proposals(con, name) for name in CASES}


def proposals(con: duckdb.DuckDBPyConnection, authority: str) -> Found:
    answer = con.execute("from facts.identity_proposals where authority = ?", [authority])
    names = [one[0] for one in answer.description]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    assert not any(row["is_sure"] for row in rows), "what is probable is never called sure"
    return {frozenset((row["child_id"], row["other_child_id"])): row for row in rows}


def pair(one: str, other: str) -> frozenset[str]:
    return frozenset((one, other))


@pytest.mark.parametrize(
    ("name", "ids", "at_least", "words"),
    [
        ("changed_surname", ("S1", "C9"), 0.8, ["born the same day", "surname's differs", "neither of which has both: referral"]),
        ("day_and_month_exchanged", ("S1", "C9"), 0.9, ["day and month of birth exchanged", "the same initials", "referral"]),
        ("one_digit_of_the_birth", ("S1", "C9"), 0.8, ["dates of birth differ by one digit"]),
        ("unborn_with_a_day", ("U1", "B1"), 0.9, ["the one was expected about when the other was born", "of one family"]),
        ("unborn_without_a_day", ("U1", "B1"), 0.8, ["the one has no date of birth yet", "the one id ends before the other begins"]),
    ],
)  # fmt: skip
def test_who_is_probably_one_child_is_proposed_with_the_evidence_in_words(
    found: dict[str, Found], name: str, ids: tuple[str, str], at_least: float, words: list[str]
) -> None:
    assert set(found[name]) == {pair(*ids)}
    row = found[name][pair(*ids)]
    assert row["why"] == "alike" and at_least <= row["probability"] < 1 and row["weight"] > 0
    for one in words:
        assert one in row["evidence"]
    assert "twins" not in row["doubts"]


@pytest.mark.parametrize(
    "name",
    [
        "strangers_of_one_birthday", "strangers_of_one_birthday_and_referral", "twins", "twins_held_apart",
        "twins_without_initials_of_whom_one_is_in_care", "another_sex", "another_number", "told_apart",
        "a_slip_in_ids_that_one_extract_holds",
    ],
)  # fmt: skip
def test_who_shares_what_twins_and_strangers_share_is_not_proposed(found: dict[str, Found], name: str) -> None:
    assert found[name] == {}


def test_twins_with_the_same_initials_are_asked_about_as_twins_at_a_low_probability(found: dict[str, Found]) -> None:
    row = found["twins_with_the_same_initials"][pair("S1", "S2")]
    assert row["why"] == "initials" and row["probability"] < 0.5
    assert row["doubts"].startswith("twins?") and "one list holds both" in row["doubts"]


def test_of_unborn_twins_nobody_knows_which_is_which(found: dict[str, Found]) -> None:
    rows = found["unborn_twins"]
    assert set(rows) == {pair(a, b) for a in ("U1", "U2") for b in ("B1", "B2")}
    assert all(0.2 < row["probability"] < 0.5 and row["doubts"].startswith("twins?") for row in rows.values())


def test_siblings_in_care_are_each_found_and_never_crossed(found: dict[str, Found]) -> None:
    rows = found["siblings_in_care_under_new_ids"]
    assert set(rows) == {pair(f"S{place}", f"L{place}") for place in range(3)}
    assert all("start of being looked after" in row["evidence"] for row in rows.values())


def test_where_nobody_is_alike_splink_is_not_even_asked(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "_found", lambda *_: pytest.fail("asked"))
    table = Table(con)
    strangers_of_one_birthday(table)
    table.child("10045", date_of_birth=BORN)
    table.child("77310", date_of_birth=STARTED)
    table.run()
    assert table.proposed() == {}
    assert con.execute("select state from facts.identity_weighing").fetchall() == [("done",)]


def test_a_failure_is_an_error_that_names_nobody_and_the_rules_proposals_stand(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("CANARY77 born 2015-03-04")

    monkeypatch.setattr(weighing, "_settings", fails)
    table = Table(con)
    changed_surname(table)
    table.child("0010", "10", **GIRL)
    with caplog.at_level(0):
        table.run()
    assert con.execute("select state, says from facts.identity_weighing").fetchall() == [("ERROR", "ValueError")]
    assert table.proposed() == {pair("0010", "10"): ("zeros", False)}
    assert con.execute("select probability from facts.identity_proposals").fetchall() == [(None,)]
    assert table.plans() == ["0010", "10"]
    assert "ERROR" in caplog.text and "CANARY77" not in caplog.text and "2015" not in caplog.text


def test_nothing_of_a_child_reaches_the_log_or_the_screen(
    con: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    table = Table(con)
    child(table, "CANARY1", initials="QX", referred=REFERRED, **GIRL)
    child(table, "CANARY2", CENSUS, initials="QX", referred=REFERRED, **GIRL)
    with caplog.at_level(0):
        table.run()
    assert set(table.proposed()) == {pair("CANARY1", "CANARY2")}
    said = caplog.text + "".join(capfd.readouterr())
    assert not [one for one in ("CANARY", "QX", "2015-03-04", "2022-06-07") if one in said]
    assert logging.getLogger("splink").propagate and not logging.getLogger("splink").disabled, "as it was before"


def test_each_level_of_the_model_says_how_often_it_holds_and_why() -> None:
    model = weighing.model(CATALOGUE)
    assert 0 < model.one_child < 0.001 and 0.2 <= model.listed_from < 1
    for one in model.comparisons:
        assert one.levels[-1].when == "" and all(level.when for level in one.levels[:-1])
        assert all(0 < level.m < 1 and 0 < level.u < 1 and "{" not in level.when for level in one.levels)
    known = {(name, column) for name, (column, _) in model.events.items()}
    assert all(column in CATALOGUE.tables[name].columns for name, column in known)


def worked_out(con: duckdb.DuckDBPyConnection, made: People, shuffled: int | None = None) -> Found:
    """What is proposed of generated children."""
    table = Table(con)
    made.fill(con, shuffled)
    table.run()
    return proposals(con, "E1")


def measured(found: Found, truth: Collection[frozenset[str]]) -> tuple[float, float]:
    """Recall and precision."""
    right = len(set(found) & set(truth))
    return right / len(truth), right / max(len(found), 1)


@pytest.fixture(scope="module")
def made() -> People:
    return people(400, 120)


@pytest.fixture(scope="module")
def generated(con: duckdb.DuckDBPyConnection, made: People) -> Found:
    return worked_out(con, made)


def test_of_generated_children_nine_second_ids_in_ten_are_found_and_nine_proposals_in_ten_are_right(
    generated: Found, made: People
) -> None:
    told_by_something = [one for one, kind in made.truth.items() if kind != "bare"]
    recall, precision = measured(generated, told_by_something)
    assert len(told_by_something) == 100
    assert recall >= 0.9 and precision >= 0.9
    kinds = {kind for one, kind in made.truth.items() if one in generated}
    assert kinds >= {"moved", "surname", "swapped", "digit", "unborn"}
    assert not [one for one, kind in made.truth.items() if kind == "bare" and one in generated], (
        "what nothing but a birthday tells is not proposed"
    )


def test_the_same_measure_finds_a_shuffled_truth_wrong(generated: Found, made: People) -> None:
    firsts, seconds = zip(*(sorted(one, reverse=True) for one in made.truth), strict=True)
    shuffled = [frozenset(one) for one in zip(firsts, (*seconds[1:], seconds[0]), strict=True)]
    assert measured(generated, shuffled) == (0, 0)


def test_the_probability_says_how_often_it_is_right(generated: Found, made: People) -> None:
    sure = [one in made.truth for one, row in generated.items() if row["probability"] >= 0.9]
    assert len(sure) >= 30 and sum(sure) / len(sure) >= 0.95


def test_the_same_children_in_any_order_weigh_the_same(
    con: duckdb.DuckDBPyConnection, generated: Found, made: People
) -> None:
    assert worked_out(con, made) == generated
    con.execute("set threads = 2")
    assert worked_out(con, made, shuffled=3) == generated
