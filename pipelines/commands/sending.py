"""Commands about what goes out and comes back: managers' workbooks, and what is still owed. Dip samples: `dipping`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import AsAt, AuthorityOption, HomeOption, UsageError, day, open_home, open_ledger


def workbook(
    out: Annotated[Path, typer.Option("--out", help="The folder for one workbook a team.")],
    as_at: AsAt,
    team: Annotated[str | None, typer.Option("--team", help="This team only.")] = None,
    home: HomeOption = None,
    authority: AuthorityOption = None,
) -> None:
    """A workbook for each team's manager: differences to decide, failures, children overdue, counts owed. Handed in again it is taken
    row by row."""
    from countermark.certify.snapshot import find
    from countermark.exports.sent_out import Sent
    from countermark.exports.team_workbook import teams_of, write
    from countermark.ledger.secrets import pseudonym_key

    place, at = open_home(home, must_exist=True), day(as_at)
    snapshot = find(place)
    with open_ledger(place) as ledger:
        sent = Sent(pseudonym_key(place.path), {one.break_id: one.version for one in ledger.decisions()})
    out.mkdir(parents=True, exist_ok=True)
    for name in [team] if team else teams_of(snapshot, at, authority):
        path = (
            out
            / f"{' '.join(''.join(sign if sign.isalnum() else ' ' for sign in name).split())} {at.isoformat()} workbook.xlsx"
        )
        rows = write(snapshot, name, at, path, authority, None, sent)
        path.chmod(0o600)
        typer.echo(f"Written: {path} (differences: {rows['Differences']})")


def answers(
    delivery: Annotated[
        str, typer.Argument(help="A delivery's id, from deliveries.csv; without one, all of them.")
    ] = "",
    home: HomeOption = None,
) -> None:
    """What became of each row of the workbooks that came back: decided, refused with its cell, a question, or nothing to decide."""
    from countermark.certify.snapshot import find, read
    from countermark.desk import answers as told
    from countermark.desk.figures import rows_of

    with read(find(open_home(home, must_exist=True))) as con:
        rows = rows_of(con)
        found = [one for one in told.receipts(rows) if delivery in ("", one.delivery_id)]
        for one in found:
            typer.echo(f"{one.delivery_id}  {one.says}")
            for row in told.rows(rows, one.delivery_id):
                if row["outcome"] != "ignored":
                    case = f" {row['case_id']}" if row["case_id"] else ""
                    typer.echo(f"  {row['source_row']}  {row['says']}{case}  {row['why']}".rstrip())
    if not found:
        typer.echo("No workbook of differences has come back.")


def owed(as_at: AsAt, home: HomeOption = None, authority: AuthorityOption = None) -> None:
    """Who still owes which count, by when, how the dip samples stand, and when counting by hand may end."""
    from datetime import date

    from countermark.certify.dip import rules
    from countermark.certify.snapshot import find, read
    from countermark.contracts.authority import parse_authority
    from countermark.desk import ending
    from countermark.desk import owed as told
    from countermark.desk.figures import rows_of

    place, at = open_home(home, must_exist=True), day(as_at)
    with open_ledger(place) as ledger, read(find(place)) as con:
        ask, codes = rows_of(con), ledger.authorities()
        code = authority or (codes[0] if len(codes) == 1 else "")
        if code not in codes:
            raise UsageError("Say for which council with --authority.")
        text = ledger.authority_text(code)
        due = told.due_on(at, dict(parse_authority(text).parameters) if text else {})
        rows = told.owed(ask, code, at, None)
        for row in rows:
            by = f", counted by {row['counted_by']}" if row["counted_by"] else ""
            late = "late" if date.today() > due else "not yet"
            state = (
                f"given{by}" if row["handed_in"] else "a dip sample stands in its place" if row["is_sampled"] else late
            )
            typer.echo(f"{row['team']:<24} {row['indicator_id']:<6} {state}, due {due:%d/%m/%Y}")
        for row in told.samples(ask, code, at, rules()):
            typer.echo(f"Dip sample {row['indicator_id']}, drawn on {row['drawn_on']:%d/%m/%Y}: {row['says']}")
        for one in ending.standings(ask, code, at, None, rules()):
            typer.echo(
                f"{one.team:<24} {one.indicator_id:<6} in tolerance {one.run} of {one.wanted} month ends running. {one.says}"
            )
    if not rows:
        typer.echo("No team owes a count at this date: see `owes` in authority.toml.")
