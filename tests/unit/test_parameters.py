"""Holds an authority's own parameters to their rules: which is in force at a date, what is refused, and what a figure then rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from countermark.certify.facts import definition_hash, record_definitions
from countermark.contracts import catalogue
from countermark.contracts.authority import parse_authority
from countermark.contracts.parameters import fault, in_force
from tests import certify_kit
from tests.intake_kit import TEAMS, Desk, csv_file, desk, headers, plan, text_file

KNOWN = catalogue.load()
DATED = """
[[parameters.PP1]]
from = 2023-04-01
visit_within_working_days = 15

[[parameters.PP1]]
from = 2024-04-01
visit_within_working_days = { default = 12, by_category = { neglect = 5 } }
"""


def said(text: str) -> catalogue.Catalogue | str:
    """What is wrong with the text, else the catalogue at 31 October 2024."""
    authority = parse_authority(f'authority = "E1"\n{text}')
    return fault(authority, KNOWN) or in_force(KNOWN, authority, date(2024, 10, 31))


def at(text: str, day: date, indicator: str = "PP1") -> tuple[object, object, str, str]:
    """Value, values by category, own words and title at a day."""
    one = in_force(KNOWN, parse_authority(f'authority = "E1"\n{text}'), day).indicators[indicator]
    return (
        one.parameters["visit_within_working_days"], one.values_by.get("visit_within_working_days"), one.own, one.title
    )  # fmt: skip


def test_the_value_in_force_is_that_of_the_latest_entry_begun() -> None:
    title = "Children on a plan with a statutory visit recorded in the last {} working days"
    assert at(DATED, date(2023, 3, 31)) == (10, None, "", title.format(10))
    assert at(DATED, date(2023, 4, 1)) == (
        15, None, "with this authority's own 15 working days from 1 April 2023", title.format(15),
    )  # fmt: skip
    assert at(DATED, date(2024, 3, 31))[0] == 15
    assert at(DATED, date(2024, 4, 1)) == (
        12, {"neglect": 5}, "with this authority's own 12 working days, 5 working days for neglect from 1 April 2024",
        title.format(12),
    )  # fmt: skip


def test_a_value_without_a_day_holds_at_every_date_and_one_with_a_day_replaces_it() -> None:
    undated = "[parameters.PP1]\nvisit_within_working_days = 20\n"
    assert at(undated, date(2001, 1, 1))[::2] == (20, "with this authority's own 20 working days")
    mixed = (
        "[[parameters.PP1]]\nvisit_within_working_days = 20\n[[parameters.PP1]]\nfrom = 2023-01-01\n"
        "visit_within_working_days = 10"
    )
    assert (at(mixed, date(2022, 12, 31))[0], at(mixed, date(2023, 1, 1))[0]) == (20, 10)
    assert at(mixed, date(2023, 1, 1))[2] == "", "the definition's own value again is nobody's own"


def test_another_value_is_another_definition_and_an_earlier_date_keeps_its_own() -> None:
    authority = parse_authority(f'authority = "E1"\n{DATED}')
    days = [date(2023, 3, 31), date(2023, 4, 1), date(2023, 5, 1), date(2024, 4, 1)]
    hashes = [definition_hash(in_force(KNOWN, authority, day).indicators["PP1"]) for day in days]
    assert hashes[0] == definition_hash(KNOWN.indicators["PP1"])
    assert hashes[1] == hashes[2] and len(set(hashes)) == 3
    untouched = in_force(KNOWN, authority, days[3]).indicators
    assert all(
        definition_hash(untouched[name]) == definition_hash(one)
        for name, one in KNOWN.indicators.items()
        if "PP1" not in (name, one.follows)
    )
    assert in_force(KNOWN, None, days[0]) is KNOWN


def test_a_longer_window_follows_its_indicator() -> None:
    found = said("[parameters.CP3]\nconfer_within_working_days = 10")
    assert isinstance(found, catalogue.Catalogue)
    assert {i: found.indicators[i].parameters["confer_within_working_days"] for i in ("CP3", "CP3_12M")} == {
        "CP3": 10, "CP3_12M": 10,
    }  # fmt: skip
    assert found.indicators["CP3_12M"].title.endswith("rolling twelve months")


def test_a_frequency_of_visits_is_set_once_for_each_kind_of_plan_and_what_asks_of_the_same_visits_follows() -> None:
    followers = {one.id for one in KNOWN.indicators.values() if one.follows == "PP1" and not one.window_of}
    assert followers == {"PP2", "PP2D", "PP3I", "PP12", "PP13"}
    for name in sorted(followers | {"PP2_12M"}):
        assert at(DATED, date(2023, 3, 31), name)[0] == 10
        assert at(DATED, date(2023, 4, 1), name)[::2] == (
            15,
            "with this authority's own 15 working days from 1 April 2023",
        )
        assert at(DATED, date(2024, 4, 1), name)[:2] == (12, {"neglect": 5})
    own = (
        DATED + "\n[parameters.PP2]\nvisit_within_working_days = 20\n[parameters.CN1]\nvisit_within_working_days = 30\n"
    )
    assert [at(own, date(2024, 4, 1), name)[0] for name in ("PP1", "PP2", "PP2_12M", "PP13", "CN1")] == [
        12,
        20,
        20,
        12,
        30,
    ]
    assert at(own, date(2024, 4, 1), "PP2")[1] is None, "its own value has no kinds"
    kinds = "[parameters.LA1]\nusual_visit_within_days = 28\n"
    assert (
        (found := said(kinds))
        and not isinstance(found, str)
        and found.indicators["LA1"].parameters["usual_visit_within_days"] == 28
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[parameters.PP99]\nx = 1", ["parameters.PP99", "no indicator", "perhaps PP"]),
        ("[parameters.pp1]\nvisit_within_working_days = 1", ["no indicator", "perhaps PP1"]),
        ("[parameters]\nPP1 = 10", ["parameters.PP1", "table"]),
        ("[parameters.PP1]\nvisit_within_days = 1", ["visit_within_days", "perhaps visit_within_working_days"]),
        ("[parameters.PP1]\nzzz = 1", ["zzz", "there is visit_within_working_days"]),
        ('[parameters.PP1]\nvisit_within_working_days = "15"', ["a whole number"]),
        ("[parameters.PP1]\nvisit_within_working_days = 1.5", ["a whole number"]),
        ("[parameters.PP1]\nvisit_within_working_days = -1", ["a whole number"]),
        ("[parameters.PP1]\nvisit_within_working_days = true", ["a whole number"]),
        ('[[parameters.PP1]]\nfrom = "2023-04-01"\nvisit_within_working_days = 15', ["no date", "without quotation"]),
        ("[[parameters.PP1]]\nfrom = 2023-04-01\n[[parameters.PP1]]\nfrom = 2023-04-01", ["same day"]),
        ("[parameters.CP3_12M]\nconfer_within_working_days = 10", ["CP3 over a longer time", "parameters.CP3"]),
        ("[parameters.CP3]\nconfer_within_working_days = { default = 10 }", ["one value"]),
        ("[parameters.PP1]\nvisit_within_working_days = { by_risk = { high = 5 } }", ["by_risk", "by_category"]),
        ("[parameters.PP1]\nvisit_within_working_days = { by_category = { neglct = 5 } }", ["neglct", "perhaps neglect"]),
        ('[parameters.PP1]\nvisit_within_working_days = { by_category = { neglect = "5" } }', ["neglect", "a whole number"]),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_with_the_nearest_name(text: str, words: list[str]) -> None:
    found = said(text)
    assert isinstance(found, str)
    assert [word for word in words if word not in found] == [], found


def test_what_is_no_indicators_is_left_alone() -> None:
    for text in ("go_live = 2022-01-04", "held_below_share = 0.5", 'statistical_neighbours = ["E1"]'):
        assert isinstance(said(f"[parameters]\n{text}"), catalogue.Catalogue)


@pytest.fixture
def taking_in(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        yield found


def test_an_inbox_with_a_wrong_parameter_is_refused_in_a_sentence_and_taken_once_mended(taking_in: Desk) -> None:
    csv_file(taking_in.inbox / "a.csv", [headers(), plan("1", "2022-06-01")])
    text_file(taking_in.inbox / "authority.toml", f"{TEAMS}\n[parameters.PP1]\nvisit_within_days = 15\n")
    taking_in.run(authority=None)
    receipt = taking_in.receipt("a.csv")
    assert (receipt.status, receipt.rows_loaded) == ("rejected", 0)
    assert "authority.toml" in receipt.reason and "perhaps visit_within_working_days" in receipt.reason
    text_file(taking_in.inbox / "authority.toml", f"{TEAMS}\n[parameters.PP1]\nvisit_within_working_days = 15\n")
    taking_in.run(authority=None)
    newest = taking_in.con.execute("select status from typed.receipts where file = 'a.csv' order by seq").fetchall()[-1]
    assert newest == ("loaded",)


@pytest.mark.parametrize(
    ("since", "status", "own"), [("2022-10-31", "provisional", True), ("2022-11-01", "certified", False)]
)
def test_a_certificate_lapses_where_another_value_is_in_force_and_stands_where_it_is_not_yet(
    tmp_path: Path, since: str, status: str, own: bool
) -> None:
    with certify_kit.desk(tmp_path) as at:
        at.judge()
        at.certify()
        assert at.metric("status") == "certified"
        text = f'authority = "X1"\n[[parameters.PP1]]\nfrom = {since}\nvisit_within_working_days = 15'
        now = in_force(at.catalogue, parse_authority(text), certify_kit.AS_AT)
        record_definitions(at.con, now, certify_kit.POSITION, {"North": ["PP1"]}, [])
        at.certify()
        assert at.metric("status") == status
        assert str(at.metric("title")).endswith("with this authority's own 15 working days from 31 October 2022") == own
