"""A figure's statement and its restatement, to take away as text, page or workbook. They name no child and no person."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from flask import Response, abort, request

from countermark.explain import UnknownFigure
from countermark.statement.making import statement as make_statement
from countermark.statement.model import Statement
from countermark.statement.restating import restatement as make_restatement
from countermark.statement.writing import ENDINGS, TYPES, written
from web.access import saw
from web.context import definitions, home, ledger, person
from web.leaders.said import is_quoted
from web.published import snapshot


def statement(path: Path, indicator: str, as_at: date, team: str, form: str) -> Response:
    """Why the two counts differ, in the form of a bank reconciliation, of the publication at `path`."""
    try:
        return _sent(make_statement(path, indicator, as_at, team, _audience(), person().authority), form, team)
    except UnknownFigure:
        return abort(404)


def restatement(indicator: str, as_at: date, team: str, form: str) -> Response:
    """From one revision of the figure (`from`, `to` of the address) to another; from the last but one without them."""
    first, last = (request.args.get(name, "") for name in ("from", "to"))
    between = (int(first), int(last)) if first.isdigit() and last.isdigit() else None
    try:
        made = make_restatement(
            home().published, ledger(), definitions(), snapshot().path, (indicator, as_at, team), between=between, audience=_audience(),
            authority=person().authority,
        )  # fmt: skip
    except UnknownFigure:
        return abort(404)
    return _sent(made, form, team)


def _audience() -> Literal["officer", "leader"]:
    return "officer" if is_quoted("withheld") else "leader"


def _sent(made: Statement, form: str, team: str) -> Response:
    saw("export", audience=person().role, tables=["statement"], indicator=made.name, team=team)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}.{ENDINGS[form]}"'}
    return Response(written(made, form), content_type=TYPES[form], headers=headers)
