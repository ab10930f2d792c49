"""The parts of one figure's explanation, in the order in which they are printed, for officers or for leaders."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import duckdb

from countermark.certify.certify import GATE_ORDER
from countermark.certify.proven import tried
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import FIRST_HOLDS
from countermark.explaining import reading
from countermark.explaining.bank import print_bridge
from countermark.explaining.cases import print_case
from countermark.explaining.lived import lived
from countermark.explaining.reading import Bridge, Case, Claim, Figure
from countermark.words import (
    GATE_DOES_NOT_APPLY,
    GATE_HOLDS,
    METHOD_WORDS,
    OUTCOME_WORDS,
    STATUS_WORDS,
    day,
    is_measured,
    measured,
    paragraph,
    place,
    plain,
    sentence,
    short_day,
    unit,
    unmoved,
    without_range,
)

Reader = Literal["officer", "leader"]


class Explanation:
    """One figure's explanation: `lines()` is all of it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, catalogue: Catalogue, figure: Figure, audience: Reader) -> None:
        self.con, self.catalogue, self.figure = con, catalogue, figure
        self.is_officer = audience == "officer"
        self.shows_values = self.is_officer or figure.status != "withheld"
        self.cases = reading.cases(con, figure)
        self.claims = reading.claims(con, figure)

    def lines(self) -> list[str]:
        """The whole text, parts parted by a blank line."""
        parts = [
            self._head(), self._standing(), self._bridges(), self._gates(), self._cases(), self._failures(), self._certificate(),
        ]  # fmt: skip
        return "\n\n".join("\n".join(part) for part in parts if part).split("\n")

    def _head(self) -> list[str]:
        figure = self.figure
        who = "the authority" if figure.team == "ALL" else figure.team
        lines = paragraph(figure.question) + paragraph(f"{figure.indicator_id}  {figure.title}")
        return lines + paragraph(f"{figure.authority}, {who}, position at {day(figure.as_at)}")

    def _standing(self) -> list[str]:
        status = STATUS_WORDS[self.figure.status]
        return [
            line
            for said in self.standing()
            for line in paragraph(said, 2 if said == self.reason and said != status else 0)
        ]

    @property
    def reason(self) -> str:
        """Why the status is what it is, without the words of the status."""
        return _reason(self.figure)

    def standing(self) -> list[str]:
        """In a text each: the value, its status, why, the value with decisions in force, the range in cases, and what is beside it."""
        figure = self.figure
        said = [STATUS_WORDS[figure.status], self.reason]
        if not self.shows_values:
            return [*said, "No value is quoted of a figure that is not reliable enough to report."]
        said.insert(0, f"{_value(figure.system_numerator, figure.system_denominator, figure)}, as recorded")
        if (figure.reconciled_numerator, figure.reconciled_denominator) != (
            figure.system_numerator,
            figure.system_denominator,
        ):
            reconciled = _value(figure.reconciled_numerator, figure.reconciled_denominator, figure)
            said.append(f"With the officers' decisions in force: {reconciled}.")
        said.append(self._range())
        for number, words in (
            (figure.overtaken, "not known: the source has replaced what it showed at the date"),
            (figure.not_countable, "left out: a date that decides cannot be used"),
        ):
            if number:
                said.append(f"Beside the figure: {number} {unit(figure.case_unit, number)} {words}.")
        return said

    def _range(self) -> str:
        figure = self.figure
        silent = f" {sentence(figure.range_says)}" if figure.range_says else ""
        if is_measured(figure.unit) and figure.range_low is None:
            return "No range: some of its cases are open, and what would be measured of them is not known." + silent
        if figure.range_low is None or figure.range_high is None:
            return without_range(figure.range_says)
        if figure.range_low == figure.range_high:
            known = unmoved(*self._open()) if self.claims else "Nobody has counted it, so no difference is known."
            return known + silent
        if is_measured(figure.unit):
            return f"{plain(figure.range_low)} to {measured(figure.range_high, figure.unit)}.{silent}"
        low, high = reading.count_bounds(self.con, figure)
        unmet = figure.measures == "share" and figure.better == "high"
        verbs = ("does not meet", "do not meet") if unmet else ("is counted by", "are counted by")
        bounds = f"Exactly {low}" if low == high else f"At least {low}, at most {high}"
        share = ""
        if figure.measures == "share":
            share = f" The share lies between {figure.range_low:.1%} and {figure.range_high:.1%}."
        return f"{bounds} {unit(figure.case_unit, high)} {verbs[high != 1]} this, as the open differences may fall.{share}{silent}"

    def _open(self) -> tuple[int, int]:
        """How many open cases move the counts, and how many open lines there are, which no range has."""
        moved: Counter[tuple[str | None, str | None, str]] = Counter()
        lines = set()
        for case in self.cases:
            for one in case.measures if case.state == "open" else ():
                if case.kind == "line" and one["effect"]:
                    lines.add(case.break_id)
                elif case.kind != "line":
                    moved[case.case_id, None if case.case_id else case.of_team, one["measure"]] += one["effect"]
        return len({key[:2] for key, effect in moved.items() if effect}), len(lines)

    def _bridges(self) -> list[str]:
        bridges = reading.bridges(self.con, self.figure)
        if not self.claims:
            return []
        lines = paragraph(f"Counted: {'; '.join(self._counted(claim) for claim in self.claims)}.")
        if not bridges:
            return lines + paragraph(
                "That is no count for the authority as a whole: each team's own figure has its bridge."
            )
        if not self.shows_values:
            return lines
        at_hand, now = reading.extract_days(self.con, self.figure)
        for bridge in bridges:
            name = f"{bridge.measure.capitalize()}: why the two counts differ"
            head = left_head(bridge, self.claims, self.figure)
            lines += ["", name, *print_bridge(bridge, self.catalogue.reasons, head, at_hand, now, self.figure.as_at)]
        return lines + [line for said in self._lived() for line in paragraph(said)]

    def _lived(self) -> list[str]:
        figure = self.figure
        found = lived(self.con, figure.authority, figure.indicator_id, figure.as_at, figure.team)
        return found.says() if found else []

    def _counted(self, claim: Claim) -> str:
        who = f" by {claim.counted_by}" if self.is_officer and claim.counted_by else ""
        when = f" on {day(claim.counted_at)}" if claim.counted_at else ""
        how = f" {METHOD_WORDS[claim.method]}" if claim.method in METHOD_WORDS else ""
        return f"{'the authority' if claim.team == 'ALL' else claim.team}{who}{when}{how}"

    def _gates(self) -> list[str]:
        found = reading.gates(self.con, self.figure)
        lines = ["Checks"]
        for gate in GATE_ORDER:
            outcome, says = found.get(gate, ("ERROR", "the check was not made"))
            if outcome == "PASS":
                says = GATE_HOLDS[gate]
            elif outcome == "NOT_APPLICABLE":
                says = says or GATE_DOES_NOT_APPLY.get(gate, "It does not apply here.")
            lines += paragraph(f"{gate:<11} {OUTCOME_WORDS[outcome]:<16} {sentence(says)}", 2, 31)
        planted = tried(self.con, self.figure.authority, self.figure.as_at)
        return lines + paragraph(f"The checks themselves: {planted.says}.", 2, 31)

    def _cases(self) -> list[str]:
        if not self.cases:
            return []
        tally = {state: sum(case.state == state for case in self.cases) for state in ("open", "decided", "closed")}
        head = ", ".join(f"{number} {state}" for state, number in tally.items() if number)
        if not self.is_officer:
            return (
                paragraph(f"Differences: {head}. Their cases are on the officers' pages.") if self.shows_values else []
            )
        lines = [f"Differences: {head}"]
        for case in self.cases:
            if case.state != "closed":
                lines += self._case(case)
        return lines + self._order()

    def _order(self) -> list[str]:
        """In which order the reasons here were tried, where one of them stands beside another."""
        told = [{case.reason, *(case.secondary_reasons or "").split()} for case in self.cases if case.kind == "case"]
        if all(len(codes) < 2 for codes in told):
            return []
        known = sorted(set().union(*told) & self.catalogue.reasons.keys(), key=self._precedence)
        return paragraph(
            f"Reasons are tried in one order, here {', '.join(known)}; {FIRST_HOLDS}. What also holds stands beside it."
        )

    def _precedence(self, code: str) -> int:
        return self.catalogue.reasons[code].precedence

    def _case(self, case: Case) -> list[str]:
        indicator = self.catalogue.indicators.get(self.figure.indicator_id)
        return print_case(case, self.figure, indicator, self.catalogue.reasons.get(case.reason))

    def _failures(self) -> list[str]:
        found = reading.failing(self.con, self.figure)
        lines = ["Rules that records of this figure fail"] if found else ["Rules: no record of this figure fails one."]
        for rule in found:
            records = "1 record" if rule.records == 1 else f"{rule.records} records"
            lines += paragraph(f"{rule.code} {rule.severity}, {records}: {rule.message}", 2, 4)
            if self.is_officer:
                places = [place(where["file"], where["row"]) for where in rule.places]
                more = f" and {rule.records - len(places)} more" if rule.records > len(places) else ""
                lines += paragraph("; ".join(filter(None, places)) + more, 6)
        return lines

    def _certificate(self) -> list[str]:
        figure = self.figure
        stands = "No certificate stands over it."
        if figure.certificate_id:
            names, signed_by, issued = reading.certificate(self.con, figure)
            by = f" by {signed_by}" if self.is_officer and signed_by else ""
            when = f", signed{by} on {day(issued)}, names {names}" if issued else ""
            stands = f"Certificate {figure.certificate_id} stands over it{when}."
        return paragraph(f"Revision {figure.revision}, published on {day(figure.published_at.date())}. {stands}")


def _value(numerator: int, denominator: int | None, figure: Figure) -> str:
    if is_measured(figure.unit):
        return f"{measured(figure.value, figure.unit)}, of {numerator} {unit(figure.case_unit, numerator)} out of {denominator}"
    if figure.measures != "share" or denominator is None:
        return f"{numerator} {unit(figure.case_unit, numerator)}"
    share = f" ({numerator / denominator:.1%})" if denominator else ""
    return f"{numerator} of {denominator} {unit(figure.case_unit, denominator)}{share}"


def _reason(figure: Figure) -> str:
    """The status's reason without the words of the status, which stand above it."""
    start = figure.status_reason.partition(": ")
    return (
        sentence(start[2]) if start[0] in ("Being checked", "Not reliable enough to report") else figure.status_reason
    )


def left_head(bridge: Bridge, claims: list[Claim], figure: Figure) -> str:
    """What a count is called above its side: a team's list or figure, and when it was counted."""
    if bridge.grade == "sum of teams":
        return "Teams' counts added"
    when = f" counted {short_day(claims[0].counted_at, figure.as_at)}" if claims[0].counted_at else ""
    what = "list" if bridge.grade == "listed" else "figure"
    return f"{'Authority' if figure.team == 'ALL' else 'Team'} {what}{when}"
