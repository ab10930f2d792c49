"""Reads of a case system's database among the raw rows: what a read brought that the one before did not have, and what was gone.

A read is kept as a small Parquet file: the rows that are new or changed, each with a number of its own, and the numbers of those that are
gone since the read before, which the file names. So a row lies in one kept file, and in raw once, however often it is read. The view
raw.<contract> shows each read whole. Why: docs/adr/0026-reads-of-a-database.md.
"""

from __future__ import annotations

import os
from hashlib import file_digest
from pathlib import Path
from typing import Any

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.records import Receipt
from countermark.warehouse.kept import kept_file

MAGIC = b"PAR1"
PRIVATE_FILE = 0o600
ROWS_AT_ONCE = 51_200
FOLLOWS, FILE, DAY = "countermark.follows", "countermark.file", "countermark.day"
TABLE = "create table if not exists raw.reads (contract varchar, chain varchar, place integer, delivery_id varchar)"
OWN = {"chain": "varchar", "came": "integer", "gone": "integer", "row_hash": "uhugeint"}
PLACES = ("row_number", "source_row", "sheet_number", "unreadable")


def is_read_from_databases(catalogue: Catalogue, contract: Contract) -> bool:
    """Whether the contract is also a table of a case system's database."""
    return bool(catalogue.families[contract.family].database)


def rows_table(con: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """The table that holds a contract's raw rows: raw.<contract> itself, or where that is a view over reads, what the view shows."""
    name = f"{contract.table}__rows"
    there = "select 1 from duckdb_tables() where schema_name = 'raw' and database_name = current_database() and table_name = ?"
    return f'raw."{name}"' if con.execute(there, [name]).fetchone() else f'raw."{contract.table}"'


def create(con: duckdb.DuckDBPyConnection, contract: Contract, columns: dict[str, str]) -> None:
    """An empty table for a contract's rows, and the view that shows every read whole. `columns` are those of raw.<contract>."""
    con.execute("delete from raw.reads where contract = ?", [contract.id])
    fields = ", ".join(f'"{name}" {kind}' for name, kind in {**columns, **OWN}.items())
    names = ", ".join(f'r."{name}"' for name in columns if name != "delivery_id")
    con.execute(f'create or replace table raw."{contract.table}__rows" ({fields})')
    con.execute(
        f"""
        create or replace view raw."{contract.table}" as
        select r.delivery_id, {names} from raw."{contract.table}__rows" as r where r.chain is null
        union all
        select s.delivery_id, {names} from raw."{contract.table}__rows" as r
        join raw.reads as s on s.contract = '{contract.id}' and r.chain = s.chain and s.place >= r.came
            and (r.gone is null or s.place < r.gone)
        """
    )


def chain_of(authority: str, file: str) -> str:
    """What the reads of one table of one database have in common."""
    return f"{authority} {file}"


def differences(con: duckdb.DuckDBPyConnection, contract: Contract, chain: str) -> tuple[int, int]:
    """Set the rows of the view `delivered` against the last read of the chain: temp.added and temp.lost. How many rows are in each.

    A row is known again by the hash of all its cells; of equal rows each has a number of its own.
    """
    cells = ", ".join(f"'{name}', \"{name}\"" for name in ("unreadable", *contract.columns))
    con.execute(
        f"""
        create or replace temp table added as
        with fresh as (
            select *, md5_number(json_object({cells})::varchar) as row_hash from delivered
        ), numbered as (
            select *, row_number() over (partition by row_hash) as nth from fresh
        ), before as (
            select row_hash, row_number() over (partition by row_hash order by row_number) as nth
            from {rows_table(con, contract)} where chain = $chain and gone is null
        )
        select (row_number() over (order by n.row_hash, n.nth)
            + (select coalesce(max(row_number), 0) from {rows_table(con, contract)} where chain = $chain))::integer as row_number,
            n.* exclude (nth)
        from numbered as n anti join before using (row_hash, nth)
        """,
        {"chain": chain},
    )
    con.execute(
        f"""
        create or replace temp table lost as
        with fresh as (
            select md5_number(json_object({cells})::varchar) as row_hash from delivered
        ), numbered as (
            select row_hash, row_number() over (partition by row_hash) as nth from fresh
        ), before as (
            select row_number, row_hash, row_number() over (partition by row_hash order by row_number) as nth
            from {rows_table(con, contract)} where chain = $chain and gone is null
        )
        select b.row_number from before as b anti join numbered using (row_hash, nth)
        """,
        {"chain": chain},
    )
    return _count(con, "temp.added"), _count(con, "temp.lost")


def keep(con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, said: dict[str, str]) -> str:
    """Write temp.added and temp.lost as a kept file; its hash. The same differences of the same read give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = ("row_number", "unreadable", *contract.columns)
    names = ", ".join(f'"{name}"' for name in columns)
    query = f"select {names}, false as is_gone from temp.added union all by name select row_number, true as is_gone from temp.lost"
    reader = con.execute(f"select * from ({query}) order by is_gone, row_number").fetch_record_batch(ROWS_AT_ONCE)
    draft = home.tmp / f"read-{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "w+b") as file:
        schema = reader.schema.with_metadata(said)
        with pq.ParquetWriter(file, schema, compression="zstd", store_schema=True) as writer:
            for batch in reader:
                writer.write_table(pa.Table.from_batches([batch]).replace_schema_metadata(said))
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
    draft.replace(home.deliveries / digest)
    return digest


def append(con: duckdb.DuckDBPyConnection, contract: Contract, chain: str, delivery_id: str) -> int:
    """Add a read to its chain out of temp.added and temp.lost. Returns how many rows it has in all."""
    table = rows_table(con, contract)
    found = con.execute(
        "select coalesce(max(place) + 1, 0) from raw.reads where chain = ? and contract = ?", [chain, contract.id]
    )
    place = int(found.fetchall()[0][0])
    con.execute(
        f"update {table} set gone = $place where chain = $chain and gone is null and row_number in (select row_number from temp.lost)",
        {"place": place, "chain": chain},
    )
    con.execute(
        f"""
        insert into {table} by name
        select $delivery as delivery_id, '{contract.table}!' || row_number as source_row, 0 as sheet_number, $chain as chain,
            $place as came, a.* from temp.added as a
        """,
        {"delivery": delivery_id, "chain": chain, "place": place},
    )
    con.execute("insert into raw.reads values (?, ?, ?, ?)", [contract.id, chain, place, delivery_id])
    return _count(con, f'raw."{contract.table}" where delivery_id = ?', [delivery_id])


def is_read(home: Home, receipt: Receipt) -> bool:
    """Whether a receipt is of a read: its kept file is one of ours."""
    path = kept_file(home, receipt.sha256)
    if not receipt.contract or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def restore(con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, receipt: Receipt) -> None:
    """Bring a read back into raw from its kept file. The reads before it are there: receipts are taken in their order."""
    path = str(kept_file(home, receipt.sha256))
    there = {row[0] for row in con.execute("describe from read_parquet(?)", [path]).fetchall()}
    cells = ", ".join(f'"{n}"' if n in there else f'null::varchar as "{n}"' for n in contract.columns)
    pairs = ", ".join(f"'{name}', \"{name}\"" for name in ("unreadable", *contract.columns))
    con.execute(
        f"""
        create or replace temp table added as
        select *, md5_number(json_object({pairs})::varchar) as row_hash
        from (select row_number, unreadable, {cells} from read_parquet(?) where not is_gone)
        """,
        [path],
    )
    con.execute("create or replace temp table lost as select row_number from read_parquet(?) where is_gone", [path])
    rows = append(con, contract, chain_of(receipt.authority, receipt.file), receipt.delivery_id)
    con.execute("insert into raw.taken values (?, ?, ?, ?)", [receipt.delivery_id, contract.id, rows, 0])


def forget(con: duckdb.DuckDBPyConnection, contract: Contract, delivery_ids: list[str]) -> None:
    """Take reads out of raw again, the last of their chains: what they brought goes, what they missed is there again."""
    table = rows_table(con, contract)
    chains = con.execute(
        "select chain, min(place) from raw.reads where contract = ? and list_contains(?, delivery_id) group by chain",
        [contract.id, delivery_ids],
    ).fetchall()
    for chain, place in chains:
        con.execute(f"delete from {table} where chain = ? and came >= ?", [chain, place])
        con.execute(f"update {table} set gone = null where chain = ? and gone >= ?", [chain, place])
        con.execute(
            "delete from raw.reads where contract = ? and chain = ? and place >= ?", [contract.id, chain, place]
        )


def supersede(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Of several reads of one table on one day the last one counts, whole: what it no longer has is gone."""
    con.execute(
        f"""
        update typed."{contract.table}" set is_counted = false where is_counted and delivery_id in (
            select d.delivery_id from typed.deliveries as d join raw.reads as r using (delivery_id)
            where d.contract = $contract and exists (
                select 1 from typed.deliveries as n join raw.reads as later using (delivery_id)
                where later.chain = r.chain and later.contract = r.contract and later.place > r.place
                    and n.extracted_on = d.extracted_on and n.status <> 'withdrawn'
            )
        )
        """,
        {"contract": contract.id},
    )


def tables_kept(path: Path) -> dict[str, Any]:
    """A kept file as Arrow, with what it says of itself: for those who have to look into it."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    said = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    return {"table": table, "said": said}


def _count(con: duckdb.DuckDBPyConnection, source: str, values: list[str] | None = None) -> int:
    return int(con.execute(f"select count(*) from {source}", values or []).fetchall()[0][0])
