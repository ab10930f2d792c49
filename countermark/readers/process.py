"""The parent's side of reading: a child process that may be ended, its limits, and its answers as plain objects."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from countermark.readers.headings import Layout

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
TOO_LONG = "Reading the file took longer than a file of its size may: it is damaged or made to swell. Export it again."
TOO_LARGE = "Reading the file took more memory than any file may: split it, or export it again if it is damaged."
BROKE_OFF = "The file could not be read: it is damaged or needs more memory than any file may take. Export it again."

FAILED = {"time": TOO_LONG, "memory": TOO_LARGE}


@dataclass(frozen=True)
class Limits:
    """What reading one file may take. `seconds_per_mb` is added for every packed megabyte of the file."""

    memory: int = 1 << 30
    seconds: float = 8.0
    seconds_per_mb: float = 3.0

    def seconds_for(self, size: int) -> float:
        """The time that a file of `size` bytes may take."""
        return max(0.0, self.seconds + self.seconds_per_mb * size / (1 << 20))


@dataclass(frozen=True)
class SheetAnswer:
    """One sheet that fits, or almost fits, a layout. `rows` is the Arrow file of its rows; `headings` are those of a sheet that loads,
    each with the column that it stands for, empty where it stands for none."""

    sheet: str
    contract: str
    state: str
    reason: str = ""
    rows_in: int = 0
    rows_ignored: int = 0
    rows: str = ""
    headings: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class FileAnswer:
    """What reading one file came to. `reason` is not empty where the whole file was refused; `extracted` are the dates that the
    document itself gives for when it was made and up to when it speaks, the earliest first."""

    sheets: tuple[SheetAnswer, ...] = ()
    reason: str = ""
    extracted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headings:
    """What looks like the header of a sheet: the row's number and its cells."""

    sheet: str
    row: int
    cells: tuple[str, ...]


@dataclass
class Reader:
    """Reads files in a child process, started when first needed and again after a crash. Use as a context manager."""

    layouts: list[Layout]
    scratch: Path
    limits: Limits = field(default_factory=Limits)
    _child: subprocess.Popen[str] | None = None
    _answers: queue.Queue[str] = field(default_factory=queue.Queue)
    _count: int = 0

    def __enter__(self) -> Reader:
        self.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the child so that it is ready when the first file is."""
        if self._child is not None and self._child.poll() is None:
            return
        self._answers = queue.Queue()
        self._child = subprocess.Popen(  # our own interpreter and module
            [sys.executable, "-m", "countermark.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=_listen, args=(self._child.stdout, self._answers), daemon=True).start()
        self._send({"layouts": [layout.plain() for layout in self.layouts], "memory": self.limits.memory})

    def read(self, path: Path) -> FileAnswer:
        """Read one file within the limits. Never raises for what a file holds: a refusal is an answer with a reason."""
        self._count += 1
        answer = self._ask({"path": str(path), "rows": str(self.scratch / f"rows-{self._count}")}, path)
        if "failed" in answer:
            return FileAnswer(reason=FAILED.get(answer["failed"], BROKE_OFF))
        sheets = tuple(SheetAnswer(**sheet) for sheet in answer["sheets"])
        return FileAnswer(sheets, answer["reason"], tuple(answer.get("extracted", ())))

    def headings(self, path: Path) -> tuple[Headings, ...]:
        """The row of each sheet that looks most like a header, within the limits; none where the file cannot be read."""
        answer = self._ask({"path": str(path), "headings": True}, path)
        return tuple(Headings(one["sheet"], one["row"], tuple(one["cells"])) for one in answer.get("headings", []))

    def _ask(self, message: dict[str, Any], path: Path) -> dict[str, Any]:
        self.start()
        self._send(message)
        try:
            line = self._answers.get(timeout=self.limits.seconds_for(path.stat().st_size))
        except queue.Empty:
            line = json.dumps({"failed": "time"})
        answer: dict[str, Any] = json.loads(line) if line else {"failed": "crash"}
        if "failed" in answer:
            self.stop()
        return answer

    def stop(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _send(self, message: dict[str, Any]) -> None:
        if self._child is None or self._child.stdin is None:
            raise RuntimeError("the reading process is not running")
        try:
            self._child.stdin.write(json.dumps(message) + "\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            self._answers.put("")


def _listen(stream: IO[str] | None, answers: queue.Queue[str]) -> None:
    for line in stream or ():
        answers.put(line)
    answers.put("")


def _environment() -> dict[str, str]:
    paths = [str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    frugal = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    return {**os.environ, **frugal, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
