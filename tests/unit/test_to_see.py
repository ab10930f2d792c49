"""Holds the lists that figures imply to account: one row per child with all reasons, the order of risk, teams, ties, words, and which
definitions are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from countermark.certify.lists import add_lists
from countermark.certify.snapshot import NothingPublishedError
from countermark.contracts.catalogue import CatalogueError, load
from countermark.contracts.lists import Entry, ToSee, faults
from countermark.desk import today
from countermark.warehouse.connect import connect, quiet
from tests.intake_kit import catalogue

E1, AS_AT, BEFORE = "E1", date(2022, 10, 31), date(2022, 9, 30)
INDICATORS = ("PP1", "CP4", "AS3", "CN1", "SV1", "SV2O")
MEMBERS = """
create table main.members (authority varchar, indicator_id varchar, as_at date, case_id varchar, child_id varchar, team varchar,
    worker varchar, state varchar, due_on date, done_on date)
"""


def member(indicator: str, child: str | None, state: str = "not_met", team: str | None = "North", due: str | None = "2022-10-17",
           done: str | None = None, **other: Any) -> dict[str, Any]:  # fmt: skip
    row = {"authority": E1, "indicator_id": indicator, "as_at": AS_AT, "case_id": child, "child_id": child, "team": team,
           "worker": f"Worker of {team}", "state": state, "due_on": due, "done_on": done}  # fmt: skip
    return row | other


MADE = [
    member("PP1", "seen late", done="2022-10-03"),
    member("PP1", "seen later", due="2022-10-10", done="2022-09-26"),
    member("PP1", "never seen", due="2022-10-28"),
    member("PP1", "unreadable", "unusable", due="2022-10-27"),
    member("PP1", "in time", "met", due="2022-11-10", done="2022-10-27"),
    member("PP1", "unknown", "not_countable"),
    member("PP1", "overtaken", "overtaken"),
    member("AS3", "seen late", "met", team="South", due="2022-08-01", case_id="seen late/1"),
    member("AS3", "seen late", "met", team="South", due="2022-10-03", case_id="seen late/2"),
    member("AS3", "only assessed", "met", due="2022-01-04"),
    member("AS3", "assessed in time", "not_met"),
    member("CP4", "enquired", "met", team=None, worker=None, due="2022-10-28"),
    member("CN1", "b tie", due=None, team="South"),
    member("CN1", "a tie", due=None, team="South"),
    member("CN1", "enquired", due="2023-01-05", team=None, worker=None),
    member("PP1", "of another date", as_at=BEFORE),
    member("PP1", "seen late", authority="E2", team="North"),
    member("SV1", None, case_id="w1", worker="Ann", due="2022-08-05", done="2022-07-08"),
    member("SV2O", None, "met", case_id="w1", worker="Ann", due="2022-08-05", done="2022-07-08"),
    member("SV1", None, case_id="w2", worker=None, team="South", due="2022-10-28"),
    member("SV1", None, "met", case_id="w3", worker="Cy"),
]


def publish(
    folder: Path, members: list[dict[str, Any]], indicators: tuple[str, ...] = INDICATORS
) -> duckdb.DuckDBPyConnection:
    con = connect(folder / "p.duckdb", catalogue().sql, folder)
    con.execute(MEMBERS)
    con.execute("create schema facts")
    con.execute("create table facts.definitions (authority varchar, as_at date, indicator_id varchar, title varchar)")
    con.execute(
        "create table main.metrics (authority varchar, as_at date, indicator_id varchar, team varchar, status varchar)"
    )
    for as_at in (BEFORE, AS_AT):
        con.executemany(
            "insert into facts.definitions values (?, ?, ?, ?)", [(E1, as_at, name, name) for name in indicators]
        )
    con.execute("insert into facts.definitions values ('E2', ?, 'PP1', 'PP1')", [AS_AT])
    con.execute("insert into main.metrics values (?, ?, 'PP1', 'ALL', 'withheld')", [E1, AS_AT])
    if members:
        con.executemany(
            f"insert into main.members values ({', '.join('?' * 10)})", [list(row.values()) for row in members]
        )
    add_lists(con, catalogue())
    return con


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    found = publish(tmp_path_factory.mktemp("lists"), MADE)
    yield found
    found.close()


def rows_of(con: duckdb.DuckDBPyConnection) -> Any:
    def rows(sql: str, said: Any) -> list[dict[str, Any]]:
        cursor = con.execute(sql, said)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return rows


def listed(con: duckdb.DuckDBPyConnection, columns: str) -> list[Any]:
    return con.execute(f"select {columns} from main.to_see where authority = 'E1' order by place").fetchall()


def test_the_gravest_risk_is_first_then_what_nobody_knows_then_the_longest_overdue(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert [child for (child,) in listed(con, "child_id")] == [
        "unreadable", "seen later", "seen late", "never seen", "enquired", "only assessed", "a tie", "b tie",
    ]  # fmt: skip
    assert [place for (place,) in listed(con, "place")] == list(range(1, 9))
    assert "only assessed" in {child for (child,) in listed(con, "child_id")}, (
        "two hundred days late, and yet behind a visit of one day"
    )


def test_a_child_on_several_lists_is_one_row_with_every_reason(con: duckdb.DuckDBPyConnection) -> None:
    found = {
        row[0]: row[1:]
        for row in listed(con, "child_id, reasons, teams, team, reason_count, overdue_since, days_overdue, indicators")
    }
    assert found["seen late"] == (
        "On a protection plan, no statutory visit for 20 working days; Assessment open, 63 working days overdue; "
        "Assessment open, 20 working days overdue",
        "North; South", "North", 3, date(2022, 8, 1), 63, "AS3; PP1",
    )  # fmt: skip
    assert len(found) == len(listed(con, "child_id"))


def test_words_say_what_is_known_and_no_more(con: duckdb.DuckDBPyConnection) -> None:
    found = {row[0]: row[1:] for row in listed(con, "child_id, reasons, overdue_since, days_overdue")}
    assert (
        found["never seen"][0]
        == "On a protection plan, no statutory visit on record; the first was due 1 working day ago"
    )
    assert found["unreadable"] == (
        "On a protection plan, the date of the last statutory visit cannot be read",
        None,
        None,
    )
    assert found["a tie"] == ("On a child in need plan, never seen as far as is recorded", None, None)
    assert found["enquired"][0].startswith("Section 47 enquiry with no outcome, 1 working day past")
    assert not [text for text, *_ in found.values() if "{" in text]


def test_a_case_of_no_team_is_on_the_authoritys_list(con: duckdb.DuckDBPyConnection) -> None:
    assert [row for row in listed(con, "child_id, team, teams, worker") if row[0] == "enquired"] == [
        ("enquired", None, None, None)
    ]
    every = today.read(rows_of(con), E1, today.Wanted())
    assert every.by_team == {"": 1, "North": 5, "South": 3}
    assert [one.child_id for one in today.read(rows_of(con), E1, today.Wanted(team="none")).children] == ["enquired"]
    own = today.read(rows_of(con), E1, today.Wanted(only=("North", "South")))
    assert "enquired" not in {one.child_id for one in own.children} and own.total == 7


def test_a_team_sees_its_own_children_with_every_reason_and_no_others(con: duckdb.DuckDBPyConnection) -> None:
    found = today.read(rows_of(con), E1, today.Wanted(only=("South",)))
    assert [one.child_id for one in found.children] == ["seen late", "a tie", "b tie"]
    assert [reason.team for reason in found.children[0].reasons] == ["North", "South", "South"]
    assert found.children[0].indicators == ("PP1", "AS3")
    assert found.by_list == {"assessments": 1, "visits": 3}
    assert [
        one.child_id for one in today.read(rows_of(con), E1, today.Wanted(list="assessments", only=("South",))).children
    ] == ["seen late"]
    assert today.read(rows_of(con), E1, today.Wanted(child="never seen", only=("South",))).children == []
    assert today.read(rows_of(con), E1, today.Wanted(only=())).total == 0


def test_pages_hold_every_child_once(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(today, "PAGE", 3)
    found = [today.read(rows_of(con), E1, today.Wanted(page=page)) for page in (1, 2, 3, 9)]
    assert [len(one.children) for one in found] == [3, 3, 2, 2] and {one.pages for one in found} == {3}
    assert len({child.child_id for one in found for child in one.children}) == 8


def test_workers_are_a_list_of_their_own_one_row_each(con: duckdb.DuckDBPyConnection) -> None:
    found = today.workers(rows_of(con), E1, None)
    assert [(row["worker_id"], row["worker"], row["reason"]) for row in found] == [
        ("w1", "Ann", "No supervision for 79 working days"),
        ("w2", None, "No supervision on record; the first was due 1 working day ago"),
    ]
    assert [row["worker_id"] for row in today.workers(rows_of(con), E1, ("South",))] == ["w2"]
    assert not [child for (child,) in listed(con, "child_id") if child in ("w1", "w2", None)]


def test_what_could_not_be_made_is_said_with_what_it_needs(con: duckdb.DuckDBPyConnection) -> None:
    found = {part.indicator_id: part for part in today.parts(rows_of(con), E1)}
    assert {name for name, part in found.items() if part.is_made} == set(INDICATORS)
    assert "regulation 24" in found["LA10"].needs and found["PP1"].status == "withheld"


def test_another_authoritys_list_is_its_own(con: duckdb.DuckDBPyConnection) -> None:
    assert [one.child_id for one in today.read(rows_of(con), "E2", today.Wanted()).children] == ["seen late"]
    assert [len(one.reasons) for one in today.read(rows_of(con), "E2", today.Wanted()).children] == [1]


def test_rows_in_another_order_make_the_same_lists(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    other = publish(tmp_path, MADE[::-1])
    for table in ("to_see", "to_supervise"):
        query = f"select * from main.{table} order by authority, place"
        assert other.execute(query).fetchall() == con.execute(query).fetchall()
    other.close()


def test_nothing_delivered_makes_empty_lists_and_says_so(tmp_path: Path) -> None:
    con = publish(tmp_path, [], ("PP0",))
    assert today.read(rows_of(con), E1, today.Wanted()).total == 0
    parts = today.parts(rows_of(con), E1)
    assert len(parts) == sum(len(one.entry) for one in catalogue().lists.values()) and not any(
        part.is_made for part in parts
    )
    con.execute("drop table desk.reasons_to_see")
    with pytest.raises(NothingPublishedError, match="earlier version"), quiet("reading"):
        today.read(rows_of(con), E1, today.Wanted())
    con.close()


def test_a_due_day_outside_the_calendar_is_unknown_and_the_child_stays(tmp_path: Path) -> None:
    con = publish(tmp_path, [member("PP1", "x", due="1985-01-01", done="1985-01-01")])
    assert listed(con, "child_id, reasons") == [("x", "On a protection plan, no statutory visit on record")]
    con.close()


ENTRY: dict[str, Any] = {
    "indicator": "PP1",
    "states": ("not_met",),
    "rank": 1,
    "why": "w",
    "says": ("late {late}", "late"),
    "needs": "n",
}


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"says": ("late {late}",)}, "the last sentence"),
        ({"says": ("late {days}", "late")}, "not {days}"),
        ({"states": ("not_met", "unusable")}, "words for it"),
        ({"unreadable": "x"}, "words for it"),
        ({"states": ("pending",)}, "Input should be"),
        ({"states": ()}, "at least 1"),
        ({"rank": 0}, "greater than or equal to 1"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(said: dict[str, Any], refusal: str) -> None:
    Entry.model_validate(ENTRY)
    with pytest.raises(ValidationError, match=refusal):
        Entry.model_validate(ENTRY | said)


@pytest.mark.parametrize(
    ("said", "unit", "refusal"),
    [
        ({"indicator": "ZZ9"}, "child", "the list mine names the unknown indicator ZZ9"),
        ({"indicator": "AS1"}, "child", "does not say how things stand at a date"),
        ({"indicator": "SV1"}, "child", "is of children, and SV1 counts by worker"),
        ({"indicator": "PP1"}, "worker", "is of workers, and PP1 counts by child"),
        ({"indicator": "PP6"}, "child", "gives PP6 the place 1, which PP1 has"),
    ],
)
def test_a_list_of_what_cannot_be_listed_is_refused_in_words(said: dict[str, Any], unit: str, refusal: str) -> None:
    one = ToSee.model_validate({"title": "t", "question": "q", "unit": unit, "entry": [ENTRY | said]})
    first = ToSee.model_validate({"title": "t", "question": "q", "unit": "child", "entry": [ENTRY]})
    found = list(faults({"first": first, "mine": one}, catalogue().indicators))
    assert refusal in found[0]


def test_the_catalogue_refuses_a_list_that_names_an_unknown_indicator(tmp_path: Path) -> None:
    (tmp_path / "sql" / "lists").mkdir(parents=True)
    (tmp_path / "sql" / "lists" / "visits.toml").write_text(
        'title = "t"\nquestion = "q"\nunit = "child"\n[[entry]]\nindicator = "ZZ9"\nstates = ["met"]\nrank = 1\nwhy = "w"\n'
        'says = ["s"]\nneeds = "n"\n', encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(CatalogueError, match="the list visits names the unknown indicator ZZ9"):
        load([tmp_path])


def test_the_shipped_lists_give_each_indicator_one_place() -> None:
    for unit in ("child", "worker"):
        ranks = [entry.rank for one in catalogue().lists.values() if one.unit == unit for entry in one.entry]
        assert sorted(ranks) == list(range(1, len(ranks) + 1)), unit
