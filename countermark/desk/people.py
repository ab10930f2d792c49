"""Who is called what where no name is to be read: people by role, as authority.toml has it. Nothing is written here."""

from __future__ import annotations

from countermark.contracts.authority import Person, parse_authority
from countermark.ledger.people import person_key
from countermark.ledger.store import Ledger

SOMEBODY = "a person known to the performance team"


def people(ledger: Ledger, authority: str) -> tuple[Person, ...]:
    """The people of a council's file; empty where there is none."""
    text = ledger.authority_text(authority)
    return parse_authority(text).people if text else ()


class Roles:
    """Names to roles, of one council."""

    def __init__(self, known: tuple[Person, ...]) -> None:
        """Of these people."""
        self._roles = {person_key(one.name): one.role for one in known if one.role}
        self._own = {person_key(role): role for role in self._roles.values()}
        self.names = frozenset(one.name for one in known)

    @classmethod
    def of(cls, ledger: Ledger, authority: str) -> Roles:
        """Of a council, as its newest authority.toml says."""
        return cls(people(ledger, authority))

    def knows(self, name: str) -> bool:
        """Whether the council's file gives that name a role."""
        return person_key(name) in self._roles

    def role(self, name: str) -> str:
        """The role of that name; a role stays as it is; anybody else is `SOMEBODY`, so that no name is ever returned."""
        key = person_key(name)
        return self._roles.get(key) or self._own.get(key) or SOMEBODY
