"""A case system's database read: from a real PostgreSQL and from SQLite. What is taken, what is refused and how, and that nothing is lost
or kept twice, whatever happens in the middle.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text
from sqlalchemy.dialects import mssql, oracle, postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from countermark.contracts.authority import DirectionError, parse_authority
from countermark.readers import database
from countermark.readers.database import DatabaseRefusal, Limits
from countermark.warehouse import raw, reads
from countermark.warehouse.databases import unread
from tests.canary import search
from tests.intake_kit import catalogue
from tests.postgres_kit import PASSWORD, USER, Server, server
from tests.ssd_kit import Clinic, clinic, rows, write

PLANS = rows(
    "cp_plan_id | person_id | cp_plan_start_date | cp_plan_end_date\nP1 | c1 | 2022-06-01 |\nP2 | C2 | 2022-07-01 | 2022-09-01",
    "cppl",
)
TEAMS = rows("team_id | team_name\nT1 | Zoë’s team – Nørth\nT2 | South", "dept")
WORLD = {"cp_plans": PLANS, "department": TEAMS}
TWO = ("ssd.cp_plans", "ssd.department")
ONLY = 'tables = ["cp_plans", "ssd_department"]'


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """A server for all tests of this file."""
    with server() as found:
        yield found


@pytest.fixture
def cases(postgres: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of the test's own, its address in the environment."""
    url = postgres.new_database(f"cases_{abs(hash(request.node.name))}")
    monkeypatch.setenv("CASES", url)
    return url


@pytest.fixture
def at(tmp_path: Path, cases: str) -> Iterator[Clinic]:
    """A home that reads two tables of that database."""
    write(cases, WORLD)
    with clinic(tmp_path, 'url_env = "CASES"', ONLY, contracts=TWO) as found:
        yield found


def run(url: str, statement: str) -> None:
    """Change something in the case system."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def test_each_table_is_a_delivery_of_the_day_and_comes_back_from_what_is_kept(at: Clinic) -> None:
    new = at.read()
    assert {
        (r.file, r.contract, r.extracted_on, r.extracted_on_inferred, r.status, r.rows_loaded) for r in new.values()
    } == {
        ("databases/cms/ssd_cp_plans", "ssd.cp_plans", date(2022, 11, 2), False, "loaded", 2),
        ("databases/cms/ssd_department", "ssd.department", date(2022, 11, 2), False, "loaded", 2),
    }
    before = at.raw("cp_plans"), at.raw("department")
    assert at.raw("cp_plans", "cppl_person_id, cppl_cp_plan_start_date") == [("C1", "2022-06-01"), ("C2", "2022-07-01")]
    assert ("Zoë’s team – Nørth",) in at.raw("department", "dept_team_name")
    raw.reload(at.desk.home, at.catalogue, at.desk.ledger, at.desk.con)
    assert (at.raw("cp_plans"), at.raw("department")) == before


def test_the_same_again_is_nothing_new_and_a_later_day_is_a_later_extract_without_a_row_more(at: Clinic) -> None:
    at.read()
    assert at.read() == {}
    kept = {path.name for path in at.desk.home.deliveries.iterdir()}
    at.later()
    new = at.read()
    assert {r.extracted_on for r in new.values()} == {date(2022, 11, 3)} and {r.rows_loaded for r in new.values()} == {
        2
    }
    extracts = "select extracted_on from typed.extracts where contract = 'ssd.cp_plans' order by 1"
    assert at.desk.con.execute(extracts).fetchall() == [(date(2022, 11, 2),), (date(2022, 11, 3),)]
    assert at.desk.con.execute('select count(*) from raw."ssd_cp_plans__rows"').fetchall() == [(2,)]
    fresh = [path for path in at.desk.home.deliveries.iterdir() if path.name not in kept]
    assert [pq.read_table(path).num_rows for path in fresh] == [0, 0]


def test_what_changed_is_kept_once_and_every_read_stands_as_it_was(at: Clinic, cases: str) -> None:
    at.read()
    at.later()
    run(cases, "update ssd_cp_plans set cppl_cp_plan_end_date = '2022-11-01' where cppl_cp_plan_id = 'P1'")
    run(cases, "delete from ssd_cp_plans where cppl_cp_plan_id = 'P2'")
    new = at.read()
    assert new["cp_plans"].rows_in == 1
    assert at.raw("cp_plans", "cppl_cp_plan_id, cppl_cp_plan_end_date") == [
        ("P1", "2022-11-01"),
        ("P1", None),
        ("P2", "2022-09-01"),
    ]
    assert at.desk.con.execute('select count(*) from raw."ssd_cp_plans__rows"').fetchall() == [(3,)]
    before = at.raw("cp_plans")
    raw.reload(at.desk.home, at.catalogue, at.desk.ledger, at.desk.con)
    assert at.raw("cp_plans") == before


def test_of_two_reads_of_a_day_the_last_counts_whole(at: Clinic, cases: str) -> None:
    at.read()
    run(cases, "delete from ssd_cp_plans where cppl_cp_plan_id = 'P2'")
    assert set(at.read()) == {"cp_plans"}
    reads.supersede(at.desk.con, at.catalogue.contracts["ssd.cp_plans"])
    counted = "select cppl_person_id from typed.ssd_cp_plans where is_counted"
    assert at.desk.con.execute(counted).fetchall() == [("C1",)]


def test_equal_rows_are_each_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    write(url, {"department": [TEAMS[0], TEAMS[0]]})
    with clinic(tmp_path, f'url = "{url}"', 'tables = ["department"]', contracts=TWO) as at:
        assert at.read()["department"].rows_in == 2
        write(url, {"department": [TEAMS[0]]}, replace=True)
        at.later()
        assert at.read()["department"].rows_in == 1


def test_nothing_can_be_written(cases: str, tmp_path: Path) -> None:
    write(cases, WORLD)
    file = f"sqlite:///{tmp_path / 'cases.db'}"
    write(file, WORLD)
    for url in (cases, file):
        for statement in (
            "insert into ssd_department (dept_team_id) values ('T9')",
            "delete from ssd_department",
            "create table t (i int)",
        ):
            with pytest.raises(DBAPIError), database.reading(url, Limits()) as connection:
                connection.execute(text(statement))
        with database.reading(url, Limits()) as connection:  # the control: it is not the connection that fails
            assert connection.execute(text("select count(*) from ssd_department")).scalar() == 2
    missing = tmp_path / "none.db"
    with pytest.raises(DatabaseRefusal), database.reading(f"sqlite:///{missing}", Limits()):
        pass
    assert not missing.exists()


def test_a_table_that_is_not_there_is_said_once_and_the_others_go_on(at: Clinic, cases: str) -> None:
    run(cases, "drop table ssd_cp_plans")
    new = at.read()  # its tables are named in authority.toml, so that somebody expects this one
    assert new["department"].status == "loaded"
    assert (new["cp_plans"].status, new["cp_plans"].reason) == ("rejected", "The database has no table ssd_cp_plans.")
    at.later()
    assert set(at.read()) == {"department"}


def test_a_column_without_which_no_figure_is_made_refuses_the_table_and_another_is_blank(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    write(url, {"cp_plans": [PLANS[0]]}, without=["cppl_cp_plan_end_date"])
    write(url, {"department": TEAMS}, without=["dept_team_parent_id"])
    with clinic(tmp_path, f'url = "{url}"', ONLY, contracts=TWO) as at:
        new = at.read()
        assert new["cp_plans"].status == "rejected" and "cppl_cp_plan_end_date" in new["cp_plans"].reason
        assert new["department"].status == "loaded"
        assert new["department"].reason == "The table lacks dept_team_parent_id: blank throughout."


def test_names_are_found_whatever_their_case_in_a_schema(cases: str, tmp_path: Path) -> None:
    run(cases, 'create schema "Rep"')
    run(
        cases,
        'create view "Rep"."SSD_Department" as select \'t1\' as "DEPT_team_ID", \'North\' as "Dept_Team_Name", 3 as local_note',
    )
    with clinic(tmp_path, 'url_env = "CASES"\nschema = "Rep"', 'tables = ["department"]', contracts=TWO) as at:
        new = at.read()
        assert (new["department"].status, new["department"].rows_loaded) == ("loaded", 1)
        assert at.raw("department", "dept_team_id, dept_team_name") == [("T1", "North")]
        assert "local_note" in new["department"].reason


def test_a_table_that_takes_too_long_is_refused_and_the_others_go_on(cases: str, tmp_path: Path) -> None:
    write(cases, {"department": TEAMS})
    names = ", ".join(
        f"null::text as {name}" for name in catalogue().contracts["ssd.cp_plans"].columns if name != "cppl_cp_plan_id"
    )
    run(
        cases,
        f"create view ssd_cp_plans as select 'P' || i as cppl_cp_plan_id, {names} from generate_series(1, 3) as i, pg_sleep(20)",
    )
    with clinic(tmp_path, 'url_env = "CASES"', f"{ONLY}\ntimeout_seconds = 1", contracts=TWO) as at:
        began = time.monotonic()
        new = at.read()
        assert time.monotonic() - began < 10
    assert new["department"].status == "loaded"
    assert new["cp_plans"].status == "rejected" and "longer than 1 seconds" in new["cp_plans"].reason


def test_a_slow_query_of_sqlite_ends_in_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    write(url, {"department": TEAMS})
    slow = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000000000) select count(*) as c from n"
    with (
        database.reading(url, Limits(seconds=1)) as connection,
        pytest.raises(DatabaseRefusal, match="longer than 1 seconds"),
    ):
        from sqlalchemy import column
        from sqlalchemy import text as said

        list(
            database.batches(
                connection, said(slow).columns(column("c")).subquery().select(), {"c": "text"}, Limits(seconds=1)
            )
        )


def test_the_database_gone_in_mid_read_takes_nothing_by_halves(
    at: Clinic, cases: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at.read()
    at.later()
    many = [{**PLANS[0], "cppl_cp_plan_id": f"Q{i}"} for i in range(2000)]
    write(cases, {"cp_plans": many}, replace=True)
    standing, given = at.raw("cp_plans"), database._batch

    def cut(part: Any, kinds: dict[str, str]) -> Any:
        if "cppl_cp_plan_id" in kinds:
            run(
                cases,
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and state <> 'idle'",
            )
        return given(part, kinds)

    with monkeypatch.context() as patched:
        patched.setattr(database, "_batch", cut)
        at.desk.ledger.store_authority(
            "E1", f'authority = "E1"\n[[databases]]\nname = "cms"\nurl_env = "CASES"\nbatch_rows = 100\n{ONLY}'
        )
        new = at.read()
    assert {one.status for one in new.values()} == {"rejected"}
    assert all("lost while the table was read" in one.reason for one in new.values())
    assert set(new) == {"cp_plans", "department"} == set(first)
    assert at.raw("cp_plans") == standing
    assert at.read()["cp_plans"].rows_loaded == 2000


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (f"postgresql://{USER}:wrong-word@127.0.0.1:{{port}}/postgres", "does not accept this user or password"),
        (f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/postgres", "cannot be reached"),
        ("no address", "is none that a database can have"),
        ("nosuch://here/there", "driver"),
        ("", "is not set"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_receipt_for_each_table_that_was_read(
    at: Clinic, postgres: Server, monkeypatch: pytest.MonkeyPatch, address: str, says: str
) -> None:
    at.read()
    monkeypatch.setenv("CASES", address.format(port=postgres.port))
    at.later()
    new = at.read()
    assert set(new) == {"cp_plans", "department"}
    assert {one.status for one in new.values()} == {"rejected"} and all(says in one.reason for one in new.values())
    assert at.read() == {}
    assert at.desk.con.execute("select count(*) from raw.ssd_cp_plans").fetchall() == [(2,)]


def test_a_database_that_was_never_read_has_one_receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASES", "postgresql://u:p@127.0.0.1:1/none")
    with clinic(tmp_path, 'url_env = "CASES"', contracts=TWO) as at:
        new = at.read()
        assert [(one.file, one.contract) for one in new.values()] == [("databases/cms", "")]


def test_a_password_in_the_file_is_refused_with_what_to_do() -> None:
    start = 'authority = "E1"\n[[databases]]\nname = "cms"\nurl = '
    for url in (
        "postgresql://u:secret@h/d",
        "mssql+pyodbc://h/d?driver=x&PWD=secret",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx",
    ):
        with pytest.raises(DirectionError, match="url_env") as refused:
            parse_authority(f"{start}'{url}'")
        assert "secret" not in str(refused.value)
    assert parse_authority(f"{start}'postgresql://u@h/d'").databases[0].url == "postgresql://u@h/d"
    with pytest.raises(DirectionError, match="either url or url_env"):
        parse_authority('authority = "E1"\n[[databases]]\nname = "cms"')


def test_the_address_is_nowhere_in_the_home_nor_in_what_is_said(
    at: Clinic, cases: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    at.read()
    run(cases, "drop table ssd_cp_plans")
    at.later()
    at.read()
    monkeypatch.setenv("CASES", cases.replace(PASSWORD, "Canary-word"))
    at.later()
    at.read()
    at.desk.con.execute("checkpoint")
    said = " ".join(one.reason for one in at.desk.ledger.receipts()) + caplog.text
    words = (PASSWORD, "Canary-word", "127.0.0.1", "postgresql://")
    assert search(words, at.desk.home.path) == set() and not any(word in said for word in words)
    (at.desk.home.path / "planted").write_text(cases)
    assert search(words, at.desk.home.path)  # the control


def _read_until_killed(folder: Path, url: str, pause: float) -> None:
    given = database._batch

    def slowly(part: Any, kinds: dict[str, str]) -> Any:
        time.sleep(pause)
        return given(part, kinds)

    database._batch = slowly
    with clinic(folder, f'url = "{url}"', f"{ONLY}\nbatch_rows = 50", contracts=TWO) as at:
        at.read()


def test_killed_in_mid_read_and_read_again_is_as_if_nothing_had_happened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    write(url, {"cp_plans": [{**PLANS[0], "cppl_cp_plan_id": f"Q{i}"} for i in range(1000)], "department": TEAMS})
    process = multiprocessing.get_context("fork").Process(target=_read_until_killed, args=(tmp_path, url, 0.2))
    process.start()
    scratch = tmp_path / "home" / "tmp"
    ends = time.monotonic() + 30
    while time.monotonic() < ends and not list(scratch.glob("reading-*/1/ssd_cp_plans")):
        time.sleep(0.05)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with clinic(tmp_path, f'url = "{url}"', f"{ONLY}\nbatch_rows = 50", contracts=TWO) as at:
        assert at.desk.ledger.receipts() == []
        assert {name: one.rows_loaded for name, one in at.read().items()} == {"cp_plans": 1000, "department": 2}
        assert len(at.raw("cp_plans")) == 1000


def test_values_become_the_text_that_files_hold() -> None:
    given = (
        ("10045.0", "id", "10045"), (10045.0, "id", "10045"), (Decimal("10045.000"), "id", "10045"), (Decimal("1E+2"), "id", "100"),
        (" c1 ", "id", "C1"), (True, "code", "Y"), (False, "code", "N"), (None, "text", None), ("  ", "text", None),
        (datetime(2022, 10, 3, 14, 5), "date", "2022-10-03"), (date(2022, 10, 3), "date", "2022-10-03"), (b"caf\xc3\xa9", "text", "café"),
        (1.5, "number", "1.5"), (Decimal("0.80"), "number", "0.8"), (UUID(int=7), "id", str(UUID(int=7)).upper()), ("#N/A", "date", None),
    )  # fmt: skip
    for value, kind, wanted in given:
        batch = database._batch([(value,)], {"x": kind})
        assert batch.column("x").to_pylist() == [wanted], value
    assert database._batch([("#N/A",)], {"x": "date"}).column("unreadable").to_pylist() == [["x"]]


@pytest.mark.parametrize(
    ("dialect", "starts"),
    [
        (mssql.dialect(), "SELECT [cppl_cp_plan_id], [cppl_person_id] FROM [ssd_development].[ssd_cp_plans]"),
        (oracle.dialect(), 'SELECT "cppl_cp_plan_id", "cppl_person_id" FROM "ssd_development"."ssd_cp_plans"'),
        (postgresql.dialect(), 'SELECT "cppl_cp_plan_id", "cppl_person_id" FROM "ssd_development"."ssd_cp_plans"'),
        (sqlite.dialect(), 'SELECT "cppl_cp_plan_id", "cppl_person_id" FROM "ssd_development"."ssd_cp_plans"'),
    ],
    ids=lambda value: getattr(value, "name", "sql"),
)
def test_the_statement_is_plain_sql_in_every_dialect(dialect: Any, starts: str) -> None:
    wanted = database.query("ssd_cp_plans", ["cppl_cp_plan_id", "cppl_person_id"], "ssd_development")
    assert " ".join(str(wanted.compile(dialect=dialect)).split()).replace(" \n", " ") == starts


def test_every_table_is_read_by_its_own_columns_in_every_dialect() -> None:
    for contract in catalogue().contracts.values():
        if contract.family != "ssd":
            continue
        for dialect in (mssql.dialect(), oracle.dialect()):
            said = str(database.query(f"ssd_{contract.id[4:]}", list(contract.columns)).compile(dialect=dialect))
            assert said.count(",") == len(contract.columns) - 1 and all(name in said for name in contract.columns)


def test_a_database_that_this_computer_does_not_know_is_said_and_has_no_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASES", raising=False)
    with clinic(tmp_path, 'url_env = "CASES"', contracts=TWO) as at:
        assert at.read() == {}
        assert unread(at.desk.ledger) == ["The database cms is not read: the environment variable CASES is not set."]
        monkeypatch.setenv("CASES", "sqlite:////none")
        assert unread(at.desk.ledger) == [] and at.read() != {}


def test_one_that_was_read_and_cannot_be_found_any_more_is_said_at_every_run(
    tmp_path: Path, cases: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(cases, WORLD)
    with clinic(tmp_path, 'url_env = "CASES"', ONLY, contracts=TWO) as at:
        assert at.read() != {} and unread(at.desk.ledger) == []
        monkeypatch.delenv("CASES")
        [said] = unread(at.desk.ledger)
        assert said.endswith("CASES is not set. What was read of it last stands, and grows old.")


@pytest.mark.parametrize("stored", [True, False], ids=["receipts stored, rows not", "neither stored"])
def test_ended_between_the_two_databases_nothing_is_lost_or_kept_twice(
    at: Clinic, cases: str, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    at.read()
    at.later()
    run(cases, "update ssd_cp_plans set cppl_cp_plan_end_date = '2022-11-01' where cppl_cp_plan_id = 'P1'")
    run(cases, "delete from ssd_cp_plans where cppl_cp_plan_id = 'P2'")
    given = at.desk.ledger.add_receipts

    def end(new: Any) -> Any:
        if stored:
            given(new)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(at.desk.ledger, "add_receipts", end)
        at.read()
    files = {path.name for path in at.desk.home.deliveries.iterdir()}
    new = at.read()
    assert set(new) == (set() if stored else {"cp_plans", "department"})
    assert {path.name for path in at.desk.home.deliveries.iterdir()} == files
    assert at.raw("cp_plans", "cppl_cp_plan_id, cppl_cp_plan_end_date") == [
        ("P1", "2022-11-01"),
        ("P1", None),
        ("P2", "2022-09-01"),
    ]
    assert at.desk.con.execute('select count(*) from raw."ssd_cp_plans__rows"').fetchall() == [(3,)]
