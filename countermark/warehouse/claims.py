"""Claims name a team and an indicator. Those that nobody knows are turned away with the nearest names that somebody does."""

from __future__ import annotations

from difflib import get_close_matches

import duckdb

from countermark.contracts.authority import ALL
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract

NEAREST = 3
LIKENESS = 0.5


def is_claim(contract: Contract) -> bool:
    """Whether the rows of a contract state a figure, or a case of one, for a team."""
    return {"indicator_id", "team", "as_at"} <= contract.columns.keys()


def claim_rejects() -> list[str]:
    """The branches of a CASE that turn away claims for an unknown indicator or team."""
    lines = []
    for column, kind, value in (
        ("indicator_id", "indicator", "indicator_id"),
        ("team", "team", 'fold_name("team said")'),
    ):
        known = f"typed.known_names as n where n.kind = '{kind}' and n.authority in ('', typed_cells.authority) and n.name = {value}"
        said = f"typed.nearest as m where m.kind = '{kind}' and m.authority in ('', typed_cells.authority) and m.name = {value}"
        lines.append(
            f"when not exists (select 1 from {known}) then {{'at': '{column}', 'why': (select m.why from {said})}}"
        )
    return lines


def note_nearest(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """typed.known_names, and typed.nearest: for every unknown name in a claim what its sender is told. Names no unknown one."""
    con.execute(
        "create or replace table typed.known_names (kind varchar, authority varchar, name varchar, shown varchar)"
    )
    con.execute("create or replace table typed.nearest (kind varchar, authority varchar, name varchar, why varchar)")
    con.execute(
        "insert into typed.known_names select 'indicator', '', upper(i), i from (select unnest(?::varchar[]) as i)",
        [list(catalogue.indicators)],
    )
    con.execute("insert into typed.known_names select 'team', authority, spelling, team from typed.teams where known")
    for contract in filter(is_claim, catalogue.contracts.values()):
        for kind, value in (("indicator", "r.indicator_id"), ("team", "fold_name(r.team)")):
            _note(con, kind, value, contract.table)


def _note(con: duckdb.DuckDBPyConnection, kind: str, value: str, table: str) -> None:
    by = "d.authority" if kind == "team" else "''"
    unknown = con.execute(
        f"""
        select distinct {by}, {value} as name from raw."{table}" as r join typed.deliveries as d using (delivery_id)
        where name is not null
            and not exists (select 1 from typed.known_names as n where n.kind = $kind and n.authority = {by} and n.name = {value})
            and not exists (select 1 from typed.nearest as m where m.kind = $kind and m.authority = {by} and m.name = {value})
        """,
        {"kind": kind},
    ).fetchall()
    for authority, name in unknown:
        known = con.execute(
            "select name, shown from typed.known_names where kind = ? and authority = ?", [kind, authority]
        ).fetchall()
        con.execute(
            "insert into typed.nearest values (?, ?, ?, ?)", [kind, authority, name, _why(kind, name, dict(known))]
        )


def _why(kind: str, name: str, known: dict[str, str]) -> str:
    others = {folded: shown for folded, shown in known.items() if shown != ALL}
    near = list(dict.fromkeys(others[match] for match in get_close_matches(name, others, NEAREST, LIKENESS)))
    near = near or sorted(set(others.values()))[:NEAREST]
    said = (
        f"No such {kind} is known; the nearest known names: {', '.join(near)}." if near else f"No such {kind} is known."
    )
    return f"{said} Use one of them." if near else f"{said} Name it in authority.toml." if kind == "team" else said
