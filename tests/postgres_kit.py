"""A PostgreSQL server of the test's own: a folder that is thrown away, loopback only, a password that has to be right. Not a test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

USER, PASSWORD = "countermark", "Pa55-word-of-the-test"


@dataclass(frozen=True)
class Server:
    """A running server, and databases made on it."""

    port: int

    def url(self, database: str, password: str = PASSWORD) -> str:
        """The address of a database."""
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str) -> str:
        """An empty database; its address."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        return self.url(name)


def programs() -> Path | None:
    """The folder with initdb and postgres, None where this machine has none."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").is_file() and (place / "postgres").is_file()), None)


def ordinary_user() -> str | None:
    """Who shall run the server where the tests run as root, whom it refuses; None for ourselves."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    pytest.skip("PostgreSQL does not run as root, and there is nobody else")


@contextmanager
def server() -> Iterator[Server]:
    """A server for as long as the block lasts. Skips the test only where no PostgreSQL can be found."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("no PostgreSQL on this machine")
    user = ordinary_user()
    with tempfile.TemporaryDirectory(prefix="countermark-postgres-") as folder:
        secret = Path(folder) / "password"
        secret.write_text(PASSWORD)
        if user:
            for path in (Path(folder), secret):
                shutil.chown(path, user)
        data = Path(folder) / "data"
        who = {"user": user, "cwd": folder, "check": True, "capture_output": True}
        subprocess.run(
            [
                bin_folder / "initdb",
                "-D",
                data,
                "-U",
                USER,
                "--pwfile",
                secret,
                "--auth=scram-sha-256",
                "--no-sync",
                "-E",
                "UTF8",
            ],
            **who,  # type: ignore[call-overload]
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c shared_buffers=16MB"
        )
        control = [bin_folder / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", Path(folder) / "log"]
        subprocess.run([*control, "-o", options, "start"], **who)  # type: ignore[call-overload]
        try:
            yield Server(port)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **(who | {"check": False}))  # type: ignore[call-overload]
