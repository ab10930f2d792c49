"""The commands for boards: the pack, and the register of figures given out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from countermark.exports.export import export
from pipelines.command_line import app
from pipelines.commands.shared import UsageError
from tests.pack_kit import AS_AT, OFFICER, Office, office


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("commands"), history=2) as found:
        yield found


def run(made: Office, *said: str) -> Result:
    return CliRunner().invoke(app, [*said, "--home", str(made.home.path)])


@pytest.mark.parametrize(("fmt", "begins"), [("html", b"<!DOCTYPE"), ("pdf", b"%PDF"), ("pptx", b"PK")])
def test_a_pack_is_written(made: Office, tmp_path: Path, fmt: str, begins: bytes) -> None:
    out = tmp_path / f"pack.{fmt}"
    said = run(made, "pack", "--as-at", str(AS_AT), "--format", fmt, "--out", str(out))
    assert said.exit_code == 0 and out.read_bytes().startswith(begins)
    assert f"Written to {out}. Publication 0" in said.output and ", content " in said.output
    assert made.ledger.verify() is None


def test_the_public_is_told_nothing_by_the_difference_of_two_packs(made: Office, tmp_path: Path) -> None:
    export(
        made.home.published / Path(sorted(made.home.published.glob("0*.duckdb"))[-1].name),
        tmp_path / "earlier",
        "csv",
        "public",
        None,
        AS_AT,
    )
    out = tmp_path / "pack.html"
    said = run(
        made,
        "pack",
        "--as-at",
        str(AS_AT),
        "--audience",
        "public",
        "--format",
        "html",
        "--told",
        str(tmp_path / "earlier"),
        "--out",
        str(out),
    )
    assert said.exit_code == 0 and "[c]" in out.read_text()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["--format", "docx"], "--format is html, pdf, pptx"),
        (["--audience", "officer"], "--audience is leader or public"),
        (["--snapshot", "nothing"], "no publication or freeze"),
        (["--as-at", "2020-01-31"], "Nothing has been published for 2020-01-31"),
    ],
)
def test_wrong_usage_is_said(made: Office, tmp_path: Path, said: list[str], words: str) -> None:
    done = run(made, "pack", "--as-at", str(AS_AT), "--out", str(tmp_path / "x"), *said)
    assert isinstance(done.exception, UsageError) and words in str(done.exception)
    assert not (tmp_path / "x").exists()


def test_a_folder_that_is_not_there_is_said(made: Office, tmp_path: Path) -> None:
    done = run(made, "pack", "--as-at", str(AS_AT), "--out", str(tmp_path / "no" / "x.pdf"))
    assert isinstance(done.exception, UsageError) and "no folder" in str(done.exception)


def test_figures_given_out_are_entered_and_listed(made: Office) -> None:
    done = run(
        made,
        "given-out",
        "add",
        "pp1",
        "AS3",
        "--as-at",
        str(AS_AT),
        "--to",
        "DfE",
        "--document",
        "Monthly return",
        "--by",
        OFFICER.upper(),
    )
    assert (
        done.exit_code == 0
        and "AS3 10 of 30 assessments (33.3%), Checked: safe to quote: Department for Education" in done.output
    )
    listed = run(made, "given-out", "list").output
    assert "Monthly return: PP1 at 2022-10-31, 28 of 30 children (93.3%)" in listed and "Changed since" not in listed
    made.run(f"update facts.figures set numerator = 12 where indicator_id = 'AS3' and as_at = '{AS_AT}'")
    made.publish()
    assert (
        "Changed since (to be told): AS3 at 2022-10-31. It was 10 of 30 assessments"
        in run(made, "given-out", "list").output
    )


def test_an_unknown_figure_is_not_given_out(made: Office) -> None:
    done = run(
        made, "given-out", "add", "ZZ9", "--as-at", str(AS_AT), "--to", "DfE", "--document", "x", "--by", OFFICER
    )
    assert isinstance(done.exception, UsageError) and "no figure of ZZ9" in str(done.exception)
