"""A home's newest publication opened with its ledger, at a position: for commands over differences. No command here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.commands.shared import UsageError, day, open_home, open_ledger


@dataclass(frozen=True)
class Opened:
    """A home opened to look at its differences."""

    place: Any
    ledger: Any
    con: Any
    authority: str
    as_at: date

    @property
    def rows(self) -> Any:
        """Queries over the publication."""
        from countermark.desk.figures import rows_of

        return rows_of(self.con)

    @property
    def holders(self) -> dict[str, str]:
        """Who has what now."""
        from countermark.desk.assignments import Holders

        return Holders(self.authority).now(self.ledger)


@contextmanager
def opened(home: Path | None, authority: str | None, as_at: str = "") -> Iterator[Opened]:
    """The newest publication of a home with its ledger, at a position."""
    from countermark.certify.snapshot import NothingPublishedError, find, read
    from countermark.desk.figures import rows_of
    from countermark.desk.worklist import is_there

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger, read(find(place)) as con:
        is_there(rows_of(con))
        found = con.execute("select distinct authority, as_at from main.metrics order by all").fetchall()
        codes = sorted({one for one, _ in found if authority in (None, one)})
        if len(codes) != 1:
            raise UsageError("Say with --authority which of: " + ", ".join(sorted({one for one, _ in found})) + ".")
        days = [on for one, on in found if one == codes[0]]
        on = day(as_at) if as_at else days[-1]
        if on not in days:
            raise NothingPublishedError(
                f"Nothing is published for {on}. Published: {', '.join(str(one) for one in days)}."
            )
        yield Opened(place, ledger, con, codes[0], on)
