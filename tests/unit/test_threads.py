"""How many threads the engine may use is the operator's to say, and what is no number is refused in words."""

from __future__ import annotations

import pytest

from countermark.contracts.catalogue import SHIPPED
from countermark.warehouse.connect import THREADS, EngineError, connect


@pytest.mark.parametrize("said", ["1", "3"])
def test_the_engine_keeps_to_what_is_said(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(THREADS, said)
    with connect(None, SHIPPED / "sql") as con:
        assert con.execute("select current_setting('threads')").fetchall() == [(int(said),)]


@pytest.mark.parametrize("said", ["0", "-1", "many", "2.5"])
def test_what_is_no_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(THREADS, said)
    with pytest.raises(EngineError, match="COUNTERMARK_THREADS is no number of threads: give 1 or more"):
        connect(None, SHIPPED / "sql")
