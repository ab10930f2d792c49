"""Kept reads of a database without a child: its rows leave the file, every other row keeps its number."""

from __future__ import annotations

import io
from collections.abc import Iterable

from countermark.purge.called import Called
from countermark.warehouse.reads import MAGIC

GONE = b"countermark.purged"  # the numbers of rows that a purge took out, of this file or of one that it follows


def is_read(content: bytes) -> bool:
    """Whether the bytes are of a kept read."""
    return content.startswith(MAGIC)


def words_of(content: bytes) -> list[str]:
    """Every cell of a kept read, for those who look for a child in it."""
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    texts = [table.column(name).unique().to_pylist() for name in _text_columns(table)]
    return [" \n".join(text for text in column if text) for column in texts]


def redact_read(content: bytes, numbers: Iterable[int], called: Called) -> bytes:
    """The bytes without the rows of these numbers and without the child in any other cell. Done again it changes nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    said = dict(table.schema.metadata or {})
    before = {int(number) for number in said.get(GONE, b"").decode().split(",") if number}
    gone = sorted(before | set(numbers))
    if gone:
        said[GONE] = ",".join(map(str, gone)).encode()
    left = table.filter(pc.invert(pc.is_in(table.column("row_number"), pa.array(gone, pa.int32()))))
    for place, name in enumerate(left.column_names):
        if name not in _text_columns(left):
            continue
        cells = left.column(name).to_pylist()
        without = [called.without(cell) if cell else cell for cell in cells]
        if without != cells:
            left = left.set_column(place, name, pa.array(without, pa.string()))
    if left.equals(table) and said == dict(table.schema.metadata or {}):
        return content
    out = io.BytesIO()
    pq.write_table(left.replace_schema_metadata(said), out, compression="zstd")
    return out.getvalue()


def _text_columns(table: object) -> list[str]:
    import pyarrow as pa

    return [field.name for field in table.schema if field.type == pa.string()]  # type: ignore[attr-defined]
