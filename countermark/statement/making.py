"""A figure's statement out of an open snapshot: the team's count on one side, the system's on the other, one adjusted number below both."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from countermark.certify.snapshot import read
from countermark.charts.waterfall import LABEL, Step
from countermark.contracts.catalogue import Catalogue, load
from countermark.explain import UnknownFigure, what_there_is
from countermark.explaining import reading
from countermark.explaining.bank import bank_form
from countermark.explaining.lived import lived
from countermark.explaining.parts import Explanation, Reader, left_head
from countermark.explaining.reading import Bridge, Figure
from countermark.statement.model import Part, Statement
from countermark.warehouse.connect import quiet
from countermark.words import STATUS_WORDS, day

NAMES = {"numerator": "Those that meet it", "denominator": "All who count"}
NOT_COUNTED = "Nobody's count stands against this figure, so there is nothing to compare."
NOT_QUOTED = "The figure is not reliable enough to report, so neither are the counts on its way."


def statement(
    snapshot: Path,
    indicator: str,
    as_at: date,
    team: str = "ALL",
    audience: Reader = "officer",
    authority: str | None = None,
) -> Statement:
    """The statement of one published figure. UnknownFigure, a plain sentence, where there is none or several councils have it."""
    catalogue = load()
    with read(snapshot) as con, quiet("reading the published figure"):
        found = [one for one in reading.figures(con, indicator, as_at, team) if authority in (None, one.authority)]
        if not found:
            raise UnknownFigure(what_there_is(con, indicator, as_at, team))
        if len(found) > 1:
            raise UnknownFigure("Several councils have that figure: say which.")
        return _made(con, catalogue, found[0], audience)


def _made(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, figure: Figure, audience: Reader) -> Statement:
    told = Explanation(con, catalogue, figure, audience)
    bridges = reading.bridges(con, figure) if told.shows_values else []
    notes = [NOT_QUOTED] if not told.shows_values else [] if bridges else [NOT_COUNTED]
    if bridges and (ages := lived(con, figure.authority, figure.indicator_id, figure.as_at, figure.team)):
        notes += ages.says()
    parts = tuple(_part(con, catalogue, figure, one, left_head(one, told.claims, figure)) for one in bridges)
    which, where = heads_of(figure)
    heads = (
        which,
        f"{where}; known so since {day(figure.published_at.date())}, revision {figure.revision}",
        *told.standing(),
    )
    return Statement(
        "Why the two counts differ",
        heads,
        parts,
        tuple(notes),
        LABEL,
        name_of("statement", figure.indicator_id, figure.as_at),
    )


def heads_of(figure: Figure) -> tuple[str, str]:
    """Which figure it is."""
    who = "the council" if figure.team == "ALL" else figure.team
    return f"{figure.indicator_id}: {figure.title}", f"{figure.authority}, {who}, position at {day(figure.as_at)}"


def name_of(what: str, indicator: str, as_at: date) -> str:
    """The name of a file, without its ending: it names no team, which may be a small one."""
    return f"{what}-{indicator}-{as_at.isoformat()}"


def _part(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, figure: Figure, bridge: Bridge, counted: str) -> Part:
    at_hand, now = reading.extract_days(con, figure)
    form = bank_form(bridge, catalogue.reasons, counted, at_hand, now, figure.as_at)
    moving = sorted((line for line in bridge.lines if line.effect), key=lambda line: (-abs(line.effect), line.reason))
    steps = tuple(Step(_words(catalogue, line.reason), line.effect, line.items) for line in moving)
    name = "The count" if figure.measures == "count" else NAMES[bridge.measure]
    return Part(
        name,
        (counted, bridge.manual),
        steps,
        ("The system now", bridge.system),
        form,
        ("", STATUS_WORDS[figure.status]),
    )


def _words(catalogue: Catalogue, reason: str) -> str:
    known = catalogue.reasons.get(reason)
    return known.people_read if known else reason
