"""Figures, dates, statuses and children as pages show them: filters and functions for every template."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g
from markupsafe import Markup, escape

from countermark import words as told
from countermark.ledger.secrets import pseudonym, pseudonym_key
from web.context import home, person

HERE = ZoneInfo("Europe/London")
TAGS = {"certified": "govuk-tag--blue", "provisional": "cm-tag--being-checked", "withheld": "govuk-tag--grey"}
NOT_AVAILABLE, NOT_APPLICABLE, SUPPRESSED = "[x]", "[z]", "[c]"
CODES = {
    NOT_AVAILABLE: "not available",
    NOT_APPLICABLE: "not applicable",
    SUPPRESSED: "suppressed, a small number",
    "[low]": "rounds to nothing, and is not nothing",
    "[k]": "rounds to nothing, and is not nothing",
    "[u]": "too few to rely on",
}


def register(app: Flask) -> None:
    """Make the filters and functions of this module known to templates."""
    app.jinja_env.filters.update(
        day=day, moment=moment, share=share, figure=figure, status_words=status_words, cases=told.unit, signed=told.signed,
        child=child,
    )  # fmt: skip
    app.jinja_env.globals.update(
        status_tag=status_tag, code=code, outcome_words=told.OUTCOME_WORDS.get, pseudonym_of=pseudonym_of
    )


def day(when: date | None) -> str:
    """A date as people write it; [x] where there is none."""
    return told.day(when) if when else NOT_AVAILABLE


def moment(when: datetime | None) -> str:
    """A moment (UTC where it says nothing) as a clock in England shows it."""
    if when is None:
        return NOT_AVAILABLE
    there = when.replace(tzinfo=ZoneInfo("UTC")) if when.tzinfo is None else when
    local = there.astimezone(HERE)
    return f"{told.day(local.date())}, {local:%H:%M}"


def share(value: float | None) -> str:
    """A share between 0 and 1 as a percentage with one place; [z] where there is nothing to take a share of."""
    return NOT_APPLICABLE if value is None else f"{value * 100:.1f}%"


def figure(row: dict[str, Any], side: str = "system") -> str:
    """A figure's value as text: a percentage, or a count. `side` is system, manual or reconciled; [x] where it has none."""
    value = row.get(f"{side}_value")
    if row.get(f"{side}_numerator") is None:
        return NOT_AVAILABLE
    if told.is_measured(row["unit"]):
        return told.measured(value, row["unit"])
    return share(value) if row["unit"] == "percent" else f"{row[f'{side}_numerator']:,}"


def status_words(status: str) -> str:
    """The status as people read it."""
    return told.STATUS_WORDS[status]


def status_tag(status: str) -> Markup:
    """The status as a tag: its words, in blue or grey, never in the colours of performance."""
    return Markup('<strong class="govuk-tag cm-tag {}">{}</strong>').format(TAGS[status], status_words(status))


def code(mark: str) -> Markup:
    """A missing value's code with its meaning for those who hover or listen."""
    return Markup('<abbr title="{}">{}</abbr>').format(CODES[mark], escape(mark))


def child(child_id: str) -> str:
    """A child as the person of this request may see one: by the id, or by a pseudonym."""
    return child_id if person().sees_children else pseudonym_of(child_id)


def pseudonym_of(child_id: str) -> str:
    """The name that stands for a child here and in the audit chain. The same child has the same one throughout a home."""
    if "pseudonym_key" not in g:
        g.pseudonym_key = pseudonym_key(home().path)
    return "Child " + pseudonym(g.pseudonym_key, "child", child_id)[:8]
