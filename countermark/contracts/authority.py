"""What `authority.toml` and the sidecars beside deliveries may say."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from countermark.contracts.events import Event
from countermark.contracts.populations import Population
from countermark.contracts.targets import Target

if TYPE_CHECKING:
    from countermark.contracts.catalogue import Catalogue

ALL = "ALL"
SAID = "said"  # the kind of an error whose text is a whole sentence's end
PASSWORD = re.compile(
    r"://[^/@]*:[^/]*@|\b(password|passwd|pwd|secret|token|access_?key)\s*(=|%3d)|odbc_connect\s*=", re.IGNORECASE
)
S = TypeVar("S", bound="Said")


class DirectionError(ValueError):
    """A TOML file that says who or when does not parse. The text names the fault, never a value."""


class Said(BaseModel):
    """A frozen model; what it does not know is left to later versions."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Team(Said):
    """A team. `owes` names the indicators whose count it owes."""

    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    parent: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    owes: tuple[str, ...] = ()


class Person(Said):
    """Somebody who counts, decides, checks or signs."""

    name: str = Field(min_length=1)
    role: str = ""
    team: str = ""


class SourceOrder(Said):
    """Which family of sources is the record where several have delivered: `record` for all tables, and by the name of a conformed
    table for one. Families that are not named follow in their usual order."""

    model_config = ConfigDict(extra="allow", frozen=True)

    record: tuple[str, ...] = ()

    @field_validator("record", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def of(self, table: str, catalogue: Catalogue, delivered: set[str]) -> list[str]:
        """The families in `delivered`, the record first."""
        for_table = (self.model_extra or {}).get(table, ())
        told = [*((for_table,) if isinstance(for_table, str) else for_table), *self.record]
        first = catalogue.tables[table].record_first if table in catalogue.tables else ()
        usual = sorted(delivered, key=lambda name: (name not in first, catalogue.families[name].order, name))
        return list(dict.fromkeys([name for name in told if name in delivered] + usual))


class DatabaseSource(Said):
    """A case system's database. Its address stands in `url`, or in the environment variable that `url_env` names: what stands here is kept
    in the ledger, so an address with a password is refused. `tables`: those to read, by their names without prefix; none: all there are."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    url: str = ""
    url_env: str = Field("", pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")
    in_schema: str = Field("", alias="schema")
    tables: tuple[str, ...] = ()
    timeout_seconds: int = Field(600, ge=1)
    batch_rows: int = Field(20_000, ge=1)

    @field_validator("url")
    @classmethod
    def _without_password(cls, url: str) -> str:
        if PASSWORD.search(url):
            raise PydanticCustomError(
                SAID,
                "holds a password, which would be kept for good: put the address into an environment variable and name it in url_env",
            )
        return url

    @model_validator(mode="after")
    def _one_address(self) -> DatabaseSource:
        if bool(self.url) == bool(self.url_env):
            raise PydanticCustomError(SAID, "needs either url or url_env, and not both")
        return self


class Authority(Said):
    """One authority: its code, its teams, its people."""

    authority: str = Field(min_length=1)
    name: str = ""
    la_code: str = ""  # the council's three-digit number, which returns to the Department carry
    teams: tuple[Team, ...] = ()
    people: tuple[Person, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
    sources: SourceOrder = Field(default_factory=SourceOrder)
    databases: tuple[DatabaseSource, ...] = ()
    targets: tuple[Target, ...] = ()
    events: tuple[Event, ...] = ()
    populations: tuple[Population, ...] = ()

    @field_validator("authority")
    @classmethod
    def _trimmed(cls, code: str) -> str:
        return code.strip()

    @field_validator("la_code", mode="before")
    @classmethod
    def _number_or_text(cls, code: object) -> object:
        return str(code).strip() if isinstance(code, (str, int)) else code

    @field_validator("databases")
    @classmethod
    def _told_apart(cls, databases: tuple[DatabaseSource, ...]) -> tuple[DatabaseSource, ...]:
        if len({one.name for one in databases}) < len(databases):
            raise PydanticCustomError(SAID, "has two databases of one name: give each its own")
        return databases


class Sidecar(Said):
    """What a `delivery.toml` says of the files that it speaks for; None where it is silent."""

    authority: str | None = None
    extracted_on: date | None = None
    period: tuple[date, date] | None = None  # "2022-10", or "2022-04-01/2022-09-30": what the file is about

    @field_validator("period", mode="before")
    @classmethod
    def _month_or_days(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        first, _, last = (part.strip() for part in value.partition("/"))
        if last:
            return date.fromisoformat(first), date.fromisoformat(last)
        began = date.fromisoformat(f"{first}-01")
        return began, date(began.year + began.month // 12, began.month % 12 + 1, 1) - timedelta(days=1)

    @field_validator("authority")
    @classmethod
    def _trimmed(cls, code: str | None) -> str | None:
        return code.strip() or None if code else None

    @field_validator("extracted_on", mode="before")
    @classmethod
    def _by_its_date(cls, value: object) -> object:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, str) and len(value.strip()) == 10 and value.strip()[2] == "/":
            return datetime.strptime(value.strip(), "%d/%m/%Y").date()
        return value


def parse(text: str, model: type[S]) -> S:
    """`text` as a model. DirectionError where it is no TOML or a value is of the wrong kind."""
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        raise DirectionError("it is no valid TOML") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == SAID:
            raise DirectionError(f"its entry “{where}” {first['msg']}") from None
        raise DirectionError(f"its entry “{where}” is missing or of the wrong kind") from None


def parse_authority(text: str) -> Authority:
    """The authority that `authority.toml` describes."""
    return parse(text, Authority)
