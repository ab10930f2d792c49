"""The whole product on everything that an authority has: one `countermark run` over a folder with all the files, the case system's
database named in the configuration. Every table is filled, every row accounted for, every figure that of the workbooks, which are the
record, and what was planted in the other sources is found in them."""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pytest

from countermark.certify.snapshot import find
from countermark.contracts.catalogue import SHIPPED, load
from countermark.home import Home
from countermark.sample.sample import write_sample
from expectations.counts import RuleCount
from tests.chain import verdicts
from tests.integration.commands import Commands, Ended
from tests.oracle.pair_bridge import Item
from tests.oracle.pair_warehouse import told

AS_AT = date(2022, 10, 31)
SEED, SCALE = 5, 0.12  # small, and every kind of fault finds a child
HEADCOUNTS = {"PP0", "LA0", "CN0"}
Row = dict[str, Any]


@dataclass
class Whole:
    """A run over every source: how it ended, what is true, the snapshot and the warehouse."""

    ended: Ended
    truth: Row
    published: duckdb.DuckDBPyConnection
    warehouse: duckdb.DuckDBPyConnection

    def fault(self, name: str) -> Row:
        """The first fault of a name."""
        found: Row = next(fault for fault in self.truth["source_faults"] if fault["fault"] == name)
        return found

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """A query of the warehouse."""
        return self.warehouse.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="module")
def whole(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole")
    written = write_sample(folder / "sample", seed=SEED, scale=SCALE, as_at=AS_AT)
    moved = folder / "moved"
    written.parent.rename(moved)  # the folder may lie anywhere: the database is named from it
    ended = commands.run(moved / "inbox", folder / "home")
    assert ended.code == 0, ended
    home = Home.open(folder / "home")
    published = duckdb.connect(str(find(home)), read_only=True)
    warehouse = duckdb.connect(str(home.warehouse), read_only=True)
    yield Whole(ended, json.loads((moved / "truth.json").read_text(encoding="utf-8")), published, warehouse)
    published.close()
    warehouse.close()


def test_one_run_takes_everything_and_refuses_nothing(whole: Whole) -> None:
    refused = whole.published.execute("select file, reason from main.deliveries where status = 'rejected'").fetchall()
    assert refused == []
    assert "refused:" not in whole.ended.out


def test_every_conformed_table_is_filled(whole: Whole) -> None:
    tables = load([SHIPPED]).tables
    empty = [name for name in tables if not whole.ask(f'select count(*) from conformed."{name}"')[0][0]]
    assert empty == []
    assert len(tables) > 50


def test_every_contract_of_every_family_but_those_that_nobody_has_is_delivered(whole: Whole) -> None:
    delivered = {
        name for (name,) in whole.published.execute("select distinct contract from main.deliveries").fetchall()
    }
    missing = {name for name in load([SHIPPED]).contracts if name not in delivered}
    assert missing <= {"manual_prefilled", "manual_decisions", "manual_dip_samples", "cin.pre_proceedings"}, (
        "lists sent out by a publication; a module of 2027"
    )


def test_every_row_is_accounted_for_file_by_file(whole: Whole) -> None:
    rows = whole.published.execute(
        "select file, sum(rows_in), sum(rows_loaded), sum(rows_rejected), sum(rows_ignored) from main.deliveries group by file"
    ).fetchall()
    assert [row[0] for row in rows if row[1] != row[2] + row[3] + row[4]] == []
    told: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in whole.truth["rows"]:
        for place, key in enumerate(("rows_in", "rejected", "ignored")):
            told[row["file"]][place] += row[key]
    assert {row[0]: [row[1], row[3], row[4]] for row in rows} == dict(told)
    assert len(rows) > 80


def test_the_figures_are_those_of_the_workbooks(whole: Whole) -> None:
    found = {
        (row[0], row[1]): row[2:]
        for row in whole.published.execute(
            "select indicator_id, team, system_numerator, system_denominator, not_countable, overtaken from main.metrics"
        ).fetchall()
    }
    wanted = {
        (f["indicator_id"], f["team"]): (
            f["numerator"], None if f["indicator_id"] in HEADCOUNTS else f["denominator"], f["not_countable"], f["overtaken"],
        )
        for f in whole.truth["figures"]
        if f["team"] == "ALL" or f["denominator"] or f["indicator_id"] in HEADCOUNTS
    }  # fmt: skip
    assert len({indicator for indicator, _ in found}) >= 15
    assert {key: found.get(key) for key in wanted} == wanted


def test_what_a_manager_counted_unfinished_is_found_with_its_proof(whole: Whole) -> None:
    wanted = {
        (d["case_id"], d["reason"])
        for d in whole.truth["differences"]
        if d["reason"] in {"NOT_FINALISED", "NOT_SEEN", "WRONG_FORM", "OTHER_WORKER", "SIBLING_RECORD"}
    }
    assert len({reason for _, reason in wanted}) == 5
    found = whole.published.execute(
        "select case_id, reason from main.breaks where indicator_id = 'PP1' and team <> 'ALL'"
    ).fetchall()
    assert wanted <= set(found)


def test_every_other_planted_difference_is_found_and_its_reason_is_no_weaker(whole: Whole) -> None:
    """The same differences as without the other sources. Where one of them proves more, its reason may stand before the planted one."""
    found = whole.published.execute(
        "select indicator_id, team, case_id, measure, effect, reason from main.breaks where team <> 'ALL'"
    ).fetchall()
    wanted = [
        tuple(d[name] for name in ("indicator_id", "team", "case_id", "measure", "effect", "reason"))
        for d in whole.truth["differences"]
    ]
    assert len(wanted) > 50
    assert Counter(one[:5] for one in found) == Counter(one[:5] for one in wanted)
    assert Counter(one for one in found if one[2] is None) == Counter(one for one in wanted if one[2] is None)
    reasons = {one[:4]: one[5] for one in wanted if one[2] is not None}
    others = {(reasons[one[:4]], one[5]) for one in found if one[2] is not None and reasons[one[:4]] != one[5]}
    assert others <= {("SYSTEM_ONLY", "CP_AND_CLA")}, (
        "a child on a plan and in care was left out, and the other team has it"
    )


def failed(whole: Whole, rule: str) -> int:
    """How many rows a rule found."""
    [(number,)] = whole.ask("select sum(failed) from facts.rule_results where rule_code = ?", rule)
    return int(number)


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("CM-C00-014", "code_of_another_year"), ("CM-9EP-014", "gap_in_the_chain"), ("CM-CPPR-020", "due_date_moved"),
        ("CM-CLAR-020", "due_date_moved"), ("CM-T01-001", "row_that_cannot_be_used"), ("CM-T02-001", "row_that_cannot_be_used"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found_once_by_its_rule(whole: Whole, rule: str, fault: str) -> None:
    assert whole.fault(fault)
    assert failed(whole, rule) == 1


def test_verdicts_without_great_expectations_are_those_with_it(whole: Whole) -> None:
    """The homes that tests make in one call (tests/chain.py) go without it: rule by rule its verdict here is theirs."""
    counts = [RuleCount(*row) for row in whole.ask("from facts.rule_counts")]
    made = {
        (one.contract, one.rule_code, one.status, one.evaluated, one.failed)
        for one in verdicts(counts, load([SHIPPED]))
    }
    assert made == set(whole.ask("select contract, rule_code, status, evaluated, failed from facts.rule_results"))
    assert {status for _, _, status, _, _ in made} == {"PASS", "FAIL", "NOT_APPLICABLE"}


def test_a_list_of_a_later_year_is_told_of_row_by_row(whole: Whole) -> None:
    rows = {row["file"].rpartition("/")[2]: row["rows_in"] for row in whole.truth["rows"]}
    assert failed(whole, "CM-9DL-Y03") == rows["dolo.csv"] > 0
    assert failed(whole, "CM-9SW-Y03") == rows["sw_episodes.csv"] > 0


def test_a_visit_at_which_nobody_was_in_is_no_visit_to_the_child(whole: Whole) -> None:
    unseen = whole.fault("unseen_visit")
    key = [unseen["case_id"], unseen["on"]]
    assert whole.ask(
        "select seen from conformed.visits where person_id = ? and visit_date = ? and contract like 'ssd.%'", *key
    ) == [("no",)]
    assert whole.ask("select 1 from conformed.cp_visits where person_id = ? and cp_visit_date = ?", *key) == []


def test_a_child_under_two_ids_is_one_where_the_crosswalk_says_so_and_proposed_where_nothing_does(whole: Whole) -> None:
    known, unknown = whole.fault("two_ids_in_the_crosswalk"), whole.fault("two_ids_unknown")
    assert whole.ask("select distinct person_id from identity.ids where said_id = ?", known["other_id"]) == [
        (known["case_id"],)
    ]
    assert whole.ask("select 1 from conformed.safety_plans where person_id = ?", known["case_id"])
    proposed = {
        frozenset(pair)
        for pair in whole.ask("select child_id, other_child_id from facts.identity_proposals where is_sure")
    }
    assert proposed == {frozenset((unknown["case_id"], unknown["other_id"]))}
    assert whole.ask("select 1 from conformed.cla_episodes where person_id = ?", unknown["other_id"]), (
        "and never merged"
    )
    twins = {
        frozenset((fault["case_id"], fault["other_id"]))
        for fault in whole.truth["source_faults"]
        if fault["fault"] == "twins"
    }
    every = {frozenset(pair) for pair in whole.ask("select child_id, other_child_id from facts.identity_proposals")}
    assert twins and not twins & every


OF_THE_WORKBOOKS = [  # what is planted in the lists for inspectors, and where two of them, or one and a return, differ by it
    ("unreadable_plan_start", "X01", -1, "INVALID"), ("short_break", "X02", -1, "SCOPE"), ("began_after", "X02", -1, "AS_AT"),
    ("two_ids_in_care", "X04", 1, "DUPLICATE_SYSTEM"), ("ceased_before_start", "X04", -1, "AS_AT"),
    ("unreadable_plan_start", "X05", -1, "MANUAL_ONLY"), ("unreadable_plan_start", "X06", 1, "INVALID"),
]  # fmt: skip


def test_every_pair_of_systems_is_made_and_adds_up_and_what_was_planted_is_among_its_cases(whole: Whole) -> None:
    pairs = whole.published.execute(
        "select pair_id, left_cases, right_cases, net, not_made from main.pairs order by 1"
    ).fetchall()
    assert [pair for pair, *_ in pairs] == sorted(load().pairs)
    for pair, left, right, net, not_made in pairs:
        effects = whole.ask("select coalesce(sum(effect), 0) from facts.pair_items where pair_id = ?", pair)
        assert not_made is None and left + net == right and effects == [(net,)] and left + right > 0, pair
    found = set(whole.ask("select pair_id, child_id, effect, reason from facts.pair_items"))
    two_ids = whole.fault("two_ids_unknown")
    assert {("X04", two_ids["other_id"], -1, "MANUAL_ONLY"), ("X04", two_ids["case_id"], 1, "SYSTEM_ONLY")} <= found
    bare = {(pair, (child or "").lstrip("0"), effect, reason) for pair, child, effect, reason in found}
    for fault, *rest in OF_THE_WORKBOOKS:
        children = {
            one["case_id"].lstrip("0") for one in whole.truth["faults"] if one["fault"] == fault and one["case_id"]
        }
        assert children and {(rest[0], child, *rest[1:]) for child in children} <= bare, fault


def test_every_difference_planted_between_two_systems_is_found_with_its_reason_and_nothing_is_made_up(
    whole: Whole,
) -> None:
    wanted = {tuple(one.values()) for one in whole.truth["pair_differences"]}
    assert {pair for pair, *_ in wanted} == {"X03", "X04", "X07", "X08", "X09", "X10", "X11"}
    assert {reason for *_, reason in wanted} >= {"AS_AT", "SCOPE", "MAPPING", "VALUE", "MANUAL_ONLY", "SYSTEM_ONLY"}
    found = set(whole.ask("select pair_id, case_id, effect, reason from facts.pair_items"))
    assert wanted - found == set()
    # of these three all that differs was planted
    assert {one for one in found if one[0] in ("X07", "X09", "X11")} == {
        one for one in wanted if one[0] in ("X07", "X09", "X11")
    }
    [says] = whole.ask(
        "select left_says, right_says from facts.pair_items where pair_id = 'X04' and reason = 'MAPPING'"
    )
    assert says[0] == "V4, written “V4”" and "written" in says[1], "the raw codes of both rows"


def test_a_second_bridge_in_plain_loops_finds_the_same_between_systems(whole: Whole) -> None:
    for name, pair in load().pairs.items():
        rows = whole.ask(
            "select case_id, effect, reason, coalesce(secondary_reasons, '') from facts.pair_items where pair_id = ?",
            name,
        )
        [(left, right)] = whole.ask("select left_cases, right_cases from facts.pairs where pair_id = ?", name)
        items = sorted(Item(case, effect, reason, tuple(others.split())) for case, effect, reason, others in rows)
        said = tomllib.loads((pair.folder / "pair.toml").read_text("utf-8"))
        assert (left, right, items) == told(whole.warehouse, pair.folder, said, AS_AT), name


def test_a_template_of_an_older_version_is_read_and_says_so(whole: Whole) -> None:
    assert whole.fault("template_of_an_old_version")
    [(reason, loaded)] = whole.published.execute(
        "select reason, rows_loaded from main.deliveries where contract = 'trackers.family_assessments'"
    ).fetchall()
    assert "older template" in reason and loaded > 0


SILENT = {  # what the invented authority says nothing of at one position, and why
    "DQ4": "nothing was published before", "DQ6": "nothing was published before",
    "PP10": "nobody has two plans at once, as it should be",
    "LA19D": "Annex A forgets who left care more than half a year ago",
    "CL4": "Ofsted's list of care leavers has no such column",
}  # fmt: skip


def opens(whole: Whole) -> dict[str, set[str]]:
    """By figure of the whole authority: what it opens to, children where its cases have one."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, case, child in whole.published.execute(
        "select indicator_id, case_id, child_id from main.members where in_denominator or (in_numerator and in_denominator is null)"
    ).fetchall():
        found[name].add(child or case)
    return found


def test_the_page_of_every_finding_opens_to_a_figure_and_each_figure_to_its_children(whole: Whole) -> None:
    definitions, cases = load([SHIPPED]), opens(whole)
    made = {
        name
        for (name,) in whole.published.execute("select indicator_id from main.metrics where team = 'ALL'").fetchall()
    }
    children = {name for (name,) in whole.published.execute("select distinct child_id from main.members").fetchall()}
    found = [(letter.code(one), one) for letter in definitions.findings for one in letter.finding]
    assert len(found) == 68
    for code, finding in found:
        named = [name for name in finding.indicators if name in made]
        assert finding.reason or named, code
        assert not named or any(cases[name] for name in named), code
        for name in named:
            told = cases[name] or cases[f"{name}_12M"]
            assert told or name in SILENT, f"{code}: {name} opens to nothing"
            if definitions.indicators[name].case in ("child", "event") and name not in ("AD6", "SV2"):
                assert told & children or name in SILENT, f"{code}: {name} opens to no child"


def test_each_figure_says_something_on_the_invented_authority(whole: Whole) -> None:
    cases = opens(whole)
    ids = {name for name, one in load([SHIPPED]).indicators.items() if not one.window_of}
    silent = {name for name in ids if not cases[name] and not any(cases[f"{name}_{months}M"] for months in (12, 36))}
    assert silent == set(SILENT)


def test_hardly_anybody_is_without_a_worker(whole: Whole) -> None:
    [(without, of)] = whole.published.execute(
        "select system_numerator, system_denominator from main.metrics where indicator_id = 'WF9' and team = 'ALL'"
    ).fetchall()
    assert 0 < without <= of * 0.08


def test_every_list_of_whom_to_see_today_has_somebody_and_teams_have_their_own(whole: Whole) -> None:
    named = whole.published.execute(
        "select list, count(distinct team) from desk.reasons_to_see group by list"
    ).fetchall()
    teams = dict(named)
    wanted = {"assessments", "enquiries", "placements", "pre_proceedings", "supervision", "unallocated", "visits"}
    assert wanted <= teams.keys()
    assert all(teams[name] for name in wanted)
    ranks = whole.published.execute("select rank from main.to_see order by place").fetchall()
    assert ranks and ranks == sorted(ranks)
    assert whole.published.execute("select count(*) from main.to_supervise").fetchall() != [(0,)]


def test_a_managers_look_in_a_tracker_is_beside_the_child(whole: Whole) -> None:
    [(told,)] = whole.published.execute(
        "select count(*) from facts.looks semi join main.to_see using (child_id)"
    ).fetchall()
    assert told
