"""Holds the invented authority's further sources to account: told of the same world as Annex A, consistent with it and with one another
but for what was planted, and the same bytes for the same seed. Files are read back by other means than the product's readers."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from countermark.calendar.working_days import working_days
from countermark.sample.sample import write_sample
from countermark.sample.sources.census import year_end
from countermark.sample.sources.printing import LAYOUTS
from countermark.sample.world import make_world

AS_AT = date(2022, 10, 31)
YEAR_END = date(2022, 3, 31)
SCALE = 0.25
COUNTED = {"not_finalised", "not_seen", "wrong_form", "other_worker", "sibling_record"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Delivered:
    """A written sample."""

    folder: Path

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What is true of it."""
        found: dict[str, Any] = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        return found

    def faults(self, name: str) -> list[Row]:
        """What was planted under a name."""
        found = [fault for fault in self.truth["source_faults"] if fault["fault"] == name]
        assert found, name
        return found

    def find(self, name: str) -> Path:
        """The file of a name, whichever folder it lies in."""
        [path] = (self.folder / "inbox").glob(f"*/{name}")
        return path

    @cached_property
    def census(self) -> Any:
        """The root of the census."""
        return etree.parse(str(self.find("CIN 2022.xml"))).getroot()

    def returned(self, name: str) -> list[Row]:
        """A file of the SSDA903."""
        with self.find(f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def table(self, name: str) -> list[Row]:
        """A table of the case system's database."""
        con = sqlite3.connect(self.folder / "casesystem.db")
        con.row_factory = sqlite3.Row
        rows = [dict(row) for row in con.execute(f"select * from {name}")]
        con.close()
        return rows


def _listed(path: Path) -> list[Row]:
    """A tracker's rows, below its heading."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    top = next(i for i, row in enumerate(rows) if sum(cell is not None for cell in row) > 1)
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """Every source, at a quarter of the size."""
    return Delivered(write_sample(tmp_path_factory.mktemp("every"), seed=1, scale=SCALE, as_at=AS_AT).parent)


def _day(text: str | None) -> date | None:
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None


# the same arguments, the same bytes -------------------------------------------------------------------------------------------------


def test_the_same_seed_writes_the_same_bytes_the_database_too(tmp_path: Path) -> None:
    def hashes(folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_sample(tmp_path / folder, seed=seed, scale=0.05)
    one, two, three = (hashes(tmp_path / folder) for folder in "abc")
    assert one == two
    assert len(one) > 55 and "casesystem.db" in one
    same = {name for name in one if one[name] == three.get(name) and not name.endswith(".toml")}
    assert same <= {"inbox/2022-11-02 trackers/Priority actions.xlsx", "inbox/2022-11-02 trackers/Challenge log.xlsx"}


def test_annex_a_alone_is_the_same_world_without_what_was_counted_unfinished(
    tmp_path: Path, delivered: Delivered
) -> None:
    alone = json.loads(
        write_sample(tmp_path, seed=1, scale=SCALE, as_at=AS_AT, sources="annex_a").read_text(encoding="utf-8")
    )
    assert not (tmp_path / "casesystem.db").exists() and "source_faults" not in alone
    kinds = {row["file"].split("/")[0].lstrip("0123456789- ") for row in alone["rows"]}
    assert kinds == {"Annex A", "counts", "lists"}
    mine, theirs = Counter(f["fault"] for f in delivered.truth["faults"]), Counter(f["fault"] for f in alone["faults"])
    assert {name for name in mine if name not in theirs} == {f"counted_{kind}" for kind in COUNTED}
    assert {name: n for name, n in theirs.items() if mine[name] != n} == {}, "what was planted before is planted still"
    unlike = {f["indicator_id"] for f in delivered.truth["figures"] if f not in alone["figures"]}
    assert unlike == {"PP1"}


# the returns ------------------------------------------------------------------------------------------------------------------------


def test_returns_are_of_the_last_year_that_is_in() -> None:
    assert year_end(AS_AT) == YEAR_END
    assert year_end(date(2022, 6, 30)) == date(2021, 3, 31), "the census of March is not in by June"


def test_the_census_has_the_shape_of_its_year(delivered: Delivered) -> None:
    root = delivered.census
    assert root.findtext("Header/CollectionDetails/ReferenceDate") == "2022-03-31"
    names = {node.tag for node in root.iter()}
    assert "GenderCurrent" in names and not {"Sex", "PreProceedingsandFGDM"} & names
    order = [
        "CINreferralDate", "ReferralSource", "PrimaryNeedCode", "CINclosureDate", "ReasonForClosure", "Assessments",
        "CINPlanDates", "Section47", "ReferralNFA", "ChildProtectionPlans",
    ]  # fmt: skip
    for details in root.iter("CINdetails"):
        tags = [order.index(node.tag) for node in details]
        assert tags == sorted(tags)
    dates = [node.text for node in root.iter() if node.tag.endswith("Date") and "Target" not in node.tag]
    assert max(dates) <= "2022-03-31" or "2022-03-31" in dates


def test_later_years_have_sex_and_what_comes_before_court(tmp_path: Path) -> None:
    folder = write_sample(tmp_path, seed=4, scale=0.1, as_at=date(2027, 10, 31)).parent
    [path] = (folder / "inbox").glob("*/CIN 2027.xml")
    names = Counter(node.tag for node in etree.parse(str(path)).iter())
    assert names["Sex"] > 0 and names["PreProceedingsandFGDM"] > 0 and "GenderCurrent" not in names
    told = {fault["fault"] for fault in Delivered(folder).truth["source_faults"]}
    assert "list_of_a_later_year" not in told and "code_of_another_year" in told


def test_what_the_census_says_happened(tmp_path: Path) -> None:
    folder = write_sample(tmp_path, seed=9, scale=0.1, as_at=AS_AT).parent
    world = make_world(9, 0.1, AS_AT)
    root = Delivered(folder).census
    plans = {plan.start.isoformat() for plan in world.plans}
    assessed = {(a.start.isoformat(), a.authorised.isoformat()) for a in world.assessments}
    told = [node.findtext("CPPstartDate") for node in root.iter("ChildProtectionPlans")]
    assert told and set(told) <= plans
    during = [p for p in world.plans if p.start <= YEAR_END and p.end >= date(2021, 4, 1)]
    assert len(told) >= 0.9 * len(during)
    done = [
        (node.findtext("AssessmentActualStartDate"), node.findtext("AssessmentAuthorisationDate"))
        for node in root.iter("Assessments")
        if node.find("AssessmentAuthorisationDate") is not None
    ]
    assert len(set(done) - assessed) <= 2, "two pairs of twins are known to nothing else"
    assert min(done)[1] >= "2021-04-01" and max(end for _, end in done if end) <= "2022-03-31"


def test_the_returned_episodes_are_the_line_of_care(delivered: Delivered) -> None:
    rows = delivered.returned("episodes")
    header = {row["CHILD"]: row for row in delivered.returned("header")}
    assert {row["CHILD"] for row in rows} == set(header)
    [gap] = delivered.faults("gap_in_the_chain")
    broken = set()
    for before, after in pairwise(rows):
        if before["CHILD"] == after["CHILD"] and before["REC"] == "X1" and before["DEC"] != after["DECOM"]:
            broken.add(after["CHILD"])
    assert broken == {gap["case_id"]}
    for row in rows:
        began, ended = _day(row["DECOM"]), _day(row["DEC"])
        assert began and began <= YEAR_END
        assert ended is None or date(2021, 4, 1) <= ended <= YEAR_END
        assert (row["REC"] == "") == (ended is None)
    assert {row["SEX"] for row in header.values()} <= {"1", "2"}
    adopted = {row["CHILD"] for row in delivered.returned("ad1")}
    assert adopted and adopted == {row["CHILD"] for row in rows if row["REC"] == "E12"}


# the case system's database ---------------------------------------------------------------------------------------------------------


def test_the_database_shows_the_plans_and_visits_that_list_7_shows(delivered: Delivered) -> None:
    book = openpyxl.load_workbook(next((delivered.folder / "inbox").glob("2022-11-16 Annex A/*.xlsx")))
    rows = list(next(page for page in book.worksheets if page.title.endswith("7")).iter_rows(values_only=True))
    top = next(i for i, row in enumerate(rows) if sum(cell is not None for cell in row) > 4)
    heads = [str(cell) for cell in rows[top]]
    seen: dict[str, str] = {}
    for visit in sorted(delivered.table("ssd_cp_visits"), key=lambda row: row["cppv_cp_visit_date"]):
        if visit["cppv_cp_visit_seen"] == "Y":
            seen[visit["cppv_person_id"]] = visit["cppv_cp_visit_date"][:10]
    starts = {(row["cppl_person_id"], row["cppl_cp_plan_start_date"][:10]) for row in delivered.table("ssd_cp_plans")}
    compared = 0
    for cells in rows[top + 1 :]:
        row = dict(zip(heads, cells, strict=True))
        child, last = str(row["Child Unique ID"]).strip(), row["Date of the Last Statutory Visit"]
        start = row["Child Protection Plan Start Date"]
        if (
            not isinstance(last, datetime)
            or not isinstance(start, datetime)
            or (child, str(start.date())) not in starts
        ):
            continue
        assert seen[child] == str(last.date()), child
        compared += 1
    assert compared > 50


def test_the_database_flags_what_was_planted(delivered: Delivered) -> None:
    reviews = {
        (row["cppr_person_id"], row["cppr_cp_review_due"][:10], row["cppr_cp_review_date"][:10])
        for row in delivered.table("ssd_cp_reviews")
        if row["cppr_cp_review_date"]
    }
    moved = {fault["source"]: fault for fault in delivered.faults("due_date_moved")}
    told = moved["ssd.cp_reviews"]
    assert (told["case_id"], told["told"], told["told"]) in reviews and told["due"] < told["told"]
    assert set(moved) == {"ssd.cp_reviews", "ssd.cla_reviews"}
    [unseen] = delivered.faults("unseen_visit")
    assert {"N"} == {
        row["cppv_cp_visit_seen"]
        for row in delivered.table("ssd_cp_visits")
        if (row["cppv_person_id"], row["cppv_cp_visit_date"][:10]) == (unseen["case_id"], unseen["on"])
    }


def test_the_database_holds_together(delivered: Delivered) -> None:
    con = sqlite3.connect(delivered.folder / "casesystem.db")
    people_known = "select pers_person_id from ssd_person"
    for table, column in (
        ("ssd_contacts", "cont_person_id"), ("ssd_cin_episodes", "cine_person_id"), ("ssd_cp_plans", "cppl_person_id"),
        ("ssd_cla_episodes", "clae_person_id"), ("ssd_cp_visits", "cppv_person_id"), ("ssd_family", "fami_person_id"),
    ):  # fmt: skip
        assert con.execute(f"select count(*) from {table} where {column} not in ({people_known})").fetchone() == (0,)
    orphans = (
        "select count(*) from ssd_cp_visits where cppv_cp_plan_id not in (select cppl_cp_plan_id from ssd_cp_plans)"
    )
    assert con.execute(orphans).fetchone() == (0,)
    for table in ("ssd_cp_plans", "ssd_cp_visits", "ssd_cla_visits", "ssd_cp_reviews", "ssd_person", "ssd_cla_health"):
        key = con.execute(f"select name from pragma_table_info('{table}') order by cid").fetchone()[0]
        assert con.execute(f"select count(*) - count(distinct {key}) from {table}").fetchone() == (0,), table
    empty = [
        t
        for (t,) in con.execute("select name from sqlite_master").fetchall()
        if not con.execute(f"select 1 from {t}").fetchone()
    ]
    assert empty == []
    con.close()


# trackers, workforce, who is who ----------------------------------------------------------------------------------------------------


def test_a_manager_counted_visits_that_the_tracker_shows_to_be_none(delivered: Delivered) -> None:
    rows = [row for path in (delivered.folder / "inbox").glob("*/Visits*") for row in _visits(path)]
    by_child = defaultdict(list)
    for row in rows:
        by_child[row["child"]].append(row)
    families = {row["Child ID"]: row["Family ID"] for row in _listed(delivered.find("Families.csv"))}
    counted = {fault["reason"]: fault for name in COUNTED for fault in delivered.faults(f"counted_{name}")}
    assert len(counted) == len(COUNTED)

    def on_the_day(reason: str, child: str | None = None) -> list[Row]:
        fault = counted[reason]
        return [row for row in by_child[child or fault["case_id"]] if row["on"] == fault["on"]]

    assert [row["status"] for row in on_the_day("NOT_FINALISED")] == ["Draft"]
    assert [row["seen"] for row in on_the_day("NOT_SEEN")] == ["No"]
    assert [row["type"] for row in on_the_day("WRONG_FORM")] == ["Child in need"]
    assert [row["lead"] for row in on_the_day("OTHER_WORKER")] == ["No"]
    child = counted["SIBLING_RECORD"]["case_id"]
    siblings = [other for other, family in families.items() if family == families[child] and other != child]
    assert on_the_day("SIBLING_RECORD") == []
    assert [row["seen"] for other in siblings for row in on_the_day("SIBLING_RECORD", other)] == ["Yes"]
    effects = {d["reason"]: d for d in delivered.truth["differences"] if d["reason"] in counted}
    assert {reason: (d["indicator_id"], d["effect"]) for reason, d in effects.items()} == dict.fromkeys(
        counted, ("PP1", -1)
    )


def _visits(path: Path) -> list[Row]:
    """The visits of a file by our own names, whichever headings it has."""
    columns = LAYOUTS["visits"][1]
    names = {heading: key for key, ours, own in columns for heading in (ours, own)}
    rows = []
    for cells in _listed(path):
        row = {names[heading]: value for heading, value in cells.items()}
        on = row["on"]
        row["on"] = str(on.date()) if isinstance(on, datetime) else str(_day(on)) if on and on[0].isdigit() else on
        rows.append(row | {"lead": row["by_lead"]})
    return rows


def test_managers_have_headings_of_their_own(delivered: Delivered) -> None:
    heads = {tuple(_listed(path)[0]) for path in (delivered.folder / "inbox").glob("*/Visits*")}
    assert len(heads) == 2
    for sheet, columns in LAYOUTS.values():
        assert len({ours for _, ours, _ in columns}) == len(columns), sheet
        assert len({own for _, _, own in columns}) == len(columns), sheet


def test_every_row_of_every_file_is_told(delivered: Delivered) -> None:
    told: Counter[str] = Counter()
    for row in delivered.truth["rows"]:
        told[row["file"]] += row["rows_in"]
    trackers = [
        p
        for folder in ("trackers", "workforce", "who is who")
        for p in (delivered.folder / "inbox").glob(f"2022-11-02 {folder}/*")
    ]
    for path in (path for path in trackers if path.suffix != ".toml"):
        assert told[path.relative_to(delivered.folder / "inbox").as_posix()] == len(_listed(path)), path.name
        assert _listed(path), path.name
    for name in ("episodes", "header", "reviews", "oc2"):
        assert told[f"2022-05-30 SSDA903/{name}.csv"] == len(delivered.returned(name))
    assert told["databases/casesystem/ssd_cp_visits"] == len(delivered.table("ssd_cp_visits"))
    elements = Counter(node.tag for node in delivered.census.iter())
    census = {row["sheet"]: row["rows_in"] for row in delivered.truth["rows"] if row["file"].endswith("CIN 2022.xml")}
    assert len(census) == 11 and all(census[name] == elements[name] for name in census if " " not in name)


def test_a_child_under_two_ids_and_twins(delivered: Delivered) -> None:
    [known_one], [unknown] = delivered.faults("two_ids_in_the_crosswalk"), delivered.faults("two_ids_unknown")
    crosswalk = {row["New ID"]: row for row in _listed(delivered.find("Crosswalk of ids.xlsx"))}
    assert crosswalk[known_one["case_id"]]["Old ID"] == known_one["other_id"]
    assert known_one["other_id"] in {row["Child ID"] for row in _listed(delivered.find("Safety plans.xlsx"))}
    assert unknown["case_id"] not in crosswalk
    upn = next(row["UPN"] for row in delivered.returned("header") if row["CHILD"] == unknown["other_id"])
    values = {
        (row["link_person_id"], row["link_identifier_value"]) for row in delivered.table("ssd_linked_identifiers")
    }
    assert (unknown["case_id"], upn) in values, "one pupil number under two ids"
    for pair in delivered.faults("twins"):
        one, other = crosswalk[pair["case_id"]], crosswalk[pair["other_id"]]
        assert one["NHS number"] != other["NHS number"] and one["UPN"] != other["UPN"]
        born = {
            node.findtext("ChildIdentifiers/PersonBirthDate")
            for node in delivered.census.iter("Child")
            if node.findtext("ChildIdentifiers/LAchildID") in (pair["case_id"], pair["other_id"])
        }
        assert len(born) == 1


def test_the_code_of_another_year_stands_in_the_census_once(delivered: Delivered) -> None:
    [fault] = delivered.faults("code_of_another_year")
    found = [
        node.findtext("ChildIdentifiers/LAchildID")
        for node in delivered.census.iter("Child")
        for told in node.iter("ReferralSource")
        if told.text == fault["code"]
    ]
    assert found and set(found) == {fault["case_id"]}


def test_the_workforce_census_is_of_last_september(delivered: Delivered) -> None:
    root = etree.parse(str(delivered.find("CSWW 2021.xml"))).getroot()
    workers = root.findall("CSWWWorker")
    assert root.findtext("Header/CollectionDetails/ReferenceDate") == "2021-09-30"
    assert len(workers) > 20 and {len(node.findtext("SWENo")) for node in workers} == {12}
    assert working_days(date(2021, 9, 30), date(2022, 11, 2)) > 200
    sidecars = [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in (delivered.folder / "inbox").glob("*/delivery.toml")
    ]
    assert {said["authority"] for said in sidecars} == {"X99000001"}
