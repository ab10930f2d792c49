"""Who is who: which ids are one child's, and which children are one family's.

What belongs here are the two lists; who has two ids is planted.py's.
"""

from __future__ import annotations

from countermark.sample.histories import Row
from countermark.sample.sources.planted import SourceFaults
from countermark.sample.sources.printing import Inbox
from countermark.sample.sources.story import Story


def deliver_identity(story: Story, inbox: Inbox, faults: SourceFaults) -> None:
    """The crosswalk of the children that other offices know and of those with an old id, and the families with more than one child."""
    folder = inbox.folder("who is who", story.first)
    inbox.list(folder / "Crosswalk of ids.xlsx", "crosswalk", _crosswalk(story, faults))
    inbox.list(folder / "Families.csv", "families", _families(story))


def _crosswalk(story: Story, faults: SourceFaults) -> list[Row]:
    children = {p.child.id: None for p in story.open_plans(story.first)} | {
        c.child.id: None for c in story.open_cares(story.first)
    }
    children |= dict.fromkeys([*faults.former, *(child for pair in faults.twins for child in pair), faults.locked])
    children = {child: None for child in children if child not in faults.unknown}
    return [
        {
            "old": faults.former.get(child), "new": child, "nhs": story.persons[child].nhs, "upn": story.persons[child].upn or None,
            "restricted": child == faults.locked, "said_by": "Migration table" if child in faults.former else None,
        }
        for child in children
    ]  # fmt: skip


def _families(story: Story) -> list[Row]:
    return [
        {"family": people[0].family_id, "child": person.id}
        for people in story.families().values()
        if len(people) > 1
        for person in people
    ]
