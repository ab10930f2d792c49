"""Holds a certificate file to its word: any change is found, another key is found, and the home says whether it still stands."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from countermark.certify import judge
from countermark.ledger.chain import canonical
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from countermark.sealing import keys
from countermark.sealing.document import document, keep, percent, standing
from countermark.sealing.printing import CHECKS, pdf, words
from countermark.sealing.seal import seal, verify
from countermark.sealing.verifying import ended, examine
from tests.small_home import COUNTER, HEAD, OFFICER, OTHER, SmallHome, small_home

CANARY = "ZZCANARY7731"


class Sealed:
    """A home with a signed figure, and its certificate file."""

    def __init__(self, world: SmallHome) -> None:
        self.world = world
        self.id = world.sign()
        self.text = self.make()

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    def document(self, audience: Any = "leader") -> dict[str, Any]:
        return document(self.world.home, self.ledger, self.world.catalogue, self.id, audience)

    def make(self, audience: Any = "leader") -> str:
        return seal(self.document(audience), keys.signing_key(self.world.home, self.ledger))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sealed]:
    """For tests that change nothing."""
    with small_home(tmp_path_factory.mktemp("sealed"), differences=2) as world:
        world.spoil(
            f"update facts.members set child_id = '{CANARY}', case_id = '{CANARY}', worker = 'W{CANARY}' where case_id = '1'"
        )
        judge.decide(
            world.ledger, world.snapshot, world.breaks()[:1], OTHER, decision="system_right", cause="workload",
            reason=f"{CANARY} was seen.", evidence=CANARY,
        )  # fmt: skip
        world.publish()
        judge.check(world.ledger, world.snapshot, world.figures(), OFFICER, f"Looked at {CANARY}.")
        world.publish()
        yield Sealed(world)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sealed]:
    """For tests that change something."""
    with small_home(tmp_path) as world:
        world.check()
        yield Sealed(world)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, (dict, list)):
        yield path
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[name], (*path, name))
    else:
        yield path


def altered(whole: Any, path: tuple[Any, ...], change: Any) -> Any:
    copy = json.loads(json.dumps(whole))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = change(place[path[-1]])
    return copy


def other(value: Any) -> Any:
    if isinstance(value, dict):
        return {**value, "more": 1}
    if isinstance(value, list):
        return [*value, "more"]
    if isinstance(value, bool) or value is None:
        return "x"
    return value + (" " if isinstance(value, str) else 1)


def test_the_file_says_what_was_certified_and_verifies_with_the_homes_own_records(shared: Sealed) -> None:
    made = json.loads(shared.text)["certificate"]
    assert (made["figure"]["value"], made["figure"]["numerator"], made["figure"]["denominator"]) == ("75.0%", 3, 4)
    assert made["figure"]["range"] == {"of": "not met", "low": 1, "high": 1, "open": 0}
    assert (made["authority"]["name"], made["indicator"]["id"], made["as_at"]) == ("Anytown", "PP1", "2022-10-31")
    assert [one["check"] for one in made["checks"]] == list(CHECKS)
    assert all(one["outcome"] == "PASS" and one["evidence"] and one["says"] for one in made["checks"])
    assert [(one["did"], one["role"]) for one in made["people"]] == [
        ("counted", "team manager"), ("decided", "performance officer"), ("checked", "performance officer"),
        ("signed", "director of children's services"),
    ]  # fmt: skip
    assert made["deliveries"] == [
        {
            "id": "d1",
            "sha256": "aa",
            "list": "Annex A List 7: Child protection",
            "extracted_on": "2022-11-02",
            "rows": 4,
        }
    ]
    assert made["valid"]["definition_review"] == shared.world.catalogue.indicators["PP1"].next_review.isoformat()
    assert made["publication"]["content_sha256"] == shared.ledger.revisions()[-1].content_hash
    entry = shared.ledger.entries()[made["ledger"]["entry"] - 1]
    assert (entry.kind, entry.hash) == ("signature", made["ledger"]["sha256"])
    answer = examine(shared.text, shared.ledger)
    assert answer.holds and answer.says == (answer.verdict.says, "It still stands.")
    assert answer.verdict.finding == "genuine"


def test_names_are_for_officers_and_nothing_personal_is_for_anybody(shared: Sealed) -> None:
    for audience in ("leader", "officer"):
        text = shared.make(audience)
        page = pdf(json.loads(text)["certificate"], "k")
        printed = "".join(one.extract_text() for one in PdfReader(io.BytesIO(page)).pages)
        for shown in (text, printed):
            assert CANARY not in shown
            assert (HEAD in shown) == (COUNTER in shown) == (audience == "officer")
    with_canary = shared.world.snapshot.read_bytes()
    assert CANARY.encode() in with_canary  # the control: it was there to leak
    assert all(CANARY not in entry.payload for entry in shared.ledger.entries())


def test_the_same_certificate_gives_the_same_bytes_whatever_happened_since(own: Sealed) -> None:
    page = pdf(json.loads(own.text)["certificate"])
    own.ledger.reaffirm(own.id, reason="other files, the same facts: abc")
    own.world.spoil("update facts.members set done_on = date '2022-10-25' where case_id = '2'")
    own.world.check(OTHER)
    own.world.sign()
    assert own.make() == own.text
    assert pdf(json.loads(own.text)["certificate"]) == page


def test_another_program_can_verify_it_by_what_the_page_on_certification_says(shared: Sealed) -> None:
    whole = json.loads(shared.text)
    plain = json.dumps(whole["certificate"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signed = b"countermark certificate 1\n" + plain.encode("utf-8")
    key = load_pem_public_key(keys.bundle(keys.public_keys(shared.ledger)).encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(b64decode(whole["signature"]), signed)
    with pytest.raises(InvalidSignature):
        key.verify(b64decode(whole["signature"]), signed + b" ")


def test_every_field_altered_is_found(shared: Sealed) -> None:
    whole = json.loads(shared.text)
    places = [path for path in leaves(whole) if path]
    assert len(places) > 80
    trusted = [one.raw for one in keys.public_keys(shared.ledger)]
    for path in places:
        verdict = verify(json.dumps(altered(whole, path, other)), trusted)
        assert verdict.finding == "altered" and verdict.certificate is None, path
        assert not examine(json.dumps(altered(whole, path, other)), shared.ledger).holds
    assert verify(json.dumps(whole), trusted).finding == "genuine"


def test_every_field_taken_out_is_found(shared: Sealed) -> None:
    whole = json.loads(shared.text)
    for path in [path for path in leaves(whole) if path]:
        copy = json.loads(json.dumps(whole))
        place = copy
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
        assert verify(json.dumps(copy)).finding == "altered", path


def test_a_truncated_file_is_found_wherever_it_ends(shared: Sealed) -> None:
    raw = shared.text.encode()
    trusted = [one.raw for one in keys.public_keys(shared.ledger)]
    ends = [*range(0, len(raw) - 2, 97), *range(len(raw) - 30, len(raw) - 2)]
    assert {verify(raw[:end], trusted).finding for end in ends} == {"altered"}


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_anything_else_is_no_certificate(content: bytes) -> None:
    assert verify(content).finding == "altered"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_document_holds_its_signature_is_over_all_of_it(value: Any) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    text = seal({"value": value}, key)
    assert verify(text, [keys.raw_public(key)]).certificate == {"value": json.loads(canonical(value))}
    forged = {**json.loads(text), "certificate": {"value": other(value)}}
    assert verify(json.dumps(forged)).finding == "altered"


def test_hostile_files_are_refused_without_a_fault(shared: Sealed) -> None:
    whole = json.loads(shared.text)
    twice = shared.text.replace('"key_id"', '"format": "countermark certificate 1",\n  "key_id"', 1)
    for text in (
        "[" * 100_000, "null", "[]", "{}", '{"format": 1}', twice, shared.text + "x", " " * (2 << 20),
        json.dumps({**whole, "certificate": {"value": 0.5}}), json.dumps({**whole, "signature": None}),
        json.dumps({**whole, "public_key": "AAAA"}), json.dumps({**whole, "certificate": "text"}),
    ):  # fmt: skip
        assert verify(text).finding == "altered"
    assert verify(b"\xff\xfe" + shared.text.encode("utf-16-le")).finding == "altered"
    again = json.dumps(whole, indent=7, sort_keys=False)
    assert verify(b"\xef\xbb\xbf" + again.encode()).finding == "unknown key"


def test_another_key_is_found_and_an_unknown_one_proves_nothing(shared: Sealed) -> None:
    forger = Ed25519PrivateKey.generate()
    forged = {**json.loads(shared.text)["certificate"]}
    forged["figure"] = {**forged["figure"], "value": "99.0%", "numerator": 99}
    text = seal(forged, forger)
    answer = examine(text, shared.ledger)
    assert not answer.holds and answer.verdict.finding == "another key" and answer.certificate is None
    alone = examine(text)
    assert not alone.holds and alone.verdict.finding == "unknown key"
    assert examine(
        text, trusted=[keys.raw_public(forger)]
    ).holds  # who trusts a forger is told so by nobody but the records
    assert not examine(text, shared.ledger, [keys.raw_public(forger)]).holds
    elsewhere = examine(shared.text, trusted=[one.raw for one in keys.public_keys(shared.ledger)])
    assert elsewhere.holds and "only the council's own records" in elsewhere.says[1]


def test_a_stolen_key_does_not_make_the_records_agree(own: Sealed) -> None:
    stolen = keys.signing_key(own.world.home, own.ledger)
    genuine = own.document()
    for path, change in (
        (("id",), lambda _: "C000000000000"), (("authority", "code"), other), (("indicator", "id"), other), (("as_at",), other),
        (("facts_hash",), other), (("issued_at",), other), (("ledger", "entry"), other), (("ledger", "sha256"), other),
        (("ledger",), lambda _: "none"),
    ):  # fmt: skip
        answer = examine(seal(altered(json.loads(canonical(genuine)), path, change), stolen), own.ledger)
        assert not answer.holds and "no such certificate" in answer.says[0], path


def test_with_the_publications_at_hand_not_even_the_key_makes_another_figure_believed(own: Sealed) -> None:
    stolen, plain = keys.signing_key(own.world.home, own.ledger), json.loads(canonical(own.document()))
    ours = partial(document, own.world.home, own.ledger, own.world.catalogue)
    forged = seal(altered(plain, ("figure", "numerator"), other), stolen)
    assert examine(forged, own.ledger).holds  # the control: the ledger alone does not know the figure
    assert not examine(forged, own.ledger, ours=ours).holds
    assert examine(own.text, own.ledger, ours=ours).holds
    assert examine(own.make("officer"), own.ledger, ours=ours).holds
    for path in [path for path in leaves(plain) if path and path[0] != "valid"]:
        assert not examine(seal(altered(plain, path, other), stolen), own.ledger, ours=ours).holds, path
    own.world.snapshot.unlink()
    assert examine(own.text, own.ledger, ours=ours).holds


def test_the_home_says_that_it_lapsed_was_withdrawn_or_replaced(own: Sealed) -> None:
    old = own.text
    assert ended(own.ledger, own.id) == ""
    own.world.spoil("update facts.members set done_on = date '2022-10-25' where case_id = '2'")
    answer = examine(old, own.ledger)
    assert not answer.holds and answer.verdict.finding == "genuine"
    assert answer.says[1].startswith("It lapsed on ") and "has changed" in answer.says[1]
    assert answer.standing == standing(own.ledger, own.id) and answer.standing.words == "Lapsed"
    own.world.check(OTHER)
    own.id = own.world.sign()
    assert "signed anew" in examine(old, own.ledger).says[1]
    new = own.make()
    assert examine(new, own.ledger).holds
    own.ledger.reaffirm(own.id, reason="other files, the same facts: abc")
    assert "re-affirmed" in examine(new, own.ledger).says[1]
    judge.withdraw(own.ledger, own.world.snapshot, own.id, "the wrong month", HEAD)
    answer = examine(new, own.ledger)
    assert not answer.holds and answer.says[1].endswith(": The wrong month.")
    assert ended(own.ledger, own.id) == answer.says[1]


def test_what_an_old_key_signed_still_verifies_and_says_so(own: Sealed) -> None:
    keys.rotate(own.world.home, own.ledger, "Ada Admin", "once a year")
    answer = examine(own.text, own.ledger)
    assert answer.holds and "retired on" in answer.says[2] and answer.says[2].endswith("once a year")
    assert own.make() != own.text
    assert examine(own.make(), own.ledger).says == (answer.says[0], "It still stands.")


def test_a_kept_document_outlives_its_publication(own: Sealed) -> None:
    before = own.make("officer")
    assert keep(own.world.home, own.ledger, own.world.catalogue) == 1
    assert keep(own.world.home, own.ledger, own.world.catalogue) == 0
    own.world.spoil("delete from main.breaks; delete from main.members")
    for path in own.world.home.published.glob("*.duckdb"):
        path.unlink()
    assert (own.make("officer"), own.make()) == (before, own.text)
    ours = partial(document, own.world.home, own.ledger, own.world.catalogue)
    forged = altered(json.loads(own.text)["certificate"], ("figure", "numerator"), other)
    assert not examine(seal(forged, keys.signing_key(own.world.home, own.ledger)), own.ledger, ours=ours).holds
    assert own.ledger.verify() is None


def test_there_is_no_document_of_what_was_never_published(own: Sealed) -> None:
    with pytest.raises(LedgerError, match="no certificate"):
        document(own.world.home, own.ledger, own.world.catalogue, "C0")
    [unpublished] = judge.sign(own.ledger, own.world.snapshot, own.world.figures(), HEAD)
    with pytest.raises(LedgerError, match="No publication"):
        document(own.world.home, own.ledger, own.world.catalogue, unpublished)


def test_the_page_is_tagged_titled_and_says_the_words(shared: Sealed) -> None:
    made = json.loads(shared.text)["certificate"]
    page = PdfReader(io.BytesIO(pdf(made, "abcd1234", "It was withdrawn on 1 May 2027: The wrong month.")))
    catalog: Any = page.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/Lang"] == "en-GB" and "/StructTreeRoot" in catalog
    assert page.metadata is not None and page.metadata.title == made["indicator"]["title"]
    text = " ".join("".join(one.extract_text() for one in page.pages).split())
    for said in (
        "75.0%", "3 of 4 children", "Checked: safe to quote", "Position at 31 October 2022", "withdrawn on 1 May 2027", "Anytown",
        "It holds until", "A figure that is safe to quote can be a bad one", "abcd1234", *CHECKS.values(), made["id"],
    ):  # fmt: skip
        assert said in text, said
    assert len(page.pages) == 1


def test_words_are_those_of_people() -> None:
    assert [percent(1, 3), percent(1, 8), percent(0, 5), percent(5, 5), percent(0, 0), percent(3, None)] == [
        "33.3%", "12.5%", "0.0%", "100.0%", "", "",
    ]  # fmt: skip
    assert percent(1, 2000) == "0.1%" and percent(1, 2001) == "0.0%"  # half up, exactly


def test_a_range_is_said_in_cases(shared: Sealed) -> None:
    made = json.loads(shared.text)["certificate"]
    made["figure"]["range"] |= {"open": 2}
    assert (
        words(made)["figure"]["range"]
        == "However the 2 open differences fall, 1 child does not meet it; of how many is open."
    )
    made["figure"]["range"] = {"of": "not met", "low": 1, "high": 3}
    assert words(made)["figure"]["range"] == "Between 1 and 3 of 4 children do not meet it."
    made["figure"] |= {"range": {"of": "counted", "low": 3, "high": 4}, "denominator": None}
    assert words(made)["figure"]["range"] == "Between 3 and 4 children are counted."
