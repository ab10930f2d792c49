"""Holds to account: counter, decider, checker and signer differ as people, and the database refuses a row put in by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from countermark.ledger.counters import Counter
from countermark.ledger.people import may_be, same_person
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from countermark.ledger.tables import checks, decisions, signatures
from tests.ledger_apart import DEEDS, INSERTS, by_hand, everybody_judged
from tests.ledger_samples import AS_AT, CODE, decision, ledger_in

KEMI = ("Kemi A. Thorganby", "kemi thorganby", "K. Thorganby", "K A Thorganby", "Thorganby, Kemi", "KT", "K.A.T.", "Thorganby K",
        "Ms Kemi Thorganby")  # fmt: skip


@pytest.mark.parametrize("written", KEMI)
def test_a_spelling_with_initials_is_the_same_person(written: str) -> None:
    assert may_be("Kemi A. Thorganby", written) and may_be(written, "Kemi A. Thorganby")
    assert same_person(written, "Kemi A. Thorganby", ["Kemi A. Thorganby", "Abel Marchetti"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kemi Thorganby", "Karl Thorganby"),
        ("Kemi Thorganby", "Kemi Marchetti"),
        ("K Marchetti", "Kemi Thorganby"),
        ("KM", "Kemi Thorganby"),
        ("Thorganby", "Kemi Thorganby"),
        ("Lee Ann", "Ann Lee"),
        ("", "Kemi Thorganby"),
    ],
)
def test_another_name_is_another_person(one: str, other: str) -> None:
    assert not may_be(one, other)


def test_two_people_of_the_councils_file_are_two_and_an_unclear_name_may_be_either() -> None:
    known = ["K Thorganby", "Kemi Thorganby", "Karl Thorganby"]
    assert not same_person("k. thorganby", "Kemi Thorganby", known)
    for person in ("Kemi Thorganby", "Karl Thorganby"):
        assert same_person("KT", person, known)


def test_two_unclear_names_of_one_known_person_are_one() -> None:
    assert not may_be("Thorganby K", "K.A.T.")
    assert same_person("Thorganby K", "K.A.T.", ["Kemi A. Thorganby"])


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path) as made:
        everybody_judged(made)
        yield made


@pytest.mark.parametrize(("role", "by", "rule"), INSERTS)
def test_a_row_put_in_by_hand_is_refused_by_the_database(ledger: Ledger, role: str, by: str, rule: str) -> None:
    with pytest.raises(IntegrityError, match=f"separation: {rule}"):
        by_hand(ledger, role, by)


@pytest.mark.parametrize("role", list(DEEDS))
def test_somebody_who_held_no_other_role_is_not_refused(ledger: Ledger, role: str) -> None:
    """The control: the triggers refuse people, not rows."""
    ledger.note_counters([Counter(CODE, "XX1", AS_AT, "South", "Fay Free")])
    by_hand(ledger, role, "Fay Free")


def test_the_ledger_says_the_refusal_in_a_sentence(ledger: Ledger) -> None:
    says: dict[str, Any] = {"authority": CODE, "indicator_id": "PP1", "as_at": AS_AT}
    with pytest.raises(LedgerError, match=r"N\. Counter counted for this figure and so cannot check"):
        ledger.check(**says, by="N. Counter", note="", facts_hash="f")
    with pytest.raises(LedgerError, match="NC counted for this figure and so cannot sign"):
        ledger.sign(**says, by="NC", facts_hash="f")
    with pytest.raises(LedgerError, match="counted for this figure and so cannot decide"):
        ledger.decide([decision("8899aabbccddeeff", by="norah COUNTER")])
    with pytest.raises(LedgerError, match="decided differences of this figure"):
        ledger.check(**says, by="D Decider", note="", facts_hash="f")
    assert ledger.verify() is None


def test_who_counted_is_who_did_so_as_known_last(ledger: Ledger) -> None:
    assert ledger.note_counters([Counter(CODE, "PP1", AS_AT, "North", "Norah Counter")]) == 0
    before = ledger.head()
    assert ledger.note_counters([Counter(CODE, "PP1", AS_AT, "North", "Otto Other")]) == 1
    assert ledger.head().seq == before.seq + 1
    ledger.decide([decision("8899aabbccddeeff", by="Norah Counter")])
    with pytest.raises(LedgerError, match="counted for"):
        ledger.decide([decision("8899aabbccddeeff", by="Otto Other")])
    assert ledger.note_counters([Counter(CODE, "PP1", AS_AT, "North", "")]) == 1
    ledger.decide([decision("8899aabbccddeeff", by="Otto Other")])
    assert [one.by for one in ledger.counters() if one.indicator_id == "PP1"] == [""]


def test_who_counted_another_month_may_decide_now(ledger: Ledger) -> None:
    ledger.note_counters([Counter(CODE, "PP1", date(2022, 11, 30), "North", "Otto Other")])
    ledger.decide([decision("8899aabbccddeeff", by="Norah Counter")])
    with pytest.raises(LedgerError, match="counted for"):
        ledger.decide([decision("8899aabbccddeeff", by="Otto Other")])


def test_people_of_a_ledger_from_before_are_known_by_their_spellings_too(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as made:
        made.decide([decision()])
        with made.engine.begin() as connection:
            connection.exec_driver_sql("delete from spellings")
        made.check(CODE, "PP6", AS_AT, "Charlie Checker", "", "facts")
        with pytest.raises(LedgerError, match="decided differences"):
            made.check(CODE, "PP1", AS_AT, "DD", "", "facts")


def test_every_judging_table_has_its_rules() -> None:
    assert {table.name for table in (checks, decisions, signatures)} == set(DEEDS)
    assert {rule.split("_")[0] for _, _, rule in INSERTS} == {"decider", "checker", "signer"}
