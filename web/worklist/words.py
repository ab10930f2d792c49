"""An item in words and links: what it is, what to do, where it stands, what it moves. For the desk's templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from countermark.contracts.rules import RuleFile
from countermark.desk.worklist import Item
from countermark.ledger.causes import CAUSES
from countermark.words import METHOD_WORDS, STATE_WORDS, decision_words, place, sentence, signed
from web.context import definitions, person
from web.words import child, day, pseudonym_of
from web.worklist import desk

MEASURES = {"denominator": "all who count", "numerator": "those that meet it"}
SEVERITIES = {"blocking": "Error", "warning": "Warning", "query": "Query"}
EVIDENCE = {
    "exact": "proved from the records themselves",
    "rule": "proved by a rule of the definition",
    "probable": "probable: the dates are near each other, not the same",
    "asserted": "said by the count alone; no list backs it",
    "file_checked": "checked against the child's own file",
}
STATES = {"open": "Open", "decided": "Decided", "closed": "Closed"}
TO_DO_BETWEEN = (
    "Find out which of the two is right and have the other corrected at source; it closes by itself when both agree."
)
WHOLE = {
    "unlisted": "Part of a count has no list behind it",
    "line": "A whole count cannot be compared, or differs from its teams' counts added",
}
RANKS = {
    0: "Moves a headline figure that is outside its tolerance",
    1: "Moves a headline figure",
    2: "Moves a figure",
    3: "Moves no figure",
}


def register(template_globals: dict[str, Any]) -> None:
    """Make these words known to templates, all under the one name `desk`."""
    template_globals["desk"] = {
        "title": title, "to_do": to_do, "places": places, "moves": moves, "case_name": case_name, "measure": measure,
        "severity": SEVERITIES.get, "states": STATES, "ranks": RANKS, "decision": decision, "cause": cause, "reason": reason,
        "measures": MEASURES, "evidence": EVIDENCE, "state": state_words, "address_of": desk.address_of, "may_see": desk.may_see,
        "method": METHOD_WORDS.get, "rule": rule, "is_stale": is_stale, "shown": shown, "began": began,
        "form": form, "why": why, "moves_of": moves_of, "fellow": fellow,
    }  # fmt: skip


def form(contract: str | None) -> str:
    """A list or form by its title."""
    found = definitions().contracts.get(contract or "")
    return found.title if found else contract or ""


def measure(indicator_id: str) -> str:
    """A measure by its title, its id first."""
    found = definitions().indicators.get(indicator_id) or definitions().pairs.get(indicator_id)
    return f"{indicator_id}: {found.title}" if found else indicator_id


def rule(code: str | None) -> RuleFile | None:
    """The rule of that code, with its documentation."""
    return _rules().get(code or "")


@lru_cache(maxsize=1)
def _rules() -> dict[str, RuleFile]:
    return {one.code: one for one in definitions().rules}


def reason(code: str) -> str:
    """What a reason means."""
    found = definitions().reasons.get(code)
    return found.meaning if found else code


def why(code: str) -> str:
    """A reason in a few words."""
    found = definitions().reasons.get(code)
    return f"{found.people_read[:1].upper()}{found.people_read[1:]}" if found else code


def title(item: Item) -> str:
    """What an item is, in a line."""
    if not item.is_difference:
        return item.message or ""
    if item.is_between_systems:
        return f"{item.indicator_id}: {(item.message or '').rstrip('.')}"
    return f"{item.indicator_id}: {reason(item.reason or '')}"


def to_do(item: Item) -> str:
    """What to do about it. A failure's message says so itself."""
    if not item.is_difference:
        return "Have the cell corrected in the case system; the failure closes itself with the next extract."
    if item.is_between_systems:
        return TO_DO_BETWEEN
    found = definitions().reasons.get(item.reason or "")
    return found.to_do if found else ""


def sides(pair_id: str | None) -> tuple[str, str] | None:
    """What the two systems of a pair are called; None where it is no pair."""
    found = definitions().pairs.get(pair_id or "")
    return (found.left.name, found.right.name) if found else None


def places(item: Item) -> list[tuple[str, str]]:
    """Where to look: whose record, and file, sheet, row and heading."""
    if item.is_difference:
        left, right = (sides(item.indicator_id) if item.is_between_systems else None) or ("Team's list", "System")
        both = ((left, item.manual_source), (right, item.system_source))
        return [(whose, _place(said)) for whose, said in both if said]
    files = desk.files()
    return [
        ("Cell" if one["header"] else "Row",
         place(files.get(one["delivery_id"] or ""), one["source_row"]) + (f", under “{one['header']}”" if one["header"] else ""))
        for one in item.places or []
    ]  # fmt: skip


def _place(said: str) -> str:
    """`file List 7!14` as a place: the file is one that was delivered, since both parts may hold spaces."""
    known = [file for file in desk.files().values() if said.startswith(f"{file} ")]
    file = max(known, key=len, default="")
    return place(file, said[len(file) + 1 :]) if file else said


def moves(item: Item) -> list[str]:
    """What it does to which figure, a line for each figure."""
    if item.is_between_systems:
        return ["Nothing that is decided here changes a figure or its signing off"]
    if not item.is_difference:
        return [f"Counts towards the errors of {', '.join(item.indicators)}"] if item.indicators else []
    return [f"{item.indicator_id}, {line}" for line in moves_of({"effects": item.effects})]


def moves_of(one: Mapping[str, Any]) -> list[str]:
    """What the effects of one difference do, a line for each team's figure."""
    found: dict[str, list[str]] = {}
    limits: dict[str, str] = {}
    for effect in one["effects"] or []:
        if not effect["effect"]:
            continue
        team = "the council" if effect["team"] == "ALL" else effect["team"]
        found.setdefault(team, []).append(f"{signed(effect['effect'])} of {MEASURES[effect['measure']]}")
        limits[team] = f"{effect['open_gross']} open, {effect['allowed']} allowed"
    return [f"{team}: {', '.join(said)} ({limits[team]})" for team, said in found.items()]


def fellow(one: Mapping[str, Any]) -> str:
    """A difference or a failure of the same fact, in a line."""
    if one["kind"] == "failure":
        return f"{one['rule_code']}: {one['message']}"
    return f"{one['indicator_id']}: {reason(one['reason'])}"


def case_name(child_id: str | None, case_id: str | None, teams: Iterable[str] = ()) -> str:
    """The child or the event as the reader may see it; the team where no single case is meant."""
    if child_id is None:
        return f"No single child: {', '.join(teams)}" if teams else "No single child"
    name = child(child_id)
    name = f"Child {name}" if name == child_id else name
    event = (case_id or "").rpartition("/")[2] if case_id and "/" in case_id else ""
    if not event:
        return name
    return f"{name}, {began(event)}"


def began(event: str) -> str:
    """When a case began: the last part of its id."""
    try:
        return f"began {day(date.fromisoformat(event))}"
    except ValueError:
        return "row without a usable date"


def decision(code: str | None, pair_id: str | None = None) -> str:
    """A decision as people read it; of two systems with their names."""
    return sentence(decision_words(code or "", sides(pair_id)))[:-1]


def cause(code: str | None) -> str:
    """A cause as people read it."""
    return CAUSES.get(code or "", code or "")


def state_words(state: str | None) -> str:
    """What a case counts as."""
    return STATE_WORDS.get(state or "", "outside what is counted")


def is_stale(item: Item) -> bool:
    """Whether a decision once made no longer holds."""
    return item.lapsed and item.state == "open"


def shown(cell: Any, child_id: str) -> str:
    """A delivered cell as the reader may see it. Those who need no names see ids by pseudonym, and neither dates of birth nor postcodes
    nor what somebody noted in words, which may name anybody."""
    if person().sees_children or cell.value is None:
        return cell.value or ""
    if cell.is_birth or cell.type == "postcode" or cell.name == "note":
        return "[z] not shown to your role"
    if cell.type == "id" or cell.name == "case_id":
        return pseudonym_of(child_id)
    return str(cell.value)


def choices(found: Mapping[str, list[str]]) -> dict[str, list[tuple[str, str]]]:
    """What filters can be set to, with words."""
    return {
        "team": [(one, one) for one in found["teams"]],
        "indicator": [(one, measure(one)) for one in found["indicators"]],
        "rule": [(one, f"{one}: {said.title}" if (said := rule(one)) else one) for one in found["rules"]],
        "reason": [(one, reason(one)) for one in found["reasons"]],
        "cause": [(one, cause(one)) for one in found["causes"]],
        "form": [(one, form(one)) for one in found["forms"]],
        "worker": [(one, one) for one in found["workers"]],
        "as_at": [(one.isoformat(), day(one)) for one in desk.positions()],
    }
