"""What the children to be purged are called, and finding that in cells and in what people wrote. Knows words only, no place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from countermark.ledger.records import LedgerError

PURGED = "[purged]"
LEAST_SIGNS = 4  # a shorter id would be found in half of all sentences
YEARS = range(1990, 2041)  # nor is an id that reads as a year looked for in sentences
RUN = re.compile(r"[0-9A-Z]+")


class PurgeError(LedgerError):
    """A purge cannot be done as asked. The text says why, and names no child."""


def normal(cell: str) -> str:
    """An id as the readers take it: trimmed, upper case, without a trailing `.0`."""
    return re.sub(r"\.0$", "", cell.strip().upper())


@dataclass(frozen=True)
class Called:
    """The ids of the children, normalised, and the names under which somebody may have written of them."""

    ids: frozenset[str]
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, ids: Iterable[str], names: Iterable[str] = ()) -> Called:
        """From what was typed. PurgeError where nothing is left of it, or a name is too short to be looked for."""
        known = frozenset(filter(None, map(normal, ids)))
        said = tuple(
            sorted({" ".join(name.split()).casefold() for name in names if name.strip()}, key=len, reverse=True)
        )
        if any(len(name) < LEAST_SIGNS for name in said):
            raise PurgeError(f"A name of fewer than {LEAST_SIGNS} letters would be found everywhere: give it in full.")
        return cls(known, said)

    def is_case(self, cell: str) -> bool:
        """Whether a cell is one of the ids, or a case of one (`10045/2022-10-03`)."""
        text = normal(cell)
        return text in self.ids or ("/" in text and text.rsplit("/", 1)[0] in self.ids)

    def in_text(self, text: str) -> bool:
        """Whether a text names one of the children."""
        return bool(text) and self.without(text) != text

    def without(self, text: str) -> str:
        """The text with every id and name in it replaced."""
        if not text:
            return text
        if self.words and not self.words.isdisjoint(RUN.findall(text.upper())):
            text = re.sub(r"(?<![0-9A-Za-z!])[0-9A-Za-z]+", lambda run: self._word(run.group()), text)
        for pattern in (self._odd, self._named):
            text = pattern.sub(PURGED, text) if pattern else text
        return text

    def _word(self, run: str) -> str:
        return PURGED if run.upper() in self.words else run

    @cached_property
    def words(self) -> frozenset[str]:
        """The ids that are one run of letters and digits, long enough to be looked for in sentences."""
        return frozenset(one for one in self.ids if RUN.fullmatch(one) and self._is_findable(one))

    @staticmethod
    def _is_findable(one: str) -> bool:
        return len(one) >= LEAST_SIGNS and not (one.isdigit() and int(one) in YEARS)

    @cached_property
    def unfindable(self) -> int:
        """How many ids are too short, or too like a year, to be looked for in sentences."""
        return sum(not self._is_findable(one) for one in self.ids)

    @cached_property
    def _odd(self) -> re.Pattern[str] | None:
        odd = sorted(
            (one for one in self.ids if not RUN.fullmatch(one) and self._is_findable(one)), key=len, reverse=True
        )
        return _any(odd)

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        return _any([r"\s+".join(map(re.escape, name.split())) for name in self.names], is_pattern=True)


def _any(words: Iterable[str], is_pattern: bool = False) -> re.Pattern[str] | None:
    parts = [word if is_pattern else re.escape(word) for word in words]
    return re.compile(rf"(?<![0-9A-Za-z])(?:{'|'.join(parts)})(?![0-9A-Za-z])", re.IGNORECASE) if parts else None
