"""Holds every indicator to its examples.toml: tables in, members out. The examples are the definition, in cases."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from tests.examples.cases import Case, cases
from tests.examples.pipe import parse
from tests.examples.world import World, indicators

STATES = {"met", "not_met", "pending", "overtaken", "unusable", "not_countable"}
IDS = ["AS1", "AS2", "AS3", "CN0", "CP3", "CP4", "FD5", "LA0", "LA4", "LA8", "PP0", "PP1", "PP3", "PP6", "PP7"]


def _examples() -> list[Any]:
    return [
        pytest.param(case, id=f"{indicator.id}: {case.title}")
        for indicator in indicators().values()
        if not indicator.window_of
        for case in cases(indicator)
    ]


@pytest.mark.parametrize("case", _examples())
def test_example(case: Case) -> None:
    world = World(case.indicator)
    for name, rows in case.given.items():
        world.give(name, rows, case.extracted_on)
    differs = case.differs(world.members(case.as_at))
    assert not differs, differs


def test_the_first_fifteen_are_there() -> None:
    assert indicators().keys() >= set(IDS)


def test_examples_show_every_state_and_the_odd_days() -> None:
    texts = {i.id: (i.folder / "examples.toml").read_text("utf-8") for i in indicators().values() if not i.window_of}
    together = "\n".join(texts.values())
    for state in STATES:
        assert f"| {state}" in together, f"no example shows {state}"
    for day in ("2022-08-29", "2022-09-19", "2023-05-08"):
        assert day in together, f"no example stands on {day}"
    for indicator_id, text in texts.items():
        assert text.count("[[example]]") >= 4, f"{indicator_id} has too few examples"
        assert "then.outside" in text or not indicators()[indicator_id].outside, (
            f"{indicator_id} shows no case outside its cohort"
        )


def test_every_outside_rule_is_shown_and_none_is_unnamed() -> None:
    for indicator in (one for one in indicators().values() if not one.window_of):
        examples = tomllib.loads((indicator.folder / "examples.toml").read_text("utf-8"))["example"]
        shown = {row["outside"] for e in examples for row in parse(e["then"].get("outside", "outside"))}
        assert shown == set(indicator.outside), indicator.id
