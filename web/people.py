"""The person behind a request: who signed in, in which role, for which teams, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import g, session

from countermark.desk import accounts
from web.context import ledger, settings

ROLE_WORDS = {
    "engineer": "Data engineer",
    "officer": "Performance officer",
    "team_manager": "Team manager",
    "leader": "Leader",
    "board": "Board",
    "auditor": "Auditor",
    "admin": "Administrator",
}
SEES_CHILDREN = ("officer", "team_manager")  # by their ids; auditor, engineer and admin see pseudonyms, the others none
SEES_NAMES = ("officer", "team_manager", "auditor", "admin")  # of colleagues: who counted, decided, checked, signed


@dataclass(frozen=True)
class Person:
    """Who asks. `teams` is empty for everybody but a team manager, who sees these alone."""

    username: str
    name: str
    role: str
    authority: str
    teams: tuple[str, ...]

    @property
    def sees_children(self) -> bool:
        """Whether children are shown by their ids."""
        return self.role in SEES_CHILDREN

    @property
    def sees_names(self) -> bool:
        """Whether colleagues are named."""
        return self.role in SEES_NAMES

    @property
    def role_words(self) -> str:
        """The role as people say it."""
        return ROLE_WORDS[self.role]

    def may_see_team(self, team: str | None) -> bool:
        """Whether the person may see a team's children and counts."""
        return self.role != "team_manager" or team in self.teams


def begin(account: accounts.Account) -> None:
    """Start a session for an account that has shown who it is. Whatever the session held before is gone."""
    session.clear()
    now = datetime.now(UTC).timestamp()
    session.update(username=account.username, version=account.version, began=now, seen=now)


def recall() -> None:
    """Set `g.person` from the session; end a session that is too old, or whose account was changed or disabled."""
    g.person = None
    if "username" not in session:
        return
    now = datetime.now(UTC).timestamp()
    idle = timedelta(minutes=settings().idle_minutes).total_seconds()
    longest = timedelta(hours=settings().longest_hours).total_seconds()
    account = accounts.find(ledger(), session["username"])
    stale = now - session.get("seen", 0) > idle or now - session.get("began", 0) > longest
    if stale or account is None or account.disabled or account.version != session.get("version"):
        session.clear()
        g.session_ended = True
        return
    if now - session["seen"] > 60:
        session["seen"] = now  # a new cookie at most once a minute
    g.person = Person(account.username, account.name, account.role, account.authority, account.teams)
