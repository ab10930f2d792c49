"""Holds to account: two officers at once lose nothing. Who was slower is told so, and what could be stored is stored."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from countermark.certify import each, judge
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.ledger.store import Ledger
from tests.certify_kit import AS_AT, AUTHORITY
from tests.small_home import COUNTER, HEAD, OFFICER, OTHER, SmallHome, small_home

ROUNDS = 100
SAID: dict[str, Any] = {"decision": "system_right", "cause": "workload", "reason": "Opened with the team."}
OFFICE = """
import json, sys
from pathlib import Path
from countermark.certify import judge
from countermark.certify.snapshot import find
from countermark.home import Home
from countermark.ledger.records import LedgerConflict
from countermark.ledger.store import Ledger
home, by, break_id, rounds = Home.open(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
snapshot, told = find(home), 0
with Ledger.open(home.ledger_url) as ledger:
    print("open", flush=True)
    sys.stdin.readline()
    for number in range(rounds):
        while True:
            seen = {one.break_id: one.version for one in ledger.decisions()}.get(break_id, 0)
            try:
                judge.decide(
                    ledger, snapshot, [break_id], by, expected_version={break_id: seen}, decision="system_right",
                    cause="workload", reason=f"round {number} after {seen}",
                )
                break
            except LedgerConflict as conflict:
                assert conflict.subjects == (break_id,)
                told += 1
print(json.dumps(told))
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallHome]:
    with small_home(tmp_path, differences=4) as made:
        yield made


def test_two_officers_at_one_difference_a_hundred_rounds_and_none_lost(world: SmallHome) -> None:
    target = world.breaks()[0]
    command = [sys.executable, "-c", OFFICE, str(world.home.path)]
    officers = [
        subprocess.Popen([*command, by, target, str(ROUNDS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for by in (OFFICER, OTHER)
    ]
    for officer in officers:
        assert officer.stdout is not None and officer.stdin is not None
        assert officer.stdout.readline() == "open\n"
    for officer in officers:
        assert officer.stdin is not None
        officer.stdin.write("go\n")
        officer.stdin.flush()
    told = [json.loads(officer.communicate(timeout=240)[0]) for officer in officers]
    with Ledger.open(world.home.ledger_url) as ledger:
        every = [one for one in ledger.decisions(newest=False) if one.break_id == target]
        assert ledger.verify() is None
    assert [one.version for one in every] == list(range(1, 2 * ROUNDS + 1))
    assert Counter(one.by for one in every) == {OFFICER: ROUNDS, OTHER: ROUNDS}
    assert all(one.reason.endswith(f"after {one.version - 1}") for one in every), "decided on what was not seen"
    assert sum(told) > 0, "they never met: the control is empty"


def test_what_can_be_stored_is_and_the_rest_is_named(world: SmallHome) -> None:
    one, two, three, four = world.breaks()
    nothing_seen = dict.fromkeys((one, two, three, four), 0)
    judge.decide(world.ledger, world.snapshot, [two], OTHER, **SAID)
    with pytest.raises(LedgerConflict, match=two) as conflict:
        judge.decide(world.ledger, world.snapshot, [one, two, three], OFFICER, expected_version=nothing_seen, **SAID)
    assert conflict.value.subjects == (two,)
    assert [d.break_id for d in world.ledger.decisions()] == [two]
    stored, refused = each.decide_each(
        world.ledger, world.snapshot, [one, two, three, one, "unknown"], OFFICER, expected_version=nothing_seen, **SAID
    )
    assert sorted(d.break_id for d in stored) == sorted([one, three])
    by_subject = {r.subject: r for r in refused}
    assert set(by_subject) == {two, "unknown"}
    assert by_subject[two].conflict and OTHER in by_subject[two].why and "system right" in by_subject[two].why
    assert not by_subject["unknown"].conflict and "no difference unknown" in by_subject["unknown"].why
    assert {d.break_id for d in world.ledger.decisions()} == {one, two, three}


def test_many_at_once_that_all_fail_for_one_reason_say_it_once(world: SmallHome) -> None:
    seen = dict.fromkeys(world.breaks(), 0)
    for by, changes, says in (
        (COUNTER, {}, "counted for"),
        (OFFICER, {"reason": " "}, "reason in words"),
        (OFFICER, {"decision": "accepted"}, "--until"),
    ):
        with pytest.raises(LedgerError, match=says):
            each.decide_each(world.ledger, world.snapshot, seen, by, expected_version=seen, **{**SAID, **changes})
    assert world.ledger.decisions() == []
    assert each.decide_each(world.ledger, world.snapshot, [], OFFICER, expected_version={}, **SAID) == ([], [])


def test_two_who_check_or_sign_the_same_figure_do_not_do_it_twice_unknowingly(world: SmallHome) -> None:
    ledger, figures = world.ledger, world.figures()
    done, refused = each.check_each(ledger, world.snapshot, figures, OFFICER, "Looked at five files.", {"PP1": 0})
    assert (done, refused) == (figures, [])
    done, [late] = each.check_each(ledger, world.snapshot, figures, OTHER, "Also looked.", {"PP1": 0})
    assert done == [] and late.conflict and "checked by somebody else" in late.why
    world.publish()
    figures = world.figures()
    ids, refused = each.sign_each(ledger, world.snapshot, figures, HEAD, {"PP1": 0})
    assert list(ids) == ["PP1"] and refused == []
    ids, [late] = each.sign_each(ledger, world.snapshot, figures, HEAD, {"PP1": 0})
    assert ids == {} and late.conflict and "signed by somebody else" in late.why
    assert len(ledger.signatures()) == 1
    with pytest.raises(LedgerConflict) as conflict:
        ledger.sign(AUTHORITY, "PP1", AS_AT, HEAD, figures[0].facts_hash, expected_version=0)
    assert conflict.value.subjects == ("PP1",)


def test_a_refusal_is_told_apart_from_a_conflict(world: SmallHome) -> None:
    ids, [refused] = each.sign_each(world.ledger, world.snapshot, world.figures(), HEAD, {"PP1": 0})
    assert ids == {} and not refused.conflict and "cannot be signed yet" in refused.why
    done, [refused] = each.check_each(world.ledger, world.snapshot, world.figures(), COUNTER, "I counted.", {"PP1": 0})
    assert done == [] and not refused.conflict and "counted for" in refused.why


def test_a_figure_that_changed_since_the_page_was_opened_is_not_judged(world: SmallHome) -> None:
    figures = world.figures()
    assert each.unchanged(figures, {"PP1": figures[0].facts_hash}) == (figures, [])
    same, [moved] = each.unchanged(figures, {"PP1": "of last week"})
    assert same == [] and moved.conflict and "has changed since" in moved.why
