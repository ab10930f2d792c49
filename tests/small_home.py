"""A home with one published figure, PP1 of a tiny authority, made in a second: for tests of what people do to published figures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from countermark.certify import facts, judge
from countermark.certify.publish import Publication, publish_again
from countermark.certify.snapshot import find, point_at, read
from countermark.certify.workflow import Progress, progress, reader
from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.certify_kit import AS_AT, AUTHORITY, Desk, desk

COUNTER, OFFICER, OTHER, HEAD, LEADER = (
    "Tess Manager", "Olive Officer", "Otto Other", "Dora Director", "Lena Lead-Member",
)  # fmt: skip
PEOPLE = {
    COUNTER: "team manager", OFFICER: "performance officer", OTHER: "performance officer",
    HEAD: "director of children's services", LEADER: "chair of scrutiny",
}  # fmt: skip
TOML = f'authority = "{AUTHORITY}"\nname = "Anytown"\n[[teams]]\nname = "North"\nowes = ["PP1"]\n' + "".join(
    f'[[people]]\nname = "{name}"\nrole = "{role}"\n' for name, role in PEOPLE.items()
)
MORE = (
    "seq integer default 1", "sha256 varchar default 'aa'", "received_at timestamp default timestamp '2022-11-02 09:00:00'",
    "rows_in integer default 4", "rows_loaded integer default 4", "rows_rejected integer default 0",
    "rows_ignored integer default 0", "reason varchar default ''",
)  # fmt: skip


@dataclass
class SmallHome:
    """The home, its ledger open, and the one definition it knows."""

    home: Home
    ledger: Ledger
    catalogue: Catalogue

    @property
    def snapshot(self) -> Path:
        """What is published now."""
        return find(self.home)

    def publish(self) -> Publication:
        """Publish again with what the ledger says."""
        return publish_again(self.home, self.catalogue, self.ledger)

    def figures(self) -> list[judge.Figure]:
        """PP1 as published."""
        return judge.figures(self.snapshot, ["PP1"], AS_AT)

    def check(self, by: str = OFFICER) -> None:
        """Check and publish."""
        judge.check(self.ledger, self.snapshot, self.figures(), by, "Looked at five files.")
        self.publish()

    def sign(self, by: str = HEAD) -> str:
        """Sign and publish."""
        [certificate] = judge.sign(self.ledger, self.snapshot, self.figures(), by)
        self.publish()
        return certificate

    def breaks(self) -> list[str]:
        """The ids of the published differences."""
        with read(self.snapshot) as con:
            query = "select distinct break_id from main.breaks order by 1"
            return [row[0] for row in con.execute(query).fetchall()]

    def progress(self) -> Progress:
        """How far PP1 has come."""
        with read(self.snapshot) as con:
            [found] = progress(reader(con), self.ledger)
        return found

    def spoil(self, sql: str) -> None:
        """Change the facts of the next publication (`facts.*`), as another delivery would."""
        again = self.home.published / f"spoilt-{uuid4().hex}.duckdb"
        shutil.copy(self.snapshot, again)
        con = duckdb.connect(str(again))
        con.execute(sql)
        con.close()
        name = self.snapshot.name
        again.replace(self.home.published / name)
        self.publish()


@contextmanager
def small_home(folder: Path, differences: int = 0) -> Iterator[SmallHome]:
    """Published once, all checks of the machine holding; with so many differences that move nothing, open for decision."""
    home = Home.open(folder / "home")
    with desk(folder) as made, Ledger.open(home.ledger_url) as ledger:
        for column in MORE:
            made.run(f"alter table typed.receipts add column {column}")
        for number in range(differences):
            made.item(0, "LATE", case=f"C{number:03d}")
        facts.record_deliveries(made.con, made.catalogue)
        _seed(home, made)
        ledger.store_authority(AUTHORITY, TOML)
        publish_again(home, made.catalogue, ledger)
        yield SmallHome(home, ledger, made.catalogue)


def _seed(home: Home, made: Desk) -> None:
    """A snapshot of facts alone, to publish from."""
    made.con.execute(f"attach '{home.published / 'seed.duckdb'}' as seed")
    facts.copy_facts(made.con, "memory", "seed")
    made.con.execute("detach seed")
    point_at(home, "seed.duckdb")
