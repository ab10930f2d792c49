"""The desk of the invented authority: earlier months that are done, and a month's work that waits. Nothing here is product logic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from countermark.certify import judge
from countermark.certify.publish import publish_again
from countermark.certify.snapshot import find, read
from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import load
from countermark.desk import looks
from countermark.home import Home
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.sample.authority import CODE
from countermark.sample.world import make_clock
from pipelines.demo import people_of_the_sample
from pipelines.waiting_words import say

DONE = "The team manager and the worker went through the record together; the list had been kept by hand."
NOTE = "Looked at the figure beside the months before and at five files; nothing stands out."
OPENED = "A case file was opened after the signature: the record was right."
ROLES = {"performance": "officer", "team manager": "team_manager"}  # by the words of authority.toml; all others lead
BESIDES = (
    ("Hollis Vardell", "board", ()), ("Juno Yarde", "engineer", ()), ("Basil Jesmonde", "auditor", ()), ("Wanda Garthwick", "admin", ()),
)  # fmt: skip
STILL_OPEN = ("Children in Care 1", "Safeguarding Harbour")  # of the month before not all is decided there


def expect_months(home: Home, as_at: date, history: int) -> None:
    """Have the run make figures for each earlier month's end as well."""
    with Ledger.open(home.ledger_url) as ledger:
        for end in make_clock(as_at, history).ends[:-1]:
            ledger.add_position(CODE, end)


def leave_work(console: Any, home: Home, ledger: Ledger, authority: str, as_at: date) -> None:
    """Do the earlier months' work; of the last month decide some differences, check some figures, sign some, let one lapse."""
    people, catalogue = people_of_the_sample(ledger, authority), load()
    last_month = as_at.replace(day=1) - timedelta(days=1)

    def publish() -> None:
        publish_again(home, catalogue, ledger)

    decided = _decide(home, ledger, people, "as_at < $day or (as_at = $day and not list_contains($teams, team))",
                      {"day": last_month, "teams": list(STILL_OPEN)})  # fmt: skip
    decided += _decide(home, ledger, people, "as_at = $day and (indicator_id = 'AS3' or team = $team)",
                       {"day": as_at, "team": "Safeguarding West"})  # fmt: skip
    publish()
    console.print(f"{people['decider']} decided {decided} differences.")
    earlier = _ready(home, "as_at < ?", as_at, ("delivered", "valid", "reconciled", "counted"))
    now = _ready(home, "as_at = ?", as_at, ("delivered", "valid", "reconciled", "counted"))
    _check(home, ledger, people, [*earlier, *now[:-1]])  # the last one is ready and waits for its check
    publish()
    console.print(f"{people['checker']} checked {len(earlier) + len(now) - 1} figures; one waits for a check.")
    signed = _ready(home, "as_at < ?", as_at, judge.BEFORE_SIGNING)
    mine = _ready(home, "as_at = ?", as_at, judge.BEFORE_SIGNING)
    lapsing = _with_open_differences(home, as_at, [name for name, _ in mine])
    wanted = [one for place, one in enumerate(mine) if place % 2 == 0 or one[0] == lapsing]
    _sign(home, ledger, people, [*signed, *wanted])
    publish()
    console.print(f"{people['signer']} signed {len(signed) + len(wanted)} figures; {len(mine) - len(wanted)} wait.")
    if lapsing:
        _decide(home, ledger, people, "as_at = $day and indicator_id = $indicator",
                {"day": as_at, "indicator": lapsing}, most=1, reason=OPENED)  # fmt: skip
        publish()
        console.print(f"{lapsing} was decided on after its signature: its certificate lapsed.\n")


def give_accounts(console: Any, home: Home, authority: str, as_at: date) -> None:
    """An account without a password for everybody whom the invented authority.toml names, and for the other roles; what they said."""
    from countermark.desk.accounts import Account, add, find

    with Ledger.open(home.ledger_url) as ledger:
        text = ledger.authority_text(authority)
        people = [
            (p.name, _role(p.role), (p.team,) if p.team else ()) for p in (parse_authority(text).people if text else ())
        ]
        for name, role, teams in (*people, *BESIDES):
            username = ".".join(name.split()).casefold()
            if find(ledger, username) is None:
                add(ledger, Account(username, name, role, authority, teams), "countermark demo")
        say(home, ledger, authority, as_at, people_of_the_sample(ledger, authority))
        _look(
            home,
            ledger,
            authority,
            as_at,
            {team: name for name, role, teams in people if role == "team_manager" for team in teams},
        )
    console.print("\nThe invented people have accounts. To open the desk:", style="bold")
    console.print(f"  countermark serve --demo --home {home.path}", highlight=False, markup=False, soft_wrap=True)


def _look(home: Home, ledger: Ledger, authority: str, as_at: date, managers: dict[str, str]) -> None:
    """Each manager has looked at the first of the team's children who were not seen in time; the others wait."""
    key, today = pseudonym_key(home.path), datetime.now(UTC).date()
    with read(find(home)) as con:
        rows = con.execute(
            "select team, min(child_id) from main.members where authority = ? and as_at = ? and indicator_id = 'PP1' "
            "and state in ('not_met', 'unusable') and team is not null group by team order by team",
            [authority, as_at],
        ).fetchall()
    for number, (team, child) in enumerate(rows):
        if team in managers:
            seen, again = ("no", today + timedelta(days=2)) if number % 2 else ("yes", None)
            looks.record(ledger, key, authority, child, "PP1", team, as_at, today, seen, again, managers[team], today)


def _role(told: str) -> str:
    return next((role for words, role in ROLES.items() if words in told.lower()), "leader")


def _decide(
    home: Home, ledger: Ledger, people: dict[str, str], where: str, values: dict[str, Any], most: int = 100_000,
    reason: str = DONE,
) -> int:  # fmt: skip
    with read(find(home)) as con:
        rows = con.execute(
            f"select break_id, max(as_at) from main.breaks where state = 'open' and ({where}) group by break_id order by all",
            values,
        ).fetchall()[:most]
    for day in sorted({as_at for _, as_at in rows}):
        breaks = [break_id for break_id, as_at in rows if as_at == day]
        judge.decide(
            ledger, find(home), breaks, people["decider"], decision="system_right", cause="form_wrong_in_the_new_system", reason=reason,
            until=day + timedelta(days=3 * 365), evidence="case file",
        )  # fmt: skip
    return len(rows)


def _ready(home: Home, where: str, as_at: date, gates: tuple[str, ...]) -> list[tuple[str, date]]:
    """Figures of the authority as a whole for which all these checks hold, save those reconstructed: they are never certified."""
    with read(find(home)) as con:
        return con.execute(
            "select indicator_id, as_at from main.gates anti join (select * from main.metrics where reconstructed) "
            f"using (authority, indicator_id, as_at) where {where} and team = 'ALL' and list_contains(?, gate) "
            "group by all having bool_and(outcome in ('PASS', 'NOT_APPLICABLE')) order by as_at, indicator_id",
            [as_at, list(gates)],
        ).fetchall()


def _with_open_differences(home: Home, as_at: date, indicators: list[str]) -> str:
    with read(find(home)) as con:
        row = con.execute(
            "select min(indicator_id) from main.breaks where as_at = ? and state = 'open' and list_contains(?, indicator_id)",
            [as_at, indicators],
        ).fetchone()
    return str(row[0] or "") if row else ""


def _figures(snapshot: Path, wanted: list[tuple[str, date]]) -> list[judge.Figure]:
    return [
        figure
        for day in sorted({as_at for _, as_at in wanted})
        for figure in judge.figures(snapshot, [name for name, as_at in wanted if as_at == day], day, authority=CODE)
    ]


def _check(home: Home, ledger: Ledger, people: dict[str, str], wanted: list[tuple[str, date]]) -> None:
    snapshot = find(home)
    with read(snapshot):  # held open: each judgement reads it again
        judge.check(ledger, snapshot, _figures(snapshot, wanted), people["checker"], NOTE)


def _sign(home: Home, ledger: Ledger, people: dict[str, str], wanted: list[tuple[str, date]]) -> None:
    snapshot = find(home)
    with read(snapshot):
        judge.sign(ledger, snapshot, _figures(snapshot, wanted), people["signer"])
