"""Making a pack: one model, one of three forms. The one way in for the command line and for pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.pack.document import as_pdf
from countermark.pack.gather import gather, snapshot_named
from countermark.pack.model import Audience, PackModel
from countermark.pack.page import as_html

FORMATS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
AUDIENCES: tuple[Audience, ...] = ("leader", "public")


def make(
    home: Home, ledger: Ledger, catalogue: Catalogue, as_at: date, audience: Audience, fmt: str, snapshot: str | None = None,
    today: date | None = None, authority: str | None = None, told: Path | None = None,
) -> tuple[PackModel, bytes]:  # fmt: skip
    """The model and the file's bytes. `snapshot` is a file's or a freeze's name; none: what stands. PackError where it cannot be.

    `told` is what the public has been given before (see `gather`).
    """
    model = gather(
        home, ledger, catalogue, as_at, audience, snapshot_named(home, ledger, snapshot), today, authority, told
    )
    return model, render(model, fmt, home.tmp)


def render(model: PackModel, fmt: str, scratch: Path) -> bytes:
    """The model as a file of one of FORMATS. KeyError for another."""
    if fmt == "pptx":
        from countermark.pack.slides import as_pptx  # heavy, and seldom wanted

        return as_pptx(model)
    return {"html": lambda: as_html(model), "pdf": lambda: as_pdf(model, scratch)}[fmt]()


def file_name(model: PackModel, fmt: str) -> str:
    """A name that says what it is: `board-pack-2022-10-31-leader.pdf`."""
    return f"board-pack-{model.as_at.isoformat()}-{model.audience}.{fmt}"
