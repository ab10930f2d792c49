"""What the pages of this area show: rows of counts, and files of the validation results found safely."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from countermark.health import OUTCOMES, Figures
from countermark.home import Home
from countermark.words import GATE_HOLDS, OUTCOME_WORDS, STATUS_WORDS


def age_words(age: timedelta) -> str:
    """A length of time in days and hours, as people say it."""
    days, hours = divmod(int(age.total_seconds()) // 3600, 24)
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in ((days, "day"), (hours, "hour")) if count]
    return " and ".join(parts) or "less than an hour"


def status_rows(figures: Figures | None) -> list[tuple[str, str, int, list[str]]]:
    """Status, its words, how many of the authority's figures have it at the newest position, and which measures they are."""
    counted = figures.by_status if figures else {}
    rows = []
    for status, words in STATUS_WORDS.items():
        named = sorted(indicator for _, indicator, found in counted if found == status)
        rows.append((status, words, len(named), named))
    return rows


def gate_rows(figures: Figures | None) -> list[tuple[str, list[int]]]:
    """Each check of figures with how many figures have each outcome, in the order of `outcome_headings`."""
    counted = figures.gates if figures else {}
    return [(gate, [counted.get((gate, outcome), 0) for outcome in OUTCOMES]) for gate in GATE_HOLDS]


def outcome_headings() -> list[str]:
    """The outcomes as people read them."""
    return [OUTCOME_WORDS[outcome] for outcome in OUTCOMES]


def data_docs_file(home: Home, authority: str, path: str) -> Path | None:
    """A page of an authority's validation results; None where there is none, or the path leads out of its folder."""
    if "\\" in path or "\0" in path or not path.endswith(".html"):
        return None
    root = home.data_docs / authority
    if not authority or root.parent != home.data_docs or root.is_symlink():
        return None
    try:
        file = (root / path).resolve()
        return file if file.is_relative_to(root.resolve()) and file.is_file() else None
    except (OSError, ValueError):
        return None
