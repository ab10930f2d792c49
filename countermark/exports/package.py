"""What lies beside exported CSV: a Frictionless Data Package that describes every file, and the files' fingerprints.

Both say only what tables.toml and the files themselves say, so that two exports of one snapshot are the same bytes. Not here:
writing the tables.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any

from countermark.exports.published import Column, Table, tables

PACKAGE, SUMS = "datapackage.json", "SHA256SUMS"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"  # names the standard; nobody need fetch it
FIELD_TYPES = {
    "text": "string", "date": "date", "moment": "datetime", "integer": "integer", "number": "number", "boolean": "boolean",
}  # fmt: skip
NOTE = (
    "Management information. A figure is quoted with its status and its position date. Moments are UTC. A text "
    "that a spreadsheet could take for a formula has an apostrophe before it."
)


def describe(folder: Path, given: Sequence[Table], audience: str, snapshot: str) -> list[str]:
    """Write datapackage.json and SHA256SUMS for the audience's CSV files in `folder`. Returns the two names."""
    paths = [folder / f"{table.name}.csv" for table in given]
    sums = {path.name: _sha256(path) for path in paths}
    names = {table.name for table in given}
    said = {
        "$schema": PROFILE,
        "name": f"countermark-{audience}",
        "title": "Published figures of children's services, with their status",
        "description": NOTE,
        "version": snapshot,
        "countermark:audience": audience,
        "resources": [_resource(table, path, sums[path.name], names) for table, path in zip(given, paths, strict=True)],
    }
    text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    (folder / PACKAGE).write_text(text, encoding="utf-8", newline="\n")
    sums[PACKAGE] = _sha256(folder / PACKAGE)
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (folder / SUMS).write_text(lines, encoding="utf-8", newline="\n")
    return [PACKAGE, SUMS]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _resource(table: Table, path: Path, digest: str, given: set[str]) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "type": "table",
        "path": path.name,
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": schema(table, given),
    }


def schema(table: Table, given: set[str]) -> dict[str, Any]:
    """A table as a Table Schema; references only to tables among the `given`."""
    names = {column.name for column in table.columns}
    key = table.key if set(table.key) <= names else ()
    said: dict[str, Any] = {
        "fields": [_field(column, column.name in key) for column in table.columns],
        "missingValues": [""],
    }
    if key:
        said["primaryKey"] = list(key)
    references = [
        {
            "fields": list(one.columns),
            "reference": {"resource": one.table.replace("_", "-"), "fields": _key_of(one.table)},
        }
        for one in table.refers
        if one.table in given and set(one.columns) <= names
    ]
    if references:
        said["foreignKeys"] = references
    return said


def _key_of(table: str) -> list[str]:
    return list(tables()[table].key)


def _field(column: Column, needed: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": column.name,
        "type": FIELD_TYPES[column.type],
        "description": column.meaning,
    }
    if needed:
        said["constraints"] = {"required": True}
    return said
