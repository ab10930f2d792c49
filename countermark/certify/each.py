"""Many judgements at once, each on its own: what can be stored is stored, and what cannot is named with the reason.

For pages, where two people work on the same list. All or none is `judge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermark.certify import judge
from countermark.certify.judge import Figure
from countermark.certify.read_fields import FieldsChangedError
from countermark.ledger.records import Decision, LedgerConflict, LedgerError, LedgerUnwritable
from countermark.ledger.store import Ledger

CHANGED = "Its records have changed since you read them: look again, then decide."


@dataclass(frozen=True)
class Refused:
    """What was not stored: the difference or the indicator, why in words, and whether somebody else was faster."""

    subject: str
    why: str
    conflict: bool = False


def decide_each(
    ledger: Ledger,
    snapshot: Path,
    breaks: Iterable[str],
    by: str,
    *,
    expected_version: Mapping[str, int],
    read_fields: Mapping[str, str] | None = None,
    **said: Any,
) -> tuple[list[Decision], list[Refused]]:
    """Decide on each of the breaks whose version and fields are still those that the officer saw; returns what was stored, and the rest.

    `expected_version` by break id, 0 for none; `read_fields` as for `judge.decide`.
    LedgerError where nothing can be stored whatever the break: no reason, no such cause.
    """
    left = list(dict.fromkeys(breaks))
    refused: list[Refused] = []
    while left:
        try:
            stored = judge.decide(
                ledger, snapshot, left, by, expected_version=expected_version, read_fields=read_fields, **said
            )
        except FieldsChangedError as changed:
            refused += [Refused(one, CHANGED, True) for one in changed.subjects]
            left = [one for one in left if one not in changed.subjects]
        except LedgerConflict as conflict:
            now = {one.break_id: one for one in ledger.decisions()}
            refused += [Refused(one, _decided(now.get(one)), True) for one in conflict.subjects]
            left = [one for one in left if one not in conflict.subjects]
        except LedgerUnwritable:
            raise
        except LedgerError:
            if len(left) == 1:
                raise
            return _one_by_one(
                ledger, snapshot, left, by, expected_version, refused, {**said, "read_fields": read_fields}
            )
        else:
            return stored, refused
    return [], refused


def _one_by_one(
    ledger: Ledger,
    snapshot: Path,
    left: list[str],
    by: str,
    expected: Mapping[str, int],
    refused: list[Refused],
    said: Mapping[str, Any],
) -> tuple[list[Decision], list[Refused]]:
    """Where one break of many refuses for a reason of its own (an unknown id, a figure that `by` counted): each alone."""
    stored: list[Decision] = []
    for one in left:
        try:
            taken, others = decide_each(ledger, snapshot, [one], by, expected_version=expected, **said)
        except LedgerUnwritable:
            raise
        except LedgerError as error:
            refused.append(Refused(one, str(error)))
        else:
            stored += taken
            refused += others
    if not stored and not any(one.conflict for one in refused) and len({one.why for one in refused}) == 1:
        raise LedgerError(refused[0].why)
    return stored, refused


def _decided(now: Decision | None) -> str:
    if now is None:
        return "It has been decided in the meantime."
    return f"{now.by} has decided it in the meantime ({now.decision.replace('_', ' ')}): look again, then decide."


def check_each(
    ledger: Ledger, snapshot: Path, wanted: Iterable[Figure], by: str, note: str, expected_version: Mapping[str, int]
) -> tuple[list[Figure], list[Refused]]:
    """Record a check of each figure that can be checked by `by`; returns those, and the rest with the reason."""
    done: list[Figure] = []
    refused: list[Refused] = []
    for figure in wanted:
        try:
            judge.check(ledger, snapshot, [figure], by, note, expected_version)
        except LedgerUnwritable:
            raise
        except LedgerError as error:
            refused.append(Refused(figure.indicator_id, str(error), isinstance(error, LedgerConflict)))
        else:
            done.append(figure)
    return done, refused


def sign_each(
    ledger: Ledger, snapshot: Path, wanted: Iterable[Figure], by: str, expected_version: Mapping[str, int]
) -> tuple[dict[str, str], list[Refused]]:
    """Sign each figure that can be signed by `by`; returns certificate ids by indicator, and the rest with the reason."""
    done: dict[str, str] = {}
    refused: list[Refused] = []
    for figure in wanted:
        try:
            [done[figure.indicator_id]] = judge.sign(ledger, snapshot, [figure], by, expected_version)
        except LedgerUnwritable:
            raise
        except LedgerError as error:
            refused.append(Refused(figure.indicator_id, str(error), isinstance(error, LedgerConflict)))
    return done, refused


def unchanged(wanted: Iterable[Figure], seen: Mapping[str, str]) -> tuple[list[Figure], list[Refused]]:
    """The figures whose facts are those that the person saw (`seen`: facts hash by indicator), and the others, refused."""
    same, moved = [], []
    for figure in wanted:
        if seen.get(figure.indicator_id) == figure.facts_hash:
            same.append(figure)
        else:
            why = f"{figure.indicator_id} has changed since you opened the page: look at it again."
            moved.append(Refused(figure.indicator_id, why, True))
    return same, moved
