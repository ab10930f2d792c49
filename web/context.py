"""What every page has at hand: the ledger, the definitions, the person signed in, the publisher."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app, g

from countermark.contracts.catalogue import Catalogue, load
from countermark.home import Home
from countermark.ledger.store import Ledger
from web.settings import Settings

if TYPE_CHECKING:
    from web.people import Person
    from web.publishing import Publisher


@lru_cache(maxsize=1)
def definitions() -> Catalogue:
    """The catalogue of indicators, sources, rules and reasons, read once."""
    return load()


def settings() -> Settings:
    """The settings that the pages were started with."""
    found: Settings = current_app.extensions["settings"]
    return found


def home() -> Home:
    """The home that the pages show."""
    return settings().home


def ledger() -> Ledger:
    """The home's ledger, open for the life of the process."""
    found: Ledger = current_app.extensions["ledger"]
    return found


def publisher() -> Publisher:
    """Who publishes again after a deed."""
    found: Publisher = current_app.extensions["publisher"]
    return found


def person() -> Person:
    """The person signed in. Only pages that need no signing in run without one: LookupError there."""
    found: Person | None = g.get("person")
    if found is None:
        raise LookupError("nobody is signed in")
    return found
