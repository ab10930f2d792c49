"""Faults of the further sources: children under two ids, twins, chains with gaps, codes of another year, due dates that were moved.

What belongs here is planted after everything else and changes neither the world nor a count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from countermark.sample.days import add_wd
from countermark.sample.histories import Row
from countermark.sample.sources.census import NEW_SOURCE, OLD_FACTOR
from countermark.sample.sources.extras import add_person, twins
from countermark.sample.sources.story import Story
from countermark.sample.sources.visits import add_visit

SINCE_NEW_SOURCE = 2025


@dataclass
class SourceFaults:
    """What was planted: `former` child to old id in the crosswalk, `unknown` the same and in none; `told` for the truth."""

    former: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    twins: list[tuple[str, str]] = field(default_factory=list)
    other_year: dict[str, str] = field(default_factory=dict)
    locked: str = ""
    told: list[Row] = field(default_factory=list)

    def tell(self, fault: str, case: str | None, source: str, **more: object) -> None:
        """Write a fault down."""
        self.told.append({"fault": fault, "source": source, "case_id": case, **more})


def plant_ids(story: Story, faults: SourceFaults, year_end: date) -> None:
    """One child whose old id the crosswalk knows, one whose old id nobody has linked, twins, and a locked record."""
    recent = [row["child"] for row in story.records["safety_plans"]]
    if recent:
        faults.former[recent[0]] = f"L{recent[0]}"
        for row in story.records["safety_plans"]:
            if row["child"] == recent[0]:
                row["child"] = faults.former[recent[0]]
        faults.tell("two_ids_in_the_crosswalk", recent[0], "trackers.safety_plans", other_id=faults.former[recent[0]])
    for care in story.open_cares(story.first):
        person = story.persons[care.child.id]
        if care.start < year_end - timedelta(days=60) and person.upn and not person.id.startswith("0"):
            faults.unknown[person.id] = f"L{person.id}"
            faults.tell("two_ids_unknown", person.id, "ssda903.header", other_id=faults.unknown[person.id])
            break
    faults.twins = twins(story, year_end)
    for one, other in faults.twins:
        faults.tell("twins", one, "cin.child", other_id=other)
    faults.locked = add_person(story, date(year_end.year - 9, 2, 3)).id
    faults.tell("locked_record", faults.locked, "identity.crosswalk")


def plant_due_dates(story: Story, faults: SourceFaults) -> None:
    """Reviews held late whose due date the system moved to the day on which they were held."""
    for table, kind in (("ssd.cp_reviews", "cp_reviews"), ("ssd.cla_reviews", "care_reviews")):
        late = [row for row in story.records[kind] if row["on"] and row["on"] > row["due"]]
        if not late:
            late = [row for row in story.records[kind] if row["on"]][-1:]
            for row in late:
                row["due"] = row["on"] - timedelta(days=9)
        for row in late[:1]:
            row["told_due"] = row["on"]
            faults.tell("due_date_moved", row["child"], table, due=row["due"], told=row["on"])


def plant_unseen(story: Story, faults: SourceFaults) -> None:
    """A visit at which nobody was in, after the last at which the child was seen."""
    for plan in story.open_plans(story.world.clock.as_at):
        last = max((visit.on for visit in plan.visits), default=None)
        if last and (on := add_wd(last, 2)) <= story.world.clock.as_at:
            add_visit(story, plan, on, "No", "No", on)
            faults.tell("unseen_visit", plan.child.id, "ssd.cp_visits", on=on)
            return


def plant_code(story: Story, faults: SourceFaults, children: list[str], year_end: date) -> None:
    """A code that the return took in another year only."""
    if children:
        code = NEW_SOURCE if year_end.year < SINCE_NEW_SOURCE else OLD_FACTOR
        faults.other_year[children[len(children) // 2]] = code
        faults.tell("code_of_another_year", children[len(children) // 2], "cin.referral", code=code)


def plant_gap(made: dict[str, list[Row]], faults: SourceFaults) -> None:
    """A chain of episodes with four days missing between one and the next."""
    for before, after in zip(made["episodes"], made["episodes"][1:], strict=False):
        gap = timedelta(days=4)
        long = after["DEC"] is None or after["DEC"] > after["DECOM"] + gap
        same = before["CHILD"] == after["CHILD"] and after["CHILD"] not in faults.unknown
        if same and before["REC"] == "X1" and long:
            after["DECOM"] += gap
            faults.tell("gap_in_the_chain", after["CHILD"], "ssda903.episodes", on=before["DEC"])
            return


def rename(made: dict[str, list[Row]], unknown: dict[str, str]) -> None:
    """Put a child's rows of a return under its old id."""
    for rows in made.values():
        for row in rows:
            row["CHILD"] = unknown.get(row["CHILD"], row["CHILD"])
