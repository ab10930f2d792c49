"""What commands share: options, dates and moments as typed, opening the home and its ledger. No command here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

HomeOption = Annotated[Path | None, typer.Option("--home", help="The folder that holds everything countermark writes.")]
AsAt = Annotated[str, typer.Option("--as-at", help="The position's date, YYYY-MM-DD.")]
By = Annotated[str, typer.Option("--by", help="Who you are, as authority.toml spells it.")]
AuthorityOption = Annotated[str | None, typer.Option("--authority", help="The authority's code.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="As known at this moment, an ISO date or date and time (UTC).")
]

FAILED, USAGE, NOT_ALL_CERTIFIED = 1, 2, 3


class UsageError(ValueError):
    """What was typed cannot be used. The text says what to type."""


def day(text: str, option: str = "--as-at") -> date:
    """A date as typed. UsageError for anything but an ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} needs a date as YYYY-MM-DD.") from None


def moment(text: str | None) -> datetime | None:
    """A moment as typed; a date alone is its end."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("--known-at needs a date as YYYY-MM-DD, or a date and time.") from None
    if len(text.strip()) == 10:
        found = found.replace(hour=23, minute=59, second=59, microsecond=999999)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def open_home(path: Path | None, *, must_exist: bool = False) -> Any:
    """The home named, or the default one. UsageError where it has to be there and is not."""
    from countermark.home import Home

    if must_exist and not (path or Home.default_path()).is_dir():
        raise UsageError(
            f"There is no home at {path or Home.default_path()}: run `countermark run` first, or name one with --home."
        )
    return Home.open(path)


def open_ledger(home: Any) -> Any:
    """The home's ledger."""
    from countermark.ledger.store import Ledger

    return Ledger.open(home.ledger_url)
