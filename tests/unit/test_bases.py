"""Which extract a position looks at: the newest that still reaches back to it, and the one that was at hand."""

from __future__ import annotations

from datetime import date

import pytest

from countermark.contracts.catalogue import load
from countermark.reconcile.members import Position, set_bases
from countermark.warehouse.connect import connect

LIST_7, LIST_4, LIST_9 = "annex_a.list_07", "annex_a.list_04", "annex_a.list_09"
OCTOBER = date(2022, 10, 31)


def bases(contract: str, *taken: date) -> tuple[date, date]:
    """(now, at hand) of the end of October 2022 for extracts taken on these days."""
    catalogue = load()
    con = connect(None, catalogue.sql)
    con.execute("create schema typed")
    con.execute("create table typed.extracts (authority varchar, contract varchar, extracted_on date)")
    con.executemany("insert into typed.extracts values ('X1', ?, ?)", [(contract, day) for day in taken])
    set_bases(con, catalogue, Position("X1", OCTOBER))
    found = dict(con.execute("select basis, extracted_on from facts.basis where contract = ?", [contract]).fetchall())
    con.close()
    return found["now"], found["at_hand"]


@pytest.mark.parametrize(
    ("contract", "taken", "now"),
    [
        pytest.param(LIST_7, [date(2022, 11, 2), date(2022, 11, 16)], date(2022, 11, 16), id="the newest"),
        pytest.param(LIST_7, [date(2022, 11, 2), date(2023, 3, 31)], date(2023, 3, 31), id="the last day that reaches back"),
        pytest.param(LIST_7, [date(2022, 11, 2), date(2023, 4, 1)], date(2022, 11, 2), id="the first that does not"),
        pytest.param(LIST_4, [date(2022, 11, 2), date(2023, 1, 3)], date(2022, 11, 2), id="a list that is asked for longer"),
        pytest.param(LIST_9, [date(2022, 11, 2), date(2025, 1, 3)], date(2025, 1, 3), id="a list that forgets nothing"),
        pytest.param(LIST_7, [date(2022, 10, 4), date(2024, 1, 3)], date(2024, 1, 3), id="none in time: the newest"),
        pytest.param(LIST_7, [date(2022, 9, 2), date(2022, 10, 4)], date(2022, 10, 4), id="none since: the newest"),
    ],
)  # fmt: skip
def test_a_position_rests_on_the_last_extract_that_reaches_back_to_it(
    contract: str, taken: list[date], now: date
) -> None:
    assert bases(contract, *taken)[0] == now


def test_the_extract_at_hand_is_the_first_since_the_date() -> None:
    assert bases(LIST_7, date(2022, 10, 4), date(2022, 11, 2), date(2022, 11, 16))[1] == date(2022, 11, 2)
    assert bases(LIST_7, date(2022, 10, 4))[1] == date(2022, 10, 4)


def test_every_list_that_forgets_says_why() -> None:
    contracts = load().contracts.values()
    forgetful = [contract for contract in contracts if contract.reaches_back_months]
    assert len([contract for contract in forgetful if contract.family == "annex_a"]) == 6
    assert [
        contract.id for contract in contracts if bool(contract.reaches_back_why) != bool(contract.reaches_back_months)
    ] == []
