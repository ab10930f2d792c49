"""The page of one measure against queries of its own: certificate, chart and table, teams, why the counts differ, revisions, as known then."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from lxml import html

from countermark.certify.certify import GATE_ORDER
from countermark.ledger.store import Ledger
from countermark.signals.rebase import rebases
from countermark.words import STATUS_WORDS
from tests.history_kit import month_back
from tests.web_kit import AS_AT, CODE, OTHER_TEAM, TEAM, Desk, open_desk, post, tables_of, text_of
from web.context import definitions

ROOT = Path(__file__).resolve().parents[2]


def checks(page: str) -> dict[str, str]:
    """The certificate's rows: the check's title to what it says."""
    rows = html.fromstring(page).xpath("//dl[contains(@class, 'cm-checks')]/div")
    return {
        row.xpath("./dt")[0].text_content().strip(): " ".join(row.xpath("./dd")[0].text_content().split())
        for row in rows
    }


def test_each_of_the_seven_checks_says_whether_it_holds(followed: Desk) -> None:
    words = {
        "PASS": "Holds.",
        "FAIL": "Does not hold.",
        "ERROR": "Could not be run.",
        "NOT_APPLICABLE": "Not applicable.",
    }
    for indicator in ("PP1", "PP6", "AS2"):
        said = list(checks(followed.client("leader").get(f"/indicators/{indicator}").text).values())
        gates = followed.rows(
            "select * from main.gates where indicator_id = ? and as_at = ? and team = 'ALL'", [indicator, AS_AT]
        )
        outcomes = {row["gate"]: row["outcome"] for row in gates}
        assert len(said) == len(GATE_ORDER)
        for gate, text in zip(GATE_ORDER, said, strict=True):
            assert text.startswith(words[outcomes[gate]]), (indicator, gate, text)


def test_evidence_names_lists_and_days_rules_and_counts(followed: Desk) -> None:
    page = followed.client("leader").get("/indicators/AS2").text
    found = checks(page)
    taken = followed.rows(
        "select extracted_on from facts.extracts where contract = 'annex_a.list_04' and as_at = ?", [AS_AT]
    )[0]["extracted_on"]
    assert f"taken on {taken.day} {taken:%B %Y}" in found["Delivered"]
    ran = followed.rows(
        "select count(*) as n from facts.rule_results where contract = 'annex_a.list_04' and status in ('PASS', 'FAIL')"
    )[0]["n"]
    assert f"{ran} rules were run" in found["Free of errors that matter"]
    claims = followed.rows("select * from main.claims where indicator_id = 'AS2' and as_at = ?", [AS_AT])
    assert claims
    for claim in claims:
        assert (
            f"{claim['team']} on {claim['counted_at'].day} {claim['counted_at']:%B %Y}"
            in found["Counted by every team"]
        )
        assert claim["counted_by"] not in page
    assert "by team manager" in found["Counted by every team"]
    tallied = followed.rows(
        "select count(distinct break_id) as n from main.breaks where indicator_id = 'AS2' and as_at = ? and state = 'open'",
        [AS_AT],
    )[0]["n"]
    assert (f"{tallied} open" in found["Agrees with the teams' counts"]) == bool(tallied)


def test_a_certificate_is_shown_by_role_and_to_officers_by_name(followed: Desk) -> None:
    row = followed.rows("select * from main.certificates where lapsed_at is null")[0]
    leader = text_of(followed.client("leader").get("/indicators/PP6"))
    officer = text_of(followed.client("officer").get("/indicators/PP6"))
    day = f"{row['issued_at'].day} {row['issued_at']:%B %Y}"
    assert f"Certificate {row['certificate_id']}, signed by director of children's services on {day}." in leader
    assert "It stands until the data, the definition or a decision changes." in leader
    assert f"signed by {row['signed_by']}, director of children's services" in officer
    assert row["signed_by"] not in leader
    assert "looked at each case" in officer and "looked at each case" not in leader
    assert "No certificate stands over it" in text_of(followed.client("leader").get("/indicators/PP1"))


def test_every_page_says_that_it_says_nothing_about_quality(followed: Desk) -> None:
    for indicator in followed.rows("select distinct indicator_id from main.metrics"):
        page = text_of(followed.client("leader").get(f"/indicators/{indicator['indicator_id']}"))
        assert "This figure says nothing about quality." in page


def test_the_charts_table_holds_the_snapshots_numbers(followed: Desk) -> None:
    answer = followed.client("officer").get("/indicators/PP0")
    table = next(rows for rows in tables_of(answer) if rows[0][0] == "Position at")
    rows = followed.rows("select * from main.metrics where indicator_id = 'PP0' and team = 'ALL' order by as_at desc")
    assert len(table) - 1 == len(rows) == 18
    for cells, row in zip(table[1:], rows, strict=True):
        assert cells[0] == f"{row['as_at'].day} {row['as_at']:%B %Y}"
        assert cells[1] == cells[2] == str(row["system_numerator"])
        assert cells[3] == STATUS_WORDS[row["status"]]
    hidden = next(
        rows for rows in tables_of(followed.client("leader").get("/indicators/PP0")) if rows[0][0] == "Position at"
    )
    for cells, row in zip(hidden[1:], rows, strict=True):
        assert (cells[1] == "[x]") == (row["status"] == "withheld")


def test_a_withheld_month_is_a_cross_for_officers_and_a_gap_for_leaders(followed: Desk) -> None:
    officer, leader = (text_of(followed.client(who).get("/indicators/PP0")) for who in ("officer", "leader"))
    assert "Crosses: recorded, but not reliable enough." in officer
    assert "[x]: not reliable enough to report." in leader and "Crosses" not in leader


def test_the_chart_has_a_picture_for_a_telephone_and_one_for_a_desk(followed: Desk) -> None:
    tree = html.fromstring(followed.client("leader").get("/indicators/PP0").text)
    for name in ("cm-chart--wide", "cm-chart--narrow"):
        assert tree.xpath(f"//div[@class='{name}']/*[local-name()='svg'][@role='img'][@aria-label]")
    assert not tree.xpath("//*[@style]")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_the_file_holds_the_same_points(followed: Desk) -> None:
    answer = followed.client("officer").get(f"/indicators/AS2.csv?team={OTHER_TEAM}")
    assert answer.headers["Content-Type"].startswith("text/csv") and answer.text.startswith("\ufeff")
    found = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    rows = followed.rows(
        "select * from main.metrics where indicator_id = 'AS2' and team = ? order by as_at", [OTHER_TEAM]
    )
    assert len(found) == len(rows) > 13
    for got, row in zip(found, rows, strict=True):
        assert (got["as_at"], int(got["numerator"]), int(got["denominator"])) == (
            str(row["as_at"]), row["system_numerator"], row["system_denominator"],
        )  # fmt: skip
        assert got["status"] == row["status"]
    leader = list(
        csv.DictReader(
            io.StringIO(followed.client("leader").get(f"/indicators/AS2.csv?team={OTHER_TEAM}").text.lstrip("\ufeff"))
        )
    )
    assert [got["numerator"] for got in leader if got["status"] == "withheld"] == [""]


def test_taking_the_file_away_is_noted(own_desk: Desk) -> None:
    leader = own_desk.client("leader")
    before = len([e for e in own_desk.ledger().entries() if e.kind == "view"])
    assert leader.get("/indicators/PP1.csv").status_code == 200
    noted = [e for e in own_desk.ledger().entries() if e.kind == "view"][before:]
    assert [json.loads(e.payload)["what"] for e in noted] == ["export"]


def test_teams_stand_by_name_each_with_its_own_figure(followed: Desk) -> None:
    answer = followed.client("leader").get("/indicators/PP6")
    table = next(rows for rows in tables_of(answer) if rows[0][0] == "Team")
    rows = followed.rows(
        "select * from main.metrics where indicator_id = 'PP6' and as_at = ? and team <> 'ALL' order by team", [AS_AT]
    )
    assert [cells[0] for cells in table[1:]] == [row["team"] for row in rows]
    for cells, row in zip(table[1:], rows, strict=True):
        shown = f"{row['system_numerator']} of {row['system_denominator']}"
        assert (shown in cells[1]) == (row["status"] != "withheld")
    manager = tables_of(followed.client("team_manager").get("/indicators/PP6"))
    own = next((rows for rows in manager if rows[0][0] == "Team"), [[]])
    assert [cells[0] for cells in own[1:]] == [TEAM]


def test_the_steps_between_the_two_counts_add_up_to_the_snapshots(followed: Desk) -> None:
    told, client = 0, followed.client("officer")
    for row in followed.rows(
        "select distinct indicator_id, team from facts.bridges semi join main.metrics using (indicator_id, team, as_at) where as_at = ? order by all limit 14",
        [AS_AT],
    ):
        answer = client.get("/indicators/" + row["indicator_id"], query_string={"team": row["team"]})
        tables = [rows for rows in tables_of(answer) if rows[0] == ["Reason", "Adds", "Differences"]]
        bridges = followed.rows(
            "select * from facts.bridges where indicator_id = ? and team = ? and as_at = ? order by measure desc",
            [row["indicator_id"], row["team"], AS_AT],
        )
        with_lines = [bridge for bridge in bridges if lines_of(followed, bridge)]
        assert len(tables) == len(with_lines)
        for table, bridge in zip(tables, with_lines, strict=True):
            steps = [(int(cells[1].replace("−", "-").replace("+", "")), int(cells[2])) for cells in table[2:-1]]
            assert int(table[1][1]) == bridge["manual"] and int(table[-1][1]) == bridge["system"]
            assert bridge["manual"] + sum(effect for effect, _ in steps) == bridge["system"]
            assert sum(cases for _, cases in steps) == len(lines_of(followed, bridge))
            reasons = {definitions().reasons[line["reason"]].people_read for line in lines_of(followed, bridge)}
            assert {cells[0].lower() for cells in table[2:-1]} == {words.lower() for words in reasons}
            told += 1
    assert told > 5


def lines_of(desk: Desk, bridge: dict[str, object]) -> list[dict[str, object]]:
    return desk.rows(
        "select reason, effect from main.breaks where indicator_id = ? and as_at = ? and team = ? and measure = ?",
        [bridge["indicator_id"], bridge["as_at"], bridge["team"], bridge["measure"]],
    )


def test_a_team_that_counted_where_the_system_has_nobody_is_told(followed: Desk) -> None:
    alone = followed.rows(
        "select * from main.claims anti join main.metrics using (authority, indicator_id, as_at, team) "
        "where coalesce(denominator, numerator) > 0 and team <> 'ALL'"
    )
    for row in alone:
        answer = followed.client("officer").get(
            f"/indicators/{row['indicator_id']}", query_string={"team": row["team"]}
        )
        counted = (
            f"{row['numerator']} of {row['denominator']}" if row["denominator"] is not None else f"{row['numerator']}"
        )
        assert f"The team itself counted {counted}: each of them is a difference." in text_of(answer)
    assert alone


def test_of_a_withheld_figure_leaders_see_no_step(followed: Desk) -> None:
    page = text_of(followed.client("leader").get("/indicators/PP1"))
    assert "so neither are the counts on its way" in page
    assert "counted, " not in page.split("Why the two counts differ")[1].split("How the figure")[0]


def test_revisions_lead_to_what_was_known_then(followed: Desk) -> None:
    client = followed.client("officer")
    answer = client.get("/indicators/PP6")
    table = next(rows for rows in tables_of(answer) if rows[0][0] == "Revision")
    rows = followed.rows(
        "select * from main.revisions where indicator_id = 'PP6' and team = 'ALL' and as_at = ? order by revision desc",
        [AS_AT],
    )
    assert [cells[0] for cells in table[1:]] == [str(row["revision"]) for row in rows]
    assert [cells[3] for cells in table[1:]] == [STATUS_WORDS[row["status"]] for row in rows]
    links = html.fromstring(answer.text).xpath("//div[@aria-label='Revisions of the figure']//a/@href")
    first = text_of(client.get(links[-1]))
    assert "As it was known on" in first and STATUS_WORDS[rows[-1]["status"]] in first
    assert "Certificate" not in first.split("Can it be quoted?")[1][:30]


def test_a_moment_before_anything_was_published_says_so(followed: Desk) -> None:
    page = text_of(followed.client("leader").get("/indicators/PP6?known_at=2001-01-01"))
    assert "Nothing had been published by that moment. The figures below are those of now" in page
    assert followed.client("leader").get("/indicators/PP6?known_at=someday").status_code == 404
    tomorrow = date.today() + timedelta(days=2)
    assert followed.client("leader").get(f"/indicators/PP6?known_at={tomorrow}").status_code == 200


def test_the_year_before_is_told(followed: Desk) -> None:
    then = month_back(AS_AT, 12)
    row = followed.rows("select * from main.metrics where indicator_id = 'PP0' and team = 'ALL' and as_at = ?", [then])[
        0
    ]
    assert row["status"] == "withheld"
    assert f"A year before: [x] at {then.day} {then:%B %Y}." in text_of(
        followed.client("leader").get("/indicators/PP0")
    )
    assert f"A year before: {row['system_numerator']} at" in text_of(followed.client("officer").get("/indicators/PP0"))
    early = month_back(AS_AT, 17)
    assert "[x] No figure of a year before." in text_of(followed.client("leader").get(f"/indicators/PP0?as_at={early}"))


def test_the_definition_stands_with_its_sources_and_tolerances(followed: Desk) -> None:
    page, it = text_of(followed.client("board").get("/indicators/PP1")), definitions().indicators["PP1"]
    for text in (it.question, it.why_it_matters, it.not_said, it.tolerance.why, it.range_why, it.owner, *it.sources):
        assert " ".join(text.split()) in page
    assert all(rule.says in page for rule in it.outside.values())


def test_a_series_is_judged_anew_by_a_person_with_a_reason(own_desk: Desk) -> None:
    officer = own_desk.client("officer")
    form = {"from_day": ["1", "10", "2022"], "reason": ""}
    refused = post(officer, "/indicators/PP6/rebase?team=ALL", form, page="/indicators/PP6")
    assert (
        refused.status_code == 422
        and "There is a problem" in text_of(refused)
        and "Say what changed" in text_of(refused)
    )
    short = post(officer, "/indicators/PP6/rebase", {**form, "reason": "because"}, page="/indicators/PP6")
    assert short.status_code == 422 and rebases(own_desk.ledger()) == []
    done = post(
        officer,
        "/indicators/PP6/rebase?team=ALL",
        {**form, "reason": "A second team began its work"},
        page="/indicators/PP6",
    )
    assert done.status_code == 302
    cut = rebases(own_desk.ledger())[0]
    assert (cut.authority, cut.indicator_id, cut.team, cut.from_day, cut.by) == (
        CODE,
        "PP6",
        "ALL",
        date(2022, 10, 1),
        "Delphine Fennimore",
    )
    assert "A second team began its work (Delphine Fennimore" in text_of(officer.get("/indicators/PP6"))
    assert "Delphine" not in text_of(own_desk.client("leader").get("/indicators/PP6"))


def test_leaders_cannot_rebase(own_desk: Desk) -> None:
    leader = own_desk.client("leader")
    assert "Judge the figures anew" not in text_of(leader.get("/indicators/PP6"))
    answer = post(leader, "/indicators/PP6/rebase", {"reason": "it looks better so"}, page="/sign-in")
    assert answer.status_code == 403 and rebases(own_desk.ledger()) == []


def test_unknown_measures_are_no_page(followed: Desk) -> None:
    client = followed.client("leader")
    assert client.get("/indicators/NO9").status_code == 404
    assert client.get("/indicators/NO9.csv").status_code == 404
    assert client.get("/indicators/pp1").status_code == 200


@pytest.fixture
def with_new_folder(followed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The pages after a folder for a new measure was added and its figures were published."""
    added = tmp_path / "more" / "sql" / "indicators" / "ZZ1_a_new_measure"
    shutil.copytree(next((ROOT / "sql" / "indicators").glob("PP6_*")), added)
    said = (added / "indicator.toml").read_text()
    said = re.sub(r'id = "PP6"', 'id = "ZZ1"', said)
    said = re.sub(r'title = ".*"', 'title = "Plans that a new folder follows"', said, count=1)
    said = re.sub(r'theme = ".*"', 'theme = "a new theme"', said)
    (added / "indicator.toml").write_text(said)
    monkeypatch.setenv("COUNTERMARK_DEFINITIONS", str(tmp_path / "more"))
    definitions.cache_clear()
    desk = open_desk(followed_home, tmp_path / "home")
    publish_as(desk, "PP6", "ZZ1")
    yield desk
    definitions.cache_clear()


def publish_as(desk: Desk, old: str, new: str) -> None:
    """Give a measure's published rows again under another id, as a run with the new folder would."""
    import duckdb

    path = desk.app.extensions["published"].now().path
    desk.app.extensions["published"]._open.clear()
    copy = path.with_name("000099-new.duckdb")
    shutil.copyfile(path, copy)
    with duckdb.connect(str(copy)) as con:
        for table in ("main.metrics", "main.gates", "facts.definitions", "main.revisions"):
            theme = (
                ", 'Plans that a new folder follows' as title, 'a new theme' as theme"
                if table.endswith(("metrics", "definitions"))
                else ""
            )
            con.execute(
                f"insert into {table} select * replace ('{new}' as indicator_id{theme}) from {table} where indicator_id = '{old}'"
            )
    with Ledger.open(desk.home.ledger_url) as ledger:
        ledger.add_revision(copy.name, "new", [], "scheduled", {})
    from countermark.certify import snapshot

    snapshot.point_at(desk.home, copy.name)


def test_a_new_folder_appears_by_itself(with_new_folder: Desk) -> None:
    client = with_new_folder.client("leader")
    card = client.get("/")
    assert "A new theme" in text_of(card) and "Plans that a new folder follows" in text_of(card)
    page = text_of(client.get("/indicators/ZZ1"))
    assert "Plans that a new folder follows" in page and definitions().indicators["ZZ1"].question in page


def test_the_statement_and_the_restatement_can_be_taken_away(desk: Desk) -> None:
    """From the page of a figure with a count, in each form; nothing of it names a child or a person, and taking it is noted."""
    client = desk.client("officer")
    page = client.get(f"/indicators/PP1?team={TEAM}")
    assert "differences move it" in text_of(page) and "What moves it" in text_of(page)
    links = [one for one in html.fromstring(page.text).xpath("//main//a/@href") if "/statement." in one]
    assert [one.split("?")[0].rsplit(".")[-1] for one in links] == ["html", "xlsx", "text"]
    ids = {
        r["child_id"]
        for r in desk.rows("select child_id from main.breaks where indicator_id = 'PP1' and child_id is not null")
    }
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
        if "xlsx" not in link:
            assert "Why the two counts differ" in answer.text and ids and not any(one in answer.text for one in ids)
    [counted] = desk.rows(
        "select manual, system from facts.bridges where indicator_id = 'PP1' and team = ? and measure = 'numerator'",
        [TEAM],
    )
    text = client.get(next(one for one in links if ".text" in one)).text
    assert re.search(rf"The system now +{counted['system']} ", text)
    viewed = [one for one in desk.ledger().entries() if one.kind == "view" and "statement" in str(one.payload)]
    assert len(viewed) >= 4
    assert client.get("/indicators/PP1/restatement.html").status_code == 404  # published once alone
    assert client.get("/indicators/PP1/statement.pdf").status_code == 404
    assert desk.client("team_manager").get(f"/indicators/PP1/statement.text?team={OTHER_TEAM}").status_code == 403


def test_of_a_withheld_figure_leaders_are_stated_no_number(followed: Desk) -> None:
    text = followed.client("leader").get("/indicators/PP1/statement.text").text
    assert "not reliable enough to report" in text and "Adjusted" not in text and "█" not in text
    assert "Adjusted" in followed.client("officer").get("/indicators/PP1/statement.text").text
