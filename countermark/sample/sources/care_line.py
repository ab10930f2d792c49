"""The line of a period of care: legal statuses, placements and the episodes that both make; reviews, checks, times missing.

What belongs here ends where List 8 stands: its legal status since, its placement since and its number of placements are the line's last.
"""

from __future__ import annotations

from datetime import date, timedelta

from countermark.sample.days import add_wd, months_before
from countermark.sample.histories import Care
from countermark.sample.sources.meetings import minutes_of_care
from countermark.sample.sources.story import Story

_BEFORE = {"C2": "C1", "C1": "V2", "E1": "C2", "V2": "L1", "L1": "V2", "J1": "V2"}
_MOVES = ("CARPL", "CARPL", "CREQB", "CREQO", "CHILD", "LAREQ", "ALLEG", "STAND", "APPRR", "CLOSE", "PLACE", "OTHER")
_TYPES = ("U6", "U4", "U3", "K2", "U1", "R1", "S1")


def follow(story: Story) -> None:
    """The line of every period of care that had begun by the database's day."""
    for number, care in enumerate(c for c in story.world.cares if c.start <= story.second):
        care_id = f"{care.child.id}-{care.start:%Y%m%d}"
        _line(story, care, care_id, number)
        _checks(story, care, care_id)
        _missing(story, care)


def _line(story: Story, care: Care, care_id: str, number: int) -> None:
    moves = _moves(story, care)
    statuses = _statuses(care)
    places = [_place(story, care, i == len(moves) - 1) for i in range(len(moves))]
    changes = sorted({*moves, *(on for on, _ in statuses)})
    for on, status in statuses:
        later = [other for other, _ in statuses if other > on]
        story.add("legal_statuses", child=care.child.id, start=on, end=min([*later, care.end]), status=status)
    for place, on in enumerate(moves):
        end = moves[place + 1] if place + 1 < len(moves) else care.end
        story.add(
            "placements", id=f"P{number}-{place}", care=care_id, child=care.child.id, start=on, end=end, **places[place],
            reason=story.rng.choice(_MOVES) if end != care.end else None,
        )  # fmt: skip
    for step, on in enumerate(changes):
        end = changes[step + 1] if step + 1 < len(changes) else care.end
        place = max(i for i, moved in enumerate(moves) if moved <= on)
        status = [s for began, s in statuses if began <= on][-1]
        last = step + 1 == len(changes)
        moves_on = end in moves
        story.add(
            "episodes", id=f"E{number}-{step}", care=care_id, child=care.child.id, start=on, end=end, entered=care.start,
            why=_why(on, care.start, on in moves, any(on == began for began, _ in statuses)), status=status, need=care.need[:2],
            placement=f"P{number}-{place}", ceased=_code(care.ceased) if last else "X1",
            moved=story.records["placements"][place - len(moves)]["reason"] if moves_on and not last else None, **places[place],
        )  # fmt: skip


def _why(on: date, start: date, moved: bool, status: bool) -> str:
    if on == start:
        return "S"
    return "B" if moved and status else "P" if moved else "L"


def _code(told: str) -> str:
    return told.split(":")[0].split(") ")[-1]


def _moves(story: Story, care: Care) -> list[date]:
    """The day of each placement: the last where List 8 has it, the others in the year before that."""
    if care.placements == 1 or care.placement_start <= care.start:
        return [care.start]
    wanted, last = care.placements - 1, care.placement_start
    room = max(1, min(330, (last - care.start).days))
    between = {last - timedelta(days=room * i // (wanted + 1)) for i in range(1, wanted)}
    return sorted({care.start, last, *(on for on in between if care.start < on < last)})


def _statuses(care: Care) -> list[tuple[date, str]]:
    if care.legal_start <= care.start or care.legal not in _BEFORE:
        return [(care.start, care.legal)]
    return [(care.start, _BEFORE[care.legal]), (care.legal_start, care.legal)]


def _place(story: Story, care: Care, last: bool) -> dict[str, str | None]:
    """A placement: the last is List 8's own."""
    if last:
        return {
            "type": _code(care.details["placement_type"]), "provider": _code(care.details["provider"]),
            "postcode": care.details["postcode"], "urn": care.details["urn"],
        }  # fmt: skip
    own = story.likely(0.5)
    return {
        "type": story.rng.choice(_TYPES), "provider": "PR1" if own else "PR4", "postcode": f"ZZ{story.rng.randint(1, 99)} 1AL",
        "urn": None if own else f"SC{story.rng.randint(400000, 499999)}",
    }  # fmt: skip


def _checks(story: Story, care: Care, care_id: str) -> None:
    """Reviews, health assessments and dental checks, as often as List 8 counts back from its last."""
    reviews = _back(care.details.get("review"), care.start, 180, story.second)
    for on, due in zip(reviews, reviews_due(care.start, reviews), strict=True):
        story.add(
            "care_reviews", child=care.child.id, care=care_id, due=due, on=on,
            took_part=story.rng.choice(("PN1", "PN1", "PN3", "PN5", "PN7")), team=care.team,
        )  # fmt: skip
        if on > story.first - timedelta(days=200):
            minutes_of_care(story, care.child.id, on, care.team)
    for on in _back(care.health, care.start, 350, story.second):
        story.add("health_checks", child=care.child.id, type="Health assessment", on=on, recorded=on)
    for on, recorded in care.dental:
        story.add("health_checks", child=care.child.id, type="Dental check", on=on, recorded=recorded)
    told = care.details.get("permanence")
    if told:
        begun = care.start + timedelta(days=120)
        story.add("care_plans", child=care.child.id, start=begun, end=care.end, plan=told)


def reviews_due(start: date, reviews: list[date]) -> list[date]:
    """By when each review was due: twenty working days after care began, three months after that review, then every six."""
    later = (months_before(on, -3 if number == 0 else -6) for number, on in enumerate(reviews[:-1]))
    return [add_wd(start, 20), *later][: len(reviews)]


def _back(last: date | None, since: date, every: int, until: date) -> list[date]:
    found: list[date] = []
    while last is not None and last >= since and len(found) < 40:
        if last <= until:
            found.insert(0, last)
        last -= timedelta(days=every)
    return found


def _missing(story: Story, care: Care) -> None:
    """As many times missing in the year as List 8 counts, before its last day."""
    last = min(care.end, story.first)
    for i in range(care.details.get("missing") or 0):
        on = last - timedelta(days=20 + (int(care.child.id) * 37 + 60 * i) % 330)
        if on > care.start:
            found = on + timedelta(days=story.rng.randint(0, 4))
            story.add(
                "missing", child=care.child.id, type="M", start=on, end=found, offered=care.details["offered"],
                accepted=care.details["accepted"], interview=add_wd(found, 2),
            )  # fmt: skip
