"""The pages: accounts for them, and serving them."""

from __future__ import annotations

import signal
import sys
from typing import Annotated, Any

import typer

from pipelines.commands.shared import AuthorityOption, By, HomeOption, UsageError, open_home, open_ledger

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 8017,
    host: Annotated[
        str, typer.Option(help="The address to listen on; anything but loopback belongs behind HTTPS.")
    ] = LOOPBACK[0],
    threads: Annotated[int, typer.Option(help="How many requests are answered at a time.")] = 8,
    demo: Annotated[
        bool, typer.Option("--demo", help="An invented authority: its people sign in without a password.")
    ] = False,
) -> None:
    """The web pages over a home, on this machine."""
    from countermark.desk.accounts import everybody

    if demo and host not in LOOPBACK:
        raise UsageError("--demo lets everybody in: it listens on this machine alone, leave --host out.")
    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        nobody = not everybody(ledger)
    if nobody:
        typer.echo("Nobody has an account yet: make the first with `countermark account NAME --role admin`.")
    _listen(_application(place, demo), host, port, threads)


def _application(place: Any, demo: bool) -> Any:
    from web.app import create_app
    from web.settings import Settings
    from web.warming import warm

    application = create_app(Settings.from_environment(place.path, demo=demo))
    warm(application)
    return application


def _listen(application: Any, host: str, port: int, threads: int) -> None:
    from waitress.server import create_server

    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # as a service is stopped; also where the parent had it ignored
    server = create_server(application, host=host, port=port, threads=threads, ident=None)
    shown = getattr(server, "effective_port", port)
    typer.echo(f"The pages stand at http://{host}:{shown} until you press Ctrl+C.")
    try:
        server.run()
    finally:
        server.close()


def account(
    name: Annotated[str, typer.Argument(help="The person's name, as authority.toml spells it.")],
    role: Annotated[str, typer.Option(help="engineer, officer, team_manager, leader, board, auditor or admin.")],
    username: Annotated[str, typer.Option(help="What the person signs in with; default: made of the name.")] = "",
    team: Annotated[list[str] | None, typer.Option(help="A team that a team manager manages; may be repeated.")] = None,
    subject: Annotated[str, typer.Option(help="The subject that the council's identity provider gives.")] = "",
    authority: AuthorityOption = None,
    by: By = "countermark",
    home: HomeOption = None,
) -> None:
    """An account for the pages. Its password is made here and shown once, unless an identity provider signs the person in."""
    from countermark.desk import accounts

    place = open_home(home, must_exist=True)
    with open_ledger(place) as ledger:
        code = authority or next(iter(ledger.authorities()), "LOCAL")
        password = None if subject else accounts.a_password()
        wanted = accounts.Account(
            username or ".".join(name.split()).casefold(), name, role, code, tuple(team or ()), subject=subject
        )
        made = accounts.add(ledger, wanted, by, password)
    typer.echo(f"{made.name} signs in as {made.username}" + (f" with the password {password}" if password else "."))
