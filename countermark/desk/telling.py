"""The desk in lines of text, for a terminal: items, groups, one difference with its history, what moves what, the roll-forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.desk.between import Between
from countermark.desk.differences import Difference
from countermark.desk.groups import Group
from countermark.desk.histories import Event, History
from countermark.desk.worklist import Item
from countermark.ledger.causes import CAUSES
from countermark.words import day, decision_words, paragraph, signed

MEASURES = {"denominator": "all who count", "numerator": "those that meet it"}


def items_lines(items: Sequence[Item], catalogue: Catalogue) -> list[str]:
    """A difference or a failure in two or three lines: its name, what it is, who has it, both ages, what it moves."""
    lines: list[str] = []
    for item in items:
        where = ", ".join(item.teams) or "no team"
        about = item.message if item.is_between_systems else why(catalogue, item.reason)
        what = f"{item.indicator_id}: {about}" if item.is_difference else f"{item.rule_code}: {item.message}"
        state = f"{item.state}, its decision lapsed" if item.lapsed and item.state == "open" else item.state
        state += f", {item.life}" if item.life in ("new", "reopened") else ""
        lines += paragraph(f"{item.item_id}  {what}", 0, 18)
        lines += paragraph(f"{item.case_id or 'no single case'}, {where}; {state}; {ages(item)}; {holder(item)}", 18)
        lines += paragraph(f"One cause: {item.block}.", 18) if item.block else []
        lines += [line for said in moves_of(item) for line in paragraph(said, 18, 20)]
        for other in item.others or []:
            is_difference = other["kind"] == "difference"
            name = other["indicator_id"] if is_difference else other["rule_code"]
            what = why(catalogue, other["reason"]) if is_difference else other["message"]
            lines += paragraph(f"with it {other['item_id']}  {name}: {what}", 18, 20)
    return lines


def holder(item: Item) -> str:
    """Who has an item."""
    return f"{item.assigned} has it" if item.assigned else "nobody has it"


def ages(item: Item) -> str:
    """Both ages, in working days."""
    since = "" if item.event_age is None else f", {item.event_age} since the event"
    return f"{item.age} working days since first seen{since}"


def moves_of(item: Item) -> list[str]:
    """What it does to each figure."""
    return [
        f"{signed(one['effect'])} of {MEASURES[one['measure']]}, {'the council' if one['team'] == 'ALL' else one['team']}"
        for one in item.moves
    ]


def why(catalogue: Catalogue, reason: str | None) -> str:
    """A reason as people read it."""
    known = catalogue.reasons.get(reason or "")
    return known.people_read if known else (reason or "")


def group_name(catalogue: Catalogue, by: str, name: str) -> str:
    """What a group is called."""
    if not name:
        return {"cause": "no cause chosen", "worker": "no worker known", "team": "no team", "form": "no form"}.get(
            by, "none"
        )
    if by == "cause":
        return CAUSES.get(name, name)
    if by == "form":
        return catalogue.contracts[name].title if name in catalogue.contracts else name
    return why(catalogue, name) if by == "reason" else name


def groups_lines(found: Sequence[Group], by: str, catalogue: Catalogue) -> list[str]:
    """Groups as a table."""
    lines = [f"{by.capitalize():<48}{'Items':>7}{'Facts':>7}{'Headline':>10}{'Moves':>7}{'Oldest':>8}{'Event':>7}"]
    for one in found:
        oldest = "" if one.event_age is None else str(one.event_age)
        name = group_name(catalogue, by, one.name)[:47]
        lines.append(f"{name:<48}{one.items:>7}{one.facts:>7}{one.headline:>10}{one.gross:>7}{one.age:>8}{oldest:>7}")
    return lines


def difference_lines(found: Difference, item: Item, past: History, catalogue: Catalogue) -> list[str]:
    """One difference: both sides in a line each, what it moves, and its history."""
    first = found.first
    lines = paragraph(f"{item.item_id}  {first['indicator_id']}: {why(catalogue, first['reason'])}")
    lines += paragraph(
        f"{item.case_id or 'no single case'}, {', '.join(item.teams) or 'no team'}, position at {day(found.as_at)}"
    )
    lines += paragraph(f"{item.state.capitalize()}; {ages(item)}; {holder(item)}.")
    if item.cause or item.decision:
        lines += _decided(item)
    for whose, where in (("Team's list", item.manual_source), ("System", item.system_source)):
        lines += paragraph(f"{whose}: {where or 'no row'}", 2, 4)
    lines += [line for said in moves_of(item) for line in paragraph(said, 2, 4)]
    return lines + history_lines(past)


def _decided(item: Item, sides: tuple[str, str] | None = None) -> list[str]:
    said = [decision_words(item.decision or "", sides), CAUSES.get(item.cause or "", item.cause or "")]
    return paragraph(f"Decided: {'; '.join(one for one in said if one)}.")


def between_lines(found: Between, item: Item, past: History) -> list[str]:
    """One difference between two systems: what either says in a line, that it moves no figure, and its history."""
    row = found.row
    lines = paragraph(f"{item.item_id}  {row['pair_id']}: {row['title']}")
    lines += paragraph(f"{item.case_id}, {', '.join(item.teams) or 'no team'}, position at {day(found.as_at)}")
    lines += paragraph(f"{item.state.capitalize()}; {ages(item)}; {holder(item)}.")
    lines += _decided(item, found.names) if item.decision else []
    lines += paragraph(row["why"])
    for side in found.sides:
        said = [side.says or "", f"since {day(side.starts_on)}" if side.starts_on else "", side.source or ""]
        counts = "counts it" if side.counts else "does not count it" if side.has else "no row"
        lines += paragraph(f"{side.name}: {'; '.join([counts, *(one for one in said if one)])}", 2, 4)
    return [*lines, "It moves no figure, whatever is decided.", *history_lines(past)]


def history_lines(past: History) -> list[str]:
    """A history: by day, then by date of the figures."""
    lines = ["", "Day by day"]
    lines += [line for one in past.days for line in paragraph(f"{_when(one):<18} {_said(one)}", 2, 21)] or ["  nothing"]
    lines += ["", "At each date of the figures"]
    return lines + (
        [line for one in past.dates for line in paragraph(f"{_when(one):<18} {one.says}", 2, 21)] or ["  at none"]
    )


def _when(one: Event) -> str:
    on = one.as_at or one.on or (one.at.date() if one.at else None)
    return day(on) if on else ""


def _said(one: Event) -> str:
    return f"{one.says} ({one.by})" if one.by else one.says


def roll_lines(rows: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> list[str]:
    """The roll-forward as a table, a line for each reason, and a line that sums them."""
    heads = ("Opening", "New", "Again", "In", "Out", "Closed", "Closing", "Decided", "Lapsed")
    names = ("opening", "new", "reopened", "moved_in", "moved_out", "closed", "closing", "decided", "lapsed")
    lines = [f"{'Why':<30}" + "".join(f"{head:>8}" for head in heads)]
    total = dict.fromkeys(names, 0)
    for row in rows:
        called = row.get("says") or why(catalogue, row["reason"])
        *above, last = wrap(called, 29, subsequent_indent="  ")
        lines += [*above, f"{last:<30}" + "".join(f"{row[name]:>8}" for name in names)]
        total = {name: total[name] + row[name] for name in names}
    lines.append(f"{'Together':<30}" + "".join(f"{total[name]:>8}" for name in names))
    return lines


def influence_lines(rows: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> list[str]:
    """What moves what, worst first: the figure, the difference, the value now and were the team right."""
    lines: list[str] = []
    for row in rows:
        team = "the council" if row["team"] == "ALL" else row["team"]
        worse = row["worse_by"]
        turn = (
            f"{abs(worse)} {'worse' if worse > 0 else 'better'} than recorded"
            if worse
            else "the same number that worries"
        )
        lines += paragraph(
            f"{row['indicator_id']} {team}: {value(row, 'value_now')} → {value(row, 'value_otherwise')} if the team is right, {turn}"
            f"; {why(catalogue, row['reason'])}, {row['case_id'] or 'no single case'} ({row['break_id']})", 0, 4,
        )  # fmt: skip
    return lines


def value(row: Mapping[str, Any], name: str) -> str:
    """A value of a row of what moves what."""
    if row[name] is None:
        return "[z]"
    return f"{row[name]:.1%}" if row["unit"] == "percent" else f"{row[name]:,.0f}"
