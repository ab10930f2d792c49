"""Holds to account: the schedules ask for the right position at six in the morning in England, also around the days on which the clocks
change, for every authority that the home knows, and say so where it knows none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from assets.steps import HomeResource
from countermark.ledger.store import Ledger
from pipelines.alerts import watch_publication
from pipelines.instance import instance
from pipelines.partitions import AUTHORITIES, as_at_dates
from pipelines.schedules import daily, monthly, weekly
from tests.dagster_kit import REPOSITORY, Place, worked_place

LONDON = ZoneInfo("Europe/London")
SCHEDULES = [daily, weekly, monthly, watch_publication]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A home that knows two authorities."""
    found = worked_place(tmp_path)
    with Ledger.open(found.home.ledger_url) as ledger:
        for code in ("E1", "E2"):
            ledger.store_authority(code, f'authority = "{code}"\nname = "Somewhere"\n')
    yield found


def asked(schedule: dg.ScheduleDefinition, at: datetime, home: HomeResource, opened: dg.DagsterInstance) -> list[str]:
    """The partitions that a schedule asks for at a moment."""
    context = dg.build_schedule_context(
        instance=opened, scheduled_execution_time=at, resources={"home": home}, repository_def=REPOSITORY
    )
    return [str(request.partition_key) for request in schedule.evaluate_tick(context).run_requests or []]


@pytest.mark.parametrize(
    ("schedule", "at", "as_at"),
    [
        (daily, datetime(2026, 10, 27, 6), "2026-10-26"),
        (daily, datetime(2026, 12, 4, 6), "2026-12-03"),
        (weekly, datetime(2026, 3, 23, 6), "2026-03-22"),
        (weekly, datetime(2026, 3, 30, 6), "2026-03-29"),  # the Sunday on which the clocks go forward
        (weekly, datetime(2026, 10, 26, 6), "2026-10-25"),  # and back
        (weekly, datetime(2024, 3, 4, 6), "2024-03-03"),
        (monthly, datetime(2026, 4, 3, 6), "2026-03-31"),
        (monthly, datetime(2026, 11, 3, 6), "2026-10-31"),
        (monthly, datetime(2024, 3, 3, 6), "2024-02-29"),
        (monthly, datetime(2027, 1, 3, 6), "2026-12-31"),
    ],
)
def test_asks_for_the_right_position(place: Place, schedule: dg.ScheduleDefinition, at: datetime, as_at: str) -> None:
    with instance(place.home) as opened:
        for moment in (at.replace(tzinfo=LONDON), at.replace(tzinfo=LONDON).astimezone(ZoneInfo("UTC"))):
            assert asked(schedule, moment, place.resource, opened) == [f"{as_at}|E1", f"{as_at}|E2"]
        assert sorted(opened.get_dynamic_partitions(AUTHORITIES)) == ["E1", "E2"]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: one.name)
def test_keeps_its_hour_in_england_the_whole_year(schedule: dg.ScheduleDefinition) -> None:
    """Never between one and two, when an hour is missing or comes twice; never twice in a day."""
    assert schedule.execution_timezone == "Europe/London"
    ticks = cron_string_iterator(
        datetime(2026, 1, 1, tzinfo=LONDON).timestamp(), str(schedule.cron_schedule), "Europe/London"
    )
    year = []
    for tick in ticks:
        if tick.year > 2026:
            break
        year.append(tick.astimezone(LONDON))
    assert {(tick.hour, tick.minute) for tick in year} == {(9 if schedule is watch_publication else 6, 0)}
    assert (
        len({tick.date() for tick in year})
        == len(year)
        == {"daily": 209, "weekly": 52, "monthly": 12}.get(schedule.name, 261)
    )


@pytest.mark.parametrize("schedule", [daily, weekly, monthly], ids=lambda one: one.name)
def test_says_that_there_is_nobody_to_make_figures_for(tmp_path: Path, schedule: dg.ScheduleDefinition) -> None:
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 11, 2, 6, tzinfo=LONDON),
        resources={"home": HomeResource(path=str(tmp_path))},
    )
    data = schedule.evaluate_tick(context)
    assert not data.run_requests
    assert "knows no authority yet" in str(data.skip_message)


def test_one_run_for_one_position_however_often_it_is_asked(place: Place) -> None:
    """Run keys are the position's: a tick that is evaluated again starts nothing anew."""
    with instance(place.home) as opened:
        keys = []
        for _ in range(2):
            context = dg.build_schedule_context(
                instance=opened,
                scheduled_execution_time=datetime(2026, 11, 2, 6, tzinfo=LONDON),
                resources={"home": place.resource},
                repository_def=REPOSITORY,
            )
            keys.append([request.run_key for request in weekly.evaluate_tick(context).run_requests or []])
    assert keys[0] == keys[1] == ["E1 2026-11-01", "E2 2026-11-01"]


def test_dates_are_partitions_up_to_today() -> None:
    today = datetime.now(LONDON).date()
    known = as_at_dates.get_partition_keys()
    assert known[0] == "2000-01-01"
    assert known[-1] == str(today)
    assert str(today + timedelta(days=1)) not in known


def test_all_are_among_the_definitions() -> None:
    assert {"daily", "weekly", "monthly", "watch_publication"} == {
        schedule.name for schedule in REPOSITORY.schedule_defs
    }
    assert {"drop_folder", "run_failed"} <= {sensor.name for sensor in REPOSITORY.sensor_defs}
