"""A statement as text: the bank form, and the waterfall drawn with blocks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest

from countermark.charts.waterfall import Step
from countermark.explaining.bank import BankForm, Row
from countermark.statement.model import Part, Statement
from countermark.words import WIDTH, paragraph, sentence, signed

LABEL, NUMBER, BAR = 34, 7, 46
MORE, LESS, HERE, NONE = "█", "░", "●", "·"


def as_text(statement: Statement) -> str:
    """The whole statement, lines of at most 100 characters."""
    lines = [statement.title, "=" * len(statement.title)]
    for said in statement.heads:
        lines += paragraph(said)
    for part in statement.parts:
        lines += ["", part.name, "-" * len(part.name)]
        lines += [*bank_lines(part.bank), ""] if part.bank else []
        lines += list(waterfall_lines(part))
    for note in statement.notes:
        lines += ["", *paragraph(note)]
    return "\n".join(lines) + "\n"


def bank_lines(form: BankForm) -> list[str]:
    """Both sides beside each other, what both come to, and what is not explained."""
    half = (WIDTH - 4) // 2
    both = [[line for row in rows for line in _row(row, half)] for rows in (form.left, form.right)]
    lines = [f"{ours:<{half}}    {theirs}".rstrip() for ours, theirs in zip_longest(*both, fillvalue="")]
    total = f"{'Adjusted':<{half - NUMBER}}{form.adjusted:>{NUMBER}}"
    lines += [
        "-" * WIDTH,
        f"{total}    {total}",
        f"Unexplained {form.unexplained}, differences without sign {form.gross}.",
    ]
    return lines + (paragraph(f"Moved nothing: {', '.join(form.unmoved)}.") if form.unmoved else [])


def _row(row: Row, width: int) -> list[str]:
    number = signed(row.number) if row.is_effect else str(row.number)
    return _numbered(row.words, number, width - NUMBER, "  " if row.is_effect else "")


def _numbered(words: str, number: str, width: int, indent: str) -> list[str]:
    """Words, wrapped, with a number behind the last line."""
    wrapped = textwrap.wrap(words, width, initial_indent=indent, subsequent_indent=f"{indent}  ") or [""]
    return [*wrapped[:-1], f"{wrapped[-1]:<{width}}{number:>{NUMBER}}"]


def waterfall_lines(part: Part) -> Iterator[str]:
    """From one number to the other, a line a step, with a bar from where it begins to where it leads."""
    levels = [part.first[1]]
    for step in part.steps:
        levels.append(levels[-1] + step.effect)
    if levels[-1] != part.last[1]:
        raise ValueError("the steps do not lead from one count to the other")
    low, span = min(levels), max(max(levels) - min(levels), 1)

    def at(level: int) -> int:
        return round((level - low) / span * (BAR - 1))

    yield from _line(part.first[0], str(part.first[1]), " " * at(part.first[1]) + HERE)
    for before, step in zip(levels, part.steps, strict=False):
        yield from _line(_step(step), signed(step.effect), _bar(at(before), at(before + step.effect), step.effect))
    if not part.steps:
        yield from _line("No difference", "0", " " * at(part.first[1]) + NONE)
    yield from _line(part.last[0], str(part.last[1]), " " * at(part.last[1]) + HERE)


def _step(step: Step) -> str:
    return f"  {sentence(step.words)[:-1]}" + (
        f" ({step.cases})" if step.cases and step.cases != abs(step.effect) else ""
    )


def _bar(start: int, end: int, effect: int) -> str:
    if not effect:
        return " " * start + NONE
    return " " * min(start, end) + (MORE if effect > 0 else LESS) * max(1, abs(end - start))


def _line(words: str, number: str, bar: str) -> list[str]:
    lines = _numbered(words.strip(), number, LABEL, "  " if words.startswith(" ") else "")
    return [*lines[:-1], f"{lines[-1]}  {bar}".rstrip()]
