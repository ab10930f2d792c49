"""Whose a file is and when it was taken: authority.toml, sidecars, the command line, what the home knows. In that order nothing
is guessed: where several authorities are possible the file is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from countermark.contracts.authority import Authority, DirectionError, Sidecar, parse, parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.parameters import fault
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.warehouse.inbox import AUTHORITY_FILE, SIDECAR, Found

LOCAL = "LOCAL"
SEVERAL = "Several authorities are known here and none is named for this file: say which with --authority or in a delivery.toml."


@dataclass(frozen=True)
class Direction:
    """What is said of one file. `refused` is the reason where it cannot be taken; `authority` is empty then."""

    authority: str
    extracted_on: date | None = None
    refused: str = ""
    period: tuple[date, date] | None = None


@dataclass
class Directions:
    """All that is said of the files of one inbox."""

    default: str
    refused: str = ""
    notes: list[str] = field(default_factory=list)
    sidecars: dict[str, Sidecar | str] = field(default_factory=dict)

    def for_file(self, name: str) -> Direction:
        """What holds for the file `name`: its own sidecar before that of its folder, a near folder before a far one."""
        folders = name.split("/")[:-1]
        speakers = ["/".join([*folders[:depth], SIDECAR]) for depth in range(len(folders) + 1)]
        authority, extracted_on, period = None, None, None
        for speaker in (*speakers, f"{name}.{SIDECAR}"):
            said = self.sidecars.get(speaker)
            if isinstance(said, str):
                return Direction("", None, f"{speaker} speaks for this file and {said}: mend it and run again.")
            if said is not None:
                authority, extracted_on = said.authority or authority, said.extracted_on or extracted_on
                period = said.period or period
        if self.refused:
            return Direction("", None, self.refused)
        if not (authority or self.default):
            return Direction("", None, SEVERAL)
        return Direction(authority or self.default, extracted_on, period=period)


def read_directions(
    found: Iterable[Found], home: Home, ledger: Ledger, named: str | None, catalogue: Catalogue | None = None
) -> Directions:
    """Read the sidecars and authority files that were found, keep new versions of the latter, and settle the default. With a
    catalogue what they say of indicators is held to it."""
    directions = Directions(default="")
    authorities: dict[str, str] = {}
    by_hand = home.path / AUTHORITY_FILE
    in_home = [Found(f"{AUTHORITY_FILE} of the home", by_hand, False, 0, 0)] if by_hand.is_file() else []
    in_inbox = 0
    for entry in (*found, *in_home):
        if entry in in_home:
            in_inbox = len(authorities)
        if entry.path.name == AUTHORITY_FILE:
            _read_authority(entry, authorities, directions, catalogue)
        else:
            directions.sidecars[entry.name] = _sidecar(entry)
    if not directions.refused:
        _keep(authorities, by_hand, ledger)
        told = {said.authority for said in directions.sidecars.values() if not isinstance(said, str) and said.authority}
        known = sorted(told | set(ledger.authorities()))
        directions.default = _default(named, list(authorities)[: in_inbox or None], known, directions.notes)
    return directions


def _read_authority(
    entry: Found, authorities: dict[str, str], directions: Directions, catalogue: Catalogue | None
) -> None:
    try:
        text = entry.path.read_text(encoding="utf-8-sig")
        authority = parse_authority(text)
        if catalogue is not None and (wrong := fault(authority, catalogue)):
            raise DirectionError(wrong)
        authorities.setdefault(authority.authority, text)
    except (OSError, UnicodeDecodeError):
        directions.refused = f"{entry.name} cannot be read as UTF-8 text: mend it and run again."
    except DirectionError as error:
        directions.refused = f"{entry.name} speaks for this file and {error}: mend it and run again."


def _sidecar(entry: Found) -> Sidecar | str:
    try:
        return parse(entry.path.read_text(encoding="utf-8-sig"), Sidecar)
    except (OSError, UnicodeDecodeError):
        return "it cannot be read as UTF-8 text"
    except DirectionError as error:
        return str(error)


def _keep(authorities: dict[str, str], by_hand: Path, ledger: Ledger) -> None:
    """Store every version in the ledger. The home's copy follows the inbox; one of another authority is left alone."""
    for code, text in authorities.items():
        ledger.store_authority(code, text)
    if len(authorities) == 1:
        text = next(iter(authorities.values()))
        if not by_hand.exists() or by_hand.read_text(encoding="utf-8-sig") != text:
            by_hand.touch(mode=0o600)
            by_hand.write_text(text, encoding="utf-8")


def _default(named: str | None, in_files: list[str], known: list[str], notes: list[str]) -> str:
    """The authority of files for which no sidecar names one; empty where several are possible.

    `known` are those of the home and those that a sidecar of this inbox names: what the home knows a moment later.
    """
    if named:
        return named
    if in_files:
        return in_files[0] if len(in_files) == 1 else ""
    if not known:
        notes.append(f"No authority is named anywhere, so the deliveries are taken as those of “{LOCAL}”.")
        return LOCAL
    return known[0] if len(known) == 1 else ""


def authorities_of(ledger: Ledger) -> list[Authority]:
    """Every authority of which the ledger holds an authority.toml, its newest version."""
    texts = (ledger.authority_text(code) for code in ledger.authorities())
    return [parse_authority(text) for text in texts if text]
