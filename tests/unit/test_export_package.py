"""Holds to account what lies beside exported CSV: that it describes every file as it is, refers only to what is there, and that the
fingerprints are those of the files."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from countermark.exports.audience import AUDIENCES, given_to
from countermark.exports.export import export
from countermark.exports.package import PACKAGE, SUMS
from countermark.exports.published import tables
from tests.hostile_snapshot import CHILD, COUNTER, WITHHELD, WORKER, content
from tests.snapshots import make
from tests.unit.test_exports import TODAY, read_header

TYPES = {"string", "date", "datetime", "integer", "number", "boolean"}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("snapshot") / "000007-abc.duckdb", content())


def package_of(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_file_is_described_as_it_is(snapshot: Path, tmp_path: Path, audience: Any) -> None:
    written = export(snapshot, tmp_path, "csv", audience, None, TODAY)
    said = package_of(tmp_path)
    assert (said["version"], said["countermark:audience"]) == ("000007-abc", audience)
    described = {one["path"]: one for one in said["resources"]}
    assert list(described) == [path.name for path in written]
    meanings = {table.name: {c.name: c.meaning for c in table.columns} for table in given_to(audience)}
    for path in written:
        one = described[path.name]
        fields = one["schema"]["fields"]
        assert [field["name"] for field in fields] == read_header(path)
        assert {field["name"]: field["description"] for field in fields} == meanings[path.stem]
        assert {field["type"] for field in fields} <= TYPES and one["schema"]["missingValues"] == [""]
        raw = path.read_bytes()
        assert (one["bytes"], one["hash"]) == (len(raw), f"sha256:{sha256(raw).hexdigest()}")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_references_lead_to_keys_that_are_there(snapshot: Path, tmp_path: Path, audience: Any) -> None:
    export(snapshot, tmp_path, "csv", audience, None, TODAY)
    resources = {one["name"]: one["schema"] for one in package_of(tmp_path)["resources"]}
    found = 0
    for schema in resources.values():
        names = {field["name"] for field in schema["fields"]}
        assert set(schema.get("primaryKey", [])) <= names
        for reference in schema.get("foreignKeys", []):
            target = resources[reference["reference"]["resource"]]
            assert set(reference["fields"]) <= names
            assert reference["reference"]["fields"] == target["primaryKey"]
            assert len(reference["fields"]) == len(target["primaryKey"])
            found += 1
    assert found == {"officer": 14, "leader": 8, "public": 2}[audience]


def test_keys_and_references_of_the_description_exist() -> None:
    for table in tables().values():
        names = {column.name for column in table.columns}
        assert set(table.key) <= names and set(table.order) <= names, table.name
        for one in table.refers:
            assert set(one.columns) <= names and len(one.columns) == len(tables()[one.table].key), table.name


def test_the_fingerprints_are_those_of_the_files_and_a_changed_cell_is_seen(snapshot: Path, tmp_path: Path) -> None:
    written = export(snapshot, tmp_path, "csv", "officer", None, TODAY)
    sums = dict(line.split("  ")[::-1] for line in (tmp_path / SUMS).read_text(encoding="utf-8").splitlines())
    assert set(sums) == {path.name for path in written} | {PACKAGE}
    assert all(sha256((tmp_path / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
    metrics = tmp_path / "metrics.csv"
    metrics.write_bytes(metrics.read_bytes().replace(b"40", b"41"))
    assert sha256(metrics.read_bytes()).hexdigest() != sums["metrics.csv"]


def test_two_exports_of_one_snapshot_are_the_same_bytes(snapshot: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        export(snapshot, tmp_path / folder, "csv", "officer", None, TODAY)
    for name in (PACKAGE, SUMS):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_export_over_an_older_one_brings_its_description_along(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "csv", "public", None, TODAY)
    export(snapshot, tmp_path, "csv", "leader", None, TODAY)
    assert package_of(tmp_path)["countermark:audience"] == "leader"
    assert len((tmp_path / SUMS).read_text(encoding="utf-8").splitlines()) == 1 + len(given_to("leader"))


def test_only_csv_is_described(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "parquet", "officer", None, TODAY)
    assert not (tmp_path / PACKAGE).exists() and not (tmp_path / SUMS).exists()


def test_the_description_holds_no_row(snapshot: Path, tmp_path: Path) -> None:
    export(snapshot, tmp_path, "csv", "officer", None, TODAY)
    text = (tmp_path / PACKAGE).read_text(encoding="utf-8")
    with (tmp_path / "members.csv").open(encoding="utf-8", newline="") as file:
        assert CHILD in {row["child_id"] for row in csv.DictReader(file)}, "or this shows nothing"
    assert not [word for word in (CHILD, WORKER, COUNTER, str(WITHHELD), "Ann Childs") if word in text]
