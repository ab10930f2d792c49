"""Holds to account: for every chain, whatever is changed in it, it is found, and at the right place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.ledger.chain import GENESIS, canonical, first_broken, link, rows_digest
from countermark.ledger.records import Entry, Head

VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.dates())
PAYLOADS = st.dictionaries(st.text(max_size=6), VALUES | st.lists(VALUES, max_size=3), max_size=4)
WRITTEN = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), PAYLOADS), min_size=1, max_size=8)


def build(written: list[tuple[str, str, dict[str, Any]]]) -> list[Entry]:
    """A whole chain of (kind, by, payload)."""
    chain: list[Entry] = []
    head = Head(0, GENESIS)
    for kind, by, payload in written:
        chain.append(link(head, "2022-11-02T09:00:00.000000Z", kind, by, payload))
        head = Head(chain[-1].seq, chain[-1].hash)
    return chain


@given(WRITTEN)
def test_what_was_linked_is_whole_and_contains_each_of_its_heads(written: list[Any]) -> None:
    chain = build(written)
    assert first_broken(chain) is None
    assert all(first_broken(chain, Head(one.seq, one.hash)) is None for one in chain)
    assert first_broken(chain, Head(0, GENESIS)) is None


@given(WRITTEN, st.data())
def test_an_edit_is_found_where_it_is(written: list[Any], data: st.DataObject) -> None:
    chain = build(written)
    place = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from(["seq", "prev_hash", "hash", "at", "kind", "by", "payload"]))
    old = getattr(chain[place], name)
    new = data.draw(st.integers() if name == "seq" else st.text(max_size=8))
    chain[place] = replace(chain[place], **{name: new})
    assert first_broken(chain) == (None if new == old else place + 1)


@given(WRITTEN, st.data())
def test_a_lost_entry_is_found_and_the_last_one_against_an_anchor(written: list[Any], data: st.DataObject) -> None:
    chain = build(written)
    place = data.draw(st.integers(0, len(chain) - 1))
    head = Head(chain[-1].seq, chain[-1].hash)
    left = chain[:place] + chain[place + 1 :]
    assert first_broken(left) == (None if place == len(chain) - 1 else place + 1)
    assert first_broken(left, head) == place + 1


@given(WRITTEN.filter(lambda written: len(written) > 1), st.data())
def test_another_order_is_found(written: list[Any], data: st.DataObject) -> None:
    chain = build(written)
    mixed = data.draw(st.permutations(chain))
    expected = next((place + 1 for place, one in enumerate(mixed) if one.seq != place + 1), None)
    assert first_broken(mixed) == expected


@given(WRITTEN)
def test_another_chain_with_the_same_numbers_does_not_pass_for_this_one(written: list[Any]) -> None:
    head = build(written)[-1]
    other = build([*written[:-1], ("forged " + written[-1][0], *written[-1][1:])])
    assert first_broken(other) is None
    assert first_broken(other, Head(head.seq, head.hash)) == head.seq


@given(st.lists(PAYLOADS, max_size=5), st.randoms())
def test_a_digest_of_rows_knows_no_order_of_rows_or_columns(rows: list[dict[str, Any]], random: Any) -> None:
    mixed = [dict(reversed(row.items())) for row in rows]
    random.shuffle(mixed)
    assert rows_digest(mixed) == rows_digest(rows)
    assert rows_digest([*rows, {"one": 1}]) != rows_digest(rows)


def test_canonical_json_has_one_spelling_and_no_floats() -> None:
    assert canonical({"b": [1, None, True], "a": date(2022, 10, 31), "é": "é"}) == (
        '{"a":"2022-10-31","b":[1,null,true],"é":"é"}'
    )
    for value in (0.1, [float("nan")], {"a": {"b": 1.0}}):
        with pytest.raises(TypeError):
            canonical(value)
