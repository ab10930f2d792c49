"""Holds the oracle itself to account: the figure worked by hand, boundary days, odd dates, the bridge and the range.

The oracle judges the SQL; so it is judged here by small cases that a person can follow.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.oracle import bridge, cells, figures, ranges
from tests.oracle.bridge import Case, Claim, Facts, Listing
from tests.oracle.cells import UNUSABLE, Row
from tests.oracle.figures import PLAN_END, PLAN_START, VISIT, Extract, members

D = date(2022, 10, 31)
SECOND = date(2022, 11, 2)
THIRD = date(2022, 11, 16)


def plan(
    child: str, team: str = "North", visit: object = None, start: object = date(2022, 6, 1), **more: object
) -> Row:
    """One row of List 7."""
    return {"child_unique_id": child, "allocated_team": team, PLAN_START: start, VISIT: visit, **more}  # type: ignore[dict-item]


FIRST_EXTRACT = [
    plan("1001", visit=date(2022, 10, 20)),
    plan("1002", visit=date(2022, 10, 5)),
    plan("1003", visit=date(2022, 10, 25)),
    plan("1004", "South", visit=date(2022, 10, 27)),
    plan("1005"),
    plan("0010", visit=date(2022, 10, 28)),
    plan("1007", visit=date(2022, 11, 1)),
    plan("1008", visit=date(2022, 10, 26), start=date(2022, 10, 24)),
]
LATER = {"1002": date(2022, 10, 24), "1005": date(2022, 11, 9), "1007": date(2022, 11, 14)}
SECOND_EXTRACT = [{**row, VISIT: LATER.get(str(row["child_unique_id"]), row[VISIT])} for row in FIRST_EXTRACT]
ONE = [Extract(SECOND, {"list_07": FIRST_EXTRACT})]
BOTH = [*ONE, Extract(THIRD, {"list_07": SECOND_EXTRACT})]


def states(indicator: str, extracts: list[Extract], as_at: date = D, basis: str = "now") -> dict[str, str | None]:
    """Every case's state."""
    return {case: member.state for case, member in members(indicator, as_at, extracts, basis).items()}


def state(
    indicator: str, list_name: str, row: dict[str, object], as_at: date = D, extracted_on: date = SECOND
) -> str | None:
    """The state of C1's only row; beside it stands a usable row, without which the delivery would be rejected."""
    rows = [
        {"child_unique_id": "Z9", figures.REQUIRED[list_name]: date(2001, 1, 1)},
        {"child_unique_id": "C1", "allocated_team": "North", **row},
    ]
    found = states(indicator, [Extract(extracted_on, {list_name: rows})], as_at)  # type: ignore[dict-item]
    (result,) = (value for case, value in found.items() if case.startswith("C1"))
    return result


# --- cells and calendar
@pytest.mark.parametrize(
    ("a", "b", "n"),
    [
        (date(2022, 10, 24), D, 5),
        (date(2022, 10, 17), D, 10),
        (date(2022, 10, 15), date(2022, 10, 16), 0),
        (date(2022, 8, 26), date(2022, 8, 30), 1),  # summer bank holiday on the 29th
        (date(2022, 9, 16), date(2022, 9, 20), 1),  # the Queen's funeral on the 19th
        (date(2023, 5, 5), date(2023, 5, 9), 1),  # the coronation on the 8th
        (date(2022, 10, 10), date(2022, 10, 15), 4),
    ],
)
def test_working_days_count_after_a_up_to_and_including_b(a: date, b: date, n: int) -> None:
    assert cells.working_days(a, b) == n
    assert cells.working_days(b, a) == -n


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2022-10-31", D),
        ("31/10/2022", D),
        (" 2022-10-31T23:59:00 ", D),
        ("31/10/2022 09:30", D),
        ("10/31/2022", UNUSABLE),
        ("1900-01-01", UNUSABLE),
        ("#N/A", UNUSABLE),
        ("  ", None),
    ],
)
def test_a_date_cell_is_read_as_the_contract_says(text: str, value: object) -> None:
    assert cells.as_date(text) == value


def test_codes_are_read_with_or_without_their_letter() -> None:
    assert [cells.as_yes(text) for text in ("a) Yes", "y", "1", "b) No", "FALSE", "", "maybe")] == [
        *[True] * 3, *[False] * 2, None, UNUSABLE,
    ]  # fmt: skip
    assert [cells.as_code(text) for text in ("V3: Short term breaks", "V4", "a) C1: ICO", "")] == [
        "V3",
        "V4",
        "C1",
        None,
    ]
    assert cells.standard_name("Child’s Legal Status ") == "childs_legal_status"


# --- the worked figure
def test_the_worked_extract_of_2_november() -> None:
    assert states("PP1", ONE) == {
        "1001": "met", "1002": "not_met", "1003": "met", "1004": "met",
        "1005": "not_met", "0010": "met", "1007": "overtaken", "1008": None,
    }  # fmt: skip
    north = [member for member in members("PP1", D, ONE).values() if member.team == "North"]
    assert (sum(member.in_numerator for member in north), sum(member.in_denominator for member in north)) == (3, 5)


def test_the_worked_extract_of_16_november() -> None:
    now = states("PP1", BOTH)
    assert (now["1002"], now["1005"], now["1007"]) == ("met", "not_met", "overtaken")
    assert states("PP1", BOTH, basis="at_hand") == states("PP1", ONE)


# --- last visits over extracts
@pytest.mark.parametrize(
    ("history", "pp1", "pp3"),
    [
        # newest first after D: an earlier one taken on or after D that shows a visit up to D decides, met or not
        ([(D, date(2022, 10, 3)), (SECOND, date(2022, 11, 1))], "not_met", "met"),
        ([(D, date(2022, 10, 3)), (SECOND, date(2022, 10, 20)), (THIRD, date(2022, 11, 15))], "met", "met"),
        ([(D, None), (SECOND, date(2022, 11, 1))], "not_met", None),
        # an extract taken before D proves met and nothing else, and nothing at all for PP3
        ([(date(2022, 10, 28), date(2022, 10, 20)), (SECOND, date(2022, 11, 1))], "met", "overtaken"),
        ([(date(2022, 10, 28), date(2022, 10, 3)), (SECOND, date(2022, 11, 1))], "overtaken", "overtaken"),
        ([(date(2022, 10, 28), None), (SECOND, date(2022, 11, 1))], "overtaken", "overtaken"),
        ([(D, UNUSABLE), (SECOND, date(2022, 11, 1))], "overtaken", "overtaken"),
        ([(D, date(2022, 10, 20)), (SECOND, UNUSABLE)], "unusable", "unusable"),
    ],
)
def test_a_last_visit_after_d(history: list[tuple[date, object]], pp1: str, pp3: str | None) -> None:
    extracts = [
        Extract(on, {"list_07": [plan("C1", visit=visit, was_the_child_seen_alone=True)]}) for on, visit in history
    ]
    assert states("PP1", extracts) == {"C1": pp1}
    assert states("PP3", extracts) == {"C1": pp3}


# --- boundary days
@pytest.mark.parametrize(
    ("indicator", "list_name", "row", "expected"),
    [
        ("PP0", "list_07", {PLAN_START: D}, "met"),
        ("PP0", "list_07", {PLAN_START: date(2022, 11, 1)}, None),
        ("PP0", "list_07", {PLAN_START: date(2022, 6, 1), PLAN_END: D}, None),
        ("PP0", "list_07", {PLAN_START: date(2022, 6, 1), PLAN_END: date(2022, 11, 1)}, "met"),
        ("PP1", "list_07", {PLAN_START: date(2022, 10, 17)}, None),  # ten working days old
        ("PP1", "list_07", {PLAN_START: date(2022, 10, 14)}, "not_met"),
        ("PP1", "list_07", {PLAN_START: date(2022, 6, 1), VISIT: date(2022, 10, 17)}, "met"),
        ("PP1", "list_07", {PLAN_START: date(2022, 6, 1), VISIT: date(2022, 10, 14)}, "not_met"),
        ("PP6", "list_07", {PLAN_START: date(2020, 10, 31)}, "met"),
        ("PP6", "list_07", {PLAN_START: date(2020, 11, 1)}, "not_met"),
        ("PP7", "list_07", {PLAN_START: date(2022, 10, 1), "number_of_previous_child_protection_plans": 1}, "met"),
        ("PP7", "list_07", {PLAN_START: date(2022, 10, 1)}, "not_met"),
        ("PP7", "list_07", {PLAN_START: date(2022, 9, 30)}, None),
        ("LA8", "list_08", {"date_started_to_be_looked_after": D, figures.CHECK: date(2021, 10, 31)}, "not_met"),
        ("LA8", "list_08", {"date_started_to_be_looked_after": D, figures.CHECK: date(2021, 11, 1)}, "met"),
        ("LA0", "list_08", {"date_started_to_be_looked_after": D, "childs_legal_status": "V4"}, None),
        (
            "LA4",
            "list_08",
            {"date_started_to_be_looked_after": D, "number_of_placements_in_the_last_12_months": 3},
            "met",
        ),
        ("CN0", "list_06", {"cin_start_date": date(2022, 1, 1), "cin_closure_date": D}, None),
        ("FD5", "list_03", {"date_of_referral": date(2022, 10, 1), "referral_nfa": None}, "pending"),
        ("FD5", "list_03", {"date_of_referral": D, "referral_nfa": True}, "met"),
        (
            "AS1",
            "list_04",
            {figures.START: date(2022, 8, 26), figures.AUTHORISED: D},
            "met",
        ),  # 44 and a bank holiday or two
        ("AS3", "list_04", {figures.START: date(2022, 8, 24)}, "met"),
        ("AS3", "list_04", {figures.START: date(2022, 8, 25)}, "not_met"),
        ("CP3", "list_05", {figures.DISCUSSION: date(2022, 10, 10), figures.CONFERENCE: D}, "met"),  # 15
        ("CP3", "list_05", {figures.DISCUSSION: date(2022, 10, 7), figures.CONFERENCE: D}, "not_met"),
        ("CP4", "list_05", {figures.DISCUSSION: date(2022, 10, 10)}, "not_met"),
        ("CP4", "list_05", {figures.DISCUSSION: date(2022, 10, 7)}, "met"),
        ("CP4", "list_05", {figures.DISCUSSION: date(2022, 10, 7), figures.CONFERENCE: date(2022, 11, 1)}, "met"),
    ],
)
def test_the_day_on_which_an_indicator_changes_its_mind(
    indicator: str, list_name: str, row: dict[str, object], expected: str | None
) -> None:
    assert state(indicator, list_name, row) == expected


def test_an_assessment_is_due_on_its_45th_working_day() -> None:
    due = cells.add_working_days(date(2022, 8, 1), 45)
    assert due == date(2022, 10, 5)  # two bank holidays on the way
    on_time: dict[str, object] = {figures.START: date(2022, 8, 1), figures.AUTHORISED: due}
    assert state("AS2", "list_04", on_time) == "met"
    assert state("AS2", "list_04", {**on_time, figures.AUTHORISED: date(2022, 10, 6)}) == "not_met"
    assert state("AS2", "list_04", {**on_time, figures.AUTHORISED: UNUSABLE}) == "unusable"


def test_29_february_is_the_28th_in_other_years() -> None:
    leap = date(2024, 2, 29)
    assert state("PP6", "list_07", {PLAN_START: date(2022, 2, 28)}, leap, leap) == "met"
    assert state("PP6", "list_07", {PLAN_START: date(2022, 3, 1)}, leap, leap) == "not_met"


def test_period_indicators_are_made_at_a_months_end_only() -> None:
    rows = Extract(
        SECOND, {"list_03": [{"child_unique_id": "C1", "date_of_referral": date(2022, 10, 3), "referral_nfa": True}]}
    )
    assert members("FD5", D, [rows])
    assert members("FD5", date(2022, 10, 30), [rows]) == {}


# --- odd dates
@pytest.mark.parametrize(
    ("indicator", "list_name", "row", "expected"),
    [
        ("PP0", "list_07", {PLAN_START: UNUSABLE}, "not_countable"),
        ("PP0", "list_07", {PLAN_START: None}, "not_countable"),
        ("PP0", "list_07", {PLAN_START: UNUSABLE, PLAN_END: D}, None),  # over by D whenever it began
        ("PP0", "list_07", {PLAN_START: date(2022, 6, 1), PLAN_END: UNUSABLE}, "not_countable"),
        ("PP0", "list_07", {PLAN_START: date(2022, 11, 3), PLAN_END: UNUSABLE}, None),
        ("PP7", "list_07", {PLAN_START: date(2022, 10, 3), PLAN_END: UNUSABLE}, "not_met"),
        ("PP1", "list_07", {PLAN_START: date(2022, 6, 1), VISIT: UNUSABLE}, "unusable"),
        (
            "PP3",
            "list_07",
            {PLAN_START: date(2022, 6, 1), VISIT: UNUSABLE, "was_the_child_seen_alone": True},
            "unusable",
        ),
        ("PP3", "list_07", {PLAN_START: date(2022, 6, 1), VISIT: None}, None),
        ("PP3", "list_07", {PLAN_START: D, VISIT: D, "date_of_birth": date(2022, 11, 1)}, None),
        ("LA8", "list_08", {"date_started_to_be_looked_after": D, figures.CHECK: UNUSABLE}, "unusable"),
        ("FD5", "list_03", {"date_of_referral": D, "referral_nfa": UNUSABLE}, "not_countable"),
        ("FD5", "list_03", {"date_of_referral": None, "referral_nfa": True}, "not_countable"),
        ("AS1", "list_04", {figures.START: date(2022, 9, 1), figures.AUTHORISED: UNUSABLE}, "not_countable"),
        ("AS1", "list_04", {figures.START: UNUSABLE, figures.AUTHORISED: D}, "not_countable"),
        ("AS1", "list_04", {figures.START: UNUSABLE, figures.AUTHORISED: None}, None),
        ("AS3", "list_04", {figures.START: UNUSABLE, figures.AUTHORISED: D}, None),
    ],
)
def test_a_date_that_cannot_be_used_matters_where_it_could_make_a_difference(
    indicator: str, list_name: str, row: dict[str, object], expected: str | None
) -> None:
    assert state(indicator, list_name, row) == expected


def test_a_child_on_a_plan_on_the_day_of_the_discussion_waits_for_no_conference() -> None:
    enquiry: Row = {"child_unique_id": "C1", figures.DISCUSSION: date(2022, 10, 3)}
    for row, expected in [
        (plan("C1", start=date(2022, 10, 3)), None),
        (plan("C1", start=date(2022, 10, 4)), "met"),
        ({**plan("C1"), PLAN_END: date(2022, 10, 3)}, "met"),
        (plan("C1", start=UNUSABLE), "not_countable"),
        (plan("C2"), "met"),
    ]:
        found = states("CP4", [Extract(SECOND, {"list_05": [enquiry], "list_07": [plan("Z9"), row]})])
        assert found == {"C1/2022-10-03": expected}


def test_a_delivery_without_a_usable_row_is_no_extract() -> None:
    usable = Extract(D, {"list_07": [plan("C1", visit=D)]})
    assert states("PP1", [usable, Extract(SECOND, {"list_07": [plan("C1", start=None)]})]) == {"C1": "met"}


def test_a_rejected_row_shows_no_visit_and_counts_where_no_loaded_row_does() -> None:
    rejected = plan("C1", visit=date(2022, 10, 28), start=UNUSABLE)
    for loaded, expected in [
        (plan("C1", visit=date(2022, 10, 3)), "not_met"),
        (plan("C1", start=SECOND), "not_countable"),
    ]:
        assert states("PP1", [Extract(SECOND, {"list_07": [rejected, loaded]})]) == {"C1": expected}


def test_the_last_of_conflicting_duplicates_counts_and_an_exact_one_counts_once() -> None:
    rows = [plan("C1", "North"), plan("C1", "South"), plan("C2"), plan("C2")]
    found = members("PP0", D, [Extract(SECOND, {"list_07": rows})])
    assert {case: member.team for case, member in found.items()} == {"C1": "South", "C2": "North"}


# --- the bridge
NORTH_LIST = tuple(
    Listing(case, in_numerator=True, event_date=day)
    for case, day in [
        ("1001", date(2022, 10, 20)), ("1001", date(2022, 10, 20)), ("1002", date(2022, 10, 24)),
        ("1003", date(2022, 10, 25)), ("1004", date(2022, 10, 27)), ("10", date(2022, 10, 28)),
        ("1008", date(2022, 10, 26)), ("9999", date(2022, 10, 21)),
    ]
)  # fmt: skip
NORTH = Claim("North", 8, 8, NORTH_LIST)
SOUTH = Claim("South", 2, 3)


def worked_cases(extracts: list[Extract], basis: str = "now") -> dict[str, Case]:
    """The members of the worked figure as the bridge reads them."""
    rows = {str(row["child_unique_id"]): row for row in extracts[-1 if basis == "now" else 0].lists["list_07"]}
    return {
        case: Case(
            case, member.team, member.in_denominator, member.in_numerator, member.state,
            outside="SCOPE" if member.state is None else None,
            decides_on=rows[case][VISIT],  # type: ignore[arg-type]
        )
        for case, member in members("PP1", D, extracts, basis).items()
    }  # fmt: skip


def worked_facts(extracts: list[Extract]) -> Facts:
    """What the bridge may look at."""
    now = worked_cases(extracts)
    return Facts(
        D, None, now, worked_cases(extracts, "at_hand"), by_event=False, event_decides=frozenset({"numerator"}),
        status=dict.fromkeys(now, "on a plan"),
    )  # fmt: skip


def by_case(items: list[bridge.Item], measure: str) -> set[tuple[str | None, str, int]]:
    """Case, reason and effect of one measure."""
    return {(item.case_id, item.reason, item.effect) for item in items if item.measure == measure}


def test_the_worked_bridge_of_north() -> None:
    items = bridge.claim_items(NORTH, [SOUTH], worked_facts(ONE))
    both = {
        ("1001", "DUPLICATE_MANUAL", -1), ("1004", "TEAM", -1), ("0010", "IDENTITY", 0),
        ("1008", "SCOPE", -1), ("9999", "MANUAL_ONLY", -1),
    }  # fmt: skip
    assert by_case(items, "denominator") == both | {("1005", "SYSTEM_ONLY", 1)}
    assert by_case(items, "numerator") == both | {("1002", "VALUE", -1)}
    assert bridge.lines(items, "numerator")["IDENTITY"] == (0, 1)
    for measure in bridge.MEASURES:
        assert sum(abs(item.effect) for item in items if item.measure == measure) == 5


def test_the_worked_bridge_of_south_and_of_the_authority() -> None:
    facts = worked_facts(ONE)
    south = bridge.claim_items(SOUTH, [NORTH], facts)
    assert by_case(south, "denominator") == {(None, "MANUAL_NOT_LISTED", -2)}
    assert by_case(south, "numerator") == {(None, "MANUAL_NOT_LISTED", -1)}
    every = bridge.authority_items([NORTH, SOUTH], {"North", "South"}, facts)
    assert [sum(item.effect for item in every if item.measure == m) for m in bridge.MEASURES] == [6 - 11, 4 - 10]
    assert ("1004", "TEAM", -1) in by_case(every, "denominator")
    assert bridge.authority_manual([NORTH], {"North", "South"}, "numerator") is None


def test_a_full_list_of_south_without_1004_holds_the_other_half_of_the_pair() -> None:
    facts = worked_facts(ONE)
    south = Claim("South", 0, 0)
    assert by_case(bridge.claim_items(south, [NORTH], facts), "numerator") == {("1004", "TEAM", 1)}
    every = bridge.authority_items([NORTH, south], {"North"}, facts)
    assert not [item for item in every if item.reason == "TEAM"]


def test_the_worked_bridge_after_the_second_extract() -> None:
    items = by_case(bridge.claim_items(NORTH, [SOUTH], worked_facts(BOTH)), "numerator")
    assert ("1002", "LATE_RECORDED", 0) in items
    assert 8 + sum(effect for _, _, effect in items) == 4


@pytest.mark.parametrize(
    ("claim", "denominator", "numerator"),
    [
        # one of two listed; the other system case is behind the line, not an item
        (Claim("South", 1, 2, (Listing("1", in_numerator=True),)), {(None, "MANUAL_NOT_LISTED", 0)}, set()),
        # more rows than the count
        (
            Claim("South", 1, 1, (Listing("1", in_numerator=True), Listing("2"))),
            {(None, "MANUAL_NOT_LISTED", 1)}, set(),
        ),
        (Claim("South", 3, 3, comparable=False), {(None, "SCOPE", -1)}, {(None, "SCOPE", -2)}),
        # no status that a rule could name; listed as out of the cohort; twice under two spellings
        (
            Claim("South", 0, None, (Listing("7"), Listing("1", in_denominator=False), Listing("02"), Listing("2"))),
            {("7", "UNEXPLAINED", -1), ("1", "VALUE", 1), ("2", "DUPLICATE_MANUAL", -1)},
            {("1", "VALUE", 1)},
        ),
    ],
)  # fmt: skip
def test_grades_and_rarer_reasons(claim: Claim, denominator: set[object], numerator: set[object]) -> None:
    now = {"1": Case("1", "South", True, True, "met"), "2": Case("2", "South", True, False, "not_met")}
    facts = Facts(D, None, now, now, False, frozenset({"numerator"}), {"1": "on", "2": "on", "7": None})
    items = bridge.claim_items(claim, [], facts)
    assert by_case(items, "denominator") == denominator
    assert by_case(items, "numerator") == numerator


def test_an_event_near_by_is_matched_only_where_each_is_the_others_only_candidate() -> None:
    def case(start: date) -> Case:
        return Case(f"C1/{start}", "North", True, True, "met", starts_on=start, decides_on=D)

    start = date(2022, 10, 3)
    one = {f"C1/{start}": case(start)}
    two = {**one, "C1/2022-10-05": case(date(2022, 10, 5))}
    for now, listed, how in [
        (one, "C1/2022-10-10", "near"),
        (one, "C1/2022-10-11", "none"),
        (two, "C1/2022-10-06", "none"),
    ]:
        facts = Facts(D, date(2022, 10, 1), now, now, True, frozenset(bridge.MEASURES), {"C1": "on"})
        (found,) = bridge.match(Claim("North", None, None, (Listing(listed),)), facts)
        assert found.how == how


def test_one_child_under_two_ids_in_the_system_is_an_item() -> None:
    now = {name: Case(name, "North", True, True, "met") for name in ("0010", "10")}
    facts = Facts(D, None, now, now, False, frozenset(), {})
    items = bridge.claim_items(Claim("North", 1, 1, (Listing("10", in_numerator=True),)), [], facts)
    assert by_case(items, "denominator") == {("0010", "DUPLICATE_SYSTEM", 1)}


# --- the range
def test_range_of_nothing_open_is_the_share_itself() -> None:
    assert ranges.share_range(3, 5, []) == (Fraction(3, 5), Fraction(3, 5))
    assert ranges.share_range(0, 0, []) is None


def test_range_tries_every_way() -> None:
    unusable, overtaken = [(0, 0), (1, 0)], [(0, 1), (1, 1)]
    assert ranges.share_range(3, 5, [unusable, overtaken]) == (Fraction(3, 6), Fraction(5, 6))
    # a case that may leave both: the lowest share keeps it out, the highest keeps it in
    assert ranges.share_range(1, 2, [[(0, 0), (-1, -1)]]) == (Fraction(0), Fraction(1, 2))
    assert ranges.share_range(1, 1, [[(0, 0), (-1, -1)]]) == (Fraction(1), Fraction(1))
    assert ranges.count_range(4, [[(0, 0), (2, 0)], [(0, 0), (-1, 0)]]) == (3, 6)


def test_thirteen_items_are_refused() -> None:
    with pytest.raises(ValueError, match="12"):
        ranges.share_range(1, 1, [[(0, 0)]] * 13)
