"""A database with some of the tables alone: one sentence for what it never had, an error for what it has no more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.ssd_kit import clinic, rows, write


def test_tables_that_a_database_never_had_are_one_sentence_and_one_that_is_gone_an_error(tmp_path: Path) -> None:
    url, kept = f"sqlite:///{tmp_path / 'cases.db'}", ("ssd.department", "ssd.cp_plans", "ssd.person", "ssd.cp_visits")
    write(
        url,
        {
            "department": [{"dept_team_id": "T1", "dept_team_name": "North"}],
            "person": rows("person_id | dob\nC1 | 2012-03-04", "pers"),
        },
    )
    with clinic(tmp_path, f'url = "{url}"', contracts=kept) as at:
        new = at.read()
        assert {table: one.status for table, one in new.items()} == {
            "department": "loaded",
            "person": "loaded",
            "": "loaded",
        }
        reason = new[""].reason
        assert reason.startswith(
            "The database has no tables ssd_cp_plans and ssd_cp_visits. Figures that read them rest on other"
        )
        assert "PP1" in reason and new[""].rows_in == 0 and new[""].file_complete
        extracts = at.desk.con.execute("select distinct contract from typed.extracts order by 1").fetchall()
        assert extracts == [("ssd.department",), ("ssd.person",)], "a sentence is no extract"
        at.later()
        assert set(at.read()) == {"department", "person"}, "said once"
        with closing(sqlite3.connect(tmp_path / "cases.db")) as cases:
            cases.execute("drop table ssd_person")
        at.later()
        gone = at.read()
        assert set(gone) == {"department", "person"}
        assert (gone["person"].status, gone["person"].reason) == ("rejected", "The database has no table ssd_person.")
        write(url, {"cp_plans": []})
        at.later()
        left = at.read()[""].reason
        assert left.startswith("The database has no table ssd_cp_visits. Figures that read it rest on"), (
            "and anew where it changes"
        )
