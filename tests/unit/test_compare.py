"""Two extracts of one table: every planted difference found, in every form that a table comes in, and nothing quoted but keys."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from countermark.compare import differences
from countermark.compare.differences import KINDS, Comparison, compare
from countermark.compare.sides import HEAD as LOOKED_AT
from countermark.compare.sides import CompareError
from pipelines.command_line import _named, app
from tests.intake_kit import workbook
from tests.oracle import compare as oracle

HEAD = ["child_id", "start", "team", "visits"]
LEFT = [
    ["10001", "2022-01-03", "North", "4"],
    ["10002", "2022-02-03", "North", "5"],
    ["10003", "2022-03-03", "South", "6"],
    ["10003", "2022-03-03", "South", "6"],
    ["10004", "2022-04-03", "", "7"],
]
RIGHT = [
    ["10004", "2022-04-03", "", "7.0"],
    ["10002", "2022-02-04", "South", "5"],
    ["10003", "2022-03-03", " South ", "6"],
    ["10005", "2022-05-03", "South", "8"],
    ["10005", "2022-05-03", "East", "8"],
]
EXPECTED = [
    ("10001", "left_only", "", "2", ""),
    ("10002", "changed", "start,team", "3", "3"),
    ("10003", "duplicate_left", "", "5", ""),
    ("10005", "duplicate_right", "", "", "6"),
    ("10005", "right_only", "", "", "5"),
]


def table(path: Path, rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV file."""
    text = "\r\n".join(separator.join(cells) for cells in [HEAD, *rows]) + "\r\n"
    path.write_bytes(text.encode(encoding))
    return path


def told(
    left: Path | str, right: Path | str, tmp_path: Path, key: tuple[str, ...] = ("child_id",)
) -> list[tuple[str, ...]]:
    """The rows of differences.csv."""
    compare(str(left), str(right), key, tmp_path / "out", tmp_path)
    with (tmp_path / "out" / "differences.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["key", "kind", "columns", "left_row", "right_row"]
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_text_files(tmp_path: Path, encoding: str, separator: str) -> None:
    left = table(tmp_path / "a.csv", LEFT, separator, encoding)
    assert told(left, table(tmp_path / "b.csv", RIGHT), tmp_path) == EXPECTED


def test_a_workbook_against_a_text_file(tmp_path: Path) -> None:
    cells = [[one, date.fromisoformat(start), team or None, int(visits)] for one, start, team, visits in LEFT]
    left = workbook(tmp_path / "a.xlsx", {"Notes": [["nothing here"]], "List": [HEAD, *cells]})
    assert told(left, table(tmp_path / "b.csv", RIGHT), tmp_path) == EXPECTED


def test_parquet_against_a_database(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute("create table a (child_id varchar, start date, team varchar, visits integer)")
    con.executemany("insert into a values (?, ?, nullif(?, ''), ?)", LEFT)
    con.execute(f"copy a to '{tmp_path / 'a.parquet'}'")
    base = sqlite3.connect(tmp_path / "b.db")
    base.execute("create table plans (child_id integer, start date, team text, visits real)")
    base.executemany("insert into plans values (?, ?, ?, ?)", RIGHT)
    base.commit()
    shifted = [(*row[:3], *(str(int(n) - 1) if n else "" for n in row[3:])) for row in EXPECTED]
    assert told(tmp_path / "a.parquet", f"sqlite:///{tmp_path / 'b.db'}#plans", tmp_path) == shifted


def test_a_key_of_two_columns_is_joined_by_a_slash_and_ids_are_compared_as_ids(tmp_path: Path) -> None:
    left = table(tmp_path / "a.csv", [["a1", "2022-01-03", "North", "1"], ["b2.0", "2022-01-03", "North", "1"]])
    right = table(tmp_path / "b.csv", [[" A1", "2022-01-03", "North", "1"], ["B2", "2022-01-04", "North", "1"]])
    assert told(left, right, tmp_path, ("child_id", "start")) == [
        ("B2/2022-01-03", "left_only", "", "3", ""),
        ("B2/2022-01-04", "right_only", "", "", "3"),
    ]


def test_the_same_rows_in_another_order_do_not_differ(tmp_path: Path) -> None:
    rows = [row for row in LEFT if row[0] != "10003"]
    left, right = table(tmp_path / "a.csv", rows), table(tmp_path / "b.csv", rows[::-1])
    found = compare(str(left), str(right), ["child_id"], None, tmp_path)
    assert not found.differs
    assert found == Comparison(3, 3, dict.fromkeys(KINDS, 0), {}, (), ())


def test_a_column_of_one_side_alone_is_said(tmp_path: Path) -> None:
    left = table(tmp_path / "a.csv", LEFT[:2])
    right = tmp_path / "b.csv"
    right.write_text("Child ID,START,team,ward\n10001,2022-01-03,North,East\n10002,2022-02-03,North,East\n")
    found = compare(str(left), str(right), ["child_id"], None, tmp_path)
    assert (found.only_left, found.only_right, found.kinds["changed"]) == (("visits",), ("ward",), 0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"child_id,start\n1,2\n3,4,5\n", "as many cells as there are headings"),
        (b"child_id,child_id\n1,2\n", "stands twice"),
        (b"child_id,\n1,2\n", "no headings, or a blank one"),
        (b"", "no headings"),
        (b"start,team\n1,2\n", "has no column “child_id”"),
    ],
)
def test_a_side_that_cannot_be_read_is_named_and_no_cell_is_quoted(tmp_path: Path, content: bytes, says: str) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(content)
    with pytest.raises(CompareError) as error:
        compare(str(bad), str(table(tmp_path / "b.csv", RIGHT)), ["child_id"], None, tmp_path)
    assert says in str(error.value)
    assert "left" in str(error.value)


def test_a_database_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    address = "postgresql+psycopg://someone:Zy-canary@127.0.0.1:1/none#plans"
    with pytest.raises(CompareError) as error:
        compare(address, str(table(tmp_path / "b.csv", RIGHT)), ["child_id"], None, tmp_path)
    assert "cannot be read" in str(error.value)
    assert "canary" not in str(error.value)


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The real command."""
    program = Path(sys.executable).with_name("countermark")
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_the_command(tmp_path: Path) -> None:
    left, right = table(tmp_path / "a.csv", LEFT), table(tmp_path / "b.csv", RIGHT)
    out = tmp_path / "told"
    assert command("compare", left, right, "--key", "child_id", "--out", out).returncode == 0
    said = command("compare", left, right, "--key", "child_id", "--out", out, "--strict")
    assert said.returncode == 3
    assert "5 rows on the left, 5 on the right" in said.stdout
    assert "1 again on the left" in said.stdout
    assert (out / "differences.csv").read_text(encoding="utf-8").count("\n") == len(EXPECTED) + 1
    assert command("compare", left, left, "--key", "team", "--strict").returncode == 3  # teams stand twice
    assert command("compare", left, right, "--key", "nobody").returncode == 2


CELL = st.sampled_from(["", "1", "1.0", "2", " 2 ", "x", "X"])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "A", "b", "c ", "7.0", "7"]),
            "when": st.sampled_from(["1", "2"]),
            "v": CELL,
            "w": CELL,
        }
    ),
    max_size=9,
)


@given(left=ROWS, right=ROWS, composite=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_two_tables_differ_as_the_oracle_says(
    tmp_path: Path, left: list[oracle.Row], right: list[oracle.Row], composite: bool
) -> None:
    key = ["id", "when"] if composite else ["id"]
    for name, rows in (("a.csv", left), ("b.csv", right)):
        lines = ["id,when,v,w", *(",".join(row[name] for name in ("id", "when", "v", "w")) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = told(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path, tuple(key))
    expected = oracle.differences(left, right, key, ["id", "when", "v", "w"], 2)
    assert found == [
        (k, kind, ",".join(columns), *("" if n is None else str(n) for n in (one, other)))
        for k, kind, columns, one, other in expected
    ]


def test_large_tables_are_compared_as_small_ones_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = table(tmp_path / "a.csv", LEFT), table(tmp_path / "b.csv", RIGHT)
    spelled = table(tmp_path / "c.csv", [[row[0] + ".0", *row[1:]] for row in RIGHT])
    monkeypatch.setattr(differences, "LARGE", 0)
    assert told(left, right, tmp_path) == EXPECTED
    assert told(left, spelled, tmp_path) == EXPECTED


def test_an_accent_far_down_tells_the_encoding_of_the_whole(tmp_path: Path) -> None:
    rows = [[f"{number}", "2022-01-03", "North", "1"] for number in range(4_000)]
    rows.append(["9999", "2022-01-03", "Zoë", "1"])
    left, right = table(tmp_path / "a.csv", rows, encoding="cp1252"), table(tmp_path / "b.csv", rows)
    assert left.stat().st_size > LOOKED_AT
    assert told(left, right, tmp_path) == []


def test_rows_of_many_row_groups_are_found_by_their_place(tmp_path: Path) -> None:
    """Two readers read groups of rows at once: what is told must still be the row that differs, with its own number."""
    con = duckdb.connect()
    made = "select 'C' || n as id, 'Team ' || (n % 7) as team, n % 11 as visits from range(300000) as t (n)"
    changed = f"select id, if(n in (5, 131072, 299999), 'Other', team) as team, visits from (select *, row_number() over () - 1 as n from ({made}))"
    again = f"({changed}) union all select * from ({made} where n = 200000)"
    for name, rows in (("a", made), ("b", again)):
        con.execute(f"copy ({rows}) to '{tmp_path / name}.parquet' (row_group_size 20000)")
    assert told(tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path, ("id",)) == [
        ("C131072", "changed", "team", "131073", "131073"),
        ("C200000", "duplicate_right", "", "", "300001"),
        ("C299999", "changed", "team", "300000", "300000"),
        ("C5", "changed", "team", "6", "6"),
    ]


def test_a_table_without_rows_is_compared(tmp_path: Path) -> None:
    empty, full = table(tmp_path / "a.csv", []), table(tmp_path / "b.csv", RIGHT[:1])
    assert told(empty, empty, tmp_path) == []
    assert told(empty, full, tmp_path) == [("10004", "right_only", "", "", "2")]


def test_a_command_made_alone_says_what_it_says_among_all() -> None:
    runner = CliRunner()
    for name in ("compare", "given-out", "publish-to"):
        assert (
            runner.invoke(_named([name, "--help"]), [name, "--help"]).output
            == runner.invoke(app, [name, "--help"]).output
        )
    assert _named(["compare"]) is not app and _named(["--help"]) is app and _named([]) is app and _named(["no"]) is app
