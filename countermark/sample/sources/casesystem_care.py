"""The tables of children looked after, and of those who left care, in the case system's database.

What belongs here is what was recorded by the database's day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from countermark.sample.histories import Row
from countermark.sample.sources.story import Story

_SEEN = {"Yes": "Y", "No": "N", "Unknown": "U", "": None}


def tables(story: Story, team_id: Callable[[str | None], str | None]) -> dict[str, list[Row]]:
    """Episodes, placements, statuses, care plans, reviews, visits, checks, times missing, permanence and care leavers."""
    told = {(c.child.id, c.start): c.told_end for c in story.world.cares if c.told_end}
    iro = {(c.child.id, c.start): c.details.get("iro") for c in story.world.cares}
    return {
        "ssd_cla_episodes": [
            {
                "cla_episode_id": row["id"], "person_id": row["child"], "cla_episode_start_date": row["start"],
                "cla_episode_start_reason": row["why"], "cla_primary_need_code": row["need"],
                "cla_episode_ceased_date": told.get((row["child"], row["entered"]), row["end"])
                if row["end"] <= story.second and row["ceased"] != "X1" else _by(row["end"], story),
                "cla_episode_ceased_reason": row["ceased"] if row["end"] <= story.second else None, "cla_id": row["care"],
                "referral_id": None, "cla_placement_id": row["placement"], "entered_care_date": row["entered"],
                "cla_last_iro_contact_date": iro.get((row["child"], row["entered"])) if row["end"] > story.second else None,
            }
            for row in story.records["episodes"]
            if row["start"] <= story.second
        ],
        "ssd_cla_placement": [
            {
                "cla_placement_id": row["id"], "cla_placement_start_date": row["start"], "cla_placement_type": row["type"],
                "cla_placement_urn": row["urn"], "cla_placement_distance": float(len(row["id"]) * 3), "cla_id": row["care"],
                "cla_placement_provider": row["provider"], "cla_placement_postcode": row["postcode"],
                "cla_placement_end_date": _by(row["end"], story),
                "cla_placement_change_reason": row["reason"] if _by(row["end"], story) else None, "person_id": row["child"],
            }
            for row in story.records["placements"]
            if row["start"] <= story.second
        ],
        "ssd_legal_status": [
            {
                "legal_status_id": f"LS{number}", "person_id": row["child"], "legal_status": row["status"],
                "legal_status_start_date": row["start"], "legal_status_end_date": _by(row["end"], story),
            }
            for number, row in enumerate(story.records["legal_statuses"])
            if row["start"] <= story.second
        ],
        "ssd_cla_care_plan": [
            {
                "table_id": f"LP{number}", "person_id": row["child"], "cla_care_plan_start_date": row["start"],
                "cla_care_plan_end_date": _by(row["end"], story), "cla_care_plan_json": {"REMAINSUP": "N", "PERMANENCE": row["plan"]},
            }
            for number, row in enumerate(story.records["care_plans"])
        ],
        "ssd_cla_reviews": [
            {
                "cla_review_id": f"LR{number}", "cla_id": row["care"], "cla_review_due_date": row.get("told_due") or row["due"],
                "cla_review_date": row["on"], "cla_review_cancelled": "N", "cla_review_participation": row["took_part"],
            }
            for number, row in enumerate(story.records["care_reviews"])
        ],
        "ssd_cla_visits": [
            {
                "cla_visit_id": f"LV{number}", "cla_id": f"{row['child']}-{row['plan_start']:%Y%m%d}", "person_id": row["child"],
                "cla_visit_date": row["on"], "cla_visit_seen": _SEEN[row["seen"]], "cla_visit_seen_alone": _SEEN[row["alone"]],
            }
            for number, row in enumerate(story.records["visits"])
            if row["type"] == "Looked after" and row["on"] <= story.second
        ],
        "ssd_cla_health": [
            {
                "health_check_id": f"LH{number}", "person_id": row["child"], "health_check_type": row["type"],
                "health_check_date": row["on"], "health_check_status": "Completed",
            }
            for number, row in enumerate(story.records["health_checks"])
            if max(row["on"], row["recorded"]) <= story.second
        ],
        "ssd_missing": [
            {
                "table_id": f"M{number}", "person_id": row["child"], "missing_episode_start_date": row["start"],
                "missing_episode_type": row["type"], "missing_episode_end_date": row["end"],
                "missing_rhi_offered": _yes(row["offered"]), "missing_rhi_accepted": _yes(row["accepted"]),
            }
            for number, row in enumerate(story.records["missing"])
        ],
        "ssd_permanence": _permanence(story),
        "ssd_care_leavers": [
            {
                "table_id": f"CL{child.id}", "person_id": child.id, "care_leaver_eligibility": row["eligibility"][3:],
                "care_leaver_in_touch": row["in_touch"][3:].upper(), "care_leaver_latest_contact": story.world.clock.as_at,
                "care_leaver_accommodation": row["accommodation"][0], "care_leaver_accom_suitable": row["suitability"][3:],
                "care_leaver_activity": row["activity"][:2], "pathway_plan_review_date": None,
                "care_leaver_personal_advisor": None, "care_leaver_allocated_team": team_id(row["team"]),
                "care_leaver_worker_id": story.worker_id(row["team"], row["worker"]),
            }
            for child, row in story.world.leavers
        ],
    }  # fmt: skip


def _by(on: date | None, story: Story) -> date | None:
    return on if on is not None and on <= story.second else None


def _yes(told: str | None) -> str | None:
    return {"a": "Y", "b": "N"}[told[0]] if told else None


def _permanence(story: Story) -> list[Row]:
    rows = [
        {**row, "child": child.id, "care": f"{child.id}-{row['entered']:%Y%m%d}"}
        for child, row in story.world.adoptions
        if row["decided"] <= story.second
    ]
    rows += [{**row, "care": None} for row in story.records["adoptions"]]
    return [
        {
            "table_id": f"PE{number}", "person_id": row["child"], "cla_id": row["care"], "adm_decision_date": row["decided"],
            "placement_order_date": _by(row["order"], story), "placed_for_adoption_date": _by(row["placed"], story),
            "matched_date": _by(row["matched"], story), "adopted_by_carer_flag": "N",
            "decision_reversed_date": _by(row["reversed"], story),
            "decision_reversed_reason": row["reason"][:3] if row["reason"] and _by(row["reversed"], story) else None,
            "permanence_order_date": _by(row["adopted"], story),
            "permanence_order_type": "Adoption" if _by(row["adopted"], story) else None,
        }
        for number, row in enumerate(rows)
    ]  # fmt: skip
