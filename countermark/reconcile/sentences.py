"""What is said of one difference, made from its reason's file: clauses over the item's own facts, as one SQL expression.

A clause is text with facts in braces. Where one of its facts is not known, what it says `otherwise` stands in its place, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Clause, Reason

FACT = re.compile(r"\{(\w+)\}")
ALONE = {"duplicate": "{duplicate_sentence}", "unlisted": "{unlisted_sentence}"}

WHOLE = "{whole_sentence}"  # of a whole count in another unit


def marks(catalogue: Catalogue) -> dict[str, str]:
    """What stands in the SQL for each kind of item's sentence."""
    arms = " ".join(
        f"when '{reason.code}' then {expression(reason.sentence)}"
        for reason in catalogue.reasons.values()
        if reason.kind == "case"
    )
    found = dict.fromkeys([*ALONE.values(), WHOLE], "null::varchar")
    found |= {ALONE[one.kind]: expression(one.sentence) for one in catalogue.reasons.values() if one.kind in ALONE}
    found |= {mark: expression(one.whole) for one in catalogue.reasons.values() for mark in (WHOLE,) if one.whole}
    return {"{sentence}": f"case reason {arms} end" if arms else "null::varchar", **found}


def expression(clauses: Iterable[Clause]) -> str:
    """The clauses as SQL: joined by semicolons, a capital first, a full stop last."""
    said = ", ".join(_clause(one) for one in clauses)
    whole = f"concat_ws('; ', {said or 'null'})"
    return f"upper({whole}[1]) || substr({whole}, 2) || '.'"


def facts(reason: Reason) -> set[str]:
    """The facts that a reason's sentence names."""
    return {name for one in (*reason.sentence, *reason.whole) for name in FACT.findall(one.says + one.otherwise)}


def _clause(one: Clause) -> str:
    text = _text(one.says)
    if one.otherwise:
        text = f"coalesce({text}, {_text(one.otherwise)})"
    return f"case when {one.when.strip()} then {text} end" if one.when else text


def _text(said: str) -> str:
    """Text with facts, null where one of them is."""
    parts = FACT.split(said)
    return " || ".join(
        f"told({part})" if place % 2 else "'" + part.replace("'", "''") + "'"
        for place, part in enumerate(parts)
        if part or not place
    )
