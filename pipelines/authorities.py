"""Which authorities a run makes figures for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from countermark.home import Home


@dataclass(frozen=True)
class Wanted:
    """The authorities to make figures for; or why there is none, and what a person should be told."""

    authorities: tuple[str, ...]
    refusal: str = ""
    notes: tuple[str, ...] = ()


def authorities_of(home: Home, inbox: Path | None, named: str | None) -> Wanted:
    """The authorities to make figures for: the one named, that of authority.toml, those the home knows; LOCAL where it knows none."""
    from assets.steps import definitions
    from countermark.ledger.store import Ledger
    from countermark.warehouse.databases import unread
    from countermark.warehouse.directions import LOCAL, read_directions
    from countermark.warehouse.inbox import scan

    with Ledger.open(home.ledger_url) as ledger:
        if named:
            return Wanted((named,))
        if inbox is None:
            known = tuple(ledger.authorities())
            return Wanted(known, "" if known else "This home knows no authority yet: run with --inbox first.")
        directions = read_directions(scan(inbox).directions, home, ledger, None, definitions())
        said = {
            sidecar.authority
            for sidecar in directions.sidecars.values()
            if not isinstance(sidecar, str) and sidecar.authority
        }
        notes = (*directions.notes, *unread(ledger, inbox))
        if directions.default:
            return Wanted((directions.default, *sorted(said - {directions.default})), notes=notes)
        return Wanted(tuple(sorted(said | set(ledger.authorities()))) or (LOCAL,), notes=notes)
