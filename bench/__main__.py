"""`python -m bench`: measure, check that measuring works and that the figures are right, print. `--write` renews docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench.measuring import ROOT, MeasurementError
from bench.report import write
from bench.rounds import control, control_holds, missing, of_scale

PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """0 where everything was measured, 1 where a process, a control or a figure is wrong: then nothing is written."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scales", nargs="+", type=float, default=[1.0, 10.0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            controlled = control(folder)
            if not control_holds(*controlled):
                raise MeasurementError(
                    "The control of 0.5 s and 200 MB was measured as {:.2f} s and {:.0f} MB.".format(*controlled)
                )
            found = [
                of_scale(scale, asked.rounds, folder, lambda text: print(text, file=sys.stderr, flush=True))
                for scale in asked.scales
            ]
        for one in found:
            if unmarked := missing(one):
                raise MeasurementError(f"Nothing was measured of {', '.join(unmarked)}: see LAYERS in bench/child.py.")
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 1
    page = write(found, controlled, (load, os.getloadavg()[0]))
    print(page)
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
