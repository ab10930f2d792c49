"""An extract that shrank, by the commands: told in the summary, killed and rebuilt to the same, looked at, released, used."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.intake_kit import LIST_7, csv_file, headers, plan, text_file
from tests.integration.commands import Commands, content, figure, revisions, tables
from tests.integration.conftest import Undisturbed

OFFICER = "Delphine Fennimore"


@pytest.fixture(scope="module")
def shrunk(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inbox with one more List 7, of two children."""
    folder = tmp_path_factory.mktemp("shrunk") / "inbox"
    shutil.copytree(inbox, folder)
    text_file(folder / "december" / "delivery.toml", 'authority = "X99000001"\nextracted_on = 2022-12-02\n')
    rows = [plan(str(n), "2022-06-01", allocated_team="Safeguarding East") for n in range(2)]
    csv_file(folder / "december" / "plans.csv", [headers(), *rows])
    return folder


def test_held_then_released(commands: Commands, shrunk: Path, undisturbed: Undisturbed, tmp_path: Path) -> None:
    home = undisturbed.copy(tmp_path / "home")
    before = figure(tables(commands, home), "PP0")
    assert commands.run(shrunk, home, die_at="STEP_START list_members").code == -9
    ended = commands.run(shrunk, home)
    assert "held: Annex A List 7: Child protection: the list of 2 December 2022 is held" in " ".join(ended.out.split())
    exported = tables(commands, home)
    (held,) = [row for row in exported["deliveries"] if row["status"] == "held"]
    assert (held["contract"], held["rows_in"], held["rows_loaded"]) == (LIST_7, "2", "2")
    assert figure(exported, "PP0")["system_numerator"] == before["system_numerator"], (
        "figures stand on the extract before"
    )
    assert not [row for row in exported["members"] if row["delivery_id"] == held["delivery_id"]]
    stood = content(home)
    commands.well("rebuild", "--home", home)
    assert content(home) == stood, "a lost warehouse comes to the same"

    out = tmp_path / "out"
    said = commands.well("changes", "--to", held["delivery_id"], "--home", home, "--out", out).out
    assert "2 added" in said and "removed" in said
    with (out / "changes.csv").open(encoding="utf-8", newline="") as file:
        kinds = [row["kind"] for row in csv.DictReader(file)]
    assert kinds.count("added") == 2 and kinds.count("removed") > 2
    assert commands("changes", "--from", held["delivery_id"], "--home", home).code == 2, "compared with what?"

    for delivery, reason, by in (
        (held["delivery_id"], " ", OFFICER),
        ("nothing", "x", OFFICER),
        (held["delivery_id"], "x", "Nobody"),
    ):
        assert commands("release", delivery, "--reason", reason, "--by", by, "--home", home).code == 2
    assert len(revisions(home)) == 2, "what is refused publishes nothing"
    commands.well(
        "release", held["delivery_id"], "--reason", "closed cases were archived", "--by", OFFICER, "--home", home
    )
    exported = tables(commands, home)
    (used,) = [row for row in exported["deliveries"] if row["delivery_id"] == held["delivery_id"]]
    assert (used["status"], used["reason"]) == ("loaded", "")
    assert figure(exported, "PP0")["system_numerator"] == "2"
    assert commands.well("verify", "--home", home).out.startswith("The chain is whole")


def test_known_on_a_day_by_the_command(commands: Commands, undisturbed: Undisturbed, tmp_path: Path) -> None:
    home = undisturbed.copy(tmp_path / "home")
    children = {}
    for day in ("2022-11-01", "2022-11-02"):
        commands.well("known", "cp_plans", "--on", day, "--out", tmp_path / f"{day}.csv", "--home", home)
        with (tmp_path / f"{day}.csv").open(encoding="utf-8", newline="") as file:
            children[day] = {row["person_id"] for row in csv.DictReader(file)}
    assert children["2022-11-01"] == set() and len(children["2022-11-02"]) > 5
    for arguments in (
        ("nothing", "--on", "2022-11-02", "--out", "x.csv"), ("cp_plans", "--on", "soon", "--out", "x.csv"),
        ("cp_plans", "--on", "2022-11-02", "--out", "x.doc"),
    ):  # fmt: skip
        ended = commands("known", *arguments, "--home", home)
        assert ended.code == 2 and ended.err.strip(), arguments
