"""Holds to account: `countermark run --from --to` makes every month end of a span in one run, takes deliveries in once, changes nothing that
stands, and never lets a position be certified near whose date no extract was taken."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets import conformed, figures, intake, publication
from countermark.certify import judge
from countermark.certify.snapshot import find, read
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from pipelines import command_line
from pipelines.definitions import build
from pipelines.partitions import key
from tests.dagster_kit import AUTHORITY, QUIET, Place, worked_place
from tests.intake_kit import catalogue

DAY, ENDS = date(2022, 10, 31), ["2022-09-30", "2022-10-31"]


def countermark(place: Place, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    """The exit code of `countermark run`."""
    typed = ["countermark", "run", "--inbox", place.inbox, "--home", place.home.path, *more]
    monkeypatch.setattr(sys, "argv", list(map(str, typed)))
    try:
        command_line.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def counted(monkeypatch: pytest.MonkeyPatch, calls: Counter[str]) -> None:
    """Count what a run does once and what it does for each position."""
    for module, name in ((intake, "intake"), (conformed, "conform"), (figures, "_counted")):
        real = getattr(module, name)

        def spy(*arguments: Any, real: Any = real, name: str = name) -> Any:
            calls[name] += 1
            return real(*arguments)

        monkeypatch.setattr(module, name, spy)
    real_compute = figures.compute_each

    def compute(con: Any, asked: Any) -> Any:
        calls["compute"] += len(asked)
        return real_compute(con, asked)

    monkeypatch.setattr(figures, "compute_each", compute)

    def validate(*_: Any) -> list[Any]:
        calls["validate"] += 1
        return []  # of the rules nothing is asked here

    monkeypatch.setattr("expectations.suites.run", validate)


def positions(place: Place) -> list[tuple[Any, ...]]:
    """Of each published position: its date, how many of four figures of a day are not worked out later, the most revisions of one."""
    with read(find(place.home)) as con:
        return con.execute(
            "select as_at::varchar, count(*) filter (not reconstructed and indicator_id in ('PP0', 'PP1', 'PP3', 'PP6')), "
            "max(revision) from main.metrics where team = 'ALL' group by as_at order by as_at"
        ).fetchall()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Counter[str], str]:
    """A home in which the first run was one over two month ends; what was done how often, and what was said."""
    place = worked_place(tmp_path_factory.mktemp("span"))
    calls, said = Counter[str](), Path(place.inbox).parent / "said"
    with pytest.MonkeyPatch.context() as monkeypatch, said.open("w") as out:
        counted(monkeypatch, calls)
        monkeypatch.setattr(sys, "stdout", out)
        assert countermark(place, monkeypatch, "--from", "2022-09-01", "--to", "2022-11-15") == 0
    return place, calls, said.read_text()


def again(place: Place, *earlier: str) -> bool:
    """What such a run does after it took deliveries in, asked for from Dagster's side: figures and publication of October and of
    earlier dates, which are configuration of the run."""
    told = {"home": {"config": {"path": str(place.home.path), "inbox": str(place.inbox), "earlier": list(earlier)}}}
    wanted = [figures.members_key(one.id) for one in figures.with_cases(catalogue())]
    wanted += [
        figures.CLAIMS,
        figures.FIGURES,
        figures.BRIDGES,
        figures.PAIRS,
        publication.CERTIFIED,
        publication.PUBLISHED,
    ]
    with place.instance() as opened:
        done = build().resolve_job_def("everything").execute_in_process(
            instance=opened, partition_key=key(AUTHORITY, DAY), run_config={**QUIET, "resources": told},
            raise_on_error=False, asset_selection=wanted,
        )  # fmt: skip
    return bool(done.success)


def test_every_month_end_is_made_and_deliveries_are_taken_in_once(made: tuple[Place, Counter[str], str]) -> None:
    place, calls, _ = made
    assert [row[0] for row in positions(place)] == ENDS
    assert calls == {"intake": 1, "conform": 1, "validate": 1, "compute": 2, "_counted": 2}
    assert len(place.revisions()) == 1


def test_months_without_an_extract_near_are_worked_out_later_and_cannot_be_signed(
    made: tuple[Place, Counter[str], str],
) -> None:
    place = made[0]
    assert [row[1] for row in positions(place)] == [0, 4], "extracts were taken on 2 and 16 November"
    with Ledger.open(place.home.ledger_url) as ledger:
        september = judge.figures(find(place.home), ["PP0"], date(2022, 9, 30))
        assert september[0].reconstructed
        with pytest.raises(LedgerError):
            judge.sign(ledger, find(place.home), september, "Anybody")


def test_the_run_says_what_came_of_each_month_end(made: tuple[Place, Counter[str], str]) -> None:
    said = made[2]
    assert "Position at 2022-10-31" in said and "Month ends of this run" in said
    assert all(day in said for day in ("30 September 2022", "31 October 2022"))


def test_a_wider_span_makes_what_is_lacking_and_leaves_what_stands(
    made: tuple[Place, Counter[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """September is not worked out again. Figures about figures may speak of August now."""
    place, calls = made[0].copy(tmp_path / "home"), Counter[str]()
    counted(monkeypatch, calls)
    assert again(place, "2022-08-31", *ENDS[:1])
    assert [row[0] for row in positions(place)] == ["2022-08-31", *ENDS]
    assert calls == {"compute": 2, "_counted": 2}, "August, and October of which the run has its name"
    about = {one.id for one in catalogue().indicators.values() if one.stage == "published"}
    changed = {row["as_at"] for row in place.revisions()[-1].positions if row["indicator_id"] not in about}
    assert changed == {"2022-08-31"}


def test_nothing_is_begun_where_the_span_cannot_be_meant(
    made: tuple[Place, Counter[str], str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = made[0].revisions()
    assert countermark(made[0], monkeypatch, "--from", "2022-11-01", "--to", "2022-11-15") == 2
    assert "No month ends between" in capsys.readouterr().err
    assert countermark(made[0], monkeypatch, "--as-at", "2022-10-31", "--to", "2022-11-15") == 2
    assert countermark(made[0], monkeypatch) == 2
    assert made[0].revisions() == before
