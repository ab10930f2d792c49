"""A published home given earlier month ends: its figures of one date repeated with other numbers. For pages that follow figures."""

from __future__ import annotations

import shutil
from calendar import monthrange
from datetime import date
from pathlib import Path

import duckdb

from countermark.certify import judge, snapshot
from countermark.certify.publish import publish_again
from countermark.contracts.authority import parse_authority
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.intake_kit import catalogue

# Numbers that move like real ones: a wave, a dip in the ninth month back; the twelfth
# month back was not reliable enough, and its number, 613 of 1009, is no other's.
OLDER = """
insert into main.metrics
select * exclude (n, d) replace (
    $as_at::date as as_at, n as system_numerator, d as system_denominator,
    case unit when 'percent' then n / nullif(d, 0)::double when 'count' then n::double else system_value end as system_value,
    case when range_low is not null then case when unit = 'percent' then greatest(0, n - 1) / nullif(system_denominator, 0)::double
        else n - 1 end end as range_low,
    case when range_high is not null then case when unit = 'percent' then n / nullif(system_denominator, 0)::double else n end end
        as range_high,
    case when $back = 12 then 'withheld' else 'provisional' end as status,
    case when $back = 12 then 'Not reliable enough to report: no complete delivery of the list.'
        else 'Being checked: no officer has checked it; the accountable head has not signed it.' end as status_reason,
    null as certificate_id, 1 as revision
)
from (
    select *, case when $back = 12 and unit = 'percent' then 1009 else system_denominator end as d, case when $back = 12 then 613 else greatest(0, least(coalesce(system_denominator, 1000000), system_numerator + case
        when system_numerator < 6 then ($back % 3) - 1
        else round((($back * 7) % 5 - 2) * system_numerator / 60.0 - case when $back = 9 then system_numerator / 4.0 else 0 end)
    end)) end::integer as n
    from main.metrics where as_at = $now
)
"""
BESIDE = {
    "facts.definitions": "select * replace ($as_at::date as as_at) from facts.definitions where as_at = $now",
    "facts.extracts": "select * replace ($as_at::date as as_at) from facts.extracts where as_at = $now",
    "main.gates": "select * replace ($as_at::date as as_at) from main.gates where as_at = $now",
    "main.revisions": (
        "select authority, indicator_id, as_at, team, 1, 'scheduled', false, system_numerator, system_denominator, status, 'f', 'd', '', "
        "published_at, system_value from main.metrics where as_at = $as_at"
    ),
}


def month_back(day: date, months: int) -> date:
    """The last day of the month that many months before."""
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, monthrange(at // 12, at % 12 + 1)[1])


def stretch(path: Path, months: int) -> Path:
    """Publish in the home at `path` the newest date's figures with `months` earlier month ends before them; the new snapshot."""
    home = Home.open(path)
    last = snapshot.find(home)
    beside = home.published / "stretched.duckdb"
    shutil.copyfile(last, beside)
    with duckdb.connect(str(beside)) as con:
        now = con.execute("select max(as_at) from main.metrics").fetchall()[0][0]
        for back in range(1, months + 1):
            bound = {"as_at": month_back(now, back), "now": now}
            con.execute(OLDER, {**bound, "back": back})
            for table, query in BESIDE.items():
                con.execute(f"insert into {table} {query}", {k: v for k, v in bound.items() if f"${k}" in query})
    with Ledger.open(home.ledger_url) as ledger:
        seq = ledger.next_revision()
        name = f"{seq:06d}-stretched.duckdb"
        beside.rename(home.published / name)
        ledger.add_revision(name, f"stretched-{months}", [], "scheduled", {}, seq=seq)
        snapshot.point_at(home, name)
    return home.published / name


def certify_one(path: Path, indicator: str) -> None:
    """Have the newest date's figure of an indicator checked and signed by two people of the invented authority, and publish."""
    home, definitions = Home.open(path), catalogue()
    with Ledger.open(home.ledger_url) as ledger:
        code = ledger.authorities()[0]
        people = {one.role: one.name for one in parse_authority(ledger.authority_text(code) or "").people}
        last = snapshot.find(home)
        with snapshot.read(last) as con:
            as_at = con.execute("select max(as_at) from main.metrics").fetchall()[0][0]
        wanted = judge.figures(last, [indicator], as_at)
        judge.check(ledger, last, wanted, people["performance officer"], "looked at each case")
        noted = publish_again(home, definitions, ledger)
        wanted = judge.figures(home.published / noted.snapshot, [indicator], as_at)
        judge.sign(ledger, home.published / noted.snapshot, wanted, people["director of children's services"])
        publish_again(home, definitions, ledger)


SPOIL = """
insert into facts.failures by name
select $authority as authority, 'CM-T-001' as rule_code, 'blocking' as severity, 'The date of the last visit cannot be' as message,
    reads.contract, members.delivery_id, members.source_row, reads.header as column_name, members.child_id, members.team
from (select * from facts.members where indicator_id = $indicator and in_denominator order by in_numerator desc, case_id limit $many) as members
cross join (
    select contract, header from facts.reads where indicator_id = $indicator and header not in (
        select header from facts.reads where indicator_id = $spared) order by all limit 1
) as reads
"""


def spoil(path: Path, indicator: str, spared: str, many: int = 6) -> None:
    """Give records of an indicator blocking errors in a cell that another does not read; they count from the next publication."""
    last = snapshot.find(Home.open(path))
    with duckdb.connect(str(last)) as con:
        code = con.execute("select any_value(authority) from main.metrics").fetchall()[0][0]
        con.execute(SPOIL, {"authority": code, "indicator": indicator, "spared": spared, "many": many})
