"""What stands beside a figure on its pages: targets, rates, other places, audits, findings; and that none of it tells what is withheld."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from countermark.certify import snapshot
from countermark.certify.beside import set_beside
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.web_kit import AS_AT, CODE, OTHER_TEAM, TEAM, Desk, open_desk, tables_of, text_of
from web.context import definitions

SAYS = """
[[populations]]
of = "children_0_to_17"
year = 2022
number = 30000
source = "Invented for a test"

[[targets]]
indicator = "PP6"
target = 0.02
band = 0.01
baseline = 0.3
baseline_on = 2022-04-30
trajectory = [{ on = 2023-04-30, value = 0.1 }]
owner = "Head of safeguarding"
action = "Each plan is looked at in its twentieth month"

[[targets]]
indicator = "PP1"
target = 0.95
from = 2022-01-01

[[targets]]
indicator = "AS1"
target = 0.0

[[targets]]
indicator = "AS2"
target = 1.0

[[targets]]
indicator = "AS1"
team = "Assessment North"
target = 0.01
"""
PLANS = (
    "time_period,geographic_level,region_name,new_la_code,la_name,CPP_At31,2_years_or_more,2_years_or_more_percent\n"
    "2024,National,,,,50000,1500,3\n"
    f"2022,National,,,,49900,1270,2.6\n2022,Local authority,The North,{CODE},Here,282,c,c\n2022,Regional,The North,,,5670,140,2.4\n"
    f"2021,Local authority,The North,{CODE},Here,300,12,4\n"
)
RATES = (
    "time_period,geographic_level,region_name,new_la_code,la_name,CPP_At31,CPP_At31_rate\n2022,National,,,,50920,42.1\n"
    + "".join(f"2022,Local authority,S,X{n},There,{n}00,{n}0.5\n" for n in (1, 2, 3))
)  # fmt: skip


REFERRALS = "time_period,geographic_level,Referrals,Referrals_rate,No_Further_Action,No_Further_Action_percent\n2022,National,650270,537.7,46340,7.1\n"


@pytest.fixture(scope="module")
def beside(followed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The pages over a home that has targets, a population, neighbours and published tables: one figure certified, one withheld."""
    desk = open_desk(followed_home, tmp_path_factory.mktemp("beside") / "home")
    desk.home.comparators.mkdir()
    (desk.home.comparators / "d5.csv").write_text(PLANS)
    (desk.home.comparators / "d1.csv").write_text(RATES)
    (desk.home.comparators / "c1.csv").write_text(REFERRALS)
    with Ledger.open(desk.home.ledger_url) as ledger:
        head = (ledger.authority_text(CODE) or "").partition("[[populations]]")[0]
        assert "statistical_neighbours" in head
        head = re.sub("statistical_neighbours = .*", 'statistical_neighbours = ["X1", "X2", "X3"]', head)
        ledger.store_authority(CODE, head + SAYS)
        add_beside(desk, ledger)
    yield desk


def add_beside(desk: Desk, ledger: Ledger) -> None:
    """Make the tables of the standing publication anew, as the next publication would."""
    old = snapshot.current(desk.home)
    assert old
    path = old.with_name("000098-beside.duckdb")
    shutil.copyfile(old, path)
    with duckdb.connect(str(path)) as con:
        set_beside(con, definitions_of(desk), ledger, desk.home)
    snapshot.point_at(desk.home, path.name)


def definitions_of(desk: Desk) -> Any:
    with desk.app.app_context():
        return definitions()


def page(desk: Desk, indicator: str, who: str = "leader", **asked: str) -> Any:
    return desk.client(who).get(f"/indicators/{indicator}", query_string=asked)


def section(answer: Any, name: str) -> str:
    """A section's text, from its heading to the next one; empty where it is not there."""
    found = html.fromstring(answer.text).xpath(f"//h2[@id='{name}']")
    if not found:
        return ""
    parts = [str(text) for text in found[0].itertext()]
    for one in found[0].itersiblings():
        if one.tag == "h2":
            break
        parts.extend(str(text) for text in one.itertext())
    return " ".join(" ".join(parts).split())


def test_a_target_says_how_the_figure_stands_where_it_should_be_by_now_and_who_answers_for_it(beside: Desk) -> None:
    (row,) = beside.rows(
        "select * from main.targets where indicator_id = 'PP6' and as_at = ? and team = 'ALL'", [AS_AT]
    )
    told = section(page(beside, "PP6"), "target")
    words = {
        "on_target": "Where it should be by now.",
        "within_band": "Short of where",
        "off": "Not where it should be by now.",
    }
    assert words[row["standing"]] in told
    for text in (
        "Target 2%", "Should be by now 19.9%", "Allowed off it 1 percentage point", "Lower is better", "30% at 30 April 2022",
        "Head of safeguarding", "Each plan is looked at in its twentieth month",
    ):  # fmt: skip
        assert text in told, text
    assert row["aim"] == pytest.approx(0.3 - 0.2 * (AS_AT - date(2022, 4, 30)).days / 365)


def test_met_and_not_met_differ_by_words_and_by_shape_and_by_no_colour(beside: Desk) -> None:
    met, missed = page(beside, "AS1"), page(beside, "AS2")
    assert "Target met." in section(met, "target") and "Target not met." in section(missed, "target")
    shapes, colours = [], set()
    for answer in (met, missed):
        (icon,) = html.fromstring(answer.text).xpath("//p[contains(@class, 'cm-standing')]//*[local-name()='svg']")
        shapes.append(icon.xpath("./*[local-name()='path']/@d"))
        colours |= set(icon.xpath(".//@stroke"))
    assert shapes[0] != shapes[1] and len(colours) == 1


def test_of_a_withheld_figure_it_is_not_said_how_it_stands(beside: Desk) -> None:
    for who in ("leader", "board", "officer"):
        told = section(page(beside, "PP1", who), "target")
        assert "[x] How it stands is not said" in told and "Target 95%" in told, who
        assert "Target met" not in told and "Target not met" not in told
        assert not html.fromstring(page(beside, "PP1", who).text).xpath(
            "//p[contains(@class, 'cm-standing')]//*[local-name()='svg']"
        )


def test_the_scorecard_has_targets_and_rates_beside_figures_and_a_team_its_own(beside: Desk) -> None:
    card = text_of(beside.client("leader").get("/"))
    (row,) = beside.rows(
        "select aim from main.targets where indicator_id = 'PP6' and as_at = ? and team = 'ALL'", [AS_AT]
    )
    assert f"({row['aim'] * 100:.1f}%; target 2%)" in card
    assert "Target 95%" in card and "for every 10,000 children" in card
    assert "Target met (1%)" in text_of(beside.client("leader").get("/", query_string={"team": OTHER_TEAM}))
    assert "for every 10,000" not in text_of(beside.client("leader").get("/", query_string={"team": TEAM}))
    assert not section(page(beside, "PP6", team=OTHER_TEAM), "target")


def test_a_count_has_its_rate_beside_it_with_the_population_and_its_source(beside: Desk) -> None:
    (row,) = beside.rows(
        "select * from main.metrics where indicator_id = 'LA0' and as_at = ? and team = 'ALL'", [AS_AT]
    )
    told = text_of(page(beside, "LA0"))
    expected = f"{round(10_000 * row['system_numerator'] / 30_000 + 1e-9, 1):,.1f} for every 10,000 children"
    assert (expected in told) == (row["status"] != "withheld")
    assert "The rate is of 30,000 children aged 0 to 17, mid-2022: Invented for a test." in told
    month = [text for text in (text_of(page(beside, name)) for name in ("FD3", "CP0")) if "for every" in text]
    assert month and all("for every 10,000 children in the month" in text for text in month)
    earlier = text_of(page(beside, "LA0", as_at="2022-05-31"))
    assert "for every" not in earlier, "the population of mid-2022 had not come"


def test_other_places_stand_beside_the_council_with_their_year_and_codes_in_words(beside: Desk) -> None:
    answer = page(beside, "PP6", "board")
    table = next(rows for rows in tables_of(answer) if rows[0][0] == "Where")
    assert table[1][:2] == ["Here, as counted now", "At 31 October 2022"]
    assert table[2:] == [
        ["This council, as published", "31 March 2022", "[c]suppressed, a small number", "[z]"],
        ["This council, as published", "31 March 2021", "4.0%", "12 of 300"],
        ["The North", "31 March 2022", "2.4%", "140 of 5,670"],
        ["England", "31 March 2022", "2.6%", "1,270 of 49,900"],
    ]
    assert "table D5. Published for 31 March; here for one date." in section(answer, "others")
    assert "Beside others" not in text_of(page(beside, "PP6", team=TEAM))
    assert "Beside others" not in text_of(page(beside, "PP7")), "no file has its columns"


def test_of_counts_the_rates_are_compared_and_neighbours_have_a_median(beside: Desk) -> None:
    table = next(rows for rows in tables_of(page(beside, "PP0")) if rows[0][0] == "Where")
    assert table[2:] == [
        ["Statistical neighbours, the median of 3", "31 March 2022", "20.5", "[z]"],
        ["England", "31 March 2022", "42.1", "50,920"],
    ]


def test_a_months_figure_says_its_month_beside_a_published_year(beside: Desk) -> None:
    for name, value in (("FD5", "7.1%"), ("FD3", "537.7")):
        answer = page(beside, name)
        table = next(rows for rows in tables_of(answer) if rows[0][0] == "Where")
        assert [row[1] for row in table[1:]] == ["Month to 31 October 2022", "Year to 31 March 2022"]
        assert table[2][2] == value and table[0][2] == ("Figure" if name == "FD5" else "For every 10,000 children")
        assert "Published for the year to 31 March; here for one month." in section(answer, "others")


def test_a_withheld_figure_is_quoted_nowhere_beside_others(beside: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    withheld = beside.rows(
        "select * from main.metrics where status = 'withheld' and team = 'ALL' and as_at = ?", [AS_AT]
    )
    assert withheld
    for row in withheld:
        answer = page(beside, row["indicator_id"])
        assert f"{row['system_value']:.1%}" not in text_of(answer), row["indicator_id"]
        table = next((rows for rows in tables_of(answer) if rows[0][0] == "Where"), [[], ["", "", "[x]"]])
        assert table[1][2].startswith("[x]")
    rates = {
        row["indicator_id"]: row["rate"] for row in beside.rows("select * from main.rates where as_at = ?", [AS_AT])
    }
    assert all(rates[row["indicator_id"]] is None for row in withheld if row["indicator_id"] in rates)


def test_findings_that_a_figure_answers_stand_with_their_words_and_document(beside: Desk) -> None:
    answer, found = page(beside, "PP1", "board"), section(page(beside, "PP1", "board"), "findings")
    mine = [
        (letter, one) for letter in definitions_of(beside).findings for one in letter.finding if "PP1" in one.indicators
    ]
    assert len(mine) > 2
    for letter, one in mine:
        assert letter.code(one) in found and " ".join(one.says.split()) in found and letter.document in found
        assert f"/findings/{letter.code(one)}" in answer.text
    unnamed = next(
        one.id
        for one in definitions_of(beside).indicators.values()
        if one.id in shown(beside) and not names(beside, one.id)
    )
    assert not section(page(beside, unnamed), "findings")


def shown(desk: Desk) -> set[str]:
    return {
        row["indicator_id"]
        for row in desk.rows("select distinct indicator_id from main.metrics where as_at = ?", [AS_AT])
    }


def names(desk: Desk, indicator: str) -> list[Any]:
    return [one for letter in definitions_of(desk).findings for one in letter.finding if indicator in one.indicators]


def test_every_theme_has_an_audits_grade_beside_it() -> None:
    every = definitions().indicators.values()
    themes = {one.theme for one in every}
    beside = [theme for one in every for theme in one.stands_beside]
    assert set(beside) - {"*"} <= themes and "*" in beside
    assert {one.theme for one in every if one.stands_beside} == {"quality"}


@pytest.fixture
def with_audits(beside: Desk, tmp_path: Path) -> Desk:
    """The pages with grades of audits: a few of the council's, many over twelve months, and one team's that is withheld."""
    desk = open_desk(beside.home.path, tmp_path / "home")
    path = snapshot.current(Home(desk.home.path))
    assert path
    rows = [
        ("AU1V", "ALL", 2, 3, "provisional"),
        ("AU1V_12M", "ALL", 14, 30, "provisional"),
        ("AU1V_12M", TEAM, 7, 31, "withheld"),
    ]
    with duckdb.connect(str(path)) as con:
        for name, team, met, of, status in rows:
            con.execute(
                "insert into main.metrics select * replace (? as indicator_id, ? as title, ? as team, 'quality' as theme, ? as system_numerator, "
                "? as system_denominator, ?::double as system_value, ? as status, null as certificate_id) "
                "from main.metrics where indicator_id = 'PP6' and team = 'ALL' and as_at = ?",
                [name, f"Audits, {name}", team, met, of, met / of, status, AS_AT],
            )
            con.execute(
                "insert into main.revisions select * replace (? as indicator_id, ? as team) from main.revisions "
                "where indicator_id = 'PP6' and team = 'ALL' and as_at = ?",
                [name, team, AS_AT],
            )
            con.execute(
                "insert into facts.definitions select * replace (? as indicator_id, 'quality' as theme) from facts.definitions "
                "where indicator_id = 'PP6' and as_at = ? and ? not in (select indicator_id from facts.definitions)",
                [name, AS_AT, name],
            )
    return desk


def test_audits_of_the_same_practice_stand_beside_it_the_longest_time_first_and_what_is_withheld_stays_so(
    with_audits: Desk,
) -> None:
    told = section(page(with_audits, "PP6"), "audits")
    assert "Audits, AU1V_12M : 46.7% (14 of 30 audits" in told and "AU1V :" not in told
    mine = section(page(with_audits, "PP6", team=TEAM), "audits")
    assert "[x]" in mine and "Not reliable enough to report" in mine and "7 of 31" not in mine and "22.6%" not in mine
    assert not section(page(with_audits, "AS2"), "audits"), (
        "nothing was audited of assessments, and no audit's grade of all is there"
    )
    assert not section(page(with_audits, "AU1V_12M"), "audits")


def test_a_publication_of_an_earlier_version_has_pages_without_it(beside: Desk, tmp_path: Path) -> None:
    desk = open_desk(beside.home.path, tmp_path / "home")
    path = snapshot.current(Home(desk.home.path))
    assert path
    with duckdb.connect(str(path)) as con:
        for table in ("targets", "comparators", "rates"):
            con.execute(f"drop table main.{table}")
    answer = page(desk, "PP6")
    assert answer.status_code == 200 and not section(answer, "target") and not section(answer, "others")
    assert desk.client("leader").get("/").status_code == 200
