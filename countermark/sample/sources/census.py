"""The children in need census of the year that ended on the last 31 March: each episode of need of the year with what was done in it.

What belongs here is the return; which years have which elements is the Department's own rule.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from countermark.sample.days import add_wd
from countermark.sample.histories import Assessment, Enquiry, Need, Plan, Referral, Row
from countermark.sample.sources.people import Person
from countermark.sample.sources.story import Story
from countermark.sample.sources.xml import Element, header, write_message

CATEGORIES = {"a)": "NEG", "b)": "PHY", "c)": "SAB", "d)": "EMO", "e)": "MUL"}
_SEX_SINCE, _PRE_PROCEEDINGS_SINCE = 2025, 2027
_OLD_SEX = {"M": "1", "F": "2", "U": "0"}
_FACTORS = ("2B", "3B", "4B", "16A", "17A", "1B", "5A", "15A", "24A", "6B", "7A", "18C")
ROWS = (  # the elements of which each is a row
    "Child", "Disability", "CINdetails", "Assessments", "AssessmentFactors", "CINPlanDates", "Section47", "ChildProtectionPlans",
    "CPPreviewDate", "PreProceedingsandFGDM",
)  # fmt: skip
OLD_FACTOR, NEW_SOURCE = "18A", "5D"  # a factor that was split, and a source that there was not yet
_OUTCOMES = {"Step down": "A", "Issue proceedings": "B", "Extended": "C"}


@dataclass
class Year:
    """A year of returns, from 1 April to 31 March, and what happened in it by child."""

    story: Story
    end: date
    assessments: dict[str, list[Assessment]] = field(default_factory=lambda: defaultdict(list))
    enquiries: dict[str, list[Enquiry]] = field(default_factory=lambda: defaultdict(list))
    plans: dict[str, list[Plan]] = field(default_factory=lambda: defaultdict(list))
    referrals: dict[tuple[str, date], Referral] = field(default_factory=dict)
    pre_proceedings: dict[tuple[str, date], Row] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    recoded: dict[str, str] = field(default_factory=dict)

    @property
    def start(self) -> date:
        """The first of April."""
        return date(self.end.year - 1, 4, 1)

    def until(self, on: date | None) -> date | None:
        """A date, where it lies before the year's end."""
        return on if on is not None and on <= self.end else None

    def touches(self, start: date, end: date) -> bool:
        """Whether something that went on from a day to another did so in the year."""
        return start <= self.end and end >= self.start


def year_end(as_at: date) -> date:
    """The last 31 March before a date whose returns are in by then: they are due in summer."""
    return date(as_at.year if as_at >= date(as_at.year, 8, 1) else as_at.year - 1, 3, 31)


def of_year(story: Story, end: date) -> Year:
    """What happened in the year that ended on a day."""
    year, world = Year(story, end), story.world
    for assessment in world.assessments:
        if year.touches(assessment.start, assessment.authorised):
            year.assessments[assessment.child.id].append(assessment)
    for enquiry in world.enquiries:
        if year.touches(enquiry.discussion, enquiry.conference or enquiry.unnecessary_on or enquiry.discussion):
            year.enquiries[enquiry.child.id].append(enquiry)
    for plan in world.plans:
        if year.touches(plan.start, plan.end):
            year.plans[plan.child.id].append(plan)
    year.referrals = {(r.child.id, r.on): r for r in world.referrals}
    for row in story.records["pre_proceedings"]:
        year.pre_proceedings[row["child"], row["plan_start"]] = row
    return year


def children_of(story: Story, end: date) -> list[str]:
    """The children of the return with an episode that was assessed in the year."""
    year = of_year(story, end)
    return sorted({need.child.id for need in _needs(year) if year.assessments[need.child.id]})


def _needs(year: Year) -> list[Need]:
    world = year.story.world
    return [need for need in (*world.earlier_needs, *world.needs.values()) if year.touches(need.start, need.closed)]


def write_census(
    story: Story, path: Path, end: date, other: dict[str, str] | None = None, recoded: dict[str, str] | None = None
) -> list[tuple[str, int]]:
    """The return as a file; a child of `other` has a code of another year, one of `recoded` another category of abuse. Returns how many
    elements there are of each name."""
    year = of_year(story, end)
    year.other, year.recoded = other or {}, recoded or {}
    episodes: dict[str, list[Element]] = defaultdict(list)
    for need in sorted(_needs(year), key=lambda need: (need.child.id, need.start)):
        episodes[need.child.id].append(_episode(year, need))
    for referral in story.world.referrals:
        if referral.nfa and year.start <= referral.on <= end and referral.child.id not in episodes:
            episodes[referral.child.id].append(_refused(referral))
    for row in story.records["closed_episodes"]:
        episodes[row["child"]].append(_closed(row))
    children: list[Element] = [
        ("Child", [*_who(story.persons[child], end), *episodes[child]]) for child in sorted(episodes)
    ]
    counted = write_message(path, [header("CIN", end, end + timedelta(days=75)), ("Children", children)])
    return sorted(counted.items())


def _who(person: Person, end: date) -> list[Element]:
    born = person.child.born
    unborn = born is not None and born > end
    named = "Sex" if end.year >= _SEX_SINCE else "GenderCurrent"
    sex = "U" if unborn else person.sex
    return [
        (
            "ChildIdentifiers",
            [
                ("LAchildID", person.id), ("UPN", person.upn), ("UPNunknown", None if person.upn else "UN1"),
                ("PersonBirthDate", None if unborn else born), ("ExpectedPersonBirthDate", born if unborn else None),
                (named, sex if named == "Sex" else _OLD_SEX[sex]),
            ],
        ),
        (
            "ChildCharacteristics",
            [("Ethnicity", person.ethnicity), ("Disabilities", [("Disability", code) for code in person.disabilities])],
        ),
    ]  # fmt: skip


def _refused(referral: Referral) -> Element:
    """A referral that was answered with no further action."""
    return (
        "CINdetails",
        [("CINreferralDate", referral.on), ("ReferralSource", source(referral.source)), ("ReferralNFA", True)],
    )


def _closed(row: Row) -> Element:
    """An episode that was assessed and closed within the year."""
    assessment: list[Element] = [
        ("AssessmentActualStartDate", row["assessed"]), ("AssessmentAuthorisationDate", row["authorised"]),
        ("FactorsIdentifiedAtAssessment", [("AssessmentFactors", "21")]),
    ]  # fmt: skip
    return (
        "CINdetails",
        [
            ("CINreferralDate", row["on"]), ("ReferralSource", row["source"]), ("PrimaryNeedCode", row["need"]),
            ("CINclosureDate", row["closed"]), ("ReasonForClosure", row["reason"]), ("Assessments", assessment), ("ReferralNFA", False),
        ],
    )  # fmt: skip


def source(told: str) -> str:
    """The code of a referral's source."""
    return told.split(") ")[1].split(":")[0]


def _episode(year: Year, need: Need) -> Element:
    child, closed = need.child.id, year.until(need.closed)
    referral = year.referrals.get((child, need.start))
    during = (need.start, need.closed)
    assessments = [a for a in year.assessments[child] if during[0] <= a.start <= during[1]]
    enquiries = [e for e in year.enquiries[child] if during[0] <= e.discussion <= during[1]]
    plans = [p for p in year.plans[child] if during[0] <= p.start <= during[1]]
    planned: list[Element] = []
    if need.cin_from and need.cin_from < need.closed and year.touches(need.cin_from, need.closed):
        planned = [("CINPlanDates", [("CINPlanStartDate", need.cin_from), ("CINPlanEndDate", closed)])]
    return (
        "CINdetails",
        [
            ("CINreferralDate", need.start),
            ("ReferralSource", _source_of(year, child, referral)),
            ("PrimaryNeedCode", need.code[:2]),
            ("CINclosureDate", closed),
            ("ReasonForClosure", need.reason[:3] if closed else None),
            *(_assessment(year, a) for a in assessments),
            *planned,
            *(_enquiry(year, e) for e in enquiries),
            ("ReferralNFA", False),
            *(_plan(year, p) for p in plans),
            *(_pre_proceedings(year, p) for p in plans if end_is_new(year.end) and (p.child.id, p.start) in year.pre_proceedings),
        ],
    )  # fmt: skip


def _source_of(year: Year, child: str, referral: Referral | None) -> str:
    told = year.other.get(child, "")
    return told if told == NEW_SOURCE else source(referral.source) if referral else "1D"


def end_is_new(end: date) -> bool:
    """Whether the return of a year holds what comes before court."""
    return end.year >= _PRE_PROCEEDINGS_SINCE


def _assessment(year: Year, a: Assessment) -> Element:
    done = year.until(a.authorised)
    number = (int(a.child.id) + a.start.day) % len(_FACTORS)
    factors = (
        ("21",) if not a.in_need else tuple(sorted({_FACTORS[number], _FACTORS[(number * 5 + 3) % len(_FACTORS)]}))
    )
    if year.other.get(a.child.id) == OLD_FACTOR:
        factors = (OLD_FACTOR,)
    return (
        "Assessments",
        [
            ("AssessmentActualStartDate", a.start),
            ("AssessmentInternalReviewDate", min(add_wd(a.start, 10), done) if done else None),
            ("AssessmentAuthorisationDate", done),
            ("FactorsIdentifiedAtAssessment", [("AssessmentFactors", code) for code in factors] if done else None),
        ],
    )


def _enquiry(year: Year, e: Enquiry) -> Element:
    return (
        "Section47",
        [
            ("S47ActualStartDate", e.discussion), ("InitialCPCtarget", add_wd(e.discussion, 15)),
            ("DateOfInitialCPC", year.until(e.conference)), ("ICPCnotRequired", year.until(e.unnecessary_on) is not None),
        ],
    )  # fmt: skip


def _plan(year: Year, p: Plan) -> Element:
    reviews = [on for on in p.reviews if year.start <= on <= min(year.end, p.end)]
    return (
        "ChildProtectionPlans",
        [
            ("CPPstartDate", p.start), ("CPPendDate", year.until(p.end)),
            ("InitialCategoryOfAbuse", year.recoded.get(p.child.id) or CATEGORIES[p.category[0][:2]]),
            ("LatestCategoryOfAbuse", CATEGORIES[p.category[1][:2]]),
            ("NumberOfPreviousCPP", p.previous), ("Reviews", [("CPPreviewDate", on) for on in reviews] or None),
        ],
    )  # fmt: skip


def _pre_proceedings(year: Year, p: Plan) -> Element:
    row = year.pre_proceedings[p.child.id, p.start]
    return (
        "PreProceedingsandFGDM",
        [
            ("PPStartDate", row["start"]), ("LBPSentDate", year.until(row["letter"])), ("FGDMMeetingOffer", int(row["offered"])),
            ("FGDMMeetingFac", int(row["facilitated"])), ("InitialPPMeetingDate", year.until(row["meeting"])),
            ("ReviewMeetingsCount", row["reviews"]), ("StepDecisionDate", year.until(row["step"])),
            ("PPOutcome", _OUTCOMES.get(row["outcome"] or "") if year.until(row["step"]) else None),
            ("CourtAppDate", year.until(row["court"])), ("LetterInitCPDate", year.until(row["conference_letter"])),
        ],
    )  # fmt: skip
