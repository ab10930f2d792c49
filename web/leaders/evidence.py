"""What a figure's seven checks rest on: lists and their days, rules, differences, who counted, checked and signed, until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.certify.certify import GATE_ORDER
from countermark.certify.waiting import HELD, of_row
from countermark.desk.figures import Figure
from countermark.desk.people import Roles
from countermark.words import GATE_DOES_NOT_APPLY, GATE_HOLDS, METHOD_WORDS, OUTCOME_WORDS, day, sentence
from web.context import ledger, person
from web.leaders.figures import ALL
from web.published import Row, Snapshot

CHECK_WORDS = {
    "delivered": "Delivered",
    "valid": "Free of errors that matter",
    "reconciled": "Agrees with the teams' counts",
    "counted": "Counted by every team",
    "plausible": "Plausible",
    "checked": "Checked by an officer",
    "signed": "Signed by the accountable head",
}
FIGURE = "authority = $authority and indicator_id = $indicator and as_at = $as_at"
EXTRACTS = """
select wanted.contract, coalesce(contracts.title, wanted.contract) as title, extracts.extracted_on,
    coalesce(extracts.complete, false) as complete,
    coalesce(extracts.stated, false) as stated
from (select unnest(contracts) as contract from facts.definitions where {FIGURE}) as wanted
left join facts.extracts as extracts
    on extracts.authority = $authority and extracts.as_at = $as_at and wanted.contract = extracts.contract
left join facts.contracts as contracts on wanted.contract = contracts.contract
order by title
""".replace("{FIGURE}", FIGURE)
RULES = """
select count(*) filter (status in ('PASS', 'FAIL')) as ran, count(*) filter (status = 'ERROR') as failed_to_run
from facts.rule_results
where authority = $authority and list_contains(
    (select contracts from facts.definitions where {FIGURE}), contract
)
""".replace("{FIGURE}", FIGURE)
DIFFERENCES = f"""
select count(distinct break_id) filter (state = 'open') as open, count(distinct break_id) filter (state = 'decided') as decided,
    count(distinct break_id) filter (state = 'closed') as closed
from main.breaks where {FIGURE} and ($team = 'ALL' or team = $team)
"""
CLAIMS = f"""
select team, counted_by, counted_at, method from main.claims
where {FIGURE} and ($team = 'ALL' or team = $team) order by team <> 'ALL', team
"""


@dataclass(frozen=True)
class Check:
    """One of the seven checks: whether it holds, in words, and what it rests on."""

    name: str
    title: str
    holds: bool
    outcome: str
    says: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Certificate:
    """The checks of a figure, who stands for it, on which data and until when. `number` is empty where none stands."""

    checks: tuple[Check, ...]
    number: str
    signed_by: str
    signed_on: date | None
    data: str
    until: str

    @property
    def holding(self) -> int:
        """How many checks hold."""
        return sum(check.holds for check in self.checks)


def certificate(snapshot: Snapshot, figure: Figure) -> Certificate:
    """The certificate, or what is still missing for one. Names for those who may read them, else roles."""
    bound = {
        "authority": figure.authority, "indicator": figure.indicator_id, "as_at": figure.as_at, "team": figure.team,
    }  # fmt: skip

    def rows(sql: str) -> list[Row]:
        used = {name: value for name, value in bound.items() if f"${name}" in sql}
        found: list[Row] = snapshot.kept((sql, *bound.values()), lambda: snapshot.rows(sql, used))
        return found

    roles = Roles.of(ledger(), figure.authority)
    extracts, differences = rows(EXTRACTS), rows(DIFFERENCES)[0]
    signed = _signature(rows, figure)
    found = {
        row["gate"]: row for row in rows(f"select gate, outcome, says from main.gates where {FIGURE} and team = $team")
    }
    evidence = {
        "delivered": [
            *map(_extract, extracts),
            *held(snapshot, figure.authority, {row["contract"] for row in extracts}),
        ],
        "valid": _rules(rows(RULES)[0]),
        "reconciled": _differences(differences, rows),
        "counted": [_claim(row, roles) for row in rows(CLAIMS)],
        "checked": _checked(figure, roles),
        "signed": [f"{_who(signed['signed_by'], roles)}, on {day(signed['issued_at'].date())}"] if signed else [],
    }
    checks = tuple(_check(name, found.get(name), evidence.get(name, [])) for name in GATE_ORDER)
    data = "; ".join(f"{row['title']}, {day(row['extracted_on'])}" for row in extracts if row["extracted_on"])
    return Certificate(
        checks, figure.certificate_id or "", _who(signed["signed_by"], roles) if signed else "",
        signed["issued_at"].date() if signed else None, data, _until(figure),
    )  # fmt: skip


def _check(name: str, row: Row | None, evidence: list[str]) -> Check:
    outcome, says = (row["outcome"], row["says"]) if row else ("ERROR", "the check was not made")
    if outcome == "PASS":
        says = GATE_HOLDS[name]
    elif outcome == "NOT_APPLICABLE":
        says = says or GATE_DOES_NOT_APPLY.get(name, "It does not apply here.")
    holds = outcome in ("PASS", "NOT_APPLICABLE")
    return Check(name, CHECK_WORDS[name], holds, OUTCOME_WORDS[outcome], sentence(says), tuple(evidence))


def _who(name: str | None, roles: Roles) -> str:
    if not name:
        return "somebody who gave no name"
    role = roles.role(name)
    return f"{name}, {role}" if person().sees_names and role != name else role


def _extract(row: Row) -> str:
    if not row["complete"]:
        return f"{row['title']}: no complete delivery"
    return f"{row['title']}, taken on {day(row['extracted_on'])}{'' if row['stated'] else ' (inferred)'}"


def held(snapshot: Snapshot, authority: str, contracts: Collection[str] | None = None) -> list[str]:
    """Sentences on lists that are held since they shrank: newer than what figures stand on. `contracts`: of these alone."""
    rows = snapshot.kept("held", lambda: snapshot.rows(HELD))
    found = [of_row(list(row.values())) for row in rows]
    return [
        one.says for one in found if one.authority == authority and (contracts is None or one.contract in contracts)
    ]


def _rules(row: Row) -> list[str]:
    broken = f"; {row['failed_to_run']} could not be run" if row["failed_to_run"] else ""
    return [f"{row['ran']} rules were run over its lists{broken}"]


def _differences(row: Row, rows: Any) -> list[str]:
    allowed = rows(f"select tolerance_cases, tolerance_share from facts.definitions where {FIGURE}")[0]
    told = [
        f"{row[state]} {words}"
        for state, words in (("open", "open"), ("decided", "decided"), ("closed", "closed"))
        if row[state]
    ]
    tolerance = (
        f"allowed open: {allowed['tolerance_cases']} cases or {allowed['tolerance_share']:.0%}, whichever is more"
    )
    return [f"Differences: {', '.join(told) or 'none'}; {tolerance}"]


def _claim(row: Row, roles: Roles) -> str:
    team = "The authority" if row["team"] == ALL else row["team"]
    when = f" on {day(row['counted_at'])}" if row["counted_at"] else ""
    how = f" {METHOD_WORDS[row['method']]}" if row["method"] in METHOD_WORDS else ""
    return f"{team}{when}{how}, by {_who(row['counted_by'], roles)}"


def _checked(figure: Figure, roles: Roles) -> list[str]:
    for one in reversed(ledger().checks()):
        key = (one.authority, one.indicator_id, one.as_at)
        if key == (figure.authority, figure.indicator_id, figure.as_at) and one.facts_hash == figure.facts_hash:
            note = f": “{one.note}”" if one.note and person().sees_names else ""
            return [f"{_who(one.by, roles)}, on {day(one.at.date())}{note}"]
    return []


def _signature(rows: Any, figure: Figure) -> Row | None:
    if not figure.certificate_id:
        return None
    query = f"select certificate_id, signed_by, issued_at from main.certificates where {FIGURE}"
    return next((row for row in rows(query) if row["certificate_id"] == figure.certificate_id), None)


def _until(figure: Figure) -> str:
    """Until when the certificate stands. A decision's own end bears on positions after it, which have certificates of their own."""
    return "It stands until the data, the definition or a decision changes." if figure.certificate_id else ""
