"""The same bytes at several paths: which of the receipts counts. Asked anew each time, so that it does not matter which came first.

The first by path counts, and a file that came to another path is its duplicate. What a person took back stays taken back with every copy
that had come by then; a copy that comes later was handed in again on purpose, and counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

from countermark.ledger.records import Receipt

DUPLICATE = "duplicate"
Group = tuple[str, str, str, int]


def same_as(file: str, taken_back: bool = False) -> str:
    """Why a duplicate counts for nothing of its own."""
    return f"The same file as {file}, which {'was taken back' if taken_back else 'counts'}."


def says_none(one: Receipt) -> bool:
    """Whether a receipt is of a list that says that there are none: such files are alike, and no copies of each other."""
    return one.status == "loaded" and not one.rows_in


def settle(found: Sequence[Receipt], came: Mapping[str, int], taken_back: Mapping[str, int]) -> list[Receipt]:
    """The receipts with the status that each has beside the others. `came` and `taken_back` are places in the chain, by delivery id."""
    ended: dict[tuple[str, str, str], list[int]] = {}
    for one in found:
        if one.delivery_id in taken_back and one.status != DUPLICATE:
            ended.setdefault((one.authority, one.sha256, one.contract), []).append(taken_back[one.delivery_id])

    def group(one: Receipt) -> Group:
        bytes_of = (one.authority, one.sha256, one.contract)
        return (*bytes_of, bisect_left(sorted(ended.get(bytes_of, [])), came[one.delivery_id]))

    first: dict[Group, Receipt] = {}
    for one in found:
        if one.status != DUPLICATE and one.sha256 and one.authority and not says_none(one):
            first[group(one)] = min(first.get(group(one), one), one, key=lambda receipt: receipt.file)
    return [one if says_none(one) else _beside(one, first.get(group(one), one), taken_back) for one in found]


def _beside(one: Receipt, counts: Receipt, taken_back: Mapping[str, int]) -> Receipt:
    if one.file == counts.file:
        return one
    why = same_as(counts.file, counts.delivery_id in taken_back)
    return replace(one, status=DUPLICATE, reason=why, rows_loaded=0, rows_rejected=0, rows_ignored=one.rows_in)
