"""Commands over differences: list, show with the history, assign, comment, decide on many, what moves what, the roll-forward."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.judging import publish_at_once
from pipelines.commands.moving import PAIR, Position, moves, roll_forward
from pipelines.commands.opened import Opened, opened
from pipelines.commands.shared import (
    FAILED,
    AuthorityOption,
    By,
    HomeOption,
    UsageError,
    day,
    moment,
    open_home,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Differences between counts: who has them, how old they are, what they move.",
)
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of differences, as list and breaks.csv give them.")]
Team = Annotated[str, typer.Option(help="A team's.")]
Measure = Annotated[str, typer.Option(help="An indicator's, or of a pair of systems, such as X01.")]
Reason = Annotated[str, typer.Option("--why", help="A reason that was proved, such as LATE_RECORDED.")]
Cause = Annotated[str, typer.Option("--of-cause", help="A cause that was chosen.")]
Form = Annotated[str, typer.Option(help="A form or list, such as annex_a.list_07.")]
Worker = Annotated[str, typer.Option(help="A worker's cases.")]
State = Annotated[str, typer.Option(help="open, decided, closed, lapsed, reopened or any.")]
Assigned = Annotated[str, typer.Option(help="Whoever has it: a person, a team, or nobody.")]
Systems = Annotated[bool, typer.Option("--systems", help="Those between two systems instead: they move no figure.")]
Age = Annotated[int, typer.Option(help="At least so many working days since first seen.")]


def _today() -> date:
    return datetime.now(UTC).date()


def _kind(indicator: str, systems: bool) -> str:
    """The kind of the differences between systems where they are asked for, all or those of a pair by its id."""
    return "pair" if systems or PAIR.match(indicator.strip().upper()) else ""


def _wanted(as_at: date, **said: Any) -> Any:
    from countermark.desk.worklist import Filters

    state = said.pop("state", "open")
    return Filters(as_at, state="" if state == "any" else state, **said)


@app.command("list")
def listed(
    as_at: Position = "", team: Team = "", indicator: Measure = "", why: Reason = "", of_cause: Cause = "", form: Form = "",
    worker: Worker = "", state: State = "open", assigned: Assigned = "", age: Age = 0,
    failures: Annotated[bool, typer.Option("--failures", help="Failures of rules too.")] = False,
    systems: Systems = False,
    by: Annotated[str, typer.Option("--group", help="Grouped by cause, form, team, worker or reason.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="A CSV file with one row a difference, to work from.")] = None,
    authority: AuthorityOption = None, home: HomeOption = None,
) -> None:  # fmt: skip
    """What is to be looked at, what moves a headline first; differences of one fact under one line."""
    from countermark.contracts.catalogue import load
    from countermark.desk import groups, telling, worklist

    with opened(home, authority, as_at) as it:
        wanted = _wanted(
            it.as_at, state=state, team=team, indicator=indicator.strip().upper(), reason=why, cause=of_cause, form=form, worker=worker,
            assigned=assigned, age=age, kind=_kind(indicator, systems) or ("" if failures else "difference"),
        )  # fmt: skip
        catalogue = load()
        if by:
            if by not in groups.KEYS:
                raise UsageError(f"--group is one of {', '.join(groups.KEYS)}.")
            found = groups.groups(it.rows, it.authority, wanted, by, it.holders, _today())
            typer.echo("\n".join(telling.groups_lines(found, by, catalogue)))
            return
        items = worklist.items(it.rows, it.authority, wanted, it.holders, _today())
        lines = worklist.every_fact(it.rows, it.authority, wanted, it.holders, _today())
        for line in telling.items_lines(lines, catalogue):
            typer.echo(line)
        typer.echo(f"{len(items)} found, {len(lines)} facts; read at {_now()}.")
        if out is not None:
            _write(out, items)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _write(out: Path, items: list[Any]) -> None:
    heads = (
        "item_id", "kind", "indicator_id", "case_id", "reason", "cause", "decision", "state", "lapsed", "life", "first_seen", "age",
        "event_on", "event_age", "assigned", "form", "worker", "fact",
    )  # fmt: skip
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*heads, "teams"])
        for one in items:
            cells = [*(getattr(one, name) for name in heads), "; ".join(one.teams)]
            writer.writerow(
                [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell for cell in cells]
            )
    out.chmod(0o600)


@app.command()
def show(
    difference: Annotated[str, typer.Argument(metavar="ID", help="A difference's id.")],
    as_at: Position = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """One difference: both sides, what it moves, and its history: seen, decided, lapsed, closed, reopened, when and by whom."""
    from countermark.contracts.catalogue import load
    from countermark.desk import between, differences, histories, telling, worklist
    from countermark.ledger.records import LedgerError

    with opened(home, authority, as_at) as it:
        catalogue = load()
        past = histories.history(it.rows, it.ledger, it.authority, difference, catalogue.reasons, _today())
        if of_systems := between.find(it.rows, it.authority, difference, it.as_at):
            [item] = worklist.find(it.rows, it.authority, [difference], of_systems.as_at, it.holders, _today())
            typer.echo("\n".join(telling.between_lines(of_systems, item, past)))
            return
        found = differences.find(it.rows, it.authority, difference, it.as_at)
        if found is None and not past.days:
            raise LedgerError(
                f"There is no difference {difference}: `countermark differences list` has those that there are."
            )
        if found is None:
            typer.echo(f"{difference}  closed: no position has it any more.")
            typer.echo("\n".join(telling.history_lines(past)))
            return
        [item] = worklist.find(it.rows, it.authority, [difference], found.as_at, it.holders, _today())
        typer.echo("\n".join(telling.difference_lines(found, item, past, catalogue)))


@app.command()
def assign(
    ids: Ids,
    to: Annotated[str, typer.Option("--to", help="A person with a desk, or a team; empty for nobody.")],
    by: By,
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """Give differences to a person or to a team."""
    from countermark.certify.judge import name_of, people_of
    from countermark.desk import assignments

    with opened(home, authority) as it:
        _refuse_unknown(it, ids)
        who = name_of(by, people_of(it.ledger, it.authority))
        seen = {name: one.version for name, one in assignments.of_items(it.ledger, it.authority, ids).items()}
        done, late = assignments.assign(it.ledger, it.authority, ids, to, who, seen)
    typer.echo(f"{len(done)} given to {to or 'nobody'}.")
    for one in late:
        typer.echo(f"  {one}: somebody else has given it on in the meantime.", err=True)


@app.command()
def comment(
    difference: Annotated[str, typer.Argument(metavar="ID", help="A difference's id.")],
    text: Annotated[str, typer.Option("--text", help="What there is to say; name no child.")],
    by: By,
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """Say something about a difference."""
    from countermark.certify.judge import name_of, people_of
    from countermark.desk import comments

    with opened(home, authority) as it:
        _refuse_unknown(it, [difference])
        who = name_of(by, people_of(it.ledger, it.authority))
        comments.comment(it.ledger, it.rows, it.authority, difference, text, who)
    typer.echo("The comment is stored.")


def _refuse_unknown(it: Opened, ids: list[str]) -> None:
    from countermark.ledger.records import LedgerError

    there = {
        row["item_id"]
        for row in it.rows("select distinct item_id from desk.items where authority = $code", {"code": it.authority})
    }
    if unknown := [one for one in dict.fromkeys(ids) if one not in there]:
        raise LedgerError(
            f"There is no difference {', '.join(unknown)}: `countermark differences list` has those that there are."
        )


@app.command()
def decide(
    decision: Annotated[str, typer.Option(
        help="manual_right, system_right, both_wrong, not_comparable or accepted; between two systems left_right or right_right in place "
        "of the first two."
    )],
    cause: Annotated[str, typer.Option(help="How it came about, from the fixed list.")],
    reason: Annotated[str, typer.Option(help="In your own words; name no child.")],
    by: By,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="These; without any, all that the filters leave.")] = None,
    read_at: Annotated[
        str, typer.Option("--read-at", help="When you read them, as list said: what changed or was decided since is left out.")
    ] = "",
    until: Annotated[
        str | None, typer.Option(help="Until when it holds; accepted, manual_right, left_right and right_right need it.")
    ] = None,
    evidence: Annotated[str, typer.Option(help="A reference to evidence.")] = "",
    as_at: Position = "", team: Team = "", indicator: Measure = "", why: Reason = "", form: Form = "", worker: Worker = "",
    assigned: Assigned = "", age: Age = 0, systems: Systems = False, authority: AuthorityOption = None, home: HomeOption = None,
) -> None:  # fmt: skip
    """Decide on many at once: what changed, what another decided and what you may not decide is named and left, the rest is stored."""
    from countermark.certify import judge
    from countermark.certify.each import decide_each
    from countermark.certify.read_fields import fields_of
    from countermark.certify.snapshot import find
    from countermark.desk import worklist
    from countermark.ledger.causes import cause_code
    from countermark.warehouse.connect import home_lock

    given = {
        "team": team,
        "indicator": indicator.strip().upper(),
        "reason": why,
        "form": form,
        "worker": worker,
        "assigned": assigned,
        "age": age,
    }
    if not ids and not any((*given.values(), systems)):
        raise UsageError("Name differences, or say with a filter such as --team which are meant.")
    ends = day(until, "--until") if until else None
    with home_lock(open_home(home, must_exist=True)), opened(home, authority, as_at) as it:
        chosen = ids or [
            one.item_id
            for one in worklist.items(
                it.rows,
                it.authority,
                _wanted(it.as_at, kind=_kind(indicator, systems) or "difference", **given),
                it.holders,
                _today(),
            )
        ]
        at = moment(read_at or None)
        known = {one.break_id: one.version for one in it.ledger.decisions(known_at=at, breaks=chosen)}
        seen = dict.fromkeys(chosen, 0) | known if at else judge.seen_by(it.ledger, find(it.place), chosen, by)
        stored, refused = decide_each(
            it.ledger, find(it.place), chosen, by, decision=decision, cause=cause_code(cause), reason=reason, until=ends, evidence=evidence,
            expected_version=seen,
            read_fields=(dict.fromkeys(chosen, "") if at else {}) | fields_of(find(it.place, it.ledger, at), chosen),
        ) if chosen else ([], [])  # fmt: skip
        typer.echo(f"{len(stored)} decision{'' if len(stored) == 1 else 's'} recorded, {len(refused)} left.")
        for one in refused:
            typer.echo(f"  {one.subject}: {one.why}")
        if stored:
            publish_at_once(it.place, it.ledger)
    if refused and not stored:
        raise typer.Exit(FAILED)


app.command()(moves)
app.command("roll-forward")(roll_forward)
