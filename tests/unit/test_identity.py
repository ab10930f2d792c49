"""Holds the steps by which one child gets one id to account: what a crosswalk may say, where an id is replaced, who is proposed, and that
twins are never made one.

Rows are put into the conformed tables by hand, as a source would; SQL and Python are the product's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.contracts import catalogue
from countermark.ledger.secrets import pseudonym
from countermark.warehouse.conform import create_tables
from countermark.warehouse.connect import connect
from countermark.warehouse.identity import Judgements, Told, identify

CATALOGUE = catalogue.load()
KEY = b"k" * 32
NOV, DEC = date(2022, 11, 2), date(2022, 12, 2)
Link = tuple[str, str]


class Table:
    """The conformed tables, empty at the start of each test."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        create_tables(con, CATALOGUE)

    def add(self, table: str, contract: str = "annex_a.list_07", on: date = NOV, **cells: object) -> None:
        """A row of a source."""
        said = {
            "authority": "E1",
            "contract": contract,
            "delivery_id": "d",
            "source_row": "1",
            "extracted_on": on,
            **cells,
        }
        names, marks = ", ".join(said), ", ".join("?" * len(said))
        self.con.execute(f'insert into conformed."{table}" ({names}) values ({marks})', list(said.values()))

    def child(self, *ids: str, on: date = NOV, contract: str = "annex_a.list_07", **person: object) -> None:
        """Children with a plan."""
        for one in ids:
            self.add("person", contract, on, person_id=one, **person)
            self.add("cp_plans", contract, on, person_id=one, cp_plan_start_date=date(2022, 6, 1))

    def crosswalk(self, *links: Link, on: date = NOV, **more: object) -> None:
        """Rows of a crosswalk: old id, new id."""
        for old, new in links:
            self.add(
                "linked_identifiers", "identity.crosswalk", on, person_id=new, identifier_type="former system id",
                identifier_value=old, **more,
            )  # fmt: skip

    def number(self, child: str, number: str, kind: str = "nhs number") -> None:
        """A number of a child's."""
        self.add(
            "linked_identifiers", "identity.crosswalk", person_id=child, identifier_type=kind, identifier_value=number
        )

    def run(self, *told: Told) -> None:
        """Put everything under one id a child."""
        identify(self.con, CATALOGUE, Judgements(KEY, told))

    def plans(self, on: date = NOV) -> list[str]:
        """The ids under which plans stand in an extract."""
        query = "select person_id from conformed.cp_plans where extracted_on = ? order by 1"
        return [row[0] for row in self.con.execute(query, [on]).fetchall()]

    def refused(self) -> dict[Link, str]:
        """Links that are not applied, and why."""
        return {
            (a, b): why for a, b, why in self.con.execute("select old_id, new_id, why from identity.refused").fetchall()
        }

    def proposed(self) -> dict[frozenset[str], tuple[str, bool]]:
        """Pairs that a person is asked about: why, and whether it is sure."""
        query = "select child_id, other_child_id, why, is_sure from facts.identity_proposals"
        return {frozenset((a, b)): (why, sure) for a, b, why, sure in self.con.execute(query).fetchall()}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None, CATALOGUE.sql) as con:
        con.execute("set threads = 1")
        yield con


@pytest.fixture
def table(con: duckdb.DuckDBPyConnection) -> Table:
    return Table(con)


def told(old: str, new: str, same: bool = True) -> Told:
    return Told("E1", pseudonym(KEY, "child", old), pseudonym(KEY, "child", new), same, "Olive Officer")


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


@pytest.mark.parametrize("other", [{"sex": "male"}, {"date_of_birth": date(2014, 3, 4)}])
def test_another_sex_or_birth_is_another_child(table: Table, other: dict[str, object]) -> None:
    table.child("0010", **GIRL)
    table.child("10", **{**GIRL, **other})
    table.run()
    assert table.proposed() == {}


twins = st.fixed_dictionaries(
    {
        "first": st.integers(10_000, 99_990),
        "apart": st.integers(1, 3),
        "sexes": st.sampled_from(
            [("male", "male"), ("female", "male"), ("female", "female"), (None, None), ("male", None)]
        ),
        "initials": st.sampled_from([("AB", "AB"), ("AB", "CB"), (None, None)]),
        "numbers": st.sampled_from(["differ", "one", "none", "shared by mistake"]),
        "family": st.booleans(),
        "prefix": st.sampled_from(["", "M", "00"]),
        "moves": st.booleans(),
    }
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pair=twins)
def test_twins_are_never_made_one_and_never_proposed_where_a_number_differs(
    con: duckdb.DuckDBPyConnection, pair: dict[str, object]
) -> None:
    table, first = Table(con), int(str(pair["first"]))
    ids = [f"{pair['prefix']}{first}", f"{pair['prefix']}{first + int(str(pair['apart']))}"]
    for place, (one, sex, initials) in enumerate(zip(ids, pair["sexes"], pair["initials"], strict=True)):  # type: ignore[call-overload]
        on = DEC if pair["moves"] and place else NOV
        table.child(one, on=on, sex=sex, initials=initials, date_of_birth=date(2015, 3, 4))
        if pair["family"]:
            table.add("family", "identity.families", family_id="F1", person_id=one)
        if pair["numbers"] in ("differ", "shared by mistake") or (pair["numbers"] == "one" and place):
            table.number(one, f"900000000{place if pair['numbers'] == 'differ' else 0}")
    table.run()
    assert table.plans(NOV) + table.plans(DEC) == ids, "nobody is merged without a person's word"
    found = table.proposed()
    assert not any(sure for _, sure in found.values())
    sexes = {sex for sex in pair["sexes"] if sex}  # type: ignore[attr-defined]
    if pair["numbers"] == "differ" or len(sexes) == 2:
        assert found == {}
