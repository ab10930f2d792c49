"""Invented published tables, in the layout of the DfE's: the council, ten neighbours, its region and the country, four years of each.

What belongs here is what would be public. Every place in them is invented and named so; no number is anybody's.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from countermark.sample.authority import CHILDREN, CODE, NAME, NEIGHBOURS

FOLDER = "comparators"
YEARS = 4
REGION, COUNTRY, BEYOND = "The Invented Coast", "Invented England", "The Invented Hills"
PLACE = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name", "old_la_code",
    "new_la_code", "la_name",
)  # fmt: skip
AGES = ("17 to 18 years", "19 to 21 years")
SUPPRESSED_BELOW = 6
# file: (headings of counts with how many there are of each for 10,000 children, then of shares: of which count, and about how many)
COUNTED: dict[str, dict[str, tuple[str, float]]] = {
    "invented_b1_children_in_need": {"At31_episodes": ("", 380)},
    "invented_c1_referrals": {
        "Referrals": ("", 620), "Re_referrals": ("Referrals", 0.23), "No_Further_Action": ("Referrals", 0.07),
        "Referrals_child": ("", 540), "Re_referrals_child": ("Referrals_child", 0.21),
    },
    "invented_c2_assessments": {
        "Assessments_completed": ("", 640), "Same_day": ("Assessments_completed", 0.02), "1-10_days": ("Assessments_completed", 0.12),
        "11-20_days": ("Assessments_completed", 0.17), "21-30_days": ("Assessments_completed", 0.16),
        "31-40_days": ("Assessments_completed", 0.2), "41-45_days": ("Assessments_completed", 0.17),
    },
    "invented_c4_enquiries": {
        "Section47": ("", 220), "ICPC": ("Section47", 0.34), "Duration_0-10_days": ("ICPC", 0.11), "Duration_11-15_days": ("ICPC", 0.68),
    },
    "invented_d1_plans": {"CPP_At31": ("", 60)},
    "invented_d3_second_plans": {"CPP_start": ("", 70), "CPP_subsequent": ("CPP_start", 0.24)},
    "invented_d5_plans_by_duration": {"CPP_At31": ("", 60), "2_years_or_more": ("CPP_At31", 0.025)},
    "invented_d6_reviews": {"CPP_At31_3Months": ("", 42), "Reviewed_within_timescales": ("CPP_At31_3Months", 0.9)},
}  # fmt: skip
RATED = {"At31_episodes", "Referrals", "Section47", "CPP_At31"}
PERCENT = {
    "Re_referrals", "Re_referrals_child", "No_Further_Action", "CPP_subsequent", "2_years_or_more", "Reviewed_within_timescales",
}  # fmt: skip
WORKFORCE = {"turnover_rate_fte": 17.0, "agency_rate_fte": 17.5, "vacancy_rate_fte": 18.0, "caseload_fte": 16.5}
LOOKED_AFTER = "Children looked after at 31 March each year"
UNSAID = ("agency_fte", "vacancy_fte", "leavers_fte", "inpost_fte", "cases", "case_holders_fte")
STABILITY = {
    "With 3 or more placements during the year": 10,
    "Living in the same placement for at least 2 years, or are placed for adoption and their adoptive placement together with their "
    "previous placement last for at least 2 years": 68,
}
LEAVERS = {
    "accommodation_suitability": {"Accommodation considered suitable": 87, "Accommodation considered unsuitable": 6},
    "activity": {
        "Total in education, employment or training": 54,
        "Total not in education, employment or training": 40,
    },
}
Place = tuple[dict[str, str], int]


def write_published(out: Path, as_at: date, scale: float, seed: int) -> None:
    """Write the tables below `out`/comparators: the last four years that had ended by the date."""
    rng = Random(f"countermark published tables {seed}")  # noqa: S311  not for secrets: the same seed must give the same tables
    last = as_at.year - (as_at < date(as_at.year, 3, 31))
    years = range(last - YEARS + 1, last + 1)
    places = _places(scale)
    for name, columns in COUNTED.items():
        _write(out, name, [_counted(columns, place, year, rng) for year in years for place in places])
    _write(out, "invented_children_looked_after", [
        _row(place, year) | {"population_count": LOOKED_AFTER, "number": str(round(place[1] / 10_000 * rate)), "rate_per_10000": str(rate)}
        for year in years for place in places for rate in (rng.randint(80, 140),)
    ])  # fmt: skip
    _write(out, "invented_placement_stability", [
        _row(place, year) | {"cla_group": "CLA on 31 March", "placement_stability": what, "percentage": _about(of, rng)}
        for year in years for place in places for what, of in STABILITY.items()
    ])  # fmt: skip
    for column, shares in LEAVERS.items():
        _write(out, f"invented_care_leavers_{column}", [
            _row(place, year) | {"age": age, column: what, "percentage": _about(of, rng)}
            for year in years for place in places for age in AGES for what, of in shares.items()
        ])  # fmt: skip
    ended = as_at.year - (as_at < date(as_at.year, 9, 30))
    _write(out, "invented_workforce", [
        _row(place, year) | dict.fromkeys(UNSAID, "x")
        | {name: f"{rng.uniform(0.75, 1.25) * of:.1f}" for name, of in WORKFORCE.items()}
        for year in range(ended - YEARS + 1, ended + 1) for place in places
    ])  # fmt: skip


def _places(scale: float) -> list[Place]:
    """The council first, then its neighbours, two regions and the country; each with how many children it has."""
    own = round(CHILDREN * scale)
    council = {"geographic_level": "Local authority", "country_name": COUNTRY}
    found = [(council | {"region_name": REGION, "new_la_code": CODE, "la_name": NAME}, own)]
    for number, code in enumerate(NEIGHBOURS, start=1):
        region = REGION if number % 3 else BEYOND
        found.append(
            (
                council | {"region_name": region, "new_la_code": code, "la_name": f"Invented neighbour {number}"},
                own + 97 * number,
            )
        )
    regional = {"geographic_level": "Regional", "country_name": COUNTRY}
    found += [(regional | {"region_name": name}, own * 14) for name in (REGION, BEYOND)]
    return [*found, ({"geographic_level": "National", "country_name": COUNTRY}, own * 350)]


def _row(place: Place, year: int) -> dict[str, str]:
    return dict.fromkeys(PLACE, "") | {"time_period": str(year), "time_identifier": "Reporting year"} | place[0]


def _counted(columns: dict[str, tuple[str, float]], place: Place, year: int, rng: Random) -> dict[str, str]:
    """A row of counts: each of a hundred per cent of its whole give or take, small ones suppressed as the DfE's are, wholes rounded."""
    row = _row(place, year)
    made: dict[str, int] = {}
    for name, (whole, about) in columns.items():
        of = made[whole] if whole else place[1] / 10_000
        made[name] = min(round(of * about * rng.uniform(0.85, 1.15)), round(of) if whole else 10**9)
        small = place[0]["geographic_level"] == "Local authority" and 0 < made[name] < SUPPRESSED_BELOW
        row[name] = "c" if small else str(made[name])
        if name in RATED:
            row[f"{name}_rate"] = "c" if small else f"{10_000 * made[name] / place[1]:.1f}"
        if name in PERCENT:
            row[f"{name}_percent"] = "c" if small else f"{100 * made[name] / of:.1f}" if of else "z"
    return row


def _about(of: float, rng: Random) -> str:
    return str(min(100, round(of * rng.uniform(0.85, 1.15))))


def _write(out: Path, name: str, rows: list[dict[str, Any]]) -> None:
    path = out / FOLDER / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
