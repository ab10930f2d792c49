"""Holds the data contract to account: the structure that ODCS 3.1 asks for, every published column with its meaning, and nothing of an audience
that it is not given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from countermark.exports.audience import AUDIENCES, given_to
from countermark.onward.contract import contract, contract_text
from pipelines.command_line import app

REQUIRED = {"apiVersion", "kind", "id", "version", "status"}
TOP = REQUIRED | {"name", "domain", "dataProduct", "description", "schema", "roles", "slaProperties"}
OBJECT = {
    "name",
    "physicalName",
    "physicalType",
    "logicalType",
    "description",
    "properties",
    "relationships",
    "quality",
}
PROPERTY = {
    "name", "physicalName", "logicalType", "physicalType", "description", "required", "classification", "primaryKey",
    "primaryKeyPosition", "criticalDataElement", "quality",
}  # fmt: skip
LOGICAL_TYPES = {"string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"}
METRICS = {"nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"}


@pytest.fixture(params=AUDIENCES)
def audience(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def read(audience: str) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(contract_text(audience))
    return said


def test_the_text_says_what_the_data_say(audience: str) -> None:
    assert read(audience) == contract(audience)


def test_the_structure_is_the_standards(audience: str) -> None:
    said = read(audience)
    assert REQUIRED <= set(said) <= TOP and (said["apiVersion"], said["kind"]) == ("v3.1.0", "DataContract")
    assert set(said["description"]) <= {"purpose", "usage", "limitations"}
    for one in said["schema"]:
        assert set(one) <= OBJECT and one["logicalType"] == "object"
        for column in one["properties"]:
            assert set(column) <= PROPERTY and column["logicalType"] in LOGICAL_TYPES, column["name"]
        for check in (*one.get("quality", []), *(c for p in one["properties"] for c in p.get("quality", []))):
            assert check["type"] == "library" and check["metric"] in METRICS and check["mustBe"] == 0
    assert [set(role) for role in said["roles"]] == [{"role", "access", "description"}]
    assert all(
        {"property", "value"} <= set(one) <= {"property", "value", "element", "description"}
        for one in said["slaProperties"]
    )


def test_every_column_is_there_with_its_meaning_and_a_status_beside_figures(audience: str) -> None:
    found = {one["name"]: {column["name"]: column for column in one["properties"]} for one in read(audience)["schema"]}
    wanted = {table.name: {column.name: column.meaning for column in table.columns} for table in given_to(audience)}
    assert set(found) == set(wanted)
    for table, columns in wanted.items():
        assert {name: found[table][name]["description"] for name in columns} == columns
        assert set(found[table]) - set(columns) <= {"status", "status_words"}
    assert found["metrics"]["status"]["criticalDataElement"] is True
    assert all(
        {"status", "status_words"} <= set(found[name]) for name in ("bridge_lines", "revisions") if name in found
    )


def test_keys_and_references_lead_to_columns_that_are_there(audience: str) -> None:
    said = read(audience)["schema"]
    columns = {f"{one['name']}.{column['name']}" for one in said for column in one["properties"]}
    references = [relation for one in said for relation in one.get("relationships", [])]
    assert len(references) == {"officer": 14, "leader": 8, "public": 2}[audience]
    for one in references:
        assert (
            one["type"] == "foreignKey" and len(one["from"]) == len(one["to"]) and {*one["from"], *one["to"]} <= columns
        )
    for one in said:
        places = sorted(c["primaryKeyPosition"] for c in one["properties"] if c.get("primaryKey"))
        assert places == list(range(1, len(places) + 1))
        assert all(column["required"] for column in one["properties"] if column.get("primaryKey"))


def test_what_is_personal_is_marked_and_given_to_officers_alone() -> None:
    def personal(audience: str) -> set[str]:
        return {
            c["name"]
            for one in read(audience)["schema"]
            for c in one["properties"]
            if c["classification"] == "personal"
        }

    assert {"child_id", "case_id", "worker", "counted_by", "signed_by"} <= personal("officer")
    assert personal("leader") == personal("public") == set()


def test_the_command_writes_it_and_an_unknown_audience_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "a.odcs.yaml"
    done = CliRunner().invoke(app, ["contract", "--out", str(out)])
    assert (
        done.exit_code == 0 and yaml.safe_load(out.read_text(encoding="utf-8"))["id"] == "countermark-published-leader"
    )
    assert CliRunner().invoke(app, ["contract", "--out", str(out), "--audience", "everybody"]).exit_code != 0
    with pytest.raises(ValueError, match="the audiences are"):
        contract_text("everybody")
