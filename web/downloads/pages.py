"""Downloads. What an audience is given is the exports' affair; here is who may ask for which, and that it is entered in the audit chain."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, cast

from flask import Blueprint, abort, g, render_template, request, send_file

from countermark.exports.audience import Audience, given_to
from countermark.exports.export import export
from countermark.exports.prefilled import write_lists
from countermark.exports.profile import DEFAULT, profiles
from countermark.exports.sent_out import Sent
from countermark.exports.team_workbook import write as write_workbook
from countermark.exports.write import WRITERS, ExportError, Format
from countermark.ledger.secrets import pseudonym_key
from countermark.templates import names, write_template
from web import access, published
from web.context import definitions, home, ledger, person

blueprint = Blueprint("downloads", __name__, template_folder="templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"xlsx": "Excel", "csv": "CSV, with a description of every column", "parquet": "Parquet"}
TEAMS = "select distinct team from metrics where authority = ? and team <> 'ALL' order by team"


@blueprint.get("/downloads")
def listing() -> Any:
    """What the person may take away."""
    return render_template(
        "downloads/listing.html", formats=FORMATS, positions=published.positions(person().authority), teams=_teams(),
        profiles=profiles(), templates=[(name, definitions().contracts[name].title) for name in names(definitions())],
        tables={name: [table.title for table in given_to(name)] for name in ("officer", "leader", "public")},
    )  # fmt: skip


@blueprint.get("/downloads/officer")
def officer() -> Any:
    """Every table, children's ids among them."""
    return _export("officer")


@blueprint.get("/downloads/leader")
def leader() -> Any:
    """The tables without child, worker or name of a person."""
    return _export("leader")


@blueprint.get("/downloads/public")
def public() -> Any:
    """The figures with small numbers suppressed."""
    return _export("public")


@blueprint.get("/downloads/team")
def team() -> Any:
    """One team's workbook: differences, failures, children not seen or overdue, counts owed."""
    asked, as_at = request.args.get("team", ""), _position()
    if not person().may_see_team(asked):
        g.refusal = "This is another team's workbook: you may take your own teams' only."
        abort(403)
    if asked not in _teams() or as_at is None:
        abort(404)
    content = _file()
    with tempfile.TemporaryDirectory(dir=home().tmp) as folder:
        path = Path(folder) / "team.xlsx"
        rows = _or_refuse(
            lambda: write_workbook(
                published.snapshot().path, asked, as_at, path, person().authority, definitions(), _sent()
            )
        )
        _copy(path, content)
    access.saw(
        "export", audience="team", team=asked, as_at=as_at.isoformat(), tables=list(rows), row_count=sum(rows.values())
    )
    return _send(content, f"{_plain(asked)} {as_at.isoformat()}.xlsx", XLSX)


@blueprint.get("/downloads/list")
def filled_in() -> Any:
    """One team's own cases as recorded, to tick: what comes back is the team's count."""
    asked, as_at = request.args.get("team", ""), _position()
    if not person().may_see_team(asked):
        g.refusal = "This is another team's list: you may take your own teams' only."
        abort(403)
    if asked not in _teams() or as_at is None:
        abort(404)
    content = _file()
    with tempfile.TemporaryDirectory(dir=home().tmp) as folder:
        [made] = _or_refuse(
            lambda: write_lists(
                published.snapshot().path, Path(folder), as_at, asked, (), person().authority, definitions()
            )
        )
        _copy(made.path, content)
    access.saw(
        "export", audience="team", team=asked, as_at=as_at.isoformat(), tables=[f"list {name}" for name in made.cases],
        row_count=sum(made.cases.values()),
    )  # fmt: skip
    return _send(content, f"{_plain(asked)} to tick {as_at.isoformat()}.xlsx", XLSX)


@blueprint.get("/downloads/template/<name>")
def template(name: str) -> Any:
    """An empty template for counts or for a list."""
    if name not in names(definitions()):
        abort(404)
    content = _file()
    with tempfile.TemporaryDirectory(dir=home().tmp) as folder:
        _copy(write_template(name, Path(folder) / "template.xlsx", definitions()), content)
    return _send(content, f"{name}.xlsx", XLSX)


def _export(audience: str) -> Any:
    """The audience's tables as one zip. 404 for a format, position or profile that is not offered."""
    fmt, profile, as_at = request.args.get("format", "xlsx"), request.args.get("profile", DEFAULT), _position()
    if fmt not in WRITERS or profile not in profiles():
        abort(404)
    content = _file()
    with tempfile.TemporaryDirectory(dir=home().tmp) as folder:
        out, today = Path(folder) / "tables", datetime.now(UTC).date()
        files = _or_refuse(
            lambda: export(
                published.snapshot().path, out, cast(Format, fmt), cast(Audience, audience), as_at, today, profile,
                authority=person().authority,
            )
        )  # fmt: skip
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(out.iterdir()):
                packed.write(path, path.name)
    says = {"profile": profile} if audience == "public" else {}
    tables = [path.stem for path in files if path.suffix == f".{fmt}"]
    access.saw(
        "export", audience=audience, format=fmt, as_at=as_at.isoformat() if as_at else "all", tables=tables, **says
    )
    return _send(
        content, f"countermark-{audience}-{as_at.isoformat() if as_at else 'all'}-{fmt}.zip", "application/zip"
    )


def _or_refuse(make: Any) -> Any:
    """What `make` gives; what it cannot do is said in its own words, 404."""
    try:
        return make()
    except ExportError as error:
        g.refusal = str(error)
        abort(404)


def _position() -> date | None:
    """The position asked for; None for all. 404 for one that is not published."""
    asked = request.args.get("as_at", "")
    if not asked:
        return None
    return next((day for day in published.positions(person().authority) if day.isoformat() == asked), None) or abort(
        404
    )


def _teams() -> list[str]:
    """The teams whose workbooks the person may take."""
    who = person()
    if who.role not in ("officer", "team_manager"):
        return []
    there = [row["team"] for row in published.snapshot().rows(TEAMS, [who.authority])]
    return [team for team in there if who.may_see_team(team)]


def _sent() -> Sent:
    """What ties the rows of differences to what they are of, so that the workbook can be handed in again."""
    versions = {one.break_id: one.version for one in ledger().decisions() if one.authority == person().authority}
    return Sent(pseudonym_key(home().path), versions)


def _file() -> IO[bytes]:
    """A file without a name, in the home, that is gone when it has been sent."""
    return tempfile.TemporaryFile(dir=home().tmp)


def _copy(path: Path, into: IO[bytes]) -> None:
    into.write(path.read_bytes())


def _send(content: IO[bytes], name: str, kind: str) -> Any:
    content.seek(0)
    return send_file(content, mimetype=kind, as_attachment=True, download_name=name)


def _plain(team: str) -> str:
    """A team's name as a file's: letters, digits, spaces."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in team).split()) or "team"
