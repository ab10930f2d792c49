"""What a chart holds: its words, its shapes, its axis, its gaps; nothing from outside and nothing the pages' policy refuses."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from xml.etree import ElementTree

import duckdb
import pytest

from countermark.charts import draw
from countermark.charts.control import control_chart, control_drawing
from countermark.charts.draw import as_png
from countermark.charts.look import JUDGED
from countermark.charts.small import range_bar, signal_icon, sparkline
from countermark.charts.told import limits_text, value_text
from countermark.charts.waterfall import Step, waterfall, waterfall_drawing
from countermark.contracts.events import LABELS
from countermark.signals.read import every_series
from countermark.signals.series import Cut, Series
from tests.signal_kit import KEY, figures, month_end

SVG = "{http://www.w3.org/2000/svg}"
RISING = [50, 56, 50, 56, 50, 56, 50, 51, 52, 53, 54, 55, 56, 50]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def series(
    con: duckdb.DuckDBPyConnection, numerators: Sequence[int | None], cuts: Sequence[Cut] = (), **more: object
) -> Series:
    figures(con, numerators, **more)  # type: ignore[arg-type]
    return every_series(con, cuts)[KEY]


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def data_of(drawing: draw.Drawing, mark: str) -> list[dict[str, object]]:
    return [row for layer in drawing.spec["layer"] if layer["mark"]["type"] == mark for row in layer["data"]["values"]]


@pytest.fixture(scope="module")
def pictures(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rising = series(con, RISING)
    steps = [Step("recorded late", 4, 4), Step("counted <twice>", -1, 1), Step("another id", 0, 1)]
    return {
        "wide": control_chart(rising),
        "narrow": control_chart(rising, narrow=True),
        "one": control_chart(series(con, [50])),
        "waterfall": waterfall(("The team's count", 50), steps, ("System now", 53)),
        "spark": sparkline(rising),
        "icon": signal_icon("concern", -1),
        "range": range_bar(24, 27, 30, 97),
    }


def test_every_picture_scales_and_says_what_it_shows(pictures: dict[str, str]) -> None:
    for name, svg in pictures.items():
        root = ElementTree.fromstring(svg)
        assert root.get("viewBox") and root.get("width") is None and root.get("height") is None, name
        assert root.get("role") == "img" and root.get("aria-label"), name
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None and title.text and desc is not None and desc.text, name
        assert title.text in root.attrib["aria-label"] and desc.text in root.attrib["aria-label"], name


def test_no_picture_needs_anything_from_outside_or_an_inline_style(pictures: dict[str, str]) -> None:
    for name, svg in pictures.items():
        assert not re.search(r"style=|<style|href|url\(|<script|<image|@import|\son\w+=", svg), name
        assert set(re.findall(r'font-family="([^"]*)"', svg)) <= {"Arial, Helvetica, sans-serif"}, name
        inside = [node for node in ElementTree.fromstring(svg).iter() if node.get("role") or node.get("aria-hidden")]
        assert len(inside) == 1, name  # the picture is one thing to a screen reader


def test_the_same_picture_can_stand_twice_on_a_page(pictures: dict[str, str]) -> None:
    assert not [found for svg in pictures.values() for found in re.findall(r'\bid="([^"]+)"', svg)]


def test_the_control_chart_tells_its_figures(con: duckdb.DuckDBPyConnection) -> None:
    drawing = control_drawing(series(con, RISING), month_end(12))
    assert drawing.label == "Seen in time, month by month"
    assert drawing.says == (
        "14 month ends from 31 January 2021 to 28 February 2022. 56% (56 of 100 children) at 31 January 2022. "
        "Average 52.8%, limits 43.0% and 62.6%. Improving, more than chance explains: seven in a row in one direction."
    )
    assert [row["text"] for row in data_of(drawing, "text")][-1] == "56%"


def test_colour_never_stands_alone(con: duckdb.DuckDBPyConnection) -> None:
    assert len({shape for _, _, shape in JUDGED.values()}) == 4
    drawing = control_drawing(series(con, RISING))
    marks = next(layer for layer in drawing.spec["layer"] if layer["mark"]["type"] == "point")
    encoding = marks["encoding"]
    assert (
        encoding["color"]["scale"]["domain"]
        == encoding["shape"]["scale"]["domain"]
        == ["improving", "as chance would have it"]
    )
    assert encoding["shape"]["scale"]["range"] == ["square", "circle"]
    judged = [row["judged"] for row in data_of(drawing, "point")]
    assert judged == ["as chance would have it"] * 6 + ["improving"] * 7 + ["as chance would have it"]


def test_shares_begin_at_nothing_and_no_limit_lies_beyond_all(con: duckdb.DuckDBPyConnection) -> None:
    drawing = control_drawing(series(con, [96, 100, 92, 99, 88, 100, 95, 97, 100, 90, 99, 93, 100]))
    assert drawing.spec["encoding"]["y"]["scale"]["domain"] == [0, 1.0]
    assert all(0 <= float(str(row["value"])) <= 1 for row in data_of(drawing, "rule") if "value" in row)
    low = control_drawing(series(con, [3, 4, 5]))
    assert low.spec["encoding"]["y"]["scale"]["domain"][0] == 0


def test_a_month_that_takes_no_part_breaks_the_line(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, [50, 52, 99, 52, 50], withheld=[2])
    runs = [row["run"] for row in data_of(control_drawing(found), "line")]
    assert runs[0] == runs[1] != runs[2] == runs[3]
    assert data_of(control_drawing(found), "point") == data_of(control_drawing(found, shows_withheld=False), "point")
    values = [row["value"] for row in data_of(control_drawing(found), "point")]
    assert 0.99 not in values
    assert 0.99 in [row["value"] for row in data_of(control_drawing(found, shows_withheld=True), "point")]
    assert "99" not in control_drawing(found).says
    assert {"as_at": str(month_end(2)), "text": "[x]"} in data_of(control_drawing(found), "text")
    assert "[x]" in texts(control_chart(found)) and "[x]" not in texts(control_chart(found, shows_withheld=True))


def test_a_rebase_is_drawn_and_told(con: duckdb.DuckDBPyConnection) -> None:
    cut = Cut(*KEY, month_end(14), "a second visiting team began")
    drawing = control_drawing(series(con, [50, 52] * 7 + [70, 72] * 7, [cut]))
    assert {"as_at": str(month_end(14))} in data_of(drawing, "rule")
    assert "Judged anew from 31 March 2022: a second visiting team began." in drawing.says


def test_marked_days_are_named_lines_that_no_limit_crosses(con: duckdb.DuckDBPyConnection) -> None:
    went_live, visited, noted = month_end(14), month_end(27) + timedelta(days=3), month_end(4)
    events = [
        (went_live, "go_live", "Tidewater replaced the old one"),
        (visited, "visit", None),
        (noted, "other", "The form changed."),
    ]
    drawing = control_drawing(series(con, [50, 52] * 7 + [70, 72] * 7, events=events))
    named = {(row["as_at"], row["text"]) for row in data_of(drawing, "text") if row["text"] in LABELS.values()}
    assert named == {(str(went_live), "go-live"), (str(noted), "event")}, "nothing was counted after the visit"
    limits = [row for row in data_of(drawing, "rule") if "to" in row]
    assert len(limits) == 6
    assert all((row["as_at"] < str(went_live)) == (row["to"] < str(went_live)) for row in limits)  # type: ignore[operator]
    assert any(row["as_at"] < str(noted) < row["to"] for row in limits), "another event's line is nothing but a line"  # type: ignore[operator]
    assert (
        "Judged anew from 31 March 2022: a new case system went live: Tidewater replaced the old one." in drawing.says
    )
    assert "Marked on 31 May 2021: The form changed." in drawing.says
    assert "go-live" in texts(control_chart(series(con, [50, 52] * 9, events=events), narrow=True))


def test_few_cases_are_shown_as_counts(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, [5, 6, 7, 4, 5, 6, 5, 5, 6, 3, 4, 5, 6, 2], denominator=9)
    assert value_text(found.points[-1], found) == "2 of 9"
    assert {"5/9", "3/9"} <= set(texts(control_chart(found)))


def test_a_single_point_has_a_picture_and_no_line_beside_a_figure(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, [50])
    assert "No limits with fewer than 13 month ends." in control_drawing(found).says
    assert limits_text(found.points[0], found) == "No limits"
    assert sparkline(found) == ""
    with pytest.raises(ValueError, match="without a point"):
        control_drawing(series(con, [50]).upto(date(2000, 1, 1)))


def test_a_sparkline_ends_at_the_day_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, RISING)
    early, late = sparkline(found, month_end(5)), sparkline(found)
    assert "to 56.0% at 30 June 2021." in early and "to 50.0% at 28 February 2022." in late
    assert len(re.findall(r"[\d.]+,[\d.]+", early.split("points=")[1].split('"')[1])) == 6


def test_a_waterfall_adds_up_and_tells_its_steps() -> None:
    steps = [Step("recorded late", 4, 4), Step("counted twice", -1, 1), Step("another id", 0, 1)]
    drawing = waterfall_drawing(("The team's count", 50), steps, ("System now", 53))
    assert drawing.says == "The team's count: 50. recorded late +4; counted twice −1; another id 0. System now: 53."
    rows = drawing.spec["data"]["values"]
    assert [(row["from"], row["to"], row["number"]) for row in rows] == [
        (50, 50, "50"), (50, 54, "+4"), (54, 53, "−1"), (53, 53, "0"), (53, 53, "53"),
    ]  # fmt: skip
    drawn = texts(waterfall(("The team's count", 50), steps, ("System now", 53), narrow=True))
    assert {
        "The team's count",
        "50",
        "Recorded late",
        "+4",
        "Counted twice",
        "−1",
        "Another id",
        "0",
        "System now",
        "53",
    } == set(drawn)
    with pytest.raises(ValueError, match="do not lead"):
        waterfall(("The team's count", 50), steps, ("System now", 54))


def test_words_cannot_become_markup() -> None:
    svg = waterfall(("<b>count</b>", 1), [Step('<script>"x"</script>', 1, 1)], ("System", 2))
    assert "<script" not in svg and "<b>" not in svg
    assert "<b>count</b>" in texts(svg)


def test_a_chart_is_drawn_once_for_each_specification(con: duckdb.DuckDBPyConnection) -> None:
    draw._svg.cache_clear()
    found = series(con, RISING)
    assert control_chart(found) == control_chart(found)
    assert draw._svg.cache_info().misses == 1 and draw._svg.cache_info().hits == 1
    control_chart(found, month_end(3))
    assert draw._svg.cache_info().misses == 2


def test_a_slide_gets_a_picture_in_dots(con: duckdb.DuckDBPyConnection) -> None:
    png = as_png(control_drawing(series(con, RISING)), 2.0)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    assert width > 1200 and height > 500


def test_a_range_lies_between_nothing_and_all() -> None:
    assert "Between 24 and 30 of 97, recorded 27." in range_bar(24, 27, 30, 97)
    assert "Between 0 and 0 of 0" in range_bar(0, 0, 0, 0)
    for low, high, whole in ((5, 4, 9), (-1, 4, 9), (1, 10, 9)):
        with pytest.raises(ValueError, match="between nothing and all"):
            range_bar(low, 4, high, whole)


def test_icons_differ_in_shape_and_say_their_words() -> None:
    icons = {judged: signal_icon(judged) for judged in JUDGED}  # type: ignore[arg-type]
    drawn = {re.sub(r'fill="#\w+"|<title>.*</desc>|aria-\w+="[^"]*"', "", icon) for icon in icons.values()}
    assert len(drawn) == len(icons)
    assert "Getting worse" in icons["concern"]
    assert signal_icon("concern", 1) != signal_icon("concern", -1)
