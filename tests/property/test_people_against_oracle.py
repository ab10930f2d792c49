"""Holds the members queries of workers and of oversight to the plain reading of their definitions.

A few populations of conformed rows, full of days on which a definition changes its mind; case by case, state, value and weight.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from countermark.reconcile.members import given, period_start
from countermark.warehouse.connect import connect
from tests.examples.world import SQL, indicators, table
from tests.oracle import figures_oversight, figures_people, figures_rest
from tests.oracle.cells import add_working_days
from tests.oracle.figures_people import Cases, Look, Row, Tables, months_on
from tests.oracle.population import back

GROUPS = (
    figures_people.INDICATORS | figures_oversight.INDICATORS,
    figures_rest.INDICATORS,
)  # drawn one after the other
ORACLE = GROUPS[0] | GROUPS[1]
DATES = [date(2022, 9, 30), date(2022, 10, 31), date(2023, 5, 31), date(2024, 2, 29)]
LIMITS = (0, 1, 2, 5, 45)
GRADES = ["outstanding", "good", "requires_improvement", "inadequate", None]
WORDS: dict[str, list[Any]] = {
    "professional_role": ["social_worker", "social_worker", "team_manager", "family_support_worker", None],
    "professional_role_id": ["allocated", "allocated", "allocated", "duty", "co_worker", None],
    "professional_name": ["Ann Childs", "Bo Reed", "Cy Marsh", None, "Di Sand", "Ed Holm"],
    "professional_department": ["North", "South"],
    "full_time_equivalency": [0.1, 0.1, 0.5, 1.0, None, 0.0],
    "agency_worker_flag": ["no", "no", "yes", None],
    "supervision_kind": ["worker", "worker", "case", "oversight", "group", None],
    "action_source": ["audit", "audit", "supervision", None],
    "audit_theme": ["overall", None, "assessment", "planning", "visits", "reviews", "management", "voice"],
    "original_grade": GRADES,
    "moderated_grade": [None, None, *GRADES],
    "rag": ["green", "green", "green", "complete", "amber", None],
    "cla_ceased_reason": ["E4A", "E4B", "E11", None],
    "legal_status": ["C2", "C2", "V3", None],
    "status": ["finalised", "draft", None],
    "visit_type": ["cp", "cin", None],
    "indicator_id": ["AS3", "AS3", None, "PP1"],
    "team": ["North", "South"],
    "filled_fte": [None, None, 0.0, 4.5, 12.0],
    "vacant_fte": [None, 0.0, 1.0, 2.5],
}
KEYS = {"action_number": 90, "challenge_number": 90, "milestone": 12}
SIZES = {
    "professionals": 45,
    "involvements": 260,
    "supervision": 130,
    "management_looks": 500,
    "priority_actions": 90,
    "audits": 260,
    "s47_enquiry": 90,
}
AFTER = {  # a day that often lies at a limit after another
    "involvement_end_date": "involvement_start_date", "closed_date": "due_date", "answered_date": "due_date", "reached_date": "due_date",
    "finalised_date": "visit_date", "recorded_date": "visit_date", "assessment_auth_date": "assessment_start_date",
}  # fmt: skip


class Invented:
    """Rows of one population, drawn from a seeded source."""

    def __init__(self, as_at: date) -> None:
        self.as_at, self.draw = as_at, random.Random(as_at.toordinal())
        first = as_at.replace(day=1)
        self.edges = [
            as_at,
            as_at + timedelta(1),
            first,
            first - timedelta(1),
            date(2022, 8, 29),
            date(2022, 9, 19),
            date(2023, 5, 8),
        ]
        self.edges += [*back(as_at, 45), months_on(first, -11), months_on(first, -11) - timedelta(1)]
        self.edges += [as_at - timedelta(n + s) for n in (0, 7, 14, 28, 42, 56, 183, 365, 730) for s in (-1, 0, 1)]

    def day(self, blank: float) -> date | None:
        """A day: near an edge, or anywhere."""
        if self.draw.random() < blank:
            return None
        anywhere = self.as_at - timedelta(self.draw.randint(-18, self.draw.choice([40, 140, 900])))
        return self.draw.choice(self.edges) if self.draw.random() < 0.4 else anywhere

    def rows(self, name: str) -> list[Row]:
        """All rows of a table, a few of them twice."""
        found: list[Row] = []
        for number in range(SIZES.get(name, 150)):
            row: Row = {
                "authority": "E0", "contract": f"workforce.{name}", "delivery_id": "D1", "source_row": f"{number:05}",
                "extracted_on": self.as_at + timedelta(16),
            }  # fmt: skip
            for column, kind in table(name).columns.items():
                row[column] = self.cell(name, column, kind.type, row, number)
            for column in [one for one in row if one.endswith("_unusable")]:
                row[column] = row[column.removesuffix("_unusable")] is None and self.draw.random() < 0.25
                if column == "involvement_start_date_unusable":
                    row[column] = row["involvement_start_date"] is None
            found.append(row)
            if self.draw.random() < 0.05 and name not in ("involvements", "supervision"):
                found.append({**row, "delivery_id": "D2"})
        return found

    def cell(self, name: str, column: str, kind: str, row: Row, number: int) -> Any:
        """One cell."""
        pick = self.draw.choice
        if column == "person_id":
            return None if name == "supervision" and self.draw.random() < 0.6 else f"C{number % 110}"
        if column == "professional_id":
            return f"W{number}" if name == "professionals" else pick([f"W{self.draw.randint(0, 48)}", "W1", "W2", None])
        if column == "worker":
            return pick([f"W{self.draw.randint(0, 48)}", "ann childs", "Bo Reed", "Di Sand"])
        if column == "priority":
            return "P"
        if column in KEYS:
            return f"{column}{number % KEYS[column]}"
        if column.endswith("_unusable"):
            return False
        if column == "supervision_date" and self.draw.random() < 0.6:
            return self.as_at - timedelta(pick([7, 14, 28, 28, 28, 29, 42, 43, 56, 57, 57, 120]))
        if column == "involvement_end_date" and self.draw.random() < 0.1:
            return months_on(self.as_at, -12)
        if kind == "DATE":
            start = row.get(AFTER.get(column, ""))
            if start is not None and self.draw.random() < 0.6:
                return add_working_days(start, pick(LIMITS)) + timedelta(pick([0, 0, 1]))
            blank = {"role_end_date": 0.7, "involvement_end_date": 0.6, "asye_start_date": 0.3, "cla_ceased_date": 0.3}
            return self.day(
                blank.get(column, 0.5 if column in AFTER or column.endswith(("_end_date", "_close_date")) else 0.08)
            )
        return pick(WORDS.get(column, ["yes", "yes", "no", None])) if kind == "VARCHAR" or column in WORDS else None


def tables_of(group: Iterable[str]) -> list[str]:
    """The tables that indicators read, by name."""
    return sorted({name for one in group for name in (*indicators()[one].reads, *indicators()[one].reads_also)})


class World:
    """A population as both see it."""

    def __init__(self, as_at: date) -> None:
        self.as_at, invented = as_at, Invented(as_at)
        read = list(dict.fromkeys(name for group in GROUPS for name in tables_of(group)))
        self.tables: Tables = {name: invented.rows(name) for name in read}
        for name in ("cp_plans", "cp_visits"):  # of ML1 the assessments are told here; PP1 has the last visits
            self.tables[name] = self.tables[name] if name == "cp_plans" else []
        self.con = connect(None, SQL)
        self.con.execute("create schema conformed")
        for name, rows in self.tables.items():
            self.con.execute(table(name).ddl())
            self.con.execute(f"create temp view {name} as select * from conformed.{name}")
            if rows:
                marks = f"({', '.join('?' * len(rows[0]))})"
                self.con.execute(
                    f"insert into conformed.{name} ({', '.join(rows[0])}) values {', '.join([marks] * len(rows))}",
                    [value for row in rows for value in row.values()],
                )

    def expected(self, indicator_id: str) -> Cases:
        """What the oracle says."""
        one = indicators()[indicator_id]
        look = Look(self.tables, self.as_at, period_start(one, self.as_at))
        return ORACLE[one.window_of or one.id](look)

    def found(self, indicator_id: str, query: str | None = None) -> Cases:
        """What the product says of every case that has a state."""
        return states(self.con, indicator_id, self.as_at, query)


def states(con: duckdb.DuckDBPyConnection, indicator_id: str, as_at: date, query: str | None = None) -> Cases:
    """Case -> state, value, weight."""
    one = indicators()[indicator_id]
    query = query or one.members_sql
    bound = {name: value for name, value in given(one, as_at).items() if re.search(rf"\${name}\b", query)}
    made = con.execute(f"select * from ({query}) where state is not null", bound)
    columns = [column[0] for column in made.description or []]
    rows = [dict(zip(columns, row, strict=True)) for row in made.fetchall()]
    return {
        row["case_id"]: (row["state"], row.get("value"), row.get("weight"))
        for row in rows
        if indicator_id != "ML1" or row["case_id"].endswith("/assessment")
    }


@pytest.fixture(scope="module")
def worlds() -> Iterator[list[World]]:
    """The populations."""
    made = [World(as_at) for as_at in DATES]
    yield made
    for world in made:
        world.con.close()


@pytest.mark.parametrize(
    "indicator_id", sorted(one for one in indicators() if (indicators()[one].window_of or one) in ORACLE)
)
def test_every_case_is_as_the_oracle_says(worlds: list[World], indicator_id: str) -> None:
    seen: set[str] = set()
    for world in worlds:
        expected, found = world.expected(indicator_id), world.found(indicator_id)
        wrong = {
            case: (expected.get(case), found.get(case))
            for case in expected.keys() | found.keys()
            if expected.get(case) != found.get(case)
        }
        assert not wrong, f"{indicator_id} at {world.as_at}: oracle, product: {dict(sorted(wrong.items())[:8])}"
        seen |= {state for state, *_ in expected.values()}
    assert "met" in seen, "the populations are too tame to prove anything"


ALTERED = {
    "WF1": ("if(unclear_cases > 0, 'unusable', null)", "null"),
    "WF2": ("cases > cap * coalesce(fte, 1)", "cases > cap"),
    "WF4": ("role_end_date < $period_start", "role_end_date <= $period_start"),
    "WF7": ("$as_at, $over_months", "$as_at, $over_months - 1"),
    "SV1": ("if(doubtful and not met, 'unusable', null)", "null"),
    "SV2O": ("> every, true", ">= every, true"),
    "AU3": ("if(closed_date_unusable, 'unusable', null)", "null"),
    "AU3O": ("due_date < $as_at", "due_date <= $as_at"),
    "CH1C": ("if(closed_date_unusable, 'unusable', null)", "null"),
    "DQ2": ("written_on <= due_on", "written_on < due_on"),
    "LA19D": ("> $as_at then 'too_recent'", ">= $as_at then 'too_recent'"),
    "ML1": ("if(due_on >= $as_at", "if(due_on > $as_at"),
    "AU1": ("due_date < $period_start", "due_date <= $period_start"),
    "AU4": ("if(odd and not refused, 'unusable', null)", "if(odd, 'unusable', null)"),
    "EH1": ("> 7 * $open_for_weeks", ">= 7 * $open_for_weeks"),
    "WF6": ("vacant_fte + filled", "filled"),
    "WF8": ("between $period_start and $as_at", "between $period_start + 31 and $as_at"),
    "WF10O": ("involvement_start_date < $period_start", "involvement_start_date <= $period_start"),
    "AU2D": ("grade_points(moderated_grade) < ", "grade_points(moderated_grade) <= "),
}


@pytest.mark.parametrize("indicator_id", sorted(ALTERED))
def test_a_definition_that_is_altered_is_noticed(worlds: list[World], indicator_id: str) -> None:
    before, after = ALTERED[indicator_id]
    query = indicators()[indicator_id].members_sql
    assert before in query, "the definition says it otherwise now: alter something that it says"
    altered = query.replace(before, after)
    assert any(world.found(indicator_id, altered) != world.expected(indicator_id) for world in worlds)
