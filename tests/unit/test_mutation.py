"""The tool that alters definitions: which alterations it makes of a toy one, what it calls noticed, and that a lost example shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from tools.mutation import page
from tools.mutation.equivalents import Equivalent, faults, marked
from tools.mutation.mutants import Mutant, mutants
from tools.mutation.parsing import NotParsedError, functions, tree_of
from tools.mutation.trial import (
    EQUIVALENT,
    KILLED,
    NOT_VALID,
    SURVIVED,
    ControlError,
    Result,
    Subject,
    all_shipped,
    database,
    held_to_examples,
    judge,
    subjects,
)

TOY = """-- A comment with < and not and 1.
select a, 'x < 1 and y' as said, min(b) filter (where c is not null and d = $as_at) as least_b
from t
left join u using (a)
where not e and f between $period_start and g + 1 or h <= 2
group by a
order by a, b desc nulls last
"""


def altered(sql: str) -> dict[str, set[str]]:
    """Alterations by kind, each as the line that it changes."""
    found: dict[str, set[str]] = {}
    for one in mutants(sql):
        found.setdefault(one.kind, set()).add(one.lines(sql)[1])
    return found


def test_each_kind_of_alteration_is_made_where_it_stands_and_nowhere_else() -> None:
    where, chosen = "where not e and f between $period_start and g + 1 or h <= 2", TOY.splitlines()[1]
    assert altered(TOY) == {
        "function": {chosen.replace("min(", "max(")},
        "is or is not": {chosen.replace("is not null", "is null")},
        "operator": {
            chosen.replace("null and d", "null or d"),
            where.replace("e and", "e or"),
            where.replace("+", "-"),
            where.replace(" or ", " and "),
        },
        "comparison": {chosen.replace("d = ", "d <> "), where.replace("<=", "<")},
        "condition dropped": {
            chosen.replace("c is not null", "true"),
            chosen.replace("d = $as_at", "true"),
            "where true",
        },
        "join": {"inner join u using (a)"},
        "not": {where.replace("not ", "")},
        "between": {where.replace("$period_start", "$period_start + 1"), where.replace("g + 1", "g + 1 - 1")},
        "number": {
            where.replace("+ 1", "+ 2"), where.replace("+ 1", "+ 0"), where.replace("2", "3"), where.replace("2", "1"),
        },
        "order": {
            "order by a desc, b desc nulls last", "order by a, b asc nulls last", "order by a, b desc nulls first",
        },
    }  # fmt: skip


def test_a_condition_that_alone_stands_in_qualify_keeps_a_window() -> None:
    assert (
        "qualify row_number() over () > 0"
        in altered("select a from t\nqualify row_number() over (order by a) = 1")["condition dropped"]
    )


def test_no_two_alterations_make_the_same_text_and_each_is_another_than_the_first() -> None:
    texts = [one.of(TOY) for one in mutants(TOY)]
    assert len(set(texts)) == len(texts) > 20 and TOY not in texts
    assert all(len(duckdb.extract_statements(text)) == 1 for text in texts), "each is SQL"
    with pytest.raises(NotParsedError):
        tree_of("select from where")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    opened = database()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shipped(con: duckdb.DuckDBPyConnection) -> dict[str, Subject]:
    return {one.name: one for one in subjects(con, all_shipped(["EH1", "CL1", "AU1"]), shared=True)}


def unnoticed(con: duckdb.DuckDBPyConnection, subject: Subject) -> set[tuple[str, str]]:
    return {(one.before, one.after) for one in held_to_examples(con, subject) if one.verdict == SURVIVED}


@pytest.mark.parametrize("name", ["EH1", "AU1"])
def test_a_lost_example_is_reported(con: duckdb.DuckDBPyConnection, shipped: dict[str, Subject], name: str) -> None:
    """The positive control: with fewer examples more goes unnoticed, without any everything does."""
    whole = shipped[name]
    before = unnoticed(con, whole)
    fewer = [
        unnoticed(con, replace(whole, cases=whole.cases[:n] + whole.cases[n + 1 :])) for n in range(len(whole.cases))
    ]
    assert all(before <= one for one in fewer) and any(before < one for one in fewer)
    none = list(held_to_examples(con, replace(whole, cases=())))
    assert none and page.score(none) == 0


def test_what_does_not_hold_unaltered_has_no_score(con: duckdb.DuckDBPyConnection, shipped: dict[str, Subject]) -> None:
    world, case = shipped["CL1"].cases[0]
    wrong = replace(case, then={"members": "case_id | state\nnobody | met"})
    with pytest.raises(ControlError, match="Before anything was altered: CL1"):
        list(held_to_examples(con, replace(shipped["CL1"], cases=((world, wrong),))))


def test_noticed_unnoticed_and_no_sql_are_three_things(
    con: duckdb.DuckDBPyConnection, shipped: dict[str, Subject]
) -> None:
    whole = shipped["CL1"]
    place = whole.sql.index("person_id as case_id")

    def verdict(after: str) -> str:
        return judge(con, whole, Mutant("", place, place + len("person_id"), after))

    assert [verdict("person_id"), verdict("team"), verdict("no_such_column"), verdict("select select")] == [
        SURVIVED, KILLED, NOT_VALID, NOT_VALID,
    ]  # fmt: skip
    assert verdict("error('a fault while it runs')") == KILLED


def test_a_macro_is_altered_for_all_that_use_it_and_put_back(
    con: duckdb.DuckDBPyConnection, shipped: dict[str, Subject]
) -> None:
    macro = shipped["outside_open"]
    assert {case.indicator.id for _, case in macro.cases} == {"EH1"}, (
        "neither of the others asks whether a case is open"
    )
    assert {case.indicator.id for _, case in shipped["case_state"].cases} == {"EH1", "CL1", "AU1"}
    found = list(held_to_examples(con, macro))
    assert Counter(one.verdict for one in found)[KILLED] >= 1 and len(found) == 2
    assert {one.line for one in found} == {6} and {one.file for one in found} == {"sql/shared/last_event.sql"}
    assert list(held_to_examples(con, shipped["EH1"])), "its examples hold again"
    assert "open_at" in functions(shipped["EH1"].sql)


def test_an_equivalent_is_set_apart_and_a_list_out_of_step_is_told() -> None:
    one = Result("X1", "sql/indicators/X1_toy/members.sql", "order", 3, "order by a", "order by a desc", SURVIVED)
    other = replace(one, line=4, before="a < b", after="a <= b", verdict=KILLED)
    same = Equivalent("sql/indicators/*", "order by a", "order by a desc", "one row")
    assert [found.verdict for found in marked([one, other], [same])] == [EQUIVALENT, KILLED]
    assert faults([one, other], [same]) == []
    noticed = Equivalent("sql/indicators/X1*", "a < b", "a <= b", "")
    gone = Equivalent("sql/indicators/X1*", "a < c", "a <= c", "")
    elsewhere = Equivalent("sql/shared/other.sql", "a < c", "a <= c", "")
    told = faults([one, other], [noticed, gone, elsewhere])
    assert len(told) == 2 and "notices after all: a <= b" in told[0] and "no mutant says any longer: a <= c" in told[1]


def test_the_page_counts_and_names_what_is_not_noticed() -> None:
    one = Result("X1", "sql/indicators/X1_toy/members.sql", "order", 3, "order by a", "order by a desc", SURVIVED)
    told = page.write([one, *[replace(one, verdict=KILLED)] * 3, replace(one, verdict=NOT_VALID)], date(2026, 11, 2))
    assert "Measured on 2 November 2026" in told and "| X1 | 5 | 3 | 1 | 0 | 1 | 0.75 |" in told
    assert "- line 3, order: `order by a` as `order by a desc`" in told
    assert page.score([]) is None
