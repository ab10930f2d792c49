"""A pack as PowerPoint: titles in their placeholders, native charts with their data and a description, definitions in the notes."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from textwrap import wrap
from typing import Any

from pptx.util import Inches

from countermark.pack.model import Change, Definition, PackModel, Page, Told
from countermark.pack.page import capital, short
from countermark.pack.parts import Canvas, steady
from countermark.words import day, signed

ROWS, LONG_ROWS = 7, 3  # of a table on one slide; of one with reasons in it
NOTHING_SAID = "Nobody has commented on this figure, and no action has been agreed."
SLIDE = 1000  # characters that a slide of text holds
HEAD = ("Measure", "Figure", "Status, range and signature")


def as_pptx(pack: PackModel) -> bytes:
    """The pack as PowerPoint. The same model gives the same bytes."""
    canvas = Canvas(pack.source, f"{pack.council}, position at {day(pack.as_at)}")
    _cover(canvas, pack)
    _tables(canvas, "The headline figures", HEAD, [_row(one) for one in pack.headlines], pack.standing)
    _changes(canvas, pack)
    definitions = {one.indicator_id: one for one in pack.definitions}
    for page in pack.pages:
        nothing = (
            NOTHING_SAID if pack.audience == "leader" and not (page.remark or page.questions or page.tasks) else ""
        )
        _figure(canvas, page, definitions.get(page.told.indicator_id), nothing)
        _differences(canvas, page)
        _said(canvas, page)
    unreliable = [(one.title, one.number, f"{one.certificate} {one.why}".strip()) for one in pack.unreliable]
    _tables(
        canvas,
        "Not reliable enough to report",
        HEAD,
        unreliable,
        pack.standing,
        "Every figure of this position can be reported.",
    )
    _tables(canvas, "All figures", HEAD, [_row(one) for one in pack.figures], pack.standing)
    _definitions(canvas, pack)
    if pack.audience == "leader":
        _warnings(canvas, pack)
    return _bytes(canvas.deck, pack)


def _row(one: Told) -> tuple[str, ...]:
    return one.title, one.number, one.certificate


def _cover(canvas: Canvas, pack: PackModel) -> None:
    slide = canvas.slide(pack.title, pack.standing)
    canvas.text(slide, [
        f"{pack.council}. Position at {day(pack.as_at)}, published on {day(pack.published_at.date())}.",
        "These are management information, made for running the service. Each figure says beside it how far it can be relied on.",
        pack.legend,
    ], Inches(1.7), Inches(3), size=20)  # fmt: skip


def _tables(
    canvas: Canvas,
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    certificate: str,
    empty: str = "There is none.",
    most: int = ROWS,
) -> None:
    """The rows on as many slides as they need."""
    if not rows:
        canvas.text(canvas.slide(title, certificate), [empty], Inches(1.5), Inches(1))
    for first in range(0, len(rows), most):
        more = f" ({first // most + 1} of {-(-len(rows) // most)})" if len(rows) > most else ""
        canvas.table(canvas.slide(title + more, certificate), head, rows[first : first + most])


def _changes(canvas: Canvas, pack: PackModel) -> None:
    def rows(found: Sequence[Change]) -> list[tuple[str, ...]]:
        return [(one.title, one.before, one.now, one.says) for one in found]

    before = day(pack.before) if pack.before else "Before"
    nothing = "This publication has no earlier position to compare with."
    _tables(
        canvas,
        "What changed",
        ("Measure", before, day(pack.as_at), "What changed"),
        rows(pack.changes),
        pack.standing,
        nothing,
    )
    if pack.restated:
        _tables(
            canvas,
            "Published before and changed since",
            ("Measure", "Was", "Became", "What changed"),
            rows(pack.restated),
            pack.standing,
        )


def _figure(canvas: Canvas, page: Page, definition: Definition | None, nothing: str) -> None:
    told, trend = page.told, page.trend
    slide = canvas.slide(told.title, told.certificate)
    canvas.text(slide, [told.question, told.number], Inches(1.3), Inches(1.1), size=20, strong=1)
    beside = [told.certificate, told.why, trend.says, page.no_difference, nothing]
    size = 14 if sum(map(len, beside)) < 520 else 10
    canvas.text(slide, beside, Inches(2.5), Inches(3.6), width=Inches(4.6), size=size)
    months = [one for one in trend.months if one.value is not None]
    if trend.picture is not None and months:
        says = f"{trend.picture.label}. {trend.picture.says}"
        canvas.chart(slide, [short(one.as_at) for one in trend.months], {
            told.title: [one.value for one in trend.months],
            "Average": [one.centre for one in trend.months],
            "Upper limit": [one.upper for one in trend.months],
            "Lower limit": [one.lower for one in trend.months],
        }, trend.is_share, says)  # fmt: skip
    if definition is not None:
        notes = [f"{head}: {text}" for head, text in definition.says]
        canvas.notes(slide, [told.title, *notes, *[f"{short(one.as_at)}: {one.text}" for one in trend.months]])


def _differences(canvas: Canvas, page: Page) -> None:
    one = page.difference
    if one is None:
        return  # why there is none stands on the figure's own slide
    title = f"Why the two differ: {page.told.title}"
    rows = [("The teams’ count", *[str(n) for n in one.counted])]
    rows += [(capital(line.words), *[signed(n) for n in line.effects]) for line in one.lines]
    rows += [("As the system records it", *[str(n) for n in one.recorded])]
    canvas.table(canvas.slide(title, page.told.certificate), ("Reason", *one.measures), rows, narrow=True)


def _said(canvas: Canvas, page: Page) -> None:
    if not (page.remark or page.questions or page.tasks):
        return
    title = f"Commentary and actions: {page.told.title}"
    lines = ["Nobody has commented on this figure."]
    if page.remark:
        stale = "Written before the figure changed; nobody has confirmed it since. " if page.remark.stale else ""
        owner = f"{capital(page.remark.owner)}, {day(page.remark.on)}"
        lines = [f"{stale}{' '.join(page.remark.changed)}".strip(), page.remark.text, owner]
    lines += [f"{one.text} ({one.role}) – {one.answer or one.state}" for one in page.questions]
    lines += [f"Action: {one.text} – {one.owner}, due {day(one.due)}: {one.state}" for one in page.tasks] or [
        "No action has been agreed."
    ]
    for place, part in enumerate(_slides(lines)):
        slide = canvas.slide(title if place == 0 else f"{title} (continued)", page.told.certificate)
        canvas.text(slide, part, Inches(1.4), Inches(4.8), size=16)


def _slides(lines: Sequence[str]) -> list[list[str]]:
    """Lines on as many slides as they need."""
    slides: list[list[str]] = [[]]
    for line in (part for whole in lines for part in wrap(whole, SLIDE)):
        if sum(map(len, slides[-1])) + len(line) > SLIDE:
            slides.append([])
        slides[-1].append(line)
    return slides


def _definitions(canvas: Canvas, pack: PackModel) -> None:
    rows = [(one.title, one.says[0][1]) for one in pack.definitions]
    for first in range(0, len(rows), ROWS):
        more = f" ({first // ROWS + 1} of {-(-len(rows) // ROWS)})" if len(rows) > ROWS else ""
        slide = canvas.slide(f"Definitions{more}", pack.standing)
        canvas.table(slide, ("Measure", "What it asks"), rows[first : first + ROWS])
        canvas.notes(slide, [
            f"{one.title}. " + " ".join(f"{head}: {text}" for head, text in one.says)
            for one in pack.definitions[first : first + ROWS]
        ])  # fmt: skip


def _warnings(canvas: Canvas, pack: PackModel) -> None:
    rows = [
        (f"{one.title}, {day(one.as_at)}", f"{one.whom}, {one.document}", one.given,
         " ".join(one.changed) + (" The conclusion may change." if one.conclusion else ""), "Yes" if one.told else "Not yet")
        for one in pack.warnings
    ]  # fmt: skip
    head = ("Measure", "Given to", "As given", "What changed", "Told")
    _tables(
        canvas,
        "Figures given out and changed since",
        head,
        rows,
        pack.standing,
        "No figure that was given out has changed since.",
    )


def _bytes(deck: Any, pack: PackModel) -> bytes:
    said = deck.core_properties
    said.title, said.author, said.language = f"{pack.title} – {pack.council}, {day(pack.as_at)}", pack.council, "en-GB"
    said.created = said.modified = pack.published_at.replace(tzinfo=None, microsecond=0)
    said.last_modified_by, said.revision = "", 1
    made = BytesIO()
    deck.save(made)
    return steady(made.getvalue())
