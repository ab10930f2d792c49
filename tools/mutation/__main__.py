"""`python -m tools.mutation [ID ...]`: alter the definitions, hold them to their examples, say what nobody would notice.

`--write` renews docs/mutation.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

from tools.mutation import equivalents, page
from tools.mutation.parsing import ROOT
from tools.mutation.trial import SURVIVED, ControlError, Result, all_shipped, database, held_to_examples, subjects

PAGE = ROOT / "docs" / "mutation.md"
WANTED = 0.9


def tried(ids: Sequence[str], *, macros: bool, part: int = 0, of: int = 1) -> list[Result]:
    """Every mutant of the indicators named (none: all), or of the macros that they use; every `of`-th text from the `part`-th on."""
    con = database()
    found: list[Result] = []
    for one in [one for one in subjects(con, all_shipped(ids), shared=macros) if one.macro == macros][part::of]:
        results = list(held_to_examples(con, one))
        found += results
        print(page.counts(one.name, results), file=sys.stderr, flush=True)
    con.close()
    return found


def _controls() -> None:
    """ControlError where an indicator without examples were said to be proved: of it, nothing may be noticed."""
    con = database()
    first = subjects(con, all_shipped(["PP1"]), shared=False)[0]
    emptied = type(first)(first.name, first.file, first.sql, ())
    if page.score(list(held_to_examples(con, emptied))) != 0:
        raise ControlError("Without examples something is said to be noticed.")
    con.close()


def main() -> int:
    """0 where the score is what is wanted; 1 where it is less, a control does not hold or the list of equivalents is out of step."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("ids", nargs="*", help="indicators (none: all of them, and the shared macros)")
    parser.add_argument("--jobs", type=int, default=1, help="processes beside each other")
    parser.add_argument("--macros", action="store_true", help="of the indicators named, the macros that they use")
    parser.add_argument(
        "--members-only", action="store_true", help="leave the shared macros out: they take the longest"
    )
    parser.add_argument("--write", action="store_true", help="write docs/mutation.md")
    asked = parser.parse_args()
    if asked.write and asked.ids:
        parser.error("the page is of all indicators")
    kinds = [asked.macros] if asked.ids else [False] if asked.members_only else [False, True]
    try:
        _controls()
        with ProcessPoolExecutor(asked.jobs) as pool:
            waiting = [
                pool.submit(tried, asked.ids, macros=kind, part=part, of=asked.jobs)
                for kind in kinds
                for part in range(asked.jobs)
            ]
            found = [result for one in waiting for result in one.result()]
    except ControlError as error:
        print(error, file=sys.stderr)
        return 1
    known = equivalents.read()
    results = equivalents.marked(found, known)
    for one in results if asked.ids else []:
        if one.verdict == SURVIVED:
            print(f"{one.file}:{one.line} {one.kind}\n    {one.before}\n    {one.after}")
    wrong = equivalents.faults(results, known)
    print("\n".join([page.HEAD.format(""), page.counts("in all", results), *wrong]))
    if asked.write:
        PAGE.write_text(page.write(results, datetime.now(tz=UTC).date()), encoding="utf-8")
    return 1 if wrong or (page.score(results) or 0) < WANTED else 0


if __name__ == "__main__":
    raise SystemExit(main())
