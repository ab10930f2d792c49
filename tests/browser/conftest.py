"""One browser and one served home for each process of tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from tests.browser import kit


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = kit.chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(kit.FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The invented authority with its history and a month's work waiting, made once for all processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "browser-demo"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            draft = folder.with_name("browser-demo-draft")
            shutil.rmtree(draft, ignore_errors=True)
            options = ["--scale", "0.1", "--history", "14", "--desk"]
            command = [Path(sys.executable).with_name("countermark"), "demo", "--home", draft / "home", *options]
            made = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
            draw = ["AS2", "--as-at", "2022-10-31", "--by", "Tomasz Ingleshaw", "--out", draft / "sample.xlsx"]
            draw += ["--files", "500"]  # every case, so that whichever manager signs in has a file in it
            command = [command[0], "dip-sample", *draw, "--home", draft / "home"]
            made = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
            draft.rename(folder)
    return folder / "home"


@pytest.fixture(scope="module")
def address(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages over a copy of the demo home, for the tests of one file."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(demo_home, folder / "home")
    with kit.served(folder / "home", folder / "log") as found:
        yield found
    assert "Traceback" not in (folder / "log").read_text()
