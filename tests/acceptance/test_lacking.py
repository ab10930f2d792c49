"""A column that a list has had and lacks now: figures made of it are withheld and say why; the list, and its other figures, stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.acceptance.kit import Export, World, annex_a, rows, text, workbook

D = "2022-10-31"
GONE = "Number of Section 47 Enquiries in the last 12 months"
ENQUIRY = {"id": "1", "discussion": date(2022, 10, 3), "conference": date(2022, 10, 17), "plan": "Yes", "s47s": 1}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Export]:
    """An extract with the column, and a newer one without."""
    world = World(tmp_path_factory.mktemp("lacking"))
    text(world.inbox / "authority.toml", 'authority = "E1"\n[[teams]]\nname = "North"\n')
    annex_a(world.inbox / "first" / "annex.xlsx", "2022-11-02", {"List 5": [ENQUIRY]})
    sheet = rows("List 5", [ENQUIRY])
    place = sheet[0].index(GONE)
    text(world.inbox / "second" / "delivery.toml", "extracted_on = 2022-11-16\n")
    workbook(world.inbox / "second" / "annex.xlsx", {"List 5": [[*row[:place], *row[place + 1 :]] for row in sheet]})
    assert world.run(D).code == 0
    yield world.export()


def test_the_figure_of_the_column_is_withheld_and_names_it(out: Export) -> None:
    said = out.metric("CP6")
    assert said["status"] == "withheld" and f"came without “{GONE}”" in said["status_reason"], said


def test_the_list_is_taken_and_its_other_figures_stand(out: Export) -> None:
    assert {row["status"] for row in out.rows("deliveries", contract="annex_a.list_05")} == {"loaded"}
    assert out.share("CP3") == "1/1" and out.metric("CP3")["status"] == "provisional"
