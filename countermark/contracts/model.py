"""What a definition may say: contracts, code sets, conformed tables, indicators and reasons, as typed models.

Shapes only. Reading them from folders is the catalogue's; what they compute lies in SQL.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Mark = Literal["F", "K", "L"]
INSERTS = re.compile(r'insert into conformed\."?(\w+)')
ORIGIN = ("authority", "contract", "delivery_id", "source_row", "extracted_on")


class Definition(BaseModel):
    """A frozen model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Family(Definition):
    """The file layouts of one kind of source. Where several of them feed a conformed table, the one with the lowest `order` that has
    delivered is the record that figures are made of; `order` 0 says that it is never one. An authority can say otherwise ([sources])."""

    id: str
    title: str
    order: int = Field(0, ge=0)
    database: str = ""  # how its tables' names begin in a case system's database; empty: none is read there
    filled_in: bool = False  # people fill it in, so there is a template for each of its layouts


class Drawn(Definition):
    """How a layout is drawn from an XML document. `record` is the path, from the root, of the element that repeats for each child or
    worker; `row` the path, from there, of the element that makes a row (empty: the record itself). `marks` must hold for the document
    to be of this kind: a path from the root, and the text that stands there. `extracted` are paths of dates that the document gives
    for when it was made, or up to when it speaks: the earliest is its extract date. `needs` are columns of which one must be said for the
    element to make a row, where several layouts draw from one element."""

    root: str
    record: str
    row: str = ""
    marks: dict[str, str] = Field(default_factory=dict)
    extracted: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Year(Definition):
    """What a return up to and including the year that ended on 31 March `until` did otherwise than the newest one. `until` 9999 is the
    newest itself: code sets hold every code there ever was, and `codes` those that it still takes."""

    until: int
    codes: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # column: the entries that it took then
    without: tuple[str, ...] = ()  # columns that it did not have yet
    absent: bool = False  # the whole list did not exist yet


class Column(Definition):
    """One column of a file layout. `xml` is where it stands in a document, from the row's element: `../` goes up, `/` is the root."""

    header: str
    type: Literal["id", "text", "date", "integer", "number", "age", "code", "postcode", "flag"]
    meaning: str
    code_set: str = ""
    required: bool = False
    must_have: bool = False
    birth: bool = False
    aliases: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    xml: str = ""
    mark: Mark = "F"

    @model_validator(mode="after")
    def _code_has_a_set(self) -> Column:
        if (self.type == "code") != bool(self.code_set):
            raise ValueError("a column of type code names its code_set, and no other column does")
        return self


class Through(Definition):
    """How a row that names no child belongs to one: its `column` holds what stands in column `of` of another layout, which names it."""

    column: str
    contract: str
    of: str


class Contract(Definition):
    """A file layout."""

    id: str
    title: str
    source: str
    family: str
    sheet_hint: str = ""
    key: tuple[str, ...] = ()
    child: str = ""
    team: str = ""
    worker: str = ""
    whose: str = ""  # the column in which the file itself says whose it is: a council's number or national code
    reaches_back_months: int = Field(0, ge=0)  # 0: the list forgets nothing
    reaches_back_why: str = ""
    holds_months: int = Field(
        0, ge=0
    )  # how far back an extract holds what happened; 0: all of it, or as far as it reaches back
    may_be_empty: bool = False  # a list of a return: without rows it says that there were none
    recorded_at: str = (
        ""  # the column that says when a row was entered; where there is none, the first extract that held it says so
    )
    comes_back: bool = (
        False  # sent out by this product and filled in: no extract, so its headings are compared with nobody's
    )
    through: Through | None = None  # of a layout without a child
    xml: Drawn | None = None
    years: tuple[Year, ...] = ()  # earlier shapes of a yearly return, newest first
    tells_year: tuple[str, ...] = ()  # the dates that tell of which year a return is, where no column says so
    columns: dict[str, Column]
    folder: Path

    @model_validator(mode="after")
    def _names_exist(self) -> Contract:
        through = self.through.column if self.through else ""
        named = (self.child, self.team, self.worker, self.whose, self.recorded_at, through)
        for name in (*self.key, *self.tells_year, *filter(None, named)):
            if name not in self.columns:
                raise ValueError(f"{name} is no column of this contract")
        return self

    @property
    def table(self) -> str:
        """The contract's id as a table name."""
        return self.id.replace(".", "_")

    @cached_property
    def conform_sql(self) -> str:
        """The text of conform.sql, empty where the contract feeds no conformed table."""
        path = self.folder / "conform.sql"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @cached_property
    def shape(self) -> dict[str, Any]:
        """What shape.toml says a whole document of this kind must look like, year by year; empty where there is none."""
        path = self.folder / "shape.toml"
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    @cached_property
    def feeds(self) -> frozenset[str]:
        """The conformed tables that conform.sql fills."""
        return frozenset(INSERTS.findall(self.conform_sql))


class Code(Definition):
    """One code with the spellings that mean it."""

    code: str
    label: str
    group: str = ""
    spellings: tuple[str, ...] = ()


class CodeSet(Definition):
    """A list of codes."""

    name: str
    title: str
    source: str
    codes: tuple[Code, ...]


class TableColumn(Definition):
    """A column of a conformed table."""

    type: Literal["VARCHAR", "DATE", "BOOLEAN", "INTEGER", "DOUBLE"]
    meaning: str


class ConformedTable(Definition):
    """A table in the shape of the Standard Safeguarding Dataset."""

    name: str
    title: str
    grain: str
    history: bool = False
    every_source: bool = False  # rows of every source are seen, not those of the record alone
    record_first: tuple[str, ...] = ()  # families that come before the usual order of the record
    columns: dict[str, TableColumn]

    def ddl(self, schema: str = "conformed") -> str:
        """The CREATE TABLE statement, origin columns first."""
        origin = "authority varchar, contract varchar, delivery_id varchar, source_row varchar, extracted_on date"
        own = "".join(f', "{name}" {column.type.lower()}' for name, column in self.columns.items())
        return f'create or replace table {schema}."{self.name}" ({origin}{own})'


FIRST_HOLDS = (
    "the first that holds is the primary one: what the extracts themselves prove comes before what another record says, that before two "
    "values that merely differ, and that before not finding the case at all"
)


class ReasonExample(Definition):
    """A pair that differs from an unremarkable one in the fields given, and the reasons that hold for it, the primary one first; perhaps
    what is said of it."""

    title: str
    given: dict[str, bool | int | str | date]
    reasons: tuple[str, ...] = ()
    says: str = ""


class Clause(Definition):
    """A part of a reason's sentence: text with facts in braces; what stands there `otherwise`, where one of them is not known; `when` is a
    condition over the same facts."""

    says: str
    otherwise: str = ""
    when: str = ""


class Reason(Definition):
    """Why two sides differ about a case: what the machine can prove.

    `when_sql` is a condition over the columns of `pairs` (sql/shared/reconcile/pairs.sql); `kind` says what it explains: a case, the
    repeats of a case in a list, or the part of a count that no list backs. A `fallback` holds where nothing else does. `side` says which
    column of the printed bridge it adjusts; `sign`: the team's where it lowers the count, the system's where it raises it. `sentence` says
    what was looked for and found about one item, over the columns of `found` (sql/shared/reconcile/found.sql); `whole_count` what is said
    where a whole count has the reason and no single case, and `whole` the sentence where the count was in families or meetings.
    """

    code: str
    precedence: int
    kind: Literal["case", "duplicate", "unlisted"] = "case"
    meaning: str
    proof: str
    people_read: str
    to_do: str = "Look at both records, have the one that is wrong corrected at its source, or decide."
    evidence: Literal["exact", "rule", "probable", "asserted"]
    side: Literal["manual", "system", "sign"] = "manual"
    settled_where: str = "false"
    fallback: bool = False
    when_sql: str = ""
    sentence: tuple[Clause, ...]
    whole_count: str = ""
    whole: tuple[Clause, ...] = ()
    example: tuple[ReasonExample, ...]
