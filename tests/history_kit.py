"""A published home given earlier month ends: its figures of one date repeated with other numbers. For pages that follow figures."""

from __future__ import annotations

import shutil
from calendar import monthrange
from datetime import date
from pathlib import Path

import duckdb

from countermark.certify import snapshot
from countermark.home import Home
from countermark.ledger.store import Ledger

# Numbers that move like real ones: a wave, a dip in the ninth month back; the twelfth month back was not reliable enough.
OLDER = """
insert into main.metrics
select * exclude (n) replace (
    $as_at::date as as_at, n as system_numerator,
    case when unit = 'percent' then n / nullif(system_denominator, 0)::double else n::double end as system_value,
    case when range_low is not null then case when unit = 'percent' then greatest(0, n - 1) / nullif(system_denominator, 0)::double
        else n - 1 end end as range_low,
    case when range_high is not null then case when unit = 'percent' then n / nullif(system_denominator, 0)::double else n end end
        as range_high,
    case when $back = 12 then 'withheld' else 'provisional' end as status,
    case when $back = 12 then 'Not reliable enough to report: 3 records have a blocking error, more than the 2 allowed.'
        else 'Being checked: no officer has checked it; the accountable head has not signed it.' end as status_reason,
    null as certificate_id, 1 as revision
)
from (
    select *, greatest(0, least(coalesce(system_denominator, 1000000), system_numerator + case
        when system_numerator < 6 then ($back % 3) - 1
        else round((($back * 7) % 5 - 2) * system_numerator / 60.0 - case when $back = 9 then system_numerator / 4.0 else 0 end)
    end))::integer as n
    from main.metrics where as_at = $now
)
"""
BESIDE = {
    "facts.definitions": "select * replace ($as_at::date as as_at) from facts.definitions where as_at = $now",
    "facts.extracts": "select * replace ($as_at::date as as_at) from facts.extracts where as_at = $now",
    "main.gates": "select * replace ($as_at::date as as_at) from main.gates where as_at = $now",
    "main.revisions": (
        "select authority, indicator_id, as_at, team, 1, 'scheduled', false, system_numerator, system_denominator, status, 'f', 'd', '', "
        "published_at from main.metrics where as_at = $as_at"
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
