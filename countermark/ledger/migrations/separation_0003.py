"""Triggers of the third schema: counter, decider, checker and signer differ, and a person is every spelling that may be theirs.

They take the place of the first schema's. Whoever judges must be known by their spellings, which the ledger writes before the judgement:
so a row put in by hand is refused, whatever name it bears. SQLite and PostgreSQL say it in two tongues.
"""

from __future__ import annotations

from alembic import op

SAME_PERSON = (
    "(other.by_key = new.by_key or exists (select 1 from spellings said"
    " where (said.by_key = new.by_key and said.may_be = other.by_key)"
    " or (said.by_key = other.by_key and said.may_be = new.by_key)))"
)
SAME_FIGURE = (
    "other.authority = new.authority and other.indicator_id = new.indicator_id and other.as_at = new.as_at and "
    + SAME_PERSON
)
# A decision counts while nobody has decided the break anew and it has not run out by the as-at date.
STANDING_DECISION = (
    "other.authority = new.authority and other.indicator_id = new.indicator_id"
    " and (other.until is null or other.until >= new.as_at)"
    " and not exists (select 1 from decisions later where later.authority = other.authority"
    " and later.break_id = other.break_id and later.version > other.version) and " + SAME_PERSON
)
# Who counted for a team is who did so as known last.
STILL_COUNTED = (
    " and not exists (select 1 from counters later where later.authority = other.authority"
    " and later.indicator_id = other.indicator_id and later.as_at = other.as_at and later.team = other.team"
    " and later.version > other.version)"
)
# A decision names no date: whoever counted the measure at the newest date that anybody counted it at decides none of its differences.
COUNTED_LAST = (
    "other.authority = new.authority and other.indicator_id = new.indicator_id and other.as_at = (select max(newest.as_at)"
    " from counters newest where newest.authority = new.authority and newest.indicator_id = new.indicator_id) and "
    + SAME_PERSON
    + STILL_COUNTED
)
IS_KNOWN = "other.by_key = new.by_key"
BEFORE = ("signer_checked", "signer_decided", "checker_signed", "checker_decided")
TABLES = {"signer": "signatures", "checker": "checks", "decider": "decisions"}
# name: the table that is looked into, the condition, and whether a row that fulfils it refuses (or its lack)
RULES = {
    "signer_checked": ("checks", SAME_FIGURE, True),
    "signer_decided": ("decisions", STANDING_DECISION, True),
    "signer_counted": ("counters", SAME_FIGURE + STILL_COUNTED, True),
    "signer_known": ("spellings", IS_KNOWN, False),
    "checker_signed": ("signatures", SAME_FIGURE, True),
    "checker_decided": ("decisions", STANDING_DECISION, True),
    "checker_counted": ("counters", SAME_FIGURE + STILL_COUNTED, True),
    "checker_known": ("spellings", IS_KNOWN, False),
    "decider_counted": ("counters", COUNTED_LAST, True),
    "decider_known": ("spellings", IS_KNOWN, False),
}


def replace_triggers() -> None:
    """Put these triggers in the place of the first schema's; the message is `separation: <rule>`."""
    server = op.get_bind().dialect.name == "postgresql"
    for name in BEFORE:
        table = TABLES[name.partition("_")[0]]
        op.execute(f"drop trigger {name} on {table}" if server else f"drop trigger {name}")
        if server:
            op.execute(f"drop function {name}()")
    for name, (other, where, refuses) in RULES.items():
        finds = f"{'' if refuses else 'not '}exists (select 1 from {other} other where {where})"
        (_postgresql if server else _sqlite)(name, TABLES[name.partition("_")[0]], finds)


def _sqlite(name: str, table: str, finds: str) -> None:
    op.execute(
        f"create trigger {name} before insert on {table} when {finds} begin select raise(abort, 'separation: {name}'); end"
    )


def _postgresql(name: str, table: str, finds: str) -> None:
    op.execute(
        f"create function {name}() returns trigger language plpgsql as $$ begin"
        f" if {finds} then raise exception 'separation: {name}'; end if; return new; end $$"
    )
    op.execute(f"create trigger {name} before insert on {table} for each row execute function {name}()")
