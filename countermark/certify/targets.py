"""The published table of targets: each figure that has one, where it should be at its date, and how it stands. Never part of a status."""

from __future__ import annotations

import duckdb

from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import statements

SAID = """
create or replace temp table targets_said (
    authority varchar, place integer, indicator_id varchar, team varchar, begins date, target double, band double, baseline double,
    baseline_on date, owner varchar, action varchar
);
create or replace temp table target_points (authority varchar, place integer, on_day date, value double)
"""


def publish_targets(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger) -> None:
    """Make main.targets of the open snapshot from what each authority's newest authority.toml says."""
    for statement in statements(SAID):
        con.execute(statement)
    for code in ledger.authorities():
        text = ledger.authority_text(code)
        for place, one in enumerate(parse_authority(text).targets if text else ()):
            con.execute(
                "insert into targets_said values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    code, place, one.indicator, one.team, one.begins, one.target, one.band, one.baseline, one.baseline_on,
                    one.owner or None, one.action or None,
                ],
            )  # fmt: skip
            points = [(point.on, point.value) for point in one.trajectory]
            if points and one.baseline is not None:
                points.insert(0, (one.baseline_on, one.baseline))  # type: ignore[arg-type]
            for on_day, value in points:
                con.execute("insert into target_points values (?, ?, ?, ?)", [code, place, on_day, value])
    for statement in statements(catalogue.shared("certify/targets")):
        con.execute(statement)
