"""`python -m bench`: seconds and peak memory of every layer at scale 1 and 10, cold and warm, beside a floor of the same run.

Medians of three. A control of known cost shows that the measuring measures, and every run's figures are held against the sample's
truth, so that a fast wrong result is no result. `--write` puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

from bench.child import CONTROL_MB, CONTROL_SECONDS, LAYERS
from bench.measuring import ROOT, Measured, MeasurementError, measure, python

AS_AT = date(2022, 10, 31)
HEADCOUNTS = {"PP0", "LA0", "CN0"}


@dataclass
class Scale:
    """All measurements of one scale, a list entry per round."""

    scale: float
    rows: int
    cold: list[Measured] = field(default_factory=list)
    layers: list[Measured] = field(default_factory=list)
    floor: list[Measured] = field(default_factory=list)

    def seconds(self, which: str, *names: str) -> float:
        """Median over the rounds of the summed own time of the named marks."""
        return median(sum(one.layer(name)[0] for name in names) for one in getattr(self, which))

    def peak(self, which: str, name: str) -> float:
        """Median over the rounds of the largest memory inside the named mark, in MB."""
        return median(one.layer(name)[1] for one in getattr(self, which))

    @property
    def work(self) -> float:
        """Seconds of all layers in the second run of one process: the work after start-up."""
        return self.seconds("layers", *(f"warm {layer}" for layer in LAYERS))

    @property
    def least(self) -> float:
        """Seconds of the floor."""
        return self.seconds("floor", "floor reading", "floor members")


def figures_are_true(home: Path, truth: Path) -> int:
    """The number of published figures that equal the truth; MeasurementError where one does not."""
    import duckdb

    snapshot = home / "published" / json.loads((home / "published" / "current").read_text())["snapshot"]
    con = duckdb.connect(str(snapshot), read_only=True)
    found = {
        (indicator, team): (n, d)
        for indicator, team, n, d in con.execute(
            "select indicator_id, team, system_numerator, system_denominator from main.metrics"
        ).fetchall()
    }
    con.close()
    for wanted in json.loads(truth.read_text())["figures"]:
        key = (wanted["indicator_id"], wanted["team"])
        value = (wanted["numerator"], None if wanted["indicator_id"] in HEADCOUNTS else wanted["denominator"])
        if found.get(key, (0, 0)) != value and (value[1] or found.get(key)):
            raise MeasurementError(f"a run published {key} as {found.get(key)}; true is {value}")
    return len(found)


def control(folder: Path) -> tuple[float, float]:
    """Seconds and MB measured of a step that costs half a second and 200 MB. MeasurementError where the measuring is off."""
    seconds, peak = measure(python("bench.child", "control"), folder).layer("control")
    if not (CONTROL_SECONDS * 0.9 <= seconds <= CONTROL_SECONDS * 2.5 and CONTROL_MB <= peak <= CONTROL_MB * 2):
        raise MeasurementError(
            f"the control of {CONTROL_SECONDS} s and {CONTROL_MB} MB was measured as {seconds:.2f} s, {peak:.0f} MB"
        )
    return seconds, peak


def rounds(scale: float, times: int, folder: Path) -> Scale:
    """Write the sample of a scale once and measure it `times` times."""
    from countermark.sample.sample import write_sample

    here = folder / f"scale-{scale:g}"
    truth = write_sample(here, scale=scale, as_at=AS_AT)
    inbox = here / "inbox"
    result = Scale(scale, sum(row["rows_in"] for row in json.loads(truth.read_text())["rows"]))
    for number in range(times):
        homes = [here / f"{name}-{number}" for name in ("cold", "first", "second")]
        say(f"scale {scale:g}, round {number + 1} of {times}: the command")
        command = python(
            "pipelines.command_line", "run", "--inbox", str(inbox), "--as-at", str(AS_AT), "--home", str(homes[0])
        )
        result.cold.append(measure(command, folder))
        figures_are_true(homes[0], truth)
        say(f"scale {scale:g}, round {number + 1} of {times}: the layers")
        result.layers.append(
            measure(python("bench.child", "layers", str(inbox), str(AS_AT), str(homes[1]), str(homes[2])), folder)
        )
        figures_are_true(homes[2], truth)
        result.floor.append(
            measure(python("bench.child", "floor", str(inbox), str(AS_AT), str(homes[0] / "warehouse.duckdb")), folder)
        )
    return result


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def table(scales: list[Scale]) -> list[str]:
    """The measurements as a Markdown table."""
    lines = [
        "| | " + " | ".join(f"scale {s.scale:g}, cold | warm" for s in scales) + " |",
        "|---|" + "---:|" * (2 * len(scales)),
        "| rows delivered | " + " | ".join(f"{s.rows:,} | " for s in scales) + " |",
    ]
    for layer in LAYERS:
        cells = []
        for s in scales:
            cells += [
                f"{s.seconds('layers', f'{kind} {layer}'):.2f} s, {s.peak('layers', f'{kind} {layer}'):.0f} MB"
                for kind in ("cold", "warm")
            ]
        lines.append(f"| {layer} | " + " | ".join(cells) + " |")
    lines.append("| all layers | " + " | ".join(
        f"{s.seconds('layers', *(f'cold {layer}' for layer in LAYERS)):.1f} s | {s.work:.1f} s" for s in scales) + " |")  # fmt: skip
    lines.append("| run in one process, orchestration included | " + " | ".join(
        f"{s.seconds('layers', 'cold whole', *(f'cold {layer}' for layer in LAYERS)):.1f} s | "
        f"{s.seconds('layers', 'warm whole', *(f'warm {layer}' for layer in LAYERS)):.1f} s" for s in scales) + " |")  # fmt: skip
    lines.append("| **`countermark run`, a process of its own, a new home** | " + " | ".join(
        f"**{median(m.seconds for m in s.cold):.1f} s, {median(m.peak() for m in s.cold):.0f} MB** | " for s in scales) + " |")  # fmt: skip
    lines.append(
        "| its processor seconds | " + " | ".join(f"{median(m.cpu for m in s.cold):.1f} s | " for s in scales) + " |"
    )
    lines.append(
        "| floor: the reader alone | "
        + " | ".join(f" | {s.seconds('floor', 'floor reading'):.2f} s" for s in scales)
        + " |"
    )
    lines.append(
        "| floor: the members queries alone | "
        + " | ".join(f" | {s.seconds('floor', 'floor members'):.2f} s" for s in scales)
        + " |"
    )
    lines.append(
        "| **work after start-up ÷ floor** | " + " | ".join(f" | **{s.work / s.least:.1f}**" for s in scales) + " |"
    )
    return lines


def page(scales: list[Scale], times: int, measured: tuple[float, float]) -> str:
    """docs/benchmarks.md."""
    import platform

    import dagster
    import duckdb
    import psutil

    machine = f"{psutil.cpu_count()} shared cores, {psutil.virtual_memory().total >> 30} GB, {platform.system()}"
    versions = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, Dagster {dagster.__version__}"
    parts = [
        "# Benchmarks", "",
        "Written by `python -m bench --write` (`make bench` prints the same). Nothing here is a test: a slow day fails nothing.", "",
        f"Measured on {date.today().isoformat()} on {machine}, {versions}. Medians of {times}. Load of the machine while measuring: "
        f"{', '.join(f'{load:.1f}' for load in psutil.getloadavg())} (1, 5 and 15 minutes).", "",
        *table(scales), "",
        "- *cold*: the first run of a process, imports of each layer included where they happen in it; *warm*: a second run, into another "
        "new home, of the same process. A layer's own time, without layers inside it.",
        "- Memory is the process and its children together, sampled every 50 ms.",
        "- *Floor*: python-calamine and the csv module reading the same files and nothing else, and the same members queries over "
        "conformed tables that are already there, by bare DuckDB. *Work after start-up* is the warm sum of all layers: "
        "it also types, conforms, reconciles, runs every rule, judges them by Great Expectations, certifies and publishes.",
        "- Every run's figures were compared with the sample's truth, and were it. The control, a step of "
        f"{CONTROL_SECONDS} s and {CONTROL_MB} MB, was measured as {measured[0]:.2f} s and {measured[1]:.0f} MB.", "",
        "## Against the aims", "",
        *[f"- {line}" for line in verdicts(scales)], "",
    ]  # fmt: skip
    return "\n".join(parts)


def verdicts(scales: list[Scale]) -> list[str]:
    """Each aim with what was measured."""
    found = []
    for s in scales:
        seconds, peak = median(m.seconds for m in s.cold), median(m.peak() for m in s.cold)
        if s.scale == 1:
            met = "met" if seconds <= 20 and peak <= 1024 else "not met"
            found.append(f"Scale 1 from a cold start in 20 s and 1 GB: {seconds:.1f} s and {peak:.0f} MB, {met}.")
        if s.scale == 10:
            ratio = s.work / s.least
            found.append(
                f"Scale 10, work after start-up at most 3 × the floor: {ratio:.1f} ×, {'met' if ratio <= 3 else 'not met'}."
            )
    return found


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scales", default="1,10")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="countermark-bench-") as name:
        folder = Path(name)
        measured = control(folder)
        scales = [rounds(float(scale), options.rounds, folder) for scale in options.scales.split(",")]
    text = page(scales, options.rounds, measured)
    print(text)
    if options.write:
        (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
