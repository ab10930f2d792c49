"""What inspectors found, and what this council would have seen: the register's findings with the newest figure of each indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template

from countermark.contracts.findings import Finding, Letter
from countermark.contracts.indicator import Indicator
from countermark.desk.figures import Figure
from web.context import definitions, person
from web.leaders import figures
from web.leaders.said import Said, said
from web.published import Snapshot, snapshot

blueprint = Blueprint("findings", __name__, template_folder="templates")


@dataclass(frozen=True)
class Shown:
    """An indicator beside a finding: its definition, and its newest figure where there is one."""

    indicator: Indicator
    figure: Said | None
    as_at: date | None


@blueprint.get("/findings")
def listing() -> Any:
    """Every finding, document by document, with the newest value of the figure that shows it best."""
    newest = _newest(snapshot())
    letters = [
        (letter, [(letter.code(one), one, _shown(one, newest)) for one in letter.finding])
        for letter in definitions().findings
    ]
    return render_template("findings/listing.html", letters=letters, team=_team(snapshot()))


@blueprint.get("/findings/<code>")
def finding(code: str) -> Any:
    """One finding with every figure that would have shown it, each a way to its page."""
    letter, one = _known(code)
    return render_template(
        "findings/finding.html", letter=letter, one=one, code=letter.code(one), shown=_shown(one, _newest(snapshot())),
        team=_team(snapshot()),
    )  # fmt: skip


def _known(code: str) -> tuple[Letter, Finding]:
    every = {letter.code(one): (letter, one) for letter in definitions().findings for one in letter.finding}
    return every.get(code.strip().upper()) or abort(404)


def _team(now: Snapshot) -> str:
    """Whose figures stand beside the findings: the council's; for a team manager the own team's."""
    who = person()
    if who.may_see_team(figures.ALL):
        return figures.ALL
    return next((team for team in figures.teams(now, who.authority) if who.may_see_team(team)), who.teams[0])


def _newest(now: Snapshot) -> dict[str, Figure]:
    """The newest figure of each indicator, and of each longer window."""
    found: dict[str, Figure] = {}
    for as_at in figures.positions(now, person().authority):
        for (indicator, team), figure in figures.at(now, person().authority, as_at).items():
            if team == _team(now):
                found.setdefault(indicator, figure)
        if len(found) == len(definitions().indicators):
            break
    return found


def _shown(finding: Finding, newest: Mapping[str, Figure]) -> list[Shown]:
    """The indicators of a finding in the register's order; the longer window of one before its month, as it misleads less."""
    every = definitions().indicators
    named = [
        every[name]
        for wanted in finding.indicators
        if wanted in every
        for name in (*(f"{wanted}_{months}M" for months in sorted(every[wanted].windows, reverse=True)), wanted)
    ]
    return [
        Shown(one, said(snapshot(), newest[one.id]) if one.id in newest else None, newest[one.id].as_at if one.id in newest else None)
        for one in named
    ]  # fmt: skip
