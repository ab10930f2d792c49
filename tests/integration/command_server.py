"""A process that has everything imported and forks real runs of the command line, so that a test pays the imports once.

Much is imported only where it is needed (Great Expectations takes seconds). What a run that ended well had imported in the end, the
server imports before the next: no list has to be kept.

One order a line on standard input, one answer a line on standard output. What ends, limits or slows a run is put in here, from
outside: the product holds nothing for tests. Not a test itself; `commands.py` is its other end.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
IMPORTS = "imported.txt"


def make_ready() -> None:
    """Import what a run imports. The definitions are built once: they are the same for every run of the shipped catalogue."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"GX_ANALYTICS_ENABLED": "false", "DAGSTER_DISABLE_TELEMETRY": "yes"}
    for name in ("command_line", "console", "running", "definitions", "demo"):
        import_module(f"pipelines.{name}")
    for name in (
        "expectations.just_made",  # with it Great Expectations, which takes seconds to load
        "great_expectations.expectations",
        "expectations.dialect",
        "expectations.suites",
        "expectations.violations",
        "countermark.exports.export",
        "countermark.sample.sample",
    ):
        import_module(name)


def _tell_imports(file: Path) -> None:
    """Leave to the server the names of what this run has imported."""
    names = [name for name, module in sys.modules.items() if getattr(module, "__spec__", None) is not None]
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text("\n".join(names), encoding="utf-8")
    draft.replace(file)


def import_told(file: Path) -> None:
    """Import what the last run left word of."""
    if file.exists():
        for name in file.read_text(encoding="utf-8").split():
            if name not in sys.modules:
                with suppress(Exception):  # what can only be imported from within something else
                    import_module(name)
        file.unlink()


def _named(path: str) -> tuple[Any, str]:
    """`module:Class.method` as its holder and the last name."""
    module, _, names = path.partition(":")
    *holders, last = names.split(".")
    return functools.reduce(getattr, holders, import_module(module)), last


def _around(path: str, before: Any = None, after: Any = None) -> None:
    """Have something done before or after a function, wherever a module of ours has imported it."""
    holder, name = _named(path)
    real = getattr(holder, name)
    plain = real.__func__ if isinstance(real, staticmethod) else real

    @functools.wraps(plain)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            before(*args)
        answer = plain(*args, **kwargs)
        if after:
            after(*args)
        return answer

    setattr(holder, name, wrapped)
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").split(".")[0] in ("countermark", "assets", "pipelines", "expectations"):
            for known, value in list(vars(module).items()):
                if value is real:
                    setattr(module, known, wrapped)


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment: str) -> None:
    """Arrange the end. `before module:name`, `after module:name`, or a Dagster event: `STEP_START conform`."""
    when, _, where = moment.partition(" ")
    if when in ("before", "after"):
        _around(where, **{when: _die})
        return

    def look(_: Any, event: Any, *__: Any) -> None:
        found = event.dagster_event
        if found is not None and (found.event_type_value, found.step_key) == (when, where):
            _die()

    _around("dagster._core.storage.event_log.sqlite.sqlite_event_log:SqliteEventLogStorage.store_event", after=look)


def _child(order: dict[str, Any]) -> int:
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(order["folder"])
    os.environ |= order["env"]
    if "COUNTERMARK_DEFINITIONS" not in order["env"]:
        definitions = import_module("pipelines.definitions")
        definitions.build = lambda: definitions.defs
    if order["die_at"]:
        die_at(order["die_at"])
    if order["largest_file"]:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], resource.RLIM_INFINITY))
    sys.argv = ["countermark", *order["arguments"]]
    code = 0
    try:
        import_module("pipelines.command_line").main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 99
    if code == 0 and not order["largest_file"]:
        _tell_imports(Path(order["folder"]) / IMPORTS)
    return code


def fork(order: dict[str, Any]) -> int:
    """Start a run; its process id."""
    import_told(Path(order["folder"]) / IMPORTS)
    pid = os.fork()
    if pid:
        return pid
    code = 98
    try:
        code = _child(order)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(pid: int, seconds: float) -> int | None:
    """The exit code of a run, minus the signal where it was killed; None where it has not ended in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    return None


def main() -> None:
    """Serve until standard input ends."""
    make_ready()
    for line in sys.stdin:
        order = json.loads(line)
        answer = wait(order["pid"], order["seconds"]) if "pid" in order else fork(order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
