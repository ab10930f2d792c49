"""Whether what a measured run published is right: the figures and differences that the sample itself knows. A fast wrong run is none."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.snapshot import find
from countermark.home import Home

Figures = dict[tuple[str, str], tuple[Any, ...]]


def wrong(home: Path, truth: Path) -> list[str]:
    """What differs between a home's current snapshot and truth.json, in words; empty where nothing does.

    Truth is told of some figures; of the others nothing is known here.
    """
    said = json.loads(truth.read_text(encoding="utf-8"))
    told = {one["indicator_id"] for one in said["figures"]}
    with duckdb.connect(str(find(Home(home))), read_only=True) as con:
        found: Figures = {
            (row[0], row[1]): row[2:]
            for row in con.execute(
                "select indicator_id, team, system_numerator, system_denominator, not_countable, overtaken from main.metrics"
            ).fetchall()
            if row[0] in told
        }
        breaks = Counter(
            con.execute(
                "select indicator_id, team, case_id, measure, effect, reason from main.breaks where team <> 'ALL'"
            ).fetchall()
        )
    wanted = figures(said, set(found))
    differences = Counter(
        (one["indicator_id"], one["team"], one["case_id"], one["measure"], one["effect"], one["reason"])
        for one in said["differences"]
    )
    problems = [
        f"figure {key}: {found.get(key)} and not {wanted.get(key)}"
        for key in found.keys() | wanted
        if found.get(key) != wanted.get(key)
    ]
    return problems + [f"difference {key}" for key in (breaks - differences) + (differences - breaks)]


def figures(said: dict[str, Any], published: set[tuple[str, str]]) -> Figures:
    """The true figures; a team without a case has a row only where one is published."""
    return {
        (one["indicator_id"], one["team"]): (
            one["numerator"], one["denominator"], one["not_countable"], one["overtaken"],
        )
        for one in said["figures"]
        if one["team"] == "ALL" or one["denominator"] or (one["indicator_id"], one["team"]) in published
    }  # fmt: skip


def tampered(truth: Path, copy: Path) -> Path:
    """A copy of truth.json with one figure one higher: what a check that checks must notice."""
    said = json.loads(truth.read_text(encoding="utf-8"))
    said["figures"][0]["numerator"] += 1
    copy.write_text(json.dumps(said), encoding="utf-8")
    return copy
