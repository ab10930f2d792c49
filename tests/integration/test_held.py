"""An extract that shrank: held out of every figure until a person releases it or a fuller one follows, whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from countermark.contracts.authority import Authority, parse_authority
from countermark.ledger.records import LedgerError
from countermark.warehouse import raw
from countermark.warehouse.held import BELOW_SHARE, Extract, judge, measured, release, released_in, share_of
from countermark.warehouse.typed import create_typed
from tests.intake_kit import COUNTS, LIST_7, Desk, catalogue, csv_file, desk, headers, plan, text_file

OCTOBER, NOVEMBER, DECEMBER = "2022-10-03", "2022-11-02", "2022-12-02"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, LIST_7, "manual_counts") as made:
        yield made


def put(at: Desk, day: str, rows: int, name: str = "plans") -> None:
    text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
    csv_file(at.inbox / day / f"{name}.csv", [headers(), *(plan(f"{name}{n}", "2022-06-01") for n in range(rows))])


def standing(at: Desk) -> dict[str, str]:
    """Status by extract date, as published, with what lies in the inbox taken in."""
    at.run()
    create_typed(at.con, at.definitions, at.ledger)
    rows = at.con.execute("select extracted_on::varchar, status from typed.receipts order by all").fetchall()
    return dict(rows)


def let_go(at: Desk, delivery: str, reason: str = "the closed cases were archived") -> list[str]:
    held = dict(at.con.execute("select delivery_id, authority from typed.receipts where status = 'held'").fetchall())
    return release(at.ledger, held, delivery, reason, "Olive Officer")


def test_a_shrunk_extract_is_held_and_released(at: Desk) -> None:
    put(at, OCTOBER, 40)
    put(at, NOVEMBER, 20)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "held"}
    assert set(at.typed("extracted_on::varchar")) == {(OCTOBER,)}, "no row of it is typed"
    assert at.con.execute("select extracted_on::varchar from typed.extracts").fetchall() == [(OCTOBER,)]
    assert at.con.execute("select count(*) from raw.annex_a_list_07").fetchall() == [(60,)], "raw keeps every row"
    said = at.con.execute(
        "select delivery_id, rows_in, rows_loaded, rows_rejected, rows_ignored, reason from typed.receipts where status = 'held'"
    ).fetchall()
    delivery, *counts, reason = said[0]
    assert counts == [20, 20, 0, 0], "the receipt says what it would be"
    assert reason.startswith("Held: this extract has 20 rows and that of 3 October 2022 has 40. Figures stand on that")
    assert let_go(at, delivery) == [delivery]
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "loaded"}
    assert len(at.typed("1")) == 60
    assert at.con.execute("select distinct reason from typed.receipts").fetchall() == [("",)], (
        "the sentence goes with it"
    )
    assert [entry.kind for entry in at.ledger.entries()][-1] == "note", "in the audit chain"


def test_a_held_extract_is_overtaken_by_a_fuller_one_without_harm(at: Desk) -> None:
    for day, rows in ((OCTOBER, 40), (NOVEMBER, 20), (DECEMBER, 39)):
        put(at, day, rows)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "held", DECEMBER: "loaded"}


def test_what_follows_a_held_extract_is_measured_against_the_one_that_stands(at: Desk) -> None:
    for day, rows in ((OCTOBER, 40), (NOVEMBER, 20), (DECEMBER, 19)):
        put(at, day, rows)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "held", DECEMBER: "held"}
    let_go(at, at.receipt(f"{NOVEMBER}/plans.csv").delivery_id)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "loaded", DECEMBER: "loaded"}, (
        "and so is that of the released one"
    )


def test_a_late_extract_holds_what_came_before_it_was_there(at: Desk) -> None:
    put(at, NOVEMBER, 20)
    assert standing(at) == {NOVEMBER: "loaded"}, "the first is never held"
    put(at, OCTOBER, 40)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "held"}


def test_the_other_half_of_an_extract_makes_it_whole(at: Desk) -> None:
    put(at, OCTOBER, 40)
    put(at, NOVEMBER, 20, "north")
    assert standing(at)[NOVEMBER] == "held"
    put(at, NOVEMBER, 20, "south")
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "loaded"}


def test_an_extract_that_came_twice_is_measured_by_its_children_and_not_by_its_rows(at: Desk) -> None:
    put(at, OCTOBER, 30)
    csv_file(at.inbox / OCTOBER / "again.csv", [headers(), *(plan(f"plans{n}", "2022-06-02") for n in range(30))])
    put(at, NOVEMBER, 29)
    assert set(standing(at).values()) == {"loaded"}


def test_what_is_withdrawn_holds_nothing(at: Desk) -> None:
    put(at, OCTOBER, 40)
    put(at, NOVEMBER, 20)
    assert standing(at)[NOVEMBER] == "held"
    at.ledger.withdraw(at.receipt(f"{OCTOBER}/plans.csv").delivery_id, "another council's", "Olive Officer")
    assert standing(at) == {OCTOBER: "withdrawn", NOVEMBER: "loaded"}
    assert at.con.execute(
        "select rows_loaded, rows_rejected, rows_ignored from typed.receipts where status = 'withdrawn'"
    ).fetchall() == [(0, 0, 40)]


def test_the_first_few_rows_fewer_and_counts_are_never_held(at: Desk) -> None:
    put(at, OCTOBER, 8)
    put(at, NOVEMBER, 4)
    assert set(standing(at).values()) == {"loaded"}, "four fewer of eight may go by themselves"
    count = ["PP1", "ALL", "2022-10-31", "child", 1, 2, "A Manager", "2022-11-01", "own_list", ""]
    for day, rows in (("2022-11-03", 30), ("2022-12-03", 1)):
        text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
        csv_file(at.inbox / day / "counts.csv", [COUNTS, *([count] * rows)])
    assert set(standing(at).values()) == {"loaded"}
    asked = {contract.id: contract for contract in measured(catalogue())}
    assert not {contract.family for contract in asked.values()} & {"manual", "trackers"}
    assert LIST_7 in asked and "cin.shape" not in asked, "a list of faults may well become shorter"


def test_a_warehouse_that_was_lost_holds_the_same(at: Desk) -> None:
    put(at, OCTOBER, 40)
    put(at, NOVEMBER, 20)
    before = standing(at)
    rows = at.con.execute("select * from typed.receipts order by all").fetchall()
    raw.reload(at.home, at.definitions, at.ledger, at.con)
    for schema in ("typed", "held", "facts"):
        at.con.execute(f"drop schema {schema} cascade")
    assert standing(at) == before
    assert at.con.execute("select * from typed.receipts order by all").fetchall() == rows
    assert at.con.execute("select count(*) from held.annex_a_list_07").fetchall() == [(20,)]


def test_a_release_has_a_reason_a_name_and_something_that_is_held(at: Desk) -> None:
    put(at, OCTOBER, 40)
    put(at, NOVEMBER, 20)
    standing(at)
    october, november = (at.receipt(f"{day}/plans.csv").delivery_id for day in (OCTOBER, NOVEMBER))
    for delivery, reason, says in (
        (november, " ", "needs a reason"), (october, "why not", "No such delivery is held"), ("nothing", "x", "No such delivery is held"),
    ):  # fmt: skip
        with pytest.raises(LedgerError, match=says):
            let_go(at, delivery, reason)
    with pytest.raises(LedgerError, match="name is needed"):
        release(at.ledger, {november: "E1"}, november, "archived", " ")
    assert released_in(at.ledger) == frozenset()
    assert let_go(at, november.split("-")[0]) == [november], "the part before the hyphen: the whole file"
    with pytest.raises(LedgerError, match="already"):
        let_go(at, november)


def extract(day: int, size: int, *deliveries: str) -> Extract:
    return Extract("E1", LIST_7, date(2022, 11, day), size, deliveries or (f"d{day}",))


@pytest.mark.parametrize(
    ("before", "after", "share", "held"),
    [
        pytest.param(100, 80, 0.8, False, id="a fifth fewer"),
        pytest.param(100, 79, 0.8, True, id="one more than that"),
        pytest.param(10, 5, 0.8, True, id="five fewer"),
        pytest.param(9, 5, 0.8, False, id="four fewer"),
        pytest.param(100, 1, 0.0, False, id="a council that holds nothing"),
        pytest.param(100, 89, 0.9, True, id="a council that holds more"),
        pytest.param(10, 100, 0.8, False, id="an extract that grew"),
    ],
)
def test_where_the_line_is(before: int, after: int, share: float, held: bool) -> None:
    assert bool(judge([extract(2, after), extract(1, before)], share, frozenset())) is held
    assert judge([extract(2, after, "a", "b"), extract(1, before)], share, frozenset({"b"})) == []


def test_a_council_says_where_the_line_is_for_all_lists_or_one() -> None:
    lists = catalogue().contracts
    seven, six = lists[LIST_7], lists["annex_a.list_06"]

    def says(text: str) -> Authority:
        return parse_authority(f'authority = "E1"\n{text}')

    assert share_of(None, seven) == share_of(says(""), seven) == BELOW_SHARE
    assert share_of(says("[parameters]\nheld_below_share = 0.5"), seven) == 0.5
    one = says('[parameters.held_below_share]\n"annex_a.list_07" = 0.3\ndefault = 0.6')
    assert (share_of(one, seven), share_of(one, six)) == (0.3, 0.6)
    assert share_of(says("[parameters.held_below_share]\nannex_a = 0"), seven) == 0
    for wrong in ('"most"', "7", "true", "-1"):
        assert share_of(says(f"[parameters]\nheld_below_share = {wrong}"), seven) == BELOW_SHARE
