"""The words that people read instead of the model's terms, numbers and dates as text. No figure is known here."""

from __future__ import annotations

import re
import textwrap
from datetime import date

WIDTH = 100
STATUS_WORDS = {
    "certified": "Checked: safe to quote",
    "provisional": "Being checked: quote with its range",
    "withheld": "Not reliable enough to report",
}
OUTCOME_WORDS = {
    "PASS": "holds",
    "FAIL": "does not hold",
    "ERROR": "could not be run",
    "NOT_APPLICABLE": "not applicable",
}
GATE_HOLDS = {
    "delivered": "Every source has a complete delivery that covers the date, with a stated extract date.",
    "valid": "Records with a blocking error are few enough, even if each of them moved the figure.",
    "reconciled": "Every count is fully listed, nothing is unexplained, and few differences are open.",
    "counted": "Every team that owes a count has given one.",
    "plausible": "The figure lies where it can be expected to lie, or a note says why not.",
    "checked": "An officer has checked it.",
    "signed": "The accountable head has signed it.",
}
GATE_DOES_NOT_APPLY = {
    "valid": "There is no case to judge.",
    "reconciled": "There is no count to compare with.",
    "counted": "No team owes a count of this.",
}
STATE_WORDS = {
    "met": "met",
    "not_met": "not met",
    "pending": "not yet answered",
    "overtaken": "overtaken by something later, so its state at the date is unknown",
    "unusable": "not met, since the deciding date cannot be used",
    "not_countable": "not countable, since a date cannot be used",
}
METHOD_WORDS = {
    "case_file": "from case files",
    "own_list": "from a list of its own",
    "whiteboard": "from a whiteboard",
    "prefilled": "on a prefilled list",
    "system_report": "from the system's own report",
}
DECISION_WORDS = {
    "manual_right": "the team's count is right",
    "system_right": "the system is right",
    "both_wrong": "both are wrong",
    "not_comparable": "not comparable",
    "accepted": "accepted as the system has it",
}
NOTHING_BOUNDS = "nothing bounds how many children the count of"
# Of two systems; {left} and {right} are their names.
SYSTEM_DECISION_WORDS = {
    "left_right": "right: {left}; to be corrected: {right}",
    "right_right": "right: {right}; to be corrected: {left}",
    "both_wrong": "both are wrong",
    "not_comparable": "not comparable: the two do not mean the same thing",
    "accepted": "known, and may stand for now",
}
FIRST, SECOND = "the first system", "the second system"


def decision_words(code: str, sides: tuple[str, str] | None = None) -> str:
    """A decision as people read it; `sides` are the names of the two systems where it is of their difference."""
    if sides is None and code not in ("left_right", "right_right"):
        return DECISION_WORDS.get(code, code)
    left, right = sides or (FIRST, SECOND)
    return SYSTEM_DECISION_WORDS.get(code, code).format(left=left, right=right)


def is_measured(figure_unit: str) -> bool:
    """Whether a figure of that unit (metrics' `unit`) is a measured value, and neither a share nor a count."""
    return figure_unit not in ("percent", "count")


def measured(value: float | None, figure_unit: str) -> str:
    """A measured value with its unit, to one place: `12.4 days`; `[z]` where nothing was measured."""
    return "[z]" if value is None else f"{plain(value)} {figure_unit}"


def plain(value: float) -> str:
    """A measured value to one place, without a place that says nothing: 12, 12.4, 1,204."""
    return f"{value:,.1f}".removesuffix(".0")


def unit(case_unit: str, cases: int = 2) -> str:
    """The word for that many cases; of `visit that fell due` the first noun takes the plural."""
    if cases == 1:
        return case_unit
    if case_unit == "child":
        return "children"
    head, *rest = re.split(r"(?= (?:of|about|that|with|in) )", case_unit, maxsplit=1)
    several = head if head.endswith("s") else f"{head[:-1]}ies" if head.endswith("y") else f"{head}s"
    return "".join((several, *rest))


def day(when: date) -> str:
    """A date as people write it."""
    return f"{when.day} {when:%B %Y}"


def short_day(when: date, beside: date) -> str:
    """A date without its year where that is the year of `beside`."""
    return f"{when.day} {when:%B}" if when.year == beside.year else f"{when.day} {when:%b %Y}"


def signed(number: int) -> str:
    """A number with its sign, a real minus; zero has none."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def sentence(clause: str) -> str:
    """A clause as a sentence."""
    return clause[:1].upper() + clause[1:].rstrip(".") + "." if clause else ""


def paragraph(text: str, indent: int = 0, hanging: int | None = None) -> list[str]:
    """A text as lines of at most WIDTH characters."""
    later = indent if hanging is None else hanging
    return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * later) or [""]


def place(file: str | None, source_row: str | None) -> str:
    """File, sheet and row of a record (`List 7!14` or a line number), or element and line of a document."""
    if not file or not source_row:
        return ""
    sheet, mark, row = source_row.rpartition("!")
    if mark and file.lower().endswith(".xml"):
        return f"{file}, {sheet} on line {row}"
    return f"{file}, sheet {sheet}, row {row}" if mark else f"{file}, line {row}"


def without_range(says: str) -> str:
    """Why a figure has no range, in a sentence; `says` is what is published beside it."""
    if NOTHING_BOUNDS in says:
        return f"No range: {says}."
    return " ".join(filter(None, ("No range: most of the teams that owe a count have given none.", sentence(says))))


def unmoved(moving: int, apart: int) -> str:
    """What is said of a share or count that has one value only: by how many open differences its counts move and it does not, and how many
    counts cannot be compared with it, which are in no range."""
    said = "No open difference moves it." if not apart else ""
    if moving:
        said = (
            "One open difference moves its counts and not the share."
            if moving == 1
            else f"{moving} open differences move its counts and not the share."
        )
    if not apart:
        return said
    counts = (
        "One count that cannot be compared with it is"
        if apart == 1
        else f"{apart} counts that cannot be compared with it are"
    )
    return f"{said} {counts} in no range.".strip()
