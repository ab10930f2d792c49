"""How probable it is that two ids are one child's, weighed by splink on DuckDB; nothing is decided here, and no figure hangs on it.

What is compared, and what each agreement weighs, is sql/shared/identity/probable.toml. Splink works on a copy of a few columns, in memory
and under numbers of this run in place of ids. Where it fails, the proposals are those of the rules, and `facts.identity_weighing` says so.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from countermark import progress
from countermark.contracts.catalogue import Catalogue
from countermark.warehouse.connect import insert, statements

MODEL = "identity/probable"
WEIGHING = "state varchar, says varchar, listed_from double"
DONE, ERROR = "done", "ERROR"
WEIGHED = """
create or replace temp table weighed (
    authority varchar, first_id varchar, second_id varchar, probability double, weight double, evidence varchar, doubts varchar,
    is_listed boolean
)
"""
ASIDE: dict[str, str | bool | int | float | list[str]] = {  # memory alone: no file, no network
    "enable_external_access": "false",
    "temp_directory": "",
    "threads": 2,
    "preserve_insertion_order": "false",
}
log = logging.getLogger("countermark.identity")


@dataclass(frozen=True)
class Level:
    """One way in which two records can compare: `m` among one child's records, `u` among two children's. `twins` have it too; `beyond` is
    what they have not; what `settles` it leaves no question of twins."""

    when: str
    m: float
    u: float
    says: str = ""
    twins: bool = False
    beyond: bool = False
    settles: bool = False


@dataclass(frozen=True)
class Comparison:
    """What is compared, and its levels, of which the first that holds counts; where `null` holds nothing can be said."""

    name: str
    null: str
    levels: tuple[Level, ...]

    def settings(self) -> dict[str, Any]:
        """As splink is told."""
        known = [
            {"sql_condition": one.when or "ELSE", "label_for_charts": str(place), "m_probability": one.m, "u_probability": one.u}
            for place, one in enumerate(self.levels)
        ]  # fmt: skip
        unknown = {"sql_condition": self.null, "label_for_charts": "unknown", "is_null_level": True}
        return {"output_column_name": self.name, "comparison_levels": [unknown, *known]}


@dataclass(frozen=True)
class Model:
    """probable.toml."""

    one_child: float
    listed_from: float
    largest_block: int
    events: Mapping[str, tuple[str, str]]
    comparisons: tuple[Comparison, ...]


def model(catalogue: Catalogue) -> Model:
    """The model as the definitions have it, its shorthands written out."""
    text = (catalogue.sql / "shared" / f"{MODEL}.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)
    words: dict[str, str] = {}
    for name, sql in said["words"].items():
        words[name] = f"({_written_out(sql, words)})"
    comparisons = tuple(
        Comparison(
            one["name"],
            _written_out(one["null"], words),
            tuple(Level(**{**level, "when": _written_out(level["when"], words)}) for level in one["levels"]),
        )
        for one in said["comparison"]
    )
    events = {table: (column, words) for table, (column, words) in said["events"].items()}
    return Model(said["one_child"], said["listed_from"], said["largest_block"], events, comparisons)


def weigh(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Weigh the candidates of the rules and all whom a block has together, into the temporary table `weighed`; say in
    `facts.identity_weighing` whether it could be done. Whatever fails within splink fails nothing else."""
    con.execute(WEIGHED)
    con.execute(f"create or replace table facts.identity_weighing ({WEIGHING})")
    settled = model(catalogue)
    _block(con, catalogue, settled)
    state, says = DONE, ""
    if con.execute("select count(*) from blocks").fetchone() != (0,):
        try:
            people = con.execute(catalogue.shared("identity/compared")).to_arrow_table()
            found = _found(people, catalogue, settled)
        except (
            Exception
        ) as error:  # the engine is another's: whatever it raises must stop no figure, and its text may quote a value
            state, says = ERROR, type(error).__name__
            progress.report(f"Weighing who is probably one child: ERROR ({says}); nothing else hangs on it")
            log.error("who is probably one child could not be weighed: ERROR (%s); the rules' proposals stand", says)
        else:
            con.execute(
                "create or replace temp table found (first integer, second integer, probability double, weight double, "
                "evidence varchar, doubts varchar, is_listed boolean)"
            )
            insert(con, "found", found)
            for statement in statements(catalogue.shared("identity/weighed")):
                con.execute(statement)
    con.execute("insert into facts.identity_weighing values (?, ?, ?)", [state, says, settled.listed_from])


def outcome(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """How the weighing of what is in a database ended; empty where none was made, as in the publications of an earlier version."""
    there = "select count(*) from duckdb_tables() where schema_name = 'facts' and table_name = 'identity_weighing'"
    if con.execute(there).fetchone() == (0,):
        return []
    return con.execute("from facts.identity_weighing order by all").fetchall()


def _block(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, settled: Model) -> None:
    days = [
        f'select authority, person_id, \'{words}\' as kind, "{column}" as day from conformed."{table}" '
        f'where person_id is not null and "{column}" is not null'
        for table, (column, words) in settled.events.items()
        if table in catalogue.tables and column in catalogue.tables[table].columns
    ]
    con.execute(f"create or replace temp view event_days as {' union all '.join(days)}")
    for statement in statements(catalogue.shared(MODEL)):
        con.execute(statement, {"largest_block": settled.largest_block} if "$largest_block" in statement else {})


def _found(people: Any, catalogue: Catalogue, settled: Model) -> list[tuple[Any, ...]]:
    """What splink finds: two places among the people, how probable and how heavy, and what speaks for and against."""
    with _silent():
        from splink import DuckDBAPI, Linker

        with duckdb.connect(":memory:", config=ASIDE) as aside:
            aside.register("compared", people)
            aside.execute("create table people as select * from compared order by place")
            linker = Linker(
                DuckDBAPI(aside).register("people"), _settings(settled), log_level=None, validate_settings=False
            )
            table = linker.inference.predict().physical_name
            _tell(aside, settled)
            aside.execute(f'create view predicted as from "{table}"')
            for statement in statements(catalogue.shared("identity/evidence")):
                aside.execute(statement, {"listed_from": settled.listed_from} if "$listed_from" in statement else {})
            return aside.execute("from told order by all").fetchall()


def _settings(settled: Model) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "place",
        "probability_two_random_records_match": settled.one_child,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": "l.keys = r.keys", "arrays_to_explode": ["keys"], "sql_dialect": "duckdb"}
        ],
        "comparisons": [one.settings() for one in settled.comparisons],
        "retain_matching_columns": True,  # with them the levels, for the words
        "linker_uid": "countermark",
    }


def _tell(aside: duckdb.DuckDBPyConnection, settled: Model) -> None:
    """The levels as a table, numbered as splink numbers them: the last is 0."""
    aside.execute(
        "create table levels (place integer, name varchar, gamma integer, says varchar, speaks_for boolean, twins boolean, "
        "beyond boolean, settles boolean)"
    )
    rows = [
        (
            place,
            one.name,
            len(one.levels) - 1 - at,
            level.says,
            level.m > level.u,
            level.twins,
            level.beyond,
            level.settles,
        )
        for place, one in enumerate(settled.comparisons)
        for at, level in enumerate(one.levels)
    ]
    insert(aside, "levels", rows)


@contextmanager
def _silent() -> Iterator[None]:
    """Nothing of splink's own log: it has no values to say, and nobody reads it."""
    logger = logging.getLogger("splink")
    before, logger.disabled = (logger.level, logger.propagate, logger.disabled), True
    logger.setLevel(logging.CRITICAL + 1)  # its modules' loggers ask this one
    logger.propagate = False
    try:
        yield
    finally:
        logger.level, logger.propagate, logger.disabled = before
        logger.setLevel(before[0])


def _written_out(sql: str, words: Mapping[str, str]) -> str:
    for name, meant in words.items():
        sql = sql.replace(f"{{{name}}}", meant)
    return " ".join(sql.split())
