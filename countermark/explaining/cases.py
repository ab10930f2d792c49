"""One difference in words: what was looked for and found, what it moves, where both records stand. For officers alone."""

from __future__ import annotations

from countermark.contracts.indicator import Indicator
from countermark.contracts.model import Reason
from countermark.explaining.reading import Case, Figure
from countermark.words import DECISION_WORDS, STATE_WORDS, day, paragraph, place, sentence, signed


def print_case(case: Case, figure: Figure, indicator: Indicator | None, reason: Reason | None) -> list[str]:
    """The lines of one difference."""
    meaning = reason.meaning if reason else case.reason
    also = f"; also {case.secondary_reasons.replace(' ', ', ')}" if case.secondary_reasons else ""
    lines = paragraph(f"{_whose(case, figure)}: {meaning[:1].lower() + meaning[1:]} [{case.reason}{also}]", 2, 4)
    lines += paragraph(f"{_found(case, figure, indicator, reason)} {_standing(case)}", 4)
    for label, where in (
        ("List", place(case.manual_file, case.manual_row)),
        ("System", place(case.system_file, case.system_row)),
    ):
        if where:
            lines += paragraph(f"{label + ':':<8}{where}", 4, 12)
    return lines


def _whose(case: Case, figure: Figure) -> str:
    team = f", {case.of_team}" if figure.team == "ALL" and case.of_team and case.of_team != "ALL" else ""
    if case.case_id is None:
        return f"No case{team}"
    return f"{'Child' if figure.case_unit == 'child' else 'Case'} {case.case_id}{team}"


def _found(case: Case, figure: Figure, indicator: Indicator | None, reason: Reason | None) -> str:
    """The item's own sentence; of a publication of an earlier version, which has none, what both sides hold."""
    if case.proof:
        return case.proof
    if case.kind == "line" and reason and reason.whole_count:
        return reason.whole_count
    if case.kind == "unlisted":
        return " ".join(_unlisted(said) for said in case.measures)
    if case.kind == "duplicate":
        rows = max(said["manual_rows"] for said in case.measures)
        return f"The list has it {rows} times; a case counts once."
    return " ".join(filter(None, (_in_list(case), _in_system(case, figure, indicator))))


def _unlisted(said: dict[str, int | str]) -> str:
    unlisted, effect = int(said["manual_rows"]), int(said["effect"])
    more = f"the list goes beyond the count by {-unlisted}"
    fewer = f"{unlisted} of the cases counted have no row in a list"
    return f"In the {said['measure']}, {fewer if unlisted > 0 else more}, and the system has {unlisted + effect} that no row means."


def _in_list(case: Case) -> str:
    if case.manual_row is None:
        return "Looked for in the team's list and not found."
    counted = [said["measure"] for said in case.measures if said["manual_in"]]
    event = f", with the date {day(case.event_date)}" if case.event_date else ""
    where = f"counts it in the {' and the '.join(sorted(counted))}" if counted else "has it, but not counted here"
    return f"The list {where}{event}."


def _in_system(case: Case, figure: Figure, indicator: Indicator | None) -> str:
    if case.system_row is None:
        if case.reason == "MANUAL_ONLY":
            return "Looked for in every table of every extract and not found."
        return "The system has no such case."
    held = (
        f" under {case.system_team}" if case.system_team and case.system_team != (case.of_team or figure.team) else ""
    )
    if case.outside:
        rule = indicator.outside.get(case.outside) if indicator else None
        return f"The system has it{held}, outside what is counted: {rule.says if rule else case.outside}."
    state = STATE_WORDS.get(case.system_state or "", "outside what is counted")
    decides = indicator.decides if indicator and indicator.decides else "deciding date"
    on = f", {decides} {day(case.decides_on)}" if case.decides_on else f", no {decides}"
    return f"The system has it{held}: {state}{on if indicator and indicator.decides else ''}."


def _standing(case: Case) -> str:
    moved = [f"{said['measure']} {signed(said['effect'])}" for said in case.measures if said["effect"]]
    moves = f"Moves the {', the '.join(moved)}." if moved else "Moves nothing."
    since = f" since {day(case.first_seen)}" if case.first_seen else ""
    if case.decision:
        words = DECISION_WORDS.get(case.decision, case.decision)
        standing = f"Decided: {words}" + (f", cause: {case.cause}" if case.cause else "")
    else:
        standing = f"{sentence(case.state)[:-1]}{since}"
    lapsed = " An earlier decision has lapsed." if case.decision_lapsed else ""
    return f"{moves} {standing}. Difference {case.break_id}.{lapsed}"
