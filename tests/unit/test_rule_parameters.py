"""Numbers of rules: each is named in the query, says why it is what it is, and no other is asked for."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from countermark.contracts.rules import RuleFile

RULE = {
    "code": "CM-X-001", "severity": "query", "contract": "x", "title": "t", "message": "m", "fields": ["a"], "why": "K: w",
    "query": "select $some_days as a", "parameters": {"some_days": {"value": 5, "why": "L: a working week"}},
}  # fmt: skip


def test_a_number_stands_where_the_query_names_it() -> None:
    assert RuleFile.model_validate(RULE).sql == "select 5 as a"


@pytest.mark.parametrize(
    "changed",
    [
        {"query": "select $other_days as a"},
        {"query": "select 5 as a"},
        {"parameters": {}},
        {"parameters": {"some_days": {"value": 5, "why": "because"}}},
        {"parameters": {"some_days": {"value": "5; drop table t", "why": "L: x"}}},
    ],
)
def test_a_number_that_is_missing_left_over_or_without_a_mark_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RuleFile.model_validate({**RULE, **changed})
