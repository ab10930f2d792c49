"""`countermark validate`: says what a file is, whether it would load, and every problem with its cell. Loads nothing.

Words alone; what intake would do is found out by looking.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from countermark.contracts.catalogue import Catalogue
from countermark.looking import UNNAMED, Looked, Problem, look
from countermark.warehouse.inbox import AUTHORITY_FILE


def validate_files(paths: Sequence[Path], catalogue: Catalogue) -> list[str]:
    """The report on each file, line by line, in plain words.

    The nearest `authority.toml`, in the file's folder or above it, says which teams there are. Without one nobody can say that a
    team is unknown, so every team that the file names is taken for one and the report says so.
    """
    lines: list[str] = []
    for path in paths:
        if not path.is_file():
            lines.append(f"{path}: there is no such file.")
            continue
        lines.extend(_report(path, catalogue))
    return lines


def _report(path: Path, catalogue: Catalogue) -> list[str]:
    directions = _nearest_directions(path)
    found = look(path, directions, catalogue)
    teams = list(dict.fromkeys(team for one in found for team in one.teams))
    if teams and directions is None:
        found = look(path, _directions_of(teams), catalogue)
    lines = [line for one in found for line in _about(one)]
    if teams and directions is None:
        lines.append(f"  Teams are taken as they are written: no {AUTHORITY_FILE} stands beside the file or above it.")
    return lines or [f"{path.name}: this says who delivers and when; it is no delivery itself."]


def _nearest_directions(path: Path) -> str | None:
    folders = path.resolve().parents
    found = next((folder / AUTHORITY_FILE for folder in folders if (folder / AUTHORITY_FILE).is_file()), None)
    return found.read_text(encoding="utf-8-sig", errors="replace") if found else None


def _directions_of(teams: Sequence[str]) -> str:
    return "\n".join([f'authority = "{UNNAMED}"', *(f"[[teams]]\nname = {json.dumps(team)}" for team in teams)])


def _about(looked: Looked) -> list[str]:
    receipt = looked.receipt
    if not looked.title:
        return [f"{receipt.file}: would not load. {receipt.reason}"]
    would = f"would load {receipt.rows_loaded} of {receipt.rows_in} rows" if looked.loads else "would not load"
    ignored = f", {receipt.rows_ignored} of them totals or titles that are left out" if receipt.rows_ignored else ""
    first = f"{receipt.file}: {looked.title}, {would}{ignored}. {receipt.reason}".rstrip()
    return [first, *map(_line, looked.problems), *(f"  {says}" for says in looked.shape)]


def _line(problem: Problem) -> str:
    more = f" and {problem.more} more" if problem.more else ""
    rows = ("row " if len(problem.places) == 1 else "rows ") if problem.places[0].isdigit() else ""
    return f"  {problem.says} ({rows}{', '.join(problem.places)}{more})"
