"""What a suppression profile says, and what a reader can work out from one indicator about another: both are data.

Profiles lie in sql/shared/export/profiles/<name>.toml, relations in sql/shared/export/relations.toml, of the shipped definitions and of
every further root; a later root's profile replaces an earlier one of the same name, relations add up. Not here: what they lead to.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, ValidationError, field_validator, model_validator

from countermark.contracts.catalogue import CatalogueError, roots
from countermark.contracts.model import Definition

DEFAULT = "public"
FOLDER = Path("sql") / "shared" / "export"
PARTS = ("numerator", "complement", "denominator", "overtaken", "not_countable")
MONTH_BEFORE = "month_before"
Side = Literal["system", "manual", "reconciled"]


class Primary(Definition):
    """Which counts are too small to be published: from `smallest` up to `largest`."""

    smallest: int = Field(default=1, ge=0)
    largest: int = Field(default=5, ge=1)


class Secondary(Definition):
    """What is emptied so that small counts cannot be worked out. All false is a profile that protects nothing."""

    values: int = Field(default=5, ge=2)
    totals: bool = True
    related: bool = True


class Rounding(Definition):
    """To how many decimals shares are rounded; None leaves them as they are."""

    decimals: int | None = Field(default=None, ge=0, le=6)


class Profile(Definition):
    """One suppression profile."""

    name: str = DEFAULT
    title: str = Field(min_length=1)
    why: str = Field(min_length=1)
    sides: tuple[Side, ...] = ("system", "manual", "reconciled")
    teams: bool = True
    primary: Primary = Primary()
    secondary: Secondary = Secondary()
    rounding: Rounding = Rounding()

    @model_validator(mode="after")
    def _leaves_as_many_values_as_it_hides(self) -> Profile:
        hidden = self.primary.largest - max(1, self.primary.smallest) + 1
        if self.secondary.values < hidden:
            raise ValueError(f"secondary.values is at least {hidden}: as many as primary hides")
        if "system" not in self.sides:
            raise ValueError("sides has system at least: no other value is quoted without the recorded one")
        return self


class Term(NamedTuple):
    """One summand of a relation."""

    indicator: str
    part: str
    month_before: bool


class Relation(Definition):
    """left's terms added are equal to, or at most, right's."""

    says: str = Field(min_length=1)
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    kind: Literal["equal", "at_most"] = Field(alias="is")
    within_teams: bool

    @field_validator("left", "right", mode="before")
    @classmethod
    def _terms(cls, said: Iterable[str]) -> tuple[Term, ...]:
        return tuple(_term(text) for text in said)


def _term(text: str) -> Term:
    name, _, when = text.partition("@")
    indicator, _, part = name.partition(".")
    if part not in PARTS or when not in ("", MONTH_BEFORE):
        raise ValueError(f"a term is INDICATOR.{'|'.join(PARTS)}, with @{MONTH_BEFORE} or nothing after it")
    return Term(indicator, part, when == MONTH_BEFORE)


def profiles(named: Iterable[Path] | None = None) -> dict[str, Profile]:
    """Every profile by name. CatalogueError, a plain sentence, for a faulty one."""
    found: dict[str, Profile] = {}
    for root in roots() if named is None else named:
        for path in sorted((root / FOLDER / "profiles").glob("*.toml")):
            found[path.stem] = _read(path)
    return found


def _read(path: Path) -> Profile:
    try:
        return Profile.model_validate({**tomllib.loads(path.read_text(encoding="utf-8")), "name": path.stem})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CatalogueError(f"The suppression profile {path.name} is faulty: {error}") from None


def profile(name: str = DEFAULT, named: Iterable[Path] | None = None) -> Profile:
    """One profile. CatalogueError where there is none of this name."""
    found = profiles(named)
    if name not in found:
        raise CatalogueError(f"There is no suppression profile {name}. Profiles: {', '.join(sorted(found))}.")
    return found[name]


def relations(named: Iterable[Path] | None = None) -> tuple[Relation, ...]:
    """The relations of every root, in order."""
    found: list[Relation] = []
    for root in roots() if named is None else named:
        path = root / FOLDER / "relations.toml"
        if path.is_file():
            try:
                said = tomllib.loads(path.read_text(encoding="utf-8"))
                found += [Relation.model_validate(relation) for relation in said["relation"]]
            except (tomllib.TOMLDecodeError, ValidationError, KeyError) as error:
                raise CatalogueError(f"relations.toml below {root.name} is faulty: {error}") from None
    return tuple(found)
