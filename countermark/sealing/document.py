"""The certificate document: what was certified, on which data, by which checks and whom, until when. The same whenever it is made.

Made from the publication that first carried the certificate, and from the ledger as known when it was issued: later events (lapsed,
withdrawn) are not in it, the home says those. No child, no cell, no note; names only for officers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

import duckdb

from countermark.certify.facts import definition_hash
from countermark.certify.snapshot import read
from countermark.certify.workflow import ENDED, certificate_states
from countermark.contracts.authority import Authority, Person, parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.desk.figures import case_nouns, rows_of
from countermark.desk.figures import figure as quoted
from countermark.home import Home
from countermark.ledger.append import MACHINE
from countermark.ledger.chain import canonical
from countermark.ledger.notes import Note
from countermark.ledger.people import resolve
from countermark.ledger.records import Certificate, LedgerError, Revision, stamp
from countermark.ledger.store import Ledger
from countermark.sealing import evidence
from countermark.warehouse.connect import quiet
from countermark.words import STATUS_WORDS, is_measured, measured

Audience = Literal["officer", "leader"]
NOTE = "certificate_document"  # subject: the certificate's id; body: the document, with names
UNTIL = "what it certifies changes, somebody withdraws it, or the figure is signed anew"
FIGURE = """
select metrics.indicator_id, metrics.title, metrics.question, metrics.theme, metrics.as_at, metrics.period_start, metrics.unit,
    metrics.system_numerator, metrics.system_denominator, metrics.system_value, metrics.not_countable, metrics.overtaken, metrics.status,
    metrics.revision, metrics.facts_hash, definitions.version, definitions.definition_hash, definitions.contracts
from main.metrics as metrics
join facts.definitions as definitions
    on metrics.authority = definitions.authority and metrics.as_at = definitions.as_at
    and metrics.indicator_id = definitions.indicator_id
where metrics.certificate_id = $certificate and metrics.team = 'ALL'
"""


@dataclass(frozen=True)
class Standing:
    """What became of a certificate: certified while it stands, else lapsed, superseded or withdrawn; since when, why, by whom."""

    state: str
    since: datetime | None = None
    reason: str = ""
    by: str = ""
    reaffirmed_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it still holds."""
        return self.state == "certified"

    @property
    def words(self) -> str:
        """The state in a word."""
        return "Stands" if self.stands else ENDED[self.state]


def certificate(ledger: Ledger, certificate_id: str) -> Certificate:
    """The certificate of that id. LedgerError where there is none."""
    found = next((one for one in ledger.certificates() if one.id == certificate_id.strip().upper()), None)
    if found is None:
        raise LedgerError(f"There is no certificate {certificate_id.strip()[:20]}.")
    return found


def standing(ledger: Ledger, certificate_id: str) -> Standing:
    """What became of a certificate."""
    every = ledger.certificates()
    one = next(found for found in every if found.id == certificate_id)
    state = certificate_states(every)[one.id]
    return Standing(state, one.lapsed_at, one.lapse_reason, one.ended_by, one.reaffirmed_at)


def document(
    home: Home, ledger: Ledger, catalogue: Catalogue, certificate_id: str, audience: Audience = "leader"
) -> dict[str, Any]:
    """The document of a certificate, dates as text. LedgerError where there is none, or no publication that is kept has carried it."""
    issued = certificate(ledger, certificate_id)
    kept = next((note.body for note in ledger.notes(NOTE, issued.id)), None)
    made = dict(kept) if kept else _make(home, ledger, catalogue, issued)
    if audience == "leader":
        made["people"] = [{name: said for name, said in one.items() if name != "name"} for one in made["people"]]
    return made


def keep(home: Home, ledger: Ledger, catalogue: Catalogue) -> int:
    """Keep in the ledger every document that is not kept yet and can be made; returns how many.

    For whoever is about to change what documents are made from: a purge rewrites publications.
    """
    kept = {note.subject for note in ledger.notes(NOTE)}
    made = []
    for issued in ledger.certificates():
        if issued.id not in kept:
            with suppress(LedgerError):  # no publication that is kept has carried it
                made.append(Note(issued.authority, NOTE, issued.id, _make(home, ledger, catalogue, issued), MACHINE))
    return len(ledger.note(made))


def _make(home: Home, ledger: Ledger, catalogue: Catalogue, issued: Certificate) -> dict[str, Any]:
    known = _authority(ledger, issued)
    for revision in ledger.revisions():
        path = home.published / revision.snapshot
        # a publication's moment is in whole seconds, so it may seem to lie just before the signature
        if revision.published_at < issued.issued_at - timedelta(seconds=1) or not path.is_file():
            continue
        with read(path) as con, quiet("reading the publication"):
            row = _row(con, issued.id)
            if row is not None:
                made = _document(con, ledger, catalogue, issued, known, revision, row)
                plain: dict[str, Any] = json.loads(canonical(made))
                return plain
    raise LedgerError(
        f"No publication that is kept in this home has carried certificate {issued.id}: publish, or restore it from a backup."
    )


def _row(con: duckdb.DuckDBPyConnection, certificate_id: str) -> dict[str, Any] | None:
    cursor = con.execute(FIGURE, {"certificate": certificate_id})
    row = cursor.fetchone()
    return dict(zip([column[0] for column in cursor.description], row, strict=True)) if row else None


def _document(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    catalogue: Catalogue,
    issued: Certificate,
    known: Authority | None,
    revision: Revision,
    row: Mapping[str, Any],
) -> dict[str, Any]:
    entry = next(one for one in ledger.entries() if one.seq == issued.entry_seq)
    deeds = evidence.deeds(con, ledger, issued)
    return {
        "id": issued.id,
        "authority": {"code": issued.authority, "name": known.name if known else ""},
        "indicator": {name: row[name] for name in ("title", "question", "theme")} | {"id": row["indicator_id"]},
        "definition": {"version": row["version"], "sha256": row["definition_hash"]},
        "as_at": row["as_at"],
        "period_start": row["period_start"],
        "figure": _figure(con, issued, row, catalogue),
        "status": {"code": row["status"], "words": STATUS_WORDS[row["status"]]},
        "revision": row["revision"],
        "checks": evidence.checks(con, issued, row["contracts"], deeds),
        "people": [_said(deed, known) for deed in deeds],
        "names": "as authority.toml spells them" if known and known.people else "as typed",
        "deliveries": evidence.deliveries(con, issued, row["contracts"]),
        "facts_hash": issued.facts_hash,
        "publication": {
            "snapshot": revision.snapshot,
            "content_sha256": revision.content_hash,
            "published_at": stamp(revision.published_at),
        },
        "issued_at": stamp(issued.issued_at),
        "valid": {"until": UNTIL, "definition_review": _review(catalogue, row)},
        "ledger": {"entry": entry.seq, "sha256": entry.hash},
    }  # fmt: skip


def _authority(ledger: Ledger, issued: Certificate) -> Authority | None:
    """The authority's file as it was when the certificate was issued."""
    text = ledger.authority_text(issued.authority, issued.issued_at)
    return parse_authority(text) if text else None


def _figure(
    con: duckdb.DuckDBPyConnection, issued: Certificate, row: Mapping[str, Any], catalogue: Catalogue
) -> dict[str, Any]:
    nouns = case_nouns(catalogue) if _same_definition(catalogue, row) else {}
    one = quoted(rows_of(con), issued.indicator_id, issued.as_at, authority=issued.authority, nouns=nouns)
    numerator, denominator = row["system_numerator"], row["system_denominator"]
    return {
        "value": _value(row),
        "numerator": numerator, "denominator": denominator, "unit": row["unit"], "case": one.case_unit,
        "range": {"of": "not met" if one.counts_unmet else "counted", "low": one.fewest, "high": one.most, "open": one.open_moving},
        "not_countable": row["not_countable"], "overtaken": row["overtaken"],
    }  # fmt: skip


def _value(row: Mapping[str, Any]) -> str:
    if is_measured(row["unit"]):
        return measured(row["system_value"], row["unit"])
    return (
        percent(row["system_numerator"], row["system_denominator"])
        if row["unit"] == "percent"
        else f"{row['system_numerator']}"
    )


def percent(numerator: int, denominator: int | None) -> str:
    """A share as a percentage with one place, rounded half up; empty where there is nothing to take a share of."""
    if not denominator:
        return ""
    tenths = int(Fraction(numerator * 1000, denominator) + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


def _said(deed: evidence.Deed, known: Authority | None) -> dict[str, Any]:
    person = _person(deed.by, known)
    return {"did": deed.did, "role": person.role if person else "", "team": deed.team, "on": deed.on, "name": deed.by}


def _person(name: str, known: Authority | None) -> Person | None:
    people = {one.name: one for one in known.people} if known else {}
    found = resolve(name, people)
    return people[found] if found else None


def _review(catalogue: Catalogue, row: Mapping[str, Any]) -> date | None:
    """When the definition is due for review; None where the definition at hand is not the certified one."""
    return catalogue.indicators[row["indicator_id"]].next_review if _same_definition(catalogue, row) else None


def _same_definition(catalogue: Catalogue, row: Mapping[str, Any]) -> bool:
    indicator = catalogue.indicators.get(row["indicator_id"])
    return indicator is not None and definition_hash(indicator) == row["definition_hash"]
