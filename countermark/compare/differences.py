"""Two extracts of one table compared by key, every difference of one kind: left_only, right_only, changed, a duplicate of either side.

Rows are first compared by hashes alone, key and all; what differs there, few rows as a rule, is read again and compared cell by cell
after trimming. So two large extracts cost little more than reading them, and no difference rests on a hash. A key that occurs again is
a duplicate: its first row is compared, each further one is told as a duplicate and as nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from countermark import progress
from countermark.compare.prints import marks, once, twice
from countermark.compare.sides import ROW, CompareError, Side, open_side
from countermark.readers.headings import fold
from countermark.warehouse.connect import quiet

KINDS = ("left_only", "right_only", "changed", "duplicate_left", "duplicate_right")
LARGE = 200_000  # rows from which on keys are first compared as they stand
PREFIX = (
    "create or replace macro bare(t) as nullif(trim(t, ' \\t\\r\\n' || chr(160) || chr(8203) || chr(65279)), '');"
    "create or replace macro key_text(t) as regexp_replace(upper(bare(t)), '\\.0$', '');"
    "create or replace macro value_text(t) as regexp_replace(bare(t), '^(-?\\d+)\\.0+$', '\\1');"
    "create or replace macro moment_text(t) as regexp_replace(bare(t), '[T ]00:00:00(\\.0+)?([Z+].*)?$', '')"
)


@dataclass(frozen=True)
class Comparison:
    """What a comparison came to: rows on each side, differences by kind, columns that only one side has."""

    left_rows: int
    right_rows: int
    kinds: dict[str, int]
    columns: dict[str, int]
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether anything differs, a column that one side lacks included."""
        return any(self.kinds.values()) or bool(self.only_left or self.only_right)


@dataclass(frozen=True)
class Matched:
    """A column of both sides, by each side's own name, and whether their types allow it to be compared as it is."""

    name: str
    left: str
    right: str
    as_it_is: bool


def compare(
    left: str, right: str, key: Sequence[str], out: Path | None, scratch: Path, *, tell: bool = True
) -> Comparison:
    """Compare two extracts; with `out`, write `differences.csv` there. `scratch` is a private folder for what memory cannot hold. Without
    `tell` nobody hears how far it has come: it is one of many.

    The file has `key, kind, columns, left_row, right_row`, ordered by key; it holds keys and no other cell. Raises CompareError, a
    plain sentence, where a side cannot be read or a key column is missing; EngineError where the database fails.
    """
    report = progress.report if tell else _silence
    con = duckdb.connect()
    with quiet("comparing two extracts"):
        con.execute(
            f"set temp_directory = '{_quoted(str(scratch))}'"
        )  # a bound value would make the engine import pandas
        con.execute("set autoinstall_known_extensions = false")
        con.execute("set python_enable_replacements = false")
        con.execute("set preserve_insertion_order = true")  # the place of a print is the place of its row
        con.execute(PREFIX)
        try:
            report("Reading the left side")
            one = open_side(con, left, "left")
            report("Reading the right side")
            other = open_side(con, right, "right")
            keys, values, only_left, only_right = _columns(one, other, key)
            report("Comparing")
            rows = _candidates(con, one, other, keys, values)
            _differences(con, one, other, values)
            found = _told(con, rows, only_left, only_right)
            if out is not None:
                _write(con, out)
        finally:
            con.close()
    return found


def _silence(_: str) -> None:
    """What one of many comparisons says."""


def _columns(
    left: Side, right: Side, key: Sequence[str]
) -> tuple[list[Matched], list[Matched], tuple[str, ...], tuple[str, ...]]:
    """The key's columns, the other columns of both sides, and what one side alone has. Headings are matched as readers match them."""
    names = [{fold(name): name for name in side.columns} for side in (left, right)]
    wanted = [fold(name) for name in key]
    for said, folded in zip(key, wanted, strict=True):
        for side, known in zip((left, right), names, strict=True):
            if folded not in known:
                raise CompareError(
                    f"The {side.label} side has no column “{said}”: name with --key columns of both sides."
                )
    both = [folded for folded in names[0] if folded in names[1]]
    made = {
        f: Matched(names[0][f], names[0][f], names[1][f], left.columns[names[0][f]] == right.columns[names[1][f]])
        for f in both
    }
    alone = [tuple(known[f] for f in known if f not in both) for known in names]
    return [made[f] for f in wanted], [made[f] for f in both if f not in wanted], alone[0], alone[1]


def _name(column: Matched, side: Side) -> str:
    return '"' + (column.left if side.label == "left" else column.right).replace('"', '""') + '"'


def _raw(column: Matched, side: Side) -> str:
    """A value for hashing: as it is where both sides have one type, else as the text that it is compared as."""
    return _name(column, side) if column.as_it_is else _text(column, side)


def _text(column: Matched, side: Side, cell: str = "") -> str:
    """A value as the text that it is compared as; `cell` is where it stands, else its own column."""
    kind = side.columns[column.left if side.label == "left" else column.right]
    macro = "moment_text" if kind.startswith(("TIMESTAMP", "DATE")) else "value_text"
    return f"{macro}({cell or _name(column, side)}::varchar)"


def _parts(keys: Sequence[Matched], side: Side) -> list[str]:
    return [f"key_text({_name(column, side)}::varchar)" for column in keys]


def _key(keys: Sequence[Matched], side: Side) -> str:
    """The key as one text, its parts joined by a slash; null where every part is blank: such a row is like no other."""
    parts = _parts(keys, side)
    joined = " || '/' || ".join(f"coalesce({part}, '')" for part in parts)
    return f"case when coalesce({', '.join(parts)}) is not null then {joined} end"


def _key_hash(keys: Sequence[Matched], side: Side, *, as_told: bool) -> str:
    """A number for the key: of its cells as they stand, else of its texts."""
    return f"hash({', '.join([_name(column, side) for column in keys] if as_told else _parts(keys, side))})"


def _candidates(
    con: duckdb.DuckDBPyConnection, left: Side, right: Side, keys: Sequence[Matched], values: Sequence[Matched]
) -> tuple[int, int]:
    """Fill `left cells` and `right cells` with the rows to look at: those whose key has a row that the other side has not got, or
    stands twice on a side. Returns all rows of each side.

    Keys of large tables are first taken as they stand, which is quick. Where one of the rows found has a key in another spelling than
    ids have (spaces, small letters, `.0`), all keys are taken by their texts, as those of small tables are at once.
    """
    sizes = [con.execute(f"select count(*) from {side.relation}").fetchall()[0][0] for side in (left, right)]
    as_told = max(sizes) > LARGE and all(column.as_it_is for column in keys)
    counts = _mark(con, left, right, keys, values, as_told=as_told)
    _read_again(con, left, right, keys, values, counts)
    if as_told and _any_odd(con):
        counts = _mark(con, left, right, keys, values, as_told=False)
        _read_again(con, left, right, keys, values, counts)
    return counts


def _mark(
    con: duckdb.DuckDBPyConnection,
    left: Side,
    right: Side,
    keys: Sequence[Matched],
    values: Sequence[Matched],
    *,
    as_told: bool,
) -> tuple[int, int]:
    """Fill `left rows` and `right rows` with the places of the rows to look at, counted from 0."""
    counts: list[int] = []
    prints: list[dict[str, Any]] = []
    for side in (left, right):
        key = _key_hash(keys, side, as_told=as_told)
        every = ", ".join([key] if as_told else (_raw(column, side) for column in keys))
        every = ", ".join([every, *(_raw(column, side) for column in values)])
        con.execute(
            f'create or replace temp table "{side.label} prints" as select {key} as k, hash({every}) as h from {side.relation}'
        )
        prints.append(con.execute(f'select k, h from "{side.label} prints"').fetchnumpy())
        counts.append(len(prints[-1]["k"]))
    con.register("odd_rows", {"h": once([side["h"] for side in prints])})
    con.register("odd_keys", {"k": twice([side["k"] for side in prints])})
    prints.clear()
    wanted = " union ".join(f'select k from "{label} prints" where h in (from odd_rows)' for label in ("left", "right"))
    con.execute(f"create or replace temp table wanted_keys as {wanted} union from odd_keys")
    for label in ("left", "right"):
        con.execute(
            f'create or replace temp table "{label} rows" as '
            f'select rowid as place from "{label} prints" where k in (from wanted_keys)'
        )
        con.execute(f'drop table "{label} prints"')
    return counts[0], counts[1]


def _read_again(
    con: duckdb.DuckDBPyConnection,
    left: Side,
    right: Side,
    keys: Sequence[Matched],
    values: Sequence[Matched],
    counts: tuple[int, int],
) -> None:
    """`left cells`, `right cells`: the marked rows with their key, every cell as it stands, and which time of its key a row is.

    What is marked is asked as a bit of the row's place: Parquet's reader asks it before it makes cells, where a join would come after.
    """
    for side, count in zip((left, right), counts, strict=True):
        places = con.execute(f'select place from "{side.label} rows"').fetchnumpy()["place"]
        cells = "".join(f', {_name(column, side)} as "v{place}"' for place, column in enumerate(values))
        odd = " or ".join(
            f"{_name(c, side)}::varchar is distinct from {part}"
            for c, part in zip(keys, _parts(keys, side), strict=True)
        )
        con.execute(
            f"""
            create or replace temp table "{side.label} read" as
            select {", ".join(_name(column, side) for column in (*keys, *values))}, {side.row} as "{ROW}" from {side.relation}
            where get_bit($marks::blob::bit, ({side.place})::int) = 1
            """,
            {"marks": marks(places, count)},
        )
        con.execute(
            f"""
            create or replace temp table "{side.label} cells" as
            select if(key is null, 1, row_number() over (partition by key order by n)) as time, * from (
                select {_key(keys, side)} as key, {odd} as odd, "{ROW}" as n{cells} from "{side.label} read"
            )
            """
        )


def _any_odd(con: duckdb.DuckDBPyConnection) -> bool:
    both = " union all ".join(f'select odd from "{label} cells" where key is not null' for label in ("left", "right"))
    return bool(con.execute(f"select coalesce(bool_or(odd), false) from ({both})").fetchall()[0][0])


def _changed(column: Matched, place: int, left: Side, right: Side) -> str:
    """The column's name where the two rows differ in it. Texts are made of the cells alone that do not stand alike: few, as a rule."""
    one, other = f'l."v{place}"', f'r."v{place}"'
    by_text = f"{_text(column, left, one)} is distinct from {_text(column, right, other)}"
    told = f"case when {by_text} then '{_quoted(column.name)}' end"
    return f"case when {one} is distinct from {other} then {told} end" if column.as_it_is else told


def _differences(con: duckdb.DuckDBPyConnection, left: Side, right: Side, values: Sequence[Matched]) -> None:
    """`differences`: of the rows read again the first of each key compared cell by cell, the others told as duplicates."""
    differing = [_changed(column, place, left, right) for place, column in enumerate(values)]
    con.execute(
        f"""
        create or replace temp table differences as
        select coalesce(l.key, r.key, '') as key,
            case when r.n is null then 'left_only' when l.n is null then 'right_only' else 'changed' end as kind,
            case when kind = 'changed' then list_filter([{", ".join(differing) or "null"}]::varchar[], x -> x is not null) else [] end
                as columns,
            l.n as left_row, r.n as right_row
        from (from "left cells" where time = 1) as l full join (from "right cells" where time = 1) as r on l.key = r.key
        where kind <> 'changed' or len(columns) > 0
        union all select key, 'duplicate_left', [], n, null from "left cells" where time > 1
        union all select key, 'duplicate_right', [], null, n from "right cells" where time > 1
        """
    )


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _told(
    con: duckdb.DuckDBPyConnection, rows: tuple[int, int], only_left: tuple[str, ...], only_right: tuple[str, ...]
) -> Comparison:
    kinds = dict(con.execute("select kind, count(*) from differences group by kind").fetchall())
    columns = con.execute(
        "select name, count(*) from (select unnest(columns) as name from differences) group by name order by 2 desc, 1"
    ).fetchall()
    return Comparison(*rows, {kind: kinds.get(kind, 0) for kind in KINDS}, dict(columns), only_left, only_right)


def _write(con: duckdb.DuckDBPyConnection, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    draft = out / ".differences.csv"
    con.execute(
        "copy (select key, kind, array_to_string(columns, ',') as columns, left_row, right_row from differences "
        f"order by key, kind, left_row, right_row) to '{_quoted(str(draft))}' (header, delimiter ',')"
    )
    draft.replace(out / "differences.csv")
