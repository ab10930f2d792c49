"""Small populations of conformed rows for pairs of systems, drawn by hypothesis: full of ids that nearly meet and days on which a rule turns."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.oracle.pair_sides import Tables

ON, YEAR_END = date(2022, 10, 31), date(2022, 3, 31)
EXTRACTS = {
    "cin.protection_plans": date(2022, 6, 14), "ssda903.episodes": date(2022, 5, 30),
    **dict.fromkeys(
        (
            "annex_a.list_05", "annex_a.list_06", "annex_a.list_07", "annex_a.list_08", "ssd.cp_plans", "ssd.cla_episodes", "ssd.cla_placement",
            "ssd.s47_enquiry", "ssd.initial_cp_conference", "ssd.pre_proceedings", "ssd.involvements", "ssd.professionals", "ssd.person",
            "trackers.pre_proceedings", "trackers.regulation_24", "trackers.iro_disputes", "trackers.challenges", "trackers.supervision",
            "workforce.staff", "workforce.allocations",
        ),
        date(2022, 11, 2),
    ),
}  # fmt: skip
CHILDREN = ["1", "2", "3", "4", "5", "6", "7", "8", "01", "002", "L3", "L4"]
LINKS = {"L3": "3", "L4": "4"}
# either side of the year's end, of the four months, of five working days, of the date and of the extract
DAYS = [
    date(2021, 6, 1), date(2022, 1, 10), date(2022, 3, 30), date(2022, 3, 31), date(2022, 4, 1), date(2022, 6, 30), date(2022, 7, 1),
    date(2022, 7, 4), date(2022, 9, 26), date(2022, 10, 3), date(2022, 10, 4), date(2022, 10, 10), date(2022, 10, 11), date(2022, 10, 30),
    date(2022, 10, 31), date(2022, 11, 1), date(2022, 11, 3),
]  # fmt: skip
# begun on one of two days mostly, so that records of both sides are of one thing
BEGUN, ENDED = [*DAYS, *DAYS[:1] * 30, *DAYS[9:10] * 20, None], [*[None] * 30, *DAYS]
WORKERS = ["W1", "W2", "W3", "W4", "W5", None]
NAMES = ["Ada Holm", "Ben Ivers", "Cleo Jarrow", "ada holm"]
ODD = [*[False] * 15, True]
YES_NO = ["yes", "yes", "yes", "no", None]
# table: the lists that feed it, how many rows of each at most, and what stands in each column
DRAWN: dict[str, tuple[tuple[str, ...], dict[str, list[Any]]]] = {
    "cin_episodes": (("annex_a.list_06",), {
        "person_id": CHILDREN, "cin_start_date": BEGUN, "cin_close_date": ENDED, "cin_close_date_unusable": ODD,
        "case_status": ["looked_after", "looked_after", "child_protection_plan", "child_protection_plan", "cin_plan", "closed", None],
    }),
    "cp_plans": (("annex_a.list_07", "cin.protection_plans", "ssd.cp_plans"), {
        "person_id": CHILDREN, "cp_plan_start_date": BEGUN, "cp_plan_end_date": ENDED, "cp_plan_end_date_unusable": ODD,
        "initial_category": ["neglect", "emotional", "emotional", None],
    }),
    "cp_plan_history": (("ssd.cp_plans", "cin.protection_plans"), {
        "person_id": CHILDREN, "cp_plan_start_date": BEGUN, "cp_plan_end_date": ENDED,
    }),
    "cla_episodes": (("annex_a.list_08", "ssda903.episodes", "ssd.cla_episodes"), {
        "person_id": CHILDREN, "cla_start_date": BEGUN, "cla_ceased_date": ENDED, "cla_ceased_date_unusable": ODD,
        "legal_status": ["C2", "C2", "C1", "V3", "V4", None], "legal_status_unusable": ODD,
    }),
    "initial_cp_conference": (("annex_a.list_05", "ssd.initial_cp_conference"), {
        "person_id": CHILDREN, "icpc_date": BEGUN, "icpc_date_unusable": ODD, "icpc_outcome_cp": YES_NO,
        "s47_start_date": [*DAYS[7:9], None, None], "icpc_transfer_in": ["no", "no", "yes", None],
    }),
    "s47_enquiry": (("annex_a.list_05", "ssd.s47_enquiry"), {
        "person_id": CHILDREN, "s47_start_date": DAYS[4:10], "icpc_date": BEGUN, "icpc_date_unusable": ODD, "icpc_outcome_cp": YES_NO,
    }),
    "pre_proceedings": (("trackers.pre_proceedings", "ssd.pre_proceedings"), {
        "person_id": CHILDREN, "pre_pro_start_date": BEGUN, "agree_stepdown_issue_date": [*DAYS[9:10] * 60, *ENDED], "agree_stepdown_issue_date_unusable": ODD,
        "court_application_date": [None, None, *ENDED], "court_application_date_unusable": ODD,
        "pre_pro_outcome": ["extended", "Continue PLO", "step_down", "Issue proceedings", "other", None],
    }),
    "reg24_approvals": (("trackers.regulation_24",), {
        "person_id": CHILDREN, "placement_start_date": BEGUN, "placement_end_date": ENDED, "placement_end_date_unusable": ODD,
        "full_approval_date": ENDED, "full_approval_date_unusable": ODD,
    }),
    "cla_placement": (("ssd.cla_placement",), {
        "person_id": CHILDREN, "cla_placement_start_date": BEGUN, "cla_placement_end_date": ENDED, "cla_placement_end_date_unusable": ODD,
        "cla_placement_type": ["U1", "U3", "U3", "U6", None],
    }),
    "iro_disputes": (("trackers.iro_disputes",), {
        "person_id": CHILDREN, "dispute_number": ["D1", "D2", None], "raised_date": BEGUN, "resolved_date": ENDED,
        "resolved_date_unusable": ODD,
    }),
    "challenges": (("trackers.challenges",), {
        "person_id": [*CHILDREN, None], "challenge_number": ["K1", "K2"], "challenge_kind": ["iro", "iro", "iro", "chair", None],
        "raised_date": BEGUN, "closed_date": ENDED, "closed_date_unusable": ODD,
    }),
    "person": (("ssd.person",), {
        "person_id": CHILDREN, "date_of_birth": [date(2015, 1, 1), date(2015, 1, 1), date(2022, 10, 31), date(2022, 11, 1), None],
        "restricted": [None, None, None, True],
    }),
    "involvements": (("workforce.allocations", "ssd.involvements"), {
        "person_id": CHILDREN, "professional_id": WORKERS, "involvement_start_date": BEGUN, "involvement_end_date": ENDED,
        "professional_role_id": ["allocated", "allocated", "duty", "co_worker", None], "involvement_start_date_unusable": ODD,
        "involvement_end_date_unusable": ODD, "professional_team": ["North", "South"],
    }),
    "professionals": (("workforce.staff", "ssd.professionals"), {
        "professional_id": WORKERS, "professional_name": NAMES, "professional_department": ["North", "South", None],
        "professional_role": ["social_worker", "social_worker", "team_manager", None], "case_holding": ["yes", "no", None, None],
        "role_start_date": [DAYS[0], DAYS[0], DAYS[15], None], "role_start_date_unusable": ODD, "role_end_date": ENDED,
        "role_end_date_unusable": ODD,
    }),
    "supervision": (("trackers.supervision",), {
        "worker": ["W1", "w2", "W3", *NAMES, "Hal Unknown", None], "supervision_kind": ["worker", "worker", "case", None],
        "supervision_date": [date(2022, 10, 2), date(2022, 10, 3), DAYS[9], DAYS[14], DAYS[15], None], "supervision_date_unusable": ODD,
        "person_id": [None, None, "1"], "team": ["North", "South"],
    }),
}  # fmt: skip


def population(seed: int, most: int) -> Tables:
    """A population by seed, with so many rows a list at most."""
    chance = random.Random(seed)
    made: Tables = {}
    for table, (lists, columns) in DRAWN.items():
        made[table] = [
            {name: chance.choice(values) for name, values in columns.items()}
            | {
                "contract": contract,
                "extracted_on": EXTRACTS[contract],
                "delivery_id": "D1",
                "source_row": f"{contract} {table} {number:02}",
            }
            for contract in lists
            for number in range(chance.randint(0, most))
        ]
    return made


def populations() -> st.SearchStrategy[Tables]:
    """Rows of every table that a pair reads, each with its list and place; fewer a list where a failure is made smaller."""
    return st.builds(population, st.integers(0, 2**40), st.integers(4, 18))
