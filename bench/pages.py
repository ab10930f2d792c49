"""`python -m bench.pages`: how long pages take with fifty people at them, at each scale, beside a floor and a control.

Floor: the same visitors at a page that does nothing but answer. Control: a page that waits 100 ms has to be measured so.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measuring import ROOT, MeasurementError

PAGE = ROOT / "docs" / "benchmarks-pages.md"
AIMS = {1.0: 0.3, 50.0: 1.0}  # seconds at the 95th percentile
BIN = Path(sys.executable).parent
WAIT = 0.1


@dataclass(frozen=True)
class Seen:
    """What a crowd measured at one scale. Times in seconds by kind of page."""

    scale: float
    times: dict[str, list[float]]
    seconds: float
    generator_cpu: float
    server_cpu: float
    server_memory: float

    @property
    def all(self) -> list[float]:
        """Every answer's time."""
        return [took for times in self.times.values() for took in times]


def percentile(times: list[float], part: float) -> float:
    """The time that `part` of the answers kept within."""
    return (
        statistics.quantiles(times, n=1000, method="inclusive")[round(part * 1000) - 1] if len(times) > 1 else times[0]
    )


def crowd(address: str, seconds: float) -> dict[str, Any]:
    """The visitors as a process of their own."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.visitors", address, str(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise MeasurementError(f"the visitors failed: {found.stderr[-500:]}")
    said: dict[str, Any] = json.loads(found.stdout)
    if said["failed"] or not said["times"]:
        raise MeasurementError(f"{said['failed']} visitors or pages failed: {said['errors']}")
    return said


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, Any]]:
    """The pages over a home; their address and process."""
    import psutil

    command = [str(BIN / "countermark"), "serve", "--home", str(home), "--port", "0", "--demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = next((m[0] for line in server.stdout or () if (m := re.search(r"http://\S+", line))), "")
            yield address, psutil.Process(server.pid)
        finally:
            server.terminate()


@contextmanager
def simple(wait: float) -> Iterator[str]:
    """A server of the same kind with one page that answers after `wait` seconds, and a sign-in page for the visitors."""
    from time import sleep

    from waitress.server import create_server

    from bench.visitors import PEOPLE

    buttons = "".join(f'<button name="username" value="x">X, {role}<' for role in PEOPLE)
    page = f'<input name="csrf_token" value="x">{buttons}<a href="/page">on</a>'.encode()

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/page":
            sleep(wait)
        start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(page)))])
        return [page]

    server = create_server(application, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()


def at_scale(scale: float, seconds: float, folder: Path) -> Seen:
    """The crowd at the invented authority of a scale; the first ten seconds warm the pages up and are not counted."""
    home = folder / f"{scale:g}" / "home"
    print(f"Making the invented authority at scale {scale:g} …", file=sys.stderr, flush=True)
    if not home.exists():
        # fifteen months of an authority fifty times the size would take an hour to make
        history = ["--history", "14"] if scale <= 1 else []
        command = [BIN / "countermark", "demo", "--home", home, "--scale", str(scale), "--desk", *history]
        subprocess.run([*map(str, command)], check=True, capture_output=True)
    with serving(home) as (address, process):
        print(f"Fifty people for {seconds:g} s at scale {scale:g} …", file=sys.stderr, flush=True)
        crowd(address, 10)
        before = process.cpu_times()
        said = crowd(address, seconds)
        after = process.cpu_times()
        memory = process.memory_info().rss / 1e6
    return Seen(
        scale, _by_kind(said["times"]), said["seconds"], said["cpu"],
        after.user + after.system - before.user - before.system, memory,
    )  # fmt: skip


def _by_kind(times: list[tuple[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for kind, took in times:
        found[kind].append(took)
    return dict(found)


def of_simple(wait: float, seconds: float) -> list[float]:
    """The crowd at a page that only waits."""
    with simple(wait) as address:
        return [took for _, took in crowd(address, seconds)["times"]]


def report(seen: list[Seen], floor: list[float], control: list[float]) -> str:
    """The page of results."""
    base = percentile(floor, 0.95)
    lines = [
        "# Pages under load", "",
        "Fifty people (20 officers, 15 team managers, 10 leaders, 5 board) follow links with five seconds to think in between, on the "
        "same two cores as the pages themselves. Fifteen months at scale 1, one at scale 50. Made by `python -m bench.pages --write` "
        "(part of `make bench`). A page that answers with an error fails the measurement.", "",
        "| scale | answers | median | 95 % within | aim | × floor | server CPU | generator CPU | server memory |",
        "|---|---|---|---|---|---|---|---|---|", *[_row(one, base) for one in seen], "",
        f"Floor: an empty page, 95 % within {_ms(base)}. Control: a page that waits {_ms(WAIT)} was measured with a median of "
        f"{_ms(statistics.median(control))}. CPU is in cores: 100 % is one of the two.", "",
    ]  # fmt: skip
    for one in seen:
        lines += [f"## Scale {one.scale:g}, the slowest pages", ""]
        lines += ["| page | answers | median | 95 % within |", "|---|---|---|---|", *_slowest(one), ""]
    return "\n".join(lines)


def _row(one: Seen, base: float) -> str:
    p95, aim = percentile(one.all, 0.95), AIMS.get(one.scale)
    cells = [
        f"{one.scale:g}", f"{len(one.all)} in {one.seconds:.0f} s", _ms(statistics.median(one.all)), _ms(p95),
        _ms(aim) if aim else "", f"{p95 / base:.1f}", f"{one.server_cpu / one.seconds:.0%}",
        f"{one.generator_cpu / one.seconds:.0%}", f"{one.server_memory:.0f} MB",
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _slowest(one: Seen, many: int = 12) -> list[str]:
    slowest = sorted(one.times.items(), key=lambda item: -percentile(item[1], 0.95))[:many]
    return [
        f"| `{kind}` | {len(t)} | {_ms(statistics.median(t))} | {_ms(percentile(t, 0.95))} |" for kind, t in slowest
    ]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def main() -> int:
    """0 where everything was measured and the control holds."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--scales", nargs="+", type=float, default=[1.0, 50.0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--homes", type=Path, help="a folder that keeps the homes for the next time")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-pages.md")
    asked = parser.parse_args()
    try:
        floor, control = of_simple(0, 15), of_simple(WAIT, 15)
        if not WAIT <= statistics.median(control) < WAIT * 1.5:
            raise MeasurementError(f"The control of {WAIT} s was measured as {statistics.median(control):.3f} s.")
        with tempfile.TemporaryDirectory(prefix="bench-pages-") as name:
            seen = [at_scale(scale, asked.seconds, asked.homes or Path(name)) for scale in asked.scales]
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 1
    text = report(seen, floor, control)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
