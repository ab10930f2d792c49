"""Which family is the record of a table that names one of its own."""

from __future__ import annotations

from countermark.contracts import catalogue
from countermark.contracts.authority import SourceOrder

EVERYTHING = catalogue.load()
ALL_THREE = {"cin", "ssd", "trackers"}


def test_pre_proceedings_are_read_from_the_tracker_where_there_is_one() -> None:
    assert SourceOrder().of("pre_proceedings", EVERYTHING, ALL_THREE) == ["trackers", "ssd", "cin"]
    assert SourceOrder().of("pre_proceedings", EVERYTHING, {"cin", "ssd"}) == ["ssd", "cin"]


def test_an_authority_may_say_otherwise() -> None:
    assert SourceOrder(record=("ssd",)).of("pre_proceedings", EVERYTHING, ALL_THREE)[0] == "ssd"
    told = SourceOrder.model_validate({"pre_proceedings": "cin"})
    assert told.of("pre_proceedings", EVERYTHING, ALL_THREE)[0] == "cin"


def test_other_tables_keep_the_usual_order() -> None:
    assert SourceOrder().of("visits", EVERYTHING, {"ssd", "trackers"}) == ["ssd", "trackers"]
