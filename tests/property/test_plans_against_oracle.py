"""Holds the members queries on protection plans, meetings about them and pre-proceedings to the plain reading of their definitions.

A few populations of conformed rows, each large and full of days on which a definition changes its mind; case by case, state and value.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from countermark.contracts.indicator import Indicator
from countermark.reconcile.members import given
from countermark.warehouse.connect import connect
from tests.examples.world import SQL, indicators, table
from tests.oracle import figures_plans, figures_plans_steps, figures_pre_proceedings
from tests.oracle.cells import add_working_days
from tests.oracle.figures_plans import Cases, Found, Look, Row
from tests.oracle.population import back

ORACLE = figures_plans.INDICATORS | figures_plans_steps.INDICATORS | figures_pre_proceedings.INDICATORS
DATES = [date(2022, 9, 30), date(2022, 10, 31), date(2023, 5, 31), date(2024, 2, 29)]
HOLIDAYS = [date(2022, 8, 29), date(2022, 9, 19), date(2023, 5, 8)]
CHILDREN = 110
DAYS = (42, 84, 91, 112, 182, 183, 365, 456, 730)
LIMITS = (0, 5, 10, 20)


class Invented:
    """Rows of one population, drawn from a seeded source; some tables in two extracts, before and after the date."""

    def __init__(self, as_at: date, seed: int) -> None:
        self.as_at, self.draw, self.number = as_at, random.Random(seed), 0
        self.late, self.early = as_at + timedelta(16), as_at - timedelta(12)
        first = as_at.replace(day=1)
        self.edges = [as_at, first, first - timedelta(1), as_at + timedelta(1), *HOLIDAYS, *back(as_at, 5, 10, 20)]
        self.edges += [as_at - timedelta(n + s) for n in DAYS for s in (-1, 0, 1)]

    def day(self, blank: float = 0.05, reach: int = 900) -> date | None:
        """A day: about the date and the month's edges, a limit before the date, on a holiday, or anywhere."""
        if self.draw.random() < blank:
            return None
        anywhere = self.as_at - timedelta(self.draw.randint(-18, self.draw.choice([35, 120, reach])))
        return self.draw.choice(self.edges) if self.draw.random() < 0.3 else anywhere

    def after(self, start: date | None, blank: float = 0.2) -> date | None:
        """A day at a limit after another, or a day beside it; or any other."""
        if start is None or self.draw.random() < 0.25:
            return self.day(blank)
        if self.draw.random() < blank:
            return None
        beside = timedelta(self.draw.choice([-1, 0, 0, 1]))
        if self.draw.random() < 0.5:
            return start + timedelta(self.draw.choice(DAYS)) + beside
        return add_working_days(start, self.draw.choice(LIMITS)) + beside

    def row(self, of: str, child: str | None, *required: str, **said: Any) -> Row:
        """A row with its origin. A blank is unusable now and then, and one without what it requires was rejected for it."""
        self.number += 1
        columns: Row = {name: False if name.endswith("_unusable") else None for name in table(of).columns}
        origin = {
            "authority": "E0", "contract": of, "delivery_id": "D1", "source_row": f"{self.number:06}", "extracted_on": self.late,
        }  # fmt: skip
        made = {**columns, **origin, "person_id": child, **said}
        for name in said:
            if f"{name}_unusable" in columns and made[name] is None:
                made[f"{name}_unusable"] = name in required or self.draw.random() < 0.15
        return made

    def tables(self) -> dict[str, list[Row]]:
        """A population."""
        names = (
            "cp_plans", "person", "visits", "core_groups", "cp_visits", "cp_reviews", "cp_review_history", "cp_plan_history",
            "minutes", "challenges", "cin_plans", "safety_plans", "pre_proceedings", "court_hearings", "initial_cp_conference",
        )  # fmt: skip
        found: dict[str, list[Row]] = {name: [] for name in names}
        for number in range(CHILDREN):
            self.protected(found, f"C{number:03}")
            self.stepping_up(found, f"C{number:03}")
        return found

    def protected(self, found: dict[str, list[Row]], child: str) -> None:
        """Plans of a child, with what happened under them."""
        pick = self.draw.choice
        for _ in range(pick([1, 1, 1, 2])):
            start, end = self.day(0.04), self.day(0.6)
            found["cp_plans"].append(
                self.row(
                    "cp_plans",
                    child,
                    "cp_plan_start_date",
                    cp_plan_start_date=start,
                    cp_plan_end_date=end,
                    previous_plans=pick([0, 1, None]),
                )
            )
            day = start
            for _ in range(pick([0, 2, 5])):
                day = self.after(day, 0.05)
                said: dict[str, Any] = {
                    "visit_type": pick(["cp", "cp", None, "cin"]),
                    "seen": pick(["yes", "yes", "yes", "no", None]),
                }
                said |= {"status": pick([None, "finalised", "draft"]), "seen_alone": pick(["yes", "no", None])}
                found["visits"].append(
                    self.row(
                        "visits",
                        child,
                        "visit_date",
                        visit_date=day,
                        extracted_on=pick([self.late, self.late, self.early]),
                        **said,
                    )
                )
            day = start
            for _ in range(pick([0, 1, 3])):
                day = self.after(day, 0.05)
                said = {"core_group_date": day, "status": pick(["held", "held", "held", "cancelled", None])}
                found["core_groups"].append(self.row("core_groups", child, "core_group_date", **said))
            for extract in (self.early, self.late):
                said = {"cp_plan_start_date": start, "extracted_on": extract}
                found["cp_visits"].append(self.row("cp_visits", child, cp_visit_date=self.day(0.2, 60), **said))
                found["cp_reviews"].append(self.row("cp_reviews", child, cp_review_date=self.day(0.2, 300), **said))
            for _ in range(pick([0, 1, 3])):
                reviewed = self.row(
                    "cp_review_history", child, cp_review_date=self.after(start, 0.05), cp_plan_start_date=start
                )
                found["cp_review_history"].append(self.returned(reviewed))
            earlier = self.row(
                "cp_plan_history", child, cp_plan_start_date=self.day(0, 1500), cp_plan_end_date=self.day(0.2, 1000)
            )
            found["cp_plan_history"].append(self.returned(earlier))
        found["person"].append(self.row("person", child, date_of_birth=pick([None, date(2012, 1, 1), self.day(0)])))

    def returned(self, row: Row) -> Row:
        """The row as the case system has it, or as a census of the year before last or of last year had it."""
        contract = self.draw.choice(["ssd.one", "ssd.one", "cin.one"])
        if contract == "cin.one":
            row["extracted_on"] = date(self.as_at.year - self.draw.choice([0, 1]), 6, 14)
            if row["extracted_on"] > self.as_at:
                row["extracted_on"] = date(self.as_at.year - 1, 6, 14)
        return {**row, "contract": contract}

    def stepping_up(self, found: dict[str, list[Row]], child: str) -> None:
        """Meetings, challenges, other plans, pre-proceedings and proceedings."""
        pick = self.draw.choice
        for _ in range(2):
            held = self.day(0.04)
            said = {"meeting_type": pick(["icpc", "rcpc", "core_group", "cla_review", None]), "meeting_date": held}
            found["minutes"].append(
                self.row(
                    "minutes",
                    child,
                    "meeting_date",
                    distributed_date=self.after(held, 0.4),
                    on_file=pick(["yes", None, None]),
                    **said,
                )
            )
            found["initial_cp_conference"].append(
                self.row("initial_cp_conference", child, icpc_date=self.after(held, 0.5))
            )
        raised = self.day(0.04)
        said = {
            "challenge_kind": pick(["chair", "chair", "board", None]),
            "raised_date": raised,
            "closed_date": self.after(raised, 0.4),
        }
        found["challenges"].append(
            self.row("challenges", child, "raised_date", challenge_number=f"CH{self.number % 40}", **said)
        )
        need = {"cin_plan_start_date": self.day(0.05), "cin_plan_end_date": self.day(0.6)}
        found["cin_plans"].append(self.returned(self.row("cin_plans", child, "cin_plan_start_date", **need)))
        made = self.day(0.04)
        for extract in (self.early, self.late):
            said = {
                "start_date": made,
                "reviewed_date": self.day(0.3, 60),
                "end_date": self.day(0.8),
                "extracted_on": extract,
            }
            found["safety_plans"].append(self.row("safety_plans", child, "start_date", **said))
        if self.draw.random() < 0.7:
            began = self.day(0.04)
            letter, decided = self.after(began, 0.3), self.after(began, 0.4)
            said = {
                "pre_pro_start_date": began,
                "pre_pro_letter_date": letter,
                "initial_pre_pro_meeting_date": self.after(letter, 0.3),
            }
            said |= {"agree_stepdown_issue_date": decided, "court_application_date": self.after(decided, 0.6)}
            said |= {"last_review_meeting_date": self.day(0.4, 60), "family_id": f"F{self.number % 50}"}
            said |= {"pre_pro_outcome": pick(["step_down", "Issue proceedings", "extended", None])}
            found["pre_proceedings"].append(self.row("pre_proceedings", child, "pre_pro_start_date", **said))
        issued = self.day(0.1)
        for event in ("filing_evidence", "filing_care_plan", "final_hearing"):
            directed = self.after(issued, 0.05)
            said = {
                "issued_date": pick([issued, issued, None]),
                "court_case_number": f"Z{child}",
                "court_event": event,
                "directed_date": directed,
            }
            said |= {"done_date": self.after(directed, 0.3), "adjourned": pick([None, None, None, "yes"])}
            found["court_hearings"].append(
                self.row("court_hearings", child, "directed_date", concluded_date=self.after(issued, 0.7), **said)
            )


def fill(con: duckdb.DuckDBPyConnection, tables: dict[str, list[Row]]) -> None:
    """Put the rows where a members.sql reads them."""
    con.execute("create schema if not exists conformed")
    for name, rows in tables.items():
        con.execute(table(name).ddl())
        columns = list(rows[0])
        marks = f"({', '.join('?' * len(columns))})"
        con.execute(
            f"insert into conformed.{name} ({', '.join(columns)}) values {', '.join([marks] * len(rows))}",
            [row[column] for row in rows for column in columns],
        )
        con.execute(f"create or replace temp view {name} as select * from conformed.{name}")


def members(con: duckdb.DuckDBPyConnection, indicator: Indicator, as_at: date, query: str) -> Cases:
    """The state and value of every case inside the cohort, as the product has them."""
    said = {name: value for name, value in given(indicator, as_at).items() if re.search(rf"\${name}\b", query)}
    measured = "round(value, 6)" if indicator.is_measured else "null"
    rows = con.execute(f"select case_id, state, {measured} from ({query}) where state is not null", said).fetchall()
    assert len({row[0] for row in rows}) == len(rows), "a case is there twice"
    return {case_id: Found(state, value) for case_id, state, value in rows}


def expected(name: str, look: Look) -> Cases:
    """The same as the oracle has them."""
    return {
        case: said._replace(value=None if said.value is None else round(said.value, 6))
        for case, said in ORACLE[name](look).items()
    }


@pytest.fixture(scope="module", params=DATES, ids=str)
def world(request: pytest.FixtureRequest) -> Iterator[tuple[duckdb.DuckDBPyConnection, Look]]:
    """A population at a date, in the engine and for the oracle."""
    as_at: date = request.param
    tables = Invented(as_at, seed=as_at.toordinal()).tables()
    with connect(None, SQL) as con:
        con.execute("set threads = 1")
        fill(con, tables)
        yield con, Look(tables, as_at, as_at.replace(day=1))


@pytest.mark.parametrize("name", sorted(ORACLE))
def test_cases_are_those_of_the_oracle(world: tuple[duckdb.DuckDBPyConnection, Look], name: str) -> None:
    con, look = world
    real, told = members(con, indicators()[name], look.as_at, indicators()[name].members_sql), expected(name, look)
    differing = {case: (told.get(case), real.get(case)) for case in {*told, *real} if told.get(case) != real.get(case)}
    assert not differing, (
        f"{name} at {look.as_at}, oracle and product: {dict(sorted(differing.items())[:5])} of {len(differing)}"
    )
    assert told, "nobody is in the cohort: nothing was compared"


ALTERED = {
    "PP2": ("seen_on <= due_on", "seen_on < due_on"),
    "PP4": ("held_on <= due_on", "held_on < due_on"),
    "PL2": ("> 7 * $at_most_weeks", ">= 7 * $at_most_weeks"),
}


@pytest.mark.parametrize("name", sorted(ALTERED))
def test_an_altered_definition_is_noticed(name: str) -> None:
    """The positive control: in at least one of the populations, over a long period, a boundary moved by a day is a case that differs."""
    query = indicators()[name].members_sql
    altered = query.replace(*ALTERED[name])
    assert altered != query
    assert any(_noticed(name, altered, as_at) for as_at in DATES)


def _noticed(name: str, altered: str, as_at: date) -> bool:
    tables = Invented(as_at, seed=as_at.toordinal()).tables()
    long_ago = as_at - timedelta(900)
    with connect(None, SQL) as con:
        con.execute("set threads = 1")
        fill(con, tables)
        query = altered.replace("$period_start", f"date '{long_ago}'")
        return members(con, indicators()[name], as_at, query) != expected(name, Look(tables, as_at, long_ago))
