"""The pages of what inspectors found: every finding is there, and each leads to its figures and from there to their children."""

from __future__ import annotations

import re

from countermark.contracts.catalogue import load
from tests.web_kit import TEAM, Desk, text_of

CATALOGUE = load()


def test_every_finding_has_a_row_and_a_page_of_its_own(desk: Desk) -> None:
    client = desk.client("leader")
    listing = client.get("/findings").text
    for letter in CATALOGUE.findings:
        for one in letter.finding:
            code = letter.code(one)
            assert f'href="/findings/{code}"' in listing, code
            page = client.get(f"/findings/{code}")
            said = text_of(page)
            assert page.status_code == 200 and one.says in said and letter.document in said, code
            assert one.reason in said
            for name in one.indicators:
                assert CATALOGUE.indicators[name].title in said, (code, name)


def test_a_finding_leads_to_the_figure_and_an_officer_from_there_to_its_children(desk: Desk) -> None:
    client = desk.client("officer")
    page = client.get("/findings/s1-03").text
    [address] = re.findall(r'href="(/indicators/PP1\?[^"]+)"', page)
    assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert "[x]" in text_of(client.get("/findings/S1-19")), (
        "no list of supervision was delivered here, so there is no figure"
    )


def test_a_team_manager_sees_the_own_teams_figures_beside_findings(desk: Desk) -> None:
    said = text_of(desk.client("team_manager").get("/findings"))
    assert f"those of {TEAM}" in said
    assert desk.client("team_manager").get("/findings/S1-03").status_code == 200


def test_who_may_not_read_findings_and_a_finding_that_is_none(desk: Desk) -> None:
    assert desk.client().get("/findings").status_code == 302
    assert desk.client("engineer").get("/findings").status_code == 403
    assert desk.client("leader").get("/findings/S9-01").status_code == 404


def test_the_register_holds_all_findings_of_both_documents_and_each_is_answered() -> None:
    sizes = {letter.prefix: [one.number for one in letter.finding] for letter in CATALOGUE.findings}
    assert sizes == {"S1": list(range(1, 40)), "S2": list(range(1, 30))}
    for letter in CATALOGUE.findings:
        assert bool(letter.date) != bool(letter.date_why)
        for one in letter.finding:
            unknown = set(one.indicators) - CATALOGUE.indicators.keys()
            assert not unknown, f"{letter.code(one)} names {unknown}, which nobody has defined"
            assert bool(one.indicators) != bool(one.reason)
