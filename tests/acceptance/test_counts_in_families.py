"""Teams that count families or meetings, against children whose families a source names: by hand, team by team, and their sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from countermark.certify.snapshot import find, read
from countermark.desk.figures import figures, rows_of
from countermark.home import Home
from tests.acceptance.kit import COUNTS, LISTED, Export, World, annex_a, table, text
from web.leaders.said import range_words

D, SEEN = "2022-10-31", date(2022, 10, 20)
# By team: the children with a plan and the family of each (none: no source names it).
CHILDREN: dict[str, dict[str, str | None]] = {
    "Full": {"11": "F1", "12": "F1", "13": "F2", "14": "F3", "15": "F3", "16": "F3"},
    "Bare": {"21": "F4", "22": "F4", "23": "F5", "24": "F6", "25": "F6"},
    "Named": {"31": "F7", "32": "F7", "33": "F8"},
    "Partly": {"41": "F10", "42": "F10", "43": "F11", "44": "F11", "45": "F12"},
    "Siblings": {"51": "F13", "52": "F13", "53": "F13"},
    "Unknown": {"61": "F14", "62": "F14", "63": None},
    "Across": {"71": "F1", "72": "F1"},
    "Own Words": {"81": None, "82": None, "83": None},
}
UNSEEN = {"16"}


def count(team: str, families: int, met: int | None = None, **other: Any) -> list[Any]:
    """So many families counted, all of them visited in time unless told."""
    usual = {"indicator_id": "PP1", "team": team, "as_at": D, "unit": "family", "numerator": families if met is None else met,
             "denominator": families, "counted_by": "Ann", "counted_at": "2022-11-01", "method": "own_list"}  # fmt: skip
    return [(usual | other).get(name) for name in COUNTS]


def listed(team: str, case: str, family: str | None = None, **other: Any) -> list[Any]:
    """A listed row, met."""
    usual = {"indicator_id": "PP1", "team": team, "as_at": D, "case_id": case, "in_numerator": "yes", "event_date": SEEN.isoformat(),
             "counted_by": "Ann", "counted_at": "2022-11-01"}  # fmt: skip
    return [*[(usual | other).get(name) for name in LISTED[:-1]], family, None]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One run over all teams."""
    world = World(tmp_path_factory.mktemp("families"))
    said = "".join(f'[[teams]]\nname = "{team}"\nowes = ["PP1"]\n' for team in CHILDREN)
    text(world.inbox / "authority.toml", f'authority = "E1"\n{said}')
    plans = [
        {"id": child, "team": team, "start": date(2022, 6, 1), "visit": date(2022, 1, 3) if child in UNSEEN else SEEN, "alone": "Yes"}
        for team, children in CHILDREN.items() for child in children
    ]  # fmt: skip
    held = [{"id": str(child), "team": "Full", "discussion": date(2022, 9, 26), "conference": date(2022, 10, day), "plan": "Yes"}
            for child, day in ((11, 5), (12, 5), (13, 5), (14, 6))]  # fmt: skip
    annex_a(world.inbox / "annex.xlsx", "2022-11-02", {"List 7": plans, "List 5": held})
    pairs = [[family, child] for children in CHILDREN.values() for child, family in children.items() if family]
    table(world.inbox / "families.csv", [["Family ID", "Child ID"], *pairs])
    counts = [
        count("Full", 3), count("Bare", 2), count("Named", 3), count("Partly", 2), count("Siblings", 1), count("Unknown", 2),
        count("Across", 1), count("Own Words", 2),
        count("Full", 3, indicator_id="CP5", unit="meeting"), count("Full", 3, indicator_id="CP3", unit="meeting"),
    ]  # fmt: skip
    table(world.inbox / "count.csv", [COUNTS, *counts])
    rows = [
        *(listed("Full", child) for child in ("11", "13", "14")),  # one child of each family
        listed("Named", "F7", "F7"), listed("Named", "F8"), listed("Named", "F99", "F99"),  # families, one that nobody knows
        listed("Partly", "42"),
        listed("Siblings", "51"), listed("Siblings", "52"),  # children, and the third forgotten
        listed("Across", "71"),
        *(listed("Own Words", child, family) for child, family in (("81", "SMITH"), ("82", "SMITH"), ("83", "JONES"))),
    ]  # fmt: skip
    table(world.inbox / "list.csv", [[*LISTED[:-1], "family_id", LISTED[-1]], *rows])
    done = world.run(D)
    assert done.code == 0, done.text
    return world


@pytest.fixture(scope="module")
def out(world: World) -> Iterator[Export]:
    """What it published."""
    yield world.export()


def said(out: Export, team: str, measure: str = "denominator") -> dict[str, int]:
    """The lines of a bridge, which lead from the count to the system's figure."""
    lines = out.lines("PP1", team, measure)
    manual, system = (
        int(out.share("PP1", team, side).split("/")[measure == "denominator"]) for side in ("manual", "system")
    )
    assert manual + sum(lines.values()) == system
    return lines


def test_a_listed_family_holds_all_its_children(out: Export) -> None:
    assert said(out, "Full") == {"SCOPE": 3}
    assert out.share("PP1", "Full", "manual") == "3/3" and out.share("PP1", "Full") == "5/6"


def test_a_family_counted_as_visited_holds_the_sibling_who_was_not(out: Export) -> None:
    lines = said(out, "Full", "numerator")
    assert lines.pop("SCOPE") == 3 and sum(lines.values()) == -1
    assert [case for case, _ in out.items("PP1", "Full", "numerator") if case] == ["16"]


def test_without_a_list_the_rest_is_families_that_nothing_backs(out: Export) -> None:
    assert said(out, "Bare") == {"SCOPE": 2, "MANUAL_NOT_LISTED": 1}


def test_rows_may_name_families_and_one_that_nobody_knows_is_a_difference(out: Export) -> None:
    assert said(out, "Named") == {"SCOPE": 1, "MANUAL_ONLY": -1}


def test_the_part_without_a_list_is_put_together_by_family(out: Export) -> None:
    assert said(out, "Partly") == {"SCOPE": 2, "MANUAL_NOT_LISTED": 1}


def test_a_list_of_children_says_all_of_them(out: Export) -> None:
    assert said(out, "Siblings") == {"SCOPE": 1, "SYSTEM_ONLY": 1}
    assert [case for case, _ in out.items("PP1", "Siblings", "denominator") if case] == ["53"]


def test_a_child_whose_family_nobody_names_leaves_the_count_not_comparable(out: Export) -> None:
    assert said(out, "Unknown") == {"SCOPE": 1}
    says = {row["says"] for row in out.rows("gates", team="Unknown", indicator_id="PP1", gate="reconciled")}
    assert says == {"counted in another unit: Unknown; counted without a full list: Unknown"}


def test_a_family_with_children_in_two_teams_is_counted_by_each(out: Export) -> None:
    assert said(out, "Across") == {"SCOPE": 1}


def test_a_count_that_was_turned_into_children_is_judged_as_any_other(out: Export) -> None:
    assert out.one("gates", team="Across", indicator_id="PP1", gate="reconciled")["outcome"] == "PASS"
    line = out.one("breaks", team="Across", indicator_id="PP1", measure="numerator")
    assert (line["reason"], line["state"], line["effect"], line["case_id"]) == ("SCOPE", "closed", "1", "")


def test_where_no_source_names_a_family_the_list_may(out: Export) -> None:
    assert said(out, "Own Words") == {"SCOPE": 1}


def test_the_teams_add_to_the_authority(out: Export) -> None:
    whole = said(out, "ALL")
    teams = [said(out, team) for team in CHILDREN]
    assert whole == {code: sum(one.get(code, 0) for one in teams) for code in set().union(*teams)}


def test_a_meeting_is_a_family_on_one_day_where_the_case_is_a_meeting(out: Export) -> None:
    assert out.lines("CP5", "Full", "denominator") == {"SCOPE": 1, "MANUAL_NOT_LISTED": 0}
    assert set(out.lines("CP3", "Full", "denominator")) == {"SCOPE"}


def between(out: Export, team: str) -> tuple[str, str]:
    """The range of the share."""
    row = out.metric("PP1", team)
    return row["range_low"][:6], row["range_high"][:6]


def test_the_range_of_a_count_in_families_is_bounded_by_the_largest_families_that_no_row_names(out: Export) -> None:
    # two families of Bare's were counted: at least one child each, at most the four of F1 and the three of F3 or F13
    assert between(out, "Bare") == ("0.2857", "1.0")


def test_a_family_that_nobody_knows_leaves_no_range_and_the_figure_says_why(world: World, out: Export) -> None:
    assert between(out, "Named") == ("", "")
    why = "nothing bounds how many children the count of {} stands for: it has families that no source names"
    for team in ("Named", "ALL"):
        assert between(out, team) == ("", "")
        told = world.do("explain", "PP1", "--as-at", D, "--team", team).text
        assert f"No range: {why.format('Named')}." in " ".join(told.split())


def test_a_count_that_was_turned_into_children_whole_has_an_exact_range(out: Export) -> None:
    assert between(out, "Across") == ("1.0", "1.0")


SAID = {
    "Siblings": "One open difference moves its counts and not the share.",
    "Unknown": "One count that cannot be compared with it is in no range.",
    "Across": "No open difference moves it.",
}


@pytest.mark.parametrize("team", SAID)
def test_a_share_that_stays_is_not_said_to_be_moved_by_nothing(world: World, team: str) -> None:
    told = " ".join(world.do("explain", "PP1", "--as-at", D, "--team", team).text.split())
    assert SAID[team] in told and [other for other in SAID.values() if other in told] == [SAID[team]]
    with read(find(Home.open(world.home))) as con:
        [shown] = figures(rows_of(con), date.fromisoformat(D), "PP1", team)
    assert range_words(shown) == SAID[team]
