"""docs/pairs.md: which system is held against which, from the definitions of sql/pairs alone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.pairs import Pair


def pairs(catalogue: Catalogue) -> Iterator[str]:
    """docs/pairs.md."""
    yield "# Systems side by side: pairs"
    yield ""
    yield (
        "Where two lists, registers or returns hold the same thing, each side is counted, and every case on which they differ is named "
        "with its reason: left + effects = right, in whole numbers. A case is asked of the side that lacks it: a rule below says why that "
        "side leaves it out, and where none does, it is on the other side alone. Ids match exactly, then with leading zeros aside, then by "
        "the crosswalk or a confirmed link; events of one child within five working days of each other, where each is the only one so "
        "placed. `countermark explain X01 --as-at D` prints a pair, the page *Systems* shows them all."
    )
    yield ""
    for pair in catalogue.pairs.values():
        yield from one_pair(pair)


def one_pair(pair: Pair) -> Iterator[str]:
    """What a pair holds against what, the rules of both sides, its examples."""
    yield f"## {pair.id}: {pair.title}"
    yield ""
    yield f"{pair.question} {pair.why_it_matters}"
    yield ""
    of_day = "the position's date" if pair.compared == "position" else "the last day of the return's year, 31 March"
    yield f"Counts {pair.unit} as things stood on {of_day}."
    yield ""
    if pair.coded:
        yield f"Both have a code, the {pair.coded}: where the two are of one day and differ, that is the reason (`MAPPING`)."
        yield ""
    yield "| side | from | left out of it | reason |"
    yield "|---|---|---|---|"
    for place, side, _ in pair.sides:
        lists = ", ".join(f"`{name}`" for name in side.contracts)
        beside = f"; where delivered, {', '.join(f'`{name}`' for name in side.also)}" if side.also else ""
        yield f"| **{side.name}** ({place}) | {lists}{beside} | | |"
        for rule in side.outside.values():
            yield f"| | | {rule.says} | `{rule.reason}` |"
    yield ""
    yield f"*What the sources cannot show.* {' '.join(pair.sees_not)}"
    yield ""
    examples = tomllib.loads((pair.folder / "examples.toml").read_text(encoding="utf-8"))["example"]
    yield "Worked examples: " + "; ".join(example["title"] for example in examples) + "."
    yield ""
    folder = f"../sql/pairs/{pair.folder.name}"
    yield f"[left.sql]({folder}/left.sql), [right.sql]({folder}/right.sql), [examples]({folder}/examples.toml)."
    yield ""
    yield f"Sources: {'; '.join(pair.sources)}."
    yield ""
