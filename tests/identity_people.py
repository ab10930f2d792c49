"""Invented children of whom some stand under a second id in another source, with the truth: for the recall and precision of what is
proposed, and for its speed. No test here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb

from countermark.warehouse.connect import insert
from tests.identity_kit import CATALOGUE, NOV

FIRST_DAY, DEC = date(2004, 11, 1), date(2022, 12, 2)
LETTERS = "AAABCCDEEEFGHIJJJKLLLMMMNOPRRSSSTTW"
ETHNICITIES = ["WBRI"] * 14 + ["WOTH", "MWBC", "APKN", "BAFR", "AOTH", "NOBT"]
KINDS = ("moved", "surname", "swapped", "digit", "unborn", "bare")  # how the second record differs from the first
PERSON = ("authority", "contract", "delivery_id", "source_row", "extracted_on", "person_id", "date_of_birth", "sex", "ethnicity", "initials")  # fmt: skip


@dataclass
class People:
    """Rows for the conformed tables, and which pairs are one child's."""

    person: list[tuple[Any, ...]] = field(default_factory=list)
    referrals: list[tuple[Any, ...]] = field(default_factory=list)
    care: list[tuple[Any, ...]] = field(default_factory=list)
    family: list[tuple[Any, ...]] = field(default_factory=list)
    truth: dict[frozenset[str], str] = field(default_factory=dict)

    def fill(self, con: duckdb.DuckDBPyConnection, shuffled: int | None = None) -> None:
        """Put the rows into the conformed tables, in another order where `shuffled` says which."""
        dates = {"referrals": "referral_date", "cla_episodes": "cla_start_date", "family": "family_id"}
        parts = {"person": self.person, "referrals": self.referrals, "cla_episodes": self.care, "family": self.family}
        for name, rows in parts.items():
            con.execute(CATALOGUE.tables[name].ddl())
            columns = (*PERSON[:6], dates[name]) if name in dates else PERSON
            order = rows if shuffled is None else Random(shuffled).sample(rows, len(rows))
            insert(con, f'conformed."{name}" ({", ".join(columns)})', order)


def people(children: int, second_ids: int, seed: int = 7) -> People:
    """Children in families, one birth in 50 of twins; the last `second_ids` of them stand under another id in another source."""
    chance, made = Random(seed), People()
    place = 0
    while place < children:
        surname, family = chance.choice(LETTERS), f"F{place}"
        ethnicity, referred = chance.choice(ETHNICITIES), NOV - timedelta(chance.randrange(1, 700))
        born = FIRST_DAY + timedelta(chance.randrange(3600))
        for _ in range(min(chance.choice((1, 1, 1, 2, 2, 3)), children - place)):
            cells = (born, chance.choice(("male", "female")), ethnicity, chance.choice(LETTERS) + surname)
            _child(made, chance, f"S{place:06d}", cells, family, referred, place % 2 == 0)
            if place >= children - second_ids:
                _second(made, chance, place, cells, family, referred)
            if chance.random() > 0.02:  # else the next is this one's twin
                born += timedelta(chance.randrange(330, 1500))
            place += 1
    return made


def _row(made: People, contract: str, one: str, on: date, *cells: Any) -> None:
    made.person.append(("E1", contract, "d", str(len(made.person)), on, one, *cells))


def _event(rows: list[tuple[Any, ...]], contract: str, one: str, on: date, what: Any) -> None:
    rows.append(("E1", contract, "d", str(len(rows)), on, one, what))


def _child(
    made: People, chance: Random, one: str, cells: tuple[Any, ...], family: str, referred: date, census: bool
) -> None:
    on = NOV
    _row(made, "ssd.person", one, on, *cells)
    _event(made.referrals, "ssd.person", one, on, referred)
    _event(made.family, "identity.families", one, on, family)
    if census:
        _row(made, "cin.children", one, on, *cells[:3], None)
        _event(made.referrals, "cin.children", one, on, referred)


def _second(made: People, chance: Random, place: int, cells: tuple[Any, ...], family: str, referred: date) -> None:
    """The child again, in the looked-after return, where nobody stands under the case system's ids."""
    kind, one, other = KINDS[place % len(KINDS)], f"S{place:06d}", f"L{chance.randrange(10**6):06d}{place}"
    born, sex, ethnicity, initials = cells
    care = referred + timedelta(chance.randrange(10, 90))
    if kind != "bare":
        _event(made.care, "ssd.person", one, NOV, care)
        _event(made.care, "ssda903.header", other, NOV, care)
    if kind == "surname":
        initials = initials[0] + chance.choice(LETTERS)
    elif kind == "swapped":
        born = born.replace(day=min(born.day, 12))
        made.person = [(*row[:6], born, *row[7:]) if row[5] == one else row for row in made.person]
        born = date(born.year, born.day, born.month)
    elif kind == "digit":
        day = born.day
        born = born.replace(day=day + 1 if day < 28 and day % 10 < 9 else day - 1 if day % 10 else day - 10)
    elif kind == "unborn":
        expected = NOV + timedelta(chance.randrange(5, 30))
        made.person = [(*row[:6], expected, None, *row[8:]) if row[5] == one else row for row in made.person]
        born, initials = min(expected + timedelta(chance.randrange(-15, 15)), DEC), "B" + initials[1]
        _event(made.family, "identity.families", other, DEC, family)
    # `bare`: a return that gives the birth and sex alone; nothing tells the child from others born that day
    shown = None if kind in ("moved", "bare", "digit") and place % 4 == 0 else initials
    _row(
        made,
        "ssda903.header",
        other,
        DEC if kind == "unborn" else NOV,
        born,
        sex,
        ethnicity,
        None if kind == "bare" else shown,
    )
    made.truth[frozenset((one, other))] = kind
