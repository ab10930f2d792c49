"""Holds the engineers' and auditors' pages to account: health says what stands, metrics open to whom they should, validation results cannot be
left by any path, the audit chain can be searched, and no child is in any of it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html
from prometheus_client.parser import text_string_to_metric_families

from countermark.desk.audit import PAGE
from countermark.ledger.notes import Note
from tests.web_kit import CODE, PEOPLE, Desk, open_desk, tables_of, text_of
from web.engineers.queries import age_words

SECRET = "<html><body>Zephyrine Quux</body></html>"
TOKEN = "a-token-of-the-test"


@pytest.fixture(scope="module")
def with_docs(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Pages over a home with validation results, those of another authority, and files that nobody may reach through them."""
    desk = open_desk(built_home, tmp_path_factory.mktemp("docs") / "home")
    docs = desk.home.data_docs
    for name, text in {
        f"{CODE}/index.html": "<style>p { color: #005a30; }</style><p>CM-L07-001 holds</p>", f"{CODE}/validations/a/run.html": "<p>a run</p>",
        f"{CODE}/data.json": "{}", "E2/index.html": SECRET, "index.html": SECRET, "../secret.html": SECRET,
    }.items():  # fmt: skip
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (docs / CODE / "link.html").symlink_to(desk.home.path / "secret.html")
    (docs / CODE / "out").symlink_to(docs / "E2")
    return desk


def set_token(desk: Desk, token: str = TOKEN, https: bool = False) -> None:
    desk.app.extensions["settings"] = replace(desk.app.extensions["settings"], metrics_token=token, https=https)


# health


def test_health_says_what_is_there(desk: Desk) -> None:
    answer = desk.client("engineer").get("/health")
    said = text_of(answer)
    assert answer.status_code == 200 and "No alert stands." in said and "Nobody has to look." in said
    revision = desk.ledger().revision_at()
    assert revision and revision.content_hash[:16] in said and "in time: 8 days are allowed" in said
    statuses, checks = tables_of(answer)
    counted = desk.rows(
        "select status, count(*) as n from metrics where team = 'ALL' and as_at = (select max(as_at) from metrics) group by all"
    )
    shown = {row[0]: int(row[1]) for row in statuses[1:]}
    words = {
        "certified": "Checked: safe to quote",
        "provisional": "Being checked: quote with its range",
        "withheld": "Not reliable enough to report",
    }
    assert shown == {
        words[status]: next((row["n"] for row in counted if row["status"] == status), 0) for status in words
    }
    found = {
        (row["gate"], row["outcome"]): row["n"]
        for row in desk.rows("select gate, outcome, count(*) as n from gates group by all")
    }
    assert {row[0]: int(row[1]) for row in checks[1:]} == {row[0]: found.get((row[0], "PASS"), 0) for row in checks[1:]}
    assert f"The chain is whole up to entry {desk.ledger().head().seq}" in said
    assert "faults were put in a copy on purpose, and every one was found." in said
    assert "This home holds no history of runs." in said and "COUNTERMARK_DAGSTER_URL" in said


def test_health_lists_runs_and_links_to_dagster_where_it_is_known(own_desk: Desk) -> None:
    (own_desk.home.dagster / "history").mkdir(exist_ok=True)
    connection = sqlite3.connect(own_desk.home.dagster / "history" / "runs.db")
    connection.execute(
        "create table runs (run_id text, pipeline_name text, status text, start_time float, end_time float)"
    )
    connection.execute("insert into runs values ('0123456789ab', 'everything', 'FAILURE', 1795300000, 1795300061)")
    connection.commit()
    connection.close()
    own_desk.app.extensions["settings"] = replace(
        own_desk.app.extensions["settings"], dagster_url="http://127.0.0.1:3000/"
    )
    answer = own_desk.client("admin").get("/health")
    assert "Somebody has to look" in text_of(answer) and "The run 0123456789ab of" in text_of(answer)
    assert tables_of(answer)[0][1][1:] == ["61 s", "failed", "01234567"]
    links = html.fromstring(answer.text).xpath("//main//a/@href")
    assert "http://127.0.0.1:3000/runs/0123456789ab" in links


def test_health_warns_of_a_broken_chain(own_desk: Desk) -> None:
    connection = sqlite3.connect(own_desk.home.path / "ledger.db")
    for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        connection.execute(f'drop trigger "{name}"')
    connection.execute("update entries set by = 'Somebody Else' where seq = 2")
    connection.commit()
    connection.close()
    assert "The chain does not hold at entry 2" in text_of(own_desk.client("admin").get("/health"))
    assert "The chain does not hold at entry 2" in text_of(own_desk.client("auditor").get("/audit"))


def test_alive_says_nothing_but_ok(desk: Desk) -> None:
    answer = desk.client().get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


# metrics


def test_metrics_are_read_from_this_computer(desk: Desk) -> None:
    answer = desk.client().get("/metrics")
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert families["countermark_publication_fresh"].samples[0].value == 1
    assert {sample.labels["indicator"] for sample in families["countermark_figures"].samples} >= {"PP1", "LA0"}


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("10.0.0.7", {}), ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}), ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}),
        ("::1", {"Via": "1.1 proxy"}), ("127.0.0.1", {"X-Real-IP": "10.0.0.7"}),
    ],
)  # fmt: skip
def test_metrics_are_read_from_nowhere_else_without_a_token(desk: Desk, address: str, headers: dict[str, str]) -> None:
    answer = desk.client().get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "countermark_" not in answer.text


def test_behind_https_only_the_token_opens(own_desk: Desk) -> None:
    set_token(own_desk, "", https=True)
    assert own_desk.client().get("/metrics").status_code == 401
    set_token(own_desk, https=True)
    ask = own_desk.client().get
    assert (
        ask(
            "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, environ_base={"REMOTE_ADDR": "10.0.0.7"}
        ).status_code
        == 200
    )
    for wrong in ("", "Bearer", f"Bearer {TOKEN}x", "Bearer ", f"Basic {TOKEN}x", "Bearer té"):
        assert ask("/metrics", headers={"Authorization": wrong}).status_code == 401, wrong


# validation results


def test_validation_results_are_shown_with_a_policy_that_fits_them(with_docs: Desk) -> None:
    client = with_docs.client("officer")
    start = client.get("/data-docs/")
    assert start.status_code == 302 and start.headers["Location"].endswith("/data-docs/index.html")
    answer = client.get("/data-docs/index.html")
    assert (answer.status_code, answer.mimetype) == (200, "text/html") and "CM-L07-001 holds" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert (
        "default-src 'none'" in policy
        and "style-src 'unsafe-inline'" in policy
        and "script" not in policy
        and "http" not in policy
    )
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "a run" in client.get("/data-docs/validations/a/run.html").text


@pytest.mark.parametrize(
    "path",
    [
        "../secret.html", "../E2/index.html", "../../secret.html", "..%2f..%2fsecret.html", "%2e%2e/%2e%2e/secret.html", "..\\..\\secret.html",
        "validations/../../../secret.html", "//etc/passwd", "/etc/passwd", "....//....//secret.html", "link.html", "out/index.html",
        "data.json", "validations", "validations/", "nothing.html", "index.html%00.html", "%c0%ae%c0%ae/secret.html", "./index.html/../../E2/index.html",
        quote("../../ledger.db"), "../../ledger.db", "../../secret.key", "..;/secret.html", "a" * 5000 + ".html",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_authoritys_results(with_docs: Desk, path: str) -> None:
    client = with_docs.client("engineer")
    for address in (f"/data-docs/{path}", f"/data-docs/{quote(path, safe='')}"):
        answer = client.get(address)
        assert answer.status_code in (404, 308, 302), (address, answer.status_code)
        assert "Zephyrine" not in answer.text and "root:" not in answer.text
        if answer.status_code != 404:
            followed = client.get(address, follow_redirects=True)
            assert "Zephyrine" not in followed.text and followed.status_code == 404


def test_another_authoritys_results_are_not_shown(with_docs: Desk) -> None:
    client = with_docs.client("engineer")
    assert client.get("/data-docs/E2/index.html").status_code == 404
    assert "Zephyrine" not in client.get("/data-docs/index.html").text


def test_where_there_are_no_results_yet_it_says_so(own_desk: Desk) -> None:
    shutil.rmtree(own_desk.home.data_docs, ignore_errors=True)
    answer = own_desk.client("engineer").get("/data-docs/")
    assert answer.status_code == 404 and "There are none yet" in text_of(answer)


def test_results_want_a_sign_in(with_docs: Desk) -> None:
    for address in ("/data-docs/", "/data-docs/index.html"):
        assert "/sign-in" in with_docs.client().get(address).headers["Location"]
        for role in ("leader", "board", "team_manager"):
            assert with_docs.client(role).get(address).status_code == 403


# audit


def numbers(answer: object) -> list[int]:
    return [int(row[0]) for row in tables_of(answer)[0][1:]]  # type: ignore[arg-type]


def test_the_chain_is_shown_newest_first_and_page_by_page(own_desk: Desk) -> None:
    for turn in range(PAGE):
        own_desk.ledger().viewed("Ama Admin", "child", children=[f"Child {turn:04d}"], authority=CODE)
    client = own_desk.client("auditor")
    last = own_desk.ledger().head().seq
    first = client.get("/audit")
    assert numbers(first) == list(range(last, last - PAGE, -1))
    (link,) = html.fromstring(first.text).xpath("//main//a[text()='Earlier entries']/@href")
    assert numbers(client.get(link))[0] == last - PAGE
    seen = numbers(first)
    while link:
        page = client.get(link[0] if isinstance(link, list) else link)
        seen += numbers(page)
        link = html.fromstring(page.text).xpath("//main//a[text()='Earlier entries']/@href")
    assert seen == list(range(last, 0, -1)), "every entry once"


def test_it_is_searched_by_kind_person_and_day(own_desk: Desk) -> None:
    ledger = own_desk.ledger()
    ledger.viewed("Delphine Fennimore", "export", audience="leader", tables=["metrics"], authority=CODE)
    ledger.note([Note(CODE, "comment", "s", {"text": "Zephyrine Quux"}, "Tomasz Ingleshaw")])
    client = own_desk.client("auditor")
    row = tables_of(client.get("/audit?kind=view&by=fennimore"))[0][1]
    assert row[2:4] == ["seen or taken away", "Delphine Fennimore"] and "what: export" in row[4]
    assert "audience: leader" in row[4] and "tables: metrics" in row[4]
    kinds = {row[2] for row in tables_of(client.get("/audit?kind=note"))[0][1:]}
    assert kinds == {"written at the desk"}
    today = ledger.entries()[-1].at[:10]
    assert numbers(client.get(f"/audit?since={today}&until={today}"))
    assert "No entry is like that." in text_of(client.get("/audit?until=2000-01-01"))
    assert "No entry is like that." in text_of(client.get("/audit?by=%25"))
    assert "Zephyrine" not in client.get("/audit").text, "what was written stands in no entry"


@pytest.mark.parametrize("asked", ["since=yesterday", "kind=nonsense", f"by={'x' * 300}", "until=2022-13-01"])
def test_a_filter_that_cannot_be_read_is_said_first(desk: Desk, asked: str) -> None:
    answer = desk.client("auditor").get(f"/audit?{asked}")
    assert answer.status_code == 422 and "There is a problem" in text_of(answer)


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (0.5, "less than an hour"),
        (1, "1 hour"),
        (25, "1 day and 1 hour"),
        (48, "2 days"),
        (59.9, "2 days and 11 hours"),
    ],
)
def test_ages_are_said_as_people_say_them(hours: float, says: str) -> None:
    assert age_words(timedelta(hours=hours)) == says


def test_entries_of_another_authority_are_not_shown(own_desk: Desk) -> None:
    own_desk.ledger().store_authority("E2", 'authority = "E2"\n')
    own_desk.ledger().viewed("Somebody There", "child", authority="E2")
    text = text_of(own_desk.client("auditor").get("/audit"))
    assert "E2" not in text and "Somebody There" not in text


# nobody personal


def test_no_child_no_worker_and_no_file_is_on_any_of_these_pages(with_docs: Desk) -> None:
    rows = with_docs.rows(
        "select child_id as word from members union select worker from members union select file from deliveries union select counted_by from claims"
    )
    words = {str(row["word"]) for row in rows if row["word"]}
    assert len(words) > 50
    colleagues = {name for name, _, _ in PEOPLE.values()}  # an auditor is told who did what
    for role, address in (
        ("engineer", "/health"),
        ("admin", "/health"),
        ("auditor", "/audit"),
        (None, "/metrics"),
        (None, "/healthz"),
    ):
        text = with_docs.client(role).get(address).text
        found = {word for word in words if re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])", text)}
        assert not found - (colleagues if role == "auditor" else set()), (address, found)
