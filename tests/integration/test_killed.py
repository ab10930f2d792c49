"""Holds to account: a run that is killed anywhere loses nothing and doubles nothing. The next run ends as if nothing had happened.

Real processes die by `kill -9`: at each step's start and end, between receipts and rows, inside publication between file, revision and
pointer, and at random moments. The kills of one chain follow each other in one home, each run starting in what the last left.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.integration.commands import Commands, content, leftovers, revisions, tables, without_times
from tests.integration.conftest import Undisturbed

STEPS = ("take_in", "conform", "list_members", "validate", "reconcile", "publish")
INTAKE = ("before countermark.ledger.store:Ledger.add_receipts", "after countermark.ledger.store:Ledger.add_receipts")
PUBLICATION = (
    "before countermark.certify.certify:certify",
    "after countermark.certify.snapshot:make_durable",
    "before countermark.ledger.store:Ledger.add_revision",
    "after countermark.ledger.store:Ledger.add_revision",
    "before countermark.certify.snapshot:point_at",
    "after countermark.certify.snapshot:point_at",
)
STARTS = ("STEP_START take_in", *INTAKE, *(f"STEP_START {step}" for step in STEPS[1:]))
ENDS = (*(f"STEP_SUCCESS {step}" for step in STEPS[:-1]), PUBLICATION[3])
STAGES = (
    "Taking in deliveries",
    "Conforming",
    "Listing cases",
    "Validating",
    "Reconciling",
    "Certifying and publishing",
)
CHECKED = ("CN0", "FD5")
KILLED = -9


def as_if_nothing_had_happened(commands: Commands, home: Path, undisturbed: Undisturbed) -> None:
    """The home is what one plain run makes: the same content, one publication, no row twice, nothing left lying about."""
    assert content(home) == content(undisturbed.home)
    assert len(revisions(home)) == 1
    mine, theirs = tables(commands, home), tables(commands, undisturbed.home)
    assert without_times(mine) == without_times(theirs)
    deliveries = [row["delivery_id"] for row in mine["deliveries"]]
    assert len(set(deliveries)) == len(deliveries) > 10
    assert leftovers(home) == leftovers(undisturbed.home) == []
    assert commands.well("verify", "--home", home).out.startswith("The chain is whole")


@pytest.mark.parametrize("moments", [STARTS, ENDS], ids=["as each step starts", "as each step ends"])
def test_killed_at_every_boundary(
    commands: Commands, inbox: Path, undisturbed: Undisturbed, tmp_path: Path, moments: tuple[str, ...]
) -> None:
    home = tmp_path / "home"
    for moment in moments:
        assert commands.run(inbox, home, die_at=moment).code == KILLED, moment
    assert commands.run(inbox, home).code == 0
    as_if_nothing_had_happened(commands, home, undisturbed)


def test_killed_at_random_moments(commands: Commands, inbox: Path, undisturbed: Undisturbed, tmp_path: Path) -> None:
    home, chance, killed = tmp_path / "home", random.Random(20221031), 0
    for stage in sorted(chance.sample(STAGES, 3), key=STAGES.index):
        run = commands.start("run", "--inbox", inbox, "--home", home, "--as-at", "2022-10-31")
        run.says(stage)
        time.sleep(chance.uniform(0, 0.8))
        killed += run.kill().code == KILLED  # a quick machine may have been done
    assert killed
    assert commands.run(inbox, home).code == 0
    as_if_nothing_had_happened(commands, home, undisturbed)


def test_killed_while_a_check_is_published(commands: Commands, undisturbed: Undisturbed, tmp_path: Path) -> None:
    """A judgement stands in the ledger once it is said; whenever its publication is killed, the next one has it."""
    check = (
        "check",
        *CHECKED,
        "--as-at",
        "2022-10-31",
        "--by",
        "Delphine Fennimore",
        "--note",
        "Looked at five files.",
        "--home",
    )
    killed, plain = undisturbed.copy(tmp_path / "killed"), undisturbed.copy(tmp_path / "plain")
    for moment in PUBLICATION:
        assert commands(*check, killed, die_at=moment).code == KILLED, moment
        figures = [row for row in tables(commands, killed)["metrics"] if row["team"] == "ALL"]
        checked = [row["indicator_id"] for row in figures if "no officer has checked" not in row["status_reason"]]
        checked = [one for one in checked if one in CHECKED]
        assert len(checked) in (0, 2)
    commands.well(*check, killed)
    commands.well(*check, plain)
    assert content(killed) == content(plain) != content(undisturbed.home)
    assert without_times(tables(commands, killed)) == without_times(tables(commands, plain))
    assert [one.seq for one in revisions(killed)] == [one.seq for one in revisions(plain)] == [1, 2]
    assert leftovers(killed) == []
