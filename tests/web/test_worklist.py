"""Holds the worklist to account: every number against a query of its own, no row dropped, what moves a headline first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from lxml import html

from countermark.calendar.working_days import working_days
from countermark.desk import groups, worklist
from countermark.desk.worklist import Filters
from countermark.exports.grouped import BANDS
from countermark.exports.team_workbook import write
from tests.web_kit import AS_AT, TEAM, Desk, post, text_of

OPEN = "select distinct break_id as id from main.breaks where state = 'open' and as_at = ?"
FAILING = "select distinct rule_code, coalesce(\"column\", ''), coalesce(child_id, source_row) from main.failures"


def ids_of(text: str) -> list[str]:
    """The items of a page, in order: those of a line's fact behind the line's own."""
    return re.findall(r'(?:<h2[^>]*>|<li>)<a [^>]*href="/(?:differences|failures)/([0-9a-f]{16})', text)


def leads_of(text: str) -> list[str]:
    """The first items of a page's lines, in order."""
    return re.findall(r'<h2[^>]*><a [^>]*href="/(?:differences|failures)/([0-9a-f]{16})', text)


def all_ids(client: FlaskClient, query: str = "", read: Callable[[str], list[str]] = ids_of) -> list[str]:
    """The items of all pages of a listing, in order."""
    found: list[str] = []
    for page in range(1, 500):
        text = client.get(f"/worklist?page={page}&{query}").text
        found += read(text)
        if 'rel="next"' not in text:
            return found
    raise AssertionError("the pages do not end")


def ranks(desk: Desk) -> dict[str, int]:
    """What each open difference moves, worked out in Python from the published tables."""
    rows = desk.rows("select * from main.breaks where as_at = ?", [AS_AT])
    known = {r["indicator_id"]: r for r in desk.rows("select * from facts.definitions where as_at = ?", [AS_AT])}
    figures = {
        (r["indicator_id"], r["team"]): r
        for r in desk.rows("select * from facts.figures where as_at = ? and basis = 'now'", [AS_AT])
    }
    gross: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        if row["state"] == "open":
            gross[row["indicator_id"], row["team"], row["measure"]] += abs(row["effect"])

    def outside(row: dict[str, Any]) -> bool:
        said, figure = known[row["indicator_id"]], figures.get((row["indicator_id"], row["team"]), {})
        cases = figure.get("denominator" if said["measures"] == "share" else "numerator", 0)
        allowed = max(said["tolerance_cases"], int(said["tolerance_share"] * cases))
        most = max(gross.get((row["indicator_id"], row["team"], m), 0) for m in ("numerator", "denominator"))
        return most > allowed

    found: dict[str, int] = {}
    for row in rows:
        rank = 3
        if row["state"] == "open" and row["effect"]:
            headline = known[row["indicator_id"]]["headline"]
            rank = 0 if headline and outside(row) else 1 if headline else 2
        found[row["break_id"]] = min(rank, found.get(row["break_id"], 3))
    return found


def test_the_counts_on_top_are_those_of_the_tables(desk: Desk) -> None:
    text = text_of(desk.client("officer").get("/worklist"))
    differences, failures = len(desk.rows(OPEN, [AS_AT])), len(desk.rows(FAILING))
    assert differences > 20 and failures > 20
    assert f"{differences} differences and {failures} failures of rules are open." in text
    facts = desk.rows(
        "select distinct fact from desk.items where state = 'open' and kind <> 'pair' and coalesce(as_at, ?) = ?",
        [AS_AT, AS_AT],
    )
    assert f"of {len(facts)}." in text and len(facts) <= differences + failures - len(
        {one["failure_id"] for one in joined(desk)}
    )
    moving = {one for one, rank in ranks(desk).items() if rank <= 1}
    blocking = [r for r in desk.rows("select * from desk.items where kind = 'failure'") if r["rank"] <= 1]
    assert f"{len(moving) + len(blocking)} of them move a headline figure" in text


def test_no_row_is_dropped_between_pages(desk: Desk) -> None:
    client = desk.client("officer")
    found = all_ids(client)
    wanted = {r["id"] for r in desk.rows(OPEN, [AS_AT])}
    failing = {r["failure_id"] for r in desk.rows("select distinct failure_id from main.failures")}
    assert len(found) == len(set(found)) and set(found) == wanted | failing
    for order in ("age", "team", "measure", "child"):
        assert sorted(all_ids(client, f"sort={order}")) == sorted(found)
    lines = all_ids(client, read=leads_of)
    assert (
        leads_of(client.get("/worklist?page=9999", follow_redirects=True).text) == lines[(len(lines) - 1) // 25 * 25 :]
    )


def test_what_moves_a_headline_stands_first_and_errors_before_queries(desk: Desk) -> None:
    found = all_ids(desk.client("officer"), read=leads_of)
    mine = ranks(desk)
    kept = {r["item_id"]: r for r in desk.rows("select * from desk.items")}
    assert {one: kept[one]["rank"] for one in mine} == mine and {0, 1, 3} <= set(mine.values())
    severity = {"blocking": 0, "warning": 1, "query": 2, None: 0}
    order = [(kept[one]["rank"], severity[kept[one]["severity"]]) for one in found]
    assert order == sorted(order)


def test_a_failure_moves_a_figure_only_where_it_is_read_and_the_child_counts(desk: Desk) -> None:
    members = {
        (r["indicator_id"], r["child_id"])
        for r in desk.rows("select distinct indicator_id, child_id from main.members where as_at = ?", [AS_AT])
    }
    reads = defaultdict(set)
    # a figure that the authority's lists have never told is not made, so nothing moves it
    made = "select * from facts.reads where indicator_id in (select indicator_id from main.metrics where as_at = ?)"
    for row in desk.rows(made, [AS_AT]):
        reads[row["contract"], row["header"]].add(row["indicator_id"])
    moved = 0
    for item in desk.rows("select * from desk.items where kind = 'failure'"):
        rows = desk.rows("select * from main.failures where failure_id = ?", [item["item_id"]])
        wanted = {
            indicator
            for row in rows
            if row["severity"] == "blocking"
            for indicator in reads[row["contract"], row["column"]]
            if row["child_id"] is None or (indicator, row["child_id"]) in members
        }
        assert set(item["indicators"]) == wanted
        assert (item["rank"] < 3) == bool(wanted)
        moved += bool(wanted)
    assert moved


FILTERS = [
    ("team=Assessment+North", "list_contains(teams, 'Assessment North')"),
    ("kind=difference", "kind = 'difference'"),
    ("kind=failure&severity=query", "severity = 'query'"),
    ("indicator=PP1", "list_contains(indicators, 'PP1')"),
    ("reason=AS_AT", "list_contains(reasons, 'AS_AT')"),
    ("rule=CM-L04-002", "rule_code = 'CM-L04-002'"),
    ("age=5", "false"),
    ("assigned=nobody", "true"),
    ("assigned=Delphine+Fennimore", "false"),
]


@pytest.mark.parametrize(("query", "condition"), FILTERS)
def test_each_filter_leaves_what_it_says(desk: Desk, query: str, condition: str) -> None:
    asked = f"select item_id from desk.items where state = 'open' and kind <> 'pair' and (as_at = ? or as_at is null) and {condition}"
    wanted = {r["item_id"] for r in desk.rows(asked, [AS_AT])}
    assert set(all_ids(desk.client("officer"), query)) == wanted
    assert wanted or condition == "false"


def test_states_are_told_apart(desk: Desk) -> None:
    client = desk.client("officer")
    everything = all_ids(client, "state=any&kind=difference")
    parts = [all_ids(client, f"state={state}&kind=difference") for state in ("open", "decided", "closed")]
    assert sorted(everything) == sorted(one for part in parts for one in part)
    assert set(everything) == {
        r["break_id"] for r in desk.rows("select break_id from main.breaks where as_at = ?", [AS_AT])
    }
    assert parts[2]


@pytest.mark.parametrize(
    "query", ["page=x", "page=-1", "age=ten", "as_at=yesterday", "sort=;drop", "state=", "page=99999999999999999999"]
)
def test_an_odd_address_is_answered_with_the_plain_list(desk: Desk, query: str) -> None:
    assert desk.client("officer").get(f"/worklist?{query}", follow_redirects=True).status_code == 200


def test_an_item_shows_place_team_age_and_effect(desk: Desk) -> None:
    page = html.fromstring(desk.client("officer").get("/worklist?kind=difference&state=any").text)
    [first] = desk.rows("select distinct first_seen from desk.items")
    days = working_days(first["first_seen"], datetime.now(UTC).date())
    lines = {one.xpath(".//h2/a/@href")[0].split("/")[2][:16]: one for one in page.xpath("//li[@class='cm-item']")}
    shown = {key: " ".join(one.text_content().split()) for key, one in lines.items()}
    for row in desk.rows("select * from desk.items where kind = 'difference' and as_at = ?", [date(2022, 10, 31)]):
        if row["item_id"] in shown:
            words = shown[row["item_id"]]
            assert all(team in words for team in row["teams"]) and f"{days} working day" in words
            if row["child_id"]:
                assert f"Child {row['child_id']}" in words
            for effect in row["effects"]:
                if effect["effect"]:
                    assert f"({effect['open_gross']} open, {effect['allowed']} allowed)" in words
            for source in filter(None, (row["manual_source"], row["system_source"])):
                assert source.rsplit("!", 1)[-1].split()[-1] in words


def test_a_fact_is_one_line_and_ticking_it_ticks_all_of_it(desk: Desk) -> None:
    facts = desk.rows(
        "select fact, list(item_id order by item_id) as ids, list(item_id order by item_id) filter (kind = 'difference') as differing "
        "from desk.items where state = 'open' and coalesce(as_at, ?) = ? group by fact having count(*) > 1", [AS_AT, AS_AT],
    )  # fmt: skip
    assert facts
    client = desk.client("officer")
    for one in facts:
        answer = post(
            client, "/worklist/ticked", {"item": one["differing"][0], "as_at": AS_AT.isoformat()}, page="/worklist"
        )
        assert sorted(re.findall(r"item=([0-9a-f]{16})", answer.headers["Location"])) == one["ids"]
        page = text_of(client.get(f"/differences/{one['differing'][0]}"))
        assert "One piece of work with it" in page and f"Work on all {len(one['ids'])} at once" in page


def joined(desk: Desk) -> list[dict[str, Any]]:
    """The open differences of the position whose cell is a failure of its own, with the failure: worked out from the tables alone."""
    return desk.rows(
        "select distinct breaks.break_id, failures.failure_id, failures.rule_code from main.breaks as breaks join main.failures as failures "
        "on breaks.child_id = failures.child_id and failures.severity = 'blocking' and failures.contract = breaks.system_contract "
        "and ends_with(breaks.system_source, ' ' || failures.source_row) join facts.reads as reads on reads.indicator_id = breaks.indicator_id "
        'and reads.contract = failures.contract and reads.header = failures."column" '
        "where breaks.reason = 'INVALID' and breaks.state = 'open' and breaks.as_at = ? order by all", [AS_AT],
    )  # fmt: skip


def test_a_failing_cell_and_the_differences_that_it_makes_are_one_piece_of_work(desk: Desk) -> None:
    found, client = joined(desk), desk.client("officer")
    assert found
    leads, every = all_ids(client, read=leads_of), all_ids(client)
    for one in found:
        assert one["failure_id"] not in leads and every.count(one["failure_id"]) == 1, (
            "it is listed with its difference, and once"
        )
        difference = client.get(f"/differences/{one['break_id']}?as_at={AS_AT}").text
        failure = client.get(f"/failures/{one['failure_id']}?as_at={AS_AT}").text
        assert f"/failures/{one['failure_id']}" in difference and f"/differences/{one['break_id']}" in failure
        assert "One piece of work with it" in failure
    others = desk.rows(
        "select fact from desk.items where kind = 'difference' and reason <> 'INVALID' and as_at = ?", [AS_AT]
    )
    failing = {row["item_id"] for row in desk.rows("select item_id from desk.items where kind = 'failure'")}
    assert others and not failing & {row["fact"] for row in others}, "the control: no other reason is the cell's"


def test_worklist_groups_and_workbook_have_the_same_pieces_of_work(desk: Desk, tmp_path: Path) -> None:
    snapshot = desk.app.extensions["published"].now()
    teams = [
        row["team"]
        for row in desk.rows(
            "select distinct unnest(teams) as team from desk.items where as_at = ? order by 1 limit 5", [AS_AT]
        )
    ]
    [[code]] = [row.values() for row in desk.rows("select distinct authority from main.metrics")]
    assert len(teams) > 3
    grouped = {
        one.name: one.facts
        for one in groups.groups(snapshot.rows, code, Filters(AS_AT, kind="difference"), "team", {}, AS_AT)
    }
    for team in teams:
        listed = worklist.read(snapshot.rows, code, Filters(AS_AT, kind="difference", team=team), {}, AS_AT)
        write(snapshot.path, team, AS_AT, tmp_path / "book.xlsx")
        page = openpyxl.load_workbook(tmp_path / "book.xlsx")["Differences"]
        heads = [cell.value for cell in page[1]]
        state = heads.index("State")
        rows = [row for row in page.iter_rows(min_row=2, values_only=True) if row[heads.index("Difference")]]
        open_now = {row[0] for row in rows if row[state] == "open"}
        assert len(open_now) == listed.total == grouped.get(team, 0), team
        assert sum(row[state] == "open" for row in rows) == listed.tally["differences"], team
        of_heading = [int(str(row[0]).split(": ")[1].split()[0]) for row in page.iter_rows(min_row=2, values_only=True)
                      if str(row[0]).startswith(tuple(BANDS.values()))]  # fmt: skip
        assert sum(of_heading) == len({row[0] for row in rows}), "a piece of work stands under one heading"


def test_both_ages_and_the_history_stand_on_a_difference(desk: Desk) -> None:
    [one, *_] = desk.rows(
        "select * from desk.items where kind = 'difference' and event_on is not null and life is not null and as_at = ? order by item_id",
        [AS_AT],
    )
    page = text_of(desk.client("officer").get(f"/differences/{one['item_id']}"))
    waited = working_days(one["event_on"], datetime.now(UTC).date())
    assert f"{waited} working days since the event" in page and "our delay" in page
    assert "Day by day" in page and "First seen" in page and "At each position" in page and "New: " in page


@pytest.mark.parametrize("by", ["cause", "form", "team", "worker", "reason"])
def test_groups_lead_to_the_lines_that_they_count(desk: Desk, by: str) -> None:
    client = desk.client("officer")
    page = html.fromstring(client.get(f"/worklist/groups?by={by}").text)
    rows = page.xpath("//main//tbody/tr")
    assert rows
    for row in rows[:4]:
        items = sum(int(cell.text_content()) for cell in row.xpath("./td")[1:3])
        for link in row.xpath(".//a/@href"):
            assert len(all_ids(client, link.partition("?")[2])) == items


def test_what_moves_what_and_the_roll_forward_are_pages(desk: Desk) -> None:
    client = desk.client("officer")
    moves = desk.rows("select * from main.moves where as_at = ?", [AS_AT])
    text = text_of(client.get("/worklist/what-moves-what"))
    assert f"{len(moves)} effects of open differences on figures, worst first." in text
    page = html.fromstring(client.get("/worklist/what-moves-what").text)
    told = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in page.xpath("//tbody/tr")
    ]
    titles = {row["title"] for row in desk.rows("select title from main.metrics")}
    assert told and all(any(title in row[0] for title in titles) for row in told), (
        "a figure by its title, not its code alone"
    )
    assert sum("Child" in row[1] for row in told) > 5 and all("None" not in row[1] for row in told), (
        "and whose difference it is"
    )
    own = text_of(desk.client("team_manager").get("/worklist/what-moves-what"))
    assert f"{sum(row['team'] == TEAM for row in moves)} effects" in own
    rolled = text_of(client.get("/worklist/from-position-to-position"))
    assert (
        "Together" in rolled
        and str(sum(r["closing"] for r in desk.rows("select closing from main.roll_forward"))) in rolled
    )
    mine = desk.client("team_manager").get("/worklist/from-position-to-position")
    [closing] = [
        int(row.xpath("./td")[6].text_content())
        for row in html.fromstring(mine.get_data(as_text=True)).xpath("//table/tbody/tr") if "Together" in row.text_content()
    ]  # fmt: skip
    standing = desk.rows(
        "select distinct coalesce(of_team, team) as of_team, break_id from main.breaks where as_at = ? and effect <> 0 and state <> 'closed'",
        [AS_AT],
    )
    assert (
        0
        < closing
        == len({row["break_id"] for row in standing if row["of_team"] == TEAM})
        < len({row["break_id"] for row in standing})
    )
    assert f"Of {TEAM}." in text_of(mine) and "Of North." not in rolled
    assert "adds up: opening + new" in rolled and "0 are of a team" not in rolled
    assert client.get("/worklist/groups?by=school").status_code == 404
    for by, none in (("cause", "No cause chosen yet"), ("worker", "No worker known")):
        rows = html.fromstring(client.get(f"/worklist/groups?by={by}").text).xpath("//tbody/tr/th")
        names = [" ".join(row.text_content().split()) for row in rows]
        assert none in names and "None" not in names
        assert len(set(names)) == len(names), "a name that is written with another space is one name"
    assert names[:-1] == sorted(names[:-1]) and names[-1] == none, "workers by name: no league"
    assert desk.client("leader").get("/worklist/what-moves-what").status_code == 403
