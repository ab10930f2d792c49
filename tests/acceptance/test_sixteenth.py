"""A council's own indicator and rule, added as files in a folder of its own: published, explained, reconciled, and no Python touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.kit import COUNTS, LISTED, Export, World, annex_a, countermark, table, text

D = "2022-10-31"
INDICATOR = """
id = "ZZ1"
title = "Plans open half a year or more"
question = "Do plans come to an end?"
why_it_matters = "Half a year is a long time to a small child."
theme = "protection"
measures = "share"
case = "child"
better = "low"
period = "snapshot"
reads = ["cp_plans"]
contracts = ["annex_a.list_07"]
decides = "plan start"
event_decides = "denominator"
declared_range = [0.0, 1.0]
range_why = "L: a throw-away indicator of a test."
owner = "performance team"
next_review = 2027-04-01
sources = ["L: a throw-away indicator of a test"]

[parameters]
open_for_months = 6

[tolerance]
cases = 1
share = 0.0
why = "One child may be closing."

[overtaken_limit]
share = 0.05
why = "Nothing overwrites a plan's dates."

[outside.closed]
reason = "AS_AT"
says = "the plan had ended by the date"

[outside.not_begun]
reason = "AS_AT"
says = "the plan had not started by the date"
"""
MEMBERS = """
-- One row per child that List 7 names; met where the plan has been open for half a year.
with cases as (
    select
        *,
        outside_open(cp_plan_start_date, cp_plan_end_date, $as_at) as outside,
        open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, $as_at) as on_a_plan
    from cp_plans
    qualify row_number() over (partition by person_id order by outside is not null, delivery_id desc, source_row desc) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, on_a_plan is not null, null, cp_plan_start_date <= ($as_at::date - to_months($open_for_months))::date
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    cp_plan_start_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
"""
MEASURED = (
    INDICATOR.replace('"ZZ1"', '"ZZM"')
    .replace('"share"', '"median"\nvalue_name = "days since the plan began"\nvalue_unit = "days"')
    .replace("[0.0, 1.0]", "[0, 4000]")
)
WEIGHTED = MEASURED.replace('"ZZM"', '"ZZA"').replace('"median"', '"average"')
DAYS = """
-- One row per child that List 7 names; what is measured is how many days the plan has been open. The third child weighs double.
with cases as (
    select
        *,
        outside_open(cp_plan_start_date, cp_plan_end_date, $as_at) as outside,
        ($as_at::date - cp_plan_start_date)::double as days
    from cp_plans
    qualify row_number() over (partition by person_id order by outside is not null, delivery_id desc, source_row desc) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, true, null, days is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    cp_plan_start_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    days as value,
    if(person_id = '3', 2, 1)::double as weight
from cases
"""
EXAMPLES = '''
[[example]]
title = "Half a year to the day"
as_at = 2022-10-31
given.cp_plans = """
person_id | cp_plan_start_date
C1        | 2022-04-30
C2        | 2022-05-01
"""
then.members = """
case_id | state
C1      | met
C2      | not_met
"""
'''
RULE = '''
code = "ZZ-L07-901"
severity = "query"
contract = "annex_a.list_07"
title = "A plan that began on a Sunday"
message = "The plan began on a Sunday; was it so?"
fields = ["child_protection_plan_start_date"]
reads = []
why = "L: a throw-away rule of a test."
limit = 0.0
query = """
select delivery_id, source_row, 'child_protection_plan_start_date' as column_name
from list_07
where isodow(child_protection_plan_start_date) = 7
"""

[[example]]
title = "A Sunday"
given.list_07 = """
child_unique_id | child_protection_plan_start_date
C1              | 2022-05-01
"""
then.failures = """
source_row
1
"""

[[example]]
title = "A Monday"
given.list_07 = """
child_unique_id | child_protection_plan_start_date
C1              | 2022-05-02
"""
then.failures = ""
'''


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path, Export]]:
    """A run with one more root of definitions."""
    world = World(tmp_path_factory.mktemp("sixteenth"))
    root = world.root / "ours"
    folder = root / "sql" / "indicators" / "ZZ1_half_a_year"
    text(folder / "indicator.toml", INDICATOR)
    text(folder / "members.sql", MEMBERS)
    text(folder / "examples.toml", EXAMPLES)
    for name, definition in (("ZZM_days_open", MEASURED), ("ZZA_days_weighted", WEIGHTED)):
        text(root / "sql" / "indicators" / name / "indicator.toml", definition)
        text(root / "sql" / "indicators" / name / "members.sql", DAYS)
        text(root / "sql" / "indicators" / name / "examples.toml", EXAMPLES)
    text(root / "expectations" / "suites" / "annex_a.list_07" / "ZZ-L07-901.toml", RULE)
    text(world.inbox / "authority.toml", 'authority = "E1"\n[[teams]]\nname = "North"\nowes = ["ZZ1"]\n')
    starts = {"1": "2022-04-30", "2": "2022-05-01", "3": "2022-01-02", "4": "2022-11-01"}
    annex_a(
        world.inbox / "a.xlsx",
        "2022-11-02",
        {"List 7": [{"id": i, "start": date.fromisoformat(day)} for i, day in starts.items()]},
    )
    table(world.inbox / "c.csv", [COUNTS, ["ZZ1", "North", D, "child", 2, 3, "Ann", "2022-11-01", "own_list", None]])
    cases = [("1", "true"), ("2", ""), ("4", "true")]
    table(
        world.inbox / "l.csv",
        [LISTED, *(["ZZ1", "North", D, case, "", flag, "", "Ann", "2022-11-01", ""] for case, flag in cases)],
    )
    said = world.run(D, COUNTERMARK_DEFINITIONS=str(root))
    assert said.code == 0, said
    yield world, root, world.export()


def test_it_is_published_like_any_other(ran: tuple[World, Path, Export]) -> None:
    out = ran[2]
    assert {row["indicator_id"] for row in out.rows("metrics", team="ALL")} >= {"ZZ1", "PP0", "AS1", "LA8"}
    assert (out.share("ZZ1"), out.share("ZZ1", "North"), out.share("ZZ1", side="manual")) == ("2/3", "2/3", "2/3")
    assert out.states("ZZ1") == {"1": "met", "2": "not_met", "3": "met"}


def test_it_has_bridges_and_gates_without_a_line_for_it(ran: tuple[World, Path, Export]) -> None:
    out = ran[2]
    assert out.lines("ZZ1", "North", "numerator") == {"AS_AT": -1, "SYSTEM_ONLY": 1}
    assert "open differences" in out.metric("ZZ1")["status_reason"]


def test_a_median_and_a_weighted_average_are_of_the_members_values(ran: tuple[World, Path, Export]) -> None:
    out = ran[2]
    assert {row["case_id"]: row["value"] for row in out.rows("members", indicator_id="ZZM")} == {
        "1": "184.0",
        "2": "183.0",
        "3": "302.0",
    }
    middle, weighted = out.metric("ZZM"), out.metric("ZZA")
    assert (middle["system_value"], middle["largest"], middle["unit"], middle["measures"]) == (
        "184.0",
        "302.0",
        "days",
        "median",
    )
    assert (middle["system_numerator"], middle["system_denominator"], middle["manual_value"]) == ("3", "3", "")
    assert (middle["range_low"], middle["range_high"]) == ("184.0", "184.0"), (
        "nothing is open, so nothing else is possible"
    )
    assert weighted["system_value"] == str((184 + 183 + 302) / 4)


def test_a_measured_value_is_said_with_its_unit(ran: tuple[World, Path, Export]) -> None:
    world, root, _ = ran
    said = countermark("explain", "ZZM", "--as-at", D, "--home", world.home, COUNTERMARK_DEFINITIONS=str(root))
    assert "184 days, of 3 children out of 3" in said.out and "Nobody has counted it" in said.out, said


def test_the_councils_own_rule_finds_its_rows(ran: tuple[World, Path, Export]) -> None:
    rows = ran[2].rows("failures", rule_code="ZZ-L07-901")
    assert sorted(row["source_row"] for row in rows) == ["List 7!3", "List 7!4"]
    assert {row["severity"] for row in rows} == {"query"}


def test_a_folder_that_is_incomplete_is_refused_in_words(ran: tuple[World, Path, Export]) -> None:
    world, root, _ = ran
    text(root / "sql" / "indicators" / "ZZ2_half" / "indicator.toml", INDICATOR.replace("ZZ1", "ZZ2"))
    said = world.run(D, COUNTERMARK_DEFINITIONS=str(root))
    assert said.code == 2 and "ZZ2_half" in said.err and "members.sql" in said.err, said
