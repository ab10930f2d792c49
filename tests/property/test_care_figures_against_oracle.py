"""Holds the members queries of children in care, permanence and care leavers to the plain reading of their definitions.

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
from countermark.reconcile.members import given, period_start
from countermark.warehouse.connect import connect
from tests.examples.world import SQL, indicators, table
from tests.oracle import figures_care, figures_care_homes, figures_permanence
from tests.oracle.cells import add_working_days
from tests.oracle.figures_care import Judged, months_after
from tests.oracle.figures_front import Look, Row, Tables
from tests.oracle.population import back

ORACLE = figures_care.INDICATORS | figures_care_homes.INDICATORS | figures_permanence.INDICATORS
DATES = [date(2022, 9, 30), date(2022, 10, 31), date(2023, 5, 31), date(2024, 2, 29)]
HOLIDAYS = [date(2022, 8, 29), date(2022, 9, 19), date(2023, 5, 8)]
CHILDREN = 260
STATUSES = ["C2", "C2", "C1", "V2", "V2", "V2", "V3", None]
PLACES = ["U6", "U6", "U4", "P1", "P1", "A6", "T1", "K2", None]
TEAMS = ["North", "South", None]


class Invented:
    """Rows of one population, drawn from a seeded source."""

    def __init__(self, as_at: date, seed: int) -> None:
        self.as_at, self.draw, self.number = as_at, random.Random(seed), 0
        self.extracted_on = as_at + timedelta(days=16)
        first = as_at.replace(day=1)
        self.near = [as_at, first, first - timedelta(1), as_at + timedelta(1), *HOLIDAYS, *back(as_at, 10, 20)]
        self.near += [as_at - timedelta(n + s) for n in (7, 28, 42, 112, 168) for s in (-1, 0, 1)]
        months = (3, 4, 6, 12, 24, 30, 36)
        self.far = [months_after(as_at, -n) + timedelta(s) for n in months for s in (0, 1)]
        self.far += [as_at - timedelta(n) for n in (425, 426, 427)]

    def chance(self, share: float) -> bool:
        """Whether something that so often happens does."""
        return self.draw.random() < share

    def day(self, *, blank: float = 0.05, reach: int = 500) -> date | None:
        """A day: about the date and the limits before it, a limit in months, or anywhere within reach."""
        if self.chance(blank):
            return None
        anywhere = self.as_at - timedelta(self.draw.randint(-16, self.draw.choice([40, 120, reach])))
        return self.draw.choice([self.draw.choice(self.near), self.draw.choice(self.far), anywhere, anywhere])

    def after(self, start: date | None, *, blank: float) -> date | None:
        """A day some days, working days or months after another, often at a limit; or any other."""
        if self.chance(blank):
            return None
        if start is None or self.chance(0.2):
            return self.day(blank=0)
        at = [start + timedelta(self.draw.choice([0, 0, 7, 28, 42, 56, 112, 168, 426]))]
        at += [add_working_days(start, self.draw.choice([10, 15, 20])), months_after(start, self.draw.choice([3, 6]))]
        return self.draw.choice(at) + timedelta(self.draw.choice([-1, 0, 0, 0, 1]))

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
            if row[column] is None and self.chance(0.25):
                row[f"{column}_unusable"] = True
        return row

    def begun(self, of: str, child: str, start: str, **said: Any) -> Row:
        """A row of an event: without a start it was rejected."""
        day = said.pop(start, None) or self.day(blank=0.04)
        return self.row(of, child, **{start: day, f"{start}_unusable": day is None}, **said)


def cared_for(new: Invented, child: str) -> Iterator[tuple[str, Row]]:
    """Periods of care, where and under which order; visits, reviews and checks as lists and as logs have them."""
    pick = new.draw.choice
    long_ago = new.as_at - timedelta(new.draw.randint(300, 2500))
    recent = new.as_at - timedelta(new.draw.randint(20, 60))
    contact = new.day(blank=0.2)
    edges: dict[str, list[date | None]] = {"cla_reviews": [contact], "cla_health": [], "cla_visits": []}
    for _ in range(pick([1, 1, 1, 2])):
        began = pick([None, long_ago, long_ago, recent])
        row = new.begun("cla_episodes", child, "cla_start_date", cla_start_date=began, legal_status=pick(STATUSES))
        row |= {
            "cla_ceased_date": new.after(row["cla_start_date"], blank=0.85),
            "permanence_plan": pick([None, None, "adoption"]),
        }
        row |= {"cla_ceased_reason": pick(["E45", "E41", "E4A", None]), "team": pick(TEAMS)}
        row["cla_last_iro_contact_date"] = contact
        if started := row["cla_start_date"]:
            edges["cla_reviews"] += [add_working_days(started, 20)]
            edges["cla_health"] += [started, started]
        yield "cla_episodes", new.spoilt(row, "cla_ceased_date", "cla_last_iro_contact_date")
    began = pick([new.day(), new.day(), long_ago, months_after(new.as_at, -24)])
    for _ in range(pick([0, 1, 2])):
        row = new.begun(
            "cla_placement",
            child,
            "cla_placement_start_date",
            cla_placement_start_date=began,
            cla_placement_type=pick(PLACES),
        )
        row["cla_placement_end_date"] = new.after(began, blank=0.8)
        yield "cla_placement", row
        began = new.after(began, blank=0)
    row = new.row("legal_status", child, legal_status=pick(STATUSES), legal_status_start_date=new.day(blank=0.1))
    yield "legal_status", {**row, "legal_status_end_date": new.after(row["legal_status_start_date"], blank=0.85)}
    row = new.row("person", child, date_of_birth=pick([new.as_at - timedelta(new.draw.randint(300, 6500)), None]))
    row["date_of_birth"] = pick(
        [row["date_of_birth"], months_after(new.as_at, pick([-60, -192])) + timedelta(pick([0, 1]))]
    )
    yield "person", new.spoilt(row, "date_of_birth")
    for name, column, kinds in (
        ("cla_visits", "cla_visit_date", [{}]),
        ("cla_reviews", "cla_review_date", [{}]),
        (
            "cla_health",
            "health_check_date",
            [{"health_check_type": kind} for kind in ("health assessment", "dental check")],
        ),
    ):
        for taken in new.draw.sample([-17, 0, 2, 16, 16, 16], k=pick([0, 1, 2, 3])):
            for kind in kinds:
                row = new.row(name, child, extracted_on=new.as_at + timedelta(taken), **kind)
                row |= {column: pick([new.day(blank=0.1), *edges[name]]), "source_row": f"{name}{child}{taken}{kind}"}
                yield name, new.spoilt(row, column)
    last = began
    for _ in range(pick([0, 2, 4, 7])):
        last = last + timedelta(pick([7, 42, 42])) if last and new.chance(0.6) else new.after(last, blank=0)
        row = new.row(
            "visits", child, visit_date=last, visit_type=pick(["cla", "cla", "cla", None, "cp"]), team=pick(TEAMS)
        )
        row |= {
            "seen": pick(["yes", "yes", "yes", "yes", "no", None]),
            "status": pick(["finalised", None, None, "draft"]),
        }
        row["extracted_on"] = new.as_at + timedelta(2 if new.chance(0.95) else -17)
        yield "visits", row
    last = long_ago if new.chance(0.5) else new.day(blank=0)
    for _ in range(pick([0, 1, 3, 5])):
        last = months_after(last, pick([3, 6])) if last and new.chance(0.6) else new.after(last, blank=0)
        row = new.row(
            "cla_review_chain", child, cla_review_date=last, contract=pick(["ssd.cla_reviews", "ssda903.reviews"])
        )
        yield "cla_review_chain", {**row, "extracted_on": new.as_at + timedelta(pick([-40, -5, -5, -5]))}
    for _ in range(pick([0, 0, 1])):
        row = new.row("missing", child, missing_episodes_last_12_months=pick([None, None, 0, 1, 4]))
        row |= {"missing_episode_start_date": new.day(blank=0.4), "missing_episode_type": pick(["M", "A", None])}
        home = random.Random(f"{child}{new.number}")  # its own source: what else is drawn stays as it was
        answers = ["yes", "yes", "no", "unknown", None]
        row |= {f"missing_rhi_{what}": home.choice(answers) for what in ("offered", "accepted")}
        yield "missing", new.spoilt(row, "missing_episodes_last_12_months")
    for _ in range(pick([0, 1])):
        yield (
            "cla_moves",
            new.begun("cla_moves", child, "move_date", move_reason=pick(["CARPL", "PLACE", "CREQB", "OTHER", None])),
        )
    for _ in range(pick([0, 1])):
        row = new.begun("cla_care_plan", child, "cla_care_plan_start_date", permanence_plan=pick(["ADOPT", None]))
        yield "cla_care_plan", {**row, "cla_care_plan_end_date": new.after(row["cla_care_plan_start_date"], blank=0.7)}


def planned_for(new: Invented, child: str) -> Iterator[tuple[str, Row]]:
    """What registers, lists of adoption and lists of care leavers say."""
    pick = new.draw.choice

    def of_register(of: str, start: str, **said: Any) -> Row:
        row = new.begun(of, child, start, team=pick(TEAMS), **said)
        return {**row, "extracted_on": new.as_at + timedelta(2 if new.chance(0.9) else -17)}

    for _ in range(pick([0, 1, 1])):
        row = of_register("reg24_approvals", "placement_start_date")
        ago = new.as_at - timedelta(pick([112, 113, 168, 169]))
        row["approval_date"] = pick([ago, new.after(row["placement_start_date"], blank=0.1)])
        for name, blank in (("viability", 0.2), ("expiry", 0.8), ("extension", 0.5), ("full_assessment_start", 0.3)):
            row[f"{name}_date"] = new.after(row["approval_date"], blank=blank)
        row["viability_date"] = pick([row["placement_start_date"], new.after(row["placement_start_date"], blank=0.2)])
        row["full_assessment_start_date"] = new.after(row["placement_start_date"], blank=0.3)
        row["extended_until"] = new.after(row["extension_date"], blank=0.6)
        row |= {
            "full_approval_date": new.after(row["approval_date"], blank=0.8),
            "placement_end_date": new.after(row["approval_date"], blank=0.8),
        }
        flagged = (
            "viability_date",
            "approval_date",
            "extension_date",
            "extended_until",
            "full_approval_date",
            "placement_end_date",
        )
        yield "reg24_approvals", new.spoilt(row, *flagged, "full_assessment_start_date")
    for _ in range(pick([0, 0, 1])):
        row = of_register(
            "parent_placements", "placement_start_date", immediate_placement=pick(["yes", "yes", "no", None])
        )
        for name in ("assessment_date", "authorised_date", "later_assessment_date"):
            row[name] = pick([row["placement_start_date"], new.after(row["placement_start_date"], blank=0.2), None])
        row |= {
            "legal_status": pick(["C2", None]),
            "placement_end_date": new.after(row["placement_start_date"], blank=0.8),
        }
        yield "parent_placements", new.spoilt(row, "assessment_date", "authorised_date", "later_assessment_date")
    for _ in range(pick([0, 1])):
        yield "family_meetings", of_register("family_meetings", "offered_date")
    for _ in range(pick([0, 1, 2])):
        asked = new.day(blank=0.05)
        whom: list[str | None] = pick([["mother"], ["mother", "father"], [None]])
        for who in whom:
            row = of_register("family_assessments", "commissioned_date", commissioned_date=asked, who_is_assessed=who)
            row |= {"assessment_type": pick(["parenting", "viability", None]), "due_date": new.after(asked, blank=0.2)}
            row["completed_date"] = new.after(row["due_date"], blank=0.3)
            yield "family_assessments", new.spoilt(row, "due_date", "completed_date")
    numbers: list[str | None] = pick([[], ["A"], ["A", "B"], [None]])
    for number in numbers:
        row = of_register("iro_disputes", "raised_date", dispute_number=number)
        row["resolved_date"] = new.after(row["raised_date"], blank=0.4)
        yield "iro_disputes", new.spoilt(row, "resolved_date")
    for _ in range(pick([0, 1, 2])):
        row = of_register("minutes", "meeting_date", meeting_type=pick(["cla_review", "cla_review", "core_group"]))
        row |= {
            "distributed_date": new.after(row["meeting_date"], blank=0.3),
            "on_file": pick(["yes", "no", None, None]),
        }
        yield "minutes", new.spoilt(row, "distributed_date")
    for taken in pick([[], [16], [-17, 16]]):
        row, last = (
            new.row("permanence", child, extracted_on=new.as_at + timedelta(taken)),
            new.day(blank=0.1, reach=1200),
        )
        for name, blank in (("entered_care", 0.3), ("adm_decision", 0.1), ("placement_order", 0.3), ("matched", 0.3),
                            ("placed_ffa_cp", 0.6), ("placed_for_adoption", 0.3), ("permanence_order", 0.4),
                            ("decision_reversed", 0.8)):  # fmt: skip
            row[f"{name}_date"] = last = new.after(last, blank=blank)
            last = last or new.day(blank=0)
        row = telling(new, row)
        yield "permanence", new.spoilt(row, *(name for name in row if name.endswith("_date")))
    row = new.row("care_leavers", child, care_leaver_in_touch=pick(["yes", "no", "DIED", "RHOM", None]))
    row["pathway_plan_review_date"] = new.day(blank=0.2)
    yield "care_leavers", new.spoilt(row, "pathway_plan_review_date", "care_leaver_in_touch")


def telling(new: Invented, row: Row) -> Row:
    """A way to adoption that stands on one of the days on which a definition changes its mind."""
    moved = new.draw.choice([new.as_at, new.as_at - timedelta(9)])
    return row | new.draw.choice(
        [
            {},
            {},
            {"entered_care_date": moved - timedelta(new.draw.choice([425, 426])), "placed_for_adoption_date": moved},
            {"decision_reversed_date": new.as_at, "permanence_order_date": None},
            {"permanence_order_date": new.as_at.replace(day=1), "placed_ffa_cp_date": row["entered_care_date"]},
            {
                "placement_order_date": new.draw.choice([new.as_at, months_after(new.as_at, -12)]),
                "matched_date": None,
                "placed_for_adoption_date": None,
                "permanence_order_date": None,
                "decision_reversed_date": None,
            },
        ]
    )


ONE_AN_EXTRACT = {"cla_visits", "cla_reviews", "cla_health", "permanence", "missing"}


def population(as_at: date, seed: int) -> Tables:
    """Every table that the group reads; some rows twice, the later as it stands."""
    new = Invented(as_at, seed)
    read = {name for one in ORACLE for name in (*indicators()[one].reads, *indicators()[one].reads_also)}
    tables: Tables = {name: [] for name in read}
    for number in range(CHILDREN):
        for name, row in (*cared_for(new, f"C{number}"), *planned_for(new, f"C{number}")):
            if name in ONE_AN_EXTRACT and any(
                (row["extracted_on"], row.get("health_check_type"))
                == (other["extracted_on"], other.get("health_check_type"))
                for other in tables[name][-12:]
                if other["person_id"] == row["person_id"]
            ):
                continue
            tables[name].append(row)
            if new.chance(0.03) and name not in ONE_AN_EXTRACT:
                tables[name].append({**row, "source_row": row["source_row"] + "b"})
    return tables


def filled(tables: Tables) -> duckdb.DuckDBPyConnection:
    """The tables as the product has them."""
    con = connect(None, SQL)
    con.execute("set threads = 1")
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


def said_of(con: duckdb.DuckDBPyConnection, indicator: Indicator, as_at: date, query: str) -> Judged:
    """What the product says of every case that has a state."""
    asked = {name: value for name, value in given(indicator, as_at).items() if f"${name}" in query}
    value = "value" if indicator.is_measured else "null"
    rows = con.execute(f"select case_id, state, {value} from ({query}) where state is not null", asked).fetchall()
    return {case: (state, value) for case, state, value in rows}


class World:
    """A population as both see it; what the oracle says of it is worked out once."""

    def __init__(self, as_at: date) -> None:
        self.as_at, self.tables = as_at, population(as_at, as_at.toordinal())
        self.con = filled(self.tables)
        self.look = Look(self.tables, as_at, as_at.replace(day=1))
        self.expected = {one: judge(self.look) for one, judge in ORACLE.items()}


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
        for longer in (indicators().get(f"{indicator_id}_{months}M") for months in (12, 36)):
            if longer is not None and world is worlds[1]:
                look = replace(world.look, first=period_start(longer, world.as_at))
                asked.append((longer, ORACLE[indicator_id](look)))
        for one, expected in asked:
            found = said_of(world.con, one, world.as_at, one.members_sql)
            pairs = {case: (expected.get(case), found.get(case)) for case in {*expected, *found}}
            differs = {case: pair for case, pair in sorted(pairs.items()) if pair[0] != pair[1]}
            assert not differs, f"{one.id} at {world.as_at}, oracle and product: {differs}"


def test_the_populations_have_cases_of_every_kind(worlds: list[World]) -> None:
    for indicator_id in ORACLE:
        states = {state for world in worlds for state, _ in world.expected[indicator_id].values()}
        wanted = (
            {"met"} if indicators()[indicator_id].measures in ("count", "median", "average") else {"met", "not_met"}
        )
        assert wanted | {"not_countable"} <= states, indicator_id


ALTERED = {  # of each definition: a boundary moved, or a rule left out
    "LA1": ("$as_at <= due_on", "$as_at < due_on"),
    "LA1P": ("done_on <= due_on", "done_on < due_on"),
    "LA2": ("next_on <= due_on", "next_on < due_on"),
    "LA2S": ("next_on <= due_on", "next_on < due_on"),
    "LA2L": ("reviewed_on <= first_due_on then", "reviewed_on < first_due_on then"),
    "LA3": ("meeting_type = 'cla_review'", "true"),
    "LA5": ("placed_on <= years_before", "placed_on < years_before"),
    "LA6": ("move_reason = 'PLACE'", "false"),
    "LA7": ("born_on > years_before", "born_on >= years_before"),
    "LA7I": ("assessed_on >= cla_start_date", "assessed_on > cla_start_date"),
    "LA9": ("since <=", "since <"),
    "LA9A": ("since >", "since >="),
    "LA9B": ("since <=", "since <"),
    "LA9C": ("since >", "since >="),
    "LA9D": ("since <=", "since <"),
    "LA10": ("$approval_days", "$approval_days + 1"),
    "LA10B": ("$extension_days", "$extension_days + 1"),
    "LA11": ("viability_date <= placement_start_date", "viability_date < placement_start_date"),
    "LA11F": ("full_assessment_start_date <= due_on", "full_assessment_start_date < due_on"),
    "LA12": ("authorised_on <= decide_by", "authorised_on < decide_by"),
    "LA13": ("cla_start_date >", "cla_start_date >="),
    "LA14": ("and due_on", "and due_on - 1"),
    "LA15": ("completed_date <= due_date", "completed_date < due_date"),
    "LA16": ("resolved_date <= due_on", "resolved_date < due_on"),
    "LA16O": ("> $resolve_within_working_days as", ">= $resolve_within_working_days as"),
    "LA17": ("contact_on > since", "contact_on >= since"),
    "LA18": ("times >= 1", "times >= 2"),
    "LA18O": ("times = 0", "times <= 1"),
    "LA18A": ("or accepted = 'unknown'", ""),
    "LA18N": ("times = 0", "times <= 1"),
    "AD1": ("adopted_on < $period_start", "adopted_on <= $period_start"),
    "AD1F": ("if(fostered_on between entered_on and placed_on, fostered_on, placed_on)", "placed_on"),
    "AD2": ("matched_on < ordered_on", "matched_on <= ordered_on"),
    "AD3": ("placed_on < due_on", "placed_on <= due_on"),
    "AD4": ("ordered_on > $as_at", "ordered_on >= $as_at"),
    "AD4L": ("ordered_on > ($as_at", "ordered_on >= ($as_at"),
    "AD5": ("reversed_on <= $as_at", "reversed_on < $as_at"),
    "AD6": ("'E45', ", ""),
    "CL4": ("> ($as_at", ">= ($as_at"),
}


@pytest.mark.parametrize("indicator_id", sorted(ORACLE))
def test_an_altered_definition_is_noticed(worlds: list[World], indicator_id: str) -> None:
    """The positive control: over the populations together, each alteration changes what is said of some case."""
    (old, new), indicator = ALTERED[indicator_id], indicators()[indicator_id]
    assert old in indicator.members_sql
    query = indicator.members_sql.replace(old, new)
    assert any(said_of(world.con, indicator, world.as_at, query) != world.expected[indicator_id] for world in worlds)
