"""Small numbers in what the public is given: the profile, and nothing else. What it empties is
sql/shared/export/public_metrics.sql.

Source: 1 to 5 suppressed, with complements, is the usual profile of published statistics on children's services (L: a
council may set another). Zero is shown. What the profile does not hide: the difference of two figures of one row that
are each large enough, and the same figure in an earlier publication.
"""

from __future__ import annotations

import duckdb

SMALLEST = 1
LARGEST = 5
MARK = "[c]"


def is_small(count: int | None) -> bool:
    """Whether a count of cases is too small to be published."""
    return count is not None and SMALLEST <= count <= LARGEST


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros `is_small(n)` and `mark()` known to a connection."""
    con.execute(f"create or replace temp macro is_small(n) as coalesce(n between {SMALLEST} and {LARGEST}, false)")
    con.execute(f"create or replace temp macro mark() as '{MARK}'")
