"""Holds what files say to account: no figure certified that a file contradicts, both sides wrong by the file alone, lapse, and who may read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countermark.certify import dip, dip_results, judge
from countermark.certify.dip_results import Result
from countermark.certify.snapshot import read
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.ledger.secrets import pseudonym_key
from tests.small_home import COUNTER, HEAD, LEADER, OFFICER, OTHER, SmallHome, small_home

TODAY, READ = date(2026, 11, 20), date(2022, 11, 5)
# North's list says that child 4 was seen, which the system does not have.
LISTED = """
insert into facts.items by name
select authority, as_at, indicator_id, team, 'numerator' as measure, '4' as case_id, '4' as child_id, 'case' as kind, -1 as effect,
    'VALUE' as reason, 'exact' as evidence, false as closed, true as manual_in, false as system_in, 'North' as of_team, '4' as break_key,
    'b' as bound_to, date '2022-10-20' as event_date
from facts.bridges where measure = 'numerator';
update facts.bridges set manual = 4 where measure = 'numerator';
update facts.claims set numerator = 4;
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallHome]:
    with small_home(tmp_path) as made:
        yield made


def drawn(world: SmallHome, case: str = "") -> dip.Drawn:
    """A drawn file, as it stands; all four are drawn."""
    [figure], key = world.figures(), pseudonym_key(world.home.path)
    if not world.ledger.notes(dip.DRAW):
        dip.draw(world.ledger, world.snapshot, key, figure, OFFICER, seed=1)
    every = dip.standing(world.ledger, world.snapshot, key, figure)
    return next(one for one in every if case in ("", one.case_id))


def say(world: SmallHome, case: str, file_says: str, by: str = OTHER, seen: int | None = None, **said: Any) -> None:
    dip_results.record(
        world.ledger, world.snapshot, drawn(world, case), Result(file_says, READ, **said), by, TODAY, seen
    )
    world.publish()


def ask(world: SmallHome, query: str) -> list[tuple[Any, ...]]:
    with read(world.snapshot) as con:
        return con.execute(query).fetchall()


def status(world: SmallHome) -> tuple[Any, ...]:
    return ask(world, "select status, status_reason from main.metrics where team = 'ALL'")[0]


def files(world: SmallHome, columns: str) -> list[tuple[Any, ...]]:
    return ask(world, f"select {columns} from desk.dip_files where looked_on is not null or lapsed order by case_id")


def test_a_figure_that_a_file_contradicts_is_not_certified_whatever_the_counts_agree_on(world: SmallHome) -> None:
    say(world, "1", "met")
    world.check()
    world.sign()
    assert status(world) == ("certified", "Every check holds."), "a file that agrees hinders nothing"
    say(world, "2", "not_met")
    now, why = status(world)
    assert now == "provisional" and "a child's own file says that the system is wrong: North" in why
    assert [one.ended for one in world.ledger.certificates()] == ["lapsed"]
    world.check()
    with pytest.raises(LedgerError, match=r"cannot be signed yet.*child's own file"):
        world.sign()
    gates = ask(world, "select team, outcome from main.gates where gate = 'reconciled' order by 1")
    assert gates == [("ALL", "FAIL"), ("North", "FAIL")]
    assert ask(world, "select range_low, range_high from main.metrics where team = 'ALL'") == [(0.5, 0.75)]
    assert files(world, "case_id, finds") == [("1", "agrees"), ("2", "both_wrong")], (
        "the full list agrees with the system"
    )


def test_a_wrong_date_alone_hinders_too_and_moves_nothing(world: SmallHome) -> None:
    before = ask(world, "select range_low, range_high from main.metrics where team = 'ALL'")
    say(world, "1", "met", finds="system_wrong", file_on=date(2022, 10, 20))
    assert "child's own file" in status(world)[1]
    assert ask(world, "select range_low, range_high from main.metrics where team = 'ALL'") == before
    assert files(world, "finds, is_wrong, file_on") == [("system_wrong", True, date(2022, 10, 20))]


def test_a_file_that_was_not_found_fails_the_sample_and_says_nothing_of_the_system(world: SmallHome) -> None:
    say(world, "1", "no_file")
    assert files(world, "finds, is_wrong, system_is_wrong") == [("no_file", True, False)]
    assert "child's own file" not in status(world)[1]


def test_both_are_wrong_by_the_result_itself_and_no_decision_closes_it(world: SmallHome) -> None:
    world.spoil(LISTED)
    [difference] = world.breaks()
    judge.decide(
        world.ledger, world.snapshot, [difference], OFFICER, decision="system_right", cause="workload", reason="Seen."
    )
    world.publish()
    assert ask(world, "select distinct state, decision from main.breaks") == [("decided", "system_right")]
    say(world, "4", "not_counted")
    rows = "select distinct state, decision, evidence, effect from main.breaks"
    assert ask(world, rows) == [("open", "both_wrong", "file_checked", -1)]
    assert ask(world, "select distinct proof from main.breaks")[0][0].endswith(
        "it should not count; both sides are wrong."
    )
    bridge = "select manual, system, sum(effect) from main.bridge_lines where team = 'North' and measure = 'numerator' group by all"
    assert ask(world, bridge) == [(4, 3, -1)], "the two differ as before"
    [metric] = ask(
        world,
        "select reconciled_numerator, reconciled_denominator, range_low, range_high from main.metrics where team = 'ALL'",
    )
    assert metric == (3, 4, 0.75, 1.0), "as recorded 3 of 4, by the list 4 of 4, by the file 3 of 3"
    [change] = ask(world, "select file_n - system_n, file_d - system_d from desk.dip_files where case_id = '4'")
    assert change == (0, -1)


@pytest.mark.parametrize(
    ("file_says", "finds", "hinders"), [("not_met", "list_wrong", False), ("met", "system_wrong", True)]
)
def test_which_side_is_wrong_is_found_by_what_both_say(
    world: SmallHome, file_says: str, finds: str, hinders: bool
) -> None:
    world.spoil(LISTED)
    say(world, "4", file_says)
    assert files(world, "finds, list_n, list_d, list_on") == [(finds, 1, 1, date(2022, 10, 20))]
    assert ("child's own file" in status(world)[1]) == hinders
    assert ask(world, "select distinct state, decision from main.breaks") == [("open", None)], (
        "evidence, and no decision"
    )


@pytest.mark.parametrize("blank", ["", "numerator", "denominator"])
def test_what_the_team_says_of_a_case_without_a_difference_is_known_where_both_numbers_were_given(
    world: SmallHome, blank: str
) -> None:
    if blank:
        world.spoil(f"update facts.claims set {blank} = null, grade_{blank} = null")
    say(world, "1", "not_met")
    known = not blank
    assert files(world, "finds, list_n is not null, list_d is not null") == [
        ("both_wrong" if known else "system_wrong", known, known)
    ]


def test_a_result_lapses_when_what_it_was_bound_to_changes_and_holds_again_when_it_is_back(world: SmallHome) -> None:
    say(world, "1", "not_met")
    world.spoil("update facts.members set decides_on = date '2022-10-19' where case_id = '1'")
    assert files(world, "lapsed, file_says, finds, is_wrong, version") == [(True, None, None, None, 1)]
    assert "child's own file" not in status(world)[1]
    assert not dip_results.results(world.ledger, "X1", [drawn(world, "1").subject])[drawn(world, "1").subject][0].holds(
        drawn(world, "1")
    )
    world.spoil("update facts.members set decides_on = null where case_id = '1'")
    assert files(world, "lapsed, file_says") == [(False, "not_met")]


def test_a_list_that_comes_later_lapses_nothing_and_another_list_does(world: SmallHome) -> None:
    say(world, "4", "not_met")
    world.spoil(LISTED)
    assert files(world, "lapsed, finds") == [(False, "list_wrong")]
    say(world, "4", "not_met", seen=1)
    world.spoil("update facts.items set event_date = date '2022-10-21'")
    assert files(world, "lapsed, finds") == [(True, None)]
    assert ask(world, "select distinct evidence from main.breaks") == [("exact",)]


def test_who_has_another_role_of_the_figure_reads_no_file_and_the_reader_has_no_other(world: SmallHome) -> None:
    with pytest.raises(LedgerError, match="counted for this figure and so cannot read its case files"):
        say(world, "1", "met", by=COUNTER)
    world.check(OFFICER)
    world.sign(HEAD)
    for name, deed in ((OFFICER, "checked"), (HEAD, "signed")):
        with pytest.raises(LedgerError, match=f"{deed} this figure"):
            say(world, "1", "met", by=name)
    assert not world.ledger.notes(dip_results.RESULT)
    dip_results.record(world.ledger, world.snapshot, drawn(world, "1"), Result("met", READ), OTHER, TODAY, 0)
    with pytest.raises(LedgerError, match="read case files of this figure"):
        judge.check(world.ledger, world.snapshot, world.figures(), OTHER, "Looked.")
    with pytest.raises(
        LedgerError, match="Otto Other"
    ):  # the database, asked past the code, and before anything was published
        world.ledger.check("X1", "PP1", date(2022, 10, 31), OTHER, "Looked.", world.figures()[0].facts_hash)


def test_of_two_readers_one_is_told_and_nobody_reads_what_changed_meanwhile(world: SmallHome) -> None:
    one = drawn(world, "1")
    say(world, "1", "met", seen=0)
    assert (dip_results.seen_by(world.ledger, one, OTHER), dip_results.seen_by(world.ledger, one, LEADER)) == (1, 0)
    with pytest.raises(LedgerConflict, match="meantime"):
        say(world, "1", "not_met", by=LEADER, seen=0)
    with pytest.raises(LedgerConflict, match="changed since you read it"):
        dip_results.record(world.ledger, world.snapshot, one, Result("met", READ), OTHER, TODAY, 1, "0" * 16)
    say(world, "1", "not_met", by=LEADER, seen=1)
    said = dip_results.results(world.ledger, "X1", [one.subject], newest=False)[one.subject]
    assert [(each.said.file_says, each.by, each.version) for each in said] == [
        ("met", OTHER, 1),
        ("not_met", LEADER, 2),
    ]


def typed(world: SmallHome, *words: str) -> tuple[int, str]:
    """What a command answers."""
    from typer.testing import CliRunner

    from pipelines.command_line import app

    found = CliRunner().invoke(app, [*words, "--home", str(world.home.path)])
    return (0 if found.exception is None else 1), found.output + str(found.exception or "")


def test_the_commands_draw_list_and_record_as_the_pages_do(world: SmallHome, tmp_path: Path) -> None:
    at = ("--as-at", "2022-10-31")
    sheet = ("--by", OFFICER, "--out", str(tmp_path / "s.xlsx"), "--seed", "1")
    assert "Nothing has been drawn" in typed(world, "dip-files", "PP1", *at)[1]
    assert "draw 1, seed 1" in typed(world, "dip-sample", "PP1", *at, *sheet)[1]
    assert "0 of 4 files read, none wrong. Still being read." in typed(world, "dip-files")[1]
    says = ("--looked-on", "2022-11-05", "--by", OTHER)
    one = next(
        line.split()[0] for line in typed(world, "dip-files", "PP1", *at)[1].splitlines() if line.split()[1] == "1"
    )
    assert (
        "Choose how the case counts" in typed(world, "dip-result", "PP1", one, *at, *says, "--finds", "both_wrong")[1]
    )
    assert "No file 9.9" in typed(world, "dip-result", "PP1", "9.9", *at, *says, "--finds", "agrees")[1]
    wrong = ("--finds", "both_wrong", "--counts", "not_met", "--note", "Not seen.")
    code, said = typed(world, "dip-result", "PP1", one, *at, *says, *wrong)
    assert code == 0 and "is recorded" in said
    others = ("--looked-on", "2022-11-05", "--by", LEADER)
    assert "--anew" in typed(world, "dip-result", "PP1", one, *at, *others, "--finds", "agrees")[1]
    assert typed(world, "dip-result", "PP1", one, *at, *others, "--finds", "agrees", "--anew")[0] == 0
    past = typed(world, "dip-files", "PP1", *at, "--past")[1]
    assert "Not seen." in past and past.index(OTHER) < past.index(LEADER)
    assert (
        "in tolerance 1 of 3 month ends running. Counting goes on: 2 month ends more in tolerance."
        in typed(world, "owed", *at)[1]
    )
