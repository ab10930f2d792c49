"""A certificate for people: the words of its document, and one printed page as an accessible PDF. No look-ups here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from countermark.ledger.records import moment
from countermark.words import OUTCOME_WORDS, day, sentence, unit

TEMPLATE = Path(__file__).with_name("certificate.typ")
CHECKS = {
    "delivered": "Delivered", "valid": "Valid", "reconciled": "Reconciled", "counted": "Counted", "plausible": "Plausible",
    "checked": "Checked", "signed": "Signed",
}  # fmt: skip
DID = {"counted": "Counted", "decided": "Decided differences", "checked": "Checked", "signed": "Signed"}


def words(certificate: Mapping[str, Any], key_id: str = "", ended: str = "") -> dict[str, Any]:
    """What a page or a print says of a certificate document. `ended` says that it does not stand any more, and why."""
    named = any("name" in one for one in certificate["people"])
    valid = certificate["valid"]
    review = (
        f" Its definition is due for review on {_day(valid['definition_review'])}."
        if valid["definition_review"]
        else ""
    )
    council = certificate["authority"]["name"] or certificate["authority"]["code"]
    return {
        "council": council,
        "title": certificate["indicator"]["title"],
        "question": certificate["indicator"]["question"],
        "position": f"Position at {_day(certificate['as_at'])}",
        "figure": _figure(certificate["figure"]),
        "status": f"When it was signed: {certificate['status']['words']}" if ended else certificate["status"]["words"],
        "ended": ended,
        "checks": [
            {
                "check": CHECKS[one["check"]], "outcome": sentence(OUTCOME_WORDS[one["outcome"]]).rstrip("."),
                "evidence": " ".join(sentence(each) for each in one["evidence"]) or one["says"], "says": one["says"],
            }
            for one in certificate["checks"]
        ],
        "who_head": ["What", "Role", "Team", "On", *(["Name"] if named else [])],
        "who": [
            [DID[one["did"]], sentence(one["role"]).rstrip("."), one["team"], _day(one["on"]), *([one["name"]] if named else [])]
            for one in certificate["people"]
        ],
        "files": [{"list": one["list"], "id": one["id"], "sha256": one["sha256"][:32]} for one in certificate["deliveries"]],
        "until": f"It holds until {valid['until']}.{review} A figure that is safe to quote can be a bad one.",
        "marks": [
            {"name": name, "value": value}
            for name, value in (
                ("Certificate", certificate["id"]),
                ("Issued", certificate["issued_at"][:16].replace("T", " ") + " UTC"),
                ("Definition", f"{certificate['indicator']['id']} version {certificate['definition']['version']}, "
                 f"{certificate['definition']['sha256'][:32]}"),
                ("Facts", certificate["facts_hash"]),
                ("Publication", certificate["publication"]["content_sha256"][:32]),
                ("Ledger entry", f"{certificate['ledger']['entry']}, {certificate['ledger']['sha256'][:32]}"),
                ("Key", key_id),
            )
            if value
        ],
        "footer": f"Certificate {certificate['id']}, {council}. Management information. "
        "The signed file beside this page proves it; the page alone does not.",
    }  # fmt: skip


def _figure(figure: Mapping[str, Any]) -> dict[str, str]:
    share = figure["denominator"] is not None
    of = f" of {figure['denominator']:,}" if share else ""
    cases = unit(figure["case"], figure["denominator"] if share else figure["numerator"])
    low, high, moving = figure["range"]["low"], figure["range"]["high"], figure["range"].get("open", 0)
    does = "do not meet it" if figure["range"]["of"] == "not met" else "are counted"
    if low == high and not (share and moving):
        between = "No open difference moves it."
    elif low == high:
        falls = "open difference falls" if moving == 1 else f"{moving} open differences fall"
        does = does.replace("do ", "does ").replace("are ", "is ") if low == 1 else does
        between = f"However the {falls}, {low:,} {unit(figure['case'], low)} {does}; of how many is open."
    else:
        between = f"Between {low:,} and {high:,}{of} {unit(figure['case'], 2)} {does}."
    return {
        "value": figure["value"] or "No case",
        "counts": f"{figure['numerator']:,}{of} {cases}" if share else cases,
        "range": between,
    }


def _day(text: str | date | None) -> str:
    return "" if text is None else day(date.fromisoformat(text) if isinstance(text, str) else text)


def pdf(certificate: Mapping[str, Any], key_id: str = "", ended: str = "") -> bytes:
    """One tagged page (PDF/UA). The same document gives the same bytes."""
    import typst

    issued = moment(certificate["issued_at"]).astimezone(UTC)
    made: bytes = typst.compile(
        TEMPLATE, format="pdf", sys_inputs={"data": json.dumps(words(certificate, key_id, ended))}, pdf_standards="ua-1",
        ignore_system_fonts=True, timestamp=datetime(issued.year, issued.month, issued.day, tzinfo=UTC),
    )  # fmt: skip
    return made
