"""From the facts of a snapshot and the ledger to gates, status, range and metrics. Writes into the open snapshot alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from countermark.certify import book, dip, dip_results
from countermark.certify.affirm import other_files
from countermark.certify.own import add_own_figures, leave_out_own
from countermark.certify.ranges import Item, count_range, share_range
from countermark.certify.sealed import carry_checks, carry_figures, sealed_positions
from countermark.certify.untouched import look_at_record
from countermark.contracts.catalogue import Catalogue
from countermark.ledger.counters import Counter
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert, quiet, statements
from countermark.words import NOTHING_BOUNDS

GATE_ORDER = ("delivered", "valid", "reconciled", "counted", "plausible", "checked", "signed")
FigureKey = tuple[str, str, date, str]


@dataclass(frozen=True)
class Facts:
    """One figure of an authority as a whole, as certification sees it."""

    authority: str
    indicator_id: str
    as_at: date
    facts_hash: str


def certify(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger, key: bytes, last: Path | None = None
) -> list[Facts]:
    """Make breaks, gates and metrics in the open snapshot. Notes newly seen breaks, lapsed and re-affirmed certificates in the ledger.

    `key` names breaks; `last` is the snapshot that this one supersedes. Idempotent: run twice on one state of facts and ledger, the
    same tables result.
    """
    with quiet("certifying"):
        leave_out_own(con, catalogue)
        look_at_record(con, ledger)
        book.load(con, ledger)
        book.name_breaks(con, key)
        book.name_failures(con, key)
        book.name_pairs(con, key)
        _note_newly_seen(con, ledger)
        _note_counters(con, ledger, dip_results.load(con, ledger))
        book.name_drawn(con, key)
        judge_data(con, catalogue)
        _run(con, catalogue, "pairs")
        sealed = sealed_positions(ledger)
        carry_checks(con, last, sealed)
        facts = [Facts(*row) for row in con.execute("select * from facts_hashes order by all").fetchall()]
        _settle_certificates(con, ledger, facts, other_files(con, last) if last else {})
        judge_figures(con, catalogue)
        carry_figures(con, last, sealed)
        add_own_figures(con, catalogue, ledger)
    return facts


def judge_data(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Breaks, the gates that rest on data and counts, and what checks and certificates are bound to; `book` and `break_ids` stand."""
    con.execute(
        "create or replace temp table dip_wanted as select distinct authority, indicator_id, as_at from book.dip_files"
    )
    for name in ("breaks", "dip_sides", "dip", "data_gates", "valid_gate", "count_gates", "counted_gate", "hashes"):
        _run(con, catalogue, name)


def judge_figures(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """The gates that rest on people and on earlier figures, ranges and the published figures, after `judge_data`."""
    _run(con, catalogue, "judgement_gates")
    _make_differences(con)
    _fill_ranges(con)
    _run(con, catalogue, "proven")
    _run(con, catalogue, "metrics")


def _run(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, name: str) -> None:
    said = {"gate_order": list(GATE_ORDER), **vars(dip.rules())}
    for statement in statements(catalogue.shared(f"certify/{name}")):
        con.execute(statement, {name: value for name, value in said.items() if f"${name}" in statement})


def _note_newly_seen(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Differences and failures that the ledger has not seen before are seen today."""
    today = datetime.now(UTC).date()
    seen = False
    for kind, table in (("break", "break_ids"), ("failure", "failure_ids"), ("pair", "pair_ids")):
        new = con.execute(
            f"select authority, list(distinct break_id order by break_id) from {table} as found where not exists ("
            "select 1 from book.seen where seen.authority = found.authority and seen.break_id = found.break_id and seen.kind = ?) "
            "group by authority",
            [kind],
        ).fetchall()
        for authority, ids in new:
            ledger.see(authority, ids, kind, today)
            seen = True
    if seen:
        book.load(con, ledger)


def _note_counters(con: duckdb.DuckDBPyConnection, ledger: Ledger, readers: list[Counter]) -> None:
    """Who counted at each position or read files of it, into the ledger, whose triggers keep them from deciding, checking and signing."""
    of_files = {one.place for one in readers}
    known = [one.place for one in ledger.counters() if one.by and one.place not in of_files]
    insert(con, "book.counted", known)
    rows = con.execute(COUNTED).fetchall()
    ledger.note_counters([*readers, *(Counter(*row) for row in rows)])


# With nobody where somebody counted and nobody does any more: the count was taken back. Positions that are not at hand stay as known.
COUNTED = """
with now as (
    select authority, indicator_id, as_at, team, max(trim(counted_by)) as counted_by
    from facts.claims where trim(counted_by) <> '' group by all
)
select authority, indicator_id, as_at, team, counted_by from now
union all
select known.authority, known.indicator_id, known.as_at, known.team, ''
from book.counted as known
anti join now
    on known.authority = now.authority and known.indicator_id = now.indicator_id and known.as_at = now.as_at and known.team = now.team
where (known.authority, known.as_at) in (select (authority, as_at) from facts.definitions)
order by 1, 3, 2, 4
"""


def _settle_certificates(
    con: duckdb.DuckDBPyConnection, ledger: Ledger, facts: list[Facts], others: dict[tuple[str, str, date], str]
) -> None:
    """A certificate whose facts changed lapses now, in the ledger first, so that a crash can only err towards caution.

    One whose facts are the same while its files are `others` is re-affirmed, once for each set of files.
    """
    now = {(f.authority, f.indicator_id, f.as_at): f.facts_hash for f in facts}
    changed = False
    for certificate in ledger.certificates():
        figure = (certificate.authority, certificate.indicator_id, certificate.as_at)
        if certificate.lapsed_at is not None:
            continue
        if now.get(figure, "") != certificate.facts_hash:
            changed |= ledger.lapse(certificate.id, "what it certified has changed")
        elif figure in others:
            changed |= ledger.reaffirm(certificate.id, reason=f"other files, the same facts: {others[figure]}")
    if changed:
        book.load(con, ledger)


def _make_differences(con: duckdb.DuckDBPyConnection) -> None:
    """`differences`: the breaks that bear on each published row. The authority without a figure of its own has its teams'."""
    con.execute(
        """
        create or replace temp table differences as
        select * from main.breaks
        union all by name
        select teams.* replace ('ALL' as team)
        from main.breaks as teams
        where teams.team <> 'ALL' and not exists (
            select 1 from facts.bridges as own
            where own.authority = teams.authority and own.as_at = teams.as_at and own.indicator_id = teams.indicator_id and own.team = 'ALL'
        )
        """
    )


def _fill_ranges(con: duckdb.DuckDBPyConnection) -> None:
    """`ranges`: lowest and highest value of each published row over its open, overtaken and unusable cases."""
    con.execute(
        "create or replace temp table ranges (authority varchar, indicator_id varchar, as_at date, team varchar, low double, "
        "high double, says varchar)"
    )
    items: dict[FigureKey, list[Item]] = {}
    for authority, indicator, as_at, team, choices, times in con.execute(CHOICES).fetchall():
        ways = frozenset((choice["n"], choice["d"]) for choice in choices)
        items.setdefault((authority, indicator, as_at, team), []).extend([ways] * times)
    unbounded: dict[FigureKey, str] = {row[:4]: row[4] for row in con.execute(UNBOUNDED).fetchall()}
    rows = []
    for authority, indicator, as_at, team, measures, n, d, value, owing, silent, names in con.execute(
        FIGURES
    ).fetchall():
        says = f"{names} has given no count" if silent == 1 else f"{names} have given no count" if silent else ""
        bounds: tuple[float, float] | tuple[None, None] = (None, None)
        if who := unbounded.get((authority, indicator, as_at, team)):
            unnamed = f"{NOTHING_BOUNDS} {who} stands for: it has families that no source names"
            says = "; ".join(filter(None, (says, unnamed)))
        elif not (owing and silent * 2 > owing):
            open_items = items.get((authority, indicator, as_at, team), [])
            bounds = _bounds(measures, n, d, value, open_items)
        rows.append((authority, indicator, as_at, team, *bounds, says))
    insert(con, "ranges", rows)


def _bounds(
    measures: str, n: int, d: int, value: float | None, open_items: list[Item]
) -> tuple[float, float] | tuple[None, None]:
    """Of a measured value nothing is known but itself: where a case is open it has no range."""
    if measures in ("average", "median"):
        return (None, None) if open_items or value is None else (value, value)
    found = share_range(n, d, open_items) if measures == "share" else count_range(n, open_items)
    return (float(found[0]), float(found[1])) if found else (None, None)


# Counts in families (or meetings) that no source names, whose children nobody can number.
UNBOUNDED = """
select authority, indicator_id, as_at, team, string_agg(distinct coalesce(of_team, team), ', ' order by coalesce(of_team, team))
from differences where state = 'open' and moves_least is not null and moves_most is null group by all
"""

FIGURES = """
select
    figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team, figure_rows.measures,
    figure_rows.numerator, figure_rows.denominator, figure_rows.system_value, count(owes.team) as owing,
    count(owes.team) filter (claims.team is null and sampled.team is null) as silent,
    string_agg(owes.team, ', ' order by owes.team) filter (claims.team is null and sampled.team is null) as names
from figure_rows
left join facts.owes as owes
    on figure_rows.authority = owes.authority and figure_rows.indicator_id = owes.indicator_id and figure_rows.as_at = owes.as_at
    and (figure_rows.team = 'ALL' or figure_rows.team = owes.team)
left join facts.claims as claims
    on owes.authority = claims.authority and owes.indicator_id = claims.indicator_id and owes.as_at = claims.as_at
    and owes.team = claims.team
left join sampled_counts as sampled
    on owes.authority = sampled.authority and owes.indicator_id = sampled.indicator_id and owes.as_at = sampled.as_at
    and owes.team = sampled.team
group by all
"""

# Each case's ways to fall: its system state, its manual state (the effects reversed; of a count in families the fewest and the most
# children it can stand for); an overtaken or unusable case met or not met.
CHOICES = """
with open_cases as (
    select
        authority, indicator_id, as_at, team, coalesce(case_id, '~' || coalesce(of_team, team)) as item,
        coalesce(sum(least) filter (measure = 'numerator'), 0)::integer as n,
        coalesce(sum(least) filter (measure = 'denominator'), 0)::integer as d,
        coalesce(sum(most) filter (measure = 'numerator'), 0)::integer as n_most,
        coalesce(sum(most) filter (measure = 'denominator'), 0)::integer as d_most
    from (
        select *, coalesce(moves_least, -effect) as least, coalesce(moves_most, -effect) as most
        from (select * from differences union all by name select null::integer as moves_least, null::integer as moves_most where false)
    )
    where state = 'open' and kind <> 'line' group by all
),
odd_cases as (
    select
        members.authority, members.indicator_id, members.as_at, rows.team, members.case_id as item, members.state
    from facts.members as members
    join figure_rows as rows
        on members.authority = rows.authority and members.indicator_id = rows.indicator_id and members.as_at = rows.as_at
        and (rows.team = 'ALL' or rows.team = members.team)
    where members.state in ('overtaken', 'unusable')
),
-- What a file says that was read, where the system says otherwise: with a count beside it the file may find both wrong.
dip_cases as (
    select files.authority, files.indicator_id, files.as_at, rows.team, files.case_id as item,
        files.file_n - files.system_n as n, files.file_d - files.system_d as d, n as n_most, d as d_most
    from desk.dip_files as files
    join figure_rows as rows
        on files.authority = rows.authority and files.indicator_id = rows.indicator_id and files.as_at = rows.as_at
        and (rows.team = 'ALL' or rows.team = files.team)
    where files.file_d is not null and files.is_wrong
),
choices as (
    select authority, indicator_id, as_at, team, item, unnest(case state
        when 'overtaken' then [{'n': 0, 'd': 1}, {'n': 1, 'd': 1}] else [{'n': 0, 'd': 0}, {'n': 1, 'd': 0}]
    end) as choice
    from odd_cases
    union all
    select authority, indicator_id, as_at, team, item, unnest([
        {'n': 0, 'd': 0}, {'n': n, 'd': d}, {'n': n, 'd': d_most}, {'n': n_most, 'd': d}, {'n': n_most, 'd': d_most}
    ])
    from (select * from open_cases union all select * from dip_cases) as either
    anti join odd_cases using (authority, indicator_id, as_at, team, item)
),
ways as (
    select authority, indicator_id, as_at, team, item, list_sort(list_distinct(list(choice))) as choices from choices group by all
)
select authority, indicator_id, as_at, team, choices, count(*) as times from ways where len(choices) > 1 group by all
"""
NO_FILES = """(select null::varchar as authority, null::varchar as indicator_id, null::date as as_at, null::varchar as team,
    null::varchar as case_id, 0 as file_n, 0 as file_d, 0 as system_n, 0 as system_d, false as is_wrong where false)"""
FILES_THERE = "select 1 from duckdb_tables() where schema_name = 'desk' and table_name = 'dip_files'"


def without_files(query: str) -> str:
    """The query for a publication of an earlier version, which knew no files that were read."""
    return query.replace("desk.dip_files", NO_FILES)
