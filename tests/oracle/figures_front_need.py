"""Enquiries, strategy discussions, conferences and plans of need over conformed rows, case by case, in plain loops.

As figures_front: written from the definitions alone. Not here: the front door and assessments.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.oracle.cells import add_working_days, working_days, years_before
from tests.oracle.figures_front import (
    Look,
    Row,
    States,
    by_child,
    counted,
    episode_open,
    events,
    is_open,
    origin,
    yes,
)  # fmt: skip

DISCUSSED = "strategy_discussion_date"


def enquiry_after(look: Look, row: Row) -> bool:
    """Whether an enquiry began on the day of a discussion, or on the next working day."""
    day = row[DISCUSSED]
    last = min(add_working_days(day, 1), look.as_at)
    starts = (one["s47_start_date"] for one in look.of("s47_enquiry", row["person_id"]))
    return any(start is not None and day <= start <= last for start in starts)


def discussions(judge: Callable[[Row, bool], str]) -> Callable[[Look], States]:
    """Discussions of the period, judged with whether an enquiry followed."""

    def states(look: Look) -> States:
        found: States = {}
        for case, row in events(look.tables["strategy_discussions"], DISCUSSED).items():
            if row[DISCUSSED] is None:
                state = judge(row, False)
                if state != "pending":
                    found[case] = "not_countable"
            elif look.in_period(row[DISCUSSED]):
                found[case] = judge(row, enquiry_after(look, row))
        return found

    return states


def cp1(row: Row, enquired: bool) -> str:
    """Led to an enquiry: its own answer, else the list's."""
    if row["led_to_s47"] is not None:
        return yes(row["led_to_s47"] == "yes")
    if enquired:
        return "met"
    return "unusable" if row["led_to_s47_unusable"] else "pending"


def cp1n(row: Row, enquired: bool) -> str:
    """Led to nothing at all."""
    if row["led_to_s47"] == "yes" or enquired or row["outcome"] not in (None, "no_further_action"):
        return "not_met"
    if row["led_to_s47_unusable"]:
        return "unusable"
    return "pending" if row["led_to_s47"] is None and row["outcome"] is None else "met"


def conferred(look: Look, row: Row) -> bool:
    """Whether a conference is known to have been held by the date, on a day that may not be readable."""
    return row["icpc_date_unusable"] or (row["icpc_date"] is not None and row["icpc_date"] <= look.as_at)


def unnecessary(look: Look, row: Row) -> bool:
    """Whether a conference was decided by the date to be unnecessary."""
    told = row["s47_end_date"] is None or row["s47_end_date"] <= look.as_at
    return row["icpc_unnecessary"] == "yes" and told


def cp2(look: Look) -> States:
    """Of the decided enquiries of the period, those without a conference."""
    found: States = {}
    for case, row in events(look.tables["s47_enquiry"], "s47_start_date").items():
        day = row["s47_start_date"]
        if day is not None and not look.in_period(day):
            continue
        if conferred(look, row):
            state = "not_met"
        elif unnecessary(look, row):
            state = "met"
        elif row["icpc_unnecessary"] == "no":
            state = "not_met"
        else:
            state = "not_countable" if row["icpc_unnecessary_unusable"] else "pending"
        if day is not None:
            found[case] = state
        elif state != "pending":
            found[case] = "not_countable"
    return found


def on_plan(look: Look, child: str, day: date) -> bool | None:
    """Whether a child was on a protection plan on a day."""
    said = [
        is_open(one["cp_plan_start_date"], one["cp_plan_end_date"], one["cp_plan_end_date_unusable"], day)
        for one in look.of("cp_plans", child)
    ]
    return True if True in said else None if None in said else False


def cp3d(look: Look) -> States:
    """Of the conferences that fell due in the period, those held in time."""
    found: States = {}
    for case, row in events(look.tables["s47_enquiry"], "s47_start_date").items():
        start = row["s47_start_date"]
        if start is None:
            found[case] = "not_countable"
            continue
        due = add_working_days(start, 15)
        if not look.in_period(due):
            continue
        if conferred(look, row):
            held = row["icpc_date"]
            found[case] = "unusable" if row["icpc_date_unusable"] else yes(held <= due)
            continue
        there = on_plan(look, row["person_id"], start)
        if unnecessary(look, row) or there:
            continue
        found[case] = "not_countable" if there is None or row["icpc_unnecessary_unusable"] else "not_met"
    return found


def cp3f(look: Look) -> States:
    """Meetings of the period, each about a family, in time for every child of it."""
    meetings: dict[str, list[Row]] = {}
    found: States = {}
    for row in events(look.tables["s47_enquiry"], "s47_start_date").values():
        ids = [one["family_id"] for one in look.of("family", row["person_id"]) if one["family_id"]]
        family, held, start = min(ids, default=row["person_id"]), row["icpc_date"], row["s47_start_date"]
        if held is not None:
            meetings.setdefault(f"{family}/{held}", []).append(row)
        elif row["icpc_date_unusable"]:
            found[f"{family}/unusable:{row['source_row']}"] = "not_countable"
        elif start is not None and start <= look.as_at and not unnecessary(look, row):
            found[f"{family}/not held:{start}"] = "pending"
    for case, rows in meetings.items():
        held, starts = rows[0]["icpc_date"], [row["s47_start_date"] for row in rows if row["s47_start_date"]]
        if held > look.as_at and starts and min(starts) <= look.as_at:
            found[case] = "pending"
        elif look.in_period(held):
            in_time = bool(starts) and working_days(min(starts), held) <= 15
            unsure = in_time and len(starts) < len(rows)
            found[case] = "not_countable" if not starts else "unusable" if unsure else yes(in_time)
    return found


def cp5(look: Look) -> States:
    """Of the conferences of the period with an outcome, those that made a plan."""
    found: States = {}
    for case, row in events(look.tables["initial_cp_conference"], "icpc_date").items():
        day = row["icpc_date"]
        if day is None:
            found[case] = "not_countable"
        elif look.in_period(day):
            began = any(one["cp_plan_start_date"] == day for one in look.of("cp_plans", row["person_id"]))
            outcome = row["icpc_outcome_cp"] or ("yes" if began else None)
            found[case] = "pending" if outcome is None else yes(outcome == "yes")
    return found


def cp5f(look: Look) -> States:
    """Of the meetings of the period about a family, those after which any child of it was put on a plan."""
    found: States = {}
    said: dict[str, list[str | None]] = {}
    for row in events(look.tables["initial_cp_conference"], "icpc_date").values():
        ids = [one["family_id"] for one in look.of("family", row["person_id"]) if one["family_id"]]
        family, day = min(ids, default=row["person_id"]), row["icpc_date"]
        if day is None:
            found[f"{family}/unusable:{row['source_row']}"] = "not_countable"
        elif look.in_period(day):
            began = any(one["cp_plan_start_date"] == day for one in look.of("cp_plans", row["person_id"]))
            said.setdefault(f"{family}/{day}", []).append(row["icpc_outcome_cp"] or ("yes" if began else None))
    for case, outcomes in said.items():
        found[case] = "pending" if not any(outcomes) else yes("yes" in outcomes)
    return found


# --- plans of need
def plan_open(row: Row, day: date) -> bool | None:
    """Whether a child in need plan is open on a day."""
    return is_open(row["cin_plan_start_date"], row["cin_plan_end_date"], row["cin_plan_end_date_unusable"], day)


def open_plans(look: Look, child: str) -> tuple[date | None, bool]:
    """Since when the child's newest open plan stands, and whether one may be open that nobody can read."""
    rows = look.of("cin_plans", child)
    starts = [row["cin_plan_start_date"] for row in rows if plan_open(row, look.as_at)]
    return max(starts, default=None), None in [plan_open(row, look.as_at) for row in rows]


def in_need(look: Look) -> dict[str, tuple[Row, bool | None]]:
    """Each child's episode that could be counted, and whether the child is on a child in need plan; None where nobody can say."""
    found: dict[str, tuple[Row, bool | None]] = {}
    for child in {row["person_id"] for row in look.tables["cin_episodes"]}:
        since, unknown = open_plans(look, child)
        could: list[tuple[Row, bool | None]] = []
        for row in look.of("cin_episodes", child):
            standing = episode_open(row, look.as_at)
            if standing is False or row["case_status"] not in (None, "cin_plan"):
                continue
            if row["case_status"] == "cin_plan" or since is not None:
                could.append((row, standing))
            elif unknown:
                could.append((row, None))
        if could:
            found[child] = max(could, key=lambda one: (one[0]["cin_start_date"] is not None, *origin(one[0])[1:]))
    return found


def began(look: Look, row: Row) -> date | None:
    """When the child's plan began, as far as is known."""
    since = open_plans(look, row["person_id"])[0]
    start: date | None = row["cin_start_date"]
    return since or start


def cn1(look: Look) -> States:
    """Seen in the last twenty working days."""
    found: States = {}
    for child, (row, standing) in in_need(look).items():
        start = began(look, row)
        if start is not None and working_days(start, look.as_at) <= 20:
            found[child] = "pending"
        elif standing is None:
            found[child] = "not_countable"
        else:
            found[child] = seen(look, row)
    return found


def seen(look: Look, episode: Row) -> str:
    """What the extracts say of the last time that a child was seen."""
    shown = {one["extracted_on"]: one for one in look.of("cin_visits", episode["person_id"]) if one["cin_start_date"]}

    def in_time(day: date) -> bool:
        return working_days(day, look.as_at) <= 20

    if not shown or max(shown) != episode["extracted_on"]:
        return "not_met"
    newest = shown[max(shown)]
    if newest["cin_visit_date_unusable"]:
        return "unusable"
    if newest["cin_visit_date"] is None or newest["cin_visit_date"] <= look.as_at:
        return yes(newest["cin_visit_date"] is not None and in_time(newest["cin_visit_date"]))
    for day in sorted(shown, reverse=True):
        one = shown[day]["cin_visit_date"]
        if day >= look.as_at and not shown[day]["cin_visit_date_unusable"] and (one is None or one <= look.as_at):
            return yes(one is not None and in_time(one))
    before = [one["cin_visit_date"] for day, one in shown.items() if day < look.as_at and one["cin_visit_date"]]
    return "met" if any(day <= look.as_at and in_time(day) for day in before) else "overtaken"


def cn2(look: Look) -> States:
    """Reviewed within twelve weeks; the first within eight."""
    found: States = {}
    for child, (row, standing) in in_need(look).items():
        start = began(look, row)
        if start is not None and look.as_at - start <= timedelta(days=56):
            found[child] = "pending"
        elif standing is None or start is None:
            found[child] = "not_countable"
        else:
            found[child] = reviewed(look, child, start)
    return found


def reviewed(look: Look, child: str, start: date) -> str:
    """Whether the last review of a plan was in time."""
    newest: dict[str, Row] = {}
    for row in sorted(look.of("cin_reviews", child), key=origin):
        newest[str(row["cin_review_date"] or row["source_row"])] = row
    during = [
        row for row in newest.values()
        if row["cin_review_date"] is None or start <= row["cin_review_date"] <= look.as_at
    ]  # fmt: skip
    held = [
        row["cin_review_date"]
        for row in during
        if row["cin_review_date"] and not row["status_unusable"] and row["status"] in (None, "held")
    ]
    due = max(held) + timedelta(days=84) if held else start + timedelta(days=56)
    if due >= look.as_at:
        return "met"
    return "unusable" if any(row["cin_review_date"] is None or row["status_unusable"] for row in during) else "not_met"


def cn3(look: Look) -> States:
    """No plan open."""
    found: States = {}
    known_on = max((row["extracted_on"] for row in look.tables["cin_plans"]), default=look.as_at)
    for child in {row["person_id"] for row in look.tables["cin_episodes"]}:
        care = [
            is_open(one["cla_start_date"], one["cla_ceased_date"], one["cla_ceased_date_unusable"], look.as_at)
            for one in look.of("cla_episodes", child)
        ]
        elsewhere = on_plan(look, child, look.as_at) or True in care
        could = [
            row
            for row in look.of("cin_episodes", child)
            if episode_open(row, look.as_at) is not False
            and (row["case_status"] == "cin_plan" or (row["case_status"] is None and not elsewhere))
        ]
        if not could:
            continue
        row = max(could, key=lambda one: (one["cin_start_date"] is not None, *origin(one)[1:]))
        since, unknown = open_plans(look, child)
        if episode_open(row, look.as_at) is None:
            found[child] = "not_countable"
        elif since is not None:
            found[child] = "not_met"
        else:
            found[child] = "unusable" if unknown or known_on < look.as_at - timedelta(days=31) else "met"
    return found


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    first = date((day.year * 12 + day.month - 1 - months) // 12, (day.month - 1 - months) % 12 + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def cn4(look: Look, months: int = 9) -> States:
    """On a plan for too long."""
    found: States = {}
    limit = months_before(look.as_at, months) if months != 12 else years_before(look.as_at, 1)
    for child, (row, standing) in in_need(look).items():
        since = open_plans(look, child)[0]
        if standing is None:
            found[child] = "not_countable"
        elif since is not None:
            found[child] = yes(since <= limit)
        else:
            found[child] = "not_met" if row["cin_start_date"] > limit else "unusable"
    return found


INDICATORS: dict[str, Callable[[Look], States]] = {
    "CP0": counted("s47_enquiry", "s47_start_date"),
    "CP1": discussions(cp1),
    "CP1N": discussions(cp1n),
    "CP2": cp2,
    "CP3D": cp3d,
    "CP3F": cp3f,
    "CP5": cp5,
    "CP5F": cp5f,
    "CP6": by_child("s47_enquiry", "s47_start_date", "s47_last_12_months"),
    "CN1": cn1,
    "CN2": cn2,
    "CN3": cn3,
    "CN4": cn4,
    "CN4Y": lambda look: cn4(look, 12),
}
