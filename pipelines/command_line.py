"""The command line. Words and options only: each command calls what does the work, and heavy parts are imported where they are used.

Exit codes: 0 done, 1 failed and the last publication stands, 2 wrong usage, 3 only with --strict.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

import typer

from pipelines.commands import (
    auditing,
    certifying,
    comparing,
    delivering,
    differing,
    dipping,
    identifying,
    inspecting,
    judging,
    keeping,
    making,
    migrating,
    onward,
    packing,
    purging,
    reading,
    sending,
    serving,
    stating,
    watching,
)
from pipelines.commands.shared import FAILED, USAGE, UsageError

COMMANDS = (
    making.demo, making.sample, making.run, reading.explain, reading.export, judging.decide, judging.check, judging.sign,
    judging.withdraw, judging.release, delivering.changes, delivering.known, reading.template, reading.validate, keeping.backup,
    keeping.restore, making.rebuild, reading.verify,
    making.prepare, purging.purge, serving.serve, serving.account, onward.publish_to, onward.contract, watching.alerts, packing.pack,
    comparing.compare, migrating.migrate, reading.prefilled, stating.statement, stating.restatement,
    sending.workbook, sending.answers, sending.owed, dipping.dip_sample, dipping.dip_files, dipping.dip_result, identifying.link,
)  # fmt: skip

OPTIONS: dict[str, Any] = {
    "name": "countermark", "no_args_is_help": True, "add_completion": False, "pretty_exceptions_enable": False,
    "help": "Figures of children's services that say of themselves whether they can be trusted.",
}  # fmt: skip
# Collecting garbage as often as Python does of itself takes a tenth of a run: what Dagster and the validation engine make is kept anyway.
RARELY = (50_000, 20, 50)
app = typer.Typer(**OPTIONS)
for command in COMMANDS:
    app.command()(command)
app.add_typer(certifying.app, name="certificate")
app.add_typer(auditing.app, name="audit")
app.add_typer(inspecting.app, name="inspection")
app.add_typer(packing.given_out, name="given-out")
app.add_typer(differing.app, name="differences")


def main() -> None:
    """Run the command line; our own refusals become one plain sentence, never a traceback with values in it."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    os.umask(0o077)
    gc.set_threshold(*RARELY)
    try:
        _named(sys.argv[1:])()
    except Exception as error:
        refused, text = _plain(error)
        typer.echo(text, err=True)
        sys.exit(USAGE if refused else FAILED)


def _named(typed: list[str]) -> typer.Typer:
    """The application with the one command that was typed: making forty would cost every start. All of them where none is named."""
    one = [command for command in COMMANDS if typed and command.__name__.replace("_", "-") == typed[0]]
    if not one:
        return app
    alone = typer.Typer(**OPTIONS)
    alone.callback()(lambda: None)  # keeps the command's name a part of what is typed
    alone.command()(one[0])
    return alone


def _plain(error: Exception) -> tuple[bool, str]:
    """Whether an error is our own refusal, and what to say of it."""
    from countermark.certify.snapshot import NothingPublishedError
    from countermark.contracts.authority import DirectionError
    from countermark.contracts.catalogue import CatalogueError
    from countermark.contracts.rules import RuleError
    from countermark.exports.write import ExportError
    from countermark.ledger.records import LedgerError, LedgerUnwritable
    from countermark.onward.target import OnwardError
    from countermark.templates import TemplateError
    from countermark.warehouse.connect import EngineError, HomeBusyError

    if isinstance(error, LedgerUnwritable):
        return False, str(error)
    ours = (
        NothingPublishedError, DirectionError, CatalogueError, RuleError, LedgerError, UsageError, ExportError, TemplateError,
    )  # fmt: skip
    if isinstance(error, ours):
        return True, str(error)
    if isinstance(error, (EngineError, HomeBusyError, OnwardError)):
        return False, str(error)
    if isinstance(error, OSError):
        return (
            False,
            f"The disk or a file refused: {error.strerror or type(error).__name__}. What was published stands.",
        )
    return False, f"countermark failed ({type(error).__name__}); what was published stands."


if __name__ == "__main__":
    main()
