"""Holds the pages of an inspection, of a purge and of pseudonyms to account: who may, what is kept of it, and that no page says too much."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from countermark.ledger.secrets import pseudonym, pseudonym_key
from tests.canary import search
from tests.web_kit import CODE, Desk, post, tables_of, text_of

FREEZE = {"as_at": "2022-10-31", "reason": "Notified on 7 November"}


def views(desk: Desk) -> list[dict[str, object]]:
    """What the audit chain says of views, oldest first."""
    return [{"by": one.by, **json.loads(one.payload)} for one in desk.ledger().entries() if one.kind == "view"]


def test_an_officer_freezes_and_takes_the_lists_with_their_proof(own_desk: Desk) -> None:
    officer = own_desk.client("officer")
    assert "Nothing is frozen yet" in text_of(officer.get("/inspection"))
    assert post(officer, "/inspection", FREEZE).status_code == 302
    page = officer.get("/inspection")
    assert tables_of(page)[0][1][:3] == ["2022-10-31-1", "31 October 2022", "Notified on 7 November"]
    answer = post(officer, "/inspection/2022-10-31-1/lists", {}, page="/inspection")
    assert answer.status_code == 200 and "annex_a_2022-10-31-1.zip" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"].startswith("no-store")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert sorted(packed.namelist()) == ["agreement.csv", "annex_a_2022-10-31.xlsx", "delivery.toml"]
    [seen] = [one for one in views(own_desk) if one["what"] == "annex_a_lists"]
    assert (seen["by"], seen["freeze"]) == ("Delphine Fennimore", "2022-10-31-1")
    assert list(own_desk.home.tmp.iterdir()) == []


def test_freezing_says_what_is_missing(desk: Desk) -> None:
    answer = post(desk.client("admin"), "/inspection", {"as_at": "2022-10-31", "reason": " "})
    assert answer.status_code == 422 and "needs a reason: say what it is for" in text_of(answer)


@pytest.mark.parametrize("who", ["team_manager", "leader", "board", "engineer", "auditor", None])
def test_nobody_else_freezes_or_takes_lists(desk: Desk, who: str | None) -> None:
    client = desk.client(who)
    assert client.get("/inspection").status_code == (403 if who else 302)
    assert client.get("/admin/purge").status_code == (403 if who else 302)


def _somebody(desk: Desk) -> str:
    rows = desk.rows(
        "select child_id from main.members where child_id is not null group by 1 order by count(*) desc, 1 limit 1"
    )
    return str(rows[0]["child_id"])


def test_a_pseudonym_is_answered_once_for_a_reason_that_is_kept(own_desk: Desk) -> None:
    child = _somebody(own_desk)
    stands = pseudonym(pseudonym_key(own_desk.home.path), "child", child)[:8]
    auditor = own_desk.client("auditor")
    asked = {"child": f"Child {stands.upper()}", "reason": "Sampling decisions for the audit of October"}
    answer = post(auditor, "/reveal", asked)
    assert answer.status_code == 200 and f"knows this child as {child}" in text_of(answer)
    assert child not in auditor.get(f"/reveal?child={stands}").text
    [seen] = [one for one in views(own_desk) if one["what"] == "reveal"]
    assert (seen["by"], seen["role"]) == ("Abel Auditor", "auditor")
    assert (seen["children"], seen["reason"]) == ([f"Child {stands}"], asked["reason"])
    assert child not in json.dumps(views(own_desk))


def test_without_a_reason_or_for_nobody_nothing_is_shown_nor_entered(desk: Desk) -> None:
    child = _somebody(desk)
    stands = pseudonym(pseudonym_key(desk.home.path), "child", child)[:8]
    for asked, says in (
        ({"child": stands, "reason": ""}, "Say why you need to know"),
        ({"child": stands, "reason": "because"}, "in a few words"),
        ({"child": "00000000", "reason": "Sampling decisions"}, "No child that is published here"),
        ({"child": "x", "reason": "Sampling decisions"}, "eight signs"),
    ):
        answer = post(desk.client("engineer"), "/reveal", asked)
        assert answer.status_code == 422 and says in text_of(answer) and child not in answer.text, says
    assert not [one for one in views(desk) if one["what"] == "reveal"]
    for who in ("officer", "team_manager", "leader", "board"):
        assert desk.client(who).get("/reveal").status_code == 403


def test_a_purge_needs_the_word_and_leaves_the_figures(own_desk: Desk) -> None:
    admin, child = own_desk.client("admin"), _somebody(own_desk)
    figures = own_desk.rows("select * exclude (published_at) from main.metrics order by all")
    asked = {"child": child, "reason": "retention schedule 4.2", "names": "", "word": "purge"}
    wrong = post(admin, "/admin/purge", asked)
    assert wrong.status_code == 422 and "in capitals" in text_of(wrong)
    nobody = post(admin, "/admin/purge", {**asked, "child": "NOBODY99", "word": "PURGE"})
    assert nobody.status_code == 422 and "Nobody of that description" in text_of(nobody)
    answer = post(admin, "/admin/purge", {**asked, "word": "PURGE"})
    assert answer.status_code == 200 and "The child is purged" in text_of(answer) and child not in answer.text
    assert own_desk.rows("select * exclude (published_at) from main.metrics order by all") == figures
    assert own_desk.rows("select * from main.members where child_id = ?", [child]) == []
    assert own_desk.ledger().verify() is None
    [stone] = own_desk.ledger().notes("purge")
    assert (stone.by, stone.body["reason"]) == ("Ama Admin", "retention schedule 4.2")
    assert [note.authority for note in own_desk.ledger().notes("sealed")] == [CODE]
    assert search([f"'{child}'"], own_desk.home.published) == set()
