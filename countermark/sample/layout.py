"""What the invented case system prints, read from layout.toml beside this: the eleven lists with their headings, and their codes.

What belongs here is layout alone. The contracts below `sql/sources/` are written apart from it, so that the one tests the other.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

_SAID = tomllib.loads(Path(__file__).with_name("layout.toml").read_text(encoding="utf-8"))

LISTS: dict[int, tuple[tuple[str, str], ...]] = {
    int(number): tuple((str(name), str(heading)) for name, heading in said["columns"])
    for number, said in _SAID["lists"].items()
}
TITLES: dict[int, str] = {int(number): str(said["title"]) for number, said in _SAID["lists"].items()}
CODES: dict[str, tuple[str, ...]] = {name: tuple(codes) for name, codes in _SAID["codes"].items()}
