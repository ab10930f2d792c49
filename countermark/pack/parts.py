"""The parts of a slide: title, text, table, chart, foot and notes in one manner. What they say is the caller's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Inches, Pt

WIDTH, HEIGHT, EDGE = Inches(13.333), Inches(7.5), Inches(0.6)
_colour: Any = RGBColor.from_string  # python-pptx is typed in parts only; what it lacks is Any here
INK, GREY, BLUE, PALE, PAPER = (_colour(code) for code in ("0B0C0C", "505A5F", "1D70B8", "F3F2F1", "FFFFFF"))
_chart_data: Any = CategoryChartData
TITLE_ONLY = 5  # the layout of the default template that has a title and nothing else
BEGINNING = (1980, 1, 1, 0, 0, 0)  # a zip's first possible moment
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FONT = "Arial"


class Canvas:
    """A deck being made. Each slide gets the certificate line of its figure, and the source of all."""

    def __init__(self, source: str, place: str) -> None:
        """An empty wide deck."""
        self.deck: Any = Presentation()
        self.deck.slide_width, self.deck.slide_height = WIDTH, HEIGHT
        self.source, self.place = source, place

    def slide(self, title: str, certificate: str) -> Any:
        """A new slide with its title placeholder, its foot and its number."""
        made = self.deck.slides.add_slide(self.deck.slide_layouts[TITLE_ONLY])
        head = made.shapes.title
        head.left, head.top, head.width, head.height = EDGE, Inches(0.35), WIDTH - 2 * EDGE, Inches(0.95)
        head.text_frame.text, head.text_frame.word_wrap = title, True
        head.text_frame.vertical_anchor = MSO_ANCHOR.TOP
        _style(head.text_frame.paragraphs[0], 30 if len(title) < 60 else 24, strong=True)
        number = f"{self.place}. {self.source}. Slide {len(self.deck.slides)}"
        self.text(
            made, [certificate, number], Inches(6.55), Inches(0.8), size=10, colour=GREY, name="Certificate and source"
        )
        return made

    def text(
        self, slide: Any, lines: Sequence[str], top: int, height: int, *, width: int | None = None, size: int = 18,
        strong: int | None = None, colour: Any = INK, name: str = "Text",
    ) -> None:  # fmt: skip
        """Lines as paragraphs from `top` down; empty ones are left out; `strong` is the one in bold."""
        box = slide.shapes.add_textbox(EDGE, top, width or WIDTH - 2 * EDGE, height)
        box.name, box.text_frame.word_wrap = name, True
        for place, line in enumerate(filter(None, lines)):
            paragraph = box.text_frame.paragraphs[0] if place == 0 else box.text_frame.add_paragraph()
            paragraph.text = line
            _style(paragraph, size + 6 if place == strong else size, place == strong, colour)
            paragraph.space_after = Pt(size // 3)

    def table(self, slide: Any, head: Sequence[str], rows: Sequence[Sequence[str]], *, narrow: bool = False) -> None:
        """A table with a heading row; `narrow` keeps all columns but the first for numbers."""
        width = WIDTH - 2 * EDGE
        height = Inches(0.36) * (len(rows) + 1)
        frame = slide.shapes.add_table(len(rows) + 1, len(head), EDGE, Inches(1.4), width, height)
        _describe(frame, f"Table: {', '.join(head)}")
        table = frame.table
        shares = _shares(len(head), narrow)
        for place, share in enumerate(shares):
            table.columns[place].width = Emu(int(width * share / sum(shares)))
        for i, row in enumerate([head, *rows]):
            for j, said in enumerate(row):
                cell = table.cell(i, j)
                cell.text = said
                cell.margin_top = cell.margin_bottom = Inches(0.03)
                cell.fill.solid()
                cell.fill.fore_color.rgb = PALE if i == 0 else PAPER
                _style(cell.text_frame.paragraphs[0], 12, strong=i == 0 or j == 0)

    def chart(
        self, slide: Any, days: Sequence[str], lines: Mapping[str, Sequence[float | None]], is_share: bool, says: str
    ) -> None:
        """A line chart with its data inside and a description for those who cannot see it."""
        data: Any = _chart_data(number_format="0.0%" if is_share else "0")
        data.categories = days
        kept = {name: values for name, values in lines.items() if any(value is not None for value in values)}
        for name, values in kept.items():
            data.add_series(name, values)
        frame = slide.shapes.add_chart(
            XL_CHART_TYPE.LINE_MARKERS, Inches(5.6), Inches(2.3), Inches(7.1), Inches(4.1), data
        )
        _describe(frame, says)
        chart = frame.chart
        chart.has_title, chart.has_legend, chart.font.size, chart.font.name = False, len(kept) > 1, Pt(11), FONT
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.value_axis.minimum_scale = 0 if is_share else None
        chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = (
            "0%" if is_share else "0",
            False,
        )
        for place, series in enumerate(chart.plots[0].series):
            series.smooth, line = False, series.format.line
            line.color.rgb, line.width = (BLUE, Pt(2.25)) if place == 0 else (GREY, Pt(1.25))
            if place:
                line.dash_style = MSO_LINE.SOLID if place == 1 else MSO_LINE.DASH
                series.marker.format.fill.background()
                series.marker.format.line.fill.background()

    def notes(self, slide: Any, lines: Sequence[str]) -> None:
        """What the speaker reads."""
        slide.notes_slide.notes_text_frame.text = "\n".join(lines)


def _shares(columns: int, narrow: bool) -> list[float]:
    if narrow:
        return [4.0] + [1.0] * (columns - 1)
    return {2: [1.0, 2.0], 3: [2.2, 1.7, 4.0], 4: [2.2, 1.5, 1.5, 2.6], 5: [2.2, 1.8, 1.4, 3.0, 0.7]}[columns]


def _style(paragraph: Any, size: int, strong: bool = False, colour: Any = INK) -> None:
    font = paragraph.font
    font.size, font.bold, font.name, font.color.rgb = Pt(size), strong, FONT, colour
    paragraph.alignment = 1


def _describe(frame: Any, says: str) -> None:
    """Alternative text, as screen readers read it."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", says)


def steady(archive: bytes, inner: bool = False) -> bytes:
    """A zip whose bytes depend on its content alone: entries dated alike, and workbooks within (`inner`) without their moment."""
    made = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".xlsx"):
                content = steady(content, inner=True)
            elif inner and name == "docProps/core.xml":
                content = MOMENT.sub(b"1980-01-01T00:00:00Z", content)
            new.writestr(ZipInfo(name, BEGINNING), content, ZIP_DEFLATED)
    return made.getvalue()
