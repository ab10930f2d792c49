"""What came in: receipts, withdrawals, the versions of authority.toml, the authorities that the home knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from countermark.ledger.append import Chained, Rows
from countermark.ledger.chain import sha256
from countermark.ledger.engine import writing
from countermark.ledger.people import person_key
from countermark.ledger.purging import less_purged, purged_rows
from countermark.ledger.records import LedgerError, Receipt, moment, stamp
from countermark.ledger.same_bytes import settle
from countermark.ledger.tables import authority_versions, known_authorities, receipts, withdrawals

USED = ("loaded", "loaded_with_rejects")  # statuses of deliveries whose authority the home then knows


class Deliveries(Chained):
    """The part of the ledger that says what was delivered and what was taken back."""

    def add_receipts(self, new: list[Receipt]) -> list[Receipt]:
        """Store receipts in order, return them with `seq`. Refuses rows that do not add up and a known delivery id."""
        if not new:
            return []
        for receipt in new:
            if receipt.rows_in != receipt.rows_loaded + receipt.rows_rejected + receipt.rows_ignored:
                raise LedgerError(
                    f"Delivery {receipt.delivery_id}: rows in are not loaded, rejected and ignored together."
                )
        with writing(self.engine) as connection:
            self._refuse_known(connection, new)
            first = self._next(connection, receipts)
            stored = [replace(receipt, seq=first + index) for index, receipt in enumerate(new)]
            codes = {receipt.authority for receipt in stored if receipt.status in USED}
            rows: dict[Any, Any] = {receipts: [_receipt_row(receipt) for receipt in stored]}
            rows[known_authorities] = self._unknown(connection, codes)
            self._append(connection, "receipts", rows, deliveries=[receipt.delivery_id for receipt in stored])
        return stored

    def _refuse_known(self, connection: Connection, new: list[Receipt]) -> None:
        ids = [receipt.delivery_id for receipt in new]
        known = set(connection.execute(select(receipts.c.delivery_id)).scalars())
        twice = next((one for index, one in enumerate(ids) if one in known or one in ids[:index]), None)
        if twice:
            raise LedgerError(f"Delivery {twice} has a receipt already.")

    def receipts(self, known_at: datetime | None = None) -> list[Receipt]:
        """All receipts in ledger order, the withdrawn ones with status `withdrawn` and the reason for it.

        `known_at` leaves out what was received or withdrawn later. Rows that were purged since count as ignored. Of the same bytes at
        several paths one counts (`same_bytes`).
        """
        got, gone = select(receipts).order_by(receipts.c.seq), select(withdrawals)
        if known_at:
            got, gone = (
                got.where(receipts.c.received_at <= stamp(known_at)),
                gone.where(withdrawals.c.at <= stamp(known_at)),
            )
        with self.engine.connect() as connection:
            taken_back = {row.delivery_id: row for row in connection.execute(gone)}
            purged = purged_rows(connection)
            rows = list(connection.execute(got).mappings())
        found = [_receipt(row) for row in rows]
        found = [less_purged(one, purged.get(one.delivery_id, 0)) for one in found]
        came = {row["delivery_id"]: row["entry_seq"] for row in rows}
        found = settle(found, came, {name: row.entry_seq for name, row in taken_back.items()})
        return [
            replace(one, status="withdrawn", reason=taken_back[one.delivery_id].reason)
            if one.delivery_id in taken_back
            else one
            for one in found
        ]

    def receipt_exists(self, path: str, sha256: str) -> bool:
        """Whether these bytes at this path below the inbox have been taken in."""
        wanted = select(receipts.c.seq).where(receipts.c.file == path, receipts.c.sha256 == sha256).limit(1)
        with self.engine.connect() as connection:
            return connection.execute(wanted).first() is not None

    def withdraw(self, delivery: str, reason: str, by: str, at: datetime | None = None) -> list[str]:
        """Take back a delivery, or all of a file where `delivery` is the part before the first `-`. Returns the ids."""
        if not reason.strip():
            raise LedgerError("A withdrawal needs a reason: give one with --reason.")
        if not person_key(by):
            raise LedgerError("A name is needed: say with --by who you are.")
        with writing(self.engine) as connection:
            known = list(connection.execute(select(receipts.c.delivery_id).order_by(receipts.c.seq)).scalars())
            named = [one for one in known if one == delivery] or [one for one in known if one.split("-")[0] == delivery]
            if not named:
                raise LedgerError("There is no such delivery: deliveries.csv lists them in its first column.")
            gone = set(connection.execute(select(withdrawals.c.delivery_id)).scalars())
            left = [one for one in named if one not in gone]
            if not left:
                raise LedgerError(f"Delivery {named[0]} has been withdrawn already.")
            when = stamp(at or self.clock())
            rows: Rows = {withdrawals: [{"delivery_id": one, "reason": reason, "by": by, "at": when} for one in left]}
            self._append(connection, "withdrawal", rows, by=by, deliveries=left)
        return left

    def store_authority(self, code: str, text: str, received_at: datetime | None = None) -> bool:
        """Keep `text` as the newest authority.toml of `code`; False, and nothing kept, where it is there already."""
        digest = sha256(text)
        with self.engine.connect() as connection:
            if self._newest_authority(connection, code) == digest:
                return False
        with writing(self.engine) as connection:
            if self._newest_authority(connection, code) == digest:
                return False
            row = {
                "seq": self._next(connection, authority_versions), "authority": code, "sha256": digest, "text": text,
                "received_at": stamp(received_at or self.clock()),
            }  # fmt: skip
            rows: Rows = {authority_versions: [row], known_authorities: self._unknown(connection, {code})}
            self._append(connection, "authority", rows, authority=code)
        return True

    def _newest_authority(self, connection: Connection, code: str) -> str | None:
        mine = select(authority_versions.c.sha256).where(authority_versions.c.authority == code)
        found: str | None = connection.execute(mine.order_by(authority_versions.c.seq.desc()).limit(1)).scalar()
        return found

    def authority_text(self, code: str, known_at: datetime | None = None) -> str | None:
        """The newest authority.toml of `code`, or the newest as known at a moment; None where there is none."""
        mine = select(authority_versions.c.text).where(authority_versions.c.authority == code)
        if known_at:
            mine = mine.where(authority_versions.c.received_at <= stamp(known_at))
        with self.engine.connect() as connection:
            found: str | None = connection.execute(mine.order_by(authority_versions.c.seq.desc()).limit(1)).scalar()
        return found

    def know_authority(self, code: str) -> bool:
        """Note that the home serves `code`; False where it knew."""
        with writing(self.engine) as connection:
            rows = self._unknown(connection, {code})
            if rows:
                self._append(connection, "known_authority", {known_authorities: rows}, authority=code)
        return bool(rows)

    def authorities(self) -> list[str]:
        """The codes that a used delivery, an authority.toml or `know_authority` has named, sorted."""
        with self.engine.connect() as connection:
            return sorted(connection.execute(select(known_authorities.c.code)).scalars())

    def _unknown(self, connection: Connection, codes: Iterable[str]) -> list[dict[str, str]]:
        known = set(connection.execute(select(known_authorities.c.code)).scalars())
        when = stamp(self.clock())
        return [{"code": code, "first_known_at": when} for code in sorted(set(codes) - known)]


def _receipt_row(receipt: Receipt) -> dict[str, Any]:
    return {**asdict(receipt), "received_at": stamp(receipt.received_at)}


def _receipt(row: Any) -> Receipt:
    kept = {name: value for name, value in row.items() if name not in ("entry_seq", "nonce")}
    return Receipt(**{**kept, "received_at": moment(row["received_at"])})
