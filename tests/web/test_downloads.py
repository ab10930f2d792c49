"""Holds downloads to account: who may take what, what is in it, that no file holds more than its audience may see, and that each is entered."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest

from countermark.exports.audience import given_to
from tests.web_kit import CODE, OTHER_TEAM, PEOPLE, TEAM, Desk, text_of

AS_AT = "2022-10-31"
MAY = {
    "officer": {"officer", "officer2"},
    "leader": {"officer", "officer2", "leader", "board", "auditor"},
    "public": set(PEOPLE),
    "template/manual_counts": {"officer", "officer2", "team_manager"},
    f"team?team={TEAM}&as_at={AS_AT}": {"officer", "officer2", "team_manager"},
    f"list?team={TEAM}&as_at={AS_AT}": {"officer", "officer2", "team_manager"},
}


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def entries(desk: Desk) -> list[dict[str, Any]]:
    """What the audit chain says of exports."""
    said = [json.loads(entry.payload) for entry in desk.ledger().entries()]
    return [one for one in said if one.get("what") == "export"]


@pytest.mark.parametrize("what", MAY)
def test_each_role_takes_what_it_may_and_is_offered_no_more(desk: Desk, what: str) -> None:
    for username in PEOPLE:
        client = desk.client(username)
        assert client.get(f"/downloads/{what}").status_code == (200 if username in MAY[what] else 403), username
        offered = client.get("/downloads").text
        assert (f'/downloads/{what.split("?")[0]}"' in offered) == (username in MAY[what]), username
    assert desk.client().get(f"/downloads/{what}").status_code == 302


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "parquet"])
def test_one_zip_holds_the_audiences_tables(desk: Desk, fmt: str) -> None:
    for audience in ("officer", "leader", "public"):
        answer = desk.client("officer").get(f"/downloads/{audience}?format={fmt}&as_at={AS_AT}")
        assert answer.mimetype == "application/zip" and "attachment" in answer.headers["Content-Disposition"]
        files = unpacked(answer.data)
        assert {name.removesuffix(f".{fmt}") for name in files if name.endswith(f".{fmt}")} == {
            table.name for table in given_to(audience)
        }
        assert all(files.values())


def test_no_child_leaves_with_the_leaders_or_the_publics_files(desk: Desk) -> None:
    children = {
        row["child_id"] for row in desk.rows("select distinct child_id from members where length(child_id) > 3")
    }
    workers = {row["worker"] for row in desk.rows("select distinct worker from members where worker is not null")}
    assert len(children) > 20 and workers
    for audience in ("leader", "public"):
        files = unpacked(desk.client("leader").get(f"/downloads/{audience}?format=csv").data)
        cells = {
            cell
            for name, data in files.items()
            if name.endswith(".csv")
            for row in csv.reader(io.StringIO(data.decode()))
            for cell in row
        }
        assert not cells & children and not cells & workers, audience
    theirs = unpacked(desk.client("officer").get("/downloads/officer?format=csv").data)["members.csv"].decode()
    assert any(child in theirs for child in children), "the officers' table has them: so the search can find them"


def test_the_public_file_holds_no_small_count(desk: Desk) -> None:
    for profile, largest in (("public", 5), ("strict", 9)):
        files = unpacked(desk.client("team_manager").get(f"/downloads/public?format=csv&profile={profile}").data)
        rows = list(csv.DictReader(io.StringIO(files["metrics.csv"].decode())))
        assert {row["suppressed"] for row in rows} == {"", "[c]"} and len({row["team"] for row in rows}) > 3
        counts = [
            int(row[name]) for row in rows for name in row if name.endswith(("numerator", "denominator")) and row[name]
        ]
        assert counts and not [count for count in counts if 1 <= count <= largest], profile


def test_a_team_manager_takes_the_own_teams_workbook_alone(desk: Desk) -> None:
    manager = desk.client("team_manager")
    answer = manager.get(f"/downloads/team?team={TEAM}&as_at={AS_AT}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == [
        "To see today",
        "Workers without supervision",
        "Differences",
        "Failures",
        "Not seen or overdue",
        "Counts owed",
    ]
    assert {row[1].value for row in book["Counts owed"].iter_rows(min_row=2)} == {TEAM}
    listed = {row[2].value for row in book["Differences"].iter_rows(min_row=2) if isinstance(row[0].value, int)}
    mine = desk.rows("select distinct case_id from breaks where team = ? and state <> 'closed'", [TEAM])
    assert listed == {row["case_id"] for row in mine} and listed
    refused = manager.get(f"/downloads/team?team={OTHER_TEAM}&as_at={AS_AT}")
    assert refused.status_code == 403 and "another team" in text_of(refused)
    assert (
        OTHER_TEAM not in manager.get("/downloads").text and OTHER_TEAM in desk.client("officer").get("/downloads").text
    )


def test_each_download_is_entered_with_who_and_what_and_no_child(own_desk: Desk) -> None:
    client = own_desk.client("officer")
    client.get(f"/downloads/officer?format=csv&as_at={AS_AT}")
    client.get("/downloads/public?format=parquet&profile=strict")
    client.get(f"/downloads/team?team={TEAM}&as_at={AS_AT}")
    officer, public, team = entries(own_desk)
    assert (officer["audience"], officer["format"], officer["as_at"]) == (
        "officer",
        "csv",
        AS_AT,
    ) and "members" in officer["tables"]
    assert (public["profile"], public["tables"], public["as_at"]) == (
        "strict",
        ["metrics", "targets", "comparators", "rates"],
        "all",
    )
    assert (team["audience"], team["team"]) == ("team", TEAM) and team["row_count"] > 0
    assert own_desk.ledger().verify() is None
    children = {
        row["child_id"] for row in own_desk.rows("select distinct child_id from members where length(child_id) > 3")
    }
    assert not [child for child in children if any(child in str(entry) for entry in (officer, public, team))]


def test_nothing_is_left_lying_about(own_desk: Desk) -> None:
    before = sorted(own_desk.home.tmp.iterdir())
    own_desk.client("officer").get("/downloads/officer?format=xlsx")
    assert sorted(own_desk.home.tmp.iterdir()) == before


@pytest.mark.parametrize(
    "what",
    ["officer?format=exe", "public?profile=none", "leader?as_at=2021-01-31", "team?team=Nobody&as_at=2022-10-31",
     "team?team=Safeguarding East", "template/annex_a.list_07"],
)  # fmt: skip
def test_what_is_not_offered_is_not_there(desk: Desk, what: str) -> None:
    assert desk.client("officer").get(f"/downloads/{what}").status_code == 404


def test_only_the_persons_council_is_given(desk: Desk) -> None:
    files = unpacked(desk.client("officer").get("/downloads/officer?format=csv").data)
    for name, data in files.items():
        if name.endswith(".csv"):
            assert {row["authority"] for row in csv.DictReader(io.StringIO(data.decode()))} <= {CODE}, name


def test_a_manager_is_given_the_own_teams_list_to_tick_and_no_other(desk: Desk) -> None:
    manager = desk.client("team_manager")
    owed = manager.get(f"/owed?as_at={AS_AT}").text
    assert f"/downloads/list?team={TEAM.replace(' ', '+')}" in owed and OTHER_TEAM.replace(" ", "+") not in owed
    answer = manager.get(f"/downloads/list?team={TEAM}&as_at={AS_AT}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    query = "select case_id from members where indicator_id = 'PP1' and team = ? and in_denominator"
    theirs = {row["case_id"] for row in desk.rows(query, [TEAM])}
    listed = {row[0] for row in book["PP1"].iter_rows(min_row=5, values_only=True) if row[0]}
    assert theirs and theirs <= listed
    assert manager.get(f"/downloads/list?team={OTHER_TEAM}&as_at={AS_AT}").status_code == 403
    assert manager.get(f"/downloads/list?team={TEAM}").status_code == 404
    [entry] = [one for one in entries(desk) if str(one.get("tables", "")).count("list PP1")][-1:]
    assert (entry["team"], entry["as_at"]) == (TEAM, AS_AT) and not theirs & {str(v) for v in entry.values()}


def test_whoever_is_sent_no_list_is_offered_none(desk: Desk) -> None:
    assert "/downloads/list" not in desk.client("leader").get(f"/owed?as_at={AS_AT}").text
    assert "/downloads/list" in desk.client("officer").get(f"/owed?as_at={AS_AT}").text
