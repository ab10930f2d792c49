"""The trackers that managers keep, a file or a few of each: by the template, as text, or as a manager's own sheet.

What belongs here is what is printed where; the columns of each are tracker_rows.py's, the histories their own modules'.
"""

from __future__ import annotations

from pathlib import Path

from countermark.sample.authority import HARBOUR, SAFEGUARDING, WEST
from countermark.sample.histories import Row, Unreadable
from countermark.sample.sources import tracker_rows
from countermark.sample.sources.planted import SourceFaults
from countermark.sample.sources.printing import Inbox
from countermark.sample.sources.story import Story
from countermark.sample.sources.visits import known

NOT_A_DATE = Unreadable("to be confirmed")
OLD_TEMPLATE, OLD_VERSION = "family_assessments", "0old"
FILES = (  # layout, file name, whether it is a manager's own sheet
    ("core_groups", "Core groups.xlsx", True), ("cin_reviews", "CIN reviews.csv", False), ("minutes", "Minute tracker.xlsx", True),
    ("contacts", "Front door log.csv", True),
    ("strategy_discussions", "Strategy discussions.csv", True), ("pre_proceedings", "PLO tracker.xlsx", False),
    ("court_hearings", "Court timetable.xlsx", True), ("reg24_approvals", "Regulation 24 register.xlsx", True),
    ("parent_placements", "Placed with parents.csv", False), ("family_assessments", "Parenting and viability.xlsx", False),
    ("family_meetings", "Family group conferences.xlsx", True), ("iro_disputes", "IRO disputes.csv", True),
    ("supervision", "Supervision.xlsx", False), ("audits", "Case audits.xlsx", True), ("actions", "Action tracker.csv", False),
    ("safety_plans", "Safety plans.xlsx", False), ("early_help", "Early help.csv", True),
    ("priority_actions", "Priority actions.xlsx", False), ("challenges", "Challenge log.xlsx", True),
    ("management_looks", "Management looks.csv", False),
)  # fmt: skip


def deliver_trackers(story: Story, inbox: Inbox, faults: SourceFaults) -> None:
    """Every tracker, as handed in on the day of the first extract."""
    folder = inbox.folder("trackers", story.first)
    _visits(story, inbox, folder, faults)
    made = tracker_rows.rows(story)
    nameless = made["core_groups"][-1:]
    for row in nameless:
        made["core_groups"].append({**row, "child": None})
        faults.tell("row_that_cannot_be_used", None, "trackers.core_groups")
    for layout, name, own in FILES:
        old = layout == OLD_TEMPLATE
        inbox.list(
            folder / name,
            layout,
            made[layout],
            own=own,
            rejected=len(nameless) if layout == "core_groups" else 0,
            made_on=f"trackers.{layout} version {OLD_VERSION}" if old else "",
            without="for_court" if old else "",
        )
    faults.tell("template_of_an_old_version", None, f"trackers.{OLD_TEMPLATE}", version=OLD_VERSION)


def _visits(story: Story, inbox: Inbox, folder: Path, faults: SourceFaults) -> None:
    """One a safeguarding team, West's as text, Harbour's with its own headings; one of all other teams."""
    rows = [tracker_rows.visit(row) for row in known(story.records["visits"], story.first)]
    for team in (*SAFEGUARDING, ""):
        mine: list[Row] = [row for row in rows if row["team"] == team or (not team and row["team"] not in SAFEGUARDING)]
        if team == HARBOUR and mine:
            mine.append({**mine[-1], "on": NOT_A_DATE})
            faults.tell("row_that_cannot_be_used", mine[-1]["child"], "trackers.visits")
        path = folder / f"Visits {team or 'of all other teams'}.{'csv' if team in (WEST, '') else 'xlsx'}"
        inbox.list(path, "visits", mine, own=team == HARBOUR, rejected=int(team == HARBOUR and bool(mine)))
