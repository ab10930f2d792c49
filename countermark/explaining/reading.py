"""Reading one figure and everything that bears on it out of an open snapshot. Queries and records; no words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from countermark.certify.certify import CHOICES, FILES_THERE, without_files


@dataclass(frozen=True)
class Figure:
    """One published row with its definition. Numbers are None where there is none."""

    authority: str
    indicator_id: str
    as_at: date
    team: str
    title: str
    question: str
    case_unit: str
    measures: str
    unit: str
    better: str
    contracts: list[str]
    system_numerator: int
    system_denominator: int | None
    value: float | None
    reconciled_numerator: int
    reconciled_denominator: int | None
    range_low: float | None
    range_high: float | None
    range_says: str
    not_countable: int
    overtaken: int
    status: str
    status_reason: str
    revision: int
    published_at: datetime
    certificate_id: str | None

    @property
    def key(self) -> dict[str, Any]:
        """The parameters that name the figure in a query."""
        return {"authority": self.authority, "indicator": self.indicator_id, "as_at": self.as_at, "team": self.team}


@dataclass(frozen=True)
class Line:
    """The differences of one reason in one direction: how many items, and what they add."""

    reason: str
    effect: int
    items: int


@dataclass(frozen=True)
class Bridge:
    """One measure's bridge: the team's count, the system's at hand and now, and the lines between."""

    measure: str
    manual: int
    system: int
    at_hand: int
    grade: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Claim:
    """Who counted, when and how."""

    team: str
    counted_by: str | None
    counted_at: date | None
    method: str | None


@dataclass(frozen=True)
class Case:
    """A difference: one case and reason, with what it does to each measure, and both records."""

    break_id: str
    case_id: str | None
    kind: str
    of_team: str | None
    reason: str
    secondary_reasons: str | None
    state: str
    decision: str | None
    cause: str | None
    decision_lapsed: bool
    first_seen: date | None
    event_date: date | None
    decides_on: date | None
    system_state: str | None
    outside: str | None
    system_team: str | None
    manual_file: str | None
    manual_row: str | None
    system_file: str | None
    system_row: str | None
    measures: list[dict[str, Any]]
    proof: str | None = None


@dataclass(frozen=True)
class Failing:
    """One rule that records of this figure fail, with a few of the places."""

    code: str
    severity: str
    message: str
    records: int
    places: list[dict[str, str | None]]


FIGURE = """
select metrics.authority, metrics.indicator_id, metrics.as_at, metrics.team, metrics.title, metrics.question, metrics.case_unit,
    definitions.measures, metrics.unit, metrics.better, definitions.contracts, system_numerator, system_denominator, system_value,
    reconciled_numerator, reconciled_denominator, metrics.range_low, metrics.range_high, coalesce(range_says, ''),
    not_countable, overtaken, status,
    status_reason, revision, published_at, certificate_id
from main.metrics as metrics
join facts.definitions as definitions
    on metrics.authority = definitions.authority and metrics.as_at = definitions.as_at
    and metrics.indicator_id = definitions.indicator_id
where upper(metrics.indicator_id) = upper(trim($indicator)) and metrics.as_at = $as_at
    and lower(regexp_replace(trim(metrics.team), '\\s+', ' ', 'g')) = lower(regexp_replace(trim($team), '\\s+', ' ', 'g'))
order by metrics.authority
"""
ONE = "authority = $authority and indicator_id = $indicator and as_at = $as_at"
OF_TEAM = f"{ONE} and team = $team"
CASES = f"""
with items as (
    select items.*, lists.file as manual_file, extracts.file as system_file
    from (select * from facts.items where {ONE}) as items
    left join facts.deliveries as lists on items.manual_delivery_id = lists.delivery_id
    left join facts.deliveries as extracts on items.system_delivery_id = extracts.delivery_id
)
select
    differences.break_id, differences.case_id, differences.kind, differences.of_team, differences.reason,
    any_value(differences.secondary_reasons), differences.state, differences.decision, differences.cause,
    bool_or(differences.decision_lapsed), min(differences.first_seen), any_value(differences.event_date),
    any_value(differences.decides_on), any_value(differences.system_state), any_value(differences.outside),
    any_value(differences.system_team), any_value(items.manual_file), any_value(items.manual_source_row),
    any_value(items.system_file), any_value(items.system_source_row),
    list(
        {{'measure': differences.measure, 'effect': differences.effect, 'manual_in': differences.manual_in,
          'system_in': differences.system_in, 'manual_rows': items.manual_rows}}
        order by differences.measure
    ), {{proof}}
from differences
join items
    on differences.measure = items.measure and differences.kind = items.kind and differences.bound_to = items.bound_to
    and differences.case_id is not distinct from items.case_id and differences.of_team is not distinct from items.of_team
    and differences.reason = items.reason and items.team = differences.said_of
where differences.authority = $authority and differences.indicator_id = $indicator and differences.as_at = $as_at
    and differences.team = $team
group by
    differences.break_id, differences.case_id, differences.kind, differences.of_team, differences.reason, differences.state,
    differences.decision, differences.cause
order by
    list_position(['open', 'decided', 'closed'], differences.state), sum(abs(differences.effect)) desc, differences.reason,
    differences.case_id, differences.of_team
"""
# Of several measures the numerator's words: what decides stands there; of what is no single case, each measure's own.
SAID = (
    "if(differences.kind in ('unlisted', 'line'), string_agg(distinct items.proof, ' ' order by items.proof desc), "
    "arg_max(items.proof, differences.measure))"
)
FAILING = f"""
with touched as (
    select failures.*, receipts.file
    from main.failures as failures
    left join facts.deliveries as receipts
        on failures.authority = receipts.authority and failures.delivery_id = receipts.delivery_id
        and failures.contract = receipts.contract
    where failures.authority = $authority and list_contains($contracts, failures.contract) and (
        failures.child_id in (select child_id from main.members where {ONE} and ($team = 'ALL' or team = $team))
        or (failures.child_id is null and ($team = 'ALL' or failures.team = $team))
    )
)
select rule_code, severity, message, count(*),
    list({{'file': file, 'row': source_row}} order by file, source_row)[:3]
from touched group by rule_code, severity, message
order by list_position(['blocking', 'warning', 'query'], severity), rule_code
"""


def figures(con: duckdb.DuckDBPyConnection, indicator: str, as_at: date, team: str) -> list[Figure]:
    """The published rows of an indicator, date and team: one for each authority that has it."""
    rows = con.execute(FIGURE, {"indicator": indicator, "as_at": as_at, "team": team}).fetchall()
    return [Figure(*row) for row in rows]


def certificate(con: duckdb.DuckDBPyConnection, figure: Figure) -> tuple[str, str, date | None]:
    """How the figure's certificate holds its names, who signed it, and when; blank where it is not in the snapshot."""
    query = "select names, signed_by, issued_at::date from main.certificates where certificate_id = $certificate"
    rows = con.execute(query, {"certificate": figure.certificate_id}).fetchall()
    return rows[0] if rows else ("", "", None)


def gates(con: duckdb.DuckDBPyConnection, figure: Figure) -> dict[str, tuple[str, str]]:
    """Gate -> outcome and clause."""
    rows = con.execute(f"select gate, outcome, says from main.gates where {OF_TEAM}", figure.key).fetchall()
    return {gate: (outcome, says) for gate, outcome, says in rows}


def bridges(con: duckdb.DuckDBPyConnection, figure: Figure) -> list[Bridge]:
    """The figure's own bridges, numerator first; none where nobody's count stands against it."""
    rows = con.execute(
        f"select measure, manual, system, at_hand, grade from facts.bridges where {OF_TEAM} order by measure desc",
        figure.key,
    ).fetchall()
    return [
        Bridge(measure, manual, system, at_hand, grade, _lines(con, figure, measure))
        for measure, manual, system, at_hand, grade in rows
    ]


def _lines(con: duckdb.DuckDBPyConnection, figure: Figure, measure: str) -> tuple[Line, ...]:
    rows = con.execute(
        f"select reason, sum(effect)::integer, count(*) from main.breaks where {OF_TEAM} and measure = $measure "
        "group by reason, sign(effect) order by reason, sign(effect)",
        {**figure.key, "measure": measure},
    ).fetchall()
    return tuple(Line(*row) for row in rows)


def claims(con: duckdb.DuckDBPyConnection, figure: Figure) -> list[Claim]:
    """The counts that stand against the figure: the team's; for the authority its own, else its teams'."""
    rows = con.execute(
        f"select team, counted_by, counted_at, method from facts.claims where {ONE} and ($team = 'ALL' or team = $team) "
        "order by team",
        figure.key,
    ).fetchall()
    found = [Claim(*row) for row in rows]
    return [claim for claim in found if claim.team == figure.team] or found


def extract_days(con: duckdb.DuckDBPyConnection, figure: Figure) -> tuple[list[date], list[date]]:
    """The days of the extracts at hand at the count, and of the newest ones, of the sources that the figure reads."""
    rows = con.execute(
        "select coalesce(at_hand_on, extracted_on), extracted_on from facts.extracts where authority = $authority "
        "and as_at = $as_at and list_contains($contracts, contract)",
        {"authority": figure.authority, "as_at": figure.as_at, "contracts": figure.contracts},
    ).fetchall()
    return sorted({row[0] for row in rows}), sorted({row[1] for row in rows})


def cases(con: duckdb.DuckDBPyConnection, figure: Figure) -> list[Case]:
    """The differences that bear on the figure, open ones first; the authority's are its teams' where it has no bridge of its own."""
    has_own = con.execute(f"select count(*) > 0 from facts.bridges where {OF_TEAM}", figure.key).fetchall()[0][0]
    whose = "team = $team" if figure.team != "ALL" or has_own else "team <> 'ALL' and $team = 'ALL'"
    con.execute(
        "create or replace temp table differences as select * replace ($team as team), team as said_of from main.breaks "
        f"where {ONE} and {whose}",
        figure.key,
    )
    kept = "select count(*) from duckdb_columns() where table_name = 'items' and column_name = 'proof'"
    proof = SAID if con.execute(kept).fetchall()[0][0] else "null"  # an earlier version published none
    return [Case(*row) for row in con.execute(CASES.replace("{proof}", proof), figure.key).fetchall()]


def count_bounds(con: duckdb.DuckDBPyConnection, figure: Figure) -> tuple[int, int]:
    """Fewest and most cases on the worse side, over all ways the open ones can fall: not met where high is better, else met.

    Reads what `cases` left in the temporary table `differences`.
    """
    con.execute(
        "create or replace temp table figure_rows as select $authority as authority, $indicator as indicator_id, $as_at::date as as_at, "
        "$team as team",
        figure.key,
    )
    unmet = figure.measures == "share" and figure.better == "high"
    low = high = (figure.system_denominator or 0) - figure.system_numerator if unmet else figure.system_numerator
    query = CHOICES if con.execute(FILES_THERE).fetchone() else without_files(CHOICES)
    for *_, choices, times in con.execute(query).fetchall():
        moves = [way["d"] - way["n"] if unmet else way["n"] for way in choices]
        low, high = low + times * min(moves), high + times * max(moves)
    return max(0, low), max(0, high)


def failing(con: duckdb.DuckDBPyConnection, figure: Figure) -> list[Failing]:
    """Rules that records of the figure's children fail, or records of its sources that name no child."""
    rows = con.execute(FAILING, {**figure.key, "contracts": figure.contracts}).fetchall()
    return [Failing(*row) for row in rows]
