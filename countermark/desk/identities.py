"""Whether two ids are one child's: the pairs that were found, and what a person says of each.

Note kind `same_child`; the subject is the pair of keyed pseudonyms, so the ledger names no child. What is said counts from the next run
on, as a row of a crosswalk would; who was called two children is not proposed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countermark.desk import guard
from countermark.desk.figures import Rows
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.secrets import pseudonym
from countermark.ledger.store import Ledger
from countermark.warehouse.identity import KIND

WORDS = {
    "number": "the same number of the health service or of school",
    "zeros": "ids that differ by leading zeros alone",
    "initials": "the same initials",
    "affix": "one id is the end of the other",
    "near": "ids that differ by one slip of the pen",
    "handed over": "an episode goes on under the one id where it ends under the other",
}
PAIRS = """
select child_id, other_child_id, why, is_sure, same_family, consecutive
from facts.identity_proposals
where authority = $authority
order by is_sure desc, child_id, other_child_id
"""


@dataclass(frozen=True)
class Pair:
    """Two ids that might be one child's; `keeps` is the one that would stay."""

    gives_up: str
    keeps: str
    why: tuple[str, ...]
    is_sure: bool
    same_family: bool
    consecutive: bool

    @property
    def words(self) -> list[str]:
        """What speaks for one child."""
        return [WORDS.get(one, one) for one in self.why]

    @property
    def doubts(self) -> list[str]:
        """What speaks for twins."""
        said = {"they are of one family": self.same_family, "their ids follow one another": self.consecutive}
        return [words for words, holds in said.items() if holds]


def proposed(rows: Rows, authority: str) -> list[Pair]:
    """The pairs that were found, those that are as good as certain first."""
    return [_pair(row) for row in rows(PAIRS, {"authority": authority})]


def unspoken(ledger: Ledger, key: bytes, authority: str, found: Sequence[Pair]) -> list[Pair]:
    """Those of the pairs that nobody has spoken of yet."""
    said = {note.subject for note in ledger.notes(KIND) if note.authority == authority}
    return [one for one in found if subject(key, one.gives_up, one.keeps) not in said]


def subject(key: bytes, one: str, other: str) -> str:
    """What stands for a pair, whichever of the two comes first."""
    return "/".join(sorted(pseudonym(key, "child", each) for each in (one, other)))


def say(
    ledger: Ledger, key: bytes, authority: str, gives_up: str, keeps: str, same: bool, reason: str, by: str
) -> Note:
    """Store that two ids are one child's (or, with `same` false, two children's). LedgerError in a sentence where something is wrong."""
    if not gives_up or not keeps or gives_up == keeps:
        raise LedgerError("Two ids are needed: the one that is given up and the one that stays.")
    why = guard.plain(reason, "A reason")
    if any(one in why.upper() for one in (gives_up, keeps) if len(one) >= guard.SHORTEST_ID):
        raise LedgerError("The reason holds a child's id: say it without.")
    marks = {"old": pseudonym(key, "child", gives_up), "new": pseudonym(key, "child", keeps)}
    return ledger.note(
        [Note(authority, KIND, subject(key, gives_up, keeps), {**marks, "same": same, "reason": why}, by)]
    )[0]


def _pair(row: Mapping[str, Any]) -> Pair:
    why = tuple(str(row["why"]).split(","))
    return Pair(row["child_id"], row["other_child_id"], why, row["is_sure"], row["same_family"], row["consecutive"])
