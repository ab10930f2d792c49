"""A file handed in at the desk, through a run of its own process, to its receipt: what came through another inbox stays."""

from __future__ import annotations

import io
import json
import time
from datetime import date
from pathlib import Path

from countermark.certify.snapshot import find, read
from countermark.contracts.catalogue import load
from countermark.desk import started, uploads
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.integration.conftest import Undisturbed

AS_AT = date(2022, 10, 31)
SHEET = "Measure;Our team;Date of it;Who;Day;How;Counted\nPP0;Safeguarding West;31/10/2022;Niall Carrowby;2022-11-20;own_list;7\n"
COLUMNS = {
    "Measure": "indicator_id", "Our team": "team", "Date of it": "as_at", "Who": "counted_by", "Day": "counted_at",
    "How": "method", "Counted": "numerator",
}  # fmt: skip
PATIENCE = 120


def figures(home: Home) -> dict[tuple[str, str], int]:
    with read(find(home)) as con:
        rows = con.execute("select indicator_id, team, system_numerator from main.metrics").fetchall()
    return {(indicator, team): number for indicator, team, number in rows}


def ended(home: Home, mark: str) -> started.Progress:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        progress = started.progress(home, mark)
        if progress and progress.ended:
            return progress
        time.sleep(0.3)
    raise AssertionError("the run did not end")


def test_a_count_handed_in_is_taken_in_beside_everything_that_came_before(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    home, catalogue = Home.open(undisturbed.copy(tmp_path / "home")), load()
    before = figures(home)
    with Ledger.open(home.ledger_url) as ledger:
        receipts = len(ledger.receipts())
        mine = uploads.receive(home, io.BytesIO(SHEET.encode()), "X99000001", "niall", "Niall Carrowby")
        unknown = uploads.preview(home, ledger, catalogue, mine, ("Safeguarding West",), date.today())
        assert not unknown.loads and [one.cells for one in unknown.unknown] == [tuple(COLUMNS)]
        mine = uploads.choose_columns(home, catalogue, mine, tuple(COLUMNS), "manual_counts", COLUMNS)
        seen = uploads.preview(home, ledger, catalogue, mine, ("Safeguarding West",), date.today())
        assert not seen.refused and [one.receipt.rows_loaded for one in seen.lists] == [1]
        mine = uploads.deliver(home, ledger, catalogue, mine)
        started.start(home, "X99000001", AS_AT, mine.id)
        progress = ended(home, mine.id)
        assert not progress.failed, started.why_failed(home, mine.id)
        (receipt,) = uploads.receipts(ledger, mine)
        assert (receipt.contract, receipt.status, receipt.rows_loaded) == ("manual_counts", "loaded", 1)
        assert len(ledger.receipts()) == receipts + 1
    assert figures(home) == before, "what came through another inbox stands"
    with read(find(home)) as con:
        (claim,) = con.execute(
            "select numerator, counted_by from main.claims where indicator_id = 'PP0' and team = 'Safeguarding West'"
        ).fetchall()
    assert claim == (7, "Niall Carrowby")
    printed = (home.uploads / mine.id / started.OUTPUT).read_text(encoding="utf-8")
    assert "Niall" not in printed and mine.file not in printed, "what a run prints names nobody and no file"


def test_a_run_whose_process_is_gone_has_ended_and_one_that_failed_says_so(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    assert started.progress(home, "none") is None
    folder = home.uploads / "gone"
    folder.mkdir(parents=True)
    (folder / started.STATE).write_text(json.dumps({"pid": 2**22 + 1, "code": None}), encoding="utf-8")
    assert started.progress(home, "gone") == started.Progress("Ended", True)
    home.warehouse.write_bytes(b"no database")
    started.start(home, "X1", AS_AT, "failing")
    assert ended(home, "failing").failed
    said = started.why_failed(home, "failing")
    assert said[-1] == "The run failed; the last publication stands." and "Traceback" not in " ".join(said)
