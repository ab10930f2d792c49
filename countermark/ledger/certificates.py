"""Certificates and what became of them: re-affirmed, lapsed. `judgements` issues them with a signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from countermark.ledger.append import Chained
from countermark.ledger.engine import writing
from countermark.ledger.records import Certificate, LedgerError, moment, stamp
from countermark.ledger.tables import certificate_events, certificates


class Certificates(Chained):
    """The part of the ledger that says which certificates stand."""

    def certificates(self, known_at: datetime | None = None) -> list[Certificate]:
        """All certificates, oldest first, with what became of them; with `known_at` as known then."""
        issued = select(certificates).order_by(certificates.c.issued_at, certificates.c.id)
        happened = select(certificate_events).order_by(certificate_events.c.seq)
        if known_at:
            issued = issued.where(certificates.c.issued_at <= stamp(known_at))
            happened = happened.where(certificate_events.c.at <= stamp(known_at))
        with self.engine.connect() as connection:
            events: dict[str, dict[str, Any]] = {}
            for row in connection.execute(happened):
                at = moment(row.at)
                fate = {"lapsed_at": at, "lapse_reason": row.reason} if row.kind == "lapse" else {"reaffirmed_at": at}
                events.setdefault(row.certificate_id, {}).update(fate)
            return [_certificate(row, events.get(row["id"], {})) for row in connection.execute(issued).mappings()]

    def lapse(self, certificate_id: str, reason: str, at: datetime | None = None) -> bool:
        """End a certificate, saying why; False where it had lapsed before. LedgerError where there is none."""
        if not reason.strip():
            raise LedgerError("A certificate lapses for a reason: say which.")
        return self._happen(certificate_id, "lapse", reason, at)

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

    def _happen(self, certificate_id: str, kind: str, reason: str, at: datetime | None) -> bool:
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
            self._append(connection, kind, {certificate_events: [row]}, certificate=certificate_id)
        return True


def _certificate(row: Any, fate: dict[str, Any]) -> Certificate:
    return Certificate(
        row["id"], row["authority"], row["indicator_id"], row["as_at"], row["facts_hash"], row["signed_by"],
        moment(row["issued_at"]), **fate,
    )  # fmt: skip
