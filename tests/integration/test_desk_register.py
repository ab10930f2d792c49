"""The register of figures given out: copied as they stood, compared with what stands now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from countermark.certify import snapshot
from countermark.certify.snapshot import read
from countermark.desk import register
from countermark.desk.figures import figures, rows_of
from countermark.ledger.records import LedgerConflict, LedgerError
from tests.pack_kit import AS_AT, AUTHORITY, CANARY_WORKER, OFFICER, Office, office

TODAY = datetime.now(UTC).date()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """A small home of two months."""
    with office(tmp_path, history=2) as made:
        yield made


def give(
    desk: Office, receiver: str = "inspectors", document: str = "Annex A letter", on: date = TODAY, whom: str = ""
) -> list[register.Given]:
    path = snapshot.find(desk.home)
    with read(path) as con:
        rows = rows_of(con)
        return register.give_out(
            desk.ledger, rows, path.name, figures(rows, AS_AT), receiver, document, on, OFFICER, whom
        )


def restated(desk: Office) -> list[register.Restated]:
    with read(snapshot.find(desk.home)) as con:
        return register.restated(desk.ledger, rows_of(con), AUTHORITY)


def test_values_are_the_snapshots(desk: Office) -> None:
    give(desk, whom="lead inspector")
    found = {one.indicator_id: one for one in register.register(desk.ledger, AUTHORITY)}
    assert {name: one.value_given for name, one in found.items()} == {
        "PP1": "28 of 30 children (93.3%)", "AS3": "10 of 30 events (33.3%)", "PP0": "31 children", "PP3": "[x]",
    }  # fmt: skip
    assert found["AS3"].as_given.status_words == "Checked: safe to quote"
    assert found["PP1"].snapshot == snapshot.find(desk.home).name and found["PP1"].as_given.revision == 1
    assert found["PP1"].receiver_words == "Inspectors – lead inspector" and found["PP1"].by == OFFICER
    assert restated(desk) == []


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"receiver": "press"}, "To whom"),
        ({"document": " "}, "document needs words"),
        ({"on": date(2100, 1, 1)}, "to come"),
        ({"whom": CANARY_WORKER}, "a person's name"),
    ],
)
def test_what_is_refused(desk: Office, said: dict[str, object], says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        give(desk, **said)  # type: ignore[arg-type]
    assert register.register(desk.ledger) == []


def test_a_signature_is_no_restatement(desk: Office) -> None:
    give(desk)
    desk.sign("PP1")
    assert restated(desk) == []


def test_restated_says_how_and_whether_it_matters_and_told_ends_it(desk: Office) -> None:
    give(desk)
    desk.run(f"update facts.figures set numerator = 8 where indicator_id = 'AS3' and as_at = '{AS_AT}'")
    desk.publish()
    found = restated(desk)
    assert [one.given.indicator_id for one in found] == ["AS3"]
    one = found[0]
    assert one.changed[0] == "It was 10 of 30 events (33.3%) and is now 8 of 30 events (26.7%)."
    assert one.conclusion and one.to_be_told and one.classes == ("correction",)
    assert (one.given.as_given.revision, one.revision_now) == (3, 4)
    with pytest.raises(LedgerError, match="needs words"):
        register.told(desk.ledger, one, "", OFFICER)
    register.told(desk.ledger, one, "By letter", OFFICER, expected_version=0)
    assert [again.to_be_told for again in restated(desk)] == [False]
    with pytest.raises(LedgerConflict):
        register.told(desk.ledger, one, "By telephone", OFFICER, expected_version=0)
    desk.run(f"update facts.figures set numerator = 7 where indicator_id = 'AS3' and as_at = '{AS_AT}'")
    desk.publish()
    assert [again.to_be_told for again in restated(desk)] == [True], "restated once more: they know the former one only"


def test_other_cases_behind_the_same_number_need_no_letter(desk: Office) -> None:
    give(desk)
    desk.run(
        f"update facts.members set in_numerator = not in_numerator where indicator_id = 'PP0' and as_at = '{AS_AT}' and case_id = '3'"
    )
    desk.run(f"update facts.figures set not_countable = 1 where indicator_id = 'PP0' and as_at = '{AS_AT}'")
    desk.publish()
    found = restated(desk)
    assert [(one.given.indicator_id, one.conclusion, one.to_be_told) for one in found] == [("PP0", False, False)]


def test_a_figure_that_is_gone_is_restated(desk: Office) -> None:
    give(desk)
    desk.run(f"delete from facts.figures where indicator_id = 'PP0' and as_at = '{AS_AT}'")
    desk.publish()
    assert [(one.given.indicator_id, one.now, one.to_be_told) for one in restated(desk)] == [("PP0", None, True)]
    register.told(desk.ledger, restated(desk)[0], "By letter", OFFICER)
    assert not restated(desk)[0].to_be_told


def test_of_several_documents_the_newest_comes_first(desk: Office) -> None:
    give(desk, document="First", on=date(2022, 11, 1))
    give(desk, receiver="DfE", document="Second", on=date(2022, 12, 1))
    found = register.register(desk.ledger, AUTHORITY, "PP1/2022-10-31/ALL")
    assert [one.document for one in found] == ["Second", "First"]
