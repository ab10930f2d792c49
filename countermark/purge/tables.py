"""A published snapshot without a child: its rows deleted, its names out of what people wrote, in a new file without a page of the old."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from countermark.home import Home
from countermark.purge.called import Called, PurgeError
from countermark.warehouse.connect import quiet

PERSON = (
    "child_id",
    "case_id",
    "person_id",
    "other_child_id",
    "left_case",
    "right_case",
)  # columns that hold an id, or a case of one
TEXTS = (
    "file", "note", "reason", "definition", "manual_source", "system_source", "left_source", "right_source", "message", "says",
    "lapse_reason", "text", "body",
)  # fmt: skip
PLACES = (
    ("delivery_id", "source_row"),
    ("system_delivery_id", "system_source_row"),
    ("manual_delivery_id", "manual_source_row"),
    ("left_delivery_id", "left_source_row"),
    ("right_delivery_id", "right_source_row"),
)
IS_CASE = "(upper({0}) in (select id from gone) or regexp_replace(upper({0}), '/[^/]*$', '') in (select id from gone))"


def holds(path: Path, authority: str, called: Called) -> bool:
    """Whether of the authority any text cell of a snapshot is one of the ids, or a case of one."""
    con = duckdb.connect()
    with quiet("looking through a publication"):
        try:
            con.execute(f"attach '{_quoted(path)}' as clean (read_only)")
            _note(con, called, [])
            return _left(con, authority) != ""
        finally:
            con.close()


def refuse_left(path: Path, authority: str, called: Called) -> None:
    """PurgeError where a snapshot still holds one of the ids."""
    if holds(path, authority, called):
        raise PurgeError("A publication still holds an id that should have gone: report this.")


def rewrite(home: Home, path: Path, authority: str, called: Called, places: list[tuple[str, str]]) -> bool:
    """Replace the snapshot at `path` by one without the children; `places` are the (delivery, row) that were theirs. False, and the file
    left alone, where it holds nothing of them. PurgeError, and the file left alone, where one of the ids would still be in it."""
    clean = home.tmp / f"purged-{os.getpid()}.duckdb"
    clean.unlink(missing_ok=True)
    con = duckdb.connect()
    with quiet("taking a child out of a publication"):
        try:
            con.execute(f"attach '{_quoted(path)}' as published (read_only)")
            _note(con, called, places)
            hit = {
                (schema, table): _where(con, authority, schema, table) for schema, table in _tables(con, "published")
            }
            gone = sum(_count(con, f'published."{s}"."{t}"', where) for (s, t), where in hit.items())
            texts = {key: _spoken(con, key, called) for key in hit}
            if not gone and not any(texts.values()):
                return False
            con.execute(f"attach '{_quoted(clean)}' as clean")
            con.execute("copy from database published to clean (schema)")
            for (schema, table), where in hit.items():
                _copy(con, schema, table, where, texts[schema, table])
            if left := _left(con, authority):
                raise PurgeError(f"A publication would still hold an id in {left}: it was left as it is; report this.")
            con.execute("checkpoint clean")
        finally:
            con.close()
    with clean.open("rb+") as file:
        os.fsync(file.fileno())
    clean.replace(path)
    return True


def _note(con: duckdb.DuckDBPyConnection, called: Called, places: list[tuple[str, str]]) -> None:
    con.execute("create temp table gone (id varchar)")
    con.execute("create temp table places (delivery_id varchar, source_row varchar)")
    con.execute("insert into gone select unnest($ids)", {"ids": sorted(called.ids)})
    if places:
        con.execute(
            "insert into places select unnest($a), unnest($b)",
            {"a": [p[0] for p in places], "b": [p[1] for p in places]},
        )


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    return con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? order by all", [database]
    ).fetchall()


def _columns(con: duckdb.DuckDBPyConnection, database: str, schema: str, table: str) -> dict[str, str]:
    rows = con.execute(
        "select column_name, data_type from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ? "
        "order by column_index",
        [database, schema, table],
    ).fetchall()
    return dict(rows)


def _where(con: duckdb.DuckDBPyConnection, authority: str, schema: str, table: str) -> str:
    """Which rows of a table are the children's."""
    names = _columns(con, "published", schema, table)
    parts = [IS_CASE.format(f'"{name}"') for name in PERSON if names.get(name) == "VARCHAR"]
    for delivery, row in PLACES:
        if {delivery, row} <= names.keys():
            parts.append(f'("{delivery}", "{row}") in (select (delivery_id, source_row) from places)')
    if "break_id" in names and not set(PERSON) & names.keys():  # known by the difference alone: its life, what it moves
        mine = " or ".join(IS_CASE.format(f'"{name}"') for name in ("child_id", "case_id"))
        parts.append(f"break_id in (select break_id from published.main.breaks where ({mine}) and {_of(authority)})")
        if "difference_id" in _columns(con, "published", "main", "pair_items"):
            of_systems = f"select difference_id from published.main.pair_items where ({mine}) and {_of(authority)}"
            parts.append(f"break_id in ({of_systems})")
    either = " or ".join(f"coalesce({part}, false)" for part in parts) or "false"
    return f"({either}) and {_of(authority)}" if "authority" in names else either


def _of(authority: str) -> str:
    """Rows of the authority, and of files that nobody could give to one: the same id elsewhere is another child."""
    return "authority in ('{}', '')".format(authority.replace("'", "''"))


def _count(con: duckdb.DuckDBPyConnection, table: str, where: str) -> int:
    return int(con.execute(f"select count(*) from {table} where {where}").fetchall()[0][0])


def _spoken(con: duckdb.DuckDBPyConnection, key: tuple[str, str], called: Called) -> dict[str, list[tuple[str, str]]]:
    """By column: texts that name a child, each with what is left of it."""
    found = {}
    for name, kind in _columns(con, "published", *key).items():
        if name in TEXTS and kind == "VARCHAR":
            rows = con.execute(
                f'select distinct "{name}" from published."{key[0]}"."{key[1]}" where "{name}" is not null'
            ).fetchall()
            changed = [(text, called.without(text)) for (text,) in rows if called.in_text(text)]
            if changed:
                found[name] = changed
    return found


def _copy(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, where: str, texts: dict[str, list[tuple[str, str]]]
) -> None:
    """Copy what stays; texts that name a child are replaced on the way, so that the new file never held them."""
    for name, pairs in texts.items():
        con.execute(f'create or replace temp table "said {name}" (said varchar, remaining varchar)')
        con.executemany(f'insert into "said {name}" values (?, ?)', pairs)
    chosen = ", ".join(
        f'coalesce((select s.remaining from "said {name}" as s where s.said = t."{name}"), t."{name}") as "{name}"'
        if name in texts
        else f't."{name}"'
        for name in _columns(con, "published", schema, table)
    )
    con.execute(
        f'insert into clean."{schema}"."{table}" by name select {chosen} from published."{schema}"."{table}" as t where not ({where})'
    )


def _left(con: duckdb.DuckDBPyConnection, authority: str) -> str:
    """Where a text cell of `clean` still is an id or a case of one, whatever its column is called; empty where none is."""
    for schema, table in _tables(con, "clean"):
        columns = _columns(con, "clean", schema, table)
        scope = f" and {_of(authority)}" if "authority" in columns else ""
        for name, kind in columns.items():
            own = IS_CASE.format(f'"{name}"') + scope
            if kind == "VARCHAR" and not _is_machine(name) and _count(con, f'clean."{schema}"."{table}"', own):
                return f"{schema}.{table} under {name}"
    return ""


def _is_machine(name: str) -> bool:
    """Places of rows and digests can be the same signs as an id and are none."""
    return name.endswith(("source_row", "_hash", "delivery_id"))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
