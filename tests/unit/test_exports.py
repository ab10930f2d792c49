"""Holds the exported files to account: the columns of the interface, the conventions of each format, and who is given what.

The snapshot is made by hand and hostile: formulas, quotes, names of people and children, values of withheld figures.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from countermark.exports.audience import given_to
from countermark.exports.export import export
from countermark.exports.published import tables
from countermark.exports.write import WRITERS, ExportError
from tests.hostile_snapshot import CHILD, COUNTER, HOSTILE, WITHHELD, WORKER, content
from tests.snapshots import make

TODAY = date(2022, 12, 28)
INTERFACE = {
    "metrics": "authority, indicator_id, title, as_at, period_start, team, unit, case_unit, system_numerator, system_denominator, "
    "system_value, manual_numerator, manual_denominator, manual_value, reconciled_numerator, reconciled_denominator, "
    "reconciled_value, range_low, range_high, not_countable, overtaken, status, status_reason, revision, published_at, certificate_id, "
    "measures, largest, children_numerator, children_denominator",
    "members": "indicator_id, as_at, case_id, child_id, team, worker, in_denominator, in_numerator, state, due_on, done_on, "
    "delivery_id, source_row, value, team_at_event",
    "bridge_lines": "indicator_id, as_at, team, measure, manual, system, reason, effect, cases, evidence",
    "breaks": "break_id, indicator_id, as_at, team, case_id, measure, effect, reason, secondary_reasons, cause, owner, "
    "manual_source, system_source, event_date, first_seen, age_working_days, state, decision, event_age_working_days, decides_on, decision_lapsed",
    "failures": "rule_code, severity, message, contract, delivery_id, source_row, column, child_id, team, first_seen",
    "deliveries": "delivery_id, file, sha256, contract, authority, extracted_on, extracted_on_inferred, received_at, rows_in, "
    "rows_loaded, rows_rejected, rows_ignored, status, reason",
    "rejects": "delivery_id, file, source_row, column, reason",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("snapshot") / "it's one.duckdb", content())


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells_of(path: Path) -> Iterator[str]:
    """Every cell of a file of any format, as text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            yield from (cell for row in csv.reader(file) for cell in row)
    elif path.suffix == ".xlsx":
        yield from (str(cell) for row in openpyxl.load_workbook(path).worksheets[0].values for cell in row)
    else:
        yield from (str(cell) for row in duckdb.sql(f"select * from '{path}'").fetchall() for cell in row)


def test_the_columns_are_those_of_the_interface_and_the_authority_is_first_where_it_says_nothing(
    snapshot: Path, tmp_path: Path
) -> None:
    written = {path.stem: read_header(path) for path in export(snapshot, tmp_path / "o", "csv", "officer", None, TODAY)}
    assert list(written) == [
        *INTERFACE,
        "gates",
        "claims",
        "revisions",
        "certificates",
        "team_at_event",
        "targets",
        "comparators",
        "rates",
        "to_see",
        "to_supervise",
        "events",
        "signals",
        "weekly",
        "roll_forward",
        "moves",
        "ranges",
        "pairs",
        "pair_lines",
        "pair_items",
        "pair_roll_forward",
    ]
    for name, said in INTERFACE.items():
        wanted = said.split(", ")
        assert written[name] == (wanted if "authority" in wanted else ["authority", *wanted]), name
    public = export(snapshot, tmp_path / "p", "csv", "public", None, TODAY)
    assert [path.name for path in public] == ["metrics.csv", "targets.csv", "comparators.csv", "rates.csv"]
    kept = [
        name for name in written["metrics"] if name not in ("largest", "children_numerator", "children_denominator")
    ]
    assert read_header(public[0]) == [*kept, "suppressed", "suppressed_cells"]


def test_a_publication_of_an_earlier_version_is_given_out_with_what_it_lacked_left_empty(
    snapshot: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.duckdb"
    old.write_bytes(snapshot.read_bytes())
    with duckdb.connect(str(old)) as con:
        con.execute("alter table members drop column team_at_event")
        con.execute("drop table team_at_event")
    export(old, tmp_path / "o", "csv", "officer", None, TODAY)
    assert {row["team_at_event"] for row in read_csv(tmp_path / "o" / "members.csv")} == {""}
    assert read_csv(tmp_path / "o" / "team_at_event.csv") == []
    with duckdb.connect(str(old)) as con:
        con.execute("alter table members drop column worker")
    with pytest.raises(ExportError, match="lacks what"):
        export(old, tmp_path / "p", "csv", "officer", None, TODAY)


def read_header(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[0].split(",")


@pytest.mark.parametrize("audience", ["officer", "leader", "public"])
@pytest.mark.parametrize("fmt", list(WRITERS))
def test_what_is_written_is_what_is_documented(snapshot: Path, tmp_path: Path, fmt: Any, audience: Any) -> None:
    """Names in order, in every format; a documented column is one with a meaning."""
    described = {table.name: [column.name for column in table.columns] for table in given_to(audience)}
    written = export(snapshot, tmp_path, fmt, audience, None, TODAY)
    assert {path.stem for path in written} == set(described)
    for path in written:
        if fmt == "csv":
            found = read_header(path)
        elif fmt == "xlsx":
            found = [str(cell.value) for cell in openpyxl.load_workbook(path).worksheets[0][1]]
        else:
            found = [row[0] for row in duckdb.sql(f"describe select * from '{path}'").fetchall()]
        assert found == described[path.stem]
    assert all(len(column.meaning) > 3 for table in tables().values() for column in table.columns)


def test_a_table_that_differs_from_its_description_is_not_exported(tmp_path: Path) -> None:
    path = make(tmp_path / "s.duckdb", {})
    con = duckdb.connect(str(path))
    con.execute("alter table bridge_lines alter effect type double")
    con.close()
    with pytest.raises(ExportError, match=r"bridge_lines is not as tables\.toml says: effect"):
        export(path, tmp_path / "o", "csv", "officer", None, TODAY)
    con = duckdb.connect(str(path))
    con.execute("alter table bridge_lines drop effect")
    con.close()
    with pytest.raises(ExportError, match="bridge_lines lacks"):
        export(path, tmp_path / "o", "csv", "officer", None, TODAY)
    assert not list(tmp_path.glob("*unfinished*")) and not (tmp_path / "o").exists()


def test_the_conventions_of_csv(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "csv", "officer", None, TODAY)
    raw = (tmp_path / "metrics.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf") and raw.decode("utf-8").count("NULL") == 0
    rows = read_csv(tmp_path / "metrics.csv")
    assert [(r["indicator_id"], r["as_at"], r["team"]) for r in rows] == [
        ("PP0", "2022-09-30", "ALL"), ("PP1", "2022-10-31", "ALL"), ("PP1", "2022-10-31", "North"), ("PP6", "2022-10-31", "ALL"),
    ]  # fmt: skip
    north = rows[2]
    assert (
        north["title"] == 'Seen, "in time"'
        and north["period_start"] == ""
        and north["published_at"] == "2026-11-21T09:30:00Z"
    )
    assert (north["system_numerator"], float(north["system_value"])) == ("40", 0.4)
    assert (rows[0]["system_denominator"], float(rows[0]["system_value"])) == ("", 12.0)
    child = {row["case_id"]: row for row in read_csv(tmp_path / "members.csv")}
    assert (child[CHILD]["in_denominator"], child[CHILD]["in_numerator"]) == ("true", "false")
    assert (child["007"]["in_numerator"], child["007"]["worker"]) == ("true", "")
    assert read_csv(tmp_path / "gates.csv")[0]["says"] == "" and '""' not in (tmp_path / "gates.csv").read_text(
        encoding="utf-8"
    )


def test_no_text_of_the_data_becomes_a_formula(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "csv", "officer", None, TODAY)
    assert [row["message"] for row in read_csv(tmp_path / "failures.csv")] == [f"'{text}" for text in HOSTILE]
    assert "-4" in {row["effect"] for row in read_csv(tmp_path / "bridge_lines.csv")}  # a number keeps its sign
    for path in export(snapshot, tmp_path, "xlsx", "officer", None, TODAY):
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows():
            assert all(cell.data_type != "f" for cell in row), path.name
    sheet = openpyxl.load_workbook(tmp_path / "failures.xlsx").worksheets[0]
    assert [row[3].value for row in sheet.iter_rows(min_row=2)][:4] == HOSTILE[:4]
    export(snapshot, tmp_path, "parquet", "officer", None, TODAY)
    found = duckdb.sql(f"select message from '{tmp_path / 'failures.parquet'}' order by rule_code").fetchall()
    assert [text for (text,) in found] == HOSTILE


def test_the_conventions_of_excel(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "xlsx", "officer", None, TODAY)
    book = openpyxl.load_workbook(tmp_path / "members.xlsx")
    sheet = book.worksheets[0]
    assert (book.sheetnames, sheet.freeze_panes, sheet.auto_filter.ref) == (["members"], "A2", "A1:P3")
    assert all(cell.font.bold for cell in sheet[1]) and sheet.column_dimensions["B"].width > 12
    first = {heading.value: cell for heading, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (first["case_id"].value, first["case_id"].data_type) == ("007", "s")
    assert (first["as_at"].value, first["as_at"].is_date) == (datetime(2022, 10, 31), True)
    assert first["in_numerator"].value is True and first["worker"].value is None


def test_parquet_keeps_the_types(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "parquet", "officer", None, TODAY)
    types = {
        row[0]: row[1] for row in duckdb.sql(f"describe select * from '{tmp_path / 'metrics.parquet'}'").fetchall()
    }
    assert (types["as_at"], types["system_numerator"], types["system_value"], types["published_at"]) == (
        "DATE",
        "INTEGER",
        "DOUBLE",
        "TIMESTAMP",
    )


def test_rows_come_in_one_order_however_they_were_stored(snapshot: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "s.duckdb", {name: list(reversed(rows)) for name, rows in content().items()})
    one = export(snapshot, tmp_path / "a", "csv", "officer", None, TODAY)
    two = export(other, tmp_path / "b", "csv", "officer", None, TODAY)
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


@pytest.mark.parametrize("fmt", list(WRITERS))
def test_leaders_are_given_no_child_no_worker_no_name_and_no_withheld_value(
    snapshot: Path, tmp_path: Path, fmt: Any
) -> None:
    written = export(snapshot, tmp_path, fmt, "leader", None, TODAY)
    assert {path.stem for path in written} == {
        "metrics",
        "bridge_lines",
        "deliveries",
        "gates",
        "revisions",
        "certificates",
        "team_at_event",
        "targets",
        "events",
        "signals",
        "comparators",
        "rates",
        "weekly",
        "roll_forward",
        "ranges",
        "pairs",
        "pair_lines",
        "pair_roll_forward",
    }
    cells = [cell for path in written for cell in cells_of(path)]
    for secret in (CHILD, "007", WORKER, COUNTER, "Ann Childs", str(WITHHELD), "f" * 32):
        assert not any(secret in cell for cell in cells), secret
    assert cells.count("30") == 1  # what was certified once stays readable


def test_leaders_keep_status_reason_and_small_numbers(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "csv", "leader", None, TODAY)
    rows = {(row["indicator_id"], row["team"]): row for row in read_csv(tmp_path / "metrics.csv")}
    assert (
        rows["PP6", "ALL"]["status_reason"] == "Not reliable enough to report."
        and rows["PP6", "ALL"]["overtaken"] == "0"
    )
    assert rows["PP1", "North"]["status_reason"] == "Being checked: 2 open in North."
    lines = {row["indicator_id"]: row for row in read_csv(tmp_path / "bridge_lines.csv")}
    assert (lines["PP1"]["effect"], lines["PP1"]["cases"], lines["PP6"]["reason"], lines["PP6"]["effect"]) == (
        "-4",
        "4",
        "VALUE",
        "",
    )


def test_one_date_only_and_an_unknown_one(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "csv", "officer", date(2022, 9, 30), TODAY)
    assert [row["indicator_id"] for row in read_csv(tmp_path / "metrics.csv")] == ["PP0"]
    assert read_csv(tmp_path / "members.csv") == [] and len(read_csv(tmp_path / "deliveries.csv")) == 1
    with pytest.raises(
        ExportError, match=r"Nothing has been published for 2021-01-31\. Published dates: 2022-09-30, 2022-10-31"
    ):
        export(snapshot, tmp_path, "csv", "officer", date(2021, 1, 31), TODAY)


def test_a_difference_ages_in_working_days(snapshot: Path, tmp_path: Path) -> None:
    """From Friday 23 to Wednesday 28 December 2022 only the 28th is one: Monday and Tuesday were bank holidays."""
    export(snapshot, tmp_path, "csv", "officer", None, TODAY)
    ages = {
        row["break_id"]: (row["age_working_days"], row["event_age_working_days"])
        for row in read_csv(tmp_path / "breaks.csv")
    }
    assert ages == {"b1": ("1", "5"), "b2": ("0", "")}


def test_an_export_that_breaks_off_leaves_what_was_there(
    snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(snapshot, tmp_path, "csv", "officer", None, TODAY)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    whole, written = WRITERS["csv"], []

    def failing(con: Any, query: str, table: Any, path: Path) -> None:
        if len(written) == 3:
            raise OSError("no space left")
        written.append(path)
        whole(con, query, table, path)

    monkeypatch.setitem(WRITERS, "csv", failing)
    with pytest.raises(OSError, match="no space"):
        export(snapshot, tmp_path, "csv", "officer", date(2022, 9, 30), TODAY)
    assert len(written) == 3
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_with_what_the_audience_may_not_see_is_refused(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "csv", "officer", None, TODAY)
    with pytest.raises(ExportError, match=r"holds members\.csv.*not for the audience leader"):
        export(snapshot, tmp_path, "csv", "leader", None, TODAY)
    (tmp_path / "a file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="a file is a file: name a folder"):
        export(snapshot, tmp_path / "a file", "csv", "leader", None, TODAY)


def test_the_snapshot_stays_as_it_is(snapshot: Path, tmp_path: Path) -> None:
    before = snapshot.read_bytes()
    export(snapshot, tmp_path, "parquet", "officer", None, TODAY)
    assert snapshot.read_bytes() == before and [path.name for path in snapshot.parent.iterdir()] == [snapshot.name]
