"""Counts that are done again, corrected, sent twice or made for the whole authority: which claim stands, and with which list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.acceptance.kit import COUNTS, LISTED, Export, World, annex_a, table, text

D = "2022-10-31"
SEEN = "2022-10-20"
TEAMS = {"Relist": ("11", "12"), "Recount": ("21", "22"), "Same Twice": ("31", "32"), "Left Out": ("41", "42"), "Defined": ("51", "52"),
         "Other Day": ("61", "62"), "Spelt": ("71", "72")}  # fmt: skip


def count(team: str, n: Any, d: Any, day: str = "2022-11-01", **other: Any) -> list[Any]:
    """A count of PP1 (or another) with an eleventh column for the definition."""
    usual = {"indicator_id": "PP1", "team": team, "as_at": D, "unit": "child", "numerator": n, "denominator": d, "counted_by": "Ann",
             "counted_at": day, "method": "own_list"}  # fmt: skip
    return [(usual | other).get(name) for name in [*COUNTS, "definition"]]


def listed(
    team: str, case: str, day: str = "2022-11-01", base: str = "", flag: str = "true", **other: Any
) -> list[Any]:
    """A listed case."""
    usual = {"indicator_id": "PP1", "team": team, "as_at": D, "case_id": case, "in_denominator": base, "in_numerator": flag,
             "event_date": SEEN, "counted_by": "Ann", "counted_at": day}  # fmt: skip
    return [(usual | other).get(name) for name in LISTED]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Export]:
    """Two runs: between them one team mends its list at the same path and another counts again."""
    world = World(tmp_path_factory.mktemp("recounts"))
    said = "".join(f'[[teams]]\nname = "{team}"\nowes = ["PP3"]\n' for team in TEAMS)
    text(world.inbox / "authority.toml", f'authority = "E1"\n{said}')
    plans = [{"id": child, "team": team, "start": date(2022, 6, 1), "visit": date.fromisoformat(SEEN), "alone": "Yes"}
             for team, children in TEAMS.items() for child in children]  # fmt: skip
    annex_a(world.inbox / "annex.xlsx", "2022-11-02", {"List 7": plans})
    heading = [*COUNTS, "definition"]
    table(world.inbox / "relist" / "count.csv", [heading, count("Relist", 2, 2)])
    table(world.inbox / "relist" / "list.csv", [LISTED, listed("Relist", "11"), listed("Relist", "12", flag="no")])
    table(world.inbox / "recount" / "one.csv", [heading, count("Recount", 3, 3)])
    table(
        world.inbox / "recount" / "one list.csv", [LISTED, *(listed("Recount", case) for case in ("21", "22", "9923"))]
    )
    same = count("Same Twice", 2, 2)
    rest = [same, same, count("Left Out", 1, 1), count("Defined", 1, 1, definition="our own: any contact"),
            count("Other Day", 2, 2, as_at="2022-09-30"), count(" sPELT  ", 2, 2, unit="Child", method="Own list", as_at="31/10/2022"),
            count(" all ", 14, 14, indicator_id="pp3"), count("Relist", 2, 2, indicator_id="PP3")]  # fmt: skip
    table(world.inbox / "rest" / "count.csv", [heading, *rest])
    rows = [listed("Same Twice", "31"), listed("Same Twice", "32"), listed("Left Out", "41"), listed("Left Out", "42", base="no", flag="no"),
            listed("Other Day", "61"), listed("Spelt", "71"), listed("Spelt", " 72.0 ")]  # fmt: skip
    table(world.inbox / "rest" / "list.csv", [LISTED, *rows])
    assert world.run(D).code == 0
    table(world.inbox / "relist" / "list.csv", [LISTED, listed("Relist", "11"), listed("Relist", "12")])
    table(world.inbox / "recount" / "two.csv", [heading, count("Recount", 2, 2, "2022-11-03")])
    table(
        world.inbox / "recount" / "two list.csv",
        [LISTED, *(listed("Recount", case, "2022-11-03") for case in ("21", "22"))],
    )
    assert world.run(D).code == 0
    yield world.export()


def effects(out: Export, team: str) -> dict[str, int]:
    """The bridge's lines that move something or say something."""
    return out.lines("PP1", team, "numerator")


def test_a_mended_row_of_a_list_replaces_the_one_before(out: Export) -> None:
    assert out.share("PP1", "Relist", "manual") == "2/2" and effects(out, "Relist") == {}


def test_a_recount_stands_with_its_own_list(out: Export) -> None:
    assert out.share("PP1", "Recount", "manual") == "2/2" and effects(out, "Recount") == {}


def test_the_same_count_twice_is_no_conflict(out: Export) -> None:
    assert out.share("PP1", "Same Twice", "manual") == "2/2" and effects(out, "Same Twice") == {}
    assert "two people" not in out.metric("PP1", "Same Twice")["status_reason"]


def test_a_case_listed_as_left_out_does_not_count_and_is_a_difference(out: Export) -> None:
    assert out.share("PP1", "Left Out", "manual") == "1/1"
    assert sum(effects(out, "Left Out").values()) == 1
    assert [case for case, _ in out.items("PP1", "Left Out", "numerator")] == ["42"]


def test_another_definition_is_not_comparable_and_one_line(out: Export) -> None:
    assert effects(out, "Defined") == {"SCOPE": 1}
    assert out.metric("PP1", "Defined")["status"] == "provisional"


def test_a_claim_for_another_day_is_no_claim_for_this_one(out: Export) -> None:
    assert out.share("PP1", "Other Day", "manual") in ("", "1/1"), "at most the list, whose day is this one"


def test_spellings_are_folded_everywhere(out: Export) -> None:
    assert out.share("PP1", "Spelt", "manual") == "2/2" and effects(out, "Spelt") == {}


def test_the_authoritys_claim_is_found_however_all_is_written(out: Export) -> None:
    assert out.share("PP3", side="manual") == "14/14" and out.share("PP3") == "14/14"
    assert not {reason for reason, effect in out.lines("PP3", "ALL", "numerator").items() if effect}
