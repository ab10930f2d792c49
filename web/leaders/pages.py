"""The scorecard and the page of one measure. Team and date, and the moment as of which it was known, stand in the address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for

from countermark.certify.snapshot import NothingPublishedError, find
from countermark.contracts.authority import parse_authority
from countermark.desk.figures import Figure
from countermark.signals.rebase import rebase as store_rebase
from countermark.signals.series import Cut
from web.access import saw
from web.context import definitions, home, ledger, person
from web.leaders import evidence, figures, measure, statements
from web.leaders.changes import changes
from web.leaders.forms import Rebase
from web.leaders.said import said
from web.leaders.then import held_then
from web.published import Snapshot, snapshot, snapshot_at
from web.words import HERE

blueprint = Blueprint("leaders", __name__, template_folder="templates")
HEADLINES = 7


@blueprint.get("/")
def scorecard() -> Any:
    """Every figure of a position on one page: the headlines, then theme by theme, and what changed since last time."""
    now, team = snapshot(), _team(snapshot())
    as_at = _as_at(now)
    there = [one for (_, of), one in figures.at(now, person().authority, as_at).items() if of == team] if as_at else []
    headlines = sorted((one for one in there if one.headline), key=_order)[:HEADLINES]
    shown = _with_longer(headlines, there)
    themes: dict[str, list[Any]] = {}
    for one in sorted((one for one in there if one not in shown), key=_order):
        themes.setdefault(one.theme, []).append(said(now, one))
    return render_template(
        "leaders/scorecard.html", as_at=as_at, team=team, headlines=[said(now, one) for one in shown], themes=themes,
        tally=_tally(headlines), council=_council(), **_choices(now),
        changes=changes(now, person().authority, team, _day("since")) if as_at else None, held=evidence.held(now, person().authority),
    )  # fmt: skip


@blueprint.get("/indicators/<indicator>")
def indicator(indicator: str) -> Any:
    """One measure: its figure, certificate, chart, teams, why the two counts differ, revisions and definition."""
    return _measure(indicator, Rebase())


@blueprint.post("/indicators/<indicator>/rebase")
def rebase(indicator: str) -> Any:
    """Judge a series anew from a month on, for a reason; only a person does that."""
    form = Rebase()
    if not form.validate_on_submit():
        return _measure(indicator, form), 422
    team = _team(snapshot())
    cut = Cut(person().authority, indicator, team, form.from_day.data, form.reason.data)
    store_rebase(ledger(), cut, person().name)
    flash("The chart is judged anew from that day. The reason stands beside it.", "done")
    return redirect(url_for(".indicator", indicator=indicator, team=team, as_at=request.args.get("as_at")))


@blueprint.get("/indicators/<indicator>.csv")
def indicator_csv(indicator: str) -> Response:
    """The points of the chart with limits and signals, as a file for spreadsheets."""
    standing, _ = _standing()
    team = _team(standing)
    content = measure.csv_of(standing, person().authority, _known(indicator), team)
    saw("export", audience=person().role, tables=["series"], indicator=indicator, team=team)
    name = f"{indicator}-{'all' if team == figures.ALL else 'team'}.csv"
    return Response(
        content, mimetype="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@blueprint.get("/indicators/<indicator>/<any(statement, restatement):what>.<any(text, html, xlsx):form>")
def stated(indicator: str, what: str, form: str) -> Response:
    """Why the two counts differ as a bank reconciliation, or the restatement of the figure, as a file."""
    standing, _ = _standing()
    team, name = _team(standing), _known(indicator)
    if (as_at := _as_at(standing, name)) is None:
        abort(404)
    if what == "statement":
        return statements.statement(standing.path, name, as_at, team, form)
    return statements.restatement(name, as_at, team, form)


def _measure(indicator_id: str, form: Rebase) -> str:
    standing, note = _standing()
    team, name = _team(standing), _known(indicator_id)
    as_at = _as_at(standing, name)
    if as_at is None:
        abort(404)
    every = figures.at(standing, person().authority, as_at)
    found: Figure | None = every.get((name, team))
    shown = measure.measure(standing, found, _moment()) if found else None
    return render_template(
        "leaders/indicator.html", indicator_id=name, definition=definitions().indicators.get(name), as_at=as_at, team=team, it=shown,
        counted_alone="" if found else measure.counted_alone(standing, every.get((name, figures.ALL)), team),
        title=_title(standing, name), known_at=request.args.get("known_at", ""), note=note, form=form, **_choices(standing),
        others=[said(standing, every[one, team]) for one in _lengths(name) if one != name and (one, team) in every],
        by_team=[said(standing, one) for (of, _), one in every.items() if of == name and _in_table(one.team)],
        then=held_then(standing, person().authority, name, as_at, team) if shown and shown.said.quoted else [],
        asked=[one for one in ledger().notes("rebase") if one.subject.startswith(f"{name}/{team}/")] if person().sees_names else [],
    )  # fmt: skip


def _in_table(team: str) -> bool:
    return team != figures.ALL and person().may_see_team(team)


def _order(one: Figure) -> tuple[str, int, int]:
    """The order of the definitions within a theme; of one over several lengths of time the longest first, as it misleads less."""
    ids, known = list(definitions().indicators), definitions().indicators.get(one.indicator_id)
    if known is None:
        return one.theme, len(ids), 0
    return one.theme, ids.index(known.window_of or known.id), -known.months


def _lengths(indicator_id: str) -> list[str]:
    """The same measure over every length of time that it is made for, the longest first, the measure itself among them."""
    every = definitions().indicators
    if (known := every.get(indicator_id)) is None:
        return [indicator_id]
    base = every[known.window_of or known.id]
    return [*(f"{base.id}_{months}M" for months in sorted(base.windows, reverse=True)), base.id]


def _with_longer(headlines: list[Figure], there: list[Figure]) -> list[Figure]:
    """The headlines, each behind itself over a longer time where that is made."""
    by_id = {one.indicator_id: one for one in there}
    return [by_id[name] for one in headlines for name in _lengths(one.indicator_id) if name in by_id]


def _council() -> str:
    """The council's name as authority.toml has it; its code where there is none."""
    text = ledger().authority_text(person().authority)
    return (parse_authority(text).name if text else "") or person().authority


def _tally(there: list[Figure]) -> dict[str, int]:
    return {status: sum(one.status == status for one in there) for status in ("certified", "provisional", "withheld")}


def _choices(now: Snapshot) -> dict[str, Any]:
    """What the filters offer the person of this request."""
    authority, who = person().authority, person()
    return {
        "dates": figures.positions(now, authority),
        "teams": [team for team in figures.teams(now, authority) if who.may_see_team(team)],
        "whole": who.may_see_team(figures.ALL),
        "officer": who.role == "officer",
    }


def _known(indicator_id: str) -> str:
    """The measure's id as it is written; 404 where neither the definitions nor the figures know it."""
    wanted = indicator_id.strip().upper()
    known = snapshot().kept(
        ("indicators",),
        lambda: {r["id"] for r in snapshot().rows("select distinct indicator_id as id from main.metrics")},
    )
    if wanted not in known:
        abort(404)
    return wanted


def _title(now: Snapshot, indicator_id: str) -> str:
    row = now.row("select any_value(title) as title from main.metrics where indicator_id = ?", [indicator_id])
    return str(row["title"]) if row and row["title"] else indicator_id


def _team(now: Snapshot) -> str:
    """The team of the address, as it is published; a team manager's own where none is named. 403 for another's, 404 for none."""
    who, wanted = person(), request.args.get("team", "").strip()
    there = figures.teams(now, who.authority)
    if not wanted and who.role == "team_manager":
        return next((team for team in there if team in who.teams), who.teams[0])  # a team may have no figure at all
    if not wanted:
        return figures.ALL
    found = {team.casefold(): team for team in (figures.ALL, *there, *who.teams)}.get(wanted.casefold())
    if found is None:
        abort(404)
    return found if who.may_see_team(found) else _refused()


def _refused() -> str:
    g.refusal = "Another team's figures are not yours to see. Ask the performance team if they should be."
    abort(403)


def _as_at(now: Snapshot, indicator_id: str | None = None) -> date | None:
    """The date of the address; else the newest with figures (of the measure). 404 for a date without figures."""
    wanted, there = _day("as_at"), figures.positions(now, person().authority)
    if indicator_id:
        query = "select distinct as_at from main.metrics where authority = ? and indicator_id = ? order by 1 desc"
        own = [row["as_at"] for row in now.rows(query, [person().authority, indicator_id])]
    else:
        own = there
    if wanted and wanted not in there:
        abort(404)
    return wanted or (own[0] if own else None)


def _day(name: str) -> date | None:
    """A day of the address; 404 where it is none."""
    text = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        abort(404)


def _moment() -> datetime | None:
    """The moment as of which the page is asked for: a day means its end, as a clock in England shows it."""
    text = request.args.get("known_at", "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        abort(404)
    if len(text) == 10:
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo else found.replace(tzinfo=HERE)


def _standing() -> tuple[Snapshot, str]:
    """The publication asked for, and what to say where it is another one than asked for."""
    moment = _moment()
    if moment is None or moment > datetime.now(HERE) + timedelta(minutes=1):
        return snapshot(), ""
    try:
        return snapshot_at(find(home(), ledger(), moment)), ""
    except NothingPublishedError as none:
        return (
            snapshot(),
            f"{none} The figures below are those of now; the table of revisions says what was published when.",
        )
