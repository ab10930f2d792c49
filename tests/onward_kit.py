"""Homes with hand-made publications, and databases to publish them to. Not a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from countermark.certify import snapshot
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.onward.publish import Onward, publish_to
from tests.snapshots import AS_AT, make, metric

NOW = datetime(2022, 12, 28, 10, tzinfo=UTC)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def numbered(number: int, size: int = 40) -> dict[str, list[dict[str, Any]]]:
    """A publication in which every table says `number`, with `size` times `number` rows in two of them."""
    key = {"authority": "E1", "as_at": AS_AT, "team": "ALL"}
    ids = [f"I{i:04d}" for i in range(size * number)]
    return {
        "metrics": [metric(indicator_id=one, revision=number) for one in ids],
        "gates": [
            {**key, "indicator_id": one, "gate": "signed", "outcome": "FAIL", "says": str(number)} for one in ids
        ],
        "revisions": [
            {**key, "indicator_id": "I0000", "revision": number, "status": "provisional", "system_numerator": number}
        ],
    }


def publish(home: Home, content: Rows) -> str:
    """Make `content` the home's current publication; its name."""
    with Ledger.open(home.ledger_url) as ledger:
        seq = ledger.next_revision()
        name = f"{seq:06d}-{'abc' * 4}.duckdb"
        make(home.published / name, content)
        ledger.add_revision(name, f"hash {seq}", [], "scheduled", {"figures": 0, "conclusions": 0}, NOW, seq)
    snapshot.point_at(home, name)
    return name.removesuffix(".duckdb")


def home_with(folder: Path, content: Rows) -> Home:
    """A new home with one publication."""
    home = Home.open(folder)
    publish(home, content)
    return home


def onward(home: Home, url: str, audience: str = "leader", **other: Any) -> Onward:
    """Publish the home's current publication to a database."""
    with Ledger.open(home.ledger_url) as ledger:
        return publish_to(home, ledger, url, audience, other.pop("now", NOW), **other)
