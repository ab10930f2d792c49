"""Where children in care live, their health, who stays in touch and who goes missing: case by case, in plain loops over conformed rows.

Written from the definitions alone, as `figures_care`, whose words it shares.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.oracle.cells import add_working_days, years_before
from tests.oracle.figures_care import Judged, by, children, last, months_after, state
from tests.oracle.figures_front import Look, Row, events


def born(look: Look, child: str) -> date | None:
    """The birth, as any list has it."""
    days = [row["date_of_birth"] for row in look.of("person", child) if row["date_of_birth"]]
    return max(days, default=None)


def la5(look: Look) -> Judged:
    """Under sixteen, in care for two and a half years: in the same home for two."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        birth, start, since = born(look, child), row["cla_start_date"], years_before(look.as_at, 2)
        if birth and birth <= years_before(look.as_at, 16):
            return None
        if start and start > months_after(look.as_at, -30):
            return None
        if birth is None:
            return "not_countable", None
        rows = [one for one in look.of("cla_placement", child) if not (one["cla_placement_type"] or "").startswith("T")]
        newest = sorted(rows, key=lambda one: (one["delivery_id"], one["source_row"]))
        kinds = {
            one["cla_placement_start_date"]: one["cla_placement_type"]
            for one in newest
            if one["cla_placement_start_date"]
        }
        homes = sorted(kinds.items(), key=lambda one: one[0])
        then = [one for one in homes if one[0] <= look.as_at]
        if not then:
            return "overtaken" if homes else "unusable", None
        began, kind = then[-1]
        if began <= since:
            return "met", None
        if kind in ("A3", "A4", "A5", "A6"):
            return state(len(then) > 1 and then[-2][0] <= since, None if len(then) > 1 else "unusable")
        return "not_met", None

    return children(look, judge)


def la6(look: Look) -> Judged:
    """Moves of the period that were not planned."""
    found: Judged = {}
    for case, row in events(look.tables["cla_moves"], "move_date").items():
        day, reason = row["move_date"], row["move_reason"]
        if (day is None or look.in_period(day)) and reason != "PLACE":
            odd = "not_countable" if day is None else "unusable" if reason is None else None
            found[case] = state(reason not in ("CARPL", None), odd)
    return found


def assessments(look: Look, child: str) -> list[Row]:
    """The child's health assessments."""
    return [row for row in look.of("cla_health", child) if row["health_check_type"] == "health assessment"]


def la7(look: Look) -> Judged:
    """In care for a year: assessed in the last year, or half-year under five."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        start, birth = row["cla_start_date"], born(look, child)
        if start and start > years_before(look.as_at, 1):
            return None
        told = last(assessments(look, child), "health_check_date", row["extracted_on"], look.as_at)
        long = told.on is not None and told.on > months_after(look.as_at, -12)
        short = told.on is not None and told.on > months_after(look.as_at, -6)
        young = None if birth is None else birth > years_before(look.as_at, 5)
        truth = short if young or (young is None and short) else long
        if told.unusable or (told.overwritten and not truth):
            return "unusable" if told.unusable else "overtaken", None
        return state(truth, "unusable" if young is None and long and not short else None)

    return children(look, judge)


def la7i(look: Look) -> Judged:
    """Periods of care whose twentieth working day fell in the period: assessed by then."""
    found: Judged = {}
    spells: dict[str, Row] = {}
    for row in sorted(look.tables["cla_episodes"], key=lambda one: (one["delivery_id"], one["source_row"])):
        spells[f"{row['person_id']}/{row['cla_start_date'] or 'unusable:' + row['source_row']}"] = row
    for case, row in spells.items():
        start = row["cla_start_date"]
        due = add_working_days(start, 20) if start else None
        if row["legal_status"] in ("V3", "V4") or (due and not look.in_period(due)) or by(row["cla_ceased_date"], due):
            continue
        if due is None or row["cla_ceased_date_unusable"]:
            found[case] = ("not_countable", None)
            continue
        told = last(assessments(look, row["person_id"]), "health_check_date", row["extracted_on"], due)
        truth = told.on is not None and told.on >= start
        found[case] = state(
            truth, "unusable" if told.unusable else "overtaken" if told.overwritten and not truth else None
        )
    return found


def la17(look: Look) -> Judged:
    """The reviewing officer in touch since the last review, where that lies three months back."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        start, contact = row["cla_start_date"], row["cla_last_iro_contact_date"]
        if start is None:
            return "not_met", None
        days = [
            one["cla_review_date"] for one in look.of("cla_reviews", child) if by(one["cla_review_date"], look.as_at)
        ]
        since = max((day for day in days if day >= start), default=start)
        if months_after(since, 3) > look.as_at:
            return None
        odd = "unusable" if row["cla_last_iro_contact_date_unusable"] else None
        odd = odd or ("overtaken" if contact and contact > look.as_at else None)
        return state(contact is not None and contact > since, odd)

    return children(look, judge)


def times_missing(look: Look, child: str) -> int | None:
    """How often the child went missing in the twelve months; None where the number cannot be read."""
    rows = look.of("missing", child)
    numbers = [
        row["missing_episodes_last_12_months"] for row in rows if row["missing_episodes_last_12_months"] is not None
    ]
    if numbers:
        return int(max(numbers))
    if any(row["missing_episodes_last_12_months_unusable"] for row in rows):
        return None
    since = years_before(look.as_at, 1)
    days = [row["missing_episode_start_date"] for row in rows if row["missing_episode_type"] != "A"]
    return sum(1 for day in days if day and since < day <= look.as_at)


def la18(look: Look) -> Judged:
    """Went missing at least once."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None]:
        times = times_missing(look, child)
        return state(bool(times), "unusable" if times is None else None)

    return children(look, judge)


def la18n(look: Look) -> Judged:
    """How often, of those who did."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        times = times_missing(look, child)
        return None if times == 0 else ("unusable", None) if times is None else ("met", float(times))

    return children(look, judge)


def _last_told(look: Look, child: str, column: str) -> str | None:
    """What a column says of the last time that it says anything."""
    rows = [row for row in look.of("missing", child) if row[column] is not None]
    told = max(rows, key=lambda row: row["missing_episode_start_date"] or date(1990, 1, 1), default=None)
    return told[column] if told else None


def la18o(look: Look) -> Judged:
    """Offered a return interview after the last time."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        times, offered = times_missing(look, child), _last_told(look, child, "missing_rhi_offered")
        odd = "unusable" if times is None or offered == "unknown" else None
        return None if times == 0 else state(offered == "yes", odd)

    return children(look, judge)


def la18a(look: Look) -> Judged:
    """Of those offered, took it up."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        offered, accepted = (_last_told(look, child, f"missing_rhi_{what}") for what in ("offered", "accepted"))
        times = times_missing(look, child)
        if times == 0 or offered not in ("yes", "unknown"):
            return None
        return state(accepted == "yes", "unusable" if times is None or "unknown" in (offered, accepted) else None)

    return children(look, judge)


INDICATORS: dict[str, Callable[[Look], Judged]] = {
    "LA5": la5, "LA6": la6, "LA7": la7, "LA7I": la7i, "LA17": la17, "LA18": la18, "LA18N": la18n,
    "LA18O": la18o, "LA18A": la18a,
}  # fmt: skip
