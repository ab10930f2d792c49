"""A team that has no figure yet has a manager all the same: every page of the bar opens, and says that there is nothing."""

from __future__ import annotations

from lxml import html

from countermark.desk import accounts
from tests.web_kit import CODE, Desk, text_of

TEAM = "Emergency Duty"


def test_the_manager_of_a_team_without_figures_is_refused_nowhere(own_desk: Desk) -> None:
    assert not own_desk.rows("select 1 from main.metrics where team = ?", [TEAM])
    accounts.add(
        own_desk.ledger(), accounts.Account("yasmin", "Yasmin Holloway-Penn", "team_manager", CODE, (TEAM,)), "setup"
    )
    client = own_desk.client("yasmin")
    first = client.get("/")
    assert first.status_code == 200 and TEAM in text_of(first)
    links = html.fromstring(first.text).xpath("//header//nav//a/@href")
    assert len(links) > 3
    assert {link: client.get(link, follow_redirects=True).status_code for link in links} == dict.fromkeys(links, 200)
    assert client.get("/?team=Assessment North").status_code == 403
