"""Who is who: spellings of one name, and the rule that counter, decider, checker and signer differ. Pure functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# A role must be held by somebody who holds none of the roles before it.
ROLES = {
    "decide": ("counted",),
    "check": ("counted", "decided"),
    "sign": ("counted", "decided", "checked"),
}
DEEDS = {"counted": "counted for", "decided": "decided breaks of", "checked": "checked"}


def person_key(name: str) -> str:
    """What stays of a name when case, spaces and punctuation go: spellings with one key are one person."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in folded if sign.isalnum() or unicodedata.category(sign)[0] == "M")


def resolve(name: str, people: Iterable[str]) -> str | None:
    """The spelling in `people` (the names of authority.toml) that `name` is one of; None where nobody is."""
    key = person_key(name)
    return next((person for person in people if person_key(person) == key), None) if key else None


def same_person(a: str, b: str, people: Iterable[str] = ()) -> bool:
    """Whether two spellings are one person. `people` resolves both first; names that it lacks stand as typed."""
    known = list(people)
    keys = [person_key(resolve(name, known) or name) for name in (a, b)]
    return bool(keys[0]) and keys[0] == keys[1]


def separation_error(
    role: str,
    by: str,
    counted_by: Iterable[str] = (),
    decided_by: Iterable[str] = (),
    checked_by: Iterable[str] = (),
    people: Iterable[str] = (),
) -> str | None:
    """Why `by` may not take `role` (decide, check or sign) on a figure, as a plain sentence; None where he may.

    A decider has not counted, a checker has neither counted nor decided, a signer has done none of the three.
    """
    known = list(people)
    if not person_key(by):
        return "A name is needed: say with --by who you are."
    earlier = {"counted": counted_by, "decided": decided_by, "checked": checked_by}
    for deed in ROLES[role]:
        if any(same_person(by, other, known) for other in earlier[deed]):
            return f"{by} {DEEDS[deed]} this figure and so cannot {role} it: somebody else must."
    return None
