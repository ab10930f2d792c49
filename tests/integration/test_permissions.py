"""Holds to account: a home is its owner's alone, and nothing of a child is anywhere but where it belongs.

A planted child stands in several lists and in two file names. Every command is run, a forced engine error included; then everything said
and everything stored is searched: what was printed, Dagster's storage, Great Expectations' results, Data Docs, the ledger.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countermark.contracts.catalogue import SHIPPED, load
from countermark.home import Home
from countermark.warehouse.connect import warehouse
from tests.acceptance.kit import COUNTS, LISTED, annex_a, rows, table, text, workbook
from tests.integration.commands import DAY, Commands, Ended, tables
from tests.integration.test_lapse import AUTHORITY

CHILD, WORKER, POSTCODE, NAMED = "ZQXKESTREL77", "Wilhelmina Quillfeather", "QX7 7ZZ", "Zqx Kestrelsworth"
BORN = date(2009, 2, 17)
BIRTHS = ("2009-02-17", "17/02/2009", "17 Feb 2009", "2009-02-16T", "1234828800")
OF_THE_CHILD = (CHILD, WORKER, POSTCODE, *BIRTHS)  # what stands in cells
ALL = (*OF_THE_CHILD, NAMED)  # and what stands in file names
MAY_HOLD = ("warehouse.duckdb", "published/", "deliveries/")


def person(**more: Any) -> dict[str, Any]:
    """The planted child's row of a list."""
    return {"id": CHILD, "dob": BORN, "worker": WORKER, **more}


def deliver(inbox: Path) -> None:
    """Deliveries that name the child, a broken one among them; rows with faults, so that rules find them."""
    start, bad = date(2022, 6, 1), date(1900, 1, 1)
    text(inbox / "authority.toml", AUTHORITY)
    given = {
        "List 3": [person(on=date(2022, 10, 5), nfa="b) No")],
        "List 4": [person(start=date(2022, 9, 1), authorised="not yet"), {"id": "A2", "start": start}],
        "List 5": [person(discussion=bad)],
        "List 6": [person(start=start), {"id": "A2", "start": start}],
        "List 7": [
            person(start=start, visit=date(2022, 10, 20), alone="a) Yes", end=date(2022, 5, 1)),
            {"id": "A2", "start": start},
        ],
        "List 8": [person(start=start, check=bad)],
    }
    annex_a(inbox / "a" / f"{NAMED} and others.xlsx", "2022-11-02", given)
    care = rows("List 8", given["List 8"])
    care[0].append("Placement Postcode")
    care[1].append(POSTCODE)
    workbook(inbox / "b" / f"{NAMED} in care.xlsx", {"List 8": care})
    text(inbox / "b" / "delivery.toml", "extracted_on = 2022-11-03\n")
    text(inbox / "r" / f"{NAMED}.csv", f"this,that\n{CHILD},{WORKER}\n")
    text(inbox / "s" / f"{NAMED}.csv", ",".join(map(str, rows("List 6", [])[0])) + f"\n{CHILD}\n")
    text(inbox / "s" / f"{NAMED}.csv.delivery.toml", f"extracted_on = {CHILD}\n")
    table(
        inbox / "c" / "counts.csv",
        [COUNTS, ["PP0", "North", DAY, "child", 2, None, "Ann Counter", "2022-11-01", "own_list", CHILD]],
    )
    listed = [None, None, "2022-06-01", "Ann Counter", "2022-11-01", WORKER]
    table(inbox / "c" / "list.csv", [LISTED, *(["PP0", "North", DAY, one, *listed] for one in (CHILD, f"{CHILD}9"))])


def cells(path: Path) -> Iterator[str]:
    """Everything that a file holds, as text: its bytes, and of a SQLite database each cell, unpacked where it is packed."""
    content = path.read_bytes()
    yield content.decode("utf-8", "replace")
    yield content.decode("utf-16-le", "replace")
    if not content.startswith(b"SQLite format 3"):
        return
    con = sqlite3.connect(path)
    for (name,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
        for row in con.execute(f'select * from "{name}"'):
            for cell in row:
                yield str(cell)
                if isinstance(cell, bytes):
                    try:
                        yield zlib.decompress(cell).decode("utf-8", "replace")
                    except zlib.error:
                        continue
    con.close()


def found(words: tuple[str, ...], *places: Path) -> set[tuple[str, str]]:
    """Which words occur in which files below some places, in a file's name or in what it holds. Letters' case is nothing."""
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()]
    hits = set()
    for path in files:
        for held in (path.name, *cells(path)):
            lower = held.lower()
            hits |= {(word, path.name) for word in words if word.lower() in lower}
    return hits


@pytest.fixture(scope="module")
def world(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A home in which every command was run once; `said` is where what they printed is kept."""
    root = tmp_path_factory.mktemp("permissions")
    inbox, home = root / "inbox", root / "home"
    deliver(inbox)
    began = len(commands.said)
    ended: dict[str, Ended] = {"run": commands.run(inbox, home)}
    known = {row["file"]: row for row in tables(commands, home)["deliveries"]}
    breaks = [row["break_id"] for row in tables(commands, home)["breaks"] if row["indicator_id"] == "PP0"]
    at = ("--as-at", DAY, "--home", home)
    about = ("--decision", "system_right", "--cause", "workload", "--reason", "The file was read.")
    shutil.copy(inbox / "a" / f"{NAMED} and others.xlsx", root / "given.xlsx")
    withdrawn = known[f"b/{NAMED} in care.xlsx"]["delivery_id"]
    for name, words in {
        "decide": ("decide", *breaks, *about, "--by", "Dec Ider", "--home", home),
        "check": ("check", "CN0", *at, "--by", "Olive Officer", "--note", "Looked at two files."),
        "sign": ("sign", "CN0", "PP0", *at, "--by", "Dora Director"),
        "sign what fails": ("sign", "AS1", *at, "--by", "Dora Director"),
        "verify": ("verify", "--home", home),
        "validate": ("validate", root / "given.xlsx"),
        "backup": ("backup", "--home", home, "--out", root / "backup.tar"),
        "restore": ("restore", root / "backup.tar", "--home", root / "other"),
        "withdraw": ("withdraw", withdrawn, "--reason", "Taken twice.", "--by", "Olive Officer", "--home", home),
        "rebuild": ("rebuild", "--home", home),
        "template": ("template", "manual_lists", "--out", root / "template.xlsx"),
        "leader": ("export", "--home", home, "--audience", "leader", "--out", root / "leader"),
        "public": ("export", "--home", home, "--audience", "public", "--out", root / "public"),
    }.items():
        ended[name] = commands(*words)
    further = root / "definitions"
    shutil.copytree(next((SHIPPED / "sql" / "indicators").glob("CN0_*")), further / "sql" / "indicators" / "CN0_cast")
    members = further / "sql" / "indicators" / "CN0_cast" / "members.sql"
    spoilt = members.read_text().replace(
        "from cin_episodes", "from (select * from cin_episodes where person_id::integer > 0)"
    )
    assert spoilt != members.read_text()
    members.write_text(spoilt)
    ended["engine error"] = commands.run(inbox, home, env={"COUNTERMARK_DEFINITIONS": str(further)})
    return {"root": root, "inbox": inbox, "home": home, "ended": ended, "said": commands.said[began:]}


def test_the_commands_did_what_they_were_to_do(world: dict[str, Any]) -> None:
    """Without this the search would prove nothing: everything ran, the refused were refused, the engine did fail."""
    codes = {name: ended.code for name, ended in world["ended"].items()}
    refused = {"sign": 2, "sign what fails": 2, "engine error": 1}
    assert codes == {name: refused.get(name, 0) for name in codes}, world["ended"]
    failed = world["ended"]["engine error"]
    assert "ConversionException" in failed.err and "the last publication stands" in failed.err
    assert "refused:" in world["ended"]["run"].out


def test_the_search_would_find_the_child(commands: Commands, world: dict[str, Any], tmp_path: Path) -> None:
    """Officers' exports hold all that was planted and is published; a planted value is found wherever it is put."""
    out = tmp_path / "out"
    commands.well("export", "--home", world["home"], "--out", out)
    assert {word for word, _ in found(ALL, out)} >= {CHILD, WORKER, NAMED}
    con = sqlite3.connect(tmp_path / "packed.db")
    con.execute("create table held (cell blob)")
    con.execute("insert into held values (?)", [zlib.compress(f"x {POSTCODE} y".encode())])
    con.commit()
    con.close()
    assert found(ALL, tmp_path / "packed.db") == {(POSTCODE, "packed.db")}
    with warehouse(Home(world["home"]), load().sql) as con:
        query = (
            "select count(*), count(*) filter (placement_postcode = ?) from raw.annex_a_list_08 where date_of_birth = ?"
        )
        [held] = con.execute(query, [POSTCODE, str(BORN)]).fetchall()
    assert held == (2, 1)


def test_nothing_printed_names_the_child(world: dict[str, Any]) -> None:
    assert len(world["said"]) > 20
    assert found(ALL, *world["said"]) == set()


def test_nothing_stored_beside_the_data_names_the_child(world: dict[str, Any]) -> None:
    home = world["home"]
    beside = [p for p in home.rglob("*") if p.is_file() and not p.relative_to(home).as_posix().startswith(MAY_HOLD)]
    assert {"dagster", "gx", "data_docs"} <= {p.relative_to(home).parts[0] for p in beside}
    ledger = home / "ledger.db"
    assert found(ALL, *(p for p in beside if p != ledger)) == set()
    assert found(OF_THE_CHILD, ledger) == set()
    assert found(ALL, world["root"] / "leader", world["root"] / "public") == set()


def test_a_home_is_its_owners_alone(commands: Commands, world: dict[str, Any]) -> None:
    for home in (world["home"], world["root"] / "other"):
        assert home.stat().st_mode & 0o777 == 0o700
        open_to_others = [p.relative_to(home).as_posix() for p in home.rglob("*") if p.lstat().st_mode & 0o077]
        assert open_to_others == []
    assert (world["root"] / "backup.tar").stat().st_mode & 0o077 == 0
    with warehouse(Home(world["home"]), load().sql) as con:
        [(spill,)] = con.execute("select current_setting('temp_directory')").fetchall()
    assert Path(os.path.realpath(spill)).is_relative_to(os.path.realpath(world["home"]))
    assert not [*commands.folder.glob(".tmp*"), *commands.folder.glob("*.tmp")]
