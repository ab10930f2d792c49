"""Looking for a planted child in everything that a folder holds: file names, bytes in several encodings, what is packed in zip, gzip and
zlib, every cell of SQLite and DuckDB files, their free pages included.

A search that finds nothing proves something only where the same search finds the child when it is there: `planted` makes such files.
"""

from __future__ import annotations

import base64
import gzip
import io
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

DEPTH = 4  # archives within archives
SQLITE, GZIP, ZIP, ZLIB = b"SQLite format 3\x00", b"\x1f\x8b", b"PK\x03\x04", (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
Hit = tuple[str, str]


def search(words: Sequence[str], *places: Path, leave_out: Sequence[str] = ()) -> set[Hit]:
    """(word, file) for each word that occurs below the places, letters' case aside. `leave_out`: beginnings of paths within a place."""
    hits: set[Hit] = set()
    forms = {word: [word.lower().encode(encoding) for encoding in ENCODINGS] for word in words}
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            name = path.name if path == place else path.relative_to(place).as_posix()
            if name.startswith(tuple(leave_out)) and leave_out:
                continue
            for held in (name.encode(), *(_held(path) if path.is_file() else ())):
                plain = held.lower()
                hits |= {(word, name) for word, those in forms.items() if any(form in plain for form in those)}
    return hits


def _held(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield from _pieces(content)
    if content.startswith(SQLITE):
        yield from _sqlite(path)
    if content[8:12] == b"DUCK":
        yield from _duckdb(path)


def _pieces(content: bytes, depth: int = 0) -> Iterator[bytes]:
    yield content
    if depth < DEPTH:
        for inner in _unpacked(content):
            yield from _pieces(inner, depth + 1)


def _unpacked(content: bytes) -> Iterator[bytes]:
    if content.startswith(GZIP):
        yield gzip.decompress(content)
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield packed.read(name)
    if content.startswith(ZLIB):
        try:
            yield zlib.decompress(content)
        except zlib.error:
            return


def _sqlite(path: Path) -> Iterator[bytes]:
    con = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (name,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in con.execute(f'select * from "{name}"'):
                for cell in row:
                    yield from _pieces(cell) if isinstance(cell, bytes) else ()
    finally:
        con.close()


def _duckdb(path: Path) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:  # a copy: the file may be open here under other settings
        yield from _rows(Path(shutil.copy(path, Path(folder) / "copy.duckdb")))


def _rows(path: Path) -> Iterator[bytes]:
    con = duckdb.connect(str(path), read_only=True)
    try:
        for database, schema, table in con.execute(
            "select database_name, schema_name, table_name from duckdb_tables() where not internal and not temporary"
        ).fetchall():
            rows = con.execute(f'select string_agg(t::varchar, chr(10)) from "{database}"."{schema}"."{table}" as t')
            yield str(rows.fetchall()[0][0]).encode()
    finally:
        con.close()


def planted(folder: Path, word: str) -> list[Path]:
    """Files that hold the word in every way that the search knows: the search's own positive control."""
    folder.mkdir(parents=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as inner:
        inner.writestr("xl/sharedStrings.xml", f"<t>{word}</t>" * 3)
    contents = {
        "plain.log": f"a {word.lower()} b".encode(), "wide.csv": f"id;{word}".encode("utf-16"), "odd.bin": b"\0" + word.encode("utf-16-le"),
        "book.xlsx": packed.getvalue(), "old.gz": gzip.compress(packed.getvalue()), f"{word}.txt": b"",
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    con = sqlite3.connect(folder / "runs.db")
    con.execute("create table held (cell blob)")
    con.execute("insert into held values (?)", [zlib.compress(f"x {word} y".encode())])
    con.commit()
    con.close()
    store = duckdb.connect(str(folder / "kept.duckdb"))
    store.execute("create table t as select ? as child, [?] as cells from range(3)", [word, f"{word} in a list"])
    store.close()
    return sorted(folder.iterdir())


def disguised(word: str) -> list[str]:
    """The word and the ways in which something could have written it without meaning to hide it."""
    return [word, base64.b64encode(word.encode()).decode().rstrip("=")[:-1], word.encode().hex()]
