"""Holds the pages about pairs of ids, and the command, to what they say: two records side by side, an officer's word, and the next run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from countermark.desk import accounts, identities
from countermark.home import Home
from countermark.ledger.secrets import pseudonym, pseudonym_key
from countermark.ledger.store import Ledger
from countermark.warehouse import weighing
from countermark.warehouse.identity import KIND
from tests.acceptance.kit import countermark
from tests.chain import run_chain
from tests.intake_kit import csv_file, headers, plan, text_file, workbook
from tests.web_kit import PEOPLE, Desk, open_desk, post, text_of

AS_AT = date(2022, 10, 31)
GIRL = {"date_of_birth": date(2015, 3, 4), "gender": "b) Female"}
AUTHORITY = 'authority = "E1"\nname = "Anytown"\n[[teams]]\nname = "North"\n'
REASON = "Both files show the same school and the same mother."


def deliver(inbox: Path) -> None:
    """Two ids with one NHS number, two that differ by zeros, and twins with two numbers."""
    rows = [plan(one, **GIRL) for one in ("10045", "77310", "0010", "10", "60001", "60002")]
    workbook(inbox / "seven.xlsx", {"List 7": [headers(), *rows]})
    numbers = [("10045", "9000000009"), ("77310", "9000000009"), ("60001", "9000000017"), ("60002", "9000000025")]
    csv_file(inbox / "numbers.csv", [["Old ID", "New ID", "NHS number"], *(["", *one] for one in numbers)])
    text_file(inbox / "authority.toml", AUTHORITY)
    text_file(inbox / "delivery.toml", 'authority = "E1"\nextracted_on = 2022-11-02\n')


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("perhaps")
    (folder / "inbox").mkdir()
    deliver(folder / "inbox")
    run_chain(folder / "inbox", folder / "home", AS_AT, validate=False)
    with Ledger.open(Home(folder / "home").ledger_url) as ledger:
        for username, (name, role, teams) in PEOPLE.items():
            accounts.add(ledger, accounts.Account(username, name, role, "E1", teams), "setup")
    return folder


@pytest.fixture
def desk(place: Path, tmp_path: Path) -> Iterator[Desk]:
    yield open_desk(place / "home", tmp_path / "home")


def address(desk: Desk, one: str, other: str, end: str = "") -> str:
    key = pseudonym_key(desk.home.path)
    return f"/perhaps-one-child/{pseudonym(key, 'child', one)}/{pseudonym(key, 'child', other)}{end}"


def again(place: Path, desk: Desk) -> list[str]:
    """The children on a plan after the next run."""
    run_chain(place / "inbox", desk.home.path, AS_AT, validate=False)
    query = "select child_id from main.members where indicator_id = 'PP0' and in_numerator order by 1"
    return [row["child_id"] for row in desk.rows(query)]


def test_the_list_names_each_pair_with_what_speaks_for_it_and_against(desk: Desk) -> None:
    officer = desk.client("officer")
    assert "Perhaps one child: 2 pairs" in text_of(officer.get("/worklist"))
    page = text_of(officer.get("/perhaps-one-child"))
    assert "10045 and 77310" in page and "As good as certain" in page and "same number of the health service" in page
    assert "0010 and 10" in page or "10 and 0010" in page
    assert "born the same day; the same sex" in page and "99% or more" in page
    assert "with a probability of 50% or more" in page and "moves no figure" in page
    assert "60001" not in page, "twins with numbers of their own are not asked about"


def test_two_records_stand_side_by_side(desk: Desk) -> None:
    answer = desk.client("officer").get(address(desk, "10045", "77310"))
    page = text_of(answer)
    assert "One child with a probability of 99% or more. For one child: " in page
    assert page.count("Child protection") >= 2 and page.count("Counts in PP0") == 2
    opened = re.findall(r"<details[^>]* open>.*?</details>", answer.text, re.DOTALL)
    assert len(opened) == 2 and all("Date of Birth" in one for one in opened), "what tells a child stands open"
    assert answer.text.count("<details") > 2, "the other lists are folded"
    assert desk.client("officer").get(address(desk, "60001", "60002")).status_code == 404


@pytest.mark.parametrize("who", ["team_manager", "leader", "board", "engineer", "auditor", "admin"])
def test_nobody_but_an_officer_sees_or_says_it(desk: Desk, who: str) -> None:
    client = desk.client(who)
    assert client.get("/perhaps-one-child").status_code == 403
    assert client.get(address(desk, "10045", "77310")).status_code == 403
    sent = client.post(address(desk, "10045", "77310", "/say"), data={"same": "yes", "reason": REASON})
    assert sent.status_code in (400, 403)
    assert desk.ledger().notes(KIND) == []


def test_yes_makes_them_one_from_the_next_run_on_and_no_is_not_asked_again(place: Path, desk: Desk) -> None:
    officer = desk.client("officer")
    page = address(desk, "10045", "77310")
    assert post(officer, f"{page}/say", {"same": "", "reason": ""}, page).status_code == 422
    named = post(officer, f"{page}/say", {"same": "yes", "reason": "77310 is the same girl"}, page)
    assert named.status_code == 422 and "child's id" in text_of(named)
    assert post(officer, f"{page}/say", {"same": "yes", "reason": REASON}, page).status_code == 302
    [zeros] = [one for one in _pairs(desk) if "zeros" in one.why]
    other = address(desk, zeros.gives_up, zeros.keeps)
    assert post(officer, f"{other}/say", {"same": "no", "reason": "Two families."}, other).status_code == 302
    assert "no pair to look at" in text_of(officer.get("/perhaps-one-child"))
    assert not any("10045" in str(note) or "77310" in str(note) for note in desk.ledger().notes(KIND))
    assert again(place, desk) == ["0010", "10", "10045", "60001", "60002", "77310"], "one list holds both: both stay"
    assert _pairs(desk) == []


def test_the_command_lists_the_pairs_as_the_page_does_and_enters_that_they_were_seen(desk: Desk) -> None:
    told = countermark("link", "--home", desk.home.path)
    assert told.code == 0 and "2 pairs." in told.text and "with a probability of 50% or more" in told.text
    sure, zeros = told.text.split("10045 and 77310: ")[1].split("0010 and 10: ")
    assert sure.startswith("99% or more, as good as certain. For one child: the same number") and "twins?" not in sure
    assert zeros.startswith("99% or more. For one child: ids that differ by leading zeros alone; born the same day")
    assert "For two: twins?; one list holds both" in zeros
    assert "60001" not in told.text
    [seen] = [one for one in desk.ledger().entries() if one.kind == "view" and "perhaps one child" in str(one.payload)]
    assert pseudonym(pseudonym_key(desk.home.path), "child", "10045") in str(seen.payload)
    assert countermark("link", "10045", "--home", desk.home.path).code == 2


def test_where_nothing_could_be_weighed_the_page_says_error_and_no_figure_differs(
    place: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = "select * exclude (published_at, revision, certificate_id, facts_hash) from main.metrics order by all"
    before = desk.rows(figures)
    monkeypatch.setattr(weighing, "_settings", lambda _: {}["nothing"])
    run_chain(place / "inbox", desk.home.path, AS_AT, validate=False)
    officer = desk.client("officer")
    page = text_of(officer.get("/perhaps-one-child"))
    assert "ERROR: which other pairs are probably one child could not be worked out" in page
    assert "10045 and 77310" in page and "not weighed" in page
    assert "ERROR" in countermark("link", "--home", desk.home.path).text
    assert desk.rows(figures) == before and before
    assert len(_pairs(desk)) == 2


def _pairs(desk: Desk) -> list[identities.Pair]:
    return identities.unspoken(desk.ledger(), pseudonym_key(desk.home.path), "E1", identities.proposed(desk.rows, "E1"))


def test_the_command_says_it_too_and_takes_it_back(place: Path, desk: Desk) -> None:
    said = ("--reason", REASON, "--by", "Olive Officer", "--home", desk.home.path)
    assert countermark("link", "60001", "60001", *said).code == 2
    assert countermark("link", "60001", "60009", "--reason", "60009 it is", *said[2:]).code == 2
    stored = countermark("link", " 60001 ", "60009", *said)
    assert stored.code == 0 and "60001" not in stored.text
    csv_file(place / "late" / "lists.csv", [["Family ID", "Child ID"], ["F", "60009"]])
    (place / "late" / "lists.csv").rename(place / "inbox" / "families.csv")
    try:
        assert "60009" in again(place, desk) and "60001" not in again(place, desk)
        assert countermark("link", "60001", "60009", "--apart", *said).code == 0
        assert "60001" in again(place, desk)
    finally:
        (place / "inbox" / "families.csv").unlink()
