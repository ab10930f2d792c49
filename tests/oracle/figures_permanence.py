"""Permanence: section 20, connected carers, children at home, families asked and assessed, disputes, adoption, pathway plans.

Case by case, in plain loops over conformed rows, written from the definitions alone, as `figures_care`, whose words it shares.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from tests.oracle.cells import add_working_days, working_days
from tests.oracle.figures_care import (
    Judged,
    as_it_stands,
    by,
    children,
    home,
    latest,
    listed,
    months_after,
    state,
    status,
)
from tests.oracle.figures_front import Look, Row, events


def planned(look: Look, child: str, row: Row) -> bool:
    """Whether a plan says where the child is to grow up."""
    plans = [one for one in look.of("cla_care_plan", child) if one["permanence_plan"]]
    standing = latest(plans, "cla_care_plan_start_date", "cla_care_plan_end_date", look.as_at)
    return row["permanence_plan"] is not None or standing is not None


def section_20(look: Look, judge: Callable[[date, bool], bool]) -> Judged:
    """Children under section 20 at the date, judged by how long and whether there is a plan."""

    def of(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        order = status(look, child)
        if order is None or order["legal_status"] is None:
            return "not_countable", None
        if order["legal_status"] != "V2":
            return None
        return state(judge(order["legal_status_start_date"], planned(look, child, row)))

    return children(look, of)


def band(look: Look, first: int, end: int | None) -> Judged:
    """For so many months and less than so many."""
    begin = months_after(look.as_at, -first) if first else look.as_at
    return section_20(look, lambda since, _: since <= begin and (end is None or since > months_after(look.as_at, -end)))


def la9(look: Look) -> Judged:
    """Six months without a plan."""
    return section_20(look, lambda since, plan: since <= months_after(look.as_at, -6) and not plan)


def la13(look: Look) -> Judged:
    """In care for four months with a plan."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        start = row["cla_start_date"]
        return None if start and start > months_after(look.as_at, -4) else state(planned(look, child, row))

    return children(look, judge)


def approvals(look: Look) -> dict[str, Row]:
    """The register of connected carers as it stands."""
    return events(as_it_stands(look.tables["reg24_approvals"]), "placement_start_date")


def holds_until(row: Row, as_at: date) -> tuple[date | None, date | None]:
    """Until when a temporary approval holds without and with its extension."""
    if not by(row["approval_date"], as_at):
        return None, None
    first = row["approval_date"] + timedelta(112)
    first = min(first, row["expiry_date"]) if row["expiry_date"] else first
    agreed, until = row["extension_date"], row["extended_until"]
    unsaid = agreed is None and not row["extension_date_unusable"] and until is not None
    if unsaid or (agreed is not None and agreed <= min(first, as_at)):
        return first, min(first + timedelta(56), until or date.max)
    return first, first


def la10(look: Look) -> Judged:
    """Open temporary approvals that still hold."""
    found: Judged = {}
    for case, row in approvals(look).items():
        start, end, full = (row[name] for name in ("placement_start_date", "placement_end_date", "full_approval_date"))
        if (start and start > look.as_at) or by(end, look.as_at) or by(full, look.as_at):
            continue
        if start is None or row["placement_end_date_unusable"] or row["full_approval_date_unusable"]:
            found[case] = ("not_countable", None)
            continue
        first, until = holds_until(row, look.as_at)
        unknown = row["approval_date"] is None and row["approval_date_unusable"]
        longer = first is not None and look.as_at <= first + timedelta(56)
        unknown = unknown or (longer and (row["extension_date_unusable"] or row["extended_until_unusable"]))
        met = until is not None and look.as_at <= until
        found[case] = state(met, "unusable" if unknown and not met else None)
    return found


def la10b(look: Look) -> Judged:
    """Those that do not."""
    turned = {"not_met": "met", "not_countable": "not_countable", "unusable": "unusable"}
    return {case: (turned[one], None) for case, (one, _) in la10(look).items() if one in turned}


def la11(look: Look) -> Judged:
    """Placements of the period whose carers had been found suitable by then."""
    found: Judged = {}
    for case, row in approvals(look).items():
        start = row["placement_start_date"]
        if start is None or look.in_period(start):
            odd = "not_countable" if start is None else "unusable" if row["viability_date_unusable"] else None
            found[case] = state(by(row["viability_date"], start), odd)
    return found


def la11f(look: Look) -> Judged:
    """Placements whose tenth working day fell in the period: the full assessment begun by then."""
    found: Judged = {}
    for case, row in approvals(look).items():
        start = row["placement_start_date"]
        due = add_working_days(start, 10) if start else None
        if due is None or look.in_period(due):
            odd = "not_countable" if due is None else "unusable" if row["full_assessment_start_date_unusable"] else None
            found[case] = state(by(row["full_assessment_start_date"], due), odd)
    return found


def in_time_at_home(parents: Row, since: date, as_at: date) -> tuple[bool, bool]:
    """Whether a placement with parents was assessed and approved as it should be, and whether there is still time."""
    done = {
        name: day if by(day := parents[name], as_at) else None
        for name in ("assessment_date", "authorised_date", "later_assessment_date")
    }
    if parents["immediate_placement"] != "yes":
        return by(done["assessment_date"], since) and by(done["authorised_date"], since), False
    assessed, assess_by = done["later_assessment_date"], add_working_days(since, 10)
    if assessed is None:
        return False, done["authorised_date"] is None and as_at <= assess_by
    if assessed > assess_by:
        return False, False
    decide_by = add_working_days(assessed, 10)
    return by(done["authorised_date"], decide_by), done["authorised_date"] is None and as_at <= decide_by


def la12(look: Look) -> Judged:
    """At home under a care order: assessed and approved."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        parents, place, order = listed(look, "parent_placements", child), home(look, child), status(look, child)
        if parents is None and (place is None or place["cla_placement_type"] != "P1"):
            return None
        legal = (order and order["legal_status"]) or (parents and parents["legal_status"]) or row["legal_status"]
        if legal not in ("C1", "C2", None):
            return None
        if parents is None:
            return "not_met" if legal else "not_countable", None
        later = "later_assessment_date" if parents["immediate_placement"] == "yes" else "assessment_date"
        unusable = parents["authorised_date_unusable"] or parents[f"{later}_unusable"]
        met, waiting = in_time_at_home(parents, parents["placement_start_date"], look.as_at)
        if waiting and not unusable:
            return ("pending", None) if legal else None
        return state(met, ("unusable" if unusable and not met else None) if legal else "not_countable")

    return children(look, judge)


def la14(look: Look) -> Judged:
    """Children whose fourth week of care ended in the period: the family offered a meeting."""
    found: Judged = {}
    offers = as_it_stands(look.tables["family_meetings"])
    spells: dict[str, Row] = {}
    for row in sorted(look.tables["cla_episodes"], key=lambda one: (one["delivery_id"], one["source_row"])):
        spells[f"{row['person_id']}/{row['cla_start_date'] or 'unusable:' + row['source_row']}"] = row
    for case, row in spells.items():
        start = row["cla_start_date"]
        due = start + timedelta(28) if start else None
        if row["legal_status"] in ("V3", "V4") or (due and not look.in_period(due)):
            continue
        days = [one["offered_date"] for one in offers if one["person_id"] == row["person_id"] and one["offered_date"]]
        offered = start is not None and any(start - timedelta(365) <= day <= start + timedelta(28) for day in days)
        found[case] = state(offered, None if start else "not_countable")
    return found


def numbered(rows: list[Row], start: str, *keys: str) -> dict[str, Row]:
    """Events of which several can begin on one day: the first by its keys has no number."""
    newest: dict[tuple[object, ...], Row] = {}
    for row in sorted(rows, key=lambda one: (one["delivery_id"], one["source_row"])):
        case = f"{row['person_id']}/{row[start] or 'unusable:' + row['source_row']}"
        newest[(case, *((row[key] is None, row[key] or "") for key in keys))] = row
    found: dict[str, Row] = {}
    for key, row in sorted(newest.items(), key=lambda one: one[0]):
        case = str(key[0])
        same = sum(1 for name in found if name == case or name.startswith(f"{case}/"))
        found[case if not same else f"{case}/{same + 1}"] = row
    return found


def la15(look: Look) -> Judged:
    """Assessments of a family due in the period, finished by then."""
    found: Judged = {}
    rows = as_it_stands(look.tables["family_assessments"])
    for case, row in numbered(rows, "commissioned_date", "assessment_type", "who_is_assessed").items():
        due = row["due_date"]
        if (due is None and not row["due_date_unusable"]) or (due and not look.in_period(due)):
            continue
        odd = "unusable" if row["completed_date_unusable"] else None
        found[case] = state(
            by(row["completed_date"], due), odd if due and row["commissioned_date"] else "not_countable"
        )
    return found


def disputes(look: Look) -> dict[str, Row]:
    """The reviewing officers' register."""
    return numbered(as_it_stands(look.tables["iro_disputes"]), "raised_date", "dispute_number")


def la16(look: Look) -> Judged:
    """Disputes whose twentieth working day fell in the period, resolved by then."""
    found: Judged = {}
    for case, row in disputes(look).items():
        due = add_working_days(row["raised_date"], 20) if row["raised_date"] else None
        if due is None or look.in_period(due):
            odd = "not_countable" if due is None else "unusable" if row["resolved_date_unusable"] else None
            found[case] = state(by(row["resolved_date"], due), odd)
    return found


def la16o(look: Look) -> Judged:
    """Open disputes older than twenty working days."""
    found: Judged = {}
    for case, row in disputes(look).items():
        raised = row["raised_date"]
        if (raised and raised > look.as_at) or by(row["resolved_date"], look.as_at):
            continue
        odd = "not_countable" if raised is None or row["resolved_date_unusable"] else None
        found[case] = state(raised is not None and working_days(raised, look.as_at) > 20, odd)
    return found


# --- adoption
class Journey(NamedTuple):
    """What the newest list says of a child's adoption; a name in `bad` is a date that cannot be used."""

    entered: date | None
    decided: date | None
    ordered: date | None
    matched: date | None
    placed: date | None
    fostered: date | None
    adopted: date | None
    reversed_: date | None
    bad: frozenset[str]


DATES = {
    "entered": "entered_care_date", "decided": "adm_decision_date", "ordered": "placement_order_date", "matched": "matched_date",
    "placed": "placed_for_adoption_date", "fostered": "placed_ffa_cp_date", "adopted": "permanence_order_date",
    "reversed_": "decision_reversed_date",
}  # fmt: skip


def journeys(look: Look) -> dict[str, Journey]:
    """Every child whom the lists of adoption name."""
    found: dict[str, Journey] = {}
    newest: dict[str, Row] = {}
    for row in sorted(
        look.tables["permanence"], key=lambda one: (one["extracted_on"], one["delivery_id"], one["source_row"])
    ):
        newest[row["person_id"]] = row
    for child, row in newest.items():
        said = {name: row[column] for name, column in DATES.items()}
        bad = frozenset(name for name, column in DATES.items() if row[column] is None and row[f"{column}_unusable"])
        if said["entered"] is None and "entered" not in bad:
            limit = said["placed"] or said["adopted"] or date.max
            starts = [
                one["cla_start_date"] for one in look.of("cla_episodes", child) if by(one["cla_start_date"], limit)
            ]
            said["entered"] = max(starts, default=None)
        found[child] = Journey(**said, bad=bad)
    return found


def took(
    look: Look, begin: Callable[[Journey], date | None], end: Callable[[Journey], date | None], names: set[str]
) -> Judged:
    """Of the children adopted in the period, the days from one date to another."""
    found: Judged = {}
    for child, one in journeys(look).items():
        if one.adopted is None:
            if "adopted" in one.bad:
                found[child] = ("not_countable", None)
        elif look.in_period(one.adopted):
            first, then = begin(one), end(one)
            wrong = bool(names & one.bad) or bool(first and then and then < first)
            known = first is not None and then is not None and not wrong
            found[child] = (
                ("met", float((then - first).days))
                if known and first and then
                else state(False, "unusable" if wrong else None)
            )
    return found


def ad1(look: Look) -> Judged:
    """From coming into care to moving in."""
    return took(look, lambda one: one.entered, lambda one: one.placed, {"entered", "placed"})


def ad1f(look: Look) -> Judged:
    """The same, stopped where those who adopted began to foster."""

    def stop(one: Journey) -> date | None:
        within = one.fostered and one.entered and one.placed and one.entered <= one.fostered <= one.placed
        return one.fostered if within else one.placed

    return took(look, lambda one: one.entered, stop, {"entered", "placed"})


def ad2(look: Look) -> Judged:
    """From the placement order to the match; without an order no case."""
    without = {child for child, one in journeys(look).items() if one.ordered is None and "ordered" not in one.bad}
    found = took(look, lambda one: one.ordered, lambda one: one.matched, {"ordered", "matched"})
    return {child: judged for child, judged in found.items() if child not in without}


def ad3(look: Look) -> Judged:
    """Moved in, or still waiting: in fourteen months."""
    found: Judged = {}
    for child, one in journeys(look).items():
        moved_in = one.placed is not None and look.in_period(one.placed)
        if not moved_in:
            if (one.placed and one.placed < look.first) or by(one.adopted, look.as_at) or by(one.reversed_, look.as_at):
                continue
            undecided = one.decided is None and "decided" not in one.bad and one.placed is None
            if undecided or (one.decided and one.decided > look.as_at):
                continue
        countable = (one.decided is not None or moved_in) and not {"placed", "reversed_"} & one.bad
        if not moved_in and one.entered and one.entered > look.as_at - timedelta(426):
            if countable:
                found[child] = ("pending", None)
            continue
        wrong = one.entered is None or bool(one.placed and one.placed < one.entered)
        in_time = (
            moved_in and one.placed is not None and one.entered is not None and (one.placed - one.entered).days < 426
        )
        found[child] = state(in_time, ("unusable" if wrong else None) if countable else "not_countable")
    return found


def ad4(look: Look, months: int = 0) -> Judged:
    """An order and no match, for so many months."""
    found: Judged = {}
    for child, one in journeys(look).items():
        unordered = one.ordered is None and "ordered" not in one.bad
        if unordered or (one.ordered and one.ordered > months_after(look.as_at, -months)):
            continue
        if any(by(day, look.as_at) for day in (one.matched, one.placed, one.adopted, one.reversed_)):
            continue
        unknown = one.ordered is None or {"matched", "placed", "adopted", "reversed_"} & one.bad
        found[child] = ("not_countable" if unknown else "met", None)
    return found


def ad5(look: Look) -> Judged:
    """Adoption the decision at some time in the period: changed in it."""
    found: Judged = {}
    for child, one in journeys(look).items():
        undecided = one.decided is None and "decided" not in one.bad
        before = look.first - timedelta(1)
        if (
            undecided
            or (one.decided and one.decided > look.as_at)
            or by(one.adopted, before)
            or by(one.reversed_, before)
        ):
            continue
        odd = (
            "not_countable"
            if one.decided is None or "adopted" in one.bad
            else "unusable"
            if "reversed_" in one.bad
            else None
        )
        found[child] = state(by(one.reversed_, look.as_at), odd)
    return found


def ad6(look: Look) -> Judged:
    """Care that ended in the period with an order other than adoption: the days that it took."""
    found: Judged = {}
    spells: dict[str, Row] = {}
    for row in sorted(look.tables["cla_episodes"], key=lambda one: (one["delivery_id"], one["source_row"])):
        spells[f"{row['person_id']}/{row['cla_start_date'] or 'unusable:' + row['source_row']}"] = row
    for case, row in spells.items():
        start, end, why = row["cla_start_date"], row["cla_ceased_date"], row["cla_ceased_reason"]
        if row["legal_status"] in ("V3", "V4") or (end and not look.in_period(end)):
            continue
        if (end is None and not row["cla_ceased_date_unusable"]) or (
            why and why not in ("E41", "E45", "E46", "E47", "E48")
        ):
            continue
        if start is None or end is None or why is None:
            found[case] = ("not_countable", None)
        else:
            found[case] = ("met", float((end - start).days)) if end >= start else ("unusable", None)
    return found


def cl4(look: Look) -> Judged:
    """Pathway plans reviewed in six months."""
    found: Judged = {}
    newest: dict[str, tuple[object, Row]] = {}
    for row in look.tables["care_leavers"]:
        rank = (row["care_leaver_in_touch"] not in ("DIED", "RHOM"), row["delivery_id"], row["source_row"])
        if row["person_id"] not in newest or rank > newest[row["person_id"]][0]:  # type: ignore[operator]
            newest[row["person_id"]] = (rank, row)
    for child, (_, row) in newest.items():
        day = row["pathway_plan_review_date"]
        if row["care_leaver_in_touch"] in ("DIED", "RHOM"):
            continue
        odd = (
            "unusable"
            if row["pathway_plan_review_date_unusable"]
            else "overtaken"
            if day and day > look.as_at
            else None
        )
        odd = "not_countable" if row["care_leaver_in_touch_unusable"] else odd
        found[child] = state(day is not None and day > months_after(look.as_at, -6), odd)
    return found


INDICATORS: dict[str, Callable[[Look], Judged]] = {
    "LA9": la9, "LA9A": partial(band, first=0, end=3), "LA9B": partial(band, first=3, end=6), "LA9C": partial(band, first=6, end=12),
    "LA9D": partial(band, first=12, end=None), "LA10": la10, "LA10B": la10b, "LA11": la11, "LA11F": la11f, "LA12": la12, "LA13": la13,
    "LA14": la14, "LA15": la15, "LA16": la16, "LA16O": la16o, "AD1": ad1, "AD1F": ad1f, "AD2": ad2, "AD3": ad3, "AD4": ad4,
    "AD4L": partial(ad4, months=12), "AD5": ad5, "AD6": ad6, "CL4": cl4,
}  # fmt: skip
