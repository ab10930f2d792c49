"""The fifteen definitions at their edges: one authority, three extracts, every child and event a case of its own.

Each row below says what it is and what becomes of it in each indicator; a row that an indicator does not name is not one of its members.
D is Monday 31 October 2022, so ten working days before it is 17 October, forty-five 25 August (two bank holidays between).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from tests.acceptance.kit import BLANK, Export, World, annex_a, text, workdays

D = "2022-10-31"
BEFORE, FIRST, NEWEST = "2022-10-24", "2022-11-02", "2022-11-16"
BAD = "not known"
Case = tuple[str, dict[str, Any], dict[str, str]]


def d(day: str) -> date:
    """A date cell."""
    return date.fromisoformat(day)


def case(name: str, cells: dict[str, Any], **states: str) -> Case:
    """A row, and the state it has in each indicator."""
    return name, cells, states


REFERRALS = [
    case("R01", {"on": d("2022-10-01"), "nfa": "a) Yes"}, FD5="met"),
    case("R02", {"on": d("2022-10-31"), "nfa": "b) No"}, FD5="not_met"),
    case("R03", {"on": d("2022-09-30"), "nfa": "a) Yes"}),
    case("R04", {"on": d("2022-11-01"), "nfa": "a) Yes"}),
    case("R05", {"on": d("2022-10-12")}, FD5="pending"),
    case("R06", {"on": "31/31/2022", "nfa": "Yes"}, FD5="not_countable"),
    case("R07", {"on": "10/25/2022", "nfa": "Yes"}, FD5="not_countable"),
    case("R08", {"on": "12/10/2022", "nfa": "Y"}, FD5="met"),
    case("R09", {"on": "2022-10-13", "nfa": "1"}, FD5="met"),
    case("R10", {"on": datetime(2022, 10, 31, 23, 59), "nfa": 1}, FD5="met"),
    case("R11", {"on": d("2022-10-14"), "nfa": True}, FD5="met"),
    case("R12", {"on": d("2022-10-14"), "nfa": "TRUE"}, FD5="met"),
    case("R13", {"on": d("2022-10-14"), "nfa": "N"}, FD5="not_met"),
    case("R14", {"on": d("2022-10-14"), "nfa": 0}, FD5="not_met"),
    case("R15", {"on": d("2022-10-14"), "nfa": False}, FD5="not_met"),
    case("R16", {"on": d("2022-10-14"), "nfa": " NO "}, FD5="not_met"),
    case("R17", {"on": d("2022-10-14"), "nfa": "b) no"}, FD5="not_met"),
]
ASSESSMENTS = [
    # AS1 and AS2: 45 working days from 24 August are 28 October; AS3: from 25 August 31 October
    case("A01", {"start": d("2022-08-24"), "authorised": d("2022-10-28")}, AS1="met", AS2="met"),
    case("A02", {"start": d("2022-08-23"), "authorised": d("2022-10-28")}, AS1="not_met", AS2="not_met"),
    case("A03", {"start": d("2022-08-23"), "authorised": d("2022-09-30")}, AS2="met"),
    case("A04", {"start": d("2022-08-24"), "authorised": d("2022-11-01")}, AS2="not_met", AS3="met"),
    case("A05", {"start": d("2022-08-25")}, AS2="not_met", AS3="not_met"),
    case("A06", {"start": d("2022-08-24")}, AS2="not_met", AS3="met"),
    case("A07", {"start": d("2022-08-26")}, AS3="not_met"),
    case("A08", {"start": workdays(date(2022, 10, 3), -45)}, AS2="not_met", AS3="met"),
    case("A09", {"start": workdays(date(2022, 9, 30), -45)}, AS3="met"),
    case("A10", {"start": d("2022-10-31")}, AS3="not_met"),
    case("A11", {"start": d("2022-11-01")}),
    case(
        "A12", {"start": d("2022-08-24"), "authorised": BAD}, AS1="not_countable", AS2="unusable", AS3="not_countable"
    ),
    case("A13", {"start": BAD}, AS2="not_countable", AS3="not_countable"),
    case("A17", {"start": BAD, "authorised": d("2022-10-20")}, AS1="not_countable", AS2="not_countable"),
    case("A14", {"start": d("2022-10-03"), "authorised": d("2022-10-31")}, AS1="met"),
    case("A15", {"start": d("2022-08-27"), "authorised": d("2022-10-31")}, AS1="met"),
    case("A16", {"start": d("2022-10-03"), "authorised": d("2022-10-01")}, AS1="met"),
]
ENQUIRIES = [
    case("S01", {"discussion": d("2022-10-10"), "conference": d("2022-10-31")}, CP3="met"),
    case("S02", {"discussion": d("2022-10-07"), "conference": d("2022-10-31")}, CP3="not_met"),
    case("S03", {"discussion": d("2022-09-26"), "conference": d("2022-09-30")}),
    case("S04", {"discussion": d("2022-09-26"), "conference": d("2022-10-01")}, CP3="met"),
    case("S05", {"discussion": d("2022-10-10"), "conference": d("2022-11-01")}, CP4="not_met"),
    case("S06", {"discussion": d("2022-10-07")}, CP4="met"),
    case("S07", {"discussion": d("2022-10-10")}, CP4="not_met"),
    case("S08", {"discussion": d("2022-10-07"), "unnecessary": "a) Yes"}),
    case("S09", {"discussion": d("2022-10-07"), "unnecessary": "No"}, CP4="met"),
    case("S10", {"discussion": d("2022-10-31")}, CP4="not_met"),
    case("S11", {"discussion": d("2022-11-01")}),
    case("S12", {"discussion": d("2022-10-07"), "conference": BAD}, CP3="not_countable", CP4="not_countable"),
    case("S13", {"discussion": BAD, "conference": d("2022-10-20")}, CP3="not_countable"),
    case("S14", {"discussion": BAD}, CP4="not_countable"),
    case("P01", {"discussion": d("2022-09-01")}),  # on a plan that day
    case("P05", {"discussion": d("2022-10-31")}, CP4="not_met"),  # whose plan ended that day
    case("P06", {"discussion": d("2022-10-31")}),  # whose plan ends the next
]
NEEDS = [
    case("N01", {"start": d("2022-10-31")}, CN0="met"),
    case("N02", {"start": d("2022-11-01")}),
    case("N03", {"start": d("2022-01-31"), "closed": d("2022-10-31")}),
    case("N04", {"start": d("2022-01-31"), "closed": d("2022-11-01")}, CN0="met"),
    case("N05", {"start": d("2022-01-31"), "closed": BAD}, CN0="not_countable"),
    case("N06", {"start": BAD}, CN0="not_countable"),
]
OLD = {"start": d("2022-06-01")}
SEEN = {"visit": d("2022-10-20"), "alone": "a) Yes"}
PLANS = [
    case("P01", OLD | {"visit": d("2022-10-17"), "alone": "Yes"}, PP0="met", PP1="met", PP3="met", PP6="not_met"),
    case(
        "P02",
        OLD | {"visit": d("2022-10-14"), "alone": "b) No"},
        PP0="met",
        PP1="not_met",
        PP3="not_met",
        PP6="not_met",
    ),
    case("P03", OLD, PP0="met", PP1="not_met", PP6="not_met"),
    case("P04", OLD | {"visit": BAD, "alone": "Yes"}, PP0="met", PP1="unusable", PP3="unusable", PP6="not_met"),
    case("P05", OLD | SEEN | {"end": d("2022-10-31")}),
    case("P06", OLD | SEEN | {"end": d("2022-11-01")}, PP0="met", PP1="met", PP3="met", PP6="not_met"),
    case("P07", OLD | SEEN | {"end": BAD}, **dict.fromkeys(("PP0", "PP1", "PP3", "PP6"), "not_countable")),
    case("P08", SEEN | {"start": BAD}, **dict.fromkeys(("PP0", "PP1", "PP3", "PP6", "PP7"), "not_countable")),
    case("P09", {"start": d("2022-10-31")}, PP0="met", PP6="not_met", PP7="not_met"),
    case("P10", {"start": d("2022-11-01"), "previous": 2}),
    case("P11", {"start": d("2022-10-17")}, PP0="met", PP6="not_met", PP7="not_met"),
    case("P12", {"start": d("2022-10-14"), "previous": 1}, PP0="met", PP1="not_met", PP6="not_met", PP7="met"),
    case("P13", {"start": d("2022-10-01"), "previous": BLANK}, PP0="met", PP1="not_met", PP6="not_met", PP7="not_met"),
    case("P14", {"start": d("2022-09-30"), "previous": 3}, PP0="met", PP1="not_met", PP6="not_met"),
    case("P15", {"start": d("2020-10-31")}, PP0="met", PP1="not_met", PP6="met"),
    case("P16", {"start": d("2020-11-01")}, PP0="met", PP1="not_met", PP6="not_met"),
    case("P17", OLD | SEEN | {"dob": d("2022-11-01")}, PP0="met", PP1="met", PP6="not_met"),
    case("P18", OLD | SEEN | {"dob": d("2022-10-31")}, PP0="met", PP1="met", PP3="met", PP6="not_met"),
    case("P19", OLD | SEEN | {"dob": BLANK}, PP0="met", PP1="met", PP3="met", PP6="not_met"),
    case("P20", OLD | SEEN | {"alone": "c) Unknown"}, PP0="met", PP1="met", PP3="not_met", PP6="not_met"),
    case("P21", OLD | SEEN | {"alone": BLANK}, PP0="met", PP1="met", PP3="not_met", PP6="not_met"),
    case("P22", OLD | SEEN | {"visit": d("2022-10-31")}, PP0="met", PP1="met", PP3="met", PP6="not_met"),
    case("P23", {"start": d("2022-02-28")}, PP0="met", PP1="not_met", PP6="not_met"),
    case("P24", {"start": d("2022-03-01")}, PP0="met", PP1="not_met", PP6="not_met"),
    case("P25", {"start": d("2022-10-03"), "previous": 2, "end": d("2022-10-20")}, PP7="met"),
]
ON = {"PP0": "met", "PP6": "not_met"}
LATER = d("2022-11-10")
# cells in the extracts of 24 October, 2 November and 16 November; None: not in that extract
CHANGING: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None, dict[str, str]]] = [
    ("Q01", {}, {"visit": d("2022-10-20"), "alone": "Yes"}, {"PP1": "met", "PP3": "met"}),
    ("Q02", {}, {}, {"PP1": "not_met"}),
    ("Q03", {"visit": d("2022-10-20"), "alone": "Yes"}, {"visit": d("2022-11-01")}, {"PP1": "met", "PP3": "overtaken"}),
    (
        "Q04",
        {"visit": d("2022-10-10"), "alone": "Yes"},
        {"visit": d("2022-11-01")},
        {"PP1": "overtaken", "PP3": "overtaken"},
    ),
    ("Q05", {}, {"visit": d("2022-10-05"), "alone": "No"}, {"PP1": "not_met", "PP3": "not_met"}),
    ("Q06", None, None, {"PP1": "overtaken", "PP3": "overtaken"}),
    ("Q07", {}, {"visit": BAD}, {"PP1": "overtaken", "PP3": "overtaken"}),
    ("Q08", {}, {"visit": d("2022-11-02")}, {"PP1": "overtaken", "PP3": "overtaken"}),
]
CARE = [
    case("L01", {"start": d("2022-10-31"), "check": d("2021-11-01"), "placements": 3}, LA0="met", LA4="met", LA8="met"),
    case(
        "L02",
        {"start": d("2021-01-31"), "check": d("2021-10-31"), "placements": 2},
        LA0="met",
        LA4="not_met",
        LA8="not_met",
    ),
    case("L03", {"start": d("2022-11-01"), "check": d("2022-10-01"), "placements": 3}),
    case("L04", {"start": d("2021-01-31"), "end": d("2022-10-31"), "placements": 3}),
    case(
        "L05", {"start": d("2021-01-31"), "end": d("2022-11-01"), "placements": 10}, LA0="met", LA4="met", LA8="not_met"
    ),
    case("L06", {"start": d("2021-01-31"), "legal": "V3", "placements": 4}),
    case("L07", {"start": d("2021-01-31"), "legal": "V4: Short term breaks, agreements recorded", "placements": 4}),
    case(
        "L08",
        {"start": d("2021-01-31"), "legal": "V2: Single period under S20", "check": BAD},
        LA0="met",
        LA4="not_met",
        LA8="unusable",
    ),
    case("L09", {"start": BAD}, LA0="not_countable", LA4="not_countable", LA8="not_countable"),
    case("L10", {"start": d("2021-01-31"), "end": BAD}, LA0="not_countable", LA4="not_countable", LA8="not_countable"),
    case("L11", {"start": d("2021-01-31"), "check": d("2022-10-31")}, LA0="met", LA4="not_met", LA8="met"),
]
CHECKS: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None, str]] = [
    ("K01", {}, {"check": d("2022-01-20")}, "met"),
    ("K02", {}, {}, "not_met"),
    ("K03", {"check": d("2022-09-20")}, {"check": d("2022-11-01")}, "met"),
    ("K04", {"check": d("2021-09-20")}, {"check": d("2022-11-01")}, "overtaken"),
    ("K05", None, None, "overtaken"),
]
EVENTS = {"List 3": ("on", REFERRALS), "List 4": ("start", ASSESSMENTS), "List 5": ("discussion", ENQUIRIES)}
CHILDREN = NEEDS + PLANS + CARE


def _rows(cases: list[Case]) -> list[dict[str, Any]]:
    return [{"id": name} | cells for name, cells, _ in cases]


def _extract(world: World, day: str, which: int | None) -> None:
    plans, care = _rows(PLANS), _rows(CARE)
    for name, *cells, _ in CHANGING:
        found = {"visit": LATER, "alone": "No"} if which is None else cells[which]
        plans += [] if found is None else [{"id": name} | OLD | found]
    for name, *cells, _ in CHECKS:
        found = {"check": LATER} if which is None else cells[which]
        care += [] if found is None else [{"id": name, "start": d("2020-06-01")} | found]
    rest = {sheet: _rows(cases) for sheet, (_, cases) in EVENTS.items()} | {"List 6": _rows(NEEDS)}
    annex_a(world.inbox / day / "annex.xlsx", day, (rest if which is None else {}) | {"List 7": plans, "List 8": care})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything above, delivered; positions at the end of October, in the middle of it, and on a 29 February."""
    world = World(tmp_path_factory.mktemp("definitions"))
    text(world.inbox / "authority.toml", 'authority = "E1"\n[[teams]]\nname = "North"\n')
    _extract(world, BEFORE, 0)
    _extract(world, FIRST, 1)
    _extract(world, NEWEST, None)
    for day in (D, "2022-10-30", "2024-02-29"):
        assert world.run(day).code == 0
    yield world


@pytest.fixture(scope="module")
def out(world: World) -> Export:
    """Everything exported."""
    return world.export()


def _expected() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, cases in EVENTS.values():
        for name, cells, states in cases:
            start = cells[key]
            for indicator, state in states.items():
                found.setdefault(indicator, {})[f"{name}/{start:%Y-%m-%d}" if isinstance(start, date) else name] = state
    for name, _, states in CHILDREN:
        for indicator, state in states.items():
            found.setdefault(indicator, {})[name] = state
    for name, _, _, states in CHANGING:
        for indicator, state in (ON | states).items():
            found.setdefault(indicator, {})[name] = state
    for name, _, _, state in CHECKS:
        for indicator, one in {"LA0": "met", "LA4": "not_met", "LA8": state}.items():
            found.setdefault(indicator, {})[name] = one
    texts = {"R08": "R08/2022-10-12", "R09": "R09/2022-10-13"}
    found["FD5"] = {texts.get(name, name): state for name, state in found["FD5"].items()}
    return found


EXPECTED = _expected()


def test_what_the_lists_have_never_told_is_no_figure(out: Export) -> None:
    made = {row["indicator_id"] for row in out.rows("metrics", as_at=D)}
    assert "LA17" not in made, "no sheet has ever had the column of the reviewing officer's visit"
    assert "CP3_12M" not in made, "the list holds six months"
    assert "AD1" not in made, "no list of adoptions was ever delivered"
    assert made >= EXPECTED.keys()


@pytest.mark.parametrize("indicator", sorted(EXPECTED))
def test_each_case_has_the_state_that_its_definition_gives_it(out: Export, indicator: str) -> None:
    found = {name.split("/unusable:")[0]: state for name, state in out.states(indicator, as_at=D).items()}
    wanted = EXPECTED[indicator]
    # an event too recent to be late may be listed as pending: it is in neither number
    found = {name: state for name, state in found.items() if state != "pending" or name in wanted}
    assert found == wanted


@pytest.mark.parametrize("indicator", sorted(EXPECTED))
def test_a_figure_is_the_sum_of_its_cases(out: Export, indicator: str) -> None:
    states = list(EXPECTED[indicator].values())
    row = out.one("metrics", indicator_id=indicator, team="ALL", as_at=D)
    met, base = states.count("met"), sum(states.count(one) for one in ("met", "not_met", "unusable"))
    count = indicator in ("PP0", "LA0", "CN0")
    assert row["unit"] == ("count" if count else "percent")
    assert row["system_numerator"] == str(met)
    assert row["system_denominator"] == ("" if count else str(base))
    assert float(row["system_value"]) == pytest.approx(met if count else met / base)
    assert (row["not_countable"], row["overtaken"]) == (
        str(states.count("not_countable")),
        str(states.count("overtaken")),
    )


@pytest.mark.parametrize("indicator", ["PP1", "PP3", "LA8", "AS2"])
def test_what_cannot_be_known_widens_the_range_and_nothing_else_does(out: Export, indicator: str) -> None:
    states = list(EXPECTED[indicator].values())
    met, known = states.count("met"), states.count("met") + states.count("not_met")
    unusable, overtaken = states.count("unusable"), states.count("overtaken")
    row = out.one("metrics", indicator_id=indicator, team="ALL", as_at=D)
    assert float(row["range_low"]) == pytest.approx(met / (known + unusable + overtaken))
    assert float(row["range_high"]) == pytest.approx((met + unusable + overtaken) / (known + unusable + overtaken))


def test_members_flags_agree_with_their_states(out: Export) -> None:
    flags = {"met": ("true", "true"), "not_met": ("true", "false"), "unusable": ("true", "false")}
    wrong = [
        row
        for row in out.tables["members"]
        if (row["in_denominator"], row["in_numerator"]) != flags.get(row["state"], ("false", "false"))
        or row["state"] not in {*flags, "pending", "overtaken", "not_countable"}
    ]
    assert not wrong


def test_a_members_row_leads_back_to_the_cell_it_came_from(out: Export) -> None:
    member = out.one("members", indicator_id="PP1", as_at=D, case_id="P02")
    delivery = out.one("deliveries", delivery_id=member["delivery_id"])
    assert (delivery["file"], delivery["contract"], delivery["extracted_on"]) == (
        f"{NEWEST}/annex.xlsx",
        "annex_a.list_07",
        NEWEST,
    )
    assert member["source_row"] == "List 7!3"
    assert (member["team"], member["worker"], member["child_id"]) == ("North", "W. Orker", "P02")
    event = out.one("members", indicator_id="AS1", as_at=D, case_id="A01/2022-08-24")
    assert (event["child_id"], event["due_on"], event["done_on"]) == ("A01", "2022-10-28", "2022-10-28")


def test_period_indicators_belong_to_whole_months(out: Export) -> None:
    snapshots = {"PP0", "LA0", "CN0", "AS3", "CP4", "PP1", "PP3", "PP6", "LA4", "LA8"}
    periods = {"FD5", "AS1", "AS2", "CP3", "PP7"}
    within, end = ({row["indicator_id"] for row in out.rows("metrics", as_at=day)} for day in ("2022-10-30", D))
    assert within >= snapshots and not within & periods and end >= snapshots | periods
    starts = {row["indicator_id"]: row["period_start"] for row in out.rows("metrics", as_at=D)}
    assert {starts[one] for one in periods} == {"2022-10-01"} and {starts[one] for one in snapshots} == {""}
    assert not any(starts[one] for one in within)
    assert {
        row["period_start"] for row in out.rows("metrics", as_at="2024-02-29") if row["indicator_id"] in periods
    } == {"2024-02-01"}


def test_a_day_before_the_month_ends_is_its_own_position(out: Export) -> None:
    states = out.states("PP1", as_at="2022-10-30")  # a Sunday: working days are counted to Friday the 28th
    assert states["P01"] == "met" and states["P02"] == "met"
    assert out.states("PP0", as_at="2022-10-30").get("P09") is None


def test_two_years_before_a_leap_day_is_the_28th(out: Export) -> None:
    states = out.states("PP6", as_at="2024-02-29")
    assert (states["P23"], states["P24"]) == ("met", "not_met")


def test_a_team_with_nobody_has_no_row_and_the_authority_has_one(out: Export) -> None:
    assert not out.rows("metrics", indicator_id="FD5", as_at="2024-02-29", team="North")
    row = out.one("metrics", indicator_id="FD5", as_at="2024-02-29", team="ALL")
    assert (row["system_numerator"], row["system_denominator"], row["system_value"]) == ("0", "0", "")


def test_a_position_that_no_extract_reaches_is_not_certified_and_says_why(out: Export) -> None:
    for row in out.rows("metrics", as_at="2024-02-29"):
        own = row["status"] == "provisional" and "this product itself" in row["status_reason"]
        late = row["status"] == "withheld" and (
            "before the date" in row["status_reason"] or "no complete" in row["status_reason"]
        )
        assert own or late, row


@pytest.mark.parametrize("indicator", ["AS2", "PP1"])
def test_an_unusable_numerator_date_is_said_of_the_case(out: Export, indicator: str) -> None:
    name = {"AS2": "A12/2022-08-24", "PP1": "P04"}[indicator]
    row = out.one("members", indicator_id=indicator, as_at=D, case_id=name)
    assert (row["state"], row["in_denominator"], row["in_numerator"]) == ("unusable", "true", "false")


def test_what_was_rejected_and_what_failed_names_the_cell(out: Export) -> None:
    rejected = {
        (row["source_row"], row["column"]) for row in out.rows("rejects") if row["file"] == f"{NEWEST}/annex.xlsx"
    }
    assert ("List 7!9", "Child Protection Plan Start Date") in rejected
    assert ("List 3!7", "Date of referral") in rejected
    failed = {row["source_row"] for row in out.rows("failures", column="Date of the Last Statutory Visit")}
    assert "List 7!5" in failed
    blank = [
        row
        for row in out.rows("failures", column="Number of Previous Child Protection Plans")
        if row["source_row"] == "List 7!14"
    ]
    assert blank and {row["severity"] for row in blank} == {"warning"}
