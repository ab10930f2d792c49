"""Certificates and what became of them: re-affirmed, lapsed, superseded, withdrawn. `judgements` issues them with a signature.

How a certificate ended is not stored a second time: the kind of the chain entry that vouches for its end says it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from countermark.ledger.append import MACHINE, Chained
from countermark.ledger.engine import writing
from countermark.ledger.people import person_key
from countermark.ledger.records import Certificate, CertificateEvent, LedgerConflict, LedgerError, moment, stamp
from countermark.ledger.tables import certificate_events, certificates, entries

WITHDRAWAL = "certificate_withdrawal"
ENDS = {"lapse": "lapsed", "signature": "superseded", WITHDRAWAL: "withdrawn"}  # by the kind of the entry


class Certificates(Chained):
    """The part of the ledger that says which certificates stand."""

    def certificates(self, known_at: datetime | None = None) -> list[Certificate]:
        """All certificates, oldest first, with what became of them; with `known_at` as known then."""
        issued = select(certificates).order_by(certificates.c.issued_at, certificates.c.id)
        if known_at:
            issued = issued.where(certificates.c.issued_at <= stamp(known_at))
        with self.engine.connect() as connection:
            fates: dict[str, dict[str, Any]] = {}
            for event in _events(connection, known_at):
                fates.setdefault(event.certificate_id, {}).update(_fate(event))
            return [_certificate(row, fates.get(row["id"], {})) for row in connection.execute(issued).mappings()]

    def certificate_events(self, certificate_id: str | None = None) -> list[CertificateEvent]:
        """What happened to one certificate, or to all, oldest first."""
        with self.engine.connect() as connection:
            found = _events(connection)
        return [event for event in found if certificate_id in (None, event.certificate_id)]

    def lapse(self, certificate_id: str, reason: str, at: datetime | None = None) -> bool:
        """End a certificate, saying why; False where it had lapsed before. LedgerError where there is none."""
        if not reason.strip():
            raise LedgerError("A certificate lapses for a reason: say which.")
        return self._happen(certificate_id, "lapse", reason, at)

    def withdraw_certificate(self, certificate_id: str, reason: str, by: str, at: datetime | None = None) -> None:
        """A person takes a certificate back, saying why. LedgerConflict where it does not stand any more."""
        if not reason.strip():
            raise LedgerError("A certificate is withdrawn for a reason: say which, and name no child.")
        if not person_key(by):
            raise LedgerError("A name is needed: say with --by who you are.")
        if not self._happen(certificate_id, "lapse", " ".join(reason.split()), at, WITHDRAWAL, by):
            raise LedgerConflict(f"Certificate {certificate_id} does not stand any more: there is nothing to withdraw.")

    def reaffirm(self, certificate_id: str, at: datetime | None = None, reason: str = "") -> bool:
        """Note that a certificate's facts still hash the same after code or files changed. LedgerError if lapsed.

        False, and nothing noted, where the newest event of the certificate gave the same reason.
        """
        with self.engine.connect() as connection:
            c = certificate_events.c
            said = select(c.reason).where(c.certificate_id == certificate_id, c.kind == "reaffirm")
            if reason and connection.execute(said.order_by(c.seq.desc()).limit(1)).scalar() == reason:
                return False
        if not self._happen(certificate_id, "reaffirm", reason, at):
            raise LedgerError(f"Certificate {certificate_id} has lapsed: the figure must be signed again.")
        return True

    def _happen(
        self, certificate_id: str, kind: str, reason: str, at: datetime | None, entry: str = "", by: str = MACHINE
    ) -> bool:
        with writing(self.engine) as connection:
            if not connection.execute(select(certificates.c.id).where(certificates.c.id == certificate_id)).first():
                raise LedgerError(f"There is no certificate {certificate_id}.")
            c = certificate_events.c
            if connection.execute(select(c.seq).where(c.certificate_id == certificate_id, c.kind == "lapse")).first():
                return False
            row = {
                "seq": self._next(connection, certificate_events), "certificate_id": certificate_id, "kind": kind,
                "reason": reason, "at": stamp(at or self.clock()),
            }  # fmt: skip
            self._append(connection, entry or kind, {certificate_events: [row]}, by=by, certificate=certificate_id)
        return True


def _events(connection: Connection, known_at: datetime | None = None) -> list[CertificateEvent]:
    e = certificate_events.c
    wanted = select(
        e.certificate_id, e.kind, e.reason, e.at, entries.c.kind.label("entry"), entries.c.by.label("person")
    ).join(entries, e.entry_seq == entries.c.seq)
    if known_at:
        wanted = wanted.where(e.at <= stamp(known_at))
    return [_event(row) for row in connection.execute(wanted.order_by(e.seq))]


def _event(row: Any) -> CertificateEvent:
    kind = ENDS[row.entry] if row.kind == "lapse" else "reaffirmed"
    by = "" if row.person == MACHINE else row.person
    return CertificateEvent(row.certificate_id, kind, row.reason, moment(row.at), by)


def _fate(event: CertificateEvent) -> dict[str, Any]:
    if event.kind == "reaffirmed":
        return {"reaffirmed_at": event.at}
    return {"lapsed_at": event.at, "lapse_reason": event.reason, "ended": event.kind, "ended_by": event.by}


def _certificate(row: Any, fate: dict[str, Any]) -> Certificate:
    return Certificate(
        row["id"], row["authority"], row["indicator_id"], row["as_at"], row["facts_hash"], row["signed_by"],
        moment(row["issued_at"]), entry_seq=row["entry_seq"], **fate,
    )  # fmt: skip
