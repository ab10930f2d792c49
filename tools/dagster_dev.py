"""Dagster's own server over a home, for the picture and for its test: started on a free loopback port, ended with all it started."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN = 180
ENDS_WITHIN = 20


@dataclass(frozen=True)
class Server:
    """A running `dagster dev`."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def ask(self, query: str, **variables: Any) -> Any:
        """The data that GraphQL answers with. RuntimeError where it says that something is wrong."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.load(answer)
        if said.get("errors"):
            raise RuntimeError(json.dumps(said["errors"])[:2000])
        return said["data"]

    def answers(self) -> bool:
        """Whether it is up and has loaded the definitions."""
        try:
            return bool(self.ask("{ assetNodes { id } }")["assetNodes"])
        except (OSError, urllib.error.URLError, RuntimeError):
            return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, inbox: Path, log: Path) -> Iterator[Server]:
    """`dagster dev -w workspace.yaml` over a home that `countermark prepare` made."""
    told = {"COUNTERMARK_HOME": str(home), "COUNTERMARK_INBOX": str(inbox), "DAGSTER_HOME": str(home / "dagster")}
    port = free_port()
    program = str(Path(sys.executable).with_name("dagster"))
    command = [program, "dev", "-w", str(ROOT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | told, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        until = time.monotonic() + STARTS_WITHIN
        while not server.answers():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.5)
        yield server
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, and see to it that nothing it started is left."""
    family = [] if process.poll() is not None else psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _, alive = psutil.wait_procs(family, timeout=ENDS_WITHIN)
    for one in alive:
        one.kill()
    psutil.wait_procs(alive, timeout=ENDS_WITHIN)
