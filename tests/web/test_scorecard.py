"""The scorecard against queries of its own over the same snapshot: figures, statuses, ranges, doubts, changes, filters, and who sees what."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from countermark.certify import snapshot
from countermark.desk import figures as desk_figures
from countermark.home import Home
from tests.history_kit import month_back
from tests.web_kit import AS_AT, CODE, OTHER_TEAM, TEAM, Desk, open_desk, tables_of, text_of
from web.leaders import pages

STATUS = {
    "certified": "Checked: safe to quote",
    "provisional": "Being checked: quote with its range",
    "withheld": "Not reliable enough to report",
}
FIGURES = "select * from main.metrics where as_at = ? and team = ? order by indicator_id"
ALSO_SHOWN_TO = {
    "officer": True,
    "team_manager": True,
    "auditor": True,
    "leader": False,
    "board": False,
    "engineer": False,
    "admin": False,
}
FEW = [
    "PP0",
    "PP1",
    "PP3",
    "AS1",
    "AS3",
    "CP4",
    "LA0",
    "LA8",
]  # of each kind one or two: a page is asked for each, several times


def shown(answer: Any, link: str = "measure") -> dict[str, list[str]]:
    """By title, the cells of each figure's row: figure, whether it can be quoted, trend."""
    rows = html.fromstring(answer.text).xpath("//table[contains(@class, 'cm-figures')]//tbody/tr")
    found = {}
    for row in rows:
        for node in row.xpath(".//*[@aria-hidden='true'] | .//*[local-name()='svg']"):
            node.drop_tree()
        found[row.xpath("./th/a")[0].text.strip()] = [
            " ".join(cell.text_content().split()) for cell in row.xpath("./td")
        ]
    return found


def expected_value(row: dict[str, Any]) -> str:
    if row["unit"] == "count":
        return f"{row['system_numerator']:,}"
    if row["unit"] != "percent":  # measured: an average, a median, a sum
        value = row["system_value"]
        return "[z]" if value is None else f"{value:,.1f}".removesuffix(".0") + f" {row['unit']}"
    if not row["system_denominator"]:
        return "[z]"
    if row["system_denominator"] < 20:
        return f"{row['system_numerator']} of {row['system_denominator']}"
    return f"{row['system_numerator'] / row['system_denominator']:.1%} {row['system_numerator']:,} of {row['system_denominator']:,}"


def test_every_figure_has_its_number_and_its_status_in_words(followed: Desk) -> None:
    for who in ("officer", "leader"):
        found = shown(followed.client(who).get("/"))
        rows = followed.rows(FIGURES, [AS_AT, "ALL"])
        assert set(found) == {row["title"] for row in rows}
        for row in rows:
            value, trust, _ = found[row["title"]]
            hidden = row["status"] == "withheld" and who == "leader"
            assert value.startswith("[x]" if hidden else expected_value(row)), (who, row["title"], value)
            assert trust.startswith(STATUS[row["status"]]), (who, row["title"])
        assert {row["status"] for row in rows} == {"certified", "provisional", "withheld"}


def test_a_withheld_value_is_quoted_to_those_who_work_on_it_alone(followed: Desk) -> None:
    query = "select * from main.metrics where status = 'withheld' and as_at = ? and team = ? limit 1"
    for who, quoted in ALSO_SHOWN_TO.items():
        row = followed.rows(query, [AS_AT, TEAM if who == "team_manager" else "ALL"])[0]
        text = shown(followed.client(who).get("/"))[row["title"]][0]
        assert text.startswith(expected_value(row)) == quoted, (who, text)
        assert text.startswith("[x]") != quoted, (who, text)


def test_no_withheld_number_is_anywhere_on_a_leaders_page(followed: Desk) -> None:
    """Neither the share nor its parts: not in a chart's words, not in a table, not in what changed, nor in the file."""
    day = month_back(AS_AT, 12)
    every = "select * from main.metrics where team = 'ALL' and as_at = ? and status = 'withheld'"
    assert {row["system_numerator"] for row in followed.rows(every, [day])} == {613}
    rows = followed.rows(f"{every} and list_contains(?, indicator_id)", [day, FEW])
    assert len(rows) == len(FEW)
    officer, leader = followed.client("officer"), followed.client("leader")
    for row in rows:
        page = f"/indicators/{row['indicator_id']}"
        for address in (page, f"{page}?as_at={day}", f"{page}.csv", f"/?as_at={day}"):
            assert "613" not in read_aloud(leader.get(address)), address
        for address in (page, f"{page}?as_at={day}", f"{page}.csv"):
            assert "613" in read_aloud(officer.get(address))  # the control: it is there for those who work on it


def read_aloud(answer: Any) -> str:
    """All words of a page or a file, those of its pictures too; no code of a certificate."""
    if answer.mimetype == "text/csv":
        return str(answer.text)
    labels = " ".join(html.fromstring(answer.text).xpath("//main//@aria-label"))
    return re.sub(r"Certificate \w+", "", f"{text_of(answer)} {labels}")


def test_the_range_is_told_in_cases_as_brute_force_counts_them(followed: Desk) -> None:
    """Over the open differences and the odd members, each taken at its best and worst, in plain Python."""
    told = 0
    found = shown(followed.client("officer").get("/"))
    for row in followed.rows(FIGURES, [AS_AT, "ALL"]):
        if row["status"] == "withheld" or row["range_low"] is None or row["range_low"] == row["range_high"]:
            continue
        low, high = worst_and_best(followed, row)
        of = f" of {row['system_denominator']}" if row["unit"] == "percent" else ""
        if low == high:
            assert f"{low} " in found[row["title"]][1] and "of how many is open" in found[row["title"]][1]
            continue
        assert f"Between {low} and {high}{of} " in found[row["title"]][1], (row["indicator_id"], found[row["title"]])
        told += 1
    assert told >= 2


def worst_and_best(desk: Desk, row: dict[str, Any]) -> tuple[int, int]:
    """Fewest and most cases on the side that worries."""
    key = [row["authority"], row["indicator_id"], row["as_at"]]
    unmet = row["unit"] == "percent" and row["better"] == "high"
    start = (row["system_denominator"] - row["system_numerator"]) if unmet else row["system_numerator"]
    own = desk.rows(
        "select 1 from facts.bridges where authority = ? and indicator_id = ? and as_at = ? and team = 'ALL'", key
    )
    whose = "team = 'ALL'" if own else "team <> 'ALL'"
    odd = {
        one["case_id"]: one["state"]
        for one in desk.rows(
            "select case_id, state from facts.members where authority = ? and indicator_id = ? and as_at = ? "
            "and state in ('overtaken', 'unusable')", key,
        )
    }  # fmt: skip
    moves: dict[str, list[int]] = {}
    for one in desk.rows(
        "select coalesce(case_id, '~' || coalesce(of_team, team)) as item, measure, effect from main.breaks where authority = ? "
        f"and indicator_id = ? and as_at = ? and state = 'open' and kind <> 'line' and {whose}", key,
    ):  # fmt: skip
        n, d = moves.setdefault(one["item"], [0, 0])
        moves[one["item"]] = [n - one["effect"], d] if one["measure"] == "numerator" else [n, d - one["effect"]]
    low = high = start
    for item in set(moves) | set(odd):
        if odd.get(item) == "overtaken":
            ways = [(0, 1), (1, 1)]
        elif odd.get(item) == "unusable":
            ways = [(0, 0), (1, 0)]
        else:
            ways = [(0, 0), (moves[item][0], moves[item][1])]
        reach = [d - n if unmet else n for n, d in ways]
        low, high = low + min(reach), high + max(reach)
    return max(0, low), max(0, high)


def test_what_is_not_reliable_says_why_how_many_and_with_whom_the_list_is(followed: Desk) -> None:
    found = shown(followed.client("board").get("/"))
    rows = followed.rows("select * from main.metrics where status = 'withheld' and as_at = ? and team = 'ALL'", [AS_AT])
    assert rows
    for row in rows:
        trust = found[row["title"]][1]
        assert row["status_reason"].removeprefix("Not reliable enough to report: ")[1:-1] in trust
        bounds = re.search(r"At least ([\d,]+) and at most ([\d,]+)|Exactly ([\d,]+)", trust)
        assert bounds, trust
        low, high = worst_and_best(followed, row)
        least, most = (int(part) for part in (bounds[1] or bounds[3], bounds[2] or bounds[3]))
        assert least <= low <= high <= most
        assert re.search(r"The list is with the (team manager|performance team)", trust)
        assert "certified before" in trust or "Last certified" in trust
    day = month_back(AS_AT, 12)
    for _, trust, _ in shown(followed.client("board").get(f"/?as_at={day}")).values():
        assert "No complete delivery of the list. [x] How many cannot be said before that is put right." in trust


def test_records_in_error_widen_at_most(followed: Desk) -> None:
    """At most grows by the cases of records in error that nothing else has put in doubt, counted here with sets."""
    for row in followed.rows(
        "select * from main.metrics where status = 'withheld' and as_at = ? and team = 'ALL'", [AS_AT]
    ):
        failing = {
            one["child_id"]
            for one in followed.rows(
                "select distinct f.child_id from main.failures f join facts.reads r on f.contract = r.contract and f.\"column\" = r.header "
                "where severity = 'blocking' and r.indicator_id = ? and f.child_id is not null", [row["indicator_id"]],
            )
        }  # fmt: skip
        members = followed.rows(
            "select * from main.members where indicator_id = ? and as_at = ? and state not in ('overtaken', 'unusable')",
            [row["indicator_id"], AS_AT],
        )
        high_is_good = row["unit"] == "percent" and row["better"] == "high"
        other = {
            one["case_id"]
            for one in members
            if (one["child_id"] in failing or one["state"] == "not_countable")
            and not ((one["in_denominator"] and not one["in_numerator"]) if high_is_good else one["in_numerator"])
        }
        nameless = followed.rows(
            "select distinct f.source_row from main.failures f join facts.reads r on f.contract = r.contract and f.\"column\" = r.header "
            "where severity = 'blocking' and r.indicator_id = ? and f.child_id is null", [row["indicator_id"]],
        )  # fmt: skip
        trust = shown(followed.client("leader").get("/"))[row["title"]][1]
        most = re.search(r"at most ([\d,]+)|Exactly ([\d,]+)", trust)
        assert most
        assert int(most[1] or most[2]) == worst_and_best(followed, row)[1] + len(other) + len(nameless)


def test_headlines_come_first_and_are_at_most_seven(followed: Desk) -> None:
    tables = tables_of(followed.client("leader").get("/"))
    headline = {
        row["title"]
        for row in followed.rows(
            "select title from main.metrics where headline and as_at = ? and team = 'ALL'", [AS_AT]
        )
    }
    first = {row[0].split(" at 31 October")[0] for row in tables[0][1:]}
    assert first == headline and len(first) <= pages.HEADLINES


def test_more_headlines_than_seven_go_to_their_themes(followed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "HEADLINES", 2)
    answer = followed.client("leader").get("/")
    assert len(tables_of(answer)[0]) == 1 + 2
    assert set(shown(answer)) == {row["title"] for row in followed.rows(FIGURES, [AS_AT, "ALL"])}


def test_of_a_figure_over_several_lengths_of_time_the_longest_stands_first(built_home: Path, tmp_path: Path) -> None:
    """Annex A forgets too soon for a year: the two figures over one are put into the publication."""
    shutil.copytree(built_home, tmp_path / "longer")
    with duckdb.connect(str(snapshot.find(Home.open(tmp_path / "longer")))) as con:
        for name in ("CP3", "PP7"):
            for table, change in (("main.metrics", "title || ', rolling twelve months' as title, false as headline"),
                                  ("facts.definitions", "title || ', rolling twelve months' as title, false as headline"),
                                  ("main.gates", "team as team"), ("facts.figures", "team as team"), ("main.revisions", "team as team")):  # fmt: skip
                con.execute(
                    f"insert into {table} select * replace (indicator_id || '_12M' as indicator_id, {change}) from {table} "
                    "where indicator_id = ?", [name],
                )  # fmt: skip
        con.execute(
            "update main.metrics set children_numerator = 41, children_denominator = 52 where indicator_id in ('CP3_12M', 'CP0')"
        )
    longer = open_desk(tmp_path / "longer", tmp_path / "home")
    page = longer.client("leader").get("/")
    rows = [row[0] for table in tables_of(page) for row in table]
    for title, table in (
        ("Initial conferences within 15 working days", tables_of(page)[0]),
        ("Second or subsequent plans", None),
    ):
        told = [row[0] for row in table] if table else rows
        assert (
            f"{title}, rolling twelve months"
            in told[next(i for i, one in enumerate(told) if one.startswith(f"{title} at")) - 1]
        )
    told = shown(page)
    assert "; 41 of 52 children" in told["Initial conferences within 15 working days, rolling twelve months"][0]
    assert "section 47 enquiries about 41 children" in told["Section 47 enquiries started"][0]
    assert "children" not in told["Initial conferences within 15 working days"][0], "as many children as conferences"
    assert "41 of 52" not in text_of(longer.client("board").get("/")), "the board is given meetings alone"
    listed = [one.indicator_id for one in desk_figures.figures(longer.rows, AS_AT)]
    assert listed.index("PP7_12M") + 1 == listed.index("PP7"), "and so wherever figures are listed"
    month, year = (longer.client("leader").get(f"/indicators/{name}") for name in ("PP7", "PP7_12M"))
    assert "The same over another length of time" in text_of(month) and 'href="/indicators/PP7_12M?' in month.text
    assert 'href="/indicators/PP7?' in year.text
    assert "another length" not in text_of(longer.client("leader").get("/indicators/PP6")), (
        "a figure at a date has one length"
    )


def test_themes_are_those_of_the_definitions(followed: Desk) -> None:
    captions = html.fromstring(followed.client("leader").get("/").text).xpath(
        "//table[contains(@class, 'cm-figures')]/caption/text()"
    )
    themes = {row["theme"] for row in followed.rows("select distinct theme from main.metrics where not headline")}
    assert captions[0] == "Headline figures"
    assert {caption.lower() for caption in captions[1:]} == {theme.replace("_", " ") for theme in themes}


def test_team_and_date_stand_in_the_address(followed: Desk) -> None:
    earlier = followed.rows("select distinct as_at from main.metrics order by 1")[3]["as_at"]
    client = followed.client("officer")
    answer = client.get(f"/?team={TEAM}&as_at={earlier}")
    rows = followed.rows(FIGURES, [earlier, TEAM])
    found = shown(answer)
    assert rows and set(found) == {row["title"] for row in rows}
    for row in rows:
        assert found[row["title"]][0].startswith(expected_value(row))
    chosen = html.fromstring(answer.text).xpath("//option[@selected]/@value")
    assert chosen == [str(earlier), TEAM]
    assert client.get("/?team=Nobody").status_code == 404
    assert client.get("/?as_at=2001-01-31").status_code == 404
    assert client.get("/?as_at=yesterday").status_code == 404
    assert client.get(f"/?team={TEAM.upper()}").status_code == 200


def test_a_team_manager_sees_the_own_team_alone(followed: Desk) -> None:
    client = followed.client("team_manager")
    answer = client.get("/")
    assert TEAM in text_of(answer)
    assert html.fromstring(answer.text).xpath("//select[@name='team']/option/@value") == [TEAM]
    assert client.get(f"/?team={OTHER_TEAM}").status_code == 403
    assert client.get("/?team=ALL").status_code == 403


def test_leaders_see_no_child_no_worker_and_no_name(followed: Desk) -> None:
    children = {
        row["child_id"]
        for row in followed.rows("select distinct child_id from main.members where child_id is not null")
    }
    workers = {
        row["worker"] for row in followed.rows("select distinct worker from main.members where worker is not null")
    }
    counted = {row["counted_by"] for row in followed.rows("select distinct counted_by from main.claims")}
    signed = {row["signed_by"] for row in followed.rows("select distinct signed_by from main.certificates")}
    own = {"Ursula Quarrington"}  # signed, and the name of the leader who is signed in
    for who in ("leader", "board"):
        client = followed.client(who)
        for address in (
            "/",
            "/indicators/PP1",
            "/indicators/PP6",
            f"/indicators/AS2?team={OTHER_TEAM}",
            "/indicators/PP6.csv",
        ):
            page = client.get(address).text
            words = set(re.findall(r"[\w/-]+", page))
            assert not words & {child for child in children if len(child) > 3}, (who, address)
            for name in (workers | counted | signed) - own - {None}:
                assert name not in page, (who, address, name)
            assert "/worklist" not in page
    assert len(children) > 20 and counted and signed


def test_officers_get_to_the_children_behind_a_figure(followed: Desk) -> None:
    assert "/worklist?indicator=PP1" in followed.client("officer").get("/indicators/PP1").text


def test_what_changed_counts_what_was_signed_since(followed: Desk) -> None:
    text = text_of(followed.client("leader").get("/"))
    signed = followed.rows(
        "select count(*) as n from main.metrics where status = 'certified' and team = 'ALL' and as_at = ?", [AS_AT]
    )[0]["n"]
    assert "What changed since" in text
    assert f"Checked and signed since then: {signed} figure at 31 October 2022." in text
    assert "No figure changed its value" in text_of(followed.client("leader").get("/?since=2100-01-01"))


def test_what_changed_lists_what_was_published_again_with_another_number(followed_home: Path, tmp_path: Path) -> None:
    desk = open_desk(followed_home, tmp_path / "home")
    path = desk.app.extensions["published"].now().path
    desk.app.extensions["published"]._open.clear()
    add = (
        "insert into main.revisions select * replace (revision + 1 as revision, 'late recording' as class, system_numerator + 3 as "
        "system_numerator, '{status}' as status, true as changes_conclusion, published_at + interval 1 minute as published_at) "
        "from main.revisions where indicator_id = '{id}' and team = 'ALL' and as_at = date '2022-10-31' "
        "qualify row_number() over (order by revision desc) = 1"
    )
    with duckdb.connect(str(path)) as con:
        con.execute(add.format(id="PP0", status="provisional"))
        con.execute(add.format(id="LA0", status="withheld"))
        before = dict(
            con.execute(
                "select indicator_id, system_numerator from main.metrics where team = 'ALL' and as_at = '2022-10-31'"
            ).fetchall()
        )
    table = next(
        rows for rows in tables_of(desk.client("leader").get("/")) if rows[0][0] == "Measure" and rows[0][2] == "Was"
    )
    found = {row[0]: row for row in table[1:]}
    plans, care = found["Children on a child protection plan"], found["Children looked after"]
    assert plans[2].startswith(str(before["PP0"])) and plans[3].startswith(str(before["PP0"] + 3))
    assert plans[4] == "Recorded late. It changes the conclusion."
    assert care[2].startswith("[x]") and care[3] == "[x]Not reliable enough to report"
    officer = next(
        rows for rows in tables_of(desk.client("officer").get("/")) if rows[0][0] == "Measure" and rows[0][2] == "Was"
    )
    assert {row[0]: row[3] for row in officer[1:]}["Children looked after"].startswith(str(before["LA0"] + 3))


def test_a_later_month_with_nothing_published_is_no_page(desk: Desk) -> None:
    assert desk.client("leader").get("/?as_at=2022-09-30").status_code == 404


def test_one_position_has_no_line_and_says_so(desk: Desk) -> None:
    for _, _, trend in shown(desk.client("leader").get("/")).values():
        assert "1 month end so far, 13 are needed" in trend or "not reliable enough to be compared" in trend
    page = text_of(desk.client("officer").get("/indicators/PP6"))
    assert "No chart yet: one month end that can be compared. Two make a line, 13 make limits." in page


def test_an_empty_cohort_is_a_code_and_not_a_zero(followed: Desk) -> None:
    empty = followed.rows(
        "select * from main.metrics where unit = 'percent' and system_denominator = 0 and team = 'ALL' and as_at = ?",
        [AS_AT],
    )
    found = shown(followed.client("officer").get("/"))
    for row in empty:
        assert found[row["title"]][0].startswith("[z]")
    team = followed.rows("select distinct team from main.metrics where team <> 'ALL' and indicator_id <> 'PP6' and team not in "
                         "(select team from main.metrics where indicator_id = 'PP6')")[0]["team"]  # fmt: skip
    answer = followed.client("officer").get(f"/indicators/PP6?team={team}")
    assert answer.status_code == 200 and "[z] There was nobody to count here" in text_of(answer)


def test_codes_say_what_they_mean(followed: Desk) -> None:
    codes = html.fromstring(followed.client("leader").get("/").text).xpath("//main//abbr[@title]")
    assert codes and {(one.text, one.get("title")) for one in codes} <= {
        ("[x]", "not available"),
        ("[z]", "not applicable"),
    }


def test_a_page_takes_few_queries_and_then_none(followed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = followed.client("leader")
    client.get("/")
    snapshot = followed.app.extensions["published"].now()
    asked: list[str] = []
    real = snapshot.rows
    monkeypatch.setattr(snapshot, "rows", lambda sql, *more: (asked.append(sql), real(sql, *more))[1])
    assert client.get("/").status_code == 200
    assert asked == []
    client.get("/indicators/PP7")
    assert len(asked) <= 14
    asked.clear()
    client.get("/indicators/PP7")
    assert len(asked) <= 4


def test_the_figures_are_the_councils_own(followed: Desk) -> None:
    assert CODE in {row["authority"] for row in followed.rows("select distinct authority from main.metrics")}
    assert "Eastmarsh Council" in text_of(followed.client("leader").get("/"))
