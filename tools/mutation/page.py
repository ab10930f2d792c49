"""docs/mutation.md: how many mutants the examples notice, by definition and by kind, and each that they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tools.mutation.trial import EQUIVALENT, KILLED, NOT_VALID, SURVIVED, Result

HEAD = "| {} | mutants | noticed | not noticed | say the same | no SQL | score |\n|---|---:|---:|---:|---:|---:|---:|"


def score(results: Sequence[Result]) -> float | None:
    """Noticed, of those that could be; None where there are none."""
    count = Counter(one.verdict for one in results)
    told = count[KILLED] + count[SURVIVED]
    return count[KILLED] / told if told else None


def counts(name: str, results: Sequence[Result]) -> str:
    """A line of a table."""
    count = Counter(one.verdict for one in results)
    cells = [len(results), *(count[verdict] for verdict in (KILLED, SURVIVED, EQUIVALENT, NOT_VALID))]
    found = score(results)
    return f"| {name} | {' | '.join(map(str, cells))} | {'' if found is None else f'{found:.2f}'} |"


def _groups(results: Sequence[Result], by: str) -> Mapping[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for one in results:
        found.setdefault(getattr(one, by), []).append(one)
    return found


def _table(title: str, groups: Mapping[str, list[Result]]) -> Iterator[str]:
    yield HEAD.format(title)
    for name in sorted(groups):
        yield counts(name, groups[name])
    yield ""


def _unnoticed(results: Sequence[Result]) -> Iterator[str]:
    for file, found in sorted(_groups([one for one in results if one.verdict == SURVIVED], "file").items()):
        yield f"{file}\n"
        for one in found:
            yield f"- line {one.line}, {one.kind}: `{one.before}` as `{one.after}`"
        yield ""


def write(results: Sequence[Result], on: date) -> str:
    """The page."""
    members = [one for one in results if "/indicators/" in one.file]
    shared = [one for one in results if "/indicators/" not in one.file]
    lines = [
        "# What the examples would notice",
        "",
        f"Measured on {on.day} {on:%B %Y} by `tools/mutation`; `make mutation` renews this page. "
        "Every `members.sql`, and every shared macro that "
        "one of them uses, is altered in one place at a time: an operator, a boundary, a number by one, a condition dropped, an order "
        "turned round. The parser finds the places. Each altered definition is held to the examples of its indicator, a macro to those "
        "of every indicator that uses it. *Noticed* means that an example does not hold any longer; *not noticed* that the "
        "definition could be wrong there and every example would still hold. *Say the same* are alterations of which nobody can tell "
        "a difference, each with its reason in `tools/mutation/equivalent.toml`; *no SQL* those that the database does not take. "
        "The score is noticed / (noticed + not noticed).",
        "",
        *([] if shared else ["The shared macros were left out this time.", ""]),
        "Examples are not the only proof: the second implementation in plain Python (`tests/oracle`) is held to the same "
        "definitions over invented populations, and is not counted here.",
        "",
        *_table("", {"1 definitions": members, "2 shared macros": shared, "3 in all": list(results)}),
        "## By what was altered",
        "",
        *_table("alteration", _groups(results, "kind")),
        "## By indicator",
        "",
        *_table("indicator", _groups(members, "subject")),
        "## By shared file",
        "",
        *_table("file", _groups(shared, "file")),
        "## What no example notices",
        "",
        *_unnoticed(results),
    ]
    return "\n".join(lines).rstrip() + "\n"
