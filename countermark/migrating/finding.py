"""What differs between the two sides of a change of case system, list by list, set at a time: rows lost, doubled and new, days moved, codes
become others, and what is missing by its shape.

Rows mean one another where their key is the same under the crosswalk; what is left of a child on both sides means one another in order, its
days then having moved. Row by row the two are compared as `countermark compare` compares any two extracts.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from countermark import progress
from countermark.compare.differences import Comparison, compare
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.migrating.taking import CROSSWALK, SAID, Side
from countermark.reconcile.blocks import THRESHOLDS
from countermark.warehouse.connect import quiet, statements

SCHEMA = """
create temp table crosswalk (old_id varchar, new_id varchar);
create temp table lists (
    list varchar, title varchar, before integer, after integer, lost integer, doubled integer, added integer, changed integer
);
create temp table lost (list varchar, row_id bigint, child varchar, file varchar, source_row varchar);
create temp table doubled (list varchar, child varchar, file varchar, source_row varchar);
create temp table moved (
    list varchar, heading varchar, child varchar, before date, after date, file_before varchar, row_before varchar, file_after varchar,
    row_after varchar
);
create temp table codes (list varchar, heading varchar, before varchar, after varchar, row_count integer);
create temp table children (side varchar, child varchar);
create temp table block_rows (list varchar, row_id bigint, is_missing boolean);
create temp table block_values (list varchar, row_id bigint, shape varchar, column_name varchar, value varchar, place bigint);
create or replace macro bare(id) as coalesce(nullif(ltrim(id, '0'), ''), id);
"""
# Rows of a side, numbered, under the child's id of the new system; `time` tells rows of one key apart.
ROWS = """
create or replace temp table "{label}" as
with numbered as (
    select row_number() over () as n, bare({id}) as said_id, concat_ws('/', {rest}) as rest, * from {rows}
),
called as (
    select coalesce({new_id}, said_id, '') as who, numbered.* exclude (said_id) from numbered
    left join new_ids on said_id = new_ids.old_id
)
select *, row_number() over (partition by who, rest order by n) as time from called
"""
PAIRED = """
create or replace temp table paired as
select before.n as b, after.n as a from before join after using (who, rest, time) where who <> '';
create or replace temp table again as
select n from after
where n not in (select a from paired) and (who, rest) in (select (before.who, before.rest) from before) and who <> '';
insert into paired
with left_over as (
    select who, n, row_number() over (partition by who order by rest, n) as turn from before where n not in (select b from paired)
),
right_over as (
    select who, n, row_number() over (partition by who order by rest, n) as turn from after
    where n not in (select a from paired) and n not in (from again)
)
select left_over.n, right_over.n from left_over join right_over using (who, turn) where who <> '';
"""
# An id that stays itself needs no row; one that stays itself and is another's too, or became another too, is told.
UNCHANGED = """
delete from crosswalk
where old_id = new_id
    and old_id not in (select old_id from crosswalk group by old_id having count(*) > 1)
    and new_id not in (select new_id from crosswalk group by new_id having count(*) > 1)
"""


def find(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, before: Side, after: Side, scratch: Path
) -> dict[str, Comparison]:
    """Fill the tables of SCHEMA and `blocks`, `block_of`, for everything that both sides hold; each list's row-by-row comparison."""
    found: dict[str, Comparison] = {}
    with quiet("comparing two case systems"):
        con.execute(SCHEMA)
        for side in (before, after):
            if CROSSWALK in side.lists:
                con.execute(
                    "insert into crosswalk select distinct bare(old_id), bare(new_id) from "
                    f"{side.rows_of(CROSSWALK)} where old_id is not null and new_id is not null"
                )
        con.execute(UNCHANGED)
        con.execute(
            "create or replace temp table new_ids as select old_id, min(new_id) as new_id from crosswalk group by old_id"
        )
        every = [catalogue.contracts[name] for name in sorted((before.lists.keys() | after.lists.keys()) - {CROSSWALK})]
        for done, contract in enumerate(every):
            progress.report("Comparing the lists", done, len(every))
            comparison = _list(con, contract, before, after, scratch)
            if comparison is not None:
                found[contract.id] = comparison
        progress.report("Looking for what is missing together")
        for statement in statements(catalogue.shared("migrate/blocks")):
            con.execute(statement, {name: value for name, value in THRESHOLDS.items() if f"${name}" in statement})
    return found


def _list(
    con: duckdb.DuckDBPyConnection, contract: Contract, before: Side, after: Side, scratch: Path
) -> Comparison | None:
    counts = [side.lists.get(contract.id, 0) for side in (before, after)]
    if not all(side.lists.get(contract.id) for side in (before, after)) or not contract.key:
        con.execute("insert into lists values (?, ?, ?, ?, 0, 0, 0, 0)", [contract.id, contract.title, *counts])
        return None
    _number(con, contract, before, after)
    for statement in statements(PAIRED):
        con.execute(statement)
    compared = _row_by_row(con, contract, scratch)
    child = _child(contract)
    con.execute(
        """
        insert into lists select $list, $title, $before, $after,
            (select count(*) from before where n not in (select b from paired)), (select count(*) from again),
            (select count(*) from after where n not in (select a from paired) and n not in (from again)), $changed
        """,
        {
            "list": contract.id,
            "title": contract.title,
            "before": counts[0],
            "after": counts[1],
            "changed": compared.kinds["changed"],
        },
    )
    con.execute(
        f'insert into lost select $list, n, {child}, file, "source row" from before where n not in (select b from paired)',
        {"list": contract.id},
    )
    con.execute(
        f'insert into doubled select $list, {child}, file, "source row" from after where n in (from again)',
        {"list": contract.id},
    )
    if contract.child:
        con.execute("insert into children select distinct 'before', who from before where who <> ''")
        con.execute("insert into children select distinct 'after', who from after where who <> ''")
    _columns(con, contract)
    _shapes(con, contract)
    return compared


def _child(contract: Contract) -> str:
    return f'"{contract.child or contract.key[0]}"'


def _number(con: duckdb.DuckDBPyConnection, contract: Contract, before: Side, after: Side) -> None:
    child = _child(contract)
    rest = ", ".join(f"coalesce(\"{name}\"::varchar, '')" for name in contract.key if f'"{name}"' != child) or "''"
    for label, side in (("before", before), ("after", after)):
        new_id = "new_ids.new_id" if label == "before" and contract.child else "null"
        con.execute(ROWS.format(label=label, id=child, rest=rest, rows=side.rows_of(contract.id), new_id=new_id))


def _row_by_row(con: duckdb.DuckDBPyConnection, contract: Contract, scratch: Path) -> Comparison:
    """The two, as `countermark compare` compares them, under a key that both have."""
    child = _child(contract)
    values = ", ".join(f'"{name}"' for name in contract.columns if f'"{name}"' != child)
    paths = [scratch / f"{label}.parquet" for label in ("left", "right")]
    for path, side, place in zip(paths, ("before", "after"), ("b", "a"), strict=True):
        con.execute(
            f"""
            copy (
                select coalesce('pair ' || paired.b, '{side} ' || rows.n) as "the pair"{", " + values if values else ""}
                from {side} as rows left join paired on rows.n = paired.{place}
            ) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)
            """
        )
    return compare(str(paths[0]), str(paths[1]), ["the pair"], None, scratch, tell=False)


def _columns(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Days that have moved, and which code became which."""
    child = _child(contract)
    both = "from paired join before as b on paired.b = b.n join after as a on paired.a = a.n"
    for name, column in contract.columns.items():
        said = {"list": contract.id, "heading": column.header}
        if column.type == "date":
            con.execute(
                f'insert into moved select $list, $heading, a.{child}, b."{name}", a."{name}", b.file, b."source row", a.file, '
                f'a."source row" {both} where b."{name}" <> a."{name}"',
                said,
            )
        elif column.type == "code":
            before, after = (
                f"coalesce({side}.\"{name}\", '“' || {side}.\"{SAID}{name}\" || '”, which is no code')"
                for side in ("b", "a")
            )
            con.execute(
                f"insert into codes select $list, $heading, {before} as was, coalesce({after}, 'blank') as is_now, count(*)::integer "
                f"{both} where was is not null group by was, is_now",
                said,
            )


def _shapes(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """What blocks are looked for in: the rows of the old system, by team, worker, codes, the number in the child's id, and days."""
    con.execute(
        "insert into block_rows select $list, n, n not in (select b from paired) from before", {"list": contract.id}
    )
    there = {name for name, *_ in con.execute("describe before").fetchall()}
    kinds = [("team", "team", "team"), ("worker", "worker", "worker")]
    kinds += [("code", name, column.header) for name, column in contract.columns.items() if column.type == "code"]
    for shape, name, heading in kinds:
        column = next((one for one in (name, getattr(contract, shape, "")) if one in there), "")
        if column:
            con.execute(
                f'insert into block_values select $list, n, $shape, $heading, "{column}"::varchar, null from before',
                {"list": contract.id, "shape": shape, "heading": heading},
            )
    child = _child(contract)
    con.execute(
        rf"insert into block_values select $list, n, 'ids', 'id', {child}, "
        rf"try_cast(regexp_extract({child}, '(\d{{1,17}})\D*$', 1) as bigint) as number from before where number is not null",
        {"list": contract.id},
    )
    for name, column in contract.columns.items():
        if column.type == "date" and not column.birth:
            con.execute(
                f"insert into block_values select $list, n, 'dates', $heading, \"{name}\"::varchar, \"{name}\" - date '1900-01-01' "
                f'from before where "{name}" is not null',
                {"list": contract.id, "heading": column.header},
            )
