"""Whether a certificate file is genuine and still stands: its signature, then the home's own records where they are at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countermark.ledger.chain import canonical
from countermark.ledger.records import LedgerError, stamp
from countermark.ledger.store import Ledger
from countermark.sealing.document import Audience, Standing, standing
from countermark.sealing.keys import PublicKey, public_keys
from countermark.sealing.seal import Verdict, verify
from countermark.words import day, sentence

NOT_OURS = "Not genuine: the signature holds, but the council's records know no such certificate."
Ours = Callable[[str, Audience], Mapping[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What is said of a file: whether it may be relied on, in sentences, the most important first.

    `certificate` is the document where its signature holds and, with records, where they agree; `standing` only with records.
    """

    holds: bool
    says: tuple[str, ...]
    verdict: Verdict
    certificate: Mapping[str, Any] | None = None
    standing: Standing | None = None


def examine(
    text: str | bytes, ledger: Ledger | None = None, trusted: Iterable[bytes] | None = None, ours: Ours | None = None
) -> Answer:
    """Examine a file's text with what is at hand: the home's ledger, public keys from elsewhere, both or neither.

    With both, the key must be known to both. `ours` makes the home's own document of a certificate id, to be compared: so that not even
    whoever stole the key can have another figure believed.
    """
    known = public_keys(ledger) if ledger else []
    verdict = verify(text, _trusted(trusted, known, ledger is not None))
    if verdict.certificate is None or verdict.finding != "genuine":
        return Answer(False, (verdict.says,), verdict, verdict.certificate)
    if ledger is None:
        until = "Whether it still stands, only the council's own records can tell."
        return Answer(True, (verdict.says, until), verdict, verdict.certificate)
    if not _agrees(ledger, verdict.certificate) or (ours and not _same(verdict.certificate, ours)):
        return Answer(False, (NOT_OURS,), verdict)
    fate = standing(ledger, verdict.certificate["id"])
    says = (verdict.says, still(fate), *_of_key(known, verdict.key_id))
    return Answer(fate.stands, says, verdict, verdict.certificate, fate)


def _trusted(elsewhere: Iterable[bytes] | None, known: Iterable[PublicKey], has_records: bool) -> list[bytes] | None:
    mine = [one.raw for one in known] if has_records else None
    if elsewhere is None:
        return mine
    given = list(elsewhere)
    return given if mine is None else [one for one in given if one in mine]


def _same(certificate: Mapping[str, Any], ours: Ours) -> bool:
    """Whether the home would write the same document; true where the publication behind it is no longer kept."""
    try:
        audience: Audience = "officer" if any("name" in one for one in certificate["people"]) else "leader"
        made = ours(certificate["id"], audience)
    except LedgerError:
        return True
    except (KeyError, TypeError):
        return False
    left_out = {"valid"}  # when the definition is due for review is known only while it is the same
    return canonical({k: v for k, v in made.items() if k not in left_out}) == canonical(
        {k: v for k, v in certificate.items() if k not in left_out}
    )


def _agrees(ledger: Ledger, certificate: Mapping[str, Any]) -> bool:
    """Whether the ledger issued just this certificate, by the very entry that the document names."""
    try:
        named = {
            "id": certificate["id"], "authority": certificate["authority"]["code"], "indicator": certificate["indicator"]["id"],
            "as_at": certificate["as_at"], "facts": certificate["facts_hash"], "at": certificate["issued_at"],
            "entry": certificate["ledger"]["entry"],
        }  # fmt: skip
        sha256 = certificate["ledger"]["sha256"]
    except (KeyError, TypeError):
        return False
    issued = next((one for one in ledger.certificates() if one.id == named["id"]), None)
    if issued is None:
        return False
    ours = {
        "id": issued.id, "authority": issued.authority, "indicator": issued.indicator_id, "as_at": issued.as_at.isoformat(),
        "facts": issued.facts_hash, "at": stamp(issued.issued_at), "entry": issued.entry_seq,
    }  # fmt: skip
    return ours == named and any(one.seq == issued.entry_seq and one.hash == sha256 for one in ledger.entries())


def ended(ledger: Ledger, certificate_id: str) -> str:
    """What a print says of a certificate that does not stand any more; empty while it stands."""
    fate = standing(ledger, certificate_id)
    return "" if fate.stands else still(fate)


def still(fate: Standing) -> str:
    """Whether it still stands, as a sentence."""
    if fate.stands:
        again = f" It was re-affirmed on {_on(fate.reaffirmed_at)}." if fate.reaffirmed_at else ""
        return f"It still stands.{again}"
    if fate.state == "withdrawn":
        return f"It was withdrawn on {_on(fate.since)}: {sentence(fate.reason)}"
    if fate.state == "superseded":
        return f"It ended on {_on(fate.since)}, and the figure has been signed anew since."
    return f"It lapsed on {_on(fate.since)}: {fate.reason}."


def _of_key(known: Iterable[PublicKey], key_id: str) -> list[str]:
    retired = [one for one in known if one.id == key_id and one.retired]
    return [f"The key it was signed with was retired on {_on(one.retired_at)}: {one.retired}" for one in retired]


def _on(moment: datetime | None) -> str:
    return day(moment.date()) if moment else "an unknown day"
