"""What managers entered at the desk, beside what their trackers say: a look at an overdue child is one look, wherever it was written.

The desk keeps a look under a pseudonym (ledger notes of the kind `look`). Here it is put under the id of the child that the delivered
lists hold; one of whom they hold no child stays out. Its rows have a contract of their own, which no delivery brings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert

KIND = "look"
TABLE = "management_looks"
CONTRACT = "desk.looks"
OUTCOMES = {"yes": "seen", "no": "visit_planned"}  # by what was said of the child; of any other word none is known
LOOKS = (
    "authority varchar, child_id varchar, indicator_id varchar, looked_on date, looked_at_by varchar, child_seen_date date, "
    "next_date date, outcome varchar"
)
COLUMNS = (
    "authority", "contract", "delivery_id", "source_row", "extracted_on", "person_id", "look_date", "look_date_unusable", "looked_at_by",
    "indicator_id", "child_seen_date", "child_seen_date_unusable", "next_date", "next_date_unusable", "outcome", "worker", "team",
)  # fmt: skip
# The trackers' looks for pages: each once, as the newest extract that has it tells it.
TOLD = f"""
create or replace table facts.looks as
select authority, person_id as child_id, indicator_id, look_date as looked_on, looked_at_by, child_seen_date, next_date, outcome
from conformed.{TABLE}
where contract <> '{CONTRACT}' and look_date is not null
qualify row_number() over (
    partition by authority, person_id, indicator_id, look_date order by extracted_on desc, delivery_id desc, source_row desc
) = 1
"""


@dataclass(frozen=True)
class Looked:
    """A look as the ledger has it: `mark` stands for the child."""

    authority: str
    indicator_id: str
    mark: str
    looked_on: date
    child_seen: str
    next_on: date | None
    team: str
    by: str
    entered_on: date
    seq: int


def looked(ledger: Ledger, known_at: datetime | None = None) -> tuple[Looked, ...]:
    """Every look that anybody entered, by `known_at` where that is given."""
    found = []
    for note in ledger.notes(KIND, newest=False, known_at=known_at):
        indicator, _, mark = note.subject.partition("/")
        on, next_on = date.fromisoformat(note.body["looked_on"]), note.body["next_on"]
        found.append(
            Looked(
                note.authority,
                indicator,
                mark,
                on,
                str(note.body["child_seen"]),
                date.fromisoformat(next_on) if next_on else None,
                str(note.body["team"]),
                note.by,
                note.at.date() if note.at else on,
                note.seq,
            )
        )
    return tuple(found)


def set_beside(
    con: duckdb.DuckDBPyConnection, looks: tuple[Looked, ...], child_of: Mapping[tuple[str, str], str]
) -> None:
    """Put looks among the conformed ones. `child_of` names the child of each authority and mark that the lists hold."""
    rows = [
        (
            one.authority, CONTRACT, "", str(one.seq), one.entered_on, child_of[one.authority, one.mark], one.looked_on, False, one.by,
            one.indicator_id, None, False, one.next_on, False, OUTCOMES.get(one.child_seen), None, one.team or None,
        )
        for one in looks
        if (one.authority, one.mark) in child_of
    ]  # fmt: skip
    insert(con, f"conformed.{TABLE} ({', '.join(COLUMNS)})", rows)


def tables_noted(con: duckdb.DuckDBPyConnection, authority: str) -> frozenset[str]:
    """The conformed tables that the desk has filled for an authority, whatever was delivered."""
    there = f"select 1 from conformed.{TABLE} where authority = ? and contract = '{CONTRACT}' limit 1"
    return frozenset([TABLE] if _is_there(con) and con.execute(there, [authority]).fetchone() else [])


def digest(con: duckdb.DuckDBPyConnection, authority: str, as_at: date) -> str:
    """A short hash of the desk's looks up to a date: what a figure of that date is made of. Empty where there are none."""
    if not _is_there(con):
        return ""
    row = con.execute(
        f"select md5(string_agg(line, '/' order by line)) from (select concat_ws('|', person_id, indicator_id, look_date) as line "
        f"from conformed.{TABLE} where authority = ? and contract = '{CONTRACT}' and look_date <= ?)",
        [authority, as_at],
    ).fetchone()
    return f" {row[0]}" if row and row[0] else ""


def _is_there(con: duckdb.DuckDBPyConnection) -> bool:
    there = f"select count(*) from duckdb_tables() where schema_name = 'conformed' and table_name = '{TABLE}'"
    return con.execute(there).fetchone() != (0,)
