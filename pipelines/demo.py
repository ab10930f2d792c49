"""The invented authority through a month's work: run, decide, check, sign. What `make run` shows; nothing here is product logic."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from countermark.certify import judge
from countermark.certify.snapshot import find, read
from countermark.contracts.authority import parse_authority
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import home_lock

AS_AT = date(2022, 10, 31)
TO_CERTIFY = ("AS3", "PP3")
NOTE = "Looked at the figure beside last quarter's returns and at five files; nothing stands out."


def play(home: Home, seed: int, scale: float, history: int = 0, desk: bool = False, sources: str = "annex_a") -> None:
    """Write the sample beside the home, run, decide the differences of two figures, check what can be checked, sign what can be signed.

    With a `history` the months before are done and a month's work is left waiting. `desk` gives the invented people accounts. `sources` all
    takes everything that an authority has; the workbooks alone are the default, since the rest takes as long again and more.
    """

    from countermark.sample.sample import ALL, write_sample
    from pipelines import waiting
    from pipelines.console import a_console, changes, shown, summary
    from pipelines.running import run

    console = a_console()
    sample = home.path.parent / "sample"
    console.print("Writing an invented authority …")
    write_sample(sample, seed=seed, scale=scale, as_at=AS_AT, history=history, sources=sources)
    if sources != ALL:
        console.print(
            "Workbooks and counts alone. With trackers, returns, workforce and the case system: --sources all"
        )
    shutil.copytree(sample / "comparators", home.comparators, dirs_exist_ok=True)
    waiting.expect_months(home, AS_AT, history)
    with shown(console):
        result = run(home, sample / "inbox", AS_AT, None)
    if not result.ok:
        raise SystemExit("\n".join([*result.reasons, "The run failed."]))
    authority = result.authorities[0]
    console.print(changes([row for row in result.changed if row["as_at"] == AS_AT.isoformat()]))
    with home_lock(home), Ledger.open(home.ledger_url) as ledger:
        if history:
            waiting.leave_work(console, home, ledger, authority, AS_AT)
        else:
            _judge(console, home, ledger, authority)
    console.print(summary(find(home), authority, AS_AT.isoformat()))
    _where_next(console, home, sample)
    if desk:
        waiting.give_accounts(console, home, authority, AS_AT)


def _judge(console: Any, home: Home, ledger: Ledger, authority: str) -> None:
    from countermark.certify.publish import publish_again
    from countermark.contracts.catalogue import load

    catalogue = load()
    officers = people_of_the_sample(ledger, authority)
    decided = 0
    for indicator in TO_CERTIFY:
        breaks = _open_breaks(find(home), authority, indicator)
        if breaks:
            judge.decide(
                ledger, find(home), breaks, officers["decider"], decision="system_right", cause="form_wrong_in_the_new_system",
                reason="The record was opened with the team manager; the list had been kept by hand.",
                until=AS_AT + timedelta(days=92), evidence="case file",
            )  # fmt: skip
            decided += len(breaks)
    publish_again(home, catalogue, ledger)
    console.print(f"{officers['decider']} decided {decided} differences of {' and '.join(TO_CERTIFY)}.")
    ready = _with_gates(find(home), authority, ("delivered", "valid", "reconciled", "counted"))
    checked = judge.figures(find(home), ready, AS_AT, authority=authority)
    judge.check(ledger, find(home), checked, officers["checker"], NOTE)
    publish_again(home, catalogue, ledger)
    console.print(f"{officers['checker']} checked {', '.join(ready)}.")
    signable = _with_gates(find(home), authority, judge.BEFORE_SIGNING)
    if signable:
        judge.sign(
            ledger, find(home), judge.figures(find(home), signable, AS_AT, authority=authority), officers["signer"]
        )
    publish_again(home, catalogue, ledger)
    console.print(f"{officers['signer']} signed {', '.join(signable) or 'nothing'}.\n")


def people_of_the_sample(ledger: Ledger, authority: str) -> dict[str, str]:
    """Three people of the sample by role: two performance officers and the accountable head."""
    text = ledger.authority_text(authority)
    people = parse_authority(text).people if text else ()
    officers = [p.name for p in people if "performance" in p.role.lower()]
    heads = [p.name for p in people if "director" in p.role.lower()]
    return {"decider": officers[0], "checker": officers[1], "signer": heads[0]}


def _open_breaks(snapshot: Path, authority: str, indicator: str) -> list[str]:
    with read(snapshot) as con:
        rows = con.execute(
            "select distinct break_id from main.breaks "
            "where authority = ? and indicator_id = ? and as_at = ? and state = 'open' order by 1",
            [authority, indicator, AS_AT],
        ).fetchall()
    return [row[0] for row in rows]


def _with_gates(snapshot: Path, authority: str, gates: tuple[str, ...]) -> list[str]:
    """Indicators of the authority as a whole whose gates all hold, those left out that were reconstructed: they are never certified."""
    with read(snapshot) as con:
        rows = con.execute(
            "select indicator_id from main.gates anti join (select * from main.metrics where reconstructed) "
            "using (authority, indicator_id, as_at) where authority = ? and as_at = ? and team = 'ALL' and list_contains(?, gate) "
            "group by indicator_id having bool_and(outcome in ('PASS', 'NOT_APPLICABLE')) order by 1",
            [authority, AS_AT, list(gates)],
        ).fetchall()
    return [row[0] for row in rows]


def _where_next(console: Any, home: Home, sample: Path) -> None:
    at = f"--home {home.path}"
    console.print("\nWhere to look next", style="bold")
    for what, command in (
        ("why two counts differ", f"countermark explain PP1 --as-at {AS_AT} --team 'Safeguarding East' {at}"),
        ("everything as files", f"countermark export --out out --format xlsx {at}"),
        ("what failed which rule", f"{home.data_docs} (open index.html in a browser)"),
        (
            "the assets and their runs",
            f"COUNTERMARK_HOME={home.path} DAGSTER_HOME={home.dagster} dagster dev -w workspace.yaml",
        ),
        ("what was planted", f"{sample / 'truth.json'}"),
    ):
        console.print(f"  {what:<28}{command}", highlight=False, markup=False, soft_wrap=True)
