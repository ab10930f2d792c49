"""Holds to account: decisions, checks, signatures and certificates, and that nobody holds two of these roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from countermark.ledger.causes import CAUSES, DECISIONS, cause_code
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.ledger.tables import checks, decisions, signatures
from tests.ledger_samples import AS_AT, CODE, START, decision, ledger_in

ONE, TWO = "0011223344556677", "8899aabbccddeeff"


def test_the_newest_decision_of_a_break_counts_and_the_older_ones_stay(tmp_path: Path) -> None:
    later = START + timedelta(days=3)
    with ledger_in(tmp_path) as ledger:
        first = ledger.decide([decision(ONE), decision(TWO, evidence="audit 12")])
        assert first == [replace(decision(ONE), version=1), replace(decision(TWO, evidence="audit 12"), version=1)]
        second = ledger.decide([decision(ONE, decision="system_right", until=None, at=later)])
        assert second[0].version == 2
        assert ledger.decisions() == [second[0], first[1]]
        assert ledger.decisions(known_at=START) == first
        assert ledger.decisions(newest=False) == [first[0], second[0], first[1]]
        assert len(ledger.entries()) == 2


def test_two_officers_who_saw_the_same_version_do_not_overwrite_each_other(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.decide([decision(ONE)], expected_version=0)
        with pytest.raises(LedgerConflict, match="meantime"):
            ledger.decide([decision(TWO), decision(ONE)], expected_version=0)
        assert [one.break_id for one in ledger.decisions()] == [ONE]
        ledger.decide([decision(TWO), decision(ONE)], expected_version={ONE: 1, TWO: 0})
        assert [one.version for one in ledger.decisions()] == [2, 1]


def test_one_break_twice_in_one_call_gets_two_versions(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        stored = ledger.decide([decision(ONE), decision(ONE, decision="both_wrong", until=None)])
        assert [one.version for one in stored] == [1, 2]
        assert ledger.decisions() == stored[1:]


@pytest.mark.parametrize("name", list(DECISIONS))
def test_every_decision_is_taken_with_a_date_and_two_of_them_not_without(tmp_path: Path, name: str) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.decide([decision(ONE, decision=name)])
        if name in ("manual_right", "accepted"):
            with pytest.raises(LedgerError, match="--until"):
                ledger.decide([decision(TWO, decision=name, until=None)])
        else:
            ledger.decide([decision(TWO, decision=name, until=None)])


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("decision", "maybe", "no decision"),
        ("reason", " \n", "reason"),
        ("by", "…", "name"),
        ("cause", "bad luck", "no known cause"),
        ("cause", "", "no known cause"),
        ("cause", "not", "no known cause"),
    ],
)
def test_an_incomplete_decision_is_refused_and_nothing_is_kept(
    tmp_path: Path, field: str, value: str, says: str
) -> None:
    with ledger_in(tmp_path) as ledger:
        with pytest.raises(LedgerError, match=says):
            ledger.decide([decision(TWO), decision(ONE, **{field: value})])
        assert ledger.decisions() == []
        assert ledger.entries() == []


def test_causes_are_named_by_code_by_words_or_by_a_run_of_their_words() -> None:
    for code, words in CAUSES.items():
        assert {cause_code(code), cause_code(words.upper()), cause_code(words.replace(" ", "-"))} == {code}
    assert cause_code("agency worker") == "no_login_or_agency_worker"
    assert cause_code("form wrong") == "form_wrong_in_the_new_system"
    with pytest.raises(LedgerError, match="Did you mean “not trained”"):
        cause_code("not trianed")


def test_the_newest_check_of_a_figure_counts(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        first = ledger.check(CODE, "PP1", AS_AT, "Charlie", "First look.", "facts one", START)
        other = ledger.check(CODE, "PP6", AS_AT, "Charlie", "", "facts", START)
        second = ledger.check(CODE, "PP1", AS_AT, "Chris", "", "facts two", START + timedelta(days=1))
        assert ledger.checks() == [second, other]
        assert ledger.checks(known_at=START) == [first, other]
        assert ledger.checks(newest=False) == [first, other, second]


def test_a_certificate_stands_is_reaffirmed_and_lapses_once(tmp_path: Path) -> None:
    moments = [START + timedelta(hours=hour) for hour in range(4)]
    with ledger_in(tmp_path) as ledger:
        id_ = ledger.sign(CODE, "PP1", AS_AT, "Sam", "facts", moments[0])
        assert [one.certificate_id for one in ledger.signatures()] == [id_]
        ledger.reaffirm(id_, moments[1])
        assert ledger.lapse(id_, "A late visit changed the figure.", moments[2])
        assert not ledger.lapse(id_, "Again.", moments[3])
        with pytest.raises(LedgerError, match="signed again"):
            ledger.reaffirm(id_)
        [now] = ledger.certificates()
        assert (now.issued_at, now.reaffirmed_at, now.lapsed_at) == (moments[0], moments[1], moments[2])
        assert now.lapse_reason == "A late visit changed the figure."
        [then] = ledger.certificates(known_at=moments[1])
        assert (then.lapsed_at, then.lapse_reason, then.reaffirmed_at) == (None, "", moments[1])
        assert ledger.certificates(known_at=START - timedelta(days=1)) == []


def test_signing_anew_ends_the_figures_earlier_certificate_and_no_other(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        others = [ledger.sign(CODE, "PP6", AS_AT, "Sam", "f"), ledger.sign(CODE, "PP1", date(2022, 9, 30), "Sam", "f")]
        old = ledger.sign(CODE, "PP1", AS_AT, "Sam", "facts")
        new = ledger.sign(CODE, "PP1", AS_AT, "Sam", "facts")
        assert old != new
        assert {one.id for one in ledger.certificates() if one.lapsed_at is None} == {*others, new}


def test_an_unknown_certificate_is_refused(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        for act in (lambda: ledger.reaffirm("C0"), lambda: ledger.lapse("C0", "Why.")):
            with pytest.raises(LedgerError, match="no certificate"):
                act()


def test_the_ledger_keeps_checker_decider_and_signer_apart_whatever_the_spelling(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.check(CODE, "PP1", AS_AT, "Anne-Marie O’Neill", "", "facts")
        ledger.decide([decision(ONE)])
        with pytest.raises(LedgerError, match="checked this figure"):
            ledger.sign(CODE, "PP1", AS_AT, "ANNE MARIE ONEILL", "facts two")
        with pytest.raises(LedgerError, match="decided differences"):
            ledger.sign(CODE, "PP1", AS_AT, "dana  decider", "facts")
        with pytest.raises(LedgerError, match="decided differences"):
            ledger.check(CODE, "PP1", AS_AT, "Dana Decider.", "", "facts")
        ledger.sign(CODE, "PP1", AS_AT, "Sam", "facts")
        with pytest.raises(LedgerError, match="signed this figure"):
            ledger.check(CODE, "PP1", AS_AT, "sam", "", "facts")
        assert (len(ledger.signatures()), len(ledger.checks()), ledger.verify()) == (1, 1, None)
        ledger.sign(CODE, "PP6", AS_AT, "Dana Decider", "another figure")
        ledger.sign(CODE, "PP1", date(2022, 9, 30), "Anne-Marie O'Neill", "another date")


def test_a_decision_that_ran_out_or_was_taken_anew_by_another_frees_its_officer(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.decide([decision(ONE, until=date(2022, 10, 30)), decision(TWO)])
        ledger.decide([decision(TWO, by="Dora")])
        ledger.sign(CODE, "PP1", AS_AT, "Dana Decider", "facts")
        with pytest.raises(LedgerError, match="decided differences"):
            ledger.sign(CODE, "PP1", AS_AT, "Dora", "facts")


def test_the_database_itself_refuses_what_goes_round_the_code(tmp_path: Path) -> None:
    figure = {"authority": CODE, "indicator_id": "PP1", "as_at": AS_AT, "by": "C", "by_key": "charlie", "at": "now"}
    vouched = {"facts_hash": "f", "entry_seq": 1, "nonce": "n"}
    with ledger_in(tmp_path) as ledger:
        ledger.check(CODE, "PP1", AS_AT, "Charlie", "", "facts")
        row = {**figure, **vouched, "seq": 1, "certificate_id": "C1"}
        with pytest.raises(IntegrityError, match="separation"), ledger.engine.begin() as connection:
            connection.execute(signatures.insert().values(**row))
        ledger.decide([decision(ONE)])
        with pytest.raises(IntegrityError, match="until_given"), ledger.engine.begin() as connection:
            connection.execute(decisions.update().values(until=None))
        with pytest.raises(IntegrityError), ledger.engine.begin() as connection:
            connection.execute(checks.insert().values(**figure, **vouched, seq=1, note=""))
