"""The list of mutants that say the same as the text they were made of, and what is wrong with the list."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from tools.mutation.trial import EQUIVALENT, KILLED, SURVIVED, Result

LIST = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True)
class Equivalent:
    """A mutant that nothing can notice, in which files, and why."""

    file: str
    was: str
    altered: str
    reason: str

    def is_of(self, result: Result) -> bool:
        """Whether a result is of this mutant."""
        return (result.before, result.after) == (self.was, self.altered) and fnmatch(result.file, self.file)


def read(path: Path = LIST) -> list[Equivalent]:
    """The list. TypeError for an entry without one of its four fields, or with another."""
    return [Equivalent(**entry) for entry in tomllib.loads(path.read_text("utf-8")).get("equivalent", [])]


def marked(results: Iterable[Result], known: Sequence[Equivalent]) -> list[Result]:
    """The results, those that survived and are on the list marked as equivalent."""
    return [
        replace(one, verdict=EQUIVALENT)
        if one.verdict == SURVIVED and any(entry.is_of(one) for entry in known)
        else one
        for one in results
    ]


def faults(results: Sequence[Result], known: Sequence[Equivalent]) -> list[str]:
    """Entries that exist no longer or are noticed after all, among the files that were tried."""
    tried = {one.file for one in results}
    found = []
    for entry in known:
        if not any(fnmatch(file, entry.file) for file in tried):
            continue
        verdicts = {one.verdict for one in results if entry.is_of(one)}
        if not verdicts:
            found.append(f"{entry.file}: no mutant says any longer: {entry.altered}")
        elif KILLED in verdicts:
            found.append(f"{entry.file}: an example notices after all: {entry.altered}")
    return found
