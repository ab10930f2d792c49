"""Holds the steps by which one child gets one id to account: what a crosswalk may say, where an id is replaced, who is proposed, and that
twins are never made one.

Rows are put into the conformed tables by hand, as a source would; SQL and Python are the product's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

import duckdb
import pytest

from countermark.warehouse.connect import connect
from tests.identity_kit import CATALOGUE, DEC, NOV, Link, Table, told


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None, CATALOGUE.sql) as con:
        con.execute("set threads = 1")
        yield con


@pytest.fixture
def table(con: duckdb.DuckDBPyConnection) -> Table:
    return Table(con)


def test_an_old_id_is_replaced_in_every_table(table: Table) -> None:
    table.child("M1", "5002")
    table.add("visits", "trackers.visits", person_id="M1", visit_date=NOV)
    table.crosswalk(("M1", "5001"))
    table.run()
    assert table.plans() == ["5001", "5002"]
    assert table.con.execute("select person_id from conformed.visits").fetchall() == [("5001",)]
    assert table.con.execute("select said_id, person_id from identity.ids order by all").fetchall() == [
        ("M1", "5001"), ("M1", "5001"),
    ]  # fmt: skip


def test_where_one_extract_holds_both_both_stay_there_and_there_alone(table: Table) -> None:
    table.child("M1", "5001")
    table.child("M1", on=DEC)
    table.crosswalk(("M1", "5001"))
    table.run()
    assert table.plans() == ["5001", "M1"]
    assert table.plans(DEC) == ["5001"]


def test_a_chain_leads_to_its_end_and_the_nearest_takes_the_id(table: Table) -> None:
    table.child("A", on=NOV)
    table.child("A", "B", on=DEC)
    table.crosswalk(("A", "B"), ("B", "C"))
    table.run()
    assert table.plans(NOV) == ["C"]
    assert table.plans(DEC) == ["A", "C"]


@pytest.mark.parametrize(
    ("links", "why"),
    [
        ([("A", "B"), ("A", "C")], {("A", "B"): "two children", ("A", "C"): "two children"}),
        ([("A", "B"), ("B", "A")], {("A", "B"): "circle", ("B", "A"): "circle"}),
        ([("A", "B"), ("B", "C"), ("C", "A")], dict.fromkeys([("A", "B"), ("B", "C"), ("C", "A")], "circle")),
    ],
)
def test_what_contradicts_itself_is_applied_nowhere(table: Table, links: list[Link], why: dict[Link, str]) -> None:
    table.child("A", "B", "C", "D")
    table.crosswalk(*links, ("D", "E"))
    table.run()
    assert table.refused() == why
    assert table.plans() == ["A", "B", "C", "E"]


def test_a_number_is_anothers_outside_its_days(table: Table) -> None:
    table.child("M1", on=NOV)
    table.child("M1", on=DEC)
    table.crosswalk(("M1", "5001"), valid_to_date=date(2022, 11, 30))
    table.crosswalk(("M1", "5009"), valid_from_date=date(2022, 12, 1))
    table.run()
    assert table.refused() == {}
    assert (table.plans(NOV), table.plans(DEC)) == (["5001"], ["5009"])


def test_the_newest_crosswalk_that_names_an_old_id_decides(table: Table) -> None:
    table.child("M1", "M2")
    table.crosswalk(("M1", "5001"), ("M2", "5002"))
    table.crosswalk(("M1", "5003"), on=DEC)
    table.run()
    assert table.plans() == ["5002", "5003"]


def test_a_persons_word_is_a_link_and_its_refusal_none(table: Table) -> None:
    table.child("M1", "M2", date_of_birth=date(2015, 3, 4))
    table.run(told("M1", "5001"), told("M2", "M1", same=False))
    assert table.plans() == ["M1", "M2"], "no source holds 5001, so nobody knows whom the word is about"
    table.child("5001", on=DEC)
    table.run(told("M1", "5001"))
    assert table.plans() == ["5001", "M2"]


def test_others_of_the_authority_and_other_authorities_are_left_alone(table: Table) -> None:
    table.child("M1")
    table.add("cp_plans", person_id="M1", authority="E2")
    table.crosswalk(("M1", "5001"))
    table.run()
    query = "select authority, person_id from conformed.cp_plans order by all"
    assert table.con.execute(query).fetchall() == [("E1", "5001"), ("E2", "M1")]


BORN, GIRL = {"date_of_birth": date(2015, 3, 4)}, {"date_of_birth": date(2015, 3, 4), "sex": "female"}


def test_a_shared_number_and_birth_are_proposed_as_sure(table: Table) -> None:
    table.child("10045", "77310", **GIRL)
    table.number("10045", "900 000 0009")
    table.number("77310", "9000000009")
    table.run()
    assert table.proposed() == {frozenset({"10045", "77310"}): ("number", True)}
    table.run(told("10045", "77310", same=False))
    assert table.proposed() == {}, "a pair that somebody has spoken of is not proposed again"


def test_a_former_school_number_is_the_same_childs(table: Table) -> None:
    table.child("10045", "77310", **BORN)
    table.number("10045", "A1", "unique pupil number")
    table.number("77310", "B1", "unique pupil number")
    table.number("77310", "A1", "former unique pupil number")
    table.run()
    assert table.proposed() == {frozenset({"10045", "77310"}): ("number", True)}


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [("0010", "10", "zeros"), ("10045", "M10045", "affix")],
)
def test_ids_that_are_alike_are_proposed_and_never_as_sure(table: Table, one: str, other: str, why: str) -> None:
    table.child(one, contract="annex_a.list_07", **GIRL)
    table.child(other, contract="annex_a.list_06", **GIRL)
    table.run()
    assert table.proposed() == {frozenset({one, other}): (why, False)}


def test_a_slip_of_the_pen_is_proposed_where_no_extract_holds_both(table: Table) -> None:
    table.child("104512", **GIRL)
    table.child("140512", contract="annex_a.list_06", **GIRL)
    table.run()
    assert table.proposed() == {frozenset({"104512", "140512"}): ("near", False)}
    table.child("140512", **GIRL)
    table.run()
    assert table.proposed() == {}


def test_initials_and_birth_are_proposed_and_an_episode_that_goes_on_under_another_id(table: Table) -> None:
    table.child("10045", "77310", initials="J.S.", **GIRL)
    table.child("20001", **BORN)
    table.child("99999", on=DEC, date_of_birth=date(2015, 3, 4))
    table.run()
    found = table.proposed()
    assert found[frozenset({"10045", "77310"})] == ("initials", False)
    assert found[frozenset({"20001", "99999"})] == ("handed over", False)


@pytest.mark.parametrize("other", [{"sex": "male"}, {"date_of_birth": date(2011, 9, 20)}])
def test_another_sex_or_birth_is_another_child(table: Table, other: dict[str, object]) -> None:
    table.child("0010", **GIRL)
    table.child("10", **{**GIRL, **other})
    table.run()
    assert table.proposed() == {}


SEXES = [("male", "male"), ("female", "male"), ("female", "female"), (None, None), ("male", None)]
INITIALS = [("AB", "AB"), ("AB", "CB"), (None, None)]
NUMBERS = ["differ", "one", "none", "shared by mistake"]


def test_twins_are_never_made_one_and_never_proposed_where_a_number_differs(table: Table) -> None:
    twins = {
        f"E{place}": one for place, one in enumerate(product(SEXES, INITIALS, NUMBERS, (True, False), (True, False)))
    }
    ids: dict[str, list[str]] = {}
    for place, (authority, (sexes, initials, numbers, family, moves)) in enumerate(twins.items()):
        first, prefix = 10_000 + 377 * place, ("", "M", "00")[place % 3]
        ids[authority] = [f"{prefix}{first}", f"{prefix}{first + 1 + place % 3}"]
        with table.of(authority):
            for twin, one in enumerate(ids[authority]):
                on = DEC if moves and twin else NOV
                table.child(one, on=on, sex=sexes[twin], initials=initials[twin], date_of_birth=date(2015, 3, 4))
                if family:
                    table.add("family", "identity.families", family_id="F1", person_id=one)
                if numbers in ("differ", "shared by mistake") or (numbers == "one" and twin):
                    table.number(one, f"900000000{twin if numbers == 'differ' else 0}")
    table.run()
    plans = table.con.execute("select authority, list(person_id order by person_id) from conformed.cp_plans group by 1")
    assert dict(plans.fetchall()) == ids, "nobody is merged without a person's word"
    assert table.con.execute("select count(*) from facts.identity_proposals where is_sure").fetchone() == (0,)
    found = table.con.execute("select distinct authority from facts.identity_proposals").fetchall()
    assert found
    for (authority,) in found:
        sexes, _, numbers, _, _ = twins[authority]
        assert numbers != "differ" and len({one for one in sexes if one}) < 2
