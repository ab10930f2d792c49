"""Where everything the product writes lies on disk. Paths only: no reading or writing of what is in them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PRIVATE_FOLDER = 0o700


@dataclass(frozen=True)
class Home:
    """One home folder, readable by its owner alone."""

    path: Path

    @staticmethod
    def default_path() -> Path:
        """The folder named by COUNTERMARK_HOME, else the platform's folder for user data."""
        named = os.environ.get("COUNTERMARK_HOME")
        if named:
            return Path(named)
        from platformdirs import user_data_path

        return user_data_path("countermark", appauthor=False)

    @classmethod
    def open(cls, path: Path | str | None = None) -> Home:
        """The home at `path` (default: `default_path()`), its folders made where they are missing."""
        home = cls((Path(path) if path else cls.default_path()).expanduser().absolute())
        for folder in (home.path, home.deliveries, home.tmp, home.published, home.dagster):
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if os.name == "posix":
            home.path.chmod(PRIVATE_FOLDER)
        return home

    @property
    def deliveries(self) -> Path:
        """Delivered files, each under its sha256."""
        return self.path / "deliveries"

    @property
    def inbox(self) -> Path:
        """The home's own inbox: files that people hand in at the desk."""
        return self.path / "inbox"

    @property
    def uploads(self) -> Path:
        """Files that somebody is looking at before handing them in, and how far those handed in have come."""
        return self.path / "uploads"

    @property
    def tmp(self) -> Path:
        """Scratch files of a run; DuckDB spills here."""
        return self.path / "tmp"

    @property
    def warehouse(self) -> Path:
        """The warehouse: one writer at a time."""
        return self.path / "warehouse.duckdb"

    @property
    def lock(self) -> Path:
        """The lock file that every writer of the home holds."""
        return self.path / "home.lock"

    @property
    def published(self) -> Path:
        """Published snapshots and the pointer to the current one."""
        return self.path / "published"

    @property
    def pointer(self) -> Path:
        """The small file that names the current snapshot."""
        return self.published / "current"

    @property
    def comparators(self) -> Path:
        """Published tables of other places, as people put them there."""
        return self.path / "comparators"

    @property
    def dagster(self) -> Path:
        """Runs and schedules: history only."""
        return self.path / "dagster"

    @property
    def data_docs(self) -> Path:
        """The validation results as a site."""
        return self.path / "data_docs"

    @property
    def ledger_url(self) -> str:
        """The ledger's address: COUNTERMARK_LEDGER_URL, else SQLite in the home."""
        return os.environ.get("COUNTERMARK_LEDGER_URL") or f"sqlite:///{self.path / 'ledger.db'}"
