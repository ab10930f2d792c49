"""Children whom Annex A no longer shows, since they had left by then: adopted in the return's year, twins, a child under two ids.

What belongs here adds people to a story and never to the world, so that no figure of the eleven lists moves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from countermark.sample.authority import CARE
from countermark.sample.days import add_wd
from countermark.sample.population import Child
from countermark.sample.sources.care_line import reviews_due
from countermark.sample.sources.people import Person, make_nhs, make_upn
from countermark.sample.sources.story import Story

FIRST_ID, FIRST_FAMILY, FIRST_NUMBER = 7_700_001, 500_000, 90_000


def add_person(
    story: Story, born: date, gender: str = "a) Male", family: int = 0, ethnicity: str = "a) WBRI"
) -> Person:
    """A further child, of a further family unless one is named."""
    number = sum(int(child) >= FIRST_ID for child in story.persons if child.isdigit())
    child = Child(str(FIRST_ID + number), gender, ethnicity, born, "b) No", family or FIRST_FAMILY + number, number % 3)
    upn = make_upn(FIRST_NUMBER + number) if born < story.first - timedelta(days=4 * 366) else ""
    first, last = ("Basil", "Carys", "Juno", "Niall")[number % 4], ("Langtoft", "Yarde", "Bexhoe")[child.family % 3]
    found = Person(child, first, last, upn, make_nhs(FIRST_NUMBER + number), ("NONE",), "ZZ1 1AL")
    story.persons[child.id] = found
    return found


def adopted(story: Story, year_end: date) -> None:
    """Children who were adopted in the year of the returns: their line of care ends with it."""
    for number in range(max(2, round(8 * story.world.scale))):
        start = year_end - timedelta(days=700 + 11 * number + story.rng.randint(0, 9))
        placed, ended = start + timedelta(days=330), year_end - timedelta(days=40 + 20 * number % 300)
        person = add_person(story, start - timedelta(days=200), ("a) Male", "b) Female")[number % 2])
        care, team = f"{person.id}-{start:%Y%m%d}", CARE[number % 2]
        steps = (
            (start, "S", "C1", "U6", "X1", "CARPL"), (start + timedelta(days=200), "L", "E1", "U6", "X1", "CARPL"),
            (placed, "P", "E1", "A5", "E12", None),
        )  # fmt: skip
        days = [*(step[0] for step in steps), ended]
        for i, (on, why, status, place, ceased, moved) in enumerate(steps):
            story.add(
                "episodes", id=f"{care}-{i}", care=care, child=person.id, start=on, end=days[i + 1], entered=start, why=why,
                status=status, need="N1", placement=f"{care}-P{int(i > 1)}", ceased=ceased, moved=moved if i == 1 else None,
                type=place, provider="PR1", postcode="ZZ2 1AL", urn=None,
            )  # fmt: skip
        for i, (on, end, kind) in enumerate(((start, placed, "U6"), (placed, ended, "A5"))):
            story.add(
                "placements", id=f"{care}-P{i}", care=care, child=person.id, start=on, end=end, type=kind, provider="PR1",
                postcode="ZZ2 1AL", urn=None, reason="CARPL" if i == 0 else None,
            )  # fmt: skip
        for on, end, status in ((start, days[1], "C1"), (days[1], ended, "E1")):
            story.add("legal_statuses", child=person.id, start=on, end=end, status=status)
        held = [start + timedelta(days=days_in) for days_in in (25, 110, 290, 470)]
        for on, due in zip(held, reviews_due(start, held), strict=True):
            story.add("care_reviews", child=person.id, care=care, due=due, on=on, took_part="PN0", team=team)
        story.add(
            "adoptions", child=person.id, decided=start + timedelta(days=150), order=days[1], matched=placed - timedelta(days=20),
            placed=placed, adopted=ended, reversed=None, reason=None,
        )  # fmt: skip


def twins(story: Story, year_end: date) -> list[tuple[str, str]]:
    """Twins who were assessed in the year and closed: alike in all but their numbers."""
    pairs = []
    for number in range(2):
        on = add_wd(year_end, -150 - 10 * number)
        born = on - timedelta(days=365 * 7 + 30)
        one = add_person(story, born, "b) Female")
        other = add_person(story, born, "b) Female", one.family)
        for person in (one, other):
            story.add(
                "closed_episodes", child=person.id, on=on, source="2A", need="N1", closed=add_wd(on, 40), reason="RC8",
                assessed=add_wd(on, 2), authorised=add_wd(on, 36),
            )  # fmt: skip
        pairs.append((one.id, other.id))
    return pairs


def under_another_id(person: Person, old: str) -> Person:
    """The same child under the id that another system gave it."""
    return replace(person, child=replace(person.child, id=old))
