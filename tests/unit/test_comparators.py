"""Published tables beside figures: places, years, codes in place of numbers, medians. Tables are written here; none is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.certify.comparators import publish_comparators
from countermark.contracts.catalogue import SHIPPED, CatalogueError, load
from countermark.contracts.published import Published
from countermark.exports.published import ENGINE_TYPES, tables
from countermark.ledger.store import Ledger

SAMPLES = SHIPPED.parent / "shared" / "samples" / "dfe_published_nel"
KNOWN = load()
HEAD = "time_period,time_identifier,geographic_level,region_name,new_la_code,la_name,CPP_start,CPP_subsequent,CPP_subsequent_percent\n"
ROWS = (
    "202223,Reporting year,National,,,,900,90,10\n202324,Reporting year,National,,,,\"1,000\",240,24\n"
    "202324,Reporting year,Regional,The North,,,200,50,25\n202324,Reporting year,Regional,The South,,,300,30,10\n"
    "202324,Reporting year,Local authority,The North,X1,Here,40,10,25.1\n202324,Reporting year,Local authority,The North,X2,There,30,3,10\n"
    "202324,Reporting year,Local authority,The South,X3,Beyond,20,4,20\n202324,Reporting year,Local authority,The South,X4,Hidden,20,c,c\n"
    "202324,Reporting year,Local authority,The South,X5,Yonder,10,9,90\n202223,Reporting year,Local authority,The North,X1,Here,50,5,10\n"
)  # fmt: skip
CODES = ["c", "k", "z", "x", "low", "u", ":", ""]


@dataclass
class Beside:
    """A folder of published tables, and an authority to set them beside."""

    folder: Path
    ledger: Ledger

    def write(self, text: str, name: str = "whatever it is called.csv") -> None:
        """A file of that name in the folder."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def rows(self, indicator: str = "PP7", authority: str = "X1", **more: Any) -> list[dict[str, Any]]:
        """What is published of an indicator, newest year first."""
        with duckdb.connect() as con:
            publish_comparators(con, more.get("catalogue", KNOWN), self.ledger, self.folder)
            said = tables()["comparators"]
            described = con.execute("describe main.comparators").fetchall()
            assert [(row[0], row[1]) for row in described] == [(c.name, ENGINE_TYPES[c.type]) for c in said.columns]
            keys = con.execute(f"select count(*) - count(distinct ({', '.join(said.key)})) from main.comparators")
            assert keys.fetchall() == [(0,)]
            found = con.execute(
                "select * from main.comparators where indicator_id = ? and authority = ? "
                "order by ends_on desc, ['own', 'neighbours', 'region', 'england'].list_position(whose)",
                [indicator, authority],
            )
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def said(self, *names: str, **more: Any) -> list[tuple[Any, ...]]:
        """Some columns of those rows."""
        return [tuple(row[name] for name in names) for row in self.rows(**more)]


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    folder = tmp_path / "comparators"
    folder.mkdir()
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        ledger.store_authority(
            "X1", 'authority = "X1"\n[parameters]\nstatistical_neighbours = ["X2", "X3", "X4", "X5"]\n'
        )
        ledger.store_authority("X4", 'authority = "X4"\n[parameters]\nstatistical_neighbours = ["X2", "X3", "X9"]\n')
        ledger.store_authority("LOCAL", 'authority = "LOCAL"\n')
        made = Beside(folder, ledger)
        made.write("\ufeff" + HEAD + ROWS)
        made.write("a,b\n1,2\n", "notes.csv")
        (folder / "broken.csv").write_bytes(b"\xff\xfe\x00x")
        yield made


def test_the_council_its_neighbours_its_region_and_england_year_by_year(beside: Beside) -> None:
    assert beside.said("whose", "place", "value", "numerator", "denominator", "places") == [
        ("own", "This council, as published", pytest.approx(0.251), 10, 40, None),
        ("neighbours", "Statistical neighbours, the median of 3", 0.2, None, None, 3),
        ("region", "The North", 0.25, 50, 200, None),
        ("england", "England", 0.24, 240, 1000, None),
        ("own", "This council, as published", 0.1, 5, 50, None),
        ("england", "England", 0.1, 90, 900, None),
    ]
    assert {str(row["ends_on"]) for row in beside.rows()} == {"2024-03-31", "2023-03-31"}
    one = beside.rows()[0]
    assert (one["published_for"], one["source"]) == (
        "year to 31 March",
        "DfE, Characteristics of children in need, table D3",
    )
    assert one["differs"].startswith("Published for the year to 31 March; here for one month.")


def test_the_figure_over_a_longer_time_has_the_same_beside_it_and_says_its_own_time(beside: Beside) -> None:
    longer, month = beside.rows(indicator="PP7_12M"), beside.rows()
    left = ("indicator_id", "differs")
    assert [{k: v for k, v in row.items() if k not in left} for row in longer] == [
        {k: v for k, v in row.items() if k not in left} for row in month
    ]
    assert longer[0]["differs"].startswith("Published for the year to 31 March; here for twelve months.")


def test_a_median_needs_three_neighbours_with_a_number(beside: Beside) -> None:
    assert [whose for (whose,) in beside.said("whose", authority="X4")] == ["own", "region", "england", "england"]


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_kept_and_is_never_nought(beside: Beside, code: str) -> None:
    beside.write(HEAD + ROWS.replace("20,c,c", f"20,{code},{code}"))
    own = beside.rows(authority="X4")[0]
    assert (own["whose"], own["value"], own["numerator"], own["denominator"]) == ("own", None, None, 20)
    assert own["code"] == (code if code in CODES[:6] else "x")
    assert {row["code"] for row in beside.rows(authority="X1")} == {None}


def test_nought_is_a_number(beside: Beside) -> None:
    beside.write(HEAD + ROWS.replace("20,c,c", "20,0,0"))
    own = beside.rows(authority="X4")[0]
    assert (own["value"], own["numerator"], own["code"]) == (0, 0, None)


def test_an_authority_that_no_table_names_has_england_alone(beside: Beside) -> None:
    assert {whose for (whose,) in beside.said("whose", authority="LOCAL")} == {"england"}


def test_of_two_editions_the_one_that_goes_on_longer_counts(beside: Beside) -> None:
    beside.write(
        HEAD + "202425,Reporting year,National,,,,1100,330,30\n202324,Reporting year,National,,,,1000,250,25\n", "a.csv"
    )
    assert beside.said("ends_on", "value", authority="LOCAL") == [
        (beside.rows(authority="LOCAL")[0]["ends_on"], 0.3), (beside.rows(authority="LOCAL")[1]["ends_on"], 0.25),
    ]  # fmt: skip


def test_rows_that_cannot_be_told_apart_say_nothing_and_equal_ones_are_one(beside: Beside) -> None:
    twice = "202324,Reporting year,National,,,,1000,999,99.9\n"
    beside.write(HEAD + ROWS + twice)
    assert ("england", 0.999) not in beside.said("whose", "value")
    assert [v for w, v in beside.said("whose", "value") if w == "england"] == [0.1]
    beside.write(HEAD + ROWS + '202324,Reporting year,National,,,,"1,000",240,24\n')
    assert [v for w, v in beside.said("whose", "value") if w == "england"] == [0.24, 0.1]


def test_other_files_a_link_and_no_folder_say_nothing(beside: Beside) -> None:
    (beside.folder / "whatever it is called.csv").rename(beside.folder / "kept.txt")
    (beside.folder / "link.csv").symlink_to(beside.folder / "kept.txt")
    assert beside.rows() == []
    assert replace(beside, folder=beside.folder / "none").rows() == []


def test_a_table_by_characteristics_is_read_where_its_rows_say_so(beside: Beside) -> None:
    head = "time_period,geographic_level,region_name,new_la_code,la_name,age,activity,number,percentage\n"
    place = "2024,Local authority,The North,X1,Here,"
    beside.write(
        head + f"{place}17 to 18 years,Total in education. employment or training,5,50\n"
        f'{place}19 to 21 years,"Total in education, employment or training",12,k\n'
        f'{place}19 to 21 years,Higher education,1,4\n2024,National,,,,Aged 19 to 21,"Total in education, employment or training",900,56\n',
        "leavers.csv",
    )
    assert beside.said("whose", "value", "code", indicator="CL3") == [("own", None, "k"), ("england", 0.56, None)]


def test_a_later_edition_with_other_headings_is_the_same_table(beside: Beside) -> None:
    beside.write(
        "time_period,geographic_level,referral_count,rereferral_count,rereferral_percent\n2025,National,600,120,20\n",
        "c1.csv",
    )
    assert beside.said("value", "numerator", indicator="FD4", authority="LOCAL") == [(0.2, 120)]


def test_columns_are_taken_away_from_each_other_and_rates_stand_beside_counts(beside: Beside) -> None:
    beside.write(
        "time_period,geographic_level,region_name,new_la_code,Section47,Section47_rate,ICPC\n2024,National,,,200,187.1,50\n"
        + "".join(
            f"2024,Local authority,N,{code},{n},{n}.5,{of}\n"
            for code, n, of in [("X2", 10, 4), ("X3", 20, "c"), ("X5", 30, 0)]
        ),
        "c4.csv",
    )
    assert beside.said("whose", "value", indicator="CP2") == [("england", 0.75)]
    assert beside.said("whose", "value", "rate", indicator="CP0") == [("neighbours", 20, 20.5), ("england", 200, 187.1)]


def test_years_and_months_are_days(beside: Beside) -> None:
    stage = (
        "2. Average time between decision that child should be placed for adoption and matching of child and adopters"
    )
    beside.write(
        f"time_period,geographic_level,age_start_poc,stage_of_adoption_process,number\n2024,National,Total,{stage},0:7\n"
        f"2024,National,Under 1,{stage},0:2\n2023,National,Total,{stage},z\n", "adopted.csv",
    )  # fmt: skip
    assert beside.said("value", "code", indicator="AD2_12M") == [(213, None), (None, "z")]


def test_every_definition_says_what_it_reads_how_it_is_known_and_how_it_differs() -> None:
    assert len(KNOWN.comparators) >= 25
    for name, published in KNOWN.comparators.items():
        one = KNOWN.indicators[name]
        assert published.source.startswith("DfE"), name
        assert published.differs_from(one).endswith("."), name
        assert all(layout.mark in "FK" for layout in published.layout), name
        for layout in published.layout:
            assert layout.value or one.measures == "count" or layout.denominator, (
                f"{name} is no count and has no denominator"
            )
            assert (published.value_is == "percent") == (one.measures != "average") or not layout.value, name
            assert not layout.rate or one.measures == "count", name


def test_a_further_root_adds_one_and_an_unknown_indicator_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sql" / "comparators").mkdir(parents=True)
    path = tmp_path / "sql" / "comparators" / "PP7.toml"
    path.write_text('source = "L: ours"\nnumerator = ["A"]\ndenominator = ["B"]\ndiffers = "Ours."\n')
    found = load([SHIPPED, tmp_path]).comparators["PP7"]
    assert (found.source, found.layout[0].columns, found.layout[0].mark) == ("L: ours", {"A", "B"}, "L")
    path.rename(path.with_name("PQ7.toml"))
    with pytest.raises(CatalogueError, match="unknown indicator PQ7"):
        load([SHIPPED, tmp_path])
    with pytest.raises(ValueError, match="names the column"):
        Published.model_validate({"source": "s", "layout": [{"mark": "F", "rate": "r"}]})


@pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the published tables of one council lie beside the project, not in it"
)
def test_the_published_tables_themselves(beside: Beside) -> None:
    real, code = replace(beside, folder=SAMPLES), "E06000012"
    beside.ledger.store_authority(code, f'authority = "{code}"\n')

    def own(indicator: str, day: str, *names: str) -> list[tuple[Any, ...]]:
        rows = real.rows(indicator=indicator, authority=code)
        return [
            tuple(row[name] for name in names) for row in rows if (row["whose"], str(row["ends_on"])) == ("own", day)
        ]

    assert own("PP6", "2023-03-31", "value", "numerator", "denominator", "code") == [(None, None, 282, "c")]
    assert own("FD5", "2019-03-31", "value", "code") == [(None, "c")]
    assert own("AS1", "2022-03-31", "value") == [(pytest.approx(0.76, abs=0.0005),)]
    assert own("AS1", "2014-03-31", "value", "denominator") == [(None, 0)]
    assert own("FD4", "2024-03-31", "value") == [(pytest.approx(0.273),)]
    assert own("FD3", "2024-03-31", "value", "rate")[0][0] == 2264
    assert own("CP2", "2022-03-31", "value") == [(pytest.approx(0.708, abs=0.0005),)]
    assert own("PP5", "2022-03-31", "value") == [(pytest.approx(0.982),)]
    assert own("WF1", "2025-09-30", "value", "numerator") == [(20.9, 1399)]
    assert [own(name, "2025-09-30", "value") for name in ("WF4", "WF5", "WF6")] == [[(14.9,)], [(8.7,)], [(10.2,)]]
    england = [
        row["value"]
        for row in real.rows(indicator="CP3", authority=code)
        if (row["whose"], str(row["ends_on"])) == ("england", "2022-03-31")
    ]
    assert england == [pytest.approx(0.792, abs=0.0005)]
    assert {row["place"] for row in real.rows(indicator="PP0", authority=code) if row["whose"] == "region"} == {
        "Yorkshire and The Humber"
    }
