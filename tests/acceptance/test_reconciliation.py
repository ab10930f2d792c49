"""Bridges read from the exports: one team a scenario, every effect worked out by hand from the reconciliation design.

PP1 is owed by nobody here, so every team's claim stands alone; LA8, PP3 and PP6 show what becomes of the authority's own figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.acceptance.kit import COUNTS, LISTED, Export, World, annex_a, table, text

D = "2022-10-31"
FIRST, NEWEST = "2022-11-02", "2022-11-16"
SEEN, UNSEEN = "2022-10-20", "2022-10-05"
Effects = dict[str, int]


@dataclass(frozen=True)
class Team:
    """A team's children on plans (id, last visit, further cells), what it claims and lists, and the bridge that follows."""

    name: str
    system: Sequence[tuple[str, str | None] | tuple[str, str | None, dict[str, Any]]]
    claims: Sequence[tuple[Any, ...]] = ()  # numerator, denominator, and what differs from the usual claim
    listed: Sequence[tuple[str, str, str | None]] = ()  # case, in_numerator, event date
    list_of: str = ""
    manual: str = ""
    now: str = ""
    denominator: Effects = field(default_factory=dict)
    numerator: Effects = field(default_factory=dict)


def met(*ids: str) -> list[tuple[str, str, str | None]]:
    """Listed as seen, on the day that the system holds."""
    return [(one, "true", SEEN) for one in ids]


TEAMS = [
    Team("Agree", [("101", SEEN), ("102", UNSEEN)], [(1, 2)], [("101", "true", SEEN), ("102", "", UNSEEN)], manual="1/2", now="1/2"),
    Team("Alias Team", [("111", SEEN)], [(1, 1, {"team": " aliased \u00a0 Team "})], manual="1/1", now="1/1",
         denominator={"MANUAL_NOT_LISTED": 0}, numerator={"MANUAL_NOT_LISTED": 0}),
    Team("Zeros", [("121", SEEN), ("0122", SEEN)], [(3, 3)], met("121", "0121", "122"), manual="3/3", now="2/2",
         denominator={"DUPLICATE_MANUAL": -1, "IDENTITY": 0}, numerator={"DUPLICATE_MANUAL": -1, "IDENTITY": 0}),
    Team("Thrice", [("131", SEEN)], [(3, 3)], met("131", "131", "131"), manual="3/3", now="1/1",
         denominator={"DUPLICATE_MANUAL": -2}, numerator={"DUPLICATE_MANUAL": -2}),
    Team("Counted", [("141", SEEN), ("142", UNSEEN), ("143", None)], [(4, 5)], manual="4/5", now="1/3",
         denominator={"MANUAL_NOT_LISTED": -2}, numerator={"MANUAL_NOT_LISTED": -3}),
    # five claimed, three listed: two unlisted against the one system child that no row matched
    Team("Partly", [("151", SEEN), ("152", SEEN), ("153", UNSEEN)], [(4, 5)], met("151", "152", "9151"), manual="4/5", now="2/3",
         denominator={"MANUAL_ONLY": -1, "MANUAL_NOT_LISTED": -1}, numerator={"MANUAL_ONLY": -1, "MANUAL_NOT_LISTED": -1}),
    Team("Over", [("161", SEEN), ("162", SEEN), ("163", SEEN)], [(2, 2)], met("161", "162", "163"), manual="2/2", now="3/3",
         denominator={"MANUAL_NOT_LISTED": 1}, numerator={"MANUAL_NOT_LISTED": 1}),
    Team("Recount", [("171", SEEN)], [(5, 9, {"counted_at": "2022-11-01"}), (1, 1, {"counted_at": "2022-11-03"})],
         manual="1/1", now="1/1", denominator={"MANUAL_NOT_LISTED": 0}, numerator={"MANUAL_NOT_LISTED": 0}),
    Team("Uncounted", [("181", SEEN), ("182", UNSEEN)], [], [("181", "true", SEEN), ("182", "false", UNSEEN)], manual="1/2", now="1/2"),
    # the complement: those not seen, two of four
    Team("Missing", [("191", SEEN), ("192", SEEN), ("193", UNSEEN), ("194", None)], [(2, 4)], [("193", "", UNSEEN), ("194", "", None)],
         list_of="complement", manual="2/4", now="2/4"),
    Team("Seen Only", [("201", SEEN), ("202", SEEN), ("203", UNSEEN)], [(3, 4)], met("201", "202", "9201"), list_of="numerator",
         manual="3/4", now="2/3", denominator={"MANUAL_ONLY": -1, "MANUAL_NOT_LISTED": 0}, numerator={"MANUAL_ONLY": -1}),
    Team("Lender", [("211", SEEN)], [(2, 2)], met("211", "221"), manual="2/2", now="1/1", denominator={"TEAM": -1}, numerator={"TEAM": -1}),
    Team("Owner", [("221", SEEN), ("222", UNSEEN)], [(0, 1)], [("222", "", UNSEEN)], manual="0/1", now="1/2",
         denominator={"TEAM": 1}, numerator={"TEAM": 1}),
    Team("Two Ids", [("0231", SEEN), ("231", SEEN)], [(1, 1)], met("231"), manual="1/1", now="2/2",
         denominator={"DUPLICATE_SYSTEM": 1}, numerator={"DUPLICATE_SYSTEM": 1}),
    Team("Late Listed", [("241", SEEN, {"first": UNSEEN})], [(1, 1)], met("241"), manual="1/1", now="1/1",
         numerator={"LATE_RECORDED": 0}),
    Team("Late Unlisted", [("251", SEEN, {"first": UNSEEN})], [(0, 1)], [("251", "", UNSEEN)], manual="0/1", now="1/1",
         numerator={"LATE_RECORDED": 1}),
    Team("Unreadable", [("261", "n/k"), ("262", SEEN, {"end": "unknown"})], [(2, 2)], met("261", "262"), manual="2/2", now="0/1",
         denominator={"INVALID": -1}, numerator={"INVALID": -2}),
    Team("Other Date", [("271", SEEN, {"end": "2022-10-28"}), ("272", UNSEEN), ("273", SEEN)], [(3, 3)],
         [("271", "true", SEEN), ("272", "true", "2022-11-01"), ("273", "true", SEEN)], manual="3/3", now="1/2",
         denominator={"AS_AT": -1}, numerator={"AS_AT": -2}),
    Team("Too New", [("281", SEEN, {"start": "2022-10-17"})], [(1, 1)], met("281"), manual="1/1", denominator={"SCOPE": -1},
         numerator={"SCOPE": -1}),
    Team("Families", [("291", SEEN), ("292", SEEN)], [(1, 1, {"unit": "family"})], manual="1/1", now="2/2",
         denominator={"SCOPE": 1}, numerator={"SCOPE": 1}),
    Team("Differs", [("301", UNSEEN), ("302", SEEN)], [(1, 2)], [("301", "true", SEEN), ("302", "", UNSEEN)], manual="1/2", now="1/2",
         numerator={"VALUE": 0}),
    Team("Nobody", [("311", SEEN)], [(2, 2)], met("9311", "9312"), manual="2/2", now="1/1",
         denominator={"MANUAL_ONLY": -2, "SYSTEM_ONLY": 1}, numerator={"MANUAL_ONLY": -2, "SYSTEM_ONLY": 1}),
    Team("Above", [("341", SEEN)], [(9, 5)], manual="9/5", now="1/1", denominator={"MANUAL_NOT_LISTED": -4},
         numerator={"MANUAL_NOT_LISTED": -8}),
    Team("Empty", [], [(1, 1)], met("9321"), manual="1/1", denominator={"MANUAL_ONLY": -1}, numerator={"MANUAL_ONLY": -1}),
]  # fmt: skip
TIED = Team("Tied", [("331", SEEN)])

# AS2: assessments due in October. 24 August + 45 working days = 28 October
EVENTS = [
    ("E Zeros", "0401", "2022-08-24"), ("E Near", "402", "2022-08-24"), ("E Far", "403", "2022-08-24"),
    ("E Two", "404", "2022-08-23"), ("E Two", "404", "2022-08-25"), ("E Slash", "A/5", "2022-08-24"),
]  # fmt: skip
EVENT_LISTS = [
    ("E Zeros", "401/2022-08-24"), ("E Near", "402/2022-08-17"), ("E Far", "403/2022-08-16"),
    ("E Two", "404/2022-08-24"), ("E Slash", "A/5/2022-08-24"),
]  # fmt: skip

# children looked after: team, id, last dental check
CARE = [
    ("North", "501", "2022-05-01"), ("North", "502", None), ("South", "503", "2022-05-01"), ("South", "504", "2022-05-01"),
    ("East", "505", "2022-05-01"),
]  # fmt: skip
# North lists South's 504, South does not; East owes nothing and counts nothing
CARE_LISTS = [
    ("North", "501", "true", "2022-05-01"), ("North", "502", "", None), ("North", "504", "true", "2022-05-01"),
    ("South", "503", "true", "2022-05-01"),
]  # fmt: skip


def _plans(first: bool) -> list[dict[str, Any]]:
    found = []
    for team in [*TEAMS, TIED]:
        for child, visit, *more in team.system:
            cells: dict[str, Any] = dict(more[0]) if more else {}
            earlier = cells.pop("first", visit)
            name = "aliased\u00a0TEAM" if team.name == "Alias Team" else team.name
            found.append(
                {"id": child, "team": name, "start": "2022-06-01", "visit": earlier if first else visit} | cells
            )
    return found


def _count(indicator: str, team: str, numerator: Any, denominator: Any, **other: Any) -> list[Any]:
    usual = {
        "indicator_id": indicator, "team": team, "as_at": D, "unit": "child", "numerator": numerator, "denominator": denominator,
        "counted_by": "Ann Counter", "counted_at": "2022-11-01", "method": "own_list",
    }  # fmt: skip
    return [(usual | other).get(name) for name in COUNTS]


def _listed(indicator: str, team: str, case: str, flag: str, day: str | None, of: str = "") -> list[Any]:
    return [indicator, team, D, case, None, flag, day, "Ann Counter", "2022-11-01", None, of]


def _counts() -> list[list[Any]]:
    found = [_count("PP1", **({"team": team.name} | (more[0] if more else {})), numerator=n, denominator=d)
             for team in TEAMS for n, d, *more in team.claims]  # fmt: skip
    found += [
        _count("PP1", "Tied", 1, 1, counted_by="Ann Counter"),
        _count("PP1", "Tied", 0, 1, counted_by="Bob Counter"),
    ]
    found += [_count("AS2", team, 0, 1, unit="event") for team, _ in EVENT_LISTS]
    found += [_count("LA8", "North", 2, 3), _count("LA8", "South", 1, 1)]
    found += [_count("LA0", "North", 2, None), _count("LA0", "ALL", 5, None), _count("LA0", "South", 2, None)]
    found += [_count("PP3", "Agree", 0, 2)]
    found += [_count("PP6", "Agree", 0, 2), _count("PP6", "Counted", 0, 3), _count("PP6", "ALL", 1, 40)]
    found += [_count("PP1", "Agre", 1, 1), _count("PP99", "Agree", 1, 1)]
    return found


def _lists() -> list[list[Any]]:
    found = [_listed("PP1", team.name, *row, team.list_of) for team in TEAMS for row in team.listed]
    found += [_listed("AS2", team, case, "", None) for team, case in EVENT_LISTS]
    found += [_listed("LA8", *row) for row in CARE_LISTS]
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All of it in one inbox, run once."""
    world = World(tmp_path_factory.mktemp("reconciliation"))
    owes = {"North": ["LA8", "LA0"], "South": ["LA8", "LA0"], "Agree": ["PP3", "PP6"], "Counted": ["PP3", "PP6"]}
    names = [team.name for team in [*TEAMS, TIED]] + sorted({team for team, *_ in EVENTS}) + ["North", "South", "East"]
    said = ['authority = "E1"']
    for name in names:
        aliases = '["Aliased", "Aliased Team"]' if name == "Alias Team" else "[]"
        said.append(f'[[teams]]\nname = "{name}"\naliases = {aliases}\nowes = {owes.get(name, [])}')
    text(world.inbox / "authority.toml", "\n".join(said).replace("'", '"'))
    care = [{"id": child, "team": team, "start": "2020-01-01", "check": check} for team, child, check in CARE]
    events = [{"id": child, "team": team, "start": start} for team, child, start in EVENTS]
    annex_a(world.inbox / "a" / "first.xlsx", FIRST, {"List 4": events, "List 7": _plans(True), "List 8": care})
    annex_a(world.inbox / "b" / "newest.xlsx", NEWEST, {"List 7": _plans(False)})
    table(world.inbox / "c" / "counts.csv", [COUNTS, *_counts()])
    table(world.inbox / "c" / "lists.csv", [[*LISTED, "list_of"], *_lists()])
    text(world.inbox / "c" / "delivery.toml", f'authority = "E1"\nextracted_on = {FIRST}\n')
    said_run = world.run(D)
    assert said_run.code == 0, said_run
    yield world


@pytest.fixture(scope="module")
def out(world: World) -> Export:
    """Everything exported."""
    return world.export()


@pytest.mark.parametrize("team", TEAMS, ids=[team.name.replace(" ", "_") for team in TEAMS])
def test_a_teams_bridge(out: Export, team: Team) -> None:
    found = out.rows("metrics", indicator_id="PP1", team=team.name)
    if team.now:
        assert (out.share("PP1", team.name), out.share("PP1", team.name, "manual")) == (team.now, team.manual)
    else:
        assert not found, "a team row whose denominator is 0 is absent"
    effects = {measure: out.lines("PP1", team.name, measure) for measure in ("denominator", "numerator")}
    wanted = {"denominator": team.denominator, "numerator": team.numerator}
    got = {m: {r: e for r, e in effects[m].items() if e or r in wanted[m]} for m in effects}
    assert got == wanted


def test_every_bridge_adds_up(out: Export) -> None:
    sides: dict[tuple[str, ...], set[tuple[int, int]]] = {}
    moved: dict[tuple[str, ...], int] = {}
    for row in out.tables["bridge_lines"]:
        key = (row["indicator_id"], row["team"], row["measure"])
        sides.setdefault(key, set()).add((int(row["manual"]), int(row["system"])))
        moved[key] = moved.get(key, 0) + int(row["effect"])
    assert len(sides) > 40
    for figure, found in sides.items():
        ((manual, system),) = found
        assert manual + moved[figure] == system, figure


def test_lines_are_their_items_added(out: Export) -> None:
    lines = {
        (r["indicator_id"], r["team"], r["measure"], r["reason"]): int(r["effect"]) for r in out.tables["bridge_lines"]
    }
    items: dict[tuple[str, str, str, str], int] = {}
    for row in out.tables["breaks"]:
        key = (row["indicator_id"], row["team"], row["measure"], row["reason"])
        items[key] = items.get(key, 0) + int(row["effect"])
    assert {key: effect for key, effect in lines.items() if key[1] != "ALL" and effect} == {
        key: effect for key, effect in items.items() if key[1] != "ALL" and effect
    }


def test_net_effects_of_the_teams_add_to_the_authoritys(out: Export) -> None:
    for measure in ("denominator", "numerator"):
        teams = sum(sum(out.lines("LA8", team, measure).values()) for team in ("North", "South"))
        whole = out.lines("LA8", "ALL", measure)
        assert sum(whole.values()) == teams + 1, "East owes nothing: its one child is SYSTEM_ONLY"
        assert {reason: effect for reason, effect in whole.items() if effect} == {"SYSTEM_ONLY": 1}
    assert out.share("LA8", side="manual") == "3/4" and out.share("LA8") == "4/5"
    assert (
        out.lines("LA8", "North", "denominator")["TEAM"] == -1 and out.lines("LA8", "South", "denominator")["TEAM"] == 1
    )


def test_the_authority_has_no_manual_figure_until_every_team_that_owes_one_has_claimed(out: Export) -> None:
    assert out.share("PP3", side="manual") == "" and not out.rows("bridge_lines", indicator_id="PP3", team="ALL")
    assert out.share("PP1", side="manual") == "", "nobody owes PP1: claims of teams do not make the authority's"


def test_the_authoritys_own_claim_stands_and_its_distance_from_the_teams_is_an_item(out: Export) -> None:
    assert out.share("PP6", side="manual") == "1/40"
    assert out.share("LA0", side="manual") == "5" and out.share("LA0") == "5"
    whole = out.rows("breaks", indicator_id="PP6", team="ALL")
    assert whole, "40 claimed for the authority, 5 by the two teams"


def test_of_two_people_with_one_moment_neither_count_is_taken_in_silence(out: Export) -> None:
    row = out.metric("PP1", "Tied")
    assert row["status"] != "certified" and "two" in row["status_reason"].lower(), row["status_reason"]


def test_claims_nobody_could_mean_are_rejected_with_the_nearest_name(out: Export) -> None:
    reasons = {(row["column"], row["reason"]) for row in out.tables["rejects"] if row["file"] == "c/counts.csv"}
    assert any(column == "team" and "Agree" in reason for column, reason in reasons), reasons
    assert any(column == "indicator_id" and "PP" in reason for column, reason in reasons), reasons


@pytest.mark.parametrize(
    ("team", "manual", "effects"),
    [("E Zeros", "0/1", {}), ("E Near", "0/1", {}), ("E Far", "0/1", {"MANUAL_ONLY": -1, "SYSTEM_ONLY": 1}),
     ("E Two", "0/1", {"MANUAL_ONLY": -1, "SYSTEM_ONLY": 2}), ("E Slash", "0/1", {})],
)  # fmt: skip
def test_events_are_matched_exactly_then_without_zeros_then_by_a_near_date(
    out: Export, team: str, manual: str, effects: Effects
) -> None:
    assert out.share("AS2", team, "manual") == manual
    assert {reason: effect for reason, effect in out.lines("AS2", team, "denominator").items() if effect} == effects


def test_a_case_found_by_its_zeros_or_a_near_date_says_so(out: Export) -> None:
    assert out.lines("AS2", "E Zeros", "denominator") == {"IDENTITY": 0}
    evidence = {row["evidence"] for row in out.rows("bridge_lines", indicator_id="AS2", team="E Near")}
    assert evidence <= {"probable"} and out.items("AS2", "E Near", "denominator")


def test_a_late_record_in_both_is_closed_and_one_not_in_the_list_is_open(out: Export) -> None:
    closed = out.one("breaks", indicator_id="PP1", team="Late Listed", measure="numerator")
    assert (closed["reason"], closed["effect"], closed["state"], closed["case_id"]) == (
        "LATE_RECORDED",
        "0",
        "closed",
        "241",
    )
    unlisted = out.one("breaks", indicator_id="PP1", team="Late Unlisted", measure="numerator")
    assert (unlisted["reason"], unlisted["effect"]) == ("LATE_RECORDED", "1")
    assert not out.rows("breaks", indicator_id="PP1", team="Late Unlisted", measure="denominator")


def test_an_item_points_at_both_rows(out: Export) -> None:
    row = out.one("breaks", indicator_id="PP1", team="Differs", case_id="301", measure="numerator")
    assert row["manual_source"].startswith("c/lists.csv") and row["system_source"].startswith("b/newest.xlsx")
    assert (row["effect"], row["reason"], row["state"]) == ("-1", "VALUE", "open")
    assert row["event_date"] and row["first_seen"] and row["age_working_days"] != ""


def test_a_break_is_one_for_its_case_whatever_the_team_or_measure(out: Export) -> None:
    lender = {row["break_id"] for row in out.rows("breaks", indicator_id="PP1", case_id="221")}
    assert len(lender) == 1
    assert len({row["break_id"] for row in out.rows("breaks", indicator_id="PP1") if row["case_id"]}) == len(
        {row["case_id"] for row in out.rows("breaks", indicator_id="PP1") if row["case_id"]}
    )


def test_the_range_of_a_count_without_a_list_spans_both_sides(out: Export) -> None:
    row = out.metric("PP1", "Counted")  # system 1 of 3, claimed 4 of 5
    assert float(row["range_low"]) == pytest.approx(1 / 3) and float(row["range_high"]) == pytest.approx(4 / 5)


def test_the_range_takes_each_open_case_either_way(out: Export) -> None:
    row = out.metric("PP1", "Differs")  # two cases, each met on one side only
    assert (float(row["range_low"]), float(row["range_high"])) == (0.0, 1.0)
    row = out.metric("PP1", "Nobody")  # one of one, one more in the system alone, two in the list alone
    assert (float(row["range_low"]), float(row["range_high"])) == (1.0, 1.0)


def test_an_over_listed_team_is_told_to_count_again(out: Export) -> None:
    row = out.metric("PP1", "Over")
    assert row["status"] == "provisional" and "Over" in row["status_reason"], row["status_reason"]


def test_explaining_a_team_prints_the_bank_reconciliation(world: World) -> None:
    said = world.do("explain", "PP1", "--as-at", D, "--team", "Partly")
    assert said.code == 0
    for words in ("Partly", "Adjusted", "unexplained 0", "System now", "9151", "c/lists.csv"):
        assert words in said.text, (words, said.out)


def test_explaining_the_authority_and_what_does_not_exist(world: World) -> None:
    said = world.do("explain", "LA8", "--as-at", D)
    assert said.code == 0 and "505" in said.text and "a/first.xlsx" in said.text
    assert world.do("explain", "PP1", "--as-at", D, "--team", "Nowhere").code == 2
    assert world.do("explain", "XX9", "--as-at", D).code == 2
    assert world.do("explain", "PP1", "--as-at", "2021-01-31").code == 2
    assert world.do("explain", "PP1", "--as-at", "31/10/2022").code == 2
