"""How many children there are: what authority.toml says of a population by year, for rates per 10,000."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from countermark.contracts.authority import Authority
    from countermark.contracts.catalogue import Catalogue

PER = 10_000
DAY = "06-30"  # mid-year: a population holds from this day of its year until the next one's


class Population(BaseModel):
    """One year's estimate: of whom, the year of which it is the middle, how many, and who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str = Field(min_length=1)
    year: int = Field(ge=1990, le=2100)
    number: int = Field(ge=1)
    source: str = Field(min_length=1)


def faults(authority: Authority, catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with the populations, each as a sentence's end."""
    asked = {one.rate_of for one in catalogue.indicators.values() if one.rate_of}
    seen: set[tuple[str, int]] = set()
    for one in authority.populations:
        where = f"its population “{one.of}”"
        if one.of not in asked:
            near = get_close_matches(one.of, sorted(asked), 3, 0.5) or sorted(asked)
            yield f"{where} is asked for by no figure: perhaps {' or '.join(near)}"
        if (one.of, one.year) in seen:
            yield f"{where} is there twice for {one.year}: leave one"
        seen.add((one.of, one.year))
