"""The lives of differences: what became of each from one date to the next, and the days on which one closed or came back.

desk.lives and both roll-forwards, of figures and of pairs of systems, are made of the positions (sql/shared/certify/lives.sql). When a
later delivery closed a difference, or brought it back, the ledger is told on that day: note kind `life`, subject the difference, so that
its history outlasts publications.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from countermark.certify.in_children import add_ranges
from countermark.contracts.catalogue import Catalogue
from countermark.ledger.notes import Note
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import statements

KIND = "life"
CLOSED, REOPENED = "closed", "reopened"
LAPSE = "lapse"  # kind of note: since when a decision (`version`) no longer holds
WRITER = "countermark"
AT_ONCE = 500
WINDOW = "over_months"  # the parameter by which a pair of systems says how far back it looks
# A difference stands where its measure's last word on it is no correction, or where it only says what was wrong and is open.
STANDS = """
select authority, break_id from desk.lives
qualify row_number() over (partition by authority, break_id order by as_at desc) = 1 and life <> 'corrected'
union
select authority, break_id from main.breaks where effect = 0 and state <> 'closed'
"""
# Decisions that no longer hold where their difference stands last.
LAPSED = """
select lives.authority, lives.break_id, decisions.version
from (
    select * from desk.lives qualify row_number() over (partition by authority, break_id order by as_at desc) = 1
) as lives
join book.decisions as decisions on lives.authority = decisions.authority and lives.break_id = decisions.break_id
where lives.state = 'open' and lives.lapsed
order by all
"""


def add_work(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger) -> None:
    """Make what the desk works through in the open snapshot, whose metrics are there: lives, ranges, what moves what, the worklist."""
    add_lives(con, catalogue)
    note_lives(con, ledger)
    add_ranges(con)
    for step in ("team_at_event", "work_items", "worklist", "pair_work"):
        for statement in statements(catalogue.shared(f"certify/{step}")):
            con.execute(statement)


def add_lives(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make desk.lives and the roll-forwards in the open snapshot, whose main.breaks and main.pair_items are there."""
    known = sorted(catalogue.reasons.values(), key=lambda one: one.precedence)
    pairs = catalogue.pairs.values()
    said = {
        "reasons": [one.code for one in known],
        "windows": [{"pair_id": one.id, "months": one.parameters[WINDOW]} for one in pairs if WINDOW in one.parameters],
        "yearly": [one.id for one in pairs if one.compared == "year_end"],
    }
    for statement in statements(catalogue.shared("certify/lives")):
        con.execute(statement, {name: value for name, value in said.items() if f"${name}" in statement})


def note_lives(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> int:
    """Tell the ledger which differences closed since it was last told, and which came back; how many. Told twice, it has it once."""
    stands = {(str(one), str(two)) for one, two in con.execute(STANDS).fetchall()}
    seen = con.execute("select authority, break_id from book.seen where kind in ('break', 'pair')").fetchall()
    known = {(str(one), str(two)) for one, two in seen}
    told = {(one.authority, one.subject): one for one in ledger.notes(KIND)}
    closed = {key for key, note in told.items() if note.body["what"] == CLOSED}
    new = [(key, CLOSED) for key in sorted(known - stands - closed)]
    new += [(key, REOPENED) for key in sorted(stands & closed)]
    notes = [Note(key[0], KIND, key[1], {"what": what}, WRITER) for key, what in new] + _lapses(con, ledger)
    for start in range(0, len(notes), AT_ONCE):
        ledger.note(notes[start : start + AT_ONCE])
    return len(notes)


def _lapses(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> list[Note]:
    told = {(one.authority, one.subject): one.body["version"] for one in ledger.notes(LAPSE)}
    return [
        Note(authority, LAPSE, break_id, {"version": version}, WRITER)
        for authority, break_id, version in con.execute(LAPSED).fetchall()
        if told.get((authority, break_id)) != version
    ]


def told_of(ledger: Ledger, authority: str, breaks: Sequence[str]) -> list[Note]:
    """When each of the differences closed and came back, and decisions on it lapsed."""
    found = [one for kind in (KIND, LAPSE) for one in ledger.notes(kind, list(breaks), newest=False)]
    return [one for one in found if one.authority == authority]
