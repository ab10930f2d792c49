"""The invented council: its teams, its people, what each team owes, and `authority.toml` in words.

What belongs here is who exists. Every name is made up by drawing from two short lists.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from random import Random

CODE = "X99000001"
LEA = "899"  # the council's number with the Department
NAME = "Eastmarsh Council"
CHILDREN = 33_900  # at scale 1, about as many as in North East Lincolnshire
NEIGHBOURS = tuple(f"X9900{number:04}" for number in range(101, 111))

FIRST_NAMES = (
    "Abiola", "Alys", "Amrit", "Anneke", "Basil", "Bronwen", "Callum", "Carys", "Delphine", "Dilys", "Ebele",
    "Edmund", "Farida", "Fergus", "Gita", "Gwilym", "Hana", "Hollis", "Imran", "Isolde", "Jarek", "Juno", "Kemi",
    "Kester", "Leila", "Lowri", "Magnus", "Mirela", "Nadia", "Niall", "Odette", "Osian", "Petra", "Quentin",
    "Rhona", "Rupa", "Sefton", "Sunniva", "Tamsin", "Tomasz", "Ursula", "Viggo", "Wanda", "Yasmin", "Zofia",
)  # fmt: skip
LAST_NAMES = (
    "Alderwick", "Bexhoe", "Carrowby", "Dunmere", "Eastoft", "Fennimore", "Garthwick", "Holloway-Penn",
    "Ingleshaw", "Jesmonde", "Kirkholme", "Langtoft", "Marshgate", "Northolme", "O'Dellan", "Pikestaff",
    "Quarrington", "Ravensby", "Saltfleet", "Thorganby", "Ulceby-Roe", "Vardell", "Wragholme", "Yarde",
)  # fmt: skip


@dataclass(frozen=True)
class Team:
    """One team: what it is called, how else it is written, the indicators it owes, and who manages it."""

    name: str
    kind: str
    manager: str
    aliases: tuple[str, ...] = ()
    owes: tuple[str, ...] = ()


TEAMS = (
    Team("Assessment North", "assessment", "Bronwen Marshgate", ("Assessment Team North", "A&A North"), ("AS2", "AS3")),
    Team("Assessment Central", "assessment", "Imran Saltfleet", ("Assessment Team Central",), ("AS2", "AS3")),
    Team(
        "Assessment South", "assessment", "Rhona Pikestaff", ("Assessment Team South", "Assess. South"), ("AS2", "AS3")
    ),
    Team("Safeguarding East", "safeguarding", "Kemi Thorganby", ("CP East",), ("CP3", "CP4", "PP1", "PP3")),
    Team("Safeguarding West", "safeguarding", "Niall Carrowby", ("CP West",), ("CP3", "CP4", "PP1", "PP3")),
    Team(
        "Safeguarding Harbour", "safeguarding", "Petra Dunmere", ("CP Harbour", "Harbour"), ("CP3", "CP4", "PP1", "PP3")
    ),
    Team("Children in Care 1", "care", "Osian Wragholme", ("CIC 1", "LAC Team 1"), ("LA8",)),
    Team("Children in Care 2", "care", "Farida Eastoft", ("CIC 2", "LAC Team 2"), ("LA8",)),
    Team("Children with Disabilities", "disability", "Magnus Ravensby", ("CWD", "Disability Team"), ("AS2", "AS3")),
    Team("Leaving Care", "leaving", "Yasmin Holloway-Penn", ("Through Care",)),
)
TEAM_BY_NAME = {team.name: team for team in TEAMS}
ASSESSMENT = tuple(t.name for t in TEAMS if t.kind == "assessment")
SAFEGUARDING = tuple(t.name for t in TEAMS if t.kind == "safeguarding")
CARE = tuple(t.name for t in TEAMS if t.kind == "care")
DISABILITY = "Children with Disabilities"
LEAVING = "Leaving Care"
NORTH, CENTRAL, SOUTH = ASSESSMENT
EAST, WEST, HARBOUR = SAFEGUARDING
CARE_ONE, CARE_TWO = CARE

OFFICERS = (
    ("Delphine Fennimore", "performance officer"),
    ("Tomasz Ingleshaw", "performance officer"),
    ("Gita Northolme", "head of service, front door and assessment"),
    ("Edmund Langtoft", "head of service, safeguarding and care"),
    ("Ursula Quarrington", "director of children's services"),
)


@dataclass
class Staff:
    """The social workers of every team, drawn once: about eleven a team at scale 1."""

    by_team: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def recruit(cls, rng: Random, scale: float) -> Staff:
        """Draw the workers of each team; names may recur between teams, as they do."""
        size = max(3, round(11 * scale))
        return cls(
            {t.name: [f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}" for _ in range(size)] for t in TEAMS}
        )


# Days that its charts mark; the last one lies after the usual position, as the next visit does.
EVENTS = (
    ("2021-05-17", "go_live", "Tidewater replaced the old case system"),
    ("2022-09-13", "visit", "focused visit on children in need and in need of protection"),
    ("2022-11-08", "visit", "first monitoring visit, on permanence"),
)
_DATABASE = """
[[databases]]
name = "casesystem"
url = "sqlite:///../casesystem.db"

[sources]
cla_review_chain = "ssd"  # the return ends in March
"""


# indicator: target, band, and what it was a year before; an owner's role and what is being done
TARGETS = {
    "PP1": (
        0.95,
        0.05,
        0.7,
        "Head of service, safeguarding and care",
        "Visits on Saturdays; drafts are looked at every Monday",
    ),
    "AS1": (
        0.85,
        0.05,
        0.6,
        "Head of service, front door and assessment",
        "A second reader for assessments on their thirtieth day",
    ),
    "AS2": (0.9, 0.05, 0.65, "Head of service, front door and assessment", ""),
    "AS3": (
        0.05,
        0.02,
        0.2,
        "Head of service, front door and assessment",
        "The oldest ten are talked through every week",
    ),
    "CP3": (
        0.85,
        0.05,
        0.6,
        "Safeguarding unit manager",
        "Conferences are booked on the day of the strategy discussion",
    ),
    "PP6": (
        0.03,
        0.01,
        0.06,
        "Head of service, safeguarding and care",
        "Each plan is looked at in its fifteenth month",
    ),
    "PP7": (0.2, 0.05, 0.3, "Safeguarding unit manager", ""),
    "LA4": (0.1, 0.02, 0.12, "Head of service, safeguarding and care", ""),
    "LA8": (
        0.9,
        0.05,
        0.6,
        "Head of service, safeguarding and care",
        "A dentist comes to the children's homes in March",
    ),
}


def beside_toml(as_at: date, scale: float) -> str:
    """What `authority.toml` says of targets, and of how many children there are."""
    year_ago = date(as_at.year - 1, as_at.month, monthrange(as_at.year - 1, as_at.month)[1])
    lines: list[str] = []
    for year in range(as_at.year - 3, as_at.year + 1):
        number = round((CHILDREN + 60 * (year - as_at.year)) * scale)
        lines += [
            "[[populations]]",
            'of = "children_0_to_17"',
            f"year = {year}",
            f"number = {max(1, number)}",
            'source = "Invented"',
            "",
        ]
    for indicator, (target, band, was, owner, action) in TARGETS.items():
        half = round(was + (target - was) * 0.8, 3)
        lines += [
            "[[targets]]", f'indicator = "{indicator}"', f"target = {target}", f"band = {band}", f"baseline = {was}",
            f"baseline_on = {year_ago}", f"trajectory = [{{ on = {as_at.year + 1}-03-31, value = {half} }}]", f'owner = "{owner}"',
            *([f'action = "{action}"'] if action else []), "",
        ]  # fmt: skip
    return "\n".join(["", *lines])


def authority_toml(with_database: bool = False) -> str:
    """`authority.toml`: teams with local spellings and what they owe, people with their roles, days that charts mark, perhaps the case
    system's database.

    The database's file is named from the folder of deliveries, so that both may lie anywhere.
    """
    lines = [f'authority = "{CODE}"', f'name = "{NAME}"', *([f'la_code = "{LEA}"'] if with_database else []), ""]
    for team in TEAMS:
        lines += [
            "[[teams]]",
            f'name = "{team.name}"',
            f"aliases = {_array(team.aliases)}",
            f"owes = {_array(team.owes)}",
            "",
        ]
    for team in TEAMS:
        lines += ["[[people]]", f'name = "{team.manager}"', 'role = "team manager"', f'team = "{team.name}"', ""]
    for name, role in OFFICERS:
        lines += ["[[people]]", f'name = "{name}"', f'role = "{role}"', ""]
    lines += ["[parameters]", "visit_within_working_days = 10", f"statistical_neighbours = {_array(NEIGHBOURS)}", ""]
    for happened_on, kind, says in EVENTS:
        lines += ["[[events]]", f"date = {happened_on}", f'kind = "{kind}"', f'says = "{says}"', ""]
    said = "\n".join(lines)
    return f"{said}{_DATABASE}" if with_database else said


def _array(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"
