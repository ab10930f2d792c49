"""A record of decisions that somebody altered by hand: nothing that rests on it is certified or signed until it is whole again."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from sqlalchemy import text

from countermark.certify.proven import alarms
from countermark.certify.snapshot import read
from countermark.explain import explain
from countermark.ledger.records import LedgerError
from tests.certify_kit import AS_AT
from tests.small_home import HEAD, OTHER, SmallHome, small_home

SAYS = "the record of decisions was altered at entry"
# By hand, each undone by the statement beside it. Which hands a walk finds is tried with the ledger (test_audit and others).
HANDS = {
    "a row": ("update checks set note = 'Looked at none.'", "update checks set note = 'Looked at five files.'"),
    "an entry": (
        "update entries set by = 'Somebody' where seq = 2",
        "update entries set by = 'countermark' where seq = 2",
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHome]:
    """One figure, checked and signed, in a record without triggers, as who alters it by hand would leave it."""
    with small_home(tmp_path_factory.mktemp("home") / "home") as made:
        made.check()
        made.sign()
        with made.ledger.engine.begin() as con:
            for (name,) in con.execute(text("select name from sqlite_master where type = 'trigger'")).fetchall():
                con.execute(text(f'drop trigger "{name}"'))
        yield made


def by_hand(home: SmallHome, statement: str) -> None:
    with home.ledger.engine.begin() as con:
        assert con.execute(text(statement)).rowcount > 0


def status(home: SmallHome) -> tuple[str, str]:
    with read(home.snapshot) as con:
        [(found, why)] = con.execute("select status, status_reason from main.metrics where team = 'ALL'").fetchall()
    return found, why or ""


@pytest.mark.parametrize("hand", HANDS)
def test_what_rests_on_an_altered_record_is_not_certified_until_it_is_whole_again(home: SmallHome, hand: str) -> None:
    assert status(home)[0] == "certified"
    alter, undo = HANDS[hand]
    by_hand(home, alter)
    home.publish()
    found, why = status(home)
    assert found == "provisional" and SAYS in why
    assert (home.progress().state, home.progress().owner) == ("draft", "whoever keeps it running")
    assert SAYS in " ".join(explain(home.snapshot, "PP1", AS_AT, audience="leader").split())
    with duckdb.connect(str(home.snapshot), read_only=True) as con:
        [(_, _, says)] = alarms(con)
    assert SAYS in says and "nothing can be certified" in says
    by_hand(home, undo)
    home.publish()
    assert status(home)[0] == "certified"


def test_nobody_signs_beside_an_altered_record_though_nothing_was_published_since(home: SmallHome) -> None:
    by_hand(home, HANDS["a row"][0])
    with pytest.raises(LedgerError, match="Nothing can be signed: the record of decisions was altered at entry"):
        home.sign(HEAD)
    by_hand(home, HANDS["a row"][1])
    home.check(OTHER)
    home.sign(HEAD)
    assert status(home)[0] == "certified"
