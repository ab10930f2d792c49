"""Holds the invented authority to account: the same bytes for the same seed, a believable size, Ofsted's windows, the
mess of real files, counts that add up to the system through the truth's differences, and a fault of every reason."""

from __future__ import annotations

import csv
import hashlib
import json
import time
import tomllib
import zipfile
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from countermark.calendar.working_days import working_days
from countermark.sample.authority import TEAMS
from countermark.sample.claims import wanted
from countermark.sample.counts import HEADCOUNTS, RULES, Question, members
from countermark.sample.histories import Unreadable
from countermark.sample.layout import LISTS
from countermark.sample.lists import extract, really
from countermark.sample.sample import write_sample
from countermark.sample.world import make_world

AS_AT = date(2022, 10, 31)
REASONS = {
    "SCOPE", "AS_AT", "INVALID", "LATE_RECORDED", "IDENTITY", "DUPLICATE_MANUAL", "DUPLICATE_SYSTEM", "TEAM", "VALUE",
    "MANUAL_ONLY", "SYSTEM_ONLY", "MANUAL_NOT_LISTED",
}  # fmt: skip


class Delivered:
    """A written sample, read back by other means than the product's readers."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.truth = json.loads(write_sample(folder, sources="annex_a", **options).read_text(encoding="utf-8"))
        self.inbox = folder / "inbox"
        self.books = sorted(self.inbox.glob("*/Annex A*.xlsx"))
        self.counts = list(csv.DictReader((self.inbox / "counts" / "manual_counts.csv").open(encoding="utf-8")))
        self.lists = [row for path in sorted((self.inbox / "lists").iterdir()) for row in _table(path)]

    def figure(self, indicator: str, team: str) -> dict[str, Any]:
        found = [f for f in self.truth["figures"] if (f["indicator_id"], f["team"]) == (indicator, team)]
        return found[0] if found else {"numerator": 0, "denominator": 0}


def _table(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        return list(csv.DictReader(path.open(encoding="utf-8")))
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    headers = [str(cell) for cell in next(rows)]
    return [dict(zip(headers, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """The authority at its own size."""
    return Delivered(tmp_path_factory.mktemp("full"), seed=1)


@pytest.fixture(scope="module")
def sheets(full: Delivered) -> dict[str, list[tuple[Any, ...]]]:
    """The first workbook: the rows of each list from its header on."""
    book = openpyxl.load_workbook(full.books[0])
    found = {}
    for page in book.worksheets:
        rows = list(page.iter_rows(values_only=True))
        found[page.title] = rows[next(i for i, row in enumerate(rows) if sum(c is not None for c in row) > 4) :]
    return found


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_sample(tmp_path / folder, seed=seed, scale=0.05, sources="annex_a")
    one, two, three = (_hashes(tmp_path / folder) for folder in "abc")
    assert one == two
    assert len(one) == 16 + len([name for name in one if name.startswith("comparators/invented_")]) == 29
    assert {name for name in one if one[name] == three.get(name)} == {
        "inbox/authority.toml", "inbox/2022-11-02 Annex A/delivery.toml", "inbox/2022-11-16 Annex A/delivery.toml",
    }  # fmt: skip


def test_a_tenth_of_the_authority_is_written_within_seconds(tmp_path: Path) -> None:
    began = time.process_time()
    write_sample(tmp_path, seed=2, scale=0.1, sources="annex_a")
    assert time.process_time() - began < 3


def test_an_as_at_date_that_ends_no_month_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="last day of a month"):
        write_sample(tmp_path, scale=0.05, as_at=date(2022, 10, 30))


def test_the_size_is_that_of_north_east_lincolnshire() -> None:
    world = make_world(1, 1.0, AS_AT)
    first = AS_AT.replace(year=AS_AT.year - 1)
    yearly = {
        "referrals": sum(first < r.on <= AS_AT for r in world.referrals),
        "assessments": sum(first < a.start <= AS_AT for a in world.assessments),
        "enquiries": sum(first < e.discussion <= AS_AT for e in world.enquiries),
        "conferences": sum(first < e.conference <= AS_AT for e in world.enquiries if e.conference),
    }
    ranges = {
        "referrals": (2264, 3446),
        "assessments": (2721, 4194),
        "enquiries": (870, 1470),
        "conferences": (280, 570),
    }
    assert {name: low <= yearly[name] <= high for name, (low, high) in ranges.items()} == dict.fromkeys(ranges, True), (
        yearly
    )
    assert 230 <= sum(p.start <= AS_AT < p.end for p in world.plans) <= 410
    assert 500 <= sum(c.start <= AS_AT < c.end for c in world.cares) <= 700
    assert 100 <= sum(map(len, world.staff.by_team.values())) <= 150


@pytest.mark.parametrize("as_at", [AS_AT, date(2024, 2, 29), date(2023, 12, 31)])
def test_before_faults_managers_and_both_extracts_agree_on_every_case(as_at: date) -> None:
    world = make_world(4, 0.5, as_at)
    first, second = extract(world, world.clock.first), extract(world, world.clock.second)
    for indicator in sorted({i for i, _ in wanted()}):
        seen = [
            {(m.case, m.team, m.denominator, m.numerator) for m in members(indicator, Question(as_at, views)).values()}
            for views in ([second, first], [first], [really(world)])
        ]
        assert seen[0] == seen[1] == seen[2], indicator
        assert seen[0]


def test_histories_hang_together() -> None:
    world = make_world(7, 0.5, AS_AT)
    plans, lists = {(p.child.id, p.start) for p in world.plans}, extract(world, world.clock.second)
    assert all((e.child.id, e.conference) in plans for e in world.enquiries if e.planned)
    assert all(p.start < v.on <= p.end for p in world.plans for v in p.visits)
    assert all(p.start < r <= p.end for p in world.plans for r in p.reviews)
    status = {row["id"]: row["status"] for row in lists[6]}
    on_plans = {row["id"] for row in lists[7] if row["end"] is None}
    in_care = {row["id"] for row in lists[8] if row["end"] is None}
    assert {child for child, s in status.items() if s.startswith("a)")} == in_care
    assert {child for child, s in status.items() if s.startswith("b)")} == on_plans - in_care
    for number in (6, 7, 8):
        assert max(Counter(row["id"] for row in lists[number]).values()) == 1
    shared = [len({p.family for p in group}) < len(group) for group in _by_conference(world.plans)]
    assert any(shared), "siblings come from one conference"


def _by_conference(plans: list[Any]) -> list[list[Any]]:
    groups = defaultdict(list)
    for plan in plans:
        groups[plan.start, plan.child.family].append(plan.child)
    return list(groups.values())


def test_each_list_keeps_to_ofsteds_window() -> None:
    world = make_world(3, 0.5, AS_AT)
    on = world.clock.first
    lists = extract(world, on)
    since = date(2022, 5, 2)
    assert on == date(2022, 11, 2)
    for number, key in ((1, "contact_on"), (3, "referred_on")):
        assert {since <= row[key] <= on for row in lists[number]} == {True}
    for row in lists[4]:
        assert row["authorised"] is None or max(row["start"], row["authorised"]) >= since
    for number, key in ((6, "closed"), (7, "end"), (8, "end")):
        ends = [row[key] for row in lists[number]]
        assert {end is None or since <= end <= on for end in ends} == {True}
        assert None in ends and any(ends)
    dates = [value for n in range(1, 9) for row in lists[n] for key, value in row.items() if key != "dob"]
    assert max(value for value in dates if isinstance(value, date)) <= on
    missing = {(n, key) for n in LISTS for key, _ in LISTS[n] for row in lists[n][:1] if key not in row}
    assert {key for _, key in missing} <= {"children", "matched", "placed", "adopted", "stage2_end", "approved"} | {
        "stage1_end", "stage2_start", "applied",
    }  # fmt: skip


def test_every_heading_of_annex_a_is_there_and_some_have_drifted(sheets: dict[str, list[tuple[Any, ...]]]) -> None:
    assert len(sheets) == 11
    drifted = 0
    for title, rows in sheets.items():
        number = int(title.replace("_", " ").split()[1])
        assert len(rows[0]) == len(LISTS[number])
        drifted += sum(shown != header for shown, (_, header) in zip(rows[0], LISTS[number], strict=True))
    assert 10 <= drifted <= 25
    assert {"_" in title for title in sheets} == {True, False}


def test_the_printout_is_as_messy_as_real_files(full: Delivered, sheets: dict[str, list[tuple[Any, ...]]]) -> None:
    cells = {int(title.replace("_", " ").split()[1]): rows[1:] for title, rows in sheets.items()}
    assert {type(row[0]) for row in cells[8]} == {int, str}, "ids as numbers, those with leading zeros as text"
    assert any(str(row[0]).startswith("0") for row in cells[7])
    assert any(str(row[0]).endswith(" ") for row in cells[4])
    assert {row[1] for row in cells[4]} >= {"M", "F"} and {row[1] for row in cells[3]} >= {"Male", "Female"}
    assert {row[10] for row in cells[7]} >= {"a) Yes", "b) No"} and {row[7] for row in cells[3]} >= {"Yes", "No"}
    assert any(isinstance(row[4], float) for row in cells[8]), "fractional ages"
    assert any(row[4] == -1 and row[3] is None for row in cells[1]), "unborn, with no expected date"
    assert any(row[3] is None for row in cells[7])
    assert any(isinstance(row[8], str) and row[8][2] == "/" for row in cells[5]), "dates as text"
    assert any(isinstance(row[8], str) and row[8].startswith("=G") for row in cells[4]), "a formula"
    assert any("\u00a0" in str(row[-1]) for row in cells[6])
    assert sum(row[0] == "Total" for rows in cells.values() for row in rows) == 2
    assert max(Counter(cells[3]).values()) == 2, "an exact duplicate"
    with zipfile.ZipFile(full.books[0]) as book:
        xml = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert sum('t="e"' in page and "<v>#N/A</v>" in page for page in xml) >= 6
    assert any('hidden="1"' in page for page in xml)


def test_dates_are_date_cells_in_the_main(sheets: dict[str, list[tuple[Any, ...]]]) -> None:
    rows = next(rows for title, rows in sheets.items() if title.endswith("8"))
    starts = [row[7] for row in rows[1:]]
    assert {type(value) for value in starts} == {datetime}


def test_rows_are_counted_as_delivered(full: Delivered) -> None:
    told = {(row["file"], row["sheet"]): row["rows_in"] for row in full.truth["rows"]}
    for path in full.books:
        for page in openpyxl.load_workbook(path).worksheets:
            rows = [row for row in page.iter_rows(values_only=True) if any(cell is not None for cell in row)]
            header = next(i for i, row in enumerate(rows) if sum(c is not None for c in row) > 4)
            assert told[path.relative_to(full.inbox).as_posix(), page.title] == len(rows) - header - 1
    assert sum(n for (file, _), n in told.items() if file.startswith("lists/")) == len(full.lists)
    assert {row["rejected"] for row in full.truth["rows"]} == {0, 1}


def test_manual_and_effects_make_the_system(full: Delivered) -> None:
    effects: Counter[tuple[str, str, str]] = Counter()
    for d in full.truth["differences"]:
        effects[d["indicator_id"], d["team"], d["measure"]] += d["effect"]
    assert len(full.counts) == len(wanted()) - 1
    for row in full.counts:
        figure = full.figure(row["indicator_id"], row["team"])
        measures = ("numerator",) if row["indicator_id"] in HEADCOUNTS else ("numerator", "denominator")
        for measure in measures:
            moved = effects[row["indicator_id"], row["team"], measure]
            assert int(row[measure]) + moved == figure[measure], (row, measure)


def test_every_reason_is_planted_and_none_is_invented(full: Delivered) -> None:
    reasons = Counter(d["reason"] for d in full.truth["differences"])
    assert set(reasons) == REASONS
    assert min(reasons.values()) >= 4, reasons
    planted = {(f["case_id"], f["reason"]) for f in full.truth["faults"] if f["case_id"]}
    cases = {(d["case_id"], d["reason"]) for d in full.truth["differences"] if d["case_id"]}
    assert cases <= planted
    indicators = defaultdict(set)
    for d in full.truth["differences"]:
        indicators[d["reason"]].add(d["indicator_id"])
    assert min(len(found) for reason, found in indicators.items() if reason != "MANUAL_NOT_LISTED") >= 3


def test_effects_have_the_signs_of_the_rules(full: Delivered) -> None:
    signs = defaultdict(set)
    for d in full.truth["differences"]:
        if d["case_id"]:
            signs[d["reason"]].add(d["effect"])
    assert signs == {
        "SCOPE": {-1}, "AS_AT": {-1}, "INVALID": {-1}, "LATE_RECORDED": {0, 1}, "IDENTITY": {0},
        "DUPLICATE_MANUAL": {-1},
        "DUPLICATE_SYSTEM": {1}, "TEAM": {-1, 1}, "VALUE": {-1, 1}, "MANUAL_ONLY": {-1}, "SYSTEM_ONLY": {1},
    }  # fmt: skip


def test_lists_are_full_but_for_the_planned_exceptions(full: Delivered) -> None:
    listed = Counter((row["indicator_id"], row["team"]) for row in full.lists)
    odd = {}
    for row in full.counts:
        claimed = int(row["denominator"] or row["numerator"])
        key = row["indicator_id"], row["team"]
        if listed[key] != claimed:
            odd[key] = "none" if not listed[key] else "fewer" if listed[key] < claimed else "more"
    assert odd == {
        ("AS2", "Children with Disabilities"): "none",
        ("CP3", "Safeguarding Harbour"): "none",
        ("CP3", "Safeguarding East"): "fewer",
        ("AS2", "Assessment South"): "more",
    }
    units = {(r["indicator_id"], r["team"]) for r in full.counts if r["unit"] == "family"}
    assert units == {("CP3", "Safeguarding Harbour")}
    assert {r["team"] for r in full.counts if r["method"] == "system_report"} == {"Children in Care 2"}


def test_everyone_who_counts_is_in_the_authority_file(full: Delivered) -> None:
    told = tomllib.loads((full.inbox / "authority.toml").read_text(encoding="utf-8"))
    people, owes = {p["name"] for p in told["people"]}, {(i, t["name"]) for t in told["teams"] for i in t["owes"]}
    assert {row["counted_by"] for row in full.counts} <= people
    assert owes - {(r["indicator_id"], r["team"]) for r in full.counts} == {("CP4", "Safeguarding West")}
    assert {working_days(AS_AT, date.fromisoformat(row["counted_at"])) for row in full.counts} <= {1, 2, 3}
    assert len(told["teams"]) == len(TEAMS)


def test_the_few_and_the_many(full: Delivered) -> None:
    """PP3 and AS3 can be certified after a handful of decisions, LA8 cannot be valid, PP1 differs most."""
    gross: Counter[tuple[str, str]] = Counter()
    for d in full.truth["differences"]:
        gross[d["indicator_id"], d["measure"]] += abs(d["effect"])
    assert gross["AS3", "numerator"] <= 8 and gross["PP3", "numerator"] <= 12
    assert gross["PP1", "numerator"] >= 18
    world_of_checks = full.figure("LA8", "ALL")["denominator"]
    assert sum(f["fault"] == "unreadable_check" for f in full.truth["faults"]) > 0.05 * world_of_checks
    assert full.figure("PP1", "ALL")["overtaken"] == full.figure("PP3", "ALL")["overtaken"] == 4


def test_figures_cover_all_fifteen_indicators(full: Delivered) -> None:
    assert {f["indicator_id"] for f in full.truth["figures"] if f["team"] == "ALL"} == set(RULES)
    for indicator in RULES:
        rows = [f for f in full.truth["figures"] if f["indicator_id"] == indicator]
        teams = sum(f["numerator"] for f in rows if f["team"] != "ALL")
        whole = next(f["numerator"] for f in rows if f["team"] == "ALL")
        assert teams == whole or indicator == "FD5", indicator


def test_a_visit_since_does_not_make_a_child_who_was_not_seen_unknown() -> None:
    """The rule of the last visit, on rows by hand: D is 31 October, extracts of 2 and 16 November."""

    def plan(child: str, visit: object, alone: str = "a) Yes") -> dict[str, Any]:
        return {
            "id": child, "team": "North", "start": date(2022, 6, 1), "end": None, "visit": visit, "alone": alone,
            "dob": date(2010, 1, 1),
        }  # fmt: skip

    since = date(2022, 11, 14)
    first = {
        7: [plan("1", date(2022, 10, 5)), plan("2", None), plan("3", date(2022, 11, 1)), plan("4", date(2022, 10, 27))]
    }
    second = {
        7: [plan("1", since), plan("2", since), plan("3", since), plan("4", since), plan("5", Unreadable("#N/A"))]
    }
    found = members("PP1", Question(AS_AT, [second, first]))
    assert {case: m.state for case, m in found.items()} == {
        "1": "not_met", "2": "not_met", "3": "overtaken", "4": "met", "5": "unusable",
    }  # fmt: skip
    alone = members("PP3", Question(AS_AT, [second, first]))
    assert {case: m.denominator for case, m in alone.items()} == {"1": True, "3": False, "4": True, "5": True}
