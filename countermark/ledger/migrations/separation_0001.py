"""Triggers of the first schema: the database itself refuses a signer who checked or decided, and a checker who signed.

One rule per trigger; a person is `by_key`, so spellings do not matter. SQLite and PostgreSQL say it in two tongues.
"""

from __future__ import annotations

from alembic import op

SAME_FIGURE = (
    "other.authority = new.authority and other.indicator_id = new.indicator_id"
    " and other.as_at = new.as_at and other.by_key = new.by_key"
)
# A decision counts while nobody has decided the break anew and it has not run out by the as-at date.
STANDING_DECISION = (
    "other.authority = new.authority and other.indicator_id = new.indicator_id and other.by_key = new.by_key"
    " and (other.until is null or other.until >= new.as_at)"
    " and not exists (select 1 from decisions later where later.authority = other.authority"
    " and later.break_id = other.break_id and later.version > other.version)"
)
RULES = [
    ("signer_checked", "signatures", "checks", SAME_FIGURE),
    ("signer_decided", "signatures", "decisions", STANDING_DECISION),
    ("checker_signed", "checks", "signatures", SAME_FIGURE),
    ("checker_decided", "checks", "decisions", STANDING_DECISION),
]


def create_triggers() -> None:
    """Make the triggers, in the database's own tongue; the message is `separation: <rule>`."""
    make = _postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite
    for rule in RULES:
        make(*rule)


def _sqlite(name: str, table: str, other: str, where: str) -> None:
    op.execute(
        f"create trigger {name} before insert on {table} when exists (select 1 from {other} other where {where})"
        f" begin select raise(abort, 'separation: {name}'); end"
    )


def _postgresql(name: str, table: str, other: str, where: str) -> None:
    op.execute(
        f"create function {name}() returns trigger language plpgsql as $$ begin"
        f" if exists (select 1 from {other} other where {where}) then raise exception 'separation: {name}'; end if;"
        f" return new; end $$"
    )
    op.execute(f"create trigger {name} before insert on {table} for each row execute function {name}()")
