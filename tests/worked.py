"""The figure that the design works by hand, as files: two extracts of List 7, North's list of eight rows, two counts.

PP1 at 31 October 2022. Names and ids are the design's own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.intake_kit import COUNTS, LISTS, csv_file, headers, plan, text_file, workbook

AS_AT = date(2022, 10, 31)
FIRST, SECOND = "2022-11-02", "2022-11-16"
AUTHORITY = """authority = "E1"
name = "Anytown"
[[teams]]
name = "North"
owes = ["PP1"]
[[teams]]
name = "South"
owes = ["PP1"]
"""

Visits = dict[str, date | None]
NORTH = ("1001", "1002", "1003", "1005", "0010", "1007")
VISITS: Visits = {
    "1001": date(2022, 10, 20),
    "1002": date(2022, 10, 5),
    "1003": date(2022, 10, 25),
    "1004": date(2022, 10, 27),
    "1005": None,
    "0010": date(2022, 10, 28),
    "1007": date(2022, 11, 1),
    "1008": date(2022, 10, 26),
}
LATER: Visits = {**VISITS, "1002": date(2022, 10, 24), "1005": date(2022, 11, 9), "1007": date(2022, 11, 14)}
LISTED = (
    ("1001", "2022-10-20"), ("1001", "2022-10-20"), ("1002", "2022-10-24"), ("1003", "2022-10-25"),
    ("1004", "2022-10-27"), ("10", "2022-10-28"), ("1008", "2022-10-26"), ("9999", "2022-10-21"),
)  # fmt: skip


def _extract(inbox: Path, day: str, visits: Visits) -> None:
    rows = [
        plan(
            child,
            date(2022, 10, 24) if child == "1008" else date(2022, 6, 1),
            date_of_birth=date(2015, 3, 4),
            gender="b) Female",
            allocated_team="South" if child == "1004" else "North",
            allocated_worker="W. Orker",
            date_of_the_last_statutory_visit=visit,
        )
        for child, visit in visits.items()
    ]
    workbook(inbox / day / "list seven.xlsx", {"List 7": [headers(), *rows]})
    text_file(inbox / day / "delivery.toml", f'authority = "E1"\nextracted_on = {day}\n')


def write_worked(inbox: Path, *, second: bool = False) -> Path:
    """The example's deliveries; with `second` the extract of 16 November too."""
    text_file(inbox / "authority.toml", AUTHORITY)
    _extract(inbox, FIRST, VISITS)
    if second:
        _extract(inbox, SECOND, LATER)
    csv_file(
        inbox / "counts" / "october.csv",
        [
            COUNTS,
            ["PP1", "North", "2022-10-31", "child", 8, 8, "Ann Counter", "2022-11-01", "own_list", None],
            ["PP1", "South", "2022-10-31", "child", 2, 3, "Bob Counter", "2022-11-01", "whiteboard", None],
        ],
    )
    csv_file(
        inbox / "counts" / "north list.csv",
        [
            LISTS,
            *(
                ["PP1", "North", "2022-10-31", case, None, "true", day, "Ann Counter", "2022-11-01", None]
                for case, day in LISTED
            ),
        ],
    )
    text_file(inbox / "counts" / "delivery.toml", 'authority = "E1"\nextracted_on = 2022-11-01\n')
    return inbox
