"""Holds to account: the lists that inspectors get come from the same children as the figures, row by row, and say so with a proof.

The invented authority, small, is frozen after two extracts. What is written is counted again by the plain-Python oracle and by the
product in a new home; a list with a child too many or too few is refused.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from countermark.certify.snapshot import current
from countermark.home import Home
from countermark.inspection import agreement
from countermark.inspection.freeze import InspectionError, freeze, frozen_snapshots, named
from countermark.inspection.lists import Written, write_lists
from countermark.inspection.remarks import HEADER
from countermark.ledger.store import Ledger
from countermark.sample.sample import write_sample
from tests.acceptance.kit import countermark
from tests.chain import run_chain
from tests.inspection_kit import oracle_figures, published_figures, sheets
from tests.intake_kit import catalogue, csv_file, plan, workbook
from tests.worked import AS_AT, AUTHORITY, write_worked

TAKEN = date(2022, 11, 16)
BESIDES = "reads files besides Annex A: not proved by these lists"


@dataclass
class Frozen:
    """A home whose newest publication is frozen, and the lists written from it."""

    home: Home
    snapshot: Path
    written: Written


def _freeze_and_write(home: Path, out: Path, reason: str = "ILACS notified") -> Frozen:
    place = Home.open(home)
    with Ledger.open(place.ledger_url) as ledger:
        frozen = freeze(place, ledger, AS_AT, reason, "Olive Officer")
        return Frozen(
            place, place.published / frozen.snapshot, write_lists(place, catalogue(), ledger, frozen.name, out, "Olive")
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frozen]:
    """The invented authority at a small scale: faults planted, teams counted, rules run, two extracts."""
    root = tmp_path_factory.mktemp("authority")
    write_sample(root, seed=3, scale=0.04, as_at=AS_AT, sources="annex_a")
    run_chain(root / "inbox", root / "home", AS_AT)
    yield _freeze_and_write(root / "home", root / "lists")


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frozen]:
    """The figure worked by hand, after its second extract."""
    root = tmp_path_factory.mktemp("worked")
    run_chain(write_worked(root / "inbox", second=True), root / "home", AS_AT, validate=False)
    yield _freeze_and_write(root / "home", root / "lists")


def test_an_oracle_counts_the_same_figures_from_the_written_cells(authority: Frozen) -> None:
    published = published_figures(authority.snapshot, AS_AT)
    recounted = oracle_figures(authority.written.workbook, TAKEN, AS_AT)
    known = {indicator: figure for indicator, figure in published.items() if indicator in recounted}
    assert len(known) == 15 and known == {indicator: recounted[indicator] for indicator in known}
    assert sum(d for _, d in known.values()) > 100, "an empty authority would agree with anything"


def test_the_proof_names_every_figure_and_no_difference(authority: Frozen) -> None:
    with authority.written.proof.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    published = published_figures(authority.snapshot, AS_AT)
    assert {line["indicator_id"] for line in lines} == set(published)
    for line in lines:
        assert line["difference"] == "0" and line["reason"] in ("", BESIDES), line
        n, d = published[line["indicator_id"]]
        assert line["reason"] or (int(line["figure_numerator"]), int(line["list_numerator"])) == (n, n)
        assert line["reason"] or line["figure_denominator"] == line["list_denominator"] in ("", str(d))


def test_the_workbook_is_the_template(authority: Frozen) -> None:
    found = sheets(authority.written.workbook)
    assert list(found) == [f"List {number}" for number in range(1, 12)]
    for contract in (c for c in catalogue().contracts.values() if c.family == "annex_a"):
        rows = found[contract.sheet_hint.capitalize()]
        assert list(rows[0]) == [*(column.header for column in contract.columns.values()), HEADER]
        ids = [row[contract.columns[contract.key[0]].header] for row in rows]
        assert {type(one) for one in ids} <= {str, type(None)} and any(ids), "ids are text"


def test_the_lists_have_ofsteds_scope_and_no_more(authority: Frozen) -> None:
    found = sheets(authority.written.workbook)
    contacts = [row["Date of Contact"].date() for row in found["List 1"]]
    assert min(contacts) > date(2022, 4, 30) and max(contacts) <= AS_AT
    starts = [row["Child Protection Plan Start Date"] for row in found["List 7"]]
    assert all(start.date() <= AS_AT for start in starts if isinstance(start, datetime))
    children = [row["Child Unique ID"] for row in found["List 7"]]
    assert len(children) == len(set(children)), "one row a child"


def test_comments_stand_where_a_caveat_does(authority: Frozen) -> None:
    said = {row[HEADER] for rows in sheets(authority.written.workbook).values() for row in rows if row[HEADER]}
    text = " ".join(said)
    for words in ("not settled yet", "a date that decides cannot be used", "CM-L0", "as it stood at the date"):
        assert words in text, words
    assert "break" not in text and "claim" not in text


def test_the_lists_can_be_taken_in_again_and_give_the_same_figures(authority: Frozen, tmp_path: Path) -> None:
    said = countermark(
        "run", "--inbox", authority.written.workbook.parent, "--as-at", str(AS_AT), "--home", tmp_path / "home"
    )
    assert said.code == 0, said
    again = current(Home(tmp_path / "home"))
    assert again is not None
    asked = oracle_figures(authority.written.workbook, TAKEN, AS_AT)  # the lists hold the children whom these count
    figures = [published_figures(path, AS_AT) for path in (again, authority.snapshot)]
    first, second = ({name: one[name] for name in asked} for one in figures)
    assert len(asked) == 15 and first == second


def test_the_worked_figure_as_written_and_counted_again(worked: Frozen) -> None:
    """1007 is overtaken and shows the later visit; 1005's visit of November is not yet there, as on 2 November."""
    rows = {row["Child Unique ID"]: row for row in sheets(worked.written.workbook)["List 7"]}
    visit = "Date of the Last Statutory Visit"
    assert (
        rows["1005"][visit] is None
        and "as it stood at the date, from the list taken on 2 November 2022" in rows["1005"][HEADER]
    )
    assert rows["1007"][visit] == datetime(2022, 11, 14) and "overwritten" in rows["1007"][HEADER]
    assert rows["1001"][visit] == datetime(2022, 10, 20)
    assert oracle_figures(worked.written.workbook, TAKEN, AS_AT)["PP1"] == (5, 6)
    assert list(sheets(worked.written.workbook)) == ["List 7"], "a list that nobody delivered has no sheet"


def test_a_visit_proved_by_an_earlier_list_is_shown_and_explained(tmp_path: Path) -> None:
    """Seen by PP1; PP3 cannot say whether a later, overwritten visit was alone: one row cannot hold both, and the proof says so."""
    heads = [c.header for c in catalogue().contracts["annex_a.list_07"].columns.values()]
    for day, visit in (("2022-10-28", date(2022, 10, 25)), ("2022-11-16", date(2022, 11, 10))):
        row = plan("77", date_of_the_last_statutory_visit=visit, was_the_child_seen_alone="a) Yes")
        workbook(tmp_path / "inbox" / day / "seven.xlsx", {"List 7": [heads, row]})
        (tmp_path / "inbox" / day / "delivery.toml").write_text(f'authority = "E1"\nextracted_on = {day}\n')
    (tmp_path / "inbox" / "authority.toml").write_text(AUTHORITY)
    run_chain(tmp_path / "inbox", tmp_path / "home", AS_AT, validate=False)
    made = _freeze_and_write(tmp_path / "home", tmp_path / "lists")
    lines = {line.indicator_id: line for line in made.written.lines}
    assert (lines["PP1"].figure_numerator, lines["PP1"].list_numerator, lines["PP1"].reason) == (1, 1, "")
    assert (lines["PP3"].figure_denominator, lines["PP3"].list_denominator) == (0, 1)
    assert (lines["PP3"].difference, lines["PP3"].explained, lines["PP3"].reason) == (0, 1, agreement.OVERTAKEN)


def test_an_earlier_list_that_has_the_child_under_its_former_id_is_looked_at_too(tmp_path: Path) -> None:
    heads = [c.header for c in catalogue().contracts["annex_a.list_07"].columns.values()]
    for day, child, visit in (("2022-11-02", "77", date(2022, 10, 25)), ("2022-11-16", "9077", date(2022, 11, 10))):
        rows = [plan(child, date_of_the_last_statutory_visit=visit), plan("88", date_of_the_last_statutory_visit=visit)]
        workbook(tmp_path / "inbox" / day / "seven.xlsx", {"List 7": [heads, *rows]})
        (tmp_path / "inbox" / day / "delivery.toml").write_text(f'authority = "E1"\nextracted_on = {day}\n')
    csv_file(tmp_path / "inbox" / "2022-11-16" / "crosswalk.csv", [["Old ID", "New ID"], ["77", "9077"]])
    (tmp_path / "inbox" / "authority.toml").write_text(AUTHORITY)
    run_chain(tmp_path / "inbox", tmp_path / "home", AS_AT, validate=False)
    made = _freeze_and_write(tmp_path / "home", tmp_path / "lists")
    seen = {
        row["Child Unique ID"]: row["Date of the Last Statutory Visit"]
        for row in sheets(made.written.workbook)["List 7"]
    }
    assert {child: visit.date() for child, visit in seen.items()} == {
        "9077": date(2022, 10, 25),
        "88": date(2022, 10, 25),
    }
    lines = {line.indicator_id: line for line in made.written.lines}
    assert (lines["PP1"].figure_numerator, lines["PP1"].list_numerator, lines["PP1"].difference) == (2, 2, 0)


def test_later_deliveries_and_withdrawals_do_not_reach_the_frozen_lists(tmp_path: Path) -> None:
    run_chain(write_worked(tmp_path / "inbox"), tmp_path / "home", AS_AT, validate=False)
    place = Home.open(tmp_path / "home")
    with Ledger.open(place.ledger_url) as ledger:
        frozen = freeze(place, ledger, AS_AT, "ILACS notified", "Olive Officer")
    before = published_figures(place.published / frozen.snapshot, AS_AT)
    write_worked(tmp_path / "inbox", second=True)
    run_chain(tmp_path / "inbox", tmp_path / "home", AS_AT, validate=False)
    with Ledger.open(place.ledger_url) as ledger:
        first = next(r for r in ledger.receipts() if r.file.startswith("2022-11-02"))
        ledger.withdraw(first.delivery_id, "taken twice", "Olive Officer")
    run_chain(tmp_path / "inbox", tmp_path / "home", AS_AT, validate=False)
    with Ledger.open(place.ledger_url) as ledger:
        written = write_lists(place, catalogue(), ledger, frozen.name, tmp_path / "lists", "Olive")
        assert frozen_snapshots(ledger) == {frozen.snapshot}
        [seen] = [one for one in ledger.entries() if one.kind == "view"]
    assert oracle_figures(written.workbook, date(2022, 11, 2), AS_AT)["PP1"] == before["PP1"] == (4, 6)
    assert '"annex_a_lists"' in seen.payload and frozen.name in seen.payload


@pytest.mark.parametrize(
    "spoil", ["delete from facts.members where case_id = '1002'", "update facts.members set in_numerator = true"]
)
def test_lists_that_do_not_agree_are_not_handed_out(worked: Frozen, tmp_path: Path, spoil: str) -> None:
    """The positive control: a figure that rests on other children than the rows show."""
    shutil.copytree(worked.home.path, tmp_path / "home")
    place = Home(tmp_path / "home")
    con = duckdb.connect(str(place.published / worked.snapshot.name))
    con.execute(spoil)
    con.close()
    with (
        Ledger.open(place.ledger_url) as ledger,
        pytest.raises(InspectionError, match="do not agree with the figures of"),
    ):
        write_lists(place, catalogue(), ledger, "2022-10-31-1", tmp_path / "lists", "Olive")
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["agreement.csv"]
    assert agreement.NOT_EQUAL in (tmp_path / "lists" / "agreement.csv").read_text()


def test_freezing_wants_a_reason_a_name_and_a_published_date(worked: Frozen, tmp_path: Path) -> None:
    home = ("--home", worked.home.path)
    for words, says in (
        (("freeze", "--as-at", "2022-10-31", "--reason", " ", "--by", "Olive"), "needs a reason"),
        (("freeze", "--as-at", "2022-10-31", "--reason", "x", "--by", " "), "A name is needed"),
        (("freeze", "--as-at", "2021-10-31", "--reason", "x", "--by", "Olive"), "No figures are published"),
        (("lists", "2022-10-31-9", "--out", tmp_path / "x"), "Nothing is frozen under that name"),
        (("lists", "2022-10-31-1", "--out", worked.written.proof.parent), "not empty"),
    ):
        said = countermark("inspection", *words, *home)
        assert said.code == 2 and says in said.text, said
    said = countermark("inspection", "freeze", "--as-at", "2022-10-31", "--reason", "Again", "--by", "Olive", *home)
    assert said.code == 0 and "2022-10-31-2" in said.out
    with Ledger.open(worked.home.ledger_url) as ledger:
        assert named(ledger, "2022-10-31-2").reason == "Again" and ledger.verify() is None
    assert "Olive Officer: ILACS notified" in countermark("inspection", "frozen", *home).out
