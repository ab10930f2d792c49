"""Holds each of the seven gates to a planted fault that it must find, and the status to what the gates say. A gate that cannot fail is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from countermark.ledger.records import Decision
from tests.certify_kit import AS_AT, AUTHORITY, INTO_FIGURES, LIST, Desk, desk

MACHINE = ("delivered", "valid", "reconciled", "counted")


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def failing(made: Desk) -> set[str]:
    return {gate for gate, outcome in made.certify().items() if outcome not in ("PASS", "NOT_APPLICABLE")}


def test_sound_figure_lacks_people_alone_and_is_provisional(sound: Desk) -> None:
    assert failing(sound) == {"plausible", "checked", "signed"}
    assert sound.metric("status") == "provisional"


def test_checked_with_a_note_and_signed_it_is_certified(sound: Desk) -> None:
    sound.judge()
    assert failing(sound) == set()
    assert sound.metric("status") == "certified"
    assert sound.metric("status", "North") == "certified"
    assert str(sound.metric("certificate_id")).startswith("C")


def test_without_a_note_there_are_no_limits_to_be_plausible_within(sound: Desk) -> None:
    sound.judge(note="")
    assert failing(sound) == {"plausible"}


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        pytest.param("delete from facts.extracts", "withheld", id="no complete delivery"),
        pytest.param(
            "update facts.extracts set extracted_on = date '2022-10-28'", "withheld", id="taken before the date"
        ),
        pytest.param(
            "update facts.extracts set whole_file = false", "provisional", id="a sheet of its file could not be read"
        ),
        pytest.param("update facts.extracts set stated = false", "provisional", id="date inferred"),
        pytest.param(
            "update facts.figures set overtaken = 1, denominator = 3, numerator = 3",
            "provisional",
            id="overtaken beyond the limit",
        ),
    ],
)
def test_delivered_finds(sound: Desk, spoil: str, status: str) -> None:
    sound.run(spoil)
    assert "delivered" in failing(sound)
    assert sound.metric("status") == status


@pytest.mark.parametrize(
    ("spoil", "outcome"),
    [
        pytest.param("update facts.rule_results set status = 'ERROR'", "ERROR", id="a rule could not be run"),
        pytest.param("delete from facts.rule_results", "ERROR", id="no rule ran where there are rows"),
        pytest.param(
            "update facts.rule_results set status = 'NOT_APPLICABLE'",
            "ERROR",
            id="nothing was evaluated where there are rows",
        ),
    ],
)
def test_valid_keeps_error_apart_and_withholds(sound: Desk, spoil: str, outcome: str) -> None:
    sound.run(spoil)
    assert sound.certify()["valid"] == outcome
    assert sound.metric("status") == "withheld"


def fail_rows(
    made: Desk, children: list[str | None], severity: str = "blocking", header: str = "Date of the Last Statutory Visit"
) -> None:
    for number, child in enumerate(children):
        made.con.execute(
            "insert into facts.failures by name select ? as authority, 'CM-L07-002' as rule_code, ? as severity, ? as contract, "
            "'d1' as delivery_id, ? as source_row, ? as column_name, ? as child_id, 'North' as team",
            [AUTHORITY, severity, LIST, f"List 7!{number + 2}", header, child],
        )


def test_valid_finds_more_blocking_failures_than_the_tolerance_allows(sound: Desk) -> None:
    fail_rows(sound, ["1", "2", "3"])
    assert sound.certify()["valid"] == "FAIL"
    assert sound.metric("status") == "withheld"


@pytest.mark.parametrize(
    ("children", "severity", "header"),
    [
        (["1", "2"], "blocking", "Date of the Last Statutory Visit"),
        (["1", "2", "3"], "warning", "Date of the Last Statutory Visit"),
        (["77", "78", "79"], "blocking", "Date of the Last Statutory Visit"),
        (["1", "2", "3"], "blocking", "Ethnicity"),
    ],
    ids=[
        "within the tolerance",
        "warnings do not block",
        "children outside the cohort",
        "a column that the figure does not read",
    ],
)
def test_valid_lets_pass(sound: Desk, children: list[str | None], severity: str, header: str) -> None:
    fail_rows(sound, children, severity, header)
    assert sound.certify()["valid"] == "PASS"


def test_valid_takes_rows_that_name_no_child_at_their_worst(sound: Desk) -> None:
    fail_rows(sound, [None, None, None])
    assert sound.certify()["valid"] == "FAIL"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param("update facts.claims set grade_denominator = 'count_only'", id="count only"),
        pytest.param("update facts.claims set grade_numerator = 'partly_listed'", id="partly listed"),
        pytest.param("update facts.claims set grade_denominator = 'over_listed'", id="over listed"),
        pytest.param("update facts.claims set method = 'system_report'", id="copied from the system's report"),
        pytest.param("update facts.claims set conflict = true", id="two people, one day"),
        pytest.param("update facts.claims set comparable = false", id="another unit"),
        pytest.param(
            "update facts.claims set numerator = null, grade_numerator = null", id="the numerator was not counted"
        ),
        pytest.param(
            "update facts.claims set denominator = null, grade_denominator = null",
            id="the denominator of a share was not counted",
        ),
    ],
)
def test_reconciled_finds_and_the_figure_is_at_most_provisional(sound: Desk, spoil: str) -> None:
    sound.run(spoil)
    sound.judge()
    assert "reconciled" in failing(sound)
    assert sound.metric("status") == "provisional"


def test_reconciled_allows_open_differences_up_to_the_tolerance_and_no_further(sound: Desk) -> None:
    sound.item(-1, "MANUAL_ONLY", "8")
    sound.item(-1, "MANUAL_ONLY", "9")
    assert sound.certify()["reconciled"] == "PASS"
    sound.item(1, "SYSTEM_ONLY", "7")  # gross 3, not net 1
    assert sound.certify()["reconciled"] == "FAIL"


def test_one_unexplained_difference_is_too_many(sound: Desk) -> None:
    sound.item(-1, "UNEXPLAINED")
    assert sound.certify()["reconciled"] == "FAIL"


def test_counted_finds_the_team_that_owes_a_count(sound: Desk) -> None:
    sound.run(f"insert into facts.owes values ('{AUTHORITY}', '{AS_AT}', 'PP1', 'South')")
    assert sound.certify()["counted"] == "FAIL"
    assert "South" in str(sound.metric("status_reason"))


def test_plausible_finds_a_figure_outside_the_declared_range(sound: Desk) -> None:
    sound.run("update facts.definitions set range_low = 0.9")
    sound.judge()
    assert failing(sound) == {"plausible"}


def test_plausible_withholds_arithmetic_that_is_not_sane(sound: Desk) -> None:
    sound.run("update facts.figures set numerator = 5 where team = 'ALL'")
    assert sound.certify()["plausible"] == "FAIL"
    assert sound.metric("status") == "withheld"


@pytest.mark.parametrize(("value", "outcome"), [(52, "PASS"), (95, "FAIL")])
def test_from_thirteen_points_on_the_control_limits_speak(sound: Desk, value: int, outcome: str) -> None:
    for month in range(13):
        day = date(2021 + month // 12, month % 12 + 1, 28)
        sound.con.execute(
            f"{INTO_FIGURES} values (?, ?, 'PP1', 'now', 'ALL', ?, 100, 0, 0, 0, 0)",
            [AUTHORITY, day, 50 + month % 3],
        )
        sound.con.execute(
            "insert into facts.definitions select * replace (?::date as as_at) from facts.definitions where as_at = ?",
            [day, AS_AT],
        )
    sound.run(f"update facts.figures set numerator = {value}, denominator = 100 where as_at = '{AS_AT}'")
    sound.certify()
    found = sound.con.execute(
        "select outcome from main.gates where gate = 'plausible' and team = 'ALL' and as_at = ?", [AS_AT]
    ).fetchall()
    assert found == [(outcome,)]


def test_a_go_live_cuts_the_series(sound: Desk) -> None:
    for month in range(13):
        day = date(2021 + month // 12, month % 12 + 1, 28)
        sound.con.execute(
            f"{INTO_FIGURES} values (?, ?, 'PP1', 'now', 'ALL', 75, 100, 0, 0, 0, 0)",
            [AUTHORITY, day],
        )
        sound.con.execute(
            "insert into facts.definitions select * replace (?::date as as_at) from facts.definitions where as_at = ?",
            [day, AS_AT],
        )
    sound.certify()
    ask = "select outcome from main.gates where gate = 'plausible' and team = 'ALL' and as_at = ?"
    assert sound.con.execute(ask, [AS_AT]).fetchall() == [("PASS",)]
    sound.run(f"insert into facts.go_lives values ('{AUTHORITY}', '2022-06-01')")
    sound.certify()
    assert sound.con.execute(ask, [AS_AT]).fetchall() == [("FAIL",)]


@pytest.mark.parametrize(
    "change",
    [
        "update facts.members set in_numerator = false, state = 'not_met' where case_id = '1'",
        "update facts.definitions set definition_hash = 'another'",
        "update facts.claims set method = 'system_report'",
    ],
    ids=["a member", "the definition", "a gate"],
)
def test_check_and_certificate_lapse_when_what_they_were_given_for_changes(sound: Desk, change: str) -> None:
    sound.judge()
    assert failing(sound) == set()
    sound.run(change)
    assert {"checked", "signed"} <= failing(sound)
    assert sound.metric("status") == "provisional"
    assert [c.lapse_reason for c in sound.ledger.certificates()] == ["what it certified has changed"]


def test_certificate_stands_when_only_file_and_row_changed(sound: Desk) -> None:
    sound.judge()
    sound.run("update facts.members set delivery_id = 'other', source_row = 'List 7!99'")
    assert failing(sound) == set()
    assert sound.metric("status") == "certified"


def test_reconstructed_is_never_certified(sound: Desk) -> None:
    sound.run("update facts.extracts set extracted_on = date '2022-12-01'")
    sound.run("update typed.extracts set extracted_on = date '2022-12-01'")
    sound.judge()
    assert failing(sound) == set()
    assert sound.metric("status") == "provisional"
    assert "reconstructed" in str(sound.metric("status_reason"))


def test_decision_counts_until_its_day_and_on_the_fields_it_was_taken_on(sound: Desk) -> None:
    sound.item(-1, "MANUAL_ONLY", "9")
    sound.certify()
    break_id = sound.con.execute("select any_value(break_id) from main.breaks").fetchall()[0][0]
    words = {"cause": "workload", "reason": "seen", "by": "Olive Officer", "bound_to": "b"}
    sound.ledger.decide([Decision(AUTHORITY, break_id, "PP1", "manual_right", until=date(2022, 12, 31), **words)])  # type: ignore[arg-type]
    sound.certify()
    assert sound.metric("reconciled_numerator") == 4
    assert sound.metric("system_numerator") == 3
    assert sound.con.execute("select distinct state from main.breaks").fetchall() == [("decided",)]
    sound.run("update facts.items set bound_to = 'changed'")
    sound.certify()
    assert sound.metric("reconciled_numerator") == 3
    assert sound.con.execute("select distinct state, decision_lapsed from main.breaks").fetchall() == [("open", True)]
    sound.run("update facts.items set bound_to = 'b'")
    sound.ledger.decide([Decision(AUTHORITY, break_id, "PP1", "manual_right", until=date(2022, 10, 30), **words)])  # type: ignore[arg-type]
    sound.certify()
    assert sound.metric("reconciled_numerator") == 3


def test_range_says_how_open_differences_can_fall(sound: Desk) -> None:
    sound.item(-1, "VALUE", "4")
    sound.certify()
    assert (sound.metric("range_low"), sound.metric("range_high")) == (0.75, 1.0)


def test_no_range_where_most_have_not_counted(sound: Desk) -> None:
    for team in ("South", "West"):
        sound.run(f"insert into facts.owes values ('{AUTHORITY}', '{AS_AT}', 'PP1', '{team}')")
    sound.certify()
    assert sound.metric("range_low") is None
    assert "South" in str(sound.metric("range_says"))


def test_a_later_extracts_failing_cells_touch_no_figure_that_rests_on_an_earlier_one(sound: Desk) -> None:
    sound.run(
        "insert into typed.receipts "
        f"values ('{AUTHORITY}', 'd9', 'later.xlsx', '{LIST}', '2023-11-02', false, 'loaded', true)"
    )
    fail_rows(sound, ["1", "2", "3"])
    sound.run("update facts.failures set delivery_id = 'd9'")
    assert "valid" not in failing(sound), "the position rests on the extract of November 2022"
    sound.run("update facts.extracts set extracted_on = date '2023-11-02'")
    assert "valid" in failing(sound), "and one that looks at the later extract does not hold"
