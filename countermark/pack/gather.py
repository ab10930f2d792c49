"""Gathering a pack: the snapshot's figures as the audience is given them, the ledger's commentary, actions and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from countermark.certify.publish import content_hash
from countermark.certify.snapshot import find, read
from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.desk import actions, challenges, commentary, register
from countermark.desk.bound import said
from countermark.desk.figures import Figure, Rows, case_nouns, figures, rows_of
from countermark.desk.people import Roles
from countermark.home import Home
from countermark.inspection.freeze import freezes
from countermark.ledger.store import Ledger
from countermark.pack import reading, telling, trend
from countermark.pack.defining import definition
from countermark.pack.differing import difference
from countermark.pack.model import Audience, Change, PackError, PackModel, Page, Question, Remark, Task, Told, Warned
from countermark.pack.telling import Signed
from countermark.signals.read import every_series
from countermark.signals.rebase import rebases
from countermark.signals.series import Series
from countermark.words import day, is_measured, measured

HEADLINES = 7  # what one page can hold, and a board can remember
RESTATED = 12
LEGENDS = {
    "leader": "[x] not available: the figure is not reliable enough to report, or nobody counted it.",
    "public": "[c] suppressed: a small number, or one that would give it away. [x] not available: not reliable enough to report.",
}
Key = tuple[str, str, str]
Row = dict[str, Any]


def snapshot_named(home: Home, ledger: Ledger, name: str | None) -> Path:
    """A snapshot by its file's name or a freeze's; the one that stands where none is named. PackError where it is not there."""
    if not name:
        return find(home)
    frozen = {one.name: one.snapshot for one in freezes(ledger)}
    known = {one.snapshot for one in ledger.revisions()}
    wanted = frozen.get(name, name)
    if wanted not in known:
        raise PackError("There is no publication or freeze of that name.")
    path = home.published / wanted
    if not path.is_file():
        raise PackError("That publication is no longer kept in this home: restore it from a backup.")
    return path


def gather(
    home: Home, ledger: Ledger, catalogue: Catalogue, as_at: date, audience: Audience, snapshot: Path,
    today: date | None = None, authority: str | None = None, told: Path | None = None,
) -> PackModel:  # fmt: skip
    """Everything that a pack says. `today` is the day from which actions are overdue. PackError where the date has no figures.

    `told`, for the public: an earlier publication (its folder or metrics file), which this one must not give away by its difference.
    """
    on, nouns = today or datetime.now(UTC).date(), case_nouns(catalogue)
    with reading.exported(snapshot, audience, as_at, home.tmp, told) as rows, read(snapshot) as con:
        code = reading.authority_of(rows, as_at, authority)
        mine = _by_indicator(rows, code, as_at, nouns)
        own, series = list[Figure](), dict[Key, Series]()
        if audience == "leader":
            own = figures(rows_of(con), as_at, authority=code, nouns=nouns)
            series = every_series(con, [one for one in rebases(ledger) if one.authority == code])
        figures_told = _told(mine, own, _signed(ledger, code, as_at), audience)
        before = max((row["as_at"] for found in mine.values() for row in found if row["as_at"] < as_at), default=None)
        content, published_at = _publication(ledger, snapshot, con)
        model = PackModel(
            council=_council(ledger, code), authority=code, as_at=as_at, audience=audience, snapshot=snapshot.name,
            content_hash=content, published_at=published_at, before=before, figures=tuple(figures_told),
            changes=tuple(_changes(mine, figures_told, before)), restated=tuple(_restated(rows, code, as_at, nouns)),
            pages=tuple(
                _page(one, mine[one.indicator_id], _named(series.get((code, one.indicator_id, "ALL")), nouns), rows, catalogue)
                for one in figures_told if one.headline
            ),
            definitions=tuple(definition(mine[one.indicator_id][-1], catalogue) for one in figures_told),
            warnings=(), standing=telling.standing(figures_told), legend=LEGENDS[audience],
        )  # fmt: skip
    return model if audience == "public" else _with_notes(model, ledger, home, own, nouns, on)


def _by_indicator(rows: Rows, code: str, as_at: date, nouns: dict[str, str]) -> dict[str, list[Row]]:
    """The rows of every figure of the date, with those of the dates before it, oldest first."""
    found = rows(reading.FIGURES, {"authority": code, "as_at": as_at})
    for row in found:
        row["case_unit"] = nouns.get(row["indicator_id"], row["case_unit"])
    return {name: mine for name, mine in reading.by_indicator(found).items() if mine[-1]["as_at"] == as_at}


def _told(mine: dict[str, list[Row]], own: list[Figure], signed: dict[str, Signed], audience: Audience) -> list[Told]:
    """Every figure in words: no more than seven headlines, what definitions name beyond that with the others."""
    exact = {one.indicator_id: one for one in own}
    told = [
        telling.tell(found[-1], exact.get(name), signed.get(found[-1]["certificate_id"] or ""), audience)
        for name, found in mine.items()
    ]
    headlines = [one for one in told if one.headline]
    beyond = [replace(one, headline=False) for one in headlines[HEADLINES:]]
    return [*headlines[:HEADLINES], *beyond, *(one for one in told if not one.headline)]


def _named(series: Series | None, nouns: dict[str, str]) -> Series | None:
    return replace(series, case_unit=nouns.get(series.indicator_id, series.case_unit)) if series else None


def _page(told: Told, mine: list[Row], series: Series | None, rows: Rows, catalogue: Catalogue) -> Page:
    given, as_at = reading.has(rows, "bridge_lines"), mine[-1]["as_at"]
    found, why = difference(mine[-1], rows, catalogue) if given else (None, "")
    shown = trend.for_leaders(series, mine, as_at) if given else trend.for_public(mine, as_at)
    return Page(told, shown, found, why, None, (), ())


def _signed(ledger: Ledger, code: str, as_at: date) -> dict[str, Signed]:
    """By certificate, who signed it, by role, when, and when it lapsed."""
    roles = Roles.of(ledger, code)
    return {
        one.id: Signed(roles.role(one.signed_by), one.issued_at.date(), one.lapsed_at.date() if one.lapsed_at else None)
        for one in ledger.certificates() if one.authority == code and one.as_at == as_at
    }  # fmt: skip


def _changes(mine: dict[str, list[Row]], told: list[Told], before: date | None) -> list[Change]:
    found = []
    for one in told:
        earlier = [row for row in mine[one.indicator_id] if row["as_at"] == before]
        if earlier:
            now = mine[one.indicator_id][-1]
            found.append(Change(one.title, telling.number(earlier[0]), one.number, telling.change(earlier[0], now)))
    return found


def _restated(rows: Rows, code: str, as_at: date, nouns: dict[str, str]) -> list[Change]:
    """The newest changes of figures already published, where the audience is given revisions."""
    if not reading.has(rows, "revisions"):
        return []
    found = []
    for row in rows(reading.RESTATED, {"authority": code, "as_at": as_at})[:RESTATED]:
        case = str(nouns.get(row["indicator_id"], row["case_unit"]))
        if is_measured(row["unit"]):
            old, new = (measured(row[name], row["unit"]) for name in ("value_before", "system_value"))
        else:
            share = row["unit"] == "percent"
            old = said(row["numerator_before"], row["denominator_before"], share, case)
            new = said(row["system_numerator"], row["system_denominator"], share, case)
        says = f"Published again as revision {row['revision']} on {day(row['published_at'].date())}: {row['class']}."
        found.append(Change(f"{row['title']}, position at {day(row['as_at'])}", old, new, says))
    return found


def _publication(ledger: Ledger, snapshot: Path, con: Any) -> tuple[str, datetime]:
    """The content hash of a snapshot, and when it was published."""
    for one in ledger.revisions():
        if one.snapshot == snapshot.name:
            return one.content_hash, one.published_at
    newest = con.execute("select max(published_at) from main.metrics").fetchall()[0][0]
    return content_hash(con), newest


def _council(ledger: Ledger, code: str) -> str:
    text = ledger.authority_text(code)
    return (parse_authority(text).name if text else "") or code


def _with_notes(
    model: PackModel, ledger: Ledger, home: Home, own: list[Figure], nouns: dict[str, str], on: date
) -> PackModel:
    """What people wrote: for leaders alone, since free text can hold small numbers."""
    roles = Roles.of(ledger, model.authority)
    remarks = commentary.of_figures(ledger, own)
    tasks = actions.actions(ledger, model.authority)
    questions = challenges.challenges(ledger, model.authority)
    subjects = {one.indicator_id: one.subject for one in own}
    pages = []
    for page in model.pages:
        subject = subjects[page.told.indicator_id]
        pages.append(
            replace(
                page,
                remark=_remark(remarks.get(subject), roles),
                tasks=tuple(
                    Task(one.text, one.owner_role, one.due, one.state_words(on))
                    for one in tasks
                    if one.subject == subject
                ),
                questions=tuple(
                    Question(one.text, one.role, one.answer, one.state_words)
                    for one in questions
                    if one.subject == subject
                ),
            )
        )
    with read(find(home)) as con:
        warned = register.restated(ledger, rows_of(con), model.authority, nouns=nouns)
    return replace(model, pages=tuple(pages), warnings=tuple(_warned(warned)))


def _remark(one: commentary.Commentary | None, roles: Roles) -> Remark | None:
    if one is None:
        return None
    return Remark(one.words(), roles.role(one.owner), one.at.date(), one.stale, one.changed if one.stale else ())


def _warned(found: Sequence[register.Restated]) -> list[Warned]:
    return [
        Warned(
            one.given.title, one.given.as_at, register.RECEIVERS[one.given.receiver], one.given.document, one.given.value_given,
            one.changed, one.conclusion, not one.to_be_told,
        )
        for one in found
    ]  # fmt: skip
