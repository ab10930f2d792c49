"""`write_sample`: the deliveries of the invented authority and their truth, into a folder.

What belongs here is the order of things: histories, faults, extracts, counts, files, truth.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

from countermark.sample import claims, write
from countermark.sample.authority import CODE, TEAMS, authority_toml
from countermark.sample.claims import Claim
from countermark.sample.counts import Question, figures, members
from countermark.sample.lists import Lists, extract, really
from countermark.sample.mess import spoil
from countermark.sample.world import make_world


def write_sample(out: Path, seed: int = 1, scale: float = 1.0, as_at: date = date(2022, 10, 31)) -> Path:
    """Write `inbox/` and `truth.json` below `out`; return the path of `truth.json`.

    `scale` 1 is about the size of North East Lincolnshire. The same arguments give the same bytes. Raises ValueError where
    `as_at` is not a month's last day.
    """
    world = make_world(seed, scale, as_at)
    first, second = extract(world, world.clock.first), extract(world, world.clock.second)
    honest = Question(as_at, [really(world)])
    made = [claims.honest(indicator, team, members(indicator, honest)) for indicator, team in claims.wanted()]
    inbox = out / "inbox"
    write.write_text(inbox / "authority.toml", authority_toml())
    _deliver(inbox, first, world.clock.first, 1, seed)
    _deliver(inbox, second, world.clock.second, 2, seed)
    _write_claims(inbox, made, as_at)
    truth = out / "truth.json"
    write.write_json(truth, {"figures": figures(Question(as_at, [second, first]))})
    return truth


def _deliver(inbox: Path, lists: Lists, on: date, number: int, seed: int) -> None:
    folder = inbox / f"{on.isoformat()} Annex A"
    rng = Random(f"countermark printout {seed} {number}")  # noqa: S311  not for secrets
    write.write_workbook(folder / f"Annex A {on.strftime('%d %b %Y')}.xlsx", spoil(lists, number, rng))
    write.write_text(folder / "delivery.toml", f'authority = "{CODE}"\nextracted_on = {on.isoformat()}\n')


def _write_claims(inbox: Path, made: list[Claim], as_at: date) -> None:
    write.write_table(inbox / "counts" / "manual_counts.csv", claims.COUNT_HEADERS, claims.count_rows(made, as_at))
    for number, team in enumerate(TEAMS):
        rows = [row for c in made if c.team == team.name and c.listed for row in claims.list_rows(c, as_at)]
        if rows:
            suffix = "xlsx" if number % 2 else "csv"
            path = inbox / "lists" / f"{team.name} list {as_at.strftime('%B %Y')}.{suffix}"
            write.write_table(path, claims.LIST_HEADERS, rows, "Manual list")
