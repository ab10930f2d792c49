"""The SSDA903 return of the year that ended on the last 31 March: a file per table, dates as the Department wants them.

What belongs here is the return; the line of each period of care is care_line.py's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from countermark.sample.days import years_before
from countermark.sample.histories import Row
from countermark.sample.sources.people import Person, years_old
from countermark.sample.sources.story import Story

FILES: dict[str, tuple[str, ...]] = {
    "header": ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"),
    "episodes": (
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST",
        "PL_POST", "URN",
    ),
    "reviews": ("CHILD", "DOB", "REVIEW", "REVIEW_CODE"),
    "uasc": ("CHILD", "SEX", "DOB", "DUC"),
    "oc2": (
        "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
        "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
    ),
    "oc3": ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"),
    "missing": ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"),
    "placed_for_adoption": ("CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"),
    "ad1": ("CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"),
    "previous_permanence": ("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"),
    "sw_episodes": ("CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"),
    "dolo": ("CHILD", "DOB", "DOLO_START", "DOLO_END"),
}  # fmt: skip
SINCE = {"sw_episodes": 2024, "dolo": 2027}
_OLD_SEX = {"M": "1", "F": "2", "U": "1"}
_LETTERS_SINCE = 2025
_GONE = {2025: {"H5": "K3", "P2": "K3"}}


def tables(story: Story, end: date) -> dict[str, list[Row]]:
    """The rows of every file of the year, before any fault."""
    start = date(end.year - 1, 4, 1)
    chain = [row for row in story.records["episodes"] if row["start"] <= end and row["end"] >= start]
    children = [story.persons[child] for child in dict.fromkeys(row["child"] for row in chain)]
    held = {row["child"] for row in chain}
    made = {
        "header": [_header(person, end) for person in children],
        "episodes": [_episode(story, row, end) for row in chain],
        "reviews": [
            _of(story, row, REVIEW=row["on"], REVIEW_CODE=row["took_part"] if _four(story, row, end) else "PN0")
            for row in story.records["care_reviews"]
            if start <= row["on"] <= end and row["child"] in held
        ],
        "uasc": [
            _alone(story.persons[c.child.id], end) for c in story.world.cares if _arrived(c.details, c.child.id in held)
        ],
        "oc2": [_outcome(story, person, start, end) for person in children if _a_year(chain, person, start)],
        "oc3": _leavers(story, start, end),
        "missing": [
            _of(
                story,
                row,
                MISSING=row["type"],
                MIS_START=row["start"],
                MIS_END=row["end"] if row["end"] <= end else None,
            )
            for row in story.records["missing"]
            if start <= row["start"] <= end
        ],
        **_adopted(story, start, end),
        "previous_permanence": [_before(person) for person in children],
    }
    made["sw_episodes"] = _workers(story, held, start, end)
    made["dolo"] = [
        {"CHILD": person.id, "DOB": person.child.born, "DOLO_START": start + timedelta(days=60), "DOLO_END": None}
        for person in children
        if years_old(person, end) >= 12
    ][:3]
    return made


def too_early(end: date) -> list[str]:
    """The files that the return of a year does not ask for yet: the council keeps them in the form that was announced."""
    return [name for name, since in SINCE.items() if end.year < since]


def _of(story: Story, row: Row, **values: Any) -> Row:
    return {"CHILD": row["child"], "DOB": story.persons[row["child"]].child.born, **values}


def _four(story: Story, row: Row, end: date) -> bool:
    return years_old(story.persons[row["child"]], row["on"]) >= 4 and row["on"] <= end


def _sex(person: Person, end: date) -> str:
    return person.sex if end.year >= _LETTERS_SINCE else _OLD_SEX[person.sex]


def _header(person: Person, end: date) -> Row:
    return {
        "CHILD": person.id, "SEX": _sex(person, end), "DOB": person.child.born, "ETHNIC": person.ethnicity,
        "UPN": person.upn or "UN1", "MOTHER": "0" if person.sex == "F" and years_old(person, end) >= 12 else None, "MC_DOB": None,
    }  # fmt: skip


def _episode(story: Story, row: Row, end: date) -> Row:
    ended = row["end"] <= end
    gone = _GONE[_LETTERS_SINCE] if end.year >= _LETTERS_SINCE else {}
    return {
        "CHILD": row["child"], "DECOM": row["start"], "RNE": row["why"], "LS": row["status"], "CIN": row["need"],
        "PLACE": gone.get(row["type"], row["type"]), "PLACE_PROVIDER": row["provider"], "DEC": row["end"] if ended else None,
        "REC": row["ceased"] if ended else None, "REASON_PLACE_CHANGE": row["moved"] if ended else None,
        "HOME_POST": story.persons[row["child"]].postcode, "PL_POST": row["postcode"], "URN": row["urn"],
    }  # fmt: skip


def _arrived(details: Row, held: bool) -> bool:
    return held and details.get("uasc") == "a) Yes"


def _alone(person: Person, end: date) -> Row:
    born = person.child.born or end
    return {"CHILD": person.id, "SEX": _sex(person, end), "DOB": born, "DUC": years_before(born, -18)}


def _a_year(chain: Iterable[Row], person: Person, start: date) -> bool:
    return any(row["child"] == person.id and row["entered"] <= start and row["ceased"] for row in chain)


def _outcome(story: Story, person: Person, start: date, end: date) -> Row:
    """Children looked after for the year: a teeth check is one that List 8's checks hold, or one of a year before them."""
    checks = {
        row["type"] for row in story.records["health_checks"] if row["child"] == person.id and start <= row["on"] <= end
    }
    age, number = years_old(person, end), int(person.id)
    scored = 4 <= age <= 16 and number % 5
    return {
        "CHILD": person.id, "DOB": person.child.born, "SDQ_SCORE": number % 30 if scored else None,
        "SDQ_REASON": None if scored or not 4 <= age <= 16 else "SDQ2", "CONVICTED": int(age >= 10 and number % 37 == 0),
        "HEALTH_CHECK": int(number % 10 > 0) if age < 5 else None, "IMMUNISATIONS": int(number % 9 > 0),
        "TEETH_CHECK": int("Dental check" in checks or number % 4 > 0),
        "HEALTH_ASSESSMENT": int("Health assessment" in checks), "SUBSTANCE_MISUSE": 0, "INTERVENTION_RECEIVED": None,
        "INTERVENTION_OFFERED": None,
    }  # fmt: skip


def _leavers(story: Story, start: date, end: date) -> list[Row]:
    """Young people of whom a birthday from the seventeenth to the twenty-first fell into the year."""
    rows = []
    for child, row in story.world.leavers:
        if child.born is None or not 17 <= years_old(story.persons[child.id], end) <= 21:
            continue
        touch = {"a": "YES", "b": "NO", "c": "DIED", "d": "REFU", "e": "NREQ", "f": "RHOM"}[row["in_touch"][0]]
        known = touch == "YES"
        activity = {"F3": "F5", "P3": "P5"}.get(row["activity"][:2], row["activity"][:2])
        suited = "1" if row["suitability"][0] == "a" else "2"
        rows.append({
            "CHILD": child.id, "DOB": child.born, "IN_TOUCH": touch, "ACTIV": activity if known else "0",
            "ACCOM": f"{row['accommodation'][0]}{suited}" if known else "0",
        })  # fmt: skip
    return rows


def _adopted(story: Story, start: date, end: date) -> dict[str, list[Row]]:
    placed, adopted = [], []
    told = [(child, row) for child, row in story.world.adoptions]
    told += [(story.persons[row["child"]].child, row) for row in story.records["adoptions"]]
    for child, row in told:
        at = {"CHILD": child.id, "DOB": child.born}
        if row["placed"] and row["placed"] <= end:
            placed.append(
                {**at, "DATE_PLACED": row["placed"], "DATE_PLACED_CEASED": None, "REASON_PLACED_CEASED": None}
            )
        if row["adopted"] and start <= row["adopted"] <= end:
            adopted.append({
                **at, "DATE_INT": row["decided"], "DATE_MATCH": row["matched"], "FOSTER_CARE": 0, "NB_ADOPTR": 2,
                "SEX_ADOPTR": "MF", "LS_ADOPTR": "L0",
            })  # fmt: skip
    return {"placed_for_adoption": placed, "ad1": adopted}


def _before(person: Person) -> Row:
    """Whether the child had a permanent home before: few had."""
    left = int(person.id) % 41 == 0
    born = person.child.born or date(2010, 1, 1)
    return {
        "CHILD": person.id, "DOB": born, "PREV_PERM": "P2" if left else "Z1", "LA_PERM": "899" if left else None,
        "DATE_PERM": born + timedelta(days=400) if left else None,
    }  # fmt: skip


def _workers(story: Story, held: set[str], start: date, end: date) -> list[Row]:
    registered = {worker.id: worker.registration for worker in story.workers.values()}
    return [
        _of(story, row, SW_ID=registered[row["worker_id"]], SW_DECOM=row["start"], SW_DEC=row["end"] if row["end"] and row["end"] <= end
            else None, SW_REASON=row["why"] or "FCONTA")
        for row in story.records["allocations"]
        if row["child"] in held and row["start"] <= end and (row["end"] is None or row["end"] >= start)
    ]  # fmt: skip


def write_returns(made: dict[str, list[Row]], folder: Path) -> list[tuple[Path, int]]:
    """The files, one a table; a table without rows is written with its heading. Returns each with its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    told = []
    for name, rows in made.items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\r\n")
            out.writerow(FILES[name])
            out.writerows([_shown(row.get(column)) for column in FILES[name]] for row in rows)
        told.append((path, len(rows)))
    return told


def _shown(value: Any) -> Any:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value
