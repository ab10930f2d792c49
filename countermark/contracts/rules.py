"""What a validation rule may say, and reading rule files.

A rule is one TOML file in `expectations/suites/<contract>/<CODE>.toml`: words, a query that returns the failing rows,
worked examples. Running rules is the validation engine's; nothing here opens a database.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from countermark.contracts.model import Contract, Definition

CODE = re.compile(r"^[A-Z0-9]+(-[A-Z0-9]+){2}$")
PLACE = re.compile(r"\{(\w+)\}")
ASKED = re.compile(r"\$([a-z]\w*)")
ROW_COLUMN = (
    "column"  # in a message: the header of the failing cell; any other name in braces is a column of the contract
)


class RuleError(ValueError):
    """A rule file says what it may not. The text names the file and what to mend."""


class Example(Definition):
    """A worked example: tiny tables in, the failing rows out (pipe tables; an empty text says that nothing fails)."""

    title: str
    given: dict[str, str]
    then: dict[Literal["failures"], str]


class RuleParameter(Definition):
    """A number that a rule's query names as `$name`, and why it is what it is, with its mark."""

    value: int
    why: str = Field(pattern=r"^[FKL]: ")


class RuleFile(Definition):
    """One rule: a query that returns the failing rows."""

    code: str
    severity: Literal["blocking", "warning", "query"]
    contract: str
    title: str
    message: str
    fields: tuple[str, ...] = Field(min_length=1)
    reads: tuple[str, ...] = ()
    why: str
    limit: float = Field(default=0.0, ge=0, le=1)
    limit_why: str = ""
    query: str
    parameters: dict[str, RuleParameter] = Field(default_factory=dict)
    example: tuple[Example, ...] = ()

    @field_validator("code")
    @classmethod
    def _code_has_its_shape(cls, code: str) -> str:
        if not CODE.match(code):
            raise ValueError("a code is three parts of capitals and digits joined by hyphens, such as CM-L07-003")
        return code

    @field_validator("query")
    @classmethod
    def _one_select(cls, query: str) -> str:
        bare = re.sub(r"--[^\n]*", "", query).strip()
        if not re.match(r"(?i)(select|with)\b", bare) or ";" in bare:
            raise ValueError("the query is one select, without a semicolon")
        return query.strip()

    @model_validator(mode="after")
    def _limit_has_a_reason(self) -> RuleFile:
        if self.limit > 0 and not self.limit_why:
            raise ValueError("a limit above 0 needs its reason in limit_why")
        return self

    @model_validator(mode="after")
    def _parameters_are_those_asked_for(self) -> RuleFile:
        if set(ASKED.findall(self.query)) != set(self.parameters):
            raise ValueError("the query and parameters name different numbers")
        return self

    @property
    def sql(self) -> str:
        """The query with its numbers in place."""
        return ASKED.sub(lambda found: str(self.parameters[found[1]].value), self.query)

    def words(self, contract: Contract) -> str:
        """The message with columns as quoted standard headers; `{column}` stays, for the header of the failing cell."""
        return PLACE.sub(lambda m: m[0] if m[1] == ROW_COLUMN else f"“{contract.columns[m[1]].header}”", self.message)

    def refuse_unknown_names(self, contracts: Mapping[str, Contract]) -> None:
        """Raise RuleError where the rule names a contract or a column that does not exist."""
        for name in (self.contract, *self.reads):
            if name not in contracts:
                raise RuleError(f"rule {self.code} names the unknown contract {name}")
        named = {*self.fields, *PLACE.findall(self.message)} - {ROW_COLUMN}
        for name in sorted(named - set(contracts[self.contract].columns)):
            raise RuleError(f"rule {self.code} names {name}, which is no column of {self.contract}")


def load_rules(root: Path) -> list[RuleFile]:
    """Every rule file below `root`, in order of path. RuleError, a plain sentence, for a faulty one."""
    return [_read(path) for path in sorted(root.glob("*/*.toml"))]


def _read(path: Path) -> RuleFile:
    name = f"{path.parent.name}/{path.name}"
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        rule = RuleFile.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        raise RuleError(f"{name}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    except (OSError, ValueError) as error:
        raise RuleError(f"{name} cannot be read: {error}") from None
    if (path.parent.name, path.stem) != (rule.contract, rule.code):
        raise RuleError(
            f"{name}: the folder is the rule's contract and the file its code; it says {rule.contract}, {rule.code}"
        )
    return rule
