"""The lives of differences between systems: over positions, and by day in the ledger; decisions lapse with what either system says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from countermark.certify import judge
from countermark.certify.lives import told_of
from countermark.certify.publish import publish_again
from countermark.certify.snapshot import current, find
from countermark.contracts.catalogue import Catalogue, load
from countermark.desk import between, histories
from countermark.home import Home
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from pipelines.commands import differing
from tests.web_kit import AS_AT, CODE

NOVEMBER, DECEMBER = date(2022, 11, 30), date(2022, 12, 31)
PAIRS = ("pairs", "pair_lines", "pair_items")
SAID = {"cause": "system_fault", "reason": "The other one is behind.", "until": date(2023, 6, 30)}


class Place:
    """A home whose published facts a test alters, as a delivery would, before it is published again."""

    def __init__(self, home: Path) -> None:
        self.home = Home.open(home)
        self.ledger = Ledger.open(self.home.ledger_url)
        self.catalogue: Catalogue = load()

    def deliver(self, *changes: str) -> None:
        """Alter the facts and publish."""
        with duckdb.connect(str(find(self.home))) as con:
            for change in changes:
                con.execute(change)
        publish_again(self.home, self.catalogue, self.ledger)

    def rows(self, sql: str, said: Any = ()) -> list[dict[str, Any]]:
        """A query of the publication that stands."""
        with duckdb.connect(str(current(self.home)), read_only=True) as con:
            found = con.execute(sql, said)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def named(self, pair: str) -> list[str]:
        """A pair's differences, by name."""
        query = "select distinct difference_id from pair_items where pair_id = ? and effect <> 0 order by case_id"
        return [row["difference_id"] for row in self.rows(query.replace("distinct ", ""), [pair])]


@pytest.fixture
def place(built_home: Path, tmp_path: Path) -> Iterator[Place]:
    shutil.copytree(built_home, tmp_path / "home")
    made = Place(tmp_path / "home")
    yield made
    made.ledger.close()


def later(day: date, since: date = AS_AT) -> list[str]:
    """Facts of a further position: those of an earlier one, as if nothing had changed."""
    return [
        f"insert into facts.{table} select * replace (date '{day}' as as_at) from facts.{table} where as_at = date '{since}'"
        for table in PAIRS
    ]


def case_of(place: Place, name: str) -> str:
    return str(place.rows("select case_id from pair_items where difference_id = ?", [name])[0]["case_id"])


def test_from_position_to_position_each_is_told_apart_and_the_roll_forward_adds(place: Place) -> None:
    first, second, third = place.named("X01")
    whose = f"pair_id = 'X01' and case_id = '{case_of(place, third)}'"
    months = place.catalogue.pairs["X05"].parameters[
        "over_months"
    ]  # in the months up to October, and no more in those up to November
    early = f"(date '{AS_AT}' - to_months({months}))::date + 5"
    place.deliver(
        "delete from facts.pair_items where pair_id in ('X05', 'X06')",
        *(
            f"insert into facts.pair_items select * replace ('{pair}' as pair_id, {early} as left_starts_on) from facts.pair_items "
            f"where {whose}"
            for pair in ("X05", "X06")
        ),
    )
    [short], [begun], [planned] = place.named("X02"), place.named("X05"), place.named("X06")
    gone, other = case_of(place, first), case_of(place, second)
    place.deliver(
        *later(NOVEMBER),
        f"delete from facts.pair_items where as_at = '{NOVEMBER}' and pair_id = 'X01' and case_id = '{gone}'",
        f"update facts.pair_items set reason = 'VALUE' where as_at = '{NOVEMBER}' and pair_id = 'X01' and case_id = '{other}'",
        f"delete from facts.pair_items where as_at = '{NOVEMBER}' and pair_id in ('X05', 'X06')",  # their months are over
        *later(DECEMBER, NOVEMBER),
        f"insert into facts.pair_items select * replace (date '{DECEMBER}' as as_at) from facts.pair_items "
        f"where as_at = '{AS_AT}' and pair_id = 'X01' and case_id = '{gone}'",
        f"delete from facts.pair_items where as_at = '{DECEMBER}' and pair_id = 'X02'",
        f"update facts.pairs set not_made = 'Not delivered: List 8.' where as_at = '{DECEMBER}' and pair_id = 'X02'",
    )
    lives = {
        name: [row["life"] for row in place.rows("from desk.lives where break_id = ? order by as_at", [name])]
        for name in (first, second, third, short, begun, planned)
    }
    assert lives == {
        first: ["new", "corrected", "reopened"], second: ["new", "moved", "old"], third: ["new", "old", "old"],
        short: ["new", "old", "not_counted"], begun: ["new", "past"], planned: ["new", "past"],
    }  # fmt: skip
    rolled = place.rows("from pair_roll_forward")
    for row in rolled:
        came = row["opening"] + row["new"] + row["reopened"] + row["moved_in"]
        assert came - row["moved_out"] - row["closed"] == row["closing"], row
    closing = {(row["pair_id"], row["as_at"]): 0 for row in rolled}
    for row in rolled:
        closing[row["pair_id"], row["as_at"]] += row["closing"]
    for (pair, day), number in closing.items():
        query = "select count(*) as n from pair_items where pair_id = ? and as_at = ? and effect <> 0"
        assert place.rows(query, [pair, day]) == [{"n": number}]
    assert not place.rows("from roll_forward where indicator_id like 'X%'"), "the figures' own is theirs alone"
    standing = {(one.subject, one.body["what"]) for one in told_of(place.ledger, CODE, [*lives])}
    assert not standing, "what is there again, is past, or could not be asked, has not been corrected"
    past = histories.history(
        lambda sql, said: place.rows(sql, dict(said)), place.ledger, CODE, first, place.catalogue.reasons, DECEMBER
    )
    assert [one.what for one in past.dates] == ["new", "corrected", "reopened"]


def test_what_agrees_closes_by_itself_and_comes_back_with_its_old_age(place: Place) -> None:
    first, *_ = place.named("X01")
    case, seen = case_of(place, first), place.ledger.first_seen(CODE, "pair")[first]
    [row] = place.rows("select * from facts.pair_items where pair_id = 'X01' and case_id = ?", [case])
    away = f"delete from facts.pair_items where pair_id = 'X01' and case_id = '{case}'"
    with duckdb.connect(str(find(place.home))) as con:
        con.execute(
            "create schema kept; create table kept.one as select * from facts.pair_items where case_id = ?", [case]
        )
        con.execute(away)
        con.execute("copy kept.one to '" + str(place.home.tmp / "one.parquet") + "'; drop schema kept cascade")
    publish_again(place.home, place.catalogue, place.ledger)
    assert first not in place.named("X01") and row["case_id"] == case
    assert [one.body["what"] for one in told_of(place.ledger, CODE, [first])] == ["closed"]
    publish_again(place.home, place.catalogue, place.ledger)
    assert len(told_of(place.ledger, CODE, [first])) == 1, "it is told once"
    back = f"insert into facts.pair_items from '{place.home.tmp / 'one.parquet'}' where pair_id = 'X01'"
    place.deliver(back)
    [now] = place.rows("from pair_items where difference_id = ? and effect <> 0", [first])
    assert (now["state"], now["first_seen"]) == ("open", seen)
    assert [one.body["what"] for one in told_of(place.ledger, CODE, [first])] == ["closed", "reopened"]


def test_a_decision_holds_while_both_say_what_was_read_and_until_its_day(place: Place) -> None:
    first, second, third = place.named("X01")
    before = place.rows("select facts_hash, status from main.metrics order by all")
    for one, decision in ((first, "left_right"), (second, "both_wrong"), (third, "right_right")):
        [stored] = judge.decide(place.ledger, find(place.home), [one], "Delphine Fennimore", decision=decision, **SAID)
        assert stored.indicator_id == "X01" and stored.bound_to
    place.deliver()
    states = {row["difference_id"]: row["state"] for row in place.rows("from pair_items where pair_id = 'X01'")}
    assert states == {first: "decided", second: "open", third: "decided"}
    place.deliver(
        "update facts.pair_items set left_says = 'otherwise' where pair_id = 'X01' and case_id = "
        f"'{case_of(place, first)}'",
        *later(date(2023, 7, 31)),  # after the day until which they hold
    )
    states = {(row["difference_id"], row["as_at"]): row for row in place.rows("from pair_items where pair_id = 'X01'")}
    assert (states[first, AS_AT]["state"], states[first, AS_AT]["decision_lapsed"]) == ("open", True)
    assert states[third, AS_AT]["state"] == "decided" and states[third, date(2023, 7, 31)]["state"] == "open"
    lapses = [one for one in told_of(place.ledger, CODE, [first, second, third]) if one.kind == "lapse"]
    assert {one.subject for one in lapses} == {first, second, third}
    after = place.rows("select facts_hash, status from main.metrics order by all")
    assert after == before, "no figure and no certificate hangs on it"


def test_another_code_is_decided_on_and_how_many_others_have_it_binds_nothing(place: Place) -> None:
    first, second, _ = place.named("X01")
    coded = f"where pair_id = 'X01' and case_id = '{case_of(place, first)}'"
    place.deliver(
        f"update facts.pair_items set effect = 0, reason = 'MAPPING', why = 'Another code; 1 of 3.' {coded}",
        "update facts.pair_items set effect = 0, reason = 'IDENTITY' where pair_id = 'X01' "
        f"and case_id = '{case_of(place, second)}'",
    )
    states = {row["difference_id"]: row["state"] for row in place.rows("from pair_items where pair_id = 'X01'")}
    assert (states[first], states[second]) == ("open", "closed"), "where ids alone differ there is nothing to decide"
    judge.decide(place.ledger, find(place.home), [first], "Delphine Fennimore", decision="right_right", **SAID)
    place.deliver(f"update facts.pair_items set why = 'Another code; 7 of 9.' {coded}")
    assert place.rows("select state from pair_items where difference_id = ?", [first]) == [{"state": "decided"}]
    told = [(one.subject, one.kind, one.body.get("what")) for one in told_of(place.ledger, CODE, [first, second])]
    assert told == [(second, "life", "closed")]


def test_the_commands_find_show_and_decide_them(place: Place) -> None:
    def said(*words: str) -> str:
        answer = CliRunner().invoke(differing.app, [*words, "--home", str(place.home.path)])
        assert answer.exit_code == 0, answer.output
        return " ".join(answer.output.split())

    first, second, third = place.named("X01")
    listed = said("list", "--systems")
    assert (
        all(one in listed for one in (first, second, third, *place.named("X02")))
        and f"{len(place.rows('from pair_items'))} found" in listed
    )
    assert "3 found" in said("list", "--indicator", "x01") and first not in said("list", "--state", "any")
    shown = said("show", first)
    assert "List 6, on a plan: counts it" in shown and "It moves no figure, whatever is decided." in shown
    words = [
        "--cause",
        "system_fault",
        "--reason",
        "List 7 is behind.",
        "--until",
        "2023-06-30",
        "--by",
        "Delphine Fennimore",
    ]
    assert "3 decisions recorded, 0 left." in said("decide", "--indicator", "X01", "--decision", "left_right", *words)
    assert "0 found" in said("list", "--indicator", "X01")
    shown = said("show", first)
    assert "Decided" in shown and "right: List 6, on a plan; to be corrected: List 7, not looked after" in shown
    rolled = said("roll-forward", "X01")
    assert "Together 0 3 0 0 0 0 3 3 0" in rolled and "of a pair that could not be made this time" in rolled


def test_only_decisions_that_fit_are_taken(place: Place) -> None:
    first, *_ = place.named("X01")
    query = "select break_id from main.breaks where state = 'open' order by 1 limit 1"
    figures = place.rows(query)[0]["break_id"]
    for one, decision in ((first, "manual_right"), (figures, "left_right")):
        with pytest.raises(LedgerError, match="is a difference between"):
            judge.decide(place.ledger, find(place.home), [one], "Delphine Fennimore", decision=decision, **SAID)
    with pytest.raises(LedgerError, match="needs a date"):
        judge.decide(
            place.ledger,
            find(place.home),
            [first],
            "Delphine Fennimore",
            decision="left_right",
            cause="workload",
            reason="So.",
        )
    assert not place.ledger.decisions()
    assert between.find(lambda sql, said: place.rows(sql, dict(said)), CODE, figures, AS_AT) is None
