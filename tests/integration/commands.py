"""Running countermark's commands as real processes from tests, and looking at what a home came to. Not a test itself."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from countermark.home import Home
from countermark.ledger.records import Revision
from countermark.ledger.store import Ledger

SERVER = Path(__file__).with_name("command_server.py")
DAY = "2022-10-31"
# When something ran, and names made with the home's own key: these alone may differ between two homes of equal content.
OF_THE_HOME = {"received_at", "published_at", "break_id", "difference_id"}


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (minus the signal where it was killed) and what it said."""

    code: int
    out: str
    err: str


@dataclass
class Running:
    """A command under way."""

    commands: Commands
    pid: int
    out: Path
    err: Path
    code: int | None = None

    def kill(self) -> Ended:
        """`kill -9`, where it has not ended."""
        ended = self.wait(0.01)
        if ended is None:
            os.kill(self.pid, signal.SIGKILL)
            ended = self.wait()
        assert ended is not None
        return ended

    def is_running(self) -> bool:
        """Whether it still runs."""
        return self.wait(0.01) is None

    def says(self, words: str, seconds: float = 240) -> None:
        """Wait until it has said something, or has ended."""
        until = time.monotonic() + seconds
        while words not in self.out.read_text() and self.is_running() and time.monotonic() < until:
            time.sleep(0.02)

    def wait(self, seconds: float = 240) -> Ended | None:
        """How it ended; None where it still runs after so many seconds."""
        if self.code is None:
            self.code = self.commands.ask({"pid": self.pid, "seconds": seconds})
        return None if self.code is None else Ended(self.code, self.out.read_text(), self.err.read_text())


@dataclass
class Commands:
    """The forking server's other end. `folder` is where commands run and where what they say is kept."""

    folder: Path
    _server: subprocess.Popen[str] | None = None
    _count: int = 0
    said: list[Path] = field(default_factory=list)

    def start(
        self, *arguments: object, die_at: str = "", largest_file: int = 0, env: dict[str, str] | None = None
    ) -> Running:
        """Start a command."""
        self._count += 1
        out, err = (self.folder / f"{self._count:03d}.{name}" for name in ("out", "err"))
        pid = self.ask({
            "arguments": [str(argument) for argument in arguments], "die_at": die_at, "largest_file": largest_file,
            "env": env or {}, "folder": str(self.folder), "out": str(out), "err": str(err),
        })  # fmt: skip
        assert pid
        out.touch()
        err.touch()
        self.said += [out, err]
        return Running(self, pid, out, err)

    def __call__(
        self, *arguments: object, die_at: str = "", largest_file: int = 0, env: dict[str, str] | None = None
    ) -> Ended:
        """Run a command to its end."""
        ended = self.start(*arguments, die_at=die_at, largest_file=largest_file, env=env).wait()
        assert ended is not None, "the command did not end"
        return ended

    def well(self, *arguments: object) -> Ended:
        """Run a command that has to succeed."""
        ended = self(*arguments)
        assert ended.code == 0, ended
        return ended

    def run(self, inbox: Path, home: Path, day: str = DAY, **how: object) -> Ended:
        """`countermark run`."""
        return self("run", "--inbox", inbox, "--home", home, "--as-at", day, **how)  # type: ignore[arg-type]

    def ask(self, order: dict[str, object]) -> int | None:
        """One order to the server and its answer."""
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self._server.stdin and self._server.stdout
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        answer: int | None = json.loads(self._server.stdout.readline())
        return answer

    def stop(self) -> None:
        """End the server."""
        if self._server is not None and self._server.stdin:
            self._server.stdin.close()
            self._server.wait(timeout=60)


def revisions(home: Path) -> list[Revision]:
    """The home's publications, oldest first."""
    with Ledger.open(Home(home).ledger_url) as ledger:
        return ledger.revisions()


def content(home: Path) -> str:
    """The content hash of the home's last publication."""
    return revisions(home)[-1].content_hash


Row = dict[str, str]


def tables(commands: Commands, home: Path, *options: object) -> dict[str, list[Row]]:
    """The exported tables of a home for officers."""
    out = commands.folder / f"export-{len(list(commands.folder.glob('export-*'))):03d}"
    commands.well("export", "--home", home, "--out", out, *options)
    found = {}
    for path in sorted(out.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


def without_times(exported: dict[str, list[Row]]) -> dict[str, Counter[str]]:
    """The rows of exported tables as they are in any home: how often each occurs. A difference's id is of the home's own, be it as the case
    of a figure that counts differences."""
    own = {row["break_id"] for row in exported.get("breaks", [])}
    return {
        name: Counter(
            json.dumps({c: v for c, v in row.items() if c not in OF_THE_HOME and v not in own}, sort_keys=True)
            for row in rows
        )
        for name, rows in exported.items()
    }


def figure(exported: dict[str, list[Row]], indicator: str, team: str = "ALL", day: str = DAY) -> Row:
    """One row of metrics."""
    [found] = [r for r in exported["metrics"] if (r["indicator_id"], r["team"], r["as_at"]) == (indicator, team, day)]
    return found


def leftovers(home: Path) -> list[str]:
    """What a run that ended well leaves nowhere: unfinished snapshots and pointers, scratch, drafts, snapshots nobody vouches for."""
    place = Home(home)
    vouched = {revision.snapshot for revision in revisions(home)}
    odd = [path for path in place.published.iterdir() if path.name not in vouched | {"current"}]
    odd += [*place.tmp.rglob("*"), *home.glob(".*"), *home.glob("*.wal"), *home.glob("*-journal")]
    return sorted(path.relative_to(home).as_posix() for path in odd)
