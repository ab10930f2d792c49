"""Conformed rows without rhyme or reason: codes that decide, days about a date, flags, as SQL that a seed settles."""

from __future__ import annotations

from countermark.contracts.model import ConformedTable
from tests.examples.world import FEEDS

ROWS = 900
ROWS_OF = {
    "visits": 3600,
    "supervision": 3600,
    "cp_visits": 3600,
    "core_groups": 3600,
    "safety_plans": 3600,
    "management_looks": 9000,
    "pre_proceedings": 200,
}  # a history needs several days a child before two lie near each other; few children come into pre-proceedings
WORDS = {
    "person_id": "'C' || (i % 250)",
    "health_check_type": "['dental check', 'health assessment'][1 + (random() < 0.3)::integer]",
    "professional_role_id": "if(random() < 0.9, 'allocated', 'co_worker')",
    "contact_outcome": "['referral', 'advice', null][1 + (random() * 2)::integer]",
    "case_status": "['cin_plan', 'child_protection_plan', null][1 + (random() * 2)::integer]",
    "cin_close_reason": "['RC7', 'RC8', 'RC9', null][1 + (random() * 3)::integer]",
    "legal_status": "['C1', 'V2', 'V3', 'V4', null][1 + (random() * 4)::integer]",
    "date_of_birth": "if(random() < 0.2, null, date '2022-12-31' - (random() * 4000)::integer)",
    # Codes that decide in records of single visits, meetings and hearings, so often that cases of every state come about.
    "seen": "if(random() < 0.1, 'no', 'yes')",
    "visit_type": "['cp', 'cp', 'cp', 'cla', 'cin', null][1 + (random() * 5)::integer]",
    "status": "['held', 'held', 'finalised', 'draft', 'planned'][1 + (random() * 4)::integer]",
    "meeting_type": "['icpc', 'rcpc', 'core_group', 'strategy', 'cla_review'][1 + (random() * 4)::integer]",
    "court_event": "['filing_evidence', 'filing_care_plan', 'final_hearing'][1 + (random() * 2)::integer]",
    "challenge_kind": "['chair', 'chair', 'board', null][1 + (random() * 3)::integer]",
    "challenge_number": "'CH' || (i % 300)",
    "pre_pro_outcome": "['step_down', 'issue', 'extended', null][1 + (random() * 3)::integer]",
    "cla_placement_type": "['P1', 'U1', 'U6', 'A6', 'T1', null][1 + (random() * 5)::integer]",
    "move_reason": "['CARPL', 'CREQB', 'PLACE', null][1 + (random() * 3)::integer]",
    "care_leaver_accom_suitable": "['suitable', 'unsuitable', null][1 + (random() * 2)::integer]",
    "care_leaver_activity": "['F1', 'G5', '0', null][1 + (random() * 3)::integer]",
    "team": "['North', 'South'][1 + (random() < 0.5)::integer]",
    # Workers, and what registers of oversight are kept by.
    "professional_id": "'W' || (i % [4, 300][1 + (random() < 0.7)::integer])",
    "worker": "'W' || (i % 70)",
    "asye": "if(random() < 0.8, 'yes', 'no')",
    "full_time_equivalency": "[0.1, 0.2, 0.3, null][1 + (random() * 3)::integer]",
    "professional_role": "['social_worker', 'social_worker', 'team_manager', null][1 + (random() * 3)::integer]",
    "professional_department": "'T' || (i % 40)",
    "supervision_kind": "['worker', 'case', 'oversight', null][1 + (random() * 3)::integer]",
    "action_number": "'ACT' || i",
    "action_source": "['audit', 'supervision', 'chair', null][1 + (random() * 3)::integer]",
    "audit_theme": (
        "['overall', 'overall', 'assessment', 'planning', 'visits', 'reviews', 'management', 'voice', null][1 + (random() * 8)::integer]"
    ),
    "original_grade": "['outstanding', 'good', 'requires_improvement', 'inadequate', null][1 + (random() * 4)::integer]",
    "moderated_grade": "['good', 'requires_improvement', 'inadequate', null][1 + (random() * 3)::integer]",
    "worker_involved": "if(random() < 0.8, 'yes', 'no')",
    "child_involved": "if(random() < 0.8, 'yes', 'no')",
    "parent_involved": "if(random() < 0.8, 'yes', 'no')",
    "priority": "'P' || (i % 9)",
    "milestone": "'M' || (i % 20)",
    "rag": "['green', 'green', 'green', 'green', 'amber'][1 + (random() * 4)::integer]",
    "cla_ceased_reason": "['E4A', 'E4B', 'E11', 'E45', null][1 + (random() * 4)::integer]",
}
YES_NO = "['yes', 'no', null][1 + (random() * 2)::integer]"
NEAR = (
    "if(random() < 0.2, null, date '2022-11-20' - (random() * [40, 120, 1500][1 + (random() * 2)::integer])::integer)"
)
BASIS = "date '2022-11-16'"
ANY_EXTRACT = (
    "[date '2022-10-14', date '2022-10-31', date '2022-11-02', date '2022-11-16'][1 + (random() * 3)::integer]"
)


def value(name: str, column_type: str) -> str:
    """SQL that draws a cell of a column."""
    if name in WORDS:
        return WORDS[name]
    if name.endswith("_unusable"):
        return "false"
    kinds = {
        "DOUBLE": "if(random() < 0.2, null, round(random() * 2, 1))",
        "DATE": NEAR,
        "INTEGER": "if(random() < 0.2, null, (random() * 5)::integer)",
        "BOOLEAN": "random() < 0.5",
    }
    return kinds.get(column_type, YES_NO)


def generated(definition: ConformedTable, times: float = 1) -> str:
    """SQL that fills a conformed table with rows of chance, so many times the usual number, of so many times the usual children."""
    extract = ANY_EXTRACT if definition.history else BASIS
    origin = f"'E0', '{FEEDS.get(definition.name, definition.name)}', 'D1', i::varchar, {extract}"
    own = ", ".join(value(name, column.type) for name, column in definition.columns.items())
    own = own.replace("i % 250", f"i % {round(250 * times)}")
    rows = round(times * ROWS_OF.get(definition.name, ROWS))
    return f"insert into conformed.{definition.name} select {origin}, {own} from range({rows}) as rows (i)"
