"""The published tables as a data contract: Open Data Contract Standard 3.1, YAML, all of it from tables.toml.

What stands here binds: names are added and never renamed, a figure has its status beside it. Not here: how often a council publishes,
which the council says itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countermark.exports.published import Column, Table, tables
from countermark.onward.tables import given

STANDARD = "v3.1.0"
VERSION = "1.0.0"  # of what is promised; tables.toml says what: a column more is a minor version, one less would be a major one
LOGICAL = {
    "text": "string", "date": "date", "moment": "timestamp", "integer": "integer", "number": "number", "boolean": "boolean",
}  # fmt: skip
PHYSICAL = {
    "text": "text", "date": "date", "moment": "timestamp with time zone", "integer": "integer", "number": "double precision",
    "boolean": "boolean",
}  # fmt: skip
PERSONAL = {
    "child_id",
    "case_id",
    "worker",
    "counted_by",
    "signed_by",
    "break_id",
    "file",
    "manual_source",
    "system_source",
    "source_row",
}
STATUSES = ("certified", "provisional", "withheld")


def contract_text(audience: str = "officer") -> str:
    """The contract of what an audience is given, as YAML. ValueError for an unknown audience."""
    return "\n".join(_yaml(contract(audience))) + "\n"


def contract(audience: str) -> dict[str, Any]:
    """The contract as plain data."""
    wanted = [one.described for one in given(audience)]
    names = {table.name for table in wanted}
    return {
        "apiVersion": STANDARD,
        "kind": "DataContract",
        "id": f"countermark-published-{audience}",
        "name": f"Published figures of children's services, for the audience {audience}",
        "version": VERSION,
        "status": "active",
        "domain": "children's services",
        "dataProduct": "countermark",
        "description": {
            "purpose": "Figures that say of themselves whether they can be trusted, and what that rests on.",
            "usage": "Quote a figure with its status, its position date and, where it is being checked, its range. Do not quote a "
            "withheld one.",
            "limitations": "Management information. A certified figure can be a bad one: the status speaks of the counting and not of "
            "the practice.",
        },
        "schema": [_object(table, names) for table in wanted],
        "roles": [{"role": audience, "access": "read", "description": AUDIENCES[audience]}],
        "slaProperties": [
            {
                "property": "completeness", "value": "whole", "element": "publication.content_hash",
                "description": "A publication replaces all tables in one transaction: a reader sees the old one or the new one.",
            },
            {
                "property": "retention", "value": "every revision", "element": "revisions.revision",
                "description": "No published figure is overwritten without a trace: each revision stays in the table revisions.",
            },
        ],
    }  # fmt: skip


AUDIENCES = {
    "officer": "Performance officers: everything, children and workers included.",
    "leader": "Leaders, boards and advisers: no child, no worker, no name of a person; nothing suppressed.",
    "public": "Everybody: the authority's figures, small numbers suppressed.",
}


def _object(table: Table, names: set[str]) -> dict[str, Any]:
    columns = {column.name for column in table.columns}
    key = table.key if set(table.key) <= columns else ()
    said: dict[str, Any] = {
        "name": table.name,
        "physicalName": table.name,
        "physicalType": "table",
        "logicalType": "object",
        "description": table.title,
        "properties": [_property(column, key) for column in table.columns],
    }
    relations = [
        {
            "type": "foreignKey",
            "from": [f"{table.name}.{name}" for name in one.columns],
            "to": [f"{one.table}.{name}" for name in tables()[one.table].key],
        }
        for one in table.refers
        if one.table in names and set(one.columns) <= columns
    ]
    if relations:
        said["relationships"] = relations
    if key:
        said["quality"] = [
            {
                "name": f"{table.name}_unique", "type": "library", "metric": "duplicateValues", "mustBe": 0, "unit": "rows",
                "arguments": {"properties": list(key)}, "description": "Every row has a key of its own.",
            }
        ]  # fmt: skip
    return said


def _property(column: Column, key: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": column.name,
        "physicalName": column.name,
        "logicalType": LOGICAL[column.type],
        "physicalType": PHYSICAL[column.type],
        "description": column.meaning,
        "required": column.name in key,
        "classification": "personal" if column.name in PERSONAL else "internal",
    }
    if column.name in key:
        said |= {"primaryKey": True, "primaryKeyPosition": list(key).index(column.name) + 1}
    if column.name == "status" and "certified" in column.meaning:
        allowed = {"validValues": list(STATUSES)}
        said["criticalDataElement"] = True
        said["quality"] = [
            {
                "name": "status_known",
                "type": "library",
                "metric": "invalidValues",
                "mustBe": 0,
                "unit": "rows",
                "arguments": allowed,
            }
        ]
    return said


def _yaml(value: Mapping[str, Any], indent: int = 0) -> Iterator[str]:
    """Plain data as YAML lines; every text is in JSON's quotes, which YAML reads as they are."""
    for name, said in value.items():
        head = f"{' ' * indent}{name}:"
        if isinstance(said, Mapping):
            yield head
            yield from _yaml(said, indent + 2)
        elif isinstance(said, list) and said and isinstance(said[0], Mapping):
            yield head
            for one in said:
                first, *others = _yaml(one, indent + 4)
                yield f"{' ' * (indent + 2)}- {first.lstrip()}"
                yield from others
        else:
            yield f"{head} {json.dumps(said, ensure_ascii=False)}"
