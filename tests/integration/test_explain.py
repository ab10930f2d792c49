"""The figure that the design works by hand, through the real chain from files to words: bridge lines, breaks, metrics, the printed form.

Two publications of one home: after the extract of 2 November, and again after that of 16 November. The second runs no rules, so its
figures are withheld, which is what leaders are then told.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from countermark.explain import UnknownFigure, explain
from countermark.exports.export import export
from tests.chain import run_chain
from tests.worked import AS_AT, write_worked

Lines = dict[tuple[str, str], dict[str, tuple[int, int]]]
NORTH_DENOMINATOR = {
    "DUPLICATE_MANUAL": (-1, 1), "TEAM": (-1, 1), "IDENTITY": (0, 1), "SCOPE": (-1, 1), "MANUAL_ONLY": (-1, 1), "SYSTEM_ONLY": (1, 1),
}  # fmt: skip
NORTH_NUMERATOR = {
    "DUPLICATE_MANUAL": (-1, 1), "VALUE": (-1, 1), "TEAM": (-1, 1), "IDENTITY": (0, 1), "SCOPE": (-1, 1), "MANUAL_ONLY": (-1, 1),
}  # fmt: skip
SOUTH = {"denominator": {"MANUAL_NOT_LISTED": (-2, 1)}, "numerator": {"MANUAL_NOT_LISTED": (-1, 1)}}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The snapshots after the first and after the second extract."""
    folder = tmp_path_factory.mktemp("worked")
    (folder / "inbox").mkdir()
    first = run_chain(write_worked(folder / "inbox"), folder / "home", AS_AT)
    second = run_chain(write_worked(folder / "inbox", second=True), folder / "home", AS_AT, validate=False)
    return first, second


@pytest.fixture(scope="module")
def first(published: tuple[Path, Path]) -> Path:
    return published[0]


@pytest.fixture(scope="module")
def second(published: tuple[Path, Path]) -> Path:
    return published[1]


def ask(snapshot: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(snapshot), read_only=True) as con:
        return con.execute(query).fetchall()


def bridge_lines(snapshot: Path) -> tuple[Lines, dict[tuple[str, str], set[tuple[int, int]]]]:
    lines: Lines = {}
    ends: dict[tuple[str, str], set[tuple[int, int]]] = {}
    query = "select team, measure, manual, system, reason, effect, cases from bridge_lines where indicator_id = 'PP1'"
    for team, measure, manual, system, reason, effect, cases in ask(snapshot, query):
        lines.setdefault((team, measure), {})[reason] = (effect, cases)
        ends.setdefault((team, measure), set()).add((manual, system))
    return lines, ends


def test_the_bridge_lines_are_those_worked_by_hand(first: Path) -> None:
    lines, ends = bridge_lines(first)
    assert lines["North", "denominator"] == NORTH_DENOMINATOR and ends["North", "denominator"] == {(8, 5)}
    assert lines["North", "numerator"] == NORTH_NUMERATOR and ends["North", "numerator"] == {(8, 3)}
    assert lines["South", "denominator"] == SOUTH["denominator"] and ends["South", "denominator"] == {(3, 1)}
    assert lines["South", "numerator"] == SOUTH["numerator"] and ends["South", "numerator"] == {(2, 1)}
    assert lines["ALL", "denominator"] == NORTH_DENOMINATOR | SOUTH["denominator"] and ends["ALL", "denominator"] == {
        (11, 6)
    }
    assert lines["ALL", "numerator"] == NORTH_NUMERATOR | SOUTH["numerator"] and ends["ALL", "numerator"] == {(10, 4)}


def test_the_breaks_name_each_case_once_with_both_its_records(first: Path) -> None:
    query = (
        "select case_id, reason, list(measure || effect order by measure), any_value(manual_source), any_value(system_source) "
        "from breaks where indicator_id = 'PP1' and team = 'North' group by case_id, reason order by 1, 2"
    )
    found = {(case, reason): (moves, ours, theirs) for case, reason, moves, ours, theirs in ask(first, query)}
    both = ["denominator-1", "numerator-1"]
    listed, extract = "counts/north list.csv", "2022-11-02/list seven.xlsx List 7!"
    assert found == {
        ("0010", "IDENTITY"): (["denominator0", "numerator0"], f"{listed} 7", f"{extract}7"),
        ("1001", "DUPLICATE_MANUAL"): (both, f"{listed} 2", f"{extract}2"),
        ("1002", "VALUE"): (["numerator-1"], f"{listed} 4", f"{extract}3"),
        ("1004", "TEAM"): (both, f"{listed} 6", f"{extract}5"),
        ("1005", "SYSTEM_ONLY"): (["denominator1"], None, f"{extract}6"),
        ("1008", "SCOPE"): (both, f"{listed} 8", f"{extract}9"),
        ("9999", "MANUAL_ONLY"): (both, f"{listed} 9", None),
    }


def test_the_metrics_are_those_worked_by_hand(first: Path) -> None:
    query = (
        "select team, system_numerator, system_denominator, manual_numerator, manual_denominator, overtaken, status "
        "from metrics where indicator_id = 'PP1' order by team"
    )
    assert ask(first, query) == [
        ("ALL", 4, 6, 10, 11, 1, "provisional"),
        ("North", 3, 5, 8, 8, 1, "provisional"),
        ("South", 1, 1, 2, 3, 0, "provisional"),
    ]


def test_what_the_second_extract_settles(first: Path, second: Path) -> None:
    """1002 was written up late: nothing moves, closed, and the same break as before; 1005 stays not met, 1007 overtaken."""
    lines, ends = bridge_lines(second)
    late = {reason: cell for reason, cell in NORTH_NUMERATOR.items() if reason != "VALUE"} | {"LATE_RECORDED": (0, 1)}
    assert lines["North", "numerator"] == late and ends["North", "numerator"] == {(8, 4)}
    assert lines["North", "denominator"] == NORTH_DENOMINATOR
    query = "select break_id, first_seen, reason, effect, state from breaks where case_id = '1002' and team = 'North'"
    ((before, seen, *_, state),) = ask(first, query)
    assert state == "open"
    assert ask(second, query) == [(before, seen, "LATE_RECORDED", 0, "closed")]
    states = dict(ask(second, "select case_id, state from members where indicator_id = 'PP1'"))
    assert (states["1002"], states["1005"], states["1007"]) == ("met", "not_met", "overtaken")


def numbers(text: str, measure: str) -> tuple[list[int], list[int], list[int]]:
    """A printed bridge's two columns of numbers above Adjusted, from top to bottom, and the numbers of its last line."""
    above, _, below = text.split(f"{measure}: why the two counts differ\n")[1].partition("Adjusted")
    left, right = (
        [
            int(found[1].replace("−", "-"))
            for line in above.splitlines()
            if (found := re.search(r"([−+]?\d+)\s*$", line[cut]))
        ]
        for cut in (slice(0, 36), slice(38, 74))
    )
    assert re.search(r"unexplained \d+, gross \d+$", below.splitlines()[0])
    return left, right, [int(number) for number in re.findall(r"\d+", below.splitlines()[0])]


def test_the_printed_bridge_of_the_first_extract(first: Path) -> None:
    text = explain(first, "PP1", AS_AT, "North")
    left, right, tail = numbers(text, "Numerator")
    assert (left, right) == ([8, -1, -1, -1, -1, -1], [3])
    assert tail == [3, 3, 0, 5]
    left, right, tail = numbers(text, "Denominator")
    assert (left, right) == ([8, -1, -1, -1, -1], [5, -1])
    assert tail == [4, 4, 0, 5]
    assert "Team list counted 1 November       8  System, extract of 2 November      5" in text


def test_the_printed_bridge_leads_from_the_extract_at_hand_to_the_newest(second: Path) -> None:
    left, right, tail = numbers(explain(second, "PP1", AS_AT, "North"), "Numerator")
    assert (left, right) == ([8, -1, -1, -1, -1], [3, 1, 4])
    assert tail == [4, 4, 0, 4]
    text = explain(second, "PP1", AS_AT)
    left, right, tail = numbers(text, "Numerator")
    assert (left[0], sum(left), right, tail) == (10, 5, [4, 1, 5], [5, 5, 0, 5])
    assert "changes seen by 16 November" in text and "System now" in text


def test_an_officer_reads_what_was_found_down_to_the_row(first: Path) -> None:
    text = " ".join(explain(first, "pp1", AS_AT, " north ").split())
    for words in (
        "3 of 5 children (60.0%), as recorded Being checked: quote with its range",
        "At least 0, at most 3 children do not meet this",
        "Counted: North by Ann Counter on 1 November 2022",
        "Child 9999: in the list, nowhere in the system [MANUAL_ONLY] In the list with the last visit 21 October 2022; "
        "looked for in every table of every extract, and not found.",
        "Child 1004: the other side holds the case under another team [TEAM",
        "In the list with the last visit 27 October 2022; the system holds it under South.",
        "the system has it and leaves it out: the plan was 10 working days old or less.",
        "In the list with the last visit 24 October 2022; the system's last visit is 5 October 2022 (not met); no record of visits was "
        "delivered, so nothing shows what else was done. Moves the numerator −1.",
        "List: counts/north list.csv, line 4 System: 2022-11-02/list seven.xlsx, sheet List 7, row 3",
        "Child 1005: in the system, not in a full list [SYSTEM_ONLY] Looked for in the team's list, and not found; the system "
        "has it, with no last visit (not met).",
        "reconciled does not hold Open differences: North (5 open, 2 allowed).",
        "counted holds Every team that owes a count has given one.",
        "No certificate stands over it.",
    ):
        assert words in text, words
    south = " ".join(explain(first, "PP1", AS_AT, "South").split())
    assert (
        "In the denominator 3 of the cases counted have no row in a list; the system has 1 that no row means." in south
    )
    assert all(
        len(line) <= 100
        for team in ("ALL", "North", "South")
        for line in explain(first, "PP1", AS_AT, team).split("\n")
    )


def test_a_leader_reads_no_child_no_name_and_of_a_withheld_figure_no_value(first: Path, second: Path) -> None:
    quoted = explain(first, "PP1", AS_AT, audience="leader")
    assert "4 of 6 children" in quoted and "counted without a list" in quoted
    held = explain(second, "PP1", AS_AT, audience="leader")
    assert (
        "Not reliable enough to report" in held
        and "a validation rule" not in quoted
        and "no validation rule was run" in held.lower()
    )
    for text in (quoted, held):
        for secret in ("1002", "9999", "Ann Counter", "Bob", "Orker", ".csv", ".xlsx", "Child 1"):
            assert secret not in text
    for value in ("5 of 6", "4 of 6", "why the two counts differ", "At least", "at most", "%"):
        assert value not in held, value
    assert "5 of 6 children" in explain(second, "PP1", AS_AT)


def test_a_figure_that_does_not_exist_is_answered_with_what_does(first: Path) -> None:
    with pytest.raises(
        UnknownFigure, match=r"No figure of PP99 has been published\. Published indicators: .*PP0, PP1, "
    ):
        explain(first, "PP99", AS_AT)
    with pytest.raises(
        UnknownFigure, match=r"PP1 has not been published for 2022-09-30\. Published dates: 2022-10-31\."
    ):
        explain(first, "PP1", date(2022, 9, 30))
    with pytest.raises(UnknownFigure, match=r"no figure for the team East\. Published teams: ALL, North, South\."):
        explain(first, "PP1", AS_AT, "East")


def test_a_real_snapshot_exports_as_documented_for_every_audience(second: Path, tmp_path: Path) -> None:
    for audience in ("officer", "leader", "public"):
        for fmt in ("csv", "parquet", "xlsx"):
            written = export(second, tmp_path / audience, fmt, audience, AS_AT, date(2022, 11, 21))  # type: ignore[arg-type]
            assert written and all(path.stat().st_size > 0 for path in written)
    lines = duckdb.sql(
        f"select * from '{tmp_path / 'officer' / 'bridge_lines.csv'}' where indicator_id = 'PP1' and team = 'North'"
    )
    assert len(lines.fetchall()) == len(NORTH_DENOMINATOR) + len(NORTH_NUMERATOR)
    ids = [
        row[3].value for row in openpyxl.load_workbook(tmp_path / "officer" / "members.xlsx").worksheets[0].iter_rows()
    ]
    assert "0010" in ids
    public = duckdb.sql(f"select suppressed, system_numerator, system_denominator, overtaken from '{tmp_path / 'public' / 'metrics.csv'}' "
        "where indicator_id = 'PP1' and team = 'ALL'").fetchall()  # fmt: skip
    assert public == [("[c]", None, None, None)]
