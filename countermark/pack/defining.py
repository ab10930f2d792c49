"""How a figure is defined, for the appendix and the slides' notes. The words of now stand only where the definition is still the same."""

from __future__ import annotations

from typing import Any

from countermark.certify.facts import definition_hash
from countermark.contracts.catalogue import Catalogue
from countermark.pack.model import Definition

ONLY_QUALITY = "It says how often something was recorded, and nothing about how well it was done."


def definition(row: dict[str, Any], catalogue: Catalogue) -> Definition:
    """What is known of a figure's definition: from the snapshot, and from the catalogue where that has not changed since."""
    known = catalogue.indicators.get(row["indicator_id"])
    says = [("Question", row["question"])]
    if known is not None and definition_hash(known) == row["definition_hash"]:
        says += [
            ("Why it matters", known.why_it_matters),
            ("What decides", known.decides),
            ("What it does not say", known.not_said or ONLY_QUALITY),
            ("How far off is still all right", known.tolerance.why),
            ("Source", "; ".join(_source(one) for one in known.sources)),
        ]
    else:
        says.append(("Definition", "It has been changed since this publication; the words of now would mislead."))
    says.append(("Owner and version", f"{row['owner']}, version {row['version']}"))
    return Definition(row["indicator_id"], row["title"], tuple((head, text) for head, text in says if text))


def _source(said: str) -> str:
    """A source without the mark of how well it is known, but for what is local."""
    mark, _, rest = said.partition(": ")
    return rest if mark in ("F", "K") else f"local: {rest}" if mark == "L" else said
