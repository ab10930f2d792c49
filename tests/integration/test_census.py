"""The children in need census from file to figure: every row accounted for, every departure told, and figures as counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.census_kit import assessment, census, child, enquiry, episode, plan, protection, write
from tests.chain import run_chain

MARCH = date(2022, 3, 31)
AUTHORITY = 'authority = "E06000012"\nname = "Anytown"\n'
RETURN = census(
    [
        # on a plan since 2019, and again since March; the older episode is closed
        child(
            "C1",
            episode("2019-01-07", protection("2019-02-01", "2021-02-26", 0), closed="2021-03-01", reason="RC7"),
            episode("2022-02-07", enquiry("2022-02-08", "2022-03-01"), protection("2022-03-01", None, 1, "2022-03-28")),
        ),
        # on a plan for more than two years, and assessed in time
        child("C2", episode("2020-01-06", protection("2020-02-03", None, 0), assessment("2022-01-04", "2022-03-08", "3B", "4B"))),
        # a first plan that began in March and ended in March
        child("C3", episode("2022-01-05", enquiry("2022-02-10", "2022-03-21"), protection("2022-03-21", "2022-03-30", 0))),
        # assessed too late (46 working days), no conference needed
        child("C4", episode("2021-12-01", assessment("2022-01-04", "2022-03-09"), enquiry("2022-03-01", None, "true"))),
        # referred in March, no further action; and again in March, with an open assessment
        child("C5", episode("2022-03-02", nfa="true"), episode("2022-03-14", assessment("2022-03-14"), plan("2022-03-20"))),
        # referred in March and nobody says what followed
        child("C6", episode("2022-03-16", nfa=None)),
        # closed on the last day of the year
        child("C7", episode("2021-06-01", plan("2021-07-01", "2022-03-31"), closed="2022-03-31", reason="RC8")),
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[object, ...]]]:
    """What a census alone publishes, by indicator: numerator, denominator, value, status and reason."""
    folder = tmp_path_factory.mktemp("census")
    inbox = folder / "inbox"
    write(inbox / "return.xml", RETURN)
    write(inbox / "authority.toml", AUTHORITY)
    snapshot = run_chain(inbox, folder / "home", MARCH, validate=False)
    with duckdb.connect(str(snapshot), read_only=True) as con:
        found = con.execute(
            "select indicator_id, system_numerator, system_denominator, status, status_reason from metrics where team = 'ALL'"
        ).fetchall()
    yield {row[0]: row[1:] for row in found}


@pytest.mark.parametrize(
    ("indicator", "numerator", "denominator"),
    [
        pytest.param("PP0", 2, None, id="on a plan: C1 and C2"),
        pytest.param("PP6", 1, 2, id="of them for two years: C2"),
        pytest.param("PP7", 1, 2, id="of C1 and C3, begun in March, C1's is a second one"),
        pytest.param("AS1", 1, 2, id="of C2 and C4, authorised in March, C2's was in time"),
        pytest.param("CP3", 1, 2, id="of C1 (15 working days) and C3 (27) C1's conference was in time"),
        pytest.param("FD5", 1, 2, id="of C5's two referrals in March one; C6's is undecided"),
        pytest.param("CN0", 6, None, id="all but C7"),
    ],
)
def test_a_figure_made_of_the_census_alone_is_the_one_counted_by_hand(
    figures: dict[str, tuple[object, ...]], indicator: str, numerator: int, denominator: int | None
) -> None:
    assert figures[indicator][:2] == (numerator, denominator), figures[indicator]
