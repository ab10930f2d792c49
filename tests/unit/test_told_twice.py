"""Every indicator that compares dates is told a second time in plain Python, or a reason stands in tests/oracle/not_told_twice.toml.

Whether a definition compares dates is read off the tree that the database's own parser makes of its members.sql.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.contracts.indicator import Indicator
from tests import oracle
from tests.examples.world import indicators, table

BOUND = {"as_at", "period_start"}
COMPARING = {"COMPARISON", "BETWEEN"}
REASONS = Path(oracle.__file__ or "").with_name("not_told_twice.toml")


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a tree."""
    if isinstance(tree, dict):
        yield tree
    for below in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes(below)


def tree_of(sql: str) -> dict[str, Any]:
    """What the database's parser makes of a SELECT."""
    found = duckdb.execute("select json_serialize_sql(?::varchar)", [sql.strip().rstrip(";")]).fetchone()
    tree: dict[str, Any] = json.loads(found[0] if found else "{}")
    assert tree.get("error") is False, tree.get("error_message")
    return tree


def compares_dates(sql: str, dates: set[str]) -> bool:
    """Whether a query asks for the date or the period, or compares a column that is a date."""
    for node in nodes(tree_of(sql)):
        if node.get("type") == "VALUE_PARAMETER" and node["identifier"] in BOUND:
            return True
        if node.get("class") in COMPARING and dates & {
            name for below in nodes(node) for name in below.get("column_names", [])[-1:]
        }:
            return True
    return False


def dates_of(indicator: Indicator) -> set[str]:
    """The columns of the tables that an indicator reads that are dates, `…_on` of its own making included by what they come from."""
    read = [table(name) for name in (*indicator.reads, *indicator.reads_also)]
    return {name for one in read for name, column in one.columns.items() if column.type == "DATE"}


def told() -> set[str]:
    """Every indicator that some module of the oracle tells."""
    names = [module.name for module in pkgutil.iter_modules(oracle.__path__) if module.name.startswith("figures")]
    return {one for name in names for one in importlib.import_module(f"tests.oracle.{name}").INDICATORS}


def untold(covered: set[str], reasons: dict[str, str]) -> set[str]:
    """Indicators with a date rule that are neither told twice nor excused."""
    shipped = [one for one in indicators().values() if not one.window_of]
    ruled = {one.id for one in shipped if compares_dates(one.members_sql, dates_of(one))}
    return ruled - covered - reasons.keys()


def test_every_indicator_with_a_date_rule_is_told_twice_or_says_why_not() -> None:
    reasons = tomllib.loads(REASONS.read_text("utf-8"))
    assert untold(told(), reasons) == set()
    assert not reasons.keys() & told() and reasons.keys() <= indicators().keys(), "take these off the list"
    assert untold(told() - {"PP1", "DQ4"}, reasons) == {"PP1", "DQ4"}, "the control: one that is lost is named"


@pytest.mark.parametrize(
    ("sql", "compares"),
    [
        ("select a from t where end_date > start_date", True),
        ("select a from t where x in (select y from u where end_date between start_date and b)", True),
        ("select outside_open(start_date, end_date, $as_at) as outside from t", True),
        ("select a from chosen($period_start) as t qualify row_number() over (order by a) = 1", True),
        ("select a, end_date from t where a > 1 and 'end_date > $as_at' <> b", False),
        ("select a -- where end_date > $as_at\nfrom t order by end_date", False),
    ],
)
def test_a_date_rule_is_seen_in_what_is_parsed_and_nowhere_else(sql: str, compares: bool) -> None:
    assert compares_dates(sql, {"start_date", "end_date"}) is compares
