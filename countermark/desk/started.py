"""A run that the desk starts: the pipeline as a process of its own, and how far it has come. Pages import nothing of the pipeline.

What it prints names no child and no file; it is kept beside the upload, for the time of the run, to tell the step that it is at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from countermark.home import Home

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
STEPS = (
    "Waiting for another run to end", "Taking in deliveries", "Conforming", "Listing cases", "Validating", "Reconciling",
    "Certifying and publishing",
)  # fmt: skip
OUTPUT, STATE = "run.txt", "run.json"


@dataclass(frozen=True)
class Progress:
    """Where a run stands: `step` in words, `ended`, and whether it `failed`."""

    step: str
    ended: bool
    failed: bool = False


def start(home: Home, authority: str, as_at: date, mark: str) -> None:
    """Start a run over the home's own inbox. `mark` names the folder below `home/uploads` that tells how far it has come."""
    folder = home.uploads / mark
    for place in (home.inbox, folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "pipelines.command_line", "run", "--inbox", str(home.inbox), "--as-at", as_at.isoformat(),
        "--home", str(home.path), "--authority", authority,
    ]  # fmt: skip
    paths = [str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with os.fdopen(os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        process = subprocess.Popen(  # noqa: S603  our own interpreter and module, and no word of a person's
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    _note(folder, {"pid": process.pid, "code": None})
    threading.Thread(target=_await, args=(process, folder), name="run", daemon=True).start()


def progress(home: Home, mark: str) -> Progress | None:
    """How far the run has come; None where none was started under this mark."""
    folder = home.uploads / mark
    if not (folder / STATE).is_file():
        return None
    said = json.loads((folder / STATE).read_text(encoding="utf-8"))
    if said["code"] is not None:
        return Progress("Published" if said["code"] == 0 else "The run failed", True, said["code"] != 0)
    if not _alive(int(said["pid"])):  # whoever waited for it is gone: the receipts tell what became of the file
        return Progress("Ended", True)
    printed = (folder / OUTPUT).read_text(encoding="utf-8", errors="replace") if (folder / OUTPUT).is_file() else ""
    return Progress(next((step for step in reversed(STEPS) if step in printed), "Starting"), False)


def why_failed(home: Home, mark: str) -> list[str]:
    """The sentences with which a failed run ended, as the command line would say them."""
    path = home.uploads / mark / OUTPUT
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return [line for line in lines if line.strip() and not any(line.startswith(step) for step in STEPS)][-3:]


def _await(process: subprocess.Popen[bytes], folder: Path) -> None:
    code = process.wait()
    if folder.is_dir():
        _note(folder, {"pid": process.pid, "code": code})


def _note(folder: Path, said: dict[str, int | None]) -> None:
    draft = folder / f"{STATE}.draft"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.replace(folder / STATE)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
