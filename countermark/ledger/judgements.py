"""What people judged: decisions on breaks, checks, signatures. Which gates must hold before is not known here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import DBAPIError

from countermark.ledger.append import Chained, Rows
from countermark.ledger.causes import cause_code, refuse_incomplete
from countermark.ledger.chain import canonical, sha256
from countermark.ledger.counters import spelled
from countermark.ledger.engine import writing
from countermark.ledger.people import person_key
from countermark.ledger.records import (
    Check,
    Decision,
    Entry,
    LedgerConflict,
    LedgerError,
    Signature,
    moment,
    stamp,
)
from countermark.ledger.tables import certificate_events, certificates, checks, decisions, signatures, spellings

SEPARATION = {  # what the triggers say, in words
    "signer_checked": "{by} checked this figure and so cannot sign it: somebody else must.",
    "signer_decided": "{by} decided differences of this figure and so cannot sign it: somebody else must.",
    "checker_signed": "{by} signed this figure and so cannot check it: somebody else must.",
    "checker_decided": "{by} decided differences of this figure and so cannot check it: somebody else must.",
    "signer_counted": "{by} counted for this figure and so cannot sign it: somebody else must.",
    "checker_counted": "{by} counted for this figure and so cannot check it: somebody else must.",
    "decider_counted": "{by} counted for this figure and so cannot decide it: somebody else must.",
}


class Judgements(Chained):
    """The part of the ledger that says who judged what."""

    def decide(self, new: list[Decision], expected_version: int | Mapping[str, int] | None = None) -> list[Decision]:
        """Store decisions, all or none, and return them with version and cause code.

        `expected_version` (one for all, or by break id) is the version that the officer saw, 0 for none:
        LedgerConflict, naming them, where somebody has decided any of them since.
        """
        for decision in new:
            refuse_incomplete(decision)
        if not new:
            return []
        with writing(self.engine) as connection:
            stored: list[Decision] = []
            stale: list[str] = []
            for decision in new:
                version = _version(connection, decision) + sum(_same_break(decision, one) for one in stored)
                if _is_stale(decision, version, expected_version):
                    stale.append(decision.break_id)
                stored.append(replace(decision, cause=cause_code(decision.cause), version=version + 1))
            _refuse_stale(stale)
            says = [[one.break_id, one.version, one.decision, one.cause] for one in stored]
            by = "; ".join(dict.fromkeys(one.by for one in stored))
            rows: Rows = {
                spellings: spelled(connection, [one.by for one in stored]),
                decisions: [_decision_row(one) for one in stored],
            }
            with _plainly(by):
                self._append(connection, "decision", rows, by=by, breaks=says)
        return stored

    def decisions(
        self, known_at: datetime | None = None, newest: bool = True, breaks: Collection[str] | None = None
    ) -> list[Decision]:
        """The newest decision of every break (or of these), or all; with `known_at` as known then. The reader judges expiry."""
        wanted = select(decisions).order_by(decisions.c.authority, decisions.c.break_id, decisions.c.version)
        if breaks is not None:
            wanted = wanted.where(decisions.c.break_id.in_(list(breaks)))
        if known_at:
            wanted = wanted.where(decisions.c.at <= stamp(known_at))
        with self.engine.connect() as connection:
            found = [_decision(row) for row in connection.execute(wanted).mappings()]
        return list({(one.authority, one.break_id): one for one in found}.values()) if newest else found

    def check(
        self,
        authority: str,
        indicator_id: str,
        as_at: date,
        by: str,
        note: str,
        facts_hash: str,
        at: datetime | None = None,
        expected_version: int | None = None,
    ) -> Check:
        """Note that `by` has checked the figure. Refuses whoever signed it or decided differences of it.

        `expected_version` is how many checks of the figure the officer saw: LedgerConflict where there are others now.
        """
        _refuse_nobody(by)
        check = Check(authority, indicator_id, as_at, by, note, facts_hash, at or self.clock())
        row = {**asdict(check), "at": stamp(check.at), "by_key": person_key(by)}
        with writing(self.engine) as connection:
            _refuse_judged_since(connection, checks, check, expected_version)
            row["seq"] = self._next(connection, checks)
            self._append_apart(connection, "check", {checks: [row]}, check)
        return check

    def checks(self, known_at: datetime | None = None, newest: bool = True) -> list[Check]:
        """The newest check of every authority, indicator and as-at date, or all; with `known_at` as known then."""
        found = [Check(**row) for row in self._judged(checks, known_at)]
        return list({(one.authority, one.indicator_id, one.as_at): one for one in found}.values()) if newest else found

    def sign(
        self,
        authority: str,
        indicator_id: str,
        as_at: date,
        by: str,
        facts_hash: str,
        at: datetime | None = None,
        expected_version: int | None = None,
    ) -> str:
        """Sign a figure and return the id of its certificate; an earlier certificate of the figure lapses.

        Refuses whoever checked the figure or decided differences of it. The other gates are the caller's to hold.
        `expected_version` is how many signatures of the figure the signer saw: LedgerConflict where there are others now.
        """
        _refuse_nobody(by)
        when = at or self.clock()
        with writing(self.engine) as connection:
            seq = self._next(connection, signatures)
            id_ = (
                "C" + sha256(canonical([seq, authority, indicator_id, as_at, facts_hash, person_key(by)]))[:12].upper()
            )
            signature = Signature(authority, indicator_id, as_at, by, facts_hash, when, id_)
            _refuse_judged_since(connection, signatures, signature, expected_version)
            row = {**asdict(signature), "at": stamp(when), "by_key": person_key(by), "seq": seq}
            certificate = {
                "id": id_, "authority": authority, "indicator_id": indicator_id, "as_at": as_at,
                "facts_hash": facts_hash, "signed_by": by, "issued_at": stamp(when),
            }  # fmt: skip
            rows: dict[Table, Any] = {signatures: [row], certificates: [certificate]}
            rows[certificate_events] = self._superseded(connection, signature)
            self._append_apart(connection, "signature", rows, signature, certificate=id_)
        return id_

    def signatures(self, known_at: datetime | None = None) -> list[Signature]:
        """All signatures, oldest first; with `known_at` as known then."""
        return [Signature(**row) for row in self._judged(signatures, known_at)]

    def _superseded(self, connection: Connection, signature: Signature) -> list[dict[str, Any]]:
        """Lapse events for the figure's certificates that still stand."""
        figure = (signature.authority, signature.indicator_id, signature.as_at)
        c = certificates.c
        lapsed = select(certificate_events.c.certificate_id).where(certificate_events.c.kind == "lapse")
        standing = select(c.id).where(c.authority == figure[0], c.indicator_id == figure[1], c.as_at == figure[2])
        ids = connection.execute(standing.where(c.id.not_in(lapsed)).order_by(c.id)).scalars()
        first, reason, at = self._next(connection, certificate_events), "signed anew", stamp(signature.at)
        return [
            {"seq": first + index, "certificate_id": id_, "kind": "lapse", "reason": reason, "at": at}
            for index, id_ in enumerate(ids)
        ]

    def _append_apart(
        self, connection: Connection, kind: str, rows: Rows, one: Check | Signature, **says: Any
    ) -> Entry:
        """Append a check or a signature; after the spellings of the name; the triggers' refusal becomes a plain sentence."""
        figure = {
            "authority": one.authority,
            "indicator": one.indicator_id,
            "as_at": one.as_at,
            "facts": one.facts_hash,
        }
        with _plainly(one.by):
            return self._append(
                connection, kind, {spellings: spelled(connection, [one.by]), **rows}, by=one.by, **figure, **says
            )

    def _judged(self, table: Table, known_at: datetime | None) -> list[dict[str, Any]]:
        """Rows of checks or signatures, oldest first, without the ledger's own columns."""
        wanted = select(*[column for column in table.c if column.name not in ("entry_seq", "nonce", "by_key", "seq")])
        if known_at:
            wanted = wanted.where(table.c.at <= stamp(known_at))
        with self.engine.connect() as connection:
            rows = connection.execute(wanted.order_by(table.c.seq)).mappings()
            return [{**row, "at": moment(row["at"])} for row in rows]


@contextmanager
def _plainly(by: str) -> Iterator[None]:
    """The triggers' refusal as a plain sentence."""
    try:
        yield
    except DBAPIError as error:
        for rule, sentence in SEPARATION.items():
            if f"separation: {rule}" in str(error.orig):
                raise LedgerError(sentence.format(by=by)) from None
        raise


def _refuse_nobody(by: str) -> None:
    if not person_key(by):
        raise LedgerError("A name is needed: say with --by who you are.")


def _version(connection: Connection, decision: Decision) -> int:
    c = decisions.c
    mine = select(func.coalesce(func.max(c.version), 0))
    mine = mine.where(c.authority == decision.authority, c.break_id == decision.break_id)
    return int(connection.execute(mine).scalar_one())


def _same_break(one: Decision, other: Decision) -> bool:
    return (one.authority, one.break_id) == (other.authority, other.break_id)


def _is_stale(decision: Decision, version: int, expected: int | Mapping[str, int] | None) -> bool:
    seen = expected.get(decision.break_id) if isinstance(expected, Mapping) else expected
    return seen is not None and seen != version


def _refuse_stale(breaks: list[str]) -> None:
    if breaks:
        which = f"Difference {breaks[0]} has" if len(breaks) == 1 else f"Differences {', '.join(breaks)} have"
        raise LedgerConflict(f"{which} been decided in the meantime: look again, then decide.", tuple(breaks))


def _refuse_judged_since(
    connection: Connection, table: Table, one: Check | Signature, expected_version: int | None
) -> None:
    """LedgerConflict where the figure has another number of checks (or signatures) than the person saw."""
    if expected_version is None:
        return
    mine = select(func.count()).select_from(table).where(
        table.c.authority == one.authority, table.c.indicator_id == one.indicator_id, table.c.as_at == one.as_at
    )  # fmt: skip
    if connection.execute(mine).scalar_one() != expected_version:
        deed = "checked" if table is checks else "signed"
        raise LedgerConflict(
            f"{one.indicator_id} at {one.as_at} has been {deed} by somebody else in the meantime: look at it again.",
            (one.indicator_id,),
        )


def _decision_row(decision: Decision) -> dict[str, Any]:
    return {**asdict(decision), "at": stamp(decision.at), "by_key": person_key(decision.by)}


def _decision(row: Any) -> Decision:
    kept = {name: value for name, value in row.items() if name not in ("entry_seq", "nonce", "by_key")}
    return Decision(**{**kept, "at": moment(row["at"])})
