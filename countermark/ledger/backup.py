"""Backup and restore: one archive of all truth, and of what spares a rebuild. Warehouse and run history stay out.

Archive members lie in a fixed order with fixed owners and times, so that two backups of one state are the same bytes.
"""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from countermark.home import Home
from countermark.ledger.records import Head, LedgerError
from countermark.ledger.secrets import KEY_FILE, SEALING_KEY_FILE
from countermark.ledger.store import Ledger

FORMAT = "countermark backup 1"
MANIFEST = "manifest.json"
LEDGER_FILE = "ledger.db"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def backup(home: Home, out: Path) -> Head:
    """Write everything in `home` that cannot be recomputed, and the published snapshots, to the archive `out`.

    Returns the head of the audit chain in the archive: keep it elsewhere. LedgerError where `out` exists or lies in a
    folder that is itself backed up, where the chain is broken, and where the ledger lives on a server.
    The caller holds the home's lock, so that pointer and ledger are of one moment.
    """
    if out.exists():
        raise LedgerError(f"{out.name} exists already: name a new file for the backup.")
    if any(out.absolute().is_relative_to(folder) for folder in (home.deliveries, home.published, home.comparators)):
        raise LedgerError("The backup cannot lie in the home's own folders: name a place outside.")
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=home.tmp) as scratch:
            copy = Path(scratch) / LEDGER_FILE
            _copy_ledger(home, copy)
            head = _whole(copy)
            _write(draft, [(MANIFEST, _manifest(head)), (LEDGER_FILE, copy), *_files(home)])
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return head


def _copy_ledger(home: Home, copy: Path) -> None:
    """A consistent copy by SQLite's own backup, while others may be writing."""
    database = make_url(home.ledger_url).database
    if make_url(home.ledger_url).get_backend_name() != "sqlite" or not database:
        raise LedgerError("This ledger lives on a database server: back that up with the server's own tools.")
    if not Path(database).exists():
        raise LedgerError("There is no ledger in this home yet: nothing to back up.")
    source, target = sqlite3.connect(database, timeout=60), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _whole(ledger_file: Path) -> Head:
    """The head of the chain in a copied ledger. LedgerError where the chain is broken."""
    with Ledger.open(f"sqlite:///{ledger_file}") as ledger:
        broken = ledger.verify()
        if broken is not None:
            raise LedgerError(f"The ledger's audit chain does not hold at entry {broken}: it was changed by hand.")
        return ledger.head()


def _manifest(head: Head) -> bytes:
    return json.dumps({"format": FORMAT, "head": {"seq": head.seq, "hash": head.hash}}, sort_keys=True).encode()


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """Names in the archive, sorted: the keys, the authority files, the deliveries, published tables, the pointer and the snapshots.

    The pointer is listed before the snapshots are, so that the snapshot it names is among them.
    """
    single = [home.path / SEALING_KEY_FILE, home.path / KEY_FILE, *sorted(home.path.glob("*.toml"))]
    tables = [path for path in sorted(home.comparators.glob("*.csv")) if _allowed(f"comparators/{path.name}")]
    below = [*sorted(home.deliveries.rglob("*")), *tables, home.pointer, *sorted(home.published.glob("*.duckdb"))]
    for path in [*single, *below]:
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(home.path).as_posix(), path


def _write(archive: Path, members: list[tuple[str, bytes | Path]]) -> None:
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, content in members:
                _add(tar, name, content)
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, content: bytes | Path) -> None:
    info = tarfile.TarInfo(name)
    info.mode = PRIVATE_FILE
    if isinstance(content, bytes):
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
        return
    with content.open("rb") as file:
        info.size = os.fstat(file.fileno()).st_size
        tar.addfile(info, file)


def restore(src: Path, home: Path) -> Head:
    """Unpack the archive `src` into `home`, a folder that is empty or missing, and return the audit chain's head.

    LedgerError, and nothing left in the home, where it holds anything, the archive is no backup or reaches outside the
    home, or the chain in it does not hold.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise LedgerError("The home is not empty: restore into a new folder, so that nothing is overwritten.")
    home.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    home.chmod(PRIVATE_FOLDER)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as scratch:
        head = _unpack(src, Path(scratch))
        if _whole(Path(scratch) / LEDGER_FILE) != head:
            raise LedgerError("The backup's ledger is not the one that its manifest names: it has been changed.")
        Path(scratch, MANIFEST).unlink()
        for child in sorted(Path(scratch).iterdir()):
            child.rename(home / child.name)
    Home.open(home)
    return head


def _unpack(src: Path, into: Path) -> Head:
    """Extract plain files with plain names only, private to their owner."""
    try:
        with tarfile.open(src, mode="r:") as tar:
            for member in tar:
                if not member.isfile() or not _allowed(member.name):
                    raise LedgerError("This archive holds more than a backup does: it is not restored.")
                member.mode = PRIVATE_FILE
                tar.extract(member, into, filter="data")
        manifest = json.loads((into / MANIFEST).read_text())
        if manifest["format"] != FORMAT or not (into / LEDGER_FILE).is_file():
            raise ValueError
        for folder in (path for path in into.rglob("*") if path.is_dir()):
            folder.chmod(PRIVATE_FOLDER)
        return Head(manifest["head"]["seq"], manifest["head"]["hash"])
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError):
        raise LedgerError("This file is no whole countermark backup: it is not restored.") from None


def _allowed(name: str) -> bool:
    """Whether a backup writes such a name: known files at the top, anything tidy below the three folders."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts):
        return False
    if len(parts) == 1:
        return (
            name in (MANIFEST, LEDGER_FILE, KEY_FILE, SEALING_KEY_FILE)
            or re.fullmatch(r"[^/]+\.toml", name) is not None
        )
    return parts[0] in ("deliveries", "published", "comparators")
