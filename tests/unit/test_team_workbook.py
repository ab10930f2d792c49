"""Holds one team's workbook to account: the team's rows and no other's, sheets that a spreadsheet can use, nothing that becomes a formula,
and a sheet of counts that can be delivered as it comes back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from countermark.exports.sent_out import Sent, locked
from countermark.exports.team_workbook import write
from countermark.exports.write import ExportError
from countermark.ledger.causes import CAUSES
from countermark.ledger.row_keys import fits, read
from countermark.words import DECISION_WORDS
from tests.hostile_snapshot import CHILD, HOSTILE
from tests.intake_kit import catalogue
from tests.snapshots import AS_AT, make, metric

KEY = {"authority": "E1", "indicator_id": "PP1", "as_at": AS_AT}
SHEETS = [
    "To see today",
    "Workers without supervision",
    "Differences",
    "Failures",
    "Not seen or overdue",
    "Counts owed",
]


def _case(case: str, team: str, met: bool, due: date | None = AS_AT, **other: Any) -> dict[str, Any]:
    state = "met" if met else "not_met"
    return {**KEY, "case_id": case, "child_id": case, "team": team, "in_denominator": True, "in_numerator": met, "state": state,
            "due_on": due} | other  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make(
        tmp_path_factory.mktemp("snapshot") / "s.duckdb",
        {
            "metrics": [metric(), metric(team="North"), metric(indicator_id="AS3"), metric(indicator_id="PP0")],
            "breaks": [
                {**KEY, "break_id": "b1", "team": "North", "case_id": "007", "measure": "numerator", "effect": 0, "state": "open",
                 "reason": "LATE_RECORDED", "first_seen": AS_AT, "manual_source": "=cmd()"},
                {**KEY, "break_id": "b2", "team": "North", "case_id": CHILD, "measure": "numerator", "effect": -1, "state": "open",
                 "reason": "MANUAL_ONLY"},
                {**KEY, "break_id": "b3", "team": "North", "case_id": "9", "effect": 1, "state": "closed"},
                {**KEY, "indicator_id": "PP0", "break_id": "b5", "team": "North", "case_id": CHILD, "measure": "numerator", "effect": -1,
                 "state": "open", "reason": "MANUAL_ONLY"},
                {**KEY, "break_id": "b6", "team": "North", "case_id": "0011", "measure": "numerator", "effect": 1, "state": "decided",
                 "reason": "SYSTEM_ONLY"},
                {**KEY, "break_id": "b7", "team": "ALL", "owner": "North", "case_id": "0012", "measure": "denominator", "effect": 1,
                 "state": "open", "reason": "SYSTEM_ONLY"},
                {**KEY, "break_id": "b4", "team": "South", "case_id": "10", "effect": 1, "state": "open"},
            ],
            "failures": [
                {"authority": "E1", "rule_code": f"R{i}", "severity": "warning", "message": text, "team": "North", "child_id": "0042"}
                for i, text in enumerate(HOSTILE)
            ]
            + [{"authority": "E1", "rule_code": "Z", "severity": "blocking", "message": "m", "team": "North", "contract": "annex_a.list_07"},
               {"authority": "E1", "rule_code": "R", "severity": "blocking", "message": "m", "team": "South"}],
            "members": [
                _case("0011", "North", met=False, worker="-Ann"), _case("12", "North", met=True), _case("13", "South", met=False),
                _case("14", "North", met=False, due=date(2022, 12, 1)), _case("15", "North", met=False, due=None),
                _case("16", "North", met=True, indicator_id="AS3"), _case("17", "North", met=False, indicator_id="AS3"),
            ],
            "to_see": [
                {"authority": "E1", "as_at": AS_AT, "place": 2, "child_id": "0011", "team": "North", "teams": "North", "worker": "-Ann",
                 "reasons": "=never seen", "overdue_since": AS_AT, "days_overdue": 3},
                {"authority": "E1", "as_at": AS_AT, "place": 1, "child_id": "0013", "team": "South", "teams": "North; South",
                 "reasons": "not seen"},
                {"authority": "E1", "as_at": AS_AT, "place": 3, "child_id": "0014", "team": "North East", "teams": "North East"},
                {"authority": "E1", "as_at": AS_AT, "place": 4, "child_id": "0015"},
                {"authority": "E2", "as_at": AS_AT, "place": 1, "child_id": "0016", "team": "North", "teams": "North"},
            ],
            "to_supervise": [
                {"authority": "E1", "as_at": AS_AT, "place": 1, "worker_id": "w1", "team": "North", "reason": "No supervision for 60 days"},
                {"authority": "E1", "as_at": AS_AT, "place": 2, "worker_id": "w2", "team": "South", "reason": "No supervision"},
            ],
            "claims": [{**KEY, "team": "North", "numerator": 3, "denominator": 4, "counted_by": "@Cora", "counted_at": AS_AT}],
        },
    )  # fmt: skip
    con = duckdb.connect(str(path))
    con.execute("alter table metrics add column better varchar")
    con.execute("alter table metrics add column headline boolean default true")
    con.execute("alter table breaks add column bound_to varchar default 'fields'")
    con.execute(
        "update metrics set better = case indicator_id when 'PP1' then 'high' when 'AS3' then 'low' else 'neither' end"
    )
    con.execute("alter table failures add column failure_id varchar")
    con.execute("update failures set failure_id = if(rule_code = 'Z', 'b2', rule_code)")
    con.execute("create schema desk")
    con.execute(
        "create table desk.items as select authority, as_at, break_id as item_id, if(break_id = 'b5', 'b2', break_id) as fact, state, "
        "if(state = 'open' and effect <> 0, 1, 3) as rank, [team] as teams from breaks"
    )
    con.execute("create schema facts")
    con.execute("create table facts.owes (authority varchar, as_at date, indicator_id varchar, team varchar)")
    con.execute(
        "create table facts.definitions (authority varchar, as_at date, indicator_id varchar, case_unit varchar)"
    )
    con.executemany(
        "insert into facts.owes values ('E1', ?, ?, ?)",
        [[AS_AT, "PP1", "North"], [AS_AT, "AS3", "North"], [AS_AT, "PP1", "South"]],
    )
    con.executemany(
        "insert into facts.definitions values ('E1', ?, ?, ?)", [[AS_AT, "PP1", "child"], [AS_AT, "AS3", "event"]]
    )
    con.close()
    return path


@pytest.fixture(scope="module")
def book(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    out = tmp_path_factory.mktemp("book") / "North.xlsx"
    assert write(snapshot, "North", AS_AT, out, catalogue=catalogue()) == dict(
        zip(SHEETS, (2, 1, 5, len(HOSTILE) + 1, 3, 2), strict=True)
    )
    return openpyxl.load_workbook(out)


def column(book: openpyxl.Workbook, sheet: str, heading: str) -> list[Any]:
    page = book[sheet]
    heads = [cell.value for cell in page[1]]
    j, named = heads.index(heading), heads.index("Difference" if sheet == "Differences" else heads[1])
    return [row[j].value for row in page.iter_rows(min_row=2) if row[named].value]


def test_each_sheet_is_one_table_with_a_frozen_heading_and_a_filter(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == SHEETS
    for page in book.worksheets:
        assert page.freeze_panes == "A2" and page.auto_filter.ref.startswith("A1:")
        assert all(cell.value and cell.font.bold for cell in page[1]) and not page.merged_cells.ranges


def test_the_teams_rows_and_no_others(book: openpyxl.Workbook) -> None:
    assert column(book, "Differences", "Difference") == ["b5", "b2", "b7", "b1", "b6"], (
        "what moves the figure comes first, what is one fact together, what is decided last, what is closed not at all"
    )
    assert column(book, "Differences", "Piece of work") == [1, 1, 2, 3, 4]
    assert column(book, "Not seen or overdue", "Case") == ["15", "0011", "16"], (
        "not met and due, and where low is good the met"
    )
    assert column(book, "Counts owed", "indicator_id") == ["AS3", "PP1"]
    assert column(book, "Failures", "Check")[0] == "Z"
    assert "South" not in str([list(page.values) for page in book.worksheets])


def test_the_lists_of_today_stand_first_and_hold_the_teams_own(book: openpyxl.Workbook) -> None:
    assert column(book, "To see today", "Child") == ["0013", "0011"], (
        "in order of risk, whichever reason names the team"
    )
    assert column(book, "To see today", "Why") == ["not seen", "=never seen"]
    assert column(book, "To see today", "Overdue since") == [None, datetime(2022, 10, 31)]
    assert column(book, "Workers without supervision", "Worker") == ["w1"]


def test_the_lists_of_today_are_of_the_newest_date_alone(snapshot: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.duckdb"
    later.write_bytes(snapshot.read_bytes())
    with duckdb.connect(str(later)) as con:
        con.execute(
            "insert into metrics by name select * replace (date '2022-11-30' as as_at) from metrics where team = 'North'"
        )
    written = write(later, "North", AS_AT, tmp_path / "then.xlsx", catalogue=catalogue())
    assert list(written) == SHEETS[2:]
    with duckdb.connect(str(later)) as con:
        con.execute("delete from metrics where as_at > date '2022-10-31'")
        con.execute("drop table to_see")
    assert list(write(later, "North", AS_AT, tmp_path / "old.xlsx", catalogue=catalogue())) == SHEETS[2:]


def test_people_read_words_and_not_codes(book: openpyxl.Workbook) -> None:
    assert column(book, "Differences", "Why")[3] == "written up late"
    assert column(book, "Failures", "Kind")[:2] == ["error", "warning"]
    assert column(book, "Failures", "List")[0] == catalogue().contracts["annex_a.list_07"].title
    assert not {"break", "claim", "gate"} & {
        w for page in book.worksheets for cell in page[1] for w in str(cell.value).lower().split()
    }


def test_ids_are_text_dates_are_dates_and_nothing_is_a_formula(book: openpyxl.Workbook) -> None:
    for page in book.worksheets:
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row), page.title
    assert column(book, "Failures", "What is wrong and what to do")[1:5] == HOSTILE[:4]
    assert (
        column(book, "Differences", "Row of the list")[3] == "=cmd()"
        and column(book, "Not seen or overdue", "Worker")[1] == "-Ann"
    )
    assert column(book, "Differences", "First found")[3] == datetime(2022, 10, 31)
    assert (
        column(book, "Differences", "Case") == [CHILD, CHILD, "0012", "007", "0011"]
        and column(book, "Not seen or overdue", "Case")[1] == "0011"
    )


def test_what_is_to_be_filled_in_is_marked_and_offers_the_known_answers(book: openpyxl.Workbook) -> None:
    for page in book.worksheets:
        marked = [cell.value for cell in page[1] if cell.fill.fgColor.rgb == "FFFFF7BF"]
        assert marked, page.title
    offers = {rule.formula1 for page in book.worksheets for rule in page.data_validations.dataValidation}
    assert any("The system is right" in offer for offer in offers) and any("Workload" in offer for offer in offers)
    assert any("case_file" in offer for offer in offers)


def test_the_sheet_of_counts_has_the_headings_of_the_file_layout_and_what_was_given(book: openpyxl.Workbook) -> None:
    headers = [c.header for c in catalogue().contracts["manual_counts"].columns.values() if c.header != "definition"]
    assert [cell.value for cell in book["Counts owed"][1]] == headers
    assert column(book, "Counts owed", "numerator") == [None, 3] and column(book, "Counts owed", "unit") == [
        "event",
        "child",
    ]


def test_what_is_not_published_is_refused(snapshot: Path, tmp_path: Path) -> None:
    for team, as_at, says in (("East", AS_AT, "for this team"), ("North", date(2021, 1, 31), "for 2021-01-31")):
        with pytest.raises(ExportError, match=says):
            write(snapshot, team, as_at, tmp_path / "x.xlsx", catalogue=catalogue())
    assert not list(tmp_path.iterdir())


def test_differences_that_move_a_headline_stand_first_each_with_a_key_of_its_own(
    snapshot: Path, tmp_path: Path
) -> None:
    out = tmp_path / "North.xlsx"
    write(snapshot, "North", AS_AT, out, catalogue=catalogue(), sent=Sent(b"k" * 32, {"b2": 3}))
    made = openpyxl.load_workbook(out)
    assert column(made, "Differences", "Moves a headline") == ["yes", "yes", "yes", "no", "yes"]
    assert column(made, "Differences", "What it moves")[1:4] == [
        "those that meet it: the list has one more", "all who count: the system has one more", "those that meet it: moves nothing",
    ]  # fmt: skip
    keys = [read(text) for text in column(made, "Differences", "Row key")]
    assert [key and key.version for key in keys] == [0, 3, 0, 0, 0] and len({key and key.mark for key in keys}) == 5
    assert keys[1] and fits(b"k" * 32, keys[1], *locked("E1", "North", AS_AT, "PP1", "b2", CHILD))
    assert not fits(b"x" * 32, keys[1], *locked("E1", "North", AS_AT, "PP1", "b2", CHILD))
    assert not fits(b"k" * 32, keys[1], *locked("E1", "South", AS_AT, "PP1", "b2", CHILD))
    headings = [cell.value for cell in made["Differences"][1]]
    hidden = [name for name in headings if made["Differences"].column_dimensions[letter(headings, name)].hidden]
    assert hidden == ["Row key"]


def letter(headings: list[Any], name: str) -> str:
    return openpyxl.utils.get_column_letter(headings.index(name) + 1)


def test_a_failing_cell_has_the_number_of_the_differences_that_it_makes(book: openpyxl.Workbook) -> None:
    assert column(book, "Failures", "Piece of work") == [1, *[None] * len(HOSTILE)]


def headings(page: Any) -> list[tuple[int, str]]:
    """The rows between the differences: their level, and what they say."""
    key = [cell.value for cell in page[1]].index("Difference")
    found = [row for row in page.iter_rows(min_row=2) if isinstance(row[0].value, str) and not row[key].value]
    return [(page.row_dimensions[row[0].row].outlineLevel, row[0].value) for row in found if row[0].font.bold]


def test_differences_stand_in_groups_that_fold_each_with_how_many_and_what_it_moves(book: openpyxl.Workbook) -> None:
    page, title = book["Differences"], metric()["title"]
    assert headings(page) == [
        (0, "Moves a headline figure: 2 pieces of work with 3 differences"),
        (
            1,
            f"Nowhere in the system: 1 piece of work with 2 differences; the list has 1 more in “{title}”, the list has 1 more in “{title}”",
        ),
        (1, f"Not in the team's list: 1 piece of work; the system has 1 more in “{title}”"),
        (0, "Moves no figure: 1 piece of work"),
        (1, "Written up late: 1 piece of work"),
        (0, "Decided already (look again only where it is wrong): 1 piece of work"),
        (1, f"Not in the team's list: 1 piece of work; the system has 1 more in “{title}”"),
    ]
    assert not page.sheet_properties.outlinePr.summaryBelow, "a heading stands above what it folds away"
    assert [page.row_dimensions[row].outlineLevel for row in range(2, 14)] == [0, 1, 2, 2, 1, 2, 0, 1, 2, 0, 1, 2]
    assert not any(row.hidden for row in page.row_dimensions.values()), "nothing is folded away as it is sent out"


def test_drop_downs_stand_over_every_row_whatever_is_sorted_where(book: openpyxl.Workbook) -> None:
    page = book["Differences"]
    reach = {str(rule.sqref) for rule in page.data_validations.dataValidation}
    assert reach == {f"H2:H{page.max_row + 20}", f"I2:I{page.max_row + 20}"}, "and over the rows that a manager may add"
    assert str(page.cell(page.max_row, 1).value).startswith("A child is missing?") and not page.protection.sheet


def test_every_sheet_prints_across_a4_with_its_headings_and_says_whose_it_is(book: openpyxl.Workbook) -> None:
    for page in book.worksheets:
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape"), page.title
        assert (
            page.sheet_properties.pageSetUpPr.fitToPage
            and (page.page_setup.fitToWidth or 1) == 1
            and page.page_setup.fitToHeight == 0
        )
        assert (
            page.print_title_rows == "$1:$1"
            and "North" in page.oddHeader.left.text
            and "31/10/2022" in page.oddHeader.right.text
        )
        assert "Page" in page.oddFooter.right.text
    page = book["Differences"]
    printed = page.print_area.split("!")[1].split(":")[1]
    assert page[printed.replace("$", "")].column == [cell.value for cell in page[1]].index("Filled in by") + 1
    paper = sum(page.column_dimensions[letter([c.value for c in page[1]], c.value)].width for c in page[1][:12])
    assert paper < 225, "small enough to be read when as wide as a page"


def test_no_cell_is_too_narrow_for_its_date_or_number(book: openpyxl.Workbook) -> None:
    for page in book.worksheets:
        wide = {
            place: it.width for it in page.column_dimensions.values() if it.min for place in range(it.min, it.max + 1)
        }
        for row in page.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, datetime):
                    assert wide[cell.column] >= 11 and cell.number_format == "dd/mm/yyyy", (
                        f"{page.title}!{cell.coordinate}"
                    )
                elif isinstance(cell.value, (int, float)):
                    assert wide[cell.column] > len(str(cell.value)), f"{page.title}!{cell.coordinate}"


def test_a_publication_of_an_earlier_version_is_not_guessed_at(snapshot: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.duckdb"
    earlier.write_bytes(snapshot.read_bytes())
    with duckdb.connect(str(earlier)) as con:
        con.execute("drop schema desk cascade")
    with pytest.raises(ExportError, match="earlier version"):
        write(earlier, "North", AS_AT, tmp_path / "x.xlsx", catalogue=catalogue())


def test_the_sheet_of_differences_has_the_headings_and_words_of_its_file_layout(book: openpyxl.Workbook) -> None:
    contract, headings = catalogue().contracts["manual_decisions"], {cell.value for cell in book["Differences"][1]}
    assert all({one.header, *one.aliases} & headings for one in contract.columns.values())
    for name, words in (("decision", DECISION_WORDS), ("cause", CAUSES)):
        codes = catalogue().code_sets[name].codes
        assert {code.code: code.label.casefold() for code in codes} == {c: w.casefold() for c, w in words.items()}
        assert len(",".join(code.label for code in codes)) <= 255, "a drop-down holds no more"
