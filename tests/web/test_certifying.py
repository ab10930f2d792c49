"""Holds the pages of certification to a figure's way: list, check, sign, withdraw, certificate, print, file, verification; who may not."""

from __future__ import annotations

import io
import json
import re
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from countermark.certify import judge
from countermark.certify.snapshot import find
from countermark.sealing.keys import public_keys
from countermark.sealing.seal import verify
from tests.web_kit import AS_AT, Desk, post, tables_of, text_of
from web.people import ROLE_WORDS

CHECK = f"/certification/{{}}/{AS_AT}/check"
SIGN = f"/certification/sign?as_at={AS_AT}"
READY = ("AS1", "AS3", "PP6")  # figures of the small home that lack people alone
NOTE = "Looked at last month's figure and at five files."
OFFICER, OTHER, HEAD = "Delphine Fennimore", "Tomasz Ingleshaw", "Ursula Quarrington"


def check(desk: Desk, *indicators: str, by: str = OFFICER) -> None:
    """Checked by the back door."""
    wanted = judge.figures(find(desk.home), list(indicators), AS_AT)
    judge.check(desk.ledger(), find(desk.home), wanted, by, NOTE)
    assert desk.app.extensions["publisher"].soon(60)


def sign(desk: Desk, *indicators: str) -> dict[str, str]:
    """Signed by the back door; certificate ids by indicator."""
    wanted = judge.figures(find(desk.home), list(indicators), AS_AT)
    ids = judge.sign(desk.ledger(), find(desk.home), wanted, HEAD)
    assert desk.app.extensions["publisher"].soon(60)
    return dict(zip([one.indicator_id for one in wanted], ids, strict=True))


def fields(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of a page."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', answer.text)
    names = [(re.search(r'name="([^"]+)"', one), re.search(r'value="([^"]*)"', one)) for one in found]
    return {name.group(1): value.group(1) for name, value in names if name and value and name.group(1) != "csrf_token"}


def send_check(
    client: FlaskClient, indicator: str, note: str = NOTE, seen: dict[str, str] | None = None
) -> TestResponse:
    address = CHECK.format(indicator)
    return post(client, address, {**(seen or fields(client.get(address))), "note": note})


def send_signature(
    client: FlaskClient, *indicators: str, page: str = SIGN, seen: dict[str, str] | None = None
) -> TestResponse:
    return post(client, page, {**(seen or fields(client.get(page))), "figure": list(indicators)})


def settle(desk: Desk) -> None:
    """Wait for the publication under way."""
    until = time.monotonic() + 60
    while desk.app.extensions["publisher"].behind and time.monotonic() < until:
        time.sleep(0.05)


def row(client: FlaskClient, indicator: str, desk: Desk) -> str:
    """What the list says of one figure, once everything is published."""
    settle(desk)
    title = desk.rows("select title from main.metrics where indicator_id = ?", [indicator])[0]["title"]
    rows = [cells for table in tables_of(client.get(f"/certification?as_at={AS_AT}")) for cells in table]
    return " | ".join(next(cells for cells in rows if cells[0].startswith(title)))


def test_the_list_says_of_every_figure_how_far_it_is_and_who_acts(desk: Desk) -> None:
    client = desk.client("officer")
    rows = [cells for table in tables_of(client.get("/certification")) for cells in table[1:]]
    assert len(rows) == len(desk.rows("select distinct indicator_id from main.metrics"))
    assert "4 of 7" in row(client, "AS1", desk) and "Not yet: plausible, checked, signed" in row(client, "AS1", desk)
    assert "Performance officer: check it" in row(client, "AS1", desk)
    assert "Team manager: give the team's count" in row(client, "CP4", desk)
    assert "Headline" in row(client, "PP1", desk)


def test_filters_stand_in_the_address(desk: Desk) -> None:
    client = desk.client("auditor")
    care = tables_of(client.get("/certification?theme=care"))
    assert len(care) == 1 and all(
        "Check" not in cell for cells in care[0] for cell in cells[3:4] if cell.endswith("Check")
    )
    assert tables_of(client.get("/certification?state=certified")) == []
    assert "No figure is in that state" in text_of(client.get("/certification?state=certified"))
    assert len(tables_of(client.get("/certification?state=draft&theme=care&as_at=nonsense"))) == 1


def test_the_whole_way_of_a_figure(own_desk: Desk) -> None:
    officer, head = own_desk.client("officer"), own_desk.client("leader")
    answer = send_check(officer, "AS1")
    settle(own_desk)
    assert answer.status_code == 302 and f"as_at={AS_AT}" in answer.location
    assert "checked." in officer.get(answer.location).text
    assert "Checked, not signed yet" in row(officer, "AS1", own_desk) and "Accountable head: sign it" in row(
        officer, "AS1", own_desk
    )
    answer = send_signature(head, "AS1")
    assert answer.status_code == 302
    settle(own_desk)
    assert "Signed: AS1 (C" in head.get(answer.location).text
    [issued] = own_desk.ledger().certificates()
    assert "Signed off" in row(head, "AS1", own_desk) and issued.id in row(head, "AS1", own_desk)
    answer = post(officer, f"/certificates/{issued.id}/withdraw", {"reason": "Two teams were swapped."})
    assert answer.status_code == 302
    said = text_of(officer.get(answer.location))
    assert "Withdrawn" in said and "Two teams were swapped." in said and f"Withdrawn by {OFFICER}" in said
    shown = row(officer, "AS1", own_desk)
    assert "Withdrawn" in shown and "Performance officer: check it" in shown
    assert "Its certificate was withdrawn" in text_of(officer.get(CHECK.format("AS1")))
    settle(own_desk)
    assert own_desk.rows("select status from main.metrics where indicator_id = 'AS1' and team = 'ALL'") == [
        {"status": "provisional"}
    ]
    assert own_desk.ledger().verify() is None


def test_the_check_page_shows_what_there_is_to_look_at(desk: Desk) -> None:
    said = text_of(desk.client("officer").get(CHECK.format("AS2")))
    for word in (
        "The seven checks", "Lists it rests on", "Annex A List 4", "Differences from the teams' counts", "Earlier positions",
        "The definition expects", "may be open", "What checks of the data found",
    ):  # fmt: skip
        assert word in said, word
    reasons = desk.rows("select distinct reason from main.breaks where indicator_id = 'AS2'")
    assert reasons and all(one["reason"] not in said for one in reasons), "a code is shown in place of words"


def test_a_check_needs_a_note_and_somebody_apart(own_desk: Desk) -> None:
    officer = own_desk.client("officer")
    answer = send_check(officer, "AS1", note=" ")
    assert answer.status_code == 422 and "Say what you looked at" in text_of(answer)
    [mark] = own_desk.rows("select min(break_id) as id from main.breaks where indicator_id = 'AS2'")
    judge.decide(
        own_desk.ledger(), find(own_desk.home), [mark["id"]], OFFICER, decision="system_right", cause="workload", reason="Opened."
    )  # fmt: skip
    answer = send_check(officer, "AS2")
    assert answer.status_code == 422 and "somebody else must" in text_of(answer)
    assert own_desk.ledger().checks() == []


def test_two_officers_at_the_same_check_are_told(own_desk: Desk) -> None:
    one, two = own_desk.client("officer"), own_desk.client("officer2")
    seen = fields(two.get(CHECK.format("AS1")))
    assert send_check(one, "AS1").status_code == 302
    answer = send_check(two, "AS1", seen=seen)
    assert answer.status_code == 409 and "Somebody else was faster" in text_of(answer)
    assert [c.by for c in own_desk.ledger().checks(newest=False)] == [OFFICER]
    assert f"{OFFICER}," in text_of(answer) and NOTE in text_of(answer)
    assert send_check(two, "AS1").status_code == 302
    answer = send_check(two, "AS1", seen={**fields(two.get(CHECK.format("AS1"))), "facts": "of yesterday"})
    assert answer.status_code == 409 and "has changed since" in text_of(answer)


def test_a_theme_is_signed_together_and_what_cannot_be_is_named(own_desk: Desk) -> None:
    head = own_desk.client("leader")
    check(own_desk, "AS1", "AS3")
    page = f"{SIGN}&theme=assessment"
    before = head.get(page)
    assert len(tables_of(before)[0]) == 3 and "Not ready" in text_of(before)
    seen = fields(before)
    sign(own_desk, "AS3")
    answer = send_signature(head, "AS1", "AS3", page=page, seen=seen)
    assert answer.status_code == 302
    said = text_of(head.get(answer.location)) + head.get("/certification").text
    assert [c.indicator_id for c in own_desk.ledger().certificates()] == ["AS3", "AS1"]
    assert "AS3" in said
    assert len(own_desk.ledger().signatures()) == 2, "AS3 was signed twice"


def test_signing_is_refused_with_the_reason(own_desk: Desk) -> None:
    head = own_desk.client("leader")
    check(own_desk, "AS1")
    page = head.get(SIGN)
    answer = post(head, SIGN, fields(page))
    assert answer.status_code == 422 and "Choose at least one figure" in text_of(answer)
    [there] = own_desk.rows("select facts_hash from main.metrics where indicator_id = 'PP1' and team = 'ALL'")
    answer = send_signature(head, "PP1", seen={"facts-PP1": there["facts_hash"], "version-PP1": "0"})
    assert answer.status_code == 422 and "PP1 cannot be signed yet" in text_of(answer)
    answer = send_signature(head, "AS1", seen={**fields(page), "facts-AS1": "of yesterday"})
    assert answer.status_code == 409 and "has changed since" in text_of(answer)
    answer = send_signature(head, "AS1", seen={**fields(page), "version-AS1": "x"})
    assert answer.status_code == 409
    assert own_desk.ledger().signatures() == []


def test_a_head_who_checked_does_not_sign(own_desk: Desk) -> None:
    check(own_desk, "AS1", by=HEAD)
    answer = send_signature(own_desk.client("leader"), "AS1")
    assert answer.status_code == 422 and "somebody else must" in text_of(answer)


def test_a_leader_who_is_not_accountable_is_told_so(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    check(own_desk, "AS1")
    id_ = sign(own_desk, "AS1")["AS1"]
    check(own_desk, "AS3")
    head = own_desk.client("leader")
    seen = fields(head.get(SIGN))
    monkeypatch.setattr(
        "web.certifying.queries.people", lambda: {HEAD: "lead member's adviser ", "Edmund": "head of service"}
    )
    assert "signed by the accountable head" not in head.get(SIGN).text  # the word lead is enough
    monkeypatch.setattr("web.certifying.queries.people", lambda: {HEAD: "adviser", "Edmund": "head of service"})
    said = text_of(head.get(SIGN))
    assert "signed by the accountable head" in said and "head of service" in said
    assert "signed by the accountable head" in text_of(head.get("/certification"))
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', head.get("/certification").text)
    assert token
    answer = head.post(SIGN, data={**seen, "figure": "AS3", "csrf_token": token.group(1)})
    assert answer.status_code == 403 and "accountable head" in answer.text
    assert head.get(f"/certificates/{id_}/withdraw").status_code == 403
    assert len(own_desk.ledger().signatures()) == 1


def test_a_withdrawal_needs_a_reason_without_a_child_and_happens_once(own_desk: Desk) -> None:
    check(own_desk, "AS1")
    id_ = sign(own_desk, "AS1")["AS1"]
    address, officer = f"/certificates/{id_}/withdraw", own_desk.client("officer")
    [child] = own_desk.rows("select min(child_id) as id from main.members where length(child_id) >= 5")
    for reason, says in ((" ", "Say why it is withdrawn"), (f"{child['id']} was seen.", "names a child")):
        answer = post(officer, address, {"reason": reason})
        assert answer.status_code == 422 and says in text_of(answer)
    assert own_desk.ledger().certificates()[0].ended == ""
    assert post(officer, address, {"reason": "The wrong month."}).status_code == 302
    answer = officer.get(address)
    assert "does not stand any more" in text_of(answer) and "<textarea" not in answer.text
    answer = post(officer, address, {"reason": "Again."}, page="/certificates/" + id_)
    assert answer.status_code == 409 and "nothing to withdraw" in answer.text


@pytest.fixture(scope="module")
def signed(desk: Desk) -> str:
    """A certificate that no test of this file withdraws."""
    check(desk, "AS1")
    return sign(desk, "AS1")["AS1"]


@pytest.mark.parametrize("role", ROLE_WORDS)
def test_a_certificate_is_read_by_everybody_with_names_for_some(desk: Desk, signed: str, role: str) -> None:
    client = desk.client(role)
    said = text_of(client.get(f"/certificates/{signed}"))
    page = PdfReader(io.BytesIO(client.get(f"/certificates/{signed}/page.pdf").data))
    printed = page.pages[0].extract_text()
    file = client.get(f"/certificates/{signed}/file")
    for shown in (said, printed):
        assert "Checked: safe to quote" in shown and "It holds until" in shown and signed in shown
        assert (OFFICER in shown and HEAD in shown) == (role in ("officer", "team_manager", "auditor", "admin"))
    assert "It still stands" in said and "First published." in said
    assert OFFICER not in file.text and "attachment" in file.headers["Content-Disposition"]
    assert f"AS1-{AS_AT}-{signed}.certificate.json" in file.headers["Content-Disposition"]
    assert (OFFICER in client.get(f"/certificates/{signed}/file?names=yes").text) == (OFFICER in said)
    if role != "team_manager":  # who sees figures of the own teams alone
        assert f'href="/certificates/{signed}"' in client.get(f"/indicators/AS1?as_at={AS_AT}").text
    assert ("Withdraw this certificate" in said) == (role in ("officer", "leader"))
    assert verify(file.data, [one.raw for one in public_keys(desk.ledger())]).finding == "genuine"


def test_taking_a_certificate_away_is_entered_in_the_chain(desk: Desk, signed: str) -> None:
    before = len(desk.ledger().entries())
    desk.client("board").get(f"/certificates/{signed}/page.pdf")
    [entry] = [one for one in desk.ledger().entries()[before:] if one.kind == "view" and signed in one.payload]
    assert entry.by == "Ada Boardmember" and '"what":"export"' in entry.payload


def test_what_is_not_there_is_not_found(desk: Desk, signed: str) -> None:
    client = desk.client("officer")
    for address in ("/certificates/C0", "/certificates/C0/page.pdf", "/certificates/C0/withdraw", CHECK.format("XX9")):
        assert client.get(address).status_code == 404, address
    assert client.get("/certification/AS1/2022-09-30/check").status_code == 404


def upload(client: FlaskClient, content: bytes) -> TestResponse:
    return post(client, "/verify", {"file": (io.BytesIO(content), "x.certificate.json")})


def test_anybody_verifies_a_file_without_signing_in(desk: Desk, signed: str) -> None:
    file = desk.client("leader").get(f"/certificates/{signed}/file").data
    nobody = desk.client()
    assert nobody.get("/verify").status_code == 200
    said = text_of(upload(nobody, file))
    assert "genuine and stands" in said and signed in said and "20" in said and HEAD not in said
    whole: Any = json.loads(file)
    whole["certificate"]["figure"]["value"] = "99.9%"
    answer = upload(nobody, json.dumps(whole).encode())
    assert "not to be relied on" in text_of(answer) and "altered" in text_of(answer) and "99.9%" not in answer.text
    for content in (b"", b"<script>alert(1)</script>", b"\xff\xfe\x00", b"[" * 5000, b"x" * (2 << 20)):
        answer = upload(nobody, content)
        assert answer.status_code == 200 and "altered or damaged" in text_of(answer)
    assert post(nobody, "/verify", {}).status_code == 422
    pem = nobody.get("/verify/keys.pem")
    assert "BEGIN PUBLIC KEY" in pem.text and "PRIVATE" not in pem.text


def test_a_verified_file_says_what_became_of_the_certificate(own_desk: Desk) -> None:
    check(own_desk, "PP6")
    id_ = sign(own_desk, "PP6")["PP6"]
    file = own_desk.client("leader").get(f"/certificates/{id_}/file").data
    post(own_desk.client("leader"), f"/certificates/{id_}/withdraw", {"reason": "The wrong month."})
    said = text_of(upload(own_desk.client(), file))
    assert "genuine and does not stand any more" in said and "The wrong month." in said
    assert HEAD not in said


def test_a_replaced_certificate_says_so_and_nobody_has_withdrawn_it(own_desk: Desk) -> None:
    check(own_desk, "AS1")
    old = sign(own_desk, "AS1")["AS1"]
    sign(own_desk, "AS1")
    said = text_of(own_desk.client("officer").get(f"/certificates/{old}"))
    assert "Replaced by a newer one" in said and "signed anew since" in said and "When it was signed: Checked" in said
    assert "Withdrawn by" not in said and "Withdraw this certificate" not in said


def test_nobody_else_judges(own_desk: Desk) -> None:
    check(own_desk, "AS1")
    id_ = sign(own_desk, "AS1")["AS1"]
    for role in ROLE_WORDS:
        client = own_desk.client(role)
        for address, may in (
            (CHECK.format("AS1"), ("officer",)), (SIGN, ("leader",)), (f"/certificates/{id_}/withdraw", ("officer", "leader")),
            ("/certification", ("engineer", "officer", "leader", "auditor", "admin")),
        ):  # fmt: skip
            assert client.get(address).status_code == (200 if role in may else 403), (role, address)
    assert "/sign-in" in own_desk.client().get("/certification").location


def test_a_form_without_its_token_is_refused(own_desk: Desk) -> None:
    officer = own_desk.client("officer")
    for address in (CHECK.format("AS1"), "/verify"):
        assert officer.post(address, data={"note": NOTE}).status_code == 400
    assert own_desk.ledger().checks() == []
