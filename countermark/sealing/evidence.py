"""What each of the seven checks of a certified figure rested on, who did what, and which files were read. Queries and plain clauses.

By role and team; names stay in `Deed.by`, for whoever may see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from countermark.certify.certify import FILES_THERE, GATE_ORDER
from countermark.ledger.records import Certificate
from countermark.ledger.store import Ledger
from countermark.words import GATE_DOES_NOT_APPLY, GATE_HOLDS, day

ONE = "authority = $authority and indicator_id = $indicator and as_at = $as_at"


@dataclass(frozen=True)
class Deed:
    """Somebody counted, decided, checked or signed. `team` is that of a count; `noted` says whether a check came with a note."""

    did: str
    by: str
    team: str
    on: date | None
    noted: bool = False


def _key(issued: Certificate) -> dict[str, Any]:
    return {"authority": issued.authority, "indicator": issued.indicator_id, "as_at": issued.as_at}


def deeds(con: duckdb.DuckDBPyConnection, ledger: Ledger, issued: Certificate) -> list[Deed]:
    """Who counted, decided, checked and signed, in this order, as known when it was signed."""
    query = (
        f"select counted_by, team, counted_at from facts.claims where {ONE} and counted_by is not null "
        "group by all order by team, counted_by"
    )
    found = [Deed("counted", *row) for row in con.execute(query, _key(issued)).fetchall()]
    rows = con.execute(
        f"select distinct break_id from main.breaks where {ONE} and state = 'decided'", _key(issued)
    ).fetchall()
    mine = {row[0] for row in rows}
    decided = [
        one for one in ledger.decisions(issued.issued_at) if one.break_id in mine and one.authority == issued.authority
    ]
    last = {one.by: one.at.date() for one in sorted(decided, key=lambda one: one.at)}
    found += [Deed("decided", by, "", on) for by, on in sorted(last.items())]
    figure = (issued.authority, issued.indicator_id, issued.as_at)
    found += [
        Deed("checked", one.by, "", one.at.date(), bool(one.note.strip()))
        for one in ledger.checks(issued.issued_at) if (one.authority, one.indicator_id, one.as_at) == figure
    ]  # fmt: skip
    return [*found, Deed("signed", issued.signed_by, "", issued.issued_at.date())]


def checks(
    con: duckdb.DuckDBPyConnection, issued: Certificate, contracts: Sequence[str], done: Sequence[Deed]
) -> list[dict[str, Any]]:
    """The seven checks in order: outcome, what it means, and what it rested on."""
    rows = con.execute(f"select gate, outcome from main.gates where {ONE} and team = 'ALL'", _key(issued)).fetchall()
    outcomes = dict(rows)
    rested = _rested(con, issued, list(contracts), done)
    return [
        {
            "check": gate, "outcome": outcomes[gate], "says": _meaning(gate, outcomes[gate]),
            "evidence": [] if outcomes[gate] == "NOT_APPLICABLE" else rested[gate],
        }
        for gate in GATE_ORDER
    ]  # fmt: skip


def _meaning(gate: str, outcome: str) -> str:
    return GATE_DOES_NOT_APPLY.get(gate, "") if outcome == "NOT_APPLICABLE" else GATE_HOLDS[gate]


def _rested(
    con: duckdb.DuckDBPyConnection, issued: Certificate, contracts: list[str], done: Sequence[Deed]
) -> Mapping[str, list[str]]:
    with_contracts = {"authority": issued.authority, "contracts": contracts}
    ran, found, errors = con.execute(
        "select count(distinct rule_code), count(distinct rule_code) filter (failed > 0), count(*) filter (status = 'ERROR') "
        "from facts.rule_results where authority = $authority and list_contains($contracts, contract)",
        with_contracts,
    ).fetchall()[0]
    low, high, measures = con.execute(
        f"select range_low, range_high, measures from facts.definitions where {ONE}", _key(issued)
    ).fetchall()[0]
    valid = f"{_many(ran, 'check')} of the data ran on these lists, {found} found something, {errors or 'none'} could not be run"
    teams = [deed.team for deed in done if deed.did == "counted"]
    expected = f"{low:.0%} to {high:.0%}" if measures == "share" else f"{low:g} to {high:g}"
    return {
        "delivered": _lists(con, issued, contracts),
        "valid": [valid],
        "reconciled": _differences(con, issued),
        "counted": [
            *([f"counts given by {', '.join(dict.fromkeys(teams))}"] if teams else []),
            *_files_read(con, issued),
        ],
        "plausible": [
            f"the definition expects {expected}",
            *("an officer's note says what was looked at" for deed in done if deed.noted),
        ],
        "checked": [f"by an officer on {day(deed.on)}" for deed in done if deed.did == "checked" and deed.on],
        "signed": [f"by the accountable head on {day(deed.on)}" for deed in done if deed.did == "signed" and deed.on],
    }


def _files_read(con: duckdb.DuckDBPyConnection, issued: Certificate) -> list[str]:
    """How many case files were drawn and read; nothing where none was, or the publication is of an earlier version."""
    if not con.execute(FILES_THERE).fetchone():
        return []
    query = f"select count(*), count(file_says), count(*) filter (is_wrong) from desk.dip_files where {ONE}"
    drawn, looked, wrong = con.execute(query, _key(issued)).fetchall()[0]
    return [f"a dip sample of case files: {drawn} drawn, {looked} read, {wrong or 'none'} wrong"] if drawn else []


def _many(number: int, what: str) -> str:
    return f"{number} {what if number == 1 else what + 's'}"


def _lists(con: duckdb.DuckDBPyConnection, issued: Certificate, contracts: list[str]) -> list[str]:
    query = (
        "select coalesce(contracts.title, extracts.contract), extracts.extracted_on from facts.extracts as extracts "
        "left join facts.contracts as contracts on extracts.contract = contracts.contract "
        "where extracts.authority = $authority and extracts.as_at = $as_at and list_contains($contracts, extracts.contract) "
        "order by all"
    )
    rows = con.execute(query, {"authority": issued.authority, "as_at": issued.as_at, "contracts": contracts}).fetchall()
    return [f"{title}, taken on {day(on)}, whole" for title, on in rows]


def _differences(con: duckdb.DuckDBPyConnection, issued: Certificate) -> list[str]:
    query = f"select count(distinct break_id), count(distinct break_id) filter (state = 'open') from main.breaks where {ONE}"
    every, still_open = con.execute(query, _key(issued)).fetchall()[0]
    if not every:
        return ["no difference between any team's count and the system"]
    return [
        f"{_many(every, 'difference')} between counts and system, {still_open or 'none'} of them open, within the tolerance"
    ]


def deliveries(con: duckdb.DuckDBPyConnection, issued: Certificate, contracts: Sequence[str]) -> list[dict[str, Any]]:
    """The files that the figure rests on: the lists of the extracts read, and the counts set against them. By id and sha256."""
    query = f"""
    with read as (
        select files.delivery_id
        from facts.deliveries as files
        join facts.extracts as extracts
            on files.authority = extracts.authority and files.contract = extracts.contract
            and files.extracted_on = extracts.extracted_on
        where files.authority = $authority and extracts.as_at = $as_at and list_contains($contracts, files.contract)
        union
        select delivery_id from facts.members where {ONE} and delivery_id is not null
        union
        select delivery_id from facts.claims where {ONE} and delivery_id is not null
    )
    select files.delivery_id, any_value(files.sha256), any_value(coalesce(contracts.title, files.contract)),
        any_value(files.extracted_on), any_value(files.rows_loaded)
    from facts.deliveries as files
    join read on files.delivery_id = read.delivery_id
    left join facts.contracts as contracts on files.contract = contracts.contract
    where files.authority = $authority and files.status in ('loaded', 'loaded_with_rejects')
    group by files.delivery_id order by files.delivery_id
    """
    rows = con.execute(query, {**_key(issued), "contracts": list(contracts)}).fetchall()
    return [
        {"id": id_, "sha256": sha, "list": title, "extracted_on": on, "rows": rows_loaded}
        for id_, sha, title, on, rows_loaded in rows
    ]
