"""The ledger as the rest of the product sees it: one class, opened by its address.

Its parts lie in `deliveries` (what came in), `judgements`, `counters` and `certificates` (what people judged), `publications`
(what was published) and `notes` (what people wrote at the desk); `append` is the one way in, `engine` knows the databases.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from sqlalchemy.exc import DBAPIError

from countermark.ledger.certificates import Certificates
from countermark.ledger.counters import Counters
from countermark.ledger.deliveries import Deliveries
from countermark.ledger.engine import bring_up_to_date, connect
from countermark.ledger.judgements import Judgements
from countermark.ledger.notes import Notes
from countermark.ledger.publications import Publications
from countermark.ledger.purging import Purging
from countermark.ledger.records import LedgerError, utc_now


class Ledger(Deliveries, Judgements, Counters, Certificates, Publications, Notes, Purging):
    """Truth that cannot be recomputed. Every change appends one entry to the audit chain, in the same transaction."""

    @classmethod
    def open(cls, url: str, clock: Callable[[], datetime] = utc_now) -> Ledger:
        """The ledger at `url` (`sqlite:///path`, `postgresql://…`), its schema created or upgraded as needed.

        LedgerError where the file is damaged or no ledger, or the server does not answer.
        `clock` (aware, UTC) dates the entries, and whatever is stored without a moment of its own.
        """
        engine = connect(url)
        try:
            bring_up_to_date(engine)
        except DBAPIError as error:
            engine.dispose()
            raise LedgerError("The ledger cannot be read: it is damaged or none, or its server is away.") from error
        return cls(engine, clock)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Ledger:
        """Use as a context manager: closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()
