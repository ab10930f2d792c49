"""A pack as a tagged PDF (PDF/UA-1): the model as JSON beside its pictures, set by `templates/pack.typ`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from countermark.charts.draw import Drawing, as_png
from countermark.pack.model import Difference, PackModel, Page, Remark
from countermark.pack.page import capital, short
from countermark.words import day, signed

TEMPLATE = Path(__file__).parent / "templates" / "pack.typ"
MONTHS = 6
SHARP = 3.0  # dots of the picture for each unit of the drawing: sharp on paper


def as_pdf(pack: PackModel, scratch: Path) -> bytes:
    """The pack as PDF. The same model gives the same bytes. Pictures lie in a folder of `scratch` meanwhile."""
    import typst

    with TemporaryDirectory(dir=scratch, prefix="pack-") as folder:
        place = Path(folder)
        told = json.dumps(_told(pack, place), sort_keys=True, ensure_ascii=False)
        (place / "main.typ").write_bytes(TEMPLATE.read_bytes())
        return typst.compile(
            place / "main.typ", format="pdf", sys_inputs={"pack": told}, pdf_standards=["ua-1"],
            timestamp=int(pack.published_at.timestamp()),
        )  # fmt: skip


def _told(pack: PackModel, place: Path) -> dict[str, Any]:
    """The model as the template reads it: dates as words, pictures by their file."""
    return {
        "title": pack.title, "heading": f"{pack.title} – {pack.council}, {day(pack.as_at)}", "council": pack.council,
        "audience": pack.audience, "day": day(pack.as_at), "published": day(pack.published_at.date()), "source": pack.source,
        "before": day(pack.before) if pack.before else "", "standing": pack.standing, "legend": pack.legend,
        "figures": [asdict(one) for one in pack.figures], "headlines": [asdict(one) for one in pack.headlines],
        "unreliable": [asdict(one) for one in pack.unreliable], "changes": [asdict(one) for one in pack.changes],
        "restated": [asdict(one) for one in pack.restated], "pages": [_page(one, place) for one in pack.pages],
        "definitions": [asdict(one) for one in pack.definitions],
        "warnings": [
            {"measure": f"{one.title}, {day(one.as_at)}", "whom": f"{one.whom}, {one.document}", "given": one.given,
             "changed": " ".join(one.changed) + (" The conclusion may change." if one.conclusion else ""),
             "told": "Yes" if one.told else "Not yet"}
            for one in pack.warnings
        ],
    }  # fmt: skip


def _page(page: Page, place: Path) -> dict[str, Any]:
    return {
        "told": asdict(page.told), "says": page.trend.says, "picture": _picture(page.trend.picture, place),
        "months": [{"day": short(one.as_at), "text": one.text} for one in page.trend.months[-MONTHS:]],
        "difference": _difference(page.difference) if page.difference else None, "no_difference": page.no_difference,
        "remark": _remark(page.remark) if page.remark else None,
        "tasks": [{**asdict(one), "due": day(one.due)} for one in page.tasks],
        "questions": [{"text": one.text, "role": one.role, "answer": one.answer or one.state} for one in page.questions],
    }  # fmt: skip


def _picture(drawing: Drawing | None, place: Path) -> dict[str, str] | None:
    if drawing is None:
        return None
    name = f"picture-{len(list(place.glob('*.png')))}.png"
    (place / name).write_bytes(as_png(drawing, SHARP))
    return {"file": name, "alt": f"{drawing.label}. {drawing.says}"}


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "measures": one.measures, "counted": [str(n) for n in one.counted], "recorded": [str(n) for n in one.recorded],
        "lines": [{"words": capital(line.words), "effects": [signed(n) for n in line.effects]} for line in one.lines],
    }  # fmt: skip


def _remark(one: Remark) -> dict[str, Any]:
    return {**asdict(one), "on": day(one.on), "owner": capital(one.owner)}
