"""Holds targets to what authority.toml says of them: refused in a sentence, drawn as a line, and no part of a figure's status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from countermark.certify.targets import publish_targets
from countermark.contracts.authority import DirectionError, parse_authority
from countermark.contracts.catalogue import load
from countermark.contracts.parameters import fault
from countermark.exports.audience import given_to
from tests import certify_kit
from tests.certify_kit import AUTHORITY, Desk

KNOWN = load()
HEAD = f'authority = "{AUTHORITY}"\n[[teams]]\nname = "North"\n'
WAY = "trajectory = [{ on = 2022-09-30, value = 0.5 }, { on = 2022-11-30, value = 0.9 }]\n"


def target(more: str = "", indicator: str = "PP1", value: str = "0.95") -> str:
    """A target as authority.toml writes it."""
    return f'[[targets]]\nindicator = "{indicator}"\ntarget = {value}\n{more}'


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with certify_kit.desk(tmp_path) as made:
        yield made


def standing(at: Desk, text: str, team: str = "ALL") -> list[tuple[object, ...]]:
    """PP1's row of the table: three of four children, a share of 0.75."""
    at.certify()
    at.ledger.store_authority(AUTHORITY, HEAD + text)
    publish_targets(at.con, at.catalogue, at.ledger)
    return at.con.execute("select aim, standing from main.targets where team = ?", [team]).fetchall()


@pytest.mark.parametrize(
    ("more", "value", "found"),
    [
        ("", "0.75", (0.75, "on_target")),
        ("", "0.7", (0.7, "on_target")),
        ("", "0.76", (0.76, "off")),
        ("band = 0.01\n", "0.76", (0.76, "within_band")),
        ("band = 0.0099\n", "0.76", (0.76, "off")),
        ("band = 0.2\n", "0.95", (0.95, "within_band")),
    ],
)
def test_a_figure_at_its_target_is_on_it_and_one_as_far_off_as_the_band_is_within_it(
    at: Desk, more: str, value: str, found: tuple[float, str]
) -> None:
    assert standing(at, target(more, value=value)) == [found]
    assert at.metric("system_value") == 0.75


def test_between_the_points_of_a_trajectory_the_aim_lies_on_the_line_and_after_them_it_is_the_target(at: Desk) -> None:
    [(aim, how)] = standing(at, target(WAY))
    assert (aim, how) == (pytest.approx(0.5 + 0.4 * 31 / 61), "on_target")
    later = "trajectory = [{ on = 2022-11-30, value = 0.9 }]\n"
    assert standing(at, target(later)) == [(None, None)], "nothing is asked before the first point"
    [(aim, how)] = standing(at, target(f"baseline = 0.7\nbaseline_on = 2022-10-01\n{later}"))
    assert (aim, how) == (pytest.approx(0.7 + 0.2 * 30 / 60), "off")
    earlier = "trajectory = [{ on = 2022-09-30, value = 0.1 }]\n"
    assert standing(at, target(earlier)) == [(0.95, "off")]
    on_the_day = "trajectory = [{ on = 2022-10-31, value = 0.6 }, { on = 2022-12-31, value = 0.9 }]\n"
    assert standing(at, target(on_the_day)) == [(0.6, "on_target")]


def test_the_newest_target_that_has_begun_holds_and_a_team_has_its_own(at: Desk) -> None:
    several = target("from = 2022-10-31\n", value="0.5") + target("from = 2022-11-01\n") + target(value="0.8")
    assert standing(at, several) == [(0.5, "on_target")]
    assert standing(at, target('team = "North"\n', value="0.99"), "North") == [(0.99, "off")]
    assert standing(at, target('team = "North"\n', value="0.99")) == []
    assert standing(at, "") == []


@pytest.mark.parametrize(
    ("better", "value", "how"), [("low", "0.7", "off"), ("low", "0.8", "on_target"), ("neither", "0.7", "off")]
)
def test_which_way_is_better_is_the_definitions_to_say(at: Desk, better: str, value: str, how: str) -> None:
    at.certify()
    at.ledger.store_authority(AUTHORITY, HEAD + target(value=value))
    at.con.execute("update facts.definitions set better = ?", [better])
    publish_targets(at.con, at.catalogue, at.ledger)
    assert at.con.execute("select standing from main.targets where team = 'ALL'").fetchall() == [(how,)]


def test_a_withheld_figure_has_no_standing_and_no_target_moves_a_status(at: Desk) -> None:
    before = at.certify()
    status = at.metric("status")
    assert standing(at, target(value="0.99")) == [(0.99, "off")]
    assert (at.certify(), at.metric("status")) == (before, status)
    at.con.execute("update main.metrics set status = 'withheld'")
    publish_targets(at.con, at.catalogue, at.ledger)
    assert at.con.execute("select aim, standing from main.targets where team = 'ALL'").fetchall() == [(0.99, None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (target(indicator="PP11X"), ["no indicator", "perhaps PP1"]),
        (target('team = "Nort"\n'), ["a team that it does not name", "perhaps North"]),
        (target(value="95"), ["between 0 and 1", "0.95"]),
        (target("baseline = 0.7\n"), ["baseline and baseline_on together"]),
        (target("trajectory = [{ on = 2023-02-01, value = 0.6 }, { on = 2023-01-01, value = 0.7 }]\n"), ["do not follow"]),
        (target("baseline = 0.7\nbaseline_on = 2023-03-01\ntrajectory = [{ on = 2023-02-01, value = 0.6 }]\n"), ["do not follow"]),
        (target() + target(), ["twice for ALL"]),
    ],
)  # fmt: skip
def test_a_wrong_target_is_refused_with_the_nearest_name(text: str, words: list[str]) -> None:
    found = fault(parse_authority(HEAD + text), KNOWN)
    assert found and [word for word in words if word not in found] == [], found


@pytest.mark.parametrize(
    "more", ["band = -1\n", 'target = "high"\n', "tolerance = 1\n", "baseline = inf\nbaseline_on = 2022-01-01\n"]
)
def test_what_is_no_target_at_all_is_refused_as_it_is_read(more: str) -> None:
    with pytest.raises(DirectionError, match="targets"):
        parse_authority(
            HEAD + '[[targets]]\nindicator = "PP1"\n' + ("" if "target =" in more else "target = 0.9\n") + more
        )


def test_the_public_is_given_the_target_and_nothing_that_tells_a_suppressed_value() -> None:
    columns = {
        audience: [c.name for t in given_to(audience) if t.name == "targets" for c in t.columns]
        for audience in ("officer", "leader", "public")
    }
    assert columns["public"] == ["authority", "indicator_id", "as_at", "team", "target", "band"]
    assert {"aim", "standing", "owner", "action", "baseline"} <= set(columns["leader"]) and columns[
        "leader"
    ] == columns["officer"]
