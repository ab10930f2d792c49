"""Writes sql/shared/bank_holidays.csv, England's bank holidays from 1990 to 2040, from the `holidays` package.

A bank holiday proclaimed later is a line added by hand until the package knows it; such lines are kept.
"""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from countermark.calendar.working_days import BANK_HOLIDAYS, FIRST_DAY, LAST_DAY


def known_to_the_package() -> dict[date, str]:
    """Each bank holiday with its name, as the package has them."""
    from holidays import country_holidays

    years = range(FIRST_DAY.year, LAST_DAY.year + 1)
    return dict(country_holidays("GB", subdiv="ENG", years=years, language="en_GB"))


def kept_by_hand(known: dict[date, str]) -> dict[date, str]:
    """Lines of the present file that the package does not know."""
    if not BANK_HOLIDAYS.is_file():
        return {}
    with BANK_HOLIDAYS.open(encoding="utf-8", newline="") as file:
        present = {date.fromisoformat(row["day"]): row["name"] for row in csv.DictReader(file)}
    return {day: name for day, name in present.items() if day not in known}


def text(days: dict[date, str]) -> str:
    """The file's text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("day", "name"))
    writer.writerows((day.isoformat(), name) for day, name in sorted(days.items()))
    return out.getvalue()


def main() -> int:
    """Write the file."""
    known = known_to_the_package()
    BANK_HOLIDAYS.write_text(text(known | kept_by_hand(known)), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
