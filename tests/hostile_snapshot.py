"""A published snapshot that an export must be careful with: formulas, quotes, names of people and children, withheld values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.snapshots import AS_AT, metric

CHILD, WORKER, COUNTER = "CHILD-0077", "Wanda Workerson", "Cora Countwell"
FILE = "counts/Ann Childs plan.csv"
HOSTILE = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"]
WITHHELD = 987_654


def content() -> dict[str, list[dict[str, Any]]]:
    """The rows of each table."""
    held = {
        f"{side}_{part}": WITHHELD
        for side in ("system", "manual", "reconciled")
        for part in ("numerator", "denominator")
    }
    key = {"authority": "E1", "indicator_id": "PP1", "as_at": AS_AT}
    held_key = {**key, "indicator_id": "PP6", "team": "ALL"}
    case = {"case_id": CHILD, "child_id": CHILD}
    return {
        "metrics": [
            metric(team="North", title='Seen, "in time"'),
            metric(),
            metric(indicator_id="PP6", status="withheld", status_reason="Not reliable enough to report.", **held),
            metric(12, None, indicator_id="PP0", as_at=date(2022, 9, 30)),
        ],
        "members": [
            {**key, **case, "worker": WORKER, "in_denominator": True, "in_numerator": False, "state": "not_met", "due_on": AS_AT},
            {**key, "case_id": "007", "child_id": "007", "in_denominator": True, "in_numerator": True, "state": "met"},
        ],
        "bridge_lines": [
            {**key, "team": "North", "measure": "numerator", "manual": 44, "system": 40, "reason": "TEAM", "effect": -4, "cases": 4},
            {**held_key, "measure": "numerator", "reason": "VALUE"} | dict.fromkeys(("manual", "system", "effect", "cases"), WITHHELD),
        ],
        "breaks": [
            {**key, "break_id": "b1", "case_id": CHILD, "effect": -1, "first_seen": date(2022, 12, 23), "manual_source": FILE,
             "event_date": date(2022, 12, 19)},
            {**key, "break_id": "b2", "case_id": "008", "effect": 0, "first_seen": date(2023, 1, 3)},
        ],
        "failures": [
            {"authority": "E1", "rule_code": f"R{i}", "message": text, "child_id": CHILD} for i, text in enumerate(HOSTILE)
        ],
        "deliveries": [
            {"authority": "E1", "delivery_id": "d1", "file": FILE, "reason": f"row of {CHILD}", "received_at": datetime(2022, 11, 2, 8, 5),
             "extracted_on_inferred": False, "rows_in": 2, "rows_loaded": 1, "rows_rejected": 1, "rows_ignored": 0, "status": "loaded"},
        ],
        "roll_forward": [{**key, "reason": "VALUE", "opening": 1, "closed": 1, "closing": 0}],
        "moves": [{**key, "team": "North", "break_id": "b1", "reason": "VALUE", "worse_by": 1, "value_now": 0.4, "value_otherwise": 0.41}],
        "ranges": [
            {**held_key, "status": "withheld", "case_unit": "child", "side": "met"}
            | dict.fromkeys(("recorded", "counted", "reconciled", "fewest", "most"), WITHHELD)
        ],
        "rejects": [{"authority": "E1", "delivery_id": "d1", "file": FILE, "source_row": "List 7!14", "column": "Child Unique ID"}],
        "claims": [{**key, "team": "North", "counted_by": COUNTER, "numerator": 44}],
        "gates": [{**key, "team": "North", "gate": "signed", "outcome": "FAIL", "says": "", "withholds": False}],
        "revisions": [
            {**held_key, "revision": 1, "status": "certified", "system_numerator": 30, "system_denominator": 90},
            {**held_key, "revision": 2, "status": "provisional", "system_numerator": WITHHELD, "system_denominator": WITHHELD},
            {**held_key, "revision": 3, "status": "withheld", "system_numerator": WITHHELD, "figure_hash": "f" * 32},
        ],
    }  # fmt: skip
