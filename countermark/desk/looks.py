"""A manager's look at an overdue child: who looked, when, whether the child has been seen, and when somebody looks again.

Note kind `look`; the subject is measure and keyed pseudonym, so the ledger names no child. There is no free text: what is to be said of
a child belongs on the child's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from countermark.desk.figures import Rows
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.secrets import pseudonym
from countermark.ledger.store import Ledger
from countermark.warehouse import noted

KIND = noted.KIND
SEEN = {"yes": "Yes, seen", "no": "No, not seen yet", "not_needed": "Need not be seen any more"}
LATEST_NEXT = timedelta(days=92)  # a date farther off is no date to look again


@dataclass(frozen=True)
class Look:
    """One look. `version` counts the looks at this child for this measure."""

    child: str
    indicator_id: str
    team: str
    as_at: date
    looked_on: date
    child_seen: str
    next_on: date | None
    by: str
    at: datetime | None
    version: int


@dataclass(frozen=True)
class Told:
    """A look as a tracker tells it. `outcome` is a code of what the manager found, or empty."""

    child: str
    looked_on: date
    by: str
    seen_on: date | None
    next_on: date | None
    outcome: str


# Of the looks at a child for one of these matters, or for none that the tracker names, the newest. A matter is what an id begins with.
TOLD = """
with asked as (
    select child_id, regexp_extract(indicator_id, '^[A-Z]+') as matter
    from (select unnest($children::varchar[]) as child_id, unnest($indicators::varchar[]) as indicator_id)
)
select looks.child_id, looks.looked_on, looks.looked_at_by, looks.child_seen_date, looks.next_date, looks.outcome
from facts.looks as looks
join asked on looks.child_id = asked.child_id
    and coalesce(regexp_extract(upper(looks.indicator_id), '^[A-Z]+') = asked.matter, true)
where looks.authority = $authority
qualify row_number() over (partition by looks.child_id order by looks.looked_on desc, looks.looked_at_by) = 1
"""


def told(rows: Rows, authority: str, cases: Sequence[tuple[str, str]]) -> dict[str, Told]:
    """The newest look that a tracker tells of at each child, for the measures that the cases name; none of a publication of an earlier
    version."""
    if not rows("select 1 from duckdb_tables() where schema_name = 'facts' and table_name = 'looks'", {}):
        return {}
    said = {
        "authority": authority, "children": [child for _, child in cases],
        "indicators": [indicator for indicator, _ in cases],
    }  # fmt: skip
    return {
        row["child_id"]: Told(
            row["child_id"],
            row["looked_on"],
            row["looked_at_by"] or "a manager",
            row["child_seen_date"],
            row["next_date"],
            row["outcome"] or "",
        )
        for row in rows(TOLD, said)
    }


def problems(looked_on: date, child_seen: str, next_on: date | None, today: date) -> dict[str, str]:
    """What is wrong with a look, by field; empty where nothing is."""
    found: dict[str, str] = {}
    if looked_on > today:
        found["looked_on"] = "The day on which you looked cannot lie ahead"
    if child_seen not in SEEN:
        found["child_seen"] = "Say whether the child has been seen"
    if child_seen == "no" and next_on is None:
        found["next_on"] = "Say when you look again: the child has not been seen"
    if next_on is not None and not today <= next_on <= today + LATEST_NEXT:
        found["next_on"] = "Choose a day from today to three months ahead"
    return found


def record(
    ledger: Ledger, key: bytes, authority: str, child_id: str, indicator_id: str, team: str, as_at: date, looked_on: date,
    child_seen: str, next_on: date | None, by: str, today: date, expected_version: int | None = None,
) -> Look:  # fmt: skip
    """Store a look. LedgerError in a sentence where something is wrong, LedgerConflict where somebody looked in the meantime."""
    seen = None if expected_version is None else {indicator_id: expected_version}
    said = (team, as_at, looked_on, child_seen, next_on)
    return record_all(ledger, key, authority, child_id, [indicator_id], *said, by, today, seen)[0]


def record_all(
    ledger: Ledger, key: bytes, authority: str, child_id: str, indicators: Iterable[str], team: str, as_at: date, looked_on: date,
    child_seen: str, next_on: date | None, by: str, today: date, expected: Mapping[str, int] | None = None,
) -> list[Look]:  # fmt: skip
    """Store one look at a child who is overdue for several measures, for each of them, all or none. `expected` are the versions that the
    writer saw, by measure."""
    if wrong := problems(looked_on, child_seen, next_on, today):
        raise LedgerError(f"{next(iter(wrong.values()))}.")
    body = {
        "team": team, "as_at": as_at.isoformat(), "looked_on": looked_on.isoformat(), "child_seen": child_seen,
        "next_on": next_on.isoformat() if next_on else "",
    }  # fmt: skip
    notes = [Note(authority, KIND, _subject(key, one, child_id), body, by) for one in dict.fromkeys(indicators)]
    versions = None if expected is None else {_subject(key, one, child_id): seen for one, seen in expected.items()}
    return [_look(note) for note in ledger.note(notes, versions)]


def of_children(
    ledger: Ledger, key: bytes, authority: str, indicator_id: str, child_ids: Iterable[str]
) -> dict[str, Look]:
    """The newest look at each of the children for a measure; a child whom nobody looked at is left out."""
    found = of_cases(ledger, key, authority, [(indicator_id, child) for child in child_ids])
    return {child: look for (_, child), look in found.items()}


def of_cases(
    ledger: Ledger, key: bytes, authority: str, cases: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Look]:
    """The newest look for each measure and child that somebody looked at."""
    subjects = {_subject(key, indicator, child): (indicator, child) for indicator, child in cases}
    found = ledger.notes(KIND, subject=list(subjects))
    return {subjects[one.subject]: _look(one) for one in found if one.authority == authority}


def _subject(key: bytes, indicator_id: str, child_id: str) -> str:
    return f"{indicator_id}/{pseudonym(key, 'child', child_id)}"


def _look(note: Note) -> Look:
    indicator_id, _, child = note.subject.partition("/")
    said = dict(note.body)
    return Look(
        child, indicator_id, str(said["team"]), date.fromisoformat(said["as_at"]), date.fromisoformat(said["looked_on"]),
        str(said["child_seen"]), date.fromisoformat(said["next_on"]) if said["next_on"] else None, note.by, note.at, note.version,
    )  # fmt: skip
