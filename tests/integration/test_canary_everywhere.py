"""Holds to account: a child stands where children's records belong, and nowhere else. One is planted; everything that may hold none is searched.

What is printed, Dagster's history, validation results and Data Docs, lineage, exports and packs for leaders and the public, databases that
figures go to, proofs, certificates, alerts, metrics, the audit chain, and every page that leaders, boards, auditors, engineers and
administrators can reach. `tests/unit/test_canary.py` proves that the search finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from countermark.desk import accounts
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.acceptance.kit import Said, countermark, table
from tests.canary import disguised, search
from tests.intake_kit import headers, row
from tests.purge_kit import BARE, CHILD, DAY, NAMED, POSTCODE, WORKER, deliver
from tests.web_kit import post
from web.app import create_app
from web.settings import Settings

OF_THE_CHILD = (*disguised(CHILD), BARE, POSTCODE, WORKER, "2009-02-17", "17/02/2009", "17 February 2009")
MAY_HOLD = ("warehouse.duckdb", "published/", "deliveries/", "inbox/", "uploads/")
LEADING, LOOKING = ("leader", "board"), ("auditor", "engineer", "admin")
HEADED = "Zyq Heronshaw"
PAGES = 45  # of each role; more would look at the same pages for another team


@dataclass
class World:
    """A home in which all was done once, and what was said and written outside of it."""

    home: Path
    out: Path
    said: dict[str, Said] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Every command once, those that fail too."""
    root = tmp_path_factory.mktemp("canary")
    world = World(root / "home", root / "out")
    world.out.mkdir()
    deliver(root / "inbox")
    _headed_by_children(root / "inbox")
    at, home = ("--as-at", DAY), ("--home", world.home)
    for name, words in {
        "run": ("run", "--inbox", root / "inbox", *at, *home),
        "check": ("check", "PP6", *at, "--by", "Olive Officer", "--note", "Looked at two files.", *home),
        "sign": ("sign", "PP6", *at, "--by", "Dora Director", *home),
        "refused": ("sign", "PP1", *at, "--by", "Dora Director", *home),
        "freeze": ("inspection", "freeze", *at, "--reason", "Notified", "--by", "Olive Officer", *home),
        "lists": ("inspection", "lists", f"{DAY}-1", "--out", root / "lists", *home),
        "leader": ("export", "--audience", "leader", "--format", "xlsx", "--out", world.out / "leader", *home),
        "leader csv": ("export", "--audience", "leader", "--out", world.out / "leader_csv", *home),
        "public": ("export", "--audience", "public", "--format", "parquet", "--out", world.out / "public", *home),
        "pack": ("pack", *at, "--format", "html", "--out", world.out / "pack.html", *home),
        "database": ("publish-to", f"sqlite:///{world.out / 'onward.db'}", *home),
        "contract": ("contract", "--out", world.out / "contract.yaml"),
        "alerts": ("alerts", *home),
        "verify": ("verify", *home),
        "nobody": ("purge", "--child", f"{CHILD}X", "--reason", "none", "--by", "Ama Admin", *home),
    }.items():
        world.said[name] = countermark(*words)
    yield world


def _headed_by_children(inbox: Path) -> None:
    """Two extracts of a list with children's names for headings: a wide sheet, of the kind that people make by hand."""
    for day, more in (("2022-11-02", [HEADED]), ("2022-11-16", ["Ethnicity", f"{HEADED}'s sister", HEADED])):
        lines = [[*headers("annex_a.list_02"), *more]]
        lines += [
            [*row("annex_a.list_02", child_unique_id=f"A{n}", assessment_start_date="2022-06-01"), *("x" for _ in more)]
            for n in range(1, 7)
        ]
        table(inbox / day / "help.csv", lines)


def test_a_childs_name_for_a_heading_stands_nowhere_but_in_the_file(world: World, tmp_path: Path) -> None:
    for name, said in world.said.items():
        (tmp_path / f"{name}.log").write_text(f"{said.out}\n{said.err}")
    assert search([HEADED], world.home / "deliveries"), "the files are kept as they came"
    assert search([HEADED], world.home, tmp_path, leave_out=("deliveries/", "inbox/", "uploads/")) == set()
    assert search([HEADED], world.out) == set()
    assert "that no file layout knows" in world.said["run"].out, "the run speaks of them by their place"
    assert search(["that no file layout knows"], world.home / "published"), "so does what is published"


def test_the_commands_did_what_they_were_to_do(world: World) -> None:
    codes = {name: said.code for name, said in world.said.items()}
    assert codes == {name: {"refused": 2, "nobody": 2}.get(name, 0) for name in codes}, world.said
    assert search([BARE], world.home), "the child is in the home"


def test_nothing_printed_names_the_child(world: World, tmp_path: Path) -> None:
    for name, said in world.said.items():
        (tmp_path / f"{name}.log").write_text(f"{said.out}\n{said.err}")
    assert search((*OF_THE_CHILD, NAMED), tmp_path) == set()


def test_nothing_beside_the_records_names_the_child(world: World) -> None:
    beside = {path.relative_to(world.home).parts[0] for path in world.home.rglob("*")}
    assert {"dagster", "gx", "data_docs", "ledger.db"} <= beside
    assert search(OF_THE_CHILD, world.home, leave_out=MAY_HOLD) == set()
    assert search([NAMED], world.home, leave_out=(*MAY_HOLD, "ledger.db")) == set(), (
        "a file's name stands in its receipt alone"
    )


def test_what_leaves_the_home_names_nobody(world: World) -> None:
    assert len(list(world.out.rglob("*"))) > 12
    assert search((*OF_THE_CHILD, NAMED), world.out) == set()
    assert search((*OF_THE_CHILD, NAMED), world.out.parent / "lists" / "agreement.csv") == set()
    assert search([BARE], world.out.parent / "lists"), "the lists themselves are for inspectors, who see children"


def test_the_audit_chain_names_nobody(world: World) -> None:
    with Ledger.open(Home(world.home).ledger_url) as ledger:
        text = "\n".join(entry.payload for entry in ledger.entries())
    assert len(text) > 500 and not any(word in text for word in (BARE, NAMED, POSTCODE, WORKER))


@pytest.fixture(scope="module")
def app(world: World) -> Iterator[object]:
    """The pages over that home, with somebody in every role that sees no child's id."""
    with Ledger.open(Home(world.home).ledger_url) as ledger:
        for role in (*LEADING, *LOOKING, "officer"):
            accounts.add(ledger, accounts.Account(role, f"Invented {role}", role, "E1", ()), "setup")
    app = create_app(Settings(Home.open(world.home), demo=True))
    app.config.update(TESTING=True)
    yield app


def pages(app: object, role: str) -> dict[str, str]:
    """The pages that somebody can reach from the first, by following links; by address, their text."""
    client = app.test_client()  # type: ignore[attr-defined]
    assert post(client, "/sign-in/invented", {"username": role}, page="/sign-in").status_code == 302
    waiting, seen = ["/"], dict[str, str]()
    while waiting and len(seen) < PAGES:
        address = waiting.pop(0)
        answer = client.get(address, follow_redirects=True)
        seen[address] = answer.data.decode("utf-8", "replace")
        assert answer.status_code < 500, address
        for link in re.findall(r'(?:href|action)="(/[^"#]*)', seen[address]):
            plain = link.replace("&amp;", "&")
            if plain not in seen and plain not in waiting and not plain.startswith("/assets"):
                waiting.append(plain)
    return seen


@pytest.mark.parametrize("role", [*LEADING, *LOOKING])
def test_no_page_shows_the_child_to_those_who_see_none(app: object, role: str) -> None:
    seen = pages(app, role)
    assert len(seen) >= 3, role
    words = [
        word
        for word in (BARE, POSTCODE, "17 February 2009", "17/02/2009", "2009-02-17")
        for text in seen.values()
        if word in text
    ]
    assert words == [], [address for address, text in seen.items() if any(word in text for word in words)]
