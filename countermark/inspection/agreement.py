"""The proof that lists and figures agree: the written workbook is taken in again as any delivery is, counted anew, and compared case
by case with the children whom the frozen figures count."""

from __future__ import annotations

import csv
import shutil
from dataclasses import astuple, dataclass, fields
from hashlib import sha256
from pathlib import Path

from countermark.contracts.authority import parse_authority
from countermark.contracts.parameters import in_force
from countermark.home import Home
from countermark.inspection.bench import Bench
from countermark.inspection.freeze import InspectionError
from countermark.inspection.rows import FAMILY
from countermark.ledger.store import Ledger
from countermark.reconcile.members import Position, compute
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import connect, quiet, statements
from countermark.warehouse.intake import intake
from countermark.warehouse.typed import create_typed

OVERTAKEN = "a later visit may have been overwritten: counted in neither, though the row still shows the earlier visit"
PURGED = "a child was purged since: the published figure stands, the row is gone"
OTHER = "reads files besides Annex A: not proved by these lists"
NOT_EQUAL = "NOT EXPLAINED: the lists do not give this figure"


@dataclass(frozen=True)
class Line:
    """One indicator: its published figure, what the lists give, and why the two differ where they do. `difference` is unexplained cases."""

    indicator_id: str
    title: str
    figure_numerator: int
    figure_denominator: int | None
    list_numerator: int
    list_denominator: int | None
    difference: int
    explained: int
    reason: str


def agree(bench: Bench, workbook: Path, extracted_on: str, purged: bool = False) -> list[Line]:
    """Count the written workbook anew. `purged` says that a child has been purged from the frozen position since."""
    recounted = _recount(bench, workbook, extracted_on)
    at = {"authority": bench.frozen.authority, "as_at": bench.frozen.as_at}
    with quiet("comparing lists and figures"):
        bench.con.execute(f"attach '{str(recounted).replace(chr(39), chr(39) * 2)}' as again (read_only)")
        bench.con.execute(
            "create or replace temp table recounted as select * from again.facts.members where basis = 'now' and as_at = $as_at",
            {"as_at": at["as_at"]},
        )
        for statement in statements(bench.catalogue.shared("inspection/agreement")):
            bench.con.execute(statement, at)
        bench.con.execute("detach again")
        rows = bench.con.execute("select * from agreement").fetchall()
    return [_line(bench, row, purged) for row in rows]


def _line(bench: Bench, row: tuple[object, ...], purged: bool) -> Line:
    indicator, title, n, d, listed_n, listed_d, apart, overtaken, by_n, by_d, contracts = row
    known = [bench.catalogue.contracts.get(str(one)) for one in contracts]  # type: ignore[attr-defined]
    if not known or any(one is None or one.family != FAMILY for one in known):  # none: a figure about figures
        return Line(str(indicator), str(title), n, d, listed_n, listed_d, 0, int(str(apart)), OTHER)  # type: ignore[arg-type]
    left = int(str(apart)) - int(str(overtaken))
    unlike = max(left, abs(int(str(by_n))), abs(int(str(by_d))))
    reasons = [OVERTAKEN] if overtaken else []
    if (
        unlike and purged and not left
    ):  # the rows that are left agree; the figure counts one whom nobody may name any more
        reasons.append(PURGED)
        unlike = 0
    if unlike:
        reasons.append(NOT_EQUAL)
    explained = int(str(overtaken)) + (max(abs(int(str(by_n))), abs(int(str(by_d)))) if PURGED in reasons else 0)
    return Line(str(indicator), str(title), n, d, listed_n, listed_d, unlike, explained, "; ".join(reasons))  # type: ignore[arg-type]


def _recount(bench: Bench, workbook: Path, extracted_on: str) -> Path:
    """A home of its own for the workbook alone; the warehouse in it, with the members of the position."""
    place = Home.open(bench.folder / "again")
    inbox = bench.folder / "inbox"
    inbox.mkdir()
    shutil.copy(workbook, inbox / "lists.xlsx")
    (inbox / "delivery.toml").write_text(sidecar(bench.frozen.authority, extracted_on), encoding="utf-8")
    with Ledger.open(f"sqlite:///{place.path / 'ledger.db'}") as ledger:
        if bench.authority_text:
            ledger.store_authority(bench.frozen.authority, bench.authority_text)
        con = connect(place.warehouse, bench.catalogue.sql, place.tmp)
        try:
            intake(place, inbox, bench.frozen.authority, bench.catalogue, ledger, con, settle=0)
            create_typed(con, bench.catalogue, ledger)
            conform(con, bench.catalogue)
            authority = parse_authority(bench.authority_text) if bench.authority_text else None
            in_use = in_force(bench.catalogue, authority, bench.frozen.as_at)
            compute(con, in_use, Position(bench.frozen.authority, bench.frozen.as_at))
        finally:
            con.close()
    return place.warehouse


def sidecar(authority: str, extracted_on: str) -> str:
    """The delivery.toml that goes with the workbook, so that it can be taken in again."""
    return f'authority = "{authority}"\nextracted_on = {extracted_on}\n'


def write(path: Path, lines: list[Line], workbook: Path) -> None:
    """agreement.csv: a row an indicator; the last column names the workbook that was counted, by its hash."""
    digest = sha256(workbook.read_bytes()).hexdigest()
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([*(field.name for field in fields(Line)), "workbook_sha256"])
        out.writerows([*astuple(line), digest] for line in lines)


def refuse_disagreement(lines: list[Line]) -> None:
    """InspectionError naming the indicators that the lists do not give."""
    apart = [line.indicator_id for line in lines if line.difference]
    if apart:
        raise InspectionError(
            f"The lists do not agree with the figures of {', '.join(apart)}: agreement.csv says by how much. Do not hand them in."
        )
