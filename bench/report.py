"""What was measured, as Markdown: the table on the terminal and docs/benchmarks.md are the same text."""

from __future__ import annotations

import importlib.util
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

from bench.child import LAYERS
from bench.measuring import MB
from bench.rounds import Rounds

AIM_SECONDS, AIM_MB, AIM_RATIO = 20.0, 1024.0, 3.0
FIXED = ("whole", "Great Expectations")  # what hardly grows with the rows
PARTS = ("duckdb", "dagster", "great-expectations", "python-calamine", "pyarrow", "sqlalchemy", "pandas")

HOW = """
## How it is measured

- Every measurement runs in a process of its own; each figure is the median of {times} rounds, and a round holds one of each kind, so
  that a slow minute hits all of them.
- **`countermark run`** is the real command in a fresh process and a fresh home: interpreter, imports, Dagster with its stored
  instance, Great Expectations with its Data Docs, everything.
- **First and second run** are two runs in one process, each into a fresh home, through Dagster, with marks put round the layers' own
  functions from outside. What a layer imports when it first runs is in its first time. The second run is the *work after start-up*.
- **Memory** is the resident size of the process and all its children added, sampled every 50 ms. Pages that processes share count in
  each, and a layer includes what earlier layers left behind: it is the size of the process during the layer, not the layer's own need.
- **CPU seconds** are what the kernel charged the process and the children that it waited for, all threads together.
- **The floor** is measured in the same rounds: python-calamine reads the same workbooks, and Python's csv module the same CSV files,
  in one thread, and nothing is done with the rows; then bare DuckDB runs the same members queries, both bases, on tables that are
  already conformed. Its process has imported everything and opened the database before the clock starts. No types, no
  receipts, no bridges, no rules, no ledger, no snapshot: it is what the work could not cost less than with these parts.
- **Controls**: {control}
  Every home that was measured published exactly what the sample's `truth.json` says, every figure and every difference, or nothing
  is reported; that comparison is made to fail first, on a copy of the truth with one figure one higher.
"""

READING = """
## Reading the figures

- A run keeps about one core busy: the tables are smaller than what the engine divides among threads, and Dagster and Great
  Expectations are single-threaded. A second core helps the reading process and little else.
- Dagster's stored instance and Great Expectations cost the same at every scale; the line *without Dagster and Great Expectations*
  shows what grows with the rows. More than a third of that is reading: beside what the floor does, the reading process proves every
  part of the archive, finds error cells and formulas without a value in the sheet's XML, and turns every cell into text.
- Tried without gain: importing Great Expectations in a thread while files are read (Python runs one thread at a time, and the run is
  busy itself); smaller row groups, to divide small tables among threads; the collector of garbage switched off in the reading process.
- Not tried: two reading processes at once. It would take about 2 s off scale 10, and would double the memory that damaged files may take.
"""


def write(found: list[Rounds], controlled: tuple[float, float], loads: tuple[float, float]) -> str:
    """The whole page."""
    times = len(found[0].runs) if found else 0
    seconds, size = controlled
    control = f"a step of 0.5 s and 200 MB was measured as {seconds:.2f} s and {size:.0f} MB."
    parts = [
        "# Benchmarks\n",
        "Written by `python -m bench --write`; `make bench` prints the same. No number in the tables is typed by hand.\n",
    ]
    parts += [
        aims(found),
        *[table(one) for one in found],
        READING,
        HOW.format(times=times, control=control),
        machine(loads),
    ]
    return "\n".join(parts)


def aims(found: list[Rounds]) -> str:
    """The aims beside what was found, missed ones said plainly."""
    lines = ["| aim | found | |", "|---|---|---|"]
    for one in found:
        if one.scale == 1:
            seconds, size = median(run.seconds for run in one.runs), median(run.peak() for run in one.runs)
            lines.append(_aim("scale 1 from a cold start within 20 s", f"{seconds:.1f} s", seconds <= AIM_SECONDS))
            lines.append(_aim("scale 1 within 1 GB", f"{size:.0f} MB", size <= AIM_MB))
        if one.scale == 10:
            lines.append(
                _aim(
                    "scale 10: the work after start-up at most 3 times the floor",
                    f"{one.ratio():.1f} times",
                    one.ratio() <= AIM_RATIO,
                )
            )
    return "\n".join([*lines, ""])


def _aim(aim: str, found: str, held: bool) -> str:
    return f"| {aim} | {found} | {'held' if held else '**missed**'} |"


def table(one: Rounds) -> str:
    """One scale: layers, whole runs, floor."""
    lines = [
        f"## Scale {one.scale:g}: {one.rows:,} rows in\n",
        "| layer | first run, s | MB | second run, s | MB |",
        "|---|---:|---:|---:|---:|",
        f"| imports before the run | {one.before():.2f} | | | |",
    ]
    for layer in [*LAYERS, "whole"]:
        (cold, cold_size), (warm, warm_size) = one.layer(f"cold {layer}"), one.layer(f"warm {layer}")
        name = "Dagster and what is between" if layer == "whole" else layer
        lines.append(f"| {name} | {cold:.2f} | {cold_size:.0f} | {warm:.2f} | {warm_size:.0f} |")
    lines += [
        f"| **whole run** | **{one.whole('cold'):.2f}** | | **{one.whole('warm'):.2f}** | |",
        "",
        "| | seconds | CPU seconds | peak MB |",
        "|---|---:|---:|---:|",
        f"| `countermark run`, cold | {median(r.seconds for r in one.runs):.2f} | {median(r.cpu for r in one.runs):.2f} "
        f"| {median(r.peak() for r in one.runs):.0f} |",
        f"| floor: reading | {one.floor('reading'):.2f} | | |",
        f"| floor: members queries | {one.floor('members'):.2f} | | |",
        f"| second run by floor | **{one.ratio():.1f} times** | | |",
        f"| the same without Dagster and Great Expectations | {one.ratio(FIXED):.1f} times | | |",
        "",
    ]
    return "\n".join(lines)


def machine(loads: tuple[float, float]) -> str:
    """On what, when, and how busy it was."""
    memory = psutil.virtual_memory().total / MB / 1024
    spec = importlib.util.find_spec("great_expectations")
    compiled = bool(spec and spec.cached and Path(spec.cached).exists())
    facts = [
        f"{datetime.now(UTC):%d %B %Y}", f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "packages compiled to bytecode beforehand, as pip does" if compiled
        else "packages **not** compiled to bytecode: every start compiles them, which costs about 8 s",
        f"load average {loads[0]:.1f} when it began and {loads[1]:.1f} when it ended: above 1, times hold the waiting for others",
        ", ".join(f"{name} {version(name)}" for name in PARTS),
    ]  # fmt: skip
    return "\n".join(["## On what\n", *(f"- {fact}" for fact in facts), ""])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
