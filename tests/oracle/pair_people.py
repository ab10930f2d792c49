"""Sides of pairs that count workers, or look at them, told again in plain loops."""

from __future__ import annotations

from datetime import date

from tests.oracle.pair_sides import Held, Row, Tables, best, newest, place

HOLDING = ("social_worker", "senior_practitioner", None)


def _staff(rows: list[Row], on: date) -> dict[str, Row]:
    told = []
    for row in rows:
        start, end = row["role_start_date"], row["role_end_date"]
        gone = "left" if end and end <= on else "not_begun" if start and start > on else None
        known = not row["role_end_date_unusable"] and not row["role_start_date_unusable"]
        holds = row["case_holding"] == "yes" or (row["case_holding"] is None and row["professional_role"] in HOLDING)
        told.append(
            {**row, "gone": gone, "known": known, "holds": holds, "team": row["professional_department"] or None}
        )
    told = [row for row in told if row["professional_id"] is not None]
    return {
        row["professional_id"]: row
        for row in best(told, lambda row: row["professional_id"], lambda row: (row["gone"] is not None,))
    }


def _holders(rows: list[Row], on: date) -> list[Row]:
    told = []
    for row in rows:
        start, end = row["involvement_start_date"], row["involvement_end_date"]
        unclear = bool(row["involvement_start_date_unusable"] or row["involvement_end_date_unusable"] or start is None)
        role = row["professional_role_id"] or "allocated"
        if row["person_id"] is None or role not in ("allocated", "duty", "supervisor"):
            continue
        if (start <= on if start else unclear) and (end is None or end >= on):
            told.append({**row, "unclear": unclear, "role": role})
    return best(
        told, lambda row: row["person_id"],
        lambda row: (
            row["role"] != "allocated", newest(row["involvement_start_date"]), row["involvement_end_date"] is not None,
            newest(row["involvement_end_date"]), row["professional_id"] is None, row["professional_id"] or "",
        ),
    )  # fmt: skip


def supervised(tables: Tables, on: date) -> list[Held]:
    """The tracker of supervision beside the list of staff: supervised within 28 days."""
    people = _staff(tables["professionals"], on)
    names = {key: (row["professional_name"] or "").strip().lower() for key, row in people.items()}
    last: dict[str, list[tuple[date | None, bool]]] = {}
    strangers: dict[str, list[date | None]] = {}
    met: set[str] = set()
    for row in tables["supervision"]:
        kind = row["supervision_kind"] or ("case" if row["person_id"] else "worker")
        day = row["supervision_date"]
        if kind != "worker" or row["worker"] is None or (day and day > on):
            continue
        named, odd = row["worker"].strip().lower(), bool(row["supervision_date_unusable"]) or day is None
        mine = [(key, False) for key in people if key.lower() == named]
        alike = [key for key in people if names[key] and names[key] == named]
        for key in alike:
            if len(alike) == 1 or people[key]["team"] == row["team"]:
                mine.append((key, sum(people[other]["team"] == people[key]["team"] for other in alike) > 1))
        for key, doubtful in mine:
            last.setdefault(key, []).append((None if odd or doubtful else day, odd or doubtful))
        met |= {named for _ in mine}
        if not mine:
            strangers.setdefault(named, []).append(day)
    strangers = {
        named: days for named, days in strangers.items() if named not in met
    }  # a name that anybody has is no stranger's
    found = []
    for key, row in people.items():
        said = last.get(key, [])
        day = max((day for day, _ in said if day), default=None)
        recent = day is not None and (on - day).days <= 28
        outside = row["gone"] or (None if row["holds"] else "no_case_holder") or (None if recent else "too_long_ago")
        found.append(
            Held(key, None, outside, row["known"] and not any(doubt for _, doubt in said), day, place=place(row))
        )
    for named, days in strangers.items():
        day = max((day for day in days if day), default=None)
        recent = day is not None and (on - day).days <= 28
        found.append(Held(f"name:{named}", None, None if recent else "too_long_ago", True, day))
    return found


def case_holders(tables: Tables, on: date) -> list[Held]:
    """The case system: who holds a child's case."""
    holders = {row["professional_id"] for row in _holders(tables["involvements"], on) if row["role"] == "allocated"}
    return [
        Held(key, None, None if key in holders else "no_open_case", True, None, place=place(row))
        for key, row in _staff(tables["professionals"], on).items()
    ]


def allocated(tables: Tables, on: date) -> list[Held]:
    """Children whose case a worker holds."""
    return [
        Held(
            row["person_id"],
            row["person_id"],
            None,
            not row["unclear"],
            row["involvement_start_date"],
            place=place(row),
        )
        for row in _holders(tables["involvements"], on)
        if row["professional_id"] is not None
    ]


def in_post(tables: Tables, on: date) -> list[Held]:
    """Children whose worker is in post."""
    people = _staff(tables["professionals"], on)
    found = []
    for row in _holders(tables["involvements"], on):
        worker = people.get(row["professional_id"])
        if worker is not None:
            known = worker["known"] and not row["unclear"]
            found.append(
                Held(
                    row["person_id"],
                    row["person_id"],
                    worker["gone"],
                    known,
                    worker["role_start_date"],
                    place=place(worker),
                )
            )
    return found
