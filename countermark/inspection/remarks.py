"""Comments by the local authority: what stands beside a listed row, or a list, that its reader has to know. Names no child."""

from __future__ import annotations

from countermark.inspection.bench import Bench
from countermark.inspection.rows import lists_of
from countermark.ledger.causes import CAUSES, DECISIONS
from countermark.warehouse.connect import quiet, statements

HEADER = "Comments by the local authority"
NOT_DELIVERED = "This list has not been delivered; nothing can be said of it."
NO_ROW = "The list was delivered and holds no row for this date."


def row_remarks(bench: Bench) -> dict[tuple[str, str, str], str]:
    """By contract, delivery and place: the sentences on a listed row. Needs `listed` and `standing`."""
    with quiet("collecting the comments"):
        bench.con.execute("create or replace temp table words (kind varchar, code varchar, said varchar)")
        bench.con.executemany("insert into words values (?, ?, ?)", _words(bench))
        at = {"authority": bench.frozen.authority, "as_at": bench.frozen.as_at}
        for statement in statements(bench.catalogue.shared("inspection/remarks")):
            bench.con.execute(statement, at)
        rows = bench.con.execute(
            "select contract, delivery_id, source_row, string_agg(says, ' ' order by rank, says) from remarks "
            "semi join listed using (contract, delivery_id, source_row) group by all"
        ).fetchall()
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _words(bench: Bench) -> list[tuple[str, str, str]]:
    reasons = [("reason", one.code, one.people_read) for one in bench.catalogue.reasons.values()]
    decisions = [("decision", code, said) for code, said in DECISIONS.items()]
    causes = [("cause", code, said) for code, said in CAUSES.items()]
    headers = [(c.id, name, column.header) for c in lists_of(bench) for name, column in c.columns.items()]
    return [*reasons, *decisions, *causes, *headers]


def list_remarks(bench: Bench) -> list[tuple[str, str, int, str, str]]:
    """One row a list: its title, when it was taken, how many rows, how many of them figures rest on, and a comment."""
    with quiet("counting the rows of the lists"):
        told = {
            row[0]: row[1:]
            for row in bench.con.execute(
                "select basis.contract, basis.extracted_on, count(listed.contract), count(*) filter (listed.is_told) "
                "from basis left join listed using (contract) group by all"
            ).fetchall()
        }
        missing = dict(
            bench.con.execute(
                "select d.contract, count(distinct b.break_id) from frozen.main.breaks as b "
                "join (select indicator_id, unnest(contracts) as contract from frozen.facts.definitions "
                "where authority = $authority and as_at = $as_at) as d using (indicator_id) "
                "where b.authority = $authority and b.as_at = $as_at and b.state = 'open' and b.system_in is not true "
                "and b.case_id is not null group by all",
                {"authority": bench.frozen.authority, "as_at": bench.frozen.as_at},
            ).fetchall()
        )
    found = []
    for contract in lists_of(bench):
        taken, rows, counted = told.get(contract.id, (None, 0, 0))
        said = [NOT_DELIVERED if taken is None else NO_ROW if not rows else ""]
        if missing.get(contract.id):
            said.append(f"Teams counted {missing[contract.id]} more that this list does not show; not settled yet.")
        found.append(
            (contract.title, f"{taken:%-d %B %Y}" if taken else "", rows, str(counted), " ".join(filter(None, said)))
        )
    return found
