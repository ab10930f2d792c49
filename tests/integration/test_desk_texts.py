"""Commentary, questions and actions about a figure: bound numbers, staleness, conflicts, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from countermark.certify import snapshot
from countermark.certify.snapshot import read
from countermark.desk import actions, challenges, commentary
from countermark.desk.bound import Bound
from countermark.desk.figures import Figure, NoFigureError, figure, figures, rows_of
from countermark.explaining import reading
from countermark.ledger.records import LedgerConflict, LedgerError
from tests.pack_kit import AS_AT, CANARY_CHILD, CANARY_WORKER, HEAD, MANAGER, OFFICER, Office, office


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """A small home of two months."""
    with office(tmp_path, history=2) as made:
        yield made


def now(desk: Office, indicator: str = "PP1", team: str = "ALL") -> Figure:
    with read(snapshot.find(desk.home)) as con:
        return figure(rows_of(con), indicator, AS_AT, team)


def write(desk: Office, text: str, by: str = OFFICER, expected: int | None = None) -> commentary.Commentary:
    with read(snapshot.find(desk.home)) as con:
        return commentary.write(
            desk.ledger, rows_of(con), figure(rows_of(con), "PP1", AS_AT), text, by, expected_version=expected
        )


def lose_one(desk: Office) -> None:
    """One child fewer is seen in time: by fact, member and bridge."""
    desk.run(f"update facts.figures set numerator = numerator - 1 where indicator_id = 'PP1' and as_at = '{AS_AT}'")
    desk.run(
        f"update facts.members set in_numerator = false, state = 'not_met' where indicator_id = 'PP1' and as_at = '{AS_AT}' and case_id = '3'"
    )
    desk.publish()


def test_the_range_in_cases_is_that_of_the_explanation(desk: Office) -> None:
    with read(snapshot.find(desk.home)) as con:
        found = figures(rows_of(con), AS_AT, team=None)
        assert len(found) == 8
        for one in found:
            old = reading.figures(con, one.indicator_id, AS_AT, one.team)[0]
            reading.cases(con, old)
            assert (one.fewest, one.most) == reading.count_bounds(con, old)
    assert (now(desk).fewest, now(desk).most) == (1, 2), "two of thirty are not seen, one of them perhaps"


def test_an_unknown_figure_is_said_plainly(desk: Office) -> None:
    with read(snapshot.find(desk.home)) as con, pytest.raises(NoFigureError, match="no figure of PP9 at 2022-10-31"):
        figure(rows_of(con), "PP9", AS_AT)


def test_numbers_are_filled_from_the_figure(desk: Office) -> None:
    written = write(
        desk,
        "{numerator} of {denominator} were seen, {complement} were not: {value}, {range}. {figure}. {at_least} to {at_most}.",
    )
    assert written.words() == (
        "28 of 30 were seen, 2 were not: 93.3%, between 93.3% and 96.7%. 28 of 30 children (93.3%). 1 to 2."
    )
    assert not written.stale and written.version == 1
    assert "28" not in json.dumps(desk.ledger.notes("commentary")[0].body["text"]), "no number is kept in the text"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Up to {numerater} seen", "no number called numerater"),
        ("A {numerator} and a {", "curly bracket"),
        (f"Child {CANARY_CHILD.lower()} was not seen", "a child's id"),
        (f"{CANARY_WORKER} was away", "a person's name"),
        (f"Ask {HEAD.upper()}", "a person's name"),
        ("   ", "needs words"),
        ("x" * 4001, "longer than 4000"),
    ],
)
def test_what_a_board_must_not_read_is_refused(desk: Office, text: str, says: str) -> None:
    with pytest.raises(LedgerError, match=says) as refused:
        write(desk, text)
    assert CANARY_CHILD not in str(refused.value) and "Wilhelmina" not in str(refused.value)
    assert desk.ledger.notes("commentary") == []


def test_a_year_and_a_count_are_no_child(desk: Office) -> None:
    assert write(desk, "Since 2022 there were 7 visits").version == 1


def test_it_goes_stale_with_its_figure_and_is_confirmed_anew(desk: Office) -> None:
    write(desk, "{figure} were seen.")
    lose_one(desk)
    standing = commentary.commentary(desk.ledger, now(desk))
    assert standing is not None and standing.stale
    assert standing.changed[0] == "It was 28 of 30 children (93.3%) and is now 27 of 30 children (90.0%)."
    assert standing.words() == "28 of 30 children (93.3%) were seen.", "it says what its writer saw"
    again = commentary.confirm(desk.ledger, now(desk), HEAD, expected_version=1)
    assert (again.stale, again.confirmed, again.by, again.owner) == (False, True, HEAD, OFFICER)
    assert again.words() == "27 of 30 children (90.0%) were seen."
    assert [one.words()[:8] for one in commentary.history(desk.ledger, now(desk))] == ["28 of 30", "27 of 30"]


def test_a_signature_does_not_make_it_stale(desk: Office) -> None:
    """Positive control for the rule: everything else that alters the status does."""
    write(desk, "{figure}, {status}.")
    before = now(desk)
    desk.sign("PP1")
    standing = commentary.commentary(desk.ledger, now(desk))
    assert now(desk).status == "certified" and now(desk).revision > before.revision
    assert standing is not None and not standing.stale
    assert standing.changed == ("It was “Being checked: quote with its range” and is now “Checked: safe to quote”.",)
    desk.run("delete from facts.rule_results where contract = 'annex_a.list_07'")
    desk.publish()
    standing = commentary.commentary(desk.ledger, now(desk))
    assert standing is not None and standing.stale and now(desk).status == "withheld"
    assert any("Not reliable enough to report" in one for one in standing.changed)


def test_other_children_behind_the_same_number_make_it_stale(desk: Office) -> None:
    write(desk, "{figure}: the two are known.")
    desk.run(
        f"update facts.members set in_numerator = not in_numerator where indicator_id = 'PP1' and as_at = '{AS_AT}' and case_id in ('3', '29')"
    )
    desk.publish()
    standing = commentary.commentary(desk.ledger, now(desk))
    assert standing is not None and standing.stale
    assert standing.changed == ("Its number is the same; the cases, differences or decisions behind it are not.",)


def test_of_a_figure_not_reliable_enough_leaders_read_no_number(desk: Office) -> None:
    with read(snapshot.find(desk.home)) as con:
        rows = rows_of(con)
        written = commentary.write(desk.ledger, rows, figure(rows, "PP3", AS_AT), "{figure}: {status}.", OFFICER)
    assert written.words() == "[x]: Not reliable enough to report."
    assert written.words(officer=True).startswith("25 of 30 children")


def test_two_who_write_at_once_are_told(desk: Office) -> None:
    write(desk, "One", expected=0)
    with pytest.raises(LedgerConflict, match="Somebody else"):
        write(desk, "Two", by=HEAD, expected=0)
    assert write(desk, "Three", by=HEAD, expected=1).text == "Three"


def test_nothing_to_confirm(desk: Office) -> None:
    with pytest.raises(LedgerError, match="no commentary"):
        commentary.confirm(desk.ledger, now(desk), OFFICER)


def test_a_question_is_asked_answered_and_closed(desk: Office) -> None:
    with read(snapshot.find(desk.home)) as con:
        rows = rows_of(con)
        asked = challenges.ask(desk.ledger, rows, figure(rows, "PP1", AS_AT), "Who is not seen, and why?", HEAD)
        assert (asked.role, asked.state_words) == ("director of children's services", "Waiting for an answer")
        with pytest.raises(LedgerError, match="no answer"):
            challenges.close(desk.ledger, asked, HEAD)
        with pytest.raises(LedgerError, match="a child's id"):
            challenges.answer(desk.ledger, rows, asked, CANARY_CHILD, OFFICER)
        answered = challenges.answer(desk.ledger, rows, asked, "Two, both away", OFFICER, expected_version=1)
        assert (answered.state_words, answered.answered_role) == ("Answered", "performance officer")
        with pytest.raises(LedgerConflict):
            challenges.answer(desk.ledger, rows, asked, "Late", MANAGER, expected_version=1)
        closed = challenges.close(desk.ledger, answered, HEAD)
        with pytest.raises(LedgerError, match="closed"):
            challenges.answer(desk.ledger, rows, closed, "More", OFFICER)
    found = challenges.challenges(desk.ledger, asked.authority, asked.subject)
    assert [one.state for one in found] == ["closed"] and found[0] == challenges.challenge(
        desk.ledger, asked.authority, asked.id
    )
    assert challenges.challenges(desk.ledger, figure="PP3/2022-10-31/ALL") == []


def test_an_action_is_owned_followed_up_and_done(desk: Office) -> None:
    today = datetime.now(UTC).date()
    with read(snapshot.find(desk.home)) as con:
        rows = rows_of(con)
        pp1 = figure(rows, "PP1", AS_AT)
        with pytest.raises(LedgerError, match="gone by"):
            actions.raise_(desk.ledger, rows, pp1, "See them", MANAGER, today - timedelta(days=1), HEAD)
        with pytest.raises(LedgerError, match="owner"):
            actions.raise_(desk.ledger, rows, pp1, "See them", " ", today, HEAD)
        made = actions.raise_(desk.ledger, rows, pp1, "See both children", "tess  manager", today, HEAD)
        assert made.owner_role == "team manager" and made.is_of(MANAGER) and not made.is_of(OFFICER)
        assert made.state_words(today) == "Open" and made.state_words(today + timedelta(days=1)) == "Overdue"
        assert actions.overdue(desk.ledger, made.authority, today + timedelta(days=1)) == [made]
        later = actions.follow_up(desk.ledger, rows, made, "One seen", MANAGER, due=today + timedelta(days=7))
        assert actions.overdue(desk.ledger, made.authority, today + timedelta(days=1)) == []
        with pytest.raises(LedgerConflict):
            actions.follow_up(desk.ledger, rows, made, "At once", HEAD)
        done = actions.follow_up(desk.ledger, rows, later, "Both seen", MANAGER, done=True)
        with pytest.raises(LedgerError, match="done already"):
            actions.follow_up(desk.ledger, rows, done, "Again", MANAGER)
    assert [step.role for step in done.followed_up] == ["team manager", "team manager"]
    assert done.state_words(date(2100, 1, 1)) == "Done" and actions.actions(desk.ledger, made.authority) == [done]


def test_an_owner_without_a_role_is_not_named(desk: Office) -> None:
    with read(snapshot.find(desk.home)) as con:
        rows = rows_of(con)
        made = actions.raise_(
            desk.ledger, rows, figure(rows, "PP1", AS_AT), "See them", "Nora Nobody", date(2100, 1, 1), HEAD
        )
    assert made.owner_role == "a person known to the performance team"


def test_a_bound_figure_survives_its_note(desk: Office) -> None:
    bound = Bound.to(now(desk))
    assert Bound.read(json.loads(json.dumps(bound.body()))) == bound
    assert bound.number == "28 of 30 children (93.3%)" and bound.counted == "29 of 30 children (96.7%)"
