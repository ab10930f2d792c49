"""The rows of each tracker, from the histories, as they stood on the day of the first extract.

What belongs here are the columns; a meeting that was not held has the day on which it was due.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.days import add_wd
from countermark.sample.histories import Row
from countermark.sample.sources import contacts
from countermark.sample.sources.oversight import THEMES
from countermark.sample.sources.story import Story

_SHOWN = 300  # days before the extract
_CHALLENGERS = {"Chair of scrutiny": "Scrutiny", "Conference chair": "CP chair", "Reviewing officer": "IRO"}
_ASKED_BY = {"Conference chair": "CP chair"}


def visit(row: Row) -> Row:
    """A visit as its tracker holds it."""
    return {
        **row, "alone": row["alone"] or None, "by_lead": row["worker"] == row["lead"],
        "cp_start": row["plan_start"] if row["type"] == "Child protection" else None,
    }  # fmt: skip


def rows(story: Story) -> dict[str, list[Row]]:
    """The rows of every tracker but that of visits, by layout."""
    told, on = story.records, story.first
    return {
        "core_groups": [_core_group(row) for row in told["core_groups"] if row["due"] <= on],
        "cin_reviews": [_cin_review(row) for row in told["cin_reviews"] if row["due"] <= on and (row["on"] or on) <= on],
        "minutes": [
            {**row, "on_file": row["sent"] is not None, "taker": "Conference administration"} for row in told["minutes"] if row["on"] <= on
        ],
        "contacts": contacts.tracker(story, _SHOWN),
        "strategy_discussions": [
            _strategy(row) for row in told["strategy_discussions"] if on - timedelta(days=_SHOWN) < row["on"] <= on
        ],
        "pre_proceedings": [
            {**row, "last_review": _by(row["meeting"] and row["meeting"] + timedelta(days=42), on) if row["reviews"] else None}
            for row in told["pre_proceedings"]
        ],
        "court_hearings": [_hearing(story, row, filing) for row in told["court_hearings"] for filing in (False, True)],
        "reg24_approvals": [_regulation_24(row, on) for row in told["reg24_approvals"]],
        "parent_placements": [
            {**row, "at_once": row["assessed"] is None, "after": _by(add_wd(row["placed"], 9), on) if row["assessed"] is None else None,
             "agreed": row["authorised"] is not None}
            for row in told["parent_placements"]
        ],
        "family_assessments": [
            {**row, "type": f"{row['type']} assessment", "who": "Parents" if row["type"] == "Parenting" else "Grandparent",
             "start": _by(add_wd(row["asked"], 5), on), "for_court": row["type"] == "Viability"}
            for row in told["family_assessments"]
            if row["asked"] <= on
        ],
        "family_meetings": [
            {**row, "kind": "FGC", "plan": row["plan"] if row["held"] else None, "by": "Family meetings service",
             "reviewed": _by(row["held"] and row["held"] + timedelta(days=84), on)}
            for row in told["family_meetings"]
        ],
        "iro_disputes": [
            {**row, "stage": f"Stage {row['stage']}", "outcome": "Upheld" if row["solved"] else None}
            for row in told["iro_disputes"]
        ],
        "supervision": [_supervision(row) for row in told["supervision"] if row["held"] and row["held"] <= on],
        "audits": [line for row in told["audits"] for line in _audit(row)],
        "actions": [{**row, "source": _ASKED_BY.get(row["source"], row["source"])} for row in told["actions"]],
        "safety_plans": [{"on_plan": False, **row} for row in told["safety_plans"]],
        "early_help": _early_help(story),
        "priority_actions": [
            {**row, "milestone": "First quarter's milestone", "rag": _rating(row)} for row in told["priority_actions"]
        ],
        "challenges": [
            {**row, "kind": _CHALLENGERS.get(row["by"], "Director"), "acted": True if row["answered"] else None}
            for row in told["challenges"]
        ],
        "management_looks": [
            {**row, "seen_on": row["on"] if row["seen"] else None, "outcome": "Seen, not recorded" if row["seen"] else "Visit planned"}
            for row in told["management_looks"]
        ],
    }  # fmt: skip


def _by(day: date | None, on: date) -> date | None:
    return day if day is not None and day <= on else None


def _core_group(row: Row) -> Row:
    return {
        **row, "date": row["held"] or row["due"], "status": "Held" if row["held"] else "Cancelled", "conference": row["plan_start"],
        "agencies": bool(row["attended"]) if row["held"] else None, "minutes": add_wd(row["held"], 4) if row["held"] else None,
    }  # fmt: skip


def _cin_review(row: Row) -> Row:
    outcome = {"Plan goes on": "Continue", "Plan ended": "Closed"}.get(row["outcome"] or "")
    return {
        **row, "date": row["on"] or row["due"], "status": "Held" if row["on"] else "Cancelled", "outcome": outcome,
        "minutes": add_wd(row["on"], 6) if row["on"] else None, "chair": "Team manager",
    }  # fmt: skip


def _strategy(row: Row) -> Row:
    led = row["outcome"] == "Section 47 enquiry"
    joint = "Police" in row["agencies"]
    otherwise = "No further action" if row["on"].day % 3 == 0 else "Assessment"
    return {
        **row, "led": led, "outcome": ("Joint section 47" if joint else "Single agency section 47") if led else otherwise,
        "asked_by": row["agencies"].split(";")[0], "police": joint, "health": "Health" in row["agencies"], "chair": "Team manager",
    }  # fmt: skip


def _hearing(story: Story, row: Row, filing: bool) -> Row:
    """A hearing, or the statement that was due before it."""
    family = story.persons[row["child"]].family_id
    if filing:
        return {
            **row,
            "family": family,
            "event": "Social work statement",
            "listed": row["filing_due"],
            "held": row["filed"],
            "adjourned": False,
        }
    return {**row, "family": family, "event": row["hearing"], "adjourned": row["outcome"] == "Adjourned"}


def _regulation_24(row: Row, on: date) -> Row:
    longer = row["extended"] is not None
    return {
        **row, "carer": f"CC{row['child']}", "viability": row["placed"], "panel_seen": longer or None, "iro_told": longer or None,
        "full_start": _by(add_wd(row["approved"], 10), on), "ended": None,
    }  # fmt: skip


def _supervision(row: Row) -> Row:
    own = row["kind"] == "Worker"
    return {
        **row, "kind": "Personal" if own else "Case", "next": add_wd(row["held"], 21), "decided": None if own else bool(row["decision"]),
        "actions": 0 if own else int(row["actions"] is not None),
    }  # fmt: skip


def _audit(row: Row) -> list[Row]:
    """A row of the whole case, and one of each theme."""
    whole = {**row, "theme": "Overall", "due": add_wd(row["on"], 5), "child_involved": row["family_view"]}
    themes = [
        {
            **whole,
            "theme": theme,
            "grade": row["themes"][theme],
            "moderated": None,
            "moderated_on": None,
            "moderator": None,
        }
        for theme in THEMES
    ]
    return [whole, *themes]


def _early_help(story: Story) -> list[Row]:
    on = story.first
    return [
        {
            "child": child.id, "family": story.persons[child.id].family_id, "start": start, "end": _by(done, on), "why": "Family support",
            "end_why": "Needs met" if _by(done, on) else None, "organisation": by, "edge": number % 17 == 0,
            "visited": _by(add_wd(start, 6), on), "worker": "Alys Yarde", "team": "Family help",
        }
        for number, (child, start, done, by) in enumerate(story.world.early_help)
        if start <= on and (done is None or done > on - timedelta(days=_SHOWN))
    ]  # fmt: skip


def _rating(row: Row) -> str:
    """How the board was told that a priority stands: one of them has been on track all along."""
    if row["done"]:
        return "Complete"
    return "Red" if row["due"] < row["reported"] else "Green" if row["id"] == "PA08" else "Amber"
