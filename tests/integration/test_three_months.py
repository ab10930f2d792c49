"""Three months of the invented authority run in order, decisions taken in the first: what the third says of each difference, and that it adds up.

Beside what the sample's teams got wrong, eight children whom no system knows stand in one team's lists, each with a story of its own.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from countermark.certify import judge
from countermark.certify.publish import publish_again
from countermark.certify.snapshot import find, read
from countermark.contracts.catalogue import Catalogue
from countermark.desk import groups, histories, rolled, worklist
from countermark.desk.figures import Rows, rows_of
from countermark.explain import UnknownFigure, explain
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.sample.sample import write_sample
from countermark.statement.making import statement
from countermark.statement.restating import restatement
from countermark.statement.writing import written
from pipelines.commands import differing
from tests import chain
from tests.intake_kit import catalogue

MONTHS = (date(2022, 8, 31), date(2022, 9, 30), date(2022, 10, 31))
TEAM, OFFICER, TODAY = "Safeguarding West", "Delphine Fennimore", date(2022, 11, 20)
EXTRACTS = ("2022-09-02 Annex A", "2022-10-04 Annex A", "2022-11-02 Annex A")
# By child, month by month: listed (as not seen), seen (as seen), or not in the list.
STORIES = {
    "8800001": ("listed", "listed", "listed"),  # accepted until next year: explained
    "8800002": ("listed", "listed", "listed"),  # accepted until mid September: its day passes
    "8800003": ("listed", "listed", "seen"),  # accepted until next year, then the list changes
    "8800004": ("listed", "listed", "listed"),  # nobody decides: old
    "8800005": ("listed", "", "listed"),  # there again
    "8800006": ("listed", "listed", ""),  # closes
    "8800007": ("", "", "listed"),  # new
    "8800008": ("", "listed", "listed"),  # there since September
}
DECIDED = {"8800001": date(2023, 1, 31), "8800002": date(2022, 9, 15), "8800003": date(2023, 1, 31)}
KEPT = {"PP0", "PP1", "PP3", "PP6", "PP7", "AS1", "AS2", "AS3", "CP3", "CP4", "LA0", "LA4", "LA8", "CN0", "FD5"}


@dataclass
class Months:
    """The home after three months, read through its newest publication."""

    home: Home
    ledger: Ledger
    definitions: Catalogue
    rows: Rows
    code: str

    def break_of(self, child: str) -> str:
        """The name of a planted child's difference."""
        query = "select distinct break_id from main.breaks where case_id = $case and indicator_id = 'PP1'"
        return str(self.rows(query, {"case": child})[0]["break_id"])

    def life(self, child: str) -> list[tuple[str, str]]:
        """What each month made of a planted child: life and state."""
        query = "select life, state from desk.lives where break_id = $name order by as_at"
        return [(row["life"], row["state"]) for row in self.rows(query, {"name": self.break_of(child)})]


def plant(inbox: Path, month: int) -> None:
    """Put the month's children into the team's list and count."""
    stories = {child: story[month] for child, story in STORIES.items() if story[month]}
    listed = next(path for path in inbox.rglob("*.csv") if _has(path, month, "case_id"))
    who = next(row for row in _rows(listed) if _is_mine(row, month))
    with listed.open("a", encoding="utf-8", newline="") as file:
        for child, how in stories.items():
            seen = {"in_numerator": "true", "event_date": f"{MONTHS[month].replace(day=25)}"}
            row = {
                **who,
                "case_id": child,
                "in_numerator": "false",
                "event_date": "",
                **(seen if how == "seen" else {}),
            }
            csv.DictWriter(file, list(who), lineterminator="\n").writerow(row)
    counted = next(path for path in inbox.rglob("*.csv") if _has(path, month, "denominator"))
    rows = _rows(counted)
    for row in rows:
        if _is_mine(row, month):
            row["denominator"] = str(int(row["denominator"]) + len(stories))
            row["numerator"] = str(int(row["numerator"]) + sum(how == "seen" for how in stories.values()))
    with counted.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_mine(row: dict[str, str], month: int) -> bool:
    return (row["indicator_id"], row["team"], row["as_at"]) == ("PP1", TEAM, MONTHS[month].isoformat())


def _has(path: Path, month: int, column: str) -> bool:
    rows = _rows(path)
    return bool(rows) and column in rows[0] and any(_is_mine(row, month) for row in rows)


def deliver(sample: Path, inbox: Path, month: int) -> None:
    """What arrives in a month: the extract, the lists and the counts."""
    shutil.copytree(sample / EXTRACTS[month], inbox / EXTRACTS[month])
    stamp = MONTHS[month].isoformat()[:7]
    last = month == len(MONTHS) - 1
    for folder, names in (
        ("lists", "* October 2022*" if last else f"{stamp} *"),
        ("counts", "manual*" if last else f"{stamp} *"),
    ):
        for path in (sample / folder).glob(names):
            shutil.copy(path, inbox / path.name)
    plant(inbox, month)


def decide(home: Home, ledger: Ledger, definitions: Catalogue) -> None:
    """The first month's decisions: three planted children, and whatever differs in the dental checks."""
    snapshot = find(home)
    with read(snapshot) as con:
        mine = dict(
            con.execute("select distinct case_id, break_id from main.breaks where indicator_id = 'PP1'").fetchall()
        )
        dental = [
            one
            for (one,) in con.execute("select distinct break_id from main.breaks where indicator_id = 'LA8'").fetchall()
        ]
    said = {"cause": "workload", "reason": "The file was opened with the team.", "evidence": ""}
    wanted = [([mine[child]], until) for child, until in DECIDED.items()] + (
        [(dental, date(2022, 12, 31))] if dental else []
    )
    for breaks, until in wanted:
        judge.decide(ledger, snapshot, breaks, OFFICER, decision="accepted", until=until, **said)
    publish_again(home, definitions, ledger)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Months]:
    folder = tmp_path_factory.mktemp("three")
    write_sample(folder, scale=0.03, as_at=MONTHS[-1], history=2, sources="annex_a")
    every, inbox = catalogue(), folder / "in"
    few = replace(every, indicators={name: one for name, one in every.indicators.items() if name in KEPT})
    inbox.mkdir()
    shutil.copy(folder / "inbox" / "authority.toml", inbox)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "catalogue", lambda: few)
        for month, as_at in enumerate(MONTHS):
            deliver(folder / "inbox", inbox, month)
            chain.run_chain(inbox, folder / "home", as_at, validate=False)
            if month == 0:
                with Ledger.open(Home(folder / "home").ledger_url) as ledger:
                    decide(Home(folder / "home"), ledger, few)
        chain.run_chain(
            inbox, folder / "home", MONTHS[0], validate=False
        )  # what later lists say of the first month: restated
    home = Home.open(folder / "home")
    with Ledger.open(home.ledger_url) as ledger, read(find(home)) as con:
        yield Months(home, ledger, few, rows_of(con), ledger.authorities()[0])


def test_each_story_is_told_as_it_went(months: Months) -> None:
    new, old, closed = ("new", "open"), ("old", "open"), ("corrected", "closed")
    assert months.life("8800001") == [("new", "decided"), ("old", "decided"), ("old", "decided")]
    # the first position lies within the decision's days, the others do not
    assert months.life("8800002") == [("new", "decided"), old, old]
    assert months.life("8800004") == [new, old, old]
    assert months.life("8800005") == [new, closed, ("reopened", "open")]
    assert months.life("8800006") == [new, old, closed]
    assert months.life("8800007") == [new]
    assert months.life("8800008") == [new, old]
    # the list says another thing of the third child now: the decision held as long as it did not
    assert months.life("8800003")[:2] == [("new", "decided"), ("old", "decided")]
    assert months.life("8800003")[2][1] == "open"
    lapsed = "select distinct break_id from desk.lives where as_at = $at and lapsed and state = 'open' and indicator_id = 'PP1'"
    found = {row["break_id"] for row in months.rows(lapsed, {"at": MONTHS[2]})}
    assert found == {months.break_of("8800002"), months.break_of("8800003")}


def test_the_roll_forward_adds_up_when_it_is_counted_again_in_plain_python(months: Months) -> None:
    order = [one.code for one in sorted(months.definitions.reasons.values(), key=lambda one: one.precedence)]
    at: dict[date, dict[tuple[str, str], str]] = defaultdict(dict)
    for row in months.rows("select * from main.breaks where effect <> 0 and state <> 'closed'", {}):
        key = (row["indicator_id"], row["break_id"])
        reason = at[row["as_at"]].get(key, row["reason"])
        at[row["as_at"]][key] = min(reason, row["reason"], key=order.index)
    seen = 0
    for month, as_at in enumerate(MONTHS):
        before, now = at[MONTHS[month - 1]] if month else {}, at[as_at]
        ever = {key for earlier in MONTHS[:month] for key in at[earlier]}
        wanted: dict[str, Counter[str]] = defaultdict(Counter)
        for key in before | now:
            was, has = before.get(key), now.get(key)
            if was:
                wanted[was]["opening"] += 1
                wanted[was]["closed"] += has is None
                wanted[was]["moved_out"] += has not in (None, was)
            if has:
                wanted[has]["closing"] += 1
                wanted[has]["moved_in"] += was not in (None, has)
                wanted[has]["new"] += was is None and key not in ever
                wanted[has]["reopened"] += was is None and key in ever
        found = {row["reason"]: row for row in rolled.rolled(months.rows, months.code, as_at)}
        assert set(found) == set(wanted)
        for reason, row in found.items():
            for name in ("opening", "new", "reopened", "moved_in", "moved_out", "closed", "closing"):
                assert row[name] == wanted[reason][name], (as_at, reason, name)
            left = row["opening"] + row["new"] + row["reopened"] + row["moved_in"] - row["moved_out"] - row["closed"]
            assert left == row["closing"]
            seen += row["opening"]
    assert seen > 10
    # and what the warehouse rolled forward is the same, reason by reason
    query = "select as_at, reason, opening, new, reopened, moved_in, moved_out, closed, closing from facts.roll_forward order by all"
    mine = "select as_at, reason, {} from main.roll_forward group by as_at, reason order by all"
    sums = ", ".join(
        f"sum({name})::integer as {name}" for name in query.split("reason, ")[1].split(" from")[0].split(", ")
    )
    assert months.rows(query, {}) == months.rows(mine.format(sums), {})


def test_the_third_months_bridges_add_up_and_say_what_is_explained_lapsed_new_and_old(months: Months) -> None:
    bridges = months.rows("select * from facts.bridges where as_at = $at", {"at": MONTHS[2]})
    effects: Counter[tuple[str, str, str]] = Counter()
    for row in months.rows("select * from main.breaks where as_at = $at", {"at": MONTHS[2]}):
        effects[row["indicator_id"], row["team"], row["measure"]] += row["effect"]
    assert len(bridges) > 20
    for row in bridges:
        assert row["manual"] + effects[row["indicator_id"], row["team"], row["measure"]] == row["system"]
    text = " ".join(explain(find(months.home), "PP1", MONTHS[2], TEAM).split())
    mine = {child for child, story in STORIES.items() if story[2]}
    standing = months.rows(
        "select distinct break_id, case_id from main.breaks where as_at = $at and indicator_id = 'PP1' and team = $team and effect <> 0 "
        "and state <> 'closed'", {"at": MONTHS[2], "team": TEAM},
    )  # fmt: skip
    own = len({row["break_id"] for row in standing if row["case_id"] not in STORIES})
    assert {row["case_id"] for row in standing} >= mine
    assert (
        f"{len(mine) + own} differences move it: 1 explained by decisions in force, 2 open again since the decision no longer holds and "
        f"{len(mine) + own - 3} open."
    ) in text
    assert "the oldest since 31 August 2022, 42 working days" in text and re.search(r"\d there again", text)
    assert re.search(r"Since 30 September 2022: [1-9]\d* closed", text)


def test_a_history_says_when_and_by_whom(months: Months) -> None:
    def told(child: str) -> tuple[list[tuple[str, str]], list[str]]:
        past = histories.history(
            months.rows, months.ledger, months.code, months.break_of(child), months.definitions.reasons, TODAY
        )
        return [(one.what, one.by) for one in past.days], [one.what for one in past.dates]

    assert told("8800001") == ([("seen", ""), ("decided", OFFICER)], ["new", "old", "old"])
    days, dates = told("8800002")
    assert ("decided", OFFICER) in days and ("run_out", "") in days and ("lapsed", "") in days
    assert dates == ["new", "lapsed", "lapsed"]
    assert told("8800005") == ([("seen", ""), ("closed", ""), ("reopened", "")], ["new", "corrected", "reopened"])
    assert told("8800006") == ([("seen", ""), ("closed", "")], ["new", "old", "corrected"])


def test_the_ledger_is_told_of_a_closing_once_however_often_it_is_published(months: Months) -> None:
    def notes() -> list[tuple[str, int]]:
        return sorted(
            (one.subject, one.version) for kind in ("life", "lapse") for one in months.ledger.notes(kind, newest=False)
        )

    before = notes()
    assert not publish_again(months.home, months.definitions, months.ledger).is_new
    assert notes() == before and len(before) >= 5


def test_what_moves_what_is_the_range_taken_apart_and_worst_stands_first(months: Months) -> None:
    found = rolled.moves(months.rows, months.code, MONTHS[2])
    assert found and all(row["state_of"] == "open" for row in _with_states(months, found))
    keys = [
        (not (row["headline"] and row["outside_tolerance"]), not row["headline"], -row["worse_by"]) for row in found
    ]
    assert keys == sorted(keys)
    ranges = {
        (row["indicator_id"], row["team"]): row
        for row in months.rows("select * from main.ranges where as_at = $at", {"at": MONTHS[2]})
    }
    odd = {(r["indicator_id"], r["team"]) for r in months.rows(
        "select distinct indicator_id, unnest([team, 'ALL']) as team from main.members where as_at = $at and state in ('overtaken', 'unusable')",
        {"at": MONTHS[2]},
    )}  # fmt: skip
    worse, better = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in found:
        worse[row["indicator_id"], row["team"]] += max(0, row["worse_by"])
        better[row["indicator_id"], row["team"]] += min(0, row["worse_by"])
    checked = 0
    for key, row in ranges.items():
        if row["fewest"] is None or key in odd:
            continue
        assert row["most"] == max(0, row["recorded"] + worse[key]) and row["fewest"] == max(
            0, row["recorded"] + better[key]
        ), key
        checked += bool(worse[key] or better[key])
    assert checked > 5


def _with_states(months: Months, found: list[dict[str, object]]) -> list[dict[str, object]]:
    query = "select distinct break_id, state from main.breaks where as_at = $at and state = 'open'"
    opened = {row["break_id"] for row in months.rows(query, {"at": MONTHS[2]})}
    return [{**row, "state_of": "open" if row["break_id"] in opened else "other"} for row in found]


def test_groups_hold_every_item_once_a_key_and_facts_hold_their_differences(months: Months) -> None:
    wanted = worklist.Filters(MONTHS[2], kind="difference")
    items = worklist.items(months.rows, months.code, wanted, {}, TODAY)
    for by in ("cause", "form", "worker"):
        assert sum(one.items for one in groups.groups(months.rows, months.code, wanted, by, {}, TODAY)) == len(items)
    teams = groups.groups(months.rows, months.code, wanted, "team", {}, TODAY)
    assert {one.name: one.items for one in teams} == Counter(team for one in items for team in one.teams or [""])
    lines = worklist.every_fact(months.rows, months.code, wanted, {}, TODAY)
    assert sorted(one for line in lines for one in line.together) == sorted(one.item_id for one in items)
    for line in lines:
        fellows = [one for one in items if one.item_id in line.together]
        assert len({(one.child_id, one.form, one.reason) for one in fellows}) == 1


def test_the_commands_say_what_the_pages_say_and_name_what_was_decided_since(months: Months) -> None:
    def said(*words: str, code: int = 0) -> str:
        answer = CliRunner().invoke(differing.app, [*words, "--home", str(months.home.path)])
        assert answer.exit_code == code, answer.output
        return " ".join(answer.output.split())

    first, second, closed = (months.break_of(child) for child in ("8800004", "8800008", "8800006"))
    listed = said("list", "--team", TEAM, "--indicator", "PP1", "--state", "any")
    assert all(one in listed for one in (first, second)) and "facts; read at" in listed
    assert months.break_of("8800002") in said("list", "--state", "lapsed") and first not in said(
        "list", "--state", "lapsed"
    )
    assert months.break_of("8800005") in said("list", "--state", "reopened")
    assert TEAM in said("list", "--group", "team") and "no cause chosen" in said("list", "--group", "cause")
    shown = said("show", closed)
    assert "closed by itself" in shown and "31 October 2022" in shown
    assert "→" in said("moves", "PP1", "--team", "ALL") and "Together" in said("roll-forward", "PP1")
    assert "given to Safeguarding West" in said("assign", first, "--to", TEAM, "--by", OFFICER)
    assert f"{TEAM} has it" in said("show", first)
    said("comment", first, "--text", "Asked the school.", "--by", OFFICER)
    assert f"Asked the school. ({OFFICER})" in said("show", first)
    words = ["--decision", "both_wrong", "--cause", "workload", "--reason", "Neither list is right."]
    early = "2022-11-01T00:00:00+00:00"
    assert "Nothing had been published" in str(
        CliRunner()
        .invoke(
            differing.app,
            ["decide", first, *words, "--by", OFFICER, "--read-at", early, "--home", str(months.home.path)],
        )
        .exception
    )
    read_at = datetime.now(UTC).isoformat()
    with read(find(months.home)) as con:  # somebody else is faster with the second
        assert con.execute("select count(*) from main.breaks where break_id = ?", [second]).fetchall()[0][0]
    judge.decide(
        months.ledger, find(months.home), [second], "Tomasz Ingleshaw", decision="both_wrong", cause="workload", reason="Seen.", until=None,
        evidence="",
    )  # fmt: skip
    answer = said("decide", first, second, *words, "--by", OFFICER, "--read-at", read_at)
    assert (
        "1 decision recorded, 1 left." in answer
        and f"{second}: Tomasz Ingleshaw has decided it in the meantime" in answer
    )
    assert "Neither list is right." in said("show", first)


def test_a_statement_is_the_bridge_and_a_restatement_leads_from_revision_to_revision(months: Months) -> None:
    made = statement(find(months.home), "PP1", MONTHS[2], TEAM)
    bridges = {row["measure"]: row for row in months.rows(
        "select * from facts.bridges where as_at = $at and indicator_id = 'PP1' and team = $team", {"at": MONTHS[2], "team": TEAM},
    )}  # fmt: skip
    assert [one.name for one in made.parts] == ["Those that meet it", "All who count"]
    for one, measure in zip(made.parts, ("numerator", "denominator"), strict=True):
        assert (one.first[1], one.last[1]) == (bridges[measure]["manual"], bridges[measure]["system"])
        assert one.first[1] + sum(step.effect for step in one.steps) == one.last[1] and one.bank
        assert one.bank.adjusted == one.bank.left[0].number + sum(row.number for row in one.bank.left[1:])
    told = " ".join(made.notes)
    assert "1 explained by decisions in force" in told and "there again" in told
    everything = "".join(written(made, form).decode() for form in ("text", "html"))
    assert not any(child in everything for child in STORIES) and OFFICER not in everything
    restated = months.rows(
        "select indicator_id, team, as_at, max(revision) as newest from main.revisions group by all "
        "having count(distinct (system_numerator, system_denominator)) > 1", {},
    )  # fmt: skip
    assert restated
    explained = 0
    for row in restated[:8]:
        figure = (row["indicator_id"], row["as_at"], row["team"])
        found = restatement(
            months.home.published,
            months.ledger,
            months.definitions,
            find(months.home),
            figure,
            between=(1, row["newest"]),
        )
        for part in found.parts:
            assert part.first[1] + sum(step.effect for step in part.steps) == part.last[1]
            assert not any("not to be seen" in step.words for step in part.steps)
            explained += len(part.steps)
    assert explained
    with pytest.raises(UnknownFigure, match="two revisions"):
        restatement(months.home.published, months.ledger, months.definitions, find(months.home), figure, between=(2, 1))
