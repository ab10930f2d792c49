"""The board pack to download: date, version, publication and format. Each download is entered in the audit chain."""

from __future__ import annotations

import threading
from typing import Any

from flask import Response, abort, g, render_template, request

from countermark.inspection.freeze import freezes
from countermark.pack.make import AUDIENCES, FORMATS, file_name, make
from countermark.pack.model import PackError
from web.access import saw
from web.board.blueprint import blueprint, day_of
from web.context import definitions, home, ledger, person
from web.published import positions, snapshot
from web.words import day, moment

SHOWN = 8  # publications to choose from, the newest
FORM_WORDS = {
    "pdf": "PDF, to print and to send",
    "pptx": "PowerPoint, to present",
    "html": "Web page, one file, to read on a screen",
}
AUDIENCE_WORDS = {
    "leader": "Leaders and the board: nothing suppressed, no child and no colleague named",
    "public": "The public: small numbers suppressed, no commentary",
}
_one_at_a_time = threading.Lock()  # a pack takes seconds of a processor: readers of pages go first
PATIENCE = 20.0  # seconds that a second one waits


@blueprint.get("/board-pack")
def pack() -> Any:
    """What to choose from."""
    return render_template(
        "board/pack.html",
        dates=positions(person().authority),
        publications=_publications(),
        formats=FORM_WORDS,
        audiences=AUDIENCE_WORDS,
    )


@blueprint.get("/board-pack/download")
def download() -> Response:
    """The file. 404 for what cannot be chosen."""
    said = request.args
    fmt, audience = said.get("format", ""), next((one for one in AUDIENCES if one == said.get("audience")), None)
    if fmt not in FORMATS or audience is None:
        abort(404)
    name = said.get("publication") or snapshot().name
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        g.refusal = "Other packs are being made: try again in a minute."
        abort(503)
    try:
        model, content = make(
            home(),
            ledger(),
            definitions(),
            day_of(said.get("as_at", "")),
            audience,
            fmt,
            name,
            authority=person().authority,
        )
    except PackError as error:
        g.refusal = str(error)
        abort(404)
    finally:
        _one_at_a_time.release()
    saw("board pack", audience=audience, format=fmt, as_at=model.as_at, snapshot=model.snapshot)
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(model, fmt)}"',
        "Content-Security-Policy": "sandbox",
    }
    return Response(content, mimetype=FORMATS[fmt], headers=headers)


def _publications() -> list[tuple[str, str]]:
    """Names and words of what a pack can be made from: what stands, what is frozen, the newest publications still kept."""
    kept = [one for one in reversed(ledger().revisions()) if (home().published / one.snapshot).is_file()]
    frozen = [
        one
        for one in reversed(freezes(ledger()))
        if one.authority == person().authority and any(k.snapshot == one.snapshot for k in kept)
    ]
    found = [("", "What stands now")]
    found += [(one.name, f"Frozen for {day(one.as_at)}: {one.reason}") for one in frozen]
    return found + [(one.snapshot, f"Published on {moment(one.published_at)}") for one in kept[1 : SHOWN + 1]]
