"""The register of figures given out: which figure, as it stood, went to whom, when, by whom and in which document.

Note kind `given_out`, one subject per figure and document, copied from the snapshot by query; kind `told` says that the
receiver has been told of a later revision. A figure restated since is found by comparing with a snapshot of now.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from countermark.desk import guard
from countermark.desk.bound import Bound, changes, changes_conclusion, is_stale
from countermark.desk.figures import Figure, Rows, figures, subject
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

KIND, TOLD = "given_out", "told"
RECEIVERS = {
    "self-evaluation": "Self-evaluation",
    "DfE": "Department for Education",
    "lead member": "Lead member",
    "inspectors": "Inspectors",
    "board": "Improvement board",
    "other": "Somebody else",
}


@dataclass(frozen=True)
class Given:
    """One figure as it was given out, from one snapshot. `told_revision` is the newest revision that the receiver was told of."""

    id: str
    authority: str
    indicator_id: str
    as_at: date
    team: str
    title: str
    as_given: Bound
    snapshot: str
    receiver: str
    whom: str
    document: str
    on: date
    by: str
    at: datetime
    told_revision: int = 0
    told_on: date | None = None
    told_by: str = ""
    version: int = 1

    @property
    def subject(self) -> str:
        """The figure's own subject."""
        return subject(self.indicator_id, self.as_at, self.team)

    @property
    def receiver_words(self) -> str:
        """To whom it went."""
        return " – ".join(filter(None, (RECEIVERS[self.receiver], self.whom)))

    @property
    def value_given(self) -> str:
        """The figure as it stood; nothing of one that was not reliable enough to report."""
        return "[x]" if self.as_given.status == "withheld" else self.as_given.number


@dataclass(frozen=True)
class Restated:
    """A figure given out that is another now: what changed, why it was published again, and whether that matters."""

    given: Given
    now: Figure | None
    changed: tuple[str, ...]
    classes: tuple[str, ...]
    conclusion: bool
    to_be_told: bool

    @property
    def revision_now(self) -> int:
        """The revision that stands, 0 where the figure is gone."""
        return self.now.revision if self.now else 0


def give_out(
    ledger: Ledger, rows: Rows, snapshot: str, given: Sequence[Figure], receiver: str, document: str, on: date, by: str, whom: str = "",
) -> list[Given]:  # fmt: skip
    """Note that figures of a snapshot (its file's name) went out in a document. All or none; the values are the figures' own."""
    if receiver not in RECEIVERS:
        raise LedgerError(f"To whom did it go? One of: {', '.join(RECEIVERS)}.")
    if not given:
        raise LedgerError("Choose at least one figure.")
    if on > ledger.clock().date():
        raise LedgerError("A figure cannot have been given out on a day to come.")
    said = guard.plain(document, "The document")
    guard.refuse_names(rows, f"{said} {whom}")
    new = [
        Note(one.authority, KIND, secrets.token_hex(6), {
            "indicator_id": one.indicator_id, "as_at": one.as_at, "team": one.team, "title": one.title, "bound": Bound.to(one).body(),
            "snapshot": snapshot, "receiver": receiver, "whom": whom.strip(), "document": said, "on": on,
        }, by)
        for one in given
    ]  # fmt: skip
    return [_read(one, {}) for one in ledger.note(new, 0)]


def register(
    ledger: Ledger, authority: str | None = None, figure: str | None = None, known_at: datetime | None = None
) -> list[Given]:
    """What was given out, the newest first; of one figure (its subject) or of all."""
    told = {(one.authority, one.subject): one for one in ledger.notes(TOLD, known_at=known_at)}
    found = [_read(one, told) for one in ledger.notes(KIND, known_at=known_at) if authority in (None, one.authority)]
    wanted = [one for one in found if figure in (None, one.subject)]
    return sorted(wanted, key=lambda one: (one.on, one.at, one.indicator_id, one.id), reverse=True)


# Why each figure was published again, revision by revision.
CLASSES = """
select authority, indicator_id, as_at, team, revision, class from main.revisions order by authority, indicator_id, as_at, team, revision
"""


def restated(
    ledger: Ledger, rows: Rows, authority: str | None = None, known_at: datetime | None = None,
    nouns: Mapping[str, str] = MappingProxyType({}),
) -> list[Restated]:  # fmt: skip
    """The figures given out whose present revision differs in a number or its status: those to be told first.

    `rows` reads the snapshot that stands now (`figures.rows_of`). A figure signed since is no restatement.
    """
    gone_out = register(ledger, authority, known_at=known_at)
    if not gone_out:
        return []
    now = {(one.authority, one.subject): one for one in figures(rows, team=None, authority=authority, nouns=nouns)}
    classes: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in rows(CLASSES, {}):
        key = (row["authority"], subject(row["indicator_id"], row["as_at"], row["team"]))
        classes.setdefault(key, []).append((row["revision"], row["class"]))
    found = [_restated(one, now.get((one.authority, one.subject)), classes) for one in gone_out]
    order = sorted((one for one in found if one), key=lambda one: (not one.to_be_told, not one.conclusion))
    return list(order)


def _restated(
    given: Given, figure: Figure | None, classes: dict[tuple[str, str], list[tuple[int, str]]]
) -> Restated | None:
    now = Bound.to(figure) if figure else None
    if (now and now.revision == given.as_given.revision) or not is_stale(given.as_given, now):
        return None
    why = [
        name for number, name in classes.get((given.authority, given.subject), []) if number > given.as_given.revision
    ]
    heard = figure.revision <= given.told_revision if figure else given.told_on is not None
    matters = now is None or _quoted(now) != _quoted(given.as_given)
    return Restated(
        given, figure, tuple(changes(given.as_given, now)), tuple(dict.fromkeys(why)), changes_conclusion(given.as_given, now),
        matters and not heard,
    )  # fmt: skip


def _quoted(one: Bound) -> tuple[int | None, int | None, str, str, str]:
    """What a reader was given to quote."""
    return one.numerator, one.denominator, one.low, one.high, one.status


def told(ledger: Ledger, one: Restated, how: str, by: str, expected_version: int | None = None) -> None:
    """Note that the receiver has been told of the revision that stands now. LedgerConflict where somebody noted it meanwhile."""
    body = {"revision": one.revision_now, "how": guard.plain(how, "How they were told"), "on": ledger.clock().date()}
    ledger.note([Note(one.given.authority, TOLD, one.given.id, body, by)], expected_version)


def _read(note: Note, told_of: dict[tuple[str, str], Note]) -> Given:
    b: Any = note.body
    heard = told_of.get((note.authority, note.subject))
    return Given(
        note.subject, note.authority, b["indicator_id"], _day(b["as_at"]), b["team"], b["title"], Bound.read(b["bound"]), b["snapshot"],
        b["receiver"], b["whom"], b["document"], _day(b["on"]), note.by, note.at or datetime.min,
        int(heard.body["revision"]) if heard else 0, _day(heard.body["on"]) if heard else None, heard.by if heard else "",
        heard.version if heard else 0,
    )  # fmt: skip


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
