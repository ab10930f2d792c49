"""The rounds of one scale: a cold run, two runs in one process, the floor, in turn, so that a slow minute hits all of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import truth
from bench.child import CONTROL_MB, CONTROL_SECONDS, LAYERS
from bench.measuring import Measured, MeasurementError, measure, python

AS_AT = "2022-10-31"
SLACK_SECONDS, SLACK_MB = 0.5, 60  # how far off the control may be


@dataclass
class Rounds:
    """What was measured at one scale, a list per kind of process, in rounds."""

    scale: float
    rows: int = 0
    runs: list[Measured] = field(default_factory=list)  # `countermark run` in a fresh process and home
    layers: list[Measured] = field(default_factory=list)  # two runs in one process, with marks
    floors: list[Measured] = field(default_factory=list)

    def layer(self, name: str) -> tuple[float, float]:
        """Median seconds and peak MB of a layer, by the name of its mark."""
        found = [one.layer(name) for one in self.layers]
        return median(seconds for seconds, _ in found), median(size for _, size in found)

    def before(self) -> float:
        """Median seconds from the process's start to that of its first run."""
        return median(next(m.began for m in one.marks if m.name == "cold whole") - one.began for one in self.layers)

    def whole(self, kind: str) -> float:
        """Median seconds of the first (cold) or second (warm) run in one process."""
        return median(one.span(f"{kind} whole") for one in self.layers)

    def floor(self, part: str) -> float:
        """Median seconds of one part of the floor."""
        return median(one.span(f"floor {part}") for one in self.floors)

    def ratio(self, without: tuple[str, ...] = ()) -> float:
        """Median over the rounds of the second run's time, less that of some layers, by the same round's floor."""
        return median(
            (run.span("warm whole") - sum(run.layer(f"warm {layer}")[0] for layer in without))
            / (floor.span("floor reading") + floor.span("floor members"))
            for run, floor in zip(self.layers, self.floors, strict=True)
        )


def of_scale(scale: float, times: int, folder: Path, say: Callable[[str], None]) -> Rounds:
    """Measure one scale below `folder`. MeasurementError where a process fails or publishes anything but the truth."""
    sample = folder / f"sample-{scale}"
    measure(
        python(
            "pipelines.command_line",
            "sample",
            "--out",
            str(sample),
            "--scale",
            str(scale),
            "--as-at",
            AS_AT,
            "--sources",
            "annex_a",
        ),
        folder,
    )
    inbox, said = sample / "inbox", sample / "truth.json"
    result = Rounds(scale, sum(row["rows_in"] for row in json.loads(said.read_text(encoding="utf-8"))["rows"]))
    false = truth.tampered(said, folder / "tampered.json")
    for number in range(1, times + 1):
        homes = [folder / f"{kind}-{scale}-{number}" for kind in ("run", "first", "second")]
        say(f"scale {scale:g}, round {number} of {times}: a cold run")
        result.runs.append(
            measure(
                python(
                    "pipelines.command_line", "run", "--inbox", str(inbox), "--as-at", AS_AT, "--home", str(homes[0])
                ),
                folder,
            )
        )
        say(f"scale {scale:g}, round {number} of {times}: two runs in one process")
        result.layers.append(
            measure(python("bench.child", "layers", str(inbox), AS_AT, str(homes[1]), str(homes[2])), folder)
        )
        for home in homes:
            if problems := truth.wrong(home, said):
                raise MeasurementError(
                    f"A run at scale {scale:g} published something wrong: {problems[0]}, {len(problems)} in all."
                )
            if not truth.wrong(home, false):
                raise MeasurementError("The comparison with truth.json did not notice a figure that is one too high.")
        say(f"scale {scale:g}, round {number} of {times}: the floor")
        result.floors.append(
            measure(python("bench.child", "floor", str(inbox), AS_AT, str(homes[0] / "warehouse.duckdb")), folder)
        )
        for home in homes:
            shutil.rmtree(home)
    return result


def control(folder: Path) -> tuple[float, float]:
    """Measure a step of known cost: its seconds, and the MB that it added."""
    found = measure(python("bench.child", "control"), folder)
    step = next(mark for mark in found.marks if mark.name == "control")
    return step.seconds, found.peak(step.began, step.ended) - found.peak(0, step.began)


def control_holds(seconds: float, size: float) -> bool:
    """Whether the control was measured as what it is: never too little, too much only within the slack."""
    return 0.98 * CONTROL_SECONDS <= seconds <= CONTROL_SECONDS + SLACK_SECONDS and abs(size - CONTROL_MB) <= SLACK_MB


def missing(rounds: Rounds) -> list[str]:
    """Layers without a mark: a function was renamed, and its time would hide in another's."""
    there = {mark.name for one in rounds.layers for mark in one.marks}
    return [f"{kind} {layer}" for kind in ("cold", "warm") for layer in LAYERS if f"{kind} {layer}" not in there]
