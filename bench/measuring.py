"""Running one measurement in a process of its own: seconds by the clock, processor seconds, and memory as it is sampled.

Memory is the resident size of the process and all its children added, sampled every 50 ms by psutil; pages that processes share
count in each of them. Processor seconds are what the kernel charged the process and the children that it waited for (wait4).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
EVERY = 0.05  # seconds between two samples
CHILDREN_EVERY = 5  # samples between two looks for new children: that look goes through every process of the machine
MB = 1 << 20


class MeasurementError(RuntimeError):
    """A measured process failed; its last lines are the text."""


@dataclass(frozen=True)
class Mark:
    """A named stretch of a measured process, in seconds since the epoch; `inner` is the time of marks inside it."""

    name: str
    began: float
    ended: float
    inner: float = 0.0

    @property
    def seconds(self) -> float:
        """Its own time, marks inside it left out."""
        return self.ended - self.began - self.inner


@dataclass
class Measured:
    """What one process cost. `samples` are (seconds since the epoch, bytes)."""

    seconds: float = 0.0
    cpu: float = 0.0
    began: float = 0.0
    samples: list[tuple[float, int]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def peak(self, began: float = 0.0, ended: float = float("inf")) -> float:
        """The largest sample between two moments in MB; the one nearest to their middle where none was taken between them."""
        inside = [size for at, size in self.samples if began <= at <= ended]
        if not inside and self.samples:
            inside = [min(self.samples, key=lambda sample: abs(sample[0] - (began + ended) / 2))[1]]
        return max(inside, default=0) / MB

    def span(self, name: str) -> float:
        """Seconds from the beginning to the end of a mark, what is inside it counted too."""
        return sum(mark.ended - mark.began for mark in self.marks if mark.name == name)

    def layer(self, name: str) -> tuple[float, float]:
        """Seconds and peak MB of all marks of one name."""
        found = [mark for mark in self.marks if mark.name == name]
        return sum(mark.seconds for mark in found), max(
            (self.peak(mark.began, mark.ended) for mark in found), default=0.0
        )


def measure(command: Sequence[str], folder: Path) -> Measured:
    """Run `command` below the project's root and measure it; its marks are read from the file named in BENCH_MARKS."""
    marks = folder / f"marks-{time.monotonic_ns()}.json"
    said = folder / "said.txt"
    result = Measured(began=time.time())
    with said.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"BENCH_MARKS": str(marks), "COLUMNS": "100"},
        )
        sampler = threading.Thread(target=_sample, args=(process.pid, result.samples), daemon=True)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    result.seconds = time.time() - result.began
    result.cpu = usage.ru_utime + usage.ru_stime
    sampler.join()
    if process.returncode != 0:
        raise MeasurementError(
            f"{' '.join(command)}:\n" + "\n".join(said.read_text(errors="replace").splitlines()[-12:])
        )
    if marks.exists():
        result.marks = [Mark(**one) for one in json.loads(marks.read_text())]
    return result


def python(*arguments: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, "-m", *arguments]


def _sample(pid: int, samples: list[tuple[float, int]]) -> None:
    """Add a sample every so often until the process is gone."""
    try:
        main = psutil.Process(pid)
    except psutil.Error:
        return
    family, look = [main], 0
    while main.is_running() and main.status() != psutil.STATUS_ZOMBIE:
        look += 1
        if look % CHILDREN_EVERY == 1:
            family = [main, *_children(main)]
        samples.append((time.time(), sum(_size(one) for one in family)))
        time.sleep(EVERY)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
