"""From provisional to certified and back: who may decide, check and sign, what each does at once, and what can never be certified.

A tiny authority that is in perfect order, so that everything can be certified; then one child's visit changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.acceptance.kit import COUNTS, LISTED, Export, Said, World, annex_a, table, text

D = "2022-10-31"
AUTHORITY = """authority = "E1"
name = "Anytown"
[[teams]]
name = "North"
owes = ["PP1"]
[[teams]]
name = "South"
owes = ["PP1"]
[[people]]
name = "Ann Counter"
role = "team manager"
team = "North"
[[people]]
name = "Olive Officer"
role = "performance officer"
[[people]]
name = "Dec Ider"
role = "performance officer"
[[people]]
name = "Dora Director"
role = "director"
"""
EVERY = ["AS1", "AS2", "AS3", "CN0", "CP3", "CP4", "FD5", "LA0", "LA4", "LA8", "PP0", "PP1", "PP3", "PP6", "PP7"]
TEAM_OF = {"P1": "North", "P2": "North", "P3": "South", "P4": "South"}


def d(day: str) -> date:
    """A date cell."""
    return date.fromisoformat(day)


def plans(**visits: str) -> list[dict[str, Any]]:
    """Four plans; each child seen alone on 20 October unless said otherwise."""
    return [
        {
            "id": child,
            "team": team,
            "start": d("2022-06-01"),
            "visit": d(visits.get(child, "2022-10-20")),
            "alone": "a) Yes",
        }
        for child, team in TEAM_OF.items()
    ]


CARE = [{"id": f"L{i}", "start": d("2022-03-01"), "check": d("2022-05-01")} for i in (1, 2, 3)]
NEED = [
    {"id": child, "team": team, "start": d("2022-05-01"), "status": "b) Child Protection plan"}
    for child, team in TEAM_OF.items()
]
NEED += [{"id": row["id"], "start": d("2022-03-01"), "status": "a) Looked after child"} for row in CARE]
REFERRED = [
    {"id": f"R{i}", "on": d("2022-10-05"), "nfa": "b) No", "twelve": 0, "source": "6: Police"} for i in (1, 2, 3)
]
ASSESSED = [{"id": "R1", "start": d("2022-09-01"), "authorised": d("2022-10-20"), "seen": "a) Yes"}]
ENQUIRED = [
    {"id": "R2", "discussion": d("2022-10-10"), "conference": d("2022-10-20"), "unnecessary": "b) No", "plan": "b) No"}
]


def lists(**visits: str) -> dict[str, Any]:
    """All six lists of the authority."""
    return {
        "List 3": REFERRED, "List 4": ASSESSED, "List 5": ENQUIRED, "List 6": NEED, "List 7": plans(**visits), "List 8": CARE,
    }  # fmt: skip


def count(indicator: str, team: str, numerator: int, denominator: int | None, method: str = "own_list") -> list[Any]:
    """A count by Ann."""
    return [indicator, team, D, "child", numerator, denominator, "Ann Counter", "2022-11-01", method, None]


def listed(indicator: str, team: str, case: str, day: str) -> list[Any]:
    """A listed child, seen."""
    return [indicator, team, D, case, None, "true", day, "Ann Counter", "2022-11-01", None]


class Story:
    """What was said and exported at each step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.said: dict[str, Said] = {}
        self.out: dict[str, Export] = {}
        self.at: dict[str, datetime] = {}

    def say(self, name: str, *words: str) -> None:
        """A command, remembered by name."""
        self.said[name] = self.world.do(*words)

    def look(self, name: str) -> None:
        """An export, remembered by name with the moment after it."""
        self.out[name] = self.world.export()
        self.at[name] = datetime.now(UTC)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The whole story, told once."""
    world = World(tmp_path_factory.mktemp("certification"))
    story = Story(world)
    text(world.inbox / "authority.toml", AUTHORITY)
    annex_a(world.inbox / "a" / "annex.xlsx", "2022-11-02", lists())
    table(world.inbox / "c" / "counts.csv", [COUNTS, count("PP1", "North", 2, 2), count("PP1", "South", 2, 2)])
    table(
        world.inbox / "c" / "list.csv",
        [LISTED, *(listed("PP1", team, child, "2022-10-20") for child, team in TEAM_OF.items())],
    )
    story.said["first"] = world.run(D, "--strict")
    story.look("first")
    at, olive, dora = ("--as-at", D), ("--by", "Olive Officer"), ("--by", "Dora Director")
    story.say("sign unchecked", "sign", "PP0", *at, *dora)
    story.say("check without note", "check", "PP0", *at, *olive)
    story.say("sign without note", "sign", "PP0", *at, *dora)
    story.say("check by counter", "check", "PP1", *at, "--by", " ann COUNTER", "--note", "Looked.")
    story.say("check by stranger", "check", "PP0", *at, "--by", "Nobody Known", "--note", "Looked.")
    story.say("check by nobody", "check", "PP0", *at, "--note", "Looked.")
    story.say("check unknown", "check", "PP99", *at, *olive, "--note", "Looked.")
    story.say("check all", "check", *EVERY, *at, *olive, "--note", "Read against the files of four children.")
    story.say("sign by checker", "sign", "PP0", *at, "--by", "olive  officer")
    story.say("sign by counter", "sign", "PP1", *at, "--by", "Ann Counter")
    story.say("sign theme", "sign", "--theme", "protection", *at, *dora)
    story.look("protection signed")
    story.say("sign rest", "sign", *[i for i in EVERY if i not in PROTECTION], *at, *dora)
    story.look("signed")
    story.said["again"] = world.run(D, "--strict")
    story.look("again")
    text(world.inbox / "c" / "nonsense.csv", "this,that\n1,2\n")
    annex_a(world.inbox / "b" / "later.xlsx", "2022-11-09", {"List 7": plans(P1="2022-10-05")})
    story.said["changed"] = world.run(D, "--strict")
    story.look("changed")
    found = story.out["changed"].rows("breaks", indicator_id="PP1", team="North", case_id="P1", measure="numerator")
    mark = found[0]["break_id"] if found else "none"
    why = ("--cause", "left without writing up", "--reason", "The visit is in the paper diary.")
    story.say("decide without until", "decide", mark, "--decision", "manual_right", *why, "--by", "Dec Ider")
    story.say("decide by counter", "decide", mark, "--decision", "system_right", *why, "--by", "Ann Counter")
    story.say("decide unknown", "decide", "feedfeedfeedfeed", "--decision", "system_right", *why, "--by", "Dec Ider")
    story.say("decide badly", "decide", mark, "--decision", "shrug", *why, "--by", "Dec Ider")
    story.say(
        "decide no cause",
        "decide",
        mark,
        "--decision",
        "system_right",
        "--cause",
        "weather",
        "--reason",
        "x",
        "--by",
        "Dec Ider",
    )
    story.look("before decision")
    story.say("decide", "decide", mark, "--decision", "manual_right", *why, "--by", "Dec Ider", "--until", "2022-12-31")
    story.look("decided")
    story.say("check by decider", "check", "PP1", *at, "--by", "Dec Ider", "--note", "Looked.")
    later = story.out["changed"].one("deliveries", file="b/later.xlsx")["delivery_id"]
    story.say("withdraw", "withdraw", later, "--reason", "Wrong month exported.", *olive)
    story.look("withdrawn")
    yield story


PROTECTION = {"CP3", "CP4", "PP0", "PP1", "PP3", "PP6", "PP7"}


def test_a_first_run_is_published_and_provisional(story: Story) -> None:
    out = story.out["first"]
    assert story.said["first"].code == 3, "published, and not everything is certified"
    assert {row["status"] for row in out.tables["metrics"]} == {"provisional"}, [
        (row["indicator_id"], row["team"], row["status_reason"]) for row in out.rows("metrics", status="withheld")
    ]
    assert {row["revision"] for row in out.tables["metrics"]} == {"1"}
    assert out.share("PP1") == "4/4" and out.share("PP1", side="manual") == "4/4"
    assert not out.rows("breaks", indicator_id="PP1")


@pytest.mark.parametrize(
    ("step", "word"),
    [
        ("sign unchecked", "checked"), ("sign without note", "note"), ("check by counter", "count"),
        ("check by stranger", "authority.toml"), ("check by nobody", "--by"), ("check unknown", "PP99"), ("sign by checker", "check"), ("sign by counter", "count"),
        ("decide without until", "--until"), ("decide by counter", "count"), ("decide unknown", "breaks.csv"), ("decide badly", "decision"),
        ("decide no cause", "cause"), ("check by decider", "deci"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_refused_in_one_plain_sentence(story: Story, step: str, word: str) -> None:
    said = story.said[step]
    assert said.code == 2 and word in said.err, said
    assert "Traceback" not in said.text


def test_what_was_refused_left_no_trace(story: Story) -> None:
    assert not any(row["certificate_id"] for row in story.out["first"].tables["metrics"])
    before = story.out["before decision"]
    assert {row["state"] for row in before.rows("breaks", case_id="P1")} == {"open"}
    assert {row["decision"] for row in before.rows("breaks", case_id="P1")} == {""}


def test_a_theme_is_signed_at_once_and_only_that(story: Story) -> None:
    assert story.said["sign theme"].code == 0
    certified = {
        row["indicator_id"] for row in story.out["protection signed"].rows("metrics", status="certified", team="ALL")
    }
    assert certified == PROTECTION


def test_everything_checked_and_signed_is_certified_and_strict_is_content(story: Story) -> None:
    out = story.out["signed"]
    whole = [row for row in out.rows("metrics", team="ALL") if row["indicator_id"] in EVERY]
    assert {row["status"] for row in whole} == {"certified"} and all(row["certificate_id"] for row in whole)
    assert len({row["certificate_id"] for row in whole}) == len(EVERY)
    assert {row["indicator_id"] for row in out.tables["metrics"] if row["status"] == "certified"} == set(EVERY)
    assert story.said["again"].code == 0, story.said["again"].text


def test_a_run_that_changes_nothing_makes_no_revision(story: Story) -> None:
    signed, again = story.out["signed"], story.out["again"]
    for name in ("metrics", "members", "bridge_lines", "breaks", "failures", "deliveries", "rejects"):
        assert again.tables[name] == signed.tables[name], name


def test_a_changed_case_lapses_its_certificates_and_no_others(story: Story) -> None:
    out = story.out["changed"]
    assert story.said["changed"].code == 3
    assert out.share("PP1") == "3/4" and out.metric("PP1")["status"] == "provisional"
    assert "lapsed" in out.metric("PP1")["status_reason"], out.metric("PP1")["status_reason"]
    assert out.metric("PP1")["revision"] > story.out["signed"].metric("PP1")["revision"]
    for untouched in ("PP0", "PP6", "LA0", "FD5", "AS1"):
        assert out.metric(untouched)["status"] == "certified", out.metric(untouched)["status_reason"]
        assert out.metric(untouched)["certificate_id"] == story.out["signed"].metric(untouched)["certificate_id"]


def test_the_difference_is_a_break_with_an_owner(story: Story) -> None:
    row = story.out["changed"].one("breaks", indicator_id="PP1", team="North", case_id="P1", measure="numerator")
    assert (row["effect"], row["reason"], row["state"], row["owner"]) == ("-1", "VALUE", "open", "North")
    assert float(story.out["changed"].metric("PP1")["range_low"]) == 0.75
    assert float(story.out["changed"].metric("PP1")["range_high"]) == 1.0


def test_a_decision_counts_at_once_beside_the_recorded_value(story: Story) -> None:
    assert story.said["decide"].code == 0, story.said["decide"]
    out = story.out["decided"]
    assert (out.share("PP1"), out.share("PP1", side="reconciled")) == ("3/4", "4/4")
    row = out.one("breaks", indicator_id="PP1", team="North", case_id="P1", measure="numerator")
    assert (row["state"], row["decision"]) == ("decided", "manual_right") and "writing" in row["cause"]
    assert out.metric("PP1")["range_low"] == out.metric("PP1")["range_high"]


def test_a_withdrawn_delivery_leaves_every_figure_and_keeps_its_row(story: Story) -> None:
    assert story.said["withdraw"].code == 0, story.said["withdraw"]
    out = story.out["withdrawn"]
    row = out.one("deliveries", file="b/later.xlsx")
    assert (row["status"], row["rows_in"]) == ("withdrawn", "4")
    assert "Wrong month exported." in row["reason"]
    assert int(row["rows_in"]) == sum(int(row[f"rows_{part}"]) for part in ("loaded", "rejected", "ignored"))
    assert out.share("PP1") == "4/4" and {m["delivery_id"] for m in out.tables["members"]}.isdisjoint(
        {row["delivery_id"]}
    )
    assert not out.rows("breaks", indicator_id="PP1", case_id="P1", state="open")


def test_as_known_then_stays_answerable(story: Story) -> None:
    world = story.world
    for step, share, status in (
        ("first", "4/4", "provisional"),
        ("signed", "4/4", "certified"),
        ("changed", "3/4", "provisional"),
    ):
        out = world.export("--known-at", story.at[step].isoformat())
        assert (out.share("PP1"), out.metric("PP1")["status"]) == (share, status), step
    assert world.do("export", "--out", world.root / "never", "--known-at", "2001-01-01").code == 2


def test_nothing_but_the_home_is_written_and_only_its_owner_reads_it(story: Story) -> None:
    world = story.world
    assert world.home.stat().st_mode & 0o077 == 0
    assert {path.name for path in world.inbox.iterdir()} == {"authority.toml", "a", "b", "c"}


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Export]]:
    """An authority of which nothing can be certified, each indicator for its own reason; and a month that nobody extracted."""
    world = World(tmp_path_factory.mktemp("flawed"))
    text(world.inbox / "authority.toml", AUTHORITY.replace('owes = ["PP1"]', "owes = []", 1))
    given = lists()
    spoilt = [{"id": f"A{i}", "start": d("2022-08-24"), "authorised": "not yet"} for i in range(9)]
    annex_a(
        world.inbox / "a" / "annex.xlsx", "2022-11-02", {name: given[name] for name in ("List 6", "List 7", "List 8")}
    )
    annex_a(world.inbox / "a" / "assessments.xlsx", "2022-11-02", {"List 4": ASSESSED + spoilt})
    annex_a(
        world.inbox / "b" / "referrals.xlsx",
        None,
        {"List 3": [*REFERRED, {"id": "R9", "on": d("2022-11-02"), "nfa": "No"}]},
    )
    counts = [count("PP0", "ALL", 4, None), count("LA8", "ALL", 3, 3, "system_report"), count("LA0", "ALL", 9, None)]
    rows = [listed("LA8", "ALL", f"L{i}", "2022-05-01") for i in (1, 2, 3)]
    rows += [listed("LA0", "ALL", f"X{i}", "") for i in range(9)]
    table(world.inbox / "c" / "counts.csv", [COUNTS, *counts])
    table(world.inbox / "c" / "list.csv", [LISTED, *rows])
    for day in (D, "2022-09-30"):
        assert world.run(day).code == 0
        figures = [i for i in EVERY if i not in ("CP3", "CP4")]
        assert (
            world.do("check", *figures, "--as-at", day, "--by", "Olive Officer", "--note", "Looked at each.").code == 0
        )
    yield world, world.export()


@pytest.mark.parametrize(
    ("indicator", "status", "word"),
    [
        ("CP3", "withheld", "no complete delivery"),
        ("CP4", "withheld", "no complete delivery"),
        ("AS1", "withheld", "blocking error"),
        ("FD5", "provisional", "inferred"),
        ("PP0", "provisional", "without a full list"),
        ("LA8", "provisional", "report"),
        ("LA0", "provisional", "open differences"),
        ("PP1", "provisional", "no count has come from South"),
        ("PP3", "provisional", "signed"),
    ],
)
def test_each_flaw_has_its_status_and_its_plain_reason(
    flawed: tuple[World, Export], indicator: str, status: str, word: str
) -> None:
    _, out = flawed
    row = out.metric(indicator, as_at=D)
    assert (row["status"], word in row["status_reason"]) == (status, True), row["status_reason"]


@pytest.mark.parametrize("indicator", ["CP3", "AS1", "FD5", "PP0", "LA8", "LA0", "PP1"])
def test_a_flaw_keeps_the_signature_away(flawed: tuple[World, Export], indicator: str) -> None:
    said = flawed[0].do("sign", indicator, "--as-at", D, "--by", "Dora Director")
    assert said.code == 2 and "cannot be signed" in said.err


def test_a_snapshot_of_a_past_day_is_reconstructed_and_never_signed(flawed: tuple[World, Export]) -> None:
    world, out = flawed
    row = out.metric("PP6", as_at="2022-09-30")
    assert row["status"] == "provisional" and "reconstructed" in row["status_reason"].lower(), row["status_reason"]
    said = world.do("sign", "PP6", "--as-at", "2022-09-30", "--by", "Dora Director")
    assert said.code == 2 and "reconstructed" in said.err
    assert "reconstructed" not in out.metric("PP7", as_at="2022-09-30")["status_reason"].lower(), (
        "a period has no day to be near to"
    )


def test_a_sound_figure_beside_them_can_be_signed(flawed: tuple[World, Export]) -> None:
    world, _ = flawed
    assert world.do("sign", "PP3", "--as-at", D, "--by", "Dora Director").code == 0
    assert world.export().metric("PP3", as_at=D)["status"] == "certified"


def test_themes_and_figures_that_do_not_exist_are_wrong_usage(flawed: tuple[World, Export]) -> None:
    world, _ = flawed
    assert world.do("sign", "--theme", "weather", "--as-at", D, "--by", "Dora Director").code == 2
    assert world.do("check", "PP1", "--as-at", "31/10/2022", "--by", "Olive Officer").code == 2
    assert world.do("withdraw", "nonesuch", "--reason", "x", "--by", "Olive Officer").code == 2
    assert world.do("export", "--out", world.root / "x", "--format", "pdf").code == 2
