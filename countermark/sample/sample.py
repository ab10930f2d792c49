"""`write_sample`: the deliveries of the invented authority and their truth, into a folder.

What belongs here is the order of things: histories, faults, extracts, counts, files, truth.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from countermark.sample import claims, write
from countermark.sample.authority import CODE, TEAMS, authority_toml, beside_toml
from countermark.sample.claims import Claim
from countermark.sample.counts import Member, Question, figures, members
from countermark.sample.faults import give_old_ids, plant_in_system
from countermark.sample.handing_in import hand_in
from countermark.sample.histories import World
from countermark.sample.lists import Lists, extract, really
from countermark.sample.mess import spoil
from countermark.sample.planting import Planted, Planter
from countermark.sample.published import write_published
from countermark.sample.slips import Counters, slip
from countermark.sample.truth import differences
from countermark.sample.world import make_world

ALL, ANNEX_A = "all", "annex_a"
SOURCES = (ALL, ANNEX_A)


def write_sample(
    out: Path,
    seed: int = 1,
    scale: float = 1.0,
    as_at: date = date(2022, 10, 31),
    history: int = 0,
    sources: str = ALL,
) -> Path:
    """Write `inbox/`, `comparators/` and `truth.json` below `out`; return the path of `truth.json`.

    `scale` 1 is about the size of North East Lincolnshire. `history` months before the as-at date have an extract and counts each; the
    truth tells of the as-at date alone. `sources` all brings every other source, and the case system's database beside the inbox; the
    world is the same. The same arguments give the same bytes. Raises ValueError where `as_at` is not a month's last day.
    """
    world = make_world(seed, scale, as_at, history)
    planted, counted = _plant(world, seed, sources)
    first, second = extract(world, world.clock.first), extract(world, world.clock.second)
    really_so = really(world)
    now, at_hand = Question(as_at, [second, first]), Question(as_at, [first])
    rng = Random(f"countermark slips {seed}")  # noqa: S311  not for secrets: the same seed must give the same slips
    honest = _honest(as_at, really_so)
    counters = Counters(rng, scale, as_at, honest, survey(now), survey(at_hand), really_so, planted)
    slip(counters)
    handed_in = hand_in(counters)
    further = None
    if sources == ALL:
        from countermark.sample.sources import deliver

        further = deliver.prepare(world, counted, seed)
    inbox = out / "inbox"
    write.write_text(inbox / "authority.toml", authority_toml(further is not None) + beside_toml(as_at, scale))
    write_published(out, as_at, scale, seed)
    rows = [*_deliver(inbox, first, world.clock.first, 1, seed), *_deliver(inbox, second, world.clock.second, 2, seed)]
    rows += _write_claims(inbox, handed_in, as_at)
    rows += _write_history(inbox, world, seed)
    told = deliver.deliver(further, out) if further else []
    truth = out / "truth.json"
    content = {
        "seed": seed,
        "scale": scale,
        "as_at": as_at,
        "authority": CODE,
        "extracts": [*world.clock.extracts, world.clock.first, world.clock.second],
        "figures": figures(now),
        "differences": differences(
            handed_in, counters.now, counters.at_hand, planted, further.families() if further else None
        ),
        "rows": [*rows, *told],
        "faults": planted.told,
    }
    if further:
        content["source_faults"] = further.faults.told
        content["pair_differences"] = further.pairs.told
    write.write_json(truth, content)
    return truth


def survey(question: Question) -> dict[str, dict[str, Member]]:
    """The members of every indicator that anybody counts."""
    return {indicator: members(indicator, question) for indicator in sorted({i for i, _ in claims.wanted()})}


def _plant(world: World, seed: int, sources: str) -> tuple[Planted, list[Any]]:
    """Faults of the system; old ids first, since everything after them names children by their ids. With all sources, the visits too
    that were counted and are not finished."""
    rng = Random(f"countermark faults {seed}")  # noqa: S311  not for secrets: the same seed must give the same faults
    question = Question(world.clock.as_at, [really(world)])
    planter = Planter(world, rng, survey(question))
    give_old_ids(planter)
    planter.found = survey(Question(world.clock.as_at, [really(world)]))
    plant_in_system(planter)
    if sources != ALL:
        return planter.planted, []
    from countermark.sample.sources import unfinished

    return planter.planted, unfinished.plant(planter)


def _honest(as_at: date, really_so: Lists) -> dict[tuple[str, str], Claim]:
    found = survey(Question(as_at, [really_so]))
    return {(i, team): claims.honest(i, team, found[i]) for i, team in claims.wanted()}


def _deliver(inbox: Path, lists: Lists, on: date, number: int, seed: int) -> list[dict[str, Any]]:
    folder = inbox / f"{on.isoformat()} Annex A"
    rng = Random(f"countermark printout {seed} {number}")  # noqa: S311  not for secrets
    path = folder / f"Annex A {on.strftime('%d %b %Y')}.xlsx"
    sheets = spoil(lists, number, rng)
    write.write_workbook(path, sheets)
    write.write_text(folder / "delivery.toml", f'authority = "{CODE}"\nextracted_on = {on.isoformat()}\n')
    return [_rows(inbox, path, s.name, len(s.rows) + bool(s.total), s.rejected, int(bool(s.total))) for s in sheets]


def _write_history(inbox: Path, world: World, seed: int) -> list[dict[str, Any]]:
    """The extracts of earlier months, and what their managers counted from them."""
    rng = Random(f"countermark earlier counts {seed}")  # noqa: S311  not for secrets
    told, clock = [], world.clock
    shown = [extract(world, on) for on in (*clock.extracts, clock.first)]
    for number, (end, on) in enumerate(zip(clock.ends, clock.extracts, strict=False)):
        told += _deliver(inbox, shown[number], on, 1 + number % 2, seed * 1000 + number)
        known = Question(end, shown[number : number + 3][::-1])  # managers know what is typed up later
        made = claims.earlier(end, survey(known), rng)
        month = end.strftime("%Y-%m")
        for kind, headers, rows in (
            ("counts", claims.COUNT_HEADERS, claims.count_rows(made, end)),
            ("lists", claims.LIST_HEADERS, [row for claim in made for row in claims.list_rows(claim, end)]),
        ):
            path = inbox / kind / f"{month} {kind}.csv"
            write.write_table(path, headers, rows)
            told.append(_rows(inbox, path, None, len(rows), 0, 0))
    return told


def _rows(inbox: Path, path: Path, sheet: str | None, rows_in: int, rejected: int, ignored: int) -> dict[str, Any]:
    return {
        "file": path.relative_to(inbox).as_posix(),
        "sheet": sheet,
        "rows_in": rows_in,
        "rejected": rejected,
        "ignored": ignored,
    }


def _write_claims(inbox: Path, made: list[Claim], as_at: date) -> list[dict[str, Any]]:
    path, counted = inbox / "counts" / "manual_counts.csv", claims.count_rows(made, as_at)
    write.write_table(path, claims.COUNT_HEADERS, counted)
    told = [_rows(inbox, path, None, len(counted), 0, 0)]
    for number, team in enumerate(TEAMS):
        rows = [row for c in made if c.team == team.name for row in claims.list_rows(c, as_at)]
        if rows:
            suffix = "xlsx" if number % 2 else "csv"
            path = inbox / "lists" / f"{team.name} list {as_at.strftime('%B %Y')}.{suffix}"
            write.write_table(path, claims.LIST_HEADERS, rows, "Manual list")
            told.append(_rows(inbox, path, "Manual list" if suffix == "xlsx" else None, len(rows), 0, 0))
    return told
