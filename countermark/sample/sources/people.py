"""Children and workers with the numbers by which other offices know them: UPN, NHS number, staff number, registration.

What belongs here is identity. NHS numbers lie in the range kept for tests, and UPNs name an authority that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from countermark.sample.authority import FIRST_NAMES, LAST_NAMES, LEA, TEAMS
from countermark.sample.histories import World
from countermark.sample.population import Child, age_on

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_DISABILITIES = ("MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA")
_SEX = {"a)": "M", "b)": "F", "c)": "U", "d)": "U"}


@dataclass(frozen=True)
class Person:
    """A child as its records name it; `upn` is empty where it has none yet."""

    child: Child
    first_name: str
    last_name: str
    upn: str
    nhs: str
    disabilities: tuple[str, ...]
    postcode: str

    @property
    def id(self) -> str:
        """The child's id in the case system."""
        return self.child.id

    @property
    def family(self) -> int:
        """The family's number."""
        return self.child.family

    @property
    def family_id(self) -> str:
        """The family's id."""
        return f"F{100000 + self.child.family}"

    @property
    def sex(self) -> str:
        """M, F or U."""
        return _SEX[self.child.gender[:2]]

    @property
    def ethnicity(self) -> str:
        """The ethnicity's four letters."""
        return self.child.ethnicity[3:]

    @property
    def initials(self) -> str:
        """Two letters, as trackers hold them."""
        return self.first_name[0] + self.last_name[0]

    def born_by(self, on: date) -> bool:
        """Whether the child was born by a day."""
        return self.child.born is not None and self.child.born <= on


@dataclass(frozen=True)
class Worker:
    """A social worker of a team."""

    id: str
    name: str
    team: str
    registration: str


def know_children(world: World, rng: Random) -> dict[str, Person]:
    """Every child by its id: surnames by family, a UPN from the age of four."""
    surnames: dict[int, str] = {}
    found = {}
    for number, child in enumerate(world.people.children):
        surname = surnames.setdefault(child.family, rng.choice(LAST_NAMES))
        disabled = child.disability == "a) Yes"
        codes = tuple(sorted(rng.sample(_DISABILITIES, rng.choice((1, 1, 2))))) if disabled else ("NONE",)
        of_age = child.born is not None and age_on(child.born, world.clock.first) >= 4
        upn = make_upn(number) if of_age else ""
        home = f"ZZ{1 + child.family % 9} {child.family % 10}{'ABDEFGHJ'[child.family % 8]}{'LNPQRSTU'[child.area]}"
        found[child.id] = Person(child, rng.choice(FIRST_NAMES), surname, upn, make_nhs(number), codes, home)
    return found


def know_workers(world: World, rng: Random) -> dict[tuple[str, str], Worker]:
    """Every worker of every team, and the managers."""
    found: dict[tuple[str, str], Worker] = {}
    for team in TEAMS:
        for name in (team.manager, *world.staff.by_team[team.name]):
            if (team.name, name) not in found:
                number = 2001 + len(found)
                found[team.name, name] = Worker(f"W{number}", name, team.name, f"SW{rng.randint(10**9, 10**10 - 1)}")
    return found


def make_upn(number: int) -> str:
    """A pupil number with its right check letter."""
    digits = f"{LEA}{4000 + number % 5999:04d}{number:05d}"[:12]
    weighted = sum(int(digit) * (place + 2) for place, digit in enumerate(digits))
    return _UPN_LETTERS[weighted % 23] + digits


def make_nhs(number: int) -> str:
    """An NHS number of the range for tests, with its right check digit."""
    for extra in range(10):
        nine = f"999{(number * 10 + extra) % 1_000_000:06d}"
        check = (11 - sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11) % 11
        if check < 10:
            return f"{nine}{check}"
    raise ValueError("no check digit fits")


def expected(person: Person, on: date) -> bool:
    """Whether the child is not born yet on a day, or has no date."""
    return person.child.born is None or person.child.born > on


def school_year(on: date) -> date:
    """The first of September before a day."""
    return date(on.year if on >= date(on.year, 9, 1) else on.year - 1, 9, 1)


def years_old(person: Person, on: date) -> int:
    """Years at the last birthday."""
    return age_on(person.child.born or on + timedelta(days=30), on)
