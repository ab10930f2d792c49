"""Holds every indicator to its examples.toml: tables in, members out. The examples are the definition, in cases."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from countermark.contracts.indicator import Indicator
from tests.examples.pipe import header, parse, show
from tests.examples.world import World, indicators, only

STATES = {"met", "not_met", "pending", "overtaken", "unusable", "not_countable"}
IDS = ["AS1", "AS2", "AS3", "CN0", "CP3", "CP4", "FD5", "LA0", "LA4", "LA8", "PP0", "PP1", "PP3", "PP6", "PP7"]


def _examples() -> list[Any]:
    return [
        pytest.param(indicator.id, example, id=f"{indicator.id}: {example['title']}")
        for indicator in indicators().values()
        if not indicator.window_of
        for example in tomllib.loads((indicator.folder / "examples.toml").read_text("utf-8"))["example"]
    ]


def _asked(indicator: Indicator, example: dict[str, Any]) -> Indicator:
    """The indicator over the window that the example names in months, with the parameters that it sets otherwise."""
    asked = indicators()[f"{indicator.id}_{example['months']}M"] if "months" in example else indicator
    return asked.with_values(example.get("parameters", {}), example.get("parameters_by", {}))


def _expect(text: str, found: list[dict[str, str | None]]) -> None:
    columns = header(text)
    expected = only(parse(text), columns)
    got = only(found, columns)
    assert got == expected, f"\nexpected\n{show(columns, expected)}\n\nfound\n{show(columns, got)}"


@pytest.mark.parametrize(("indicator_id", "example"), _examples())
def test_example(indicator_id: str, example: dict[str, Any]) -> None:
    as_at: date = example["as_at"]
    world = World(_asked(indicators()[indicator_id], example))
    for name, text in example["given"].items():
        world.give(name, parse(text), example.get("extracted_on", as_at))
    cases = world.members(as_at)
    for part in example["then"]:
        assert part in {"members", "outside"}, f"then.{part} is not understood"
    if "members" in example["then"]:
        _expect(example["then"]["members"], [case for case in cases if case["state"]])
    if "outside" in example["then"]:
        _expect(example["then"]["outside"], [case for case in cases if case["outside"]])


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
