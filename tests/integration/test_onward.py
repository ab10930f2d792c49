"""Holds publication to other databases to account, on PostgreSQL and SQLite: what is written is what is exported, a status beside every
figure, nobody is given what is not theirs, the same twice changes nothing, and what is not ours is left alone."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from countermark.exports import suppression
from countermark.exports.audience import AUDIENCES
from countermark.exports.export import export
from countermark.exports.write import FORMULA_STARTS
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.onward.publish import publish_to
from countermark.onward.tables import MEANINGS, PUBLICATION
from countermark.onward.target import OnwardError, address
from tests.hostile_snapshot import CHILD, COUNTER, HOSTILE, WITHHELD, WORKER, content
from tests.onward_kit import NOW, home_with, numbered, onward, publish
from tests.postgres_kit import PASSWORD, Server
from tests.snapshots import metric

SERIAL = count()
Database = Callable[[], str]


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Addresses of empty databases, of both kinds in turn."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'{next(SERIAL)}.db'}"
    server: Server = request.getfixturevalue("postgres")
    return lambda: server.new_database(f"d{next(SERIAL)}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a hostile publication. Nobody publishes anew in it."""
    return home_with(tmp_path_factory.mktemp("onward") / "home", content())


def ask(url: str, query: str) -> list[Any]:
    engine = create_engine(address(url))
    with engine.begin() as connection:
        found = connection.execute(text(query))
        rows = [tuple(row) for row in found] if found.returns_rows else []
    engine.dispose()
    return rows


def tables_in(url: str, schema: str | None = None) -> set[str]:
    engine = create_engine(address(url))
    found = set(inspect(engine).get_table_names(schema=schema))
    engine.dispose()
    return found


def columns_in(url: str, table: str) -> list[str]:
    engine = create_engine(address(url))
    found = [column["name"] for column in inspect(engine).get_columns(table)]
    engine.dispose()
    return found


@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_is_written_is_what_is_exported(home: Home, database: Database, tmp_path: Path, audience: Any) -> None:
    url = database()
    done = onward(home, url, audience)
    files = export(next(home.published.glob("*.duckdb")), tmp_path / "out", "csv", audience, None, NOW.date())
    assert done.is_new and set(done.rows) == {path.stem for path in files}
    assert tables_in(url) == {path.stem for path in files} | {PUBLICATION, MEANINGS}
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert set(columns_in(url, path.stem)) - set(header) <= {"status", "status_words"}
        names = ", ".join(f'"{name}"' for name in header)
        found = ask(url, f"select {names} from {path.stem}")
        assert sorted(map(_cells, found)) == sorted(map(_plain, rows)), path.stem
        assert done.rows[path.stem] == len(rows)


def _cells(row: tuple[Any, ...]) -> list[str]:
    """A row of a database as text, whichever types that database has: flags as 0 and 1, moments to the second."""
    return ["" if cell is None else str(int(cell)) if isinstance(cell, bool) else _text(cell) for cell in row]


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return repr(cell)
    said = str(cell)
    return said.split(".")[0].split("+")[0] if said[4:5] == "-" and " " in said else said


def _plain(row: list[str]) -> list[str]:
    """A row of a CSV file in the same text."""
    marks = {"true": "1", "false": "0"}
    return [
        _moment(marks.get(cell, cell[1:] if cell[:1] == "'" and re.match(FORMULA_STARTS, cell[1:]) else cell))
        for cell in row
    ]


def _moment(cell: str) -> str:
    return cell.replace("T", " ").removesuffix("Z") if cell.endswith("Z") and "T" in cell else cell


def test_a_status_stands_beside_every_figure(home: Home, database: Database) -> None:
    url = database()
    onward(home, url, "officer")
    for table in ("metrics", "bridge_lines", "breaks", "claims", "revisions"):
        found = ask(url, f"select indicator_id, team, status, status_words from {table}")
        assert found and all(status and words for _, _, status, words in found), table
    words = dict(ask(url, "select distinct status, status_words from metrics"))
    assert words == {
        "provisional": "Being checked: quote with its range", "withheld": "Not reliable enough to report",
    }  # fmt: skip
    lines = {
        (one, team): status
        for one, team, status, _ in ask(url, "select indicator_id, team, status, 1 from bridge_lines")
    }
    assert lines == {("PP1", "North"): "provisional", ("PP6", "ALL"): "withheld"}
    then = ask(url, "select revision, status from revisions order by revision")
    assert [status for _, status in then] == ["certified", "provisional", "withheld"], (
        "a revision's own status, as published then"
    )


@pytest.mark.parametrize("audience", ["leader", "public"])
def test_leaders_and_the_public_are_given_no_child_no_worker_and_no_withheld_value(
    home: Home, database: Database, audience: str
) -> None:
    url = database()
    onward(home, url, audience)
    cells = {str(cell) for table in tables_in(url) for row in ask(url, f"select * from {table}") for cell in row}
    assert len(cells) > 30
    for secret in (CHILD, "007", WORKER, COUNTER, "Ann Childs", str(WITHHELD), f"{WITHHELD}.0"):
        assert not any(secret in cell for cell in cells), secret


def test_a_child_is_there_for_officers(home: Home, database: Database) -> None:
    """Or the test above would show nothing."""
    url = database()
    onward(home, url, "officer")
    assert ask(url, f"select worker from members where child_id = '{CHILD}'") == [(WORKER,)]
    found = {cell for (cell,) in ask(url, "select message from failures")}
    assert found == set(HOSTILE), "a database is no spreadsheet: texts go as they are"


def test_the_same_again_changes_nothing(tmp_path: Path, database: Database) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    first = onward(home, url)
    before = ask(url, f"select * from {PUBLICATION}")
    with Ledger.open(home.ledger_url) as ledger:
        entries = ledger.head().seq
    again = onward(home, url, now=NOW + timedelta(days=3))
    assert (first.is_new, again.is_new, again.content_hash) == (True, False, first.content_hash)
    assert ask(url, f"select * from {PUBLICATION}") == before
    with Ledger.open(home.ledger_url) as ledger:
        assert ledger.head().seq == entries


def test_a_new_publication_replaces_the_old_one_whole(tmp_path: Path, database: Database) -> None:
    home, url = home_with(tmp_path / "home", numbered(2)), database()
    onward(home, url)
    name = publish(home, numbered(1))
    done = onward(home, url, now=NOW + timedelta(hours=1))
    assert done.is_new and done.rows["metrics"] == 40
    assert ask(url, "select distinct revision from metrics") == [(1,)]
    assert ask(url, "select distinct says from gates") == [("1",)]
    ((snapshot, content_hash, audience),) = ask(url, f"select snapshot, content_hash, audience from {PUBLICATION}")
    assert (snapshot, content_hash, audience) == (name, done.content_hash, "leader")


def test_ages_are_of_the_day_on_which_officers_tables_were_written(home: Home, database: Database) -> None:
    url = database()
    onward(home, url, "officer")
    later = onward(home, url, "officer", now=NOW + timedelta(days=1))
    assert later.is_new, "a day later the differences are a day older"
    assert dict(ask(url, "select break_id, age_working_days from breaks")) == {"b1": 2, "b2": 0}


def test_every_authority_is_published(tmp_path: Path, database: Database) -> None:
    home = home_with(tmp_path / "home", {"metrics": [metric(authority=code) for code in ("E1", "E2", "E3")]})
    url = database()
    onward(home, url)
    assert ask(url, "select authority from metrics order by 1") == [("E1",), ("E2",), ("E3",)]


def test_another_audiences_database_is_refused(tmp_path: Path, database: Database) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    onward(home, url, "officer")
    with pytest.raises(OnwardError, match="tables of the audience officer: name another schema or database for leader"):
        onward(home, url, "leader")
    assert "members" in tables_in(url)


@pytest.mark.parametrize("name", ["metrics", PUBLICATION])
def test_a_table_of_somebody_elses_is_left_alone(tmp_path: Path, database: Database, name: str) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    ask(url, f"create table {name} (mine integer)")
    ask(url, f"insert into {name} values (42)")
    with pytest.raises(OnwardError, match=f"{name}.*not written by countermark"):
        onward(home, url)
    assert ask(url, f"select mine from {name}") == [(42,)] and tables_in(url) == {name}


def test_a_column_that_came_later_is_added_and_a_table_no_longer_given_goes(tmp_path: Path, database: Database) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    onward(home, url)
    ask(url, "alter table metrics drop column status_reason")
    ask(url, "create table formerly (child_id text)")
    ask(url, f"insert into {MEANINGS} values ('formerly', '', 'table', 'Given once')")
    ask(url, "create view mine as select authority, status from metrics")
    publish(home, numbered(2))
    onward(home, url)
    assert {reason for (reason,) in ask(url, "select status_reason from metrics")} == {
        "Being checked: 2 open in North."
    }
    assert "formerly" not in tables_in(url)
    assert len(ask(url, "select * from mine")) == 80, "views on our tables stay"


def test_what_every_column_means_stands_beside_the_tables(home: Home, database: Database) -> None:
    url = database()
    onward(home, url)
    said = {
        (table, column): meaning
        for table, column, meaning in ask(url, f"select table_name, column_name, meaning from {MEANINGS}")
    }
    for table in tables_in(url) - {PUBLICATION, MEANINGS}:
        assert said[table, ""]
        assert all(said[table, column] for column in columns_in(url, table))


def test_numbers_and_odd_texts_arrive_as_they_were(tmp_path: Path, database: Database) -> None:
    odd = "a\0b \U0001f600 'quoted' %s :name \\"
    home = home_with(tmp_path / "home", {"metrics": [metric(1, 3, title=odd, as_at=date(2022, 10, 31))]})
    url = database()
    onward(home, url)
    assert ask(url, "select title, system_value from metrics") == [(odd.replace("\0", ""), 1 / 3)]


def test_the_ledger_knows_what_was_given_and_no_password(tmp_path: Path, database: Database) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), database()
    done = onward(home, url)
    with Ledger.open(home.ledger_url) as ledger:
        entry = ledger.entries()[-1]
        assert ledger.verify() is None
    said = json.loads(entry.payload)
    assert (entry.kind, said["what"], said["audience"], said["snapshot"], said["content"]) == (
        "view", "publish-to", "leader", done.snapshot, done.content_hash,
    )  # fmt: skip
    assert PASSWORD not in entry.payload and str(tmp_path) not in entry.payload


def test_nothing_is_left_in_the_home(tmp_path: Path, database: Database) -> None:
    home = home_with(tmp_path / "home", numbered(1))
    before = sorted(path.name for path in home.path.rglob("*"))
    onward(home, database(), "officer")
    assert sorted(path.name for path in home.path.rglob("*")) == before


def test_a_schema_is_asked_for_and_made(tmp_path: Path, postgres: Server) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), postgres.new_database(f"d{next(SERIAL)}")
    onward(home, url, "leader", schema="for_leaders")
    onward(home, url, "officer", schema="for_officers")
    assert "members" not in tables_in(url, "for_leaders") and "members" in tables_in(url, "for_officers")
    assert tables_in(url) == set()
    with pytest.raises(OnwardError, match="SQLite has no schemas"):
        onward(home, f"sqlite:///{tmp_path / 'x.db'}", schema="s")
    with pytest.raises(OnwardError, match="A schema is named by letters"):
        onward(home, url, schema='x"; drop')


def test_postgresql_holds_comments_and_keys_and_keeps_what_others_may_do(tmp_path: Path, postgres: Server) -> None:
    home, url = home_with(tmp_path / "home", numbered(1)), postgres.new_database(f"d{next(SERIAL)}")
    onward(home, url)
    ask(url, "create role reader_of_figures")
    ask(url, "grant select on metrics to reader_of_figures")
    publish(home, numbered(2))
    onward(home, url)
    assert ask(url, "select has_table_privilege('reader_of_figures', 'metrics', 'select')") == [(True,)]
    assert ask(url, "select obj_description('metrics'::regclass) like 'Figures: one row per%'") == [(True,)]
    silent = ask(
        url,
        "select relname, attname from pg_attribute join pg_class on attrelid = pg_class.oid where relkind = 'r' and attnum > 0 "
        "and relnamespace = 'public'::regnamespace and col_description(attrelid, attnum) is null",
    )
    assert silent == []
    engine = create_engine(address(url))
    assert inspect(engine).get_pk_constraint("metrics")["constrained_columns"] == [
        "authority",
        "indicator_id",
        "as_at",
        "team",
    ]
    engine.dispose()


def test_what_the_public_was_told_is_given_to_suppression_as_known(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, url = home_with(tmp_path / "home", content()), database()
    known, prepare = [], suppression.prepare

    def spy(con: Any, profile: Any, given: Path | None) -> None:
        known.append(list(csv.DictReader(given.read_text(encoding="utf-8").splitlines())) if given else None)
        prepare(con, profile, given)

    monkeypatch.setattr(suppression, "prepare", spy)
    first, again = onward(home, url, "public"), onward(home, url, "public")
    assert (first.is_new, again.is_new) == (True, False)
    assert known[0] is None, "nothing had been told there"
    told = {(row["indicator_id"], row["team"]): row["system_numerator"] for row in known[1] or []}
    assert told["PP1", "ALL"] == "40" and told["PP6", "ALL"] == ""


def test_an_unknown_audience_is_refused_before_anything_is_done(home: Home, tmp_path: Path) -> None:
    with Ledger.open(home.ledger_url) as ledger, pytest.raises(ValueError, match="the audiences are"):
        publish_to(home, ledger, f"sqlite:///{tmp_path / 'x.db'}", "everybody", NOW)
    assert not (tmp_path / "x.db").exists()
