"""Where a child stands in the home: rows delivered, positions, pseudonyms. Looks, and changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import duckdb

from countermark.certify.snapshot import current, read
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.secrets import pseudonym, pseudonyms
from countermark.purge.called import Called, normal
from countermark.purge.tables import IS_CASE
from countermark.reconcile.members import Position
from countermark.warehouse.connect import quiet

CASE = "case_id"  # of the lists that teams write
IS_ONE = "(list_contains($ids, upper({0})) or list_contains($ids, regexp_replace(upper({0}), '/[^/]*$', '')))"


@dataclass
class Places:
    """The rows of the children by delivery, the positions whose figures hold them, and every pseudonym that stands for them."""

    rows: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    read: dict[str, set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )  # by delivery: sheets whose rows are in raw
    refused: dict[str, set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )  # and rows of sheets that were refused
    positions: set[Position] = field(default_factory=set)
    pseudonyms: set[str] = field(default_factory=set)


def person_of(contract: Contract) -> str:
    """The column that names the child, of a team's list the case. Empty where none does."""
    return contract.child or (CASE if CASE in contract.columns else "")


def spellings(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ids: Iterable[str]) -> set[str]:
    """The ids, and how teams' lists spell them without leading zeros, unless that is another child's id in an extract."""
    bare = {one.lstrip("0") for one in ids}
    children: set[str] = set()
    written: set[str] = set()
    with quiet("looking for a child in the delivered rows"):
        for contract in catalogue.contracts.values():
            if person := person_of(contract):
                said = (
                    f"upper(regexp_replace(\"{person}\", '/[^/]*$', ''))"
                    if not contract.child
                    else f'upper("{person}")'
                )
                rows = con.execute(
                    f"select distinct {said} as said from raw.\"{contract.table}\" where list_contains($bare, ltrim({said}, '0'))",
                    {"bare": sorted(bare)},
                ).fetchall()
                (children if contract.child else written).update(str(row[0]) for row in rows)
    return set(ids) | (written - children)


def prepare_links(con: duckdb.DuckDBPyConnection) -> None:
    """The temporary table `one_childs`: every id that a crosswalk or a person calls another's, and that other's own id, with the id that
    they have in common. A number that is another child's in some extract by now is left out: it stands for two children."""
    with quiet("looking for other ids of a child"):
        con.execute(
            """
            create or replace temp table one_childs as
            with named as (
                select authority, old_id as id, root from identity.links
                union
                select authority, root, root from identity.links
            )
            select authority, id, any_value(root) as root from named
            where id = root or not exists (
                select 1 from conformed.person as own
                where own.authority = named.authority and own.person_id = named.id
                    and (own.contract, own.extracted_on, own.person_id) not in (
                        select (ids.contract, ids.extracted_on, ids.person_id) from identity.ids as ids where ids.authority = own.authority
                    )
            )
            group by authority, id having count(distinct root) = 1
            """
        )


def linked(con: duckdb.DuckDBPyConnection, authority: str, ids: Iterable[str]) -> set[str]:
    """The ids, and every other id of the same children (`prepare_links` goes before)."""
    asked = set(ids)
    rows = con.execute(
        "select distinct other.id from one_childs as mine join one_childs as other using (authority, root) "
        "where authority = $authority and list_contains($ids, mine.id)",
        {"authority": authority, "ids": sorted(asked)},
    ).fetchall()
    return asked | {str(row[0]) for row in rows}


def last_named_before(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, authority: str, day: date) -> set[str]:
    """Children of the authority whom no delivery dated on or after `day` names."""
    parts = []
    for contract in catalogue.contracts.values():
        if person := person_of(contract):
            said = f'"{person}"' if contract.child else f"regexp_replace(\"{person}\", '/[^/]*$', '')"
            parts.append(
                f"select delivery_id, ltrim(upper({said}), '0') as bare, upper({said}) as id from raw.\"{contract.table}\""
            )
    with quiet("looking for children of former years"):
        rows = con.execute(
            f"select id, coalesce(ltrim(one.root, '0'), bare) as child from ({' union all '.join(parts)}) "
            "join typed.deliveries using (delivery_id) left join one_childs as one using (authority, id) "
            "where authority = $authority and id is not null "
            "qualify max(coalesce(extracted_on, received_at::date)) over (partition by child) < $day",
            {"authority": authority, "day": day},
        ).fetchall()
    return {str(row[0]) for row in rows}


def delivered(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, authority: str, called: Called, places: Places
) -> set[str]:
    """Fill in the authority's rows by delivery; returns the cases (child/date) that the children's rows can have made."""
    cases = set(called.ids)
    with quiet("looking for a child in the delivered rows"):
        con.execute("create or replace temp table gone (id varchar)")
        con.execute("insert into gone select unnest($ids)", {"ids": sorted(called.ids)})
        for delivery, row in con.execute("select delivery_id, source_row from raw.refused_rows").fetchall():
            places.refused[delivery].add(row)
        for contract in catalogue.contracts.values():
            sheets_read = con.execute(
                f"select distinct delivery_id, regexp_replace(source_row, '!?[^!]*$', '') from raw.\"{contract.table}\""
            ).fetchall()
            for delivery, sheet in sheets_read:
                places.read[delivery].add(sheet)
            if not (person := person_of(contract)):
                _through(con, catalogue, contract, authority, places)
                continue
            dates = [name for name, column in contract.columns.items() if column.type == "date" and not column.birth]
            picked = ", ".join(['"' + person + '"', *(f'"{name}"' for name in dates)])
            found = con.execute(
                f'select delivery_id, source_row, {picked} from raw."{contract.table}" where {IS_CASE.format(chr(34) + person + chr(34))} '
                f"and delivery_id in (select d.delivery_id from typed.deliveries as d where d.authority in ($authority, ''))",
                {"authority": authority},
            ).fetchall()
            for delivery, row, who, *days in found:
                places.rows[delivery].add(row)
                child = normal(str(who)).rsplit("/", 1)[0]
                cases |= {str(who), *(f"{child}/{day}" for day in days if day), f"{child}/unusable:{row}"}
    return cases


def _through(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, contract: Contract, authority: str, places: Places
) -> None:
    """The rows that name no child and belong to one of the children alone, through a row of another layout that does."""
    via = contract.through
    other = catalogue.contracts.get(via.contract) if via else None
    if via is None or other is None:
        return
    mine = "delivery_id in (select d.delivery_id from typed.deliveries as d where d.authority in ($authority, ''))"
    found = con.execute(
        f"""
        with owned as (
            select "{via.of}" as owner from raw."{other.table}" where {mine} and "{via.of}" is not null
            group by owner having bool_and({IS_CASE.format(f'"{other.child}"')})
        )
        select delivery_id, source_row from raw."{contract.table}" where {mine} and "{via.column}" in (select owner from owned)
        """,
        {"authority": authority},
    ).fetchall()
    for delivery, row in found:
        places.rows[delivery].add(row)


def published(home: Home, authority: str, called: Called, key: bytes, places: Places) -> None:
    """Fill in positions from the current publication, and the pseudonyms of differences and failures from every kept one."""
    standing = current(home)
    ids = {"ids": sorted(called.ids), "authority": authority}
    either = f"authority = $authority and ({IS_ONE.format('case_id')} or {IS_ONE.format('child_id')})"
    for path in sorted(home.published.glob("*.duckdb")):
        with read(path) as con, quiet("looking for a child in a publication"):
            found = con.execute(f"select distinct break_id from main.breaks where {either}", ids)
            places.pseudonyms |= {str(row[0]) for row in found.fetchall()}
            if con.execute("from duckdb_tables() where schema_name = 'main' and table_name = 'pair_items'").fetchall():
                found = con.execute(f"select distinct difference_id from main.pair_items where {either}", ids)
                places.pseudonyms |= {str(row[0]) for row in found.fetchall()}
            failing = con.execute(
                "select distinct authority, rule_code, coalesce(column_name, ''), child_id from facts.failures "
                f"where authority = $authority and {IS_ONE.format('child_id')}",
                ids,
            ).fetchall()
            places.pseudonyms |= set(pseudonyms(key, [tuple(map(str, row)) for row in failing]))
            for table in ("members", "items") if path == standing else ():
                rows = con.execute(f"select distinct authority, as_at from facts.{table} where {either}", ids)
                places.positions |= {Position(*row) for row in rows.fetchall()}


def stand_ins(key: bytes, authority: str, catalogue: Catalogue, called: Called, cases: Iterable[str]) -> set[str]:
    """Every pseudonym that the home's key can have made for the children: of themselves, and of differences of their cases."""
    own = {pseudonym(key, "child", one) for one in called.ids}
    bare = {_bare(case) for case in cases}
    many = [
        (authority, indicator, case) for indicator in (*catalogue.indicators, *catalogue.pairs) for case in sorted(bare)
    ]
    return own | {one[:8] for one in own} | {f"Child {one[:8]}" for one in own} | set(pseudonyms(key, many))


def _bare(case: str) -> str:
    child, slash, rest = case.upper().partition("/")
    return f"{child.lstrip('0')}{slash}{rest.lower() if rest.startswith('UNUSABLE') else rest}"


def sheets(rows: Iterable[str]) -> tuple[dict[str, set[int]], set[int]]:
    """Places as a spreadsheet names them (`List 7!14`), by sheet, and the line numbers of text files."""
    by_sheet: dict[str, set[int]] = defaultdict(set)
    lines: set[int] = set()
    for place in rows:
        sheet, mark, number = place.rpartition("!")
        (by_sheet[sheet] if mark else lines).add(int(number))
    return by_sheet, lines
