"""The case system's database in the tables of the Standard Safeguarding Dataset, as an SQLite file: what was recorded by its day.

What belongs here is the dataset's shape; the same day's Annex A is printed from the same histories.
"""

from __future__ import annotations

import json
import sqlite3
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from countermark.sample.authority import DISABILITY, TEAMS
from countermark.sample.days import add_wd
from countermark.sample.histories import Row
from countermark.sample.sources import casesystem_care, casesystem_need
from countermark.sample.sources.story import Story

_SAID = tomllib.loads(Path(__file__).with_name("casesystem.toml").read_text(encoding="utf-8"))
TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    table: tuple((str(name), str(kind)) for name, kind in said["columns"]) for table, said in _SAID.items()
}
_TYPES = {"nvarchar": "NVARCHAR(48)", "nchar": "NCHAR(1)", "datetime": "DATETIME", "int": "INTEGER", "float": "FLOAT"}
_BLOBS = "_json"


def team_id(team: str | None) -> str | None:
    """A team's id in the database."""
    return next((f"T{number:02d}" for number, known in enumerate(TEAMS, start=1) if known.name == team), None)


def tables(story: Story) -> dict[str, list[Row]]:
    """The rows of every table on the database's day; names without the four letters of their table."""
    return {
        "ssd_person": _persons(story),
        **casesystem_need.tables(story, team_id),
        **casesystem_care.tables(story, team_id),
        "ssd_professionals": _professionals(story),
        "ssd_involvements": _involvements(story),
        "ssd_department": _departments(),
        "ssd_disability": [
            {"person_id": person.id, "table_id": f"D{person.id}-{code}", "disability_code": code}
            for person in story.persons.values()
            for code in person.disabilities
        ],
        "ssd_linked_identifiers": _linked(story),
        "ssd_family": [
            {"table_id": f"FA{person.id}", "family_id": person.family_id, "person_id": person.id}
            for person in story.persons.values()
        ],
    }


def _persons(story: Story) -> list[Row]:
    rows = []
    for person in story.persons.values():
        born = person.child.born
        unborn = born is not None and born > story.second
        rows.append({
            "person_id": person.id, "forename": person.first_name, "surname": person.last_name, "sex": person.sex,
            "gender": person.sex, "ethnicity": person.ethnicity, "dob": None if unborn else born, "common_child_id": person.nhs,
            "legacy_id": None, "upn_unknown": None if person.upn else "UN1", "send_flag": "N",
            "expected_dob": born if unborn else None, "death_date": None, "is_mother": "N", "nationality": "GBR",
        })  # fmt: skip
    return rows


def _professionals(story: Story) -> list[Row]:
    held: dict[str, int] = {}
    for row in story.records["allocations"]:
        if row["end"] is None:
            held[row["worker_id"]] = held.get(row["worker_id"], 0) + 1
    return [
        {
            "professional_id": row["id"], "staff_id": row["id"], "professional_name": row["name"],
            "social_worker_registration_no": row["registration"], "professional_job_title": row["role"],
            "professional_caseload": held.get(row["id"]), "professional_department": row["team"], "full_time_equivalency": None,
            "agency_worker_flag": None,
        }
        for row in story.records["staff"]
    ]  # fmt: skip


def _involvements(story: Story) -> list[Row]:
    return [
        {
            "involvements_id": f"I{number}", "professional_id": row["worker_id"], "professional_role_id": "Allocated Case Worker",
            "professional_team": team_id(row["team"]), "involvement_start_date": row["start"], "involvement_end_date": row["end"],
            "worker_change_reason": row["why"], "person_id": row["child"], "referral_id": None,
        }
        for number, row in enumerate(story.records["allocations"], start=1)
    ]  # fmt: skip


def _departments() -> list[Row]:
    services = {"assessment": "Front door and assessment", "safeguarding": "Safeguarding", "care": "Children in care"}
    parents = {name: f"S{number}" for number, name in enumerate(dict.fromkeys(services.values()), start=1)}
    whole = [
        {"team_id": key, "team_name": name, "team_parent_id": None, "team_parent_name": None}
        for name, key in parents.items()
    ]
    named = {team.name: services.get(team.kind, services["care"]) for team in TEAMS} | {
        DISABILITY: services["safeguarding"]
    }
    return whole + [
        {"team_id": team_id(name), "team_name": name, "team_parent_id": parents[parent], "team_parent_name": parent}
        for name, parent in named.items()
    ]


def _linked(story: Story) -> list[Row]:
    rows: list[Row] = []
    for person in story.persons.values():
        numbers = (("NHS Number", person.nhs), ("Unique Pupil Number", person.upn))
        rows += [
            {
                "table_id": f"L{person.id}-{kind[:3]}", "person_id": person.id, "identifier_type": kind, "identifier_value": value,
                "valid_from_date": None, "valid_to_date": None,
            }
            for kind, value in numbers
            if value
        ]  # fmt: skip
    return rows


def write_database(made: dict[str, list[Row]], path: Path) -> dict[str, int]:
    """The database as a file, every table there, those of which nothing is known empty. Returns rows by table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    con = sqlite3.connect(path, isolation_level=None)
    con.execute("pragma journal_mode = off")
    con.execute("begin")
    for table, columns in TABLES.items():
        con.execute(f"create table {table} ({', '.join(f'{name} {_type(name, kind)}' for name, kind in columns)})")
        rows = made.get(table, [])
        _refuse_unknown(table, rows)
        marks = ", ".join("?" * len(columns))
        con.executemany(
            f"insert into {table} values ({marks})",
            ([_cell(row.get(name.partition("_")[2])) for name, _ in columns] for row in rows),
        )
    con.execute("commit")
    con.close()
    return {table: len(made.get(table, [])) for table in TABLES}


def _refuse_unknown(table: str, rows: list[Row]) -> None:
    known = {name.partition("_")[2] for name, _ in TABLES[table]}
    if rows and (strange := set(rows[0]) - known):
        raise ValueError(f"{table} has no {', '.join(sorted(strange))}")


def _type(name: str, kind: str) -> str:
    return "NVARCHAR(1000)" if name.endswith(_BLOBS) else _TYPES[kind]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else value


def conference_target(discussion: date) -> date:
    """The day by which a conference is due."""
    return add_wd(discussion, 15)
