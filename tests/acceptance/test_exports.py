"""What each audience is handed, table by table and column by column, and that the public sees no small number and leaders no child."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as parquet
import pytest

from tests.acceptance.kit import COUNTS, LISTED, Export, World, annex_a, table, text

D = "2022-10-31"
COLUMNS = {
    "metrics": "authority, indicator_id, title, as_at, period_start, team, unit, case_unit, system_numerator, system_denominator, "
    "system_value, manual_numerator, manual_denominator, manual_value, reconciled_numerator, reconciled_denominator, reconciled_value, "
    "range_low, range_high, not_countable, overtaken, status, status_reason, revision, published_at, certificate_id",
    "members": "indicator_id, as_at, case_id, child_id, team, worker, in_denominator, in_numerator, state, due_on, done_on, delivery_id, "
    "source_row",
    "bridge_lines": "indicator_id, as_at, team, measure, manual, system, reason, effect, cases, evidence",
    "breaks": "break_id, indicator_id, as_at, team, case_id, measure, effect, reason, secondary_reasons, cause, owner, manual_source, "
    "system_source, event_date, first_seen, age_working_days, state, decision",
    "failures": "rule_code, severity, message, contract, delivery_id, source_row, column, child_id, team, first_seen",
    "deliveries": "delivery_id, file, sha256, contract, authority, extracted_on, extracted_on_inferred, received_at, rows_in, rows_loaded, "
    "rows_rejected, rows_ignored, status, reason",
    "rejects": "delivery_id, file, source_row, column, reason",
}
UNIT = {"share": "percent", "count": "count"}  # of what is not measured
CHILD, WORKER = "KID77", "Wanda Workerson"
# children looked after: how many, and how many of them had a dental check; the complement is what is small or not
SIZES = {"North": (30, 22), "South": (12, 12)}


def _care() -> list[dict[str, Any]]:
    found = []
    for team, (many, checked) in SIZES.items():
        for i in range(many):
            check = date(2022, 5, 1) if i < checked else None
            found.append(
                {"id": f"{team[0]}{i:03}", "team": team, "start": date(2021, 1, 1), "check": check, "worker": WORKER}
            )
    found[0]["placements"] = 4
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A run with a few differences, failures and rejects in it."""
    world = World(tmp_path_factory.mktemp("exports"))
    text(
        world.inbox / "authority.toml",
        'authority = "E1"\n[[teams]]\nname = "North"\nowes = ["LA8"]\n[[teams]]\nname = "South"\nowes = ["LA8"]\n',
    )
    plans = [{"id": CHILD, "start": date(2022, 6, 1), "visit": "never", "worker": WORKER}]
    plans += [
        {"id": f"P{i}", "start": date(2022, 6, 1), "visit": date(2022, 10, 20), "worker": WORKER} for i in range(9)
    ]
    plans += [{"id": "P99", "start": "soon", "worker": WORKER}]
    annex_a(world.inbox / "annex.xlsx", "2022-11-02", {"List 7": plans, "List 8": _care()})
    counts = [
        ["LA8", team, D, "child", checked, many, "Ann", "2022-11-01", "own_list", None]
        for team, (many, checked) in SIZES.items()
    ]
    counts.append(["PP1", "North", D, "child", 10, 10, "Ann", "2022-11-01", "own_list", None])
    table(world.inbox / "counts.csv", [COUNTS, *counts])
    names = [CHILD, *(f"P{i}" for i in range(8)), "GHOST9"]
    listed = [["PP1", "North", D, name, None, "true", "2022-10-20", "Ann", "2022-11-01", None] for name in names]
    table(world.inbox / "list.csv", [LISTED, *listed])
    assert world.run(D).code == 0
    yield world


@pytest.fixture(scope="module")
def officer(world: World) -> Export:
    """Everything."""
    return world.export()


@pytest.fixture(scope="module")
def leader(world: World) -> Export:
    """Without children and workers."""
    return world.export("--audience", "leader")


@pytest.fixture(scope="module")
def public(world: World) -> Export:
    """Without small numbers."""
    return world.export("--audience", "public")


@pytest.mark.parametrize("name", COLUMNS)
def test_each_table_has_its_columns_in_their_order_and_the_authority(officer: Export, name: str) -> None:
    wanted = [column.strip() for column in COLUMNS[name].split(",")]
    found = officer.columns(name)
    assert "authority" in found
    assert [column for column in found if column in wanted and column != "authority"] == [
        c for c in wanted if c != "authority"
    ]
    assert officer.tables[name], f"{name} is empty, so this shows nothing"
    assert {row["authority"] for row in officer.tables[name]} == {"E1"}


def test_cells_are_written_as_the_contract_says(officer: Export) -> None:
    for path in officer.folder.glob("*.csv"):
        data = path.read_bytes()
        data.decode("utf-8")
        assert (
            not data.startswith(b"\xef\xbb\xbf")
            and b"NULL" not in data
            and b"None" not in data
            and b"nan" not in data.lower()
        ), path
    for row in officer.tables["members"]:
        assert row["in_denominator"] in ("true", "false") and row["in_numerator"] in ("true", "false")
        date.fromisoformat(row["as_at"])
    assert {row["extracted_on_inferred"] for row in officer.tables["deliveries"]} <= {"true", "false"}


def test_shares_lie_between_0_and_1_and_counts_have_no_denominator(officer: Export) -> None:
    assert {row["measures"] for row in officer.tables["metrics"]} >= {"share", "count", "median"}
    for row in officer.tables["metrics"]:
        assert UNIT.get(row["measures"], row["unit"]) == row["unit"], row
        if row["unit"] == "count":
            assert not row["system_denominator"] and float(row["system_value"]) == float(row["system_numerator"])
        elif row["unit"] != "percent":
            assert row["measures"] in ("average", "median"), row
            assert int(row["system_numerator"]) <= int(row["system_denominator"]), "those that carry a value, of all"
        elif row["system_value"]:
            assert 0 <= float(row["system_value"]) <= 1
            assert float(row["system_value"]) == pytest.approx(
                int(row["system_numerator"]) / int(row["system_denominator"])
            )


def test_figures_are_sums_of_members(officer: Export) -> None:
    for row in officer.tables["metrics"]:
        mine = [
            m for m in officer.rows("members", indicator_id=row["indicator_id"]) if row["team"] in ("ALL", m["team"])
        ]
        assert int(row["system_numerator"]) == sum(m["in_numerator"] == "true" for m in mine), row
        if row["unit"] == "percent":
            assert int(row["system_denominator"]) == sum(m["in_denominator"] == "true" for m in mine), row


def test_a_team_row_with_nothing_in_it_is_absent_and_the_authoritys_is_there(officer: Export) -> None:
    every = {row["indicator_id"] for row in officer.rows("metrics", team="ALL")}
    assert every >= {
        "PP0",
        "LA0",
        "CN0",
        "FD5",
        "AS1",
        "AS2",
        "AS3",
        "CP3",
        "CP4",
        "PP1",
        "PP3",
        "PP6",
        "PP7",
        "LA4",
        "LA8",
    }
    for row in officer.tables["metrics"]:
        if row["team"] != "ALL":
            assert (row["system_denominator"] or row["system_numerator"]) != "0", row
    assert officer.metric("CN0")["system_value"] in ("0", "0.0") and officer.metric("FD5")["system_value"] == ""


def test_leaders_see_figures_and_no_child_and_no_worker(officer: Export, leader: Export) -> None:
    of_children = [row for row in officer.tables["members"] if row["child_id"]]  # a figure about figures has no child
    words = {CHILD, WORKER, "GHOST9", *(row[name] for row in of_children for name in ("child_id", "case_id"))}
    assert {"N000", "P1"} <= words and "" not in words
    for path in leader.folder.iterdir():
        content = path.read_text(encoding="utf-8")
        with path.open(encoding="utf-8", newline="") as stream:
            cells = {cell for line in csv.reader(stream) for cell in line}
        assert not words & cells, (path.name, words & cells)
        assert WORKER not in content and "GHOST9" not in content and CHILD not in content
    assert {(r["indicator_id"], r["team"]) for r in leader.tables["metrics"]} == {
        (r["indicator_id"], r["team"]) for r in officer.tables["metrics"]
    }
    for name in leader.tables:
        assert not {"child_id", "case_id", "worker"} & set(leader.columns(name)), name


def test_leaders_are_quoted_no_value_of_a_withheld_figure_and_nothing_is_suppressed(
    officer: Export, leader: Export
) -> None:
    withheld = leader.rows("metrics", status="withheld")
    assert withheld
    for row in withheld:
        assert not row["system_value"] and not row["system_numerator"], row
    assert officer.metric("CN0")["status"] == "withheld" and officer.metric("CN0")["system_numerator"] == "0"
    assert leader.share("LA4") == officer.share("LA4") == "1/42", "a board must see one"


def test_the_public_sees_the_authority_its_teams_and_no_small_number(public: Export, officer: Export) -> None:
    assert set(public.tables) == {"metrics", "targets", "comparators", "rates"}
    for name, left_out in {
        "metrics": {"largest", "children_numerator", "children_denominator"},
        "targets": {"aim", "standing", "baseline", "baseline_on", "owner", "action"},
    }.items():
        assert not left_out & set(public.columns(name)) and left_out <= set(officer.columns(name)), name
    assert not public.tables["targets"], "the authority has set none"
    for row in public.tables["metrics"]:
        assert row["team"] == "ALL" or row["measures"] in ("share", "count"), (
            "a small team's average could be worked out"
        )
    told = {(row["indicator_id"], row["team"]) for row in public.tables["metrics"]}
    assert told <= {(row["indicator_id"], row["team"]) for row in officer.tables["metrics"]}
    assert {name for name, team in told if team == "ALL"} == {row["indicator_id"] for row in officer.tables["metrics"]}
    assert {team for _, team in told} > {"ALL"}
    assert "suppressed" in public.columns("metrics")
    hidden = public.metric("LA4")
    values = ("system_numerator", "manual_numerator", "reconciled_numerator", "system_value", "manual_value", "reconciled_value",
              "range_low", "range_high")  # fmt: skip
    assert hidden["suppressed"] == "[c]" and not any(hidden[name] for name in values), hidden
    shown = public.metric("LA8")
    assert not shown["suppressed"] and (shown["system_numerator"], shown["system_denominator"]) == ("34", "42")


def test_the_public_is_not_told_by_a_complement_either(public: Export, officer: Export) -> None:
    for row in public.rows("metrics"):
        (real,) = officer.rows("metrics", indicator_id=row["indicator_id"], team=row["team"])
        n, base = int(real["system_numerator"]), real["system_denominator"]
        small = 1 <= n <= 5 or (bool(base) and 1 <= int(base) - n <= 5)
        if small:
            assert row["suppressed"] == "[c]" and not row["system_value"] and not row["system_numerator"], row
    assert officer.share("PP1") == "9/10"


def test_a_stricter_profile_and_an_earlier_publication_can_be_named(world: World, public: Export) -> None:
    strict = world.export("--audience", "public", "--profile", "strict")
    counts = [
        int(row[name]) for row in strict.tables["metrics"] for name in row if name.endswith("numerator") and row[name]
    ]
    assert counts and not [count for count in counts if 1 <= count <= 9]
    assert not any(row["manual_numerator"] for row in strict.tables["metrics"])
    again = world.export("--audience", "public", "--told", str(public.folder))
    assert again.tables["metrics"] == public.tables["metrics"], "nothing has changed since, so nothing more is hidden"
    odd = world.do("export", "--audience", "public", "--profile", "none", "--out", world.root / "none")
    assert odd.code == 2 and "public, strict" in odd.text


def test_the_public_file_names_nobody(public: Export) -> None:
    content = (public.folder / "metrics.csv").read_text(encoding="utf-8")
    assert not any(word in content for word in (CHILD, WORKER, "GHOST9", "Ann"))


def test_workbooks_and_parquet_hold_the_same(world: World, officer: Export) -> None:
    out: dict[str, Path] = {}
    for kind in ("xlsx", "parquet"):
        out[kind] = world.root / kind
        said = world.do("export", "--out", out[kind], "--format", kind)
        assert said.code == 0, said
    books = {path.stem: path for path in out["xlsx"].glob("*.xlsx")}
    sheets = {
        name: book[name]
        for path in books.values()
        for book in [openpyxl.load_workbook(path)]
        for name in book.sheetnames
    }
    assert "members" in sheets
    heading, *lines = sheets["members"].iter_rows(values_only=True)
    assert list(heading) == officer.columns("members") and len(lines) == len(officer.tables["members"])
    for name in ("case_id", "child_id", "indicator_id"):
        cells = [line[heading.index(name)] for line in lines]
        assert {type(cell) for cell in cells if cell is not None} == {str}, "ids are text"
        assert [cell or "" for cell in cells] == [row[name] for row in officer.tables["members"]]
        assert name == "child_id" or None not in cells
    assert sheets["members"].freeze_panes and sheets["members"].auto_filter.ref
    assert not any(cell.data_type == "f" for line in sheets["members"].iter_rows() for cell in line)
    found = parquet.read_table(out["parquet"] / "metrics.parquet")
    assert found.num_rows == len(officer.tables["metrics"]) and list(found.column_names) == officer.columns("metrics")


def test_one_position_only(world: World) -> None:
    assert {row["as_at"] for row in world.export("--as-at", D).tables["metrics"]} == {D}
    said = world.do("export", "--out", world.root / "none", "--as-at", "2022-09-30")
    assert said.code == 2 and D in said.err, "it says what there is"
