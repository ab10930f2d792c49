"""A bridge printed as a bank reconciliation: the team's count on the left, the system's on the right, one adjusted number below both.

manual + every effect = system. So the count with the effects of its side equals the system's number with the effects of the other side
taken back; `print_bridge` refuses to print anything else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest

from countermark.contracts.model import Reason
from countermark.explaining.reading import Bridge, Line
from countermark.words import WIDTH, short_day, signed

LABEL, NUMBER, GAP = 30, 6, 2
Column = list[str]


@dataclass(frozen=True)
class Row:
    """A line of one side: a count, or what is added to it."""

    words: str
    number: int
    is_effect: bool = False


@dataclass(frozen=True)
class BankForm:
    """Both sides of a bank reconciliation, what both come to, what nothing explains, how many differences there are without sign, and the
    reasons that moved nothing."""

    left: tuple[Row, ...]
    right: tuple[Row, ...]
    adjusted: int
    unexplained: int
    gross: int
    unmoved: tuple[str, ...]


def print_bridge(
    bridge: Bridge,
    reasons: Mapping[str, Reason],
    counted: str,
    at_hand: Sequence[date],
    now: Sequence[date],
    as_at: date,
) -> list[str]:
    """The lines of one bridge. `counted` heads the left column; `at_hand` and `now` are the days of the extracts.

    Raises ValueError where manual + effects is not the system's number.
    """
    form = bank_form(bridge, reasons, counted, at_hand, now, as_at)
    ours, theirs = (list(chain.from_iterable(_printed(row) for row in rows)) for rows in (form.left, form.right))
    blank = " " * (LABEL + NUMBER)
    rows = list(zip_longest(ours, theirs, fillvalue=blank))
    total = _cell("Adjusted", str(form.adjusted))[0]
    lines = [(a + " " * GAP + b).rstrip() for a, b in [*rows, (total, total)]]
    tail = f"unexplained {form.unexplained}, gross {form.gross}"
    if len(lines[-1]) + GAP + len(tail) <= WIDTH:
        lines[-1] += " " * GAP + tail
    else:
        lines.append(tail.rjust(WIDTH))
    moved = f"Moved nothing: {', '.join(form.unmoved)}"
    return lines + (textwrap.wrap(moved, WIDTH) if form.unmoved else [])


def bank_form(
    bridge: Bridge,
    reasons: Mapping[str, Reason],
    counted: str,
    at_hand: Sequence[date],
    now: Sequence[date],
    as_at: date,
) -> BankForm:
    """The same as `print_bridge` prints, as rows of numbers. ValueError where manual + effects is not the system's number."""
    moving = sorted((line for line in bridge.lines if line.effect), key=lambda line: _rank(line, reasons))
    left = [line for line in moving if side_of(line, reasons) == "manual"]
    right = [line for line in moving if side_of(line, reasons) == "system"]
    adjusted = bridge.manual + sum(line.effect for line in left)
    if adjusted != bridge.system - sum(line.effect for line in right):
        raise ValueError("the bridge does not add up")
    return BankForm(
        (Row(counted, bridge.manual), *(Row(_words(line, reasons), line.effect, True) for line in left)),
        (
            *_system_head(bridge, at_hand, now, as_at),
            *(Row(_words(line, reasons), -line.effect, True) for line in right),
        ),
        adjusted,
        sum(abs(line.effect) for line in bridge.lines if line.reason in reasons and reasons[line.reason].fallback),
        sum(abs(line.effect) for line in bridge.lines),
        tuple(f"{_words(line, reasons)} ({line.items})" for line in bridge.lines if not line.effect),
    )


def side_of(line: Line, reasons: Mapping[str, Reason]) -> str:
    """The column that a line adjusts, by its reason's file: `manual` or `system`."""
    reason = reasons.get(line.reason)
    side = reason.side if reason else "manual"
    return side if side != "sign" else "system" if line.effect > 0 else "manual"


def _system_head(bridge: Bridge, at_hand: Sequence[date], now: Sequence[date], as_at: date) -> tuple[Row, ...]:
    first, last = _days(at_hand, as_at), _days(now, as_at)
    if not first:
        return (Row("System", bridge.system),)
    head = Row(f"System, extract of {first}", bridge.at_hand)
    if first == last and bridge.at_hand == bridge.system:
        return (head,)
    since = Row(f"changes seen by {last}", bridge.system - bridge.at_hand, True)
    return head, since, Row("System now", bridge.system)


def _printed(row: Row) -> Column:
    return _cell(f"  {row.words}", signed(row.number)) if row.is_effect else _cell(row.words, str(row.number))


def _days(days: Sequence[date], as_at: date) -> str:
    if not days:
        return ""
    return (
        short_day(days[0], as_at) if len(days) == 1 else f"{short_day(days[0], as_at)} to {short_day(days[-1], as_at)}"
    )


def _rank(line: Line, reasons: Mapping[str, Reason]) -> tuple[int, int, str]:
    """Large effects first, then by the order in which reasons are tried."""
    return -abs(line.effect), reasons[line.reason].precedence if line.reason in reasons else 0, line.reason


def _words(line: Line, reasons: Mapping[str, Reason]) -> str:
    return reasons[line.reason].people_read if line.reason in reasons else line.reason


def _cell(label: str, number: str) -> Column:
    """A label, wrapped, with its number at the end of its last line and at least one space between them."""
    indent = len(label) - len(label.lstrip())
    room = LABEL - indent - max(0, len(number) - NUMBER + 1)
    parts = textwrap.wrap(label.strip(), room, subsequent_indent="  ")
    lines = [(" " * indent + part).ljust(LABEL) + " " * NUMBER for part in parts]
    lines[-1] = lines[-1][:LABEL] + number.rjust(NUMBER)
    return lines
