"""Holds the members queries of the front door, assessments, enquiries and plans of need to the plain reading of their definitions.

A few populations of conformed rows, each large and full of days on which a definition changes its mind; case by case, state and value.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from countermark.contracts.indicator import Indicator
from countermark.reconcile.members import given
from countermark.warehouse.connect import connect
from tests.examples.world import SQL, indicators, table
from tests.oracle import figures_front, figures_front_need
from tests.oracle.cells import add_working_days
from tests.oracle.figures_front import Look, Row, States, Tables
from tests.oracle.population import back

ORACLE = figures_front.INDICATORS | figures_front_need.INDICATORS
DATES = [date(2022, 9, 30), date(2022, 10, 31), date(2023, 5, 31), date(2024, 2, 29)]
HOLIDAYS = [date(2022, 8, 29), date(2022, 9, 19), date(2023, 5, 8)]
CHILDREN = 160
YES_NO = ["yes", "no", None]
STATUSES = ["cin_plan", "cin_plan", None, None, "child_protection_plan"]
LIMITS = (0, 1, 5, 15, 20, 45, 56)


class Invented:
    """Rows of one population, drawn from a seeded source."""

    def __init__(self, as_at: date, seed: int) -> None:
        self.as_at, self.draw, self.number = as_at, random.Random(seed), 0
        self.extracted_on = as_at + timedelta(days=16)
        first = as_at.replace(day=1)
        self.edges = [as_at, first, first - timedelta(1), as_at + timedelta(1), *HOLIDAYS, *back(as_at, 5, 20)]
        self.edges += [as_at - timedelta(n + s) for n in (56, 84, 182, 273, 365) for s in (-1, 0, 1)]

    def day(self, *, blank: float = 0.05) -> date | None:
        """A day: about the date and the month's edges, a limit before the date, on a holiday, a year ago, or anywhere."""
        if self.draw.random() < blank:
            return None
        anywhere = self.as_at - timedelta(self.draw.randint(-18, self.draw.choice([35, 120, 480])))
        return self.draw.choice(self.edges) if self.draw.random() < 0.4 else anywhere

    def after(self, start: date | None, *, blank: float) -> date | None:
        """A day some working days after another, often at a limit; or any other."""
        if start is None or self.draw.random() < 0.25:
            return self.draw.choice([self.day(blank=blank), self.day(blank=blank), self.as_at])
        if self.draw.random() < blank:
            return None
        return add_working_days(start, self.draw.choice(LIMITS)) + timedelta(self.draw.choice([-1, 0, 0, 0, 1]))

    def row(self, of: str, child: str, **said: Any) -> Row:
        """A row with its origin; what is not said is blank, and a flag false."""
        self.number += 1
        columns = {name: False if name.endswith("_unusable") else None for name in table(of).columns}
        origin = {
            "authority": "E0", "contract": of, "delivery_id": "D1", "source_row": f"{self.number:06}",
            "extracted_on": self.extracted_on,
        }  # fmt: skip
        return {**columns, **origin, "person_id": child, **said}

    def spoilt(self, row: Row, *columns: str) -> Row:
        """The row, with a blank of these columns now and then one that could not be read."""
        for column in columns:
            if row[column] is None and self.draw.random() < 0.3:
                row[f"{column}_unusable"] = True
        return row

    def begun(self, of: str, child: str, start: str, **said: Any) -> Row:
        """A row of an event: without a start it was rejected."""
        day = said.pop(start, None) or self.day(blank=0.04)
        return self.row(of, child, **{start: day, f"{start}_unusable": day is None}, **said)


def some(invented: Invented, child: str) -> Iterator[tuple[str, Row]]:
    """What the lists say of one child."""
    pick, of = invented.draw.choice, invented.draw.random
    for _ in range(pick([0, 1, 1, 2])):
        yield "contacts", invented.begun("contacts", child, "contact_date")
        row = invented.begun(
            "contact_outcomes", child, "contact_date", contact_outcome=pick(["referral", "advice", None])
        )
        yield "contact_outcomes", invented.spoilt(row, "contact_outcome")
        row = invented.begun("contact_decisions", child, "contact_date")
        row["decision_date"] = invented.after(row["contact_date"], blank=0.2)
        yield "contact_decisions", invented.spoilt(row, "decision_date")
    for _ in range(pick([0, 1, 1, 2, 3])):
        row = invented.begun("referrals", child, "referral_date", referral_nfa=pick(["yes", "no", "no", None]))
        row["referrals_last_12_months"] = pick([0, 0, 1, 2, None])
        yield "referrals", invented.spoilt(row, "referral_nfa", "referrals_last_12_months")
        if of() < 0.4 and row["referral_date"]:
            yield "cin_assessments", assessed(invented, child, invented.after(row["referral_date"], blank=0.0))
    for _ in range(pick([0, 1, 1, 2])):
        row = assessed(invented, child, None)
        yield "cin_assessments", row
        if row["assessment_start_date"] and of() < 0.5:
            handed = row["assessment_start_date"] + timedelta(pick([0, 0, 1, 9]))
            yield "involvements", held(invented, child, "W1", handed - timedelta(30), handed)
            yield "involvements", held(invented, child, "W2", handed, None)
    for _ in range(pick([0, 1, 1, 2])):
        row = invented.begun("s47_enquiry", child, "s47_start_date", icpc_unnecessary=pick(YES_NO))
        row["icpc_date"] = invented.after(row["s47_start_date"], blank=0.5)
        row["s47_end_date"] = invented.after(row["s47_start_date"], blank=0.7)
        row["s47_last_12_months"] = pick([0, 0, 1, None])
        yield "s47_enquiry", invented.spoilt(row, "icpc_unnecessary", "icpc_date", "s47_last_12_months")
        if row["s47_start_date"] and of() < 0.5:
            yield discussed(invented, child, row["s47_start_date"] - timedelta(pick([0, 0, 1, 2, 3])))
    for _ in range(pick([0, 1])):
        yield discussed(invented, child, None)
        yield (
            "initial_cp_conference",
            invented.begun("initial_cp_conference", child, "icpc_date", icpc_outcome_cp=pick(YES_NO)),
        )


def assessed(invented: Invented, child: str, start: date | None) -> Row:
    """An assessment."""
    pick = invented.draw.choice
    row = invented.begun("cin_assessments", child, "assessment_start_date", assessment_start_date=start)
    row |= {"assessment_child_seen": pick([*YES_NO, "unknown"]), "assessed_in_need": pick(YES_NO)}
    row["assessment_auth_date"] = invented.after(row["assessment_start_date"], blank=0.3)
    row["referral_date"] = invented.day(blank=0.9)
    return invented.spoilt(row, "assessment_auth_date")


def held(invented: Invented, child: str, worker: str, start: date, end: date | None) -> Row:
    """An allocation by the case system."""
    said = {"professional_id": worker, "professional_role_id": "allocated", "involvement_start_date": start}
    return invented.row("involvements", child, **said, involvement_end_date=end, contract="ssd.involvements")


def discussed(invented: Invented, child: str, on: date | None) -> tuple[str, Row]:
    """A strategy discussion as a tracker has it."""
    pick = invented.draw.choice
    row = invented.begun("strategy_discussions", child, "strategy_discussion_date", strategy_discussion_date=on)
    row |= {"led_to_s47": pick(YES_NO), "outcome": pick([None, "no_further_action", "assessment"])}
    row["extracted_on"] = invented.as_at + timedelta(pick([2, 16]))
    return "strategy_discussions", invented.spoilt(row, "led_to_s47")


def more(invented: Invented, child: str) -> Iterator[tuple[str, Row]]:
    """Who holds the child's case, and the plans."""
    pick = invented.draw.choice
    for _ in range(pick([0, 1, 2, 3])):
        row = invented.begun("involvements", child, "involvement_start_date", professional_id=pick(["W1", "W2", None]))
        row |= {"professional_role_id": pick(["allocated", "allocated", None, "co_worker"])}
        row |= {"contract": pick(["ssd.involvements", "ssd.involvements", "workforce.allocations"])}
        row["involvement_end_date"] = invented.after(row["involvement_start_date"], blank=0.5)
        yield "involvements", invented.spoilt(row, "involvement_end_date")
    for name, start, end in (
        ("cp_plans", "cp_plan_start_date", "cp_plan_end_date"),
        ("cla_episodes", "cla_start_date", "cla_ceased_date"),
        ("cin_plans", "cin_plan_start_date", "cin_plan_end_date"),
    ):
        for _ in range(pick([0, 0, 1]) if name != "cin_plans" else pick([0, 1, 1, 2])):
            edge = figures_front_need.months_before(invented.as_at, pick([9, 12]))
            row = invented.begun(name, child, start, **{start: pick([None, None, None, edge])})
            row[end] = invented.after(row[start], blank=0.7)
            yield name, invented.spoilt(row, end)
    for _ in range(pick([0, 1, 1, 2])):
        yield "family", invented.row("family", child, family_id=f"F{int(child[1:]) // 3 + pick([0, 0, 0, 1])}")
    for _ in range(pick([0, 1, 1, 1, 2])):
        long_ago = pick([None, invented.as_at - timedelta(400)])
        row = invented.begun(
            "cin_episodes", child, "cin_start_date", cin_start_date=long_ago, case_status=pick(STATUSES)
        )
        row |= {
            "cin_close_date": invented.after(row["cin_start_date"], blank=0.75),
            "cin_close_reason": pick(["RC7", "RC8"]),
        }
        yield "cin_episodes", invented.spoilt(row, "cin_close_date")
    for taken in invented.draw.sample([-17, -3, 0, 2, 16], k=pick([0, 2, 3])):
        visit = invented.row(
            "cin_visits", child, cin_visit_date=pick([invented.day(blank=0.1), pick(back(invented.as_at, 20))])
        )
        visit["cin_start_date"] = pick([invented.as_at, invented.as_at, invented.as_at, None])
        visit |= {"extracted_on": invented.as_at + timedelta(taken), "contract": "cin_episodes"}
        yield "cin_visits", invented.spoilt(visit, "cin_visit_date")
    for _ in range(pick([0, 1, 2])):
        on = invented.as_at - timedelta(pick([83, 84, 85])) if invented.draw.random() < 0.3 else None
        row = invented.begun(
            "cin_reviews", child, "cin_review_date", cin_review_date=on, status=pick(["held", "held", None, "planned"])
        )
        row |= {"extracted_on": invented.as_at + timedelta(pick([2, 16]))}
        yield "cin_reviews", invented.spoilt(row, "status")


def population(as_at: date, seed: int) -> Tables:
    """Every table that the group reads; some rows twice, the later as it stands."""
    invented = Invented(as_at, seed)
    read = {name for one in ORACLE for name in (*indicators()[one].reads, *indicators()[one].reads_also)}
    tables: Tables = {name: [] for name in read}
    for number in range(CHILDREN):
        for name, row in (*some(invented, f"C{number}"), *more(invented, f"C{number}")):
            tables[name].append(row)
            if invented.draw.random() < 0.03 and name not in ("cin_visits", "involvements"):
                tables[name].append({**row, "source_row": row["source_row"] + "b"})
    return tables


def filled(tables: Tables) -> duckdb.DuckDBPyConnection:
    """The tables as the product has them."""
    con = connect(None, SQL)
    con.execute("create schema if not exists conformed")
    for name, rows in tables.items():
        con.execute(table(name).ddl())
        con.execute(f"create temp view {name} as select * from conformed.{name}")
        columns = list(rows[0])
        marks = f"({', '.join('?' * len(columns))})"
        values = [row[column] for row in rows for column in columns]
        con.execute(
            f"insert into conformed.{name} ({', '.join(columns)}) values {', '.join([marks] * len(rows))}", values
        )
    return con


def states_of(con: duckdb.DuckDBPyConnection, indicator: Indicator, as_at: date, query: str) -> dict[str, str]:
    """What the product says of every case that has a state."""
    said = {name: value for name, value in given(indicator, as_at).items() if f"${name}" in query}
    return dict(con.execute(f"select case_id, state from ({query}) where state is not null", said).fetchall())


class World:
    """A population as both see it; what the oracle says of it is worked out once."""

    def __init__(self, as_at: date) -> None:
        self.as_at, self.tables = as_at, population(as_at, as_at.toordinal())
        self.con = filled(self.tables)
        self.look = Look(self.tables, as_at, as_at.replace(day=1))
        self.expected = {one: judge(self.look) for one, judge in ORACLE.items()}

    def over_a_year(self, indicator_id: str) -> States:
        """What the oracle says over twelve months."""
        first = date(self.as_at.year - 1, self.as_at.month + 1, 1)
        return ORACLE[indicator_id](replace(self.look, first=first))


@pytest.fixture(scope="module")
def worlds() -> Iterator[list[World]]:
    """The populations."""
    made = [World(as_at) for as_at in DATES]
    yield made
    for world in made:
        world.con.close()


@pytest.mark.parametrize("indicator_id", sorted(ORACLE))
def test_every_case_is_in_the_state_that_the_oracle_says(worlds: list[World], indicator_id: str) -> None:
    for world in worlds:
        asked = [(indicators()[indicator_id], world.expected[indicator_id])]
        if (longer := indicators().get(f"{indicator_id}_12M")) is not None:
            asked.append((longer, world.over_a_year(indicator_id)))
        for one, expected in asked:
            found = states_of(world.con, one, world.as_at, one.members_sql)
            pairs = {case: (expected.get(case), found.get(case)) for case in {*expected, *found}}
            differs = {case: pair for case, pair in pairs.items() if pair[0] != pair[1]}
            assert not differs, f"{one.id} at {world.as_at}, oracle and product: {differs}"


def test_what_is_measured_is_what_the_oracle_measures(worlds: list[World]) -> None:
    query = f"select case_id, value from ({indicators()['AS3A'].members_sql}) where value is not null"
    for world in worlds:
        assert dict(world.con.execute(query, {"as_at": world.as_at}).fetchall()) == figures_front.age_of_open(
            world.look
        )


ALTERED = {  # of each definition: a boundary moved by one
    "FD1": ("between $period_start and $as_at", "between $period_start + 1 and $as_at"),
    "FD1C": ("contact_date > $as_at", "contact_date >= $as_at"),
    "FD2": ("decision_date <= due_on", "decision_date < due_on"),
    "FD3": ("between $period_start and $as_at", "between $period_start and $as_at - 1"),
    "FD4": ("between $period_start and $as_at", "between $period_start and $as_at - 1"),
    "FD4C": ("referral_date desc,", "referral_date asc,"),
    "AS0": ("assessment_auth_date <= $as_at then", "assessment_auth_date < $as_at then"),
    "AS3A": ("assessment_start_date > $as_at", "assessment_start_date >= $as_at"),
    "AS1R": (" <= $assess_within_working_days", " < $assess_within_working_days"),
    "AS4": ("<= $begin_within_working_days", "< $begin_within_working_days"),
    "AS5": ("assessment_auth_date < $period_start", "assessment_auth_date <= $period_start"),
    "AS6": ("assessment_start_date and $as_at", "assessment_start_date and $as_at - 1"),
    "AS7": ("between $period_start and $as_at", "between $period_start + 1 and $as_at"),
    "AS8": ("involvement_end_date > assessment_start_date", "involvement_end_date >= assessment_start_date"),
    "ASC": ("cin_close_date <= $as_at", "cin_close_date < $as_at"),
    "CP0": ("between $period_start and $as_at", "between $period_start + 1 and $as_at"),
    "CP1": ("between strategy_discussion_date and", "between strategy_discussion_date + 1 and"),
    "CP1N": ("strategy_discussion_date > $as_at", "strategy_discussion_date >= $as_at"),
    "CP2": ("s47_end_date <= $as_at", "s47_end_date < $as_at"),
    "CP3D": ("icpc_date <= due_on", "icpc_date < due_on"),
    "CP3F": ("<= $confer_within_working_days", "< $confer_within_working_days"),
    "CP5": ("icpc_date > $as_at", "icpc_date >= $as_at"),
    "CP5F": ("icpc_date > $as_at", "icpc_date >= $as_at"),
    "CP6": ("between $period_start and $as_at", "between $period_start + 1 and $as_at"),
    "CN1": ("<= $visit_within_working_days, false", "< $visit_within_working_days, false"),
    "CN2": ("due_on >= $as_at", "due_on > $as_at"),
    "CN3": ("not has_plan and (unknown_plan", "not has_plan and not (unknown_plan"),
    "CN4": ("plan_on <= since", "plan_on < since"),
    "CN4Y": ("plan_on <= since", "plan_on < since"),
}


def test_the_populations_have_cases_of_every_kind(worlds: list[World]) -> None:
    for indicator_id in ORACLE:
        states = {state for world in worlds for state in world.expected[indicator_id].values()}
        wanted = {"met"} if indicators()[indicator_id].measures in ("count", "median") else {"met", "not_met"}
        assert wanted | {"not_countable"} <= states, indicator_id


@pytest.mark.parametrize("indicator_id", sorted(ORACLE))
def test_an_altered_definition_is_noticed(worlds: list[World], indicator_id: str) -> None:
    """The positive control: over the populations together, each alteration changes the state of some case."""
    (old, new), indicator = ALTERED[indicator_id], indicators()[indicator_id]
    assert old in indicator.members_sql
    query = indicator.members_sql.replace(old, new)
    assert any(states_of(world.con, indicator, world.as_at, query) != world.expected[indicator_id] for world in worlds)
