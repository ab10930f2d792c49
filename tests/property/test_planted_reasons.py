"""Fifty faults of every reason at three dates, mixed with children of whom other records say what proves nothing: each is told by its reason.

The faults are those that production plants (sql/shared/controls/faults); what lies beside them is drawn here by seed. Recall and precision are
counted by reason and printed (`pytest -s`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from countermark.certify import shadow
from countermark.certify.shadow import CLEAN, Shadow
from countermark.contracts.catalogue import load
from countermark.reconcile.bridges import ready
from countermark.reconcile.invariants import check
from countermark.reconcile.members import FACTS, Position
from countermark.warehouse.connect import insert, statements
from tests.oracle.engine import Engine

CATALOGUE = load()
FAULTS = shadow.faults(CATALOGUE)
EACH, DECOYS = 50, 300
SEEDS = {1: date(2022, 10, 31), 2: date(2024, 2, 29), 3: date(2022, 9, 19)}  # a month's end, a leap day, a bank holiday
OTHERS = [3, 4, 6, 14, 16, 22, 40]  # days on which no list has anybody seen
FORMS = [("cp", "draft", "yes", "yes"), ("cp", "finalised", "no", "yes"), ("cin", "finalised", "yes", "no")]
VISIT = (
    "insert into conformed.visits by name select 'CONTROL' as authority, 'control.other' as contract, day_before(-15) as extracted_on, "
    "person_id, day_before(days) as visit_date, visit_type, status, seen, lead_worker from drawn_visits"
)
RECORDS = """
-- another source's plan that is the record's too, one that ends after the date, and a child that came back after a transfer
insert into conformed.cp_plans by name
select 'CONTROL' as authority, unnest(['annex_a.list_07', 'control.other']) as contract, day_before(-15) as extracted_on,
    child_id as person_id, day_before(100) as cp_plan_start_date, unnest([null, day_before(-5)]) as cp_plan_end_date
from decoys where kind = 'plan';
insert into conformed.cin_episodes by name
select 'CONTROL' as authority, 'annex_a.list_06' as contract, day_before(-15) as extracted_on, child_id as person_id,
    unnest([day_before(300), day_before(120)]) as cin_start_date, unnest([day_before(150), null]) as cin_close_date,
    unnest(['RC5', null]) as cin_close_reason
from decoys where kind = 'back';
insert into conformed.person by name
select 'CONTROL' as authority, 'annex_a.list_07' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(0) as date_of_birth
from decoys where kind = 'born';
insert into conformed.family by name
select 'CONTROL' as authority, 'control.other' as contract, day_before(-15) as extracted_on, 'D' || (n // 2) as family_id,
    child_id as person_id
from decoys where kind = 'family'
"""
TOLD = """
select bare_key(child_id) as child, reason from facts.items
where authority = 'CONTROL' and team <> 'ALL' and child_id is not null group by all
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with all tables and nothing in them."""
    running = Engine.start(tmp_path_factory.mktemp("engine"))
    running.take([])
    running.con.execute(FACTS)
    ready(running.con, CATALOGUE)
    yield running.con
    running.stop()


def decoys(place: Shadow, ids: list[str], draw: random.Random) -> dict[str, str]:
    """Children with nothing wrong, with a plain difference in value, unknown ones and unlisted ones, each with records that explain nothing."""
    kinds = ["plan", "back", "born", "family", "visits"]
    wrongs = [CLEAN, "VALUE", "MANUAL_ONLY", "SYSTEM_ONLY"]
    rows = [(child, draw.choice(kinds), n, draw.choice(wrongs)) for n, child in enumerate(ids)]
    # what another source has of a child that this one lacks, and of a child known but without a row, are reasons of their own
    rows = [(child, "visits" if wrong == "MANUAL_ONLY" else kind, n, wrong) for child, kind, n, wrong in rows]
    place.con.execute("create or replace temp table decoys (child_id varchar, kind varchar, n integer, wrong varchar)")
    insert(place.con, "decoys", rows)
    place.con.execute(
        "create or replace temp table drawn_visits (person_id varchar, days integer, visit_type varchar, status varchar, "
        "seen varchar, lead_worker varchar)"
    )
    visits = [(child, draw.choice(OTHERS), *draw.choice(FORMS)) for child in ids for _ in range(draw.randrange(3))]
    insert(place.con, "drawn_visits", visits)
    for statement in [VISIT, *statements(RECORDS)]:
        place.con.execute(statement)
    for statement in statements(
        "insert into main.on_record by name select child_id, wrong <> 'VALUE' as in_numerator, if(wrong = 'VALUE', 'not_met', 'met') as state, "
        "30 as decided, 30 as done from decoys where wrong <> 'MANUAL_ONLY'; "
        "insert into main.in_lists by name select child_id as case_id, if(wrong = 'VALUE', 5, 30) as event from decoys where wrong <> 'SYSTEM_ONLY'"
    ):
        place.con.execute(statement)
    return {child: wrong for child, _, _, wrong in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_reason_is_recalled_and_none_told_of_another(tables: duckdb.DuckDBPyConnection, seed: int) -> None:
    draw = random.Random(seed)
    ids = draw.sample([str(number) for number in range(100_000, 900_000)], len(FAULTS) * EACH + DECOYS)
    with shadow.shadow(tables, CATALOGUE, Position("E1", SEEDS[seed])) as place:
        shadow.prepare(place)
        planted = decoys(place, ids[-DECOYS:], draw)
        shadow.plant(place, ids, EACH)
        planted |= dict(place.con.execute("select child_id, fault from main.planted_children").fetchall())
        told = place.con.execute(TOLD).fetchall()
        assert [one.name for one in check(place.con, place.catalogue, place.position) if one.outcome != "PASS"] == []
    right = Counter(reason for child, reason in told if planted[child] == reason)
    said, meant = Counter(reason for _, reason in told), Counter(planted.values())
    print(f"\nseed {seed}, {SEEDS[seed]}: reason, planted, recall, precision")
    for code in sorted(set(meant) - {CLEAN}):
        recall, precision = right[code] / meant[code], right[code] / said[code] if said[code] else 0.0
        print(f"{code:18}{meant[code]:4} {recall:7.3f} {precision:7.3f}")
        assert meant[code] >= EACH and recall == 1.0 and precision >= 0.98, code
    assert set(meant) == set(FAULTS) - {"MANUAL_NOT_LISTED"} and len(meant) > 25
    assert not set(said) - set(meant)
