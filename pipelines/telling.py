"""Telling somebody: the digest of alerts, handed to a command of the operator's own and to whatever Apprise reaches.

COUNTERMARK_ALERT_COMMAND takes the message on its standard input; COUNTERMARK_ALERT_URLS, and alerts.txt in the home (one a line), name
Apprise's targets, which hold passwords and are never shown. Without any of them the message goes to the log as an error.
"""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from countermark.alerts.digest import Digest, digest, note_told
from countermark.alerts.limits import health_page, hours_allowed, interval
from countermark.alerts.standing import Alert, standing
from countermark.certify.snapshot import current
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.runs import runs

log = logging.getLogger("countermark.alerts")
COMMAND, URLS, FILE, LOCK = "COUNTERMARK_ALERT_COMMAND", "COUNTERMARK_ALERT_URLS", "alerts.txt", "alerts.lock"
TITLE = "countermark"
TALKATIVE = ("apprise", "urllib3", "requests", "paho", "markdown")


def look(home: Home, confirmed: datetime | None = None, also: Sequence[Alert] = (), *, tell: bool = False) -> Digest:
    """The alerts that stand in a home and what of them is new; with `tell` the new ones are sent, in one message, and remembered.

    `also` are alerts that the caller knows of; `confirmed` is when a run last found nothing new to publish. What no target took is new
    again at the next look.
    """
    from filelock import FileLock

    now = datetime.now(UTC)
    with FileLock(str(home.path / LOCK), mode=0o600), Ledger.open(home.ledger_url) as ledger:
        found = {
            alert.key: alert for alert in standing(ledger, current(home), runs(home), now, hours_allowed(), confirmed)
        }
        alerts = list((found | {alert.key: alert for alert in also}).values())
        said = digest(ledger, alerts, now, interval(), health_page())
        if tell and (not said.text or send(said.text, home) or not any_target(home)):
            note_told(ledger, said, now)
    return said


def send(message: str, home: Home | None = None) -> bool:
    """Hand the message to every target; True where one took it. Where none did, or there is none, it is in the log."""
    command, addresses = os.environ.get(COMMAND, ""), targets(home)
    taken = [_by_command(command, message)] if command else []
    taken += [_by_apprise(number, address, message) for number, address in enumerate(addresses, start=1)]
    if not any(taken):
        log.error(message)
    return any(taken)


def any_target(home: Home | None = None) -> bool:
    """Whether somebody is to be told at all; else the log is where messages go."""
    return bool(os.environ.get(COMMAND, "") or targets(home))


def targets(home: Home | None) -> list[str]:
    """The addresses of Apprise's targets, those of the environment first."""
    path = home.path / FILE if home else None
    text = path.read_text(encoding="utf-8") if path and path.is_file() else ""
    lines = [line.strip() for line in text.splitlines()]
    return [*os.environ.get(URLS, "").split(), *(line for line in lines if line and not line.startswith("#"))]


def _by_command(command: str, message: str) -> bool:
    try:
        # the operator's own command, split and not given to a shell
        done = subprocess.run(shlex.split(command), input=message.encode(), timeout=60, check=False)  # noqa: S603
        taken = done.returncode == 0
    except (OSError, ValueError, subprocess.TimeoutExpired):
        taken = False
    if not taken:
        log.error("%s could not be run or did not take a message.", COMMAND)
    return taken


def _by_apprise(number: int, address: str, message: str) -> bool:
    """Whether one target took the message. Apprise's own log is kept silent: it would quote the address."""
    import apprise
    import requests  # noqa: F401  # its loggers have to be there to be silenced

    with _silenced():
        sender = apprise.Apprise()
        taken = bool(sender.add(address)) and bool(
            sender.notify(
                body=message, title=TITLE, body_format=apprise.NotifyFormat.TEXT, notify_type=apprise.NotifyType.WARNING
            )
        )
    if not taken:
        log.error("Alert target %d did not take a message, or is no address that Apprise knows.", number)
    return taken


@contextmanager
def _silenced() -> Iterator[None]:
    """Apprise and what it sends with write nothing to any log meanwhile: their lines hold addresses with passwords."""
    known = [one for name, one in logging.root.manager.loggerDict.items() if name.split(".")[0] in TALKATIVE]
    loggers = [one for one in known if isinstance(one, logging.Logger) and not one.disabled]
    for one in loggers:
        one.disabled = True
    try:
        yield
    finally:
        for one in loggers:
            one.disabled = False
