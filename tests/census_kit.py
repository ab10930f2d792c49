"""Small returns of the children in need census, written element by element: what the tests of the census share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.intake_kit import text_file

HEADER = """<Message>
  <Header>
    <CollectionDetails><Collection>CIN</Collection><Year>{year}</Year><ReferenceDate>{reference}</ReferenceDate></CollectionDetails>
    <Source><SourceLevel>L</SourceLevel><LEA>812</LEA><SerialNo>001</SerialNo><DateTime>{made}</DateTime></Source>
  </Header>
  <Children>
"""


def element(name: str, text: object) -> str:
    """An element with a text; nothing where there is none."""
    return "" if text is None else f"<{name}>{text}</{name}>"


def block(name: str, *inside: str) -> str:
    """An element with elements, each on a line of its own."""
    return f"<{name}>\n" + "".join(f"{one}\n" for one in inside if one) + f"</{name}>"


def child(id: str | None, *episodes: str, sex: str = "1", birth: str | None = "2012-03-04", more: str = "") -> str:
    """A child with its episodes; `sex` is the code of years up to 2024 or, as a letter, of later ones."""
    said = element("Sex" if sex.isalpha() else "GenderCurrent", sex)
    identifiers = block("ChildIdentifiers", element("LAchildID", id), element("PersonBirthDate", birth), said)
    characteristics = block("ChildCharacteristics", element("Ethnicity", "WBRI"), more)
    return block("Child", identifiers, characteristics, *episodes)


def episode(
    referred: str, *blocks: str, closed: str | None = None, reason: str | None = None, nfa: str | None = "false",
    conference: str | None = None, source: str = "1A",
) -> str:  # fmt: skip
    """One referral and what followed. Plans under protection come after the answer on further action, as the schema orders them."""
    late = [one for one in blocks if one.startswith(("<ChildProtectionPlans", "<PreProceedings"))]
    early = [one for one in blocks if one not in late]
    return block(
        "CINdetails", element("CINreferralDate", referred), element("ReferralSource", source), element("PrimaryNeedCode", "N1"),
        element("CINclosureDate", closed), element("ReasonForClosure", reason), element("DateOfInitialCPC", conference),
        *early, element("ReferralNFA", nfa), *late,
    )  # fmt: skip


def assessment(start: str, done: str | None = None, *factors: str) -> str:
    """An assessment and its factors."""
    found = block("FactorsIdentifiedAtAssessment", *(element("AssessmentFactors", one) for one in factors))
    return block(
        "Assessments", element("AssessmentActualStartDate", start), element("AssessmentAuthorisationDate", done), found if factors else ""
    )  # fmt: skip


def enquiry(start: str, conference: str | None = None, unnecessary: str = "false") -> str:
    """A section 47 enquiry."""
    return block(
        "Section47", element("S47ActualStartDate", start), element("DateOfInitialCPC", conference), element("ICPCnotRequired", unnecessary)
    )  # fmt: skip


def protection(start: str, end: str | None = None, before: object = 0, *reviews: str) -> str:
    """A child protection plan and its reviews."""
    held = block("Reviews", *(element("CPPreviewDate", one) for one in reviews)) if reviews else ""
    return block(
        "ChildProtectionPlans", element("CPPstartDate", start), element("CPPendDate", end), element("InitialCategoryOfAbuse", "NEG"),
        element("LatestCategoryOfAbuse", "NEG"), element("NumberOfPreviousCPP", before), held,
    )  # fmt: skip


def plan(start: str, end: str | None = None) -> str:
    """A child in need plan."""
    return block("CINPlanDates", element("CINPlanStartDate", start), element("CINPlanEndDate", end))


def census(
    children: Iterable[str], year: object = 2022, reference: str = "2022-03-31", made: str = "2022-05-23T11:14:05"
) -> str:
    """A whole return."""
    head = HEADER.format(year=year, reference=reference, made=made)
    return head + "".join(f"{one}\n" for one in children) + "  </Children>\n</Message>\n"


def write(path: Path, text: str) -> Path:
    """A return as a file."""
    return text_file(path, text)
