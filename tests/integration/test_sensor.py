"""Holds to account: the drop folder's sensor. A file that grows is let be, a folder that settled is run on once, for the authorities that
the command line would take, at yesterday's position."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context

from assets.steps import HomeResource
from countermark.ledger.store import Ledger
from pipelines.instance import instance
from pipelines.partitions import AUTHORITIES
from pipelines.sensors import drop_folder
from tests.dagster_kit import REPOSITORY, Place, worked_place
from tests.intake_kit import text_file


class Watch:
    """The sensor as the daemon asks it: the cursor goes from look to look."""

    def __init__(self, place: Place, instance: dg.DagsterInstance) -> None:
        self.place, self.instance = place, instance
        self.cursor: str | None = None

    def look(self) -> list[dg.RunRequest] | str:
        """The runs that are asked for, or why there is none."""
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            resources={"home": self.place.resource},
            repository_def=REPOSITORY,
        )
        with partition_loading_context(dynamic_partitions_store=self.instance):
            data = drop_folder.evaluate_tick(context)
        self.cursor = data.cursor or self.cursor
        assert bool(data.run_requests) != bool(data.skip_message)
        return list(data.run_requests or []) or str(data.skip_message)

    def asked_for(self) -> list[str]:
        """The partitions of a look that asks for runs."""
        found = self.look()
        assert not isinstance(found, str), found
        return [str(request.partition_key) for request in found]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """A watch on the worked figure's deliveries."""
    place = worked_place(tmp_path)
    with instance(place.home) as opened:
        yield Watch(place, opened)


def yesterday() -> str:
    return str((datetime.now(UTC).astimezone(ZoneInfo("Europe/London")) - timedelta(days=1)).date())


def waits(said: object) -> bool:
    return said == "Nothing new, or files are still coming."


def test_asks_for_one_run_after_two_equal_looks_and_never_again(watch: Watch) -> None:
    assert waits(watch.look())
    found = watch.look()
    assert [request.partition_key for request in found] == [f"{yesterday()}|E1"]  # type: ignore[union-attr]
    assert watch.instance.get_dynamic_partitions(AUTHORITIES) == ["E1"]
    assert waits(watch.look()) and waits(watch.look())


def test_lets_a_growing_file_be(watch: Watch) -> None:
    growing = watch.place.inbox / "late.csv"
    for size in range(1, 5):
        growing.write_text("x" * size)
        assert waits(watch.look()), "it grew since the last look"
    growing.write_text("y" * 4)
    os.utime(growing, ns=(1, 1))
    assert waits(watch.look()), "of equal length, but written again"
    assert watch.asked_for() == [f"{yesterday()}|E1"]


def test_asks_again_for_a_new_file_and_under_another_key(watch: Watch) -> None:
    watch.look()
    first = watch.look()
    text_file(watch.place.inbox / "more.csv", "a,b\r\n")
    assert waits(watch.look())
    second = watch.look()
    assert first[0].run_key != second[0].run_key  # type: ignore[union-attr]
    (watch.place.inbox / "more.csv").unlink()
    watch.look()
    third = watch.look()
    assert third[0].run_key == first[0].run_key, "Dagster runs one key once"  # type: ignore[union-attr]


def test_says_why_there_is_nothing_to_watch(tmp_path: Path) -> None:
    place = worked_place(tmp_path)
    for inbox in ("", str(tmp_path / "gone")):
        context = dg.build_sensor_context(resources={"home": HomeResource(path=str(place.home.path), inbox=inbox)})
        assert drop_folder.evaluate_tick(context).skip_message == "No drop folder: name one in COUNTERMARK_INBOX."


def test_an_empty_folder_starts_nothing(tmp_path: Path) -> None:
    place = worked_place(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    with instance(place.home) as opened:
        watch = Watch(Place(place.home, empty), opened)
        assert all(waits(watch.look()) for _ in range(3))


def test_a_folder_that_changes_under_the_look_is_looked_at_again(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanish(_: Path) -> str:
        raise FileNotFoundError("Zephyrine Quux.xlsx")

    watch.look()
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.sensors.look", vanish)
        said = watch.look()
    assert isinstance(said, str) and "changed while it was looked at" in said and "Zephyrine" not in said
    assert watch.asked_for() == [f"{yesterday()}|E1"]


def test_takes_the_authorities_that_the_files_name(watch: Watch) -> None:
    """authority.toml speaks for files without a voice of their own, a sidecar for its folder."""
    text_file(watch.place.inbox / "neighbour" / "delivery.toml", 'authority = "E2"\n')
    watch.look()
    assert watch.asked_for() == [f"{yesterday()}|E1", f"{yesterday()}|E2"]


def test_takes_all_that_the_home_knows_where_no_file_names_one(watch: Watch) -> None:
    (watch.place.inbox / "authority.toml").unlink()
    for sidecar in watch.place.inbox.rglob("delivery.toml"):
        sidecar.unlink()
    with Ledger.open(watch.place.home.ledger_url) as ledger:
        for code in ("E5", "E4"):
            ledger.store_authority(code, f'authority = "{code}"\nname = "Somewhere"\n')
    watch.look()
    assert watch.asked_for() == [f"{yesterday()}|E4", f"{yesterday()}|E5"]
