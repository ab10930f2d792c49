"""Who is who: spellings of one name, and the rule that counter, decider, checker and signer differ. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# A role must be held by somebody who holds none of the roles before it.
ROLES = {
    "decide": ("counted", "read"),
    "check": ("counted", "read", "decided"),
    "sign": ("counted", "read", "decided", "checked"),
    "read": ("counted", "decided", "checked", "signed"),  # a dip sample's files: evidence beside all the others' word
}
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof"})
DEEDS = {
    "counted": "counted for", "read": "read case files of", "decided": "decided differences of", "checked": "checked", "signed": "signed",
}  # fmt: skip
VERBS = {"read": "read its case files"}


def person_key(name: str) -> str:
    """What stays of a name when case, spaces and punctuation go: spellings with one key are one person."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in folded if sign.isalnum() or unicodedata.category(sign)[0] == "M")


def same_key(one: str, other: str) -> bool:
    """Whether two names differ in case, spaces and punctuation at most."""
    return person_key(one) == person_key(other)


def resolve(name: str, people: Iterable[str]) -> str | None:
    """The spelling in `people` (the names of authority.toml) that `name` is one of; None where nobody is."""
    key = person_key(name)
    return next((person for person in people if person_key(person) == key), None) if key else None


def spellings(name: str) -> frozenset[str]:
    """The keys under which the person of that name may write: in full, without middle names, with initials, initials alone.

    `Ng, Kim A.` is Kim A. Ng, and may be Kim Ng, K Ng, Ng K, KA Ng, KN or KAN. A name of one word is itself alone.
    """
    parts = _parts(name)
    words = [person_key(part) for part in parts]
    if len(words) < 2:
        return frozenset(filter(None, (person_key(name), *words)))
    given, family = words[:-1], words[-1]
    every = "".join(person_key(piece)[:1] for part in parts for piece in re.split(r"[-‐‑–]", part))
    starts = "".join(word[0] for word in given)
    return frozenset({
        person_key(name), "".join(words), given[0] + family, given[0] + starts[1:] + family, starts[0] + family, starts + family,
        family + starts, family + starts[0], starts[0] + family[0], starts + family[0], every,
    })  # fmt: skip


def _parts(name: str) -> list[str]:
    """The words of a name, the family's last, titles left out."""
    last, comma, first = name.partition(",")
    words = (f"{first} {last}" if comma else name).replace(".", " ").split()
    parts = [word for word in words if person_key(word)]
    return [word for word in parts if person_key(word) not in TITLES] or parts


def may_be(one: str, other: str) -> bool:
    """Whether two names, as written, may be one person: one is a spelling of the other, initials included."""
    plain = ["".join(map(person_key, _parts(name))) for name in (one, other)]
    return all(plain) and (plain[0] in spellings(other) or plain[1] in spellings(one))


def same_person(a: str, b: str, people: Iterable[str] = ()) -> bool:
    """Whether two spellings are, or may be, one person. Of two names in `people` (those of authority.toml) each is its own; a name
    that is in none of its spellings there may be whoever it could stand for: in doubt it is the same person."""
    known = list(people)
    found = resolve(a, known), resolve(b, known)
    if all(found):
        return found[0] == found[1]
    one, other = (full or name for full, name in zip(found, (a, b), strict=True))
    return may_be(one, other) or any(may_be(one, person) and may_be(other, person) for person in known)


def separation_error(
    role: str,
    by: str,
    counted_by: Iterable[str] = (),
    decided_by: Iterable[str] = (),
    checked_by: Iterable[str] = (),
    people: Iterable[str] = (),
    *,
    read_by: Iterable[str] = (),
    signed_by: Iterable[str] = (),
) -> str | None:
    """Why `by` may not take `role` (decide, check, sign, or read the files of a dip sample) on a figure, as a plain sentence; None where he
    may.

    A decider has not counted, a checker has neither counted nor decided, a signer has done none of the three; who reads files does nothing
    else.
    """
    known = list(people)
    if not person_key(by):
        return "A name is needed: say with --by who you are."
    earlier = {
        "counted": counted_by, "read": read_by, "decided": decided_by, "checked": checked_by, "signed": signed_by,
    }  # fmt: skip
    for deed in ROLES[role]:
        for other in earlier[deed]:
            if same_person(by, other, known):
                written = "" if same_key(by, other) else f" (written “{other}”, which may be the same person)"
                return f"{by} {DEEDS[deed]} this figure{written} and so cannot {VERBS.get(role, f'{role} it')}: somebody else must."
    return None
