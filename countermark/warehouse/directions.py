"""Whose a file is and when it was taken: authority.toml, sidecars, the command line, what the home knows. In that order nothing
is guessed: where several authorities are possible the file is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from countermark.contracts.authority import Authority, DirectionError, Sidecar, parse, parse_authority
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
        authority, extracted_on = None, None
        for speaker in (*speakers, f"{name}.{SIDECAR}"):
            said = self.sidecars.get(speaker)
            if isinstance(said, str):
                return Direction("", None, f"{speaker} speaks for this file and {said}: mend it and run again.")
            if said is not None:
                authority, extracted_on = said.authority or authority, said.extracted_on or extracted_on
        if self.refused:
            return Direction("", None, self.refused)
        if not (authority or self.default):
            return Direction("", None, SEVERAL)
        return Direction(authority or self.default, extracted_on)


def read_directions(found: Iterable[Found], home: Home, ledger: Ledger, named: str | None) -> Directions:
    """Read the sidecars and authority files that were found, keep new versions of the latter, and settle the default."""
    directions = Directions(default="")
    authorities: dict[str, str] = {}
    for entry in found:
        if entry.name.rsplit("/", 1)[-1] != AUTHORITY_FILE:
            directions.sidecars[entry.name] = _sidecar(entry)
            continue
        try:
            text = entry.path.read_text(encoding="utf-8-sig")
            authorities.setdefault(parse_authority(text).authority, text)
        except (OSError, UnicodeDecodeError):
            directions.refused = f"{entry.name} cannot be read as UTF-8 text: mend it and run again."
        except DirectionError as error:
            directions.refused = f"{entry.name} speaks for this file and {error}: mend it and run again."
    if not directions.refused:
        _keep(authorities, home, ledger)
        directions.default = _default(named, list(authorities), home, ledger, directions.notes)
    return directions


def _sidecar(entry: Found) -> Sidecar | str:
    try:
        return parse(entry.path.read_text(encoding="utf-8-sig"), Sidecar)
    except (OSError, UnicodeDecodeError):
        return "it cannot be read as UTF-8 text"
    except DirectionError as error:
        return str(error)


def home_copies(home: Home) -> list[Path]:
    """The authority files that the home holds: one laid there by hand, and one for each authority seen in an inbox."""
    return [*filter(Path.is_file, [home.path / AUTHORITY_FILE]), *sorted((home.path / "authorities").glob("*.toml"))]


def _keep(authorities: dict[str, str], home: Home, ledger: Ledger) -> None:
    """Store every version; the inbox wins over the home's copy and replaces it."""
    folder = home.path / "authorities"
    by_hand = home.path / AUTHORITY_FILE
    if by_hand.is_file():
        text = by_hand.read_text(encoding="utf-8-sig")
        authorities.setdefault(parse_authority(text).authority, text)
    for code, text in authorities.items():
        ledger.store_authority(code, text)
        folder.mkdir(mode=0o700, exist_ok=True)
        copy = folder / f"{_file_name(code)}.toml"
        if not copy.exists() or copy.read_text(encoding="utf-8") != text:
            copy.touch(mode=0o600)
            copy.write_text(text, encoding="utf-8")


def _file_name(code: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in code)


def _default(named: str | None, in_files: list[str], home: Home, ledger: Ledger, notes: list[str]) -> str:
    """The authority of files for which no sidecar names one; empty where several are possible."""
    if named:
        return named
    if in_files:
        return in_files[0] if len(in_files) == 1 else ""
    known = ledger.authorities()
    if not known:
        notes.append(f"No authority is named anywhere, so the deliveries are taken as those of “{LOCAL}”.")
        return LOCAL
    return known[0] if len(known) == 1 else ""


def authorities_of(ledger: Ledger) -> list[Authority]:
    """Every authority of which the ledger holds an authority.toml, its newest version."""
    texts = (ledger.authority_text(code) for code in ledger.authorities())
    return [parse_authority(text) for text in texts if text]
