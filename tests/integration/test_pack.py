"""The board pack: three forms that say the same, from one publication, and nothing in them that their readers may not see."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from pptx import Presentation
from pypdf import PdfReader

from countermark.certify import snapshot
from countermark.certify.snapshot import read
from countermark.desk import actions, challenges, commentary, register
from countermark.desk.figures import figure, figures, rows_of
from countermark.exports.export import export
from countermark.inspection.freeze import freeze
from countermark.pack.gather import gather, snapshot_named
from countermark.pack.make import FORMATS, file_name, make, render
from countermark.pack.model import Audience, PackError, PackModel
from tests.pack_kit import AS_AT, AUTHORITY, CANARY_CHILD, CANARY_WORKER, HEAD, MANAGER, OFFICER, Office, office

TODAY = datetime.now(UTC).date()
DUE = TODAY + timedelta(days=1)  # a run may go past midnight
AUDIENCES: tuple[Audience, ...] = ("leader", "public")


@dataclass
class Packs:
    """One home and its packs, made once for the whole file."""

    office: Office
    frozen: str
    before: str
    models: dict[str, PackModel]
    files: dict[tuple[str, str], bytes]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packs]:
    """Commentary on PP1 that went stale, an action, a question, figures given out that changed; frozen before that."""
    with office(tmp_path_factory.mktemp("packs")) as made:
        path = snapshot.find(made.home)
        with read(path) as con:
            rows = rows_of(con)
            pp1 = figure(rows, "PP1", AS_AT)
            commentary.write(made.ledger, rows, pp1, "{figure} were seen; {complement} were not.", OFFICER)
            actions.raise_(made.ledger, rows, pp1, "See the two who were away", MANAGER, DUE, HEAD)
            challenges.ask(made.ledger, rows, pp1, "Who was away, and why?", HEAD)
            register.give_out(
                made.ledger, rows, path.name, figures(rows, AS_AT), "inspectors", "Annex A letter", TODAY, OFFICER
            )
        name = freeze(made.home, made.ledger, AS_AT, "for the board", OFFICER).name
        made.run(f"update facts.figures set numerator = 11 where indicator_id = 'AS3' and as_at = '{AS_AT}'")
        made.run(
            f"update facts.members set in_numerator = true, state = 'met' where indicator_id = 'AS3' and as_at = '{AS_AT}' and case_id = '10'"
        )
        made.run(
            f"update facts.members set in_numerator = false, state = 'not_met' where indicator_id = 'PP1' and as_at = '{AS_AT}' and case_id = '3'"
        )
        made.publish()
        models = {who: _model(made, who) for who in AUDIENCES}
        files = {(who, fmt): render(models[who], fmt, made.home.tmp) for who in AUDIENCES for fmt in FORMATS}
        yield Packs(made, name, path.name, models, files)


def _model(made: Office, who: Audience, name: str | None = None, today: date = TODAY) -> PackModel:
    return gather(
        made.home, made.ledger, made.desk.catalogue, AS_AT, who, snapshot_named(made.home, made.ledger, name), today
    )


def flat(text: str) -> str:
    """Text with its white space folded."""
    return " ".join(text.replace("\u200b", "").split())


def sections(content: bytes) -> list[str]:
    return [flat(one.text_content()) for one in html.fromstring(content.decode()).iter("section")]


def pdf_pages(content: bytes) -> list[str]:
    return [flat(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def deck(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))


def slide_text(slide: Any) -> str:
    said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    said += [cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return flat(" ".join(said))


def pages_of(fmt: str, content: bytes) -> list[str]:
    """The pages of a pack in any form, as text."""
    if fmt == "pptx":
        return [slide_text(slide) for slide in deck(content).slides]
    return (sections if fmt == "html" else pdf_pages)(content)


def whole(fmt: str, content: bytes) -> str:
    return " ".join(pages_of(fmt, content))


def everything(content: bytes) -> bytes:
    """All bytes of a file, unpacked as far as it goes."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(everything(archive.read(name)) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        return (
            content + " ".join(page.extract_text() for page in reader.pages).encode() + repr(reader.metadata).encode()
        )
    return content


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("who", AUDIENCES)
def test_every_figure_and_its_certificate_stand_in_every_form(packs: Packs, who: str, fmt: str) -> None:
    said = whole(fmt, packs.files[who, fmt])
    for one in packs.models[who].figures:
        assert flat(one.title) in said and flat(one.number) in said, one.indicator_id
        assert flat(one.certificate) in said, one.certificate


def test_the_model_says_what_the_snapshot_holds(packs: Packs) -> None:
    with read(snapshot.find(packs.office.home)) as con:
        rows = con.execute(
            "select indicator_id, system_numerator, system_denominator, status from main.metrics where team = 'ALL' and as_at = ?",
            [AS_AT],
        ).fetchall()
    told = {one.indicator_id: one for one in packs.models["leader"].figures}
    assert len(rows) == len(told) == 4
    for name, met, of, status in rows:
        expected = "[x]" if status == "withheld" else f"{met} of {of} " if of else f"{met} children"
        assert told[name].number.startswith(expected) and told[name].status == status
    assert told["AS3"].number == "11 of 30 assessments (36.7%)"
    assert {one.status for one in told.values()} == {"withheld", "provisional"}, (
        "AS3's signature lapsed with its number"
    )


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("who", AUDIENCES)
def test_certificate_line_and_source_stand_on_every_page(packs: Packs, who: str, fmt: str) -> None:
    model, pages = packs.models[who], pages_of(fmt, packs.files[who, fmt])
    lines = [flat(model.standing), *(flat(one.certificate) for one in model.figures)]
    assert len(pages) > 6
    for page in pages:
        assert any(line in page for line in lines), page[:200]
        assert model.snapshot in page and model.content_hash in page.replace(" ", "")
    for one in model.headlines:
        mine = [page for page in pages if flat(one.question) in page and flat(one.number) in page and fmt != "pptx"]
        assert all(flat(one.certificate) in page for page in mine if "Question" not in page)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("who", AUDIENCES)
def test_no_child_no_worker_and_no_name(packs: Packs, who: str, fmt: str) -> None:
    found = everything(packs.files[who, fmt]).lower()
    for canary in (CANARY_CHILD, CANARY_WORKER, OFFICER, HEAD, MANAGER):
        assert canary.lower().encode() not in found
        assert canary.lower().replace(" ", "").encode() not in found.replace(b" ", b"")
    assert b"eastmarsh council" in found, "positive control: what is there is found"


def test_the_canary_is_in_the_snapshot(packs: Packs) -> None:
    with read(snapshot.find(packs.office.home)) as con:
        found = con.execute(
            "select count(*) from main.members where child_id = ? and worker = ?", [CANARY_CHILD, CANARY_WORKER]
        ).fetchone()
    assert found is not None and found[0] > 10


@pytest.mark.parametrize("fmt", FORMATS)
def test_leaders_read_commentary_marked_stale_actions_and_questions_by_role(packs: Packs, fmt: str) -> None:
    said = whole(fmt, packs.files["leader", fmt])
    assert "Written before the figure changed; nobody has confirmed it since." in said
    assert "Its number is the same; the cases, differences or decisions behind it are not." in said
    assert "28 of 30 children (93.3%) were seen; 2 were not." in said
    for words in (
        "Performance officer",
        "See the two who were away",
        "team manager",
        "Who was away, and why?",
        "director of children",
    ):
        assert words in said
    assert "Waiting for an answer" in said


def test_fresh_commentary_is_not_marked(packs: Packs) -> None:
    model = _model(packs.office, "leader", packs.frozen)
    remark = next(page.remark for page in model.pages if page.told.indicator_id == "PP1")
    assert remark is not None and not remark.stale and remark.changed == ()
    assert b"Written before the figure changed" not in render(model, "html", packs.office.home.tmp)


@pytest.mark.parametrize("fmt", FORMATS)
def test_leaders_are_warned_of_figures_given_out(packs: Packs, fmt: str) -> None:
    said = whole(fmt, packs.files["leader", fmt])
    assert "It was 10 of 30 assessments (33.3%) and is now 11 of 30 assessments (36.7%)." in said.replace(
        "events", "assessments"
    )
    assert "Inspectors, Annex A letter" in said and "The conclusion may change." in said and "Not yet" in said


@pytest.mark.parametrize("fmt", FORMATS)
def test_why_the_two_differ_adds_up(packs: Packs, fmt: str) -> None:
    page = next(one for one in packs.models["leader"].pages if one.told.indicator_id == "PP1")
    assert page.difference is not None
    for place, counted in enumerate(page.difference.counted):
        assert counted + sum(line.effects[place] for line in page.difference.lines) == page.difference.recorded[place]
    assert page.difference.counted == (29, 30) and page.difference.recorded == (28, 30)
    assert "The two records differ" in whole(fmt, packs.files["leader", fmt])


def test_what_is_not_reliable_says_why_and_how_many(packs: Packs) -> None:
    [one] = packs.models["leader"].unreliable
    assert (one.indicator_id, one.number) == ("PP3", "[x]")
    assert one.why == "No validation rule was run over its source."
    assert "Exactly 5 children do not meet this" in one.certificate
    [page] = [page for page in sections(packs.files["leader", "html"]) if page.startswith("Seen alone")]
    assert "of 30" not in page.split("Month by month")[0] and "Not reliable enough" in page


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_public_reads_what_is_exported_for_it_and_no_more(packs: Packs, fmt: str, tmp_path: Path) -> None:
    export(snapshot.find(packs.office.home), tmp_path / "out", "parquet", "public", None, TODAY)
    import duckdb

    rows = duckdb.execute(
        "select * from read_parquet(?) where team = 'ALL' and as_at = ?",
        [str(tmp_path / "out" / "metrics.parquet"), AS_AT],
    )
    names = [column[0] for column in rows.description]
    found = {row["indicator_id"]: row for row in (dict(zip(names, one, strict=True)) for one in rows.fetchall())}
    told = {one.indicator_id: one for one in packs.models["public"].figures}
    for name, row in found.items():
        shown = row["system_numerator"]
        assert (
            told[name].number.startswith(f"{shown} ") if shown is not None else told[name].number in ("[c]", "[x]")
        ), name
    assert told["PP1"].number == "[c]" and told["PP1"].range == "[c]", "two of thirty were not seen"
    said = whole(fmt, packs.files["public", fmt])
    for hidden in (
        "were seen;",
        "See the two",
        "Who was away",
        "Why the two differ",
        "Annex A letter",
        "North",
        "28 of 30",
        "29 of 30",
    ):
        assert hidden not in said
    assert "[c] suppressed" in said


def test_a_suppressed_month_is_in_no_chart(packs: Packs) -> None:
    page = next(one for one in packs.models["public"].pages if one.told.indicator_id == "PP1")
    assert all(month.value is None and month.text == "[c]" for month in page.trend.months)
    assert page.trend.picture is None and all(
        month.centre is None for one in packs.models["public"].pages for month in one.trend.months
    )
    for slide in deck(packs.files["public", "pptx"]).slides:
        if slide.shapes.title.text_frame.text == page.told.title:
            assert not any(shape.has_chart for shape in slide.shapes)


def test_slides_have_titles_charts_with_data_and_notes(packs: Packs) -> None:
    slides = list(deck(packs.files["leader", "pptx"]).slides)
    assert all(slide.shapes.title.text_frame.text.strip() for slide in slides)
    pages = {page.told.title: page for page in packs.models["leader"].pages}
    charts = 0
    for slide in slides:
        for shape in slide.shapes:
            if shape.has_chart:
                charts += 1
                page = pages[slide.shapes.title.text_frame.text]
                assert list(shape.chart.plots[0].series[0].values) == [month.value for month in page.trend.months]
                assert "month ends from" in shape._element.nvGraphicFramePr.cNvPr.get("descr")
                assert "Why it matters:" in slide.notes_slide.notes_text_frame.text
            if shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr").startswith("Table: ")
    assert charts == 3


def test_the_pdf_is_tagged_and_its_charts_described(packs: Packs) -> None:
    reader = PdfReader(io.BytesIO(packs.files["leader", "pdf"]))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"].lower().startswith("en") and "/StructTreeRoot" in root
    kinds, alts = set[str](), list[str]()

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            kinds.add(str(node.get("/S", "")))
            if "/Alt" in node:
                alts.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TH", "/Figure"} <= kinds
    assert len(alts) == 3 and all("month by month" in one for one in alts)
    pages = pdf_pages(packs.files["leader", "pdf"])
    assert all(f"Page {place} of {len(pages)}" in page for place, page in enumerate(pages, 1))
    assert reader.metadata is not None and reader.metadata.title and "Eastmarsh" in reader.metadata.title


def test_the_page_stands_by_itself(packs: Packs) -> None:
    text = packs.files["leader", "html"].decode()
    outside = [one for one in re.findall(r"https?://[^\"'\s<>]+", text) if "www.w3.org" not in one]
    assert outside == [] and "<script" not in text and "@import" not in text and "src=" not in text
    tree = html.fromstring(text)
    assert tree.get("lang") == "en-GB" and len(tree.findall(".//h1")) == 1
    assert all(one.find("title") is not None for one in tree.iter("svg"))
    assert all(table.find("caption") is not None for table in tree.iter("table"))
    identities = [one.get("id") for one in tree.xpath("//*[@id]")]
    assert len(identities) == len(set(identities))
    assert {link.get("href")[1:] for link in tree.iter("a")} <= set(identities)


def test_what_changed_since_the_month_before(packs: Packs) -> None:
    model = packs.models["leader"]
    assert model.before == date(2022, 9, 30) and len(model.changes) == 4
    changed = {one.title: one for one in model.changes}
    assert changed["Children on a child protection plan"].says == "Up by 1."
    assert changed["Seen alone at the last statutory visit"].says.startswith(
        "No comparison can be shown. It was “Being checked"
    )
    assert any(one.now == "11 of 30 assessments (36.7%)" and "correction" in one.says for one in model.restated)
    assert packs.models["public"].restated == ()


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_model_gives_the_same_bytes(packs: Packs, fmt: str) -> None:
    again = _model(packs.office, "leader")
    assert again == packs.models["leader"]
    assert render(again, fmt, packs.office.home.tmp) == packs.files["leader", fmt]


def test_a_frozen_pack_keeps_its_numbers_and_says_that_a_signature_has_lapsed(packs: Packs) -> None:
    model = _model(packs.office, "leader", packs.frozen)
    assert model == _model(packs.office, "leader", packs.before), "by the freeze's name or by the file's"
    as3 = next(one for one in model.figures if one.indicator_id == "AS3")
    assert as3.number == "10 of 30 assessments (33.3%)" and as3.status_words == "Checked: safe to quote"
    assert (
        f"lapsed on {TODAY.day} " in as3.certificate
        and "Signed by the director of children's services" in as3.certificate
    )


def test_an_action_is_overdue_the_day_after(packs: Packs) -> None:
    model = _model(packs.office, "leader", today=date(2041, 1, 1))
    states = [task.state for page in model.pages for task in page.tasks]
    assert states == ["Overdue"]


@pytest.mark.parametrize(
    ("as_at", "name", "says"),
    [
        (date(2022, 10, 30), None, "Nothing has been published for 2022-10-30. Published dates: 2021-09-30"),
        (AS_AT, "nothing", "no publication or freeze of that name"),
        (AS_AT, "../ledger.db", "no publication or freeze of that name"),
    ],
)
def test_what_cannot_be_made_is_said_plainly(packs: Packs, as_at: date, name: str | None, says: str) -> None:
    made = packs.office
    with pytest.raises(PackError, match=says):
        make(made.home, made.ledger, made.desk.catalogue, as_at, "leader", "html", name)


def test_a_publication_that_is_gone_is_said(tmp_path: Path) -> None:
    with office(tmp_path, history=2) as made:
        name = snapshot.find(made.home).name
        made.run(f"update facts.figures set numerator = 11 where indicator_id = 'AS3' and as_at = '{AS_AT}'")
        made.publish()
        (made.home.published / name).unlink()
        with pytest.raises(PackError, match="no longer kept"):
            snapshot_named(made.home, made.ledger, name)


def test_nothing_is_left_behind_and_it_takes_little_time(packs: Packs) -> None:
    made, began = packs.office, time.process_time()
    for fmt in FORMATS:
        model, content = make(made.home, made.ledger, made.desk.catalogue, AS_AT, "leader", fmt)
        assert content and file_name(model, fmt) == f"board-pack-2022-10-31-leader.{fmt}"
    assert time.process_time() - began < 12, "three packs, each from the snapshot on"
    assert list(made.home.tmp.glob("pack-*")) == []
    assert model.authority == AUTHORITY
