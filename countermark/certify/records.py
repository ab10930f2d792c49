"""The delivered rows of the children whom the desk works on: one sealed file beside the warehouse, for pages that show a record.

A snapshot holds who counts and what fails, and no row's cells; the warehouse has the cells, and nobody may read it while a run
writes. So every run copies these rows here. They are kept once, not in every publication: derived, rebuilt by a run, cleared by
a purge. Why: docs/adr/0022-one-file-of-records.md.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb

from countermark.certify.changes import ROWS
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.secrets import PRIVATE_FILE
from countermark.warehouse import identity
from countermark.warehouse.connect import quiet
from countermark.warehouse.typed import delivered
from countermark.warehouse.weighing import ERROR, outcome

SHAPE = 2  # of the tables below
LISTED = (
    "manual_lists",
    "manual_prefilled",
    "manual_decisions",
    "manual_dip_samples",
)  # what teams write: the child stands in the case
KEPT = 2  # the newest, and the one before for whoever still reads it
SCHEMA = """
create table kept.rows (
    authority varchar, bare_child varchar, child_id varchar, contract varchar, extracted_on date, delivery_id varchar, file varchar,
    row_number integer, source_row varchar, team varchar, is_counted boolean, reject_column varchar, reject_reason varchar,
    cells varchar[], unreadable varchar[]
);
create table kept.headings (contract varchar, columns varchar[]);
create table kept.changes (
    authority varchar, contract varchar, extracted_on date, against date, kind varchar, headings varchar[], child_id varchar,
    delivery_id varchar, source_row varchar, before_delivery_id varchar, before_source_row varchar
);
"""
CHANGED = """
insert into kept.changes by name
select * exclude (read_from) from facts.changed_rows order by authority, contract, extracted_on
"""
# Whose rows: children that a figure, a difference or a failure names. Which: of the extracts that a position stands on, the lists that
# count for one, and single rows of earlier extracts that a figure or a difference cites.
WANTED = """
create or replace temp table wanted_children as
select distinct authority, ltrim(child_id, '0') as bare_child from (
    select authority, child_id from facts.members where basis = 'now' and state is not null
    union all select authority, child_id from facts.items
    union all select authority, child_id from facts.failures
    union all select authority, unnest([child_id, other_child_id]) from facts.identity_proposals
) where child_id is not null;
create or replace temp table list_ids as
select authority, old_id as said_id, any_value(root) as person_id
from identity.links group by authority, old_id having count(distinct root) = 1;
create or replace temp table wanted_deliveries as
select receipts.delivery_id from typed.receipts as receipts
join facts.basis as basis
    on receipts.authority = basis.authority and receipts.contract = basis.contract and receipts.extracted_on = basis.extracted_on
union
select delivery_id from facts.claim_rows;
create or replace temp table wanted_rows as
select delivery_id, source_row from facts.members where basis = 'now' and state is not null
union select system_delivery_id, system_source_row from facts.items
union select manual_delivery_id, manual_source_row from facts.items;
"""


def newest(home: Home) -> Path | None:
    """The file of records that stands; None where no run has written one since it was cleared."""
    found = _files(home)
    return found[-1] if found else None


def write(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, home: Home) -> Path:
    """Copy the rows out of the open warehouse into a new file, and let go of the file before the last one. Where the last one was made
    of the same deliveries, positions and definitions, it stays as it is."""
    with quiet("keeping the children's rows for the desk"):
        made_of = _made_of(con, catalogue)
        last = newest(home)
        if last is not None and last.name.endswith(made_of):
            return last
        number = int(last.name.split("-")[1]) + 1 if last else 1
        draft = home.tmp / "records.duckdb"
        for left in home.tmp.glob(f"{draft.name}*"):  # of a run that was killed, its log too
            left.unlink(missing_ok=True)
        con.execute(f"attach '{str(draft).replace(chr(39), chr(39) * 2)}' as kept")
        try:
            con.execute(SCHEMA)
            identity.ensure(con)
            con.execute(WANTED)
            tables = {contract.table: contract for contract in delivered(con, catalogue) if _child(contract)}
            for contract in tables.values():
                con.execute("insert into kept.headings values (?, ?)", [contract.id, list(contract.columns)])
            rows = " union all ".join(_rows(contract) for contract in tables.values()) or "from kept.rows"
            con.execute(f"insert into kept.rows select * from ({rows}) order by authority, bare_child")
            con.execute(f"create table if not exists facts.changed_rows ({ROWS})")
            con.execute(CHANGED)
        finally:
            con.execute("detach kept")
    draft.chmod(PRIVATE_FILE)
    path = home.path / f"{home.warehouse.name}.records-{number:06d}-{made_of}"
    draft.replace(path)
    for old in _files(home)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def clear(home: Home) -> None:
    """Remove every file of records: for a purge. The next run writes a new one; until then pages show no delivered rows."""
    for path in _files(home):
        path.unlink(missing_ok=True)


def _files(home: Home) -> list[Path]:
    return sorted(home.path.glob(f"{home.warehouse.name}.records-*"))


def _made_of(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> str:
    """A short hash of all that decides which rows are kept: deliveries as typed, positions with their extracts, definitions."""
    typed = con.execute("select digest from typed.state").fetchall()
    bases = con.execute("select authority, as_at, contract, extracted_on from facts.basis order by all").fetchall()
    unweighed = [one for one in outcome(con) if ERROR in one]  # then there are fewer pairs, whose rows are kept
    made_of = (SHAPE, catalogue.digest, typed, bases, identity.links_digest(con), *unweighed)
    return sha256(repr(made_of).encode()).hexdigest()[:12]


def _child(contract: Contract) -> str:
    """The child that a row names, as SQL; of a list that a team wrote, the child's part of the case. Empty where none does."""
    if contract.child:
        return f'r."{contract.child}"'
    return "regexp_replace(r.case_id, '/[^/]*$', '')" if contract.id in LISTED else ""


def _rows(contract: Contract) -> str:
    child = _child(contract)
    own = f"coalesce(own.person_id, {child})"
    at = f"identity.ids as own on own.contract = '{contract.id}' and own.extracted_on = d.extracted_on and"
    put_under = at if contract.child else "list_ids as own on"
    team = "t.team" if contract.team else "null"
    cells = ", ".join(f'r."{name}"' for name in contract.columns)
    return f"""
    select d.authority, ltrim({own}, '0') as bare_child, {child} as child_id, '{contract.id}' as contract, d.extracted_on,
        r.delivery_id, d.file, r.row_number, r.source_row, {team} as team, t.is_counted, t.reject_column, t.reject_reason,
        [{cells}] as cells, r.unreadable
    from raw."{contract.table}" as r
    join typed.receipts as d on r.delivery_id = d.delivery_id
    join typed."{contract.table}" as t on r.delivery_id = t.delivery_id and r.source_row = t.source_row
    left join {put_under} own.authority = d.authority and own.said_id = {child}
    where (d.authority, ltrim({own}, '0')) in (select (w.authority, w.bare_child) from wanted_children as w)
        and (r.delivery_id in (select delivery_id from wanted_deliveries)
            or (r.delivery_id, r.source_row) in (select (w.delivery_id, w.source_row) from wanted_rows as w))
    """
