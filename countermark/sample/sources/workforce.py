"""The workforce's files: the staff list from personnel, the establishment, allocations, and the workforce census.

What belongs here is how they are printed; who works where is staff.py's.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from countermark.sample.histories import Row
from countermark.sample.sources.printing import Inbox
from countermark.sample.sources.story import Story
from countermark.sample.sources.xml import Element, header, write_message

_ROLES = {"Team manager": "3", "Social worker": "5", "Newly qualified social worker": "5"}


def deliver_workforce(story: Story, inbox: Inbox) -> None:
    """Staff with personnel's own headings, posts and allocations by the template, and the census of last September."""
    folder = inbox.folder("workforce", story.first)
    held = Counter(row["worker_id"] for row in story.records["allocations"] if row["end"] is None)
    inbox.list(folder / "HR staff list.xlsx", "staff", [_staff(row, held) for row in story.records["staff"]], own=True)
    inbox.list(folder / "Establishment.xlsx", "posts", _posts(story))
    inbox.list(
        folder / "Allocations.csv", "allocations", [_allocation(story, row) for row in story.records["allocations"]]
    )
    end = census_day(story.first)
    path = inbox.folder("workforce census", end + timedelta(days=100)) / f"CSWW {end.year}.xml"
    counted = write_census(story, path, end)
    inbox.tell(path, counted["CSWWWorker"], "CSWWWorker")
    inbox.tell(path, counted["LALevelVacancies"], "LALevelVacancies")


def census_day(on: date) -> date:
    """The last 30 September whose census is in: it is collected over the winter."""
    return date(on.year - 1, 9, 30)


def _staff(row: Row, held: Counter[str]) -> Row:
    manager = row["role"] == "Team manager"
    return {
        **row, "kind": "Team manager" if manager else "Social worker", "agency": "Agency" if row["agency"] else "Permanent",
        "holds": not manager, "cases": None if row["end"] else held[row["id"]],
    }  # fmt: skip


def _posts(story: Story) -> list[Row]:
    return story.records["posts"]


def _allocation(story: Story, row: Row) -> Row:
    return {
        **row,
        "worker_id": row.get("told_worker_id") or row["worker_id"],
        "initials": story.persons[row["child"]].initials,
    }


def write_census(story: Story, path: Path, end: date) -> Counter[str]:
    """The workforce census: those in post on 30 September, and those who left in the year before it."""
    people = [
        row
        for row in story.records["staff"]
        if row["start"] <= end and (row["end"] is None or row["end"] > end - timedelta(days=365))
    ]
    agency = [row for row in people if row["agency"] and (row["end"] is None or row["end"] > end)]
    vacancies: list[Element] = [
        ("NumberOfVacancies", f"{sum(row['vacant'] for row in story.records['posts']):.2f}"),
        ("NoAgencyFTE", f"{sum(row['fte'] for row in agency):.2f}"), ("NoAgencyHeadcount", len(agency)),
    ]  # fmt: skip
    return write_message(
        path,
        [
            header("CSWW", end, end + timedelta(days=100)),
            ("LALevelVacancies", vacancies),
            *(_worker(row, end) for row in people),
        ],
    )


def _worker(row: Row, end: date) -> Element:
    left = row["end"] if row["end"] and row["end"] <= end else None
    return (
        "CSWWWorker",
        [
            ("AgencyWorker", int(row["agency"])), ("SWENo", row["registration"]), ("FTE", "0" if left else f"{row['fte']:.6f}"),
            ("PersonBirthDate", row["born"]), ("GenderCurrent", 1 + row["born"].day % 2), ("Ethnicity", "WBRI"),
            ("QualInst", "University of Eastmarsh"), ("StepUpGrad", 0), ("OrgRole", _ROLES[row["role"]]),
            ("RoleStartDate", row["start"]), ("StartOrigin", 1 + row["born"].day % 9), ("RoleEndDate", left),
            ("LeaverDestination", 3 if left else None), ("ReasonLeave", 1 if left else None),
            ("FTE30", None if left else f"{row['fte']:.6f}"),
            ("Cases30", None if left or row["role"] == "Team manager" else 12 + row["born"].day % 12),
            ("WorkingDaysLost", f"{row['born'].day / 3:.2f}"), ("FrontlineGrad", 0), ("Absat30Sept", 0), ("CFKSSstatus", 1),
        ],
    )  # fmt: skip
