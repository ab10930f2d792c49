"""Purging in a ledger, on whatever database: what goes, what is redacted, what is left alone, and the chain after it. Not a test itself."""

from __future__ import annotations

from countermark.ledger.notes import Note
from countermark.ledger.store import Ledger
from tests.ledger_samples import AS_AT, CODE, START, decision, fill, receipt

BREAK, OTHER, CHILD = "0011223344556677", "8899aabbccddeeff", "fedcba9876543210"


def redact(text: str) -> str:
    """Somebody's name out of a text."""
    return text.replace("Kestrel", "[purged]")


def purge_one_of_two(ledger: Ledger) -> None:
    """Fill a ledger, purge one child from it, and hold every claim of `purge_rows` to account."""
    fill(ledger)
    ledger.add_receipts([receipt("cccc-annex_a.list_07", file="Kestrel.xlsx", sha256="c" * 64)])
    ledger.check(CODE, "PP3", AS_AT, "Charlie Checker", "But for Kestrel.", "facts")
    ledger.note([
        Note(CODE, "comment", CHILD, {"text": "about the child"}, "Dana"),
        Note(CODE, "action", "PP1", {"about": [OTHER, BREAK]}, "Dana"),
        Note(CODE, "commentary", "PP1", {"text": "Kestrel was seen.", "cases": 3}, "Dana"),
        Note("E06000013", "comment", BREAK, {"text": "Kestrel of another council"}, "Dana"),
    ])  # fmt: skip
    ledger.decide([decision(OTHER, decision="system_right", until=None, reason="Not Kestrel.")])
    before = ledger.head()
    stone = Note(CODE, "purge", CHILD, {"rows": 4, "reason": "rule 1"}, "Ama Admin")
    touched = ledger.purge_rows(CODE, {BREAK, CHILD}, redact, [stone], "Ama Admin")
    assert ledger.verify() is None and ledger.verify(before) is None
    assert ledger.head().seq == before.seq + 1
    assert [one.break_id for one in ledger.decisions(newest=False)] == [OTHER, OTHER]
    assert ledger.decisions()[0].reason == "Not [purged]."
    assert set(ledger.first_seen(CODE, "break")) == {OTHER}
    assert [(n.authority, n.subject) for n in ledger.notes("comment")] == [("E06000013", BREAK)]
    assert ledger.notes("comment")[0].body["text"] == "Kestrel of another council", "an id is another child elsewhere"
    assert ledger.notes("action") == []
    assert ledger.notes("commentary")[0].body == {"text": "[purged] was seen.", "cases": 3}
    assert {one.file for one in ledger.receipts()} == {"north/annex a.xlsx", "count.csv", "[purged].xlsx"}
    assert [one.note for one in ledger.checks() if one.indicator_id == "PP3"] == ["But for [purged]."]
    assert touched == 9, "decided, seen, three notes; and four texts: a note's, a decision's, a check's, a receipt's"
    [kept] = ledger.notes("purge")
    assert (kept.subject, kept.by, kept.body["rows"], kept.version) == (CHILD, "Ama Admin", 4, 1)
    payload = ledger.entries()[-1].payload
    assert not any(word in payload for word in ("Kestrel", BREAK, CHILD, "rule 1"))


def go_on_after(ledger: Ledger) -> None:
    """A purged ledger takes decisions again, and another purge over the same entries is as good as the first."""
    ledger.decide([decision(BREAK, at=START)], expected_version=0)
    ledger.note([Note(CODE, "commentary", "PP3", {"text": "Kestrel again"}, "Dana")])
    assert ledger.purge_rows(CODE, {OTHER}, redact, [], "Ama Admin") > 0
    assert ledger.verify() is None and [one.break_id for one in ledger.decisions()] == [BREAK]
    head = ledger.head()
    assert ledger.purge_rows(CODE, {OTHER}, redact, [], "Ama Admin") == 0
    assert ledger.head() == head, "nothing to do is no entry"
    ledger.note([Note(CODE, "purged_rows", "aaaa-annex_a.list_07", {"rows": 7, "into": "x"}, "Ama Admin")])
    [one] = [r for r in ledger.receipts() if r.delivery_id == "aaaa-annex_a.list_07"]
    assert (one.rows_in, one.rows_loaded, one.rows_rejected, one.rows_ignored) == (9, 0, 1, 8)
