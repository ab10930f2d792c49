"""Late and out of order: the same deliveries, and the same words of people about them, come to the same whatever the order.

Files go through the real intake, one or several a run, in drawn orders. What has to stay in order is what means something else in another:
of one extract the newer delivery, and what a person says of a delivery that is there (docs/adr/0029-what-order-means.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from countermark.certify.changes import record_changes
from countermark.certify.snapshot import read
from countermark.ledger.notes import Note
from countermark.ledger.records import Decision
from countermark.ledger.secrets import pseudonym_key, pseudonyms
from countermark.readers.headings import layout_of
from countermark.readers.process import Limits, Reader
from countermark.reconcile.bridges import reconcile
from countermark.reconcile.members import Position, compute
from countermark.warehouse.conform import conform
from countermark.warehouse.held import RELEASE
from countermark.warehouse.identity import Judgements
from countermark.warehouse.typed import create_typed, delivered
from tests.chain import run_chain
from tests.intake_kit import (
    COUNTS,
    LIST_7,
    LISTS,
    TEAMS,
    Desk,
    catalogue,
    csv_file,
    desk,
    headers,
    plan,
    row,
    text_file,
)

Found = dict[str, list[tuple[Any, ...]]]  # by table, its rows


class State(dict[bool, Found]):
    """What the straight order comes to, with the release (True) and without; said shortly, since it is long."""

    def __repr__(self) -> str:
        return "State"


THOROUGH = bool(os.environ.get("COUNTERMARK_THOROUGH"))  # draws sixty orders instead of four, new ones each time
KNOWN = (LIST_7, "manual_counts", "manual_lists", "manual_prefilled")
AS_AT = date(2022, 10, 31)
OCTOBER, NOVEMBER, DECEMBER = "2022-10-03", "2022-11-02", "2022-12-02"
TIMES = {"seq", "received_at", "delivery_seq", "newness"}  # when a run was, and what is counted from it
COLUMNS: dict[str, list[str]] = {}  # by table, in which order its rows are told
FACTS = (
    "members",
    "claims",
    "claim_rows",
    "items",
    "figures",
    "bridges",
    "rejects",
    "changes",
    "changed_rows",
    "basis",
)


def plans(first: int, last: int, visit: str = "2022-10-20") -> list[list[Any]]:
    seen = {
        "date_of_the_last_statutory_visit": visit,
        "was_the_child_seen_alone": "Yes",
        "number_of_previous_child_protection_plans": "0",
    }
    return [headers(), *(plan(f"C{n}", "2022-06-01", **seen) for n in range(first, last))]


def counted(on: str, numerator: int) -> list[list[Any]]:
    return [COUNTS, ["PP1", "North", "2022-10-31", "child", numerator, 30, "A Manager", on, "own_list", ""]]


def listed(on: str, *children: int) -> list[list[Any]]:
    return [
        LISTS,
        *(["PP1", "North", "2022-10-31", f"C{n}", "", "yes", "2022-10-20", "A Manager", on, ""] for n in children),
    ]


def ticked(*children: int) -> list[list[Any]]:
    """A list of another figure that was sent out and came back: everything right but for the first child."""
    same = {
        "indicator_id": "PP3",
        "team": "North",
        "as_at": "2022-10-31",
        "list_version": "1/000001",
        "sent_in_all": len(children),
    }
    rows = [
        row(
            "manual_prefilled",
            case_id=f"C{n}",
            as_recorded="Met",
            your_answer=None if n else "Not met",
            **same,
            sent_met=len(children),
        )
        for n in children
    ]
    others = {
        "as_recorded": "ALL OTHERS",
        "your_answer": "Right",
        "filled_in_by": "A Manager",
        "filled_in_on": "2022-11-03",
    }
    return [headers("manual_prefilled"), row("manual_prefilled", **others, **same, sent_met=len(children)), *rows]


# Each delivery: its file, its extract date ("" where the file is a count), its rows.
FILES: dict[str, tuple[str, str, list[list[Any]]]] = {
    "october": ("m/october.csv", OCTOBER, plans(0, 30, "2022-10-01")),
    "november": ("m/november.csv", NOVEMBER, plans(0, 5) + plans(5, 6, "2022-10-01")[1:] + plans(6, 28)[1:]),
    "november again": ("m/november_2.csv", NOVEMBER, plans(26, 29, "2022-10-27")),
    "december": ("m/december.csv", DECEMBER, plans(0, 9)),  # a third of them: held. One has been written up since: C5
    "wrong": ("m/wrong.csv", "2022-11-16", plans(100, 130)),  # another list, withdrawn
    "counts": ("m/counts.csv", "", counted("2022-11-01", 20)),
    "counts later": ("m/counts-2.csv", "", counted("2022-11-04", 24)),
    "list": ("m/list.csv", "", listed("2022-11-04", *range(20))),
    "prefilled": ("m/prefilled.csv", "", ticked(*range(6))),
    "copy before": ("a/october.csv", OCTOBER, plans(0, 30, "2022-10-01")),
    "copy after": ("z/october.csv", OCTOBER, plans(0, 30, "2022-10-01")),
}
FOLLOWS = {"november again": "november", "release": "december", "withdraw": "wrong"}
EVENTS = [*FILES, "release", "withdraw"]


@dataclass
class Kept(Reader):
    """A reading process that outlives one intake: starting it would take longer than all else."""

    def stop_for_good(self) -> None:
        super().stop()

    def __exit__(self, *_: object) -> None:
        return None


@pytest.fixture(scope="module", autouse=True)
def one_reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    layouts = [layout_of(catalogue().contracts[name]) for name in KNOWN]
    kept = Kept(layouts, tmp_path_factory.mktemp("reading"))
    kept.__enter__()

    def reader(_: Any, scratch: Path, limits: Limits) -> Kept:
        kept.scratch = scratch
        return kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("countermark.warehouse.intake.Reader", reader)
        yield
    kept.stop_for_good()


def in_order(drawn: Sequence[str]) -> list[str]:
    """The drawn order, with what follows another moved right behind it where it came too early."""
    order: list[str] = []
    for event in drawn:
        if FOLLOWS.get(event) in drawn[drawn.index(event) :]:
            continue
        order.append(event)
        order += [late for late, first in FOLLOWS.items() if first == event and late in drawn[: drawn.index(event)]]
    return order


def do(at: Desk, event: str) -> None:
    if event in FILES:
        name, day, rows = FILES[event]
        if day:
            text_file(at.inbox / f"{name}.delivery.toml", f'authority = "E1"\nextracted_on = {day}\n')
        csv_file(at.inbox / name, rows)
        return
    delivery = at.receipt(FILES[FOLLOWS[event]][0]).delivery_id
    if event == "withdraw":
        at.ledger.withdraw(delivery, "another council's list", "Olive Officer")
    else:
        at.ledger.note([Note("E1", RELEASE, delivery, {"reason": "archived"}, "Olive Officer")])


def play(at: Desk, order: Sequence[str], together: set[int]) -> None:
    """Let the events happen; a run follows each, but for those in `together`, which wait for the next."""
    text_file(at.inbox / "authority.toml", TEAMS)
    for number, event in enumerate(order):
        if event not in FILES:
            at.run()
        do(at, event)
        if number not in together:
            at.run()
    at.run()


def come_to(at: Desk) -> Found:
    """Everything that follows from the deliveries, without when it came."""
    definitions, position = at.definitions, Position("E1", AS_AT)
    create_typed(at.con, definitions, at.ledger)
    conform(at.con, definitions, Judgements.of(at.ledger, pseudonym_key(at.home.path)))
    compute(at.con, definitions, position)
    reconcile(at.con, definitions, position, {"North": ["PP1"]})
    record_changes(at.con, definitions)
    tables = [f'typed."{contract.table}"' for contract in delivered(at.con, definitions)]
    tables += ["typed.receipts", "typed.extracts", *(f"facts.{name}" for name in FACTS)]
    return {table: rows_of(at, table) for table in tables}


def rows_of(at: Desk, table: str) -> list[tuple[Any, ...]]:
    names = [name for name, *_ in at.con.execute(f"describe {table}").fetchall() if name not in TIMES]
    COLUMNS[table] = names
    wanted = ", ".join(f'"{name}"' for name in names)
    return at.con.execute(f"select {wanted} from {table} order by all").fetchall()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """What the deliveries come to in the order in which they ought to come, with and without the release."""
    found = State()
    for released in (True, False):
        with empty(tmp_path_factory.mktemp("straight")) as at:
            play(at, [event for event in EVENTS if released or event != "release"], set(range(len(EVENTS))))
            found[released] = come_to(at)
    yield found


@contextmanager
def empty(folder: Path) -> Iterator[Desk]:
    with desk(folder, *KNOWN) as at:
        at.con.execute("set threads = 1")  # so few rows are done sooner by one
        yield at


def statuses(found: Found) -> dict[str, str]:
    return {row[2]: next(cell for cell in row if cell in STATUSES) for row in found["typed.receipts"]}


STATUSES = {"loaded", "loaded_with_rejects", "held", "rejected", "duplicate", "withdrawn"}


def test_the_straight_order_is_what_it_ought_to_be(small: State) -> None:
    expected = {
        "a/october.csv": "loaded", "m/october.csv": "duplicate", "z/october.csv": "duplicate", "m/november.csv": "loaded",
        "m/november_2.csv": "loaded", "m/december.csv": "loaded", "m/wrong.csv": "withdrawn", "m/counts.csv": "loaded",
        "m/counts-2.csv": "loaded", "m/list.csv": "loaded", "m/prefilled.csv": "loaded",
    }  # fmt: skip
    assert statuses(small[True]) == expected
    assert statuses(small[False]) == expected | {"m/december.csv": "held"}
    assert small[True]["facts.members"] != small[False]["facts.members"], "a release moves figures"
    assert small[True]["facts.items"] and small[True]["facts.changes"], "there is something to compare"
    assert any("LATE_RECORDED" in row for row in small[True]["facts.items"]), (
        "what was written up after the first extract"
    )
    assert any("PP3" in row and "prefilled" in row for row in small[False]["facts.claims"]), (
        "a list that was ticked is a count"
    )


@settings(
    max_examples=60 if THOROUGH else 4, deadline=None, derandomize=not THOROUGH, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    drawn=st.permutations(EVENTS), together=st.sets(st.integers(0, len(EVENTS) - 1), min_size=7), released=st.booleans()
)
def test_the_same_state_in_any_order(small: State, drawn: list[str], together: set[int], released: bool) -> None:
    order = in_order([event for event in drawn if released or event != "release"])
    with TemporaryDirectory() as folder, empty(Path(folder)) as at:
        play(at, order, together)
        found = come_to(at)
    differs = [table for table, expected in small[released].items() if found[table] != expected]
    assert differs == [], (order, sorted(together))


def test_the_newer_delivery_of_one_extract_is_the_one_that_came_later(tmp_path: Path) -> None:
    """The control: where the order means something the state does differ."""
    found = []
    for number, order in enumerate((["november", "november again"], ["november again", "november"])):
        with empty(tmp_path_folder(tmp_path, number)) as at:
            play(at, order, set())
            found.append(come_to(at))
    assert found[0]["facts.members"] != found[1]["facts.members"]


def tmp_path_folder(folder: Path, number: int) -> Path:
    made = folder / str(number)
    made.mkdir()
    return made


def test_what_is_published_has_the_same_hash(small: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way to a publication, for the straight order and one that turns it round."""
    straight, turned = [*EVENTS], in_order([*reversed(EVENTS)])
    assert straight != turned
    place = COLUMNS["facts.items"].index
    mine = [
        row
        for row in small[True]["facts.items"]
        if (row[place("indicator_id")], row[place("team")]) == ("PP1", "North")
    ]
    bound = {
        row[place("break_key")]: row[place("bound_to")]
        for row in mine
        if row[place("case_id")] and not row[place("closed")]
    }
    snapshots: list[Path] = []
    with ExitStack() as stack:
        for number, order in enumerate((straight, turned)):
            at = stack.enter_context(empty(tmp_path_folder(tmp_path, number)))
            if number:  # the second time what people decide comes before all that they decide on
                decide(at, bound)
            play(at, order, set(range(0, len(EVENTS), 1 + number)))
            if not number:
                decide(at, bound)
            at.con.close()
            monkeypatch.setattr("tests.chain.catalogue", lambda definitions=at.definitions: definitions)
            snapshots.append(run_chain(at.inbox, at.home.path, AS_AT, validate=False))
    assert snapshots[0].name.split("-")[1] == snapshots[1].name.split("-")[1]
    with read(snapshots[1]) as con:
        query = "select count(distinct case_id) filter (decision = 'system_right'), count(*) filter (decision_lapsed) > 0 from main.breaks"
        assert con.execute(query).fetchall() == [(2, True)], "two decisions hold, and one is of other evidence"


def decide(at: Desk, bound: dict[str, str]) -> None:
    """Decisions on three differences, by the names that this home has for them; the third was taken on another state of its rows."""
    keys = sorted(bound)[:3]
    ids = pseudonyms(pseudonym_key(at.home.path), [("E1", "PP1", key) for key in keys])
    at.ledger.decide(
        [
            Decision(
                "E1", name, "PP1", "system_right", "workload", "Seen in the diary.", "Olive Officer", bound_to=evidence
            )
            for name, evidence in zip(ids, [*(bound[key] for key in keys[:2]), "another"], strict=True)
        ]
    )
