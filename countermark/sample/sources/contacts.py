"""What became of each contact, and when that was decided: for the case system and for the front door's own log.

What belongs here is told from the contact itself, so that nothing else in the invented authority changes with it.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from countermark.sample.authority import ASSESSMENT
from countermark.sample.days import add_wd
from countermark.sample.histories import Row
from countermark.sample.population import Child
from countermark.sample.sources.story import Story

REFERRED = "Progressed to referral"
_OTHERWISE = ("Advice given", "NFA", "Referred to early help", "Passed to allocated worker")
MARKS = {
    REFERRED: "NEW_REFERRAL_FLAG", "Advice given": "ADVICE_FLAG", "NFA": "NFA_FLAG", "Referred to early help": "OTHER_OUTCOMES_EXIST_FLAG",
    "Passed to allocated worker": "EXISTING_REFERRAL_FLAG",
}  # fmt: skip


def decided(child: Child, on: date, referred: set[tuple[str, date]]) -> tuple[str, date]:
    """The outcome of a contact and the day on which it was decided: most by the next working day."""
    rng = Random(f"{child.id} {on}")  # noqa: S311  not for secrets: the same contact must be decided alike
    days = rng.choices((0, 1, 2, 4, 9), (34, 52, 8, 4, 2))[0]
    outcome = REFERRED if (child.id, on) in referred else rng.choices(_OTHERWISE, (35, 35, 20, 10))[0]
    return outcome, add_wd(on, days)


def referrals(story: Story) -> set[tuple[str, date]]:
    """Which child was referred when."""
    return {(one.child.id, one.on) for one in story.world.referrals}


def tracker(story: Story, days: int) -> list[Row]:
    """The front door's log of the last so many days: what is decided after the day on which it is handed in is blank yet."""
    referred, rows = referrals(story), []
    for child, on, _ in story.world.contacts:
        if story.first - timedelta(days=days) < on <= story.first:
            outcome, by = decided(child, on, referred)
            told = by <= story.first
            rows.append({
                "child": child.id, "on": on, "decided": by if told else None, "outcome": outcome if told else None,
                "by": "Duty manager" if told else None, "team": ASSESSMENT[child.area],
            })  # fmt: skip
    return rows
