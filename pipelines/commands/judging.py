"""Commands by which people judge: decide, check, sign, withdraw, release. Each ends in the ledger and is published at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipelines.commands.making import recompute
from pipelines.commands.shared import AsAt, AuthorityOption, By, HomeOption, day, open_home, open_ledger


def publish_at_once(home: Any, ledger: Any) -> None:
    """Publish what was just judged, and say what changed."""
    from pipelines.console import changes

    typer.echo(changes(_republish(home, ledger)))


def _republish(home: Any, ledger: Any) -> list[dict[str, Any]]:
    from countermark.certify.publish import publish_again
    from countermark.contracts.catalogue import load

    return publish_again(home, load(), ledger).changed


def decide(
    breaks: Annotated[list[str], typer.Argument(help="Ids of differences, from breaks.csv.")],
    decision: Annotated[
        str,
        typer.Option(
            help="manual_right, system_right, both_wrong, not_comparable or accepted; between two systems left_right or right_right in "
            "place of the first two."
        ),
    ],
    cause: Annotated[str, typer.Option(help="Why it came about, from the fixed list.")],
    reason: Annotated[str, typer.Option(help="In your own words; name no child.")],
    by: By,
    until: Annotated[
        str | None,
        typer.Option(help="Until when it holds; all but system_right, both_wrong and not_comparable need it."),
    ] = None,
    evidence: Annotated[str, typer.Option(help="A reference to evidence.")] = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="Decide also what somebody else has decided, and still holds.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """An officer's decision on differences, into the ledger; published at once. What somebody else has decided meanwhile is named, and
    nothing is stored."""
    from countermark.certify import judge
    from countermark.certify.snapshot import find
    from countermark.ledger.causes import cause_code
    from countermark.ledger.records import LedgerConflict, LedgerError
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    ends = day(until, "--until") if until else None
    with home_lock(place), open_ledger(place) as ledger:
        code = cause_code(cause)
        snapshot = find(place)
        seen = None if anew else judge.seen_by(ledger, snapshot, breaks, by)
        said: dict[str, Any] = {
            "decision": decision,
            "cause": code,
            "reason": reason,
            "until": ends,
            "evidence": evidence,
        }
        try:
            taken = judge.decide(ledger, snapshot, breaks, by, expected_version=seen, **said)
        except LedgerConflict as conflict:
            raise LedgerError(f"{conflict} What still holds is decided over with --anew.") from None
        typer.echo(f"{len(taken)} decision{'' if len(taken) == 1 else 's'} recorded.")
        publish_at_once(place, ledger)


def check(
    indicators: Annotated[list[str] | None, typer.Argument(help="Indicator ids.")] = None,
    as_at: AsAt = "",
    by: By = "",
    note: Annotated[str, typer.Option(help="What you looked at; needed while there are no limits yet.")] = "",
    theme: Annotated[str, typer.Option(help="A group of indicators.")] = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """An officer has checked figures of the authority as a whole."""
    from countermark.certify import judge
    from countermark.certify.snapshot import find
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        snapshot = find(place)
        wanted = judge.figures(snapshot, indicators or [], day(as_at), theme, authority or "")
        judge.check(ledger, snapshot, wanted, by, note)
        typer.echo(f"{len(wanted)} figures checked.")
        publish_at_once(place, ledger)


def sign(
    indicators: Annotated[list[str] | None, typer.Argument(help="Indicator ids.")] = None,
    as_at: AsAt = "",
    by: By = "",
    theme: Annotated[str, typer.Option(help="A group of indicators.")] = "",
    authority: AuthorityOption = None,
    home: HomeOption = None,
) -> None:
    """The accountable head signs figures of the authority as a whole, of a theme those that an officer has checked; refused while
    another check does not hold."""
    from countermark.certify import judge
    from countermark.certify.snapshot import find
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        snapshot = find(place)
        wanted = judge.figures(snapshot, indicators or [], day(as_at), theme, authority or "")
        if theme and not indicators:
            wanted, left = judge.checked_of(snapshot, wanted)
            typer.echo(f"Not checked, and so not signed: {', '.join(left)}." if left else "", nl=bool(left))
        for certificate in judge.sign(ledger, snapshot, wanted, by):
            typer.echo(f"Certificate {certificate}")
        publish_at_once(place, ledger)


def withdraw(
    delivery: Annotated[
        str, typer.Argument(help="A delivery id of deliveries.csv, or its part before the hyphen: the whole file.")
    ],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    by: By,
    home: HomeOption = None,
) -> None:
    """A delivery stays in raw and leaves every present figure."""
    from countermark.certify.judge import name_of, people_of
    from countermark.warehouse.connect import home_lock

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        mine = [r for r in ledger.receipts() if r.delivery_id == delivery or r.delivery_id.split("-")[0] == delivery]
        name = name_of(by, people_of(ledger, mine[0].authority) if mine else [])
        withdrawn = ledger.withdraw(delivery, reason, name)
    typer.echo(f"Withdrawn: {', '.join(withdrawn)}")
    recompute(place)


def release(
    delivery: Annotated[
        str,
        typer.Argument(
            help="A held delivery's id, from deliveries.csv, or its part before the hyphen: the whole file."
        ),
    ],
    reason: Annotated[str, typer.Option(help="Why it is right that it has so many fewer rows.")],
    by: By,
    home: HomeOption = None,
) -> None:
    """A held delivery is used from the next publication on, which follows at once."""
    from countermark.certify.judge import name_of, people_of
    from countermark.certify.snapshot import find, read
    from countermark.certify.waiting import held_deliveries
    from countermark.warehouse.connect import home_lock
    from countermark.warehouse.held import release as record

    place = open_home(home, must_exist=True)
    with home_lock(place), open_ledger(place) as ledger:
        with read(find(place)) as con:
            held = held_deliveries(con)
        whose = next((held[one] for one in held if one.split("-")[0] == delivery.split("-")[0]), "")
        released = record(ledger, held, delivery, reason, name_of(by, people_of(ledger, whose) if whose else []))
    typer.echo(f"Released: {', '.join(released)}")
    recompute(place)
