"""Publishing again after somebody decided, checked or signed: soon, once for many, and never two at a time.

The ledger has the deed before a page asks here, so nothing is lost where publishing fails: the next one catches up.
"""

from __future__ import annotations

import logging
import threading

from countermark.certify.publish import publish_again
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import home_lock
from web.context import definitions

PATIENCE = 4.0
log = logging.getLogger("countermark.web")


class Publisher:
    """Publishes the last facts with what the ledger now says, in a thread of its own."""

    def __init__(self, home: Home) -> None:
        """For the home at hand; the thread starts with the first wish."""
        self.home = home
        self._asked = 0
        self._done = 0
        self._failed = ""
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def soon(self, patience: float = PATIENCE) -> bool:
        """Ask for a publication of everything that the ledger holds now; True where it stood within `patience` seconds."""
        with self._change:
            self._asked += 1
            mine = self._asked
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="publisher", daemon=True)
                self._thread.start()
            return self._change.wait_for(lambda: self._done >= mine, patience) and not self._failed

    @property
    def failed(self) -> str:
        """The kind of the last failure, empty where the last publication stood."""
        return self._failed

    @property
    def behind(self) -> bool:
        """Whether something asked for is not published yet."""
        return self._done < self._asked or bool(self._failed)

    def _work(self) -> None:
        while True:
            with self._change:
                if self._done >= self._asked:
                    self._thread = None
                    return
                wanted = self._asked
            failed = self._publish()
            with self._change:
                self._done, self._failed = wanted, failed
                self._change.notify_all()

    def _publish(self) -> str:
        try:
            with home_lock(self.home), Ledger.open(self.home.ledger_url) as ledger:
                publish_again(self.home, definitions(), ledger)
        except Exception as error:  # whatever it is, the deed is in the ledger and the page has to say so
            log.error("publishing failed: %s", type(error).__name__)
            return type(error).__name__
        return ""
