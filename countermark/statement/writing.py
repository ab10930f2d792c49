"""A statement in the form that was asked for."""

from __future__ import annotations

from countermark.statement.model import Statement
from countermark.statement.page import as_page
from countermark.statement.text import as_text
from countermark.statement.workbook import as_workbook

FORMS = ("text", "html", "xlsx")
ENDINGS = {"text": "txt", "html": "html", "xlsx": "xlsx"}
TYPES = {
    "text": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def written(statement: Statement, form: str) -> bytes:
    """The bytes of a statement as text, html or xlsx. ValueError for another form."""
    if form == "xlsx":
        return as_workbook(statement)
    if form not in FORMS:
        raise ValueError(f"a form is one of {', '.join(FORMS)}")
    return (as_page(statement) if form == "html" else as_text(statement)).encode()
