"""What became of each row of workbooks and dip samples that came back, in the publication: decisions, refusals, questions.

The ledger keeps it by delivery and row, without a child; here the rows are put beside what was handed in, so that a question has its child.
"""

from __future__ import annotations

import duckdb

from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert

NOTE = "answers"  # subject: the delivery; body: {"rows": [[row number, outcome, heading, reason]…], "by": who decided}
OUTCOMES = {"applied": "decided", "refused": "refused", "ignored": "nothing to decide", "question": "question"}
ANSWERS = (
    "authority varchar, delivery_id varchar, source_row varchar, outcome varchar, heading varchar, reason varchar, decided_by varchar, "
    "indicator_id varchar, team varchar, as_at date, difference varchar, case_id varchar"
)
RECORD = """
insert into facts.answers
with rows as (
    select authority, delivery_id, row_number, source_row, indicator_id, team, as_at, difference, case_id
    from typed.manual_decisions where reject_reason is null
    union all
    select authority, delivery_id, row_number, source_row, indicator_id, team, as_at, null, null
    from typed.manual_dip_samples where reject_reason is null
)
select
    rows.authority, rows.delivery_id, rows.source_row, said.outcome, said.heading, said.reason, said.decided_by, rows.indicator_id,
    rows.team, rows.as_at, rows.difference, case when said.outcome = 'question' then rows.case_id end
from answers_said as said
join rows on said.delivery_id = rows.delivery_id and said.row_number = rows.row_number
"""


def record_answers(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Make facts.answers of the open warehouse from what the ledger says of the rows that are there."""
    con.execute("create schema if not exists facts")
    con.execute(f"create or replace table facts.answers ({ANSWERS})")
    con.execute(
        "create or replace temp table answers_said (delivery_id varchar, row_number integer, outcome varchar, heading varchar, "
        "reason varchar, decided_by varchar)"
    )
    said = [(note.subject, *row, str(note.body["by"])) for note in ledger.notes(NOTE) for row in note.body["rows"]]
    insert(con, "answers_said", said)
    con.execute(RECORD)
