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
from countermark.warehouse.weighing import ERROR

WORDS = {
    "number": "the same number of the health service or of school",
    "zeros": "ids that differ by leading zeros alone",
    "initials": "the same initials",
    "affix": "one id is the end of the other",
    "near": "ids that differ by one slip of the pen",
    "handed over": "an episode goes on under the one id where it ends under the other",
}
PAIRS = """
select child_id, other_child_id, why, is_sure, same_family, consecutive, probability, evidence, doubts
from facts.identity_proposals
where authority = $authority
order by is_sure desc, probability desc nulls last, child_id, other_child_id
"""
WEIGHING = "select state, listed_from from facts.identity_weighing"
ALIKE = "alike"  # found by weighing alone, by none of the rules


@dataclass(frozen=True)
class Pair:
    """Two ids that might be one child's; `keeps` is the one that would stay."""

    gives_up: str
    keeps: str
    why: tuple[str, ...]
    is_sure: bool
    same_family: bool
    consecutive: bool
    probability: float | None = None
    evidence: str = ""
    against: str = ""

    @property
    def words(self) -> list[str]:
        """What speaks for one child: what the rules found, and what was weighed beside it."""
        weighed = self.evidence.split("; ") if self.evidence else []
        return [WORDS.get(one, one) for one in self.why if one != ALIKE] + [
            one for one in weighed if one not in (WORDS.get(why) for why in self.why)
        ]

    @property
    def doubts(self) -> list[str]:
        """What speaks for two, twins above all."""
        said = {"they are of one family": self.same_family, "their ids follow one another": self.consecutive}
        return [words for words, holds in said.items() if holds] + (self.against.split("; ") if self.against else [])

    @property
    def chance(self) -> str:
        """How probable it is that they are one child, in words; empty where it was not weighed."""
        if self.probability is None:
            return ""
        return "99% or more" if self.probability >= 0.99 else f"{self.probability:.0%}"


@dataclass(frozen=True)
class Weighing:
    """Whether a publication's pairs were weighed: `failed` where they could not be."""

    failed: bool = False
    listed_from: float | None = None

    @property
    def sentence(self) -> str:
        """What a reader of the list has to know of it."""
        if self.failed:
            return (
                "ERROR: which other pairs are probably one child could not be worked out. These are the pairs that the rules found; "
                "the figures do not depend on it."
            )
        if self.listed_from is None:
            return "Probabilities come with the next run."
        return (
            f"Beside what the rules find, pairs are shown that are one child with a probability of {self.listed_from:.0%} or more. "
            "It is an estimate and moves no figure; pairs between which twins are possible say so."
        )


def weighing(rows: Rows) -> Weighing:
    """Whether the probabilities of a publication could be worked out, and from which one on a pair is shown."""
    found = rows(WEIGHING, {})
    return Weighing(
        any(row["state"] == ERROR for row in found), max((row["listed_from"] for row in found), default=None)
    )


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
    return Pair(
        row["child_id"], row["other_child_id"], why, row["is_sure"], row["same_family"], row["consecutive"], row["probability"],
        row["evidence"] or "", row["doubts"] or "",
    )  # fmt: skip
