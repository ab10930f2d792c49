"""Every check: style, types, SQL, imports, generated pages, two at a time, then the tests. What `make test` runs.

All of them run even where one fails; the exit code is 1 then, and their names stand above the tests' own closing line, which
comes last. Arguments are handed on to the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CHECKS: dict[str, list[str]] = {  # the two that take long first, beside each other
    "sqlfluff": ["sqlfluff", "lint", "sql", "--disable-progress-bar"],
    "mypy": ["mypy"],
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "lint-imports": ["lint-imports"],
    "docs and site": ["python", "tools/site.py", "--check"],
}
# Files in their own order: the long ones (whole runs, browsers) come first so, and the ends of both processes lie close together.
TESTS = ["pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def run(command: list[str], *, heard: bool = False) -> tuple[int, str]:
    """Run a command of this environment in the project's folder: its exit code and its last line of words.

    Its output is shown at once where `heard`, else only where it failed.
    """
    program = BIN / command[0]
    environment = os.environ | {"PYTHONUTF8": "1", "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    with subprocess.Popen(
        [str(program), *command[1:]],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line)
            if heard:
                sys.stdout.write(line)
                sys.stdout.flush()
    if process.returncode and not heard:
        sys.stdout.write("".join(lines))
    worded = [line.strip() for line in lines if line.strip()]
    return process.returncode, worded[-1] if worded else ""


def holds(name: str) -> bool:
    """Run one of CHECKS and say how long it took."""
    began = time.monotonic()
    code, _ = run(CHECKS[name])
    print(f"{name:14} {'failed' if code else 'ok':6} {time.monotonic() - began:5.1f} s", flush=True)
    return not code


def main() -> int:
    """Run all checks; 0 where every one holds."""
    with ThreadPoolExecutor(2) as two:
        held = list(two.map(holds, CHECKS))
    failed = [name for name, well in zip(CHECKS, held, strict=True) if not well]
    code, closing = run([*TESTS, *sys.argv[1:]], heard=True)
    failed += ["pytest"] if code else []
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
        print(closing)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
