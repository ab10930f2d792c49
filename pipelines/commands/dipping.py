"""Commands about dip samples of case files: draw, list with what both sides say, and record what a file says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.judging import publish_at_once
from pipelines.commands.shared import AsAt, AuthorityOption, By, HomeOption, UsageError, day, open_home, open_ledger

Indicator = Annotated[str, typer.Argument(help="The measure.")]


def dip_sample(
    indicator: Annotated[str, typer.Argument(help="The measure.")],
    as_at: AsAt,
    by: By,
    out: Annotated[Path, typer.Option("--out", help="The workbook to fill in; hand it in again like any file.")],
    seed: Annotated[
        int | None,
        typer.Option(help="The draw's seed; without one it is chosen by chance. It stays on record."),
    ] = None,
    files: Annotated[int, typer.Option(help="How many files; without it as many as the rules say.", min=0)] = 0,
    reason: Annotated[
        str, typer.Option(help="Why files are drawn once more; those drawn before stay in the sample.")
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Draw nothing: write the files drawn so far once more.")
    ] = False,
    home: HomeOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Case files drawn at random, to be read against what the system says. The draw is on record before anybody sees it."""
    from countermark.certify import dip, judge
    from countermark.certify.snapshot import find
    from countermark.contracts.catalogue import load
    from countermark.exports.dip_sheet import write
    from countermark.ledger.secrets import pseudonym_key
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    key = pseudonym_key(place.path)
    with home_lock(place), open_ledger(place) as ledger:
        snapshot = find(place)
        [figure] = judge.figures(snapshot, [indicator.upper()], day(as_at), "", authority or "")
        if not again:
            drawn = dip.draw(ledger, snapshot, key, figure, by, seed=seed, files=files, reason=reason)
            publish_at_once(place, ledger)
            typer.echo(f"Drawn: {len(drawn)} files, draw {drawn[0].round}, seed {dip.seed_of(ledger, figure)}")
        every = dip.standing(ledger, snapshot, key, figure)
    if not every:
        raise UsageError("Nothing has been drawn of this figure: leave out --again.")
    write(out, every, key, load())
    typer.echo(f"Written: {out} ({len(every)} files)")


def dip_files(
    indicator: Annotated[str, typer.Argument(help="The measure; without one, every sample.")] = "",
    as_at: Annotated[str, typer.Option("--as-at", help="The position's date, YYYY-MM-DD.")] = "",
    past: Annotated[bool, typer.Option("--past", help="With everything recorded of each file, oldest first.")] = False,
    home: HomeOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Dip samples, open and finished; of one measure, each file with what the system, the list and the file say."""
    from countermark.certify.dip import rules
    from countermark.certify.snapshot import find, read
    from countermark.desk import dips
    from countermark.desk.figures import rows_of

    place = open_home(home, must_exist=True)
    if indicator and not as_at:
        raise UsageError("Name the position with --as-at.")
    with open_ledger(place) as ledger, read(find(place)) as con:
        ask, code = rows_of(con), _council(ledger, authority)
        if not indicator:
            every = dips.samples(ask, code, rules())
            for one in every:
                again = f", {one['lapsed']} to read again" if one["lapsed"] else ""
                typer.echo(
                    f"{one['as_at']} {one['indicator_id']:<6} {one['looked']} of {one['drawn']} files read, {one['wrong'] or 'none'} "
                    f"wrong{again}. {dips.VERDICTS[one['verdict']]}."
                )
            if not every:
                typer.echo("No files were drawn yet: countermark dip-sample draws them.")
            return
        found = dips.files(ask, code, indicator.upper(), day(as_at))
        for row in found:
            said = row["finds_says"] or ("to be read again" if row["lapsed"] else "not read yet")
            listed = row["list_says"] or "nothing at hand"
            typer.echo(
                f"{row['number']:<5} {row['case_id']}  system: {row['system_says']}; list: {listed}; file: {said}"
            )
            for each in dips.history(ledger, row) if past else []:
                says = dips.FINDS.get(each.said.finds) or each.said.file_says
                typer.echo(f"        {each.said.looked_on:%d/%m/%Y} {each.by}: {says} {each.said.note}".rstrip())
    if not found:
        typer.echo("Nothing has been drawn of this figure.")


def dip_result(
    indicator: Indicator,
    number: Annotated[str, typer.Argument(help="Which file, as `countermark dip-files` numbers it: 1.7.")],
    as_at: AsAt,
    finds: Annotated[str, typer.Option(help="agrees, system_wrong, list_wrong, both_wrong or no_file.")],
    looked_on: Annotated[str, typer.Option("--looked-on", help="When the file was read, YYYY-MM-DD.")],
    by: By,
    counts: Annotated[
        str, typer.Option(help="By the file: met, not_met or not_counted; needed where the system is wrong.")
    ] = "",
    file_on: Annotated[str, typer.Option("--file-on", help="The date that the file has, YYYY-MM-DD.")] = "",
    note: Annotated[str, typer.Option(help="What you found; name no child.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="Record it over what somebody else has recorded.")] = False,
    home: HomeOption = None,
    authority: AuthorityOption = None,
) -> None:
    """What the file of a drawn case says, into the record of decisions; published at once. What somebody else has recorded stands."""
    from datetime import date

    from countermark.certify.snapshot import find, read
    from countermark.desk import dips
    from countermark.desk.figures import rows_of
    from countermark.ledger.records import LedgerConflict, LedgerError
    from countermark.ledger.secrets import pseudonym_key
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        snapshot = find(place)
        with read(snapshot) as con:
            ask, code = rows_of(con), _council(ledger, authority)
            rows = dips.files(ask, code, indicator.upper(), day(as_at))
            row = next((one for one in rows if one["number"] == number), None)
            if row is None:
                raise UsageError(f"No file {number} was drawn of this figure: countermark dip-files lists them.")
            ends = day(file_on, "--file-on") if file_on else None
            said = dips.result(row, finds, counts, day(looked_on, "--looked-on"), ends, note.strip())
            seen = len(dips.history(ledger, row)) if anew else None
            try:
                dips.record(ledger, ask, snapshot, pseudonym_key(place.path), row, said, by, date.today(), seen)
            except LedgerConflict as conflict:
                raise LedgerError(f"{conflict} What holds is recorded over with --anew.") from None
        typer.echo(f"What file {number} says is recorded.")
        publish_at_once(place, ledger)


def _council(ledger: Any, authority: str | None) -> str:
    codes = ledger.authorities()
    code = authority or (codes[0] if len(codes) == 1 else "")
    if code not in codes:
        raise UsageError("Say for which council with --authority.")
    return str(code)
