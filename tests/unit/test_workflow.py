"""Holds the workflow of a figure to its word: draft, checked, certified, withdrawn, superseded, lapsed, and who acts next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from countermark.certify import judge, revisions, workflow
from countermark.certify.certify import GATE_ORDER
from countermark.certify.snapshot import read
from countermark.ledger.records import LedgerConflict, LedgerError
from tests.certify_kit import AS_AT, AUTHORITY
from tests.small_home import COUNTER, HEAD, LEADER, OFFICER, OTHER, PEOPLE, SmallHome, small_home


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallHome]:
    with small_home(tmp_path) as made:
        yield made


def stands(world: SmallHome) -> tuple[str, str]:
    now = world.progress()
    return now.state, now.owner


def test_a_figure_goes_from_draft_to_certified_and_each_state_has_its_owner(world: SmallHome) -> None:
    assert stands(world) == ("draft", workflow.OFFICER)
    assert world.progress().to_do == "check it, with a note on what was looked at"
    assert world.progress().holding == 4
    world.check()
    assert stands(world) == ("checked", workflow.HEAD)
    assert (world.progress().checks, world.progress().signatures) == (1, 0)
    id_ = world.sign()
    assert stands(world) == ("certified", "")
    now = world.progress()
    assert (now.holding, now.signatures, now.figure["certificate_id"]) == (7, 1, id_)


def test_a_withdrawn_certificate_goes_back_to_the_officer_and_needs_a_new_check(world: SmallHome) -> None:
    world.check()
    id_ = world.sign()
    judge.withdraw(world.ledger, world.snapshot, id_.lower(), "Two  visits were entered twice.", "dora director")
    world.publish()
    assert stands(world) == ("withdrawn", workflow.OFFICER)
    [gone] = world.ledger.certificates()
    assert (gone.ended, gone.ended_by, gone.lapse_reason) == ("withdrawn", HEAD, "Two visits were entered twice.")
    with pytest.raises(LedgerError, match="no officer has checked it since"):
        judge.sign(world.ledger, world.snapshot, world.figures(), HEAD)
    with read(world.snapshot) as con:
        row = con.execute("select lapse_reason, lapsed_at is not null from main.certificates").fetchone()
        status = con.execute("select status, status_reason from main.metrics where team = 'ALL'").fetchone()
    assert row == ("withdrawn: Two visits were entered twice.", True)
    assert status is not None and status[0] == "provisional" and "the certificate was withdrawn" in status[1]
    world.check(OTHER)
    assert stands(world) == ("checked", workflow.HEAD)
    anew = world.sign()
    assert stands(world) == ("certified", "")
    assert workflow.certificate_states(world.ledger.certificates()) == {id_: "withdrawn", anew: "certified"}
    assert world.ledger.verify() is None


def test_who_withdraws_says_why_names_no_child_and_does_it_once(world: SmallHome) -> None:
    world.spoil("update facts.members set child_id = 'AB12345', case_id = 'AB12345' where case_id = '1'")
    world.check()
    id_ = world.sign()
    for reason, by, says in (
        (" ", HEAD, "for a reason"),
        ("Why.", "Nobody Known", "authority.toml"),
        ("Why.", "", "name is needed"),
        ("ab12345 was seen twice.", HEAD, "names a child"),
    ):
        with pytest.raises(LedgerError, match=says):
            judge.withdraw(world.ledger, world.snapshot, id_, reason, by)
    with pytest.raises(LedgerError, match="no certificate"):
        judge.withdraw(world.ledger, world.snapshot, "C0", "Why.", HEAD)
    assert world.ledger.certificates()[0].ended == ""
    judge.withdraw(world.ledger, world.snapshot, id_, "4 children were seen twice.", OFFICER)
    with pytest.raises(LedgerConflict, match="nothing to withdraw"):
        judge.withdraw(world.ledger, world.snapshot, id_, "Again.", HEAD)


def test_a_lapse_takes_the_figure_back_to_draft_and_signing_anew_supersedes(world: SmallHome) -> None:
    world.check()
    first = world.sign()
    world.spoil("update facts.members set done_on = date '2022-10-25' where case_id = '2'")
    assert stands(world) == ("draft", workflow.OFFICER)
    [lapsed] = world.ledger.certificates()
    assert (lapsed.ended, lapsed.ended_by) == ("lapsed", "")
    assert workflow.certificate_states([lapsed]) == {first: "lapsed"}
    world.check()
    second = world.sign()
    third = world.sign()
    states = workflow.certificate_states(world.ledger.certificates())
    assert states == {first: "superseded", second: "superseded", third: "certified"}
    kinds = [(event.certificate_id, event.kind) for event in world.ledger.certificate_events()]
    assert kinds == [(first, "lapsed"), (second, "superseded")]


def test_other_files_with_the_same_facts_are_shown_as_a_reaffirmation(world: SmallHome) -> None:
    world.check()
    id_ = world.sign()
    world.ledger.reaffirm(id_, reason="other files, the same facts: abc")
    assert [event.kind for event in world.ledger.certificate_events(id_)] == ["reaffirmed"]
    assert world.progress().certificate == world.ledger.certificates()[0]
    assert stands(world) == ("certified", "")


def test_a_reconstructed_figure_is_nobodys_to_sign(world: SmallHome) -> None:
    world.spoil("delete from facts.taken")
    world.check()
    now = world.progress()
    assert (now.state, now.owner, now.to_do) == ("draft", "", "")


def test_the_first_check_that_does_not_hold_says_who_acts(world: SmallHome) -> None:
    world.spoil("insert into facts.owes select authority, as_at, indicator_id, 'South' from facts.owes limit 1")
    world.check()
    assert stands(world) == ("draft", workflow.TEAM_MANAGER)
    world.spoil("update facts.extracts set stated = false")
    assert stands(world) == ("draft", workflow.OFFICER)


def test_every_state_and_check_has_its_words_and_owner() -> None:
    assert set(workflow.STATES) == set(workflow.OWNERS)
    assert list(workflow.NEXT) == list(GATE_ORDER)
    assert set(workflow.ENDED) == {"lapsed", "superseded", "withdrawn"}


def test_who_is_accountable_follows_from_the_role() -> None:
    assert workflow.may_sign("dora  director", PEOPLE)
    assert workflow.may_sign("Gita", {"Gita": "head of service, front door"})
    assert not any(workflow.may_sign(name, PEOPLE) for name in (COUNTER, OFFICER, LEADER, "Somebody Else"))
    assert workflow.may_sign("Somebody Else", {})


def test_filters_choose_figures(world: SmallHome) -> None:
    with read(world.snapshot) as con:
        rows = workflow.reader(con)
        key = (AUTHORITY, "PP1", AS_AT)
        for chosen in ({"authority": AUTHORITY}, {"theme": "protection"}, {"as_at": AS_AT}, {"indicator": "PP1"}):
            assert [one.key for one in workflow.progress(rows, world.ledger, **chosen)] == [key]
        assert workflow.progress(rows, world.ledger, theme="care") == []


def test_each_revision_says_what_changed_and_whether_it_changes_the_conclusion(world: SmallHome) -> None:
    world.check()
    world.sign()
    world.spoil(
        "update facts.figures set numerator = 2; update facts.members set in_numerator = false where case_id = '1'"
    )
    world.spoil("update facts.extracts set extracted_on = date '2022-11-03'")
    with read(world.snapshot) as con:
        found = revisions.revisions(workflow.reader(con), AUTHORITY, "PP1", AS_AT)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert found[0].says == "First published."
    certified = next(one for one in found if one.status == "certified")
    assert certified.state == "ended"
    assert (
        certified.says
        == "The number is the same, its status now “Checked: safe to quote”. This changes the conclusion."
    )
    assert (certified.kind, found[0].kind, found[1].kind) == ("Change of status", "Scheduled", "Change of status")
    restated = found[-1]
    assert "The number changed from 3 of 4 to 2 of 4" in restated.says
    assert restated.says.endswith("This changes the conclusion.") and restated.kind in ("Correction", "Late recording")
    world.check()
    world.sign()
    with read(world.snapshot) as con:
        states = [one.state for one in revisions.revisions(workflow.reader(con), AUTHORITY, "PP1", AS_AT)]
    assert [state for state in states if state] == ["superseded", "certified"]
