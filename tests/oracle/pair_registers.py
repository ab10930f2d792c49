"""Sides of pairs that are registers of the authority's own, and what the case system has of the same: before court, approvals, disputes."""

from __future__ import annotations

import re
from datetime import date

from tests.oracle.cells import working_days
from tests.oracle.pair_sides import Held, Row, Tables, best, event, newest, of_child, place, sure, when


def came_to(told: str | None) -> str | None:
    """What pre-proceedings came to, by the words for it."""
    if told is None:
        return None
    for words, means in (
        ("exten|contin", "extended"),
        (r"step|exit|\bend|clos", "step_down"),
        ("issue|court|care|proceeding", "issue"),
    ):
        if re.search(words, told.lower()):
            return means
    return "other"


def before_court_by_system(tables: Tables, on: date) -> list[Held]:
    """Children in pre-proceedings by the case system, where every end is a decision."""
    return [
        held._replace(outside={"ended": "decided"}.get(held.outside or "", held.outside))
        for held in before_court(tables, on)
    ]


def before_court(tables: Tables, on: date) -> list[Held]:
    """Children in pre-proceedings by the tracker."""
    rows = best(tables["pre_proceedings"], lambda row: (row["person_id"], row["pre_pro_start_date"]), lambda row: ())
    started = {row["person_id"] for row in rows if row["pre_pro_start_date"]}
    told = []
    for row in rows:
        if row["pre_pro_start_date"] is None and row["person_id"] in started:
            continue
        court, outcome = row["court_application_date"], came_to(row["pre_pro_outcome"])
        days = [day for day in (None if outcome == "extended" else row["agree_stepdown_issue_date"], court) if day]
        ended = min(days, default=None)
        odd = ended is None and (row["agree_stepdown_issue_date_unusable"] or row["court_application_date_unusable"])
        outside = when(row["pre_pro_start_date"], ended, on)
        outside = ("ended" if ended == court else "decided") if outside == "closed" else outside
        known = outside is not None or (row["pre_pro_start_date"] is not None and not odd)
        told.append({**row, "outside": outside, "known": known, "code": outcome})
    chosen = best(
        told, lambda row: row["person_id"],
        lambda row: (row["outside"] is not None, row["pre_pro_start_date"] is None, newest(row["pre_pro_start_date"])),
    )  # fmt: skip
    return [
        of_child(
            row, row["outside"], row["known"], row["pre_pro_start_date"], row["code"], row["agree_stepdown_issue_date"]
        )
        for row in chosen
    ]


def approved_for_now(tables: Tables, on: date) -> list[Held]:
    """The register of temporary approvals."""
    told = []
    for row in best(tables["reg24_approvals"], lambda row: event(row, row["placement_start_date"]), lambda row: ()):
        start, end, full = row["placement_start_date"], row["placement_end_date"], row["full_approval_date"]
        outside = None
        if start and start > on:
            outside = "not_begun"
        elif end and end <= on:
            outside = "ended"
        elif full and full <= on:
            outside = "approved"
        known = start is not None and not row["placement_end_date_unusable"] and not row["full_approval_date_unusable"]
        told.append({**row, "outside": outside, "known": known})
    chosen = best(
        told, lambda row: row["person_id"],
        lambda row: (
            row["outside"] is not None, not row["known"], newest(row["placement_start_date"]),
        ),
    )  # fmt: skip
    return [of_child(row, row["outside"], row["known"], row["placement_start_date"]) for row in chosen]


def with_relatives(tables: Tables, on: date) -> list[Held]:
    """Children whose placement at the date is with relatives or friends."""
    told = []
    for row in tables["cla_placement"]:
        start, end, kind = row["cla_placement_start_date"], row["cla_placement_end_date"], row["cla_placement_type"]
        outside = "ended" if end and end <= on else "not_begun" if start and start > on else None
        if outside is None and kind is not None and kind not in ("U1", "U2", "U3"):
            outside = "other_placement"
        told.append(
            {
                **row,
                "outside": outside,
                "known": bool(start) and not row["cla_placement_end_date_unusable"] and kind is not None,
            }
        )
    chosen = best(
        told, lambda row: row["person_id"],
        lambda row: (row["outside"] in ("ended", "not_begun"), newest(row["cla_placement_start_date"])),
    )  # fmt: skip
    return [of_child(row, row["outside"], row["known"], row["cla_placement_start_date"]) for row in chosen]


def _dispute(row: Row) -> str:
    return f"{event(row, row['raised_date'])}/{row['dispute_number'] or ''}"


def disputes(tables: Tables, on: date) -> list[Held]:
    """The tracker of disputes."""
    said = {"closed": "resolved", "not_begun": "not_raised", None: None}
    return [
        Held(
            _dispute(row), row["person_id"], said[when(row["raised_date"], row["resolved_date"], on)],
            sure(row["raised_date"], row["resolved_date"], row["resolved_date_unusable"], on), row["raised_date"], place=place(row),
        )
        for row in best(
            tables["iro_disputes"], _dispute, lambda row: (when(row["raised_date"], row["resolved_date"], on) is not None,)
        )
    ]  # fmt: skip


def of_children_in_care(tables: Tables, on: date) -> list[Held]:
    """Open disputes as the case system bears them out, and challenges of reviewing officers that the tracker lacks."""
    cares = {
        row["person_id"]: row
        for row in best(
            tables["cla_episodes"], lambda row: row["person_id"],
            lambda row: (
                when(row["cla_start_date"], row["cla_ceased_date"], on) is not None,
                newest(row["cla_start_date"]),
            ),
        )
    }  # fmt: skip
    known = {row["person_id"] for row in tables["person"]} - set(cares)
    still = [row for row in tables["iro_disputes"] if when(row["raised_date"], row["resolved_date"], on) is None]
    found = []
    for row in best(still, _dispute, lambda row: ()):
        care = cares.get(row["person_id"])
        sure_of_it = sure(row["raised_date"], row["resolved_date"], row["resolved_date_unusable"], on)
        if care is not None:
            out = {"closed": "care_ended", "not_begun": "care_not_begun"}.get(
                when(care["cla_start_date"], care["cla_ceased_date"], on) or ""
            )
            if (
                out is None
                and care["cla_start_date"]
                and row["raised_date"]
                and row["raised_date"] < care["cla_start_date"]
            ):
                out = "raised_before_care"
            cared = sure(care["cla_start_date"], care["cla_ceased_date"], care["cla_ceased_date_unusable"], on)
            found.append(
                Held(_dispute(row), row["person_id"], out, sure_of_it and cared, row["raised_date"], place=place(care))
            )
        elif row["person_id"] in known:
            found.append(Held(_dispute(row), row["person_id"], "never_in_care", True, row["raised_date"]))
    for row in tables["challenges"]:
        care = cares.get(row["person_id"])
        if (
            row["challenge_kind"] != "iro"
            or care is None
            or when(care["cla_start_date"], care["cla_ceased_date"], on) is not None
        ):
            continue
        beside = [
            one for one in still
            if one["person_id"] == row["person_id"] and one["raised_date"] and row["raised_date"]
            and abs(working_days(one["raised_date"], row["raised_date"])) <= 5
        ]  # fmt: skip
        if when(row["raised_date"], row["closed_date"], on) is None and not beside:
            name = f"{event(row, row['raised_date'])}/log {row['challenge_number'] or ''}"
            known_day = sure(row["raised_date"], row["closed_date"], row["closed_date_unusable"], on)
            found.append(Held(name, row["person_id"], None, known_day, row["raised_date"], place=place(row)))
    return found
