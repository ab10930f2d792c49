"""Where a figure stands between draft and certified, and who has to act next: derived from checks and certificates, stored nowhere.

draft → checked → certified → superseded | withdrawn. A certificate that lapses takes its figure back to draft.
Reads a snapshot through `rows`, a function from a query and its parameters to dictionaries, so that pages can bring their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from countermark.certify.certify import GATE_ORDER
from countermark.certify.judge import BEFORE_SIGNING
from countermark.certify.proven import THERE, UNPROVEN
from countermark.ledger.people import resolve
from countermark.ledger.records import Certificate
from countermark.ledger.store import Ledger

Rows = Callable[[str, dict[str, Any]], list[dict[str, Any]]]
FigureKey = tuple[str, str, date]

OFFICER, TEAM_MANAGER, HEAD = "performance officer", "team manager", "accountable head"
ENGINEER = "whoever keeps it running"
STATES = {
    "draft": "Draft",
    "checked": "Checked, not signed yet",
    "certified": "Signed off",
    "superseded": "Replaced by a newer one",
    "withdrawn": "Withdrawn",
}
OWNERS = {"draft": OFFICER, "checked": HEAD, "certified": "", "superseded": "", "withdrawn": OFFICER}
NEXT = {  # by the first check that does not hold: who acts, and what has to be done
    "delivered": (OFFICER, "see that the lists come whole"),
    "valid": (OFFICER, "have the errors put right at their source"),
    "reconciled": (OFFICER, "decide the differences, or have them put right"),
    "counted": (TEAM_MANAGER, "give the team's count"),
    "plausible": (OFFICER, "check it, with a note on what was looked at"),
    "checked": (OFFICER, "check it"),
    "signed": (HEAD, "sign it, or say why not"),
}
TRY_AGAIN = (ENGINEER, "see why the checks did not find every planted fault, or who altered the record, and run again")
ENDED = {"lapsed": "Lapsed", "superseded": "Replaced by a newer one", "withdrawn": "Withdrawn"}
ACCOUNTABLE = ("director", "head", "lead")  # words in a role of authority.toml whose holder may sign
FIGURES = """
select metrics.authority, metrics.indicator_id, metrics.as_at, metrics.title, metrics.theme, metrics.headline, metrics.unit,
    metrics.case_unit, metrics.system_numerator, metrics.system_denominator, metrics.system_value, metrics.range_low,
    metrics.range_high, metrics.status, metrics.status_reason, metrics.reconstructed, metrics.revision, metrics.published_at,
    metrics.certificate_id, metrics.facts_hash,
    list({'gate': gates.gate, 'outcome': gates.outcome, 'says': gates.says} order by list_position($order, gates.gate)) as gates
from main.metrics as metrics
join main.gates as gates
    on metrics.authority = gates.authority and metrics.indicator_id = gates.indicator_id and metrics.as_at = gates.as_at
    and metrics.team = gates.team
where metrics.team = 'ALL' and ($authority = '' or metrics.authority = $authority) and ($theme = '' or metrics.theme = $theme)
    and ($as_at is null or metrics.as_at = $as_at) and ($indicator = '' or metrics.indicator_id = $indicator)
group by all
order by metrics.as_at desc, metrics.theme, metrics.headline desc, metrics.indicator_id
"""


@dataclass(frozen=True)
class Step:
    """One of the seven checks of a figure."""

    check: str
    outcome: str
    says: str

    @property
    def holds(self) -> bool:
        """Whether it stands in nobody's way."""
        return self.outcome in ("PASS", "NOT_APPLICABLE")


@dataclass(frozen=True)
class Progress:
    """A figure of the authority as a whole with its state. `figure` is its published row; the newest certificate may have ended.

    `checks` and `signatures` are how many there are: what a page gives back as the version that its reader saw.
    """

    figure: Mapping[str, Any]
    steps: tuple[Step, ...]
    state: str
    owner: str
    to_do: str
    certificate: Certificate | None
    checks: int
    signatures: int

    @property
    def key(self) -> FigureKey:
        """Authority, indicator and as-at date."""
        return (self.figure["authority"], self.figure["indicator_id"], self.figure["as_at"])

    @property
    def holding(self) -> int:
        """How many of the seven checks hold."""
        return sum(step.holds for step in self.steps)


def reader(con: duckdb.DuckDBPyConnection) -> Rows:
    """The `rows` of an open snapshot."""

    def rows(sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        cursor = con.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return rows


def progress(
    rows: Rows, ledger: Ledger, authority: str = "", as_at: date | None = None, theme: str = "", indicator: str = ""
) -> list[Progress]:
    """The figures of an authority as a whole, newest date first, headlines first within a theme; each filter may be left out."""
    wanted = {"authority": authority, "as_at": as_at, "theme": theme, "indicator": indicator, "order": list(GATE_ORDER)}
    newest = {(one.authority, one.indicator_id, one.as_at): one for one in ledger.certificates()}
    checks = Counter((one.authority, one.indicator_id, one.as_at) for one in ledger.checks(newest=False))
    signatures = Counter((one.authority, one.indicator_id, one.as_at) for one in ledger.signatures())
    unproven = {(one["authority"], one["as_at"]) for one in rows(UNPROVEN, {})} if rows(THERE, {}) else set()
    found = []
    for row in rows(FIGURES, wanted):
        steps = tuple(Step(one["gate"], one["outcome"], one["says"]) for one in row.pop("gates"))
        key = (row["authority"], row["indicator_id"], row["as_at"])
        certificate = newest.get(key)
        state = state_of(steps, bool(row["reconstructed"]), certificate)
        owner, to_do = next_of(state, steps, bool(row["reconstructed"]))
        if (row["authority"], row["as_at"]) in unproven and state in ("checked", "certified"):
            state, (owner, to_do) = "draft", TRY_AGAIN
        found.append(Progress(row, steps, state, owner, to_do, certificate, checks[key], signatures[key]))
    return found


def state_of(steps: Iterable[Step], reconstructed: bool, newest: Certificate | None) -> str:
    """The state of a figure as it stands: draft, checked, certified or withdrawn."""
    holds = {step.check: step.holds for step in steps}
    if all(holds.values()) and not reconstructed:
        return "certified"
    if newest is not None and newest.ended == "withdrawn" and not holds["checked"]:
        return "withdrawn"
    ready = not reconstructed and all(holds[check] for check in BEFORE_SIGNING)
    return "checked" if ready else "draft"


def next_of(state: str, steps: Sequence[Step], reconstructed: bool) -> tuple[str, str]:
    """Who acts next, and what there is to do; both empty where nobody has to."""
    if reconstructed or state == "certified":
        return "", ""
    open_steps = [step for step in steps if not step.holds]
    return NEXT[open_steps[0].check]


def certificate_states(certificates: Iterable[Certificate]) -> dict[str, str]:
    """By id: certified while it stands; superseded once the figure was signed anew, even where it had lapsed; lapsed; withdrawn."""
    by_figure: dict[FigureKey, list[Certificate]] = defaultdict(list)
    for one in certificates:
        by_figure[one.authority, one.indicator_id, one.as_at].append(one)
    states = {}
    for issued in by_figure.values():
        issued.sort(key=lambda one: one.issued_at)
        for one in issued:
            later = one is not issued[-1]
            states[one.id] = "superseded" if later and one.ended != "withdrawn" else one.ended or "certified"
    return states


def may_sign(name: str, people: Mapping[str, str]) -> bool:
    """Whether `name` is an accountable head: `people` are name and role of authority.toml; without people, anybody is."""
    found = resolve(name, people)
    words = people[found].lower().replace(",", " ").replace("'s", " ").split() if found else []
    return not people or any(word in ACCOUNTABLE for word in words)
