"""What every asset of the pipeline shares: the home it works in, and failures that tell a person what to do and quote no value."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from pydantic import Field

from countermark.contracts.authority import Authority, DirectionError
from countermark.contracts.catalogue import Catalogue, CatalogueError, load, roots
from countermark.contracts.rules import RuleError
from countermark.home import Home
from countermark.ledger.records import LedgerError, LedgerUnwritable
from countermark.ledger.store import Ledger
from countermark.reconcile.members import Position
from countermark.warehouse.connect import EngineError, HomeBusyError, warehouse

PLAIN = (CatalogueError, RuleError, DirectionError, EngineError, LedgerError, HomeBusyError)
PASSING = (
    HomeBusyError,
    LedgerUnwritable,
    OSError,
    duckdb.IOException,
    duckdb.FatalException,
)  # what another try may get past
RETRY = dg.RetryPolicy(max_retries=2, delay=2)


class HomeResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # generic only in its stored value, which is itself
    """The home that a run writes to, the folder that it takes deliveries from, the authority of files that name none, and the dates
    whose positions are made beside the run's own."""

    path: str = ""
    inbox: str = ""
    authority: str = ""
    earlier: list[str] = Field(default_factory=list)

    def open(self) -> Workplace:
        """The home, its catalogue and its ledger. What the process writes from here on is its owner's alone."""
        os.umask(0o077)
        home = Home.open(self.path or None)
        earlier = tuple(map(date.fromisoformat, self.earlier))
        return Workplace(home, Path(self.inbox) if self.inbox else None, self.authority or None, earlier)


@dataclass(frozen=True)
class Workplace:
    """One home, with what a step needs of it."""

    home: Home
    inbox: Path | None
    authority: str | None
    earlier: tuple[date, ...] = ()

    @cached_property
    def catalogue(self) -> Catalogue:
        """All definitions."""
        return definitions()

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, open."""
        with Ledger.open(self.home.ledger_url) as ledger:
            yield ledger

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse, open for writing under the home's lock."""
        with warehouse(self.home, self.catalogue.sql) as con:
            yield con


def definitions() -> Catalogue:
    """All definitions as they are on disk; read again only where a file is another than at the last call. Every step asks for them."""
    found = []
    for root in roots():
        for part in ("sql", "expectations/suites"):
            for folder, _, names in os.walk(root / part):
                found += [(folder, name, os.stat(os.path.join(folder, name)).st_mtime_ns) for name in names]  # noqa: PTH116, PTH118
    return _read_definitions(tuple(sorted(found)))


@lru_cache(maxsize=1)
def _read_definitions(_: tuple[tuple[str, str, int], ...]) -> Catalogue:
    return load()


def position_of(context: dg.AssetExecutionContext) -> Position:
    """The authority and as-at date of the run's partition."""
    keys = context.partition_key.keys_by_dimension  # a multi-partition key is a str with parts
    return Position(keys["authority"], date.fromisoformat(keys["as_at"]))


def plainly(step: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Turn what a step raises into a failure without engine text, values or a chained traceback."""
    from functools import wraps

    @wraps(step)
    def guarded(*args: Any, **kwargs: Any) -> Iterator[Any]:
        try:
            yield from step(*args, **kwargs)
        except dg.Failure:
            raise
        except PLAIN as error:
            says, again = str(error), _passes(error)
        except Exception as error:
            says, again = f"{step.__name__} failed: {_place(error)}", _passes(error)
        else:
            return
        raise dg.Failure(description=says, allow_retries=again)

    return guarded


def _passes(error: Exception) -> bool:
    """Whether the cause may pass by itself: a busy home, a full disk. Of an engine's error we keep only what it stands for."""
    return isinstance(error, PASSING) or (isinstance(error, EngineError) and isinstance(error.__context__, PASSING))


def _place(error: BaseException) -> str:
    """The kind of an unforeseen error and where in our code it arose; its text may quote data and is left out."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if any(part in code.co_filename for part in ("countermark", "expectations", "assets")):
            where = f" in {Path(code.co_filename).stem}.{code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{where}"


def newest_authority(ledger: Ledger, code: str) -> Authority | None:
    """The newest authority.toml that the home knows for the code."""
    from countermark.contracts.authority import parse_authority

    text = ledger.authority_text(code)
    return parse_authority(text) if text else None
