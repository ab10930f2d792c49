"""What the measured processes do: two runs in one process with a mark round every layer, the floor, and the control.

Started by `python -m bench.child`; writes its marks as JSON into the file named in BENCH_MARKS. Nothing in the product knows of it:
the marks are put round the layers' own functions here.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

# layer -> the functions whose time is its own, by the module that calls them
LAYERS: dict[str, tuple[tuple[str, str], ...]] = {
    "intake and raw": (("assets.intake", "intake"),),
    "typed": (("countermark.warehouse.intake", "create_typed"), ("assets.conformed", "create_typed")),
    "conform": (("assets.conformed", "conform"),),
    "members": (("countermark.reconcile.abreast", "compute"),),
    "reconcile": (
        ("countermark.reconcile.bridges_abreast", "bridge"),
        ("countermark.reconcile.bridges_abreast", "roll_forward"),
        ("countermark.reconcile.bridges_abreast", "check"),
        ("assets.figures", "record_definitions"),
    ),
    "rules": (("expectations.violations", "evaluate"),),
    "Great Expectations": (("expectations.suites", "run"),),
    "certify and publish": (
        ("assets.publication", "record_deliveries"),
        ("assets.publication", "record"),
        ("assets.publication", "publish_from_warehouse"),
    ),
}
CONTROL_SECONDS, CONTROL_MB = 0.5, 200

_marks: list[dict[str, Any]] = []
_open: list[float] = []  # per mark under way: the time of the marks that ended inside it


@contextmanager
def mark(name: str) -> Iterator[None]:
    """Note a stretch of time; one inside another is taken off the outer one's own time."""
    began = time.time()
    _open.append(0.0)
    try:
        yield
    finally:
        ended = time.time()
        inner = _open.pop()
        if _open:
            _open[-1] += ended - began
        _marks.append({"name": name, "began": began, "ended": ended, "inner": inner})


def _marked(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with mark(name):
            return function(*args, **kwargs)

    return inside


def layers(inbox: Path, as_at: date, homes: list[Path]) -> None:
    """The whole pipeline once per home, in this process: marks `cold …` for the first, `warm …` for those after it."""
    from pipelines.running import run  # its own imports are part of the first run

    import_module("pipelines.instance").prepare(import_module("countermark.home").Home.open(homes[0]))
    originals = {place: getattr(import_module(place[0]), place[1]) for places in LAYERS.values() for place in places}
    for home, name in zip(homes, ["cold", *["warm"] * len(homes)], strict=False):
        for layer, places in LAYERS.items():
            for place in places:
                setattr(import_module(place[0]), place[1], _marked(f"{name} {layer}", originals[place]))
        place = import_module("countermark.home").Home.open(home)
        with mark(f"{name} whole"):
            result = run(place, inbox, as_at, None)
        if not result.ok:
            raise SystemExit("\n".join(result.reasons))


def floor(inbox: Path, as_at: date, warehouse: Path) -> None:
    """The least that this work can cost here: the reader alone over the same files, then the members queries over conformed tables."""
    import duckdb
    import python_calamine

    from countermark.contracts.catalogue import load
    from countermark.reconcile.members import BASES, Position, given, is_due, look_at
    from countermark.warehouse.connect import connect

    books, texts = sorted(inbox.rglob("*.xlsx")), sorted(inbox.rglob("*.csv"))
    with mark("floor reading"):
        rows = 0
        for path in books:
            book = python_calamine.CalamineWorkbook.from_path(path)
            rows += sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
        for path in texts:
            with path.open(newline="", encoding="utf-8", errors="replace") as file:
                rows += sum(1 for _ in csv.reader(file))
    catalogue = load()
    con: duckdb.DuckDBPyConnection = connect(warehouse, catalogue.sql)
    authority = con.execute("select authority from facts.basis").fetchall()[0][0]
    con.execute("select ?", ["a first parameter, which makes DuckDB import what it needs for parameters"])
    with mark("floor members"):
        for basis in BASES:
            look_at(con, catalogue, Position(authority, as_at), basis)
            for indicator in catalogue.indicators.values():
                if is_due(indicator, as_at) and indicator.stage == "members":
                    sql = indicator.members_sql.strip().rstrip(";")
                    values = given(indicator, as_at)
                    used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", sql)}
                    con.execute(f"create or replace temp table members_here as {sql}", used)


def control() -> None:
    """A step of known cost, so that the measuring is measured."""
    time.sleep(CONTROL_SECONDS)
    with mark("control"):
        until = time.time() + CONTROL_SECONDS
        held = bytearray(os.urandom(1)) * (CONTROL_MB << 20)
        time.sleep(max(0.0, until - time.time()))
        del held


def main(arguments: list[str]) -> None:
    """`layers INBOX AS_AT HOME…`, `floor INBOX AS_AT WAREHOUSE` or `control`."""
    what, *rest = arguments
    if what == "control":
        control()
    elif what == "floor":
        floor(Path(rest[0]), date.fromisoformat(rest[1]), Path(rest[2]))
    else:
        layers(Path(rest[0]), date.fromisoformat(rest[1]), [Path(home) for home in rest[2:]])
    save()


def save() -> None:
    """Write the marks for the process that measures this one."""
    Path(os.environ["BENCH_MARKS"]).write_text(json.dumps(_marks), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
