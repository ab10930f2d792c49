"""The words of a decision: which decisions and causes there are, and what a decision must bring. No database here."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches

from countermark.ledger.people import person_key
from countermark.ledger.records import Decision, LedgerError

# What an officer may decide. Source: the reconciliation design, "Breaks live longer than runs".
DECISIONS = {
    "manual_right": "the manual state counts in the reconciled value until the date",
    "system_right": "the system's state counts",
    "both_wrong": "neither side is right; the break stays open",
    "not_comparable": "the case is left out of the comparison",
    "accepted": "as the system has it, until the date",
}
# And of a difference between two systems: either has to be corrected by a day. No figure is moved by it.
OF_SYSTEMS = {
    "left_right": "the first system is right; the second is to be corrected by the date",
    "right_right": "the second system is right; the first is to be corrected by the date",
    "both_wrong": "neither is right; the difference stays open",
    "not_comparable": "the two do not mean the same thing",
    "accepted": "the difference is known and may stand until the date",
}
NEED_UNTIL = ("manual_right", "accepted", "left_right", "right_right")

# Why it happened, as a person chose. Source: the reconciliation design, "Reason is what the machine proved".
CAUSES = {
    "no_login_or_agency_worker": "no login or agency worker",
    "left_without_writing_up": "left without writing up",
    "form_wrong_in_the_new_system": "form wrong in the new system",
    "not_trained": "not trained",
    "workload": "workload",
    "system_fault": "system fault",
    "duplicate_person": "duplicate person",
    "count_copied_from_the_report": "count copied from the report",
    "case_work_not_done": "case work not done",
}


def cause_code(text: str) -> str:
    """The code of the cause that `text` names: its code, its words, or any run of its words that no other cause has."""
    wanted = _words(text)
    exact = [code for code in CAUSES if _words(code) == wanted]
    found = exact or [code for code in CAUSES if wanted and f" {wanted} " in f" {_words(code)} "]
    if len(found) == 1:
        return found[0]
    near = get_close_matches(wanted, [words.casefold() for words in CAUSES.values()], n=1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    raise LedgerError(f"That is no known cause.{hint} The causes are: {'; '.join(CAUSES.values())}.")


def _words(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split())


def refuse_incomplete(decision: Decision) -> None:
    """Raise LedgerError, a plain sentence, where a decision lacks what it must bring."""
    if decision.decision not in DECISIONS | OF_SYSTEMS:
        raise LedgerError(f"“{decision.decision}” is no decision. The decisions are: {', '.join(DECISIONS)}.")
    if not decision.reason.strip():
        raise LedgerError("A decision needs a reason in words: give one with --reason.")
    if not person_key(decision.by):
        raise LedgerError("A name is needed: say with --by who you are.")
    if decision.decision in NEED_UNTIL and decision.until is None:
        raise LedgerError(f"The decision {decision.decision} needs a date on which it runs out: give one with --until.")


def refuse_of_the_other_kind(break_id: str, decision: str, of_systems: bool) -> None:
    """Raise LedgerError where a decision is one of counts and the difference one between two systems, or the other way round."""
    mine, other = (OF_SYSTEMS, DECISIONS) if of_systems else (DECISIONS, OF_SYSTEMS)
    if decision in other and decision not in mine:
        what = "two systems" if of_systems else "a count and the system"
        raise LedgerError(f"{break_id} is a difference between {what}: decide one of {', '.join(mine)}.")
