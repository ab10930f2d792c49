"""All further sources of a world: told, spoilt here and there, and written into the inbox and beside it.

What belongs here is the order of things.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from countermark.sample.histories import Row, World
from countermark.sample.sources import casesystem, census, extras, month, planted, planted_pairs, returns, unfinished
from countermark.sample.sources.identity import deliver_identity
from countermark.sample.sources.printing import Inbox
from countermark.sample.sources.story import Story, tell
from countermark.sample.sources.trackers import deliver_trackers
from countermark.sample.sources.unfinished import Counted
from countermark.sample.sources.workforce import deliver_workforce

DATABASE, READS = "casesystem.db", "databases/casesystem"  # the file, and what deliveries of it are called


@dataclass
class Sources:
    """The further sources of a world, with what was planted in them."""

    story: Story
    faults: planted.SourceFaults
    pairs: planted_pairs.PairFaults
    year_end: date

    def families(self) -> dict[str, str]:
        """The family of every child, as the case system and the list of families tell it."""
        return {person.id: person.family_id for person in self.story.persons.values()}


def prepare(world: World, counted: list[Counted], seed: int) -> Sources:
    """Tell the histories of a world in which the visits of `counted` were hidden from the system, and plant the faults."""
    story, faults, end = tell(world, seed), planted.SourceFaults(), census.year_end(world.clock.as_at)
    extras.adopted(story, end)
    month.fill(story)
    planted.plant_unseen(story, faults)
    unfinished.write_up(story, counted)
    for one in counted:
        faults.tell(f"counted_{one.reason.lower()}", one.plan.child.id, "trackers.visits", reason=one.reason, on=one.on)
    planted.plant_ids(story, faults, end)
    planted.plant_due_dates(story, faults)
    used = {row["case_id"] for row in faults.told if row["case_id"]}
    return Sources(story, faults, planted_pairs.plant(story, used, end), end)


def deliver(sources: Sources, out: Path) -> list[Row]:
    """Write every file into `out`/inbox and the database beside it. Returns the rows of each as the truth tells them."""
    story, inbox = sources.story, Inbox(out / "inbox")
    deliver_trackers(story, inbox, sources.faults)
    deliver_workforce(story, inbox)
    deliver_identity(story, inbox, sources.faults)
    _census(sources, inbox)
    _returns(sources, inbox)
    tables = casesystem.tables(story)
    planted_pairs.in_database(story, tables, sources.pairs)
    for table, rows in casesystem.write_database(tables, out / DATABASE).items():
        inbox.told.append({"file": f"{READS}/{table}", "sheet": None, "rows_in": rows, "rejected": 0, "ignored": 0})
    return inbox.told


def _census(sources: Sources, inbox: Inbox) -> None:
    end = sources.year_end
    path = inbox.folder("CIN census", end + timedelta(days=75)) / f"CIN {end.year}.xml"
    children = census.children_of(sources.story, end)
    planted.plant_code(sources.story, sources.faults, children, end)
    recoded = sources.pairs.recoded
    counted = dict(census.write_census(sources.story, path, end, sources.faults.other_year, recoded))
    for element in census.ROWS:
        inbox.tell(path, counted.get(element, 0), element)
    codes = [fault for fault in sources.faults.told if fault["fault"] == "code_of_another_year"]
    inbox.tell(path, 1 + len(codes), "what departs from the year's shape, and the message itself")


def _returns(sources: Sources, inbox: Inbox) -> None:
    end = sources.year_end
    folder = inbox.folder("SSDA903", end + timedelta(days=60))
    made = returns.tables(sources.story, end)
    planted.plant_gap(made, sources.faults)
    planted.rename(made, sources.faults.unknown)
    planted_pairs.in_return(made["episodes"], sources.pairs)
    for name in returns.too_early(end):
        sources.faults.tell("list_of_a_later_year", None, f"ssda903.{name}", since=returns.SINCE[name])
    for path, rows in returns.write_returns(made, folder):
        inbox.tell(path, rows)
