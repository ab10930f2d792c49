"""One child's whole record: what it counts in, what fails, what differs, what was decided, and its rows list by list."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import render_template

from countermark.desk import children, comments, looks, worklist
from countermark.desk.worklist import Filters
from web.context import definitions, ledger, person
from web.worklist import desk


def child(address: str) -> Any:
    """The record of the child that the address stands for."""
    child_id, who, as_at = desk.child_at(address), person(), desk.position()
    failing = children.failures(desk.rows, who.authority, child_id)
    found = worklist.items(
        desk.rows,
        who.authority,
        Filters(as_at, state="", child=child_id, only=desk.only()),
        desk.holders(),
        desk.today(),
    )
    ids = [item.item_id for item in found]
    records = desk.delivered_rows()
    rows = children.delivered(records, definitions(), who.authority, child_id, failing) if records else []
    counts = children.counts(desk.rows, who.authority, child_id, as_at)
    desk.saw("child", [child_id])
    return render_template(
        "worklist/child.html", child_id=child_id, address=address, as_at=as_at, items=found, failing=failing,
        counts=counts, looks=_looks(child_id, sorted({one["indicator_id"] for one in counts})), seen_words=looks.SEEN,
        is_kept=records is not None,
        lists=[(title, list(group)) for title, group in groupby(rows, key=lambda row: row.title)],
        decisions=[one for one in ledger().decisions(newest=False, breaks=ids) if one.authority == who.authority],
        comments=comments.comments(ledger(), who.authority, ids),
    )  # fmt: skip


def _looks(child_id: str, indicators: list[str]) -> list[looks.Look]:
    """The newest look at the child for each measure that it counts in."""
    found = [looks.of_children(ledger(), desk.key(), person().authority, one, [child_id]) for one in indicators]
    return [one[child_id] for one in found if child_id in one]
