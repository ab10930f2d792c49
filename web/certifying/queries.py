"""What the pages of certification ask of the snapshot and the ledger: progress, what an officer looks at, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import current_app

from countermark.certify.workflow import ACCOUNTABLE, Progress, may_sign, progress
from countermark.contracts.authority import parse_authority
from countermark.desk.figures import Figure, case_nouns
from countermark.desk.figures import figures as published
from countermark.sealing.document import Audience, document
from web.context import definitions, home, ledger, person
from web.published import Row, snapshot

FIGURE = "authority = $authority and indicator_id = $indicator and as_at = $as_at"
EARLIER = """
select as_at, system_numerator, system_denominator, system_value, unit, status from main.metrics
where authority = $authority and indicator_id = $indicator and team = 'ALL' and as_at < $as_at order by as_at desc limit 6
"""
DIFFERENCES = f"""
select reason, count(distinct break_id) filter (state = 'open') as open, count(distinct break_id) filter (state = 'decided') as decided,
    count(distinct break_id) filter (state = 'closed') as closed
from main.breaks where {FIGURE} group by reason order by open desc, reason
"""
LISTS = """
select coalesce(contracts.title, extracts.contract) as title, extracts.extracted_on, extracts.complete and extracts.whole_file as whole,
    extracts.stated
from facts.extracts as extracts
join facts.definitions as definitions
    on extracts.authority = definitions.authority and extracts.as_at = definitions.as_at
    and list_contains(definitions.contracts, extracts.contract)
left join facts.contracts as contracts on extracts.contract = contracts.contract
where definitions.authority = $authority and definitions.indicator_id = $indicator and definitions.as_at = $as_at
order by title
"""
FAILURES = """
select failures.rule_code, failures.severity, any_value(failures.message) as message, count(*) as records
from main.failures as failures
join facts.definitions as definitions
    on failures.authority = definitions.authority and list_contains(definitions.contracts, failures.contract)
where definitions.authority = $authority and definitions.indicator_id = $indicator and definitions.as_at = $as_at
group by failures.rule_code, failures.severity
order by list_position(['blocking', 'warning', 'query'], failures.severity), records desc, failures.rule_code
"""
EXPECTED = (
    f"select measures, range_low, range_high, tolerance_cases, tolerance_share from facts.definitions where {FIGURE}"
)


@dataclass(frozen=True)
class Looked:
    """What an officer looks at before checking a figure."""

    lists: list[Row]
    failures: list[Row]
    differences: list[Row]
    earlier: list[Row]
    expected: Row
    not_said: str


def figures(as_at: date | None = None, theme: str = "", indicator: str = "") -> list[Progress]:
    """How far the figures of the person's authority have come."""
    return progress(snapshot().rows, ledger(), person().authority, as_at, theme, indicator)


def quoted(as_at: date | None) -> dict[str, Figure]:
    """The figures of a date as people quote them, with their range in cases, by indicator."""
    if as_at is None:
        return {}
    nouns = case_nouns(definitions())

    def rows(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        return snapshot().rows(sql, dict(parameters))

    return {one.indicator_id: one for one in published(rows, as_at, authority=person().authority, nouns=nouns)}


def looked_at(one: Progress) -> Looked:
    """What there is to look at of a figure."""
    authority, indicator, as_at = one.key
    key = {"authority": authority, "indicator": indicator, "as_at": as_at}
    ask = partial(snapshot().rows, parameters=key)
    definition = definitions().indicators.get(indicator)
    differences = ask(DIFFERENCES)
    for row in differences:
        reason = definitions().reasons.get(row["reason"])
        row["reason"] = reason.people_read if reason else row["reason"]
    return Looked(
        ask(LISTS), ask(FAILURES), differences, ask(EARLIER), ask(EXPECTED)[0], definition.not_said if definition else "",
    )  # fmt: skip


def people() -> dict[str, str]:
    """Name and role of the people in the authority's file."""
    text = ledger().authority_text(person().authority)
    return {one.name: one.role for one in parse_authority(text).people} if text else {}


def why_not_sign() -> str:
    """Why the person of this request may not sign, as a sentence; empty where the person may."""
    known = people()
    if may_sign(person().name, known):
        return ""
    heads = [role for name, role in known.items() if may_sign(name, known)]
    whose = f" Here that is: {'; '.join(dict.fromkeys(heads))}." if heads else ""
    return f"Figures are signed by the accountable head, whose role in authority.toml says {' or '.join(ACCOUNTABLE)}.{whose}"


def audience() -> Audience:
    """Which document the person may read: with names, or with roles alone."""
    return "officer" if person().sees_names else "leader"


def certificate_document(certificate_id: str, of: Audience) -> dict[str, Any]:
    """The document of a certificate, made once: it never changes."""
    made: dict[Any, dict[str, Any]] = current_app.extensions.setdefault("certificate_documents", {})
    if (certificate_id, of) not in made:
        made[certificate_id, of] = document(home(), ledger(), definitions(), certificate_id, of)
    return made[certificate_id, of]
