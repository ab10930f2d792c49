"""Faults between two systems that hold the same thing: what the case system, a return or a tracker has otherwise than the one beside it.

What belongs here changes one of the two alone, and neither the world nor the workbooks; each is told with pair, case and reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from countermark.sample.days import add_wd
from countermark.sample.histories import Care, Plan, Row
from countermark.sample.sources.story import Story

BREAK, OTHER_HOME, REVIEWER = "V4", "U6", "Reviewing officer"
STRANGER, NOBODY = "W9001", "Hal Unlisted"  # a worker whom the list of staff lacks, and a name that nobody has


@dataclass
class PairFaults:
    """What was planted: `recoded` child to category in the census, `breaks` children whose return says so, `told` for the truth."""

    recoded: dict[str, str] = field(default_factory=dict)
    breaks: set[str] = field(default_factory=set)
    told: list[Row] = field(default_factory=list)

    def tell(self, pair: str, case: str, effect: int, reason: str) -> None:
        """Write a difference down: -1 where the left system alone has it, 1 where the right one alone, 0 where both."""
        self.told.append({"pair_id": pair, "case_id": case, "effect": effect, "reason": reason})


def plant(story: Story, used: set[str], year_end: date) -> PairFaults:
    """What trackers, allocations and returns say otherwise than the case system, of children of whom nothing else was planted."""
    faults = PairFaults()
    cares = [c for c in story.open_cares(story.first) if _plain(c.child.id, used)]
    plans = [p for p in story.open_plans(story.first) if _plain(p.child.id, used)]
    _codes(faults, [p for p in plans if p.start < year_end], [c for c in cares if _one_episode(story, c, year_end)])
    _disputes(story, faults, cares, plans)
    _allocations(story, faults)
    _supervision(story, faults)
    return faults


def _plain(child: str, used: set[str]) -> bool:
    return child not in used and not child.startswith("0")


def _one_episode(story: Story, care: Care, year_end: date) -> bool:
    """Care that began as one episode and still was at the year's end."""
    mine = [row for row in story.records["episodes"] if row["child"] == care.child.id and row["start"] <= year_end]
    return len(mine) == 1 and mine[0]["start"] == care.start and mine[0]["end"] > story.first


def _codes(faults: PairFaults, plans: list[Plan], cares: list[Care]) -> None:
    """A category of abuse and a legal status that the return has under another code."""
    for plan in plans[-1:]:
        faults.recoded[plan.child.id] = "SAB" if plan.category[0][:2] != "c)" else "PHY"
        faults.tell("X03", plan.child.id, 0, "MAPPING")
    for care in cares[-1:]:
        faults.breaks.add(care.child.id)
        faults.tell("X04", care.child.id, 1, "MAPPING")


def _disputes(story: Story, faults: PairFaults, cares: list[Care], plans: list[Plan]) -> None:
    """Disputes about a child whose care ended, about one never in care, and two that the log of challenges has otherwise."""
    as_at = story.world.clock.as_at
    ever = {c.child.id for c in story.world.cares}
    disputed = {row["child"] for row in story.records["iro_disputes"]}
    ended = [
        c
        for c in story.world.cares
        if c.end <= as_at and c.end == max(o.end for o in story.world.cares if o.child.id == c.child.id)
    ]
    gone = [
        c for c in ended if _plain(c.child.id, disputed) and (as_at - c.end).days < 150 and (c.end - c.start).days > 20
    ]
    for care, number in zip(gone[:1], ("IRO901",), strict=False):
        _dispute(story, faults, care, number, add_wd(care.end, -5), -1, "AS_AT")
    for plan in [p for p in plans if p.child.id not in ever][:1]:
        _dispute(story, faults, plan, "IRO902", max(plan.start, add_wd(as_at, -9)), -1, "VALUE")
    quiet = [c for c in cares if c.child.id not in disputed and (as_at - c.start).days > 60]
    for care in quiet[:1]:
        raised = add_wd(as_at, -12)
        _challenge(story, care, "IR901", raised)
        faults.tell("X09", f"{care.child.id}/{raised}/log IR901", 1, "SYSTEM_ONLY")
    for care in quiet[1:2]:
        raised = add_wd(as_at, -15)
        _dispute(story, faults, care, "IRO903", raised, 1, "AS_AT", solved=add_wd(as_at, -2))
        _challenge(story, care, "IR902", raised)


def _dispute(
    story: Story,
    faults: PairFaults,
    of: Care | Plan,
    number: str,
    raised: date,
    effect: int,
    reason: str,
    solved: date | None = None,
) -> None:
    story.add(
        "iro_disputes", id=number, child=of.child.id, raised=raised, by="Carys Quarrington", about="Care plan not up to date", stage=1,
        due=add_wd(raised, 20), solved=solved, outcome="Plan agreed" if solved else None, team=of.team, worker=of.worker,
    )  # fmt: skip
    faults.tell("X09", f"{of.child.id}/{raised}/{number}", effect, reason)


def _challenge(story: Story, care: Care, number: str, raised: date) -> None:
    story.add(
        "challenges", id=number, on=raised, child=care.child.id, by=REVIEWER, about=None, said="The care plan is not moving.",
        to=care.worker, due=add_wd(raised, 20), answered=None, answer=None, closed=None, team=care.team,
    )  # fmt: skip


def _open(story: Story) -> list[Row]:
    """Allocations that go on, of workers with several, the only one of their child."""
    rows = [row for row in story.records["allocations"] if row["end"] is None and not row["child"].startswith("0")]
    by_worker, by_child = [row["worker_id"] for row in rows], [row["child"] for row in rows]
    return [row for row in rows if by_worker.count(row["worker_id"]) > 3 and by_child.count(row["child"]) == 1]


def _leaver(story: Story) -> str:
    return next(
        str(row["id"]) for row in story.records["staff"] if row["end"] and row["end"] <= story.world.clock.as_at
    )


def _allocations(story: Story, faults: PairFaults) -> None:
    """A child with a worker who has left, and one with a worker whom personnel does not know."""
    for row, worker, reason in zip(
        _open(story)[:2], (_leaver(story), STRANGER), ("AS_AT", "MANUAL_ONLY"), strict=False
    ):
        row["told_worker_id"] = worker
        faults.tell("X11", row["child"], -1, reason)


def _supervision(story: Story, faults: PairFaults) -> None:
    """Somebody whom nobody has on a list was supervised."""
    held = add_wd(story.world.clock.as_at, -4)
    for row in story.records["supervision"][:1]:
        story.add(
            "supervision",
            **{
                **row,
                "kind": "Worker",
                "worker": NOBODY,
                "worker_id": None,
                "child": None,
                "planned": held,
                "held": held,
            },
        )
        faults.tell("X10", f"name:{NOBODY.lower()}", -1, "MANUAL_ONLY")


def in_return(episodes: list[Row], faults: PairFaults) -> None:
    """Put the short breaks into the return."""
    for row in episodes:
        if row["CHILD"] in faults.breaks:
            row["LS"] = BREAK


def in_database(story: Story, tables: dict[str, list[Row]], faults: PairFaults) -> None:
    """What the case system has otherwise than the trackers: before court, placements with relatives, who holds a case."""
    _before_court(story, tables["ssd_pre_proceedings"], faults)
    _with_relatives(story, tables["ssd_cla_placement"], faults)
    _holders(story, tables, faults)


def _before_court(story: Story, rows: list[Row], faults: PairFaults) -> None:
    as_at = story.world.clock.as_at
    once = [row for row in rows if [one["person_id"] for one in rows].count(row["person_id"]) == 1]
    going = [
        row
        for row in once
        if row["pre_pro_decision_date"] <= as_at and not row["pre_pro_outcome"] and not row["person_id"].startswith("0")
    ]
    told = {row["child"]: row for row in story.records["pre_proceedings"]}
    extended = [
        row for row in once if row["pre_pro_outcome"] == "Extended" and row["agree_stepdown_issue_date"] <= as_at
    ]
    for row in extended[:1]:
        row["pre_pro_outcome"] = "Step down"
        faults.tell("X07", row["person_id"], -1, "MAPPING")
    for row in going[:1]:
        row.update(pre_pro_outcome="Step down", agree_stepdown_issue_date=as_at - timedelta(days=3))
        faults.tell("X07", row["person_id"], -1, "AS_AT")
    for row in going[1:2]:
        rows.remove(row)
        faults.tell("X07", row["person_id"], -1, "MANUAL_ONLY")
    for plan in [p for p in story.open_plans(as_at) if p.child.id not in told and _plain(p.child.id, set())][:1]:
        rows.append({
            **rows[0], "table_id": "PP9001", "person_id": plan.child.id, "plo_family_id": f"F{100000 + plan.child.family}",
            "pre_pro_decision_date": max(plan.start, as_at - timedelta(days=30)), "pre_pro_outcome": None,
            "agree_stepdown_issue_date": None,
        })  # fmt: skip
        faults.tell("X07", plan.child.id, 1, "SYSTEM_ONLY")


def _with_relatives(story: Story, rows: list[Row], faults: PairFaults) -> None:
    as_at = story.world.clock.as_at
    waiting = [
        row["child"] for row in story.records["reg24_approvals"]
        if row["placed"] <= as_at and (row["panel"] is None or row["panel"] > as_at) and _plain(row["child"], set())
    ]  # fmt: skip
    for child, reason in zip(waiting, ("VALUE", "AS_AT"), strict=False):
        mine = [row for row in rows if row["person_id"] == child]
        latest = max(mine, key=lambda row: row["cla_placement_start_date"])
        if reason == "VALUE":
            latest["cla_placement_type"] = OTHER_HOME
        else:
            latest["cla_placement_end_date"] = as_at - timedelta(days=2)
        faults.tell("X08", child, -1, reason)


def _holders(story: Story, tables: dict[str, list[Row]], faults: PairFaults) -> None:
    """Cases held by a manager, by one who has left and by one whom personnel does not know."""
    manager = next(row["id"] for row in story.records["staff"] if row["role"] == "Team manager" and row["end"] is None)
    tables["ssd_professionals"].append(
        {
            **tables["ssd_professionals"][0],
            "professional_id": STRANGER,
            "staff_id": STRANGER,
            "professional_name": "Ottilie Unlisted",
        }
    )
    ways = ((manager, "SCOPE"), (_leaver(story), "AS_AT"), (STRANGER, "SYSTEM_ONLY"))
    for row, (worker, reason) in zip(_open(story)[2:], ways, strict=False):
        held = next(
            one
            for one in tables["ssd_involvements"]
            if one["person_id"] == row["child"] and one["involvement_end_date"] is None
        )
        held["professional_id"] = worker
        faults.tell("X10", worker, 1, reason)
