"""Small numbers in what the public is given: reads the figures, asks `protect` what has to be emptied, and lays it ready for SQL.

What the profile says is sql/shared/export/profiles; what empties the cells is sql/shared/export/public_metrics.sql; what is and is not
protected is docs/suppression.md.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from countermark.contracts.catalogue import SHIPPED
from countermark.exports.known import UNITS, Figure, Key
from countermark.exports.profile import FOLDER, Profile, relations
from countermark.exports.protect import protect
from countermark.exports.write import ExportError
from countermark.warehouse.connect import quiet

MARK = "[c]"
READERS = {".csv": "read_csv(?, header = true, all_varchar = true)", ".parquet": "read_parquet(?)"}
COUNTS = ("system_numerator", "system_denominator", "manual_numerator", "manual_denominator", "reconciled_numerator",
          "reconciled_denominator")  # fmt: skip


def prepare(con: duckdb.DuckDBPyConnection, profile: Profile, given: Path | None = None) -> None:
    """Make table `emptied` (one row per figure of which something is emptied) and the profile's macros known to a connection.

    `given` is an earlier publication to the public (its folder, or its metrics file): what it told of a figure at the revision that still
    stands is known for good, and is not counted on to hide anything. ExportError where it cannot be read.
    """
    primary, decimals = profile.primary, profile.rounding.decimals
    sides = ", ".join(f"'{side}'" for side in profile.sides)
    for name, body in {
        "is_small(n)": f"coalesce(n between {primary.smallest} and {primary.largest}, false)",
        "mark()": f"'{MARK}'",
        "gives(side)": f"side in ({sides})",
        "gives_teams()": str(profile.teams).lower(),
        "rounded(share)": "share" if decimals is None else f"round(share, {decimals})",
    }.items():
        con.execute(f"create or replace temp macro {name} as {body}")
    _tell_given(con, given)
    units = protect(_figures(con, profile), profile, relations())
    con.execute(
        "create or replace temp table emptied (authority varchar, indicator_id varchar, as_at date, team varchar, "
        + ", ".join(f"{unit} boolean" for unit in UNITS)
        + ")"
    )
    rows = [[*key, *((key, unit) in units for unit in UNITS)] for key in sorted({key for key, _ in units})]
    if rows:
        con.executemany(f"insert into emptied values ({', '.join('?' * (4 + len(UNITS)))})", rows)


def _figures(con: duckdb.DuckDBPyConnection, profile: Profile) -> list[Figure]:
    query = (SHIPPED / FOLDER / "given_figures.sql").read_text(encoding="utf-8")
    return [_figure(row, profile) for row in con.execute(query).fetchall()]


def _figure(row: tuple[object, ...], profile: Profile) -> Figure:
    key, counts, (overtaken, not_countable, withheld, *told) = row[:4], row[4:10], row[10:]
    sides = dict(zip(("system", "manual", "reconciled"), zip(counts[::2], counts[1::2], strict=True), strict=True))
    return Figure(
        Key(*key),  # type: ignore[arg-type]
        {side: pair for side, pair in sides.items() if side in profile.sides and pair[0] is not None},  # type: ignore[misc]
        overtaken or 0,  # type: ignore[arg-type]
        not_countable or 0,  # type: ignore[arg-type]
        bool(withheld),
        frozenset(unit for unit, is_told in zip(UNITS, told, strict=True) if is_told),
    )


def _tell_given(con: duckdb.DuckDBPyConnection, given: Path | None) -> None:
    """Table `told_before`: what an earlier publication gave, cell by cell."""
    names = ("authority", "indicator_id", "as_at", "team", "revision", *COUNTS, "overtaken", "not_countable")
    types = ("varchar", "varchar", "date", "varchar", *("integer",) * (len(names) - 4))
    declared = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    con.execute(f"create or replace temp table told_before ({declared})")
    if given is None:
        return
    folder = given if given.is_dir() else given.parent
    found = [given] if given.is_file() else [p for p in (folder / f"metrics{end}" for end in READERS) if p.is_file()]
    if not found or found[0].suffix not in READERS:
        raise ExportError(
            f"{given.name} holds no earlier publication: name a folder with metrics.csv or metrics.parquet."
        )
    cells = ", ".join(f"try_cast({name} as {kind})" for name, kind in zip(names, types, strict=True))
    with quiet("reading the earlier publication"):
        con.execute(f"insert into told_before select {cells} from {READERS[found[0].suffix]}", [str(found[0])])
