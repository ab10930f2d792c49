"""Holds the histories behind the invented authority's further sources to account: told of the same world as Annex A, they end where its
lists stand, and hang together among themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from countermark.sample.authority import TEAMS
from countermark.sample.histories import World
from countermark.sample.lists import extract
from countermark.sample.sources import people
from countermark.sample.sources.story import Story, tell
from countermark.sample.sources.visits import known
from countermark.sample.world import make_world

AS_AT = date(2022, 10, 31)
SCALE = 0.25


@pytest.fixture(scope="module")
def world() -> World:
    """A world without faults."""
    return make_world(3, SCALE, AS_AT)


@pytest.fixture(scope="module")
def story(world: World) -> Story:
    """Its story."""
    return tell(world, 3)


def test_the_last_visit_of_list_7_is_the_last_that_was_seen_and_written_up_by_the_day(
    world: World, story: Story
) -> None:
    for on in (world.clock.first, world.clock.second):
        last: dict[str, tuple[date, str]] = {}
        for row in sorted(known(story.records["visits"], on), key=lambda row: row["on"]):
            if row["type"] == "Child protection" and row["seen"] == "Yes" and row["status"] == "Finalised":
                last[row["child"], row["plan_start"]] = row["on"], row["alone"]  # type: ignore[index]
        for row in extract(world, on)[7]:
            told = (row["visit"], row["alone"][3:]) if row["visit"] else None
            assert last.get((row["id"], row["start"])) == told, row["id"]  # type: ignore[call-overload]


def test_the_last_visit_and_review_of_list_8_end_their_histories(world: World, story: Story) -> None:
    on = world.clock.first
    visits, reviews = defaultdict(list), defaultdict(list)
    for row in story.records["visits"]:
        if row["type"] == "Looked after" and row["on"] <= on:
            visits[row["child"]].append(row["on"])
    for row in story.records["care_reviews"]:
        if row["on"] <= on:
            reviews[row["child"]].append(row["on"])
    checked = 0
    for row in extract(world, on)[8]:
        for key, found in (("visit", visits), ("review", reviews)):
            if row[key] and row[key] > on - timedelta(days=200):
                assert max(found[row["id"]]) == row[key], (key, row["id"])
                checked += 1
    assert checked > 100


def test_the_line_of_care_ends_where_list_8_stands(world: World, story: Story) -> None:
    on = world.clock.first
    current = {
        (row["child"], row["entered"]): row for row in story.records["episodes"] if row["start"] <= on < row["end"]
    }
    places = {row["id"]: row for row in story.records["placements"]}
    checked = 0
    for row in extract(world, on)[8]:
        episode = current.get((row["id"], row["start"]))
        if row["end"] is not None or episode is None:
            continue
        assert row["legal"].startswith(f"{episode['status']}:")
        assert row["placement_type"].split(") ")[1].startswith(f"{episode['type']}:")
        assert places[episode["placement"]]["start"] == row["placement_start"]
        checked += 1
    assert checked > 100


def test_a_line_of_care_has_no_gap_and_says_why_each_episode_began(story: Story) -> None:
    lines = defaultdict(list)
    for row in story.records["episodes"]:
        lines[row["care"]].append(row)
    for line in lines.values():
        assert line[0]["why"] == "S" and line[-1]["ceased"] != "X1"
        for before, after in pairwise(line):
            assert before["end"] == after["start"] and before["ceased"] == "X1"
            moved, changed = before["placement"] != after["placement"], before["status"] != after["status"]
            assert after["why"] == {(True, True): "B", (True, False): "P", (False, True): "L"}[moved, changed]
            assert (before["moved"] is not None) == moved
    assert max(map(len, lines.values())) > 3


def test_meetings_happen_while_their_plan_lasts(world: World, story: Story) -> None:
    plans = {(plan.child.id, plan.start): plan for plan in world.plans}
    for row in story.records["core_groups"]:
        plan = plans[row["child"], row["plan_start"]]
        assert row["held"] is None or plan.start < row["held"] <= plan.end
    for row in story.records["cp_reviews"]:
        plan = plans[row["child"], row["plan_start"]]
        assert row["on"] is None or row["on"] in plan.reviews
    reviewed = {(row["child"], row["on"]) for row in story.records["cp_reviews"] if row["on"]}
    for row in extract(world, world.clock.first)[7]:
        assert row["review"] is None or (row["id"], row["review"]) in reviewed
    for row in story.records["pre_proceedings"]:
        plan = plans[row["child"], row["plan_start"]]
        assert plan.start < row["start"] <= world.clock.first
        steps = [row[key] for key in ("start", "letter", "meeting", "step", "court") if row[key]]
        assert steps == sorted(steps)


def test_whoever_holds_a_case_works_here_and_is_supervised(story: Story) -> None:
    staff = {row["id"] for row in story.records["staff"]}
    assert {row["worker_id"] for row in story.records["allocations"]} <= staff
    in_post = {row["id"] for row in story.records["staff"] if row["end"] is None and row["role"] != "Team manager"}
    supervised = {row["worker_id"] for row in story.records["supervision"] if row["kind"] == "Worker"}
    assert in_post <= supervised
    for row in story.records["allocations"]:
        assert row["end"] is None or row["start"] < row["end"]
    held = Counter((row["child"], row["team"]) for row in story.records["allocations"] if row["end"] is None)
    in_care = {care.child.id for care in story.world.cares if care.start <= story.first < care.end}
    plans = {(plan.child.id, plan.team) for plan in story.open_plans(story.first) if plan.child.id not in in_care}
    assert plans <= set(held)
    assert max(Counter(child for child, _ in held.elements()).values()) == 1, "one allocated worker at a time"
    posts = story.records["posts"]
    assert {row["team"] for row in posts} == {team.name for team in TEAMS}
    assert all(row["budgeted"] == pytest.approx(row["filled"] + row["vacant"]) for row in posts)


def test_numbers_of_children_are_well_formed_and_nobodys_twice(story: Story) -> None:
    upns = [person.upn for person in story.persons.values() if person.upn]
    nhs = [person.nhs for person in story.persons.values()]
    assert len(upns) == len(set(upns)) and len(nhs) == len(set(nhs))
    for upn in upns[:200]:
        letter = people._UPN_LETTERS[sum(int(d) * (i + 2) for i, d in enumerate(upn[1:])) % 23]
        assert len(upn) == 13 and upn[0] == letter
    for number in nhs[:200]:
        total = sum(int(d) * (10 - i) for i, d in enumerate(number[:9]))
        assert number.startswith("999") and (11 - total % 11) % 11 == int(number[9])
