"""Published tables read by their columns: places, periods, codes in place of numbers, neighbours. Tables are written here, none is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermark.comparators.read import comparators, definitions
from countermark.contracts.catalogue import load

HEAD = "time_period,time_identifier,geographic_level,region_name,new_la_code,la_name,CPP_start,CPP_subsequent\n"
ROWS = (
    "202223,Reporting year,National,,,,900,90\n202324,Reporting year,National,,,,1000,240\n"
    "202324,Reporting year,Regional,The North,,,200,50\n202324,Reporting year,Regional,The South,,,300,30\n"
    "202324,Reporting year,Local authority,The North,X1,Here,40,10\n202324,Reporting year,Local authority,The North,X2,There,30,3\n"
    "202324,Reporting year,Local authority,The South,X3,Beyond,20,4\n202324,Reporting year,Local authority,The South,X4,Hidden,20,c\n"
    "202324,Reporting year,Local authority,The South,X5,Yonder,10,9\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "whatever it is called.csv").write_text("\ufeff" + HEAD + ROWS, encoding="utf-8")
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    (tmp_path / "broken.csv").write_bytes(b"\xff\xfe\x00x")
    return tmp_path


def test_places_and_shares_of_the_newest_period(folder: Path) -> None:
    found = comparators(folder, definitions(), "X1")["PP7"]
    assert [(one.whose, one.numerator, one.denominator) for one in found] == [
        ("This council, as published", 10, 40), ("The North", 50, 200), ("England", 240, 1000),
    ]  # fmt: skip
    assert [one.share for one in found] == [0.25, 0.25, 0.24]
    assert {one.period for one in found} == {"year to 31 March 2024"}
    assert found[0].source == "DfE, Characteristics of children in need, table D3"


def test_neighbours_have_a_median_of_three_or_none(folder: Path) -> None:
    known = definitions()
    assert not [one for one in comparators(folder, known, "X1", ["X2", "X3", "X4"])["PP7"] if "neighbours" in one.whose]
    found = [
        one for one in comparators(folder, known, "X1", ["X2", "X3", "X4", "X5"])["PP7"] if "neighbours" in one.whose
    ]
    assert [(one.whose, one.share) for one in found] == [("Statistical neighbours, the median of 3", 0.2)]


def test_a_code_is_missing_and_not_zero(folder: Path) -> None:
    own = comparators(folder, definitions(), "X4")["PP7"][0]
    assert (own.numerator, own.denominator, own.share) == (None, 20, None)


def test_an_authority_that_the_table_does_not_name_has_england_alone(folder: Path) -> None:
    assert [one.whose for one in comparators(folder, definitions(), "LOCAL")["PP7"]] == ["England"]


def test_a_file_that_changed_is_read_again(folder: Path) -> None:
    known, path = definitions(), folder / "whatever it is called.csv"
    assert comparators(folder, known, "X1")["PP7"][-1].numerator == 240
    path.write_text(HEAD + ROWS.replace("1000,240", "1000,2401"), encoding="utf-8")
    assert comparators(folder, known, "X1")["PP7"][-1].numerator == 2401


def test_other_files_and_no_folder_say_nothing(folder: Path, tmp_path: Path) -> None:
    assert set(comparators(folder, definitions(), "X1")) == {"PP7"}
    assert comparators(tmp_path / "none", definitions(), "X1") == {}
    link = folder / "link.csv"
    (folder / "whatever it is called.csv").rename(folder / "kept.txt")
    link.symlink_to(folder / "kept.txt")
    assert comparators(folder, definitions(), "X1") == {}


def test_every_definition_is_of_a_share_that_there_is() -> None:
    indicators = load().indicators
    assert definitions()
    for name, published in definitions().items():
        assert indicators[name].measures == "share"
        assert published.source.startswith("DfE") and published.differs.endswith(".")


def test_a_further_root_replaces_a_definition(tmp_path: Path) -> None:
    (tmp_path / "sql" / "comparators").mkdir(parents=True)
    (tmp_path / "sql" / "comparators" / "PP7.toml").write_text(
        'source = "L: ours"\nnumerator = ["A"]\ndenominator = ["B"]\ndiffers = "."\n'
    )
    assert definitions([Path(__file__).parents[2], tmp_path])["PP7"].source == "L: ours"
