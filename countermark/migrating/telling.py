"""What a change of case system came to, in words: checks that hold or do not, and each block as one cause. Counts, days, teams and codes
alone: no child, no worker and no id, which stand in the file that the officer names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from countermark.migrating.taking import CROSSWALK, Side
from countermark.words import day

ALIKE = 5  # dates of one column that moved by the same number of days: fewer are corrections
MOST_LINES = 8  # of one kind; the rest are counted, and stand in the file
SHAPES = {"ids": "a run of ids that follow each other", "worker": "one worker"}


@dataclass(frozen=True)
class Check:
    """One check: PASS, FAIL or ERROR, and in words."""

    name: str
    outcome: str
    says: str


@dataclass(frozen=True)
class Result:
    """All checks, the lines on lists and blocks, and the verdict: the worst outcome."""

    checks: tuple[Check, ...]
    lists: tuple[str, ...]
    blocks: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """ERROR where something could not be asked, else FAIL where something does not hold, else PASS."""
        found = {one.outcome for one in self.checks}
        return next((one for one in ("ERROR", "FAIL") if one in found), "PASS")


def result(con: duckdb.DuckDBPyConnection, before: Side, after: Side) -> Result:
    """What the tables of `finding` say."""
    return Result(
        (
            *_read(before, after), _lists(con), _rows(con), _children(con), _twice(con), _crosswalk(con, before, after),
            _open(before, after), _days(con), _codes(con),
        ),
        tuple(_line(*row) for row in con.execute("select * exclude (list) from lists order by list").fetchall()),
        tuple(blocks(con)),
    )  # fmt: skip


def _read(before: Side, after: Side) -> list[Check]:
    """What could not be read was compared with nothing: a file that is no known list may be one; of rows, fewer may not be usable now."""
    unread = {name: side.unread for name, side in (("before", before), ("after", after)) if side.unread}
    files = " and ".join(f"{_many(number, 'file')} {name}" for name, number in unread.items())
    was, now = (sum(side.rejected.values()) for side in (before, after))
    more = [name for name, rows in after.rejected.items() if rows > before.rejected.get(name, 0)]
    said = f"rows that cannot be used and are compared with nothing: {was:,} before, {now:,} after"
    return [
        Check(
            "files", "ERROR" if unread else "PASS",
            f"no list that is known was found in {files}: see `countermark validate`" if unread else "every file was read",
        ),
        Check("rows read", "FAIL" if more else "PASS", said if was or now else "every row was read"),
    ]  # fmt: skip


def _lists(con: duckdb.DuckDBPyConnection) -> Check:
    gone = [
        title
        for (title,) in con.execute("select title from lists where before > 0 and after = 0 order by 1").fetchall()
    ]
    return Check(
        "lists",
        "FAIL" if gone else "PASS",
        f"whole lists are missing: {'; '.join(gone)}" if gone else "every list is there",
    )


def _rows(con: duckdb.DuckDBPyConnection) -> Check:
    lost, lists, explained = _one(
        con, "select coalesce(sum(lost), 0), count(*) filter (lost > 0), (select count(*) from block_of) from lists"
    )
    if not lost:
        return Check("rows lost", "PASS", "every row that was there is there")
    causes = _one(con, "select count(*) from blocks")[0]
    by_shape = (
        f", {explained} of them by {_many(causes, 'cause')} below" if explained else ", with no shape that they share"
    )
    return Check("rows lost", "FAIL", f"{_many(lost, 'row')} of {_many(lists, 'list')} are missing{by_shape}")


def _children(con: duckdb.DuckDBPyConnection) -> Check:
    (lost,) = _one(
        con, "select count(distinct child) from children where side = 'before' and child not in "
        "(select child from children where side = 'after')"
    )  # fmt: skip
    said = f"{_many(lost, 'child', 'children')} of the lists that both have {_stand(lost)} under no id now"
    return Check("children lost", "FAIL" if lost else "PASS", said if lost else "every child is there")


def _twice(con: duckdb.DuckDBPyConnection) -> Check:
    rows, children = _one(con, "select count(*), count(distinct bare(child)) from doubled")
    said = f"{_many(rows, 'row')} of {_many(children, 'child', 'children')} {_stand(rows)} there again"
    return Check("doubled", "FAIL" if rows else "PASS", said if rows else "nothing stands there twice")


def _crosswalk(con: duckdb.DuckDBPyConnection, before: Side, after: Side) -> Check:
    said, two, one = _one(
        con, "select count(*), (select count(*) from (select old_id from crosswalk group by 1 having count(*) > 1)), "
        "(select count(*) from (select new_id from crosswalk group by 1 having count(*) > 1)) from crosswalk",
    )  # fmt: skip
    if not said:
        given = any(CROSSWALK in side.lists for side in (before, after))
        why = "no id became another" if given else "none was given: ids are compared as they are"
        return Check("crosswalk", "PASS", why)
    odd = [f"{_many(two, 'old id')} became two"] if two else []
    odd += [f"{_many(one, 'new id')} {'stands' if one == 1 else 'stand'} for two old ones"] if one else []
    return Check("crosswalk", "FAIL" if odd else "PASS", ", ".join(odd) or f"{_many(said, 'id')}, each of one child")


def _open(before: Side, after: Side) -> Check:
    both = sorted(before.open_cases.keys() | after.open_cases.keys())
    pairs = [(title, before.open_cases.get(title, 0), after.open_cases.get(title, 0)) for title in both]
    said = "; ".join(f"{title} {was:,} → {now:,}" for title, was, now in pairs) or "neither side tells of any"
    return Check("open cases", "FAIL" if any(was != now for _, was, now in pairs) else "PASS", said)


def _days(con: duckdb.DuckDBPyConnection) -> Check:
    rows = con.execute(
        "select heading, after - before as days, count(*) as times from moved group by all having count(*) >= $alike "
        "order by times desc, heading, days",
        {"alike": ALIKE},
    ).fetchall()
    (single,) = _one(con, "select count(*) from moved")
    single -= sum(times for *_, times in rows)
    alone = f"{_many(single, 'date differs', 'dates differ')} one by one" if single else ""
    if not rows:
        return Check("dates", "PASS", f"none moved alike with others{f'; {alone}' if alone else ''}")
    said = [
        f"{times:,} of “{heading}” by {_many(abs(days), 'day')} {'on' if days > 0 else 'back'}"
        for heading, days, times in rows
    ]
    return Check("dates", "FAIL", "; ".join(filter(None, (f"moved alike: {_some(said)}", alone))))


CODES = """
select list, heading, before, after, row_count, sum(row_count) over of_code as of_all,
    row_number() over (of_code order by row_count desc, after) as turn,
    count(*) filter (row_count >= $alike) over of_code as ways
from codes window of_code as (partition by list, heading, before)
"""


def _codes(con: duckdb.DuckDBPyConnection) -> Check:
    """A code that became one other was mapped. One that became two, or none that is known, lost its meaning for some."""
    two = con.execute(
        f"select heading, before, string_agg(after || ' (' || row_count || ')', ', ' order by turn) from ({CODES}) "
        "where ways > 1 and row_count >= $alike group by list, heading, before order by list, heading, before",
        {"alike": ALIKE},
    ).fetchall()
    none = con.execute(
        "select heading, sum(row_count) from codes where (after = 'blank' or ends_with(after, 'which is no code')) "
        "and not ends_with(before, 'which is no code') group by heading order by 2 desc, 1"
    ).fetchall()
    other = con.execute(
        f"select heading, before, after || ' (' || row_count || ')' from ({CODES}) where turn = 1 and ways < 2 and after <> before "
        "and not (after = 'blank' or ends_with(after, 'which is no code')) order by list, heading, before",
        {"alike": ALIKE},
    ).fetchall()
    said = [f"{_many(len(two), 'code')} became two: {_some([_became(*row) for row in two])}"] if two else []
    said += (
        [f"{_some([f'{rows:,} of “{heading}” became blank or no known code' for heading, rows in none])}"]
        if none
        else []
    )
    mapped = (
        f"{_many(len(other), 'code')} became another each: {_some([_became(*row) for row in other])}" if other else ""
    )
    return Check(
        "codes", "FAIL" if said else "PASS", "; ".join(filter(None, (*said, mapped))) or "every code is what it was"
    )


def _became(heading: str, before: str, after: str) -> str:
    return f"“{heading}” {before} → {after}"


def blocks(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Each block as one cause: how many, which, and how sure."""
    rows = con.execute(
        "select blocks.*, lists.title from blocks join lists on blocks.list = lists.list order by missing desc, blocks.list, block"
    )
    names = [column[0] for column in rows.description]
    return [_block(dict(zip(names, row, strict=True))) for row in rows.fetchall()]


def _block(one: dict[str, Any]) -> str:
    of = SHAPES.get(one["shape"])
    if one["shape"] == "dates":
        first, last = (_date(one[name]) for name in ("first_value", "last_value"))
        of = f"“{one['column_name']}” from {first} to {last}"
    elif of is None:
        of = (
            f"the team {one['first_value']}"
            if one["shape"] == "team"
            else f"“{one['column_name']}” {one['first_value']}"
        )
    return (
        f"{one['title']}: {of}: {one['missing']:,} of {one['row_count']:,} missing ({one['missing'] / one['row_count']:.0%}), elsewhere "
        f"{one['elsewhere_missing']:,} of {one['elsewhere_rows']:,} ({one['elsewhere_missing'] / one['elsewhere_rows']:.0%})"
    )


def _date(text: str) -> str:
    from datetime import date

    return day(date.fromisoformat(text))


def _line(title: str, before: int, after: int, lost: int, doubled: int, added: int, changed: int) -> str:
    counted = ((lost, "lost"), (doubled, "doubled"), (added, "new"), (changed, "changed"))
    said = ", ".join(f"{number:,} {word}" for number, word in counted if number)
    return f"{title}: {before:,} → {after:,}" + (f" ({said})" if said else "")


def _one(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return con.execute(query).fetchall()[0]


def _many(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _stand(number: int) -> str:
    return "stands" if number == 1 else "stand"


def _some(said: list[str]) -> str:
    more = f"; and {len(said) - MOST_LINES} more" if len(said) > MOST_LINES else ""
    return "; ".join(said[:MOST_LINES]) + more
