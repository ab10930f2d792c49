"""A bridge printed as a bank reconciliation: the team's count on the left, the system's on the right, one adjusted number below both.

manual + every effect = system. So the count with the effects of its side equals the system's number with the effects of the other side
taken back; `print_bridge` refuses to print anything else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import zip_longest

from countermark.contracts.model import Reason
from countermark.explaining.reading import Bridge, Line
from countermark.words import WIDTH, short_day, signed

LABEL, NUMBER, GAP = 30, 6, 2
Column = list[str]


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
    moving = sorted((line for line in bridge.lines if line.effect), key=lambda line: _rank(line, reasons))
    left = [line for line in moving if side_of(line, reasons) == "manual"]
    right = [line for line in moving if side_of(line, reasons) == "system"]
    adjusted = bridge.manual + sum(line.effect for line in left)
    if adjusted != bridge.system - sum(line.effect for line in right):
        raise ValueError("the bridge does not add up")
    ours = _cell(counted, str(bridge.manual))
    for line in left:
        ours += _cell(f"  {_words(line, reasons)}", signed(line.effect))
    theirs = _system_head(bridge, at_hand, now, as_at)
    for line in right:
        theirs += _cell(f"  {_words(line, reasons)}", signed(-line.effect))
    blank = " " * (LABEL + NUMBER)
    rows = list(zip_longest(ours, theirs, fillvalue=blank))
    total = _cell("Adjusted", str(adjusted))[0]
    unexplained = sum(
        abs(line.effect) for line in bridge.lines if line.reason in reasons and reasons[line.reason].fallback
    )
    gross = sum(abs(line.effect) for line in bridge.lines)
    lines = [(a + " " * GAP + b).rstrip() for a, b in [*rows, (total, total)]]
    tail = f"unexplained {unexplained}, gross {gross}"
    if len(lines[-1]) + GAP + len(tail) <= WIDTH:
        lines[-1] += " " * GAP + tail
    else:
        lines.append(tail.rjust(WIDTH))
    return lines + _unmoved(bridge, reasons)


def side_of(line: Line, reasons: Mapping[str, Reason]) -> str:
    """The column that a line adjusts, by its reason's file: `manual` or `system`."""
    reason = reasons.get(line.reason)
    side = reason.side if reason else "manual"
    return side if side != "sign" else "system" if line.effect > 0 else "manual"


def _system_head(bridge: Bridge, at_hand: Sequence[date], now: Sequence[date], as_at: date) -> Column:
    first, last = _days(at_hand, as_at), _days(now, as_at)
    if not first:
        return _cell("System", str(bridge.system))
    head = _cell(f"System, extract of {first}", str(bridge.at_hand))
    if first == last and bridge.at_hand == bridge.system:
        return head
    since = _cell(f"  changes seen by {last}", signed(bridge.system - bridge.at_hand))
    return head + since + _cell("System now", str(bridge.system))


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


def _unmoved(bridge: Bridge, reasons: Mapping[str, Reason]) -> list[str]:
    found = [f"{_words(line, reasons)} ({line.items})" for line in bridge.lines if not line.effect]
    return textwrap.wrap(f"Moved nothing: {', '.join(found)}", WIDTH) if found else []
