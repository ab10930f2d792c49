"""The receipts of workbooks that came back, row by row, and the questions that stand. Reading a publication only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countermark.certify.answers import OUTCOMES
from countermark.desk.figures import Rows

THERE = "select 1 from duckdb_tables() where schema_name = 'facts' and table_name = 'answers'"
RECEIPTS = """
select answers.authority, answers.delivery_id, any_value(answers.decided_by) as decided_by, any_value(taken.received_at) as received_at,
    any_value(taken.rows_in) as rows_in, any_value(taken.rows_rejected) as rejected, any_value(taken.rows_ignored) as left_out,
    count(*) filter (outcome = 'applied') as applied, count(*) filter (outcome = 'refused') as refused,
    count(*) filter (outcome = 'ignored') as ignored, count(*) filter (outcome = 'question') as questions
from facts.answers as answers
join main.deliveries as taken on answers.authority = taken.authority and answers.delivery_id = taken.delivery_id
where ($authority = '' or answers.authority = $authority)
group by all
order by received_at desc, answers.delivery_id
"""
ROWS = """
select source_row, outcome, heading, reason, difference, case_id, team, indicator_id, as_at
from facts.answers where delivery_id = $delivery
union all
select source_row, 'refused', "column", reason, null, null, null, null, null from main.rejects where delivery_id = $delivery
order by source_row
"""
QUESTIONS = """
select answers.source_row, answers.delivery_id, answers.case_id, answers.team, answers.indicator_id, answers.as_at, answers.decided_by
from facts.answers as answers
where answers.outcome = 'question' and answers.authority = $authority
    and ($only is null or list_contains($only::varchar[], answers.team))
    and not exists (
        select 1 from main.members as known
        where known.authority = answers.authority and answers.case_id in (known.child_id, known.case_id)
    )
order by answers.as_at desc, answers.team, answers.case_id, answers.delivery_id, answers.source_row
"""


@dataclass(frozen=True)
class Receipt:
    """What a workbook's rows came to. `rows_in` is all of them: refused are those that could not be read, too."""

    authority: str
    delivery_id: str
    by: str
    received_at: datetime
    rows_in: int
    applied: int
    refused: int
    ignored: int
    questions: int

    @property
    def says(self) -> str:
        """The receipt as a line: every row is in it once."""
        asked = f", {self.questions} asked about" if self.questions else ""
        return f"{self.rows_in} rows: {self.applied} decided, {self.refused} refused, {self.ignored} with nothing to decide{asked}"


def receipts(rows: Rows, authority: str = "") -> list[Receipt]:
    """Of every workbook of differences that came back, newest first; nothing where an earlier version published."""
    if not rows(THERE, {}):
        return []
    return [
        Receipt(
            row["authority"], row["delivery_id"], row["decided_by"], row["received_at"], row["rows_in"], row["applied"],
            row["refused"] + row["rejected"], row["ignored"] + row["left_out"], row["questions"],
        )
        for row in rows(RECEIPTS, {"authority": authority})
    ]  # fmt: skip


def rows(ask: Rows, delivery_id: str) -> list[dict[str, Any]]:
    """What each row came to, in the order of the sheet, in words."""
    found = ask(ROWS, {"delivery": delivery_id}) if ask(THERE, {}) else []
    for row in found:
        row["says"] = OUTCOMES[row["outcome"]]
        row["why"] = ": ".join(filter(None, (row["heading"], row["reason"])))
    return sorted(found, key=lambda row: (row["source_row"].rpartition("!")[0], _number(row["source_row"])))


def questions(ask: Rows, authority: str, only: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """The children whom teams asked about and nobody's list holds yet; of the teams in `only` (None: all)."""
    said: dict[str, Any] = {"authority": authority, "only": list(only) if only is not None else None}
    return ask(QUESTIONS, said) if ask(THERE, {}) else []


def _number(place: str) -> int:
    said = place.rpartition("!")[2]
    return int(said) if said.isdigit() else 0
