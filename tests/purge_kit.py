"""What the tests of purging share: a home in which a child stands everywhere that a child can, and what must not change when it goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.snapshot import current
from countermark.home import Home
from countermark.ledger.notes import Note
from countermark.ledger.records import Decision
from countermark.ledger.secrets import pseudonym, pseudonym_key
from countermark.ledger.store import Ledger
from tests.acceptance.kit import COUNTS, LISTED, annex_a, rows, table, text, workbook
from tests.census_kit import census, episode
from tests.census_kit import child as child_of_return

DAY = "2022-10-31"
AS_AT = date(2022, 10, 31)
CHILD, NAMED, WORKER, POSTCODE = "0ZQXKESTREL77", "Zqx Kestrelsworth", "Wilhelmina Quillfeather", "QX7 7ZZ"
BARE = CHILD.lstrip("0")
WORDS = (BARE, NAMED, WORKER, POSTCODE)
AUTHORITY = (
    'authority = "E1"\nname = "Anytown"\n[[teams]]\nname = "North"\nowes = ["PP0", "PP1", "PP3"]\n[[teams]]\nname = "South"\n'
    '[[people]]\nname = "Olive Officer"\nrole = "officer"\n[[people]]\nname = "Dora Director"\nrole = "leader"\n'
)
Metrics = list[tuple[Any, ...]]


def deliver(inbox: Path) -> None:
    """Deliveries in which the child and others stand: lists, a refused sheet, a refused file, a team's list, a comment, file names."""
    text(inbox / "authority.toml", AUTHORITY)
    start, visit = date(2022, 6, 1), date(2022, 10, 25)
    child = {"id": CHILD, "dob": date(2009, 2, 17), "worker": WORKER}
    for day, seen in (("2022-11-02", visit), ("2022-11-16", date(2022, 11, 10))):
        others = [{"id": f"A{n}", "start": start, "visit": visit, "alone": "a) Yes"} for n in range(1, 7)]
        given: dict[str, list[dict[str, Any]]] = {
            "List 3": [
                child | {"on": date(2022, 10, 5), "nfa": "b) No"},
                {"id": "A1", "on": date(2022, 10, 6), "nfa": "a) Yes"},
            ],
            "List 4": [child | {"start": date(2022, 9, 1), "authorised": "not yet"}, {"id": "A2", "start": start}],
            "List 5": [child | {"discussion": date(2022, 9, 1)}, {"id": "A1", "discussion": date(2022, 9, 2)}],
            "List 6": [{"id": "A2", "start": start}, child | {"start": start}, {"id": "A3", "start": start}],
            "List 7": [*others[:3], child | {"start": start, "visit": seen, "alone": "a) Yes"}, *others[3:]],
        }
        annex_a(inbox / day / f"{NAMED} and others.xlsx", day, given)
    care = rows("List 8", [child | {"start": start, "check": date(1900, 1, 1)}, {"id": "A5", "start": start}])
    care[0].append("Placement Postcode")
    care[1].append(POSTCODE)
    book = {"List 8": care, "Notes": [["Remember", "about"], [f"see {CHILD}", f"{NAMED} moved"], ["7", CHILD]]}
    workbook(inbox / "2022-11-02" / "in care.xlsx", book)
    text(inbox / "2022-11-02" / "in care.xlsx.delivery.toml", "extracted_on = 2022-11-02\n")
    ours = child_of_return(CHILD, episode("2021-09-01", source="XX"), birth="2009-02-17")
    text(inbox / "2022-11-02" / "return.xml", census([child_of_return("A1", episode("2021-09-02")), ours]))
    text(inbox / "r" / "other.csv", f"this,that\n{CHILD},{WORKER}\nA1,W. Orker\n")
    text(inbox / "r" / "wide.csv", f"Child Unique ID;CIN Start Date;worker\n{CHILD};;{WORKER}\nA1;;\n".encode("utf-16"))
    counted = [
        "PP0",
        "North",
        DAY,
        "child",
        8,
        None,
        "Ann Counter",
        "2022-11-01",
        "own_list",
        f"with {CHILD} and {NAMED}",
    ]
    table(inbox / "c" / "counts.csv", [COUNTS, counted])
    listed = [None, None, "2022-06-01", "Ann Counter", "2022-11-01"]
    table(inbox / "c" / "list.csv", [LISTED, *(["PP0", "North", DAY, one, *listed, note] for one, note in (
        ("A1", ""), (BARE, WORKER), ("A2", f"not {NAMED}"), (f"{CHILD}9", "another child"),
    ))])  # fmt: skip


def write_about(home: Path) -> None:
    """What people write at the desk about the child: a decision, comments under its pseudonym and its difference, notes elsewhere."""
    place = Home(home)
    key = pseudonym_key(place.path)
    snapshot = current(place)
    assert snapshot is not None
    con = duckdb.connect(str(snapshot), read_only=True)
    about = con.execute(
        "select distinct break_id, indicator_id, bound_to, case_id from main.breaks where case_id is not null"
    ).fetchall()
    con.close()
    mine = [row for row in about if row[3].lstrip("0").startswith(BARE) and not row[3].endswith("9")]
    assert mine
    with Ledger.open(place.ledger_url) as ledger:
        ledger.decide([
            Decision("E1", break_id, indicator, "system_right", "workload", f"{NAMED} was looked at", "Dec Ider", evidence=CHILD,
                     bound_to=bound)
            for break_id, indicator, bound, _ in mine
        ])  # fmt: skip
        ledger.note([
            Note("E1", "comment", pseudonym(key, "child", CHILD), {"text": "moved in with an aunt"}, "Olive"),
            Note("E1", "comment", mine[0][0], {"text": "the worker is ill"}, "Olive"),
            Note("E1", "action", "figure PP1", {"about": [mine[0][0]], "text": "see them all"}, "Olive"),
            Note("E1", "commentary", f"PP1 {DAY}", {"text": f"All were seen but {NAMED} ({CHILD}).", "figure": "7"}, "Olive"),
            Note("E1", "commentary", f"PP0 {DAY}", {"text": "A quiet month."}, "Olive"),
        ])  # fmt: skip
        ledger.check("E1", "CN0", AS_AT, "Olive Officer", f"looked at {CHILD} too", "x" * 32)


def metrics(home: Path) -> Metrics:
    """The published figures without the times of their publication."""
    snapshot = current(Home(home))
    assert snapshot is not None
    con = duckdb.connect(str(snapshot), read_only=True)
    try:
        return con.execute(
            "select * exclude (published_at) from main.metrics where not starts_with(indicator_id, 'DQ') order by all"
        ).fetchall()
    finally:
        con.close()


def receipts(home: Path) -> dict[str, tuple[int, int, int, int]]:
    """By delivery: rows in, loaded, rejected, ignored. They add up."""
    with Ledger.open(Home(home).ledger_url) as ledger:
        found = {r.delivery_id: (r.rows_in, r.rows_loaded, r.rows_rejected, r.rows_ignored) for r in ledger.receipts()}
    assert all(into == loaded + rejected + ignored for into, loaded, rejected, ignored in found.values())
    return found
