"""Two systems side by side: what each counts of one thing, and every case on which they differ, with its reason.

left + sum(effect of every item) = right, in whole numbers, for every pair of sql/pairs. The sides are asked one after the other, joined
once, and what is left over is matched and judged by the SQL of sql/shared/pairs and the tests of sql/reasons. Nothing here knows a
single pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.pairs import Pair, Side
from countermark.reconcile.bridges import reasons_expression, statements_of
from countermark.reconcile.members import KEPT_BY_TEAMS, Position, seen_rows
from countermark.reconcile.pair_tables import TABLES
from countermark.warehouse.connect import insert, quiet

COLUMNS = "case_id, child_id, team, outside, countable, starts_on, says, delivery_id, source_row"
COUNTED = "coalesce(outside is null and countable, false) as counted"
CODE = "code, coded_on"
# Of a pair with a code: what both sides count is left over too, where they have another code of the same day.
CODED_OTHERWISE = "(mine.counted and theirs.counted and mine.code <> theirs.code and mine.coded_on = theirs.coded_on)"
# Of a case that a side names more than once: the row that counts, then the newest.
NEWEST = "qualify row_number() over (partition by case_id order by counted desc, delivery_id desc, source_row desc, team asc) = 1"
Extracts = dict[str, date]


@dataclass(frozen=True)
class _Asked:
    """A pair at a position: the day of which it is asked, and the extract of each list that it looks at."""

    pair: Pair
    compared_on: date
    extracts: Extracts

    @property
    def values(self) -> dict[str, object]:
        """What a side's query may ask for by name."""
        return {"as_at": self.compared_on, **self.pair.parameters}

    def taken(self, side: Side) -> date:
        """The day up to which a side speaks: of its lists, the one that was taken last."""
        return max(self.extracts[name] for name in side.contracts)


def reconcile_pairs(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> int:
    """Rebuild facts.pairs and facts.pair_items of a position, whose extracts (facts.basis) are known, on any connection after
    `bridges.ready`. Returns the items.

    A pair of which a list was not delivered is a row that says so. Raises EngineError where the database fails.
    """
    values: dict[str, object] = {"authority": position.authority, "as_at": position.as_at}
    with quiet("reconciling one system with another"):
        _run(con, catalogue, "gathered", {})
        insert(con, "pair_words", [(reason.code, reason.people_read) for reason in catalogue.reasons.values()])
        con.execute("begin transaction")
        for table in TABLES:
            con.execute(f"delete from facts.{table} where authority = $authority and as_at = $as_at", values)
        con.execute("set variable position_authority = ?", [position.authority])
        _run(con, catalogue, "hidden", values)
        for pair in catalogue.pairs.values():
            _sides(con, catalogue, position, pair)
        for step in ("matches", "cases", "items", "lines"):
            _run(con, catalogue, step, values)
        _written(con, catalogue, values)
        con.execute("commit")
        query = "select count(*) from facts.pair_items where authority = $authority and as_at = $as_at"
        return int(con.execute(query, values).fetchall()[0][0])


def _run(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    step: str,
    values: Mapping[str, object],
    right: str = "",
    coded: bool = False,
) -> None:
    text = (
        catalogue.shared(f"pairs/{step}")
        .replace("{reasons}", reasons_expression(catalogue))
        .replace("{right_side}", right)
        .replace("{coded_otherwise}", CODED_OTHERWISE if coded else "false")
    )
    for statement in statements_of(text):
        con.execute(statement, _named(values, statement))


def _named(values: Mapping[str, object], statement: str) -> dict[str, object]:
    return {name: value for name, value in values.items() if re.search(rf"\${name}\b", statement)}


def _sides(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position, pair: Pair) -> None:
    """Note what the two sides of a pair count, and gather the cases that are left over; or note what was not delivered."""
    extracts, compared_on = _extracts(con, position, pair)
    wanted = dict.fromkeys((*pair.left.contracts, *pair.right.contracts))
    titles = {one.id: one.title for one in catalogue.contracts.values()}
    missing = [titles.get(name, name) for name in wanted if name not in extracts]
    found: tuple[object, ...] = (None, None, None, None, f"Not delivered: {'; '.join(missing)}.")
    if not missing:
        asked = _Asked(pair, compared_on, extracts)
        found = (asked.taken(pair.left), asked.taken(pair.right), *_left_over(con, catalogue, asked), None)
    names = (pair.left.name, pair.right.name)
    row = (
        position.authority,
        position.as_at,
        pair.id,
        pair.title,
        pair.question,
        pair.unit,
        compared_on,
        *names,
        *found,
    )
    insert(con, "facts.pairs", [row])


def _extracts(con: duckdb.DuckDBPyConnection, position: Position, pair: Pair) -> tuple[Extracts, date]:
    """The extract of each list that a pair looks at, and the day of which it is asked. Of a pair that is asked of a return's year the
    return is the newest, and of every other list the extract is the first taken since the year ended, else the newest before."""
    rows = con.execute(
        "select contract, extracted_on from facts.basis where authority = ? and as_at = ? and basis = 'now'",
        [position.authority, position.as_at],
    ).fetchall()
    named = {*pair.left.contracts, *pair.left.also, *pair.right.contracts, *pair.right.also}
    newest = {str(contract): on for contract, on in rows if contract in named}
    returned = newest.get(pair.left.contracts[0])
    if pair.compared == "position" or returned is None:
        return newest, position.as_at
    ended = date(returned.year, 3, 31)
    ended = ended if ended <= returned else date(returned.year - 1, 3, 31)
    rows = con.execute(
        "select contract, coalesce(min(extracted_on) filter (extracted_on >= $ended), max(extracted_on)) from typed.extracts "
        "where authority = $authority group by contract",
        {"authority": position.authority, "ended": ended},
    ).fetchall()
    first = {str(contract): on for contract, on in rows if contract in newest and contract not in pair.left.contracts}
    return newest | first, ended


def _left_over(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, asked: _Asked) -> tuple[int, int]:
    """Join the two sides of a pair and gather what is left over; returns what each counts."""
    pair = asked.pair
    insert(con, "pair_asked", [(pair.id, pair.left.name, pair.right.name, pair.case == "event", pair.coded or None)])
    rules = [
        (pair.id, place, name, rule.reason, rule.says, rule.by_code)
        for place, side, _ in pair.sides
        for name, rule in side.outside.items()
    ]
    if rules:
        insert(con, "pair_rules", rules)
    insert(con, "pair_taken", [(pair.id, place, asked.taken(side)) for place, side, _ in pair.sides])
    with _looking(con, catalogue, asked, pair.left):
        text = f"create or replace temp table pair_left as {_narrow(pair, pair.queries[0])}"
        con.execute(text, _named(asked.values, text))
    with _looking(con, catalogue, asked, pair.right):
        right = f"({_narrow(pair, pair.queries[1])})"
        left_cases, right_cases, repeated = _joined(con, catalogue, asked, right)
        if repeated:
            _run(con, catalogue, "once", asked.values, right)
            right = "pair_right"
            left_cases, right_cases, _ = _joined(con, catalogue, asked, right)
        if pair.coded:
            _run(con, catalogue, "codes", {**asked.values, "pair": pair.id}, right)
    _run(con, catalogue, "left_over", {"pair": pair.id})
    for place, side, query in pair.sides:
        with _looking(con, catalogue, asked, side):
            text = (
                f"insert into pair_named by name select '{pair.id}' as pair_id, '{place}' as side, {COLUMNS}, {COUNTED}"
                f"{', ' + CODE if pair.coded else ''} "
                f"from ({_bare(query)}) as said where case_id in (select case_id from pair_wanted) {NEWEST}"
            )
            con.execute(text, _named(asked.values, text))
    return left_cases, right_cases


def _joined(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, asked: _Asked, right: str) -> tuple[int, int, bool]:
    """Join the left side with `right`: what each counts, and whether one names a case more than once."""
    _run(con, catalogue, "residue", asked.values, right, coded=bool(asked.pair.coded))
    left_cases, right_cases, repeated = con.execute("from pair_totals").fetchall()[0]
    return left_cases, right_cases, repeated


def _bare(query: str) -> str:
    return query.strip().rstrip(";")


def _narrow(pair: Pair, query: str) -> str:
    """A side as it is joined: the case, whether it counts, and what it is coded as where the pair has a code."""
    code = f", {CODE}" if pair.coded else ""
    return f"select case_id, {COUNTED}{code} from ({_bare(query)}) as said"


def _written(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, values: Mapping[str, object]) -> None:
    """Beside the codes of each side, as they are understood, stand those of its cell, as they are written."""
    there = {
        str(name)
        for (name,) in con.execute("select table_name from duckdb_columns() where schema_name = 'raw'").fetchall()
    }
    for pair in catalogue.pairs.values():
        for place, side, _ in pair.sides:
            for contract, column in side.written.items():
                known = catalogue.contracts.get(contract)  # of few definitions some lists are unknown
                if known is not None and (table := known.table) in there:
                    con.execute(
                        f"update facts.pair_items as items set {place}_says = {place}_says || ', written “' || said.\"{column}\" || '”' "
                        f'from raw."{table}" as said where items.authority = $authority and items.as_at = $as_at '
                        f"and items.pair_id = '{pair.id}' and items.reason = 'MAPPING' and said.\"{column}\" is not null "
                        f"and items.{place}_delivery_id = said.delivery_id and items.{place}_source_row = said.source_row",
                        values,
                    )


@contextmanager
def _looking(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, asked: _Asked, side: Side) -> Iterator[None]:
    """The bare table names stand for what one side sees: its own lists, and no others."""
    seen = [name for name in (*side.contracts, *side.also) if name in asked.extracts]
    con.execute("create or replace temp table position_basis (contract varchar, extracted_on date)")
    insert(con, "position_basis", [(name, asked.extracts[name]) for name in seen])
    con.execute("create or replace temp table position_sources (table_name varchar, contract varchar)")
    insert(con, "position_sources", [(table, name) for table in side.reads for name in seen])
    for name in side.reads:
        con.execute(f'drop table if exists temp."{name}"')
        con.execute(
            f'create temp view "{name}" as {_rows_of(catalogue, name, {one: asked.extracts[one] for one in seen})}'
        )
    try:
        yield
    finally:
        for name in side.reads:
            con.execute(f'drop view if exists temp."{name}"')


def _rows_of(catalogue: Catalogue, name: str, extracts: Extracts) -> str:
    """The rows of a conformed table that a side sees. Of one that shows one extract by plain conditions, which cost a national list less
    than joins."""
    table = catalogue.tables[name]
    fed = [one for one in extracts if name in catalogue.contracts[one].feeds]
    if table.history or not fed or any(catalogue.contracts[one].family == KEPT_BY_TEAMS for one in fed):
        return seen_rows(catalogue, table)
    of = " or ".join(f"(contract = '{one}' and extracted_on = date '{extracts[one]}')" for one in fed)
    return f"select * from conformed.\"{name}\" where authority = getvariable('position_authority') and ({of})"
