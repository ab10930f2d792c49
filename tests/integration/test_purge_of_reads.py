"""A child purged from a home that reads a database: gone from every kept read, raw and receipts still add up, the others stay."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.purge.files import mentions
from countermark.purge.purge import Order, purge
from countermark.warehouse import raw
from countermark.warehouse.connect import warehouse
from tests.intake_kit import catalogue
from tests.ssd_kit import clinic, few, rows, write

CONTRACTS = tuple(name for name in catalogue().contracts if name.startswith("ssd."))  # what conforms needs all of them
PEOPLE = (
    "person_id | forename | dob\nKESTREL77 | Zqx | 2012-03-04\nC2 | Ann | 2013-03-04\nC3 | see KESTREL77 | 2014-03-04"
)
PLANS = "cp_plan_id | person_id | cp_plan_start_date | cp_plan_end_date\nP1 | KESTREL77 | 2022-06-01 |\nP2 | C2 | 2022-07-01 |"


def test_a_purged_child_leaves_every_kept_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    write(url, {"person": rows(PEOPLE, "pers"), "cp_plans": rows(PLANS, "cppl")})
    with clinic(tmp_path, f'url = "{url}"', 'tables = ["person", "cp_plans"]', contracts=CONTRACTS) as at:
        at.read()
        at.later()
        write(url, {"cp_plans": rows(PLANS.replace("2022-07-01 |", "2022-07-01 | 2022-11-01"), "cppl")}, replace=True)
        at.read()
        called = {path.name for path in at.desk.home.deliveries.iterdir()}
    home = Home.open(tmp_path / "home")
    with Ledger.open(home.ledger_url) as ledger:
        done = purge(home, few(CONTRACTS), ledger, Order("the law", "Olive", child="KESTREL77"))
        assert done.rows == 4  # two tables, two reads of each
        left = [path for path in home.deliveries.iterdir() if path.suffix != ".purged"]
        assert {path.name for path in left}.isdisjoint(called)
        for path in left:
            assert not mentions(path.read_bytes(), _called()), path.name
            assert "KESTREL77" not in str(pq.read_table(path).to_pylist()).upper()
        with warehouse(home, few(CONTRACTS).sql) as con:
            raw.mend(home, few(CONTRACTS), ledger, con)
            assert con.execute("select distinct pers_person_id from raw.ssd_person order by 1").fetchall() == [
                ("C2",),
                ("C3",),
            ]
            assert con.execute("select count(*) from raw.ssd_cp_plans").fetchall() == [(2,)]
            held = dict(con.execute("select delivery_id, count(*) from raw.ssd_cp_plans group by 1").fetchall())
        for receipt in ledger.receipts():
            if receipt.contract == "ssd.cp_plans":
                assert held[receipt.delivery_id] == receipt.rows_in - receipt.rows_ignored == 1


def test_rows_that_name_no_child_go_with_what_they_belong_to(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    episodes = "cla_id | person_id | cla_episode_start_date\nK1 | KESTREL77 | 2022-06-01\nK2 | C2 | 2022-07-01\nK3 | KESTREL77 | 2022-08-01\nK3 | C2 | 2022-08-01"
    reviews = "cla_review_id | cla_id | cla_review_date\nV1 | K1 | 2022-06-20\nV2 | K2 | 2022-07-20\nV3 | K3 | 2022-08-20\nV4 | K9 | 2022-08-20"
    assessments = "assessment_id | person_id | assessment_start_date\nS1 | KESTREL77 | 2022-05-01\nS2 | C2 | 2022-05-02"
    factors = 'table_id | assessment_id | assessment_factors_json\nF1 | S1 | ["3B"]\nF2 | S2 | ["4B"]'
    said = {
        "person": rows(PEOPLE, "pers"),
        "cla_episodes": rows(episodes, "clae"),
        "cla_reviews": rows(reviews, "clar"),
    }
    write(url, said | {"cin_assessments": rows(assessments, "cina"), "assessment_factors": rows(factors, "cinf")})
    with clinic(tmp_path, f'url = "{url}"', contracts=CONTRACTS) as at:
        at.read()
    home = Home.open(tmp_path / "home")
    with Ledger.open(home.ledger_url) as ledger:
        purge(home, few(CONTRACTS), ledger, Order("the law", "Olive", child="KESTREL77"))
        with warehouse(home, few(CONTRACTS).sql) as con:
            raw.mend(home, few(CONTRACTS), ledger, con)
            left = con.execute("select clar_cla_review_id from raw.ssd_cla_reviews order by 1").fetchall()
            assert left == [("V2",), ("V3",), ("V4",)], "what is another child's too, or nobody's, is not this child's"
            assert con.execute("select cinf_table_id from raw.ssd_assessment_factors").fetchall() == [("F2",)]
        counted = {one.contract: one.rows_ignored for one in ledger.receipts() if one.rows_in}
        assert counted["ssd.cla_reviews"] == counted["ssd.assessment_factors"] == 1, "and the receipts say so"


def _called() -> object:
    from countermark.purge.called import Called

    return Called.of(["KESTREL77"])
