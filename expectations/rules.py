"""From rule files to SQL: the view that a rule reads, and the one query that runs all rules of a contract.

Text only; running it is the business of violations.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.contracts.rules import RuleFile

CLAIM_KEY = ("indicator_id", "team", "as_at")
ALONE = ("annex_a", "manual")  # families of which each file layout is judged, and shown, by itself
KEPT_BY_TEAMS = "trackers"  # the family whose lists come in a sheet of each team, on days of their own


def view_name(contract_id: str) -> str:
    """The name under which rules read a contract: `cin.reviews` is `cin_reviews`, and `annex_a.list_07` plainly `list_07`."""
    return contract_id.removeprefix("annex_a.").replace(".", "_")


def rules_by_contract(catalogue: Catalogue) -> dict[str, list[RuleFile]]:
    """The rules of each contract, in order of code. RuleError where a rule names what does not exist."""
    for rule in catalogue.rules:
        rule.refuse_unknown_names(catalogue.contracts)
    ordered = sorted(catalogue.rules, key=lambda rule: rule.code)
    return {
        contract: [r for r in ordered if r.contract == contract] for contract in sorted({r.contract for r in ordered})
    }


def judged_as(contract: Contract) -> str:
    """The name of the suite, of its Data Docs page and of the check that a contract's rules belong to: each list of Annex A and each
    file of what teams count has its own, and all others the one of their family: a suite costs a run more than its rules do.
    """
    return contract.table if contract.family in ALONE else contract.family


def newest(contract: Contract) -> str:
    """A condition on `typed.<contract>` that keeps what now speaks for the authority `$authority`.

    A system extract: the rows of the newest one; of a tracker each team's newest. Claims, which come in many files: the newest delivery
    that speaks of the same indicator, team and date, so that a corrected count is not held against its predecessor.
    """
    source = f'typed."{contract.table}"'
    if contract.family == KEPT_BY_TEAMS and contract.team:
        same = "newer.authority = this.authority and newer.team is not distinct from this.team"
        return f"authority = $authority and extracted_on = (select max(newer.extracted_on) from {source} as newer where {same})"
    if not set(CLAIM_KEY) <= set(contract.columns):
        latest = f"select max(extracted_on) from {source} where authority = $authority"
        return f"authority = $authority and extracted_on = ({latest})"
    same = " and ".join(f"newer.{name} = this.{name}" for name in CLAIM_KEY)
    return (
        f"authority = $authority and not exists (from {source} as newer where newer.authority = $authority"
        f" and newer.delivery_seq > this.delivery_seq and {same})"
    )


def violation_query(rules: Iterable[RuleFile]) -> str:
    """One UNION ALL over the rules: `rule_code, delivery_id, source_row, column_name, evaluated`.

    Besides its failing rows every rule that ran leaves one marker row (no delivery), which holds the number of rows
    it was asked about.
    """
    return "\nunion all\n".join(_part(rule) for rule in rules)


def _part(rule: RuleFile) -> str:
    table = f"{view_name(rule.contract)}_all"
    return (
        f"select '{rule.code}' as rule_code, delivery_id::varchar as delivery_id, source_row::varchar as source_row,"
        " coalesce(column_name::varchar, '') as column_name, null::bigint as evaluated\n"
        f"from (\n{rule.sql}\n)\n"
        f"union all\nselect '{rule.code}', null, null, null, (select count(*) from {table})"
    )
