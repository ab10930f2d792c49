"""The eleven lists as an extract of a day shows them, and as they would be if all was known.

What belongs here is what the system knows and holds; how its printout spoils that belongs to mess.py. A row is a dict
by the short names of layout.py, with dates, numbers and preferred codes; `Unreadable` stands for a spoilt cell.
"""

from __future__ import annotations

from datetime import date

from countermark.sample import rows_care, rows_front
from countermark.sample.histories import Row, World
from countermark.sample.rows_need import needs
from countermark.sample.view import View

Lists = dict[int, list[Row]]
_OWN_LISTS = (3, 4, 5, 7, 8)


def extract(world: World, on: date) -> Lists:
    """All eleven lists as extracted on a day."""
    view = View(world, on)
    made = {
        1: rows_front.contacts(view),
        2: rows_front.early_help(view),
        3: rows_front.referrals(view),
        4: rows_front.assessments(view),
        5: rows_front.enquiries(view),
        6: needs(view),
        7: rows_care.plans(view),
        8: rows_care.cares(view),
        9: rows_care.leavers(view),
        10: rows_care.adoptions(view),
        11: rows_care.adopters(view),
    }
    for number, child_id, start in world.twins:
        made[number] += [{**row, "id": twin_of(child_id)} for row in made[number] if _is(row, child_id, start)]
    return made


def really(world: World) -> Lists:
    """The lists that indicators read, as the managers know them: the truth as of the as-at date, every cell legible."""
    view = View(world, world.clock.second, truth=True)
    makers = (rows_front.referrals, rows_front.assessments, rows_front.enquiries, rows_care.plans, rows_care.cares)
    return dict(zip(_OWN_LISTS, (make(view) for make in makers), strict=True))


def twin_of(child_id: str) -> str:
    """The second id under which a child was entered again."""
    return f"00{child_id}"


def _is(row: Row, child_id: str, start: date | None) -> bool:
    return bool(row["id"] == child_id and (start is None or row["start"] == start))
