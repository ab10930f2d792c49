"""Local accounts: who may sign in, in which role. Kept as notes of the kind "account"; passwords only as argon2 hashes.

Source of the parameters: argon2-cffi's defaults, RFC 9106's low-memory profile.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

KIND = "account"
ROLES = ("engineer", "officer", "team_manager", "leader", "board", "auditor", "admin")
SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))  # compared against where there is no account: the same time is taken


@dataclass(frozen=True)
class Account:
    """One person's account. `version` counts its changes: a session of an older version ends. `subject` is the name that an
    OpenID Connect provider gives; `teams` are the teams that a team manager may see."""

    username: str
    name: str
    role: str
    authority: str
    teams: tuple[str, ...] = ()
    password_hash: str = ""
    subject: str = ""
    disabled: bool = False
    version: int = 0


def username_of(text: str) -> str:
    """A username as compared: without case and outer spaces."""
    return text.strip().casefold()


def add(ledger: Ledger, account: Account, by: str, password: str | None = None) -> Account:
    """Store a new account. LedgerError where the name is taken, the role unknown, the password short or teams are missing."""
    _refuse_unusable(account)
    return _store(ledger, replace(account, password_hash=_hash(password) if password else ""), by, 0)


def change(ledger: Ledger, account: Account, by: str, password: str | None = None) -> Account:
    """Store a changed account over the version it carries. LedgerConflict where somebody else has changed it."""
    _refuse_unusable(account)
    changed = replace(account, password_hash=_hash(password)) if password else account
    return _store(ledger, changed, by, account.version)


def find(ledger: Ledger, username: str) -> Account | None:
    """The account of that name; None where there is none."""
    found = ledger.notes(KIND, username_of(username))
    return _account(found[0]) if found else None


def find_subject(ledger: Ledger, subject: str) -> Account | None:
    """The account that an identity provider's subject belongs to; None where there is none."""
    return next((a for a in everybody(ledger) if subject and a.subject == subject), None)


def everybody(ledger: Ledger) -> list[Account]:
    """All accounts, by username."""
    return sorted((_account(note) for note in ledger.notes(KIND)), key=lambda account: account.username)


def signed_in(ledger: Ledger, username: str, password: str) -> Account | None:
    """The account, where the password is right and the account is not disabled; takes as long where there is none."""
    account = find(ledger, username)
    known = account.password_hash if account and account.password_hash else _NOBODY
    try:
        _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return None
    return account if account and account.password_hash and not account.disabled else None


def a_password() -> str:
    """A password that nobody guesses, to be handed over once."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise LedgerError(f"A password needs {SHORTEST_PASSWORD} characters or more: three words in a row will do.")
    return _hasher.hash(password)


def _refuse_unusable(account: Account) -> None:
    if account.role not in ROLES:
        raise LedgerError(f"“{account.role}” is no role. The roles are: {', '.join(ROLES)}.")
    if not username_of(account.username) or not account.name.strip():
        raise LedgerError("An account needs a username and the person's name as authority.toml spells it.")
    if account.role == "team_manager" and not account.teams:
        raise LedgerError("A team manager's account needs the teams that the person manages.")


def _store(ledger: Ledger, account: Account, by: str, expected: int) -> Account:
    if expected == 0 and find(ledger, account.username):
        raise LedgerError("That username is taken.")
    body: dict[str, Any] = {k: v for k, v in asdict(account).items() if k not in ("username", "authority", "version")}
    body["teams"] = list(account.teams)
    # the authority stays out of the note's key: a username is one person in the whole home
    note = Note("", KIND, username_of(account.username), {**body, "authority": account.authority}, by)
    stored = ledger.note([note], expected_version=expected)[0]
    return _account(stored)


def _account(note: Note) -> Account:
    body = dict(note.body)
    body["teams"] = tuple(body.get("teams", ()))
    return Account(username=note.subject, version=note.version, **body)
