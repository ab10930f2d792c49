"""The tables of children in need and on plans in the case system's database.

What belongs here is what was recorded by the database's day; visits where nobody was seen are there and say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from countermark.sample.days import add_wd
from countermark.sample.histories import Need, Row
from countermark.sample.sources import contacts
from countermark.sample.sources.census import CATEGORIES, source
from countermark.sample.sources.story import Story
from countermark.sample.sources.visits import known
from countermark.sample.view import View

TeamId = Callable[[str | None], str | None]
_SEEN = {"Yes": "Y", "No": "N", "Unknown": "U", "": None}


def tables(story: Story, team_id: TeamId) -> dict[str, list[Row]]:
    """Contacts, referrals, assessments, enquiries, conferences, plans, visits and reviews; early help and pre-proceedings."""
    seen = [row for row in known(story.records["visits"], story.second) if row["status"] == "Finalised"]
    return {
        "ssd_contacts": _contacts(story),
        "ssd_cin_episodes": _episodes(story, team_id),
        **_assessments(story, team_id),
        **_enquiries(story, team_id),
        "ssd_cin_plans": [
            {
                "cin_plan_id": f"CN{row['child']}-{row['start']:%Y%m%d}", "referral_id": _referral(row["child"], row["referral"]),
                "person_id": row["child"], "cin_plan_start_date": row["start"], "cin_plan_end_date": _by(row["end"], story),
                "cin_plan_team": team_id(row["team"]), "cin_plan_worker_id": story.worker_id(row["team"], row["worker"]),
            }
            for row in story.records["cin_plans"]
        ],
        "ssd_cin_visits": [
            {
                "cin_visit_id": f"V{number}", "person_id": row["child"], "cin_visit_date": row["on"], "cin_visit_seen": _SEEN[row["seen"]],
                "cin_visit_seen_alone": _SEEN[row["alone"]], "cin_visit_bedroom": _SEEN[row["bedroom"]],
            }
            for number, row in enumerate(seen)
            if row["type"] == "Child in need"
        ],
        "ssd_cp_plans": [
            {
                "cp_plan_id": plan_id(p.child.id, p.start), "referral_id": None, "icpc_id": None, "person_id": p.child.id,
                "cp_plan_start_date": p.start, "cp_plan_end_date": _by(p.end, story),
                "cp_plan_initial_category": CATEGORIES[p.category[0][:2]], "cp_plan_ola": "N",
                "cp_plan_latest_category": CATEGORIES[p.category[1][:2]],
            }
            for p in story.world.plans
            if p.start <= story.second
        ],
        "ssd_cp_visits": [
            {
                "cp_visit_id": f"V{number}", "person_id": row["child"], "cp_plan_id": plan_id(row["child"], row["plan_start"]),
                "cp_visit_date": row["on"], "cp_visit_seen": _SEEN[row["seen"]], "cp_visit_seen_alone": _SEEN[row["alone"]],
                "cp_visit_bedroom": _SEEN[row["bedroom"]],
            }
            for number, row in enumerate(seen)
            if row["type"] == "Child protection" and row["worker"] == row["lead"] and not row.get("misplaced")
        ],
        "ssd_cp_reviews": [
            {
                "cp_review_id": f"{plan_id(row['child'], row['plan_start'])}-{row['number']}", "person_id": row["child"],
                "cp_plan_id": plan_id(row["child"], row["plan_start"]), "cp_review_due": row.get("told_due") or row["due"],
                "cp_review_date": row["on"], "cp_review_meeting_id": None, "cp_review_outcome_continue_cp": row["goes_on"],
                "cp_review_quorate": row["quorate"], "cp_review_participation": row["took_part"],
            }
            for row in story.records["cp_reviews"]
        ],
        "ssd_pre_proceedings": _pre_proceedings(story),
        "ssd_early_help_episodes": [
            {
                "episode_id": f"EH{number}", "person_id": child.id, "episode_start_date": on, "episode_end_date": _by(done, story),
                "episode_reason": "Family support", "episode_end_reason": "Needs met" if _by(done, story) else None,
                "episode_organisation": by, "episode_worker_id": None,
            }
            for number, (child, on, done, by) in enumerate(story.world.early_help)
            if on <= story.second
        ],
    }  # fmt: skip


def plan_id(child: str, start: date) -> str:
    """The id of a protection plan."""
    return f"CP{child}-{start:%Y%m%d}"


def _by(on: date | None, story: Story) -> date | None:
    return on if on is not None and on <= story.second else None


def _referral(child: str, on: date) -> str:
    return f"R{child}-{on:%Y%m%d}"


def _contacts(story: Story) -> list[Row]:
    referred = contacts.referrals(story)
    return [
        {
            "contact_id": f"C{number}", "person_id": child.id, "contact_date": on, "contact_source_code": source(told),
            "contact_source_desc": told,
            "contact_outcome_json": {contacts.MARKS[contacts.decided(child, on, referred)[0]]: "Y"},
        }
        for number, (child, on, told) in enumerate(story.world.contacts)
        if on <= story.second
    ]  # fmt: skip


def _episodes(story: Story, team_id: TeamId) -> list[Row]:
    referrals = {(r.child.id, r.on): r for r in story.world.referrals}
    needs: list[Need] = [
        n for n in (*story.world.earlier_needs, *story.world.needs.values()) if n.start <= story.second
    ]
    rows = []
    for need in needs:
        referral = referrals.pop((need.child.id, need.start), None)
        closed = _by(need.closed, story)
        team = referral.team if referral else need.area_team
        rows.append({
            "referral_id": _referral(need.child.id, need.start), "person_id": need.child.id, "referral_date": need.start,
            "cin_primary_need_code": need.code[:2], "referral_source_code": source(referral.source) if referral else "10",
            "referral_source_desc": referral.source if referral else None, "referral_outcome_json": None, "referral_nfa": "N",
            "close_reason": need.reason[:3] if closed else None, "close_date": closed, "referral_team": team_id(team),
            "referral_worker_id": story.worker_id(team, referral.worker) if referral and team else None,
        })  # fmt: skip
    for referral in referrals.values():
        if referral.nfa and referral.on <= story.second:
            rows.append({
                "referral_id": _referral(referral.child.id, referral.on), "person_id": referral.child.id,
                "referral_date": referral.on, "cin_primary_need_code": None, "referral_source_code": source(referral.source),
                "referral_source_desc": referral.source, "referral_outcome_json": {"OUTCOME_NFA_FLAG": "Y"}, "referral_nfa": "Y",
                "close_reason": None, "close_date": None, "referral_team": team_id(referral.team), "referral_worker_id": None,
            })  # fmt: skip
    return rows


def _assessments(story: Story, team_id: TeamId) -> dict[str, list[Row]]:
    view, rows, factors = View(story.world, story.second), [], []
    began = defaultdict(list)
    for known_need in (*story.world.earlier_needs, *story.world.needs.values()):
        began[known_need.child.id].append(known_need.start)
    for number, a in enumerate(story.world.assessments):
        if a.start > story.second:
            continue
        done = view.shown(a.authorised, a.recorded)
        referred = max((on for on in began[a.child.id] if on <= a.start), default=None)
        rows.append({
            "assessment_id": f"A{number}", "person_id": a.child.id,
            "referral_id": _referral(a.child.id, referred) if referred else None,
            "assessment_start_date": a.start, "assessment_child_seen": {"a": "Y", "b": "N", "c": "U"}[a.seen[0]] if done else None,
            "assessment_auth_date": done, "assessment_outcome_json": {"OUTCOME_NFA_FLAG": "N" if a.in_need else "Y"} if done else None,
            "assessment_outcome_nfa": (not a.in_need) if done else None, "assessment_team": team_id(a.team),
            "assessment_worker_id": story.worker_id(a.team, a.worker),
        })  # fmt: skip
        if done:
            told = ["3B", "4B"] if number % 3 else ["16A"]
            factors.append({
                "table_id": f"AF{number}", "assessment_id": f"A{number}", "assessment_factors_json": told if a.in_need else ["21"],
            })  # fmt: skip
    return {"ssd_cin_assessments": rows, "ssd_assessment_factors": factors}


def _enquiries(story: Story, team_id: TeamId) -> dict[str, list[Row]]:
    view, enquiries, conferences = View(story.world, story.second), [], []
    for number, e in enumerate(story.world.enquiries):
        if e.discussion > story.second:
            continue
        held = view.shown(e.conference, e.recorded)
        decided = _by(e.unnecessary_on, story)
        key = {"person_id": e.child.id}
        enquiries.append({
            "s47_enquiry_id": f"S{number}", "referral_id": None, **key, "s47_start_date": e.discussion,
            "s47_end_date": held or decided, "s47_nfa": (decided is not None) if held or decided else None,
            "s47_outcome_json": {"OUTCOME_CP_CONFERENCE_FLAG": "Y" if held else "N"} if held or decided else None,
            "s47_completed_by_worker_id": story.worker_id(e.team, e.worker), "s47_completed_by_team": team_id(e.team),
        })  # fmt: skip
        if held:
            conferences.append({
                "icpc_id": f"IC{number}", "icpc_meeting_id": None, "s47_enquiry_id": f"S{number}", **key,
                "cp_plan_id": plan_id(e.child.id, held) if e.planned else None, "referral_id": None, "icpc_transfer_in": "N",
                "icpc_target_date": add_wd(e.discussion, 15), "icpc_date": held, "icpc_outcome_cp_flag": e.planned,
                "icpc_outcome_json": None, "icpc_team": team_id(e.team), "icpc_worker_id": story.worker_id(e.team, e.worker),
            })  # fmt: skip
    return {"ssd_s47_enquiry": enquiries, "ssd_initial_cp_conference": conferences}


def _pre_proceedings(story: Story) -> list[Row]:
    return [
        {
            "table_id": f"PP{number}", "person_id": row["child"], "plo_family_id": row["family"],
            "pre_pro_decision_date": row["start"], "initial_pre_pro_meeting_date": row["meeting"],
            "pre_pro_outcome": row["outcome"], "agree_stepdown_issue_date": row["step"], "cp_plans_referral_period": 1,
            "legal_gateway_outcome": "Enter pre-proceedings", "prev_pre_proc_child": 0, "prev_care_proc_child": 0,
            "pre_pro_letter_date": row["letter"], "care_pro_letter_date": row["conference_letter"],
            "pre_pro_meetings_num": row["reviews"], "pre_pro_parents_legal_rep": True,
            "care_proc_court_hearings": 0 if row["court"] is None else 1,
            "court_reference": None if row["court"] is None else f"ZZ22C{row['court'] - timedelta(0):%y%m%d}",
        }
        for number, row in enumerate(story.records["pre_proceedings"])
    ]  # fmt: skip
